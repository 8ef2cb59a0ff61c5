"""Masked-language pretraining of a small Dutch encoder: resumable, the same code on two CPU cores and on a GPU.

    python -m triage.training.pretrain --raw RAW_FOLDER --out RUN_FOLDER --minutes 60 [--body ENGLISH_CHECKPOINT]

The run folder keeps the tokenizer, the packed corpus, `log.jsonl` and the newest checkpoint; the same command goes on from there.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import AutoModel, AutoTokenizer, BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from triage.training.embeddings import align, cooccurrence, ppmi_vectors
from triage.training.precision import autocast
from triage.training.rawtext import pack, sources, weighted_lines
from triage.training.tokenizer import save_tokenizer, train_tokenizer

log = logging.getLogger(__name__)

MAX_LENGTH = 256
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides a pretraining run."""

    vocab_size: int = 10_000
    layers: int = 4
    hidden: int = 384
    heads: int = 12
    row_length: int = 64
    rows_per_step: int = 48
    learning_rate: float = 6e-4
    embedding_rate: float = 2.0  # embeddings start from statistics, not from training: they may move faster
    warmup_steps: int = 200
    decay_share: float = 0.25  # last share of the time over which the learning rate falls to zero
    mask_share: float = 0.25
    dropout: float = 0.0  # one pass over the text cannot overfit, and drawing the masks costs a fifth of the step on a CPU
    seed: int = 20


def prepare(raw: Path, out: Path, plan: Plan) -> tuple[PreTrainedTokenizerFast, NDArray[np.uint16]]:
    """The tokenizer and the packed corpus of a run, made once and kept in its folder."""
    packed = out / "packed.npy"
    if not packed.exists():
        out.mkdir(parents=True, exist_ok=True)
        lines = weighted_lines(sources(raw), seed=plan.seed)
        log.info("training the tokenizer on %d lines", len(lines))
        tokenizer = train_tokenizer(lines[:400_000], plan.vocab_size)
        save_tokenizer(tokenizer, out, MAX_LENGTH)
        np.save(packed, pack(lines, tokenizer, plan.row_length))
    return AutoTokenizer.from_pretrained(out), np.load(packed, mmap_mode="r")


def new_model(plan: Plan, tokenizer: PreTrainedTokenizerFast, rows: NDArray[np.uint16], body: str | None) -> BertForMaskedLM:
    """A fresh encoder; with `body`, its layers and embeddings start from that checkpoint.

    Where the body is deeper than the plan, layers are taken at even distance, the first and the last among them.
    """
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=plan.hidden,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        intermediate_size=4 * plan.hidden,
        max_position_embeddings=MAX_LENGTH,
        pad_token_id=tokenizer.pad_token_id,
        hidden_dropout_prob=plan.dropout,
        attention_probs_dropout_prob=plan.dropout,
    )
    model = BertForMaskedLM(config)
    vectors = ppmi_vectors(cooccurrence(rows, len(tokenizer)), plan.hidden, plan.seed)
    if body is None:
        words = vectors * 0.02 * plan.hidden**0.5
    else:
        source = AutoModel.from_pretrained(body)
        chosen = np.linspace(0, source.config.num_hidden_layers - 1, plan.layers).round().astype(int)
        for target, index in zip(model.bert.encoder.layer, chosen, strict=True):
            target.load_state_dict(source.encoder.layer[int(index)].state_dict())
        old = source.embeddings
        model.bert.embeddings.position_embeddings.weight.data.copy_(old.position_embeddings.weight.data[:MAX_LENGTH])
        model.bert.embeddings.token_type_embeddings.load_state_dict(old.token_type_embeddings.state_dict())
        model.bert.embeddings.LayerNorm.load_state_dict(old.LayerNorm.state_dict())
        old_ids = AutoTokenizer.from_pretrained(body).get_vocab()
        shared = [(index, old_ids[token]) for token, index in tokenizer.get_vocab().items() if token in old_ids]
        words = align(vectors, old.word_embeddings.weight.detach().numpy(), shared)
    model.bert.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(np.ascontiguousarray(words)))
    model.tie_weights()
    return model


def mask_tokens(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerFast, share: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide a share of the subwords: 80% `[MASK]`, 10% a random subword, 10% themselves (Devlin et al. 2019).

    Returns:
        Inputs and targets of the shape of `ids`; targets that do not count are -100.
    """
    special = ids < len(tokenizer.all_special_ids)
    chosen = (torch.rand(ids.shape, generator=generator) < share) & ~special
    targets = torch.where(chosen, ids, IGNORED)
    dice = torch.rand(ids.shape, generator=generator)
    random_ids = torch.randint(len(tokenizer.all_special_ids), len(tokenizer), ids.shape, generator=generator)
    inputs = torch.where(chosen & (dice < 0.8), tokenizer.mask_token_id, ids)
    return torch.where(chosen & (dice >= 0.9), random_ids, inputs), targets


def masked_loss(model: BertForMaskedLM, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy at the hidden positions; the vocabulary layer runs at those alone, which saves a third of the step."""
    hidden = model.bert(input_ids=inputs).last_hidden_state
    counted = targets != IGNORED
    logits = model.cls(hidden[counted])
    return nn.functional.cross_entropy(logits.float(), targets[counted])


def optimiser_of(model: BertForMaskedLM, plan: Plan) -> torch.optim.AdamW:
    """AdamW with weight decay on matrices only and a higher rate for the word embeddings."""
    words = model.bert.embeddings.word_embeddings.weight
    matrices = [p for p in model.parameters() if p.ndim >= 2 and p is not words]
    vectors = [p for p in model.parameters() if p.ndim < 2]
    rate = plan.learning_rate
    groups = [
        {"params": matrices, "weight_decay": 0.01, "base": rate},
        {"params": vectors, "weight_decay": 0.0, "base": rate},
        {"params": [words], "weight_decay": 0.0, "base": rate * plan.embedding_rate},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6)


def rate_factor(step: int, spent: float, plan: Plan) -> float:
    """Warm up, hold, then fall linearly over the last share of the time (`spent` runs from 0 to 1)."""
    return min(1.0, (step + 1) / plan.warmup_steps, max(0.0, (1.0 - spent) / plan.decay_share))


def pretrain(raw: Path, out: Path, minutes: float, plan: Plan, body: str | None = None) -> Path:
    """Train for `minutes` of wall time in all (earlier runs in the same folder count) and return the encoder's folder."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer, rows = prepare(raw, out, plan)
    checkpoint = out / "checkpoint.pt"
    torch.manual_seed(plan.seed)
    step, before = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        model = BertForMaskedLM.from_pretrained(
            out / "encoder", hidden_dropout_prob=plan.dropout, attention_probs_dropout_prob=plan.dropout
        )
        step, before = state["step"], state["seconds"]
    else:
        state = None
        model = new_model(plan, tokenizer, rows, body)
    model.to(device).train()
    optimiser = optimiser_of(model, plan)
    if state:
        optimiser.load_state_dict(state["optimiser"])

    def save() -> None:
        model.save_pretrained(out / "encoder")
        tokenizer.save_pretrained(out / "encoder")
        partial = checkpoint.with_suffix(".part")
        torch.save({"step": step, "seconds": before + time.monotonic() - start, "optimiser": optimiser.state_dict()}, partial)
        partial.replace(checkpoint)

    total, start, saved, recent = minutes * 60, time.monotonic(), time.monotonic(), []
    while (spent := (before + time.monotonic() - start) / total) < 1.0:
        rng = np.random.default_rng([plan.seed, step])
        generator = torch.Generator().manual_seed(plan.seed * 1_000_003 + step)
        ids = torch.from_numpy(rows[np.sort(rng.integers(0, len(rows), plan.rows_per_step))].astype(np.int64))
        inputs, targets = mask_tokens(ids, tokenizer, plan.mask_share, generator)
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * rate_factor(step, spent, plan)
        with autocast(device):
            loss = masked_loss(model, inputs.to(device), targets.to(device))
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        recent.append(loss.item())
        step += 1
        if step % 100 == 0:
            line = {
                "step": step,
                "tokens": step * ids.numel(),
                "seconds": round(before + time.monotonic() - start),
                "loss": round(float(np.mean(recent)), 4),
            }
            log.info("%s", line)
            with (out / "log.jsonl").open("a", encoding="utf-8") as handle:
                handle.write(json.dumps(line) + "\n")
            recent.clear()
        if time.monotonic() - saved > 300:
            save()
            saved = time.monotonic()
    save()
    return out / "encoder"


def main() -> None:
    """Read the command line and pretrain."""
    parser = argparse.ArgumentParser(description="Pretrain a small Dutch encoder on raw text.")
    parser.add_argument("--raw", type=Path, required=True, help="folder of *.txt or *.txt.xz, one text a line")
    parser.add_argument("--out", type=Path, required=True, help="run folder; an unfinished run there goes on")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--body", help="checkpoint whose layers start the encoder")
    for name, default in (("layers", 4), ("hidden", 384), ("heads", 12), ("vocab-size", 10_000), ("row-length", 64), ("rows-per-step", 48)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--learning-rate", type=float, default=6e-4)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    plan = Plan(
        vocab_size=options.vocab_size,
        layers=options.layers,
        hidden=options.hidden,
        heads=options.heads,
        row_length=options.row_length,
        rows_per_step=options.rows_per_step,
        learning_rate=options.learning_rate,
    )
    pretrain(options.raw, options.out, options.minutes, plan, options.body)


if __name__ == "__main__":
    main()
