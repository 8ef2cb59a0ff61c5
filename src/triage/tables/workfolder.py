"""The folder beside an output in which a run keeps what it has done, so that it can be stopped at any moment and be continued.

OUTPUT.partial/ holds `state.json` (what the run is and how far it has come), one Arrow file for each slice of the exports that was
scored, and what could not be read. A part counts from the moment at which `state.json` says so, and each file gets its name when it is
whole; so a run that is killed loses the part it was at, and repeats no other.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow as pa

from triage.errors import InputError, TriageError
from triage.tables.disk import room_in
from triage.tables.rejects import Tally
from triage.tables.writing import unfinished

try:
    import fcntl
except ImportError:  # Windows, which does not let another process remove what is open
    fcntl = None  # type: ignore[assignment]

_BLOCK = 1 << 20
_OURS = re.compile(r"lock|spool|state\.(json|new)|part\.new|part-\d+\.arrow|rejects\.csv|output")


class FileMark(msgspec.Struct, frozen=True):
    """What a file is known by.

    Attributes:
        name: As the user named it; "-" is standard input.
        size: Bytes.
        sha256: Of its bytes.
    """

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, path: Path) -> FileMark:
        """Read a file for its mark."""
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                size += len(block)
        return cls(name, size, digest.hexdigest())


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is; it can be continued only as long as none of this is different.

    Attributes:
        triage: Version of triage.
        model: What decides the scores; see `Classifier.identity`.
        settings: The settings of the command.
        inputs: The exports, in their order.
        previous: The earlier output whose scores are taken over.
    """

    triage: str
    model: dict[str, Any]
    settings: dict[str, Any]
    inputs: tuple[FileMark, ...]
    previous: FileMark | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come.

    Attributes:
        run: What it is; None while its exports are looked at.
        started: When it was begun.
        parts: Slices of the exports that were scored and kept.
        scored: Rows in them.
        needs_review: Rows in which the model should not be trusted alone.
        taken_over: Rows whose scores were taken over from an earlier output.
        rejects: What could not be read of them.
    """

    run: Run | None = None
    started: datetime
    parts: int = 0
    scored: int = 0
    needs_review: int = 0
    taken_over: int = 0
    rejects: Tally = Tally()


class WorkFolder:
    """Made by `open_work`.

    Attributes:
        path: The folder.
        state: How far the run has come.
        begun: Whether it is clear what the run is.
        spool: A folder for what a process needs while it lives.
        rejects: Where the run writes what could not be read.
        output: Where the output grows, and what belongs beside it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spool, self.rejects, self.output = path / "spool", path / "rejects.csv", path / "output"
        self.state = State(started=datetime.now(UTC))
        self.begun = False

    def open(self) -> None:
        """Make the folder ready for this process."""
        shutil.rmtree(self.spool, ignore_errors=True)
        self.spool.mkdir()
        if not self.state.rejects.size:
            self.rejects.unlink(missing_ok=True)
        self.save(self.state)

    def leave(self) -> None:
        """Leave only what another process can go on with."""
        shutil.rmtree(self.spool, ignore_errors=True)
        if not self.state.parts:
            self.remove()

    def begin(self, run: Run) -> None:
        """Say what the run is.

        Raises:
            InputError: if the folder holds another run.
        """
        run = msgspec.json.decode(msgspec.json.encode(run), type=Run)  # as it was kept: JSON knows no tuples
        if self.state.run is not None and (what := _difference(self.state.run, run)):
            nl, en = what
            raise InputError(
                f"The unfinished run in {self.path} cannot be continued: {en}. Put that back as it was, or start anew with --restart.",
                nl=f"De onderbroken run in {self.path} kan niet verder: {nl}. Zet dat terug zoals het was, of begin opnieuw met --restart.",
            )
        self.save(msgspec.structs.replace(self.state, run=run))
        self.begun = True

    def save(self, state: State) -> None:
        """Say how far the run has come."""
        with unfinished(self.path / "state.json", self.path / "state.new") as stream:
            stream.write(msgspec.json.encode(state))
        self.state = state

    def add(self, batch: pa.RecordBatch, state: State) -> None:
        """Keep one more part."""
        with unfinished(self._part(self.state.parts), self.path / "part.new") as stream:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with pa.ipc.new_file(stream, batch.schema, options=options) as file:
                file.write_batch(batch)
        self.save(state)

    def part(self, number: int, columns: Collection[str] | None = None) -> pa.RecordBatch:
        """A part that was kept.

        Args:
            number: Its place, from 0.
            columns: The only ones that are needed; None for all.
        """
        with pa.OSFile(str(self._part(number))) as stream:
            file = pa.ipc.open_file(stream)
            if columns is not None:
                wanted = [place for place, name in enumerate(file.schema.names) if name in columns]
                file = pa.ipc.open_file(stream, options=pa.ipc.IpcReadOptions(included_fields=wanted))
            return file.get_batch(0)

    def remove(self) -> None:
        """Remove the folder, the state first: without it the rest is nothing."""
        (self.path / "state.json").unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def _part(self, number: int) -> Path:
        return self.path / f"part-{number:06}.arrow"


def work_folder(output: Path) -> Path:
    """Where an unfinished run for this output stands.

    Example:
        >>> work_folder(Path("uit/scored.parquet")).name
        'scored.parquet.partial'
    """
    return output.with_name(f"{output.name}.partial")


@contextmanager
def open_work(output: Path, resume: bool = False, restart: bool = False) -> Iterator[WorkFolder]:
    """Open the folder of a run; it is removed when the run is finished, and after an error if nothing in it is worth keeping.

    Args:
        output: The file that the run makes.
        resume: Go on with an unfinished run, if there is one.
        restart: Throw an unfinished run away.

    Raises:
        InputError: if there is an unfinished run and neither is asked for, if another process is at it, or if the folder cannot be made;
            also for what goes wrong with files while it is open, with a word on how to go on.
    """
    work = WorkFolder(work_folder(output))
    _read_state(work.path)  # a folder of somebody else is not touched
    try:
        with room_in(work.path.parent), _locked(work.path):
            state = _read_state(work.path)
            if state is not None and resume and not restart:
                work.state = state
            elif state is not None and state.parts and not restart:
                raise InputError(
                    f"{work.path} holds an unfinished run: go on with it by adding --resume, or start anew with --restart.",
                    nl=f"In {work.path} staat een onderbroken run: ga ermee verder met --resume, of begin opnieuw met --restart.",
                )
            try:
                work.open()
                yield work
            except BaseException:
                work.leave()
                raise
            work.remove()
    except OSError as error:
        raise _with_hint(_told(error, work), work) from error
    except TriageError as error:
        if (told := _with_hint(error, work)) is error:
            raise
        raise told from error


def _told(error: OSError, work: WorkFolder) -> InputError:
    """What went wrong with a file, in one sentence."""
    name, reason = error.filename or work.path.parent, error.strerror or type(error).__name__
    return InputError(f"{name} cannot be used: {reason}.", nl=f"{name} is niet te gebruiken: {reason}.")


def _with_hint(error: TriageError, work: WorkFolder) -> TriageError:
    """The error with a word on how to go on, where something is done already."""
    if not work.begun or not work.state.parts:
        return error
    return type(error)(
        f"{error} What was done is kept: go on with the same command and --resume.",
        nl=f"{error.nl} Wat gedaan is, blijft bewaard: ga verder met hetzelfde commando en --resume.",
    )


def _read_state(path: Path) -> State | None:
    if not path.exists():
        return None
    try:
        return msgspec.json.decode((path / "state.json").read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        if not path.exists():  # another process has just finished
            return None
        if path.is_dir() and all(_OURS.fullmatch(one.name) for one in path.iterdir()):  # killed in its first or last breath
            return None
        raise InputError(
            f"{path} stands in the way and is not a folder of triage: move it, or write to another file.",
            nl=f"{path} staat in de weg en is geen map van triage: verplaats die, of schrijf naar een ander bestand.",
        ) from None


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """Make the folder and keep other processes out of it; the system opens it again when this one dies."""
    path.mkdir(exist_ok=True)
    with (path / "lock").open("wb") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    f"Another process is working in {path}: wait for it, or write to another file.",
                    nl=f"Een ander proces is bezig in {path}: wacht daarop, of schrijf naar een ander bestand.",
                ) from None
            except OSError:  # a file system without locks
                pass
        yield lock


def _difference(old: Run, new: Run) -> tuple[str, str] | None:
    """What makes another run of it, in Dutch and in English."""
    if old.triage != new.triage:
        return f"hij begon met triage {old.triage}", f"it was begun with triage {old.triage}"
    if old.model != new.model:
        return "hij begon met een ander model of andere drempels", "it was begun with another model or other thresholds"
    if old.settings != new.settings:
        return "hij begon met andere instellingen", "it was begun with other settings"
    if [one.name for one in old.inputs] != [one.name for one in new.inputs]:
        return "hij begon met andere exports", "it was begun with other exports"
    for before, now in zip(old.inputs, new.inputs, strict=True):
        if before != now:
            return f"{now.name} is sindsdien veranderd", f"{now.name} has changed since"
    if old.previous != new.previous:
        return "het bestand van --previous is een ander", "the file of --previous is another"
    return None
