"""The dossier as one web page: no scripts, nothing fetched, and nothing from outside gets out of its place.

All text comes in through `_text`, which escapes it and sets it apart from what stands around it (<bdi>); no address in a message becomes
a link. Attributes hold only what is made here: numbers, fixed words, and the names of attachments, which are plain ASCII
(`attachments.safe_name`).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files

from triage.report.dossier.document import (
    Bar,
    Bars,
    Block,
    Bullets,
    Check,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Rows,
    Section,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:"


def page(document: Document) -> str:
    """The page.

    Args:
        document: What it says.
    """
    style = files("triage.report.dossier").joinpath("page.css").read_text("utf-8")
    contents = "".join(f'<li><a href="#s{place}">{_text(one.title)}</a></li>' for place, one in enumerate(document.sections, start=1))
    sections = "\n".join(_section(place, one) for place, one in enumerate(document.sections, start=1))
    return (
        f'<!DOCTYPE html>\n<html lang="{document.lang}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{_text(document.title)}</h1><p>{_text(document.subtitle)}</p></header>\n<nav><ol>{contents}</ol></nav>\n"
        f"<main>\n{sections}\n</main>\n<footer><p>{_text(document.footer)}</p></footer>\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"


def _section(place: int, section: Section) -> str:
    return f'<section id="s{place}">\n<h2>{_text(section.title)}</h2>\n{_join(map(_block, section.blocks))}\n</section>'


def _join(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _block(block: Block) -> str:
    match block:
        case Paragraph(text, role):
            return f'<p class="{role}">{_text(text)}</p>'
        case Heading(text, mark):
            return f"<h3>{_text(text)}{f' <span>· {_text(mark)}</span>' if mark else ''}</h3>"
        case Rows(rows):
            return _rows(rows)
        case Grid(head, rows, _):
            heads = "".join(f'<th scope="col">{_text(one)}</th>' for one in head)
            body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
            return f"<table><thead><tr>{heads}</tr></thead><tbody>\n{body}</tbody></table>"
        case Bars(title, bars):
            label = f'<p class="label">{_text(title)}</p>\n' if title else ""
            return label + _join(map(_bar, bars))
        case Bullets(title, items, small):
            listed = "".join(f"<li>{_text(item)}</li>" for item in items)
            return f'<div class="{"small" if small else "list"}"><p class="label">{_text(title)}</p><ul>{listed}</ul></div>'
        case Check(text, source):
            return f'<div class="check"><span>☐</span><div><p>{_text(text)}</p><p class="source">{_text(source)}</p></div></div>'
        case Quote(title, about, lines, rows):
            quoted = "".join(f"<p>{_text(line)}</p>" for line in lines)
            return (
                f'<article class="message"><h3>{_text(title)} <span>· {_text(about)}</span></h3>'
                f"<blockquote>{quoted}</blockquote>{_rows(rows)}</article>"
            )
        case Picture(file, caption):
            return f'<figure><img src="{escape(file)}" alt="" loading="lazy"><figcaption>{_text(caption)}</figcaption></figure>'


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{_text(name)}</dt><dd>{_text(said)}</dd>' for name, said in rows)}</dl>"


def _bar(bar: Bar) -> str:
    note = f'<span class="note">{_text(bar.note)}</span>' if bar.note else ""
    width = 100 * min(1.0, max(0.0, bar.share))
    return (
        f'<div class="bar"><span>{_text(bar.name)}</span><span class="value">{_text(bar.value)}</span>'
        f'<span class="track"><span class="fill" style="width:{width:.1f}%"></span></span>{note}</div>'
    )
