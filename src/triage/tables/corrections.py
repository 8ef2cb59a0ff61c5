"""What a person judged otherwise than the model, from a table with ids and labels, and how it reaches the messages.

A correction names its message by what `triage.message.Message.key` makes of it as it is compared in cases: its id, or, where it has none
that is its own (none at all, one that a spreadsheet rounded, one that different messages share), a digest of its text, author and time.
`triage review` writes the one that names the message.

A correction takes the place of the labels and the intensity that the message has, whoever gave them; without an intensity that of the
model counts. It holds for all doubles of its message, or one of them would win from it. One that names a digest holds for every message
with that text, author and time, also for one with an id of its own, unless that id is judged by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from triage.errors import InputError
from triage.language import Text
from triage.message import content_key
from triage.tables.judgements import Given, Judgement, Trouble, read_judgements
from triage.tables.keys import ROUNDED, persons, sound_ids
from triage.tables.scored import batches_of, read_scored
from triage.tables.scoring import as_table

ROUNDED_ID = Text(
    nl="Een rekenblad heeft dit id afgerond; het oordeel is niet gebruikt: maak van de kolom id tekst en neem het id opnieuw over.",
    en="A spreadsheet rounded this id; the judgement was not used: make the column id text and take the id over again.",
)
UNKNOWN_ID = Text(
    nl="Dit id is van geen bericht in de gescoorde bestanden: neem het over uit hun kolom id, of uit wat triage review schrijft.",
    en="This id is of no message in the scored files: take it from their column id, or from what triage review writes.",
)
SHARED_ID = Text(
    nl="Dit id hebben verschillende berichten; het oordeel is niet gebruikt: beoordeel ze met triage review, dat ze uit elkaar houdt.",
    en="Different messages have this id; the judgement was not used: judge them with triage review, which tells them apart.",
)
TWICE = Text(
    nl="Dit id staat verderop met een ander oordeel: het laatste telt. Haal er een weg.",
    en="This id stands further on with another judgement: the last one counts. Remove one.",
)


class File(msgspec.Struct, frozen=True):
    """A file of corrections.

    Attributes:
        name: As the user named it.
        sha256: Of its bytes.
    """

    name: str
    sha256: str


class Corrections(msgspec.Struct, frozen=True, kw_only=True):
    """Judgements of people on messages of certain scored files; made by `read_corrections`.

    Attributes:
        files: Where they stand.
        used: How many of them hold for a message.
        troubles: What was not used, or is not as it should be, in the order of the rows.
        of_id: Judgements by the id of a message.
        of_content: Judgements by the digest of its content, where the id says nothing.
    """

    files: tuple[File, ...] = ()
    used: int = 0
    troubles: tuple[Trouble, ...] = ()
    of_id: dict[str, Judgement] = {}
    of_content: dict[str, Judgement] = {}

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The messages as these people judged them.

        Args:
            batch: Scored messages, as `read_scored` gives them.
        """
        found = [self.of_id.get(one.id or "") or self.of_content.get(one.content) for one in _named(batch)]
        if not any(found):
            return batch
        for name in ("labels", "intensity"):
            before = batch.column(name).to_pylist()
            values = [was if one is None else getattr(one, name) for one, was in zip(found, before, strict=True)]
            place = batch.schema.get_field_index(name)
            batch = batch.set_column(place, batch.schema.field(place), pa.array(values, batch.schema.field(place).type))
        return batch


def read_corrections(files: Path | str | Sequence[Path | str], scored: Any) -> Corrections:
    """Read files of corrections, and find the messages that they are about.

    A file has columns `id` and `labels`, and may have `intensity`; other columns are left alone. Labels are English or Dutch names; an
    empty cell and `none` or `geen` say that a person saw none, but in a file that `triage score` wrote an empty cell says nothing. Where
    a message is judged more than once, the last row counts, and rows of later files are later.

    Args:
        files: Tables (CSV; JSON Lines and Parquet too).
        scored: The scored files, or a scored table in memory.

    Raises:
        InputError: if a file cannot be read, has no such columns, or was not scored.

    Example:
        >>> import tempfile
        >>> from triage.labels import LABELS, Classification
        >>> from triage.tables import score_table
        >>> found = Classification(scores=dict.fromkeys(LABELS, 0.0), labels=(), intensity=0.0)
        >>> scored = score_table(pa.table({"id": ["a", "b"], "text": ["hoi", "dag"]}), lambda texts: [found for _ in texts])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "c.csv").write_text("id;labels\\na;belediging\\nweg;geen\\n")
        ...     corrections = read_corrections(Path(folder, "c.csv"), scored)
        >>> corrections.used, [trouble.row for trouble in corrections.troubles]
        (1, [3])
    """
    return corrections_in(files, lambda _: read_scored(paths_of(scored)) if is_files(scored) else batches_of(as_table(scored)))


def corrections_in(
    files: Path | str | Sequence[Path | str], messages: Callable[[Collection[str]], Iterable[pa.RecordBatch]]
) -> Corrections:
    """The same for scored messages wherever they are.

    Args:
        files: As in `read_corrections`.
        messages: Keys -> the scored messages that these name, as `read_scored` gives them (see `named_by`); others may be among them.
    """
    given: dict[str, Given] = {}
    troubles: list[Trouble] = []
    read = []
    for path in paths_of(files):
        read.append(File(str(path), _digest(path)))
        for one in read_judgements(path, troubles):
            if (before := given.pop(one.key, None)) and before.judgement != one.judgement:
                troubles.append(Trouble(before.file, before.row, before.column, TWICE))
            given[one.key] = one
    made = _match(given, messages(given.keys()), troubles)
    places = {file.name: place for place, file in enumerate(read)}
    ordered = sorted(troubles, key=lambda one: (places[one.file], one.row))
    return msgspec.structs.replace(made, files=tuple(read), troubles=tuple(ordered))


def named_by(keys: Collection[str], batch: pa.RecordBatch) -> pa.RecordBatch:
    """The scored messages that these keys name."""
    return batch.filter(pa.array([one.id in keys or one.content in keys for one in _named(batch)], pa.bool_()))


def corrected(messages: Iterable[pa.RecordBatch], corrections: Corrections | None) -> Iterator[pa.RecordBatch]:
    """Scored messages as people judged them.

    Args:
        messages: Scored messages, as `read_scored` gives them.
        corrections: What people judged; None changes nothing.
    """
    return iter(messages) if corrections is None else map(corrections.apply, messages)


def paths_of(files: Path | str | Sequence[Path | str]) -> Sequence[Path | str]:
    """One file or many, as many.

    Example:
        >>> paths_of("a.csv")
        ['a.csv']
    """
    return [files] if isinstance(files, Path | str) else files


def is_files(scored: object) -> bool:
    """Whether it names a file or files, and is no frame."""
    return isinstance(scored, Path | str) or (isinstance(scored, list | tuple) and all(isinstance(one, Path | str) for one in scored))


class _Named(msgspec.Struct, frozen=True):
    """What a scored message is named by."""

    id: str | None
    content: str
    text: str
    origin: tuple[object, ...]  # author and time

    @property
    def comparable(self) -> bool:
        """Is its content enough to find its doubles by? See `triage.message.unique`."""
        return None not in self.origin


def _named(batch: pa.RecordBatch) -> Iterator[_Named]:
    ids, authors = sound_ids(batch.column("id")).to_pylist(), batch.column("author").to_pylist()
    known = persons(batch.column("author")).is_valid().to_pylist()
    rows = zip(ids, batch.column("text").to_pylist(), authors, known, batch.column("sent_at").to_pylist(), strict=True)
    for id, text, name, is_known, sent_at in rows:
        author = name if is_known else None
        yield _Named(id and id.strip(), content_key(text or "", author, sent_at), text or "", (author, sent_at))


class _Seen:
    """The messages that have one id."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._origins: set[tuple[object, ...]] = set()
        self.contents: set[str] = set()

    @property
    def shared(self) -> bool:
        """Do different messages have it? As in `triage.tables.grouping`: they differ in text, and in author or time."""
        return len(self._texts) > 1 and len(self._origins) > 1

    def see(self, one: _Named) -> None:
        if self.shared:  # known, and no need for memory
            return
        self._texts.add(one.text)
        self._origins.add(one.origin)
        if one.comparable:
            self.contents.add(one.content)


def _match(given: Mapping[str, Given], messages: Iterable[pa.RecordBatch], troubles: list[Trouble]) -> Corrections:
    """Which corrections name one message, and by what to know its doubles."""
    seen: dict[str, _Seen] = {}
    of_content: dict[str, Judgement] = {}
    for one in (one for batch in messages for one in _named(batch)):
        if one.id is not None and one.id in given:
            seen.setdefault(one.id, _Seen()).see(one)
        if one.content in given:
            of_content[one.content] = given[one.content].judgement
    used = set(of_content)
    of_id = {}
    for key, by_id in seen.items():
        if by_id.shared:
            troubles.append(_about(given[key], SHARED_ID))
            continue
        used.add(key)
        of_id[key] = given[key].judgement
        for content in by_id.contents:
            of_content.setdefault(content, given[key].judgement)
    unknown = [one for key, one in given.items() if key not in used and key not in seen]
    troubles += [_about(one, ROUNDED_ID if ROUNDED.fullmatch(one.key) else UNKNOWN_ID) for one in unknown]
    return Corrections(used=len(used), of_id=of_id, of_content=of_content)


def _about(one: Given, reason: Text) -> Trouble:
    return Trouble(one.file, one.row, one.column, reason)


def _digest(path: Path | str) -> str:
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{path} cannot be opened: {reason}.", nl=f"{path} kan niet geopend worden: {reason}.") from None
