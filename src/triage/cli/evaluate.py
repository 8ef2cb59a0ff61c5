"""`triage evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.options import json_option, label_option, lang_option, load_model, model_option
from triage.cli.streams import print_json
from triage.language import Lang


@click.command()
@click.argument("labelled", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
@lang_option
@model_option
@label_option
def evaluate(labelled: tuple[Path, ...], as_json: bool, lang: Lang, model_name: str | None, labels: tuple[str, ...]) -> None:
    """Hold a model against labelled messages (JSON Lines with text, labels and intensity)."""
    from triage.report.text import evaluation_text
    from triage.training.corpus import read_labelled
    from triage.training.evaluate import evaluate as measure

    figures = measure(load_model(model_name, labels), read_labelled(labelled))
    if as_json:
        print_json(figures.to_dict())
    else:
        click.echo(evaluation_text(figures, lang))
