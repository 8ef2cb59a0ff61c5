"""Wrong use of the command line, as one sentence in both languages that says what to do; click has its own in English only."""

from __future__ import annotations

import re
from functools import singledispatch

import click

from triage.language import Text

# What is too many may be the words of a message, so it is not repeated.
_TOO_MANY = Text(
    nl="Er staat meer dan er hoort: zet een tekst of naam met spaties tussen aanhalingstekens.",
    en="There is more than belongs here: put a text or name with spaces between quotes.",
)


class WrongUseError(click.UsageError):
    """Wrong use that triage itself notices.

    Args:
        text: What to do.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class MissingFileError(WrongUseError):
    """A file that does not exist was named.

    Args:
        name: As the user named it.
    """

    def __init__(self, name: str) -> None:
        nl, en = f"{name} bestaat niet: controleer de naam en de map.", f"{name} does not exist: check its name and its folder."
        super().__init__(Text(nl=nl, en=en))


def sentence(error: click.UsageError) -> Text | None:
    """What is wrong and what to do; None where click has to say it itself.

    Args:
        error: What click or triage raised.

    Example:
        >>> sentence(click.NoSuchOption("--tpo")).nl
        'De optie --tpo bestaat niet.'
    """
    said = _said(error)
    if said is None or error.ctx is None or isinstance(error, MissingFileError):
        return said
    command = f"{error.ctx.command_path} --help"
    return Text(nl=f"{said.nl} Zie: {command}", en=f"{said.en} See: {command}")


@singledispatch
def _said(error: click.UsageError) -> Text | None:
    if error.ctx is None:
        return None
    if isinstance(error.ctx.command, click.Group):
        unknown = re.search(r"No such command ['\"](.*)['\"]", error.message)
        return _no_command(unknown[1], error.ctx.command) if unknown else None
    return _TOO_MANY if "unexpected extra argument" in error.message else None


@_said.register
def _(error: WrongUseError) -> Text:
    return error.text


@_said.register
def _(error: click.NoSuchOption) -> Text:
    from difflib import get_close_matches

    name = error.option_name
    known = [option for one in error.ctx.command.params for option in one.opts if option.startswith("--")] if error.ctx else []
    near = "".join(get_close_matches(name, known, n=1))
    nl, en = (f" Bedoelde u {near}?", f" Did you mean {near}?") if near else ("", "")
    return Text(nl=f"De optie {name} bestaat niet.{nl}", en=f"There is no option {name}.{en}")


@_said.register
def _(error: click.BadOptionUsage) -> Text:
    name = error.option_name
    if "requires" in error.message:
        return Text(nl=f"Achter {name} ontbreekt een waarde: geef die mee.", en=f"{name} needs a value: give it one.")
    return Text(
        nl=f"{name} heeft geen waarde: laat weg wat achter het =-teken staat.", en=f"{name} takes no value: leave out what follows =."
    )


@_said.register
def _(error: click.MissingParameter) -> Text | None:
    name = _name(error)
    return Text(nl=f"{name} ontbreekt: geef dat mee.", en=f"{name} is missing: give it.") if name else None


@_said.register
def _(error: click.BadParameter) -> Text | None:
    name = _name(error)
    if error.param is None or name is None:
        return None
    what = _wanted(error.param.type, error.message)
    return Text(nl=f"De waarde bij {name} kan niet: {what.nl}.", en=f"The value of {name} cannot be used: {what.en}.")


def _no_command(name: str, group: click.Group) -> Text:
    known = ", ".join(sorted(group.commands))
    return Text(nl=f"De opdracht {name} bestaat niet: kies uit {known}.", en=f"There is no command {name}: choose from {known}.")


def _name(error: click.BadParameter) -> str | None:
    """What the help calls an option or argument: `-o / --output`, `SCORED`."""
    if error.param is None or error.ctx is None:
        return None
    return error.param.get_error_hint(error.ctx).replace("'", "").rstrip(".")


def _wanted(kind: object, message: str) -> Text:
    """What a value has to be."""
    if isinstance(kind, click.Choice):
        names = ", ".join(map(str, kind.choices))
        return Text(nl=f"kies uit {names}", en=f"choose from {names}")
    if isinstance(kind, click.IntRange | click.FloatRange):
        return _number(kind)
    if isinstance(kind, click.DateTime):
        return Text(nl="geef een datum als 2026-03-31", en="give a date such as 2026-03-31")
    if isinstance(kind, click.Path):
        return _path(message)
    return Text(nl="controleer die", en="check it")


def _number(kind: click.IntRange | click.FloatRange) -> Text:
    whole = isinstance(kind, click.IntRange)
    nl, en = ("een heel getal", "a whole number") if whole else ("een getal", "a number")
    over_nl, over_en = ("boven", "above") if kind.min_open else ("vanaf", "from")
    return Text(nl=f"geef {nl} {over_nl} {kind.min}", en=f"give {en} {over_en} {kind.min}{'' if kind.min_open else ' on'}")


def _path(message: str) -> Text:
    if message.endswith("is a directory."):
        return Text(nl="dat is een map, geef een bestand", en="that is a folder, give a file")
    if message.endswith("is a file."):
        return Text(nl="dat is een bestand, geef een map", en="that is a file, give a folder")
    return Text(
        nl="dat bestand is niet te lezen of te schrijven, controleer de rechten",
        en="that file cannot be read or written, check its permissions",
    )
