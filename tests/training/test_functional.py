"""The functional suite: kept at a stated level, never trained on; and how a case is judged."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from triage import LABELS, Classification
from triage.errors import InputError
from triage.text import normalise
from triage.training.corpus import read_labelled
from triage.training.functional import FunctionalCase, hatecheck_labels, is_right, measure, read_hatecheck, read_suite

CORPUS = Path(__file__).parents[2] / "models" / "triage-nl" / "corpus"
LEVEL = 0.7  # share of all cases that the embedded model gets right at least

HATECHECK = """mhc_case_id,functionality,test_case,label_gold,target_ident
dutch-1,derog_neg_attrib_h,"Alle Zeeuwen zijn dom, echt.",hateful,Zeeuwen
dutch-2,target_indiv_nh,Jij bent dom.,non-hateful,
dutch-3,target_indiv_nh,Prettige dag.,non-hateful,
dutch-4,counter_quote_nh,"Wie ""dom"" roept, hoort hier niet.",non-hateful,Zeeuwen
"""


def said(*labels: str) -> Classification:
    return Classification(scores=dict.fromkeys(LABELS, 0.5), labels=labels, intensity=1.0)


class Words:
    """Finds an insult in every text with "dom"."""

    def classify(self, texts: list[str]) -> list[Classification]:
        return [said("insult") if "dom" in text else said() for text in texts]


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ((), (), True),
        (("insult",), (), False),
        ((), ("insult",), False),
        (("insult",), ("insult",), True),
        (("insult", "threat"), ("threat",), True),
        (("insult", "threat"), ("insult",), False),
        (("insult", "sexual_harassment"), ("insult",), False),
        (("threat",), ("threat", "insult"), False),
        (("insult", "threat", "sexual_harassment"), ("threat", "sexual_harassment"), True),
        (("threat",), "any", True),
        ((), "any", False),
    ],
)
def test_a_case_is_right_when_its_labels_are_found_and_none_outranks_them(found, wanted, right):
    assert is_right(said(*found), wanted) is right


def test_the_embedded_model_keeps_its_level(model):
    *_, everything = measure(model, read_suite(CORPUS / "functional"))
    assert everything.name == "all"
    assert everything.share >= LEVEL


def test_the_suite_has_many_cases_of_many_functionalities():
    cases = read_labelled([CORPUS / "functional"])
    counts = Counter(case.phenomenon for case in cases)
    assert len(cases) >= 1_000
    assert len(counts) >= 35
    assert min(counts.values()) >= 20
    assert len({case.id for case in cases}) == len(cases)
    assert all(not case.labels for case in cases if case.phenomenon.startswith("harmless_"))
    assert all(case.phenomenon.split("_")[0] in case.labels for case in cases if case.phenomenon.startswith(("insult_", "threat_")))
    assert all(bool(case.labels) == bool(case.intensity) for case in cases)


def test_no_case_was_trained_or_measured_on():
    def bare(text: str) -> str:
        return re.sub(r"\W+", " ", normalise(text).lower()).strip()

    known = {bare(message.text) for message in read_labelled([CORPUS / "authored", CORPUS / "heldout"])}
    assert [case.id for case in read_labelled([CORPUS / "functional"]) if bare(case.text) in known] == []


def test_figures_are_by_functionality_with_an_interval():
    cases = [
        FunctionalCase(text=text, functionality=name, wanted=wanted)
        for text, name, wanted in (("dom", "plain", ("insult",)), ("sloom", "plain", ("insult",)), ("dag", "kind", ()))
    ]
    plain, kind, everything = measure(Words(), cases)
    assert (plain.name, plain.cases, plain.right, plain.share) == ("plain", 2, 1, 0.5)
    assert (kind.share, kind.high) == (1.0, 1.0)
    assert everything.cases == 3
    assert 0 < plain.low < 0.5 < plain.high < 1


def test_hatecheck_is_judged_by_our_labels(tmp_path: Path):
    file = tmp_path / "hatecheck.csv"
    file.write_text(HATECHECK, encoding="utf-8")
    derogation, person, quoted, everything = measure(Words(), read_hatecheck(file))
    assert derogation.share == 1.0
    assert person.share == 0.5  # "non-hateful" in the file, and yet an insult
    assert quoted.share == 0.0
    assert everything.cases == 4


@pytest.mark.parametrize(("content", "word"), [(HATECHECK.replace("counter_quote_nh", "new_nh"), "new_nh"), ("a,b\n1,2\n", "test_case")])
def test_another_hatecheck_is_refused(tmp_path: Path, content: str, word: str):
    file = tmp_path / "hatecheck.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=word):
        read_hatecheck(file)


def test_the_table_covers_hatecheck():
    table = hatecheck_labels()
    assert len(table) == 29
    assert all(wanted == () or not name.endswith("_nh") or name.startswith("target_") for name, wanted in table.items())
    assert all(wanted for name, wanted in table.items() if name.endswith("_h"))
