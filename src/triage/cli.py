"""The command line: thin, one function a command.

Exit codes: 0 done, 1 nothing to do or refused, 2 wrong use. Errors are one sentence on standard error.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triage.case import Case, Facts
from triage.errors import InputError, NothingToDo, TriageError
from triage.language import LANGS, Lang

if TYPE_CHECKING:
    from triage.assessment import Assessment
    from triage.model import Model

lang_option = click.option("--lang", type=click.Choice(LANGS), default="nl", show_default=True, help="Language of what is printed.")
model_option = click.option("--model", "model_name", default=None, help="Folder or hub name of another model.")
label_option = click.option(
    "--label", "labels", multiple=True, metavar="THEIRS=OURS", help="Label of that model and the label of triage it means."
)
jurisdiction_option = click.option(
    "--jurisdiction", type=click.Choice(("nl", "be")), default=None, help="Whose rules apply.  [default: nl]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="triage")
def commands() -> None:
    """Reads Dutch messages sent to people at work, weighs cases, suggests steps. People decide."""


@commands.command()
@click.argument("text")
@json_option
@lang_option
@model_option
@label_option
def check(text: str, as_json: bool, lang: Lang, model_name: str | None, labels: tuple[str, ...]) -> None:
    """Classify one message; `-` reads it from standard input."""
    found = _load(model_name, labels).classify(_standard_input() if text == "-" else text)
    if as_json:
        _print_json(found.to_dict())
        return
    from triage.report.text import classification_text

    click.echo(classification_text(found, lang))


@commands.command()
@click.argument("case_file", metavar="CASE.JSON", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@json_option
@lang_option
@jurisdiction_option
@model_option
@label_option
def assess(case_file: str, as_json: bool, lang: Lang, jurisdiction: str | None, model_name: str | None, labels: tuple[str, ...]) -> None:
    """Assess one case with its facts; `-` reads it from standard input."""
    case, stated = _read_case(case_file)
    if not case.messages:
        raise NothingToDo(f"There are no messages in {case_file}.", nl=f"Er staan geen berichten in {case_file}.")
    _print_assessment(_load(model_name, labels).assess(case, jurisdiction or stated), as_json, lang)


@commands.command()
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
    """Score the messages of one or many exports (CSV, JSON Lines, Parquet)."""
    from triage.report.console import progress_bar, scoring_summary

    model = _load(model_name, labels)
    with progress_bar(lang) as progress:
        summary = model.score_files(exports, output, _pairs("--map", columns), progress, lang)
    click.echo(scoring_summary(summary, output, lang), err=True)
    if not summary.scored:
        raise NothingToDo("No row could be scored.", nl="Geen enkele rij kon worden gescoord.")


@commands.command()
@click.argument("scored", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write: .csv, .parquet or .jsonl.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many cases to print.")
@click.option("--case", "case_id", help="Print this one case in full instead.")
@click.option(
    "--facts", type=click.Path(exists=True, dir_okay=False, allow_dash=True), help="With --case: JSON with what a person knows of it."
)
@json_option
@lang_option
@jurisdiction_option
def cases(
    scored: tuple[Path, ...],
    output: Path | None,
    top: int,
    case_id: str | None,
    facts: str | None,
    as_json: bool,
    lang: Lang,
    jurisdiction: str | None,
) -> None:
    """Gather scored messages into cases, print the most severe first, and write them all."""
    from triage.report.console import print_cases
    from triage.tables import case_of, cases_of, check_output, write_table

    if case_id:
        known = Facts.from_dict(_read_json(facts)) if facts else None
        _print_assessment(case_of(scored, case_id, jurisdiction or "nl", known), as_json, lang)
        return
    if facts:
        raise click.UsageError("--facts belongs to one case; name it with --case.")
    if output:
        check_output(output)
        if output.resolve() in {path.resolve() for path in scored}:
            raise InputError(
                f"{output} is one of the scored files: write to another file.",
                nl=f"{output} is een van de gescoorde bestanden: schrijf naar een ander bestand.",
            )
    ranked = cases_of(scored, jurisdiction or "nl")
    if as_json:
        _print_json(ranked.slice(0, top).to_pylist())
    else:
        print_cases(ranked.slice(0, top), lang, total=ranked.num_rows)
    if output:
        write_table(ranked, output, lang)


@commands.command()
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

    figures = measure(_load(model_name, labels), read_labelled(labelled))
    if as_json:
        _print_json(figures.to_dict())
    else:
        click.echo(evaluation_text(figures, lang))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show an emoji must not stop the program
            stream.reconfigure(errors="replace")
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_guarded(lambda: commands.main(given, prog_name="triage", standalone_mode=False), _language(given)))


def _language(given: list[str]) -> Lang:
    """The language of `--lang`, read off the arguments themselves, since errors come before they are parsed."""
    english = "--lang=en" in given or any(pair == ("--lang", "en") for pair in itertools.pairwise(given))
    return "en" if english else "nl"


def _guarded(run: Callable[[], Any], lang: Lang) -> int:
    """Run, and turn what goes wrong into one sentence and an exit code."""
    from triage.report.plain import one_line

    try:
        run()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except TriageError as error:
        click.echo(f"triage: {one_line(str(error) if lang == 'en' else error.nl)}", err=True)
        return 1
    except OSError as error:
        click.echo(f"triage: {error.strerror or type(error).__name__}: {error.filename or ''}".rstrip(": "), err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    return 0


def _load(name: str | None, labels: tuple[str, ...]) -> Model:
    from triage.model import load

    return load(name, label_map=_pairs("--label", labels) or None)


def _pairs(option: str, values: tuple[str, ...]) -> dict[str, str]:
    made = {}
    for value in values:
        left, sign, right = value.partition("=")
        if not (left and sign and right):
            raise click.UsageError(f"{option} takes LEFT=RIGHT, not {value!r}.")
        made[left] = right
    return made


def _standard_input() -> str:
    if sys.stdin is None:
        raise InputError("Standard input is closed.", nl="De standaardinvoer is gesloten.")
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")


def _read_json(path: str) -> Any:
    try:
        raw = _standard_input() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not JSON in UTF-8.", nl=f"{path} is geen JSON in UTF-8.") from None


def _read_case(path: str) -> tuple[Case, str]:
    """The case in a file and the jurisdiction it states ("nl" where it states none)."""
    data = _read_json(path)
    if not isinstance(data, dict):
        raise InputError(f"{path} must hold an object with 'messages'.", nl=f"{path} moet een object met 'messages' bevatten.")
    jurisdiction = data.pop("jurisdiction", None) or "nl"
    return Case.from_dict(data), str(jurisdiction)


def _print_assessment(assessment: Assessment, as_json: bool, lang: Lang) -> None:
    if as_json:
        _print_json(assessment.to_dict())
    else:
        click.echo(assessment.to_text(lang))


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


if __name__ == "__main__":
    main()
