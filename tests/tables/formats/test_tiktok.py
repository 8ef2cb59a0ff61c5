"""Downloads of TikTok, whose names and capitals differ by version."""

from __future__ import annotations

import pytest

OLD = {
    "Activity": {
        "Favorite Effects": {"FavoriteEffectsList": []},
        "Video Browsing History": {"VideoList": [{"Date": "2026-03-01 10:00:00", "Link": "https://x"}] * 5},
    },
    "Comment": {
        "Comments": {
            "CommentsList": [
                {"Date": "2026-03-12 13:05:00", "Comment": "Wat een sukkels", "Photo": "N/A", "Url": "https://www.tiktok.com/@a/video/1"}
            ]
        }
    },
    "Direct Messages": {
        "Chat History": {
            "ChatHistory": {
                "Chat History with j.jansen:": [
                    {"Date": "2026-03-12 13:06:00", "From": "j.jansen", "Content": "Ik weet je te vinden"},
                    {"Date": "2026-03-12 13:07:00", "From": "loketzuid", "Content": "Stop hiermee"},
                ]
            }
        }
    },
    "Profile": {"Profile Information": {"ProfileMap": {"userName": "loketzuid", "emailAddress": "x"}}},
}
NEW = {
    "App Settings": {"Settings": {"SettingsMap": {}}},
    "Comment": {
        "Comments": {
            "App": 1,
            "CommentsList": [
                {"date": "2026-03-12 13:05:00", "comment": "Wat een sukkels", "photo": "N/A", "url": "https://www.tiktok.com/@a/video/1"}
            ],
        }
    },
    "Direct Message": {"Direct Messages": OLD["Direct Messages"]["Chat History"]},
    "Profile And Settings": {"Profile Info": {"ProfileMap": {"userName": "loketzuid"}}},
    "Your Activity": {"Watch History": {"VideoList": []}},
}


@pytest.mark.parametrize("export", [OLD, NEW])
def test_comments_and_direct_messages(read, export):
    found = read(export)
    assert found.texts == ["Wat een sukkels", "Ik weet je te vinden", "Stop hiermee"]
    assert found.column("author") == ["loketzuid", "j.jansen", "loketzuid"]
    assert found.column("target") == [None, "loketzuid", "j.jansen"]
    assert found.column("visibility") == ["public", "direct", "direct"]
    assert found.times()[:2] == ["2026-03-12T13:05:00Z", "2026-03-12T13:06:00Z"]  # UTC
    assert found.column("url") == ["https://www.tiktok.com/@a/video/1", None, None]
    assert found.column("date")[0] == "2026-03-12 13:05:00"
    assert found.column("photo") == [None, None, None]
    assert set(found.column("platform")) == {"tiktok"}


def test_groups_and_items_that_are_none(read):
    found = read(
        {"Direct Message": {"Group Chat": {"ChatHistory": {"Groep": [{"Date": "2026-03-12 13:06:00", "From": "a", "Content": "hoi"}, 3]}}}}
    )
    assert (found.texts, found.column("visibility"), found.rejects.rejected) == (["hoi"], ["group"], 1)
