"""How fast each reader is, and how much memory it takes: a generated export of 100,000 messages each, read in a process of its own.

python benchmarks/readers.py [--messages 100000] [--only whatsapp]
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

WORDS = [
    "loket",
    "besluit",
    "brief",
    "weer",
    "niet",
    "nooit",
    "jullie",
    "prutsers",
    "mevrouw",
    "aanvraag",
    "straks",
    "morgen",
    "dank",
    "weten",
]
START = datetime(2026, 1, 1, tzinfo=UTC)


def texts(number: int) -> Iterator[tuple[int, str, str, datetime]]:
    """Number, author, text and time of each message; the same every time."""
    chance = random.Random(0)
    for n in range(number):
        yield (
            n,
            f"gebruiker{chance.randrange(900)}",
            " ".join(chance.choices(WORDS, k=chance.randint(3, 40))),
            START + timedelta(seconds=37 * n),
        )


def whatsapp(number: int, path: Path) -> None:
    """An Android chat; one message in ten has two lines, one in twenty is a photo."""
    with path.open("w", encoding="utf-8") as file:
        for n, author, text, when in texts(number):
            body = "<Media weggelaten>" if n % 20 == 7 else text.replace(" ", "\n", 1) if n % 10 == 3 else text
            file.write(f"{when:%d-%m-%y %H:%M} - {author}: {body}\n")


def _json(path: Path, head: str, items: Iterator[object], tail: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        for n, item in enumerate(items):
            file.write((", " if n else "") + json.dumps(item))
        file.write(tail)


def telegram(number: int, path: Path) -> None:
    """A group in one file."""
    items = (
        {"id": n, "type": "message", "date": f"{when:%Y-%m-%dT%H:%M:%S}", "date_unixtime": str(int(when.timestamp())), "from": author,
         "from_id": f"user{author[9:]}", "text": [text, {"type": "bold", "text": "!"}],
         "text_entities": [{"type": "plain", "text": text}, {"type": "bold", "text": "!"}]}
        for n, author, text, when in texts(number)
    )  # fmt: skip
    _json(path, '{"name": "Veenoord praat", "type": "private_supergroup", "id": 12, "messages": [', items, "]}")


def messenger(number: int, path: Path) -> None:
    """A chat of two."""
    items = (
        {"sender_name": "Zo\u00c3\u00ab" if n % 2 else "Loket", "timestamp_ms": int(when.timestamp() * 1000), "content": text,
         "reactions": [{"reaction": "\u00f0\u009f\u0091\u008d", "actor": "Loket"}], "is_geoblocked_for_viewer": False}
        for n, _, text, when in texts(number)
    )  # fmt: skip
    head = '{"participants": [{"name": "Zo\\u00c3\\u00ab"}, {"name": "Loket"}], "messages": ['
    _json(path, head, items, '], "title": "Zo\\u00c3\\u00ab", "thread_path": "inbox/zoe_1"}')


def facebook(number: int, path: Path) -> None:
    """Comments."""
    items = (
        {"timestamp": int(when.timestamp()), "title": f"{author} heeft gereageerd.",
         "data": [{"comment": {"timestamp": int(when.timestamp()), "comment": text, "author": author}}]}
        for _, author, text, when in texts(number)
    )  # fmt: skip
    _json(path, '{"comments_v2": [', items, "]}")


def instagram(number: int, path: Path) -> None:
    """Comments."""
    items = (
        {"media_list_data": [{"uri": ""}], "string_map_data": {"Opmerking": {"value": text}, "Media-eigenaar": {"value": author},
                                                               "Tijd": {"timestamp": int(when.timestamp())}}}
        for _, author, text, when in texts(number)
    )  # fmt: skip
    _json(path, "[", items, "]")


def tiktok(number: int, path: Path) -> None:
    """Comments, after as many watched videos."""
    watched = ", ".join(
        json.dumps({"Date": "2026-01-01 10:00:00", "Link": f"https://www.tiktokv.com/share/video/{n}/"}) for n in range(number)
    )
    items = ({"date": f"{when:%Y-%m-%d %H:%M:%S}", "comment": text, "photo": "N/A", "url": ""} for _, _, text, when in texts(number))
    _json(
        path,
        f'{{"Your Activity": {{"Watch History": {{"VideoList": [{watched}]}}}}, "Comment": {{"Comments": {{"CommentsList": [',
        items,
        "]}}}",
    )


def x(number: int, path: Path) -> None:
    """Posts."""
    items = (
        {"tweet": {"edit_info": {"initial": {"editTweetIds": [str(n)]}}, "retweeted": False, "entities": {"user_mentions": [], "urls": []},
                   "favorite_count": "1", "id_str": str(n), "retweet_count": "0", "created_at": f"{when:%a %b %d %H:%M:%S +0000 %Y}",
                   "full_text": text, "lang": "nl"}}
        for n, _, text, when in texts(number)
    )  # fmt: skip
    _json(path, "window.YTD.tweets.part0 = [", items, "]")


def youtube(number: int, path: Path) -> None:
    """Comments of Google Takeout."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Reactie-ID", "Kanaal-ID", "Aanmaaktijdstempel reactie", "Prijs", "Video-ID", "Reactietekst"])
        for n, author, text, when in texts(number):
            rows.writerow([n, author, when.isoformat(), 0, "v", json.dumps({"text": text})])


def fourcat(number: int, path: Path) -> None:
    """Comments on TikTok."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "thread_id", "author", "body", "timestamp", "unix_timestamp", "likes", "post_id", "is_liked_by_post_author"])
        for n, author, text, when in texts(number):
            rows.writerow([n, 1, author, text, f"{when:%Y-%m-%d %H:%M:%S}", int(when.timestamp()), 0, 1, "no"])


def mbox(number: int, path: Path) -> None:
    """Mails; every third one is a reply, every fifth one HTML only."""
    with path.open("w", encoding="utf-8") as file:
        for n, author, text, when in texts(number):
            kind = "html" if n % 5 == 0 else "plain"
            body = f"<html><body><p>{text}</p></body></html>" if kind == "html" else text
            quote = "\n\nOp do 1 jan. 2026 om 10:00 schreef Loket <loket@x.example>:\n> Wij wijzen het af.\n" if n % 3 == 0 else ""
            file.write(
                f"From {author}@x.example {when:%a %b %d %H:%M:%S %Y}\nFrom: {author}@x.example\nTo: loket@x.example\n"
                f"Subject: Re: besluit\nDate: {when:%a, %d %b %Y %H:%M:%S +0000}\nMessage-ID: <{n}@x.example>\n"
                f"Content-Type: text/{kind}; charset=utf-8\n\n{body}{quote}\n\n"
            )


def excel(number: int, path: Path) -> None:
    """A workbook of exportcomments, with texts in the cells."""

    def cell(place: str, value: str) -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'

    names = [
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
    ]
    space, office = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    link = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{space}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        book.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{link}</Relationships>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{space}"><sheetData>'.encode())
            for n, author, text, when in texts(number):
                values = [
                    str(n),
                    "",
                    author,
                    author,
                    str(n),
                    f"{when:%Y-%m-%d %H:%M:%S}",
                    "0",
                    text,
                    "no",
                    "",
                    str(10**15 + n),
                    "https://www.instagram.com/x",
                ]
                for row, cells in ((1, names), (2, values)) if n == 0 else ((n + 2, values),):
                    line = "".join(cell(f"{chr(65 + place)}{row}", value) for place, value in enumerate(cells) if value)
                    sheet.write(f'<row r="{row}">{line}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def zipped(number: int, path: Path) -> None:
    """A chat of Messenger and one of WhatsApp, half of the messages each, beside 200 photos."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, tempfile.TemporaryDirectory() as folder:
        for name, make in (("messages/inbox/zoe_1/message_1.json", messenger), ("_chat.txt", whatsapp)):
            make(number // 2, Path(folder, "part"))
            archive.write(Path(folder, "part"), name)
        for n in range(200):
            archive.writestr(f"media/{n}.jpg", b"\xff\xd8\xff\xe0" + random.Random(n).randbytes(100_000))


def plain_csv(number: int, path: Path) -> None:
    """A table, for comparison."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";")
    rows.writerow(["id", "auteur", "tekst", "datum"])
    rows.writerows([n, author, text, f"{when:%d-%m-%Y %H:%M:%S}"] for n, author, text, when in texts(number))
    path.write_text(out.getvalue(), "utf-8")


MAKERS: dict[str, Callable[[int, Path], None]] = {
    made.__name__: made
    for made in (whatsapp, telegram, messenger, facebook, instagram, tiktok, x, youtube, fourcat, mbox, excel, zipped, plain_csv)
}


def read(path: str) -> None:
    """What a process of its own does: read a file as `triage score` does before it scores."""
    from triage.tables.reading import read_messages
    from triage.tables.rejects import Rejects

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    started, used = time.monotonic(), time.process_time()
    rejects = Rejects()
    rows = sum(batch.num_rows for batch in read_messages(path, rejects=rejects))
    seconds, cpu = time.monotonic() - started, time.process_time() - used
    told = rows + rejects.rejected + rejects.left_out.total()
    print(json.dumps([rows, told, seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, before]))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--only", choices=MAKERS)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return
    print(f"{'reader':<12}{'MB':>7}{'messages':>11}{'read+told':>11}{'rows/s':>9}{'rows/cpu s':>12}{'peak MB':>9}{'at start':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name in [options.only] if options.only else MAKERS:
            path = Path(folder, "export")
            MAKERS[name](options.messages, path)
            done = subprocess.run([sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True)
            rows, told, seconds, cpu, peak, before = json.loads(done.stdout)
            size = path.stat().st_size / 1e6
            print(
                f"{name:<12}{size:>7.1f}{rows:>11,}{told:>11,}{rows / seconds:>9,.0f}{rows / cpu:>12,.0f}{peak:>9,}{before:>10,}",
                flush=True,
            )


if __name__ == "__main__":
    main()
