"""The figures agree with scikit-learn's wherever that has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics as reference

from triage.training.metrics import (
    average_precision,
    bootstrap,
    calibration_error,
    macro_f1,
    precision_recall_f1,
    risk_curve,
    weighted_kappa,
    wilson,
)

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


@given(st.data(), st.integers(1, 20))
def test_macro_f1_counts_the_labels_that_occur(data, size):
    table = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=size, max_size=size)
    truth, called = np.array(data.draw(table)), np.array(data.draw(table))
    present = np.flatnonzero(truth.any(axis=0)).tolist()
    assume(present)
    expected = reference.f1_score(truth, called, average="macro", labels=present, zero_division=0)
    assert macro_f1(truth, called) == pytest.approx(expected)


@given(truths, st.randoms())
def test_the_risk_curve_ends_at_the_error_of_all_and_does_not_depend_on_order(wrong, rng):
    certainty = [rng.choice((0.2, 0.5, 0.9)) for _ in wrong]
    curve = risk_curve(np.array(wrong), np.array(certainty))
    assert curve[-1] == pytest.approx(np.mean(wrong))
    order = rng.sample(range(len(wrong)), len(wrong))
    assert risk_curve(np.array(wrong)[order], np.array(certainty)[order]) == pytest.approx(curve)


def test_certainty_that_knows_its_errors_makes_a_lower_curve():
    wrong = np.arange(100) >= 80
    knowing, ignorant = risk_curve(wrong, np.linspace(1, 0, 100)), risk_curve(wrong, np.full(100, 0.5))
    assert knowing[79] == 0.0
    assert ignorant[79] == pytest.approx(0.2)
    assert knowing.mean() < ignorant.mean()


@given(st.integers(1, 500), st.data())
def test_the_interval_of_a_share_is_wilsons(total, data):
    hits = data.draw(st.integers(0, total))
    expected = binomtest(hits, total).proportion_ci(method="wilson")
    assert wilson(hits, total) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_a_figure_that_cannot_be_computed_has_no_interval():
    assert all(np.isnan(bootstrap(lambda rows: float("nan"), 10)))
    assert all(np.isnan(bootstrap(lambda rows: 1.0, 10, rounds=0)))
