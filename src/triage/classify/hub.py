"""Checkpoints that only `transformers` can find or read: hub names, and folders without a `tokenizer.json`."""

from __future__ import annotations

from typing import Any

from tokenizers import Tokenizer
from transformers import AutoConfig, AutoTokenizer

from triage.errors import ModelError


def hub_config(name: str) -> dict[str, Any]:
    """The configuration of a checkpoint on a model hub, downloaded by `transformers` where it is not cached.

    Raises:
        ModelError: if it cannot be had.
    """
    try:
        config: dict[str, Any] = AutoConfig.from_pretrained(name).to_dict()
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name} is neither a folder nor a checkpoint that can be downloaded; check the name or the connection.",
            nl=f"{name} is geen map en geen model dat te downloaden is; controleer de naam of de verbinding.",
        ) from error
    return config


def hub_tokenizer(name: str) -> Tokenizer:
    """The fast tokenizer of a checkpoint, as the `tokenizers` library runs it.

    Raises:
        ModelError: if the checkpoint has none.
    """
    try:
        fast = AutoTokenizer.from_pretrained(name, use_fast=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"{name} has no usable tokenizer.", nl=f"{name} heeft geen bruikbare tokenizer.") from error
    if not fast.is_fast:
        raise ModelError(f"{name} has no fast tokenizer.", nl=f"{name} heeft geen snelle tokenizer.")
    tokenizer: Tokenizer = fast.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
