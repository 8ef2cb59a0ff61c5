"""Reads what 4CAT gives as CSV: `id, thread_id, author, body, timestamp`, and more by platform; its times are in UTC.

4CAT does not say which platform a file is from; some columns do. It collects what is public. Source: digitalmethodsinitiative/4cat,
import_formats and the data sources.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from triage.language import Text
from triage.tables.formats.dressing import Maker, Row, TableFormat, first_of

_NEEDED = {"id", "thread id", "author", "body", "timestamp"}
_PLATFORMS = {  # the columns that only a file of this platform has
    "tiktok": ({"tiktok url"}, {"is liked by post author"}, {"collected from url", "post url"}),
    "x": ({"retweet count", "quote count"}, {"retweet count", "is retweet"}),
    "instagram": ({"num likes", "num media"}, {"media url", "num comments", "location city"}),
    "telegram": ({"fwd from id"}, {"chat", "num forwards"}, {"attachment type", "views", "grouped id"}),
    "youtube": ({"video id", "channel id"},),
}
_NAIVE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?")


def _time(row: Row) -> str | None:
    written, counted = first_of(row, ["timestamp"]), first_of(row, ["unix timestamp"])
    if counted:
        return counted
    return f"{written} UTC" if written and _NAIVE.fullmatch(written) else written


def _makes(names: Collection[str]) -> Mapping[str, Maker]:
    platform = next((name for name, signs in _PLATFORMS.items() if any(sign <= {*names} for sign in signs)), None)
    makes: dict[str, Maker] = {"sent_at": _time}
    if platform:
        makes |= {"platform": lambda _: platform, "visibility": lambda _: "public"}
    return makes


FORMAT = TableFormat(name=Text(nl="tabel van 4CAT", en="table of 4CAT"), recognises=lambda names: {*names} >= _NEEDED, makes=_makes)
