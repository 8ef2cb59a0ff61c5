"""`triage cases`."""

from __future__ import annotations

from pathlib import Path

import click

from triage.case import Facts
from triage.cli.mistakes import WrongUseError
from triage.cli.options import FILE, FILE_OR_DASH, corrections_option, json_option, jurisdiction_option, lang_option, load_corrections
from triage.cli.streams import print_assessment, print_json, read_json
from triage.errors import InputError
from triage.language import Lang, Text


@click.command()
@click.argument("scored", nargs=-1, required=True, type=FILE)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write: .csv, .parquet or .jsonl.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many cases to print.")
@click.option("--case", "case_id", help="Print this one case in full instead.")
@click.option("--facts", type=FILE_OR_DASH, help="With --case: JSON with what a person knows of it.")
@corrections_option
@json_option
@lang_option
@jurisdiction_option
def cases(
    scored: tuple[Path, ...],
    output: Path | None,
    top: int,
    case_id: str | None,
    facts: str | None,
    correction_files: tuple[Path, ...],
    as_json: bool,
    lang: Lang,
    jurisdiction: str | None,
) -> None:
    """Gather scored messages into cases, the gravest first.

    It prints the first of them, and writes all with --output.
    """
    from triage.report.console import print_cases
    from triage.report.plain import one_line
    from triage.report.wording import Words
    from triage.tables import CASE_SCHEMA, case_of, check_output, corrected, open_writer, ranked_cases, read_scored

    if case_id:
        corrections = load_corrections(correction_files, scored, lang)
        known = Facts.from_dict(read_json(facts)) if facts else None
        print_assessment(case_of(scored, case_id, jurisdiction or "nl", known, corrections=corrections), as_json, lang)
        return
    if facts:
        raise WrongUseError(
            Text(nl="--facts hoort bij één casus: noem die met --case.", en="--facts belongs to one case; name it with --case.")
        )
    if output:
        check_output(output)
        if output.resolve() in {path.resolve() for path in (*scored, *correction_files)}:
            raise InputError(
                f"{output} is one of the files that are read: write to another file.",
                nl=f"{output} is een van de bestanden die worden gelezen: schrijf naar een ander bestand.",
            )
    corrections = load_corrections(correction_files, scored, lang)
    with ranked_cases(corrected(read_scored(scored), corrections), jurisdiction or "nl") as ranked:
        if output:  # before anything is printed, for whoever reads only the beginning of that
            with open_writer(output, CASE_SCHEMA, lang) as writer:
                for batch in ranked.batches():
                    writer.write(batch)
        if as_json:
            print_json(ranked.top(top).to_pylist())
        else:
            print_cases(ranked.top(top), lang, total=ranked.total)
        if output:
            words = Words(lang)
            click.echo(words.say("table", "written", total=words.number(ranked.total), file=one_line(str(output))), err=True)
