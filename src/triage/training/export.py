"""Writes a fine-tuned model as a checkpoint folder: safetensors for `transformers`, ONNX with 8-bit weights for ONNX Runtime."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from triage.classify.checkpoint import Settings

ONNX_FILE = "onnx/model_quantized.onnx"


def export(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, settings: Settings, folder: Path) -> None:
    """Write the checkpoint folder that `triage.load` and `transformers` take.

    Args:
        model: A fine-tuned sequence-classification model on the CPU.
        tokenizer: Its tokenizer.
        settings: Label map, calibration and thresholds; they go into `config.json` under the key `triage`.
        folder: Made where it does not exist; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    write_onnx(model.float(), folder / ONNX_FILE)
    model.half().save_pretrained(folder)
    model.float()
    write_settings(folder, settings)


def write_settings(folder: Path, settings: Settings) -> None:
    """Put the settings into the checkpoint's `config.json`."""
    path = folder / "config.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    config["triage"] = msgspec.to_builtins(settings)
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_onnx(model: PreTrainedModel, path: Path) -> None:
    """Export to ONNX with matrices stored in 8 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exported = _to_onnx(model, path)
    onnx.save(store_in_8_bits(exported), path)


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
