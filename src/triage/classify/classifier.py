"""The model's face: texts in, classifications out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, overload

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triage.classify.backends import Backend, Logits
from triage.classify.batching import Window, Windowed, begin, forward, one_ahead, pieces, threads_for, windows_of
from triage.classify.checkpoint import Checkpoint, Platt, describe, embedded_folder, read_config
from triage.classify.classifications import REVIEW_REASONS, ROW, Classifications, Rows, bits
from triage.classify.explain import explain
from triage.classify.wide import Wide
from triage.classify.words import Words
from triage.errors import InputError, ModelError
from triage.explanation import Explanation
from triage.labels import FLAGS, LABELS, Classification
from triage.text import find_all_flags, normalise, reason_of

# Expected intensity of a label that holds, for a checkpoint without intensity outputs: the middle of the guideline's scale.
PLAIN_INTENSITY = 2.0

# Characters of one text that are read at most; the windows stop before this, and so does the time spent on normalising.
MAX_CHARACTERS = 200_000

_HUB_NAME = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)?")  # "name" or "owner/name"

BackendName = Literal["auto", "onnx", "torch"]


class Classifier:
    """Classifies Dutch messages. Made by `load_classifier`; safe to share between threads.

    Args:
        checkpoint: What is loaded.
        tokenizer: The checkpoint's tokenizer, without truncation or padding of its own.
        backend: What runs the forward pass.
        wide: The part on n-grams that stands beside the encoder, if there is one.
    """

    def __init__(self, checkpoint: Checkpoint, tokenizer: Tokenizer, backend: Backend, wide: Wide | None = None) -> None:
        self.checkpoint = checkpoint
        self._tokenizer = tokenizer
        self._backend = backend
        self._wide = wide
        self._pad_id = _pad_id(tokenizer)
        self._words = Words(tokenizer)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What decides a score: two classifiers of the same identity give the same scores.

        Returns:
            `name`, `version` (as every classification states it), `settings` (the thresholds among them), `outputs`, and `digest`: a
            SHA-256 of the weights, the tokenizer, the settings, and triage itself, whose rules read the text before the model does.
        """
        from importlib.metadata import version  # which takes its time to load

        checkpoint = self.checkpoint
        settings = {**msgspec.to_builtins(checkpoint.settings), "thresholds": {label: checkpoint.threshold(label) for label in LABELS}}
        facts = {"settings": settings, "outputs": list(checkpoint.outputs), "activation": checkpoint.activation}
        tokenizer = json.loads(self._tokenizer.to_str())  # whose keys come in another order in each process
        weights = [self._backend.digest(), self._wide and self._wide.digest()]
        told = json.dumps([weights, tokenizer, facts, version("triage")], sort_keys=True)
        digest = hashlib.sha256(told.encode()).hexdigest()
        return {"name": checkpoint.name, "version": checkpoint.version, "digest": digest, **facts}

    @overload
    def classify(self, texts: str) -> Classification: ...  # type: ignore[overload-overlap]
    @overload
    def classify(self, texts: Sequence[str]) -> list[Classification]: ...
    def classify(self, texts: str | Sequence[str]) -> Classification | list[Classification]:
        """Classify one text, or many in their order.

        Args:
            texts: A text, or a sequence of texts of any length. A long text is read in overlapping windows, and the gravest counts.

        Returns:
            A classification for a text; a list of them for a sequence, also for a sequence of one.

        Raises:
            InputError: if something else than text is given.
        """
        if isinstance(texts, str):
            return self.classify_all([texts])[0]
        texts = list(texts)
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise InputError(
                    f"Text {place} is {type(text).__name__}; classify takes a string or a list of strings.",
                    nl=f"Tekst {place} is {type(text).__name__}; classify wil een tekst of een lijst van teksten.",
                )
        return list(self.classify_all(texts))

    def classify_all(self, texts: Sequence[str]) -> Classifications:
        """Classify many texts in their order, with the result as columns of numbers: the way of bulk work.

        The same list gives the same numbers to the last bit, in any process on one machine: a run that goes on where another stopped
        counts on it.

        Args:
            texts: Texts of any length; a text that comes more than once is read once.
        """
        places: dict[str, int] = {}
        owner = np.fromiter((places.setdefault(text, len(places)) for text in texts), dtype=np.int64, count=len(texts))
        return self._classify_different(list(places)).take(owner)

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        """Weigh the words of each text by asking again without them, and with nothing else.

        Args:
            texts: Texts of any length; of one that is read in windows, the gravest is explained.
        """
        texts = list(texts)
        found = self.classify(texts)
        if not texts:
            return []

        shown, plain = self._read(texts)
        read = plain if self.checkpoint.settings.normalise else shown

        def scores(windows: Sequence[Window]) -> NDArray[np.float64]:
            logits = forward(self._backend, windows, self._pad_id, len(self.checkpoint.outputs))
            return self._probabilities(logits, self._beside(windows))[0]

        return explain(texts, read, found, self._tokenizer, self.checkpoint.settings.max_length, scores)

    def _read(self, texts: Sequence[str]) -> tuple[list[str], list[str]]:
        """The texts without what cannot be tokenised (half characters), and the same normalised."""
        shown = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8") for text in texts]
        return shown, [normalise(text) for text in shown]

    def _classify_different(self, texts: list[str]) -> Classifications:
        with threads_for(self._backend) as pool:
            begun = (self._begin(texts[piece], pool) for piece in pieces(len(texts)))
            rows = [finish() for finish in one_ahead(begun)]
        return Classifications(np.concatenate([np.zeros(0, ROW), *rows]), self.checkpoint.version)

    def _begin(self, texts: list[str], pool: Executor | None) -> Callable[[], Rows]:
        """Prepare texts and start their forward passes; what is given back waits for them and completes the rows."""
        shown, plain = self._read(texts)
        read = plain if self.checkpoint.settings.normalise else shown
        split = windows_of(self._tokenizer, read, self.checkpoint.settings.max_length, self._words)
        logits = begin(self._backend, split.windows, self._pad_id, len(self.checkpoint.outputs), pool)
        return lambda: self._rows(texts, plain, split, logits)

    def _rows(self, texts: list[str], plain: list[str], split: Windowed, logits: Callable[[], Logits]) -> Rows:
        rows = np.zeros(len(texts), ROW)
        rows["windows"] = split.counts
        rows["flags"] = [bits(flags, FLAGS) for flags in find_all_flags(plain)]
        beside = self._beside(split.windows)
        scores, intensity = self._probabilities(logits(), beside)
        owner = np.fromiter((window.text for window in split.windows), dtype=np.int64, count=len(split.windows))
        np.maximum.at(rows["scores"], owner, scores)  # the gravest window counts
        np.maximum.at(rows["intensity"], owner, intensity)
        thresholds = [self.checkpoint.threshold(label) for label in LABELS]
        rows["labels"] = (rows["scores"] >= thresholds) @ (1 << np.arange(len(LABELS)))
        cut = split.cut | np.fromiter((len(text) > MAX_CHARACTERS for text in texts), dtype=np.bool_, count=len(texts))
        rows["reasons"] = self._review_reasons(plain, cut, rows["scores"])
        rows["needs_review"] = rows["reasons"] != 0
        return rows

    def _review_reasons(self, plain: list[str], cut: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """Why the model should not be trusted alone, as `bits` of `REVIEW_REASONS`."""
        doubt = self.checkpoint.settings.doubt
        low = np.array([doubt[label].low if label in doubt else np.inf for label in LABELS])
        high = np.array([doubt[label].high if label in doubt else -np.inf for label in LABELS])
        uncertain = ((scores >= low) & (scores <= high)).any(axis=1)
        unread = [bits([reason], REVIEW_REASONS) if (reason := reason_of(text)) else 0 for text in plain]
        return np.array(unread, dtype=np.int64) | cut * bits(["too_long"], REVIEW_REASONS) | uncertain * bits(["uncertain"], REVIEW_REASONS)

    def _beside(self, windows: Sequence[Window]) -> Logits | None:
        """Logits of the wide part (windows, outputs); None where the checkpoint has none."""
        return self._wide.logits([window.ids for window in windows]) if self._wide else None

    def _probabilities(self, logits: Logits, beside: Logits | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Calibrated label probabilities (windows, labels) and expected intensity (windows,)."""
        settings, outputs = self.checkpoint.settings, self.checkpoint.outputs
        platt = [settings.calibration.get(name, Platt()) for name in outputs]
        scaled = logits.astype(np.float64) * [p.scale for p in platt] + [p.shift for p in platt]
        if beside is not None:
            scaled += beside.astype(np.float64) * [p.wide for p in platt]
        scaled = np.clip(scaled, -60.0, 60.0)
        if self.checkpoint.activation == "softmax":
            powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
            single = powers / powers.sum(axis=1, keepdims=True)
        else:
            single = 1.0 / (1.0 + np.exp(-scaled))
        scores = np.zeros((len(logits), len(LABELS)), dtype=np.float64)
        for column, name in enumerate(outputs):
            if (label := settings.label_map.get(name)) is None:
                continue
            place = LABELS.index(label)
            if self.checkpoint.activation == "softmax":
                scores[:, place] += single[:, column]
            else:
                scores[:, place] = np.maximum(scores[:, place], single[:, column])
        scores = np.clip(scores, 0.0, 1.0)
        steps = [outputs.index(name) for name in settings.intensity_labels]
        # Expected value of an ordinal variable: the sum of the probabilities of reaching each level.
        intensity = single[:, steps].sum(axis=1) if steps else PLAIN_INTENSITY * scores.max(axis=1)
        return scores, intensity


def load_classifier(
    name: str | Path | None = None,
    *,
    label_map: Mapping[str, str] | None = None,
    backend: BackendName = "auto",
    device: str | None = None,
    threads: int | None = None,
) -> Classifier:
    """Load the embedded Dutch model, or any sequence-classification checkpoint.

    Args:
        name: Folder or hub name; None for the embedded model.
        label_map: Label of the checkpoint -> label of triage, where its `config.json` has none.
        backend: "onnx", "torch", or "auto": ONNX where the checkpoint has an ONNX file and no device is asked for.
        device: "cpu", "cuda", ... for torch.
        threads: Threads that compute: with ONNX forward passes at the same time, with torch threads in each. None for as many as there are
            cores; 1 starts no thread at all.

    Raises:
        ModelError: if it cannot be loaded, or its labels cannot be mapped.
    """
    folder = embedded_folder() if name is None else Path(name)
    if folder.is_dir():
        title = "triage-nl" if name is None else folder.name
        checkpoint = describe(title, folder, read_config(folder), label_map)
        _need_weights(folder)
        tokenizer = _tokenizer(folder)
        wide = Wide.load(folder, tokenizer, len(checkpoint.outputs))
        return Classifier(checkpoint, tokenizer, _backend(folder, folder, backend, device, threads), wide)
    if name is None or isinstance(name, Path) or not _HUB_NAME.fullmatch(name) or folder.exists():
        raise ModelError(
            f"{folder} is not a folder that exists: check the name, and give the folder in which the checkpoint's config.json is.",
            nl=f"{folder} is geen map die bestaat: controleer de naam, en geef de map waarin de config.json van het model staat.",
        )
    if not _has_torch():
        raise ModelError(
            f"There is no folder {name} here: check the name. If it is the name of a checkpoint on a model hub, then install what fetches "
            "and runs it: pip install 'triage[torch]'.",
            nl=f"Hier is geen map {name}: controleer de naam. Is het de naam van een model op een hub, installeer dan wat dat ophaalt en "
            "draait: pip install 'triage[torch]'.",
        )
    from triage.classify.hub import hub_config, hub_tokenizer

    checkpoint = describe(str(name), None, hub_config(str(name)), label_map)
    return Classifier(checkpoint, hub_tokenizer(str(name)), _backend(str(name), None, backend, device, threads))


def _backend(source: str | Path, folder: Path | None, wanted: BackendName, device: str | None, threads: int | None) -> Backend:
    from triage.classify.backends.onnx import OnnxBackend, find_model

    path = find_model(folder) if folder else None
    if wanted == "onnx" or (wanted == "auto" and path and device in (None, "cpu")):
        if path is None:
            raise ModelError(
                f"{source} has no ONNX file; use backend='torch'.", nl=f"{source} heeft geen ONNX-bestand; gebruik backend='torch'."
            )
        return OnnxBackend(path, threads)
    _need_torch(str(source))
    from triage.classify.backends.torch import TorchBackend

    return TorchBackend(source, device, threads)


def _need_weights(folder: Path) -> None:
    from triage.classify.backends.onnx import find_model

    if not find_model(folder) and not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"{folder} holds no weights (model.safetensors or model.onnx): give the folder of a whole checkpoint.",
            nl=f"In {folder} staan geen gewichten (model.safetensors of model.onnx): geef de map van een heel model.",
        )


def _has_torch() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None and find_spec("transformers") is not None


def _need_torch(source: str) -> None:
    if not _has_torch():
        raise ModelError(
            f"{source} runs on torch; install it with: pip install 'triage[torch]'.",
            nl=f"{source} draait op torch; installeer dat met: pip install 'triage[torch]'.",
        )


def _tokenizer(folder: Path) -> Tokenizer:
    path = folder / "tokenizer.json"
    if not path.is_file():
        _need_torch(str(folder))
        from triage.classify.hub import hub_tokenizer

        return hub_tokenizer(str(folder))
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _pad_id(tokenizer: Tokenizer) -> int:
    for token in ("[PAD]", "<pad>", "<PAD>"):
        if (found := tokenizer.token_to_id(token)) is not None:
            return int(found)
    return 0
