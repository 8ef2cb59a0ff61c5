"""Whatever a file holds, it is read or refused in one sentence; nothing crashes, hangs or gets lost."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables.formats.registry import FORMATS, TABLE_FORMATS
from triage.tables.formats.words import looked_for

ANDROID = "12-03-26 14:05 - Jan: hoi\n12-03-26 14:06 - Piet: <Media weggelaten>\n12-03-26 14:07 - Jan heeft de groep verlaten\nen dit\n"
THREAD = {
    "participants": [{"name": "A"}, {"name": "B"}],
    "messages": [{"sender_name": "A", "timestamp_ms": 1773320700000, "content": "hoi"}, {"sender_name": "A", "photos": [{"uri": "x"}]}],
    "title": "A",
}
COMMENTS = {"comments_v2": [{"timestamp": 1773320700, "data": [{"comment": {"comment": "hoi", "author": "A"}}]}]}
INSTAGRAM = [{"string_map_data": {"Comment": {"value": "hoi"}, "Time": {"timestamp": 1773320700}}}]
TELEGRAM = {
    "name": "K",
    "type": "personal_chat",
    "id": 4,
    "messages": [
        {"id": 1, "type": "message", "date_unixtime": "1773320700", "from": "K", "text": ["a", {"text": "b"}]},
        {"id": 2, "type": "service"},
    ],
}
TIKTOK = {
    "Comment": {"Comments": {"CommentsList": [{"date": "2026-03-12 13:05:00", "comment": "hoi"}]}},
    "Direct Message": {"Direct Messages": {"ChatHistory": {"Chat History with a:": [{"Date": "x", "From": "a", "Content": "b"}]}}},
}
X = "window.YTD.tweets.part0 = " + json.dumps(
    [{"tweet": {"id_str": "1", "full_text": "hoi", "created_at": "Thu Mar 12 13:05:00 +0000 2026"}}]
)
MESSAGES_OF_X = "window.YTD.direct_messages.part0 = " + json.dumps(
    [{"dmConversation": {"conversationId": "1-2", "messages": [{"messageCreate": {"senderId": "1", "text": "hoi"}}]}}]
)
MAIL = "From: a@x.example\nTo: b@x.example\nSubject: x\nDate: Thu, 12 Mar 2026 13:05:00 +0000\nContent-Type: text/html\n\n<p>hoi</p>\n"
BOX = f"From a@x.example Thu Mar 12 14:05:00 2026\n{MAIL}\nFrom a@x.example Thu Mar 12 14:06:00 2026\n{MAIL}"
YOUTUBE = 'Comment ID,Channel ID,Comment create timestamp,Video ID,Comment text\nU,C,2026-03-12T13:05:00Z,v,"{""text"":""hoi""}"\n'
FOURCAT = "id,thread_id,author,body,timestamp\n1,1,kees,hoi,2026-03-12 13:05:00\n"
EXPORTCOMMENTS = ",,Name,Username,Profile ID,Date,Likes,Comment\n1,,kees,,5,2026-03-12 13:05:00,0,hoi\n"
SAMPLES = {
    "android": ANDROID,
    "thread": json.dumps(THREAD),
    "comments": json.dumps(COMMENTS),
    "instagram": json.dumps(INSTAGRAM),
    "telegram": json.dumps(TELEGRAM),
    "tiktok": json.dumps(TIKTOK),
    "x": X,
    "messages of x": MESSAGES_OF_X,
    "mail": MAIL,
    "box": BOX,
    "youtube": YOUTUBE,
    "4cat": FOURCAT,
    "exportcomments": EXPORTCOMMENTS,
}


def samples(zipped, workbook) -> Iterator[bytes]:
    yield from (text.encode() for text in SAMPLES.values())
    yield zipped({"_chat.txt": ANDROID, "message_1.json": THREAD})
    yield workbook({"Blad": [["Datum", "Tekst"], [46093.5, "hoi"]]})


def read_or_refuse(read, content: bytes) -> None:
    said: InputError | None = None
    try:
        found = read(content)
    except InputError as error:
        said = error
    if said is None:
        assert found.rows or found.rejects.rejected
    else:
        assert "\n" not in str(said)
        assert said.nl != str(said)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_read(read, name):
    assert read(SAMPLES[name]).rows


@given(st.binary(max_size=400))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"From \n")
@example(b"[12-03-26 14:05:00]")
@example(b"window.YTD.tweets.part0 = [")
def test_any_bytes(read_bytes, content):
    read_or_refuse(read_bytes, content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_samples_that_are_cut_or_damaged(read_bytes, zipped, workbook, data):
    content = bytearray(data.draw(st.sampled_from(list(samples(zipped, workbook)))))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(read_bytes, bytes(content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150)
@given(st.sampled_from([THREAD, COMMENTS, INSTAGRAM, TELEGRAM, TIKTOK]), st.data())
def test_values_of_another_kind_than_documented(read_bytes, sample, data):
    """Any value in a download may turn out to be anything."""
    copy = json.loads(json.dumps(sample))
    place = copy
    while True:
        key = data.draw(st.sampled_from(list(place)) if isinstance(place, dict) else st.integers(0, len(place) - 1))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(JSON)
        break
    read_or_refuse(read_bytes, json.dumps(copy).encode())


@given(st.lists(st.sampled_from(["text", "service", "media", "empty", "none"]), min_size=1, max_size=12))
def test_what_goes_in_is_scored_rejected_or_told(read_bytes, kinds):
    items = {
        "text": {"id": 1, "type": "message", "from": "K", "text": "hoi"},
        "service": {"id": 1, "type": "service", "text": ""},
        "media": {"id": 1, "type": "message", "from": "K", "photo": "x", "text": ""},
        "empty": {"id": 1, "type": "message", "from": "K", "text": ""},
        "none": 3,
    }
    try:
        found = read_bytes({**TELEGRAM, "messages": [items[kind] for kind in kinds]})
    except InputError:
        assert not {"text", "empty", "none"} & set(kinds)
    else:
        assert (len(found.rows), found.rejects.rejected, found.told) == (
            kinds.count("text"),
            kinds.count("empty") + kinds.count("none"),
            kinds.count("service") + kinds.count("media"),
        )


def test_what_is_looked_for_names_every_structure():
    words = {"Facebook", "WhatsApp", "Telegram", "TikTok", "YouTube", "X", "e-mail", "4CAT", "exportcomments"}
    named = {word for form in (*FORMATS, *TABLE_FORMATS) for word in words if word in form.name.en}
    assert named == words
    assert all(word in sentence for word in words for sentence in (looked_for().nl, looked_for().en))
