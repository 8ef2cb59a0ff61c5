"""Zip files with exports in them: what is read, what is passed over, and what tries to do harm."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest

from triage.errors import InputError
from triage.tables import score_files
from triage.tables.formats import packed

CHAT = "12-03-26 14:05 - Jan: pas maar op\n12-03-26 14:06 - Loket: <Media weggelaten>\n"
THREAD = {
    "participants": [{"name": "A"}, {"name": "B"}],
    "messages": [{"sender_name": "A", "timestamp_ms": 1773320700000, "content": "prutser"}],
}
YOUTUBE = "Reactie-ID,Kanaal-ID,Aanmaaktijdstempel reactie,Video-ID,Reactietekst\nU1,UC,2026-03-12T13:05:00+00:00,v,hoi\n"
MAIL = (
    "From: a@x.example\nTo: b@x.example\nSubject: Re: x\nIn-Reply-To: <0@x.example>\nDate: Thu, 12 Mar 2026 13:05:00 +0000\n\nlekker ding\n"
)


def test_every_recognised_file_is_read(read, zipped):
    found = read(
        zipped(
            {
                "Takeout/YouTube en YouTube Music/reacties/reacties.csv": YOUTUBE,
                "Takeout/YouTube en YouTube Music/abonnementen/abonnementen.csv": "Kanaal-ID,Kanaal-URL,Kanaaltitel\nUC,https://x,y\n",
                "messages/inbox/a_1/message_1.json": THREAD,
                "messages/inbox/b_2/message_1.json": {**THREAD, "messages": []},
                "notifications.json": {"notifications_v2": [{"timestamp": 1, "text": "A commented on your post."}]},
                "media/1.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)),
                "_chat.txt": CHAT,
            }
        )
    )
    assert found.texts == ["hoi", "prutser", "pas maar op"]
    assert found.column("platform") == ["youtube", "meta", "whatsapp"]
    assert found.rows[0]["source_file"].endswith("export/Takeout/YouTube en YouTube Music/reacties/reacties.csv")
    assert found.left_out == {"photos, videos and other attachments without text": 1}
    [notice] = [notice for notice in found.rejects.notices if "gelezen:" in notice.nl]
    assert "WhatsApp-chat (1)" in notice.nl
    assert "andere bestanden daarin: 4" in notice.nl
    assert not any("inbox" in notice.nl or "inbox" in notice.en for notice in found.rejects.notices)  # it may hold a name


def test_loose_tables_mails_and_workbooks_in_a_zip(read, zipped, workbook):
    found = read(
        zipped(
            {
                "a.csv": "datum;bericht\n1-3-2026;een\n",
                "b.jsonl": '{"text": "twee"}\n',
                "c.eml": MAIL,
                "d": workbook({"Blad": [["tekst", "naam"], ["vier", "Jan"]]}),
                "e.csv": "x;y\n1;2\n",
            }
        )
    )
    assert found.texts == ["een", "twee", "lekker ding", "vier"]


def test_a_chat_does_not_hide_a_table_beside_it(read, zipped):
    found = read(zipped({"_chat.txt": CHAT, "a.csv": "datum;bericht\n1-3-2026;een\n", "IMG-1.jpg": b"\xff\xd8\xff\xe0"}))
    assert sorted(found.texts) == ["een", "pas maar op"]


def test_an_e_mail_beside_a_download_is_read_but_its_unknown_tables_are_not(read, zipped):
    found = read(zipped({"message_1.json": THREAD, "mail.eml": MAIL, "friends.csv": "datum;bericht\n1-3-2026;een\n"}))
    assert sorted(found.texts) == ["lekker ding", "prutser"]


def test_chats_and_archives_score_together(tmp_path, zipped, classify):
    (tmp_path / "chat.txt").write_text(CHAT, "utf-8")
    (tmp_path / "takeout.zip").write_bytes(zipped({"reacties.csv": YOUTUBE, "message_1.json": THREAD}))
    summary = score_files([tmp_path / "chat.txt", tmp_path / "takeout.zip"], tmp_path / "uit.parquet", classify)
    assert (summary.read, summary.scored, summary.rejected) == (3, 3, 0)
    assert any("foto's" in notice.nl for notice in summary.notices)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"foto.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 10}, "looked for .*WhatsApp"),
        ({"x.csv": "a;b\n1;2\n"}, "looked for"),
        ({"leeg.txt": ""}, "looked for"),
        ({}, "looked for"),
        ({"in.zip": b"PK\x03\x04..."}, "looked for"),
    ],
)
def test_a_zip_without_messages_gets_one_sentence(read, zipped, files, says):
    with pytest.raises(InputError, match=says):
        read(zipped(files))


def test_a_bomb_is_not_unpacked(read, zipped, monkeypatch):
    bomb = {"messages.json": json.dumps(THREAD)[:-3] + " " * 60_000_000}
    with pytest.raises(InputError, match="too large"):
        read(zipped(bomb))
    monkeypatch.setattr(packed, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match="too large"):
        read(zipped({"_chat.txt": CHAT * 30}, zipfile.ZIP_STORED))


def test_a_bomb_beside_a_chat_costs_only_itself(read, zipped):
    found = read(zipped({"_chat.txt": CHAT, "message_1.json": json.dumps(THREAD)[:-3] + " " * 60_000_000}))
    assert found.texts == ["pas maar op"]
    assert any("niet gelezen: 1" in notice.nl for notice in found.rejects.notices)


def test_many_files_together_are_bounded(read, zipped, monkeypatch):
    monkeypatch.setattr(packed.Budget, "__init__", lambda self, left=250: setattr(self, "left", left))
    found = read(zipped({f"{n}/_chat.txt": CHAT for n in range(10)}))
    assert len(found.rows) < 10
    monkeypatch.setattr(packed, "MOST_FILES", 5)
    with pytest.raises(InputError, match="more files than an export"):
        read(zipped({f"{n}/_chat.txt": CHAT for n in range(10)}))


def test_a_size_that_is_a_lie(read, zipped):
    """The zip says that the chat has 10 bytes."""
    whole = bytearray(zipped({"_chat.txt": CHAT * 50}))
    for sign, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", whole, whole.index(sign) + place, 10)
    with pytest.raises(InputError):
        read(bytes(whole))


@pytest.mark.parametrize(
    "name", ["../../../../tmp/_chat.txt", "/etc/_chat.txt", "C:\\x\\_chat.txt", "a\x1b[31m\u202etxt.exe", "x" * 5000, "."]
)
def test_names_never_become_paths(tmp_path, read, zipped, name):
    before = sorted(tmp_path.parent.rglob("*"))
    found = read(zipped({name: CHAT}))
    assert found.texts == ["pas maar op"]
    assert not {"\x1b", "\u202e"} & set(found.rows[0]["source_file"])
    assert sorted(set(tmp_path.parent.rglob("*")) - set(before)) == [tmp_path / "export"]


def test_locked_damaged_and_cut_off(read, zipped):
    whole = bytearray(zipped({"_chat.txt": CHAT * 50}, zipfile.ZIP_STORED))
    whole[60] ^= 0xFF  # the sum no longer fits
    with pytest.raises(InputError, match="damaged"):
        read(bytes(whole))
    with pytest.raises(InputError, match="damaged or cut off"):
        read(bytes(whole[:-30]))
    locked = bytearray(zipped({"_chat.txt": CHAT}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + place] |= 1
    with pytest.raises(InputError, match="locked"):
        read(bytes(locked))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("_chat.txt", CHAT)
        archive.writestr("_chat.txt", CHAT.replace("pas maar op", "tot morgen"))
    assert read(out.getvalue()).texts == ["pas maar op", "tot morgen"]
