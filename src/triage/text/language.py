"""Whether a text can be read at all."""

from __future__ import annotations

from triage.labels import ReviewReason


def review_reason(text: str) -> ReviewReason | None:
    """Why a text cannot be read, or None."""
    del text
    return None
