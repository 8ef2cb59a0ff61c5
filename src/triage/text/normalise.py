"""Undoes the ways in which people hide words, and leaves ordinary text as it is.

The same function runs before training and in use, so that the model reads the same text in both.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from itertools import pairwise
from pathlib import Path

from triage.text.spaces import with_spaces

_TABLES = tomllib.loads(Path(__file__).with_name("obfuscation.toml").read_text(encoding="utf-8"))


def _lookalikes(table: dict[str, str]) -> dict[int, str]:
    return {ord(sign): letter for letter, signs in table.items() for sign in signs}


_ALWAYS = _lookalikes(_TABLES["always"])
_IN_LATIN_WORDS = _lookalikes(_TABLES["in_latin_words"])
_LEET = _lookalikes(_TABLES["leet"])
_ABBREVIATIONS = frozenset(_TABLES["spelling"]["abbreviations"].split())
_KEEP_DIGITS = tuple(_TABLES["spelling"]["keep_digits"].split())

# Signs that take no room or turn the writing direction. U+200D and U+FE0F also build emoji, and stay after a sign.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|(?:(?<=[\\w\\s])|^)[\u200d\ufe0f]+"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STRAY_MARK = re.compile(_MARK)
_STACKED_MARKS = re.compile(_MARK + "{2,}")
_RARE_LATIN = re.compile("[\u0180-\u024f\u1e00-\u1eff]")
_LATIN_LETTER = re.compile("[A-Za-z]")
_FOREIGN_LETTER = re.compile("[\u0370-\u058f]")
# Spacing accents become an apostrophe, because NFKC would tear them into a space and a mark; U+2800 is a blank.
_SIGNS = {**dict.fromkeys(map(ord, "´`ʼʹ＇"), "'"), **dict.fromkeys(map(ord, "¨¯¸˜˘˙˚˝"), None), 0x2800: " "}
# All that an ordinary Dutch text is made of; with anything else in it, a text deserves the slow look.
_UNUSUAL = re.compile(
    "[^\t\n\r -~\u00a1-\u00a7\u00a9-\u00ac\u00ae\u00b0-\u00b3\u00b5-\u00b7\u00b9-\u0130\u0132-\u017f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u2100-\u212d\u212f-\u27ff\u2900-\u2bff\U0001f000-\U0001f12f\U0001f18a-\U0001faff]"
)

_URL = re.compile(
    r"(?:\bhttps?://|\bwww\.)\S*[^\s.,;:!?)\]}>'\"”’»]"
    r"|(?<![\w.@-])[\w-]+(?:\.[\w-]+)*\.(?:nl|be|com|org|net|eu|ly|co|me)/\S*\w",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+@-])[\w.+-]+@[\w.@-]+\.[^\W\d_]{2,}")
_MENTION = re.compile(r"(?<![\w@])@+\w+(?:@[\w.-]*\w)*")
# A name right behind a word, and not an "a" inside one ("bedankt@gemeente", "en@Jan"; "verd@cht").
_GLUED_MENTION = re.compile(r"(?<=[^\W\d_])@(?:user\b|[A-Z][a-z]\w+)|(?<=[^\W\d_]{4})@\w{5,}")
# Dutch and Belgian numbers have 9 or 10 digits; a date with a time behind it must not look like one.
_PHONE = re.compile(
    r"(?<![\w+.,/-])(?!\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d(?!\d))"
    r"(?:(?:\+|00)[1-9]\d(?: ?\(0\))?|\(?0)(?:[ .\-/)]{0,3}\d){8,9}(?![\w]|[.,:]\d)"
)

_SEPARATORS = r".\-*_|~·•"
_SPACED = re.compile(r"(?<![\w'’@#&-])[^\W\d_](?: [^\W\d_]){3,}(?![\w'’&-])")
_SEPARATED = re.compile(rf"(?<![\w{_SEPARATORS}'’@])[^\W\d_]([{_SEPARATORS}])[^\W\d_](?:\1[^\W\d_])+(?!\1?\w|['’])")
_VOWEL = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]", re.IGNORECASE)

_LEET_INSIDE = re.compile(r"(?<=[^\W\d_])(?:([013457@$€])\1?|03)(?=[^\W\d_])")
_LEET_WORD = re.compile(r"(?<![\w@$€#])[\w@$€]+")
_BANG_INSIDE = re.compile(r"(?<!\w)([b-df-hj-np-tv-zB-DF-HJ-NP-TV-Z][b-df-hj-np-tv-z]{0,2})!(?=[b-df-hj-np-tv-z])")
# "1" is "l" before a vowel where Dutch has such a cluster ("k1oot") or between vowels ("vui1e"); elsewhere it is "i".
_ONE_AS_L = re.compile(r"(?<=[aeioubcfgkpsv])1(?=[aeiou])|(?<=[aeiou])11(?=[aeiou])", re.IGNORECASE)

_LETTER_RUN = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"\w+")
_ROMAN_OR_NAME = re.compile(r"[MDCLXVI]+|([A-Z])\1\1")
_SIGN_RUN = re.compile("((?:[^\\w\\s]|_)[\ufe0f\U0001f3fb-\U0001f3ff]?)\\1{3,}")

# What each of the slow patterns above cannot do without: most texts have none of it, and to see that takes a tenth of the time.
_MAY_BE_SPACED = re.compile(r" \w \w \w")
_MAY_BE_SEPARATED = re.compile(rf"[{_SEPARATORS}]\w[{_SEPARATORS}]")
_MAY_BE_LEET = re.compile(r"[013457@$€][^\W\d_]")
_MAY_BE_RUN = re.compile(r"(\S)\1\1|[\ufe0f\U0001f3fb-\U0001f3ff]")


def normalise(text: str) -> str:
    """Undo obfuscation and put placeholders for links, names and numbers.

    NFKC; no invisible signs, look-alike letters or stacked marks; "h o e r" and "k.u.t" joined; "k4nker" with letters; at
    most two equal letters and three equal signs in a row; spaces between words that are written as one; "http", "@user",
    "email" and "tel" for what leads to a person or a page; single spaces. Capitals and masked letters ("k*nker") stay.

    Args:
        text: Any text.

    Returns:
        The text as the model reads it; `normalise(normalise(text)) == normalise(text)`.

    Example:
        >>> normalise("Jij  k4nk3r h.o.e.r!!!!!! bel 06-12345678 @jan")
        'Jij kanker hoer!!! bel tel @user'
        >>> normalise("Mijn co2-meter kost a.u.b. niet meer dan 10 euro")
        'Mijn co2-meter kost a.u.b. niet meer dan 10 euro'
    """
    while (once := _once(text)) != text:
        text = once
    return once


def _once(text: str) -> str:
    """All steps one time; one step may uncover work for another."""
    if not text.isascii():
        text = _plain_letters(text)
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    text = _placeholders(text)
    if _MAY_BE_SPACED.search(text):
        text = _SPACED.sub(_joined, text)
    if _MAY_BE_SEPARATED.search(text):
        text = _SEPARATED.sub(_joined, text)
    if _MAY_BE_LEET.search(text):
        text = _LEET_WORD.sub(_leet_word, text)
    if "!" in text:
        text = _BANG_INSIDE.sub(r"\1i", text)
    if _MAY_BE_RUN.search(text):
        if _LETTER_RUN.search(text):
            text = _WORD.sub(_short_runs, text)
        text = _SIGN_RUN.sub(r"\1\1\1", text)
    return " ".join(with_spaces(text).split())


def _plain_letters(text: str) -> str:
    """The text in NFKC, with Latin letters for what only looks like them and without what cannot be seen."""
    if unicodedata.is_normalized("NFKC", text) and not _UNUSUAL.search(text):
        return text
    text = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text.translate(_SIGNS)))
    text = unicodedata.normalize("NFKC", _STACKED_MARKS.sub("", text))
    text = _STRAY_MARK.sub("", text)
    text = _RARE_LATIN.sub(lambda letter: unicodedata.normalize("NFD", letter[0])[0], text).translate(_ALWAYS)
    return _WORD.sub(_latin_word, text) if _FOREIGN_LETTER.search(text) else text


def _latin_word(word: re.Match[str]) -> str:
    """The word in Latin letters if it has one already."""
    return word[0].translate(_IN_LATIN_WORDS) if _LATIN_LETTER.search(word[0]) else word[0]


def _placeholders(text: str) -> str:
    if "/" in text or "www." in text or "WWW." in text:
        text = _URL.sub("http", text)
    if "@" in text:
        text = _EMAIL.sub("email", text)
        text = _MENTION.sub("@user", text)
        text = _GLUED_MENTION.sub(" @user", text)
    if "0" in text or "+" in text:
        text = _PHONE.sub("tel", text)
    return text


def _joined(run: re.Match[str]) -> str:
    """The letters of a run as one word, unless the run is initials, an abbreviation or an enumeration."""
    sign = run[0][1]
    word = run[0][::2]
    different = len(set(word.lower()))
    enumeration = all(ord(after) - ord(before) == 1 for before, after in pairwise(word))
    if not _VOWEL.search(word) or different < 3 or enumeration:
        return run[0]
    if sign == "." and (word.lower() in _ABBREVIATIONS or (word.isupper() and len(word) < 5)):
        return run[0]
    return word


def _leet_word(found: re.Match[str]) -> str:
    """The word with letters for the digits and signs inside it, unless it is a code, a size or a plate."""
    word = found[0]
    runs = [run[0] for run in _LEET_INSIDE.finditer(word)]
    if not runs or any(sign in "2689" for sign in word) or word.lower().startswith(_KEEP_DIGITS):
        return word
    letters = "".join(filter(str.isalpha, word))
    inside = "".join(runs)
    if len(letters) == 2:  # "h03r", "d@t"; "F1e" and "b0b" stay
        hidden = letters.islower() and not _VOWEL.search(letters) and (len(inside) == 2 or inside == "@")
    elif letters.isupper():  # "K4NK3R"; a number plate has its digits in pairs
        hidden = len(letters) >= len(word) / 2 and len(inside) == len(runs)
    else:
        hidden = len(letters) >= max(3, len(word) / 2)
    if not hidden:
        return word
    word = _ONE_AS_L.sub(lambda one: "l" * len(one[0]), word)
    return _LEET_INSIDE.sub(lambda sign: sign[0].translate(_LEET), word)


def _short_runs(found: re.Match[str]) -> str:
    """The word with at most two equal letters in a row; "XIII" and "KKK" stay."""
    return found[0] if _ROMAN_OR_NAME.fullmatch(found[0]) else _LETTER_RUN.sub(r"\1\1", found[0])
