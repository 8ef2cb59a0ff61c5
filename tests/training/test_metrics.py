"""The figures agree with scikit-learn's wherever that has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as reference

from triage.training.metrics import average_precision, bootstrap, calibration_error, precision_recall_f1, weighted_kappa

truths = st.lists(st.booleans(), min_size=2, max_size=40)


@given(truths, st.data())
def test_precision_recall_and_f1(truth, data):
    called = data.draw(st.lists(st.booleans(), min_size=len(truth), max_size=len(truth)))
    expected = reference.precision_recall_fscore_support(truth, called, average="binary", zero_division=0)[:3]
    assert precision_recall_f1(np.array(truth), np.array(called)) == pytest.approx(expected)


@given(truths, st.data())
def test_average_precision_also_with_equal_scores(truth, data):
    assume(any(truth))
    score = data.draw(st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.9]), min_size=len(truth), max_size=len(truth)))
    assert average_precision(np.array(truth), np.array(score)) == pytest.approx(reference.average_precision_score(truth, score))


@given(st.data(), st.integers(2, 40))
def test_weighted_kappa(data, size):
    rating = st.lists(st.integers(0, 3), min_size=size, max_size=size)
    one, other = data.draw(rating), data.draw(rating)
    assume(len(set(one) | set(other)) > 1)
    expected = reference.cohen_kappa_score(one, other, weights="quadratic", labels=[0, 1, 2, 3])
    assert weighted_kappa(np.array(one), np.array(other)) == pytest.approx(expected, nan_ok=True)


def test_a_calibrated_forecast_has_little_error_and_a_boastful_one_much():
    rng = np.random.default_rng(0)
    chance = rng.random(20_000)
    truth = rng.random(20_000) < chance
    assert calibration_error(truth, chance) < 0.02
    assert calibration_error(truth, np.where(chance > 0.5, 0.99, 0.01)) > 0.2


def test_the_interval_holds_the_figure_and_narrows_with_more_rows():
    rng = np.random.default_rng(0)
    widths = []
    for size in (50, 5_000):
        values = rng.random(size)
        low, high = bootstrap(lambda rows, values=values: float(values[rows].mean()), size)
        assert low < values.mean() < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5
