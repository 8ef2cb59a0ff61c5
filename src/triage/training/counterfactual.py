"""Copies of training messages about other groups of people, so that a model learns what is said and not about whom.

Counterfactual data augmentation (Lu et al. 2018, https://arxiv.org/abs/1807.11714), with the words of `groups.toml`.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from triage.training.corpus import Labelled

_WORDS = tomllib.loads(Path(__file__).with_name("groups.toml").read_text(encoding="utf-8"))


def _any_of(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_SEVERAL = re.compile(rf"(?<![\w'-])(?:{_any_of(_WORDS['several'])})(?![\w'-])", re.IGNORECASE)
_ONE = re.compile(rf"(?<![\w'-])(?P<before>(?:{_any_of(_WORDS['before'])}) )(?:{_any_of(_WORDS['one'])})(?![\w'-])", re.IGNORECASE)


def about_another(text: str, rng: random.Random) -> str:
    """The text about another group; every mention of a group becomes the same other one. Unchanged where no group is named.

    Example:
        >>> len({about_another("Ik haat joden.", random.Random(seed)) for seed in range(20)}) > 10
        True
        >>> about_another("Goedemorgen, mevrouw", random.Random(1))
        'Goedemorgen, mevrouw'
    """
    several, one = (rng.choice(_WORDS[number] + _WORDS[f"{number}_instead"]) for number in ("several", "one"))
    text = _SEVERAL.sub(lambda found: several[0].upper() + several[1:] if found[0][0].isupper() and found.start() == 0 else several, text)
    return _ONE.sub(lambda found: found["before"] + one, text)


def about_others(messages: Sequence[Labelled], copies: int, rng: random.Random) -> list[Labelled]:
    """Copies of the messages in which a group is named, each about another group; labels and intensity stay.

    Args:
        messages: Labelled messages.
        copies: How many of each are made, at most: those that come out the same are left out. Messages with sexual harassment are not
            copied, since it is often about who somebody is.
        rng: Decides on the groups.

    Example:
        >>> message = Labelled(id="1", text="Ik haat joden.", labels=("insult",), intensity=2)
        >>> {(copy.text[:8], copy.labels) for copy in about_others([message], 5, random.Random(2))}
        {('Ik haat ', ('insult',))}
    """
    made = []
    for message in messages:
        if "sexual_harassment" in message.labels:
            continue
        texts = {about_another(message.text, rng): None for _ in range(copies)}
        made += [msgspec.structs.replace(message, text=text, pair="") for text in texts if text != message.text]
    return made
