"""An output folder, here or elsewhere, as what can be read of it part by part.

The parts of the tables that have one number hold the rows of the same documents: that is how runs write them. So what
a document has in other tables is found without looking at other parts, and of a part without a document that is asked
for nothing else is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from extract.analysis.names import KEY
from extract.analysis.problems import ArchiveError
from extract.batch.addresses import is_remote, shown
from extract.batch.remote import ERRORS, opened, reason_of
from extract.tables.schemas import TABLES, schemas
from extract.tables.writer import ACCOUNT, KEPT

_BATCH: Final = 65_536


@dataclass(frozen=True)
class Folder:
    """What lies at ``path``; ``parts``: the names of the files that each table has; ``account``: its ``run.json``."""

    path: str
    system: Any
    top: str
    parts: tuple[str, ...]
    account: Mapping[str, Any]

    @property
    def is_local(self) -> bool:
        """Whether its files are files of this machine."""
        return isinstance(self.system, fs.LocalFileSystem)

    def file(self, table: str, part: str) -> str:
        """Where a part of a table lies in the file system."""
        return f"{self.top}/{table}/{part}"

    def parts_of(self, table: str, parts: Sequence[str]) -> Sequence[str]:
        """Of a table the parts that count where documents in ``parts`` alone do: all, where its rows have none."""
        return parts if KEY in schemas()[table].names else self.parts

    def batches(self, table: str, part: str, columns: Sequence[str]) -> Iterator[Any]:
        """The rows of a part, some thousands at a time, with these columns. ArchiveError where it cannot be read."""
        path = self.file(table, part)
        try:
            with self.system.open_input_file(path) as file:
                for batch in pq.ParquetFile(file).iter_batches(_BATCH, columns=list(columns)):
                    yield batch.select(list(columns))
        except ERRORS as error:
            raise self._unreadable(path, error) from error

    def documents(self, part: str, columns: Sequence[str], wanted: Any = None) -> Any:
        """The rows of ``documents`` in a part that are wanted (an expression, all where None), with these columns."""
        path = self.file("documents", part)
        if wanted is None:
            schema = pa.schema([schemas()["documents"].field(name) for name in columns])
            return pa.Table.from_batches(self.batches("documents", part, columns), schema)
        try:
            found = ds.dataset([path], schema=schemas()["documents"], filesystem=self.system, format="parquet")
            return found.to_table(columns=list(columns), filter=wanted)
        except ERRORS as error:
            raise self._unreadable(path, error) from error

    def dataset(self, table: str, parts: Sequence[str]) -> Any:
        """Some parts of a table as a ``pyarrow.dataset.Dataset``."""
        files = [self.file(table, part) for part in parts]
        return ds.dataset(files, schema=schemas()[table], filesystem=self.system, format="parquet")

    def footer(self, table: str, part: str) -> tuple[int, Any]:
        """How many rows a part has, and their ``pyarrow.Schema``."""
        path = self.file(table, part)
        try:
            with self.system.open_input_file(path) as file, pq.ParquetFile(file) as part_of:
                return part_of.metadata.num_rows, part_of.schema_arrow
        except ERRORS as error:
            raise self._unreadable(path, error) from error

    def rows(self, table: str) -> int:
        """How many rows a table has: as the account of the run tells, or else its files."""
        told = self.account.get("counts", {}).get("rows", {}).get(table)
        return self.rows_there(table) if told is None else int(told)

    def rows_there(self, table: str) -> int:
        """How many rows a table has, by its files."""
        return sum(self.footer(table, part)[0] for part in self.parts)

    def parts_with(self, wanted: Any) -> tuple[str, ...]:
        """The parts that have documents that are wanted (an expression)."""
        found: set[str] = set()
        try:
            scanner = self.dataset("documents", self.parts).scanner(columns=["__filename"], filter=wanted)
            for batch in scanner.to_batches():
                found.update(path.rpartition("/")[2] for path in batch.column(0).unique().to_pylist())
        except ERRORS as error:
            raise self._unreadable(f"{self.top}/documents", error) from error
        return tuple(part for part in self.parts if part in found)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The categories and sources of funding that there are in the whole of it."""
        found: set[tuple[str, str]] = set()
        for part in self.parts:
            for batch in self.batches("funding", part, ("category", "source")):
                own = pa.table(batch).group_by(["category", "source"]).aggregate([])
                found.update(zip(own["category"].to_pylist(), own["source"].to_pylist(), strict=True))
        return frozenset(found)

    def _unreadable(self, path: str, error: BaseException) -> ArchiveError:
        told = f"{self.path.rstrip('/')}{path[len(self.top) :]}"
        return ArchiveError("report_tables_unreadable", path=told, reason=reason_of(error))


def open_folder(path: str | Path) -> Folder:
    """The output folder at a path or an address (``s3://…``).

    ArchiveError where there is none, where it is no output folder or not a whole one, and where its tables are those of
    another version. What is read is the names of its files, ``run.json``, and the footers of ``documents``.
    """
    text = str(path)
    remote = is_remote(text)
    told = shown(text) if remote else text
    system, top = opened(text) if remote else (fs.LocalFileSystem(), str(Path(text).absolute()))
    top = top.rstrip("/")
    try:
        if system.get_file_info(top).type != fs.FileType.Directory:
            raise ArchiveError("archive_missing", path=told)
        infos = system.get_file_info(fs.FileSelector(top, recursive=True))
    except ERRORS as error:
        raise ArchiveError("remote_unreachable", path=told, reason=reason_of(error)) from error
    names = {info.path[len(top) :].lstrip("/") for info in infos if info.type == fs.FileType.File}
    found = Folder(told, system, top, _parts(told, names), _account(told, system, top, names))
    _check_whole(found, names, remote=remote)
    _check_version(found)
    return found


def _parts(told: str, names: set[str]) -> tuple[str, ...]:
    """The names of the parts, which all tables have."""
    by_table: dict[str, set[str]] = {name: set() for name in TABLES}
    for name in names:
        table, _, part = name.partition("/")
        if table in by_table and part.endswith(".parquet") and "/" not in part:
            by_table[table].add(part)
    for table, parts in by_table.items():
        if not parts:
            raise ArchiveError("report_no_tables", path=told, name=table)
    every = set().union(*by_table.values())
    for table, parts in by_table.items():
        for part in sorted(every - parts):
            raise ArchiveError("archive_not_whole", path=told, name=f"{table}/{part}")
    # Numbers of more than five digits come behind those of five.
    return tuple(sorted(every, key=lambda part: (len(part), part)))


def _account(told: str, system: Any, top: str, names: set[str]) -> Mapping[str, Any]:
    """The account of the run; empty where tables were written without one."""
    if ACCOUNT not in names:
        return {}
    try:
        with system.open_input_stream(f"{top}/{ACCOUNT}") as file:
            account = json.loads(file.read())
    except ERRORS as error:
        raise ArchiveError("report_tables_unreadable", path=f"{told}/{ACCOUNT}", reason=reason_of(error)) from error
    return account if isinstance(account, dict) else {}


def _check_whole(folder: Folder, names: set[str], *, remote: bool) -> None:
    """ArchiveError where a run is still putting its tables there, or was stopped while it did.

    Of an output elsewhere what the next run relies on is taken away before tables are put there, and ``run.json`` comes
    last (see ``extract.batch.remote``). Here a folder is swapped whole.
    """
    if remote and any(name.startswith(f"{KEPT}/") for name in names) and not folder.account:
        raise ArchiveError("archive_not_whole", path=folder.path, name=ACCOUNT)
    if remote and folder.account and not any(name.startswith(f"{KEPT}/accounts/") for name in names):
        raise ArchiveError("archive_not_whole", path=folder.path, name=f"{KEPT}/accounts")
    told = folder.account.get("counts", {}).get("rows", {}).get("documents")
    found = folder.rows_there("documents")
    if told is not None and told != found:
        raise ArchiveError("archive_not_of_run", path=folder.path, found=found, told=told)


def _check_version(folder: Folder) -> None:
    """ArchiveError where tables have other columns than those of this version: all parts are by one version."""
    for table, schema in schemas().items():
        _, found = folder.footer(table, folder.parts[0])
        # Types that are equal may be written otherwise: what a list holds has another name in Parquet.
        same = {field.name for field in schema if found.get_field_index(field.name) >= 0}
        same = {name for name in same if found.field(name).type == schema.field(name).type}
        names = sorted({*schema.names, *found.names} - same)
        if names:
            version = str(folder.account.get("versions", {}).get("pifubiao", "?"))
            raise ArchiveError(
                "archive_other_version", path=folder.path, table=table, version=version, columns=", ".join(names)
            )
