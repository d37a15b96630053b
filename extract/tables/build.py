"""From extractions to Arrow tables.

Columns are gathered column by column and never as a dictionary a row: the tables of one form have some three hundred
rows, and they are to cost little beside reading it. What repeats over rows (the document's key, the table's name) is
written as runs and spread out by Arrow.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from itertools import accumulate, chain, pairwise, repeat
from operator import itemgetter
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from extract import catalogue
from extract.model import Amount, Cell, Extraction, Failure, Finding, Form, Goal, Indicator, Task
from extract.tables.schemas import TABLES, schemas

# The tables that hold a form's rows, with the record each row is built from, in the order of their provenance.
_RECORDS: Final[Mapping[str, Any]] = {"funding": Amount, "goals": Goal, "tasks": Task, "indicators": Indicator}
_GRAVITY: Final = {"ok": 0, "info": 0, "warning": 1, "error": 2}

_PARTS: Final = itemgetter(Cell._fields.index("parts"))


def document_id(source_path: str, source_sha256: str, form_index: int) -> str:
    """The key of a form: 32 hex digits, the same for the same bytes at the same place."""
    key = f"{source_path}\0{source_sha256}\0{form_index}"
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def status(severities: Iterable[str]) -> str:
    """The status of a document with findings of these severities: ``ok``, ``warning`` or ``error``."""
    worst = max((_GRAVITY[severity] for severity in severities), default=0)
    return ("ok", "warning", "error")[worst]


def to_tables(extractions: Iterable[Extraction]) -> dict[str, Any]:
    """The eight tables of CONTRACT order (``documents``, ``funding``, …) as ``pyarrow.Table``, by name.

    Rows stand in the order of ``extractions``, and within one in the order of the source. Tables without rows are
    there too. An extraction with neither form nor failure gets the failure ``not_a_form``.
    """
    build = _Build()
    for extraction in extractions:
        build.add(extraction)
    return build.finish()


class _Build:
    """Gathers extractions; ``finish`` gives the tables."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.forms: list[Form] = []
        self.sources: list[Extraction] = []
        self.failures: list[tuple[Extraction, Failure]] = []
        self.findings: list[tuple[int, Finding]] = []

    def add(self, extraction: Extraction) -> None:
        for form in extraction.forms:
            number = len(self.ids)
            self.ids.append(document_id(extraction.source_path, extraction.source_sha256, form.form_index))
            self.forms.append(form)
            self.sources.append(extraction)
            self.findings.extend((number, finding) for finding in form.findings)
        if extraction.failure is not None:
            self.failures.append((extraction, extraction.failure))
        elif not extraction.forms:
            self.failures.append((extraction, Failure("not_a_form")))

    def finish(self) -> dict[str, Any]:
        ids = pa.array(self.ids, pa.string())
        tables = {name: self._records(name, ids) for name in _RECORDS}
        tables["provenance"] = _provenance(self.sources, self.forms, ids)
        tables["failures"] = _failures(self.failures)
        # These two come last: a number that no column can hold is a finding too.
        tables["findings"] = finding_rows([(self.ids[number], finding) for number, finding in self._ordered()])
        tables["documents"] = self._documents(ids)
        return {name: tables[name] for name in TABLES}

    def _ordered(self) -> list[tuple[int, Finding]]:
        return sorted(self.findings, key=lambda item: item[0])

    def _records(self, name: str, ids: Any) -> Any:
        """The table ``name``: the records of all forms, the key and the count in front of them."""
        groups: list[Sequence[Any]] = [getattr(form, name) for form in self.forms]
        counts = list(map(len, groups))
        rows = list(chain.from_iterable(groups))
        columns: dict[str, Any] = {
            "document_id": spread(ids, counts),
            "seq": pa.array(chain.from_iterable(map(range, counts)), pa.int32(), size=len(rows)),
        }
        schema = schemas()[name]
        for place, field in enumerate(_RECORDS[name]._fields):
            if field == "places":
                continue
            kind = schema.field(field).type
            values = [row[place] for row in rows]
            if pa.types.is_decimal(kind):
                columns[field] = self._decimals(values, kind, name, field, counts)
            else:
                columns[field] = pa.array(values, kind)
        return _table(name, columns)

    def _decimals(self, values: list[Decimal | None], kind: Any, table: str, field: str, counts: list[int]) -> Any:
        """A decimal column; a number that ``kind`` cannot hold is rounded or left out, with a finding."""
        # Few numbers are different ones, and a decimal is dear to convert.
        unique: dict[Decimal | None, int] = {}
        codes = [unique.setdefault(value, len(unique)) for value in values]
        try:
            return pa.array(list(unique), kind).take(_int32(codes))
        except pa.ArrowInvalid:
            pass
        owners = [(number, seq) for number, count in enumerate(counts) for seq in range(count)]
        fitted = [fit(value, kind.precision, kind.scale) for value in values]
        for value, stored, (number, seq) in zip(values, fitted, owners, strict=True):
            if value != stored:
                params = {"value": str(value), "stored": "–" if stored is None else str(stored)}
                place = getattr(self.forms[number], table)[seq].places.get(field)
                self.findings.append((number, Finding("number_not_stored", table, seq, field, params, place)))
        return pa.array(fitted, kind)

    def _documents(self, ids: Any) -> Any:
        kinds = catalogue.findings()
        severities: list[list[str]] = [[] for _ in self.ids]
        for number, finding in self.findings:
            severities[number].append(kinds[finding.code].severity)
        schema = schemas()["documents"]
        columns: dict[str, Any] = {"document_id": ids, "status": pa.array(map(status, severities), pa.string())}
        for field in schema.names:
            if field in columns:
                continue
            owners: Sequence[object] = self.sources if field in Extraction.__dataclass_fields__ else self.forms
            columns[field] = pa.array([getattr(owner, field) for owner in owners], schema.field(field).type)
        return _table("documents", columns)


def fit(value: Decimal | None, precision: int, scale: int) -> Decimal | None:
    """``value`` rounded half to even to ``scale`` digits; None where it has more than ``precision`` digits then."""
    if value is None or not value.is_finite():
        return None
    with localcontext() as context:
        context.prec = precision
        try:
            return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)
        except InvalidOperation:
            return None


def spread(values: Any, counts: Sequence[int]) -> Any:
    """An Arrow array with each of ``values`` repeated as often as ``counts`` says."""
    if not any(counts):
        return values.slice(0, 0)
    ends: list[int] = []
    total = 0
    for count in counts:
        total += count
        ends.append(total)
    if 0 in counts:
        kept = [place for place, count in enumerate(counts) if count]
        ends = [ends[place] for place in kept]
        values = values.take(pa.array(kept, pa.int64()))
    return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(pa.array(ends, pa.int32()), values))


def finding_rows(findings: Sequence[tuple[str, Finding]]) -> Any:
    """The table ``findings`` of these ``(document_id, finding)``."""
    kinds = catalogue.findings()
    texts = [kinds[finding.code].message.render(finding.params) for _, finding in findings]
    places = [finding.place for _, finding in findings]
    columns: dict[str, list[Any]] = {
        "document_id": [key for key, _ in findings],
        "table": [finding.table for _, finding in findings],
        "seq": [finding.seq for _, finding in findings],
        "field": [finding.field for _, finding in findings],
        "code": [finding.code for _, finding in findings],
        "severity": [kinds[finding.code].severity for _, finding in findings],
        "message": [text.en for text in texts],
        "message_zh": [text.zh for text in texts],
        "page": [(place.page or None) if place else None for place in places],
        "line": [(place.line or None) if place else None for place in places],
    }
    return _typed("findings", columns)


def _failures(failures: Sequence[tuple[Extraction, Failure]]) -> Any:
    texts = [catalogue.failure_message(failure.code, failure.params) for _, failure in failures]
    columns: dict[str, list[Any]] = {
        "source_path": [extraction.source_path for extraction, _ in failures],
        "source_sha256": [extraction.source_sha256 or None for extraction, _ in failures],
        "code": [failure.code for _, failure in failures],
        "message": [text.en for text in texts],
        "message_zh": [text.zh for text in texts],
    }
    return _typed("failures", columns)


def provenance_table(extractions: Iterable[Extraction]) -> Any:
    """The table ``provenance`` alone, as ``to_tables`` makes it."""
    build = _Build()
    for extraction in extractions:
        build.add(extraction)
    return _provenance(build.sources, build.forms, pa.array(build.ids, pa.string()))


def _provenance(sources: Sequence[Extraction], forms: Sequence[Form], ids: Any) -> Any:
    """The places of all values of all forms, a row a piece."""
    fields: list[str] = []
    cells: list[Cell] = []
    rows_of_form: list[int] = []
    tables: list[str] = []
    rows_of_table: list[int] = []
    seqs: list[int | None] = []
    rows_of_record: list[int] = []
    for form in forms:
        before = len(fields)
        groups: list[tuple[str, list[Any]]] = [("documents", [form.places])]
        groups += [(name, [record[-1] for record in getattr(form, name)]) for name in _RECORDS]
        for name, places in groups:
            counts = list(map(len, places))
            tables.append(name)
            rows_of_table.append(sum(counts))
            rows_of_record += counts
            seqs += range(len(places)) if name != "documents" else (None,)
            fields += chain.from_iterable(places)
            cells += chain.from_iterable([place.values() for place in places])
        rows_of_form.append(len(fields) - before)
    columns = {
        "document_id": spread(ids, rows_of_form),
        "table": spread(pa.array(tables, pa.string()), rows_of_table),
        "seq": spread(pa.array(seqs, pa.int32()), rows_of_record),
        "field": pa.array(fields, pa.string()),
    }
    if any(map(_PARTS, cells)):
        cells, parts, whole = _pieces(cells)
        taken = pa.array(whole, pa.int64())
        rows_of_form = _rows_after(rows_of_form, whole)
        columns = {name: column.take(taken) for name, column in columns.items()}
        columns["part"] = _int32(parts)
    else:
        columns["part"] = pa.repeat(pa.scalar(0, pa.int32()), len(cells))
    return _table("provenance", columns | _place_columns(sources, cells, rows_of_form))


def _pieces(cells: Sequence[Cell]) -> tuple[list[Cell], list[int], list[int]]:
    """Every cell with parts replaced by them: the cells, each one's number among its parts, and where it came from."""
    pieces: list[Cell] = []
    parts: list[int] = []
    whole: list[int] = []
    for place, cell in enumerate(cells):
        own = cell.parts or (cell,)
        pieces += own
        parts += range(len(own))
        whole += repeat(place, len(own))
    return pieces, parts, whole


def _rows_after(rows_of_form: Sequence[int], whole: Sequence[int]) -> list[int]:
    """How many rows each form has once its cells are taken to pieces; ``whole`` goes up."""
    borders = [bisect_left(whole, end) for end in accumulate(rows_of_form, initial=0)]
    return [end - start for start, end in pairwise(borders)]


def _place_columns(sources: Sequence[Extraction], cells: Sequence[Cell], rows_of_form: Sequence[int]) -> dict[str, Any]:
    """The columns that say where each cell stands, and what stands there."""
    lines = [cell.line for cell in cells]
    starts = [cell.start for cell in cells]
    ends = [cell.end for cell in cells]
    texts: list[str] = []
    begin = 0
    for source, count in zip(sources, rows_of_form, strict=True):
        here = slice(begin, begin + count)
        begin += count
        # A source without lines has no place to slice; its cells bring their own text.
        own = ["", *source.lines]
        texts += [own[line][start:end] for line, start, end in zip(lines[here], starts[here], ends[here], strict=True)]
    columns = {"column_start": _int32(starts), "column_end": _int32(ends)}
    if 0 in lines:
        texts = [text if line else cell.text for text, line, cell in zip(texts, lines, cells, strict=True)]
        known = pa.array([line > 0 for line in lines], pa.bool_())
        columns = {name: pc.if_else(known, column, None) for name, column in columns.items()}
    box_type = schemas()["provenance"].field("bbox").type
    boxed = any(not source.lines for source in sources)
    columns["bbox"] = pa.array([cell.bbox for cell in cells], box_type) if boxed else pa.nulls(len(cells), box_type)
    columns["page"] = _counted([cell.page for cell in cells])
    columns["line"] = _counted(lines)
    columns["text"] = pa.array(texts, pa.string())
    return columns


def _int32(numbers: list[int]) -> Any:
    """An int32 column without nulls, at half the price of ``pa.array``."""
    return pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(array("i", numbers))])


def _counted(numbers: list[int]) -> Any:
    """An int32 column of numbers counted from 1, in which 0 means that there is none."""
    if 0 not in numbers:
        return _int32(numbers)
    if not any(numbers):
        return pa.nulls(len(numbers), pa.int32())
    return pa.array([number or None for number in numbers], pa.int32())


def _typed(name: str, columns: dict[str, list[Any]]) -> Any:
    schema = schemas()[name]
    return _table(name, {field: pa.array(values, schema.field(field).type) for field, values in columns.items()})


def _table(name: str, columns: dict[str, Any]) -> Any:
    schema = schemas()[name]
    return pa.Table.from_arrays([columns[field] for field in schema.names], schema=schema)
