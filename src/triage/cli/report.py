"""`triage report`."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from triage.case import Facts
from triage.cli.options import (
    FILE,
    FILE_OR_DASH,
    corrections_option,
    jurisdiction_option,
    label_option,
    lang_option,
    load_corrections,
    load_model,
    model_option,
)
from triage.cli.streams import read_json
from triage.errors import InputError
from triage.language import Lang


@click.command()
@click.argument("scored", nargs=-1, required=True, type=FILE)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write: .html.")
@click.option("--facts", type=FILE_OR_DASH, help="JSON: case id -> what a person knows of that case.")
@corrections_option
@click.option("--no-explain", is_flag=True, help="Do not mark the words that counted; loads no model.")
@lang_option
@jurisdiction_option
@model_option
@label_option
def report(
    scored: tuple[Path, ...],
    output: Path,
    facts: str | None,
    correction_files: tuple[Path, ...],
    no_explain: bool,
    lang: Lang,
    jurisdiction: str | None,
    model_name: str | None,
    labels: tuple[str, ...],
) -> None:
    """Write one page to look at.

    Figures, cases that unfold, and what the model was unsure of.
    """
    from triage.report.console import progress_bar
    from triage.report.gather import gather
    from triage.report.page import report_page
    from triage.tables.writing import check_place

    if output.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"The report is a page: end {output} in .html.", nl=f"Het rapport is een pagina: laat {output} eindigen op .html.")
    check_place(output)
    known = _facts(facts) if facts else None
    corrections = load_corrections(correction_files, scored, lang)
    model = None if no_explain else load_model(model_name, labels)
    with progress_bar(lang) as progress:
        made = gather(scored, jurisdiction or "nl", known, model, progress, corrections)
    _write(output, report_page(made, lang))
    click.echo(str(output))


def _facts(path: str) -> dict[str, Facts]:
    data = read_json(path)
    if not isinstance(data, dict) or not all(isinstance(given, dict) for given in data.values()):
        raise InputError(
            f'{path} must name the case before its facts, such as {{"CASE": {{"impact": "high"}}}}.',
            nl=f'{path} moet de casus voor de feiten noemen, zoals {{"CASUS": {{"impact": "high"}}}}.',
        )
    return {name: Facts.from_dict(given) for name, given in data.items()}


def _write(path: Path, page: str) -> None:
    """Put the page in its place when it is whole; what stood there stays until then."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise InputError(f"Cannot write {path}: {reason}.", nl=f"Kan {path} niet schrijven: {reason}.") from None
