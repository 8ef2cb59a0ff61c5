"""From facts and findings to suggested steps: rules as data that a jurist can read."""

from triage.policy.conditions import SEVERITY_FACTS
from triage.policy.questions import open_questions, outline_steps
from triage.policy.rules import Rules, load_rules
from triage.policy.situation import Situation
from triage.policy.suggest import suggest

__all__ = ["SEVERITY_FACTS", "Rules", "Situation", "load_rules", "open_questions", "outline_steps", "suggest"]
