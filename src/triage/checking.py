"""Checks the fields of the small frozen types when a caller constructs them, as `msgspec` does when it decodes them."""

from __future__ import annotations

from functools import cache
from typing import Any, get_type_hints

import msgspec
from msgspec.structs import force_setattr

from triage.errors import InputError


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
            raise InputError(f"Field {name}: {detail}.", nl=f"Veld {name}: {detail}.") from None
