"""Options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triage.cli.mistakes import MissingFileError, WrongUseError
from triage.errors import ModelError
from triage.language import LANGS, Lang, Text

if TYPE_CHECKING:
    from triage.model import Model
    from triage.tables import Corrections


class _Existing(click.Path):
    """A path that has to be there; click would say so in English only."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not Path(value).exists() and not (self.allow_dash and str(value) == "-"):
            raise MissingFileError(str(value))
        return super().convert(value, param, ctx)


FILE = _Existing(exists=True, dir_okay=False, path_type=Path)
FILE_OR_FOLDER = _Existing(exists=True, path_type=Path)
FILE_OR_DASH = _Existing(exists=True, dir_okay=False, allow_dash=True)
EXPORT = _Existing(exists=True, allow_dash=True)  # of a folder the readers say what to do

lang_option = click.option("--lang", type=click.Choice(LANGS), default="nl", show_default=True, help="Language of what is printed.")
model_option = click.option("--model", "model_name", default=None, help="Folder or hub name of another model.")
label_option = click.option(
    "--label", "labels", multiple=True, metavar="THEIRS=OURS", help="Label of that model and the label of triage it means."
)
jurisdiction_option = click.option(
    "--jurisdiction", type=click.Choice(("nl", "be")), default=None, help="Whose rules apply.  [default: nl]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
corrections_option = click.option(
    "--corrections",
    "correction_files",
    multiple=True,
    metavar="FILE",
    type=FILE,
    help="CSV with the id and labels of messages that a person judged: these win over the model. May be repeated.",
)


def load_corrections(files: Sequence[Path], scored: Sequence[Path], lang: Lang) -> Corrections | None:
    """What stands in the files that --corrections names, None without one; on standard error it says what became of it."""
    if not files:
        return None
    from triage.report.console import corrections_summary
    from triage.tables import read_corrections

    made = read_corrections(files, scored)
    click.echo(corrections_summary(made, lang), err=True)
    return made


def load_model(name: str | None, labels: tuple[str, ...]) -> Model:
    """The model that the options name."""
    from triage.classify.checkpoint import LabelsError
    from triage.model import load

    try:
        return load(name, label_map=pairs("--label", labels) or None)
    except LabelsError as error:
        raise ModelError(
            f"{error.trouble.en} For example: --label TOXIC=insult.", nl=f"{error.trouble.nl} Bijvoorbeeld: --label TOXIC=insult."
        ) from None


def pairs(option: str, values: tuple[str, ...]) -> dict[str, str]:
    """LEFT=RIGHT values of an option as a dictionary."""
    made = {}
    for value in values:
        left, sign, right = value.partition("=")
        if not (left and sign and right):
            raise WrongUseError(
                Text(
                    nl=f"Bij {option} horen twee namen met een =-teken ertussen, niet {value!r}.",
                    en=f"{option} takes two names with = between them, not {value!r}.",
                )
            )
        made[left] = right
    return made
