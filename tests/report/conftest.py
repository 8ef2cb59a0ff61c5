"""One assessment with everything a report can show, in both languages."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from triage.assessment import (
    Assessment,
    Contribution,
    Effect,
    Frequency,
    OpenQuestion,
    Reach,
    Reason,
    Severity,
    Source,
    Suggestion,
)
from triage.case import Facts, Finding
from triage.language import Text
from triage.message import Message

HOSTILE = (
    "<script>alert(1)</script>",
    "</details></div><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "'><svg/onload=alert(1)>",
    "&lt;b&gt; &#106;",
    "javascript:alert(1)",
    "\x1b[2J\x1b]0;overgenomen\x07rood \x1b[31m",
    "\x9b31mcsi \x90dcs",
    "links\u202esthcer\u202c \u2066geïsoleerd\u2069 \u200f\u061c",
    "regel een\r\nregel twee\u2028regel drie\x0bvier\tvijf",
    "\x00nul\x7fdel\x08\x08terug",
    "z" + "\u0300" * 40 + "algo",
    "[bold red]opmaak[/] {name} {0} %s :smile:",
    "half \ud800 teken",
)


DATA = {"nl", "en", "text", "author", "target", "url", "id", "case_id", "rules", "quote", "answer"}


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> str:
    """One text made to break out of a report."""
    return request.param


@pytest.fixture
def poisoned(assessment: Assessment, hostile: str) -> Assessment:
    """The assessment with that text in every place that comes from outside."""

    def poison(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: poison(inner, key) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [poison(inner) for inner in value]
        return hostile if name in DATA and isinstance(value, str) else value

    return Assessment.from_dict(poison(assessment.to_dict()))


def finding(number: int, text: str, labels: tuple[str, ...], intensity: float, **known: object) -> Finding:
    given = {"author": "Kees Zandstra", "target": "Samira Blom", "url": f"https://example.org/{number}", **known}
    unsure = bool(given.pop("unsure", False))
    flags = given.pop("flags", ())
    message = Message(text=text, id=f"m{number}", sent_at=datetime(2026, 3, number, 21, 40), **given)
    return Finding(message=message, scores={}, labels=labels, intensity=intensity, flags=flags, unsure=unsure, model="m")


@pytest.fixture
def assessment() -> Assessment:
    guidance = Text(nl="Handreiking online agressie", en="Guidance on online aggression")
    as_of = date(2026, 11, 22)
    return Assessment(
        kind="single",
        jurisdiction="nl",
        case_id="2026-014",
        rules="nl 2026-11-22 / 2026.1",
        score=Severity(
            value=62.4,
            low=48.2,
            high=71.3,
            band="high",
            contributions=(
                Contribution(
                    component="content",
                    points=47.5,
                    low=41.0,
                    high=52.0,
                    reason=Text(nl="Het zwaarste bericht.", en="The gravest message."),
                ),
                Contribution(component="reach", points=5.9, low=3.8, high=8.0, reason=Text(nl="1.200 mensen.", en="1,200 people.")),
                Contribution(
                    component="impact", points=9.0, low=9.0, high=9.0, reason=Text(nl="De impact is merkbaar.", en="The impact is medium.")
                ),
            ),
        ),
        reach=Reach(people=1200, low=400, high=5000, basis=Text(nl="Schatting uit: volgers.", en="Estimated from: followers."), guess=True),
        frequency=Frequency(
            messages=4,
            harmful=3,
            active_days=3,
            span_days=4.0,
            per_week=5.2,
            last_30_days=3,
            first=datetime(2026, 3, 2, 21, 40),
            last=datetime(2026, 3, 6, 21, 40),
        ),
        suggestions=(
            Suggestion(
                step="preserve_evidence",
                strength="advised",
                title=Text(nl="Leg bewijs vast", en="Preserve the evidence"),
                reasons=(
                    Reason(text=Text(nl="Berichten kunnen verdwijnen.", en="Messages can vanish."), rule="R6", rests_on=("message:m2",)),
                ),
                sources=(Source(id="R6", title=guidance, quote="Leg bewijs vast.", confidence="sourced", as_of=as_of),),
                actions=(Text(nl="Maak een schermafbeelding.", en="Take a screenshot."),),
            ),
            Suggestion(
                step="police_report",
                strength="urgent",
                title=Text(nl="Aangifte bij de politie", en="Police report"),
                reasons=(
                    Reason(
                        text=Text(nl="Dit kan een bedreiging zijn.", en="This may be a threat."),
                        rule="R25",
                        rests_on=("fact:perpetrator_known", "message:m2", "message:m3", "message:m6"),
                    ),
                ),
                sources=(
                    Source(
                        id="R25",
                        title=guidance,
                        quote="Je kunt dan melden en aangifte doen bij de politie.",
                        confidence="sourced",
                        as_of=as_of,
                    ),
                    Source(
                        id="art. 285 Sr", title=Text(nl="Art. 285 Sr", en="Art. 285 Criminal Code"), confidence="secondary", as_of=as_of
                    ),
                    Source(
                        id="art. 284 Sr", title=Text(nl="Art. 284 Sr", en="Art. 284 Criminal Code"), confidence="unverified", as_of=as_of
                    ),
                ),
                actions=(Text(nl="Maak een schermafbeelding.", en="Take a screenshot."), Text(nl="Bel 0900-8844.", en="Call 0900-8844.")),
                cautions=(Text(nl="Niet elk bericht is strafbaar.", en="Not every message is an offence."),),
                deadline=date(2026, 6, 2),
                deadline_note=Text(nl="Drie maanden voor een klacht.", en="Three months for a complaint."),
            ),
        ),
        open_questions=(
            OpenQuestion(
                about="fact:removal_status",
                question=Text(nl="Is het platform om verwijdering gevraagd?", en="Has the platform been asked to remove it?"),
                effects=(
                    Effect(answer="refused", adds=("summary_proceedings_platform",), drops=("ask_platform_to_remove",)),
                    Effect(answer="pending", drops=("ask_platform_to_remove",)),
                    Effect(answer="removed", drops=("ask_platform_to_remove",)),
                ),
            ),
            OpenQuestion(
                about="message:m5",
                question=Text(nl="Bericht m5: is dit een bedreiging?", en="Message m5: is this a threat?"),
                effects=(Effect(answer="threat", strengthens=("police_report",)),),
            ),
        ),
        findings=(
            finding(2, "ik weet waar je woont", ("threat",), 2.4, flags=("time_or_place",)),
            finding(3, "wat een prutser ben jij", ("insult",), 1.0),
            finding(5, "we zien elkaar nog wel", (), 0.0, unsure=True),
            finding(6, "stelletje prutsers", ("insult",), 1.1),
        ),
        facts=Facts(perpetrator_known=True, impact="medium", known_since=date(2026, 3, 2)),
    )
