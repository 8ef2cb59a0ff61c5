"""From the findings of a case to its reach, its frequency and its severity; every number is data in `weights.toml`."""

from triage.severity.frequency import is_pile_on, measure_frequency
from triage.severity.harm import harm_of
from triage.severity.reach import estimate_reach
from triage.severity.score import reckon, score_case, severity_of
from triage.severity.weights import Weights, load_weights

__all__ = [
    "Weights",
    "estimate_reach",
    "harm_of",
    "is_pile_on",
    "load_weights",
    "measure_frequency",
    "reckon",
    "score_case",
    "severity_of",
]
