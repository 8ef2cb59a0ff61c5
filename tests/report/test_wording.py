"""The fixed words: complete, and the same in both languages."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import get_args

import pytest

from triage.assessment import STEPS, STRENGTHS, Band, Component, Confidence, Kind
from triage.case import Facts, Impact, RemovalStatus
from triage.errors import InputError, RulesError
from triage.labels import FLAGS, LABELS, ReviewReason
from triage.report.wording import Words, read_wording

SHIPPED = files("triage.report").joinpath("wording.toml").read_text("utf-8")
PAGE = files("triage.report").joinpath("page.toml").read_text("utf-8")
WORDS = [
    *(("step", name) for name in STEPS),
    *(("strength", name) for name in STRENGTHS),
    *(("label", name) for name in LABELS),
    *(("flag", name) for name in FLAGS),
    *(("band", name) for name in get_args(Band)),
    *(("confidence", name) for name in get_args(Confidence)),
    *(("component", name) for name in get_args(Component)),
    *(("kind", name) for name in get_args(Kind)),
    *(("review_reason", name) for name in get_args(ReviewReason)),
    *(("fact", name) for name in Facts.__struct_fields__),
    *(("answer", name) for name in (*get_args(RemovalStatus), *get_args(Impact), *LABELS, "true", "false", "date")),
]


@pytest.mark.parametrize(("section", "name"), WORDS)
def test_everything_that_is_printed_has_words_in_both_languages(section, name):
    for lang in ("nl", "en"):
        said = Words(lang).say(section, name)
        assert said.strip()
        assert "_" not in said


def test_both_languages_have_the_same_places_to_fill():
    for section, entries in read_wording(SHIPPED + PAGE).items():
        for name, text in entries.items():
            nl, en = ({place for _, place, _, _ in string.Formatter().parse(said) if place} for said in (text.nl, text.en))
            assert nl == en, (section, name)


def test_a_missing_word_is_named():
    with pytest.raises(RulesError, match="police_report") as error:
        read_wording(SHIPPED.replace("police_report =", "police_rapport ="))
    assert "[step]" in error.value.nl


@pytest.mark.parametrize("source", ["[label", "label = 3", "[label]\ninsult = { nl = 'x' }"])
def test_words_that_are_not_well_formed_are_refused(source):
    with pytest.raises(RulesError, match=r"wording\.toml"):
        read_wording(source)


@pytest.mark.parametrize("lang", ["de", "", "NL", None])
def test_another_language_is_refused(lang):
    with pytest.raises(InputError, match="nl or en"):
        Words(lang)


def test_dates_and_numbers_are_written_as_people_write_them():
    nl, en = Words("nl"), Words("en")
    assert nl.weekday(date(2027, 2, 22)) == "maandag 22 februari 2027"
    assert en.weekday(date(2027, 2, 22)) == "Monday 22 February 2027"
    assert nl.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 juli 2026, 00:30"
    assert (nl.some("message", 1), nl.some("message", 1200)) == ("1 bericht", "1.200 berichten")
    assert (nl.decimal(2.0), en.decimal(2.0)) == ("2,0", "2.0")


def test_answers_are_words_and_numbers_stay_numbers():
    nl = Words("nl")
    assert nl.answer("insult+threat") == "'belediging + bedreiging'"
    assert nl.answer("refused") == "'geweigerd'"
    assert nl.answer("100000") == "100.000"
