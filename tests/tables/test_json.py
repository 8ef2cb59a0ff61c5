"""JSON Lines, arrays, objects around a list; whatever the file is called."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables.jsonrows import read_json
from triage.tables.reading import read_messages
from triage.tables.rejects import BROKEN_JSON, CUT_OFF, NOT_AN_OBJECT, Rejects
from triage.tables.sources import look_at
from triage.tables.values import clean_text


@pytest.fixture
def read(tmp_path):
    def reader(content):
        path = tmp_path / "export.csv"  # the name says nothing
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        rejects = Rejects()
        return [row for batch in read_messages(path, rejects=rejects) for row in batch.to_pylist()], rejects

    return reader


ROWS = [{"tekst": "hoi", "datum": "2026-03-01T10:00:00Z"}, {"tekst": "dag", "weergaven": 12, "x": {"y": [1]}}]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(map(json.dumps, ROWS)),
        "\r\n\r\n".join(map(json.dumps, ROWS)) + "\r\n",
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"naam": "kanaal", "messages": ROWS}),
        "\ufeff" + json.dumps(ROWS),
        json.dumps(ROWS).encode("utf-16"),
    ],
)
def test_every_shape_gives_the_same_rows(read, content):
    rows, rejects = read(content)
    assert [(row["text"], row["views"], row["x"]) for row in rows] == [("hoi", None, None), ("dag", 12, '{"y": [1]}')]
    assert rows[0]["sent_at"].hour == 10
    assert not rejects.reasons


def test_lines_that_are_no_objects_are_rejected_alone(read):
    rows, rejects = read('{"text": "een"}\n{"text": "twee"\n[1]\n"los"\n{"text": null}\n' + "[" * 100_000 + '\n{"text": "zes"}\n')
    assert [(row["text"], row["source_row"]) for row in rows] == [("een", 1), ("zes", 7)]
    assert rejects.reasons[BROKEN_JSON] == 2
    assert rejects.reasons[NOT_AN_OBJECT] == 2
    assert rejects.rejected == 5


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('[{"text": "een"}, {"text": stuk}, {"text": "drie"}]', ["een", "drie"]),
        ('[{"text": "een"}, {"text": "tw', ["een"]),
        ('[{"text": "een"}\n{"text": "twee"}', ["een", "twee"]),
    ],
)
def test_a_damaged_array_gives_what_can_be_read(read, content, texts):
    rows, _ = read(content)
    assert [row["text"] for row in rows] == texts


@pytest.mark.parametrize(
    "content",
    [
        '{"text": "een"}\n{"text": "twee"}\n{"text": "dr',
        '{"naam": "kanaal", "berichten": [{"text": "een"}, {"text": "twee"}, {"text": "dr',
        '{"naam": {"a": 1},\n "berichten": [\n  {"text": "een"},\n  {"text": "twee"},\n  {"text": "dr',
        '[{"text": "een"}, {"text": "twee"}, {"text": "dr',
    ],
)
def test_of_a_file_that_is_cut_off_the_beginning_is_read_and_its_end_is_said(read, content):
    rows, rejects = read(content)
    assert [row["text"] for row in rows] == ["een", "twee"]
    assert dict(rejects.reasons) == {CUT_OFF: 1}
    assert rejects.rejected == 1


def test_a_line_that_breaks_off_halfway_a_file_is_not_called_its_end(read):
    rows, rejects = read('{"text": "een"}\n{"text": "tw\n{"text": "drie"}\n')
    assert [row["text"] for row in rows] == ["een", "drie"]
    assert dict(rejects.reasons) == {BROKEN_JSON: 1}


def test_half_characters_and_nul(read):
    rows, _ = read('{"text": "a\\ud800b\\u0000c", "naam\\ud800": "x"}\n')
    assert rows[0]["text"] == "a\ufffdbc"


def test_a_column_that_comes_late_is_kept(read):
    rows, _ = read("".join(json.dumps({"text": f"n{n}"}) + "\n" for n in range(9000)) + '{"text": "laatste", "stad": "Urk"}\n')
    assert (rows[0]["stad"], rows[-1]["stad"]) == (None, "Urk")


def test_a_persons_judgement(read):
    rows, _ = read('{"text": "a", "labels": ["threat"], "intensity": 2, "flags": []}\n{"text": "b", "labels": []}\n{"text": "c"}\n')
    assert [(row["labels"], row["intensity"], row["flags"]) for row in rows] == [
        (["threat"], 2.0, []),
        ([], None, None),
        (None, None, None),
    ]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=1), min_size=1, max_size=6), st.integers(1, 40))
def test_an_array_is_read_piece_by_piece(tmp_path_factory, objects, size):
    path = tmp_path_factory.mktemp("json") / "a"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.tables.formats.content._CHUNK", size)
        for indent in (None, 1):
            path.write_text(json.dumps(objects, ensure_ascii=indent is None, indent=indent).replace("\ud800", "?"), "utf-8", "replace")
            rows = list(read_json(look_at("a", path), Rejects()))
            assert [row.row for row in rows] == list(range(1, len(objects) + 1))
            assert [len(row.fields or ()) for row in rows] == [len({clean_text(name) for name in item}) for item in objects]


@given(st.text(st.sampled_from('[]{}",: ab1\n'), max_size=40), st.integers(1, 12))
def test_a_damaged_array_gives_the_same_however_it_is_cut(tmp_path_factory, body, size):
    path = tmp_path_factory.mktemp("json") / "a"
    path.write_text('[{"a": 1},' + body)
    whole = list(read_json(look_at("a", path), Rejects()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.tables.formats.content._CHUNK", size)
        assert list(read_json(look_at("a", path), Rejects())) == whole


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=1), min_size=1, max_size=6))
def test_any_objects_come_back(tmp_path_factory, objects):
    path = tmp_path_factory.mktemp("json") / "a"
    path.write_text("".join(json.dumps(item) + "\n" for item in objects), "utf-8")
    rows = list(read_json(look_at("a", path), Rejects()))
    assert len(rows) == len(objects)
    assert all(row.reason is None for row in rows)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ('[{"tekst": "hal', "ends in line 1, at character 15"),
        ('[\n  {"tekst": "hal', "ends in line 2, at character 16"),
        ('[{"tekst": "a \n\n b', "ends in line 3, at character 2"),
        ('{"messages": [\n {"tekst": "hallo", "weergaven": 1', "ends in line 2, at character 34"),
        ('{"messages": [{"open": fal', "ends in line 1, at character 26"),
        ('{"tekst": "hal', "ends in line 1, at character 14"),
        ('{"tekst": "hallo"\n', "ends in line 1, at character 17"),
        ("[", None),
    ],
)
def test_a_file_cut_off_before_its_first_row_says_where_and_what_to_do(read, content, where):
    with pytest.raises(InputError) as caught:
        read(content)
    if where:
        assert f"seems to be cut off: it {where}, before it is complete. Fetch or make it again." in str(caught.value)
        assert "lijkt afgekapt" in caught.value.nl


def test_a_file_that_is_no_json_says_where_it_goes_wrong(read):
    with pytest.raises(InputError, match=r"goes wrong in line 2, at character 12\. Export it again"):
        read('[\n {"tekst": hallo}]')
    with pytest.raises(InputError, match="goes wrong in line 1, at character 11"):
        read('{"tekst": hallo}\n{"tekst": hallo}')


def test_whole_json_without_objects_is_not_called_damaged(read):
    with pytest.raises(InputError, match="holds no JSON objects"):
        read('["hoi", "dag"]')
