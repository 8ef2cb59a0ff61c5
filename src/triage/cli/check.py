"""`triage check`."""

from __future__ import annotations

import click

from triage.cli.options import json_option, label_option, lang_option, load_model, model_option
from triage.cli.streams import print_json, standard_input
from triage.language import Lang


@click.command()
@click.argument("text")
@json_option
@lang_option
@model_option
@label_option
def check(text: str, as_json: bool, lang: Lang, model_name: str | None, labels: tuple[str, ...]) -> None:
    """Classify one message; `-` reads it from standard input."""
    found = load_model(model_name, labels).classify(standard_input() if text == "-" else text)
    if as_json:
        print_json(found.to_dict())
        return
    from triage.report.text import classification_text

    click.echo(classification_text(found, lang, found.explain() if found.labels else None))
