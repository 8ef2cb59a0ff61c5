"""The words of the dossier in one language: its own, and those of the other reports."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from triage.errors import RulesError
from triage.language import Text
from triage.report.dossier.pseudonyms import KINDS, Kind
from triage.report.wording import Words


@cache
def load_wording() -> dict[str, dict[str, Text]]:
    """Read wording.toml of the dossier.

    Raises:
        RulesError: if it is not well-formed.
    """
    text = files("triage.report.dossier").joinpath("wording.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), dict[str, dict[str, Text]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"dossier/wording.toml: {error}", nl=f"dossier/wording.toml: {error}") from None


class DossierWords(Words):
    """The fixed words, dates and numbers in one language.

    Args:
        lang: "nl" or "en".

    Raises:
        InputError: for another language.

    Example:
        >>> DossierWords("nl").say("part", "chronology"), DossierWords("nl").say("step", "police_report")
        ('Tijdlijn', 'aangifte')
    """

    def say(self, section: str, name: str, **values: object) -> str:
        """A word or phrase, with its `{named}` places filled."""
        own = load_wording().get(section)
        return own[name].in_(self.lang).format(**values) if own else super().say(section, name, **values)

    def sign(self, sign: str) -> str:
        """What a sign such as an emoji is called, or ""."""
        named = load_wording()["sign"].get(sign)
        return named.in_(self.lang) if named else ""

    def pseudonyms(self) -> dict[Kind, str]:
        """What each kind of pseudonym is called."""
        return {kind: self.say("pseudonym", kind) for kind in KINDS}
