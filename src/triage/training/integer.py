"""A BERT classifier as an ONNX graph that computes in 8-bit integers, with a fixed scale for the input of every dense layer.

Fixed scales are what keeps a text's score the same in any company: with scales taken from each batch, as dynamic quantisation does, the
loudest text of a batch would coarsen the others. LayerNorm, softmax, GELU and the head stay in 32-bit floats. Of the last layer only the
first subword is computed, since the head reads no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from transformers import BertForSequenceClassification, PreTrainedModel

Floats = NDArray[np.float32]

CONTRIB = "com.microsoft"  # ONNX Runtime's own operators, present in every build of it
MASKED = 10_000.0  # subtracted from the attention score of padding
# Weights keep to 7 bits, so that the 16-bit sums of processors without VNNI never overflow: every processor computes the same integers.
LARGEST = 63
OUTLIER = 2.0  # a channel that is larger than this many times the median one is brought down to it before it is stored in a byte


class Range(NamedTuple):
    """The smallest and largest value that each channel of a layer's input took."""

    low: Floats
    high: Floats


def fits(model: PreTrainedModel) -> bool:
    """Whether this graph can express the model: BERT as published, with exact GELU."""
    return isinstance(model, BertForSequenceClassification) and model.config.hidden_act == "gelu" and not model.config.is_decoder


def observe(model: PreTrainedModel, windows: Sequence[Sequence[int]]) -> dict[str, Range]:
    """What every dense layer of the encoder is fed, by the layer's name.

    Args:
        model: The model, in 32-bit floats on the CPU.
        windows: Subwords of sample texts, special ones included.
    """
    seen: dict[str, Range] = {}

    def look(name: str, values: torch.Tensor) -> None:
        flat = values.reshape(-1, values.shape[-1])
        low, high = flat.amin(0).numpy(), flat.amax(0).numpy()
        before = seen.get(name, Range(low, high))
        seen[name] = Range(np.minimum(low, before.low), np.maximum(high, before.high))

    hooks = [
        module.register_forward_pre_hook(lambda _, inputs, name=name: look(name, inputs[0]))
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and ".encoder." in name
    ]
    with torch.inference_mode():
        for window in windows:
            model(torch.tensor([list(window)]))
    for hook in hooks:
        hook.remove()
    return seen


def integer_graph(model: PreTrainedModel, ranges: dict[str, Range]) -> onnx.ModelProto:
    """The model as an ONNX graph: `input_ids` and `attention_mask` of shape (texts, length) in, `logits` out.

    Args:
        model: A model that `fits`.
        ranges: What `observe` saw.
    """
    config = model.config
    state = {name: value.float().numpy() for name, value in model.state_dict().items()}
    graph = _Graph(state, ranges)
    heads, hidden = config.num_attention_heads, config.hidden_size
    by_head = graph.constant("by_head", np.array([0, 0, heads, hidden // heads]))
    joined = graph.constant("joined", np.array([0, 0, hidden]))

    def split(values: str, order: list[int]) -> str:
        return graph.add("Transpose", graph.add("Reshape", values, by_head), perm=order)

    def norm(values: str, name: str) -> str:
        gain, shift = graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")
        return graph.add("LayerNormalization", values, gain, shift, epsilon=config.layer_norm_eps, axis=-1)

    mask = graph.add("Sub", graph.add("Cast", "attention_mask", to=TensorProto.FLOAT), graph.constant("one", np.float32(1)))
    mask = graph.add("Mul", mask, graph.constant("masked", np.float32(MASKED)))
    mask = graph.add("Unsqueeze", mask, graph.constant("over_heads", np.array([1, 2])))
    values = norm(graph.embeddings(), "bert.embeddings.LayerNorm")
    for number in range(config.num_hidden_layers):
        layer = f"bert.encoder.layer.{number}"
        inside = f"{layer}.attention.self"
        read = graph.quantised(values, f"{inside}.query")
        key = split(graph.dense(read, f"{inside}.key"), [0, 2, 3, 1])
        value = split(graph.dense(read, f"{inside}.value"), [0, 2, 1, 3])
        if number == config.num_hidden_layers - 1:
            values = graph.first(values)
            read = graph.quantised(values, f"{inside}.query")
        query = split(graph.dense(read, f"{inside}.query", (hidden // heads) ** -0.5), [0, 2, 1, 3])
        weights = graph.add("Softmax", graph.add("Add", graph.add("MatMul", query, key), mask), axis=-1)
        context = graph.add("Transpose", graph.add("MatMul", weights, value), perm=[0, 2, 1, 3])
        context = graph.layer(graph.add("Reshape", context, joined), f"{layer}.attention.output.dense")
        values = norm(graph.add("Add", context, values), f"{layer}.attention.output.LayerNorm")
        wide = graph.add("Gelu", graph.layer(values, f"{layer}.intermediate.dense"))
        narrow = graph.layer(wide, f"{layer}.output.dense")
        values = norm(graph.add("Add", narrow, values), f"{layer}.output.LayerNorm")
    pooled = graph.add("Tanh", graph.head(graph.add("Squeeze", values, graph.constant("length_axis", np.array([1]))), "bert.pooler.dense"))
    graph.add("Identity", graph.head(pooled, "classifier"), out="logits")
    return graph.model(len(state["classifier.bias"]))


class _Graph:
    """Nodes and constants of a graph under construction; every method returns the name of the values it makes."""

    def __init__(self, state: dict[str, Floats], ranges: dict[str, Range]) -> None:
        self._state = state
        self._ranges = ranges
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def constant(self, name: str, value: Any) -> str:
        self._constants[name] = np.ascontiguousarray(value).reshape(np.shape(value))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._state[name])

    def half(self, name: str, value: Floats) -> str:
        """A constant kept in 16 bits, as in the safetensors; the runtime widens it once, when it loads the model."""
        return self.add("Cast", self.constant(name, value.astype(np.float16)), to=TensorProto.FLOAT)

    def add(self, kind: str, *inputs: str, out: str = "", domain: str = "", **attributes: Any) -> str:
        out = out or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [out], name=out, domain=domain, **attributes))
        return out

    def embeddings(self) -> str:
        """Words, kept as 8-bit rows and widened one by one, plus places and the type of a first sentence."""
        words = self._state["bert.embeddings.word_embeddings.weight"]
        scale = _scale(words, LARGEST, axis=1)
        rows = self.add("Gather", self.constant("words", np.rint(words / scale).astype(np.int8)), "input_ids")
        scales = self.add("Gather", self.constant("words.scale", scale), "input_ids")
        widened = self.add("Mul", self.add("Cast", rows, to=TensorProto.FLOAT), scales)
        places = self._state["bert.embeddings.position_embeddings.weight"] + self._state["bert.embeddings.token_type_embeddings.weight"][0]
        length = self.add("Shape", "input_ids", start=1, end=2)
        here = self.add("Slice", self.half("places", places), self.constant("from_0", np.array([0])), length)
        return self.add("Add", widened, here)

    def first(self, values: str) -> str:
        """The first subword of each text."""
        one = self.constant("to_1", np.array([1]))
        return self.add("Slice", values, self.constant("from_0", np.array([0])), one, one)

    def head(self, values: str, name: str) -> str:
        """A dense layer in floats."""
        return self.add("Gemm", values, self.half(f"{name}.weight", self._state[f"{name}.weight"]), self.weight(f"{name}.bias"), transB=1)

    def layer(self, values: str, name: str) -> str:
        """A dense layer in integers."""
        return self.dense(self.quantised(values, name), name)

    def quantised(self, values: str, name: str) -> str:
        """The input of a dense layer as unsigned bytes."""
        low, high = self._ranges[name]
        evening = self._evening(name)
        if evening is not None:
            values = self.add("Mul", values, self.constant(f"{name}.evening", 1 / evening))
            low, high = low / evening, high / evening
        least, most = min(0.0, float(low.min())), max(1e-6, float(high.max()))
        step = np.float32((most - least) / 255)
        zero = self.constant(f"{name}.zero", np.uint8(np.clip(np.rint(-least / step), 0, 255)))
        return self.add("QuantizeLinear", values, self.constant(f"{name}.step", step), zero)

    def dense(self, read: str, name: str, factor: float = 1.0) -> str:
        """A dense layer on the bytes that `quantised` made for it; its output times `factor`."""
        source = _source(name)
        matrix = self._state[f"{name}.weight"].T * np.float32(factor)
        evening = self._evening(source)
        if evening is not None:
            matrix = matrix * evening[:, None]
        scale = _scale(matrix, LARGEST, axis=0)
        return self.add(
            "MatMulIntegerToFloat",
            read,
            self.constant(f"{name}.weight", np.rint(matrix / scale).astype(np.int8)),
            f"{source}.step",
            self.constant(f"{name}.scale", scale.reshape(-1)),
            f"{source}.zero",
            "",
            self.constant(f"{name}.bias", self._state[f"{name}.bias"] * np.float32(factor)),
            domain=CONTRIB,
        )

    def _evening(self, name: str) -> Floats | None:
        """What each channel of a layer's input is divided by, and its weights multiplied with (after SmoothQuant: Xiao et al. 2023).

        Norms and GELU leave a few channels far larger than the others; those are brought down to `OUTLIER` times the median channel, or
        they would take all the precision of a byte. None for the attention's output, which has no such channels.
        """
        if name.endswith(".attention.output.dense"):
            return None
        low, high = self._ranges[name]
        largest = np.maximum(np.maximum(-low, high), 1e-3)
        return np.asarray(np.maximum(1.0, largest / (OUTLIER * np.median(largest))), dtype=np.float32)

    def model(self, outputs: int) -> onnx.ModelProto:
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in ("input_ids", "attention_mask")]
        graph = helper.make_graph(
            self._nodes,
            "triage",
            inputs,
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", outputs])],
            [numpy_helper.from_array(value, name) for name, value in self._constants.items()],
        )
        versions = [helper.make_opsetid("", 20), helper.make_opsetid(CONTRIB, 1)]
        made = helper.make_model(graph, opset_imports=versions, ir_version=9)
        onnx.checker.check_model(made)
        return made


def _scale(matrix: Floats, largest: int, axis: int) -> Floats:
    return np.asarray(np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-8) / largest, dtype=np.float32)


def _source(name: str) -> str:
    """The layer under whose name the input of a layer goes: query, key and value read the same bytes."""
    return name.replace(".self.key", ".self.query").replace(".self.value", ".self.query")
