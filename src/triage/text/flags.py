"""Findings outside the labels that change a step, read with the patterns of `flags.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from triage.errors import RulesError
from triage.labels import FLAGS, Flag

_UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
_NAME = re.compile(r"<(\w+)>")
_MANY = 64  # texts, from which on it pays to look at all of them at once
_APART = r"(?:\W{1,3})"
# Gaps between two words of a pattern, in words; bounded, so that no text can make the search slow.
_GAPS = {" <few> ": rf"{_APART}(?:\w{{1,20}}{_APART}){{0,4}}", " <many> ": rf"{_APART}(?:\w{{1,20}}{_APART}){{0,10}}"}


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule as the file states it."""

    flag: Flag
    about: str
    needs: tuple[str, ...]
    finds: tuple[str, ...]
    unless: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: dict[str, str]
    rules: tuple[_Rule, ...]


class FlagRule(msgspec.Struct, frozen=True):
    """A rule ready for use. Its patterns are compiled when a text needs them: all of them take longer than a text.

    Attributes:
        place: Which rule of the file it is, from 1.
        flag: The flag it gives.
        needs: Pieces of text of which one must be there; a cheap look before the patterns.
        finds: Where this regular expression matches, the flag holds.
        unless: Where this one matches anywhere in the text, it does not.
    """

    place: int
    flag: Flag
    needs: tuple[str, ...]
    finds: str
    unless: str | None

    def holds(self, lower: str) -> bool:
        """Whether the rule holds for a text in lower case, framed by blanks."""
        return any(need in lower for need in self.needs) and self.matches(lower)

    def matches(self, lower: str) -> bool:
        """Whether the rule holds for such a text that has what it needs."""
        return bool(self.pattern(self.finds).search(lower)) and not (self.unless and self.pattern(self.unless).search(lower))

    def pattern(self, source: str) -> re.Pattern[str]:
        """One of its patterns, compiled.

        Raises:
            RulesError: if it is no regular expression.
        """
        try:
            return _compiled(source)
        except re.error as error:
            raise _wrong(self.place, f"a pattern cannot be read: {error}", f"een patroon is niet te lezen: {error}") from None


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


def read_rules(toml: str) -> tuple[FlagRule, ...]:
    """Read and check rules in the form of `flags.toml`.

    Args:
        toml: The file's text.

    Returns:
        The rules, in the order of the file.

    Raises:
        RulesError: naming the rule and what is wrong with it.
    """
    rules = _read(toml)
    for rule in rules:
        for source in filter(None, (rule.finds, rule.unless)):
            rule.pattern(source)
    return rules


def _read(toml: str) -> tuple[FlagRule, ...]:
    try:
        file = msgspec.convert(tomllib.loads(toml), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"Correct the flag rules: {error}.", nl=f"Verbeter de regels voor vlaggen: {error}.") from None
    return tuple(_ready(rule, file.words, place) for place, rule in enumerate(file.rules, 1))


def _ready(rule: _Rule, words: Mapping[str, str], place: int) -> FlagRule:
    if not rule.needs or not rule.finds or not all(need and need == need.lower() for need in rule.needs):
        raise _wrong(place, "fill needs and finds, needs in lower case", "vul needs en finds in, needs in kleine letters")
    finds = _joined(rule.finds, words, place)
    return FlagRule(place, rule.flag, rule.needs, finds, _joined(rule.unless, words, place) if rule.unless else None)


def _joined(patterns: tuple[str, ...], words: Mapping[str, str], place: int) -> str:
    """One pattern of whole words out of several; a space stands for any signs between two words."""
    whole = "|".join(patterns)
    for gap, pattern in _GAPS.items():
        whole = whole.replace(gap, pattern)
    while name := _NAME.search(whole.replace("(?<", "(??")):
        if name[1] not in words or f"<{name[1]}>" in words[name[1]]:
            raise _wrong(place, f"<{name[1]}> is not defined under [words]", f"<{name[1]}> staat niet onder [words]")
        whole = whole.replace(name[0], f"(?:{words[name[1]]})")
    if _UNBOUNDED.search(whole):
        raise _wrong(place, "repetition needs a bound, such as {0,5}", "herhaling heeft een grens nodig, zoals {0,5}")
    return rf"(?<!\w)(?:{whole.replace(' ', _APART)})(?!\w)"


def _wrong(place: int, en: str, nl: str) -> RulesError:
    return RulesError(f"Correct flag rule {place}: {en}.", nl=f"Verbeter vlagregel {place}: {nl}.")


def _framed(text: str) -> str:
    """The text as the rules see it, its first and last words too with a blank on either side."""
    return f" {text.lower()} "


@cache
def rules() -> tuple[FlagRule, ...]:
    """The rules of `flags.toml`, read at the first text and not at import."""
    return _read(Path(__file__).with_name("flags.toml").read_text(encoding="utf-8"))


def find_flags(text: str) -> tuple[Flag, ...]:
    """The flags of a text, in the order of `FLAGS`.

    A flag says what is named in the text, not that the text is harmful.

    Args:
        text: A text that went through `normalise`.

    Returns:
        The flags that were found.

    Example:
        >>> find_flags("Ik zet je adres online en ik neem een mes mee")
        ('personal_data', 'weapon')
        >>> find_flags("Kunt u mijn adres wijzigen?")
        ()
    """
    lower = _framed(text)
    found: set[Flag] = set()
    for rule in rules():
        if rule.flag not in found and rule.holds(lower):
            found.add(rule.flag)
    return tuple(flag for flag in FLAGS if flag in found)


def find_all_flags(texts: Sequence[str]) -> list[tuple[Flag, ...]]:
    """`find_flags` for many texts; what each rule needs is sought in all of them at once.

    Example:
        >>> find_all_flags(["Ik zet je adres online", "Dag mevrouw"])
        [('personal_data',), ()]
    """
    if len(texts) < _MANY:
        return [find_flags(text) for text in texts]
    import pyarrow as pa  # it takes a while to load, and a single text does without
    import pyarrow.compute as pc

    lower = [_framed(text) for text in texts]
    column = pa.array(lower, pa.string())
    found: list[set[Flag]] = [set() for _ in texts]
    for rule in rules():
        needed = pc.match_substring_regex(column, "|".join(map(re.escape, rule.needs)))
        for place in pc.indices_nonzero(needed).to_pylist():
            if rule.flag not in found[place] and rule.matches(lower[place]):
                found[place].add(rule.flag)
    return [tuple(flag for flag in FLAGS if flag in flags) for flags in found]
