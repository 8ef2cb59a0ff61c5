"""Swapped identity terms and stereotype pairs: what a fair and an unfair model show."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage import LABELS, Classification
from triage.errors import InputError, RulesError
from triage.training.fairness import identities, read_identities, stereotype_pairs, swaps

GROUPS = {"origin", "religion", "orientation", "gender", "disability", "age"}
OWN = """
[groups]
town = ["een Fries", "een Zeeuw", "een Drent"]
[frames]
neutral = ["Dit is {term}.", "Ik sprak {term}."]
critical = ["Ik vond {term} te laat."]
"""


class Prejudiced:
    """Takes whoever is from Zeeland amiss."""

    def classify(self, texts: list[str]) -> list[Classification]:
        return [self._one("Zeeuw" in text) for text in texts]

    def _one(self, amiss: bool) -> Classification:
        scores = {label: 0.8 if amiss and label == "insult" else 0.1 for label in LABELS}
        return Classification(scores=scores, labels=("insult",) if amiss else (), intensity=0.0)


def test_prejudice_is_seen_by_group_and_by_term():
    found = swaps(Prejudiced(), read_identities(OWN))
    assert [(one.group, one.tone) for one in found.groups] == [("town", "neutral"), ("town", "critical")]
    for one in found.groups:
        assert one.largest == pytest.approx(0.7)
        assert one.mean == pytest.approx(0.7 * 2 / 3)  # two of the three pairs of terms
    assert {one.term: (one.sentences, one.false_alarms) for one in found.terms} == {
        "een Fries": (3, 0.0),
        "een Zeeuw": (3, 1.0),
        "een Drent": (3, 0.0),
    }


def test_a_model_that_does_not_look_at_the_person_is_fair():
    found = swaps(Prejudiced())
    assert all(one.mean == one.largest == 0.0 for one in found.groups)
    assert {one.group for one in found.groups} == GROUPS


def test_the_packaged_sentences_are_varied_and_complete():
    given = identities()
    assert set(given.groups) == GROUPS
    assert all(len(set(terms)) == len(terms) >= 8 for terms in given.groups.values())
    assert all(len(set(frames)) == len(frames) >= 8 for frames in given.frames.values())


@pytest.mark.parametrize(
    "wrong",
    [
        OWN.replace('"een Zeeuw", "een Drent"', ""),
        OWN.replace("Dit is {term}.", "Dit is niemand."),
        OWN.replace("Dit is {term}.", "Dit is {wie}."),
        OWN.replace("neutral", "friendly"),
        OWN.replace("[groups]", "[groups"),
    ],
)
def test_what_cannot_be_swapped_is_refused(wrong: str):
    with pytest.raises(RulesError, match=r"identities\.toml"):
        read_identities(wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "mac_roman"])
def test_pairs_are_compared_by_kind(tmp_path: Path, encoding: str):
    file = tmp_path / "pairs.csv"
    rows = [
        "id,sent_more,sent_less,stereo_antistereo,bias_type",
        '0,"Een Zeeuw, zo zuinig één keer","Een Fries, zo zuinig één keer",stereo,region',
        "1,De Drent is laat.,De Zeeuw is laat.,antistereo,region",
        "2,Zij is zus.,Hij is broer.,stereo,gender",
    ]
    file.write_bytes("\n".join(rows).encode(encoding))
    everything, region, gender = stereotype_pairs(Prejudiced(), file)
    assert (everything.bias_type, everything.pairs, everything.apart) == ("all", 3, pytest.approx(2 / 3))
    assert (region.bias_type, region.apart, region.mean, region.toward) == ("region", 1.0, pytest.approx(0.7), pytest.approx(0.0))
    assert (gender.apart, gender.mean) == (0.0, 0.0)
    assert gender.apart_low == 0.0
    assert gender.apart_high > 0.5  # one pair proves little


def test_another_file_is_refused(tmp_path: Path):
    file = tmp_path / "other.csv"
    file.write_text("id,sent_more,sent_less\n0,a,b\n", encoding="utf-8")
    with pytest.raises(InputError, match="bias_type"):
        stereotype_pairs(Prejudiced(), file)
