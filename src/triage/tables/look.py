"""What a first look at the values of an export's columns settles, before any message is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import cast

import pyarrow as pa

from triage.language import Text
from triage.tables.cells import different
from triage.tables.columns import find_columns
from triage.tables.messages import Plan, make_plan
from triage.tables.times import DateOrder, DateSign
from triage.tables.values import UnreadableError, read_labels

_OTHER_LABELS_SIGN = "other labels"


class Look:
    """Looks at all values once: in which order dates stand, and whether a column of labels holds labels.

    Args:
        names: The columns.
        mapping: Field -> column, where the user says so.

    Raises:
        InputError: if no column holds text, or the mapping names what does not exist.
    """

    def __init__(self, names: list[str], mapping: Mapping[str, str] | None = None) -> None:
        self._columns = find_columns(names, mapping)
        self._order = DateOrder()
        # A person's labels win over the model, so a column that merely happens to be called "label" must not pass for them.
        self._doubt_labels = "labels" in self._columns and "labels" not in (mapping or {})
        self._other_labels = False

    @property
    def columns(self) -> list[str]:
        """The columns that it looks at."""
        return [self._columns[field] for field in ("sent_at", "labels") if field in self._columns]

    def see(self, batch: pa.RecordBatch) -> None:
        """Take the values of a batch into account; it needs to hold `columns` only."""
        if "sent_at" in self._columns:
            for value in different(batch.column(self._columns["sent_at"])):
                self._order.see(value)
        if self._doubt_labels and not self._other_labels:
            self._other_labels = not all(map(_is_label, different(batch.column(self._columns["labels"]))))

    @property
    def signs(self) -> frozenset[str]:
        """What the values so far have shown."""
        return frozenset([*self._order.signs, *([_OTHER_LABELS_SIGN] if self._other_labels else [])])

    def learn(self, signs: Iterable[str]) -> None:
        """Take over what others saw, who looked at other rows of the same columns.

        Args:
            signs: Their `signs`.
        """
        for sign in signs:
            if sign == _OTHER_LABELS_SIGN:
                self._other_labels = True
            else:
                self._order.signs.add(cast(DateSign, sign))

    def plan(self, schema: pa.Schema, made: Collection[str] = ()) -> Plan:
        """How the columns become messages; see `make_plan`."""
        columns = {field: column for field, column in self._columns.items() if not (field == "labels" and self._other_labels)}
        return make_plan(schema, columns, self._order.month_first, made)

    def notices(self, file: str = "") -> list[Text]:
        """What the user should know of these decisions.

        Args:
            file: The file as the user named it, where it is one.
        """
        said = []
        time, labels = self._columns.get("sent_at", ""), self._columns.get("labels", "")
        if self._order.month_first:
            said.append(_MONTH_FIRST.format(column=time))
        elif self._order.ambiguous:
            said.append(_DAY_FIRST.format(column=time))
        if self._other_labels:
            said.append(_OTHER_LABELS.format(column=labels))
        return [Text(nl=f"{file}: {text.nl}", en=f"{file}: {text.en}") if file else text for text in said]


_MONTH_FIRST = Text(
    nl="de datums in kolom {column} zijn gelezen als maand/dag/jaar.", en="the dates in column {column} were read as month/day/year."
)
_DAY_FIRST = Text(
    nl="de datums in kolom {column} zijn gelezen als dag-maand-jaar; uit de waarden zelf is dat niet zeker.",
    en="the dates in column {column} were read as day-month-year; the values themselves do not settle it.",
)
_OTHER_LABELS = Text(
    nl="kolom {column} bevat andere woorden dan de labels van triage en telt niet als oordeel; met --map labels={column} wel.",
    en="column {column} holds other words than the labels of triage and does not count as a judgement; with --map labels={column} it does.",
)


def _is_label(value: object) -> bool:
    try:
        read_labels(value)
    except UnreadableError:
        return False
    return True
