"""A classifier that knows three words, so that these tests need no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import pyarrow as pa
import pytest

from triage.case import Finding
from triage.labels import LABELS, Classification
from triage.severity import load_weights
from triage.tables.assessing import findings_by_case, whole_cases
from triage.tables.cases import load_case_rules
from triage.tables.grouping import gather
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA
from triage.tables.scored import batches_of

WORDS = ("prutser", "pas maar op", "lekker ding")


def classify_by_words(texts: Sequence[str]) -> list[Classification]:
    found = []
    for text in texts:
        labels = tuple(label for label, word in zip(LABELS, WORDS, strict=True) if word in text)
        scores = {label: 0.9 if label in labels else 0.1 for label in LABELS}
        unsure = not text.strip()
        found.append(
            Classification(
                scores=scores,
                labels=labels,
                intensity=1.5 if labels else 0.0,
                flags=("self_harm",) if "niet meer leven" in text else (),
                needs_review=unsure,
                review_reasons=("no_text",) if unsure else (),
                model="woorden@1",
            )
        )
    return found


@pytest.fixture
def classify() -> Callable[[Sequence[str]], list[Classification]]:
    return classify_by_words


def as_scored(findings: Sequence[Finding]) -> pa.Table:
    """A scored table of which these findings are made."""
    rows = []
    for finding in findings:
        row = msgspec.structs.asdict(finding.message)
        if finding.decided_by == "model":
            row |= {**finding.scores, "model_labels": finding.labels, "model_intensity": finding.intensity, "model": finding.model}
            row |= {"model_flags": finding.flags, "needs_review": finding.unsure}
        rows.append(row)
    return pa.Table.from_pylist(rows, pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA]))


@pytest.fixture
def group() -> Callable[[Sequence[Finding]], list[tuple[str, tuple[Finding, ...]]]]:
    """Gathers findings into cases: each with its id, the largest first."""

    def grouped(findings: Sequence[Finding]) -> list[tuple[str, tuple[Finding, ...]]]:
        with gather(batches_of(as_scored(findings)), load_case_rules(), load_weights().pile_on) as gathered:
            cases = [case for part in whole_cases(gathered.cases()) for case in findings_by_case(part)]
        return sorted(cases, key=lambda case: (-len(case[1]), case[0]))

    return grouped
