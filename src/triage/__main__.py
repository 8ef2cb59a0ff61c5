"""`python -m triage`, for where the command is not on the path."""

from triage.cli import main

main()
