"""Characters that were misread, put right where the form itself speaks for another reading: its sums, labels, signs.

A recogniser tells of a character what else it may be, and some characters are taken for one another by all of them.
The form is read with each of these in turn. What settles a doubt of the form (an equation that fails, a label that is
none) is taken, where no other does as well; it counts as inferred, and a finding tells what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import is_
from typing import Final, NamedTuple

from extract.doubts import Doubts
from extract.model import OF_HEADER, ROWS, Amount, Cell, Finding, Form, Grid, Indicator, Origin, Row, TableName
from extract.places import pieces, with_parts
from extract.readers.source import Source
from extract.schemafiles import SCHEMAS, read_checked

Read = Callable[[Grid], tuple[Form, ...]]

# So many other readings of a file are tried, and so many of them taken.
_MOST_TRIED: Final = 400
_MOST_TAKEN: Final = 8
# What may be put right: it says what it rests on, or what it goes with does.
_WITH_BASIS: Final = frozenset(
    {
        ("documents", "amount_unit"),
        ("funding", "amount"),
        ("funding", "amount_raw"),
        ("indicators", "level1"),
        ("indicators", "level1_raw"),
        ("indicators", "level2"),
        ("indicators", "level2_raw"),
        ("indicators", "operator"),
    }
)


class _Confusions(NamedTuple):
    settled: frozenset[str]
    taken_for: Mapping[str, str]


@cache
def _confusions() -> _Confusions:
    data = read_checked(SCHEMAS / "lookalikes.yaml", "lookalikes")
    return _Confusions(frozenset(data["settled"]), dict(data["taken_for"]))


class Change(NamedTuple):
    """A character put right: its line, from 1, and place there, what was read, and what it is taken for now."""

    line: int
    at: int
    read: str
    told: str


class _Other(NamedTuple):
    """What else a character may be; ``rank``: 0 where it was not read for sure, 1 where it was, 2 for what is usual."""

    change: Change
    rank: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A grid with its characters put right, and where."""

    grid: Grid
    changes: tuple[Change, ...] = ()

    def marked(self, form: Form) -> Form:
        """A form of the grid: what rests on a change is inferred, with a finding; raw texts are as they were read."""
        return _marked(form, self.changes) if self.changes else form


def settled(source: Source, grid: Grid, read: Read) -> Settled:
    """A grid of pictures of pages, with what was misread put right as far as its forms tell.

    ``read`` gives the forms of a grid. Without anything that may be another character, or without a form, it is as it
    came.
    """
    found = Settled(grid)
    origin = source.origin
    if origin is None or not source.doubts:
        return found
    forms = read(grid)
    count = _unsettled(forms)
    while forms and count and len(found.changes) < _MOST_TAKEN:
        taken = _best(found, list(_others(origin, source.doubts, found))[:_MOST_TRIED], count, read)
        if taken is None:
            break
        found = taken
        forms = read(found.grid)
        count = _unsettled(forms)
    return found


def _best(before: Settled, others: Sequence[_Other], count: int, read: Read) -> Settled | None:
    """The grid with the one change that settles most; None where none does, or several do."""
    least = count
    best: list[tuple[int, Settled]] = []
    for other in others:
        grid = _changed(before.grid, other.change)
        forms = read(grid) if grid is not None else ()
        left = _unsettled(forms)
        if grid is None or not forms or left > least or left == count or not _may_change(forms, other.change):
            continue
        if left < least:
            least, best = left, []
        best.append((other.rank, Settled(grid, (*before.changes, other.change))))
    first = min((rank for rank, _ in best), default=0)
    likely = [one for rank, one in best if rank == first]
    return likely[0] if len(likely) == 1 else None


def _unsettled(forms: Sequence[Form]) -> int:
    codes = _confusions().settled
    return sum(finding.code in codes for form in forms for finding in form.findings)


def _others(origin: Origin, doubts: Doubts, settled: Settled) -> Iterator[_Other]:
    """What else the characters of a grid's cells may be, in order."""
    done = {(one.line, one.at) for one in settled.changes}
    pictures = {page for page, _ in doubts}
    usual = _confusions().taken_for
    numbers = dict.fromkeys(
        piece.line for row in settled.grid.rows for cell in row.cells for piece in pieces(cell) if piece.line
    )
    for number in numbers:
        line = origin.lines[number - 1]
        if line.page not in pictures:
            continue
        for at, (text, box) in enumerate(zip(settled.grid.lines[number - 1], line.boxes, strict=False)):
            if (number, at) in done:
                continue
            doubt = doubts.get((line.page, box)) if box is not None else None
            if doubt is not None and len(doubt.other) == 1 and not doubt.whole:
                yield _Other(Change(number, at, text, doubt.other), 1 if doubt.sure else 0)
            if text in usual:
                yield _Other(Change(number, at, text, usual[text]), 2)


# ---- a grid with another character


def _changed(grid: Grid, change: Change) -> Grid | None:
    """The grid with one character changed; None where no cell has it at that place."""
    rows = list(grid.rows)
    for at, row in enumerate(rows):
        cells = [_of_cell(cell, change) for cell in row.cells]
        if any(new is not old for new, old in zip(cells, row.cells, strict=True)):
            rows[at] = Row(row.line, cells, row.width, row.page)
            lines = list(grid.lines)
            text = lines[change.line - 1]
            lines[change.line - 1] = text[: change.at] + change.told + text[change.at + 1 :]
            return replace(grid, rows=rows, lines=lines)
    return None


def _of_cell(cell: Cell, change: Change) -> Cell:
    if cell.parts:
        parts = tuple([_of_cell(part, change) for part in cell.parts])
        return cell if all(map(is_, parts, cell.parts)) else with_parts(cell, parts)
    if not _has(cell, change) or cell.text[change.at - cell.start] != change.read:
        return cell
    at = change.at - cell.start
    return cell._replace(text=cell.text[:at] + change.told + cell.text[at + 1 :])


def _has(cell: Cell, change: Change) -> bool:
    return cell.line == change.line and cell.start <= change.at < cell.end and len(cell.text) >= cell.end - cell.start


# ---- what rests on a change


def _on(cell: Cell, changes: Sequence[Change]) -> list[Change]:
    """The changes that a value's place has."""
    return [change for change in changes for piece in pieces(cell) if _has(piece, change)]


def _rests(form: Form, changes: Sequence[Change]) -> Iterator[tuple[TableName, int | None, str, Cell]]:
    """The values that rest on changes."""
    for field, place in form.places.items():
        if _on(place, changes):
            yield "documents", None, field, place
    for table in ROWS:
        for seq, row in enumerate(getattr(form, table)):
            for field, place in row.places.items():
                if field not in OF_HEADER and _on(place, changes):
                    yield table, seq, field, place


def _may_change(forms: Sequence[Form], change: Change) -> bool:
    return all((table, field) in _WITH_BASIS for form in forms for table, _, field, _ in _rests(form, [change]))


def _marked(form: Form, changes: Sequence[Change]) -> Form:
    touched = list(_rests(form, changes))
    of_unit = any((table, field) == ("documents", "amount_unit") for table, _, field, _ in touched)
    rests: dict[tuple[str, int | None], dict[str, Cell]] = {}
    for table, seq, field, place in touched:
        rests.setdefault((table, seq), {})[field] = place
    funding = tuple(
        _amount(amount, rests.get(("funding", seq), {}), changes, of_unit=of_unit)
        for seq, amount in enumerate(form.funding)
    )
    indicators = tuple(
        _indicator(one, rests.get(("indicators", seq), {}), changes) for seq, one in enumerate(form.indicators)
    )
    findings = [
        _finding(_on(place, changes)[0], place.text, table, seq, field)
        for table, seq, field, place in touched
        if not field.endswith("_raw")
    ]
    told = {change for *_, place in touched for change in _on(place, changes)}
    findings += [_finding(change, change.told) for change in changes if change not in told]
    return replace(form, funding=funding, indicators=indicators, findings=(*form.findings, *findings))


def _finding(
    change: Change, text: str, table: TableName | None = None, seq: int | None = None, field: str | None = None
) -> Finding:
    params = {"text": text[:30], "read": change.read, "other": change.told}
    place = Cell(change.told, change.line, change.at, change.at + 1, 0)
    return Finding("ocr_corrected" if table else "ocr_word_corrected", table, seq, field, params, place)


def _as_read(cell: Cell, changes: Sequence[Change]) -> str:
    """The text of a cell as it was read."""
    back = [Change(one.line, one.at, one.told, one.read) for one in _on(cell, changes)]
    for change in back:
        cell = _of_cell(cell, change)
    return cell.text


def _amount(amount: Amount, rests: Mapping[str, Cell], changes: Sequence[Change], *, of_unit: bool) -> Amount:
    if not rests:
        return amount._replace(basis="inferred") if of_unit else amount
    return amount._replace(basis="inferred", amount_raw=_as_read(rests["amount"], changes))


def _indicator(one: Indicator, rests: Mapping[str, Cell], changes: Sequence[Change]) -> Indicator:
    raw = {field: _as_read(place, changes) for field, place in rests.items()}
    return one._replace(
        level1_raw=raw.get("level1_raw", one.level1_raw),
        level2_raw=raw.get("level2_raw", one.level2_raw),
        level1_basis="inferred" if "level1" in rests else one.level1_basis,
        level2_basis="inferred" if "level2" in rests else one.level2_basis,
        operator_basis="inferred" if "operator" in rests else one.operator_basis,
    )


def by_shape(form: Form, findings: Sequence[Finding]) -> Form:
    """The form with signs that their shape alone told, and no reading, as inferred operators."""
    told = {
        one.seq
        for one in findings
        if (one.code, one.table) == ("ocr_corrected", "indicators") and one.field in (None, "operator")
    }
    if not told:
        return form
    indicators = tuple(
        one._replace(operator_basis="inferred") if seq in told and one.operator is not None else one
        for seq, one in enumerate(form.indicators)
    )
    return replace(form, indicators=indicators)
