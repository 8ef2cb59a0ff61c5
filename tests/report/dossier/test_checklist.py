"""The checklist: what is missing is named, what is there is not, and every sentence stands on its page."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from triage.assess import assess
from triage.case import Facts, find
from triage.errors import RulesError
from triage.message import Message
from triage.report.dossier.attachments import Attachment
from triage.report.dossier.checklist import check_dossier, load_checks, read_checks

PAGE = Path(__file__).parents[2] / "policy" / "guidance_nl.txt"
SHIPPED = files("triage.report.dossier").joinpath("checklist.toml").read_text("utf-8")
ALWAYS = {"register", "address"}
KNOWN = Facts(
    perpetrator_known=False,
    removal_status="not_requested",
    impact="high",
    target_is_official=False,
    target_has_public_task=True,
    acute_danger=False,
    urgent=False,
    known_since=date(2026, 6, 1),
    reach=10,
    frequency=3,
)


def finding(**more):
    whole = {"url": "https://example.org", "sent_at": datetime(2026, 6, 1, tzinfo=UTC), "author": "x", **more}
    return find(Message(text="pas maar op", labels=("threat",), intensity=2, **whole), None)


def attachment(kind):
    return Attachment(number=1, name="a", file=None, size=1, sha256="0" * 64, kind=kind)


PICTURE = (attachment("image"),)


def missing(findings=None, facts=KNOWN, attachments=PICTURE, jurisdiction="nl"):
    items = check_dossier(assess(findings or [finding()], facts, jurisdiction), attachments)
    assert [item.missing for item in items] == sorted((item.missing for item in items), reverse=True)
    return {item.id for item in items if item.missing}


def test_of_a_complete_dossier_only_what_nobody_can_tell_is_open():
    assert missing() == ALWAYS


def test_of_an_unknown_case_every_fact_is_asked_for():
    assert missing([finding(url=None, sent_at=None, author=None)], Facts(), ()) == {
        *ALWAYS,
        *("screenshot", "url", "time", "author", "perpetrator", "removal", "reach", "earlier", "impact", "danger", "urgent"),
        *("known-since", "official", "public-task"),
    }


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"findings": [finding(), finding(url=None, author="y")]}, "url"),
        ({"findings": [finding(sent_at=None)]}, "time"),
        ({"findings": [finding(author=None)]}, "author"),
        ({"attachments": ()}, "screenshot"),
        ({"attachments": (attachment("other"),)}, "screenshot"),
    ],
)
def test_one_thing_that_is_missing_is_named(change, asked):
    assert missing(**change) == ALWAYS | {asked}


def test_a_pdf_counts_as_a_screenshot():
    assert missing(attachments=(attachment("pdf"),)) == ALWAYS


@pytest.mark.parametrize("status", ["pending", "no_response", "refused", "partly_removed", "removed"])
def test_a_request_for_removal_has_to_be_documented(status):
    import msgspec

    facts = msgspec.structs.replace(KNOWN, removal_status=status)
    assert missing(facts=facts) == ALWAYS | {"removal-papers"}
    assert missing(facts=facts, attachments=(attachment("image"), attachment("other"))) == ALWAYS


def test_the_numbers_are_filled_in():
    items = check_dossier(assess([finding(), finding(url=None, author="y")], KNOWN), ())
    text = next(item.text for item in items if item.id == "url")
    assert "Van 1 van de 2 berichten" in text.nl
    assert "1 of the 2 messages" in text.en


def test_dutch_law_is_not_held_against_a_belgian_case():
    assert not {"known-since", "official", "public-task"} & missing(facts=Facts(), jurisdiction="be")


def test_every_quote_stands_on_the_page():
    page = " ".join(PAGE.read_text("utf-8").split())
    quotes = [check.quote for check in load_checks() if check.quote]
    assert quotes
    assert [quote for quote in quotes if quote not in page] == []


def test_every_source_has_a_date_and_says_how_it_was_checked():
    for jurisdiction in ("nl", "be"):
        for item in check_dossier(assess([finding()], Facts(), jurisdiction), ()):
            assert item.source.as_of
            assert item.source.confidence


def test_both_languages_have_the_same_places_and_give_no_verdict():
    for check in load_checks():
        for text in filter(None, (check.open, check.done)):
            nl, en = ({place for _, place, _, _ in string.Formatter().parse(said) if place} for said in (text.nl, text.en))
            assert nl == en <= {"n", "total"}, check.id
            assert not re.search(r"\b(strafbaar|schuldig|dader is|criminal|guilty)\b", f"{text.nl} {text.en}", re.IGNORECASE)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("images == 0", "pictures == 0", "pictures"),
        ("images == 0", "images", "compare it"),
        ('source = "guidance"', 'source = "blog"', "blog"),
        ('count = "without_url"', 'count = "wishes"', "wishes"),
        ('jurisdictions = ["nl"]', 'jurisdictions = ["fr"]', "fr"),
        ("[[checks]]", "[[controls]]", "checks"),
        ("[[checks]]", "[[checks", "checklist.toml"),
        ('id = "url"', 'name = "url"', "url"),
    ],
)
def test_checks_that_do_not_fit_are_refused(old, new, named):
    with pytest.raises(RulesError, match=r"checklist\.toml") as error:
        read_checks(SHIPPED.replace(old, new))
    assert named in str(error.value) or "name" in str(error.value)
