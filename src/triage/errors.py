"""The errors of triage: one small family, each with one sentence that says what to do.

Every error carries its sentence in English (`str(error)`) and in Dutch (`error.nl`); the command line prints the one of `--lang`.
No message text and no name of a person is ever part of such a sentence.
"""

from __future__ import annotations


class TriageError(Exception):
    """Anything that triage itself refuses to do.

    Args:
        en: The sentence in English.
        nl: The same sentence in Dutch.

    Example:
        >>> str(TriageError("File x.csv is empty.", nl="Bestand x.csv is leeg."))
        'File x.csv is empty.'
    """

    def __init__(self, en: str, *, nl: str) -> None:
        super().__init__(en)
        self.nl = nl

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the Dutch sentence when the error crosses a process border (Spark, multiprocessing)."""
        return (_rebuild, (type(self), str(self), self.nl))


def _rebuild(kind: type[TriageError], en: str, nl: str) -> TriageError:
    return kind(en, nl=nl)


class InputError(TriageError, ValueError):
    """A file, table, case or message that cannot be used as it is."""


class ModelError(TriageError, ValueError):
    """A checkpoint that cannot be loaded or does not fit what is asked of it."""


class RulesError(TriageError, ValueError):
    """Rules, weights or thresholds that are not well-formed."""


class NothingToDo(TriageError):
    """The input was understood, and there is nothing in it to work on."""
