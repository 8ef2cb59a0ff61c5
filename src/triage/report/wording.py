"""The fixed words of the reports in one language, read from wording.toml and, for the report page, page.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from math import isnan
from pathlib import Path
from typing import Any, get_args

import msgspec

from triage.assessment import STEPS, STRENGTHS, Band, Component, Confidence, Kind
from triage.case import Facts
from triage.errors import InputError, RulesError
from triage.labels import FLAGS, LABELS, ReviewReason
from triage.language import LANGS, Lang, Text
from triage.message import HOME_ZONE

# Every word of these lists is printed somewhere, so each section must have them all.
NEEDED: dict[str, Sequence[str]] = {
    "label": LABELS,
    "flag": FLAGS,
    "band": get_args(Band),
    "strength": STRENGTHS,
    "step": STEPS,
    "confidence": get_args(Confidence),
    "component": get_args(Component),
    "kind": get_args(Kind),
    "review_reason": get_args(ReviewReason),
    "fact": Facts.__struct_fields__,
}


def read_wording(source: str) -> dict[str, dict[str, Text]]:
    """Read and check the words.

    Args:
        source: The words as TOML, a table a section.

    Raises:
        RulesError: if it is not well-formed, or a label, step, flag or other word is missing.
    """
    sections = _sections(source, "wording.toml")
    for section, names in NEEDED.items():
        if missing := [name for name in names if name not in sections.get(section, {})]:
            raise RulesError(
                f"wording.toml lacks words under [{section}]: {', '.join(missing)}.",
                nl=f"In wording.toml ontbreken woorden onder [{section}]: {', '.join(missing)}.",
            )
    return sections


def _sections(source: str, name: str) -> dict[str, dict[str, Text]]:
    try:
        return msgspec.convert(tomllib.loads(source), dict[str, dict[str, Text]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"{name} cannot be read: {error}", nl=f"{name} is niet te lezen: {error}") from None


@cache
def _shipped() -> dict[str, dict[str, Text]]:
    folder = Path(__file__).parent
    words = read_wording((folder / "wording.toml").read_text("utf-8"))
    return words | _sections((folder / "page.toml").read_text("utf-8"), "page.toml")


class Words:
    """The fixed words in one language, and numbers and dates as people write them in it.

    Args:
        lang: "nl" or "en".

    Raises:
        InputError: for another language.

    Example:
        >>> Words("nl").say("step", "police_report")
        'aangifte'
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGS:
            raise InputError("Choose nl or en as the language.", nl="Kies nl of en als taal.")
        self.lang: Lang = "en" if lang == "en" else "nl"

    def say(self, section: str, name: str, **values: object) -> str:
        """A word or phrase, with its `{named}` places filled."""
        return _shipped()[section][name].in_(self.lang).format(**values)

    def answer(self, answer: str) -> str:
        """An answer to an open question: a word in quotes, labels joined by "+", or a number."""
        if re.fullmatch("[0-9]{1,15}", answer):
            return self.number(int(answer))
        return f"'{' + '.join(map(self._answer, answer.split('+')))}'"

    def _answer(self, answer: str) -> str:
        known = _shipped()["answer"].get(answer)
        return known.in_(self.lang) if known else answer

    def fact(self, value: Any) -> str:
        """The value of a fact in words."""
        if isinstance(value, bool):
            return self._answer(str(value).lower())
        if isinstance(value, int):
            return self.number(value)
        return self.day(value) if isinstance(value, date) else self._answer(value)

    def some(self, noun: str, n: int) -> str:
        """A number with its noun: "1 bericht", "3 berichten"."""
        return self.say("phrase", f"{noun}_one") if n == 1 else self.say("phrase", f"{noun}_many", n=self.number(n))

    def some_of(self, noun: str, numbers: Sequence[int | str]) -> str:
        """Numbers with their noun: "stap 4", "stappen 4, 5"."""
        return self.say("phrase", f"{noun}_one" if len(numbers) == 1 else f"{noun}_many", numbers=", ".join(map(str, numbers)))

    def number(self, n: int) -> str:
        """A whole number with its thousands marked.

        Example:
            >>> Words("nl").number(12000), Words("en").number(12000)
            ('12.000', '12,000')
        """
        written = f"{n:,}"
        return written if self.lang == "en" else written.replace(",", ".")

    def decimal(self, value: float) -> str:
        """A number with one decimal."""
        written = f"{value:.1f}"
        return written if self.lang == "en" else written.replace(".", ",")

    def figure(self, value: float) -> str:
        """A share or coefficient with three decimals; "-" where there is nothing to reckon it from.

        Example:
            >>> Words("nl").figure(0.8125), Words("nl").figure(float("nan"))
            ('0,812', '-')
        """
        written = "-" if isnan(value) else f"{round(value, 3) + 0.0:.3f}"  # + 0.0: nobody writes -0.000
        return written if self.lang == "en" else written.replace(".", ",")

    def day(self, day: date, *, year: bool = True) -> str:
        """A date as people write it.

        Example:
            >>> Words("nl").day(date(2027, 2, 22))
            '22 februari 2027'
        """
        written = f"{day.day} {self.say('month', str(day.month))}"
        return f"{written} {day.year}" if year else written

    def weekday(self, day: date) -> str:
        """A date with its day of the week, for something that must be done by then."""
        return f"{self.say('weekday', str(day.isoweekday()))} {self.day(day)}"

    def moment(self, moment: datetime) -> str:
        """A date and time in Europe/Amsterdam."""
        here = at_home(moment)
        return f"{self.day(here)}, {here:%H:%M}"


def at_home(moment: datetime) -> datetime:
    """The time in Europe/Amsterdam; a time at the very end of the calendar stays as it is."""
    try:
        return moment.astimezone(HOME_ZONE)
    except OverflowError:
        return moment
