"""Checks the fields of the small frozen types, whether a caller constructs them or a file describes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import force_setattr

from triage.errors import InputError

S = TypeVar("S", bound=msgspec.Struct)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def check_fields(struct: msgspec.Struct) -> None:
    """Convert every field to its declared type, or say which one cannot be.

    Raises:
        InputError: naming the field and what was expected.
    """
    for name, kind in _hints(type(struct)).items():
        value = getattr(struct, name)
        if value is None:
            continue
        try:
            force_setattr(struct, name, msgspec.convert(value, kind))
        except msgspec.ValidationError as error:
            detail = str(error).partition(" - at")[0]
            if detail.startswith("Invalid enum value"):  # it would quote the value, which may be anything a person wrote
                detail = f"expected one of {', '.join(_choices(kind))}"
            raise InputError(f"Field {name}: {detail}.", nl=f"Veld {name}: {detail}.") from None


def _choices(kind: Any) -> list[str]:
    """The strings that a type admits, found in its `Literal` parts."""
    if get_origin(kind) is Literal:
        return [str(value) for value in get_args(kind)]
    return [choice for part in get_args(kind) for choice in _choices(part)]


def build(kind: type[S], data: object, place: str) -> S:
    """Make a type from a mapping with its fields.

    Args:
        kind: The type to make.
        data: The mapping.
        place: Where the mapping stands ("messages[3]"), for the error.

    Raises:
        InputError: naming the place and the field that is missing, unknown or wrong.
    """
    if not isinstance(data, Mapping):
        raise InputError(
            f"At {place}: expected an object with fields, got {type(data).__name__}.",
            nl=f"Bij {place}: hier hoort een object met velden te staan, niet {type(data).__name__}.",
        )
    fields = kind.__struct_fields__
    if unknown := [str(name) for name in data if name not in fields]:
        raise InputError(
            f"At {place}: unknown field {', '.join(unknown)}; known are {', '.join(fields)}.",
            nl=f"Bij {place}: onbekend veld {', '.join(unknown)}; bekend zijn {', '.join(fields)}.",
        )
    try:
        return kind(**data)
    except InputError as error:
        raise InputError(f"At {place}: {error}", nl=f"Bij {place}: {error.nl}") from None
    except TypeError:
        needed = ", ".join(field.name for field in msgspec.structs.fields(kind) if field.required)
        raise InputError(
            f"At {place}: a required field is missing; needed: {needed}.",
            nl=f"Bij {place}: een verplicht veld ontbreekt; nodig: {needed}.",
        ) from None
