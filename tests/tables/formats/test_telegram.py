"""Exports of Telegram Desktop: one chat, and everything."""

from __future__ import annotations

import json

CHAT = {
    "name": "Kees",
    "type": "personal_chat",
    "id": 4001,
    "messages": [
        {
            "id": 1,
            "type": "service",
            "date": "2026-03-12T14:00:00",
            "date_unixtime": "1773320400",
            "actor": "Kees",
            "action": "phone_call",
            "text": "",
        },
        {
            "id": 2,
            "type": "message",
            "date": "2026-03-12T14:05:00",
            "date_unixtime": "1773320700",
            "from": "Kees",
            "from_id": "user4001",
            "text": ["Kijk op ", {"type": "link", "text": "https://voorbeeld.nl"}, " sukkel"],
            "text_entities": [],
        },
        {
            "id": 3,
            "type": "message",
            "date": "2026-03-12T14:06:00",
            "date_unixtime": "1773320760",
            "from": "Loket Zuid",
            "from_id": "user7",
            "reply_to_message_id": 2,
            "text": "Wilt u dat laten?",
        },
        {
            "id": 4,
            "type": "message",
            "date": "2026-03-12T14:07:00",
            "date_unixtime": "1773320820",
            "from": "Kees",
            "from_id": "user4001",
            "photo": "(File not included. Change data exporting settings to download.)",
            "text": "",
        },
        {
            "id": 5,
            "type": "message",
            "date": "2026-03-12T14:08:00",
            "from": "Kees",
            "from_id": "user4001",
            "edited": "2026-03-12T14:09:00",
            "text": "Nee",
        },
        {
            "id": 6,
            "type": "message",
            "date": "2026-03-12T14:09:00",
            "date_unixtime": "1773320940",
            "from": "Kees",
            "from_id": "user4001",
            "text": "",
        },
    ],
}


def test_a_chat_of_two(read):
    found = read(CHAT)
    assert found.texts == ["Kijk op https://voorbeeld.nl sukkel", "Wilt u dat laten?", "Nee"]
    assert found.column("author") == ["Kees", "Loket Zuid", "Kees"]
    assert found.column("target") == ["Loket Zuid", "Kees", "Loket Zuid"]
    assert found.column("id") == ["4001/2", "4001/3", "4001/5"]
    assert found.times() == ["2026-03-12T13:05:00Z", "2026-03-12T13:06:00Z", "2026-03-12T13:08:00Z"]
    assert set(found.column("visibility")) == {"direct"}
    assert found.column("reply_to_message_id") == [None, "2", None]
    assert found.column("source_row") == [2, 3, 5]
    assert found.left_out == {"notices of the app": 1, "photos, videos and other attachments without text": 1}
    assert len(found.rows) + found.rejects.rejected + found.told == 6


def test_kinds_of_chats(read):
    for kind, visibility in (
        ("private_group", "group"),
        ("private_supergroup", "group"),
        ("public_supergroup", "public"),
        ("public_channel", "public"),
    ):
        found = read({**CHAT, "name": "Veenoord praat", "type": kind})
        assert set(found.column("visibility")) == {visibility}
        assert set(found.column("target")) == {None}


def test_everything_at_once(read):
    saved = {
        "type": "saved_messages",
        "id": 7,
        "messages": [
            {"id": 1, "type": "message", "date_unixtime": "1773320700", "from": "Noor Bos", "from_id": "user7", "text": "lijstje"}
        ],
    }
    other = {
        "name": "Bo",
        "type": "personal_chat",
        "id": 9,
        "messages": [{"id": 1, "type": "message", "date_unixtime": "1773320700", "from": "Bo", "from_id": "user9", "text": "hoi"}],
    }
    found = read(
        {
            "about": "Here is the data you requested. Remember: Telegram is ad free.",
            "personal_information": {"user_id": 7, "first_name": "Noor", "last_name": "Bos", "phone_number": "+31"},
            "contacts": {"about": "", "list": [{"first_name": "Kees", "date": "x"}] * 3},
            "chats": {"about": "", "list": [CHAT, saved, other]},
            "left_chats": {"about": "", "list": [{**other, "name": "Weg", "id": 10, "type": "private_group"}]},
        }
    )
    assert found.column("chat") == ["Kees", "Kees", "Kees", None, "Bo", "Weg"]
    assert found.column("target") == ["Noor Bos", "Kees", "Noor Bos", None, "Noor Bos", None]
    assert found.column("id")[-2:] == ["9/1", "10/1"]


def test_a_poll_is_its_question(read):
    item = {
        "id": 8,
        "type": "message",
        "date_unixtime": "1773320700",
        "from": "Kees",
        "text": "",
        "poll": {"question": "Wie moet weg?", "answers": []},
    }
    assert read({**CHAT, "messages": [item]}).texts == ["Wie moet weg?"]


def test_cut_off(read):
    whole = json.dumps(CHAT)
    found = read(whole[: whole.index("Wilt u dat") + 5])
    assert found.texts == ["Kijk op https://voorbeeld.nl sukkel"]
    assert found.rejects.rejected == 1
