"""Makes the dossier of one case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from triage.assess import assess
from triage.case import Facts
from triage.errors import InputError, TriageError
from triage.language import Lang
from triage.report.dossier.pseudonymise import pseudonymised
from triage.report.dossier.words import DossierWords
from triage.report.dossier.writing import check_new, make_bag, new_folder
from triage.report.wording import at_home
from triage.tables.corrections import Corrections
from triage.tables.origins import Gathered, gather_case

if TYPE_CHECKING:
    from triage.report.dossier.contents import Dossier

_NEEDED = ("bagit", "fpdf", "pymupdf_fonts", "uharfbuzz")
_NEEDED_FOR_MASKING = ("phonenumbers", "stdnum", "simplemma")


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the user chose.

    Attributes:
        facts: What a person knows of the case.
        attachments: Files to add as evidence.
        jurisdiction: "nl" or "be".
        lang: Of the faces and of the spreadsheet.
        day: The date of the dossier; None takes the day of the last message.
        pseudonymise: Replace names and mask texts, for sharing inside the organisation.
        key: A secret, for pseudonyms that are the same in every dossier.
        also_mask: More names to mask.
        corrections: What a person judged otherwise (`triage.tables.read_corrections`).
    """

    facts: Facts = Facts()
    attachments: tuple[Path, ...] = ()
    jurisdiction: str = "nl"
    lang: Lang = "nl"
    day: date | None = None
    pseudonymise: bool = False
    key: bytes | None = None
    also_mask: tuple[str, ...] = ()
    corrections: Corrections | None = None


def write_dossier(scored: Sequence[Path | str], case_id: str, output: Path | str, choices: Choices | None = None) -> None:
    """Write the dossier of one case; the folder appears whole or not at all, and the same input gives the same bytes.

    Args:
        scored: What `triage score` wrote, in one file or more.
        case_id: As it stands in the table of cases.
        output: The folder to make.
        choices: What is to be in it.

    Raises:
        InputError: if there is no such case, the folder exists, or a file cannot be read.
        TriageError: if the packages of the extra `dossier` are not installed.
    """
    choices, output = choices or Choices(), Path(output)
    check_new(output)
    _check_installed(_NEEDED + (_NEEDED_FOR_MASKING if choices.pseudonymise else ()))
    words = DossierWords(choices.lang)
    gathered = gather_case(scored, case_id, choices.corrections)
    if choices.pseudonymise:
        gathered = pseudonymised(gathered, words.pseudonyms(), choices.key, choices.also_mask)
    with new_folder(output) as folder:
        dossier = _dossier(gathered, [Path(path) for path in scored], folder, choices, words)
        _write(dossier, folder, words)
        make_bag(folder, _bag_info(dossier, words))


def _dossier(gathered: Gathered, scored: Sequence[Path], folder: Path, choices: Choices, words: DossierWords) -> Dossier:
    from triage.report.dossier.attachments import copy_attachments, list_attachments
    from triage.report.dossier.checklist import check_dossier
    from triage.report.dossier.contents import Dossier
    from triage.report.dossier.records import chronology
    from triage.report.dossier.settings import Input, hashed, settings_of

    a = assess([one.finding for one in gathered.members], choices.facts, choices.jurisdiction, case_id=gathered.case_id)
    day = choices.day or _last_day(gathered)
    inputs = [hashed(path, words.say("pseudonym", "file") if choices.pseudonymise else path.name) for path in scored]
    files = choices.corrections.files if choices.corrections else ()
    corrections = [Input(words.say("pseudonym", "file") if choices.pseudonymise else Path(one.name).name, one.sha256) for one in files]
    attachments = list_attachments(choices.attachments) if choices.pseudonymise else copy_attachments(choices.attachments, folder)
    return Dossier(
        assessment=a,
        members=gathered.members,
        events=chronology(a, gathered.members, words),
        items=check_dossier(a, attachments),
        attachments=attachments,
        settings=settings_of(
            a,
            inputs,
            day,
            choices.lang,
            day_given=choices.day is not None,
            pseudonymised=choices.pseudonymise,
            keyed=choices.pseudonymise and choices.key is not None,
            also_masked=len(choices.also_mask),
            corrections=corrections,
        ),
        day=day,
    )


def _last_day(gathered: Gathered) -> date:
    times = [time for member in gathered.members if (time := member.finding.message.sent_at)]
    if not times:
        raise InputError(
            "No message of this case has a time: give the date of the dossier with --date.",
            nl="Geen bericht van deze casus heeft een tijd: geef de datum van het dossier met --date.",
        )
    return at_home(max(times)).date()


def _write(dossier: Dossier, folder: Path, words: DossierWords) -> None:
    from triage.report.dossier.contents import document
    from triage.report.dossier.page import page
    from triage.report.dossier.printed import printed
    from triage.report.dossier.records import chronology_rows, message_rows, write_csv, write_json, write_jsonl

    rows = message_rows(dossier.members)
    write_jsonl(rows, folder / "messages.jsonl")
    flat = [{name: value for name, value in row.items() if name not in ("columns", "also_in")} for row in rows]
    write_csv(flat, folder / "messages.csv", words.lang)
    write_csv(chronology_rows(dossier.events), folder / "chronology.csv", words.lang)
    write_json(dossier.assessment.to_dict(), folder / "assessment.json")
    write_json(dossier.items, folder / "checklist.json")
    write_json(dossier.attachments, folder / "attachments.json")
    write_json(dossier.settings, folder / "settings.json")
    told = document(dossier, words)
    (folder / "dossier.html").write_bytes(page(told).encode("utf-8", errors="replace"))
    (folder / "dossier.pdf").write_bytes(printed(told, dossier.day, folder, f"triage {dossier.settings.triage}"))
    (folder / "README.txt").write_bytes(_readme(dossier, words).encode())


def _readme(dossier: Dossier, words: DossierWords) -> str:
    masked = dossier.settings.pseudonymised
    files = ["dossier", "messages_masked" if masked else "messages", "chronology", "assessment", "checklist", "settings", "attachments"]
    lines = [
        words.say("readme", "about"),
        "",
        words.say("readme", "files"),
        *(f"- {words.say('readme', name)}" for name in files),
        "",
        words.say("making", "integrity"),
    ]
    if masked:
        from triage.report.dossier.contents import masking_lines

        lines += ["", *masking_lines(dossier.settings, words)]
    return "\n".join(lines) + "\n"


def _bag_info(dossier: Dossier, words: DossierWords) -> dict[str, str]:
    info = {
        "Bagging-Date": dossier.day.isoformat(),
        "Bag-Software-Agent": f"triage {dossier.settings.triage}, bagit {version('bagit')}",
        "External-Description": words.say("readme", "bag"),
    }
    return info | ({"External-Identifier": dossier.assessment.case_id} if dossier.assessment.case_id else {})


def _check_installed(modules: Sequence[str]) -> None:
    if any(find_spec(name) is None for name in modules):
        raise TriageError(
            "A dossier needs packages that are not installed; install them with: pip install 'triage[dossier]'.",
            nl="Een dossier heeft pakketten nodig die niet geïnstalleerd zijn; installeer ze met: pip install 'triage[dossier]'.",
        )
