"""Scores of an earlier run, to be taken over for texts that have not changed; what is known of them stands on disk, not in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

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

_OTHER_MODEL = Text(
    nl="{file} is gescoord met een ander model of een andere versie van triage: alle teksten zijn opnieuw gescoord.",
    en="{file} was scored by another model or version of triage: every text was scored anew.",
)


def model_metadata(version: str, digest: str) -> dict[bytes, bytes]:
    """What a scored Parquet file says of the model in its own metadata."""
    return {MODEL_KEY: json.dumps({"model": version, "digest": digest}).encode()}


class _Run(NamedTuple):
    """Some texts, in the order of the first half of their digests."""

    high: Rows
    low: Rows
    rows: Rows


class Previous:
    """The scores in a file that `triage score` wrote, by text.

    Args:
        path: The file, Parquet.
        folder: An existing folder for what is known of it, about 60 bytes a text.
        metadata: The `model_metadata` of the model that scores now; the scores of another are not taken over.

    Attributes:
        notice: What the user should know of it, if anything.

    Raises:
        InputError: if it is no such file.
    """

    def __init__(self, path: Path, folder: Path, metadata: dict[bytes, bytes]) -> None:
        self._folder = folder
        self._runs: list[_Run] = []
        self.notice: Text | None = None
        if _scored_by(path) != metadata[MODEL_KEY]:
            self.notice = _OTHER_MODEL.format(file=path)
            return
        held: list[tuple[Rows, Rows]] = []
        for part in _texts_of(path):
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
        for run in self._runs:
            at = np.minimum(np.searchsorted(run.high, asked["high"]), len(run.high) - 1)
            here = (run.high[at] == asked["high"]) & (run.low[at] == asked["low"])
            rows[here] = run.rows[at[here]]
            known |= here
        return rows, known

    def _save(self, held: list[tuple[Rows, Rows]]) -> None:
        """Keep texts in files, each once."""
        keys, rows = (np.concatenate(parts) for parts in zip(*held, strict=True))
        high, order = np.unique(keys["high"], return_index=True)
        arrays = []
        for name, array in (("high", high), ("low", keys["low"][order]), ("rows", rows[order])):
            path = self._folder / f"previous-{len(self._runs)}-{name}.npy"
            np.save(path, array)
            arrays.append(np.load(path, mmap_mode="r"))
        self._runs.append(_Run(*arrays))


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
