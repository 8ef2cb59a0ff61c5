"""`triage score`."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.mistakes import WrongUseError
from triage.cli.options import EXPORT, FILE, label_option, lang_option, load_model, model_option, pairs
from triage.errors import NothingToDo
from triage.language import Lang, Text


@click.command()
@click.argument("exports", nargs=-1, required=True, type=EXPORT)
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write: .parquet, .csv or .jsonl."
)
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, e.g. text=Reactie.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped; without one, begin.")
@click.option("--restart", is_flag=True, help="Throw away what a run that was stopped has done.")
@click.option("--previous", type=FILE, help="Scored .parquet: texts in it keep their scores.")
@lang_option
@model_option
@label_option
def score(
    exports: tuple[str, ...],
    output: Path,
    columns: tuple[str, ...],
    resume: bool,
    restart: bool,
    previous: Path | None,
    lang: Lang,
    model_name: str | None,
    labels: tuple[str, ...],
) -> None:
    """Score the messages of one or many exports.

    Exports are tables, chats, downloads, e-mail, and zip files with these, also compressed; `-` is standard input.
    """
    from triage.report.console import interrupted, progress_bar, scoring_summary
    from triage.tables import work_folder

    if resume and restart:
        raise WrongUseError(
            Text(nl="--resume en --restart gaan niet samen: kies er een.", en="--resume and --restart exclude each other: choose one.")
        )
    model = load_model(model_name, labels)
    try:
        with progress_bar(lang) as progress:
            summary = model.score_files(
                exports, output, pairs("--map", columns), progress, lang, resume=resume, restart=restart, previous=previous
            )
    except KeyboardInterrupt:
        if work_folder(output).exists():
            click.echo(interrupted(work_folder(output), lang), err=True)
        raise
    click.echo(scoring_summary(summary, output, lang), err=True)
    if not summary.scored:
        raise NothingToDo(
            "No row could be scored, for the reason above: export it again, with its messages.",
            nl="Geen enkele rij kon worden gescoord, om de reden hierboven: exporteer opnieuw, met de berichten erbij.",
        )
