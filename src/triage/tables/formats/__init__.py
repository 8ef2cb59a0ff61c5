"""The structures that triage recognises by their content, a small module each."""
