"""The runtimes that turn subwords into logits: ONNX Runtime (default) and torch."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Logits = NDArray[np.float32]


class Backend(Protocol):
    """Anything that runs a forward pass.

    Attributes:
        budget: Subwords in one forward pass, padding included, at which it is quickest.
        parallel: Forward passes that may run at the same time, each in a thread of its own.
    """

    budget: int
    parallel: int

    def logits(self, input_ids: Ids, attention_mask: Ids) -> Logits:
        """Logits of shape (texts, outputs) for padded subwords of shape (texts, length)."""
        ...

    def digest(self) -> str:
        """SHA-256 of the weights as they are used, and of nothing that changes from one process to the next."""
        ...
