"""Masks in a text what points at a person: names, handles, phone numbers, accounts, addresses.

Libraries made for it do the finding where there are such: `phonenumbers` for telephone numbers, `python-stdnum` for account numbers,
citizen service numbers (BSN) and postcodes, `simplemma` to tell an ordinary Dutch word from a name. The lists are in masking.toml. Where
it is in doubt it masks: better a word too many lost than a name leaked. It still misses things, and every dossier says which.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from triage.report.dossier.lists import load_lists
from triage.report.dossier.names import Names
from triage.report.dossier.pseudonyms import Found, Kind, Pseudonyms

_INVISIBLE = re.compile("\u200d(?=\\w)|(?<=\\w)\u200d|\ufe0e")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IBAN = re.compile(r"(?=([A-Z]{2}[\W_]{0,3}[0-9](?:[\W_]{0,3}[A-Z0-9]){11,31}))", re.IGNORECASE)  # looks ahead: one may follow another
_IBAN_SHAPES = (re.compile(r"NL\d{2}[A-Z]{4}\d{10}|BE\d{14}"), re.compile(r"NL\d{2}[A-Z]{4}\d{6,12}"))  # mistyped; one too short or long
_BSN = re.compile(r"(?<![\d+])\d(?:[ .-]?\d){7,8}(?!\d)")
_POSTCODE = re.compile(r"\b[1-9]\d{3}(?:[ ]?[A-Z]{2}|[a-z]{2})\b")
_HANDLE = re.compile(r"(?<![\w@])@\w[\w.]{0,30}\w")
_NUMBER = re.compile(r"\d{6,}|\d(?:[ ./-]?\d){7,}|\b(?=[\dA-Z-]{0,11}\d)(?=[\dA-Z-]{0,11}[A-Z])[\dA-Z]{1,3}-[\dA-Z]{1,3}-[\dA-Z]{1,3}\b")


class Mask:
    """Masks texts.

    Args:
        pseudonyms: What stands in the place of what is masked.
        names: The names to mask.

    Example:
        >>> words = {"phone": "telefoon", "name": "naam", "address": "adres"}
        >>> mask = Mask(Pseudonyms(words), Names({}))
        >>> mask.text("Bel 06-12345678, ik weet dat je op Kerkstraat 12 woont")
        'Bel [telefoon 1], ik weet dat je op [adres 1] woont'
    """

    def __init__(self, pseudonyms: Pseudonyms, names: Names) -> None:
        self._pseudonyms = pseudonyms
        self._names = names
        lists = load_lists()
        streets, alone = ("|".join(text.split()) for text in (lists.streets, lists.streets_alone))
        number = r"\s{1,3}\d{1,5}(?:\s?[a-zA-Z]\b)?(?:[-/]\d{1,3})?\b"
        joined = rf"(?:\b[A-ZÀ-Ý][\w'’.-]{{0,30}}\s{{1,3}}){{0,3}}\b[\w'’-]{{2,40}}(?i:{streets})"  # Prins Hendrikkade
        apart = rf"\b(?i:{streets})(?:\s(?i:van|de|der|den|het|'t)){{0,3}}\s[A-ZÀ-Ý][\w'’-]{{1,40}}"  # Laan van Meerdervoort
        self._address = re.compile(f"(?:{joined}|{apart}){number}")
        self._street = re.compile(rf"\b[\w'’-]{{2,40}}(?:{alone})\b", re.IGNORECASE)
        self._no_street = frozenset(lists.no_streets.split())
        domains = "|".join(lists.domains.split())
        self._url = re.compile(
            rf"(?:https?://|www\.)\S+|\b[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,5}}\.(?:{domains})\b(?:/\S*)?", re.IGNORECASE
        )

    def text(self, text: str, *, likely: bool = True) -> str:
        """The text with `[naam 1]` in the place of what points at a person.

        Args:
            text: The text.
            likely: Whether words that are likely a name by their shape are masked too, or only what is known to be one.
        """
        text = visible(text)
        taken: list[Found] = []
        covered = bytearray(len(text))
        for found in self._all(text, likely):
            if not any(covered[found.start : found.end]):
                covered[found.start : found.end] = b"\1" * (found.end - found.start)
                taken.append(found)
        parts, place = [], 0
        for found in sorted(taken, key=lambda one: one.start):
            parts += [text[place : found.start], f"[{self._pseudonyms.of(found.kind, found.name)}]"]
            place = found.end
        return "".join([*parts, text[place:]])

    def _all(self, text: str, likely: bool) -> Iterator[Found]:
        """What may be masked; what comes first counts where two overlap."""
        yield from _whole(_EMAIL, text, "email")
        yield from _whole(self._url, text, "url")
        yield from _ibans(text)
        yield from _phones(text)
        yield from _bsns(text)
        yield from _whole(self._address, text, "address")
        yield from _postcodes(text)
        yield from self._names.known_in(text)
        yield from _whole(_HANDLE, text, "handle")
        yield from (one for one in _whole(self._street, text, "address") if one.name.casefold() not in self._no_street)
        yield from self._names.likely_in(text) if likely else ()
        yield from _whole(_NUMBER, text, "number")


def visible(text: str) -> str:
    """The text in its plain form (Unicode NFKC), without signs that cut a word in two and cannot be seen.

    Example:
        >>> visible("San\\u200bne ｈｏｉ")
        'Sanne hoi'
    """
    joined = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return "".join(sign for sign in joined if sign == "\u200d" or unicodedata.category(sign) != "Cf")


def _whole(pattern: re.Pattern[str], text: str, kind: Kind) -> Iterator[Found]:
    return (Found(match.start(), match.end(), kind, match.group()) for match in pattern.finditer(text))


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        ends = {end: re.sub(r"[\W_]", "", text[match.start() : end]).upper() for end in _ends(text, *match.span(1))}
        if end := _iban_end(ends, likely=text[match.start() + 2].isdigit()):
            yield Found(match.start(), end, "iban", ends[end])


def _iban_end(ends: dict[int, str], likely: bool) -> int | None:
    """Where an account number ends: a correct one if there is one, or what is likely a mistyped one."""
    from stdnum import iban

    correct = (end for end, number in ends.items() if iban.is_valid(number))
    mistyped = (end for shape in _IBAN_SHAPES for end, number in ends.items() if likely and shape.fullmatch(number))
    return next(correct, None) or next(mistyped, None)


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where a match may end, the furthest first: words after an account number look like more of it."""
    for place in range(end, start + 12, -1):
        within = place < len(text) and text[place].isalnum() and text[place].isdigit() == text[place - 1].isdigit()
        if text[place - 1].isalnum() and not within:
            yield place


def _bsns(text: str) -> Iterator[Found]:
    from stdnum.nl import bsn

    for match in _BSN.finditer(text):
        if bsn.is_valid(match.group()):
            yield Found(match.start(), match.end(), "bsn", bsn.compact(match.group()))


def _phones(text: str) -> Iterator[Found]:
    import phonenumbers

    for region in ("NL", "BE"):
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            yield Found(match.start, match.end, "phone", number)


def _postcodes(text: str) -> Iterator[Found]:
    from stdnum.nl import postcode

    return (one for one in _whole(_POSTCODE, text, "address") if postcode.is_valid(one.name))
