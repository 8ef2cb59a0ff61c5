from __future__ import annotations

from triage.policy import load_rules, open_questions, suggest


def ask(situation, situation_of, jurisdiction="nl"):
    return {one.about: one for one in open_questions(load_rules(jurisdiction), situation, situation_of)}


def effects(question):
    return {effect.answer: effect for effect in question.effects}


def test_a_harmless_case_asks_nothing(situation, situation_of):
    assert ask(situation([{"labels": []}]), situation_of) == {}


def test_everything_known_asks_nothing(situation, situation_of):
    known = {
        "perpetrator_known": True, "removal_status": "removed", "impact": "low", "target_is_official": False,
        "target_has_public_task": False, "acute_danger": False, "urgent": False, "known_since": "2026-10-01", "reach": 10, "frequency": 1,
    }  # fmt: skip
    assert ask(situation([{"labels": ["threat"], "intensity": 2}], **known), situation_of) == {}


def test_the_questions_say_what_each_answer_changes(situation, situation_of):
    questions = ask(situation([{"labels": ["insult"], "intensity": 2, "visibility": "public"}]), situation_of)
    sender = effects(questions["fact:perpetrator_known"])
    assert sender["true"].adds == ("ask_perpetrator_to_remove", "talk_to_perpetrator")
    assert sender["false"].adds == ("trace_perpetrator",)
    removal = effects(questions["fact:removal_status"])
    assert removal["refused"].adds == ("summary_proceedings_platform",)
    assert removal["pending"].drops == ("ask_platform_to_remove",)
    assert "no_response" not in removal
    assert effects(questions["fact:target_is_official"])["true"].adds == ("police_report",)
    assert effects(questions["fact:impact"])["high"].strengthens == ("aftercare",)
    assert "fact:urgent" not in questions


def test_an_answer_that_takes_the_deadline_away_says_so(situation, situation_of):
    given = situation([{"labels": ["insult"], "intensity": 2, "sent_at": "2026-10-05T09:00"}], impact="medium")
    questions = ask(given, situation_of)
    assert effects(questions["fact:target_is_official"])["true"].moves_deadline == ("police_report", "police_notification")
    assert effects(questions["fact:known_since"])["date"].moves_deadline == ("police_report", "police_notification")
    assert "fact:known_since" not in ask(given, situation_of, "be")


def test_a_known_sender_weakens_the_request_to_the_platform(situation, situation_of):
    questions = ask(situation([{"labels": ["threat"], "intensity": 2, "visibility": "public"}]), situation_of)
    assert effects(questions["fact:perpetrator_known"])["true"].weakens == ("ask_platform_to_remove",)


def test_summary_proceedings_are_named_under_both_facts_they_need(situation, situation_of):
    questions = ask(situation([{"labels": ["sexual_harassment"], "intensity": 2}]), situation_of)
    assert effects(questions["fact:perpetrator_known"])["true"].keeps_open == ("summary_proceedings_perpetrator",)
    assert effects(questions["fact:urgent"])["true"].keeps_open == ("summary_proceedings_perpetrator",)
    assert "false" not in effects(questions["fact:urgent"])


def test_urgency_is_not_asked_where_the_sender_is_unknown(situation, situation_of):
    questions = ask(situation([{"labels": ["sexual_harassment"], "intensity": 2}], perpetrator_known=False), situation_of)
    assert "fact:urgent" not in questions


def test_a_doubtful_message_says_what_it_would_open(situation, situation_of):
    given = situation([{"labels": ["sexual_harassment"], "intensity": 2, "unsure": True}], perpetrator_known=True, urgent=True)
    question = ask(given, situation_of)["message:m1"]
    assert effects(question)["sexual_harassment"].adds == ("summary_proceedings_perpetrator",)
    assert {"register_incident", "police_report", "aftercare"} <= set(effects(question)["none"].drops)
    assert "m1" in question.question.nl
    assert "bericht 1" not in question.question.nl


def test_a_doubtful_harmless_message_can_become_harm(situation, situation_of):
    question = ask(situation([{"labels": [], "unsure": True}]), situation_of)["message:m1"]
    answers = effects(question)
    assert set(answers) == {"insult", "threat", "sexual_harassment"}
    assert "police_report" in answers["threat"].adds
    assert "register_incident" in answers["insult"].adds


def test_at_most_a_dozen_messages_are_asked(situation, situation_of):
    given = situation([{"labels": [], "unsure": True} for _ in range(30)])
    assert len(ask(given, situation_of)) == 12


def test_fewer_messages_than_the_case_shows_is_no_possible_answer(situation, situation_of):
    given = situation([{"labels": ["insult"], "intensity": 2, "visibility": "direct"}] * 2)
    answers = effects(ask(given, situation_of)["fact:frequency"])
    assert set(answers) == {"3", "12"}


def test_acute_danger_is_not_asked_for_a_mild_insult(situation, situation_of):
    assert "fact:acute_danger" not in ask(situation([{"labels": ["insult"], "intensity": 1}]), situation_of)
    assert "fact:acute_danger" in ask(situation([{"labels": ["threat"], "intensity": 1}]), situation_of)


def test_reasons_name_the_messages_and_facts_they_rest_on(situation):
    messages = [
        {"labels": ["threat"], "intensity": 2, "sent_at": "2026-10-05T09:00"},
        {"labels": []},
        {"labels": ["threat"], "intensity": 2, "sent_at": "2026-10-06T09:00"},
    ]
    steps = {one.step: one for one in suggest(load_rules("nl"), situation(messages, perpetrator_known=True, urgent=True))}
    reasons = {reason.rule: reason.rests_on for reason in steps["summary_proceedings_perpetrator"].reasons}
    assert reasons["R26"] == ("fact:perpetrator_known", "fact:urgent", "message:m1", "message:m3")
    assert reasons["R28"] == ("fact:perpetrator_known",)
