"""Writes a sheet out as a page: columns by position, cells wrapped in their columns, spans drawn within their rows.

A page does not always tell where a span ends. ``possible_runs`` finds every way to read the labels that would have been
drawn the same; where there is more than one, the gold record lists them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.forms.dump import Dump, Line
from tests.forms.sheet import Sheet, SheetRow, label_starts
from tests.forms.truth import Json, char_width, display_width

ROUNDINGS: Final = (0, 1)


class NotTellableError(Exception):
    """A page drawn like this would not show where a row ends, so no reader could be blamed."""


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How a page is drawn.

    ``middle``: spans and short cells stand in the middle of their rows (``rounding`` 1 rounds it down the page), else
    at the top. ``root``: the root label's column is there. ``head``: the header words stand over
    the root and the first level (``portal``), or over their own columns (``own``). ``indent``: spaces before every
    line. Widths are in places.
    """

    middle: bool = True
    rounding: int = 0
    root: bool = True
    head: str = "portal"
    indent: int = 0
    gap: int = 2
    label: int = 12
    level: int = 16
    name: int = 36
    tail: int = 14
    amount: int = 16
    task: int = 40
    content: int = 56
    goal: int = 110
    amounts_right: bool = False
    centre_title: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a drawn table: rows and columns half-open; ``right`` sets it at its column's right side."""

    row: int
    row_end: int
    col: int
    col_end: int
    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Drawn lines; ``tops``: the lines where the rows begin, and the end; ``starts``: where each box's text begins."""

    lines: list[str]
    tops: list[int]
    starts: dict[Box, tuple[int, int]] = field(default_factory=dict)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines no wider than ``width``, broken at any character."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for char in paragraph:
            if used + char_width(char) > width and line:
                lines.append(line)
                line, used = "", 0
            line += char
            used += char_width(char)
        lines.append(line)
    return lines


def is_full(line: str, width: int) -> bool:
    """Whether a line leaves no room for one more wide character, so that it looks as if it went on."""
    return display_width(line) >= width - 1


def draw(boxes: Sequence[Box], rows: int, widths: Sequence[int], style: PageStyle) -> Drawing:
    """The boxes drawn on a grid of ``rows`` and columns of ``widths``."""
    xs = [style.indent]
    for width in widths:
        xs.append(xs[-1] + width + style.gap)
    wrapped = {b: wrap(b.text, xs[b.col_end] - xs[b.col] - style.gap) if b.text else [] for b in boxes}
    heights = [1] * rows
    for box in sorted(boxes, key=lambda b: b.row_end - b.row):
        missing = len(wrapped[box]) - sum(heights[box.row : box.row_end])
        if missing > 0:
            heights[box.row_end - 1] += missing
    tops = [0]
    for height in heights:
        tops.append(tops[-1] + height)
    placed: list[list[tuple[int, str]]] = [[] for _ in range(tops[-1])]
    starts = {}
    for box in boxes:
        room = tops[box.row_end] - tops[box.row]
        spare = room - len(wrapped[box])
        first = tops[box.row] + ((spare + style.rounding) // 2 if style.middle else 0)
        starts[box] = (first, len(wrapped[box]))
        for at, piece in enumerate(wrapped[box]):
            left = xs[box.col]
            if box.right:
                left = xs[box.col_end] - style.gap - display_width(piece)
            placed[first + at].append((left, piece))
    return Drawing([_compose(cells) for cells in placed], tops, starts)


def _compose(cells: list[tuple[int, str]]) -> str:
    line, used = "", 0
    for left, piece in sorted(cells):
        if not piece:
            continue
        # Cells never touch: a piece that reached into the gap still leaves one space.
        pad = max(left - used, 1 if used else 0)
        line += " " * pad + piece
        used += pad + display_width(piece)
    return line.rstrip()


def _must_show_ends(texts: Sequence[str], width: int) -> None:
    for text in texts:
        if text and is_full(wrap(text, width)[-1], width):
            raise NotTellableError(text)


def _funding(sheet: Sheet, style: PageStyle) -> Drawing:
    first = 0 if sheet.kind == "project" else 1
    widths = [style.label, *([style.amount] * len(sheet.columns))]
    boxes = [Box(0, 2 + first, 0, 1, sheet.funding_label)]
    if first:
        at = 1
        for category in dict.fromkeys(c for c, _ in sheet.columns):
            end = at + sum(c == category for c, _ in sheet.columns)
            boxes.append(Box(0, 2 if category == "total" else 1, at, end, sheet.category(category)))
            at = end
    for at, ((category, _), name, amount) in enumerate(
        zip(sheet.columns, sheet.source_names, sheet.amounts, strict=True), 1
    ):
        if category != "total":
            boxes.append(Box(first, first + 1, at, at + 1, name))
        boxes.append(Box(first + 1, first + 2, at, at + 1, amount, style.amounts_right))
    return draw(boxes, 2 + first, widths, style)


def _goals(sheet: Sheet, style: PageStyle) -> Drawing:
    _must_show_ends(sheet.goals[:-1], style.goal)
    boxes = [Box(0, 1, 0, 1, sheet.goals_label), Box(0, 1, 1, 2, "\n".join(sheet.goals))]
    return draw(boxes, 1, [style.label, style.goal], style)


def _tasks(sheet: Sheet, style: PageStyle) -> Drawing:
    _must_show_ends([c for _, c in sheet.tasks], style.content)
    _must_show_ends([n for n, _ in sheet.tasks], style.task)
    rows = len(sheet.tasks) + 1
    boxes = [Box(0, rows, 0, 1, sheet.tasks_label)]
    for at, (name, content) in enumerate((sheet.task_head, *sheet.tasks)):
        boxes += [Box(at, at + 1, 1, 2, name), Box(at, at + 1, 2, 3, content)]
    return draw(boxes, rows, [style.label, style.task, style.content], style)


def _indicator_widths(sheet: Sheet, style: PageStyle) -> list[int]:
    widths = [style.label] if style.root else []
    for key, _ in sheet.head:
        widths.append(style.level if key in ("level1", "level2") else style.name if key == "name" else style.tail)
    return widths


def _head(sheet: Sheet, style: PageStyle) -> Drawing:
    widths = _indicator_widths(sheet, style)
    boxes = []
    for at, (key, word) in enumerate(sheet.head, int(style.root)):
        shift = 1 if style.root and (key == "level1" or (key == "level2" and style.head == "portal")) else 0
        boxes.append(Box(0, 1, at - shift, at + 1, word))
    return draw(boxes, 1, widths, style)


def _spans(rows: Sequence[SheetRow], level: int) -> list[tuple[int, int]]:
    """The runs of rows that share a label: level 0 is the root, 1 and 2 the tree."""
    begins = [i for i, starts in enumerate(label_starts(tuple(rows))) if starts[level]]
    return list(zip(begins, [*begins[1:], len(rows)], strict=True))


def _indicators(sheet: Sheet, style: PageStyle) -> tuple[Drawing, Json]:
    _must_show_ends([r.name for r in sheet.rows], style.name)
    rows = sheet.rows
    boxes = [Box(a, b, 0, 1, rows[a].root) for a, b in _spans(rows, 0)] if style.root else []
    by_level: dict[int, list[Box]] = {1: [], 2: []}
    for at, (key, _) in enumerate(sheet.head, int(style.root)):
        if key in ("level1", "level2"):
            level = 1 if key == "level1" else 2
            by_level[level] = [Box(a, b, at, at + 1, rows[a].get(key)) for a, b in _spans(rows, level)]
            boxes += by_level[level]
        else:
            boxes += [Box(i, i + 1, at, at + 1, row.get(key)) for i, row in enumerate(rows)]
    drawing = draw(boxes, len(rows), _indicator_widths(sheet, style), style)
    if not style.middle:
        return drawing, {}
    parents = [next(i for i, b in enumerate(by_level[1]) if b.row <= box.row < b.row_end) for box in by_level[2]]
    ways = list(
        possible_runs(
            drawing.tops,
            [drawing.starts[b] for b in by_level[2]],
            parents,
            [drawing.starts[b] for b in by_level[1]],
        )
    )
    return drawing, _level_changes(rows, by_level[2], parents, by_level[1], ways)


def possible_runs(
    tops: Sequence[int], labels: Sequence[tuple[int, int]], parents: Sequence[int], heads: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, ...]]:
    """Every way to give the rows to the second-level labels, in order, that draws all labels where they stand.

    ``tops``: the rows' first lines, and the end. ``labels`` and ``heads``: first line and height of each label of the
    second and the first level. Yields the end row of each label's run.
    """
    for rounding in ROUNDINGS:
        yield from _runs(tops, labels, parents, heads, rounding, ())


def _drawn_at(tops: Sequence[int], row: int, end: int, label: tuple[int, int], rounding: int) -> bool:
    spare = tops[end] - tops[row] - label[1]
    return spare >= 0 and tops[row] + (spare + rounding) // 2 == label[0]


def _runs(
    tops: Sequence[int],
    labels: Sequence[tuple[int, int]],
    parents: Sequence[int],
    heads: Sequence[tuple[int, int]],
    rounding: int,
    ends: tuple[int, ...],
) -> Iterator[tuple[int, ...]]:
    at = len(ends)
    row = ends[-1] if ends else 0
    rows = len(tops) - 1
    if at == len(labels):
        if row == rows:
            yield ends
        return
    for end in range(row + 1, rows + 1):
        if not _drawn_at(tops, row, end, labels[at], rounding):
            continue
        closes = at + 1 == len(labels) or parents[at + 1] != parents[at]
        if closes:
            first = parents.index(parents[at])
            begin = ends[first - 1] if first else 0
            if not _drawn_at(tops, begin, end, heads[parents[at]], rounding):
                continue
        yield from _runs(tops, labels, parents, heads, rounding, (*ends, end))


def _level_changes(
    rows: Sequence[SheetRow],
    seconds: Sequence[Box],
    parents: Sequence[int],
    firsts: Sequence[Box],
    ways: Sequence[tuple[int, ...]],
) -> Json:
    level1: list[dict[int, None]] = [{} for _ in rows]
    level2: list[dict[int, None]] = [{} for _ in rows]
    for ends in ways:
        row = 0
        for at, end in enumerate(ends):
            for i in range(row, end):
                level1[i][parents[at]] = None
                level2[i][at] = None
            row = end
    changes: dict[int, Json] = {}
    for i in range(len(rows)):
        if len(level2[i]) > 1:
            changes[i] = {
                "level1": [firsts[a].row for a in level1[i]],
                "level2": [seconds[a].row for a in level2[i]],
            }
    # Rows stand for the labels here; the caller puts the standard names in.
    return {"level_rows": changes, "doubt": True} if changes else {}


def _named(drawing: Drawing, kind: str) -> list[Line]:
    begins = set(drawing.tops)
    return [Line(kind, line, at in begins) for at, line in enumerate(drawing.lines)]


def dump_page(sheet: Sheet, style: PageStyle) -> Dump:
    """The sheet drawn as a page."""
    pad = " " * style.indent
    page = style.indent + style.label + style.gap + style.goal
    lines = [Line("blank", "")]
    title_pad = " " * max((page - display_width(sheet.title)) // 2, 0) if style.centre_title else pad
    lines += [Line("title", title_pad + sheet.title), Line("blank", "")]
    lines += [Line("year", pad + sheet.year_line), Line("blank", "")]
    if sheet.unit_line:
        lines += [Line("unit", pad + sheet.unit_line), Line("blank", "")]
    for fact in sheet.facts:
        boxes = [Box(0, 1, at, at + 1, text) for at, text in enumerate(fact)]
        widths = [style.label, style.goal] if len(fact) == 2 else [style.label, style.task] * 2
        lines += _named(draw(boxes, 1, widths, style), "facts")
    lines += _named(_funding(sheet, style), "funding")
    lines += _named(_goals(sheet, style), "goals")
    if sheet.kind == "department":
        lines += _named(_tasks(sheet, style), "task")
    lines.append(Line("indicators", pad + sheet.indicators_label))
    lines += _named(_head(sheet, style), "head")
    drawing, changes = _indicators(sheet, style)
    lines += _named(drawing, "indicator")
    notes = [Box(0, 1, 0, 1, sheet.notes_label), Box(0, 1, 1, 2, sheet.notes)]
    lines += _named(draw(notes, 1, [style.label, style.goal], style), "notes")
    return Dump(tuple(lines), changes)
