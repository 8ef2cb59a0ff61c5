"""`triage dossier`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from triage.case import Facts
from triage.cli.mistakes import WrongUseError
from triage.cli.options import FILE, FILE_OR_DASH, corrections_option, jurisdiction_option, lang_option, load_corrections
from triage.cli.streams import read_json
from triage.language import Lang, Text


@click.command()
@click.argument("scored", nargs=-1, required=True, type=FILE)
@click.option("--case", "case_id", required=True, help="The case, as it is called in the table of cases.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder to make.")
@click.option("--facts", type=FILE_OR_DASH, help="JSON with what a person knows of it.")
@corrections_option
@click.option("--attach", "attachments", multiple=True, metavar="FILE", type=FILE, help="Evidence to add; may be repeated.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the dossier.  [default: day of the last message]")
@click.option("--pseudonymise", is_flag=True, help="Replace names and mask texts, for sharing inside the organisation.")
@click.option("--key", type=FILE, help="Secret file: the same pseudonyms in every dossier made with it.")
@click.option("--mask", "also_mask", multiple=True, metavar="NAME", help="Another name to mask; may be repeated.")
@jurisdiction_option
@lang_option
def dossier(
    scored: tuple[Path, ...],
    case_id: str,
    output: Path,
    facts: str | None,
    correction_files: tuple[Path, ...],
    attachments: tuple[Path, ...],
    day: datetime | None,
    pseudonymise: bool,
    key: Path | None,
    also_mask: tuple[str, ...],
    jurisdiction: str | None,
    lang: Lang,
) -> None:
    """Write one case as evidence to take along.

    A BagIt bag with everything the police ask to bring, as web page and PDF.
    """
    from triage.report.dossier import Choices, write_dossier

    if (key or also_mask) and not pseudonymise:
        raise WrongUseError(
            Text(
                nl="--key en --mask horen bij --pseudonymise: geef dat ook.", en="--key and --mask belong to --pseudonymise: give that too."
            )
        )
    choices = Choices(
        facts=Facts.from_dict(read_json(facts)) if facts else Facts(),
        attachments=attachments,
        jurisdiction=jurisdiction or "nl",
        lang=lang,
        day=day.date() if day else None,
        pseudonymise=pseudonymise,
        key=key.read_bytes() if key else None,
        also_mask=also_mask,
        corrections=load_corrections(correction_files, scored, lang),
    )
    write_dossier(scored, case_id, output, choices)
    click.echo(str(output))
