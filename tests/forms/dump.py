"""Writes a sheet out as lines of cells: tabs, spaces, or a mixture, aligned or drifted.

Where blanks are lost on the way, the amounts may be readable in more than one way; ``Dump.changes`` then says so, as
keys for the gold record.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final

from tests.forms.sheet import Sheet, SheetRow, label_starts
from tests.forms.truth import Json

WIDTH: Final = 10
# Where the portal prints the header words, and where the rows' own cells stand; they do not line up.
PORTAL_HEAD: Final = (0, 1, 3, 6, 7, 8, 9)


@dataclass(frozen=True, slots=True)
class Line:
    """A written line: ``kind`` is the part of the form it is in, ``starts`` says that a row of the table begins."""

    kind: str
    text: str
    starts: bool = True


@dataclass(frozen=True, slots=True)
class Dump:
    """Written lines, and what the writing changes in the gold record."""

    lines: tuple[Line, ...]
    changes: Json

    @property
    def text(self) -> str:
        """All lines, each ended."""
        return "".join(line.text + "\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class TabStyle:
    """How rows of cells are written.

    ``delimiter``: tab, spaces, ideographic or mixed. ``drift``: rows stand some places off, as the portal leaves them.
    ``leading``: blanks at a line's start are kept or dropped. ``padded``: blanks at a row's end are kept.
    ``repeat``: spanned labels are printed in every row. ``root``: the root label's column is there.
    ``head``: header words stand where the portal puts them, or over their columns. ``funding``: two rows with
    spans (``portal``), with the spans' words repeated (``filled``), with no blanks at all (``packed``), or a line an
    amount (``lines``). ``blank_amounts``: blank amounts keep their places. ``gaps``: now and then a blank cell too many
    before the operator. ``empty_lines``: between title, year and unit, and under the header.
    """

    delimiter: str = "tab"
    drift: bool = False
    leading: str = "keep"
    padded: bool = True
    repeat: bool = False
    root: bool = True
    head: str = "portal"
    funding: str = "portal"
    blank_amounts: bool = True
    gaps: bool = False
    empty_lines: bool = True


Cells = list[str]


def _funding_tops(sheet: Sheet, filled: bool) -> Cells:
    """The upper header row: each category over its columns."""
    cells: Cells = []
    before = None
    for category, _ in sheet.columns:
        cells.append(sheet.category(category) if category != before or (filled and category != "total") else "")
        before = category
    return cells


def _funding_lines(sheet: Sheet, rng: random.Random) -> list[Cells]:
    """A row an amount: the category's total, then its sources."""
    rows: list[Cells] = []
    label = sheet.funding_label
    colon = rng.choice(("", "："))
    last_category = ""
    for (category, source), name, amount in zip(sheet.columns, sheet.source_names, sheet.amounts, strict=True):
        if source == "total":
            words = name if sheet.kind == "project" else sheet.category(category)
            rows.append([label, words + colon, amount])
        else:
            rows.append([label, ("其中：" if last_category == "total" else "") + name, amount])
        last_category = source
        label = ""
    return rows


def _funding_rows(sheet: Sheet, style: TabStyle, rng: random.Random) -> list[Cells]:
    if style.funding == "lines":
        return _funding_lines(sheet, rng)
    if sheet.kind == "project":
        return _project_funding(sheet, style)
    tops = _funding_tops(sheet, style.funding == "filled")
    names = [
        n if s != "total" or c != "total" else "" for (c, s), n in zip(sheet.columns, sheet.source_names, strict=True)
    ]
    amounts = list(sheet.amounts)
    if style.funding == "packed":
        amounts = amounts if style.blank_amounts else [a for a in amounts if a]
        return [[sheet.funding_label, *filter(None, tops)], list(filter(None, names)), amounts]
    lead = [""] * (rng.choice((0, 1, 2, 2)) if style.drift else 1)
    values = amounts if style.blank_amounts else [a for a in amounts if a]
    return [[sheet.funding_label, *tops], ["", *names], [*lead, *values]]


def _project_funding(sheet: Sheet, style: TabStyle) -> list[Cells]:
    values = list(sheet.amounts)
    if style.funding == "packed" or not style.blank_amounts:
        kept = values if style.blank_amounts else [v for v in values if v]
        return [[sheet.funding_label, *sheet.source_names], ["", *kept]]
    # The portal spreads four columns over nine places.
    at = (1, 4, 6, 8)
    top, below = [""] * WIDTH, [""] * WIDTH
    top[0] = sheet.funding_label
    for place, name, value in zip(at, sheet.source_names, values, strict=False):
        top[place], below[place] = name, value
    return [top, below]


def _goal_cell(sheet: Sheet, rng: random.Random) -> str:
    if not sheet.goals:
        return ""
    if sheet.goal_tags:
        return " ".join(f"<p>{g}</p>" for g in sheet.goals)
    return "\n".join(sheet.goals)


def _indicator_cells(row: SheetRow, starts: tuple[bool, bool, bool], sheet: Sheet, style: TabStyle) -> Cells:
    show_root, show1, show2 = (True, True, True) if style.repeat else starts
    cells = [row.root if show_root else ""] if style.root else []
    for key, _ in sheet.head:
        text = row.get(key)
        if (key == "level1" and not show1) or (key == "level2" and not show2):
            text = ""
        cells.append(text)
    return cells


def _drifted(cells: Cells, rng: random.Random) -> Cells:
    """The row moved by up to two places; a row never loses a cell that holds something."""
    lead = next((i for i, c in enumerate(cells) if c), 0)
    move = rng.choice((-2, -1, -1, 0, 0, 0, 1, 1))
    if move < 0:
        return cells[min(-move, lead) :]
    return [""] * move + cells


def _gapped(cells: Cells, row: SheetRow, rng: random.Random) -> Cells:
    if not row.operator or row.operator not in cells or rng.random() > 0.12:
        return cells
    at = cells.index(row.operator)
    return cells[:at] + [""] * rng.randint(1, 2) + cells[at:]


def _finish(cells: Cells, style: TabStyle, width: int, width_before: int) -> Cells:
    if style.leading == "drop":
        lead = next((i for i, c in enumerate(cells) if c), 0)
        cells = cells[lead:]
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells + [""] * (width - len(cells)) if style.padded else cells


def _delimiter(style: TabStyle, rng: random.Random) -> str:
    if style.delimiter == "tab":
        return "\t"
    if style.delimiter == "spaces":
        return " " * rng.randint(2, 3)
    if style.delimiter == "ideographic":
        return "\u3000" * rng.choice((1, 1, 2))
    return rng.choice(("\t", "\t", "\t ", " \t", "  ", "\u3000\t", "\u3000\u3000", " \u3000"))


def _join(cells: Cells, style: TabStyle, rng: random.Random) -> str:
    text = ""
    for at, cell in enumerate(cells):
        text += (_delimiter(style, rng) if at else "") + cell
    return text if style.delimiter == "tab" else text.rstrip()


def head_cells(sheet: Sheet, style: TabStyle) -> Cells:
    """The header row of the indicators."""
    words = [w for _, w in sheet.head]
    if (
        style.head == "portal"
        and [k for k, _ in sheet.head][:3] == ["level1", "level2", "name"]
        and len(words) == len(PORTAL_HEAD)
    ):
        cells = [""] * WIDTH
        for at, word in zip(PORTAL_HEAD, words, strict=True):
            cells[at] = word
        return cells
    return ["", *words] if style.root else words


def table_rows(sheet: Sheet, style: TabStyle, rng: random.Random) -> list[tuple[str, Cells]]:
    """All rows of the form from the facts on, each with the part it belongs to."""
    rows: list[tuple[str, Cells]] = [("facts", list(fact)) for fact in sheet.facts]
    rows += [("funding", cells) for cells in _funding_rows(sheet, style, rng)]
    rows.append(("goals", [sheet.goals_label, _goal_cell(sheet, rng)]))
    if sheet.kind == "department":
        name_head, content_head = sheet.task_head
        gap = [""] * 3 if style.head == "portal" else []
        rows.append(("task-head", [sheet.tasks_label, name_head, *gap, content_head]))
        rows += [("task", ["", name, *gap, content]) for name, content in sheet.tasks]
    rows.append(("indicators", [sheet.indicators_label]))
    rows.append(("head", head_cells(sheet, style)))
    if style.empty_lines:
        rows.append(("blank", []))
    for row, starts in zip(sheet.rows, label_starts(sheet.rows), strict=True):
        cells = _indicator_cells(row, starts, sheet, style)
        if style.gaps:
            cells = _gapped(cells, row, rng)
        rows.append(("indicator", _drifted(cells, rng) if style.drift else cells))
    rows.append(("notes", [sheet.notes_label, sheet.notes]))
    return rows


def free_lines(sheet: Sheet, style: TabStyle) -> list[Line]:
    """Title, year and unit."""
    lines = []
    for kind, text in (("title", sheet.title), ("year", sheet.year_line), ("unit", sheet.unit_line)):
        if text:
            lines.append(Line(kind, text))
            if style.empty_lines:
                lines.append(Line("blank", ""))
    return [Line("blank", ""), *lines] if style.empty_lines else lines


def dump_tabs(sheet: Sheet, rng: random.Random, style: TabStyle) -> Dump:
    """The sheet as lines of cells between delimiters."""
    lines = free_lines(sheet, style)
    amounts_line = ""
    for kind, cells in table_rows(sheet, style, rng):
        if kind == "blank":
            lines.append(Line("blank", ""))
            continue
        text = _join(_finish(cells, style, WIDTH, 0), style, rng)
        if kind == "funding":
            amounts_line = text
        # A goal of several paragraphs, or a broken cell, fills several lines.
        for at, piece in enumerate(text.split("\n")):
            lines.append(Line(kind, piece, at == 0))
    return Dump(tuple(lines), funding_changes(sheet, style, amounts_line))


def funding_changes(sheet: Sheet, style: TabStyle, line: str) -> Json:
    """Empty where the amounts can be read in one way only; else all ways, and that the form is open to doubt."""
    if style.funding == "lines" or all(sheet.amounts):
        return {}
    keeps_places = style.delimiter == "tab" and style.blank_amounts
    if keeps_places:
        return {}
    gaps = gap_widths(line) if style.delimiter == "spaces" and style.blank_amounts else None
    if sheet.kind == "project" and style.funding != "packed" and gaps is not None:
        gaps = None
    ways = funding_ways([a for a in sheet.amounts if a], sheet.columns, gaps)
    if len(ways) == 1:
        return {}
    if not ways:
        # The equations fail, so nothing tells which blanks are gone: the amounts are not compared.
        return {"funding": None, "doubt": True}
    scale = 10000 if "万元" in sheet.funding_label else 1
    options = [
        [
            {"category": sheet.columns[at][0], "source": sheet.columns[at][1], "amount": str(to_number(text) * scale)}
            for at, text in way
        ]
        for way in ways
    ]
    return {"funding_options": options, "doubt": True}


def to_number(text: str) -> Decimal:
    """The number an amount's text says, whatever else was strewn into it."""
    return Decimal("".join(c for c in text if c in "0123456789.-"))


def gap_widths(line: str) -> list[int]:
    """How many spaces stand between the cells of a line."""
    pieces = line.strip().split(" ")
    gaps, run = [], 0
    for piece in pieces[1:]:
        run += 1
        if piece:
            gaps.append(run)
            run = 0
    return gaps


def funding_ways(
    amounts: Sequence[str], columns: Sequence[tuple[str, str]], gaps: Sequence[int] | None
) -> list[list[tuple[int, str]]]:
    """All ways to put the amounts, in order, into the columns so that every equation holds.

    ``gaps``: numbers of spaces between them, where 2 or 3 spaces stand for one step to the right.
    """
    ways = []
    for places in combinations(range(len(columns)), len(amounts)):
        if places[0] != 0:
            continue
        if gaps is not None and not _gaps_fit(places, gaps):
            continue
        if equations_hold({columns[p]: to_number(a) for p, a in zip(places, amounts, strict=True)}):
            ways.append(list(zip(places, amounts, strict=True)))
    return ways


def _gaps_fit(places: Sequence[int], gaps: Sequence[int]) -> bool:
    steps = [b - a for a, b in pairwise(places)]
    return all(2 * step <= gap <= 3 * step for step, gap in zip(steps, gaps, strict=True))


def equations_hold(amounts: dict[tuple[str, str], Decimal]) -> bool:
    """Whether each total is the sum of its sources and the grand total the sum of the categories."""
    zero = Decimal(0)
    for category in ("basic", "project"):
        parts = [a for (c, s), a in amounts.items() if c == category and s != "total"]
        if amounts.get((category, "total"), zero) != sum(parts, zero):
            return False
    if ("total", "total") not in amounts:
        return True
    return amounts[("total", "total")] == sum((amounts.get((c, "total"), zero) for c in ("basic", "project")), zero)


def without_root(style: TabStyle) -> TabStyle:
    """The style with no root column, header words over their columns."""
    return replace(style, root=False, head="aligned")
