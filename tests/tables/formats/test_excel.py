"""Workbooks: sheets, headers below banners, kinds of cells, and workbooks that are no good."""

from __future__ import annotations

import io
import zipfile

import pytest

from triage.errors import InputError

ROWS = [
    ["Datum", "Reactie", "Weergaven", "Openbaar"],
    [46093.586805555555, "Wat een sukkels", 1200, True],
    [46094.0, "Tot morgen", 3, False],
]


def test_cells_of_every_kind(read, workbook):
    found = read(workbook({"Blad1": ROWS}))
    assert found.texts == ["Wat een sukkels", "Tot morgen"]
    assert found.times() == ["2026-03-12T13:05:00Z", "2026-03-12T23:00:00Z"]
    assert found.column("views") == [1200, 3]
    assert found.column("visibility") == ["public", None]
    assert found.column("source_row") == [2, 3]
    assert found.rows[0]["source_file"].endswith("export")


def test_every_sheet_with_messages_is_read_and_the_others_are_not(read, workbook):
    sheets = {"Toelichting": [["Deze lijst is gemaakt op"], ["12 maart"]], "Loket": ROWS, "Balie": [ROWS[0], [46093.0, "Hoi"]], "Oud": ROWS}
    found = read(workbook(sheets, hidden="Oud"))
    assert found.texts == ["Wat een sukkels", "Tot morgen", "Hoi"]
    assert [file.rpartition("/")[2] for file in found.column("source_file")] == ["Loket", "Loket", "Balie"]


def test_a_header_below_other_rows(read, workbook):
    found = read(workbook({"Blad1": [["Overzicht 2026"], [], ["", "bericht van de maand"], *ROWS]}))
    assert found.texts == ["Wat een sukkels", "Tot morgen"]
    assert found.column("source_row") == [5, 6]
    assert found.left_out == {"rows above the header": 2}


def test_a_column_that_the_user_names(read, workbook):
    found = read(workbook({"Blad1": [["Wat", "Wanneer"], ["hoi", 46093.0]]}), mapping={"text": "Wat", "sent_at": "Wanneer"})
    assert (found.texts, found.times()) == (["hoi"], ["2026-03-11T23:00:00Z"])


def test_rows_without_text_are_rejected_and_blank_ones_passed_over(read, workbook):
    found = read(workbook({"Blad1": [*ROWS, [], [46093.0, "", 2], ["", "", "", ""]]}))
    assert (len(found.rows), found.rejects.rejected) == (2, 1)


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"Blad1": [["a", "b"], ["c", "d"]]}, "--map text=COLUMN"),
        ({"Blad1": []}, "empty"),
        ({"Blad1": [ROWS[0]]}, "no rows with messages"),
    ],
)
def test_a_workbook_without_messages_gets_one_sentence(read, workbook, sheets, says):
    with pytest.raises(InputError, match=says):
        read(workbook(sheets))


def changed(book, name, change):
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="A1"', b'r="XFD1048576"'), "too far apart"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml[:200], "damaged workbook|--map|empty|no rows"),
        ("xl/worksheets/sheet1.xml", lambda _: b"", "damaged workbook|empty"),
        ("xl/workbook.xml", lambda xml: xml[:50], "damaged workbook|empty"),
        ("xl/sharedStrings.xml", lambda xml: xml[:50], "damaged workbook|empty|--map"),
        ("xl/_rels/workbook.xml.rels", lambda _: b"rommel", "damaged workbook|empty"),
    ],
)
def test_a_damaged_workbook_gets_one_sentence(read, workbook, name, change, says):
    with pytest.raises(InputError, match=says):
        read(changed(workbook({"Blad1": ROWS}), name, change))


def test_a_workbook_that_is_a_bomb(read, workbook):
    with pytest.raises(InputError, match="too large"):
        read(changed(workbook({"Blad1": ROWS}), "xl/sharedStrings.xml", lambda xml: xml + b" " * 50_000_000))


def test_other_workbooks(read, zipped):
    with pytest.raises(InputError, match=r"save it as \.xlsx"):
        read(zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}))
    with pytest.raises(InputError, match=r"save it as \.xlsx"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000)
