"""The words that the masking goes by, read from masking.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from triage.errors import RulesError


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What masking.toml says; each is words with blanks between them."""

    keep: str
    particles: str
    titles: str
    first_names: str
    first_names_with_capital: str
    streets: str
    streets_alone: str
    no_streets: str
    domains: str


@cache
def load_lists() -> Lists:
    """Read masking.toml.

    Raises:
        RulesError: if it is not well-formed.
    """
    text = files("triage.report.dossier").joinpath("masking.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Lists)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"masking.toml: {error}", nl=f"masking.toml: {error}") from None
