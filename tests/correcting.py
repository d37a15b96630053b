"""Corrections made for tests: lines of a file, and what the tables become by them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from extract import to_tables
from extract.corrections.fields import tables
from extract.model import Extraction
from extract.tables.derived import OF_DOCUMENTS, OF_INDICATORS

Rows = dict[str, list[dict[str, Any]]]
# What is worked out of values and findings: nobody corrects it.
FOLLOWING = ("status", "funding_check", "weight_check", "confidence", *OF_DOCUMENTS, *OF_INDICATORS)
VALUES = ("documents", "funding", "goals", "tasks", "indicators")


def rows(extraction: Extraction) -> Rows:
    """The rows of all tables."""
    return {name: table.to_pylist() for name, table in to_tables([extraction]).items()}


def text_of(value: object) -> str | None:
    """A value of a table as a file of corrections has it; written apart from the program's own way."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        whole, dot, rest = f"{value:f}".partition(".")
        return whole + (dot + rest.rstrip("0") if rest.rstrip("0") else "")
    return str(value)


def found(read: Mapping[str, list[dict[str, Any]]], form: int, table: str, seq: int | None) -> dict[str, Any]:
    """The row of a form."""
    document = next(row for row in read["documents"] if row["form_index"] == form)
    if seq is None:
        return document
    return next(row for row in read[table] if row["document_id"] == document["document_id"] and row["seq"] == seq)


def line(
    extraction: Extraction, table: str, seq: int | None, field: str, new: str | None, form: int = 0, **more: Any
) -> dict[str, Any]:
    """The line that says that a value is another one."""
    old = text_of(found(rows(extraction), form, table, seq)[field]) if "old" not in more else more["old"]
    own = {
        "source_sha256": extraction.source_sha256,
        "source_path": extraction.source_path,
        "form_index": form,
        "table": table,
        "seq": seq,
        "field": field,
        "old": old,
        "new": new,
    }
    return {**own, **more}


def write(path: Path, lines: Iterable[Mapping[str, Any]]) -> Path:
    """A file of corrections."""
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    return path


def changed(before: Rows, after: Rows) -> dict[tuple[str, int | None, str], tuple[object, object]]:
    """The cells of the values' tables that differ, as they were and as they are; what is worked out of them aside."""
    cells: dict[tuple[str, int | None, str], tuple[object, object]] = {}
    for table in VALUES:
        assert len(before[table]) == len(after[table]), table
        for one, other in zip(before[table], after[table], strict=True):
            assert one.keys() == other.keys()
            for name in one:
                if one[name] != other[name] and name not in FOLLOWING:
                    cells[table, one.get("seq"), name] = (one[name], other[name])
    return cells


def codes(read: Rows, table: str, seq: int | None, field: str | None) -> list[str]:
    """The findings on a value."""
    return [row["code"] for row in read["findings"] if (row["table"], row["seq"], row["field"]) == (table, seq, field)]


def all_fields() -> list[tuple[str, str]]:
    """All that may be corrected."""
    return [(table, name) for table, own in tables().items() for name in own]
