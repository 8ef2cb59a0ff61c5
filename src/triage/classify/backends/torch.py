"""Forward passes with torch: for checkpoints without an ONNX file, and for a GPU. Needs the extra `torch`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification

from triage.classify.backends import Ids, Logits
from triage.errors import ModelError

CPU_BUDGET = 1024
GPU_BUDGET = 65_536  # a GPU is idle with less


class TorchBackend:
    """A `transformers` sequence-classification model in evaluation mode.

    Args:
        source: Folder or hub name of the checkpoint.
        device: "cpu", "cuda", ...; None takes a GPU where there is one.
        threads: Threads for one forward pass on a CPU; None leaves torch's own setting (which is one for the whole process).

    Raises:
        ModelError: if `transformers` cannot load it.
    """

    parallel = 1  # torch spreads a single pass over its threads

    def __init__(self, source: str | Path, device: str | None = None, threads: int | None = None) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        try:
            model = AutoModelForSequenceClassification.from_pretrained(source, use_safetensors=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"{source} cannot be loaded by transformers: {type(error).__name__}. Check its name or folder.",
                nl=f"{source} kan niet worden geladen door transformers: {type(error).__name__}. Controleer naam of map.",
            ) from error
        self.budget = GPU_BUDGET if self._device.type == "cuda" else CPU_BUDGET
        kind = torch.bfloat16 if self._device.type == "cuda" else torch.float32
        self._model = model.to(self._device, kind).eval()

    def logits(self, input_ids: Ids, attention_mask: Ids) -> Logits:
        """Logits of shape (texts, outputs) for padded subwords of shape (texts, length)."""
        with torch.inference_mode():
            out = self._model(
                input_ids=torch.from_numpy(input_ids).to(self._device),
                attention_mask=torch.from_numpy(attention_mask).to(self._device),
            ).logits
        logits: Logits = out.float().cpu().numpy().astype(np.float32)
        return logits

    def digest(self) -> str:
        """SHA-256 of the names and values of all weights."""
        digest = hashlib.sha256()
        for name, weights in self._model.state_dict().items():
            digest.update(name.encode())
            digest.update(weights.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()
