"""Why a file was read as it was: each line, what it was taken for, and what the next reading would have been."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from extract import api, catalogue
from extract.batch import worker
from extract.batch.isolate import Isolation
from extract.batch.one import Inside
from extract.batch.read import internal_error
from extract.errors import UnreadableInput, UsageError
from extract.interpret.sections import HEADER_WORDS
from extract.interpret.trace import FormTrace, Missing, MoneyTrace, Recorder, Way
from extract.interpret.trace_forms import forms, missing
from extract.interpret.trace_rows import readings
from extract.model import Extraction, Failure
from extract.profiles import Library
from extract.readers import kinds
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.report.explain_lines import Doubt, Line, LineCell, LineReading, Use, findings_of, lines_of
from extract.report.inspect import plain_number


class Chosen(NamedTuple):
    """What of a file to explain: lines from ``first`` to ``last`` (0: to the end), and those of one form (from 1)."""

    first: int = 1
    last: int = 0
    form: int | None = None

    @classmethod
    def parse(cls, lines: str | None, form: int | None) -> Chosen:
        """As ``--lines A-B`` (or ``A``) and ``--form N`` say; UsageError where they say nothing sound."""
        if lines is None:
            return cls(form=form)
        first, dash, last = lines.partition("-")
        if not first.isdecimal() or not (last.isdecimal() or not last):
            raise UsageError("bad_lines", text=lines)
        begin = int(first)
        end = int(last) if last else (0 if dash else begin)
        if begin < 1 or (end and end < begin):
            raise UsageError("bad_lines", text=lines)
        return cls(begin, end, form)


class Explained(NamedTuple):
    """A file, how it was read, and those of its lines and forms that were asked for.

    ``extents``: the first and the last line of each form. ``doubts``: findings that point at no line. ``missing``:
    why there is no form.
    """

    extraction: Extraction
    lines: Sequence[Line]
    forms: Sequence[FormTrace]
    extents: Sequence[tuple[int, int]]
    doubts: Sequence[Doubt]
    missing: Missing | None

    @property
    def failure(self) -> Failure | None:
        """Why the file gave no form; None where it gave one."""
        if self.extraction.failure is None and not self.extraction.forms:
            return Failure("not_a_form")
        return self.extraction.failure


def explain(leaf: Leaf, isolation: Isolation, chosen: Chosen) -> Explained:
    """A file, read to be explained: a text in this process, what is none in a child.

    UsageError where it has no such form.
    """
    failed = leaf.failure
    if failed is None:
        try:
            if kinds.kind(leaf.data) == "text":
                return _read(leaf.data, leaf.source_path, isolation.library, None, None, chosen)
            found: Explained | tuple[str, dict[str, object]] = isolation.apart(
                read_apart, leaf.data, leaf.source_path, chosen
            )
        except UnreadableInput as error:
            failed = Failure(error.code, error.params)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - as in read_leaf
            failed = internal_error(error)
        else:
            if isinstance(found, Explained):
                return found
            raise UsageError(found[0], **found[1])
    return explained(api.of_leaf(leaf._replace(failure=failed)), Recorder(), chosen)


def read_apart(
    data: bytes,
    source_path: str,
    forms: Path | None,
    options: ReadOptions,
    docx: bytes | Failure | None,
    chosen: Chosen,
) -> Iterator[Explained | tuple[str, dict[str, object]]]:
    """The task of a child; what a UsageError says in the place of the explanation."""
    try:
        yield _read(data, source_path, worker.library(forms), options, docx, chosen)
    except UsageError as error:
        yield error.key, error.params


def _read(
    data: bytes,
    source_path: str,
    library: Library,
    options: ReadOptions | None,
    docx: bytes | Failure | None,
    chosen: Chosen,
) -> Explained:
    recorder = Recorder()
    extraction = api.traced_bytes(data, recorder, source_path=source_path, forms=library, options=options, docx=docx)
    return explained(extraction, recorder, chosen)


def explained(extraction: Extraction, recorder: Recorder, chosen: Chosen) -> Explained:
    """A file, explained; UsageError where it has no such form."""
    count = len(extraction.forms)
    if chosen.form is not None and not 1 <= chosen.form <= count:
        raise UsageError("no_such_form", number=chosen.form, total=count)
    doubts = findings_of(extraction)
    lines = lines_of(extraction, readings(recorder), doubts, is_dump=recorder.is_dump)
    extents = _extents(lines, count)
    wanted = range(count) if chosen.form is None else (chosen.form - 1,)
    shown = lines[chosen.first - 1 : chosen.last or len(lines)]
    if chosen.form is not None:
        shown = [_of_form(line, chosen.form - 1) for line in shown if chosen.form - 1 in line.forms]
    found = [form for form in forms(recorder) if form.number in wanted]
    nowhere = [doubt for doubt in doubts if doubt.line is None]
    return Explained(extraction, shown, found, extents, nowhere, None if count else missing(recorder))


def _extents(lines: Sequence[Line], count: int) -> list[tuple[int, int]]:
    """The first and the last line of each form."""
    found = [(0, 0)] * count
    for line in lines:
        for form in line.forms:
            found[form] = (found[form][0] or line.number, line.number)
    return found


def _of_form(line: Line, form: int) -> Line:
    """A line with the rows of one form alone: a line of a dump may hold many."""
    readings = tuple(reading for reading in line.readings if reading.is_of(form))
    return replace(line, readings=readings, findings=tuple(doubt for doubt in line.findings if doubt.form == form))


def as_dict(found: Explained) -> dict[str, Any]:
    """The explanation for machines; ``schemas/explain.yaml`` describes it."""
    extraction = found.extraction
    failure = found.failure
    return {
        "source_path": extraction.source_path,
        "source_sha256": extraction.source_sha256,
        "encoding": extraction.encoding,
        "failure": None if failure is None else _failure(failure, found.missing),
        "forms": [_form(form, found) for form in found.forms],
        "lines": [_line(line) for line in found.lines],
    }


def of_archive(archive: Inside) -> dict[str, Any]:
    """What ``as_dict`` says of an archive, which is no file to explain."""
    digest = hashlib.sha256(archive.data).hexdigest() if archive.data else ""
    head = {"source_path": archive.source_path, "source_sha256": digest, "encoding": None, "failure": None}
    return {**head, "forms": [], "lines": []}


def _failure(failure: Failure, missing: Missing | None) -> dict[str, Any]:
    message = catalogue.failure_message(failure.code, failure.params)
    return {
        "code": failure.code,
        "message": message.en,
        "message_zh": message.zh,
        "evidence": None if missing is None else _missing(missing),
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {
        "titles": list(missing.titles),
        "labels": [{"section": section, "line": line} for section, line in missing.labels],
        "header": {"line": missing.header_line, "words": list(missing.header), "needed": HEADER_WORDS},
        "attempts": [
            {
                "first_line": attempt.first,
                "last_line": attempt.last,
                "header": attempt.header,
                "sections": list(attempt.sections),
            }
            for attempt in missing.attempts
        ],
    }


def _form(form: FormTrace, found: Explained) -> dict[str, Any]:
    first, last = found.extents[form.number]
    return {
        "form_index": form.number,
        "profile": form.profile,
        "title": found.extraction.forms[form.number].title,
        "first_line": first,
        "last_line": last,
        "columns": list(form.columns),
        "layout": None if form.layout is None else [{"way": way, "cost": _rounded(cost)} for way, cost in form.layout],
        "funding": _money(form.money),
        "cuts": [
            {
                "table": cut.table,
                "field": cut.field,
                "limits": list(cut.limits),
                "source": cut.source,
                "texts": [text._asdict() for text in cut.texts],
            }
            for cut in form.cuts
        ],
        "findings": [_finding(doubt) for doubt in found.doubts if doubt.form == form.number],
    }


def _money(money: MoneyTrace) -> dict[str, Any]:
    return {
        "settled": money.settled,
        "columns": ["/".join(column) for column in money.columns],
        "chosen": _way(money.chosen),
        "next": _way(money.other),
        "sums": [
            {
                "whole": "/".join(equation.whole),
                "parts": ["/".join(part) for part in equation.parts],
                "stated": _amount(equation.stated),
                "of_parts": _amount(equation.of_parts),
                "holds": equation.holds,
            }
            for equation in money.sums
        ],
    }


def _way(way: Way | None) -> dict[str, Any] | None:
    if way is None:
        return None
    columns = ["/".join(column) for column in way.columns]
    return {"columns": columns, "failed": way.failed, "held": way.held, "apart": way.apart}


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else plain_number(amount)


def _line(line: Line) -> dict[str, Any]:
    return {
        "line": line.number,
        "text": line.text,
        "has_values": line.has_values,
        "readings": [_reading(reading) for reading in line.readings],
        "findings": [_finding(doubt) for doubt in line.findings],
    }


def _reading(reading: LineReading) -> dict[str, Any]:
    return {
        "row": reading.row if reading.row >= 0 else None,
        "reading": reading.what,
        "form_index": reading.form,
        "seqs": list(reading.seqs),
        "lines": list(reading.lines),
        "cost": _rounded(reading.cost),
        "margin": _rounded(reading.margin),
        "cost_apart": _rounded(reading.apart),
        "cells": [_cell(cell) for cell in reading.cells],
    }


def _rounded(cost: float | None) -> float | None:
    """A cost without the noise that adding up fractions leaves."""
    return None if cost is None else round(cost, 6)


def _cell(cell: LineCell) -> dict[str, Any]:
    return {
        "column_start": cell.start,
        "column_end": cell.end,
        "text": cell.text,
        "kind": cell.kind or None,
        "role": cell.role,
        "next_role": cell.instead or None,
        "values": [_use(use) for use in cell.uses],
    }


def _use(use: Use) -> dict[str, Any]:
    value = plain_number(use.value) if isinstance(use.value, Decimal) else use.value
    return {
        "form_index": use.form,
        "table": use.table,
        "seq": use.seq,
        "field": use.field,
        "value": value,
        "column_start": use.start,
        "column_end": use.end,
    }


def _finding(doubt: Doubt) -> dict[str, Any]:
    return {
        "form_index": doubt.form,
        "table": doubt.table,
        "seq": doubt.seq,
        "field": doubt.field,
        "code": doubt.code,
        "severity": doubt.severity,
        "message": doubt.message,
        "message_zh": doubt.message_zh,
    }
