"""One case with the places where its messages stood."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from triage.errors import InputError
from triage.labels import LABELS, Classification
from triage.tables import cases_of, score_files, score_table, write_table
from triage.tables.origins import gather_case

EXPORT = """Bericht-ID;Datum;Afzender;Ontvanger;Bericht;Sentiment
1;01-06-2026 10:00;kwaad_konijn;Mirjam;dag mevrouw;neutraal
2;02-06-2026 10:00;kwaad_konijn;Mirjam;! pas maar op;=negatief
3;03-06-2026 10:00;iemand;Mirjam;bedankt;
"""
AGAIN = """Bericht-ID;Datum;Afzender;Ontvanger;Bericht
9;04-06-2026 10:00;iemand;Mirjam;tot ziens
;02-06-2026 10:00;kwaad_konijn;Mirjam;! pas maar op
"""


def classify(texts):
    return [
        Classification(
            scores=dict.fromkeys(LABELS, 0.1),
            labels=("threat",) if text.startswith("!") else (),
            intensity=2.0 if text.startswith("!") else 0.0,
        )
        for text in texts
    ]


@pytest.fixture(params=[".parquet", ".csv", ".jsonl"])
def scored(request, tmp_path):
    for name, text in (("export.csv", EXPORT), ("later.csv", AGAIN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    target = tmp_path / f"scored{request.param}"
    score_files([tmp_path / "export.csv", tmp_path / "later.csv"], target, classify)
    return target


def only_case(scored):
    return cases_of(scored).to_pylist()[0]["case_id"]


def test_every_message_knows_its_file_and_row_in_any_form_of_scored_file(scored):
    gathered = gather_case([scored], only_case(scored))
    assert [one.finding.message.text for one in gathered.members] == ["dag mevrouw", "! pas maar op"]
    assert [sorted((origin.file.rsplit("/")[-1], origin.row) for origin in one.origins) for one in gathered.members] == [
        [("export.csv", 2)],
        [("export.csv", 3), ("later.csv", 3)],
    ]


def test_the_other_columns_of_the_export_come_along_as_they_were(scored):
    origins = gather_case([scored], only_case(scored)).members[1].origins
    columns = next(one.columns for one in origins if one.file.endswith("export.csv"))
    assert columns["Sentiment"] == "=negatief"
    assert not {"threat", "model_labels", "source_row"} & set(columns)


def test_rows_are_counted_over_several_scored_files(tmp_path):
    paths = []
    for number, text in enumerate(("dag", "! pas maar op")):
        row = {"text": text, "author": "a", "target": "b", "sent_at": f"2026-06-0{number + 1}T10:00"}
        paths.append(tmp_path / f"{number}.parquet")
        table = score_table(pa.Table.from_pylist([row]), classify)
        write_table(table.append_column("source_row", pa.array([number + 7])), paths[-1])
    case_id = cases_of(paths).to_pylist()[0]["case_id"]
    assert [one.origins[0].row for one in gather_case(paths, case_id).members] == [7, 8]


def test_all_names_in_the_files_are_known_also_those_of_other_cases(scored):
    assert set(gather_case([scored], only_case(scored)).people) == {"kwaad_konijn", "Mirjam", "iemand"}


def test_a_table_that_was_scored_in_memory_has_no_origins(tmp_path):
    target = tmp_path / "scored.parquet"
    write_table(score_table(pa.table({"text": ["! pas maar op"], "author": ["a"], "target": ["b"]}), classify), target)
    origin = gather_case([target], only_case(target)).members[0].origins[0]
    assert (origin.file, origin.row) == ("", None)


def test_a_row_number_that_is_none_is_left_out(tmp_path):
    target = tmp_path / "scored.parquet"
    table = score_table(pa.table({"text": ["! pas maar op"], "author": ["a"], "target": ["b"]}), classify)
    pq.write_table(table.append_column("source_row", pa.array(["drie"])), target)
    assert gather_case([target], only_case(target)).members[0].origins[0].row is None


@pytest.mark.parametrize("case_id", ["no-such", "", "../../etc", "feb95463ad15\n"])
def test_an_unknown_case_is_one_sentence(scored, case_id):
    with pytest.raises(InputError, match="no case") as error:
        gather_case([scored], case_id)
    assert "case_id" in error.value.nl


def test_a_file_that_was_not_scored_is_named(tmp_path):
    target = tmp_path / "export.csv"
    target.write_text(EXPORT, encoding="utf-8")
    with pytest.raises(InputError, match=r"triage score"):
        gather_case([target], "x")
