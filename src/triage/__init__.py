"""Protects people at work from online aggression: reads Dutch messages, weighs cases, suggests steps.

    import triage

    model = triage.load()
    model.classify("Ik weet waar je woont").labels

It suggests; people decide. Importing it loads no model; `load` does.
"""

from typing import TYPE_CHECKING, Any

from triage.assessment import Assessment, Contribution, OpenQuestion, Suggestion
from triage.case import Case, Facts
from triage.errors import InputError, ModelError, NothingToDo, RulesError, TriageError
from triage.labels import FLAGS, LABELS, Classification
from triage.message import Message

if TYPE_CHECKING:
    from triage.model import Model, load

    __version__: str

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
    """Import what is costly only when it is asked for: the model's side, and the metadata of the package."""
    if name == "__version__":
        from importlib.metadata import version

        return version("triage")
    if name in ("load", "Model"):
        from triage import model

        return getattr(model, name)
    raise AttributeError(f"module 'triage' has no attribute {name!r}")
