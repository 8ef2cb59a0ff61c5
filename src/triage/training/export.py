"""Writes a fine-tuned model as a checkpoint folder: safetensors for `transformers`, ONNX for ONNX Runtime.

    python -m triage.training.export --from CHECKPOINT --calibrate LABELLED...

writes the ONNX file of an existing checkpoint anew. A BERT model computes in 8-bit integers (`triage.training.integer`), where that costs
less accuracy on the development messages than `MAX_AP_LOSS` and `MAX_DIFFERENCE`; otherwise, and for any other model, the weights are only
kept in 8 bits and the arithmetic is in floats. Which of the two, and what it cost, stands in `config.json`.
"""

from __future__ import annotations

import argparse
import json
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from triage.classify import load_classifier
from triage.classify.batching import windows_of
from triage.classify.checkpoint import Arithmetic, Settings, describe, read_config
from triage.classify.wide import Wide
from triage.labels import LABELS, Label
from triage.text import normalise
from triage.training.corpus import Labelled, read_labelled
from triage.training.evaluate import compare
from triage.training.integer import fits, integer_graph, observe

log = logging.getLogger(__name__)

ONNX_FILE = "onnx/model_quantized.onnx"

# What integer arithmetic may cost, against 32-bit floats on the development messages.
MAX_AP_LOSS = 0.005  # average precision, of each label
MAX_DIFFERENCE = 0.01  # probability, mean over messages and labels

CALIBRATION_WINDOWS = 1_000  # windows of development messages by which the scales are set


def export(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    wide: Wide,
    settings: Settings,
    folder: Path,
    development: Sequence[Labelled],
) -> Settings:
    """Write the checkpoint folder that `triage.load` and `transformers` take.

    Args:
        model: A fine-tuned sequence-classification model on the CPU.
        tokenizer: Its tokenizer.
        wide: The part on n-grams that stands beside it.
        settings: Label map, calibration and thresholds; they go into `config.json` under the key `triage`.
        folder: Made where it does not exist; files of the same names are replaced.
        development: Messages outside the training, by which the scales of integer arithmetic are set and its cost is measured.

    Returns:
        The settings with the arithmetic that was chosen, as they were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    model.bfloat16().save_pretrained(folder)
    wide.save(folder)
    write_settings(folder, settings)
    return write_onnx(folder, development)


def write_settings(folder: Path, settings: Settings) -> None:
    """Put the settings into the checkpoint's `config.json`."""
    path = folder / "config.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    config["triage"] = msgspec.to_builtins(settings)
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_onnx(folder: Path, development: Sequence[Labelled]) -> Settings:
    """Write the ONNX file of a checkpoint from its safetensors, and into its settings how it computes.

    Args:
        folder: A checkpoint with its settings.
        development: As for `export`.

    Returns:
        The settings as they were written.
    """
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    settings = describe(folder.name, folder, read_config(folder), None).settings
    path = folder / ONNX_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    arithmetic = Arithmetic(kind="float")
    if fits(model):
        onnx.save(integer_graph(model, observe(model, _sample(folder, settings, development))), path)
        arithmetic = _cost(folder, development)
    if arithmetic.kind == "float":
        onnx.save(store_in_8_bits(_to_onnx(model, path)), path)
    log.info("arithmetic: %s", arithmetic)
    settings = msgspec.structs.replace(settings, arithmetic=arithmetic)
    write_settings(folder, settings)
    return settings


def _sample(folder: Path, settings: Settings, development: Sequence[Labelled]) -> list[Sequence[int]]:
    """Windows of the development messages, spread evenly over them."""
    tokenizer = plain_tokenizer(AutoTokenizer.from_pretrained(folder))
    texts = [normalise(message.text) if settings.normalise else message.text for message in development]
    windows = windows_of(tokenizer, texts, settings.max_length).windows
    return [window.ids for window in windows[:: max(1, len(windows) // CALIBRATION_WINDOWS)]]


def plain_tokenizer(tokenizer: PreTrainedTokenizerBase) -> Tokenizer:
    """The same without truncation or padding, as `triage` uses it."""
    plain = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    plain.no_truncation()
    plain.no_padding()
    return plain


def _cost(folder: Path, development: Sequence[Labelled]) -> Arithmetic:
    """What the ONNX file loses against 32-bit floats; of kind "float" where that is more than allowed."""
    texts = [message.text for message in development]
    floats, integers = (load_classifier(folder, backend=backend).classify(texts) for backend in ("torch", "onnx"))
    before, after = (compare(found, development, rounds=1) for found in (floats, integers))
    lost = {cast(Label, old.label): old.ap - new.ap for old, new in zip(before.labels, after.labels, strict=True) if old.support}
    apart = np.abs([[one.scores[label] - other.scores[label] for label in LABELS] for one, other in zip(floats, integers, strict=True)])
    allowed = float(apart.mean()) <= MAX_DIFFERENCE and all(loss <= MAX_AP_LOSS for loss in lost.values())
    return Arithmetic(
        kind="integer" if allowed else "float",
        messages=len(development),
        ap_loss={label: round(loss, 5) for label, loss in lost.items()},
        mean_difference=round(float(apart.mean()), 5),
        max_difference=round(float(apart.max()), 5),
    )


def store_in_8_bits(model: onnx.ModelProto, block: int = 32, smallest: int = 4096) -> onnx.ModelProto:
    """Store every large matrix as 8-bit integers with a scale for each small block.

    The matrices are widened back to 32-bit floats once, when the runtime loads the model. The file is a quarter of the size, while a
    text's scores do not depend on which texts share its batch, as they would with activations quantised per batch.

    Args:
        model: An exported model; it is changed in place.
        block: How many rows share a scale; fewer rows are more exact and take more room.
        smallest: Matrices with fewer cells stay as they are.
    """
    graph = model.graph
    gathered = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    widened = []
    for tensor in list(graph.initializer):
        matrix = numpy_helper.to_array(tensor)
        if matrix.dtype != np.float32 or matrix.ndim != 2 or matrix.size < smallest:
            continue
        # An embedding is used a row at a time and gets a scale a row; any other matrix gets one for each block of rows in a column.
        by_row = tensor.name in gathered or matrix.shape[0] % block
        blocks = matrix[:, None, :] if by_row else matrix.reshape(-1, block, matrix.shape[1])
        scale = np.maximum(np.abs(blocks).max(axis=2 if by_row else 1, keepdims=True), 1e-8) / 127.0
        small = np.clip(np.rint(blocks / scale), -127, 127).astype(np.int8)
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.extend(
            [
                numpy_helper.from_array(small, f"{name}.int8"),
                numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"),
                numpy_helper.from_array(np.asarray(matrix.shape, dtype=np.int64), f"{name}.shape"),
            ]
        )
        widened.append(helper.make_node("Cast", [f"{name}.int8"], [f"{name}.float"], to=TensorProto.FLOAT))
        widened.append(helper.make_node("Mul", [f"{name}.float", f"{name}.scale"], [f"{name}.blocks"]))
        widened.append(helper.make_node("Reshape", [f"{name}.blocks", f"{name}.shape"], [name]))
    nodes = [*widened, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _to_onnx(model: PreTrainedModel, path: Path) -> onnx.ModelProto:
    ids = torch.ones((2, 16), dtype=torch.int64)
    raw = path.with_suffix(".raw.onnx")
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with warnings.catch_warnings():
        # The newer exporter leaves a graph in which ONNX Runtime finds no attention to fuse.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module="torch")
        warnings.filterwarnings("ignore", "Converting a tensor to a Python")
        warnings.filterwarnings("ignore", "Exporting aten::index")
        torch.onnx.export(
            model,
            (),
            raw,
            kwargs=inputs,
            input_names=list(inputs),
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "length"} for name in inputs} | {"logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    exported = onnx.load(raw)
    raw.unlink()
    return exported


def main() -> None:
    """Read the command line and write an ONNX file anew."""
    parser = argparse.ArgumentParser(description="Write the ONNX file of a checkpoint anew from its safetensors.")
    parser.add_argument(
        "--from", dest="folder", type=Path, required=True, help="checkpoint folder; its ONNX file and settings are replaced"
    )
    parser.add_argument("--calibrate", type=Path, nargs="+", required=True, help="labelled JSON Lines, files or folders")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    write_onnx(options.folder, read_labelled(options.calibrate))


if __name__ == "__main__":
    main()
