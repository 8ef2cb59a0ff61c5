"""The promise behind `needs_review`, on simulated messages: kept where they are like the development data, and not where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from triage.classify.checkpoint import Platt
from triage.training.calibrate import apply_platt, doubt_range, fit_platt


def simulated(rng: np.random.Generator, size: int, sharp: float, drift: float = 0.0):
    """Logits and truth; the logits of messages with the label lie `sharp` higher, less `drift`."""
    truth = rng.random(size) < 0.3
    return rng.normal(0, 1, size) + np.where(truth, sharp - drift, 0.0) - sharp / 2, truth


def passed_wrong(sharp: float, size: int, threshold: float = 0.5, drift: float = 0.0) -> tuple[float, float]:
    """Mean share, over many development sets, that passes without review and with the wrong answer: with the label, without it."""
    rng = np.random.default_rng(0)
    missed, alarmed = [], []
    for _ in range(200):
        logits, truth = simulated(rng, size, sharp)
        probability = apply_platt(logits, Platt())
        doubt = doubt_range(probability, truth, threshold, error=0.1)
        assert doubt.low <= threshold <= doubt.high
        logits, truth = simulated(rng, 1_000, sharp, drift)
        probability = apply_platt(logits, Platt())
        missed.append(np.mean((probability < doubt.low)[truth]))
        alarmed.append(np.mean((probability > doubt.high)[~truth]))
    return float(np.mean(missed)), float(np.mean(alarmed))


@pytest.mark.parametrize(("sharp", "size", "threshold"), [(0.3, 400, 0.5), (1.0, 60, 0.9), (3.0, 60, 0.5), (6.0, 400, 0.1)])
def test_at_most_a_tenth_passes_wrong_with_a_bad_model_and_with_a_good_one(sharp: float, size: int, threshold: float):
    missed, alarmed = passed_wrong(sharp, size, threshold)
    assert missed <= 0.105
    assert alarmed <= 0.105


def test_the_promise_does_not_hold_once_messages_have_changed():
    assert passed_wrong(sharp=2.0, size=400, drift=1.5)[0] > 0.2


def test_calibration_on_the_same_messages_changes_nothing():
    rng = np.random.default_rng(3)
    (logits, truth), (fresh, _) = simulated(rng, 400, 2.0), simulated(rng, 1_000, 2.0)
    passed = []
    for platt in (Platt(), fit_platt(logits, truth)):
        probability = apply_platt(logits, platt)
        edge = float(apply_platt(np.array([0.0]), platt)[0])  # the same threshold on both scales
        doubt = doubt_range(probability, truth, edge)
        passed.append(apply_platt(fresh, platt) < doubt.low)
    assert (passed[0] == passed[1]).all()


def test_too_few_examples_send_their_whole_side_to_review():
    rng = np.random.default_rng(1)
    probability = np.concatenate([rng.uniform(0.6, 1.0, 5), rng.uniform(0.0, 0.4, 500)])
    truth = np.arange(505) < 5
    assert doubt_range(probability, truth, 0.5).low == 0.0
    assert doubt_range(1 - probability, ~truth, 0.5).high == 1.0


def test_a_better_model_sends_less_to_review():
    widths = []
    for sharp in (1.0, 3.0):
        logits, truth = simulated(np.random.default_rng(2), 2_000, sharp)
        probability = apply_platt(logits, fit_platt(logits, truth))
        doubt = doubt_range(probability, truth, 0.5)
        widths.append(np.mean((probability >= doubt.low) & (probability <= doubt.high)))
    assert widths[1] < widths[0]
