"""Arrow in, Arrow out: exports are read, messages scored, cases gathered, results written."""
