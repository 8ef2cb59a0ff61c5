"""`triage review`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.options import FILE, jurisdiction_option, label_option, lang_option, load_model, model_option
from triage.errors import InputError, NothingToDo, TriageError
from triage.language import Lang

if TYPE_CHECKING:
    from triage.case import Finding
    from triage.explanation import Explanation
    from triage.model import Model
    from triage.report.wording import Words


@click.command()
@click.argument("scored", nargs=-1, required=True, type=FILE)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write or go on with: .csv.")
@click.option("--most", type=click.IntRange(min=1), default=100, show_default=True, help="How many messages to ask at most.")
@click.option("--no-explain", is_flag=True, help="Do not name the words that counted; loads no model.")
@lang_option
@jurisdiction_option
@model_option
@label_option
def review(
    scored: tuple[Path, ...],
    output: Path,
    most: int,
    no_explain: bool,
    lang: Lang,
    jurisdiction: str | None,
    model_name: str | None,
    labels: tuple[str, ...],
) -> None:
    """Judge messages one by one, to correct the model.

    First come those that decide a suggestion, then those that the model doubts.
    """
    from triage.report.console import corrections_summary
    from triage.report.plain import one_line
    from triage.report.review import review as talk
    from triage.report.wording import Words
    from triage.tables import read_corrections
    from triage.tables.reviewing import open_judgements, to_review

    words = Words(lang)
    if sys.stdin is None:
        raise InputError("Standard input is closed.", nl="De standaardinvoer is gesloten.")
    if hasattr(sys.stdin, "reconfigure"):  # an answer that is no UTF-8 is no answer, and no reason to stop
        sys.stdin.reconfigure(errors="replace")
    if output.resolve() in {path.resolve() for path in scored}:
        raise InputError(
            f"{output} is one of the scored files: write to another file.",
            nl=f"{output} is een van de gescoorde bestanden: schrijf naar een ander bestand.",
        )
    with open_judgements(output, lang) as file:
        earlier = read_corrections(output, scored)
        if earlier.used or earlier.troubles:
            click.echo(corrections_summary(earlier, lang), err=True)
        queue = to_review(scored, earlier, most, jurisdiction or "nl")
        if not queue:
            raise NothingToDo("No message is left to judge.", nl="Er is geen bericht meer te beoordelen.")
        model = None if no_explain else _model(model_name, labels, queue[0].finding.model, words)

        def explain(finding: Finding) -> Explanation | None:
            return model.explain(finding.message.text) if model and model.version == finding.model else None

        try:
            talk(queue, file, _ask, click.echo, explain, lang)
        finally:
            n, names = len(file), " ".join(one_line(str(path)) for path in scored)
            said = {"n": words.number(n)} if n > 1 else {}
            done = "done_none" if n == 0 else "done_one" if n == 1 else "done_many"
            click.echo("\n" + words.say("review", done, file=one_line(str(output)), scored=names, **said))


def _model(name: str | None, labels: tuple[str, ...], scored_by: str, words: Words) -> Model | None:
    """The model, if it is the one that scored."""
    try:
        model = load_model(name, labels)
        if model.version == scored_by:
            return model
    except TriageError:
        if name:
            raise
    click.echo(words.say("review", "no_model"), err=True)
    return None


def _ask(question: str) -> str | None:
    click.echo(question, nl=False)
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None
