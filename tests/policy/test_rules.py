from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import msgspec
import pytest

from triage import RulesError
from triage.assessment import STEPS
from triage.policy import load_rules, suggest

GUIDANCE = (Path(__file__).parent / "guidance_nl.txt").read_text(encoding="utf-8")
BOTH = pytest.mark.parametrize("jurisdiction", ["nl", "be"])
HEDGES = {"nl": "nog te controleren", "en": "to be verified"}


def plain(text):
    text = unicodedata.normalize("NFKC", text).replace("‘", "'").replace("’", "'")
    return re.sub(r"\s+", " ", text)


def texts(rule):
    return [*([rule.reason] if rule.reason else []), *rule.actions, *rule.cautions]


@BOTH
def test_every_sentence_of_the_guidance_page_has_its_rule(jurisdiction):
    rules = {rule.id: rule for rule in load_rules(jurisdiction).rules}
    for number in range(1, 33):
        rule = rules[f"R{number}"]
        assert plain(rule.quote) in plain(GUIDANCE)
        assert len(rule.quote) > 10
        assert rule.sources[0] == "guidance"


@BOTH
def test_every_prohibition_is_there_and_can_be_enforced(jurisdiction):
    prohibitions = {one.id: one for one in load_rules(jurisdiction).prohibitions}
    assert set(prohibitions) == {f"X{number}" for number in range(1, 11)}
    for one in prohibitions.values():
        assert (one.never and (one.unless or one.unless_step or one.unless_rules)) or (one.never_drop and one.when) or one.never_say


@BOTH
def test_every_step_can_be_suggested(jurisdiction):
    suggested = {step for rule in load_rules(jurisdiction).rules if rule.strength for step in rule.steps}
    assert suggested == set(STEPS)


@BOTH
def test_every_rule_says_something_in_both_languages(jurisdiction):
    rules = load_rules(jurisdiction)
    for rule in rules.rules:
        assert rule.sources, rule.id
        assert rule.strength is None or rule.reason, rule.id
        assert rule.quote or texts(rule), rule.id
        assert all(text.nl and text.en and text.nl != text.en for text in texts(rule)), rule.id


@BOTH
def test_what_is_not_verified_reads_as_such(jurisdiction):
    rules = load_rules(jurisdiction)
    doubtful = {id for id, source in rules.sources.items() if source.confidence in ("likely", "unverified")}
    for id in doubtful:
        for lang, hedge in HEDGES.items():
            assert hedge in rules.sources[id].title.in_(lang)
    for rule in rules.rules:
        if rule.id.startswith("L-") and set(rule.sources) <= doubtful:
            for text in texts(rule):
                assert HEDGES["nl"] in text.nl, rule.id
                assert HEDGES["en"] in text.en, rule.id


def test_no_belgian_provision_is_stated_as_verified():
    own = {id: source for id, source in load_rules("be").sources.items() if id.startswith("art.")}
    assert len(own) >= 10
    assert all(source.confidence == "unverified" for source in own.values())


def test_belgium_gives_its_own_numbers_and_no_dutch_term(situation):
    given = situation(
        [{"labels": ["insult", "threat"], "intensity": 2, "flags": ["self_harm"]}], acute_danger=True, known_since="2026-10-01"
    )
    said = {
        one.step: " ".join([one.title.nl, *(text.nl for text in one.actions + one.cautions)]) for one in suggest(load_rules("be"), given)
    }
    assert "112" in said["emergency_call"]
    assert "101" in said["emergency_call"]
    assert "1813" in said["aftercare"]
    everything = " ".join(said.values())
    assert "0900-8844" not in everything
    assert "VPT" not in everything
    assert "113 " not in everything
    assert "klacht" in said["police_report"]
    assert all(one.deadline is None for one in suggest(load_rules("be"), given))


def test_the_complaint_offences_are_marked():
    sources = load_rules("nl").sources
    assert {id for id, source in sources.items() if source.complaint} == {"art. 266 Sr", "art. 261 Sr", "art. 285b Sr", "art. 318 Sr"}


def test_a_quote_becomes_a_source_with_the_name_of_its_rule(situation):
    given = situation([{"labels": ["insult"], "intensity": 1}])
    source = {one.id: one for one in suggest(load_rules("nl"), given)[0].sources}["R2"]
    assert source.quote == "Geef het incident intern door. Doe dit altijd."
    assert source.confidence == "sourced"
    assert source.as_of.isoformat() == "2026-11-22"


def test_rules_of_a_jurisdiction_are_loaded_once():
    assert load_rules("nl") is load_rules("nl")


@pytest.mark.parametrize("unknown", ["fr", "guidance", "", "nl.toml"])
def test_an_unknown_jurisdiction_is_refused_with_the_known_ones(unknown):
    with pytest.raises(RulesError, match="choose nl, be") as caught:
        load_rules(unknown)
    assert "kies nl, be" in caught.value.nl


def write(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


RULE = """
[[rules]]
id = "OWN"
steps = ["aftercare"]
strength = "advised"
when = "affected"
sources = ["guidance"]
reason = { nl = "a", en = "b" }
"""


def test_a_file_of_your_own_changes_one_rule_and_keeps_the_rest(tmp_path, situation):
    stricter = RULE.replace("OWN", "W-aftercare").replace("advised", "urgent")
    own = load_rules(write(tmp_path, f'extends = "nl"\n{stricter}'))
    assert own.jurisdiction == "nl"
    assert own.version == "own 2026-11-22"
    assert len(own.rules) == len(load_rules("nl").rules)
    strengths = {one.step: one.strength for one in suggest(own, situation([{"labels": ["insult"], "intensity": 1}]))}
    assert strengths["aftercare"] == "urgent"


def test_a_term_of_your_own_moves_a_threshold(tmp_path, situation):
    own = load_rules(write(tmp_path, 'extends = "nl"\n[terms]\nnotable = "reach >= 10"\n'))
    given = situation([{"labels": ["insult"], "intensity": 2}], reach=20)
    assert "police_report" not in {one.step for one in suggest(load_rules("nl"), given)}
    assert "police_report" in {one.step for one in suggest(own, given)}


def test_prohibitions_hold_against_rules_that_go_wrong(tmp_path, situation):
    bold = "".join(
        RULE.replace("OWN", f"BOLD-{step}").replace("aftercare", step) for step in STEPS if step not in ("emergency_call", "hold_reply")
    )
    own = load_rules(write(tmp_path, f'extends = "nl"\n{bold}'))
    steps = {one.step for one in suggest(own, situation([{"labels": ["insult"], "intensity": 1}]))}
    gated = {
        "summary_proceedings_perpetrator",
        "summary_proceedings_platform",
        "trace_perpetrator",
        "talk_to_perpetrator",
        "ask_perpetrator_to_remove",
        "police_report",
        "police_notification",
    }
    assert not steps & gated
    assert {"register_incident", "preserve_evidence", "aftercare"} <= steps


TWO_DAYS = [{"labels": ["threat"], "intensity": 2, "sent_at": f"2026-10-0{day}T09:00"} for day in (5, 6)]
HURTFUL = [{"labels": ["insult"], "intensity": 1}]
OPEN, SHUT = {"perpetrator_known": True, "urgent": True}, {"perpetrator_known": False}
ONE_PROHIBITION = [
    ("X1", "summary_proceedings_perpetrator", TWO_DAYS, OPEN, {"perpetrator_known": None}),
    ("X2", "summary_proceedings_platform", HURTFUL, {"removal_status": "refused"}, {"removal_status": "no_response"}),
    ("X5", "trace_perpetrator", HURTFUL, SHUT, {"perpetrator_known": True}),
    ("X6", "police_report", HURTFUL, {"impact": "medium"}, {"impact": "low"}),
    ("X9", "talk_to_perpetrator", HURTFUL, OPEN, SHUT),
    ("X10", "summary_proceedings_perpetrator", TWO_DAYS, OPEN, {"urgent": None}),
]


@pytest.mark.parametrize(("id", "step", "messages", "allowed", "change"), ONE_PROHIBITION, ids=[one[0] for one in ONE_PROHIBITION])
def test_each_prohibition_holds_by_itself(tmp_path, situation, id, step, messages, allowed, change):
    always = RULE.replace("OWN", "BOLD").replace("aftercare", step)
    own = load_rules(write(tmp_path, f'extends = "nl"\n{always}'))
    alone = msgspec.structs.replace(own, prohibitions=tuple(one for one in own.prohibitions if one.id == id))
    assert step in {one.step for one in suggest(alone, situation(messages, **allowed))}
    assert step not in {one.step for one in suggest(alone, situation(messages, **{**allowed, **change}))}


def test_what_may_never_be_dropped_comes_back_with_the_prohibition_as_its_reason(tmp_path, situation):
    silent = "".join(
        f'[[rules]]\nid = "{id}"\nsteps = ["register_incident"]\nwhen = "urgent and not urgent"\nsources = ["guidance"]\n'
        for id in ("R1", "R2", "R3")
    )
    own = load_rules(write(tmp_path, f'extends = "nl"\n{silent}'))
    register = {one.step: one for one in suggest(own, situation([{"labels": ["threat"], "intensity": 1}]))}["register_incident"]
    assert register.strength == "advised"
    assert [reason.rule for reason in register.reasons] == ["X7"]


def test_without_the_rules_about_tone_and_account_there_is_no_talk(tmp_path, situation):
    silent = '[[rules]]\nid = "R11"\nsteps = ["hold_reply"]\nwhen = "affected"\nsources = ["guidance"]\n'
    own = load_rules(write(tmp_path, f'extends = "nl"\n{silent}'))
    given = situation([{"labels": ["insult"], "intensity": 1, "visibility": "public"}], perpetrator_known=True)
    assert "talk_to_perpetrator" in {one.step for one in suggest(load_rules("nl"), given)}
    assert not {"talk_to_perpetrator", "ask_perpetrator_to_remove"} & {one.step for one in suggest(own, given)}


BOOK = 'extends = "nl"\n[sources]\nbook = { title = { nl = "a", en = "b" }, confidence = '
X4 = 'extends = "nl"\n[[prohibitions]]\nid = "X4"\nreason = { nl = "a", en = "b" }\nnever = ["aftercare"]\nunless_rules = ["R99"]\n'
BROKEN = [
    ("extends = [", "own.toml, TOML"),
    ('extends = "xx"', "own.toml, extends: 'xx'"),
    ('extends = "nl"\nextra = 1', "unknown name extra"),
    ('extends = "nl"\n' + RULE.replace("affected", "afected"), "rule OWN: unknown name 'afected'"),
    ('extends = "nl"\n' + RULE.replace("affected", "threat"), "rule OWN: 'threat' is a number"),
    ('extends = "nl"\n' + RULE.replace('"affected"', "3"), "rule OWN: an expression has to be text"),
    ('extends = "nl"\n' + RULE.replace("aftercare", "arrest"), "rule OWN: Invalid enum value 'arrest'"),
    ('extends = "nl"\n' + RULE.replace('"advised"', '"always"'), "rule OWN: Invalid enum value 'always'"),
    ('extends = "nl"\n' + RULE.replace("guidance", "hearsay"), "rule OWN: unknown source hearsay"),
    ('extends = "nl"\n' + RULE.replace('id = "OWN"', ""), "rule .*missing required field `id`"),
    ('extends = "nl"\n' + RULE.replace(', en = "b"', ""), "rule OWN: .*missing required field `en`"),
    ('extends = "nl"\n' + RULE + 'strenght = "urgent"\n', "rule OWN: .*unknown field `strenght`"),
    ('extends = "nl"\n' + RULE.replace('nl = "a"', 'nl = "U moet bellen."'), "rule OWN: X8 forbids the word moet"),
    ('extends = "nl"\nrules = 3', "own.toml, rules"),
    ('extends = "nl"\n[terms]\nthreat = "urgent"', "term threat: this name is taken"),
    ('extends = "nl"\n[terms]\nnew = "later"\nlater = "urgent"', "term new: unknown name 'later'"),
    (BOOK + '"sure" }', "source book: Invalid enum value 'sure'"),
    (BOOK + '"likely", complain = true }', "unknown name complain"),
    (X4, "X4: unknown rule R99"),
    ('jurisdiction = "nl"\nas_of = 2026-01-01\n', "confidence: no words for likely"),
    ('jurisdiction = "fr"\nas_of = 2026-01-01\n', "jurisdiction: 'fr'"),
    ("as_of = 2026-01-01\n", "own.toml, jurisdiction"),
    ('extends = "nl"\nas_of = "soon"\n', "own.toml, as_of"),
]


@pytest.mark.parametrize(("text", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_a_mistake_is_refused_with_file_and_place(tmp_path, text, says):
    with pytest.raises(RulesError, match=says):
        load_rules(write(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RulesError, match=r"missing.toml cannot be read"):
        load_rules(tmp_path / "missing.toml")
