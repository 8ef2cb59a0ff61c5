"""Whatever an assessment holds, a report of it can be made."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.assessment import Assessment, Contribution, Frequency, OpenQuestion, Reach, Reason, Severity, Suggestion
from triage.case import Facts, Finding
from triage.labels import FLAGS, LABELS
from triage.language import Text
from triage.message import Message
from triage.report.html import assessment_html
from triage.report.plain import cells
from triage.report.text import assessment_text

texts = st.text(st.characters() | st.sampled_from("\x1b\u202e\n<&\"'{}[]"), max_size=25)
some_texts = st.none() | texts
keys = st.sampled_from(["m1", "m2", "m3"])
grounds = keys.map("message:{}".format) | st.sampled_from(["fact:impact", "fact:unknown", "fact:__class__", "fact:reach", ""]) | texts
points, counts = st.floats(0, 100), st.integers(0, 10**12)
words = st.builds(Text, nl=texts, en=texts)

messages = st.builds(
    Message,
    text=texts,
    id=keys,
    sent_at=st.none() | st.datetimes(datetime(1900, 1, 2), datetime(2199, 1, 1)),
    author=some_texts,
    target=some_texts,
    platform=some_texts,
    views=st.none() | counts,
    shares=st.none(),
    followers=st.none(),
    url=some_texts,
    intensity=st.none(),
)
findings = st.builds(
    Finding,
    message=messages,
    scores=st.just({}),
    labels=st.lists(st.sampled_from(LABELS), unique=True).map(tuple),
    flags=st.lists(st.sampled_from(FLAGS), unique=True).map(tuple),
    intensity=st.floats(0, 3),
)
assessments = st.builds(
    Assessment,
    jurisdiction=st.sampled_from(["nl", "be"]),
    score=st.builds(
        Severity,
        value=points,
        low=points,
        high=points,
        contributions=st.lists(st.builds(Contribution, points=points, low=points, high=points, reason=words), max_size=3).map(tuple),
    ),
    reach=st.builds(Reach, people=st.none() | counts, low=counts, high=counts, basis=words),
    frequency=st.builds(Frequency, messages=counts, harmful=counts, active_days=counts, last_30_days=counts),
    suggestions=st.lists(
        st.builds(
            Suggestion,
            title=words,
            reasons=st.lists(st.builds(Reason, text=words, rests_on=st.lists(grounds, max_size=6).map(tuple)), max_size=3).map(tuple),
            actions=st.lists(words, max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    open_questions=st.lists(st.builds(OpenQuestion, about=grounds, question=words), max_size=2).map(tuple),
    findings=st.lists(findings, max_size=7).map(tuple),
    facts=st.builds(Facts, reach=st.none() | counts, frequency=st.none() | counts),
    rules=texts,
    case_id=some_texts,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(assessments, st.sampled_from(["nl", "en"]))
def test_a_report_of_any_assessment_can_be_printed(assessment, lang):
    text = assessment_text(assessment, lang)
    text.encode()
    assert {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n", "\u200d"}
    assert all(cells(line) <= 88 for line in text.splitlines())
    assessment_html(assessment, lang).encode()
