"""One case of scored files, with the place in the exports where each of its messages stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from triage.case import Finding
from triage.errors import InputError
from triage.message import Message
from triage.tables.assessing import grouped
from triage.tables.cells import cells
from triage.tables.corrections import Corrections, corrected
from triage.tables.exports import open_export
from triage.tables.reading import BATCH_ROWS
from triage.tables.rejects import Rejects
from triage.tables.schema import OURS
from triage.tables.scored import findings_of, read_scored
from triage.tables.sources import open_source
from triage.tables.writing import cell_text, unsafe_cell


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message stood.

    Attributes:
        file: The export, as it was named when it was scored; "" where that is not known.
        row: Its row there (the header is row 1), or None.
        columns: The other columns of that row, as text; empty ones are left out.
    """

    file: str = ""
    row: int | None = None
    columns: dict[str, str] = {}


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a case.

    Attributes:
        finding: The message with what was found in it.
        origins: Where it stood; more than one where exports overlap, the one it was taken from first.
    """

    finding: Finding
    origins: tuple[Origin, ...] = ()


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it was gathered from scored files.

    Attributes:
        case_id: Its name.
        members: Its messages in the order of time.
        people: All authors and targets of all files, also of other cases.
    """

    case_id: str | None
    members: tuple[Member, ...]
    people: tuple[str, ...] = ()


def gather_case(scored: Sequence[Path | str], case_id: str, corrections: Corrections | None = None) -> Gathered:
    """The case with this id, and where its messages stood.

    Args:
        scored: What `triage score` wrote, in one file or more.
        case_id: As it stands in the table of cases.
        corrections: What a person judged otherwise.

    Raises:
        InputError: if there is no such case, or a file was not scored.
    """
    findings = [finding for batch in corrected(read_scored(scored), corrections) for finding in findings_of(batch)]
    members = next((members for _, members in grouped(scored, case_id, corrections=corrections)), None)
    if members is None:
        raise InputError(
            f"There is no case {case_id}: take an id from the column case_id of the cases.",
            nl=f"Er is geen casus {case_id}: neem een id uit de kolom case_id van de casussen.",
        )
    places = _places(findings, members)
    origins = _read_origins(scored, {place for found in places for place in found})
    people = {name for one in findings for name in (one.message.author, one.message.target) if name}
    return Gathered(
        case_id=case_id,
        members=tuple(
            Member(finding=one, origins=tuple(origins[place] for place in found)) for one, found in zip(members, places, strict=True)
        ),
        people=tuple(sorted(people)),
    )


def _places(findings: Sequence[Finding], members: Sequence[Finding]) -> list[list[int]]:
    """For each member the rows it stands in: its own, and those of its doubles in overlapping exports."""
    by_id: defaultdict[str | None, list[int]] = defaultdict(list)
    by_content: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, finding in enumerate(findings):
        by_id[finding.message.id].append(place)
        by_content[_content(finding.message)].append(place)
    found = []
    for member in members:
        same = sorted({*by_content[_content(member.message)], *(by_id[member.message.id] if member.message.id is not None else [])})
        own = next((place for place in same if findings[place] == member), same[0])
        found.append([own, *(place for place in same if place != own)])
    return found


def _content(message: Message) -> tuple[object, ...]:
    return (message.text.strip(), message.author, message.target, message.sent_at)


def _read_origins(scored: Sequence[Path | str], places: Collection[int]) -> dict[int, Origin]:
    """The origins of the rows at these places, counted over all files together."""
    origins: dict[int, Origin] = {}
    start = 0
    for path in scored:
        with open_source(path) as source:
            for part in open_export(source).slices(BATCH_ROWS, Rejects()):
                wanted = [place for place in range(start, start + part.batch.num_rows) if place in places]
                start_of_part, start = start, start + part.batch.num_rows
                if not wanted:
                    continue
                columns = {name: cells(column) for name, column in zip(part.batch.schema.names, part.batch.columns, strict=True)}
                for place in wanted:
                    row = {name: column[place - start_of_part] for name, column in columns.items()}
                    origins[place] = _origin(row, from_csv=source.format == "csv")
    return origins


def _origin(row: Mapping[str, Any], *, from_csv: bool) -> Origin:
    text = {name: cell_text(value) for name, value in row.items()}
    if from_csv:
        text = {name: unsafe_cell(value) for name, value in text.items()}
    number = text.get("source_row", "")
    return Origin(
        file=text.get("source_file", ""),
        row=int(number) if number.isdecimal() else None,
        columns={name: value for name, value in text.items() if name not in OURS and value},
    )
