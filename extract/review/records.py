"""The rows of an output folder, form by form: of what a report is made."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from extract.errors import UsageError
from extract.tables.schemas import TABLES

# The tables whose values a person checks, in the order in which a form has them.
VALUES: Final = ("documents", "funding", "goals", "tasks", "indicators")
_OF_FORM: Final = tuple(name for name in TABLES if name not in ("documents", "failures"))

Row = Mapping[str, Any]


class Record(NamedTuple):
    """A form: its number in the run, its row of ``documents``, and its rows of the other tables, by their names."""

    number: int
    document: Row
    rows: Mapping[str, Sequence[Row]]

    def of(self, table: str) -> Sequence[Row]:
        """The rows of a table."""
        return (self.document,) if table == "documents" else self.rows.get(table, ())


def check(out: Path) -> None:
    """UsageError where ``out`` is no folder that a run wrote."""
    for name in TABLES:
        if not (out / name).is_dir():
            raise UsageError("report_no_tables", path=str(out), name=name)


def records(out: Path) -> Iterator[Record]:
    """The forms of a run in the order of its tables; those of one part of it are in memory at a time.

    UsageError where tables cannot be read.
    """
    number = 0
    for part in _parts(out, "documents"):
        tables = {name: _Rows(_read(out, name, part)) for name in _OF_FORM}
        for document in _read(out, "documents", part).to_pylist():
            key = document["document_id"]
            yield Record(number, document, {name: rows.get(key, ()) for name, rows in tables.items()})
            number += 1


def count(out: Path) -> int:
    """How many forms ``records`` gives. UsageError as there."""
    return sum(_read(out, "documents", part, ["document_id"]).num_rows for part in _parts(out, "documents"))


def failures(out: Path) -> Iterator[Row]:
    """The inputs of a run that gave no form. UsageError as ``records``."""
    for part in _parts(out, "failures"):
        yield from _read(out, "failures", part).to_pylist()


def as_text(value: object) -> str | None:
    """A value as corrections write it: decimals plain and without trailing zeros, truth as ``true`` and ``false``."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return str(value)


def _parts(out: Path, name: str) -> list[str]:
    try:
        return sorted(part for part in os.listdir(out / name) if part.endswith(".parquet"))
    except OSError as error:
        raise _unreadable(out / name, error) from error


def _read(out: Path, name: str, part: str, columns: Sequence[str] | None = None) -> Any:
    path = out / name / part
    try:
        return pq.read_table(path, columns=columns, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error)
    return UsageError("report_tables_unreadable", path=str(path), reason=reason)


class _Rows(Mapping[str, Sequence[Row]]):
    """The rows of a table by their forms; they become Python's own when they are asked for."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._spans: dict[str, list[tuple[int, int]]] = {}
        ids = table["document_id"].to_pylist()
        for key, run in groupby(enumerate(ids), key=itemgetter(1)):
            numbers = [number for number, _ in run]
            self._spans.setdefault(key, []).append((numbers[0], len(numbers)))

    def __getitem__(self, key: str) -> Sequence[Row]:
        return [row for start, count in self._spans[key] for row in self._table.slice(start, count).to_pylist()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)
