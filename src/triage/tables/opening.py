"""Opens a file of any structure that triage knows, and every such file in a zip."""

from __future__ import annotations

import tempfile
import zipfile
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

from triage.errors import InputError
from triage.language import Text
from triage.tables.columns import find_columns
from triage.tables.disk import is_full
from triage.tables.exports import Export, open_export
from triage.tables.formats import excel
from triage.tables.formats.content import read_beginning
from triage.tables.formats.dressing import Dressed
from triage.tables.formats.packed import DAMAGE, Budget, clean_name, open_zip, read_member
from triage.tables.formats.registry import recognise, recognise_table
from triage.tables.formats.words import looked_for
from triage.tables.rejects import Rejects
from triage.tables.sources import Source, look_at

_BEGINNING = 1 << 16  # bytes of a file in a zip by which it is recognised
_TABLE = Text(nl="tabel", en="table")


class Opened(msgspec.Struct, frozen=True):
    """A file that was opened.

    Attributes:
        export: What stands in it.
        kind: What people call such a file.
        download: Does it belong to a download with many other files, which are no messages?
    """

    export: Export
    kind: Text
    download: bool


class _Member(msgspec.Struct, frozen=True):
    """A file in a zip that may hold messages, and what it seems to be."""

    info: zipfile.ZipInfo
    kind: Text
    download: bool


def open_exports(source: Source, mapping: Mapping[str, str], rejects: Rejects, stack: ExitStack, spool: Path | None = None) -> list[Export]:
    """Open a file; a zip or workbook gives an export for each file or sheet in it that holds messages.

    Args:
        source: The file.
        mapping: Field -> column, where the user says so.
        rejects: Takes remarks on what a zip holds.
        stack: Keeps what is taken out of the file meanwhile.
        spool: An existing folder in which to keep it; None takes the system's folder for temporary files.

    Raises:
        InputError: if nothing in it can be read.
        OSError: if the disk is full.
    """
    if source.format != "zip":
        return [open_file(source, mapping.values()).export]
    archive = stack.enter_context(open_zip(source))
    if excel.is_workbook(archive, source):
        return _sheets(archive, source, mapping)
    return _Archive(archive, source, mapping, stack, spool).exports(rejects)


def open_file(source: Source, mapping: Collection[str]) -> Opened:
    """Open a file that is no zip.

    Args:
        source: The file.
        mapping: Columns that the user named.

    Raises:
        InputError: if nothing in it can be read.
    """
    if source.format != "parquet" and (form := recognise(read_beginning(source))):
        return Opened(form.open(source), form.name, form.download)
    return _dressed(open_export(source, mapping))


def _dressed(export: Export) -> Opened:
    table = recognise_table(export.schema.names)
    return Opened(Dressed(export, table), table.name, table.download) if table else Opened(export, _TABLE, False)


def _sheets(archive: zipfile.ZipFile, source: Source, mapping: Mapping[str, str]) -> list[Export]:
    """The sheets of a workbook with a column of texts; all of them where none has one, so that the user is told why."""
    sheets = [_dressed(sheet).export for sheet in excel.open_workbook(archive, source, mapping.values())]
    return [sheet for sheet in sheets if _holds_messages(sheet, mapping)] or sheets[:1]


def _holds_messages(export: Export, mapping: Mapping[str, str]) -> bool:
    try:
        find_columns(export.schema.names, mapping)
        unread = Rejects()
        return next(export.slices(1, unread), None) is not None or unread.rejected > 0
    except InputError:
        return False


class _Archive:
    """A zip with files of an export in it.

    Args:
        archive: The zip file.
        source: The same as a file.
        mapping: Field -> column.
        stack: Keeps what is taken out.
        spool: In which folder.
    """

    def __init__(self, archive: zipfile.ZipFile, source: Source, mapping: Mapping[str, str], stack: ExitStack, spool: Path | None) -> None:
        self._archive = archive
        self._source = source
        self._mapping = mapping
        self._stack = stack
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-", dir=spool)))
        self._damaged = 0

    def exports(self, rejects: Rejects) -> list[Export]:
        """The files that hold messages; where some belong to a download, tables of no known maker are no messages and are passed over."""
        files = [info for info in self._archive.infolist() if not info.is_dir()]
        members = [member for info in files if (member := self._seen(info))]
        if any(member.download for member in members):
            members = [member for member in members if member.kind not in (_TABLE, excel.NAME)]
        kinds: Counter[Text] = Counter()
        opened: list[Export] = []
        budget = Budget()
        for number, member in enumerate(members):
            if exports := self._opened(member, number, budget):
                kinds[member.kind] += 1
                opened += exports
        if not opened:
            raise self._nothing()
        rejects.notice(self._notice(kinds, len(files) - kinds.total() - self._damaged))
        return opened

    def _seen(self, info: zipfile.ZipInfo) -> _Member | None:
        """Recognise a file by its beginning."""
        path = self._folder / "beginning"
        try:
            with self._archive.open(info) as stream:
                path.write_bytes(stream.read(_BEGINNING))
        except DAMAGE as error:
            self._count(error)
            return None
        try:
            source = look_at(self._source.name, path)
            if source.format == "zip":
                return _Member(info, excel.NAME, False) if excel.seems_workbook(path.read_bytes()) else None
            if source.format == "parquet":
                return _Member(info, _TABLE, False)
            opened = open_file(source, self._mapping.values())
            find_columns(opened.export.schema.names, self._mapping)
        except InputError:
            return None
        return _Member(info, opened.kind, opened.download)

    def _opened(self, member: _Member, number: int, budget: Budget) -> list[Export]:
        path = self._folder / str(number)
        try:
            with path.open("wb") as target:
                target.writelines(read_member(self._archive, member.info, budget))
            source = look_at(f"{self._source.name}/{clean_name(member.info.filename)}", path)
            source = msgspec.structs.replace(source, title=self._source.name)
            if source.format == "zip":
                archive = self._stack.enter_context(open_zip(source))
                exports = _sheets(archive, source, self._mapping) if excel.is_workbook(archive, source) else []
            else:
                exports = [open_file(source, self._mapping.values()).export]
        except DAMAGE as error:  # an InputError is a ValueError
            self._count(error)
            path.unlink(missing_ok=True)
            return []
        return [export for export in exports if _holds_messages(export, self._mapping)]

    def _count(self, error: Exception) -> None:
        """Count a file that is damaged; but a full disk is no damage."""
        if is_full(error):
            raise error
        self._damaged += 1

    def _nothing(self) -> InputError:
        name = self._source.name
        if self._damaged:
            return InputError(
                f"The files in {name} are damaged, locked or too large, and no other holds messages: unpack it and give the files.",
                nl=f"De bestanden in {name} zijn beschadigd, vergrendeld of te groot en de rest bevat geen berichten: pak het uit.",
            )
        return InputError(
            f"{name} holds no file with messages that triage recognises; looked for {looked_for().en}.",
            nl=f"{name} bevat geen bestand met berichten dat triage herkent; gezocht is naar {looked_for().nl}.",
        )

    def _notice(self, kinds: Mapping[Text, int], others: int) -> Text:
        name = self._source.name
        nl = f"{name}: gelezen: {', '.join(f'{kind.nl} ({n})' for kind, n in kinds.items())}; andere bestanden daarin: {others}"
        en = f"{name}: read: {', '.join(f'{kind.en} ({n})' for kind, n in kinds.items())}; other files in it: {others}"
        if self._damaged:
            nl += f"; beschadigd, vergrendeld of te groot en niet gelezen: {self._damaged}"
            en += f"; damaged, locked or too large and not read: {self._damaged}"
        return Text(nl=f"{nl}.", en=f"{en}.")
