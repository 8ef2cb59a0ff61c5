"""What `--help` prints, in Dutch and in English.

The English sentences stand beside their options; `help-nl.toml` has the Dutch one for each, and for click's own words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import click

_REMARK = re.compile(r" {2}\[")  # "File to write.  [required]  [x>=1]"
_OPTION = re.compile(r"(?P<names>.*--?[\w-]+)(?: (?P<value>[^-].*))?")


@cache
def dutch_sentences() -> dict[str, str]:
    """English sentence or word -> Dutch one."""
    found: dict[str, str] = tomllib.loads(Path(__file__).with_name("help-nl.toml").read_text(encoding="utf-8"))["sentences"]
    return found


def in_dutch(english: str) -> str:
    """A sentence in Dutch; unchanged where there is none, such as for the name of a command.

    Example:
        >>> in_dutch("How many cases to print.  [default: 10; x>=1]")
        'Hoeveel casussen te tonen.  [standaard: 10; x>=1]'
    """
    sentence, *remarks = _REMARK.split(english)
    return "  [".join([_sentence(sentence), *map(_remark, remarks)])


def _sentence(english: str) -> str:
    plain = " ".join(english.split())
    found = dutch_sentences().get(plain)
    if found is None and plain.endswith("..."):  # click cuts what does not fit beside the name of a command
        found = next((dutch for whole, dutch in dutch_sentences().items() if whole.startswith(plain[:-3])), None)
    return found or english


def _remark(english: str) -> str:
    """What stands between brackets behind a sentence."""
    parts = english.removesuffix("]").split("; ")
    for place, part in enumerate(parts):
        name, colon, value = part.partition(": ")
        parts[place] = f"{_sentence(name)}{colon}{_sentence(value)}"
    return "; ".join(parts) + "]"


class DutchFormatter(click.HelpFormatter):
    """Writes the help that click puts together in Dutch."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how a command is called."""
        super().write_usage(prog, " ".join(map(_sentence, args.split(" "))), prefix or f"{_sentence('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        """The title of a list."""
        super().write_heading(_sentence(heading))

    def write_text(self, text: str) -> None:
        """What a command does, in paragraphs."""
        super().write_text("\n\n".join(map(_sentence, text.split("\n\n"))))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands, and what they are for."""
        super().write_dl([(_names(names), in_dutch(about)) for names, about in rows], col_max, col_spacing)


def _names(names: str) -> str:
    """`-o, --output FILE` with its last word in Dutch."""
    option = _OPTION.fullmatch(names)
    return f"{option['names']} {_sentence(option['value'])}" if option and option["value"] else names


class HelpContext(click.Context):
    """The context of a command whose help comes in the language that the whole command line asks for."""

    def make_formatter(self) -> click.HelpFormatter:
        """What writes the help."""
        kind = click.HelpFormatter if self.find_root().obj == "en" else DutchFormatter
        return kind(width=self.terminal_width, max_width=self.max_content_width)
