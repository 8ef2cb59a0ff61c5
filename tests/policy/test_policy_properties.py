from __future__ import annotations

from typing import get_args

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from triage.assessment import STEPS, STRENGTHS
from triage.case import Facts, Impact, RemovalStatus
from triage.labels import FLAGS, LABELS
from triage.policy import load_rules, open_questions, suggest

JURISDICTIONS = st.sampled_from(["nl", "be"])
MAYBE = st.sampled_from([True, False, None])
IMPACTS = (None, *get_args(Impact))
POLICE = ("police_report", "police_notification")
ALWAYS = {"register_incident", "preserve_evidence", "hold_reply", "aftercare"}
GATED = {
    "summary_proceedings_perpetrator",
    "summary_proceedings_platform",
    "trace_perpetrator",
    "talk_to_perpetrator",
    "ask_perpetrator_to_remove",
}

MESSAGES = st.fixed_dictionaries(
    {
        "labels": st.lists(st.sampled_from(LABELS), unique=True, max_size=2),
        "intensity": st.sampled_from([1, 1.4, 1.6, 2, 2.6, 3]),
        "flags": st.lists(st.sampled_from(FLAGS), unique=True, max_size=2),
        "sent_at": st.sampled_from([None, "2026-10-05T09:00", "2026-10-05T20:00", "2026-10-06T09:00", "2026-10-20T09:00"]),
        "visibility": st.sampled_from([None, "direct", "group", "public"]),
        "platform": st.sampled_from([None, "facebook", "letter"]),
        "unsure": st.booleans(),
    }
)
CASES = st.lists(MESSAGES, min_size=1, max_size=4)
FACTS = st.fixed_dictionaries(
    {
        **{name: MAYBE for name in ("perpetrator_known", "target_is_official", "target_has_public_task", "acute_danger", "urgent")},
        "removal_status": st.sampled_from([None, *get_args(RemovalStatus)]),
        "impact": st.sampled_from(IMPACTS),
        "reach": st.sampled_from([None, 0, 50, 999, 1000, 100_000]),
        "frequency": st.sampled_from([None, 0, 1, 2, 3, 5, 12]),
        "known_since": st.sampled_from([None, "2026-10-06"]),
    }
)
KINDS = st.sampled_from(["single", "pile_on"])


def outcome(jurisdiction, situation):
    return {one.step: one for one in suggest(load_rules(jurisdiction), situation)}


def affected(messages):
    return any(one["labels"] or {"personal_data", "intimate_image", "extortion"} & set(one["flags"]) for one in messages)


def may_be_online(message):
    return message["visibility"] != "direct" and message["platform"] != "letter"


def rank(steps, step):
    return STRENGTHS.index(steps[step].strength) + 1 if step in steps else 0


@given(JURISDICTIONS, CASES, FACTS, KINDS)
def test_no_gate_opens_without_the_fact_it_needs(situation, jurisdiction, messages, facts, kind):
    steps = outcome(jurisdiction, situation(messages, kind=kind, **facts))
    if "summary_proceedings_perpetrator" in steps:
        assert facts["perpetrator_known"] is True
        assert facts["urgent"] is True
        assert steps["summary_proceedings_perpetrator"].strength == "consider"
        sure = [one for one in messages if not one["unsure"]]
        assert any({"threat", "sexual_harassment"} & set(one["labels"]) or "intimate_image" in one["flags"] for one in sure)
    if "summary_proceedings_platform" in steps:
        assert facts["removal_status"] == "refused"
        assert steps["summary_proceedings_platform"].strength == "consider"
    if "trace_perpetrator" in steps:
        assert facts["perpetrator_known"] is False
    if {"talk_to_perpetrator", "ask_perpetrator_to_remove"} & set(steps):
        assert facts["perpetrator_known"] is True
    assert ("emergency_call" in steps) == (facts["acute_danger"] is True)


@given(JURISDICTIONS, CASES, FACTS, KINDS)
def test_who_is_affected_always_gets_the_four_and_others_get_nothing(situation, jurisdiction, messages, facts, kind):
    steps = outcome(jurisdiction, situation(messages, kind=kind, **facts))
    if affected(messages):
        assert set(steps) >= ALWAYS
    else:
        distress = any("self_harm" in one["flags"] for one in messages)
        assert set(steps) <= {"emergency_call", *(("register_incident", "aftercare") if distress else ())}


@given(CASES, FACTS)
def test_the_score_opens_no_gate_and_drops_none_of_the_four(situation, messages, facts):
    low, high = (outcome("nl", situation(messages, severity, **facts)) for severity in (0.0, 100.0))
    assert set(low) & (GATED | ALWAYS) == set(high) & (GATED | ALWAYS)


@given(JURISDICTIONS, CASES, FACTS, st.data())
def test_police_steps_never_shrink_when_a_case_grows(situation, jurisdiction, messages, facts, data):
    grown, graver = [dict(one) for one in messages], dict(facts)
    match data.draw(st.sampled_from(["reach", "frequency", "impact", "intensity", "message"])):
        case "reach":
            graver["reach"] = data.draw(st.integers((facts["reach"] or 0), 200_000))
        case "frequency":
            graver["frequency"] = data.draw(st.integers((facts["frequency"] or 0), 50))
        case "impact":
            graver["impact"] = data.draw(st.sampled_from(IMPACTS[IMPACTS.index(facts["impact"]) :]))
        case "intensity":
            grown[0]["intensity"] = data.draw(st.floats(grown[0]["intensity"], 3))
        case "message":
            grown.append({**data.draw(MESSAGES), "labels": [data.draw(st.sampled_from(LABELS))]})
    before, after = outcome(jurisdiction, situation(messages, **facts)), outcome(jurisdiction, situation(grown, **graver))
    for step in POLICE:
        assert rank(after, step) >= rank(before, step)


@given(CASES, FACTS)
def test_a_known_sender_changes_no_police_step_and_none_of_the_four(situation, messages, facts):
    assume(affected(messages))
    views = [outcome("nl", situation(messages, **{**facts, "perpetrator_known": known})) for known in (True, False, None)]
    for step in (*POLICE, *ALWAYS):
        assert len({rank(view, step) for view in views}) == 1


@given(JURISDICTIONS, CASES, FACTS, KINDS)
def test_the_most_pressing_comes_first(situation, jurisdiction, messages, facts, kind):
    suggestions = suggest(load_rules(jurisdiction), situation(messages, kind=kind, **facts))
    steps = [one.step for one in suggestions]
    assert len(steps) == len(set(steps))
    first = [step for step in ("emergency_call", "register_incident", "preserve_evidence", "hold_reply") if step in steps]
    assert steps[: len(first)] == first
    rest = [one for one in suggestions if one.step not in first]
    if "aftercare" in steps and suggestions[steps.index("aftercare")].strength != "urgent":
        assert rest.pop().step == "aftercare"
    places = [(-STRENGTHS.index(one.strength), STEPS.index(one.step)) for one in rest]
    assert places == sorted(places)


@given(JURISDICTIONS, CASES, FACTS, KINDS)
def test_every_suggestion_says_why_and_on_what_it_rests(situation, jurisdiction, messages, facts, kind):
    keys = {f"message:m{place}" for place in range(1, len(messages) + 1)}
    for one in suggest(load_rules(jurisdiction), situation(messages, kind=kind, **facts)):
        assert one.reasons
        assert one.sources
        assert len({source.id for source in one.sources}) == len(one.sources)
        for reason in one.reasons:
            assert reason.rests_on
            for ground in reason.rests_on:
                assert ground in keys or ground.removeprefix("fact:") in Facts.__struct_fields__
        for text in (*one.actions, *one.cautions):
            assert text.nl
            assert text.en


@given(CASES, FACTS)
def test_a_reply_never_goes_without_consultation_and_an_account_of_the_organisation(situation, messages, facts):
    steps = outcome("nl", situation(messages, **facts))
    for step in {"talk_to_perpetrator", "ask_perpetrator_to_remove"} & set(steps):
        assert "hold_reply" in steps
        said = " ".join(text.nl for text in steps[step].actions + steps[step].cautions)
        assert "account van de organisatie" in said
        assert "niet in het openbaar" in said
        assert "Overleg eerst intern" in said


@settings(max_examples=40)
@given(JURISDICTIONS, CASES, FACTS)
def test_a_hard_gate_that_hangs_on_a_fact_asks_for_that_fact(situation, situation_of, jurisdiction, messages, facts):
    """Whenever one answer would open a gated step, that fact is an open question that names the step."""
    rules, now = load_rules(jurisdiction), situation(messages, **facts)
    asked = {one.about: one for one in open_questions(rules, now, situation_of)}
    steps = {one.step for one in suggest(rules, now)}
    for name, answers in (("perpetrator_known", (True, False)), ("urgent", (True,)), ("removal_status", ("refused",))):
        for answer in answers if facts[name] is None else ():
            then = situation_of(now.findings, msgspec.structs.replace(now.facts, **{name: answer}))
            for step in {one.step for one in suggest(rules, then)} & GATED - steps:
                if name == "removal_status" and not any(affected([one]) and may_be_online(one) for one in messages):
                    assert "fact:removal_status" not in asked  # nothing stands where a platform could remove it
                    continue
                effects = {effect.answer: effect for effect in asked[f"fact:{name}"].effects}
                assert step in effects[str(answer).lower()].adds


@settings(max_examples=40)
@given(JURISDICTIONS, CASES, FACTS)
def test_questions_are_only_about_what_is_unknown_and_tell_the_truth(situation, situation_of, jurisdiction, messages, facts):
    rules, now = load_rules(jurisdiction), situation(messages, **facts)
    before = {one.step: one.strength for one in suggest(rules, now)}
    for question in open_questions(rules, now, situation_of):
        assert question.effects
        kind, _, name = question.about.partition(":")
        if kind == "message":
            assert next(one for one in now.findings if one.message.key == name).unsure
            continue
        assert facts[name] is None
        for effect in question.effects:
            if name in ("perpetrator_known", "urgent", "acute_danger"):
                answer = effect.answer == "true"
            elif name in ("removal_status", "impact"):
                answer = effect.answer
            else:
                continue
            then = {
                one.step: one.strength
                for one in suggest(rules, situation_of(now.findings, msgspec.structs.replace(now.facts, **{name: answer})))
            }
            assert set(effect.adds) == set(then) - set(before)
            assert set(effect.drops) == set(before) - set(then)
