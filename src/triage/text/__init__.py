"""Pure functions on text: undo obfuscation, find flags, say when a text cannot be read."""

from triage.text.flags import find_all_flags, find_flags
from triage.text.language import reason_of, review_reason
from triage.text.normalise import normalise

__all__ = ["find_all_flags", "find_flags", "normalise", "reason_of", "review_reason"]
