"""Handing tables on: every file that was asked for is written beside its place, and put there when all are done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from extract.batch.plan import inside
from extract.batch.recorded import account_of, input_folders
from extract.errors import UsageError
from extract.export import databases, delimited
from extract.export.table import Table, tables
from extract.messages import Speaker
from extract.tables.place import put_in_place, resolved, staging, sync
from extract.tables.schemas import TABLES

if TYPE_CHECKING:
    from extract.export.workbook import Noted

Progress = Callable[[int, int], None]
Advance = Callable[[int], None]

_DEBRIS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_NEEDED: Final = {"xlsx": "xlsxwriter", "duckdb": "duckdb"}
# What lies beside a database that somebody has open, or that was not closed: it belongs to that one alone.
_BESIDE: Final = {"duckdb": (".wal",), "sqlite": ("-wal", "-shm", "-journal")}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: files of the tables in ``out``, a folder of them as CSV.

    ``tables``: only those of these names; ``headers``: the language of what stands above columns, "zh" or "en".
    """

    out: Path
    xlsx: Path | None = None
    csv: Path | None = None
    duckdb: Path | None = None
    sqlite: Path | None = None
    tables: tuple[str, ...] = ()
    headers: str = "zh"

    def targets(self) -> dict[str, Path]:
        """The files and folders that are asked for, by their forms."""
        asked = {"xlsx": self.xlsx, "csv": self.csv, "duckdb": self.duckdb, "sqlite": self.sqlite}
        return {form: path for form, path in asked.items() if path is not None}


class Written(NamedTuple):
    """A file or folder that was written; ``noted``: of a workbook, what stands in it otherwise than expected."""

    path: Path
    tables: int
    rows: int
    noted: Noted | None = None


def export(request: Request, progress: Progress | None = None) -> list[Written]:
    """Writes what is asked for; ``progress`` is told how many rows are done, and of how many.

    UsageError where there are no tables, where a place must not or cannot be written, or a package is missing. All
    places are as they were then.
    """
    targets = request.targets()
    if not targets:
        raise UsageError("export_nothing")
    _check_packages(targets)
    found = tables(request.out, request.tables)
    _check_places(request.out, targets)
    rows = sum(table.rows for table in found)
    advance = _counter(rows * len(targets), progress)
    written = []
    with ExitStack() as stack:
        made: list[tuple[str, Path, Path]] = []
        for form, path in targets.items():
            folder = stack.enter_context(_staging(path))
            own = folder if form == "csv" else folder / f"made.{form}"
            try:
                noted = _write(form, found, own, request.headers, advance)
            except OSError as error:
                raise _failed(path, error) from error
            made.append((form, path, own))
            written.append(Written(path, len(found), rows, noted))
        for form, path, own in made:
            try:
                _put(form, own, path)
            except OSError as error:
                raise _failed(path, error) from error
    return written


def _write(form: str, found: Sequence[Table], path: Path, headers: str, advance: Advance) -> Noted | None:
    if form == "xlsx":
        from extract.export import workbook

        return workbook.write(found, path, Speaker(headers), advance)
    if form == "csv":
        for table in found:
            delimited.write(table, path / f"{table.name}.csv", headers, advance)
    elif form == "duckdb":
        databases.write_duckdb(found, path, advance)
    else:
        databases.write_sqlite(found, path, advance)
    return None


def _put(form: str, made: Path, path: Path) -> None:
    if form == "csv":
        put_in_place(made, path)
        return
    place = resolved(path)
    sync(made)
    made.replace(place)
    sync(place.parent)


@contextmanager
def _staging(path: Path) -> Iterator[Path]:
    """A folder beside a place, to write into; UsageError where there can be none."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(staging(path))
        except UsageError as error:
            raise UsageError("export_failed", path=str(path), reason=error.params["reason"]) from error
        yield folder


def _counter(total: int, progress: Progress | None) -> Advance:
    done = 0

    def advance(rows: int) -> None:
        nonlocal done
        done += rows
        if progress is not None:
            progress(done, total)

    return advance


def _failed(path: Path, error: OSError) -> UsageError:
    return UsageError("export_failed", path=str(path), reason=error.strerror or str(error))


def _check_packages(targets: dict[str, Path]) -> None:
    for form in targets:
        if form in _NEEDED:
            try:
                __import__(_NEEDED[form])
            except ImportError as error:
                raise UsageError("export_not_installed", missing=error.name or _NEEDED[form]) from error


def _check_places(out: Path, targets: dict[str, Path]) -> None:
    """UsageError where something must not be written to one of the places."""
    inputs = input_folders(account_of(out))
    seen: list[Path] = []
    for form, path in targets.items():
        if inside(path, out) or inside(out, path):
            raise UsageError("export_in_tables", path=str(path), out=str(out))
        for folder in inputs:
            if inside(path, folder) or (form == "csv" and inside(folder, path)):
                raise UsageError("export_in_input", path=str(path), input=str(folder))
        for other in seen:
            if inside(path, other) or inside(other, path):
                raise UsageError("export_twice", path=str(path), other=str(other))
        seen.append(path)
        if os.path.lexists(path):
            _check_replaceable(form, path)


def _check_replaceable(form: str, path: Path) -> None:
    """UsageError where what stands at a place is not what an export left there."""
    if form == "csv":
        stranger = next(_strangers(path), None) if path.is_dir() and not os.path.ismount(path) else path.name
        if stranger is not None:
            raise UsageError("export_not_ours", path=str(path), name=stranger)
        return
    place = resolved(path)
    for ending in _BESIDE.get(form, ()):
        if (place.parent / f"{place.name}{ending}").exists():
            raise UsageError("export_in_use", path=str(path), name=f"{place.name}{ending}")
    if not _is_own(form, place):
        raise UsageError("export_not_ours", path=str(path), name=path.name)


def _is_own(form: str, path: Path) -> bool:
    if not path.is_file():
        return False
    if form == "xlsx":
        from extract.export import workbook

        return workbook.is_own(path)
    holds = databases.duckdb_holds(path) if form == "duckdb" else databases.sqlite_holds(path)
    return holds is not None and holds <= databases.OWN


def _strangers(folder: Path) -> Iterator[str]:
    own = {f"{name}.csv" for name in TABLES}
    yield from sorted(set(os.listdir(folder)) - own - _DEBRIS)
