"""Tables of a known maker: Google Takeout, 4CAT, exportcomments."""

from __future__ import annotations

import csv
import io
import json

import pytest


def as_csv(rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    "header",
    [
        ["Comment ID", "Channel ID", "Comment create timestamp", "Price", "Parent comment ID", "Video ID", "Comment text"],
        ["Reactie-ID", "Kanaal-ID", "Aanmaaktijdstempel reactie", "Prijs", "Reactie-ID van bovenliggende", "Video-ID", "Reactietekst"],
    ],
)
def test_comments_of_google_takeout(read, header):
    text = ",".join(
        map(json.dumps, [{"text": "Hoi "}, {"text": "@jan", "mention": {"externalChannelId": "UC1"}}, {"text": "\nwat een prutser"}])
    )
    found = read(
        as_csv(
            [
                header,
                ["Ugx1", "UCeigen", "2026-03-12T13:05:00.123456+00:00", "0", "", "dQw4", text],
                ["Ugx2", "UCeigen", "2026-03-12 13:06:00 UTC", "0", "Ugx1", "dQw4", "gewoon"],
            ]
        )
    )
    assert found.texts == ["Hoi @jan\nwat een prutser", "gewoon"]
    assert found.column("id") == ["Ugx1", "Ugx2"]
    assert found.times() == ["2026-03-12T13:05:00Z", "2026-03-12T13:06:00Z"]
    assert found.column("url")[0] == "https://www.youtube.com/watch?v=dQw4&lc=Ugx1"
    assert (set(found.column("platform")), set(found.column("visibility")), set(found.column("author"))) == (
        {"youtube"},
        {"public"},
        {"UCeigen"},
    )
    assert found.rows[0][header[-1]] == text


def test_4cat_counts_in_utc(read):
    header = (
        "collected_from_url,id,thread_id,author,author_full,author_avatar_url,body,timestamp,unix_timestamp,likes,replies,post_id,post_url,"
        "post_body,comment_url,is_liked_by_post_author,is_sticky,is_comment_on_comment,language_guess"
    )
    row = [
        "https://t",
        "71",
        "70",
        "kees",
        "Kees",
        "",
        "Wat een sukkels",
        "2026-03-12 13:05:00",
        "1773320700",
        "4",
        "0",
        "70",
        "https://t/70",
        "post",
        "https://t/70?c=71",
        "no",
        "no",
        "no",
        "nl",
    ]
    found = read(as_csv([header.split(","), row]))
    [row] = found.rows
    assert (row["text"], row["id"], row["author"], row["platform"], row["visibility"], row["url"]) == (
        "Wat een sukkels",
        "71",
        "kees",
        "tiktok",
        "public",
        "https://t/70?c=71",
    )
    assert (found.times(), row["timestamp"], row["likes"]) == (["2026-03-12T13:05:00Z"], "2026-03-12 13:05:00", "4")


def test_4cat_without_unix_time_and_with_reach(read):
    header = ["id", "thread_id", "timestamp", "link", "body", "author", "retweet_count", "quote_count", "impression_count", "is_retweet"]
    found = read(as_csv([header, ["1", "1", "2026-03-12 13:05:00", "https://x/1", "hoi", "kees", "3", "0", "1200", "no"]], ";"))
    [row] = found.rows
    assert (row["platform"], row["shares"], row["views"], found.times()) == ("x", 3, 1200, ["2026-03-12T13:05:00Z"])


def test_any_other_platform_of_4cat_stays_unknown(read):
    [row] = read(as_csv([["id", "thread_id", "author", "body", "timestamp"], ["1", "1", "kees", "hoi", "2026-03-12 13:05:00"]])).rows
    assert (row["platform"], row["visibility"], row["sent_at"].hour) == (None, None, 13)


EXPORTCOMMENTS = [
    "",
    "",
    "Name",
    "Username",
    "Profile ID",
    "Date",
    "Likes",
    "Comment",
    "User Verified",
    "Thumbnail",
    "Comment ID",
    "Profile URL",
    "Comment URL",
]
ROWS = [
    [
        "1",
        "",
        "keesje",
        "",
        "55",
        "2026-03-12 14:05:00",
        "2",
        "Wat een sukkels",
        "no",
        "https://cdninstagram.com/1.jpg",
        "179",
        "https://www.instagram.com/keesje",
        "https://www.instagram.com/p/D/c/179",
    ],
    [
        "",
        "1-1",
        "Bo B",
        "bo",
        "56",
        "2026-03-12 14:06:00",
        "0",
        "Ja hoor",
        "no",
        "",
        "180",
        "https://www.instagram.com/bo",
        "https://www.instagram.com/p/D/c/180",
    ],
]


def test_exportcomments(read):
    found = read(as_csv([EXPORTCOMMENTS, *ROWS]))
    assert found.texts == ["Wat een sukkels", "Ja hoor"]
    assert found.column("author") == ["keesje", "bo"]
    assert found.column("id") == ["179", "180"]
    assert found.column("column_2") == [None, "1-1"]
    assert (found.rows[0]["platform"], found.rows[0]["visibility"], found.rows[0]["url"]) == (
        "instagram",
        "public",
        "https://www.instagram.com/p/D/c/179",
    )
    assert found.times()[0] == "2026-03-12T13:05:00Z"


def test_exportcomments_of_youtube(read):
    found = read(
        as_csv(
            [
                ["id", "Name", "Date", "Likes", "isHearted", "isPinned", "Comment", "(view source)"],
                ["1", "Kees", "31/12/25 10:00:00", "0", "no", "no", "hoi", "view"],
            ]
        )
    )
    assert (found.column("platform"), found.column("author"), found.times()) == (["youtube"], ["Kees"], ["2025-12-31T09:00:00Z"])


def test_exportcomments_as_a_workbook(read, workbook):
    above = [["Instagram-reacties"], ["https://www.instagram.com/p/D/", "", "2 reacties"], []]
    found = read(workbook({"Comments": [*above, EXPORTCOMMENTS, *ROWS]}))
    assert found.texts == ["Wat een sukkels", "Ja hoor"]
    assert found.column("author") == ["keesje", "bo"]
    assert found.column("source_row") == [5, 6]
    assert set(found.column("platform")) == {"instagram"}
    assert found.left_out == {"rows above the header": 2}


def test_a_column_of_the_table_itself_wins(read):
    header = ["id", "thread_id", "author", "body", "timestamp", "platform", "tiktok_url"]
    [row] = read(as_csv([header, ["1", "1", "kees", "hoi", "2026-03-12 13:05:00", "forum", "u"]])).rows
    assert (row["platform"], row["visibility"]) == ("forum", "public")
