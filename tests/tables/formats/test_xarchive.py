"""Archives of X: JSON behind a line of JavaScript."""

from __future__ import annotations

import json

import pytest

from triage.errors import InputError

TWEET = {
    "edit_info": {"initial": {"editTweetIds": ["19"]}},
    "retweeted": False,
    "entities": {"hashtags": [], "user_mentions": [{"name": "Loket", "screen_name": "loketzuid", "id_str": "5"}], "urls": []},
    "favorite_count": "3",
    "id_str": "1900000000000000019",
    "in_reply_to_screen_name": "loketzuid",
    "in_reply_to_status_id_str": "18",
    "retweet_count": "2",
    "id": "1900000000000000019",
    "created_at": "Thu Mar 12 13:05:00 +0000 2026",
    "full_text": "@loketzuid jullie &lt;b&gt; sukkels &amp; co",
    "lang": "nl",
}


@pytest.mark.parametrize("kind", ["tweets", "tweet", "deleted_tweets", "community_tweet"])
@pytest.mark.parametrize("wrap", [lambda tweet: {"tweet": tweet}, lambda tweet: tweet])
def test_posts(read, kind, wrap):
    found = read(f"window.YTD.{kind}.part0 = " + json.dumps([wrap(TWEET)], indent=2))
    [row] = found.rows
    assert row["text"] == "@loketzuid jullie <b> sukkels & co"
    assert (row["id"], row["target"], row["platform"], row["visibility"]) == ("1900000000000000019", "loketzuid", "x", "public")
    assert (row["shares"], row["likes"], row["mentions"], row["lang"]) == (2, "3", "loketzuid", "nl")
    assert row["url"] == "https://x.com/i/web/status/1900000000000000019"
    assert found.times() == ["2026-03-12T13:05:00Z"]


def conversation(*messages):
    return [{"dmConversation": {"conversationId": "5-7", "messages": list(messages)}}]


CREATED = {
    "messageCreate": {
        "recipientId": "5",
        "reactions": [],
        "urls": [],
        "text": "Ik weet je te vinden",
        "mediaUrls": [],
        "senderId": "7",
        "id": "31",
        "createdAt": "2026-03-12T13:05:00.123Z",
    }
}


def test_direct_messages(read):
    photo = {"messageCreate": {**CREATED["messageCreate"], "text": "", "mediaUrls": ["https://ton.twitter.com/1.jpg"]}}
    found = read("window.YTD.direct_messages.part0 = " + json.dumps(conversation(CREATED, photo)))
    [row] = found.rows
    assert (row["text"], row["author"], row["target"], row["visibility"], row["conversation"]) == (
        "Ik weet je te vinden",
        "7",
        "5",
        "direct",
        "5-7",
    )
    assert found.told == 1


def test_messages_in_a_group(read):
    joined = {"joinConversation": {"initiatingUserId": "7", "participantsSnapshot": [], "createdAt": "2026-03-12T13:00:00.000Z"}}
    message = {"messageCreate": {key: value for key, value in CREATED["messageCreate"].items() if key != "recipientId"}}
    found = read("window.YTD.direct_messages_group.part0 = " + json.dumps(conversation(joined, message)))
    assert (found.column("visibility"), found.column("target"), found.left_out) == (["group"], [None], {"notices of the app": 1})


def test_the_prefix_may_lie_across_a_chunk(read):
    tweets = [{"tweet": {**TWEET, "id_str": str(n), "full_text": f"bericht {n} " + "x" * 200}} for n in range(3000)]
    found = read("window.YTD.tweets.part0 = " + json.dumps(tweets))
    assert found.column("id") == [str(n) for n in range(3000)]


def test_cut_off_and_empty(read):
    text = "window.YTD.tweets.part0 = " + json.dumps([{"tweet": TWEET}, {"tweet": TWEET}])
    found = read(text[:-40])
    assert (len(found.rows), found.rejects.rejected) == (1, 1)
    with pytest.raises(InputError, match="no rows with messages"):
        read("window.YTD.tweets.part0 = [ ]")
