"""What is true of whatever comes of any bytes: forms or a failure, tables that keep to their schemas, and places that hold.

Tests and fuzzing hold the same things by this module.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final
from unicodedata import is_normalized

from extract import catalogue
from extract.clean import BLANKS
from extract.model import Extraction
from extract.profiles import Library
from extract.schemafiles import SCHEMAS, read_yaml
from extract.tables.build import document_id, status, to_tables
from extract.tables.schemas import TABLES, schemas, sourced
from tests.places import check_places

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]

# The tables that hold what forms say.
HOLDERS: Final = ("documents", "funding", "goals", "tasks", "indicators")
# Places in wordings that nothing filled.
_UNFILLED: Final = re.compile(r"\{[a-z_]+\}")
_PLACE: Final = ("line", "column_start", "column_end")


def check_sound(extraction: Extraction, library: Library | None = None) -> Extraction:
    """Asserts all of it of one extraction, before persons said anything of it; ``library``: as for ``check_places``."""
    check_places(extraction, library)
    check_tables([extraction])
    return extraction


def check_tables(extractions: Sequence[Extraction]) -> Rows:
    """Asserts what must be true of extractions and of the tables made of them; the rows, by table."""
    for one in extractions:
        assert bool(one.forms) != (one.failure is not None), one.source_path
        assert [form.form_index for form in one.forms] == list(range(len(one.forms)))
    tables = to_tables(extractions)
    assert tuple(tables) == TABLES
    for name, table in tables.items():
        assert table.schema.equals(schemas()[name], check_metadata=True), name
        table.validate(full=True)
    rows: Rows = {name: table.to_pylist() for name, table in tables.items()}
    lines = {
        document_id(one.source_path, one.source_sha256, form.form_index): one.lines
        for one in extractions
        for form in one.forms
    }
    assert [row["document_id"] for row in rows["documents"]] == list(lines)
    assert len(rows["failures"]) == sum(one.failure is not None for one in extractions)
    for name, own in rows.items():
        _check_values(name, own)
    for name in HOLDERS[1:]:
        _check_order(rows[name], lines)
    _check_failures(rows["failures"])
    there = {(row["document_id"], name, row.get("seq")): row for name in HOLDERS for row in rows[name]}
    _check_findings(rows, there)
    _check_provenance(rows["provenance"], there, lines)
    return rows


@cache
def _columns(table: str) -> dict[str, Mapping[str, Any]]:
    columns = read_yaml(SCHEMAS / "tables" / f"{table}.yaml")["columns"]
    return {column["name"]: column for column in columns}


def _check_values(table: str, rows: Sequence[Row]) -> None:
    """What is not to be null is not, what may say one of some things says one of them, and texts are clean."""
    for name, column in _columns(table).items():
        told = {row[name] for row in rows} if column["type"] != "list<float64>" else set()
        assert column["nullable"] or None not in told, (table, name)
        told.discard(None)
        assert "one_of" not in column or told <= set(column["one_of"]), (table, name, told)
        if column.get("sourced") and column["type"] == "string":
            for text in told:
                assert text, (table, name)
                assert text == text.strip(BLANKS), (table, name, text)
                assert is_normalized("NFC", text), (table, name, text)
        if name == "confidence":
            assert all(0 <= value <= 1 for value in told), (table, told)


def _check_order(rows: Iterable[Row], documents: Iterable[str]) -> None:
    """The rows of a document stand together, counted from 0, and documents in their order."""
    found: dict[str, list[int]] = {}
    last = None
    for row in rows:
        assert row["document_id"] == last or row["document_id"] not in found
        last = row["document_id"]
        found.setdefault(last, []).append(row["seq"])
    assert list(found) == [one for one in documents if one in found]
    assert all(own == list(range(len(own))) for own in found.values())


def _check_failures(rows: Iterable[Row]) -> None:
    for row in rows:
        assert row["code"] in catalogue.failures(), row
        assert row["code"] != "internal_error", row
        assert not _UNFILLED.search(row["message"]), row


def _check_findings(rows: Rows, there: Mapping[tuple[str, str, int | None], Row]) -> None:
    """Each is known, and about something that is there; the status of a document is that of the gravest."""
    severities: dict[str, list[str]] = defaultdict(list)
    for row in rows["findings"]:
        kind = catalogue.findings().get(row["code"])
        assert kind is not None, row
        assert row["severity"] == kind.severity, row
        severities[row["document_id"]].append(row["severity"])
        assert (row["document_id"], "documents", None) in there, row
        if row["seq"] is not None:
            assert (row["document_id"], row["table"], row["seq"]) in there, row
        if row["field"] is not None and row["table"] is not None:
            assert row["field"] in _columns(row["table"]), row
        assert not _UNFILLED.search(kind.message.en) or row["message"] != kind.message.en, row
    for row in rows["documents"]:
        assert row["status"] == status(severities[row["document_id"]]), row


def _check_provenance(
    rows: Iterable[Row], there: Mapping[tuple[str, str, int | None], Row], lines: Mapping[str, Sequence[str]]
) -> None:
    """Each is about a value that is there, all values have some, and what it says stands where it says."""
    found: dict[tuple[str, str, int | None, str], list[int]] = defaultdict(list)
    for row in rows:
        holder = there.get((row["document_id"], row["table"], row["seq"]))
        assert holder is not None, row
        assert holder[row["field"]] is not None or row["basis"] == "corrected", row
        found[row["document_id"], row["table"], row["seq"], row["field"]].append(row["part"])
        _check_place(row, lines[row["document_id"]])
    assert all(parts == list(range(len(parts))) for parts in found.values())
    for (document, table, seq), holder in there.items():
        for field in sourced()[table]:
            told = _columns(table)[field].get("sourced_by", "provenance")
            if told == "provenance" and holder[field] is not None:
                assert (document, table, seq, field) in found, (table, seq, field, holder)


def _check_place(row: Row, lines: Sequence[str]) -> None:
    line, start, end = (row[name] for name in _PLACE)
    if line is None:
        # Only what a person says stands nowhere.
        assert row["basis"] == "corrected", row
        assert start is None, row
        return
    assert 1 <= line <= len(lines), row
    assert 0 <= start <= end <= len(lines[line - 1]), row
    assert row["text"] == lines[line - 1][start:end], row
    if row["bbox"] is not None:
        x0, top, x1, bottom = row["bbox"]
        assert x0 <= x1, row
        assert top <= bottom, row
