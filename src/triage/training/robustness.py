"""What hiding or mistyping words costs a model: the same messages, rewritten by each function of `triage.training.augment`.

Training uses the same functions with other random choices. So this measures whether the model was made proof against ways of writing
that are known; a way that nobody thought of may cost more.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import msgspec

from triage.training.augment import AUGMENTATIONS, augment
from triage.training.corpus import Labelled
from triage.training.evaluate import Model, difference, holding
from triage.training.metrics import macro_f1


def any_way(text: str, rng: random.Random) -> str:
    """The text hidden or mistyped in one way, drawn at random."""
    return augment(text, rng, share=1.0)


WAYS: dict[str, Callable[[str, random.Random], str]] = {**AUGMENTATIONS, "any": any_way}


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of one way of hiding words.

    Attributes:
        obfuscation: Name of the function in `triage.training.augment`; "any" where each message was rewritten by one drawn at random.
        changed: Share of messages that it changed (0.0-1.0); a short message may hold no word that can be hidden so.
        macro_f1: On all messages, rewritten.
        drop: Macro-F1 on the plain messages minus that, with its 95% paired bootstrap interval; below 0 where hiding helped.
    """

    obfuscation: str
    changed: float
    macro_f1: float
    drop: float
    drop_low: float
    drop_high: float


def robustness(model: Model, messages: Sequence[Labelled], rounds: int = 200) -> tuple[Robustness, ...]:
    """Rewrite the messages in every way and measure what each costs.

    Args:
        model: What `triage.load` gives, or anything with the same `classify`.
        messages: Labelled messages, at least one.
        rounds: Bootstrap rounds for the intervals.
    """
    plain = [message.text for message in messages]
    before, truth = model.classify(plain), holding(messages)
    made = []
    for name, rewrite in WAYS.items():
        hidden = [rewrite(text, random.Random(f"{name} {place}")) for place, text in enumerate(plain)]
        after = model.classify(hidden)
        drop, low, high = difference(before, after, messages, rounds)
        made.append(
            Robustness(
                obfuscation=name,
                changed=sum(one != other for one, other in zip(plain, hidden, strict=True)) / len(plain),
                macro_f1=macro_f1(truth, holding(after)),
                drop=drop,
                drop_low=low,
                drop_high=high,
            )
        )
    return tuple(made)
