"""What a dossier holds and what is still missing, by the checks of checklist.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from triage.assessment import Assessment, Source
from triage.case import Facts
from triage.errors import RulesError
from triage.language import Text
from triage.policy import load_rules
from triage.policy.conditions import WORDS
from triage.policy.expression import Datum, Expression, Kind, Span, parse
from triage.policy.rules import JURISDICTIONS
from triage.report.dossier.attachments import Attachment

NUMBERS = ("messages", "without_url", "without_time", "without_author", "unsure", "images", "documents")
_TRUTHS = ("perpetrator_known", "target_is_official", "target_has_public_task", "acute_danger", "urgent")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys((*_TRUTHS, "known_since_unknown", "frequency_unknown", "reach_guess", "always"), "truth"),
    "removal_status": "removal_status",
    "impact": "impact",
}


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a dossier should hold.

    Attributes:
        id: Its name.
        missing: It is missing where this is true or unknown.
        open: What is asked for where it is missing.
        source: The source that asks for it.
        when: Where it applies; without it, everywhere.
        done: What is said where it is there.
        count: The number that fills {n}.
        sentence, quote: The sentence of the guidance page that asks for it.
        jurisdictions: Where it applies.
    """

    id: str
    missing: Expression
    open: Text
    source: str
    when: Expression | None = None
    done: Text | None = None
    count: str = "messages"
    sentence: str = ""
    quote: str = ""
    jurisdictions: tuple[str, ...] = JURISDICTIONS


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """How one check came out.

    Attributes:
        id: The check.
        missing: Is it missing?
        text: What is asked for, or what is there.
        source: Where that comes from.
    """

    id: str
    missing: bool
    text: Text
    source: Source


@cache
def load_checks() -> tuple[Check, ...]:
    """Read checklist.toml.

    Raises:
        RulesError: if it is not well-formed, or names a source that the rules do not have.
    """
    return read_checks(files("triage.report.dossier").joinpath("checklist.toml").read_text("utf-8"))


def read_checks(source: str) -> tuple[Check, ...]:
    """Read checks from TOML; see `load_checks`."""
    try:
        checks = msgspec.convert(tomllib.loads(source), dict[str, tuple[Check, ...]], dec_hook=_expression)["checks"]
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, KeyError) as error:
        raise _wrong(str(error)) from None
    for check in checks:
        if check.count not in NUMBERS:
            raise _wrong(f"check {check.id}: {check.count} is not a number it can name")
        for jurisdiction in check.jurisdictions:
            if jurisdiction not in JURISDICTIONS or check.source not in load_rules(jurisdiction).sources:
                raise _wrong(f"check {check.id}: source {check.source} is not in the rules of {jurisdiction}")
    return checks


def check_dossier(a: Assessment, attachments: Sequence[Attachment]) -> tuple[Item, ...]:
    """Hold the checks against a case, what is missing first.

    Args:
        a: The assessment of the case.
        attachments: What is added to it.
    """
    data = _data(a, attachments)
    sources = load_rules(a.jurisdiction).sources
    items = []
    for check in load_checks():
        if a.jurisdiction not in check.jurisdictions or (check.when and check.when.truth(data) is not True):
            continue
        missing = check.missing.truth(data) is not False
        said = check.open if missing or check.done is None else check.done
        source = sources[check.source]
        if check.quote:
            source = msgspec.structs.replace(source, id=check.sentence, quote=check.quote)
        items.append(Item(id=check.id, missing=missing, text=data.fill(said, check.count), source=source))
    return tuple(sorted(items, key=lambda item: not item.missing))


class _Data:
    """What the expressions may ask for; `Reader` of triage.policy.expression."""

    def __init__(self, data: Mapping[str, Datum], counts: Mapping[str, int]) -> None:
        self._data, self._counts = data, counts

    def datum(self, name: str) -> Datum:
        return self._data[name]

    def grounds(self, name: str) -> tuple[str, ...]:
        return ()

    def fill(self, text: Text, count: str) -> Text:
        return text.format(n=self._counts[count], total=self._counts["messages"])


def _data(a: Assessment, attachments: Sequence[Attachment]) -> _Data:
    messages = [finding.message for finding in a.findings]
    counts = {
        "messages": len(messages),
        "without_url": sum(message.url is None for message in messages),
        "without_time": sum(message.sent_at is None for message in messages),
        "without_author": sum(message.author is None for message in messages),
        "unsure": sum(finding.unsure for finding in a.findings),
        "images": sum(one.kind in ("image", "pdf") for one in attachments),
        "documents": sum(one.kind != "image" for one in attachments),
    }
    return _Data(
        {**{name: Span(n, n) for name, n in counts.items()}, **_facts(a.facts), "reach_guess": a.reach.guess, "always": True}, counts
    )


def _facts(facts: Facts) -> dict[str, Datum]:
    impact = WORDS[facts.impact][1] if facts.impact else None
    return {
        **{name: getattr(facts, name) for name in _TRUTHS},
        "removal_status": facts.removal_status,
        "impact": impact,
        "known_since_unknown": facts.known_since is None,
        "frequency_unknown": facts.frequency is None,
    }


def _expression(kind: type, text: object) -> Expression:
    if kind is not Expression or not isinstance(text, str):
        raise ValueError("an expression has to be text")
    return parse(text, _KINDS, WORDS, ())


def _wrong(detail: str) -> RulesError:
    return RulesError(f"checklist.toml: {detail}", nl=f"checklist.toml: {detail}")
