"""The rules as data: what a rules file holds, how it is loaded, and what is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from triage.assessment import STEPS, Confidence, Source, Step, Strength
from triage.errors import RulesError
from triage.language import Lang, Text
from triage.policy.conditions import CONDITIONS, WORDS
from triage.policy.expression import Expression, parse

JURISDICTIONS: tuple[str, ...] = ("nl", "be")
_EXTENDABLE = (*JURISDICTIONS, "words", "guidance", "weighing", "prohibitions")

# A statement of this confidence always reads as such; its words stand under [confidence] in the rules file.
_HEDGED: tuple[Confidence, ...] = ("likely", "unverified")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: when it holds, which steps it is about, and what it says.

    Attributes:
        id: The sentence of the guidance page it implements ("R26"), or a name of its own ("L-285").
        steps: The steps it is about.
        when: The expression; the rule fires only where it is true.
        strength: How strongly it suggests the steps; without one it only adds words and sources to a step that another rule suggests.
        quote: The sentence it rests on, verbatim, from the first of its sources.
        reason: Why.
        sources: The ids of its sources.
        actions: Plain next actions.
        cautions: Conditions, and advice to the contrary.
    """

    id: str
    steps: tuple[Step, ...]
    when: Expression
    strength: Strength | None = None
    quote: str = ""
    reason: Text | None = None
    sources: tuple[str, ...] = ()
    actions: tuple[Text, ...] = ()
    cautions: tuple[Text, ...] = ()


class Prohibition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may never come out of the rules; held against the outcome as the last check.

    Attributes:
        id: Its name ("X1").
        reason: What it forbids and why.
        never: Steps that are dropped, unless one of the next three allows them.
        unless: An expression that has to be true (unknown is not enough).
        unless_step: A step that has to be suggested too.
        unless_rules: Rules that have to speak along with the step.
        never_drop: Steps that are added where they are missing,
        when: where this expression is true.
        never_say: Words that no sentence of the rules may contain.
    """

    id: str
    reason: Text
    never: tuple[Step, ...] = ()
    unless: Expression | None = None
    unless_step: Step | None = None
    unless_rules: tuple[str, ...] = ()
    never_drop: tuple[Step, ...] = ()
    when: Expression | None = None
    never_say: dict[Lang, tuple[str, ...]] = {}


class ComplaintTerm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The term within which a complaint has to be made, where the law has one.

    Attributes:
        months: Its length in calendar months.
        steps: The steps that carry the deadline.
        when: For which situations; the deadline is given unless this is certainly false.
        counted: The note where the day on which the victim learned of it is known; `{date}` is the last day.
        estimated: The note where that day is unknown, and the first harmful message is taken instead.
        undated: The note where neither is known.
        sources: The ids of its sources.
    """

    months: int
    steps: tuple[Step, ...]
    when: Expression
    counted: Text
    estimated: Text
    undated: Text
    sources: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question to a person.

    Attributes:
        nl: The question in Dutch.
        en: The question in English.
        when: Where it makes sense to ask; without it, everywhere.
    """

    nl: str
    en: str
    when: Expression | None = None


class Rules(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """All that one rules file and the files it extends say.

    Attributes:
        jurisdiction: "nl" or "be".
        version: Name of the file and date ("nl 2026-11-22").
        rules: The rules, in the order in which their reasons are given.
        prohibitions: What may never come out.
        terms: Expressions that rules use by name.
        sources: The sources by id.
        steps: The title of each step.
        questions: The question about each fact, and about a message.
        complaint_term: The term for a complaint, where there is one.
    """

    jurisdiction: str
    version: str
    rules: tuple[Rule, ...]
    prohibitions: tuple[Prohibition, ...]
    terms: dict[str, Expression]
    sources: dict[str, Source]
    steps: dict[Step, Text]
    questions: dict[str, Question]
    complaint_term: ComplaintTerm | None = None


def load_rules(jurisdiction: str | Path) -> Rules:
    """Load the rules of a jurisdiction, or of a rules file of your own.

    Args:
        jurisdiction: "nl", "be", or the path of a TOML file; such a file can say `extends = "nl"` and give only what differs.

    Returns:
        The rules, checked.

    Raises:
        RulesError: if the jurisdiction is unknown, or naming the file, the rule and what is wrong with it.

    Example:
        >>> load_rules("nl").version
        'nl 2026-11-22'
    """
    if isinstance(jurisdiction, Path):
        return _checked(_own_file(jurisdiction), jurisdiction.name)
    if jurisdiction not in JURISDICTIONS:
        known = ", ".join(JURISDICTIONS)
        raise RulesError(
            f"There are no rules for '{jurisdiction}'; choose {known}, or give the path of a rules file.",
            nl=f"Er zijn geen regels voor '{jurisdiction}'; kies {known}, of geef het pad van een eigen regelbestand.",
        )
    return _embedded(jurisdiction)


@cache
def _embedded(name: str) -> Rules:
    return _checked(_extended(_packaged(name), f"{name}.toml"), f"{name}.toml")


def _packaged(name: str) -> str:
    return files("triage.policy").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def _own_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise RulesError(
            f"The rules file {path.name} cannot be read; give the path of a TOML file in UTF-8.",
            nl=f"Het regelbestand {path.name} is niet te lezen; geef het pad van een TOML-bestand in UTF-8.",
        ) from None
    return _extended(text, path.name)


def _extended(text: str, file: str) -> dict[str, Any]:
    """The file on top of the packaged files it extends, in their order."""
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(file, "TOML", str(error)) from None
    bases = own.pop("extends", [])
    result: dict[str, Any] = {}
    for base in [bases] if isinstance(bases, str) else bases:
        if base not in _EXTENDABLE:
            raise _wrong(file, "extends", f"'{base}' is not one of {', '.join(_EXTENDABLE)}")
        result = _merged(result, _extended(_packaged(base), f"{base}.toml"))
    return _merged(result, own)


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Tables are joined, entries with an id replace or follow those of the base, and the rest replaces it."""
    result = dict(base)
    for name, value in own.items():
        if isinstance(value, dict) and isinstance(base.get(name), dict):
            result[name] = {**base[name], **value}
        elif name in ("rules", "prohibitions") and isinstance(value, list):
            entries = [*base.get(name, []), *value]
            result[name] = list({entry.get("id", place): entry for place, entry in enumerate(entries)}.values())
        else:
            result[name] = value
    return result


def _checked(data: dict[str, Any], file: str) -> Rules:
    """Build the rules from plain data and refuse what does not fit together."""
    reader = _Reader(file, data)
    rules = Rules(
        jurisdiction=reader.jurisdiction,
        version=f"{file.removesuffix('.toml')} {reader.as_of}",
        rules=tuple(reader.build(Rule, entry, f"rule {entry.get('id', place)}") for place, entry in reader.entries("rules")),
        prohibitions=tuple(
            reader.build(Prohibition, entry, f"prohibition {entry.get('id', place)}") for place, entry in reader.entries("prohibitions")
        ),
        terms=reader.terms,
        sources=reader.sources(),
        steps=reader.build(dict[Step, Text], data.get("steps", {}), "steps"),
        questions={name: reader.build(Question, one, f"question {name}") for name, one in reader.table("questions").items()},
        complaint_term=reader.build(ComplaintTerm, data["complaint_term"], "complaint_term") if "complaint_term" in data else None,
    )
    _check_together(rules, file)
    return rules


_KNOWN = {"jurisdiction", "as_of", "confidence", "terms", "sources", "steps", "questions", "complaint_term", "rules", "prohibitions"}

T = TypeVar("T")


class _Reader:
    """Converts the parts of one file; its terms are known to every expression after them."""

    def __init__(self, file: str, data: Mapping[str, Any]) -> None:
        self.file, self.data = file, data
        if unknown := sorted(set(data) - _KNOWN):
            raise self.wrong("top level", f"unknown name {', '.join(unknown)}; known are {', '.join(sorted(_KNOWN))}")
        self.jurisdiction = self.build(str, data.get("jurisdiction"), "jurisdiction")
        if self.jurisdiction not in JURISDICTIONS:
            raise self.wrong("jurisdiction", f"'{self.jurisdiction}' is not one of {', '.join(JURISDICTIONS)}")
        self.as_of = self.build(date, data.get("as_of"), "as_of")
        self.terms: dict[str, Expression] = {}
        for name, text in self.table("terms").items():
            if name in CONDITIONS or name in WORDS:
                raise self.wrong(f"term {name}", "this name is taken by a condition or a word")
            self.terms[name] = self.build(Expression, text, f"term {name}")

    def wrong(self, place: str, detail: str) -> RulesError:
        return _wrong(self.file, place, detail)

    def build(self, kind: type[T], data: object, place: str) -> T:
        try:
            return msgspec.convert(data, kind, dec_hook=self.expression)
        except msgspec.ValidationError as error:
            raise self.wrong(place, str(error)) from None

    def expression(self, kind: type, text: object) -> Expression:
        if kind is not Expression or not isinstance(text, str):
            raise ValueError("an expression has to be text")
        names = {name: condition.kind for name, condition in CONDITIONS.items()}
        return parse(text, names, WORDS, self.terms)

    def table(self, name: str) -> dict[str, Any]:
        return self.build(dict[str, Any], self.data.get(name, {}), name)

    def entries(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        return list(enumerate(self.build(list[dict[str, Any]], self.data.get(name, []), name), start=1))

    def sources(self) -> dict[str, Source]:
        hedges = self.build(dict[Confidence, Text], self.data.get("confidence", {}), "confidence")
        if missing := [name for name in _HEDGED if name not in hedges]:
            raise self.wrong("confidence", f"no words for {', '.join(missing)}")
        sources = {}
        for id, entry in self.table("sources").items():
            fields = {"as_of": self.as_of, **self.build(dict[str, Any], entry, f"source {id}"), "id": id}
            if unknown := sorted(set(fields) - set(Source.__struct_fields__)):
                raise self.wrong(f"source {id}", f"unknown name {', '.join(unknown)}")
            source = self.build(Source, fields, f"source {id}")
            hedge = hedges.get(source.confidence)
            title = source.title if hedge is None else Text(nl=f"{source.title.nl} ({hedge.nl})", en=f"{source.title.en} ({hedge.en})")
            sources[id] = msgspec.structs.replace(source, title=title)
        return sources


def _check_together(rules: Rules, file: str) -> None:
    if not rules.rules:
        raise _wrong(file, "rules", "there are none; give rules, or extend a file that has them")
    if missing := [step for step in STEPS if step not in rules.steps]:
        raise _wrong(file, "steps", f"no title for {', '.join(missing)}")
    known = {rule.id for rule in rules.rules}
    for rule in rules.rules:
        _check_sources(rules, rule.sources, f"rule {rule.id}", file)
        if rule.quote and not rule.sources:
            raise _wrong(file, f"rule {rule.id}", "a quote needs a source")
    if rules.complaint_term:
        _check_sources(rules, rules.complaint_term.sources, "complaint_term", file)
    for prohibition in rules.prohibitions:
        if unknown := [id for id in prohibition.unless_rules if id not in known]:
            raise _wrong(file, f"prohibition {prohibition.id}", f"unknown rule {', '.join(unknown)}")
        _check_words(rules, prohibition, file)


def _check_sources(rules: Rules, ids: tuple[str, ...], place: str, file: str) -> None:
    if unknown := [id for id in ids if id not in rules.sources]:
        raise _wrong(file, place, f"unknown source {', '.join(unknown)}")


def _check_words(rules: Rules, prohibition: Prohibition, file: str) -> None:
    for rule in rules.rules:
        texts = [*([rule.reason] if rule.reason else []), *rule.actions, *rule.cautions]
        for lang in get_args(Lang):
            said = {word.strip(".,;:!?()'\"").casefold() for text in texts for word in text.in_(lang).split()}
            if found := sorted(said & set(prohibition.never_say.get(lang, ()))):
                raise _wrong(file, f"rule {rule.id}", f"{prohibition.id} forbids the word {', '.join(found)}")


def _wrong(file: str, place: str, detail: str) -> RulesError:
    return RulesError(f"Correct {file}, {place}: {detail}.", nl=f"Verbeter {file}, {place}: {detail}.")
