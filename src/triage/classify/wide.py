"""The wide part of a model: a linear layer on n-grams of the subwords that the encoder reads, added to its logits.

An encoder with little pretraining generalises; a linear layer on n-grams remembers what abuse is literally made of, and rarely overfits.
Together they are better than either (Cheng et al. 2016, "Wide & Deep Learning"). The n-grams are runs of one to three subwords and of
four characters inside words; each is hashed to a row of the table (feature hashing: Weinberger et al. 2009), so that no list of them
is kept. All of it is arithmetic on whole arrays: it takes a few hundredths of the time of the encoder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from triage.classify.backends import Logits
from triage.errors import ModelError

FILE = "wide.safetensors"

LONGEST_RUN = 3  # subwords
CHARACTERS = 4
ROWS_AT_ONCE = 256  # so many that what is worked out for them stays in the processor's cache

_Hashes = NDArray[np.uint64]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, as hashing by multiplication asks
_BLANK = np.uint64(ord(" "))


class NGrams(NamedTuple):
    """The different n-grams of some rows, by row and then by number; three arrays of one length."""

    owners: NDArray[np.int64]  # the row it stands in
    numbers: NDArray[np.int64]
    times: NDArray[np.int64]  # it stands there


class Features:
    """Turns rows of subwords into numbers of n-grams.

    Args:
        tokenizer: Whose subwords they are.
        bits: There are two to the power of this many different numbers.
    """

    def __init__(self, tokenizer: Tokenizer, bits: int) -> None:
        spelled = _spellings(tokenizer)
        self._lengths = np.array([len(one) for one in spelled], dtype=np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._characters = np.frombuffer("".join(spelled).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        self._bits = bits

    def of(self, rows: Sequence[Sequence[int]]) -> NGrams:
        """The n-grams of all kinds.

        Args:
            rows: Subwords, special ones included.
        """
        ids = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
        owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        found = [*self._subwords(ids.astype(np.uint64), owners), self._words(ids, owners)]
        keys = np.concatenate([(owners << self._bits) | numbers for owners, numbers in found])
        keys.sort()
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        keys, times = keys[first], np.diff(first, append=len(keys))
        return NGrams(keys >> self._bits, keys & ((1 << self._bits) - 1), times)

    def _subwords(self, ids: _Hashes, owners: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        single = _mixed(ids + np.uint64(1))
        run = single
        for length in range(1, LONGEST_RUN + 1):
            if length > 1:
                run = _mixed(run[:-1] * _MULTIPLIER + single[length - 1 :])
            inside = owners[: len(run)] == owners[length - 1 :]
            yield owners[: len(run)][inside], self._numbers(run[inside], length)

    def _words(self, ids: NDArray[np.int64], owners: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Runs of characters that have a blank at most at their ends."""
        lengths = self._lengths[ids]
        ends = np.cumsum(lengths)
        places = np.arange(int(lengths.sum())) + np.repeat(self._starts[ids] - (ends - lengths), lengths)
        characters, owners = self._characters[places], np.repeat(owners, lengths)
        count = max(0, len(characters) - CHARACTERS + 1)
        blank = characters == _BLANK
        inside = owners[:count] == owners[CHARACTERS - 1 :]
        run = characters[:count].copy()
        for step in range(1, CHARACTERS):
            run = run * _MULTIPLIER + characters[step : step + count]
            if step < CHARACTERS - 1:
                inside &= ~blank[step : step + count]
        return owners[:count][inside], self._numbers(_mixed(run[inside]), 0)

    def _numbers(self, hashes: _Hashes, kind: int) -> NDArray[np.int64]:
        return (_mixed(hashes + np.uint64(kind)) >> np.uint64(64 - self._bits)).astype(np.int64)


def strengths(found: NGrams, rows: int) -> NDArray[np.float64]:
    """How much each n-gram counts in its row: 1 + log(times), over the root of how many different ones the row has.

    What stands there twice says little more than what stands there once (sublinear term frequency: Manning, Raghavan and Schütze 2008,
    section 6.4.1).

    Args:
        found: The n-grams.
        rows: Of how many rows they are.
    """
    different = np.bincount(found.owners, minlength=rows)
    strength: NDArray[np.float64] = (1 + np.log(found.times)) / np.sqrt(different[found.owners])
    return strength


class Wide:
    """A table with a row of weights for each number of an n-gram; the logits of a text are their sum, each times its strength.

    Args:
        features: What numbers the n-grams.
        table: Weights of shape (numbers, outputs), in steps; two to the power of some whole number of them.
        step: What a step is worth as a logit, of shape (outputs,).
        bias: Logits of a text without n-grams, of shape (outputs,).
    """

    def __init__(self, features: Features, table: NDArray[np.int8], step: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        self._features, self._table, self._step, self._bias = features, table, step, bias

    @classmethod
    def load(cls, folder: Path, tokenizer: Tokenizer, outputs: int) -> Wide | None:
        """The wide part of a checkpoint; None where it has none.

        Raises:
            ModelError: if the file is damaged, or made for other outputs.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            tensors: Mapping[str, NDArray[np.generic]] = load_file(path)
            table = tensors["table"].astype(np.int8)
            step, bias = tensors["step"].astype(np.float32), tensors["bias"].astype(np.float32)
        except (SafetensorError, KeyError, OSError) as error:
            raise ModelError(
                f"{path} cannot be read ({type(error).__name__}); copy the checkpoint again.",
                nl=f"{path} is niet te lezen ({type(error).__name__}); kopieer het model opnieuw.",
            ) from None
        bits = len(table).bit_length() - 1
        if table.shape != (1 << bits, outputs) or step.shape != (outputs,) or bias.shape != (outputs,):
            raise ModelError(
                f"{path} was made for another model: its table is of shape {table.shape}, and the model has {outputs} outputs.",
                nl=f"{path} hoort bij een ander model: de tabel heeft vorm {table.shape}, en het model {outputs} uitkomsten.",
            )
        return cls(Features(tokenizer, bits), table, step, bias)

    def save(self, folder: Path) -> None:
        """Write it into a checkpoint folder."""
        save_file({"table": self._table, "step": self._step, "bias": self._bias}, folder / FILE)

    def logits(self, rows: Sequence[Sequence[int]]) -> Logits:
        """Logits of shape (rows, outputs); those of a row depend on that row alone, to the last bit.

        Args:
            rows: Subwords, special ones included.
        """
        parts = [self._logits_of(rows[start : start + ROWS_AT_ONCE]) for start in range(0, len(rows), ROWS_AT_ONCE)]
        return np.concatenate([np.zeros((0, len(self._bias)), np.float32), *parts])

    def _logits_of(self, rows: Sequence[Sequence[int]]) -> Logits:
        found = self._features.of(rows)
        sums = np.zeros((len(self._bias), len(rows)))
        if len(found.owners):
            weights = np.ascontiguousarray(self._table.take(found.numbers, axis=0).T) * strengths(found, len(rows))
            first = np.flatnonzero(np.diff(found.owners, prepend=-1))
            sums[:, found.owners[first]] = np.add.reduceat(weights, first, axis=1)
        logits: Logits = (sums.T * self._step + self._bias).astype(np.float32)
        return logits

    def digest(self) -> str:
        """SHA-256 of the weights."""
        return hashlib.sha256(self._table.tobytes() + self._step.tobytes() + self._bias.tobytes()).hexdigest()


def _mixed(hashes: _Hashes) -> _Hashes:
    """Every bit made to depend on all others (the finaliser of SplitMix64: Steele, Lea and Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _spellings(tokenizer: Tokenizer) -> list[str]:
    """How each subword is written, with a blank before it where it begins a word; special subwords end a word."""
    vocabulary = tokenizer.get_vocab()
    special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    marks_insides = any(token.startswith("##") for token in vocabulary)  # WordPiece marks what goes on; others mark what begins
    spelled = [" "] * (max(vocabulary.values()) + 1)
    for token, id in vocabulary.items():
        if token in special:
            continue
        if marks_insides:
            spelled[id] = token[2:] if token.startswith("##") else f" {token}"
        else:
            spelled[id] = f" {token[1:]}" if token[:1] in "Ġ▁" else token
    return spelled
