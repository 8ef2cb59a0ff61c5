"""The object that `triage.load` gives: one model, and everything that is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from triage.assessment import Assessment
from triage.case import Case, Facts, Finding, find
from triage.classify import Classifier, load_classifier
from triage.classify.classifier import BackendName
from triage.explanation import Explanation
from triage.labels import Classification
from triage.language import Lang

if TYPE_CHECKING:
    import pyarrow as pa

    from triage.classify.checkpoint import Settings
    from triage.policy import Rules
    from triage.severity import Weights
    from triage.tables import Corrections, Summary
    from triage.tables.engine import Progress


class Model:
    """Classifies messages, assesses cases, scores tables; made by `triage.load`. Safe to share between threads.

    Args:
        classifier: What reads the texts.
        rules: Rules of your own instead of the packaged ones.
        weights: Severity weights of your own instead of the packaged ones.
    """

    def __init__(self, classifier: Classifier, rules: Rules | None = None, weights: Weights | None = None) -> None:
        self._classifier = classifier
        self._rules = rules
        self._weights = weights

    @property
    def version(self) -> str:
        """Name and version of the model; every score names it."""
        return self._classifier.checkpoint.version

    @property
    def settings(self) -> Settings:
        """How scores become labels: calibration, thresholds and the range of doubt, as in the model's `config.json`."""
        return self._classifier.checkpoint.settings

    @overload
    def classify(self, texts: str) -> Classification: ...  # type: ignore[overload-overlap]
    @overload
    def classify(self, texts: Sequence[str]) -> list[Classification]: ...
    def classify(self, texts: str | Sequence[str]) -> Classification | list[Classification]:
        """Classify one text, or many in their order.

        Args:
            texts: A text, or a sequence of texts of any length.

        Returns:
            A `Classification` for a text; a list of them for a sequence.

        Raises:
            InputError: if something else than text is given.

        Example:
            >>> import triage
            >>> triage.load().classify("Wat fijn dat u zo snel belde, dank u wel!").labels
            ()
        """
        if isinstance(texts, str):
            return self.classify([texts])[0]
        texts = list(texts)
        found = self._classifier.classify(texts)
        for text, one in zip(texts, found, strict=True):
            one.__dict__["_explain"] = partial(self.explain, text)
        return found

    @overload
    def explain(self, texts: str) -> Explanation: ...  # type: ignore[overload-overlap]
    @overload
    def explain(self, texts: Sequence[str]) -> list[Explanation]: ...
    def explain(self, texts: str | Sequence[str]) -> Explanation | list[Explanation]:
        """Say how much each word of a text, or of many, speaks for or against each label.

        The model is asked again without the word, and with the word alone. Many texts at once share the forward passes.

        Args:
            texts: A text, or a sequence of texts of any length; of a long one the gravest window is explained.

        Returns:
            An `Explanation` for a text; a list of them for a sequence.

        Raises:
            InputError: if something else than text is given.

        Example:
            >>> import triage
            >>> explained = triage.load().explain("Ik weet waar je woont")
            >>> [word.text for word in explained.words]
            ['Ik', 'weet', 'waar', 'je', 'woont']
        """
        if isinstance(texts, str):
            return self._classifier.explain([texts])[0]
        return self._classifier.explain(texts)

    def find(self, case: Case) -> tuple[Finding, ...]:
        """What holds for each message of a case: a person's labels where given, else the model's."""
        classifications = self._classifier.classify([message.text for message in case.messages])
        return tuple(find(message, found) for message, found in zip(case.messages, classifications, strict=True))

    def assess(self, case: Case, jurisdiction: str = "nl") -> Assessment:
        """Score a case and suggest steps, with reasons and sources. It suggests; people decide.

        Args:
            case: The messages and the known facts.
            jurisdiction: "nl" or "be".

        Raises:
            RulesError: if there are no rules for the jurisdiction.

        Example:
            >>> import triage
            >>> case = triage.Case(messages=[triage.Message(text="...", labels=["threat"], intensity=3)])
            >>> "preserve_evidence" in [s.step for s in triage.load().assess(case).suggestions]
            True
        """
        from triage.assess import assess  # rules and weights, of which a single text needs none

        return assess(self.find(case), case.facts, jurisdiction, case_id=case.id, rules=self._rules, weights=self._weights)

    def score_table(self, table: Any, mapping: Mapping[str, str] | None = None) -> pa.Table:
        """Score every message of a table.

        Args:
            table: Any frame that speaks Arrow (pandas, polars, duckdb, pyarrow, datasets) with a text column; Dutch and English
                column names are found by themselves.
            mapping: Field -> column, where they are not found.

        Returns:
            A pyarrow table with all columns of `table` and those of the scores.

        Raises:
            InputError: if there is no text column.
        """
        from triage.tables import score_table

        return score_table(table, self._classifier.classify_all, mapping)

    def score_files(
        self,
        paths: Sequence[Path | str],
        output: Path | str,
        mapping: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        lang: Lang = "nl",
        *,
        resume: bool = False,
        restart: bool = False,
        previous: Path | str | None = None,
    ) -> Summary:
        """Score the messages of one or many exports of any size in a stream; what cannot be read is counted and written aside.

        While it runs, what is done stands in the folder OUTPUT.partial, so that a run that is stopped can be continued; the output
        appears whole or not at all, and OUTPUT.manifest.json says what was scored, by what and how.

        Args:
            paths: Files (CSV, JSON Lines, Parquet; also .gz, .bz2, .xz and .zst), or "-" for standard input.
            output: The file to write: .parquet, .csv or .jsonl.
            mapping: Field -> column, where the columns are not found by themselves.
            progress: Called with the stage ("reading", "scoring", "writing"), rows done, and rows in all (0 where that is not known).
            lang: How a .csv is written: "nl" with semicolons and decimal commas, "en" with commas and points.
            resume: Go on with a run that was stopped; where there is none, begin.
            restart: Throw away what a run that was stopped has done.
            previous: What this model made of an earlier export (.parquet): texts that stand in it keep the scores that they have there.

        Returns:
            What became of the rows: read, scored, rejected, and the reasons.

        Raises:
            InputError: if a file cannot be used at all, the disk is full, or an unfinished run is not to be continued or cannot be.
        """
        from triage.tables import score_files

        return score_files(
            paths,
            output,
            self._classifier.classify_all,
            mapping,
            progress,
            lang,
            model=self._classifier.identity,
            resume=resume,
            restart=restart,
            previous=previous,
        )

    def assess_table(self, scored: Any, jurisdiction: str = "nl", corrections: Corrections | None = None) -> pa.Table:
        """Gather scored messages into cases and assess each.

        Args:
            scored: What `score_table` or `triage score` made.
            jurisdiction: "nl" or "be".
            corrections: What a person judged otherwise (`triage.tables.read_corrections`).

        Returns:
            A pyarrow table, a row a case, the most severe first.

        Raises:
            InputError: if the table was not scored.
        """
        from triage.tables import assess_table

        return assess_table(scored, jurisdiction, self._rules, self._weights, corrections)

    def assess_case(
        self,
        scored: Any,
        case_id: str,
        facts: Facts | None = None,
        jurisdiction: str = "nl",
        corrections: Corrections | None = None,
    ) -> Assessment:
        """Assess one case of a scored table in full.

        Args:
            scored: What `score_table` made, as any frame that speaks Arrow; or the files that `triage score` wrote.
            case_id: As it stands in what `assess_table` gives.
            facts: What a person knows of the case.
            jurisdiction: "nl" or "be".
            corrections: What a person judged otherwise (`triage.tables.read_corrections`).

        Raises:
            InputError: if there is no such case, or the messages were not scored.
        """
        from triage.tables import case_of

        return case_of(scored, case_id, jurisdiction, facts, self._rules, self._weights, corrections)


def load(
    name: str | Path | None = None,
    *,
    label_map: Mapping[str, str] | None = None,
    backend: BackendName = "auto",
    device: str | None = None,
    threads: int | None = None,
    rules: Path | None = None,
    weights: Path | None = None,
) -> Model:
    """Load the embedded Dutch model, or any `transformers` sequence-classification checkpoint.

    Args:
        name: Folder or hub name; None for the embedded model, which needs no connection and no torch.
        label_map: Label of the checkpoint -> label of triage, where its `config.json` has none.
        backend: "onnx", "torch", or "auto".
        device: "cpu", "cuda", ... for torch.
        threads: Threads that compute; None for as many as there are cores, 1 to start none beside the caller's own.
        rules: A rules file of your own (TOML) instead of the packaged ones.
        weights: A weights file of your own (TOML) instead of the packaged one.

    Raises:
        ModelError: if the checkpoint cannot be loaded, or its labels cannot be mapped.
        RulesError: if rules or weights are not well-formed.

    Example:
        >>> import triage
        >>> triage.load().version.startswith("triage-nl@")
        True
    """
    classifier = load_classifier(name, label_map=label_map, backend=backend, device=device, threads=threads)
    if not (rules or weights):
        return Model(classifier)
    from triage.policy import load_rules  # which a single text does without
    from triage.severity import load_weights

    return Model(classifier, load_rules(rules) if rules else None, load_weights(weights) if weights else None)
