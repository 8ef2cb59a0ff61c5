"""The severity of worked examples, with the figures reckoned by hand from weights.toml."""

from __future__ import annotations

from itertools import pairwise

import pytest

from triage.case import Facts, Finding
from triage.message import Message
from triage.severity import estimate_reach, load_weights, measure_frequency, score_case
from triage.severity.weights import BUILT_IN

KNOWN = Facts(impact="none", target_is_official=False, target_has_public_task=False)


def found(label, intensity, *, probability=None, flags=(), unsure=False, **message):
    """A finding of a person, or of the model where a probability is given."""
    return Finding(
        message=Message(text="bericht", **message),
        scores={label: 1.0 if probability is None else probability},
        labels=(label,),
        intensity=intensity,
        flags=flags,
        decided_by="person" if probability is None else "model",
        unsure=unsure,
    )


def harmless(**named):
    scores = {"insult": 0.02, "threat": 0.01, "sexual_harassment": 0.01}
    return Finding(message=Message(text="Dank u wel", views=90_000), scores=scores, labels=(), intensity=0.0, **named)


def score(*findings, facts=KNOWN, weights=None):
    return score_case(findings, facts, estimate_reach(findings, facts), measure_frequency(findings, facts), weights)


def points(severity):
    return {part.component: part.points for part in severity.contributions}


def part(severity, component):
    return next(part for part in severity.contributions if part.component == component)


def test_a_serious_threat_in_a_direct_message():
    severity = score(found("threat", 2.0, probability=0.91, visibility="direct"), facts=Facts())
    # content 36 * (0.7 + 0.3 * 0.91) = 35.0; reach 4 * log(2) / log(100001) = 0.2; impact unknown 4
    assert points(severity) == {"content": 35.0, "reach": 0.2, "repetition": 0, "persistence": 0, "impact": 4, "context": 0}
    assert severity.value == 39.2
    assert severity.band == "medium"
    # low: 32 * (0.7 + 0.3 * 0.82) + 0.2; high: floor 55 * 0.75 + 0.2 + impact 15 + function 2
    assert severity.low == 30.5
    assert severity.high == pytest.approx(58.4, abs=0.1)


def test_reasons_carry_the_figures():
    severity = score(found("threat", 2.0, probability=0.91, views=5000, visibility="public"))
    content = part(severity, "content").reason
    assert content.nl == "Zwaarste bericht: bedreiging, intensiteit 2,0 (kans 91%)."
    assert content.en == "Gravest message: threat, intensity 2.0 (probability 91%)."
    assert "5.000 mensen" in part(severity, "reach").reason.nl
    assert "5,000 people" in part(severity, "reach").reason.en


def test_a_week_of_insults():
    week = [found("insult", 1.0, views=9, sent_at=f"2026-03-0{day}T12:00") for day in range(1, 8)]
    severity = score(*week, facts=Facts(impact="medium", target_is_official=True, reach=99_999))
    # content 8; reach 15 * 5 / 5; repetition 12 * (1 - e^-1); persistence 4 * (1 - e^-1.5) + 2 * (1 - e^-0.2); official 2
    assert points(severity) == {"content": 8.0, "reach": 15.0, "repetition": 7.6, "persistence": 3.5, "impact": 9.0, "context": 2.0}
    assert (severity.value, severity.band) == (45.1, "medium")


@pytest.mark.parametrize(
    ("label", "at"),
    [
        ("insult", {0.5: 6, 1: 8, 1.5: 11, 2: 14, 3: 20}),
        ("sexual_harassment", {1: 18, 2.5: 33, 3: 38}),
        ("threat", {1: 20, 2: 36, 2.5: 55, 3: 55}),
    ],
)
def test_content_by_label_and_intensity(label, at):
    for intensity, expected in at.items():
        assert points(score(found(label, intensity)))["content"] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("probability", [0.51, 0.7, 1.0])
def test_a_grave_threat_to_one_reader_stays_above_its_floor(probability):
    severity = score(found("threat", 2.6, probability=probability, visibility="direct"))
    assert severity.value >= 55
    assert severity.band == "high"
    assert "Ondergrens" in part(severity, "content").reason.nl


@pytest.mark.parametrize("flag", ["personal_data", "intimate_image", "extortion"])
def test_doxing_intimate_images_and_extortion_have_a_floor(flag):
    assert score(found("insult", 2.0, flags=(flag,), visibility="direct")).value >= 55
    assert score(found("insult", 1.0, flags=(flag,), visibility="direct")).value < 25


def test_the_floor_grows_without_a_jump():
    values = [score(found("threat", 1.5 + step / 50, visibility="direct")).value for step in range(51)]
    assert max(after - before for before, after in pairwise(values)) < 2.5


def test_acute_danger_is_critical_whatever_the_text():
    severity = score(found("insult", 1.0, visibility="direct"), facts=Facts(acute_danger=True))
    assert severity.value >= 90
    assert severity.band == "critical"
    assert "acuut gevaar" in part(severity, "content").reason.nl.lower()


def test_the_gravest_message_counts_and_not_the_mean():
    alone = score(found("threat", 3.0, visibility="direct"))
    among = score(found("threat", 3.0, visibility="direct"), *[found("insult", 0.5, visibility="direct") for _ in range(5)])
    assert points(among)["content"] == points(alone)["content"]
    assert among.value > alone.value


def test_reach_weighs_little_for_a_threat_and_much_for_an_insult():
    wide, one = Facts(reach=100_000), Facts(reach=1)
    threat, insult = found("threat", 2.0), found("insult", 2.0)
    assert score(threat, facts=wide).value - score(threat, facts=one).value < 4
    assert score(insult, facts=wide).value - score(insult, facts=one).value > 11
    assert points(score(insult, facts=Facts(reach=10**9)))["reach"] == 15


def test_unknown_reach_is_not_zero_and_widens_the_range():
    reach = part(score(found("insult", 2.0)), "reach")
    assert 0 < reach.low < reach.points < reach.high
    assert "onbekend" in reach.reason.nl
    known = part(score(found("insult", 2.0), facts=Facts(reach=500)), "reach")
    assert known.low == known.points == known.high


def test_unknown_impact_lies_between_and_widens_the_range():
    unknown = score(found("insult", 2.0, visibility="direct"), facts=Facts())
    impact = part(unknown, "impact")
    assert (impact.low, impact.points, impact.high) == (0, 4, 15)
    values = [
        score(found("insult", 2.0, visibility="direct"), facts=Facts(impact=level)).value for level in ("none", "low", "medium", "high")
    ]
    assert values == sorted(set(values))
    assert values[0] < unknown.value < values[3]


def test_what_a_person_decided_and_reported_is_certain():
    severity = score(found("threat", 2.0, visibility="direct", sent_at="2026-03-01T12:00"))
    assert severity.low == severity.value == severity.high


def test_a_label_the_model_is_unsure_of_may_fall_away():
    severity = score(found("threat", 2.0, probability=0.6, unsure=True, visibility="direct"))
    assert severity.low == 0
    assert severity.high > severity.value > 0


def test_without_a_harmful_message_there_is_nothing_to_score():
    for findings in ([], [harmless()]):
        severity = score(*findings, facts=Facts(impact="high", acute_danger=True, reach=9000, frequency=12))
        assert (severity.value, severity.low, severity.high, severity.band) == (0, 0, 0, "low")
        assert severity.contributions == ()


def test_an_uncertain_message_without_a_label_makes_only_the_range():
    doubt = Finding(message=Message(text="Tot snel dan"), scores={"threat": 0.4}, labels=(), intensity=0.0, unsure=True)
    severity = score(doubt, facts=Facts())
    assert severity.value == severity.low == 0
    assert severity.high > 36
    assert all(part.points == 0 for part in severity.contributions)
    assert "1 bericht vraagt" in severity.contributions[0].reason.nl
    certain = Finding(message=Message(text="Tot snel"), scores={"threat": 0.1}, labels=(), intensity=0.0, unsure=True)
    assert score(certain).high == 0


def test_times_that_nobody_knows_widen_persistence():
    persistence = part(score(found("insult", 1.0), found("insult", 1.0)), "persistence")
    assert persistence.points == persistence.low == 0
    assert persistence.high > 2
    assert part(score(found("insult", 1.0)), "persistence").high == 0


def test_a_person_may_know_of_more_messages():
    reported = part(score(found("insult", 1.0), facts=Facts(frequency=7)), "repetition")
    assert reported.points == 7.6
    assert "7 schadelijke berichten" in reported.reason.nl
    assert part(score(found("insult", 1.0), facts=Facts(frequency=0)), "repetition").points == 0


def test_context_adds_and_stops():
    assert points(score(found("insult", 1.0, flags=("discrimination",))))["context"] == 5
    assert points(score(found("insult", 1.0, target="a"), found("insult", 1.0, target="b")))["context"] == 3
    assert points(score(found("threat", 1.0), facts=Facts(target_has_public_task=True)))["context"] == 2
    crowded = score(found("threat", 1.0, flags=("weapon", "children", "time_or_place", "discrimination")))
    assert points(crowded)["context"] == 7
    assert "wapen" in part(crowded, "context").reason.nl


def test_flags_of_harmless_messages_do_not_count():
    threat = found("threat", 2.0)
    assert score(threat, harmless(flags=("weapon", "children", "personal_data"))) == score(threat)


def test_the_sum_stops_at_a_hundred_and_says_so():
    flags = ("discrimination", "weapon", "personal_data")
    days = [found("threat", 3.0, flags=flags, sent_at=f"2026-03-{day:02}T12:00", views=10**6) for day in range(1, 31)]
    severity = score(*days, facts=Facts(impact="high", target_is_official=True))
    assert severity.value == severity.high == 100
    assert sum(points(severity).values()) == pytest.approx(100, abs=1e-9)
    assert "100" in severity.contributions[-1].reason.nl


@pytest.mark.parametrize(("medium", "band"), [(8.3, "medium"), (8.4, "low")])
def test_a_band_begins_at_its_threshold(tmp_path, medium, band):
    path = tmp_path / "eigen.toml"
    path.write_text(BUILT_IN.read_text(encoding="utf-8").replace("medium = 25", f"medium = {medium}"), encoding="utf-8")
    severity = score(found("insult", 1.0), facts=Facts(impact="none", reach=0, frequency=0), weights=load_weights(path))
    assert severity.value == 8.0
    louder = score(found("insult", 1.05), facts=Facts(impact="none", reach=0), weights=load_weights(path))
    assert (louder.value, louder.band) == (8.3, band)


def test_no_word_of_a_message_is_in_a_reason():
    secret = Message(text="Vuile Wimpelstaart", author="Karel Kwab", target="Els Veer", visibility="direct")
    finding = Finding(message=secret, scores={"insult": 0.9}, labels=("insult",), intensity=2.0)
    for contribution in score(finding, facts=Facts()).contributions:
        for sentence in (contribution.reason.nl, contribution.reason.en):
            assert sentence.endswith(".")
            assert not any(word in sentence for word in ("Wimpelstaart", "Kwab", "Veer", "{", "}"))
