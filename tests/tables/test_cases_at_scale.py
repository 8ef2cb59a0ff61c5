"""The cases of the engine are those that a plain program in memory finds, row by row, and the outline of a case is its assessment."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from triage.assess import assess, outline
from triage.case import Facts, find
from triage.labels import LABELS, primary
from triage.message import HOME_ZONE, Message, unique
from triage.policy import load_rules
from triage.severity import load_weights
from triage.severity.weights import PileOn
from triage.tables import CASE_SCHEMA, assess_table, ranked_cases, read_scored, whole_cases
from triage.tables.cases import load_case_rules, person
from triage.tables.crowds import Received, place_crowds
from triage.tables.keys import with_keys
from triage.tables.scored import SCORED_SCHEMA, batches_of, findings_of

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
RULES = load_case_rules()
PILE_ON = PileOn(authors=3, hours=72)  # so that there are some in small tables
WEIGHTS = msgspec.structs.replace(load_weights(), pile_on=PILE_ON)
NEVER = datetime.max.replace(tzinfo=UTC)


# --- A plain program in memory ---------------------------------------------------------------------------------------------------


def name_of(what):
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


def plain_rows(table, jurisdiction):
    """The rows of the cases, the most severe first."""
    findings = [finding for batch in batches_of(table) for finding in findings_of(batch)]
    digests = [digest for batch in batches_of(table) for digest in with_keys(batch, 0, RULES).column("digest").to_pylist()]
    findings = without_doubles(with_sound_ids([with_known_names(finding) for finding in findings]), digests)
    names = Counter()
    rows = []
    for what, members in sorted(groups_of(findings), key=begins):
        names[what] += 1
        case_id = name_of(what) if names[what] == 1 else f"{name_of(what)}-{names[what]}"
        rows.append(row_of(assess(members, Facts(), jurisdiction, case_id=case_id, weights=WEIGHTS)))
    return sorted(rows, key=lambda row: (-row["severity"], -row["severity_high"], row["case_id"]))


def begins(group):
    first = group[1][0]
    return when(first)[0], first.message.target is not None, first.message.target or ""


def with_known_names(finding):
    message = finding.message
    author = None if person(message.author) is None else message.author
    id = None if message.id in ("1,78E+18", "1.5e20", "٣E٤") else message.id
    return msgspec.structs.replace(finding, message=msgspec.structs.replace(message, author=author, id=id))


def with_sound_ids(findings):
    by_id = defaultdict(list)
    for finding in findings:
        by_id[finding.message.id].append(finding.message)
    unsound = {
        id
        for id, messages in by_id.items()
        for one, other in combinations(messages, 2)
        if one.text != other.text and (one.author, one.sent_at) != (other.author, other.sent_at)
    }
    return [
        msgspec.structs.replace(one, message=msgspec.structs.replace(one.message, id=None)) if one.message.id in unsound else one
        for one in findings
    ]


def without_doubles(findings, digests):
    """Of doubles the one that a person judged, or else the gravest, or else the most seen; what is left is an agreed draw."""

    def worst_last(place):
        one, views = findings[place], findings[place].message.views
        return one.decided_by != "person", -one.intensity, views is None, -(views or 0), digests[place]

    best_first = [findings[place] for place in sorted(range(len(findings)), key=worst_last)]
    kept = {id(message) for message in unique([one.message for one in best_first])}
    return [one for one in findings if id(one.message) in kept]


def groups_of(findings):
    """Each case as what its id is made from, with its findings in the order of time."""
    by_target = defaultdict(list)
    for finding in sorted(findings, key=when):
        by_target[person(finding.message.target)].append(finding)
    for target, received in by_target.items():
        in_bursts = set()
        for burst in bursts_of(received, PILE_ON) if target is not None else ():
            in_bursts |= {id(one) for one in burst}
            yield ("burst", target, day(burst[0])), burst
        by_author = defaultdict(list)
        for finding in received:
            by_author[person(finding.message.author)].append(finding)
        loose = [one for one in by_author.pop(None, []) if matters(one) and id(one) not in in_bursts]
        for author, sent in by_author.items():
            if any(matters(one) and id(one) not in in_bursts for one in sent):
                yield ("author", author, target), sent
        for together in windows_of(loose) if target is not None else ([one] for one in loose):
            alone = target is None or together[0].message.sent_at is None
            yield ("message", together[0].message.key) if alone else ("unknown", target, day(together[0])), together


def bursts_of(received, pile_on):
    timed = [one for one in received if one.harmful and one.message.sent_at is not None]
    bursts, taken = [], 0
    for last, finding in enumerate(timed):
        since = when(finding)[0] - timedelta(hours=pile_on.hours)
        first = next(place for place, one in enumerate(timed) if when(one)[0] >= since)
        authors = {person(one.message.author) for one in timed[first : last + 1]} - {None}
        if len(authors) < pile_on.authors:
            continue
        if first < taken:
            bursts[-1] += timed[taken : last + 1]
        else:
            bursts.append(timed[first : last + 1])
        taken = last + 1
    return bursts


def windows_of(findings):
    windows = []
    for finding in findings:
        begun = windows[-1][0].message.sent_at if windows else None
        sent_at = finding.message.sent_at
        if begun and sent_at and sent_at - begun <= timedelta(hours=RULES.unknown_author_hours):
            windows[-1].append(finding)
        else:
            windows.append([finding])
    return windows


def matters(finding):
    return finding.harmful or bool(set(finding.flags) & set(RULES.flags))


def when(finding):
    return finding.message.sent_at or NEVER, finding.message.key


def day(finding):
    return when(finding)[0].astimezone(HOME_ZONE).date().isoformat()


def row_of(made):
    findings, steps = made.findings, {one.step: one.strength for one in made.suggestions}
    labels = [label for label in LABELS if any(label in one.labels for one in findings)]
    police = [step for step in ("emergency_call", "police_report", "police_notification") if step in steps]
    return {
        "case_id": made.case_id,
        "kind": made.kind,
        "target": next((one.message.target for one in findings if one.message.target), None),
        "authors": list(dict.fromkeys(one.message.author for one in findings if one.message.author)),
        "messages": made.frequency.messages,
        "harmful": made.frequency.harmful,
        "first": made.frequency.first,
        "last": made.frequency.last,
        "active_days": made.frequency.active_days,
        "reach": made.reach.people,
        "severity": made.severity,
        "severity_low": made.score.low,
        "severity_high": made.score.high,
        "band": made.score.band,
        "labels": labels,
        "gravest": primary(labels),
        "police": max(police, key=lambda step: ("consider", "advised", "urgent").index(steps[step]), default=None),
        "suggestions": list(steps),
        "strengths": list(steps.values()),
        "open_questions": len(made.open_questions),
        "open_about": [question.about for question in made.open_questions],
        "needs_review": sum(one.unsure for one in findings),
        "model": ", ".join(sorted({one.model for one in findings if one.model})) or None,
    }


# --- Random tables ---------------------------------------------------------------------------------------------------------------

SCORES = [0.0, 0.1, 0.3, 0.5, 0.77, 0.9, 1.0]
AUTHORS = [None, "Jan", " @jan", "JAN", "Ｊａｎ", "anoniem", "[deleted]", "Kees", "Anna", "Bo", "Cor", "Dirk\n", "é", "e\u0301"]
TARGETS = [None, "Piet", "Piet", "piet ", "Els", "onbekend"]
ODD_IDS = [None, "1", "2", "1,78E+18", "1.5e20", "é", "E1", "m-1E5", "٣E٤"]
ODD_TEXTS = ["a", " a", "a ", "😀", "\u00a0a", "x" * 300]


def random_row(rng):
    labels = rng.choice([(), (), (), ("insult",), ("insult",), ("threat",), ("sexual_harassment", "threat"), LABELS])
    judged, number = rng.random() < 0.2, rng.randrange(200)
    return {
        "id": str(number) if rng.random() < 0.6 else rng.choice(ODD_IDS),
        "text": f"bericht {number}" if rng.random() < 0.7 else rng.choice(ODD_TEXTS),
        "sent_at": rng.choice([None, *(START + timedelta(hours=hours) for hours in (0, 0, 1, 24, 25, 71, 72, 73, 145, 2000))]),
        "author": rng.choice(AUTHORS),
        "target": rng.choice(TARGETS),
        "platform": rng.choice([None, "facebook", "brief"]),
        "visibility": rng.choice([None, "direct", "group", "public"]),
        "views": rng.choice([None, None, 0, 999, 1000, 10**12]),
        "shares": rng.choice([None, None, 3]),
        "followers": rng.choice([None, None, 500]),
        "url": rng.choice([None, None, "https://x.example"]),
        "labels": rng.choice([[], ["insult"], ["threat", "insult"]]) if judged else None,
        "intensity": rng.choice([None, 0.0, 1.5, 3.0]) if judged else None,
        "flags": rng.choice([None, None, None, [], ["self_harm"], ["weapon", "extortion"]]),
        **{label: rng.choice(SCORES) for label in LABELS},
        "model_labels": list(labels),
        "model_intensity": rng.choice([0.4, 1.5, 2.5, 3.0]) if labels else 0.0,
        "model_flags": rng.choice([[], [], [], ["self_harm"], ["personal_data"], ["weapon", "children"]]),
        "needs_review": rng.random() < 0.2,
        "review_reasons": [],
        "model": rng.choice(["m@1", "m@2", None]),
        "windows": 1,
    }


def random_table(rng):
    rows = [random_row(rng) for _ in range(rng.choice([0, 1, 4, 25, 60]))]
    rows += [{**row, "platform": "again"} if rng.random() < 0.5 else row for row in rows if rng.random() < 0.3]  # exported again
    rng.shuffle(rows)
    return pa.Table.from_pylist(rows, SCORED_SCHEMA)


def ranked(messages, jurisdiction):
    with ranked_cases(messages, jurisdiction, weights=WEIGHTS) as cases:
        assert cases.top(2).to_pylist() == pa.Table.from_batches(cases.batches(), CASE_SCHEMA).to_pylist()[:2]
        return pa.Table.from_batches(cases.batches(), CASE_SCHEMA).to_pylist()


@settings(max_examples=12, phases=[Phase.generate])  # a smaller seed is no smaller table
@given(st.integers(0, 2**32), st.sampled_from(["nl", "be"]))
def test_the_engine_finds_what_a_plain_program_finds(seed, jurisdiction):
    table = random_table(random.Random(seed))
    assert ranked(batches_of(table), jurisdiction) == plain_rows(table, jurisdiction)


def test_the_same_from_files_in_parts(tmp_path):
    rng = random.Random(3)
    tables = [random_table(rng) for _ in range(4)]
    for place, table in enumerate(tables):
        pq.write_table(table, tmp_path / f"{place}.parquet", row_group_size=7)
    messages = read_scored([tmp_path / f"{place}.parquet" for place in range(4)])
    assert ranked(messages, "nl") == plain_rows(pa.concat_tables(tables), "nl")


def test_a_chain_of_doubles_is_undone_link_by_link():
    """Each message shares its id with the one before it and its content with the one after it, so every second one is a double."""
    row = random_row(random.Random(1)) | {"author": "Jan", "sent_at": START, "labels": ["threat"], "target": "Piet"}
    chain = [{**row, "id": str((place + 1) // 2), "text": str(place // 2), "intensity": 3 - place / 100} for place in range(16)]
    table = pa.Table.from_pylist(chain, SCORED_SCHEMA)
    assert assess_table(table).column("messages").to_pylist() == [8]
    assert ranked(batches_of(table), "nl") == plain_rows(table, "nl")


# --- Its parts -------------------------------------------------------------------------------------------------------------------

HARMFUL = st.tuples(st.none() | st.integers(0, 400), st.none() | st.sampled_from("abcdef"), st.booleans())


@given(st.lists(HARMFUL, max_size=40), st.integers(2, 4), st.sampled_from([0.5, 24, 72]))
def test_bursts_are_found_in_one_pass(sent, authors, hours):
    sent = sorted(sent, key=lambda one: (one[0] is None, one[0] or 0))
    found = [
        said(place, None if hour is None else START + timedelta(hours=hour), author, harmful)
        for place, (hour, author, harmful) in enumerate(sent)
    ]
    received = [
        Received(place, "piet", None if hour is None else hour * 3_600_000_000, author, harmful)
        for place, (hour, author, harmful) in enumerate(sent)
    ]
    pile_on = PileOn(authors=authors, hours=hours)
    placed = list(place_crowds(received, pile_on, RULES.unknown_author_hours))
    by_case = defaultdict(list)
    for one in placed:
        by_case[one.kind, one.case].append(one.row)
    bursts = [[int(one.message.id) for one in burst] for burst in bursts_of(found, pile_on)]
    assert [rows for (kind, _), rows in by_case.items() if kind == "burst"] == bursts
    in_bursts = {row for burst in bursts for row in burst}
    loose = windows_of([one for one in found if one.message.author is None and int(one.message.id) not in in_bursts])
    assert [rows for (kind, _), rows in by_case.items() if kind != "burst"] == [
        [int(one.message.id) for one in together] for together in loose
    ]


def said(place, sent_at, author, harmful):
    labels = ("insult",) if harmful else ()
    message = Message(text="x", id=f"{place:03}", sent_at=sent_at, author=author, target="piet", labels=labels, flags=["self_harm"])
    return find(message, None)


@settings(max_examples=20, phases=[Phase.generate])
@given(st.integers(0, 2**32))
def test_messages_are_weighed_as_findings_are(seed):
    rng = random.Random(seed)
    table = pa.Table.from_pylist([random_row(rng) | rng.choice([{}, {}, UNSCORED]) for _ in range(30)], SCORED_SCHEMA)
    [batch] = batches_of(table)
    keyed = with_keys(batch, 0, RULES)
    findings = findings_of(batch)
    assert keyed.column("harmful").to_pylist() == [one.harmful for one in findings]
    assert keyed.column("gravity").to_pylist() == [one.intensity for one in findings]
    assert keyed.column("judged").to_pylist() == [one.decided_by == "person" for one in findings]
    assert keyed.column("matters").to_pylist() == [matters(one) for one in findings]


UNSCORED = {"labels": ["insult"], **dict.fromkeys(LABELS), "model_intensity": None, "model_flags": ["extortion"]}


@given(st.lists(st.integers(1, 9), max_size=6), st.lists(st.integers(0, 9), max_size=6))
def test_cases_are_never_cut(sizes, parts):
    """However messages fall into batches, a case comes whole."""
    cases = [name for name, size in zip("abcdef", sizes, strict=False) for _ in range(size)]
    batches, begin = [], 0
    for part in [*parts, len(cases)]:
        batches.append(pa.RecordBatch.from_pydict({"case_id": pa.array(cases[begin : begin + part], pa.string())}))
        begin += part
    whole = [part.column("case_id").to_pylist() for part in whole_cases(batches)]
    assert [case for part in whole for case in part] == cases
    assert sum(len(set(part)) for part in whole) == len(sizes[:6])


def test_the_outline_of_a_case_is_its_assessment():
    rng = random.Random(5)
    weights = load_weights()
    for number in range(100):
        rows = [random_row(rng) for _ in range(rng.choice([1, 1, 2, 5, 9]))]
        findings = [one for batch in batches_of(pa.Table.from_pylist(rows, SCORED_SCHEMA)) for one in findings_of(batch)]
        facts = Facts(
            impact=rng.choice([None, "low", "high"]),
            perpetrator_known=rng.choice([None, True]),
            target_is_official=rng.choice([None, True, False]),
            removal_status=rng.choice([None, "refused"]),
            frequency=rng.choice([None, 5]),
            reach=rng.choice([None, 5000]),
            known_since=rng.choice([None, START.date()]),
        )
        jurisdiction = rng.choice(["nl", "be"])
        made, whole = outline(findings, facts, load_rules(jurisdiction), weights), assess(findings, facts, jurisdiction)
        assert (made.severity, made.severity_low, made.severity_high, made.band) == (
            whole.severity, whole.score.low, whole.score.high, whole.score.band,
        ), number  # fmt: skip
        assert list(made.steps.items()) == [(one.step, one.strength) for one in whole.suggestions], number
        assert list(made.open_about) == [one.about for one in whole.open_questions], number
        assert (made.kind, made.reach, made.frequency) == (whole.kind, whole.reach, whole.frequency), number
