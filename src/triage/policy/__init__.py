"""From facts and findings to suggested steps: rules as data that a jurist can read."""

from triage.policy.questions import open_about, open_questions
from triage.policy.rules import Rules, load_rules
from triage.policy.situation import Situation
from triage.policy.suggest import steps_of, suggest

__all__ = ["Rules", "Situation", "load_rules", "open_about", "open_questions", "steps_of", "suggest"]
