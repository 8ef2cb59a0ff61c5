"""Messages become cases: by author and target, as a pile-on, or alone; ids are the same at every run."""

from __future__ import annotations

import csv
import errno
import io
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.case import Facts, Finding, find
from triage.errors import InputError, TriageError
from triage.labels import LABELS
from triage.message import Message
from triage.severity import load_weights
from triage.tables import CASE_SCHEMA, assess_table, case_of, cases_of, score_files, score_table
from triage.tables.scored import batches_of, findings_of
from triage.tables.writing import write_table

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
BURST = load_weights().pile_on


def said(author, hours=0.0, labels=("insult",), target="Piet", **more):
    """A message that a person labelled, so that no model is needed."""
    sent_at = None if hours is None else START + timedelta(hours=hours)
    text = more.pop("text", f"bericht van {author} na {hours} uur")
    return find(Message(text=text, author=author, target=target, sent_at=sent_at, labels=labels, **more), None)


def shape(groups):
    """Per case: how many messages of which authors, the largest first."""
    return [(len(findings), {finding.message.author for finding in findings}) for _, findings in groups]


def test_one_author_toward_one_target_is_one_case(group):
    groups = group([said("Jan"), said("jan ", 50), said("@Jan", 99, ()), said("Jan", 1, target="Els"), said("Kees", 2)])
    assert [len(findings) for _, findings in groups] == [3, 1, 1]
    assert [finding.message.author for finding in groups[0][1]] == ["Jan", "jan ", "@Jan"]


def test_a_case_without_harm_is_none_unless_a_flag_matters(group):
    assert group([said("Jan", labels=())]) == []
    assert len(group([said("Jan", labels=(), flags=("self_harm",))])) == 1
    assert group([said("Jan", labels=(), flags=("weapon",))]) == []


def test_many_authors_on_one_target_are_a_pile_on(group):
    groups = group([said(f"a{n}", n) for n in range(BURST.authors)])
    assert shape(groups) == [(BURST.authors, {f"a{n}" for n in range(BURST.authors)})]


def test_too_few_or_too_slow_or_harmless_or_without_target_is_no_pile_on(group):
    few = [said(f"a{n}") for n in range(BURST.authors - 1)]
    slow = [said(f"a{n}", n * BURST.hours) for n in range(BURST.authors)]
    harmless = [*few, said("laatste", labels=())]
    nobody = [said(f"a{n}", target=None) for n in range(BURST.authors)]
    for findings in (few, slow, harmless, nobody):
        assert {size for size, _ in shape(group(findings))} == {1}


def test_who_goes_on_outside_the_burst_also_has_a_case_of_their_own(group):
    crowd = [said(f"a{n}") for n in range(BURST.authors)]
    groups = group([*crowd, said("a0", 20 * BURST.hours), said("a1", 20 * BURST.hours, labels=())])
    assert shape(groups) == [(BURST.authors, {f"a{n}" for n in range(BURST.authors)}), (2, {"a0"})]


def test_a_long_pile_on_is_one_and_two_apart_are_two(group):
    long = [said(f"a{n}", n * BURST.hours / BURST.authors) for n in range(4 * BURST.authors)]
    assert len(group(long)) == 1
    apart = [said(f"a{n}", start) for start in (0, 10 * BURST.hours) for n in range(BURST.authors)]
    assert [size for size, _ in shape(group(apart))] == [BURST.authors, BURST.authors]


def test_messages_without_an_author(group):
    assert shape(group([said(None, n) for n in range(3)])) == [(3, {None})]
    assert len(group([said("anoniem", 0), said("[deleted]", 100)])) == 2
    assert len(group([said(None, n, target=None) for n in range(3)])) == 3
    assert len(group([said(None, None), said(None, None, text="anders")])) == 2
    assert group([said(None, labels=())]) == []


def test_messages_without_an_author_join_a_pile_on_and_do_not_make_one(group):
    crowd = [said(f"a{n}") for n in range(BURST.authors)]
    assert shape(group([*crowd, said(None, 1)])) == [(BURST.authors + 1, {None, *(f"a{n}" for n in range(BURST.authors))})]
    assert len(group([*crowd[:-1], said(None, 1)])) == BURST.authors


def test_doubles_count_once_and_a_judged_one_is_kept(group):
    scores = dict.fromkeys(LABELS, 0.9)
    unjudged = Finding(message=Message(text="x", author="Jan", target="Piet", sent_at=START), scores=scores, labels=LABELS, intensity=3.0)
    [(_, findings)] = group([unjudged, said("Jan", text="x"), said("Jan", text="x", platform="fb")])
    assert [finding.labels for finding in findings] == [("insult",)]


AUTHORS = st.sampled_from([None, "Jan", "jan", "Kees", "Anna", "Bo", "Cor", "anoniem"])
FINDINGS = st.lists(
    st.builds(
        said,
        AUTHORS,
        st.one_of(st.none(), st.integers(0, 300).map(float)),
        st.sampled_from([(), ("insult",), ("threat",)]),
        st.sampled_from([None, "Piet", "Els"]),
        text=st.integers(0, 50).map(str),
    ),
    max_size=40,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FINDINGS, st.randoms(use_true_random=False))
def test_every_harmful_message_is_in_a_case_whatever_the_order(group, findings, random):
    groups = group(findings)
    kept = {finding.message.text for _, of_case in groups for finding in of_case}
    assert {finding.message.text for finding in findings if finding.harmful} <= kept
    assert len({case_id for case_id, _ in groups}) == len(groups)
    assert all(any(finding.harmful for finding in of_case) for _, of_case in groups)
    shuffled = random.sample(findings, len(findings))
    distinct = {(f.message.text, f.message.author, f.message.target, f.message.sent_at) for f in findings}
    if len(distinct) == len(findings):
        assert {case_id for case_id, _ in group(shuffled)} == {case_id for case_id, _ in groups}


def test_ids_hold_no_name_and_stay_when_messages_are_added(group):
    [(before, _)] = group([said("Jan")])
    [(after, _)] = group([said("Jan", -900), said("Jan"), said("Jan", 900)])
    assert before == after
    assert "jan" not in before.lower()


EXPORT = (
    "nr;datum;afzender;medewerker;bericht;oordeel\n"
    "1;1-3-2026 10:00;Jan;Piet;pas maar op;\n"
    "2;2-3-2026 10:00;Jan;Piet;=prutser;\n"
    "3;3-3-2026 10:00;Els;Piet;prutser;geen\n"
    "4;3-3-2026 11:00;Kim;Piet;lekker ding;bedreiging\n"
)


@pytest.mark.parametrize("name", ["scored.parquet", "scored.csv", "scored.jsonl"])
def test_from_export_to_ranked_cases(tmp_path, classify, name):
    (tmp_path / "a.csv").write_text(EXPORT)
    score_files([tmp_path / "a.csv"], tmp_path / name, classify)
    cases = cases_of(tmp_path / name)
    assert cases.schema == CASE_SCHEMA
    rows = cases.to_pylist()
    assert [(row["authors"], row["labels"], row["gravest"], row["messages"], row["harmful"]) for row in rows] == [
        (["Jan"], ["insult", "threat"], "threat", 2, 2),
        (["Kim"], ["threat"], "threat", 1, 1),
    ]
    assert rows[0]["severity"] >= rows[1]["severity"]
    assert rows[0]["severity_low"] <= rows[0]["severity"] <= rows[0]["severity_high"]
    assert rows[0]["police"] in rows[0]["suggestions"]
    assert len(rows[0]["strengths"]) == len(rows[0]["suggestions"])
    assert (rows[0]["first"], rows[0]["last"], rows[0]["active_days"]) == (START, START + timedelta(days=1), 2)
    assert rows[0]["model"] == "woorden@1"
    assessment = case_of(tmp_path / name, rows[0]["case_id"])
    assert assessment.severity == rows[0]["severity"]
    assert [finding.message.text for finding in assessment.findings] == ["pas maar op", "=prutser"]


def test_the_same_cases_from_a_table_in_memory(tmp_path, classify):
    (tmp_path / "a.csv").write_text(EXPORT)
    score_files([tmp_path / "a.csv"], tmp_path / "scored.parquet", classify)
    table = pa.table(
        {"id": ["1", "2"], "text": ["pas maar op", "=prutser"], "author": ["Jan"] * 2, "target": ["Piet"] * 2, "tijd": [START, START]}
    )
    cases = assess_table(score_table(table, classify))
    assert cases.column("case_id")[0] == cases_of(tmp_path / "scored.parquet").column("case_id")[0]


def test_one_case_of_a_frame_of_any_kind_is_that_of_the_file(tmp_path, classify):
    (tmp_path / "a.csv").write_text(EXPORT)
    path = tmp_path / "scored.parquet"
    score_files([tmp_path / "a.csv"], path, classify)
    table = pq.read_table(path)
    case_id = cases_of(path).column("case_id")[0].as_py()
    known = Facts(impact="high")
    for frame in (table, table.to_pandas(), pl.from_arrow(table)):
        assert case_of(frame, case_id, facts=known) == case_of([path], case_id, facts=known)


def test_a_frame_without_scores_or_without_the_case_is_refused(classify):
    with pytest.raises(InputError, match="triage score"):
        case_of(pl.DataFrame({"text": ["hoi"]}), "weg")
    with pytest.raises(InputError, match="no case"):
        case_of(score_table(pl.DataFrame({"text": ["prutser"]}), classify), "weg")


def test_overlapping_exports_count_once_and_equal_numbers_do_not_clash(tmp_path, classify):
    (tmp_path / "a.csv").write_text(EXPORT)
    (tmp_path / "b.csv").write_text(EXPORT.replace("oordeel", "oordeel;views").replace("\n", ";9\n").replace("views;9", "views"))
    (tmp_path / "c.csv").write_text("nr;datum;afzender;medewerker;bericht\n1;9-3-2026 10:00;Jan;Piet;wat een prutser\n")
    paths = [tmp_path / f"{name}.parquet" for name in "abc"]
    for path in paths:
        score_files([path.with_suffix(".csv")], path, classify)
    assert cases_of(paths[:2]).column("messages").to_pylist() == [2, 1]
    assert cases_of(paths).column("messages").to_pylist() == [3, 1]


def test_ids_that_a_spreadsheet_rounded_are_no_ids(classify):
    table = pa.table({"id": ["1,78E+18", "1,78E+18"], "text": ["prutser", "prutser dus"], "author": ["Jan", "Jan"]})
    assert assess_table(score_table(table, classify)).column("messages").to_pylist() == [2]


def test_what_was_not_scored_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text(EXPORT)
    with pytest.raises(InputError, match="triage score"):
        cases_of(tmp_path / "a.csv")
    with pytest.raises(InputError, match="triage score"):
        assess_table(pa.table({"text": ["hoi"]}))


def test_model_columns_that_were_changed_are_refused(classify):
    scored = score_table(pa.table({"text": ["hoi"]}), classify)
    place = scored.schema.get_field_index("threat")
    with pytest.raises(InputError, match="score the messages again"):
        assess_table(scored.set_column(place, "threat", pa.array(["hoog"])))


def test_an_unknown_case_is_refused(tmp_path, classify):
    (tmp_path / "a.csv").write_text(EXPORT)
    score_files([tmp_path / "a.csv"], tmp_path / "scored.parquet", classify)
    with pytest.raises(InputError, match="no case"):
        case_of(tmp_path / "scored.parquet", "weg")


def test_no_cases_is_an_empty_table(classify):
    table = assess_table(score_table(pa.table({"text": ["hoi"]}), classify))
    assert (table.num_rows, table.schema) == (0, CASE_SCHEMA)


def scored_csv(folder, classify):
    table = score_table(pa.table({"text": ["pas maar op", "dag"], "author": ["Jan", "Els"]}), classify)
    write_table(table, folder / "a.csv")
    return (folder / "a.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("intensity", "9", "row 2, column intensity"),
        ("labels", "onzin", "row 2, column labels"),
        ("sent_at", "ooit", "row 2, column sent_at"),
        ("threat", "1,7", "row 2, column threat"),
        ("model_intensity", "4", "row 2, column model_intensity"),
        ("needs_review", "misschien", "row 2, column needs_review"),
    ],
)
def test_a_scored_file_with_a_broken_value_is_refused(tmp_path, classify, column, value, says):
    rows = list(csv.reader(io.StringIO(scored_csv(tmp_path, classify)), delimiter=";"))
    rows[1][rows[0].index(column)] = value
    with (tmp_path / "b.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    with pytest.raises(InputError, match=says) as caught:
        cases_of(tmp_path / "b.csv")
    assert "b.csv" in caught.value.nl


def test_a_scored_file_with_a_broken_row_is_refused(tmp_path, classify):
    (tmp_path / "b.csv").write_text(scored_csv(tmp_path, classify) + "los;te;kort\n")
    with pytest.raises(InputError, match="row 4"):
        cases_of(tmp_path / "b.csv")
    write_table(score_table(pa.table({"text": ["hoi", "dag"]}), classify), tmp_path / "c.jsonl")
    (tmp_path / "c.jsonl").write_text((tmp_path / "c.jsonl").read_text() + '{"text": "pas')
    with pytest.raises(InputError, match="row 3"):
        cases_of(tmp_path / "c.jsonl")


def only_finding(scored):
    [batch] = batches_of(scored)
    [finding] = findings_of(batch)
    return finding


@pytest.mark.parametrize(("word", "unsure"), [("WAAR", True), ("onwaar", False), ("nee", False), ("1", True), ("0", False), ("", True)])
def test_what_a_spreadsheet_makes_of_needs_review(classify, word, unsure):
    scored = score_table(pa.table({"text": ["hoi"]}), classify)
    place = scored.schema.get_field_index("needs_review")
    assert only_finding(scored.set_column(place, "needs_review", pa.array([word]))).unsure is unsure
    assert only_finding(scored.remove_column(place)).unsure


def test_no_room_for_temporary_files_is_one_sentence(classify, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_batch", full)
    with pytest.raises(TriageError, match="set TMPDIR to another folder"):
        assess_table(score_table(pa.table({"text": ["prutser"]}), classify))
