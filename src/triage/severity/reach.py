"""How many people the harmful messages plausibly reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isqrt
from typing import Literal

from triage.assessment import Reach
from triage.case import Facts, Finding
from triage.language import Text
from triage.message import Message
from triage.severity.weights import ReachWeights, Weights, load_weights

Basis = Literal["views", "followers", "shares", "direct", "visibility", "unknown"]
# An audience is named by what the estimate rests on and by what its readers have in common; messages to the same audience
# count once.
Audience = tuple[Basis, object]
Readers = tuple[int, int]

_BASES: dict[Basis, Text] = {
    "views": Text(nl="weergaven", en="views"),
    "followers": Text(nl="volgers van de afzender", en="followers of the sender"),
    "shares": Text(nl="keren gedeeld", en="shares"),
    "direct": Text(nl="rechtstreeks gestuurd", en="sent directly"),
    "visibility": Text(nl="alleen de zichtbaarheid", en="visibility only"),
    "unknown": Text(nl="geen gegevens", en="no data"),
}
_REPORTED = Text(nl="Opgegeven door een mens.", en="Reported by a person.")
_NO_HARM = Text(nl="Er is geen bericht met een label.", en="No message has a label.")
_UNKNOWN = Text(
    nl="Onbekend: er zijn geen weergaven, volgers of zichtbaarheid opgegeven.",
    en="Unknown: no views, followers or visibility were given.",
)
_COUNTED = Text(nl="Geteld: weergaven van het bericht.", en="Counted: views of the message.")
_ONE_READER = Text(nl="Rechtstreeks bericht: één lezer.", en="Direct message: one reader.")
_ESTIMATED = Text(
    nl="Schatting uit: {parts}. Lezers van verschillende berichten kunnen dezelfde mensen zijn.",
    en="Estimated from: {parts}. Readers of different messages may be the same people.",
)


def estimate_reach(findings: Sequence[Finding], facts: Facts, weights: Weights | None = None) -> Reach:
    """Estimate the readers of the harmful messages together.

    A number that a person gives wins. Otherwise each message has an audience: its views; without views, a share of the
    sender's followers, or what its visibility suggests, and what its shares add. An audience counts once: direct messages to
    one target have one reader, and posts of one sender on one platform the same readers, unless views were counted.
    The readers of all audiences are at least those of the largest and at most their sum; the estimate is the geometric
    mean of both (the middle on the logarithmic scale on which reach weighs), and grows with every number in it.

    Args:
        findings: The messages of the case, in any order; harmless ones do not count.
        facts: `reach`, where a person knows it.
        weights: How readers are estimated; None takes the built-in weights.

    Returns:
        The reach; `people` is None where nothing is known of any harmful message.

    Example:
        >>> post = Message(text="prutser", views=120)
        >>> found = Finding(message=post, scores={"insult": 0.9}, labels=("insult",), intensity=1.0)
        >>> estimate_reach([found], Facts()).people
        120
    """
    if facts.reach is not None:
        return Reach(people=facts.reach, low=facts.reach, high=facts.reach, basis=_REPORTED, guess=False)
    harmful = [finding.message for finding in findings if finding.harmful]
    if not harmful:
        return Reach(people=0, low=0, high=0, basis=_NO_HARM, guess=False)
    given = (weights or load_weights()).reach
    estimates = [estimate for place, message in enumerate(harmful) for estimate in _estimates(message, place, given)]
    audiences: dict[Audience, Readers] = {}
    for audience, (low, high) in estimates:
        known_low, known_high = audiences.get(audience, (0, 0))
        audiences[audience] = (max(low, known_low), max(high, known_high))
    low = max(low for low, _ in audiences.values())
    high = sum(high for _, high in audiences.values())
    middles = [middle(*readers) for readers in audiences.values()]
    known = any(basis != "unknown" for basis, _ in audiences)
    return Reach(
        people=isqrt(max(middles) * sum(middles)) if known else None,
        low=low,
        high=high,
        basis=_in_words(tuple(sorted(Counter(basis for (basis, _), _ in estimates).items())), certain=low == high),
        guess=low != high,
    )


def middle(low: int, high: int) -> int:
    """The middle of a range of readers on a logarithmic scale.

    Example:
        >>> middle(9, 999)
        99
    """
    return isqrt((1 + low) * (1 + high)) - 1


def _estimates(message: Message, place: int, given: ReachWeights) -> Iterable[tuple[Audience, Readers]]:
    """The audiences of one message, each with its readers at least and at most."""
    if message.views is not None:
        yield ("views", place), (message.views, message.views)
        return
    if message.shares:
        fewest, most = given.shares.readers
        yield ("shares", place), (message.shares * fewest, message.shares * most)
    visibility = message.visibility or "unknown"
    if visibility == "direct":
        yield ("direct", message.target), given.visibility["direct"]
    elif message.followers is not None:
        least, largest = given.followers[visibility]
        readers = (max(1, round(message.followers * least)), max(1, round(message.followers * largest)))
        yield ("followers", (message.platform, message.author)), readers
    elif visibility == "public":
        yield ("visibility", ("public", message.platform, message.author)), given.visibility["public"]
    elif visibility == "group":
        yield ("visibility", ("group", message.platform)), given.visibility["group"]
    else:
        yield ("unknown", None), given.visibility["unknown"]


@lru_cache(maxsize=4096)
def _in_words(messages: tuple[tuple[Basis, int], ...], certain: bool) -> Text:
    """How many messages rest on what."""
    counts = dict(messages)
    if counts.keys() == {"unknown"}:
        return _UNKNOWN
    if certain and counts.keys() == {"views"}:
        return _COUNTED
    if certain and counts.keys() == {"direct"}:
        return _ONE_READER
    held = [(text, counts[basis]) for basis, text in _BASES.items() if basis in counts]
    nl = ", ".join(f"{text.nl} ({_messages(count, 'bericht', 'berichten')})" for text, count in held)
    en = ", ".join(f"{text.en} ({_messages(count, 'message', 'messages')})" for text, count in held)
    return Text(nl=_ESTIMATED.nl.format(parts=nl), en=_ESTIMATED.en.format(parts=en))


def _messages(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
