"""What holds for the severity of every case: it adds up, and a graver case never scores lower."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from triage.case import Facts, Finding
from triage.labels import FLAGS, LABELS
from triage.message import Message
from triage.severity import estimate_reach, measure_frequency, score_case

START = datetime(2026, 3, 1, 12, tzinfo=UTC)

counts = st.none() | st.integers(0, 1_000_000)
probabilities = st.floats(0, 1)
messages = st.builds(
    Message,
    text=st.just("bericht"),
    sent_at=st.none() | st.integers(0, 90 * 24).map(lambda hours: START + timedelta(hours=hours)),
    author=st.sampled_from([None, "a", "b"]),
    target=st.sampled_from([None, "t", "u"]),
    platform=st.sampled_from([None, "x", "facebook"]),
    visibility=st.sampled_from([None, "direct", "group", "public"]),
    views=counts,
    shares=counts,
    followers=counts,
)


def in_order(names, chosen):
    return tuple(name for name in names if name in chosen)


@st.composite
def findings(draw, harmful=None, unsure=None):
    labels = in_order(LABELS, draw(st.sets(st.sampled_from(LABELS), min_size=1 if harmful else 0, max_size=0 if harmful is False else 3)))
    by_person = draw(st.booleans())
    scores = {label: float(label in labels) if by_person else draw(probabilities) for label in LABELS}
    return Finding(
        message=draw(messages),
        scores=scores,
        labels=labels,
        intensity=draw(st.floats(0, 3)) if labels else 0.0,
        flags=in_order(FLAGS, draw(st.sets(st.sampled_from(FLAGS), max_size=3))),
        decided_by="person" if by_person else "model",
        unsure=(draw(st.booleans()) if unsure is None else unsure) and not by_person,
    )


answers = st.none() | st.booleans()
facts_of = st.builds(
    Facts,
    perpetrator_known=answers,
    impact=st.sampled_from([None, "none", "low", "medium", "high"]),
    target_is_official=answers,
    target_has_public_task=answers,
    acute_danger=answers,
    reach=counts,
    frequency=st.none() | st.integers(0, 60),
)
cases = st.lists(findings(), max_size=6)
harmful_cases = st.lists(findings(harmful=True), min_size=1, max_size=5)


def score(case, facts):
    return score_case(case, facts, estimate_reach(case, facts), measure_frequency(case, facts))


@given(cases, facts_of)
def test_it_is_bounded_and_adds_up(case, facts):
    severity = score(case, facts)
    assert 0 <= severity.low <= severity.value <= severity.high <= 100
    assert abs(sum(part.points for part in severity.contributions) - severity.value) < 1e-9
    for part in severity.contributions:
        assert 0 <= part.low <= part.points <= part.high
    assert severity.band == ["low", "medium", "high", "critical"][min(3, int(severity.value // 25))]


@given(cases, findings(harmful=True), facts_of)
def test_one_more_harmful_message_never_lowers(case, one_more, facts):
    assert score([*case, one_more], facts).value >= score(case, facts).value


@given(cases, st.lists(findings(harmful=False, unsure=False), max_size=4), facts_of)
def test_harmless_messages_change_nothing(case, harmless, facts):
    assert score(case + harmless, facts) == score(case, facts)


@given(harmful_cases, st.lists(findings(harmful=False), max_size=4), facts_of)
def test_messages_without_a_label_never_change_the_value(case, unlabelled, facts):
    assert score(case + unlabelled, facts).value == score(case, facts).value


@given(harmful_cases, facts_of, st.sampled_from(LABELS), probabilities, probabilities)
def test_it_rises_with_probability(case, facts, label, one, other):
    low, high = ([replace(case[0], scores={**case[0].scores, label: value}), *case[1:]] for value in sorted((one, other)))
    assert score(low, facts).value <= score(high, facts).value


@given(harmful_cases, facts_of, st.floats(0, 3), st.floats(0, 3))
def test_it_rises_with_intensity(case, facts, one, other):
    low, high = ([replace(case[0], intensity=value), *case[1:]] for value in sorted((one, other)))
    assert score(low, facts).value <= score(high, facts).value


@given(cases, facts_of, st.data())
def test_one_more_label_or_flag_never_lowers(case, facts, data):
    if not case:
        return
    label, flag = data.draw(st.sampled_from(LABELS)), data.draw(st.sampled_from(FLAGS))
    labelled = replace(case[0], labels=in_order(LABELS, {*case[0].labels, label}))
    flagged = replace(labelled, flags=in_order(FLAGS, {*labelled.flags, flag}))
    values = [score([first, *case[1:]], facts).value for first in (case[0], labelled, flagged)]
    assert values == sorted(values)


@pytest.mark.parametrize("field", ["reach", "frequency"])
@given(case=harmful_cases, facts=facts_of, low=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_it_rises_with_what_a_person_reports(field, case, facts, low, more):
    fewer, many = (replace(facts, **{field: value}) for value in (low, low + more))
    assert score(case, fewer).value <= score(case, many).value


@pytest.mark.parametrize("field", ["views", "followers", "shares"])
@given(case=harmful_cases, facts=facts_of, low=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_it_rises_with_counts(field, case, facts, low, more):
    fewer, many = ([replace(case[0], message=replace(case[0].message, **{field: value})), *case[1:]] for value in (low, low + more))
    assert score(fewer, facts).value <= score(many, facts).value


@given(harmful_cases, facts_of)
def test_it_rises_with_impact_and_acute_danger(case, facts):
    values = [score(case, replace(facts, impact=impact)).value for impact in ("none", "low", "medium", "high")]
    assert values == sorted(values)
    assert values[0] <= score(case, replace(facts, impact=None)).value <= values[3]
    assert score(case, replace(facts, acute_danger=True)).value >= score(case, replace(facts, acute_danger=False)).value


@given(cases, facts_of, st.booleans())
def test_who_sent_it_weighs_nothing(case, facts, known):
    assert score(case, replace(facts, perpetrator_known=known)) == score(case, facts)


@given(cases, facts_of, st.sampled_from(["letter", "email", "facebook"]), st.sampled_from(["telephone", "x"]))
def test_the_channel_weighs_nothing(case, facts, one, other):
    def over(platform):
        return [replace(finding, message=replace(finding.message, platform=platform)) for finding in case]

    assert score(over(one), facts) == score(over(other), facts)


@given(harmful_cases, facts_of, st.data())
def test_the_channel_of_one_message_never_changes_content(case, facts, data):
    moved = data.draw(st.sampled_from(["letter", "email", "x"]))
    elsewhere = [replace(case[0], message=replace(case[0].message, platform=moved)), *case[1:]]
    assert score(elsewhere, facts).contributions[0] == score(case, facts).contributions[0]


@given(cases, facts_of, st.randoms())
def test_order_does_not_matter(case, facts, random):
    shuffled = random.sample(case, len(case))
    assert score(shuffled, facts) == score(case, facts)


@given(cases, facts_of)
def test_a_person_leaves_no_doubt_about_messages(case, facts):
    decided = [replace(finding, decided_by="person", unsure=False) for finding in case]
    severity = score(decided, facts)
    for part in severity.contributions:
        if part.component == "content" or (part.component == "repetition" and severity.value < 100):
            assert part.low == part.points == part.high
