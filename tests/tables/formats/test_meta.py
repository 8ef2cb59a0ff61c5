"""Downloads of Facebook and Instagram."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.tables.formats.meta import repaired
from triage.tables.rejects import BROKEN_JSON, CUT_OFF


def garbled(value):
    """As Meta writes it: every byte of UTF-8 a character of its own."""
    if isinstance(value, str):
        return value.encode("utf-8").decode("latin-1")
    if isinstance(value, list):
        return [garbled(item) for item in value]
    if isinstance(value, dict):
        return {garbled(name): garbled(item) for name, item in value.items()}
    return value


def message(sender, text, ms, **more):
    return {
        "sender_name": sender,
        "timestamp_ms": ms,
        **({"content": text} if text is not None else {}),
        "is_geoblocked_for_viewer": False,
        **more,
    }


THREAD = {
    "participants": [{"name": "Zoë de Wit"}, {"name": "Gemeente Veenoord"}],
    "messages": [
        message("Zoë de Wit", "Jullie zijn écht prutsers 😡", 1773320700000, reactions=[{"reaction": "👎", "actor": "Gemeente Veenoord"}]),
        message("Gemeente Veenoord", "Wij helpen u graag.", 1773320600000),
        message("Zoë de Wit", None, 1773320500000, photos=[{"uri": "photos/1.jpg", "creation_timestamp": 1773320500}]),
        message("Zoë de Wit", "Zoë de Wit heeft een bijlage verzonden.", 1773320400000, share={"link": "https://voorbeeld.nl"}),
        message("Zoë de Wit", "Reacted 😡 to your message ", 1773320300000),
        message("Zoë de Wit", None, 1773320200000, is_unsent=True),
        message("Zoë de Wit", "Zoë de Wit called you.", 1773320100000, call_duration=12),
        message("Zoë de Wit", None, 1773320000000),
    ],
    "title": "Zoë de Wit",
    "is_still_participant": True,
    "thread_path": "inbox/zoedewit_1021",
    "magic_words": [],
}


def test_messages_of_a_chat_of_two(read):
    found = read(garbled(THREAD))
    assert found.texts == ["Jullie zijn écht prutsers 😡", "Wij helpen u graag."]
    assert found.column("author") == ["Zoë de Wit", "Gemeente Veenoord"]
    assert found.column("target") == ["Gemeente Veenoord", "Zoë de Wit"]
    assert found.times() == ["2026-03-12T13:05:00Z", "2026-03-12T13:03:20Z"]
    assert found.column("visibility") == ["direct", "direct"]
    assert found.column("thread") == ["Zoë de Wit"] * 2
    assert found.column("reactions")[0] == '["👎"]'
    assert found.left_out == {"photos, videos and other attachments without text": 1, "notices of the app": 3, "deleted messages": 1}
    assert found.rejects.rejected == 1  # nothing in it at all
    assert len(found.rows) + found.rejects.rejected + found.told == len(THREAD["messages"])


def test_a_group(read):
    found = read({**THREAD, "participants": [{"name": name} for name in ("A", "B", "C")]})
    assert set(found.column("visibility")) == {"group"}
    assert set(found.column("target")) == {None}


def test_encrypted_messenger(read):
    found = read(
        {
            "participants": ["Zoë de Wit", "Loket Zuid"],
            "threadName": "Zoë de Wit",
            "messages": [
                {
                    "isUnsent": False,
                    "media": [],
                    "reactions": [],
                    "senderName": "Zoë de Wit",
                    "text": "Ik weet je te vinden €",
                    "timestamp": 1773320700000,
                    "type": "text",
                },
                {
                    "isUnsent": False,
                    "media": [{"uri": "./media/x.jpg"}],
                    "reactions": [],
                    "senderName": "Loket Zuid",
                    "text": "",
                    "timestamp": 1773320800000,
                    "type": "media",
                },
                {
                    "isUnsent": True,
                    "media": [],
                    "reactions": [],
                    "senderName": "Loket Zuid",
                    "text": "",
                    "timestamp": 1773320900000,
                    "type": "placeholder",
                },
            ],
        }
    )
    assert (found.texts, found.column("target"), found.told) == (["Ik weet je te vinden €"], ["Loket Zuid"], 2)


def test_the_folder_tells_the_platform(zipped, read):
    found = read(zipped({"your_instagram_activity/messages/inbox/zoe_1/message_1.json": garbled(THREAD)}))
    assert set(found.column("platform")) == {"instagram"}
    assert found.rows[0]["source_file"].endswith("export/your_instagram_activity/messages/inbox/zoe_1/message_1.json")


def test_a_person_cannot_make_a_notice_of_what_they_write(read):
    texts = [
        "Ik maak je af sent an attachment.",
        "Reacted ik maak je af to your message",
        "You sent an attachment. Pas maar op",
        "liked a message, jij niet",
        "You called me, pas maar op",
    ]
    found = read({"participants": [{"name": "A"}, {"name": "B"}], "messages": [message("A", text, 1773320700000) for text in texts]})
    assert found.texts == texts


COMMENTS = {
    "comments_v2": [
        {
            "timestamp": 1773320700,
            "title": "Zoë de Wit reageerde op het bericht van Gemeente Veenoord.",
            "data": [{"comment": {"timestamp": 1773320701, "comment": "Schande, één grote puinhoop", "author": "Zoë de Wit"}}],
        },
        {
            "timestamp": 1773320800,
            "title": "Zoë de Wit heeft gereageerd.",
            "data": [{"comment": {"timestamp": 1773320800, "comment": "Oplichters", "author": "Zoë de Wit", "group": "Veenoord praat"}}],
            "attachments": [{"data": [{"external_context": {"url": "https://voorbeeld.nl"}}]}],
        },
        {
            "timestamp": 1773320900,
            "title": "Zoë de Wit heeft gereageerd.",
            "attachments": [{"data": [{"media": {"uri": "posts/media/stickers/1.png"}}]}],
            "data": [{"comment": {"timestamp": 1773320900, "comment": "", "author": "Zoë de Wit"}}],
        },
    ]
}


def test_comments_of_facebook(read):
    found = read(garbled(COMMENTS))
    assert found.texts == ["Schande, één grote puinhoop", "Oplichters"]
    assert found.column("author") == ["Zoë de Wit"] * 2
    assert found.column("visibility") == [None, "group"]
    assert found.column("platform") == ["facebook"] * 2
    assert found.column("attachments")[1] == '["https://voorbeeld.nl"]'
    assert found.times()[0] == "2026-03-12T13:05:01Z"
    assert found.told == 1


@pytest.mark.parametrize(
    ("comment", "owner", "time"),
    [("Comment", "Media Owner", "Time"), ("Opmerking", "Media-eigenaar", "Tijd"), ("Commentaire", "X", "Heure")],
)
@pytest.mark.parametrize(
    "wrap", [lambda items: items, lambda items: {"comments_media_comments": items}, lambda items: {"comments_reels_comments": items}]
)
def test_comments_of_instagram_in_languages(read, comment, owner, time, wrap):
    items = [
        {
            "media_list_data": [{"uri": ""}],
            "string_map_data": {comment: {"value": "Zó lelijk"}, owner: {"value": "loketzuid"}, time: {"timestamp": 1773320700}},
        },
        {"string_map_data": {comment: {"value": "@loketzuid 🤡"}, time: {"timestamp": 1773320800}}},
    ]
    found = read(garbled(wrap(items)))
    assert found.texts == ["Zó lelijk", "@loketzuid 🤡"]
    assert found.column("platform") == ["instagram"] * 2
    assert found.times()[0] == "2026-03-12T13:05:00Z"
    if owner != "X":
        assert found.column("target") == ["loketzuid", None]


def test_comments_of_instagram_with_labels(read):
    found = read(
        [
            {
                "timestamp": 1773320700,
                "media": [],
                "label_values": [{"label": "Opmerking", "value": "Lomp"}, {"label": "Media-eigenaar", "value": "loketzuid"}],
                "fbid": "1",
            }
        ]
    )
    assert (found.texts, found.column("target"), found.times()) == (["Lomp"], ["loketzuid"], ["2026-03-12T13:05:00Z"])


def test_old_comments_of_instagram(read):
    item = {"title": "loketzuid", "media_list_data": [], "string_list_data": [{"href": "", "value": "Lomp", "timestamp": 1773320700}]}
    found = read({"comments_media_comments": [item]})
    assert (found.texts, found.column("target"), found.times()) == (["Lomp"], ["loketzuid"], ["2026-03-12T13:05:00Z"])


def test_a_list_of_likes_is_no_list_of_comments(zipped, read):
    likes = [{"string_map_data": {"Author": {"value": "jan"}, "Time": {"timestamp": 1773320700}}}]
    found = read(zipped({"likes/liked_posts.json": likes, "messages/message_1.json": THREAD}))
    assert set(found.column("thread")) == {"Zoë de Wit"}


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_download_that_is_cut_off_gives_what_came_before_and_says_so(read, kept):
    messages = [message("Zoë", f"bericht {n}", 1773320700000 + n) for n in range(200)]
    whole = json.dumps({"participants": [{"name": "Zoë"}, {"name": "B"}], "messages": messages})
    found = read(whole[: int(len(whole) * kept)])
    assert found.texts == [f"bericht {n}" for n in range(len(found.rows))]
    assert len(found.rows) == pytest.approx(200 * kept, abs=6)
    assert found.rejects.rejected == 1
    assert found.rejects.reasons == {CUT_OFF: 1}


def test_one_damaged_message_costs_no_other(read):
    items = [json.dumps(message("A", f"bericht {n}", 1773320700000)) for n in range(3)]
    items[1] = items[1].replace(":", "", 1)
    found = read(f'{{"participants": [{{"name": "A"}}, {{"name": "B"}}], "messages": [{", ".join(items)}]}}')
    assert found.texts == ["bericht 0", "bericht 2"]
    assert found.rejects.reasons == {BROKEN_JSON: 1}


@given(st.text())
def test_what_was_garbled_comes_back(text):
    assert repaired(garbled(text)) == text


@given(st.text(st.characters(min_codepoint=0x100)) | st.text(st.characters(max_codepoint=0x7F)))
def test_what_is_sound_stays(text):
    assert repaired(text) == text
