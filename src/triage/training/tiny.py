"""Tiny random models: everything around a model can be tried, tested and measured with them, at hardly any cost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from triage.labels import LABELS

_WIDTH = 8
_MAX_LENGTH = 64
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def make_tiny(folder: Path, texts: Iterable[str], seed: int = 0) -> Path:
    """Write a checkpoint in ONNX form: random word vectors, their mean, and a random label for each direction.

    Args:
        folder: Is made if it does not exist.
        texts: The tokenizer learns its subwords from them.
        seed: Another seed gives another model.

    Returns:
        The folder, for `triage.load`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(texts, 500)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "id2label": dict(enumerate(LABELS)),
        "problem_type": "multi_label_classification",
        "triage": {"version": f"{seed}", "max_length": _MAX_LENGTH, "doubt": {"insult": {"low": 0.45, "high": 0.55}}},
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    onnx.save(_network(tokenizer.get_vocab_size(), np.random.default_rng(seed)), folder / "model.onnx")
    return folder


def make_tiny_encoder(folder: Path, texts: Iterable[str], seed: int = 0) -> Path:
    """Write a random BERT encoder that knows nothing yet, to fine-tune in seconds; needs the extra `train`.

    Args:
        folder: Is made if it does not exist.
        texts: The tokenizer learns its subwords from them.
        seed: Another seed gives another encoder.

    Returns:
        The folder, as a base for `triage train` and `triage.training.train`.
    """
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    tokenizer = _tokenizer(texts, 2_000)
    roles = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=_MAX_LENGTH, **roles).save_pretrained(folder)
    shape = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}
    BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=_MAX_LENGTH, **shape)).save_pretrained(folder)
    return folder


def _tokenizer(texts: Iterable[str], subwords: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=subwords, special_tokens=list(_SPECIAL), show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    )
    return tokenizer


def _network(subwords: int, rng: np.random.Generator) -> onnx.ModelProto:
    weights = {
        "vectors": rng.normal(0, 3, (subwords, _WIDTH)).astype(np.float32),
        "heads": rng.normal(0, 1, (_WIDTH, len(LABELS))).astype(np.float32),
        "last": np.array([2], dtype=np.int64),
        "words": np.array([1], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["vectors", "input_ids"], ["read"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["read", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "words"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["wide", "words"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("MatMul", ["mean", "heads"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "length"]) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", len(LABELS)])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
