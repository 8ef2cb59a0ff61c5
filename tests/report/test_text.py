"""The report as plain text: complete, the same in both languages, and harmless whatever the messages say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import msgspec
import pytest

from triage.case import Facts, Finding
from triage.errors import InputError
from triage.labels import Classification
from triage.message import Message
from triage.report.plain import cells
from triage.report.text import assessment_text, classification_text, evaluation_text
from triage.severity import estimate_reach, measure_frequency, score_case
from triage.training.evaluate import Evaluation, LabelFigures


def numbers(text: str, lang: str) -> Counter[str]:
    """The numbers in a text, written as in a program."""
    thousands, decimals = (".", ",") if lang == "nl" else (",", ".")
    plain = re.sub(rf"(?<=\d)\{thousands}(?=\d{{3}}\b)", "", text).replace(decimals, ".")
    return Counter(re.findall(r"\d+(?:\.\d+)*", plain))


def test_the_report_says_what_a_team_lead_needs(assessment):
    text = assessment_text(assessment)
    for said in (
        "Casus 2026-014",
        "Ernst 62 van 100: hoog",
        "48 tot 71",
        "bedreiging, belediging",
        "4 berichten, waarvan 3 schadelijk",
        "van 2 maart tot en met 6 maart 2026, op 3 dagen",
        "ongeveer 1.200 mensen (van 400 tot 5.000). Schatting uit: volgers.",
        "afzender bekend: ja",
        "“ik weet waar je woont”",
        "Aangifte bij de politie (klacht uiterlijk dinsdag 2 juni 2026)",
        "Niet elk bericht is strafbaar.",
        "[1] Handreiking online agressie",
        "[2] Art. 285 Sr (secundaire bron)",
        "[3] Art. 284 Sr (nog te controleren)",
        "mensen beslissen",
        "geen juridisch advies",
        "stand van 22 november 2026",
    ):
        assert said in text


def test_the_strongest_step_comes_first_in_short(assessment):
    text = assessment_text(assessment, "en")
    summary = text[text.index("In short") : text.index("What it concerns")]
    assert summary.index("urgent") < summary.index("Police report") < summary.index("Preserve the evidence")


def test_a_reason_names_the_facts_and_messages_it_rests_on(assessment):
    text = " ".join(assessment_text(assessment).split())
    assert "Berichten kunnen verdwijnen (bericht 1)." in text
    # All harmful messages together go without saying.
    assert "Dit kan een bedreiging zijn (afzender bekend: ja)." in text


def test_what_an_earlier_step_told_is_not_told_again(assessment):
    text = assessment_text(assessment)
    assert text.count("Maak een schermafbeelding.") == 1
    assert "Zie stap 1." in text


def test_answers_that_change_the_same_are_told_together(assessment):
    text = " ".join(assessment_text(assessment).split())
    assert "Bij 'geweigerd' komt erbij: kort geding tegen het platform; vervalt: platform om verwijdering vragen" in text
    assert "Bij 'loopt nog' of 'verwijderd' vervalt: platform om verwijdering vragen" in text


def test_a_question_about_a_message_names_its_number_in_the_report(assessment):
    text = assessment_text(assessment)
    assert "Bericht 4: is dit een bedreiging?" in text
    assert re.search(r"4  5 maart 2026.*\n.*we zien elkaar nog wel", text)


def test_both_languages_hold_the_same_numbers(assessment):
    assert numbers(assessment_text(assessment, "nl"), "nl") == numbers(assessment_text(assessment, "en"), "en")


def test_the_printed_contributions_add_up():
    messages = [Message(text=f"prutser {n}", id=str(n), sent_at=f"2026-03-0{n}T10:00", visibility="public") for n in range(1, 6)]
    findings = [Finding(message=m, scores={"insult": 0.71}, labels=("insult",), intensity=1.37) for m in messages]
    facts = Facts()
    reach, frequency = estimate_reach(findings, facts), measure_frequency(findings, facts)
    severity = score_case(findings, facts, reach, frequency)
    text = assessment_text(assessment_of(severity, reach, frequency, findings), "en")
    *parts, total = (float(points) for points in re.findall(r"^ +(\d+\.\d)  \w", text, re.MULTILINE))
    assert len(parts) == 6
    assert sum(parts) == pytest.approx(total)
    assert total == severity.value


def assessment_of(severity, reach, frequency, findings):
    from triage.assessment import Assessment

    return Assessment(
        kind="single",
        jurisdiction="nl",
        score=severity,
        reach=reach,
        frequency=frequency,
        suggestions=(),
        open_questions=(),
        findings=tuple(findings),
        facts=Facts(),
        rules="nl",
    )


def test_where_nothing_fits_the_report_says_so(assessment):
    empty = msgspec.structs.replace(assessment, suggestions=(), open_questions=(), findings=())
    text = assessment_text(empty)
    assert "geen belediging, bedreiging of seksuele intimidatie gevonden" in text
    assert "geen stappen" in text


def test_many_messages_are_counted_and_not_listed(assessment):
    found = assessment.findings[1]
    many = tuple(
        msgspec.structs.replace(found, message=msgspec.structs.replace(found.message, id=str(n), text=f"prutser {n}")) for n in range(200)
    )
    text = assessment_text(msgspec.structs.replace(assessment, findings=many, open_questions=()))
    assert "en nog 195 berichten" in text
    assert len(text.splitlines()) < 100


def test_a_pile_on_names_the_sender_of_each_message(assessment):
    text = assessment_text(msgspec.structs.replace(assessment, kind="pile_on"))
    assert "Kees Zandstra; 2 maart 2026" in text
    assert "veel afzenders tegelijk" in text


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_hostile_data_alters_neither_terminal_nor_layout(assessment, poisoned, lang):
    text = assessment_text(poisoned, lang)
    assert {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n", "\u200d"}
    assert all(cells(line) <= 88 for line in text.splitlines())
    assert "\n=====" in text


def test_another_language_is_refused(assessment):
    with pytest.raises(InputError) as error:
        assessment_text(assessment, "fr")
    assert error.value.nl == "Kies nl of en als taal."


def classification(**given):
    known = {"scores": {"insult": 0.02, "threat": 0.914, "sexual_harassment": 0.0}, "labels": ("threat",), "intensity": 2.1}
    return Classification(**{**known, **given})


def test_a_classification_in_words():
    text = classification_text(classification(flags=("weapon",), needs_review=True, review_reasons=("too_short",), model="triage-nl"), "nl")
    assert text.splitlines()[0] == "Bedreiging. Zwaarte 2,1 van 3 (ernstig)."
    for said in ("91%  *", "wapen", "Laat een mens meekijken: de tekst is erg kort.", "Model: triage-nl."):
        assert said in text


def test_a_classification_without_labels_says_that_nothing_was_found():
    text = classification_text(classification(labels=(), intensity=0.0, needs_review=True, windows=3), "en")
    assert text.startswith("No insult, threat or sexual harassment found.")
    assert "Have a person look at it." in text
    assert "3 parts" in text


def test_an_evaluation_is_an_aligned_table():
    known = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "f1_low": 0.2, "f1_high": 0.4, "ap": float("nan"), "ece": 0.01}
    shares = {"macro_f1": 0.4, "macro_f1_low": 0.3, "macro_f1_high": 0.5, "false_alarms": 0.1, "missed": 0.2}
    rest = {"intensity_kappa": 0.6, "review": 0.125, "error_kept": 0.05, "error_all": 0.07}
    labels = tuple(LabelFigures(label=label, support=n, **known) for label, n in (("insult", 1200), ("sexual_harassment", 7)))
    lines = evaluation_text(Evaluation(model="triage-nl", messages=2000, labels=labels, **shares, **rest)).splitlines()
    table = [line for line in lines if line.startswith(("label", "belediging", "seksuele"))]
    assert len({len(line) for line in table}) == 1
    assert table[1].split() == ["belediging", "1.200", "0,500", "0,250", "0,333", "0,200–0,400", "-", "0,010"]
    assert "Macro-F1: 0,400 (0,300–0,500)" in lines
    assert "Naar een mens gestuurd: 0,125" in lines
