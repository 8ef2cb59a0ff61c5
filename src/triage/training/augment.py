"""Ways in which people hide or mistype words, to train a model that is not fooled by them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import msgspec

from triage.training.corpus import Labelled

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "u": "v", "l": "1"}
HOMOGLYPHS = {"a": "аá", "e": "еé", "i": "іí", "o": "оό", "c": "с", "p": "р", "u": "ü", "k": "κ", "x": "х", "y": "у"}
KEYBOARD = {
    "a": "qsz",
    "e": "wrd",
    "i": "uok",
    "o": "ipl",
    "n": "bm",
    "t": "ry",
    "r": "et",
    "s": "ad",
    "d": "sf",
    "g": "fh",
    "l": "k",
    "m": "n",
}


def _in_one_word(text: str, rng: random.Random, change: Callable[[str], str], shortest: int = 4) -> str:
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= shortest and word.isalpha()]
    for place in rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))):
        words[place] = change(words[place])
    return " ".join(words)


def leet(text: str, rng: random.Random) -> str:
    """Digits and signs for letters inside one to three words: "k4nker"."""

    def change(word: str) -> str:
        places = [i for i, letter in enumerate(word) if 0 < i < len(word) - 1 and letter.lower() in LEET]
        for i in rng.sample(places, min(len(places), rng.choice((1, 2)))):
            word = word[:i] + rng.choice(LEET[word[i].lower()]) + word[i + 1 :]
        return word

    return _in_one_word(text, rng, change)


def homoglyphs(text: str, rng: random.Random) -> str:
    """Letters of other alphabets, or with accents, that look the same."""

    def change(word: str) -> str:
        return "".join(rng.choice(HOMOGLYPHS[c]) if c in HOMOGLYPHS and rng.random() < 0.5 else c for c in word)

    return _in_one_word(text, rng, change)


def spaced(text: str, rng: random.Random) -> str:
    """Letters set apart: "h o e r", "k.u.t"."""
    sign = rng.choice((" ", ".", "-", "*", "_"))
    return _in_one_word(text, rng, lambda word: sign.join(word))


def masked(text: str, rng: random.Random) -> str:
    """Vowels masked: "k*nker"."""

    def change(word: str) -> str:
        places = [i for i in range(1, len(word) - 1) if word[i].lower() in "aeiou"]
        for i in rng.sample(places, min(len(places), rng.choice((1, 2)))):
            word = word[:i] + "*" + word[i + 1 :]
        return word

    return _in_one_word(text, rng, change)


def stretched(text: str, rng: random.Random) -> str:
    """A letter held on: "kuuuut"."""

    def change(word: str) -> str:
        i = rng.randrange(1, len(word))
        return word[:i] + word[i] * rng.randint(2, 5) + word[i + 1 :]

    return _in_one_word(text, rng, change)


def joined(text: str, rng: random.Random) -> str:
    """A space left out between two words."""
    places = [i for i, letter in enumerate(text) if letter == " "]
    for i in sorted(rng.sample(places, min(len(places), rng.choice((1, 2, 3)))), reverse=True):
        text = text[:i] + text[i + 1 :]
    return text


def mistyped(text: str, rng: random.Random) -> str:
    """A letter dropped, doubled, swapped with its neighbour, or hit beside the key."""

    def change(word: str) -> str:
        i = rng.randrange(1, len(word) - 1)
        kind = rng.randrange(4)
        if kind == 0:
            return word[:i] + word[i + 1 :]
        if kind == 1:
            return word[:i] + word[i] + word[i:]
        if kind == 2:
            return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        return word[:i] + rng.choice(KEYBOARD.get(word[i].lower(), word[i])) + word[i + 1 :]

    return _in_one_word(text, rng, change)


def shouted(text: str, rng: random.Random) -> str:
    """Everything in capitals, sometimes with exclamation marks."""
    return text.upper() + rng.choice(("", "!", "!!!"))


def unpunctuated(text: str, rng: random.Random) -> str:
    """Lower case without punctuation, as typed in haste."""
    del rng
    return "".join(letter for letter in text.lower() if letter not in ".,;:!?'\"")


AUGMENTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "leet": leet,
    "homoglyphs": homoglyphs,
    "spaced": spaced,
    "masked": masked,
    "stretched": stretched,
    "joined": joined,
    "mistyped": mistyped,
    "shouted": shouted,
    "unpunctuated": unpunctuated,
}


def augment(text: str, rng: random.Random, share: float) -> str:
    """With probability `share` (0.0-1.0) one way of hiding or mistyping, else the text as it is."""
    if rng.random() >= share:
        return text
    return AUGMENTATIONS[rng.choice(list(AUGMENTATIONS))](text, rng)


def surrounded(messages: Sequence[Labelled], lines: Sequence[str], count: int, rng: random.Random) -> list[Labelled]:
    """Messages with ordinary lines before and after them, as in a letter that threatens in one sentence; labels and intensity stay.

    Half of them carry a label and half carry none, so that length by itself says nothing.

    Args:
        messages: Labelled messages.
        lines: Ordinary lines that carry no label.
        count: How many are made.
        rng: Decides which.
    """
    sides = [[one for one in messages if bool(one.labels) == harmful] for harmful in (True, False)]
    made = []
    for number in range(count):
        message = rng.choice(sides[number % 2])
        before, after = (rng.sample(lines, rng.randint(1, 3)) for _ in range(2))
        made.append(msgspec.structs.replace(message, text=" ".join([*before, message.text, *after]), pair=""))
    return made
