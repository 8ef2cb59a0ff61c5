"""CSV as it comes: delimiters, encodings, quotes that do not match, rows that do not fit."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables import delimited
from triage.tables.delimited import read_records
from triage.tables.reading import read_messages
from triage.tables.rejects import (
    BAD_TIME,
    BROKEN_QUOTES,
    CUT_OFF,
    NEGATIVE,
    NO_TEXT,
    NUL_REMOVED,
    OTHER_ENCODING,
    STRAY_QUOTE,
    TOO_FEW_FIELDS,
    TOO_MANY_FIELDS,
    Rejects,
)


@pytest.fixture
def read(tmp_path):
    """Write bytes or text to a file, and give its rows and what was rejected."""

    def reader(content, **options):
        path = tmp_path / "export"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        rejects = Rejects()
        rows = [row for batch in read_messages(path, rejects=rejects, **options) for row in batch.to_pylist()]
        return rows, rejects

    return reader


def texts(rows):
    return [row["text"] for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(read, delimiter):
    rows, rejects = read(
        delimiter.join(["Datum", "Bericht", "Naam"])
        + "\n"
        + delimiter.join(["1-3-2026", "hoi, jij; daar", "Jan"]).replace("hoi, jij; daar", '"hoi, jij; daar"')
        + "\n"
    )
    assert [(row["text"], row["author"]) for row in rows] == [("hoi, jij; daar", "Jan")]
    assert rejects.rejected == 0


def test_one_column_of_loose_texts_is_not_cut(read):
    rows, _ = read("tekst\nhoi, jij\nja; nee | misschien\n")
    assert texts(rows) == ["hoi, jij", "ja; nee | misschien"]


def test_unknown_header_with_a_mapping(read):
    rows, _ = read("kolom a;kolom b\n1,5;hoi, jij\n", mapping={"text": "kolom b"})
    assert texts(rows) == ["hoi, jij"]


def test_line_of_excel_that_names_the_delimiter(read):
    rows, _ = read("sep=;\r\nid;tekst\r\n1;hoi, hoi\r\n")
    assert (rows[0]["text"], rows[0]["source_row"]) == ("hoi, hoi", 2)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: "\ufeff".encode("utf-16-be") + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le-bare", "utf-16-be-bare", "cp1252"],
)
def test_encoding_is_found(read, encode):
    rows, rejects = read(encode('datum;bericht\r\n1-3-2026;één café, €5\r\n2-3-2026;"twee\r\nregels"\r\n'))
    assert texts(rows) == ["één café, €5", "twee\r\nregels"]
    assert (rejects.rejected, rejects.warnings) == (0, 0)


def test_a_line_in_another_encoding_is_read_and_counted(read):
    rows, rejects = read("id;bericht\n1;één\n".encode() + "2;twéé\n".encode("cp1252") + "3;drié\n".encode())
    assert texts(rows) == ["één", "twéé", "drié"]
    assert rejects.reasons == {OTHER_ENCODING: 1}


def test_utf8_characters_across_the_first_look_are_no_other_encoding(read):
    rows, rejects = read("bericht\n" + "é" * 40_000 + "\nhé\n")
    assert [len(text) for text in texts(rows)] == [40_000, 2]
    assert rejects.warnings == 0


def test_quoted_line_ends_and_quotes(read):
    rows, rejects = read('id,bericht,naam\n1,"regel een\nregel ""twee"", echt",Jan\n2,kort,An\n')
    assert texts(rows) == ['regel een\nregel "twee", echt', "kort"]
    assert [row["source_row"] for row in rows] == [2, 3]
    assert not rejects.reasons


@pytest.mark.parametrize("rest", ["", "\n".join(f"{n};bericht {n}" for n in range(3, 500)) + "\n", '3;"gewoon"\n4;"twee\nregels"\n'])
def test_an_unclosed_quote_does_not_swallow_the_rest(read, rest):
    rows, rejects = read('id;bericht\n1;"open\n2;dicht\n' + rest)
    assert texts(rows)[:2] == ['"open', "dicht"]
    assert len(rows) == 2 + rest.count(";")
    assert rejects.reasons == {STRAY_QUOTE: 1}


@pytest.mark.parametrize("forged", ["2;piet;ik maak je dood", "\n".join(f"{n};piet;pas maar op" for n in range(2, 60))])
def test_a_message_with_quotes_around_it_cannot_forge_rows(read, forged):
    rows, rejects = read(f'"id";"auteur";"tekst"\n"1";"jan";"hoi\n{forged}"\n"3";"kees";"dag"\n')
    assert [(row["author"], row["text"]) for row in rows] == [("jan", f"hoi\n{forged}"), ("kees", "dag")]
    assert not rejects.reasons


def test_an_unclosed_quote_among_quoted_rows_stays_alone(read):
    rows, rejects = read('"id";"tekst"\n"1";"open\n"2";"dicht"\n"3";"na"\n')
    assert texts(rows)[-2:] == ["dicht", "na"]
    assert len(rows) + rejects.rejected == 3


def test_a_note_beside_the_table_costs_no_row(read):
    rows, rejects = read("id;tekst;\n1;pas maar op;notitie\n2;hoi\n3;dag;\n")
    assert [(row["text"], row["column_3"]) for row in rows] == [("pas maar op", "notitie"), ("hoi", None), ("dag", None)]
    assert not rejects.reasons


@pytest.mark.parametrize(("end", "reason"), [("\n", STRAY_QUOTE), ("", CUT_OFF)])
def test_a_quote_left_open_on_the_last_line(read, end, reason):
    rows, rejects = read(f'id;bericht\n1;een\n2;"twee{end}')
    assert texts(rows) == ["een", '"twee']
    assert rejects.reasons == {reason: 1}


def test_a_stray_quote_is_not_closed_by_a_later_one(read):
    rows, _ = read('id;bericht\n1;"open\n2;midden\n3;een scherm van 5"\n4;na\n')
    assert texts(rows) == ['"open', "midden", 'een scherm van 5"', "na"]


def test_quotes_inside_a_quoted_text_that_were_not_doubled(read):
    rows, rejects = read('id,bericht,naam\n1,"hij zei "sukkel" tegen mij",Jan\n2,"twee "regels" \nook",An\n3,goed,Bo\n')
    assert texts(rows) == ['hij zei "sukkel" tegen mij', 'twee "regels" \nook', "goed"]
    assert rejects.reasons == {STRAY_QUOTE: 2}


def test_a_row_that_cannot_be_mended_is_rejected_alone(read):
    rows, rejects = read('id,bericht,naam\n1,"stuk "hier" en daar\nverder zonder eind\n2,goed,Jan\n')
    assert texts(rows) == ["goed"]
    assert rejects.reasons == {BROKEN_QUOTES: 1}


def test_rows_that_do_not_fit_the_header(read):
    rows, rejects = read("id,bericht,naam\n1,kort\n2,te,veel,velden\n3,goed,Jan\n4,leeg erachter,An,,\n")
    assert texts(rows) == ["kort", "goed", "leeg erachter"]
    assert rejects.reasons == {TOO_FEW_FIELDS: 1, TOO_MANY_FIELDS: 1}
    assert rejects.rejected == 1


def test_rows_without_text_are_rejected_and_blank_ones_passed_over(read):
    rows, rejects = read("id;bericht\n1;\n\n;;\n2;   \n3;hoi\n")
    assert [(row["id"], row["source_row"]) for row in rows] == [("3", 6)]
    assert rejects.reasons == {NO_TEXT: 2}


def test_values_that_cannot_be_read_do_not_lose_the_row(read):
    rows, rejects = read("bericht;datum;weergaven\nhoi;ooit;-3\ndag;1-3-2026;1.234\n")
    assert [(row["text"], row["sent_at"] is None, row["views"]) for row in rows] == [("hoi", True, None), ("dag", False, 1234)]
    assert [(row["datum"], row["weergaven"]) for row in rows] == [("ooit", "-3"), ("1-3-2026", "1.234")]
    assert rejects.reasons == {BAD_TIME: 1, NEGATIVE: 1}
    assert (rejects.rejected, rejects.warnings) == (0, 2)


def test_nul_characters_stay_out(read):
    rows, rejects = read("id;bericht\n1;ho\0i\n")
    assert texts(rows) == ["hoi"]
    assert rejects.reasons == {NUL_REMOVED: 1}


def test_a_very_long_message_is_kept(read):
    long = "woord, " * 700_000 + "\n" + 'met ""quotes"" ' * 10_000
    rows, rejects = read(f'id,bericht\n1,"{long}"\n2,kort\n')
    assert [len(text) for text in texts(rows)] == [len(long.replace('""', '"')), 4]
    assert not rejects.reasons


def test_old_line_ends(read):
    rows, _ = read("id;bericht\r1;een\r2;twee\r")
    assert texts(rows) == ["een", "twee"]


def test_month_first_is_settled_by_the_whole_column_and_said(read):
    lines = "".join(f"0{day}/01/2026;hoi\n" for day in range(1, 9)) * 2000 + "01/31/2026;hoi\n"
    rows, rejects = read("datum;bericht\n" + lines)
    assert rows[1]["sent_at"].month == 1 or rows[1]["sent_at"].month == 2
    assert rows[-1]["sent_at"].day == 30  # midnight in Amsterdam, in UTC
    assert not rejects.reasons
    assert ["maand/dag/jaar" in notice.nl for notice in rejects.notices] == [True]


def test_the_dutch_order_is_assumed_and_said(read):
    rows, rejects = read("datum;bericht\n3-4-2026 12:00;hoi\n")
    assert (rows[0]["sent_at"].month, rows[0]["sent_at"].day) == (4, 3)
    assert len(rejects.notices) == 1


def test_columns_without_a_name_or_with_the_same_are_all_kept(read):
    rows, _ = read(",Name,Name,Comment\na,b,c,hoi\n")
    assert {name: rows[0][name] for name in ("column_1", "Name", "Name_2", "Comment")} == {
        "column_1": "a", "Name": "b", "Name_2": "c", "Comment": "hoi",
    }  # fmt: skip


def test_original_columns_with_a_name_of_triage_stay_readable(read):
    rows, _ = read("text,views,threat,stad\nhoi,1.234,nee,Den Haag\n")
    row = rows[0]
    assert (row["text"], row["views"], row["original_views"], row["original_threat"], row["stad"]) == (
        "hoi",
        1234,
        "1.234",
        "nee",
        "Den Haag",
    )
    assert "original_text" not in row


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"datum;bericht\n", "no rows"),
        (b"foo;bar\n1;2\n", "--map text=COLUMN"),
        (bytes(range(256)) * 40, "looked for .*WhatsApp"),
        (b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer\n%%EOF", "export is not in a form"),
        (b"\0" * 3000, "empty"),
        (b"\x00\x01\x02\x03" * 500, "looked for"),
        (b"PK\x03\x04....xl/workbook.xml", "damaged or cut off"),
        (b"\xd0\xcf\x11\xe0....", "save it as .xlsx"),
        (b"\x1f\x8b\x08abc", "damaged or cut off"),
        (b"BZh9abc", "damaged or cut off"),
        (b"\xfd7zXZ\0abc", "damaged or cut off"),
        (b"\x28\xb5\x2f\xfdabc", "damaged or cut off"),
        (b"PAR1rommel", "damaged Parquet"),
        (b"[]", "no JSON objects"),
        (b"[1, 2]", "no JSON objects"),
        (b'{"text": ', "seems to be cut off"),
        (b'{"foo": "bar"}\n', "--map text=COLUMN"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(read, content, says):
    with pytest.raises(InputError, match=says) as caught:
        read(content)
    assert "export" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.nl != str(caught.value)


def test_a_folder_and_a_missing_file(tmp_path):
    for path, says in ((tmp_path, "folder"), (tmp_path / "weg.csv", "cannot be opened")):
        with pytest.raises(InputError, match=says):
            list(read_messages(path))


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))), max_size=8), st.sampled_from(",;\t|"))
def test_any_well_formed_table_is_read_as_it_was_written(table, delimiter):
    """The first column holds numbers, as in most exports."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        [["nr", "a", "b", "c"], *([str(n), *row] for n, row in enumerate(table))]
    )
    header, records = read_records(io.StringIO(out.getvalue(), newline="\n"), delimiter)
    assert header == ["nr", "a", "b", "c"]
    assert [(record.fields, record.reason) for record in records] == [([str(n), *row], None) for n, row in enumerate(table)]


@given(st.lists(st.text(st.sampled_from('a1,;"\n\r '), max_size=12), max_size=12))
def test_whatever_the_quotes_no_line_is_lost(lines):
    """Every line with a character of its own is in a record, and records follow the order of the file."""
    content = "".join(line + "\n" for line in lines)
    _, records = read_records(io.StringIO("id;tekst\n" + content, newline="\n"), ";")
    raw = "".join(record.raw for record in records)
    assert [c for c in raw if c in "a1"] == [c for c in content if c in "a1"]


@given(st.lists(st.text(st.sampled_from('a1,;"\n\r \t|\0'), max_size=12), max_size=40), st.sampled_from([*",;\t|", "\0"]))
def test_the_quick_way_gives_what_the_slow_way_gives(lines, delimiter):
    lines = ["id,b;c\n", *(line + "\n" for line in lines)]
    quick = [*read_records(lines, delimiter)[1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_QUICK", ())
        assert [*read_records(lines, delimiter)[1]] == quick
