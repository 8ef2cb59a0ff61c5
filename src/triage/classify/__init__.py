"""Text to classification: tokenising, batching, calibration, and the backends that run a checkpoint."""

from triage.classify.classifier import Classifier, load_classifier

__all__ = ["Classifier", "load_classifier"]
