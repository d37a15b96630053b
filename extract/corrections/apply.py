"""Corrections applied to what was read.

A correction counts where its document, its form, its row and the value found there are those that the person saw. It
settles what was doubtful about this one value; what is doubtful about several values together (a sum, a label against
the tree) is looked at anew. Pure: Extraction in, Extraction out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, cast

from extract.confidence import doubted
from extract.corrections.fields import Column, Value
from extract.corrections.file import Correction, Corrections
from extract.corrections.recheck import rechecked
from extract.interpret.values import follow_value, grades
from extract.model import Amount, Cell, Extraction, Finding, Form, Goal, Indicator, TableName, Task
from extract.profiles import Library

CORRECTED: Final = "corrected"
CONFIRMED: Final = "confirmed"
STALE: Final = "correction_stale"

_LOW: Final = "low_confidence"
_NOTHING: Final = "–"
_LONGEST: Final = 120
# The place of a value of which nothing stands in the source.
NOWHERE: Final = Cell("", 0, 0, 0, 0)

_Record = Form | Amount | Goal | Task | Indicator


def corrected(
    extraction: Extraction, corrections: Corrections, library: Library, min_confidence: float = 0.0
) -> Extraction:
    """The extraction with the corrections of its forms applied, and findings on what became of each.

    What is about a form that is not there any more stands on the last one. ``library``: what the forms were read by.
    ``min_confidence``: as in ``ReadOptions``; what a person settled is no doubt about its row any more.
    """
    own = corrections.of(extraction.source_path, extraction.source_sha256) if extraction.forms else []
    if not own:
        return extraction
    last = extraction.forms[-1].form_index
    forms = []
    for form in extraction.forms:
        said = [one for one in own if min(one.form_index, last) == form.form_index]
        forms.append(_Pen(form, extraction.source_sha256).written(said, library) if said else form)
    found = replace(extraction, forms=tuple(forms))
    return doubted(_without(found, _LOW), min_confidence) if min_confidence > 0 else found


def _without(extraction: Extraction, code: str) -> Extraction:
    """The extraction without findings of a code."""
    forms = [replace(form, findings=tuple(f for f in form.findings if f.code != code)) for form in extraction.forms]
    return replace(extraction, forms=tuple(forms))


class _Said(NamedTuple):
    """A correction that holds: ``before`` is the value as it was read."""

    by: Correction
    column: Column
    before: Value
    value: Value
    is_change: bool

    @property
    def key(self) -> tuple[str, int | None, str]:
        return self.by.table, self.by.seq, self.by.field


class _Pen:
    """One form, as it was read and as it becomes."""

    def __init__(self, form: Form, source_sha256: str) -> None:
        self._read = form
        self._form = form
        self._source_sha256 = source_sha256
        self._said: list[_Said] = []
        self._stale: list[Finding] = []

    def written(self, corrections: Sequence[Correction], library: Library) -> Form:
        """The form with all of its corrections."""
        for one in corrections:
            self._take(one)
        # Values first of which others are made; what is said of those themselves counts more.
        for said in sorted(self._said, key=lambda said: len(said.column.follows)):
            if said.is_change:
                self._write(said)
        settled = dict(self._settled())
        self._form = rechecked(self._read, self._form, library)
        findings = [one for one in self._form.findings if (one.table, one.seq, one.field) not in settled]
        findings += map(self._finding, self._said)
        findings += [*self._stale, *self._unscaled(settled)]
        return replace(self._form, findings=tuple(findings), settled=settled)

    # ---- what a correction finds

    def _take(self, one: Correction) -> None:
        """Finds out whether a correction holds."""
        column = one.column
        record = self._record(self._read, one)
        if record is None or one.source_sha256 != self._source_sha256 or one.form_index != self._read.form_index:
            self._stale.append(self._gone(one, column, record))
            return
        before: Value = getattr(record, one.field)
        value = column.value(one.new)
        confirms = column.is_same(value, one.old)
        if column.is_same(before, one.old) or (column.elsewhere and not before):
            self._said.append(_Said(one, column, before, value, is_change=not confirms or before != value))
        elif column.is_same(before, one.new):
            self._said.append(_Said(one, column, before, value, is_change=False))
        else:
            self._stale.append(self._gone(one, column, record))

    @staticmethod
    def _record(form: Form, one: Correction) -> _Record | None:
        """The row of a form; None where it has none such."""
        if one.seq is None:
            return form
        records: Sequence[_Record] = getattr(form, one.table)
        return records[one.seq] if one.seq < len(records) else None

    def _gone(self, one: Correction, column: Column, record: _Record | None) -> Finding:
        here = record is not None and one.form_index == self._read.form_index
        params = {
            "old": _shown(one.old),
            "new": _shown(one.new),
            "where": f"{one.table}{'' if one.seq is None else f' {one.seq}'} {one.field}",
            "found": _shown(column.text(getattr(record, one.field))) if record is not None and here else _NOTHING,
            "note": _note(one),
        }
        seq = one.seq if here else None
        place = record.places.get(one.field) if record is not None and here else None
        return Finding(STALE, cast("TableName", one.table), seq, one.field, params, place)

    # ---- what it does

    def _write(self, said: _Said) -> None:
        by = said.by
        found: dict[str, Any] = {by.field: said.value}
        record = self._record(self._form, by)
        if record is not None and by.field not in record.places and said.value is not None:
            found["places"] = {**record.places, by.field: NOWHERE}
        if said.column.basis is not None and not said.column.is_same(said.value, by.old):
            found[said.column.basis] = CORRECTED
        if by.seq is None:
            self._form = replace(self._form, **found)
            return
        rows = list(getattr(self._form, by.table))
        row = rows[by.seq]._replace(**found)
        if isinstance(row, Indicator):
            row = _followed(row, by.field)
        rows[by.seq] = row
        changed: dict[str, Any] = {by.table: tuple(rows)}
        self._form = replace(self._form, **changed)

    def _settled(self) -> Iterator[tuple[tuple[str, int | None, str], object]]:
        """What was read of the values that a person settled."""
        for said in self._said:
            yield said.key, said.before
            if said.is_change and said.column.basis is not None:
                basis = said.column.basis
                yield (*said.key[:2], basis), getattr(self._record(self._read, said.by), basis)

    def _finding(self, said: _Said) -> Finding:
        """What is to be said of a correction that holds."""
        by = said.by
        record = self._record(self._form, by)
        params = {"old": _shown(by.old), "new": _shown(by.new), "note": _note(by)}
        code = CONFIRMED if said.column.is_same(said.value, by.old) or not said.is_change else CORRECTED
        return Finding(
            code, cast("TableName", by.table), by.seq, by.field, params, record.places.get(by.field) if record else None
        )

    def _unscaled(self, settled: Mapping[tuple[str, int | None, str], object]) -> Iterable[Finding]:
        """That the amounts do not follow their unit."""
        unit = self._form.amount_unit
        if unit == self._read.amount_unit:
            return
        if any(("funding", seq, "amount") not in settled for seq in range(len(self._form.funding))):
            params = {"unit": _shown(unit)}
            yield Finding("amounts_unscaled", "funding", None, None, params, self._form.places.get("amount_unit"))


def _followed(row: Indicator, field: str) -> Indicator:
    """The indicator of which a value was corrected, with those that are made of it."""
    sign, basis, figure = row.operator, row.operator_basis, row.value_number
    if field == "value":
        sign, basis, figure = follow_value(sign, basis, row.value)
    elif field != "operator":
        return row
    scale = grades(sign, row.value, figure)
    places = dict(row.places)
    for name, value in (("value_number", figure), ("scale", scale)):
        if value is None:
            places.pop(name, None)
        elif "value" in places:
            places[name] = places["value"]
    return row._replace(
        operator=sign, operator_basis=basis, value_number=figure, scale=scale, places=_with_sign(basis, places)
    )


def _with_sign(basis: str | None, places: dict[str, Cell]) -> dict[str, Cell]:
    """The places, with that of an operator which is inferred from the value."""
    if basis == "inferred" and "value" in places:
        places["operator"] = places["value"]
    elif basis is None:
        places.pop("operator", None)
    return places


def _note(one: Correction) -> str:
    """Who said so, why and when, in brackets; "" where nothing is told."""
    told = [_shown(text) for text in (one.who, one.why, one.at) if text.strip()]
    return f" ({'; '.join(told)})" if told else ""


def _shown(text: str | None) -> str:
    if text is None:
        return _NOTHING
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
