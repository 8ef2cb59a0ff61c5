"""Open questions: the unknown facts and uncertain messages whose answer would change a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import get_args

import msgspec

from triage.assessment import STEPS, STRENGTHS, Effect, OpenQuestion, Step, Strength
from triage.case import DEFAULT_INTENSITY, Facts, Finding, Impact, RemovalStatus
from triage.labels import LABELS, Label
from triage.language import Text
from triage.policy.conditions import SEVERITY_FACTS, Reading
from triage.policy.outcome import Outcome, weigh
from triage.policy.rules import Question, Rules
from triage.policy.situation import Situation

SituationOf = Callable[[tuple[Finding, ...], Facts], Situation]

# The answers that are tried for each fact, in the order in which the questions are asked.
_YES_NO: tuple[object, ...] = (True, False)
_MANY: tuple[int, ...] = (1, 3, 12)
_ANSWERS: dict[str, tuple[object, ...]] = {
    "acute_danger": _YES_NO,
    "perpetrator_known": _YES_NO,
    "urgent": _YES_NO,
    "removal_status": get_args(RemovalStatus),
    "impact": get_args(Impact),
    "target_is_official": _YES_NO,
    "target_has_public_task": _YES_NO,
    "frequency": _MANY,
    "reach": (0, 1_000, 100_000),
    "known_since": (date(2200, 1, 1),),
}
_A_DATE = "date"
_MESSAGE = "message:"

# A label between these probabilities may as well hold as not.
_DOUBTFUL = (0.2, 0.8)
# Nobody answers more questions about messages than this; the most doubtful ones are asked.
_MOST_MESSAGES = 12


class _Asked(msgspec.Struct, frozen=True):
    """What is unknown, and what comes of each possible answer; an answer is worked out when it is asked for."""

    about: str
    question: Question
    outcomes: Iterator[tuple[str, Outcome]]


def open_questions(rules: Rules, situation: Situation, situation_of: SituationOf) -> tuple[OpenQuestion, ...]:
    """Ask what would change a suggestion, and say how.

    Each possible answer is put in the place of what is unknown, and the rules are held against the situation again.

    Args:
        rules: The rules (`load_rules`).
        situation: The situation as it is known.
        situation_of: Makes the situation of changed findings or facts, with its reach, frequency and severity.

    Returns:
        The questions with an effect: first about facts, then about messages, the most doubtful message first.
    """
    reading = Reading(situation, rules.terms)
    now = weigh(rules, situation, reading)
    questions = []
    for one in _asked(rules, situation, reading, situation_of):
        if effects := _effects(one.about, now, dict(one.outcomes)):
            key = one.about.partition(":")[2]
            words = Text(nl=one.question.nl, en=one.question.en)
            words = words.format(key=key) if one.about.startswith(_MESSAGE) else words
            questions.append(OpenQuestion(about=one.about, question=words, effects=effects))
    return tuple(questions)


def outline_steps(rules: Rules, situation: Situation, situation_of: SituationOf) -> tuple[Mapping[Step, Strength], tuple[str, ...]]:
    """The outcome of `suggest` and `open_questions` without a word of explanation, in less time; takes the arguments of the latter.

    Returns:
        The steps with their strength, the most pressing first, and what the open questions are about.
    """
    reading = Reading(situation, rules.terms)
    now = weigh(rules, situation, reading)
    return now.strengths, tuple(one.about for one in _asked(rules, situation, reading, situation_of) if _has_effect(one, now))


def _asked(rules: Rules, situation: Situation, reading: Reading, situation_of: SituationOf) -> Iterator[_Asked]:
    """All that is unknown, whether an answer has an effect or not."""
    for name in _ANSWERS:
        question = rules.questions.get(name)
        if question is None or (question.when and not question.when.truth(reading)) or _is_known(name, situation):
            continue
        yield _Asked(f"fact:{name}", question, _answered(rules, situation, reading, situation_of, name))
    question = rules.questions.get("message")
    if question is not None:
        for place, finding in _doubtful(situation.findings):
            yield _Asked(f"{_MESSAGE}{finding.message.key}", question, _judged(rules, situation, situation_of, place))


def _answered(rules: Rules, situation: Situation, reading: Reading, situation_of: SituationOf, name: str) -> Iterator[tuple[str, Outcome]]:
    """The outcome of each possible value of a fact."""
    for answer in _possible(name, situation):
        facts = _with_fact(situation.facts, name, answer)
        weighs = name in SEVERITY_FACTS
        then = situation_of(situation.findings, facts) if weighs else msgspec.structs.replace(situation, facts=facts)
        yield _spelled(answer), weigh(rules, then, reading.answered(name, then))


@lru_cache(maxsize=1024)
def _with_fact(facts: Facts, name: str, answer: object) -> Facts:
    return msgspec.structs.replace(facts, **{name: answer})


def _judged(rules: Rules, situation: Situation, situation_of: SituationOf, place: int) -> Iterator[tuple[str, Outcome]]:
    """The outcome of each way in which a person could judge a message."""
    for other in _readings(situation.findings[place]):
        then = situation_of(_with(situation.findings, place, other), situation.facts)
        yield "+".join(other.labels) or "none", weigh(rules, then, Reading(then, rules.terms))


def _is_known(name: str, situation: Situation) -> bool:
    if name == "reach" and situation.reach.people is not None and not situation.reach.guess:
        return True
    return getattr(situation.facts, name) is not None


def _possible(name: str, situation: Situation) -> tuple[object, ...]:
    """The answers to try: as many messages as the case shows, or more."""
    if name != "frequency":
        return _ANSWERS[name]
    return tuple(count for count in _MANY if count >= situation.frequency.harmful)


def _spelled(answer: object) -> str:
    if isinstance(answer, date):
        return _A_DATE
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


def _doubtful(findings: tuple[Finding, ...]) -> list[tuple[int, Finding]]:
    """The findings the model is unsure of with their places, the most doubtful first."""
    unsure = [(place, finding) for place, finding in enumerate(findings) if finding.unsure]
    return sorted(unsure, key=lambda item: min((abs(score - 0.5) for score in item[1].scores.values()), default=0.5))[:_MOST_MESSAGES]


def _readings(finding: Finding) -> list[Finding]:
    """The finding as a person could decide it: as it is, and with each doubtful label the other way."""
    low, high = _DOUBTFUL
    doubtful = [label for label in LABELS if low <= finding.scores.get(label, 0.0) <= high] or list(LABELS)
    return [_decided(finding, finding.labels), *(_decided(finding, _flipped(finding.labels, label)) for label in doubtful)]


def _flipped(labels: tuple[Label, ...], label: Label) -> tuple[Label, ...]:
    return tuple(one for one in LABELS if (one in labels) != (one == label))


def _decided(finding: Finding, labels: tuple[Label, ...]) -> Finding:
    return msgspec.structs.replace(
        finding,
        labels=labels,
        scores={label: 1.0 if label in labels else 0.0 for label in LABELS},
        intensity=(finding.intensity if finding.labels else DEFAULT_INTENSITY) if labels else 0.0,
        decided_by="person",
        unsure=False,
    )


def _with(findings: tuple[Finding, ...], place: int, finding: Finding) -> tuple[Finding, ...]:
    return (*findings[:place], finding, *findings[place + 1 :])


def _rivals(about: str, outcomes: Mapping[str, Outcome]) -> tuple[Outcome, ...]:
    """The answers that an answer is held against; one status of many brings nothing nearer by leaving it open."""
    return tuple(outcomes.values()) if about.startswith(_MESSAGE) or len(outcomes) == 2 else ()


def _effects(about: str, now: Outcome, outcomes: Mapping[str, Outcome]) -> tuple[Effect, ...]:
    effects = (_effect(answer, now, then, _rivals(about, outcomes)) for answer, then in outcomes.items())
    return tuple(effect for effect in effects if effect != Effect(answer=effect.answer))


def _has_effect(asked: _Asked, now: Outcome) -> bool:
    """Would `_effects` find any? Most answers show it at once; what an answer keeps open takes all of them."""
    outcomes = {}
    for answer, then in asked.outcomes:
        outcomes[answer] = then
        same_steps = then.steps is now.steps or then.strengths == now.strengths
        if not same_steps or not then.strengths.keys().isdisjoint(_moved(now, then)):
            return True
    if all(then.steps is now.steps for then in outcomes.values()):
        return False
    rivals = _rivals(asked.about, outcomes)
    return any(_kept_open(now, then, rivals) for then in outcomes.values())


def _effect(answer: str, now: Outcome, then: Outcome, rivals: Iterable[Outcome]) -> Effect:
    both = set(now.strengths) & set(then.strengths)
    rise = {step: STRENGTHS.index(then.strengths[step]) - STRENGTHS.index(now.strengths[step]) for step in both}
    return Effect(
        answer=answer,
        adds=_ordered(set(then.strengths) - set(now.strengths)),
        drops=_ordered(set(now.strengths) - set(then.strengths)),
        strengthens=_ordered(step for step in both if rise[step] > 0),
        weakens=_ordered(step for step in both if rise[step] < 0),
        keeps_open=_ordered(_kept_open(now, then, rivals)),
        moves_deadline=_ordered(both & _moved(now, then)),
    )


def _kept_open(now: Outcome, then: Outcome, rivals: Iterable[Outcome]) -> set[Step]:
    """The steps that an answer brings nearer, and that then depend on other answers."""
    nearer = {step for step in then.undetermined if step not in now.strengths}
    return {
        step
        for step in nearer
        if step not in now.undetermined or any(step not in one.undetermined and step not in one.strengths for one in rivals)
    }


def _moved(now: Outcome, then: Outcome) -> set[Step]:
    """The steps whose deadline comes, goes or shifts."""
    one, other = now.deadline, then.deadline
    if (one and one.last_day) == (other and other.last_day) and bool(one) == bool(other):
        return set()
    return {step for deadline in (one, other) if deadline for step in deadline.steps}


def _ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    found = set(steps)
    return tuple(step for step in STEPS if step in found)
