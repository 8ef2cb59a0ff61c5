"""HTML of a mail as text: what a reader sees, with what it quotes marked by ">" as in plain mail.

One pass from tag to tag without a tree, in time that grows with the length alone: html.parser and selectolax were tried, and a mail of
a megabyte of opened comments or nested quotes keeps them busy for minutes. Nothing is fetched or run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul")
)  # fmt: skip
_UNSEEN = frozenset(["head", "noscript", "template", "title"])
_DEEPEST = 20  # quotes in quotes
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*)?>""")
_ENDS = {"<!--": "-->", "<!": ">", "<?": ">", "</": ">"}
_CODE = {name: re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE) for name in ("script", "style")}


def html_to_text(html: str) -> str:
    """The text of an HTML page.

    Example:
        >>> html_to_text("<p>Hoi<br>jij &amp; ik</p><blockquote>oud</blockquote><script>x</script>")
        'Hoi\\njij & ik\\n> oud'
    """
    lines: list[str] = []
    line: list[str] = []
    unseen = quotes = 0

    def end_line() -> None:
        if text := " ".join("".join(line).split()):
            lines.append("> " * min(quotes, _DEEPEST) + text)
        line.clear()

    for text, closes, tag in _pieces(html):
        if text and not unseen:
            line.append(_plain(text))
        if tag in _BLOCKS:
            end_line()
        step = -1 if closes else 1
        if tag in _UNSEEN:
            unseen = max(0, unseen + step)
        elif tag == "body":
            unseen = 0  # whatever was left open in the head
        elif tag == "blockquote":
            quotes = max(0, quotes + step)
    end_line()
    return "\n".join(lines)


def _pieces(html: str) -> Iterator[tuple[str, bool, str]]:
    """Text and tags in turn: the text before a tag, whether the tag closes, and its name."""
    place, without_end = 0, set[str]()
    while (start := html.find("<", place)) >= 0:
        if match := _TAG.match(html, start):
            tag = match[2].lower()
            yield html[place:start], bool(match[1]), tag
            place = match.end()
            if tag in _CODE and not match[1]:
                end = _CODE[tag].search(html, place)
                place = end.end() if end else len(html)
            continue
        opening = next((sign for sign in _ENDS if html.startswith(sign, start)), "<")
        stop = -1 if opening in without_end or opening == "<" else html.find(_ENDS[opening], start + 2)
        if stop < 0:
            without_end.add(opening)
            yield html[place : start + 1], False, ""  # a sign like any other
            place = start + 1
        else:
            yield html[place:start], False, ""
            place = stop + len(_ENDS[opening])
    yield html[place:], False, ""


def _plain(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a character with a number of thousands of digits
        return text
