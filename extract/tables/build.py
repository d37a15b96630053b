"""From extractions to Arrow tables.

Columns are gathered column by column and never as a dictionary a row: the tables of one form have some three hundred
rows, and they are to cost little beside reading it. A form is taken apart as soon as it comes, while its cells are
still in the processor's cache, and is not kept. What repeats over rows (the document's key, the table's name) is
written as runs and spread out by Arrow.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate, chain, pairwise
from operator import attrgetter, itemgetter
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from extract import catalogue
from extract.clean import plain
from extract.confidence import confidence_of
from extract.corrections.fields import fit
from extract.model import Amount, Cell, Extraction, Failure, Finding, Form, Goal, Indicator, Spot, TableName, Task
from extract.tables import derived
from extract.tables.basis import BASES, bases
from extract.tables.schemas import TABLES, schemas

# The tables that hold a form's rows, with the record each row is built from, in the order of their provenance.
_RECORDS: Final[Mapping[TableName, Any]] = {"funding": Amount, "goals": Goal, "tasks": Task, "indicators": Indicator}
_GRAVITY: Final = {"ok": 0, "info": 0, "warning": 1, "error": 2}
_CONFIDENCE: Final = "confidence"
# What a finding says is stored of a number that no column holds.
_NOT_STORED: Final = "–"
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
    builder = TableBuilder()
    for extraction in extractions:
        builder.add(extraction)
    return builder.finish()


def provenance_table(extractions: Iterable[Extraction]) -> Any:
    """The table ``provenance`` alone, as ``to_tables`` makes it."""
    ids: list[str] = []
    provenance = _Provenance()
    for extraction in extractions:
        for form in extraction.forms:
            ids.append(document_id(extraction.source_path, extraction.source_sha256, form.form_index))
            provenance.add(extraction, form)
    return provenance.finish(pa.array(ids, pa.string()))


class TableBuilder:
    """Takes in extractions one by one, and gives the tables of all of them at the end.

    After an exception, in ``add`` or in ``finish``, a builder is of no further use.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._documents = _Documents()
        self._records = {name: _Records(name) for name in _RECORDS}
        self._provenance = _Provenance()
        self._findings: list[tuple[str, Finding]] = []
        self._statuses: list[str] = []
        self._failures: list[tuple[Extraction, Failure]] = []

    def add(self, extraction: Extraction) -> None:
        """Takes in the forms of one source, or its failure."""
        for form in extraction.forms:
            self._add(extraction, form)
        failure = extraction.failure
        if failure is None and not extraction.forms:
            failure = Failure("not_a_form")
        if failure is not None:
            self._failures.append((extraction, failure))

    def _add(self, extraction: Extraction, form: Form) -> None:
        key = document_id(extraction.source_path, extraction.source_sha256, form.form_index)
        self._ids.append(key)
        self._documents.add(extraction, form)
        findings = list(form.findings)
        misfits: list[Finding] = []
        confidence = confidence_of(form)
        for name, records in self._records.items():
            misfits += records.add(getattr(form, name), confidence.get(name))
        findings += misfits
        self._provenance.add(extraction, _without_lost(form, misfits) if misfits else form)
        self._findings += [(key, finding) for finding in findings]
        kinds = catalogue.findings()
        self._statuses.append(status([kinds[finding.code].severity for finding in findings]))

    def finish(self) -> dict[str, Any]:
        """The tables, by name."""
        ids = pa.array(self._ids, pa.string())
        tables: dict[str, Any] = {name: records.finish(ids) for name, records in self._records.items()}
        tables["documents"] = self._documents.finish(ids, self._statuses)
        tables["findings"] = finding_rows(self._findings)
        tables["provenance"] = self._provenance.finish(ids)
        tables["failures"] = _failures(self._failures)
        return {name: tables[name] for name in TABLES}


class _Documents:
    """The table ``documents``: a tuple a form, from its source, from itself, and from what both say of whose it is."""

    def __init__(self) -> None:
        apart = ("document_id", "status", *derived.OF_DOCUMENTS)
        names = [name for name in schemas()["documents"].names if name not in apart]
        of_source = [name for name in names if name in Extraction.__dataclass_fields__]
        of_form = [name for name in names if name not in of_source]
        self._names = [*of_source, *of_form, *derived.OF_DOCUMENTS]
        self._of_source, self._of_form = attrgetter(*of_source), attrgetter(*of_form)
        self._rows: list[tuple[Any, ...]] = []

    def add(self, extraction: Extraction, form: Form) -> None:
        self._rows.append(self._of_source(extraction) + self._of_form(form) + derived.of_document(extraction, form))

    def finish(self, ids: Any, statuses: list[str]) -> Any:
        schema = schemas()["documents"]
        values = list(zip(*self._rows, strict=True)) or [()] * len(self._names)
        columns = {
            name: pa.array(column, schema.field(name).type) for name, column in zip(self._names, values, strict=True)
        }
        return _table("documents", {"document_id": ids, "status": pa.array(statuses, pa.string()), **columns})


class _Decimals:
    """A decimal column. Few numbers are different ones, and a decimal is dear to convert: each is converted once."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._numbers: dict[Decimal | None, int] = {}
        self._stored: list[Decimal | None] = []
        self._codes: list[int] = []
        self.misfits: dict[Decimal | None, Decimal | None] = {}

    def add(self, values: Sequence[Decimal | None]) -> None:
        numbers = self._numbers
        try:
            codes = [numbers[value] for value in values]
        except KeyError:
            for value in values:
                if value not in numbers:
                    self._learn(value)
            codes = [numbers[value] for value in values]
        self._codes += codes

    def _learn(self, value: Decimal | None) -> None:
        stored = None if value is None else fit(value, self._kind.precision, self._kind.scale)
        if stored != value:
            self.misfits[value] = stored
        self._numbers[value] = len(self._stored)
        self._stored.append(stored)

    @property
    def stored(self) -> Sequence[Decimal | None]:
        """The numbers as the column holds them."""
        return self._stored

    def codes(self) -> Any:
        """Which of ``stored`` each row has."""
        return _int32(array("i", self._codes))

    def finish(self) -> Any:
        return pa.array(self._stored, self._kind).take(self.codes())


class _Records:
    """The table of one kind of record: its columns, and how many rows each form has."""

    def __init__(self, name: TableName) -> None:
        self._name = name
        self._counts: list[int] = []
        schema = schemas()[name]
        self._plain: dict[str, list[Any]] = {}
        self._decimals: dict[str, _Decimals] = {}
        self._takers: list[Any] = []
        for field in _RECORDS[name]._fields[:-1]:
            kind = schema.field(field).type
            if pa.types.is_decimal(kind):
                self._decimals[field] = _Decimals(kind)
                self._takers.append(self._decimals[field].add)
            else:
                self._plain[field] = []
                self._takers.append(self._plain[field].extend)
        self._rated = _CONFIDENCE in schema.names
        self._confidence: list[float | None] = []

    def add(self, rows: Sequence[Any], confidence: Sequence[float] | None = None) -> list[Finding]:
        """Takes in the records of one form; a finding for each number that no column holds."""
        self._counts.append(len(rows))
        if self._rated:
            self._confidence += confidence or (None,) * len(rows)
        # The places, which come last, go to the provenance.
        for take, values in zip(self._takers, zip(*rows, strict=True), strict=False):
            take(values)
        return [
            finding
            for field, column in self._decimals.items()
            if column.misfits
            for finding in self._doubts(rows, field, column.misfits)
        ]

    def _doubts(
        self, rows: Sequence[Any], field: str, misfits: Mapping[Decimal | None, Decimal | None]
    ) -> Iterable[Finding]:
        for seq, row in enumerate(rows):
            value = getattr(row, field)
            if value in misfits:
                stored = misfits[value]
                params = {"value": str(value), "stored": _NOT_STORED if stored is None else str(stored)}
                yield Finding("number_not_stored", self._name, seq, field, params, row.places.get(field))

    def finish(self, ids: Any) -> Any:
        schema = schemas()[self._name]
        columns = {name: pa.array(values, schema.field(name).type) for name, values in self._plain.items()}
        columns |= {name: column.finish() for name, column in self._decimals.items()}
        if self._rated:
            columns[_CONFIDENCE] = pa.array(self._confidence, pa.float64())
        if set(derived.OF_INDICATORS) <= set(schema.names):
            number = self._decimals["value_number"]
            columns |= derived.of_indicators(number.codes(), number.stored, columns["unit"])
        columns["document_id"] = spread(ids, self._counts)
        columns["seq"] = _int32(array("i", chain.from_iterable(map(range, self._counts))))
        return _table(self._name, columns)


class _Provenance:
    """The table ``provenance``: the places of all values, a row a piece."""

    def __init__(self) -> None:
        self._rows_of_form: list[int] = []
        self._rows_of_record: list[int] = []
        self._tables: list[str] = []
        self._seqs: list[int | None] = []
        self._fields: list[str] = []
        self._texts: list[str | None] = []
        self._bases = bytearray()
        self._parts = array("i")
        self._lines = array("i")
        self._starts = array("i")
        self._ends = array("i")
        self._pages = array("i")
        self._boxes: list[Any] = []
        self._locators: list[str | None] = []
        self._some_without_line = self._some_with_page = self._some_with_box = False

    def add(self, extraction: Extraction, form: Form) -> None:
        """Takes in the places of one form of a source."""
        lines = extraction.lines
        places: list[Mapping[str, Cell]] = [form.places]
        self._tables.append("documents")
        self._seqs.append(None)
        for name in _RECORDS:
            records = getattr(form, name)
            places += [record[-1] for record in records]
            self._tables += [name] * len(records)
            self._seqs += range(len(records))
        fields = list(chain.from_iterable(places))
        cells = list(chain.from_iterable([place.values() for place in places]))
        rows: Iterable[int] = map(len, places)
        told = bases(form, places)
        if any(map(_PARTS, cells)):
            cells, fields, rows, told = self._take_apart(lines, cells, fields, rows, told)
        else:
            self._parts.frombytes(bytes(self._parts.itemsize * len(cells)))
        self._rows_of_record += rows
        self._rows_of_form.append(len(cells))
        self._fields += fields
        self._bases += told
        self._add_cells(lines, cells)
        if extraction.origin is None:
            self._add_pages(cells)
        else:
            self._add_spots([extraction.origin.spot(cell) for cell in cells])

    def _take_apart(
        self, lines: Sequence[str], cells: list[Cell], fields: list[str], rows: Iterable[int], told: bytes
    ) -> tuple[list[Cell], list[str], Iterable[int], bytes]:
        """Every cell with parts replaced by them, in order; its field, its basis and the rows of each record go along.

        ``told``: the basis of each cell.
        """
        pieces = [source_pieces(cell, lines) for cell in cells]
        counts = list(map(len, pieces))
        for count in counts:
            self._parts.extend(range(count))
        borders = [0, *accumulate(counts)]
        rows = [borders[end] - borders[start] for start, end in pairwise(accumulate(rows, initial=0))]
        spread_fields = [field for field, count in zip(fields, counts, strict=True) for _ in range(count)]
        spread_bases = b"".join([told[at : at + 1] * count for at, count in enumerate(counts)])
        return list(chain.from_iterable(pieces)), spread_fields, rows, spread_bases

    def _add_cells(self, lines: Sequence[str], cells: list[Cell]) -> None:
        """Where each cell stands, and the text as it stood there."""
        if not cells:
            return
        # All columns at once, the unused ones too: that takes less time than each of three by itself.
        _, numbers, starts, ends, *_ = zip(*cells, strict=True)
        self._lines += array("i", numbers)
        self._starts += array("i", starts)
        self._ends += array("i", ends)
        # Line 0 is none; what is taken for it here is replaced below.
        own = lines or [""]
        texts = [own[line - 1][start:end] for line, start, end in zip(numbers, starts, ends, strict=True)]
        if 0 in numbers:
            # Where there are no lines to slice, a cell brings its own text.
            brought = [cell.text or None for cell in cells]
            texts = [text if line else other for text, line, other in zip(texts, numbers, brought, strict=True)]
            self._some_without_line = True
        self._texts += texts

    def _add_pages(self, cells: list[Cell]) -> None:
        """The pages of a text: all of its cells have one, or none has, those aside that stand nowhere."""
        if cells and (cells[0].page or (not cells[0].line and any(cell.page for cell in cells))):
            self._some_with_page = True
            self._pages.extend([cell.page for cell in cells])
        else:
            self._pages.frombytes(bytes(self._pages.itemsize * len(cells)))
        self._boxes += [None] * len(cells)
        self._locators += [None] * len(cells)

    def _add_spots(self, spots: list[Spot]) -> None:
        """Where the cells of a file are that is no text."""
        self._pages.extend([spot.page or 0 for spot in spots])
        self._boxes += [spot.bbox for spot in spots]
        self._locators += [spot.locator for spot in spots]
        self._some_with_page = self._some_with_page or any(spot.page for spot in spots)
        self._some_with_box = self._some_with_box or any(spot.bbox for spot in spots)

    def finish(self, ids: Any) -> Any:
        box_type = schemas()["provenance"].field("bbox").type
        known = pc.not_equal(_int32(self._lines), 0) if self._some_without_line else None
        columns = {"line": self._lines, "column_start": self._starts, "column_end": self._ends}
        found = {name: _known(_int32(numbers), known) for name, numbers in columns.items()}
        pages = _int32(self._pages)
        return _table(
            "provenance",
            {
                "document_id": spread(ids, self._rows_of_form),
                "table": spread(pa.array(self._tables, pa.string()), self._rows_of_record),
                "seq": spread(pa.array(self._seqs, pa.int32()), self._rows_of_record),
                "field": pa.array(self._fields, pa.string()),
                "part": _int32(self._parts),
                "page": _known(pages, pc.not_equal(pages, 0))
                if self._some_with_page
                else pa.nulls(len(pages), pa.int32()),
                "bbox": pa.array(self._boxes, box_type) if self._some_with_box else pa.nulls(len(pages), box_type),
                "locator": pa.array(self._locators, pa.string()),
                "text": pa.array(self._texts, pa.string()),
                "basis": pa.array(BASES, pa.string()).take(_uint8(self._bases)),
                **found,
            },
        )


def _without_lost(form: Form, misfits: Sequence[Finding]) -> Form:
    """The form without the places of numbers that no column holds: nothing is in the table that stands there."""
    lost = {(one.table, one.seq, one.field) for one in misfits if one.params["stored"] == _NOT_STORED}
    changed: dict[str, Any] = {}
    for name in {table for table, _, _ in lost if table is not None}:
        changed[name] = tuple(
            row._replace(places={field: cell for field, cell in row.places.items() if (name, seq, field) not in lost})
            for seq, row in enumerate(getattr(form, name))
        )
    return replace(form, **changed)


def source_pieces(cell: Cell, lines: Sequence[str]) -> Sequence[Cell]:
    """The pieces of the source that a cell stands in. Parts with nothing to see between them are one piece."""
    if not cell.parts:
        return (cell,)
    pieces: list[Cell] = []
    for part in cell.parts:
        last = pieces[-1] if pieces else None
        beside = last is not None and part.line and last.line == part.line and last.end <= part.start
        if last is not None and beside and not plain(lines[part.line - 1][last.end : part.start]):
            pieces[-1] = last._replace(text=last.text + part.text, end=part.end)
        else:
            pieces.append(part)
    return pieces


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


def _int32(numbers: array[int]) -> Any:
    """An int32 column without nulls; the numbers are not copied."""
    return pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)])


def _uint8(numbers: bytearray) -> Any:
    """A uint8 column without nulls; the numbers are not copied."""
    return pa.Array.from_buffers(pa.uint8(), len(numbers), [None, pa.py_buffer(numbers)])


def _known(column: Any, known: Any) -> Any:
    """``column`` with nulls where ``known`` is false; as it is where ``known`` is None."""
    return column if known is None else pc.if_else(known, column, None)


def _typed(name: str, columns: dict[str, list[Any]]) -> Any:
    schema = schemas()[name]
    return _table(name, {field: pa.array(values, schema.field(field).type) for field, values in columns.items()})


def _table(name: str, columns: dict[str, Any]) -> Any:
    schema = schemas()[name]
    return pa.Table.from_arrays([columns[field] for field in schema.names], schema=schema)
