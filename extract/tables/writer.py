"""Tables as Parquet: a folder a table, zstd, the same bytes for the same rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from extract.errors import UsageError
from extract.tables.package import PACKAGE, write_package
from extract.tables.place import put_in_place, staging
from extract.tables.schemas import TABLES, schemas

ROW_GROUP: Final = 131_072
# The account that a run leaves beside its tables, and the folder of what the next one needs.
ACCOUNT: Final = "run.json"
KEPT: Final = ".pifubiao"

_PART_NAME: Final = re.compile(r"part-\d{5,}\.parquet")
# What systems leave in a folder that somebody looked into; no reason to keep a run from replacing it.
_DEBRIS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def write_tables(tables: Mapping[str, Any], out: str | Path) -> None:
    """Writes the tables of ``to_tables`` into the folder ``out``, which they replace whole.

    UsageError where ``out`` must not or cannot be replaced; OSError where the disk fails. ``out`` is as it was then.
    """
    out = Path(out)
    check_replaceable(out)
    with staging(out) as folder:
        with TableWriter(folder) as writer:
            for name, table in tables.items():
                writer.write(name, table)
        write_package(folder)
        put_in_place(folder, out)


def check_replaceable(out: Path) -> None:
    """UsageError where ``out`` is something that a run must not replace: a file, a mount point, a folder of others.

    A folder may be replaced when it is empty or holds tables, what describes them and the account of a run, and nothing
    besides.
    """
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise UsageError("out_no_folder", path=str(out))
    if os.path.ismount(out):
        raise UsageError("out_is_mount", path=str(out))
    try:
        stranger = next(_strangers(out), None)
    except OSError as error:
        raise UsageError("out_not_writable", path=str(out), reason=error.strerror or str(error)) from error
    if stranger is not None:
        raise UsageError("out_not_ours", path=str(out), name=stranger)


def _strangers(out: Path) -> Iterator[str]:
    for entry in sorted(os.listdir(out)):
        if entry in TABLES and (out / entry).is_dir():
            inner = sorted(os.listdir(out / entry))
            yield from (f"{entry}/{name}" for name in inner if not _PART_NAME.fullmatch(name) and name not in _DEBRIS)
        elif entry not in (ACCOUNT, PACKAGE, KEPT) and entry not in _DEBRIS:
            yield entry


class TableWriter:
    """Writes rows of the eight tables as they come; a table that gets none becomes an empty file.

    Row groups hold ``ROW_GROUP`` rows however the rows came, so that the files depend on the rows alone. ``number``:
    that of the parts.
    """

    def __init__(self, folder: Path, number: int = 0) -> None:
        self._writers: dict[str, Any] = {}
        self._waiting: dict[str, list[Any]] = {name: [] for name in TABLES}
        self.rows = dict.fromkeys(TABLES, 0)
        try:
            for name in TABLES:
                (folder / name).mkdir(exist_ok=True)
                path = folder / name / f"part-{number:05}.parquet"
                self._writers[name] = pq.ParquetWriter(path, schemas()[name], compression="zstd")
        except OSError:
            give_up(*self._writers.values())
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for name in TABLES:
                if kind is None:
                    self._flush(name, 1)
                self._writers[name].close()
        finally:
            give_up(*self._writers.values())

    def write(self, name: str, table: Any) -> None:
        """Adds the rows of ``table`` to the table ``name``."""
        self.rows[name] += table.num_rows
        waiting = self._waiting[name]
        waiting.append(table)
        if sum(each.num_rows for each in waiting) >= ROW_GROUP:
            self._flush(name, ROW_GROUP)

    def _flush(self, name: str, least: int) -> None:
        """Writes whole row groups while at least ``least`` rows wait."""
        waiting = pa.concat_tables([schemas()[name].empty_table(), *self._waiting[name]]).combine_chunks()
        while waiting.num_rows >= least:
            self._writers[name].write_table(waiting.slice(0, ROW_GROUP), row_group_size=ROW_GROUP)
            waiting = waiting.slice(ROW_GROUP)
        self._waiting[name] = [waiting]


def give_up(*writers: Any) -> None:
    """Has writers that could not be closed leave it at that: they would try again when they go, and print why not."""
    for writer in writers:
        writer.is_open = False


def part_of(path: Path, columns: Sequence[str] | None = None) -> Any:
    """The rows of one part of a table, all columns or some."""
    # ``pq.read_table`` brings in pyarrow.dataset and, with it, pandas: half a second of each process.
    # Nor are threads worth their while for a part; Arrow breaks down where it cannot start them.
    with pq.ParquetFile(path, pre_buffer=False) as part:
        return part.read(columns, use_threads=False)


def write_part(path: Path, table: Any) -> None:
    """Writes one part of a table anew, as ``TableWriter`` does."""
    writer = pq.ParquetWriter(path, table.schema, compression="zstd")
    try:
        rows = table.combine_chunks()
        for start in range(0, rows.num_rows, ROW_GROUP):
            writer.write_table(rows.slice(start, ROW_GROUP), row_group_size=ROW_GROUP)
        writer.close()
    finally:
        give_up(writer)
