"""`triage score`."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.options import label_option, lang_option, load_model, model_option, pairs
from triage.errors import NothingToDo
from triage.language import Lang


@click.command()
@click.argument("exports", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write: .parquet, .csv or .jsonl."
)
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, e.g. text=Reactie.")
@lang_option
@model_option
@label_option
def score(
    exports: tuple[str, ...], output: Path, columns: tuple[str, ...], lang: Lang, model_name: str | None, labels: tuple[str, ...]
) -> None:
    """Score the messages of one or many exports: tables, chats, downloads, e-mail, or zip files with these."""
    from triage.report.console import progress_bar, scoring_summary

    model = load_model(model_name, labels)
    with progress_bar(lang) as progress:
        summary = model.score_files(exports, output, pairs("--map", columns), progress, lang)
    click.echo(scoring_summary(summary, output, lang), err=True)
    if not summary.scored:
        raise NothingToDo("No row could be scored.", nl="Geen enkele rij kon worden gescoord.")
