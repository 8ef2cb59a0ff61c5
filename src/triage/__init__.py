"""Protects people at work from online aggression: reads Dutch messages, weighs cases, suggests steps.

    import triage

    model = triage.load()
    model.classify("Ik weet waar je woont").labels

It suggests; people decide. Importing it loads no model; `load` does.
"""

from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

from triage.assessment import Assessment, Contribution, OpenQuestion, Suggestion
from triage.case import Case, Facts
from triage.errors import InputError, ModelError, NothingToDo, RulesError, TriageError
from triage.labels import FLAGS, LABELS, Classification
from triage.message import Message

if TYPE_CHECKING:
    from triage.model import Model, load

__version__ = _version("triage")

__all__ = [
    "FLAGS",
    "LABELS",
    "Assessment",
    "Case",
    "Classification",
    "Contribution",
    "Facts",
    "InputError",
    "Message",
    "Model",
    "ModelError",
    "NothingToDo",
    "OpenQuestion",
    "RulesError",
    "Suggestion",
    "TriageError",
    "__version__",
    "load",
]


def __getattr__(name: str) -> Any:
    """Import the model's side only when it is asked for, so that the words alone cost nothing."""
    if name in ("load", "Model"):
        from triage import model

        return getattr(model, name)
    raise AttributeError(f"module 'triage' has no attribute {name!r}")
