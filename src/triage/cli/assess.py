"""`triage assess`."""

from __future__ import annotations

import click

from triage.cli.options import FILE_OR_DASH, json_option, jurisdiction_option, label_option, lang_option, load_model, model_option
from triage.cli.streams import print_assessment, read_case
from triage.errors import NothingToDo
from triage.language import Lang


@click.command()
@click.argument("case_file", metavar="CASE.JSON", type=FILE_OR_DASH)
@json_option
@lang_option
@jurisdiction_option
@model_option
@label_option
def assess(case_file: str, as_json: bool, lang: Lang, jurisdiction: str | None, model_name: str | None, labels: tuple[str, ...]) -> None:
    """Assess one case with its facts.

    `-` reads it from standard input.
    """
    case, stated = read_case(case_file)
    if not case.messages:
        raise NothingToDo(f"There are no messages in {case_file}.", nl=f"Er staan geen berichten in {case_file}.")
    print_assessment(load_model(model_name, labels).assess(case, jurisdiction or stated), as_json, lang)
