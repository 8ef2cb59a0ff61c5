"""A case with pseudonyms in the place of names, for sharing inside the organisation.

It is done before the case is assessed: what is made of it afterwards has never seen a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from triage.errors import InputError
from triage.report.dossier.masking import Mask
from triage.report.dossier.names import Names
from triage.report.dossier.pseudonyms import LEAST_KEY, Kind, Pseudonyms
from triage.tables.origins import Gathered, Member, Origin


def pseudonymised(gathered: Gathered, words: Mapping[Kind, str], key: bytes | None = None, also: Sequence[str] = ()) -> Gathered:
    """The case with pseudonyms for its people, and with its texts masked.

    Message ids become numbers; of the exports only the rows stay, because their names and other columns may hold anything.

    Args:
        gathered: The case.
        words: What each kind of pseudonym is called.
        key: A secret, for pseudonyms that are the same in every dossier; None for numbers.
        also: More names to mask.

    Raises:
        InputError: if the key is too short.
    """
    if key is not None and len(key) < LEAST_KEY:
        raise InputError(
            f"The key is too short: give a file with at least {LEAST_KEY} bytes of chance.",
            nl=f"De sleutel is te kort: geef een bestand met minstens {LEAST_KEY} bytes toeval.",
        )
    pseudonyms = Pseudonyms(words, key)
    people: dict[str, Kind] = {}
    for member in gathered.members:
        for kind, name in (("target", member.finding.message.target), ("author", member.finding.message.author)):
            if name:
                people.setdefault(name, "target" if kind == "target" else "author")
    for name, kind in people.items():
        pseudonyms.of(kind, name)
    mask = Mask(pseudonyms, Names(people, [*gathered.people, *also]))
    return Gathered(
        case_id=pseudonyms.of("case", gathered.case_id) if key is not None and gathered.case_id else None,
        members=tuple(_member(member, number, pseudonyms, mask) for number, member in enumerate(gathered.members, start=1)),
    )


def _member(member: Member, number: int, pseudonyms: Pseudonyms, mask: Mask) -> Member:
    message = member.finding.message
    masked = msgspec.structs.replace(
        message,
        id=str(number),
        text=mask.text(message.text),
        author=message.author and pseudonyms.of("author", message.author),
        target=message.target and pseudonyms.of("target", message.target),
        platform=message.platform and mask.text(message.platform, likely=False),
        url=message.url and pseudonyms.of("url", message.url),
    )
    return Member(
        finding=msgspec.structs.replace(member.finding, message=masked),
        origins=tuple(Origin(file=pseudonyms.of("file", one.file) if one.file else "", row=one.row) for one in member.origins),
    )
