"""The wide table of many projects: one header, and a project's name, amount and goal in the first of its rows.

单位名称 | 项目名称 | 预算数 | 年度目标 | 一级指标 | … The rows after a project's first begin at a label, their leading
blanks gone, or repeat what the first one says. A unit's row (a code, a name and a sum) stands above its units' rows.
Which of a project's own cells is what, is told by the header's order and by what each cell is, since blank ones may be
gone.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple

import regex

from extract.clean import squash
from extract.interpret.broken import NO_BEGINNING, continues, together
from extract.interpret.funding import column_of
from extract.interpret.kinds import Kinds
from extract.interpret.placing import Column
from extract.interpret.sections import Scanner
from extract.interpret.singles import words
from extract.model import Cell, Row
from extract.places import join, pieces

_LABELS: Final = "12B"
# The kinds of what a unit's row holds: texts and numbers.
_PLAIN: Final = frozenset("stn")
# What a project's own columns hold, besides amounts.
UNIT, PROJECT, GOAL, CODE, NUMBER, OTHER = "unit", "project", "goal", "code", "number", "other"
AMOUNT: Final = "amount"
_DECIMAL: Final = regex.compile(r"[-－]?\d[\d,，]*[.．]\d{2,6}$")
_NUMBERED: Final = frozenset({"序号", "编号", "行次"})
_CODED: Final = ("编码", "代码")
_CODE: Final = regex.compile(r"[0-9A-Za-z]{3,40}$")
# A goal is hardly shorter.
_SHORT_GOAL: Final = 12
# What an indicator may have for a value.
_VALUES: Final = "nNmgd"
_NEVER: Final = 99.0
_SENTENCE_MARKS: Final = frozenset("。；！？")
# A project's row has no more cells less of its own than the one before, unit, amounts and goal blank, or it is torn.
_PIECE: Final = 3
# What it costs that a column has no cell in a project's first row, and that a cell has no column.
_MISSING: Final = {PROJECT: 3.0, AMOUNT: 0.8, GOAL: 0.8, UNIT: 0.5, CODE: 0.4, NUMBER: 0.3, OTHER: 0.4}
_UNREAD: Final = 4.0


class Lead(NamedTuple):
    """A column before those of the indicators: what it holds, of amounts the funding's column, and its header cell."""

    role: str
    column: Column | None = None
    cell: Cell | None = None


@dataclass(slots=True)
class Project:
    """One project: its own cells, and the rows of its indicators."""

    unit: Cell | None = None
    name: Cell | None = None
    code: Cell | None = None
    goal: Cell | None = None
    # Column, the cell that names it, and the amount.
    amounts: list[tuple[Column, Cell, Cell]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unread: list[Cell] = field(default_factory=list)
    # Whether its row looks like a piece of one.
    torn: bool = False

    def goal_lines(self) -> list[Cell]:
        """The goal, a cell a line of the source."""
        if self.goal is None:
            return []
        return [join(list(group)) for _, group in groupby(pieces(self.goal), key=lambda piece: piece.line)]


def leading_columns(header: Row, scanner: Scanner) -> tuple[tuple[Lead, ...], Row] | None:
    """What stands before the indicators' columns of a wide table's header, and the header from those on.

    None for a header that names no project: the table of one form.
    """
    leads: list[Lead] = []
    for i, cell in enumerate(header.cells):
        lead = _lead(cell, scanner, PROJECT in (lead.role for lead in leads))
        if lead is None:
            if PROJECT not in (lead.role for lead in leads):
                return None
            return tuple(leads), Row(header.line, header.cells[i:], header.width, header.page)
        leads.append(lead)
    return None


def grouped(upper: Row, lower: Row) -> Row:
    """The header of two rows: what the lower one has below a word of the upper one stands in that word's place."""
    places = [cell.col for cell in upper.cells]
    ends = [*places[1:], max(upper.width, lower.width)]
    cells = list(lower.cells)
    for cell, end in zip(upper.cells, ends, strict=True):
        if not any(cell.col <= one.col < end for one in lower.cells):
            cells.append(cell)
    return Row(upper.line, sorted(cells, key=lambda cell: cell.col), max(upper.width, lower.width), upper.page)


def _lead(cell: Cell, scanner: Scanner, named: bool) -> Lead | None:
    """What a header cell before the indicators' columns means; None for the first of those columns.

    ``named``: a project's column stands before it.
    """
    text = cell.text
    meaning = scanner.meaning(text)
    if meaning.kind == "field" and meaning.name in (UNIT, PROJECT):
        return Lead(meaning.name)
    if meaning.kind == "section" and meaning.name == "goals":
        return Lead(GOAL)
    word = "".join(text.split())
    if word.endswith(_CODED):
        return Lead(CODE)
    if word in _NUMBERED:
        return Lead(NUMBER)
    column = column_of(text, scanner.profile)
    if column is not None:
        return Lead(AMOUNT, column, cell)
    if scanner.is_level(text) or (named and scanner.is_column(text)):
        return None
    passed = squash(text) in scanner.profile.funding_pass or scanner.profile.column(squash(text)) == "pass"
    return Lead(OTHER, cell=None if passed else cell)


def is_sum(row: Row, leads: Sequence[Lead], own: Sequence[str]) -> bool:
    """Whether a row names a unit, and the sum of its projects where they have amounts. ``own``: its cells' kinds."""
    if len(row.cells) > len(leads) or not _PLAIN.issuperset(own) or row.cells[0].text[0] in NO_BEGINNING:
        return False
    if all(lead.role != AMOUNT for lead in leads):
        return len(own) == 1
    # A number of a column of codes is no sum.
    columns = _assigned(row.cells, leads)[1]
    return any(kind == "n" and at >= 0 and leads[at].role == AMOUNT for kind, at in zip(own, columns, strict=True))


def projects(rows: Sequence[Row], leads: Sequence[Lead], kinds: Kinds) -> list[Project]:
    """The projects of a wide table in order. Unit rows give no project; they name the unit of the rows below."""
    found: list[Project] = []
    unit: Cell | None = None
    repeated: list[str] = []
    whole = _whole([_at_blanks(row) for row in rows], leads, kinds)
    for at, row in enumerate(whole):
        own = [kinds(cell.text) for cell in row.cells]
        first = next((i for i, kind in enumerate(own) if kind in _LABELS), None)
        if is_sum(row, leads, own) and (at + 1 == len(whole) or _begins_project(whole[at + 1], leads, kinds)):
            unit = row.cells[0]
            continue
        if first is None and not found:
            first = 0
        if first is None and repeated and [cell.text for cell in row.cells[: len(repeated)]] == repeated:
            # The project's own cells once more, before a row without labels.
            first = len(repeated)
        lead, rest = row.cells[: first or 0], row.cells[first or 0 :]
        if lead or not found:
            project = _project(lead, leads)
            unit = project.unit = project.unit or unit
            if not found or not _same(project, found[-1]):
                _doubt(project, found, row, len(lead), len(repeated))
                found.append(project)
        repeated = [cell.text for cell in lead] or repeated
        if rest:
            found[-1].rows.append(Row(row.line, rest, row.width, row.page))
    return found


def _whole(rows: Sequence[Row], leads: Sequence[Lead], kinds: Kinds) -> list[Row]:
    """The rows, those put together that a break of lines cut before or within the first label, or within the value."""
    found: list[Row] = []
    known = {squash(cell.text) for row in rows if _labelled(row, kinds) for cell in _own(row, kinds)}
    ends = {squash(row.cells[-1].text) for row in rows}
    for row in rows:
        if found and continues(row):
            whole = _mended(found[-1], row, leads, kinds, known)
            if whole is None and _is_rest(found[-1], row, kinds, ends):
                whole = together(found[-1], row)
            if whole is not None:
                found[-1] = whole
                continue
        found.append(row)
    return found


def _mended(before: Row, row: Row, leads: Sequence[Lead], kinds: Kinds, known: Container[str]) -> Row | None:
    """The row of two pieces; None where nothing says that they are one. ``known``: projects' own cells, of any row."""
    if any(kinds(cell.text) in _LABELS for cell in before.cells):
        return None
    both = before.cells[-1].text + row.cells[0].text
    if squash(both) in known:
        return together(before, row)
    if not _labelled(row, kinds):
        return None
    if kinds(both) in _LABELS:
        return together(before, row)
    own = [kinds(cell.text) for cell in before.cells]
    if not _PLAIN.issuperset(own) or len(own) > len(leads) or is_sum(before, leads, own):
        return None
    whole = together(before, row)
    return whole if _assigned(_own(whole, kinds), leads)[0] < _assigned(_own(row, kinds), leads)[0] else None


def _is_rest(before: Row, row: Row, kinds: Kinds, ends: Container[str]) -> bool:
    """Whether a row is the rest of the value above it: 小 / 于46.4个. ``ends``: the last cells of all rows."""
    if len(row.cells) > 1 or len(before.cells) < 2:
        return False
    last = before.cells[-1].text
    both = last + row.cells[0].text
    if kinds(last) in _VALUES and row.cells[0].text[0] not in NO_BEGINNING:
        return False
    return kinds(both) in _VALUES or squash(both) in ends


def _own(row: Row, kinds: Kinds) -> list[Cell]:
    """The cells of a row before the first label."""
    return row.cells[: next((i for i, cell in enumerate(row.cells) if kinds(cell.text) in _LABELS), len(row.cells))]


def _labelled(row: Row, kinds: Kinds) -> bool:
    """Whether a label stands in a row, but not at its beginning."""
    first, *rest = row.cells
    return kinds(first.text) not in _LABELS and any(kinds(cell.text) in _LABELS for cell in rest)


def _doubt(project: Project, found: Sequence[Project], row: Row, own: int, usual: int) -> None:
    """Marks a project whose row looks like a piece of one, and the one before it, which may have lost that row.

    It has no name, or a text for one; or most of the cells that the project before has are not there; or it is one
    that stands further up already. ``own``: how many cells of its own it has; ``usual``: how many that one has.
    """
    name = project.name
    text = name is not None and not _SENTENCE_MARKS.isdisjoint(name.text)
    project.torn = name is None or text or own + _PIECE < usual
    near = [one for one in found[-1:] if project.torn or one.torn]
    near += [one for one in found[:-1] if _same(project, one)]
    for one in (project, *near) if near or project.torn else ():
        one.unread += [cell for cell in row.cells[: max(own, 1)] if cell not in one.unread]


def _begins_project(row: Row, leads: Sequence[Lead], kinds: Kinds) -> bool:
    """Whether a row below a unit's may be there: a project's first, or that of a unit below the unit."""
    return _labelled(row, kinds) or is_sum(row, leads, [kinds(cell.text) for cell in row.cells])


def _at_blanks(row: Row) -> Row:
    """The row; one that is one cell is cut at its blanks."""
    if len(row.cells) > 1 or " " not in row.cells[0].text:
        return row
    return row.changed(cells=words(row.cells[0]))


def _same(one: Project, before: Project) -> bool:
    """Whether a row repeats what the first row of the project above says."""
    return (
        one.name is not None
        and before.name is not None
        and one.name.text == before.name.text
        and (one.unit is None or before.unit is None or one.unit.text == before.unit.text)
    )


def _project(cells: Sequence[Cell], leads: Sequence[Lead]) -> Project:
    """A project's own cells, each in the column that it is best explained by."""
    project = Project()
    for cell, at in zip(cells, _assigned(cells, leads)[1], strict=True):
        lead = leads[at] if at >= 0 else None
        if lead is None:
            project.unread.append(cell)
        elif lead.role == AMOUNT and lead.column is not None and lead.cell is not None:
            project.amounts.append((lead.column, lead.cell, cell))
        elif lead.role == UNIT:
            project.unit = cell
        elif lead.role == PROJECT:
            project.name = cell
        elif lead.role == GOAL:
            project.goal = cell
        elif lead.role == OTHER and lead.cell is not None and _DECIMAL.match(cell.text):
            # Hardly anything but money.
            project.unread.append(cell)
        elif lead.role == CODE and at + 1 < len(leads) and leads[at + 1].role == PROJECT:
            project.code = cell
    return project


def _assigned(cells: Sequence[Cell], leads: Sequence[Lead]) -> tuple[float, tuple[int, ...]]:
    """What it costs, and for each cell the place of its column, in order; -1 for a cell that fits none."""
    # By how many columns are used up: the cheapest way to have placed the cells so far.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for cell in cells:
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for used, (cost, chosen) in best.items():
            _keep(after, used, cost + _UNREAD, (*chosen, -1))
            skipped = 0.0
            for at in range(used, len(leads)):
                _keep(after, at + 1, cost + skipped + _cost(cell.text, leads[at].role), (*chosen, at))
                skipped += _MISSING[leads[at].role]
        best = after
    return min(
        (cost + sum(_MISSING[lead.role] for lead in leads[used:]), chosen) for used, (cost, chosen) in best.items()
    )


def _keep(best: dict[int, tuple[float, tuple[int, ...]]], used: int, cost: float, chosen: tuple[int, ...]) -> None:
    if used not in best or cost < best[used][0]:
        best[used] = (cost, chosen)


def _cost(text: str, role: str) -> float:
    """What it costs to read a text as what a column holds."""
    text = squash(text)
    if _is_number(text):
        costs = {AMOUNT: 0.0, NUMBER: 0.1 if text.isdigit() else _NEVER, CODE: 0.2 if text.isdigit() else _NEVER}
        # A column of which nothing is known may hold any number; a name is none.
        return 0.3 if role == OTHER else costs.get(role, 3.0)
    if _CODE.match(text):
        return {CODE: 0.0, AMOUNT: _NEVER, NUMBER: _NEVER}.get(role, 2.0)
    if role == GOAL:
        return 0.0 if len(text) >= _SHORT_GOAL else 0.6
    return 0.2 if role in (UNIT, PROJECT, OTHER) else _NEVER


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).isdigit()
