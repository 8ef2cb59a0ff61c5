"""Scores of an earlier run, to be taken over for texts that have not changed; what is known of them stands on disk, not in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from triage.classify.classifications import ROW, Rows
from triage.errors import InputError
from triage.language import Text
from triage.tables.memory import digests, distinct_texts
from triage.tables.modelcolumns import model_rows
from triage.tables.schema import MODEL_SCHEMA

MODEL_KEY = b"triage"  # the key in a Parquet file under which the model that scored it stands

_BATCH = 8192
_RUN = 1 << 19  # texts that are sorted together
_KEY = np.dtype([("high", "<u8"), ("low", "<u8")])
_RECORD = np.dtype([("low", "<u8"), ("row", ROW)])

_OTHER_MODEL = Text(
    nl="{file} is gescoord met een ander model of een andere versie van triage: alle teksten zijn opnieuw gescoord.",
    en="{file} was scored by another model or version of triage: every text was scored anew.",
)


def model_metadata(version: str, digest: str) -> dict[bytes, bytes]:
    """What a scored Parquet file says of the model in its own metadata."""
    return {MODEL_KEY: json.dumps({"model": version, "digest": digest}).encode()}


@contextmanager
def open_previous(path: Path, folder: Path, metadata: dict[bytes, bytes]) -> Iterator[Previous]:
    """Index the scores in a file that `triage score` wrote.

    Args:
        path: The file, Parquet.
        folder: An existing folder for the index, about 50 bytes a text.
        metadata: The `model_metadata` of the model that scores now; the scores of another are not taken over.

    Raises:
        InputError: if it is no such file.
    """
    with (folder / "previous").open("w+b", buffering=0) as file:
        if _scored_by(path) != metadata[MODEL_KEY]:
            yield Previous(file, (), _OTHER_MODEL.format(file=path))
        else:
            yield Previous(file, _texts_of(path))


class Previous:
    """Scores by text, made by `open_previous`. Half of the digest of each text is kept in memory, 8 bytes; the rest is on disk.

    Args:
        file: Takes what is on disk.
        parts: Keys and rows of texts, in parts.
        notice: What the user should know, if anything.
    """

    def __init__(self, file: FileIO, parts: Iterable[tuple[Rows, Rows]], notice: Text | None = None) -> None:
        self.notice = notice
        self._file = file
        self._highs: list[Rows] = []  # of many texts each, sorted
        held: list[tuple[Rows, Rows]] = []
        for part in parts:
            held.append(part)
            if sum(len(keys) for keys, _ in held) >= _RUN:
                self._save(held)
                held = []
        if held:
            self._save(held)

    def find(self, keys: Sequence[bytes]) -> tuple[Rows, Rows]:
        """The scores of texts.

        Args:
            keys: The `digests` of the texts, at least one.

        Returns:
            A row of `classify.classifications.ROW` a text, and whether it is known.
        """
        asked = np.frombuffer(b"".join(keys), _KEY)
        rows, known = np.zeros(len(keys), ROW), np.zeros(len(keys), np.bool_)
        start = 0
        for high in self._highs:
            at = np.minimum(np.searchsorted(high, asked["high"]), len(high) - 1)
            here = np.flatnonzero(high[at] == asked["high"])
            records = self._read((start + at[here]).tolist())
            sound = records["low"] == asked["low"][here]
            rows[here[sound]] = records["row"][sound]
            known[here[sound]] = True
            start += len(high)
        return rows, known

    def _save(self, held: list[tuple[Rows, Rows]]) -> None:
        """Keep texts, each once, in the order of the first half of their digests."""
        keys, rows = (np.concatenate(parts) for parts in zip(*held, strict=True))
        high, order = np.unique(keys["high"], return_index=True)
        records = np.zeros(len(order), _RECORD)
        records["low"], records["row"] = keys["low"][order], rows[order]
        self._file.write(records.tobytes())
        self._highs.append(high)

    def _read(self, places: list[int]) -> Rows:
        found = []
        for place in places:
            self._file.seek(place * _RECORD.itemsize)
            found.append(self._file.read(_RECORD.itemsize))
        return np.frombuffer(b"".join(found), _RECORD)


def _scored_by(path: Path) -> bytes | None:
    """The `model_metadata` of a file."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        raise unusable(path) from None
    if not _is_scored(schema):
        raise unusable(path)
    return (schema.metadata or {}).get(MODEL_KEY)


def _texts_of(path: Path) -> Iterator[tuple[Rows, Rows]]:
    """The keys and rows of the different texts in each batch."""
    try:
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            for batch in file.iter_batches(batch_size=_BATCH, columns=["text", *MODEL_SCHEMA.names], use_threads=False):
                texts, places = distinct_texts(batch.column("text"))
                first = np.unique(places, return_index=True)[1]
                yield np.frombuffer(b"".join(digests(texts)), _KEY), model_rows(batch.take(pa.array(first)))
    except (pa.ArrowException, OSError, ValueError):  # damage, or values that no model gave
        raise unusable(path) from None


def _is_scored(schema: pa.Schema) -> bool:
    wanted = [("text", pa.string()), *((field.name, field.type) for field in MODEL_SCHEMA)]
    return all(name in schema.names and schema.field(name).type == kind for name, kind in wanted)


def unusable(path: Path) -> InputError:
    """The error for a file that is none of triage."""
    return InputError(
        f"{path} is not a Parquet file that triage score wrote: give --previous such a file, or leave it out.",
        nl=f"{path} is geen Parquet-bestand dat triage score heeft geschreven: geef --previous zo'n bestand, of laat het weg.",
    )
