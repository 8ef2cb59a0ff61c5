"""The model's face: texts in, classifications out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triage.classify.backends import Backend, Logits
from triage.classify.batching import Window, forward, windows_of
from triage.classify.checkpoint import Checkpoint, Platt, describe, embedded_folder, read_config
from triage.classify.explain import explain
from triage.errors import InputError, ModelError
from triage.explanation import Explanation
from triage.labels import LABELS, Classification, Label, ReviewReason
from triage.text import find_flags, normalise, review_reason

# Expected intensity of a label that holds, for a checkpoint without intensity outputs: the middle of the guideline's scale.
PLAIN_INTENSITY = 2.0

# Characters of one text that are read at most; the windows stop before this, and so does the time spent on normalising.
MAX_CHARACTERS = 200_000

BackendName = Literal["auto", "onnx", "torch"]


class Classifier:
    """Classifies Dutch messages. Made by `load_classifier`; safe to share between threads.

    Args:
        checkpoint: What is loaded.
        tokenizer: The checkpoint's tokenizer, without truncation or padding of its own.
        backend: What runs the forward pass.
    """

    def __init__(self, checkpoint: Checkpoint, tokenizer: Tokenizer, backend: Backend) -> None:
        self.checkpoint = checkpoint
        self._tokenizer = tokenizer
        self._backend = backend
        self._pad_id = _pad_id(tokenizer)

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
            return self._classify([texts])[0]
        texts = list(texts)
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise InputError(
                    f"Text {place} is {type(text).__name__}; classify takes a string or a list of strings.",
                    nl=f"Tekst {place} is {type(text).__name__}; classify wil een tekst of een lijst van teksten.",
                )
        return self._classify(texts)

    def explain(self, texts: Sequence[str]) -> list[Explanation]:
        """Weigh the words of each text by asking again without them, and with nothing else.

        Args:
            texts: Texts of any length; of one that is read in windows, the gravest is explained.
        """
        texts = list(texts)
        found = self.classify(texts)
        if not texts:
            return []

        def scores(windows: Sequence[Window]) -> NDArray[np.float64]:
            return self._probabilities(forward(self._backend, windows, self._pad_id, len(self.checkpoint.outputs)))[0]

        return explain(texts, self._read(texts), found, self._tokenizer, self.checkpoint.settings.max_length, scores)

    def _read(self, texts: list[str]) -> list[str]:
        """The texts as the model reads them."""
        # Half characters (lone surrogates) cannot be tokenised.
        read = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8") for text in texts]
        return [normalise(text) for text in read] if self.checkpoint.settings.normalise else read

    def _classify(self, texts: list[str]) -> list[Classification]:
        different = list(dict.fromkeys(texts))
        made = dict(zip(different, self._classify_different(different), strict=True))
        return [made[text] for text in texts]

    def _classify_different(self, texts: list[str]) -> list[Classification]:
        read = self._read(texts)
        split = windows_of(self._tokenizer, read, self.checkpoint.settings.max_length)
        logits = forward(self._backend, split.windows, self._pad_id, len(self.checkpoint.outputs))
        scores, intensity = self._probabilities(logits)
        owner = np.fromiter((window.text for window in split.windows), dtype=np.int64, count=len(split.windows))
        worst = np.zeros((len(texts), len(LABELS)), dtype=np.float64)
        gravest = np.zeros(len(texts), dtype=np.float64)
        np.maximum.at(worst, owner, scores)
        np.maximum.at(gravest, owner, intensity)
        return [
            self._classification(
                text, read[place], worst[place], float(gravest[place]), int(split.counts[place]),
                bool(split.cut[place]) or len(text) > MAX_CHARACTERS,
            )
            for place, text in enumerate(texts)
        ]  # fmt: skip

    def _probabilities(self, logits: Logits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Calibrated label probabilities (windows, labels) and expected intensity (windows,)."""
        settings, outputs = self.checkpoint.settings, self.checkpoint.outputs
        platt = [settings.calibration.get(name, Platt()) for name in outputs]
        scaled = logits.astype(np.float64) * [p.scale for p in platt] + [p.shift for p in platt]
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

    def _classification(
        self, text: str, read: str, scores: NDArray[np.float64], intensity: float, windows: int, cut: bool
    ) -> Classification:
        checkpoint = self.checkpoint
        by_label: dict[Label, float] = {label: float(score) for label, score in zip(LABELS, scores, strict=True)}
        reasons: list[ReviewReason] = []
        if unreadable := review_reason(text[:MAX_CHARACTERS]):
            reasons.append(unreadable)
        if cut:
            reasons.append("too_long")
        if any(doubt.low <= by_label[label] <= doubt.high for label, doubt in checkpoint.settings.doubt.items()):
            reasons.append("uncertain")
        return Classification(
            scores=by_label,
            labels=tuple(label for label in LABELS if by_label[label] >= checkpoint.threshold(label)),
            intensity=intensity,
            flags=find_flags(read),
            needs_review=bool(reasons),
            review_reasons=tuple(reasons),
            model=checkpoint.version,
            windows=windows,
        )


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
        threads: Threads for one forward pass.

    Raises:
        ModelError: if it cannot be loaded, or its labels cannot be mapped.
    """
    folder = embedded_folder() if name is None else Path(name)
    if folder.is_dir():
        title = "triage-nl" if name is None else folder.name
        checkpoint = describe(title, folder, read_config(folder), label_map)
        tokenizer = _tokenizer(folder)
        return Classifier(checkpoint, tokenizer, _backend(folder, folder, backend, device, threads))
    if name is None or isinstance(name, Path) or str(name).count("/") > 1 or str(name).startswith((".", "~")):
        raise ModelError(f"There is no checkpoint at {folder}.", nl=f"Er staat geen model in {folder}.")
    _need_torch(str(name))
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


def _need_torch(source: str) -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None or find_spec("transformers") is None:
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
