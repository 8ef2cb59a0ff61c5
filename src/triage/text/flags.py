"""Findings outside the labels."""

from __future__ import annotations

from triage.labels import Flag


def find_flags(text: str) -> tuple[Flag, ...]:
    """The flags of a normalised text."""
    del text
    return ()
