"""The report page: complete, filterable, bounded, and nothing from outside gets out of its place."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import datetime
from html.parser import HTMLParser

import msgspec
import pytest

from triage.case import Finding
from triage.errors import InputError
from triage.explanation import Explanation, Word
from triage.labels import LABELS
from triage.message import HOME_ZONE, Message
from triage.report import page
from triage.report.figures import Report, figures, periods
from triage.report.page import report_page, to_explain

VOID = {"meta", "input", "br"}
MADE = datetime(2026, 11, 22, 12, 0, tzinfo=HOME_ZONE)


class Outline(HTMLParser):
    """The elements, attributes and text of a page; refuses elements that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.raw: dict[str, str] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] and self.open[-1] in ("script", "style"):
            self.raw[self.open[-1]] = data
        else:
            self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def explained(text: str, *weights: float, label: str = "threat") -> Explanation:
    places = [match.span() for match in re.finditer(r"\S+", text)]
    words = tuple(Word(text=text[start:end], start=start, end=end) for start, end in places)
    flat = dict.fromkeys(LABELS, (0.0,) * len(words))
    return Explanation(text=text, words=words, contributions={**flat, label: weights}, scores=dict.fromkeys(LABELS, 0.5))


@pytest.fixture
def report(assessment) -> Report:
    return Report(
        findings=assessment.findings,
        assessments=(assessment,),
        explanations={"ik weet waar je woont": explained("ik weet waar je woont", 1.9, 0.2, 0.0, 0.5, 2.0)},
        files=("scored.parquet",),
        made=MADE,
        doubles=2,
        rejected=3,
        rejects_file="scored.parquet.rejects.csv",
    )


@pytest.fixture
def poisoned_report(poisoned, hostile) -> Report:
    texts = {finding.message.text for finding in poisoned.findings}
    marks = {text: explained(text, *[1.0] * len(re.findall(r"\S+", text))) for text in texts}
    return Report(
        findings=poisoned.findings, assessments=(poisoned,), explanations=marks, files=(hostile,), made=MADE,
        rejected=1, rejects_file=hostile, other_model="",
    )  # fmt: skip


def test_the_page_says_what_a_team_lead_needs(report):
    text = Outline(report_page(report)).text
    for said in (
        "mensen beslissen",
        "Gemaakt op 22 november 2026, 12:00 uit scored.parquet.",
        "4 berichten gelezen",
        "3 met een label, 75%",
        "1 door een mens te bekijken",
        "2 dubbele berichten telden één keer.",
        "3 rijen konden bij het scoren niet worden gelezen; ze staan met hun reden in scored.parquet.rejects.csv.",
        "bedreiging (1)",
        "Kees Zandstra → Samira Blom",
        "62 hoog",
        "dringend: aangifte; aan te raden: bewijs vastleggen",
        "we zien elkaar nog wel",
        "= 62,4",
        "Aangifte bij de politie · dringend · klacht uiterlijk dinsdag 2 juni 2026",
        "Niet elk bericht is strafbaar.",
        "[1] R25",
        "Je kunt dan melden en aangifte doen bij de politie.",
        "Bij 'loopt nog' of 'verwijderd' vervalt: platform om verwijdering vragen",
        "Regels en gewichten: nl 2026-11-22 / 2026.1",
    ):
        assert said in text, said


def test_the_page_speaks_english_too(report):
    page_text = report_page(report, "en")
    text = Outline(page_text).text
    assert '<html lang="en"' in page_text
    for said in ("people decide", "4 messages read", "urgent: police report (aangifte)", "What the model was unsure of", "= 62.4"):
        assert said in text, said
    with pytest.raises(InputError):
        report_page(report, "fr")


def test_the_words_that_counted_are_marked_and_weigh_more_the_more_they_count(report):
    html = report_page(report)
    marks = re.findall(r'<mark class="d(\d)">([^<]*)</mark>', html)
    assert marks[:3] == [("3", "ik"), ("1", "je"), ("3", "woont")]
    assert "met alleen het woord" in html


def test_without_explanations_or_with_another_model_it_says_so(report):
    plain = report_page(msgspec.structs.replace(report, explanations={}))
    assert "<mark" not in plain
    assert "niet gemarkeerd." in plain
    other = report_page(msgspec.structs.replace(report, explanations={}, other_model="nieuw@2"))
    assert "met een ander model gescoord (m) dan er nu is (nieuw@2)" in other


def test_cases_carry_what_the_page_filters_by(report):
    (case,) = [one for one in Outline(report_page(report)).all("details") if one.get("class") == "case"]
    assert (case["data-labels"], case["data-band"], case["data-target"]) == ("threat insult", "high", "0")
    outline = Outline(report_page(report))
    assert [one["name"] for one in outline.all("select")] == ["label", "band", "target"]
    assert {one["value"] for one in outline.all("option")} == {"", *LABELS, "low", "medium", "high", "critical", "0"}
    assert "hidden" in outline.all("form")[0]  # until the script shows it


def test_every_link_on_the_page_leads_somewhere(report):
    outline = Outline(report_page(report))
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    local = [one["href"][1:] for one in outline.all("a") if one["href"].startswith("#")]
    assert set(local) <= ids
    assert len(ids) == sum("id" in attributes for _, attributes in outline.tags)
    assert "s1" in local


def test_nothing_comes_from_elsewhere_and_only_our_own_script_and_style_may_run(report):
    html = report_page(report)
    outline = Outline(html)
    policy = next(one["content"] for one in outline.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    for kind in ("script", "style"):
        digest = b64encode(hashlib.sha256(outline.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not {"link", "img", "iframe", "object", "embed", "video", "audio", "base"} & {tag for tag, _ in outline.tags}
    assert not any(name in ("src", "style", "srcdoc") or name.startswith("on") for _, attributes in outline.tags for name in attributes)
    assert "url(" not in outline.raw["style"]
    assert all(one["rel"] == "noopener noreferrer nofollow" for one in outline.all("a") if one["href"].startswith("http"))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_hostile_data_stays_text(report, poisoned_report, lang):
    html = report_page(poisoned_report, lang)
    outline = Outline(html)
    clean = Outline(report_page(report, lang))
    assert outline.raw == clean.raw
    assert {tag for tag, _ in outline.tags} <= {tag for tag, _ in clean.tags} | {"mark"}
    assert {name for _, attributes in outline.tags for name in attributes} <= {name for _, a in clean.tags for name in a}
    assert all((one["href"] or "").startswith(("#", "http://", "https://")) for one in outline.all("a") if "href" in one)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    html.encode()


def test_a_long_message_is_shown_around_the_words_that_counted(report):
    text = "dag " * 1000 + "ik maak je kapot " + "dag " * 1000
    words = text.split()
    weights = [2.0 if word == "kapot" else 0.0 for word in words]
    found = msgspec.structs.replace(report.findings[0], message=Message(text=text, id="m2"))
    case = msgspec.structs.replace(report.assessments[0], findings=(found,))
    made = msgspec.structs.replace(report, findings=(found,), assessments=(case,), explanations={text: explained(text, *weights)})
    html = report_page(made)
    assert '<mark class="d3">kapot</mark>' in html
    assert "Van 8.017 tekens is een deel getoond." in html
    assert len(html) < 60_000


def test_a_page_of_very_many_cases_is_bounded_and_still_lists_them_all(report, monkeypatch):
    monkeypatch.setattr(page, "MOST_BYTES", 30_000)
    cases = tuple(msgspec.structs.replace(report.assessments[0], case_id=f"2026-{n}") for n in range(40))
    outline = Outline(report_page(msgspec.structs.replace(report, assessments=cases)))
    full = [one for one in outline.all("details") if one.get("class") == "case"]
    lines = [one for one in outline.all("div") if one.get("class") == "case line"]
    assert 0 < len(full) < 10
    assert len(full) + len(lines) == 40
    assert f"De laatste {len(lines)} casussen staan hier niet helemaal maar elk in één regel" in outline.text
    assert "zoeken in de tekst vindt de berichten daarvan niet" in outline.text
    how = "met op de plaats van CASUS de naam die in de regel staat: triage cases scored.parquet --case CASUS"
    before, here, after = outline.text.partition("Vanaf hier staat elke casus in één regel.")
    assert here  # at the place itself, too, for who has scrolled down to it
    assert how in before
    assert how in after
    assert f"Casus 2026-{len(full) - 1}" in before
    assert f"Casus 2026-{len(full)}" in after
    assert "Casus 2026-39" in after
    assert outline.all("output")[0]["data-count"] == "{n} van 40 casussen"


def test_a_report_of_nothing_is_a_page(report):
    empty = msgspec.structs.replace(report, findings=(), assessments=(), explanations={})
    assert "Er zijn geen casussen." in Outline(report_page(empty)).text


def test_a_writer_in_danger_is_named_at_the_top(report):
    found = msgspec.structs.replace(report.findings[0], flags=("self_harm",))
    case = msgspec.structs.replace(report.assessments[0], findings=(found,))
    text = Outline(report_page(msgspec.structs.replace(report, assessments=(case,)))).text
    assert "In casus 1 kan een schrijver zelf in gevaar zijn." in text


def test_counts_of_the_overview(report):
    counted = figures(report)
    assert (counted.messages, counted.harmful, counted.unsure, counted.judged, counted.targets) == (4, 3, 1, 0, 1)
    assert counted.labels == {"insult": 2, "threat": 1, "sexual_harassment": 0}
    assert counted.gravity == {1: 2, 2: 1, 3: 0}
    assert counted.bands == {"low": 0, "medium": 0, "high": 1, "critical": 0}
    assert list(counted.steps) == ["police_report", "preserve_evidence"]


@pytest.mark.parametrize(
    ("last", "unit", "n"),
    [
        ("2026-01-01", "day", 1),
        ("2026-02-28", "day", 59),
        ("2026-06-30", "week", 27),
        ("2030-01-01", "month", 49),
        ("2090-05-05", "year", 65),
    ],
)
def test_the_timeline_has_no_gaps_and_few_periods(last, unit, n):
    found = [
        Finding(message=Message(text="x", sent_at=f"{day}T12:00"), scores={}, labels=("insult", "threat"), intensity=1.0)
        for day in ("2026-01-01", last)
    ]
    over = periods(found)
    assert over is not None
    assert (over.unit, len(over.starts)) == (unit, n)
    assert sum(over.counts["insult"]) == sum(over.counts["threat"]) == 2
    assert sum(over.counts["sexual_harassment"]) == 0
    assert periods(found[:0]) is None


def test_words_are_asked_for_where_they_are_shown_and_the_model_decided(report, assessment):
    assert to_explain(report, 10) == ["ik weet waar je woont", "stelletje prutsers", "wat een prutser ben jij", "we zien elkaar nog wel"]
    assert to_explain(report, 2) == ["ik weet waar je woont", "stelletje prutsers"]
    judged = tuple(msgspec.structs.replace(one, decided_by="person", unsure=False) for one in assessment.findings)
    case = msgspec.structs.replace(assessment, findings=judged)
    assert to_explain(msgspec.structs.replace(report, findings=judged, assessments=(case,)), 10) == []
