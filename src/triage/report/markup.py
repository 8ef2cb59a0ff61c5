"""HTML and SVG out of elements: the one place where text becomes markup.

Every string that is not `Html` is escaped, with control and direction characters made visible. No attribute can hold a script, and no
link leads elsewhere than to a web address or a place on the same page.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias
from urllib.parse import urlsplit

from triage.report.plain import visible

_EMPTY = frozenset({"meta", "input", "br"})
_RAW = frozenset({"script", "style"})


class Html(str):
    """Markup that is safe as it stands; only the functions below make it."""

    def _repr_html_(self) -> str:
        """Itself, for notebooks."""
        return self


Inside: TypeAlias = "str | Iterable[Inside] | None"


def tag(name: str, /, *inside: Inside, **attributes: str | float | bool | None) -> Html:
    """An element.

    Args:
        name: The name of the element.
        inside: Text, elements, or lists of them; `None` and "" are nothing.
        attributes: `class_` is class and `aria_label` is aria-label. True is an attribute without a value; None and False are
            left out, and so is an `href` that is no web address.

    Example:
        >>> tag("p", "a < b", tag("b", "c"), class_="x", hidden=True)
        '<p class="x" hidden>a &lt; b<b>c</b></p>'
        >>> tag("a", "hier", href="javascript:alert(1)")
        '<a>hier</a>'
    """
    written = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    if name in _RAW:
        raise ValueError(f"{name} is made by raw()")
    return Html(f"<{name}{written}>" if name in _EMPTY else f"<{name}{written}>{join(inside)}</{name}>")


def join(parts: Inside) -> Html:
    """Text and elements one after the other, as markup.

    Example:
        >>> join(["a & b", tag("b", "c"), None])
        'a &amp; b<b>c</b>'
    """
    if parts is None or isinstance(parts, Html):
        return parts or Html()
    if isinstance(parts, str):
        return Html(escape(visible(parts)))
    return Html("".join(map(join, parts)))


def said(text: str, /, **attributes: str) -> Html:
    """Words of somebody else, set apart so that their reading direction stays their own."""
    return tag("bdi", text, **attributes)


def raw(name: str, /, text: str) -> Html:
    """A script or style of our own, as it stands.

    Raises:
        ValueError: if it could close its element.
    """
    if name not in _RAW or "</" in text or "<!--" in text:
        raise ValueError(f"This cannot stand in {name}")
    return Html(f"<{name}>{text}</{name}>")


def is_web_address(url: str) -> bool:
    """Is this an ordinary web address? Not so are javascript:, data:, and what holds hidden characters.

    Example:
        >>> is_web_address("https://example.org/a?b=c"), is_web_address("java\\nscript:alert(1)")
        (True, False)
    """
    try:
        return url.isprintable() and urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _attribute(name: str, value: str | float | bool | None) -> str:
    if name.startswith("on"):
        raise ValueError(f"{name} would be a script")
    if value is None or value is False or (name == "href" and not (str(value).startswith("#") or is_web_address(str(value)))):
        return ""
    if value is True:
        return f" {name}"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f' {name}="{escape(visible(text))}"'
