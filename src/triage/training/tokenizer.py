"""A Dutch subword tokenizer, trained on raw text and saved as one `tokenizer.json`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, processors, trainers

from triage.classify.words import NORMALIZER, PRE_TOKENIZER

SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

# Emoji that carry meaning in abuse or in its harmless look-alikes; the raw corpus is too small to
# guarantee that each of them is seen often enough to enter the alphabet by itself.
MEANINGFUL_EMOJI = "🔫🔪💣🧨🪓🗡⚔🏹☠💀⚰🪦🩸🔥👊✊🖕🤛🤜🥊💩🤡🐷🐽🐖🐀🐁🐒🐵🙈🦍🐍🐕🐶🐮🐄🐋🐳🪳🤮🤢🤬😡😠👿😈🍆🍑👅💦👄🫦💋😏😘😍🥵😉😜👀🏠🏡🚗📍👃✡☪🇲🇦🇹🇷🇳🇱🇧🇪❤💪👏👍👎😂🤣😭🙏💐🌹🎉"  # noqa: E501


def train_tokenizer(lines: Iterable[str], vocab_size: int = 10_000) -> Tokenizer:
    """Train a lower-cased WordPiece tokenizer on raw lines.

    Args:
        lines: Raw text, one message, sentence or paragraph each.
        vocab_size: Number of subwords, special tokens included.

    Returns:
        A tokenizer that adds `[CLS]` and `[SEP]` and needs no other file than its JSON.

    Example:
        >>> tokenizer = train_tokenizer(["dag mevrouw", "dag meneer"] * 50, vocab_size=200)
        >>> tokenizer.encode("Dag Mevrouw").tokens
        ['[CLS]', 'dag', 'mevrouw', '[SEP]']
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=64))
    tokenizer.normalizer, tokenizer.pre_tokenizer = NORMALIZER, PRE_TOKENIZER
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=list(dict.fromkeys(MEANINGFUL_EMOJI)),
        limit_alphabet=400,
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)]
    )
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, max_length: int) -> None:
    """Write `tokenizer.json` and the settings with which `transformers` loads it."""
    from transformers import PreTrainedTokenizerFast

    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
