"""Finds which column of an export holds which field; the names and values it knows are in columns.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import get_args

import msgspec

from triage.errors import InputError, RulesError
from triage.labels import FLAGS, LABELS
from triage.message import Visibility
from triage.tables.formats.words import looked_for
from triage.tables.schema import MESSAGE_SCHEMA

_SIGNS = re.compile(r"[\s_.\-]+")
_SHOWN = 20  # columns named in an error


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What columns.toml says.

    Attributes:
        columns: Field -> names of its column, the best first.
        values: "visibility", "labels", "flags" -> value -> words for it; "nothing" -> words for no value.
        months: Number of the month -> its names.
    """

    columns: dict[str, list[str]]
    values: dict[str, dict[str, list[str]]]
    months: dict[str, list[str]]

    def __post_init__(self) -> None:
        allowed: dict[str, Sequence[str]] = {
            "visibility": (*get_args(Visibility), "unknown"),
            "labels": (*LABELS, "harmless"),
            "flags": (*FLAGS, "harmless"),
            "nothing": ("words",),
        }
        wrong = {f"columns.{name}" for name in set(self.columns) ^ set(MESSAGE_SCHEMA.names)}
        wrong |= {f"values.{name}" for name in set(self.values) ^ set(allowed)}
        wrong |= {f"values.{name}.{key}" for name in set(allowed) & set(self.values) for key in set(self.values[name]) ^ set(allowed[name])}
        wrong |= {f"months.{month}" for month in set(self.months) ^ {str(number) for number in range(1, 13)}}
        if wrong:
            listed = ", ".join(sorted(wrong))
            raise RulesError(f"columns.toml: missing or unknown: {listed}.", nl=f"columns.toml: ontbreekt of is onbekend: {listed}.")

    def meaning(self, field: str) -> dict[str, str]:
        """Word, in small letters -> value, for "visibility", "labels" or "flags"."""
        return {word.lower(): value for value, words in self.values[field].items() for word in words}


@cache
def load_words() -> Words:
    """Read columns.toml.

    Raises:
        RulesError: if it is not well-formed.
    """
    text = resources.files("triage.tables").joinpath("columns.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Words)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"columns.toml: {error}", nl=f"columns.toml: {error}") from None


def plain_name(name: str) -> str:
    """A column name without what does not matter.

    Example:
        >>> plain_name(" Comment_Text ")
        'comment text'
    """
    return _SIGNS.sub(" ", name.casefold()).strip()


def find_columns(names: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Say which column holds which field.

    Args:
        names: The columns of the export.
        mapping: Field -> column, where the user says so; this wins over what is found.

    Returns:
        Field -> column, for the fields that are there. No column serves twice.

    Raises:
        InputError: if no column holds the text, or the mapping names a field or column that does not exist.

    Example:
        >>> find_columns(["Datum", "Reactie", "Stad"])
        {'text': 'Reactie', 'sent_at': 'Datum'}
    """
    check_mapping(mapping or {})
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(plain_name(name), name)
    found = {field: _mapped(field, column, names, by_name) for field, column in (mapping or {}).items()}
    for field, aliases in load_words().columns.items():
        for alias in aliases:
            column = by_name.get(plain_name(alias))
            if field not in found and column is not None and column not in found.values():
                found[field] = column
    if "text" not in found:
        raise InputError(
            f"No column with the text of the messages: use --map text=COLUMN. {_seen(names, 'en')}",
            nl=f"Geen kolom met de tekst van de berichten: gebruik --map text=KOLOM. {_seen(names, 'nl')}",
        )
    return {field: found[field] for field in MESSAGE_SCHEMA.names if field in found}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Refuse a mapping that holds anything but names.

    Raises:
        InputError: if a field or column is no text.
    """
    if not all(isinstance(name, str) for pair in mapping.items() for name in pair):
        raise InputError(
            "The mapping must give the name of a column, as text, for the name of a field.",
            nl="De koppeling moet bij de naam van een veld de naam van een kolom geven, als tekst.",
        )


def _mapped(field: str, column: str, names: Sequence[str], by_name: Mapping[str, str]) -> str:
    if field not in MESSAGE_SCHEMA.names:
        known = ", ".join(MESSAGE_SCHEMA.names)
        raise InputError(f"Unknown field {field}; known are {known}.", nl=f"Onbekend veld {field}; bekend zijn {known}.")
    if column in names:
        return column
    if plain_name(column) in by_name:
        return by_name[plain_name(column)]
    raise InputError(f"There is no column {column}. {_seen(names, 'en')}", nl=f"Er is geen kolom {column}. {_seen(names, 'nl')}")


def _seen(names: Sequence[str], lang: str) -> str:
    """The columns, unless they may be a first message: a file without a header must not spill its texts into an error."""
    if not all(_looks_like_name(name) for name in names):
        return (
            "De eerste rij lijkt geen kopregel: zet er een boven."
            if lang == "nl"
            else "The first row does not look like a header: put one above it."
        )
    known = {plain_name(alias) for aliases in load_words().columns.values() for alias in aliases}
    if not any(plain_name(name) in known for name in names):
        number, forms = len(names), looked_for()
        return (
            f"Het bestand heeft {number} kolom{'men' if number != 1 else ''}; is de eerste rij een kopregel? Gezocht is naar {forms.nl}."
            if lang == "nl"
            else f"It has {number} column{'s' if number != 1 else ''}; is the first row a header? Looked for {forms.en}."
        )
    listed = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return f"Kolommen: {listed}." if lang == "nl" else f"Columns: {listed}."


def _looks_like_name(name: str) -> bool:
    return len(name) <= 40 and len(name.split()) <= 4 and not re.match(r"[\d@+]|https?:", name)
