"""A table that is handed on: its columns, what they are called and hold, and its rows, some at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa

from extract.errors import UsageError
from extract.tables.parts import batches, check_tables, head
from extract.tables.schemas import TABLES

# How many digits behind the point columns of money have; those of other decimals have more.
_CENTS: Final = 2


class Kind(StrEnum):
    """What a column holds, as far as those that take it can tell it apart."""

    text = "text"
    whole = "whole"
    money = "money"
    decimal = "decimal"
    real = "real"
    flag = "flag"
    list = "list"


class Column(NamedTuple):
    """A column of a table. ``label``: what it is called in Chinese; ``told``: what it is, by language."""

    name: str
    kind: Kind
    type: Any
    nullable: bool
    label: str
    told: dict[str, str]

    def head(self, language: str) -> str:
        """What stands above the column."""
        return self.label if language == "zh" else self.name


class Table(NamedTuple):
    """A table of the output folder ``out``; ``label`` and ``told`` as those of a column."""

    name: str
    out: Path
    schema: Any
    rows: int
    columns: tuple[Column, ...]
    label: str
    told: dict[str, str]

    def head(self, language: str) -> str:
        """What the table is called."""
        return self.label if language == "zh" else self.name

    def batches(self) -> Iterator[Any]:
        """The rows, as Arrow record batches. UsageError where they cannot be read."""
        return batches(self.out, self.name, self.schema)

    def lists(self) -> Iterator[list[list[Any]]]:
        """The rows column by column, as Python's own values, some thousand rows at a time."""
        for batch in self.batches():
            yield [column.to_pylist() for column in batch.columns]


def tables(out: Path, names: Sequence[str] = ()) -> list[Table]:
    """The tables of a folder that a run wrote, or those of some names, in the order of ``TABLES``.

    UsageError where there is no such folder or table, or one cannot be read.
    """
    check_tables(out)
    for name in names:
        if name not in TABLES:
            raise UsageError("export_no_such_table", name=name, known=", ".join(TABLES))
    return [_table(out, name) for name in TABLES if not names or name in names]


def plain(value: Decimal) -> str:
    """A decimal without an exponent and, money aside, without zeros at its end: ``12``, ``0.5``, ``100.00``."""
    text = f"{value:f}"
    exponent = value.as_tuple().exponent
    return text if exponent in (0, -_CENTS) or "." not in text else text.rstrip("0").rstrip(".")


def spelled(value: Any) -> str:
    """A list as text."""
    return json.dumps(value)


def _table(out: Path, name: str) -> Table:
    schema, rows = head(out, name)
    columns = tuple(
        Column(field.name, _kind(field.type), field.type, field.nullable, *_words(field.metadata, field.name))
        for field in schema
    )
    return Table(name, out, schema, rows, columns, *_words(schema.metadata, name))


def _words(metadata: Any, name: str) -> tuple[str, dict[str, str]]:
    found = {key.decode(): word.decode() for key, word in (metadata or {}).items()}
    told = {"en": found.get("description", ""), "zh": found.get("description_zh", "")}
    return found.get("label_zh", name), told


def _kind(kind: Any) -> Kind:
    if pa.types.is_boolean(kind):
        return Kind.flag
    if pa.types.is_integer(kind):
        return Kind.whole
    if pa.types.is_decimal(kind):
        return Kind.money if kind.scale == _CENTS else Kind.decimal
    if pa.types.is_floating(kind):
        return Kind.real
    return Kind.list if pa.types.is_list(kind) else Kind.text
