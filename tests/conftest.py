"""Tiny random checkpoints, made in memory: the tests download nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# Properties are judged by what holds, never by how long a loaded machine takes.
settings.register_profile("triage", deadline=None)
settings.load_profile("triage")

SENTENCES = [
    "Dag mevrouw, wanneer gaat het loket open?",
    "Ik weet je te vinden.",
    "Wat een prutsers zijn jullie toch!",
    "Mooie foto 😍",
] * 20
SHAPES = ("bert", "roberta", "xlm-roberta")


def _make_checkpoint(
    folder: Path, shape: str, outputs: tuple[str, ...] = ("TOXIC", "MENACE"), problem: str = "multi_label_classification"
) -> Path:
    """Write a random sequence-classification checkpoint of one shape, with a tokenizer of its kind."""
    import torch
    import transformers as hf
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    torch.manual_seed(0)
    if shape == "bert":
        special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=300, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False
        )
        begin, end = "[CLS]", "[SEP]"
    else:
        special = {"unk_token": "<unk>", "pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
        tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        if shape == "roberta":
            tokenizer = Tokenizer(models.BPE())
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            trainer = trainers.BpeTrainer(
                vocab_size=400, special_tokens=tokens, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
            )
        else:
            tokenizer = Tokenizer(models.Unigram())
            tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
            trainer = trainers.UnigramTrainer(vocab_size=200, special_tokens=tokens, unk_token="<unk>", show_progress=False)
        begin, end = "<s>", "</s>"
    tokenizer.train_from_iterator(SENTENCES, trainer)
    ids = [(token, tokenizer.token_to_id(token)) for token in (begin, end)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A {end}", special_tokens=ids)
    hf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **special).save_pretrained(folder)
    kinds = {"bert": hf.BertConfig, "roberta": hf.RobertaConfig, "xlm-roberta": hf.XLMRobertaConfig}
    config = kinds[shape](
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=80,
        pad_token_id=tokenizer.token_to_id(special["pad_token"]),
        num_labels=len(outputs),
        id2label=dict(enumerate(outputs)),
        label2id={name: index for index, name in enumerate(outputs)},
        problem_type=problem,
        initializer_range=0.5,
    )
    config.triage = {"max_length": 64}
    hf.AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session", params=SHAPES)
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random checkpoint of each shape."""
    return _make_checkpoint(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="session")
def model():
    """The embedded model."""
    import triage

    return triage.load()


@pytest.fixture(scope="session")
def make_checkpoint():
    """Makes a tiny random checkpoint: folder, shape, outputs, problem type."""
    return _make_checkpoint


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random checkpoint in ONNX form, which is quick to load and to run."""
    from triage.training.tiny import make_tiny

    return make_tiny(tmp_path_factory.mktemp("tiny"), SENTENCES)
