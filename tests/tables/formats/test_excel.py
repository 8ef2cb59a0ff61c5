"""Workbooks: sheets, headers below banners, kinds of cells, and workbooks that are no good."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import pytest

from triage.errors import InputError
from triage.tables.rejects import BESIDE_TABLE

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


def test_cells_far_apart_take_no_memory_and_no_columns(read, workbook):
    far = b'<row r="1048576"><c r="XFD1048576" t="str"><v>los</v></c></row></sheetData>'
    book = changed(workbook({"Blad1": ROWS}), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", far))
    found = read(book)
    assert found.texts == ["Wat een sukkels", "Tot morgen"]
    assert len(found.rows[0]) < 30
    assert found.rejects.rejected == 1  # a row without text


def test_values_beside_the_table_are_told(read, workbook):
    rows = [["Datum", "Reactie"], *[[46093.0, f"bericht {n}"] for n in range(40)], [46093.0, "laatste", "", "notitie"]]
    found = read(workbook({"Blad1": rows}))
    assert len(found.rows) == 41
    assert found.rejects.reasons == {BESIDE_TABLE: 1}


@pytest.mark.parametrize(
    ("code", "value", "is_date"),
    [
        ("dd\\-mm\\-yyyy", 46093.5, True),
        ("[$-413]d mmmm yyyy;@", 46093.5, True),
        ("[h]:mm", 46093.5, True),
        ("0.00", 46093.5, False),
        ('0 "dagen"', 46093.5, False),
        ("[Red]0.0", 46093.5, False),
        ("General", 46093.5, False),
    ],
)
def test_formats_of_dates(read, workbook, code, value, is_date):
    book = workbook({"Blad1": [["Reactie", "Wanneer"], ["hoi", value]]})
    formats = f'<numFmts count="1"><numFmt numFmtId="170" formatCode="{escape(code, {chr(34): "&quot;"})}"/></numFmts><cellXfs'.encode()
    book = changed(book, "xl/styles.xml", lambda xml: xml.replace(b"<cellXfs", formats).replace(b'numFmtId="22"', b'numFmtId="170"'))
    assert read(book).rows[0]["Wanneer"] == ("2026-03-12T12:00:00" if is_date else "46093.5")


def test_texts_in_parts_and_in_cells(read, workbook):
    shared = b"<si><r><t>Wat een </t></r><r><rPr><b/></rPr><t>sukkels</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    book = workbook({"Blad1": [["Reactie"], ["WEG"], ["regel_x000D_twee"]]})
    book = changed(book, "xl/sharedStrings.xml", lambda xml: xml.replace(b'<si><t xml:space="preserve">WEG</t></si>', shared))
    inline = b'<row r="4"><c r="A4" t="inlineStr"><is><t>los</t></is></c><c t="e"><v>#N/A</v></c></row></sheetData>'
    book = changed(book, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", inline))
    assert read(book).texts == ["Wat een sukkels", "regel\rtwee", "los"]


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
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="A1"', b'r="ZZZ99999999999"'), "damaged workbook"),
        ("xl/worksheets/sheet1.xml", lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml, "damaged workbook"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>1</v>", b"<v>99</v>"), "damaged workbook"),
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
