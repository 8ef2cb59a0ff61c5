"""From the findings of a case to its reach, its frequency and its severity; every number is data in `weights.toml`."""

from triage.severity.frequency import is_pile_on, measure_frequency
from triage.severity.reach import estimate_reach
from triage.severity.score import Score, explain, reckon, score_case, severity_after, severity_of
from triage.severity.weights import Weights, load_weights

__all__ = [
    "Score",
    "Weights",
    "estimate_reach",
    "explain",
    "is_pile_on",
    "load_weights",
    "measure_frequency",
    "reckon",
    "score_case",
    "severity_after",
    "severity_of",
]
