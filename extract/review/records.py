"""The rows of an output folder, form by form: of what a report is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.tables.parts import part_rows, parts
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


def records(out: Path) -> Iterator[Record]:
    """The forms of a run in the order of its tables; those of one part of it are in memory at a time.

    UsageError where tables cannot be read.
    """
    number = 0
    for part in parts(out, "documents"):
        tables = {name: _Rows(part_rows(out / name / part.name)) for name in _OF_FORM}
        for document in part_rows(part).to_pylist():
            key = document["document_id"]
            yield Record(number, document, {name: rows.get(key, ()) for name, rows in tables.items()})
            number += 1


def count(out: Path) -> int:
    """How many forms ``records`` gives. UsageError as there."""
    return sum(part_rows(part, ["document_id"]).num_rows for part in parts(out, "documents"))


def failures(out: Path) -> Iterator[Row]:
    """The inputs of a run that gave no form. UsageError as ``records``."""
    for part in parts(out, "failures"):
        yield from part_rows(part).to_pylist()


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
