"""Forward passes with ONNX Runtime."""

from __future__ import annotations

import glob
import hashlib
import os
from pathlib import Path

import numpy as np
import onnxruntime

from triage.classify.backends import Ids, Logits
from triage.errors import ModelError

# The quantised file first: a quarter of the size and faster; its loss of accuracy is on the model card.
FILES = ("onnx/model_quantized.onnx", "onnx/model.onnx", "model.onnx")

# Measured on the embedded model: at 256 to 1024 subwords a pass is equally quick, below and above it is slower.
BUDGET = 512


def find_model(folder: Path) -> Path | None:
    """The ONNX file of a checkpoint, or None."""
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


class OnnxBackend:
    """One ONNX Runtime session without threads of its own; it may be shared by threads.

    Forward passes side by side scale better than threads inside one, which wait for each other at every layer; and a session with threads
    could not be used after a fork.

    Args:
        path: The ONNX file.
        threads: Forward passes at the same time; None for as many as there are cores.

    Raises:
        ModelError: if the file cannot be loaded.
    """

    budget = BUDGET

    def __init__(self, path: Path, threads: int | None = None) -> None:
        self.parallel = threads or _cores()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises its own unrelated classes, one for each cause
            raise ModelError(
                f"{path} cannot be loaded by ONNX Runtime {onnxruntime.__version__}: {type(error).__name__}.",
                nl=f"{path} kan niet worden geladen door ONNX Runtime {onnxruntime.__version__}: {type(error).__name__}.",
            ) from error
        self._path = path
        self._inputs = {node.name for node in self._session.get_inputs()}

    def logits(self, input_ids: Ids, attention_mask: Ids) -> Logits:
        """Logits of shape (texts, outputs) for padded subwords of shape (texts, length)."""
        feed = {"input_ids": input_ids, "attention_mask": attention_mask}
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(input_ids)
        return np.asarray(self._session.run(None, feed)[0], dtype=np.float32)

    def digest(self) -> str:
        """SHA-256 of the ONNX file, and of the files with its weights that may stand beside it."""
        digest = hashlib.sha256()
        for path in sorted(self._path.parent.glob(f"{glob.escape(self._path.name)}*")):
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
