"""The wide table of many projects: one header, and a project's name, amount and goal in the first of its rows.

单位名称 | 项目名称 | 预算数 | 年度目标 | 一级指标 | … The rows after a project's first begin at the level-1 label,
their leading blanks gone. A unit's row (a code, a name and a sum) stands above its units' rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from extract.interpret.funding import header_word
from extract.interpret.kinds import Kinds
from extract.interpret.sections import Scanner
from extract.model import Cell, Row
from extract.places import join, pieces

_LABELS: Final = "12B"
# What a project's first cells are, in the order in which wide tables have them.
UNIT, PROJECT, AMOUNT, GOAL = "unit", "project", "amount", "goal"


@dataclass(slots=True)
class Project:
    """One project: its own cells, and the rows of its indicators."""

    unit: Cell | None = None
    name: Cell | None = None
    amount: Cell | None = None
    goal: Cell | None = None
    rows: list[Row] = field(default_factory=list)
    unread: list[Cell] = field(default_factory=list)

    def goal_lines(self) -> list[Cell]:
        """The goal, a cell a line of the source."""
        if self.goal is None:
            return []
        return [join(list(group)) for _, group in groupby(pieces(self.goal), key=lambda piece: piece.line)]


def leading_columns(header: Row, scanner: Scanner) -> tuple[tuple[str, ...], Row] | None:
    """What stands before the indicators' columns of a wide table's header, and the header from those on.

    None for a header that names no project: the table of one form.
    """
    roles: list[str] = []
    for i, cell in enumerate(header.cells):
        role = _role(cell, scanner)
        if role == "":
            if PROJECT not in roles:
                return None
            return tuple(roles), Row(header.line, header.cells[i:], header.width, header.page)
        roles.append(role)
    return None


def _role(cell: Cell, scanner: Scanner) -> str:
    """What a header cell before the indicators' columns means; "" for the first of those columns."""
    meaning = scanner.meaning(cell.text)
    if meaning.kind == "field" and meaning.name in (UNIT, PROJECT):
        return meaning.name
    if meaning.kind == "section" and meaning.name == "goals":
        return GOAL
    if header_word(cell.text, scanner.profile):
        return AMOUNT
    return "" if scanner.is_level(cell.text) else "other"


def is_sum(row: Row, roles: Sequence[str], own: Sequence[str]) -> bool:
    """Whether a row names a unit, and the sum of its projects where they have amounts. ``own``: its cells' kinds."""
    if len(row.cells) > len(roles) or any(kind in _LABELS for kind in own):
        return False
    return "n" in own[1:] if AMOUNT in roles else len(own) == 1


def projects(rows: Sequence[Row], roles: Sequence[str], kinds: Kinds) -> list[Project]:
    """The projects of a wide table in order. Unit rows give no project; they name the unit of the rows below."""
    found: list[Project] = []
    unit: Cell | None = None
    for row in rows:
        own = [kinds(cell.text) for cell in row.cells]
        first = next((i for i, kind in enumerate(own) if kind in _LABELS), None)
        if is_sum(row, roles, own):
            unit = row.cells[0]
            continue
        lead, rest = row.cells[: first or 0], row.cells[first or 0 :]
        if lead or not found:
            project = _project(lead, roles, own)
            unit = project.unit = project.unit or unit
            found.append(project)
        found[-1].rows.append(Row(row.line, rest, row.width, row.page))
    return found


def _project(lead: Sequence[Cell], roles: Sequence[str], kinds: Sequence[str]) -> Project:
    """A project's own cells: the texts before the amount are its unit and its name, the one behind it is its goal."""
    project = Project()
    amount = next((i for i in range(len(lead)) if kinds[i] == "n"), None)
    before = list(lead if amount is None else lead[:amount])
    after = [] if amount is None else list(lead[amount + 1 :])
    if amount is not None:
        project.amount = lead[amount]
    elif len(before) > 1 and GOAL in roles and len(before) > sum(role in (UNIT, PROJECT) for role in roles):
        after = [before.pop()]
    if len(before) > 1 and UNIT in roles:
        project.unit = before.pop(0)
    if before:
        project.name = before.pop(0)
    if after:
        project.goal = after.pop(0)
    project.unread = [*before, *after]
    return project
