"""`triage evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.options import FILE_OR_FOLDER, json_option, label_option, lang_option, load_model, model_option
from triage.cli.streams import print_json
from triage.language import Lang


@click.command()
@click.argument("labelled", nargs=-1, required=True, type=FILE_OR_FOLDER)
@click.option(
    "--by",
    "columns",
    multiple=True,
    type=click.Choice(("register", "phenomenon", "length", "recipient", "channel")),
    help="Also for each value of this column, or by length in words; may be repeated.",
)
@click.option("--robustness", "hidden", is_flag=True, help="Also on the messages with words hidden or mistyped in nine ways.")
@json_option
@lang_option
@model_option
@label_option
def evaluate(
    labelled: tuple[Path, ...],
    columns: tuple[str, ...],
    hidden: bool,
    as_json: bool,
    lang: Lang,
    model_name: str | None,
    labels: tuple[str, ...],
) -> None:
    """Hold a model against labelled messages.

    These are files or folders of JSON Lines with text, labels and intensity.
    """
    from triage.report.evaluation import robustness_text, slices_text
    from triage.report.text import evaluation_text
    from triage.training.corpus import read_labelled
    from triage.training.evaluate import compare, plain
    from triage.training.robustness import robustness
    from triage.training.slices import slices

    messages = read_labelled(labelled)
    model = load_model(model_name, labels)
    found = model.classify([message.text for message in messages])
    figures = compare(found, messages)
    by = {column: slices(found, messages, column) for column in columns}
    costs = robustness(model, messages) if hidden else ()
    if as_json:
        print_json({**figures.to_dict(), "by": plain(by), "robustness": plain(costs)})
        return
    blocks = [evaluation_text(figures, lang), *(slices_text(column, parts, lang) for column, parts in by.items())]
    click.echo("\n\n".join([*blocks, *([robustness_text(costs, lang)] if costs else [])]))
