"""Raw Dutch text for pretraining: files of one sentence, message or paragraph a line, with a weight each."""

from __future__ import annotations

import hashlib
import heapq
import lzma
import tomllib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class Source:
    """One raw text file and how often its lines are shown in one pass (0.25 = every fourth line)."""

    path: Path
    weight: float


def read_lines(path: Path) -> Iterator[str]:
    """Yield the non-empty lines of a text file, plain or `.xz`."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            if stripped := line.strip():
                yield stripped


def sources(folder: Path) -> list[Source]:
    """The raw text files of a folder, weighed by `sources.toml` beside this module.

    Files that the table does not name get its default weight; a weight of 0 leaves a file out.
    """
    table = tomllib.loads(resources.files(__package__).joinpath("sources.toml").read_text(encoding="utf-8"))
    weights: dict[str, float] = table["weights"]
    found = []
    for path in sorted(folder.glob("*.txt*")):
        name = path.name.split(".")[0]
        weight = float(weights.get(name, table["default"]))
        if weight > 0:
            found.append(Source(path, weight))
    return found


def weighted_lines(found: list[Source], seed: int = 0) -> list[str]:
    """All lines, repeated or thinned by their file's weight, in one shuffled list."""
    rng = np.random.default_rng(seed)
    lines: list[str] = []
    for source in found:
        own = list(read_lines(source.path))
        whole, rest = divmod(source.weight, 1.0)
        lines.extend(own * int(whole))
        if rest:
            keep = rng.random(len(own)) < rest
            lines.extend(line for line, kept in zip(own, keep, strict=True) if kept)
    rng.shuffle(lines)
    return lines


def is_for_training(line: str) -> bool:
    """Whether a raw line may be learned from as one without a label; `benchmarks/ordinary.py` measures on the other half."""
    return hashlib.sha256(line.encode()).digest()[0] >= 128


def ordinary_lines(files: Sequence[Path], count: int, without: Container[str] = ()) -> list[str]:
    """Lines of 4 to 60 words, evenly over the files, and always the same ones: those of `is_for_training` whose digest comes last."""
    share = -(-count // max(1, len(files)))
    drawn: list[str] = []
    for path in files:
        lines = {line for line in read_lines(path) if 4 <= len(line.split()) <= 60 and is_for_training(line) and line not in without}
        drawn += heapq.nlargest(share, lines, key=lambda line: hashlib.sha256(line.encode()).digest())
    return drawn[:count]


def pack(lines: list[str], tokenizer: Tokenizer, length: int) -> NDArray[np.uint16]:
    """Tokenise lines and lay them end to end in rows of `length` subwords, `[SEP]` between lines.

    Returns:
        Array of shape (rows, length), dtype uint16; every row starts with `[CLS]`.
    """
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    pieces: list[NDArray[np.uint16]] = []
    for start in range(0, len(lines), 10_000):
        for encoding in tokenizer.encode_batch_fast(lines[start : start + 10_000], add_special_tokens=False):
            pieces.append(np.asarray([*encoding.ids, sep], dtype=np.uint16))
    stream = np.concatenate(pieces)
    rows = len(stream) // (length - 1)
    body = stream[: rows * (length - 1)].reshape(rows, length - 1)
    return np.concatenate([np.full((rows, 1), cls, dtype=np.uint16), body], axis=1)
