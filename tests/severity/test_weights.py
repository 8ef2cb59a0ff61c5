"""The weights file: the built-in one stands, and a wrong one is refused with the name of what is wrong."""

from __future__ import annotations

import pytest

from triage.errors import RulesError
from triage.severity import load_weights
from triage.severity.weights import BUILT_IN


@pytest.fixture(scope="module")
def built_in():
    return BUILT_IN.read_text(encoding="utf-8")


def write(tmp_path, text):
    path = tmp_path / "eigen.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own_is_read(tmp_path, built_in):
    weights = load_weights(write(tmp_path, built_in.replace("\nhigh = 50", "\nhigh = 55")))
    assert weights.bands.high == 55
    assert load_weights().bands.high == 50


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("insult = [4, 8, 14, 20]", "insult = [4, 8, 20, 14]", "content.points.insult"),
        ("insult = [4, 8, 14, 20]", "insult = [4, 8, 14]", "content.points"),
        ("insult = [4, 8, 14, 20] ", "# ", "content.points.insult"),
        ("threat = 4\n", "", "reach.caps.threat"),
        ("threat = 4\n", "threat = -4\n", "reach.caps"),
        ("threat = 4\n", "thread = 4\n", "thread"),
        ("group = [5, 250]", "group = [250, 5]", "reach.visibility.group"),
        ("unknown = [1, 5_000]\n", "", "reach.visibility.unknown"),
        ("group = [0.02, 0.5]", "group = [0.02, 1.5]", "reach.followers"),
        ("readers = [5, 200]", "readers = [200, 5]", "reach.shares.readers"),
        ("medium = 9", "medium = 19", "impact"),
        ("unknown = 4", "unknown = 16", "impact"),
        ("unknown = 4", "", "unknown"),
        ("begins = 1.5, full = 2.5", "begins = 2.5, full = 2.5", "content.floors.threat"),
        ("medium = 25", "medium = 75", "bands"),
        ("authors = 5", "authors = 1", "authors"),
        ("scale = 6", "scale = 0", "scale"),
        ("scale = 6", "scale = inf", "repetition.scale"),
        ("scale = 6", "scale = nan", "repetition.scale"),
        ("acute_danger = 90", "acute_danger = 190", "acute_danger"),
        ("acute_danger = 90", "acute_danger = 'negentig'", "acute_danger"),
        ("[bands]", "[band]", "band"),
        ("intensity_sure = 0.25", "intensity_sure = 0.9", "intensity_sure"),
        ("version = ", "version ", "line"),
    ],
)
def test_a_mistake_is_named_in_both_languages(tmp_path, built_in, old, new, named):
    assert old in built_in
    with pytest.raises(RulesError) as raised:
        load_weights(write(tmp_path, built_in.replace(old, new, 1)))
    assert named in str(raised.value)
    assert named in raised.value.nl
    assert "eigen.toml" in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RulesError, match=r"weg\.toml"):
        load_weights(tmp_path / "weg.toml")
