"""Reads what exportcomments.com gives as CSV or Excel: `, , Name, Username, Profile ID, Date, Likes, Comment, ...`.

The first two columns have no name: they number comments (1) and replies to them (1-1). In a workbook rows about the post stand above
the header. It says no zone with its times. Sources: the sample in wanaincode/instagram_lottory, docs.exportcomments.com.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial

from triage.language import Text
from triage.tables.formats.dressing import Maker, Row, TableFormat, first_of

_NEEDED = {"name", "date", "likes", "comment"}
_OTHERS = {"profile id", "comment id", "ishearted", "ispinned", "(view source)", "user verified", "profile url", "comment url"}
_URLS = ("comment url", "profile url", "(view source)", "thumbnail")
_HOST = re.compile(r"https?://(?:[\w-]+\.)*(facebook|instagram|tiktok|youtube|twitter|x|linkedin|threads)\.(?:com|net)\b", re.IGNORECASE)


def _recognises(names: Collection[str]) -> bool:
    return {*names} >= _NEEDED and bool(_OTHERS & {*names})


def _platform(row: Row, otherwise: str | None) -> str | None:
    found = next((match for name in _URLS if (match := _HOST.match(str(row.get(name) or "")))), None)
    host = found[1].lower() if found else otherwise
    return "x" if host == "twitter" else host


def _makes(names: Collection[str]) -> Mapping[str, Maker]:
    return {
        "author": lambda row: first_of(row, ["username", "name"]),  # one of the two may be empty
        "platform": partial(_platform, otherwise="youtube" if "ishearted" in names else None),
        "visibility": lambda _: "public",
    }


FORMAT = TableFormat(name=Text(nl="tabel van exportcomments", en="table of exportcomments"), recognises=_recognises, makes=_makes)
