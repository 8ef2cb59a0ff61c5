"""ONNX Runtime against OpenVINO on the embedded model: the same file, the same packed batches, the same cores.

pip install openvino
python benchmarks/runtimes.py [--texts FILE] [--messages 2472] [--rounds 5] [--cores N] [--cpu] [--json FILE]

onnxruntime  as triage runs it: passes side by side, one thread each
openvino     its way for throughput: as many requests side by side as it finds best

The batches are those of forward.py's `kernel`. OpenVINO prepares itself anew for each shape it meets, so for its sake their lengths are
rounded up, and its first time through them is told apart: that is what an export costs whose shapes were not seen before. The difference is
that of the probabilities.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import openvino
from forward import FOLDER, Kernel, read_texts, varied
from measuring import cores, keep_ratios, only_cores, race, ratio, ratio_table, timed
from numpy.typing import NDArray

from tables import Table, figure
from triage.classify.backends import Ids
from triage.classify.backends.onnx import OnnxBackend, find_model

STEP = 4  # subwords: lengths are rounded up to a multiple of it

Batches = list[tuple[Ids, Ids]]


class OpenVino:
    """The embedded model in OpenVINO."""

    def __init__(self, batches: Batches) -> None:
        model = openvino.Core().read_model(find_model(FOLDER))
        self._names = {node.get_any_name() for node in model.inputs}
        settings = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": cores()}
        self._compiled = openvino.compile_model(model, "CPU", settings)
        self._batches = batches

    def run(self) -> list[NDArray[np.float32]]:
        """The logits of all batches."""
        found: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(self._batches)

        def keep(request: openvino.InferRequest, place: int) -> None:
            found[place] = np.array(request.get_output_tensor(0).data)

        queue = openvino.AsyncInferQueue(self._compiled)
        queue.set_callback(keep)
        for place, (ids, mask) in enumerate(self._batches):
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            queue.start_async({name: value for name, value in feed.items() if name in self._names}, place)
        queue.wait_all()
        return found


def rounded(batches: Iterable[tuple[Ids, Ids]], pad: int) -> Batches:
    """The batches, their lengths rounded up."""
    padded = []
    for ids, mask in batches:
        more = ((0, 0), (0, -ids.shape[1] % STEP))
        padded.append((np.pad(ids, more, constant_values=pad), np.pad(mask, more)))
    return padded


def furthest(backend: OnnxBackend, batches: Batches, found: list[NDArray[np.float32]]) -> float:
    """By how much a probability differs at most."""
    pairs = [(1 / (1 + np.exp(-backend.logits(*batch))), 1 / (1 + np.exp(-logits))) for batch, logits in zip(batches, found, strict=True)]
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, help=".jsonl with `text`, or .txt with a text a line")
    parser.add_argument("--messages", type=int, default=2_472)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, help="use so many cores")
    parser.add_argument("--cpu", action="store_true", help="in processor time, which other work disturbs less")
    parser.add_argument("--json", type=Path, help="also keep the ratios in this file")
    options = parser.parse_args()
    if options.cores:
        only_cores(options.cores)
    kernel = Kernel(varied(read_texts(options.texts), options.messages))
    batches = rounded(kernel.batches, kernel.pad)
    other = OpenVino(batches)
    clock = time.process_time if options.cpu else time.perf_counter
    ways = {"onnxruntime": timed(kernel.run, options.messages, clock), "openvino": timed(other.run, options.messages, clock)}
    first = {"openvino, first time": [ways["openvino"]()]}
    difference = furthest(kernel.backend, batches, other.run())
    times = race(ways, options.rounds)
    rows = [
        (name, figure(1 / statistics.median(found), 1), figure(statistics.median(found) * 1e3, 3))
        for name, found in {**times, **first}.items()
    ]
    print(Table("runtimes", f"Runtimes, {cores()} cores", ("runtime", "messages/s", "ms a message"), rows).text())
    ratios = [ratio(times, "onnxruntime over openvino", "onnxruntime", "openvino")]
    print(ratio_table("runtimes-ratios", "Ratios", ratios).text())
    print(f"largest difference of a probability: {difference:.4f}")
    if options.json:
        keep_ratios(options.json, "runtimes", ratios, difference=round(difference, 4))


if __name__ == "__main__":
    main()
