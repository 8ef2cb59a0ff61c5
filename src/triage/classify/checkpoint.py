"""A checkpoint on disk: where it stands, what its labels mean, how its scores are calibrated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from triage.errors import ModelError
from triage.labels import LABELS, Label
from triage.language import Text

# A label that the checkpoint does not know stays below its threshold; a label it knows is called from even odds on,
# unless the checkpoint's own settings say otherwise.
DEFAULT_THRESHOLD = 0.5
DEFAULT_MAX_LENGTH = 256

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class LabelsError(ModelError):
    """The labels of a checkpoint are not, or wrongly, said to mean labels of triage.

    Args:
        trouble: What is the matter, in words of every user; the command line says itself how its options help.
    """

    def __init__(self, trouble: Text) -> None:
        self.trouble = trouble
        how = "label_map={'TOXIC': 'insult'}"
        super().__init__(f"{trouble.en} For example: {how}.", nl=f"{trouble.nl} Bijvoorbeeld: {how}.")

    def __reduce__(self) -> tuple[object, ...]:
        return (LabelsError, (self.trouble,))


class Platt(msgspec.Struct, frozen=True):
    """Calibration of one output (Platt 1999): probability = sigmoid(scale * logit + wide * wide_logit + shift).

    Attributes:
        scale: Weight of the encoder's logit, above 0.
        shift: What is added to every logit.
        wide: Weight of the logit of the wide part (`triage.classify.wide`), 0 or more; only where the checkpoint has one.
    """

    scale: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    shift: float = 0.0
    wide: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class Doubt(msgspec.Struct, frozen=True):
    """Probabilities between `low` and `high` ask for review."""

    low: Share
    high: Share


class Arithmetic(msgspec.Struct, frozen=True, kw_only=True):
    """How the ONNX file computes, and what its integers cost against 32-bit floats on the development messages.

    Attributes:
        kind: "integer" for 8-bit arithmetic with fixed scales; "float" for 32-bit arithmetic on weights kept in 8 bits.
        messages: How many messages the cost was measured on; where it was too high, the kind is "float" and the cost is of what was
            refused.
        ap_loss: Average precision lost, by label.
        mean_difference, max_difference: Between probabilities, over messages and labels.
    """

    kind: Literal["integer", "float"]
    messages: int = 0
    ap_loss: dict[Label, float] = {}
    mean_difference: float = 0.0
    max_difference: float = 0.0


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What triage adds to a checkpoint's `config.json`, under the key `triage`.

    Attributes:
        version: Version of the model; every classification names it.
        label_map: Label of the checkpoint -> label of triage; several may map to one.
        intensity_labels: Outputs that say "intensity at least 1, 2, 3", in that order; empty where the checkpoint has none.
        calibration: Platt calibration by checkpoint label.
        thresholds: From which probability a label holds.
        doubt: Which probabilities of a label ask for review. Chosen so that, among messages like those of the development data, on
            average at most one in ten of those that carry the label passes without review and without it, and at most one in ten of
            those that do not carry it passes without review and with it. On other messages (other senders, new slang, another
            channel) nothing is promised. `triage.training.calibrate.doubt_range` says more.
        max_length: Subwords in one window, the special ones included.
        normalise: Whether obfuscation is undone before tokenising; a model trained elsewhere may prefer raw text.
        arithmetic: How the ONNX file computes; None where nobody has said.
    """

    version: str = ""
    label_map: dict[str, Label] = {}
    intensity_labels: tuple[str, ...] = ()
    calibration: dict[str, Platt] = {}
    thresholds: dict[Label, Share] = {}
    doubt: dict[Label, Doubt] = {}
    max_length: Annotated[int, msgspec.Meta(ge=8)] = DEFAULT_MAX_LENGTH
    normalise: bool = True
    arithmetic: Arithmetic | None = None


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence-classification checkpoint that triage can read.

    Attributes:
        name: What the user called it.
        folder: Where its files stand; None for a name on a model hub that `transformers` resolves.
        outputs: The checkpoint's own label names, in the order of its logits.
        activation: "sigmoid" where each label stands by itself, "softmax" where they exclude each other.
        settings: Label map, calibration, thresholds.
    """

    name: str
    folder: Path | None
    outputs: tuple[str, ...]
    activation: Literal["sigmoid", "softmax"]
    settings: Settings

    @property
    def version(self) -> str:
        """Name and version, as every classification states it."""
        return f"{self.name}@{self.settings.version}" if self.settings.version else self.name

    @property
    def missing_labels(self) -> tuple[Label, ...]:
        """Labels that this checkpoint cannot find at all; their score is always 0."""
        return tuple(label for label in LABELS if label not in self.settings.label_map.values())

    def threshold(self, label: Label) -> float:
        """From which probability a label holds."""
        return self.settings.thresholds.get(label, DEFAULT_THRESHOLD)


def embedded_folder() -> Path:
    """Where the embedded Dutch model stands: inside the installed package, or in the repository's `models/`."""
    inside = Path(__file__).parent / "embedded"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "models" / "triage-nl"


def describe(name: str, folder: Path | None, config: Mapping[str, Any], label_map: Mapping[str, str] | None) -> Checkpoint:
    """Join a checkpoint's configuration with the label map that the caller gives.

    Args:
        name: What the user called it.
        folder: Where it stands, or None.
        config: The content of its `config.json`.
        label_map: Label of the checkpoint -> label of triage; wins over the map in the configuration.

    Raises:
        ModelError: if the settings are malformed.
        LabelsError: if no label of the checkpoint maps to a label of triage.
    """
    try:
        settings = msgspec.convert(config.get("triage", {}), Settings)
    except msgspec.ValidationError as error:
        raise ModelError(
            f"The 'triage' settings in config.json of {name} are not usable: {error}",
            nl=f"De 'triage'-instellingen in config.json van {name} zijn niet bruikbaar: {error}",
        ) from None
    outputs = _output_names(config)
    chosen = dict(label_map) if label_map else settings.label_map or {o: o for o in outputs if o in LABELS}
    unknown = [label for label in chosen if label not in outputs]
    wrong = [label for label in chosen.values() if label not in LABELS]
    if unknown or wrong or not chosen:
        raise LabelsError(_labels_trouble(name, outputs, unknown, wrong))
    exclusive = config.get("problem_type") == "single_label_classification" or (config.get("problem_type") is None and len(outputs) > 1)
    return Checkpoint(
        name=name,
        folder=folder,
        outputs=outputs,
        activation="softmax" if exclusive else "sigmoid",
        settings=msgspec.structs.replace(settings, label_map=chosen),
    )


def _labels_trouble(name: str, outputs: Sequence[str], unknown: Sequence[str], wrong: Sequence[str]) -> Text:
    own, ours = ", ".join(outputs), ", ".join(LABELS)
    if unknown:
        return Text(
            nl=f"{name} heeft geen label {unknown[0]}, wel {own}: geef een daarvan op.",
            en=f"{name} has no label {unknown[0]}, but {own}: give one of those.",
        )
    if wrong:
        return Text(
            nl=f"triage heeft geen label {wrong[0]}, wel {ours}: geef een daarvan op.",
            en=f"triage has no label {wrong[0]}, but {ours}: give one of those.",
        )
    return Text(
        nl=f"{name} heeft eigen labels ({own}): zeg welk label van triage ({ours}) elk daarvan betekent.",
        en=f"{name} has labels of its own ({own}): say which label of triage ({ours}) each of them means.",
    )


def read_config(folder: Path) -> dict[str, Any]:
    """The content of a checkpoint's `config.json`.

    Raises:
        ModelError: if it is missing or is not JSON.
    """
    path = folder / "config.json"
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(
            f"{folder} holds no checkpoint: give the folder in which its config.json and its weights are.",
            nl=f"In {folder} staat geen model: geef de map waarin de config.json en de gewichten ervan staan.",
        ) from None
    except (OSError, ValueError):
        raise ModelError(f"{path} cannot be read as JSON.", nl=f"{path} is niet te lezen als JSON.") from None
    return config


def _output_names(config: Mapping[str, Any]) -> tuple[str, ...]:
    named = config.get("id2label")
    if isinstance(named, Mapping) and named:
        return tuple(str(named[key]) for key in sorted(named, key=int))
    return tuple(f"LABEL_{index}" for index in range(int(config.get("num_labels", 2))))
