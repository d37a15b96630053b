"""The parts of a page layout before the indicators: facts, funding, goals and tasks, as logical rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.layout_columns import columns, line_cells
from extract.interpret.layout_lines import Piece, Strip, cells, crowd, filled, seen, whole, words
from extract.interpret.layout_rows import (
    NAMELESS,
    NEAR,
    Convention,
    Drawn,
    Layout,
    Stretch,
    either,
    paths,
    rooms,
)
from extract.interpret.layout_straight import aligned_share, straightened
from extract.interpret.layout_text import join_pieces, paragraphs
from extract.model import Cell, Finding, Row, TableName
from extract.places import cut
from extract.vocabulary import FormProfile

# A label column is no wider than this.
_LABEL_WIDTH: Final = 24
# The lines of running text begin at so many places: where it stands, and where its paragraphs are indented to.
_INDENTS: Final = 2
_SHOWN: Final = 24


class Part(NamedTuple):
    """Logical rows of one part, what is doubtful in it, and where its label stands if that is known."""

    rows: list[Row]
    doubts: list[Finding]
    label: Drawn | None = None


class TaskTable(NamedTuple):
    """The tasks before their rows are known: the header's row, the body, and the section's label.

    ``layout`` is None where the tasks do not stand in columns; ``plain`` are then their rows.
    """

    header: Row
    layout: Layout | None
    plain: list[Row]
    label: Cell | None
    drawn: Drawn | None
    drifted: bool = False


def row_of(found: Sequence[Cell], width: int) -> Row:
    """A row of cells that are in order; it stands where its first cell does."""
    return Row(found[0].line, list(found), width)


def plain_rows(lines: Sequence[Strip]) -> list[Row]:
    """Lines as they are: a row each, cells divided by two blanks or more."""
    rows = []
    for line in lines:
        if line.chars is None and "  " not in line.text.strip():
            cell = whole(line)
            if cell is not None:
                rows.append(Row(line.number, [cell], 1))
            continue
        found: list[Cell] = []
        group: list[Piece] = []
        for word in [*words(line), None]:
            if group and (word is None or word.x0 - group[-1].x1 > 1):
                found.append(as_cell(line, group, len(found)))
                group = []
            if word is not None:
                group.append(word)
        if found:
            rows.append(Row(line.number, found, len(found)))
    return rows


def uneven(table: TableName, place: Cell) -> Finding:
    """The finding on a part whose cells stand off their columns, so that each was read in the nearest one."""
    return Finding("layout_uneven", table, None, None, {}, place)


def word_rows(lines: Sequence[Strip]) -> list[Row]:
    """Lines whose cells are divided by single blanks: a row each, a cell a word."""
    found = [(line, words(line)) for line in lines]
    return [
        Row(line.number, [word_cell(line, word, col) for col, word in enumerate(own)], len(own))
        for line, own in found
        if own
    ]


def as_cell(line: Strip, group: Sequence[Piece], col: int) -> Cell:
    """Neighbouring words of a line as one cell."""
    if len(group) == 1:
        return word_cell(line, group[0], col)
    start, end = group[0].start, group[-1].end
    cell = Cell(line.text[start:end], line.number, start, end, col, 0, group[0].x0, group[-1].x1)
    return cell if line.chars is None else seen(cell)


def word_cell(line: Strip, word: Piece, col: int) -> Cell:
    """A word of a line as a cell."""
    text, start, end, x0, x1 = word
    if end - start != len(text):
        return seen(Cell(line.text[start:end], line.number, start, end, col, 0, x0, x1))
    return _new(Cell, (text, line.number, start, end, col, 0, x0, x1, 1, 1, ()))


_new: Final = tuple.__new__


def facts(lines: Sequence[Strip]) -> list[Row]:
    """The facts above the funding: label and text, once or twice a row, each perhaps broken over lines."""
    if not lines:
        return []
    segments = filled(crowd(lines))
    cuts = [0, *(lo for lo, _ in segments[1:]), segments[-1][1] + 1]
    table = [cells(line, cuts) for line in lines]
    cols = tuple(range(len(segments)))
    layout = Layout(table, cols, 0, rooms(table, cols))
    rows = []
    for stretch in layout.best(either).rows:
        found = [layout.cell(stretch, col) for col in cols]
        filled_cells = [cell for cell in found if cell is not None]
        if filled_cells:
            rows.append(row_of(filled_cells, len(cols)))
    return rows


def goals(lines: Sequence[Strip], profile: FormProfile) -> Part:
    """The goals: the section's label in a column of its own, then a row a paragraph."""
    if not lines:
        return Part([], [])
    label, texts = _beside_label(lines, profile)
    # The first line of a paragraph may be indented; more than two places are drift.
    drifted = len({cell.x0 for cell in texts}) > _INDENTS
    if drifted:
        label, texts = _beside_label(straightened(lines), profile)
    groups, doubtful = paragraphs(texts)
    rows = []
    doubts = [uneven("goals", texts[0])] if drifted else []
    room = int(max((cell.x1 - cell.x0 for cell in texts), default=0))
    for group in groups:
        cell = join_pieces(group, room)
        rows.append(Row(cell.line, [cell], 2))
    for at in doubtful:
        cell = texts[at]
        params = {"before": texts[at - 1].text[-_SHOWN:], "behind": cell.text[:_SHOWN]}
        place = next(row.cells[0] for row, group in zip(rows, groups, strict=True) if cell in group)
        doubts.append(Finding("layout_paragraph", "goals", None, "text", params, place))
    if label is not None:
        if rows:
            rows[0].cells.insert(0, label._replace(row_span=len(rows)))
        else:
            rows.append(Row(label.line, [label], 2))
    return Part(rows, doubts, _label_drawn(label, lines))


def _beside_label(lines: Sequence[Strip], profile: FormProfile) -> tuple[Cell | None, list[Cell]]:
    """The label that stands beside running text, and the text's lines."""
    segments = filled(crowd(lines))
    if len(segments) > 1 and segments[0][1] - segments[0][0] <= _LABEL_WIDTH:
        cuts = (0, segments[1][0], segments[-1][1] + 1)
        split = [cells(line, cuts) for line in lines]
        pieces = [line[0] for line in split if line[0] is not None]
        if len(pieces) < len(lines) or len(lines) < 4:
            return join_pieces(pieces), [line[1] for line in split if line[1] is not None]
    texts = [cell._replace(col=1) for line in lines if (cell := whole(line)) is not None]
    if not texts:
        return None, []
    first, _, rest = texts[0].text.partition(" ")
    if profile.sections.get(squash(first)) != "goals":
        return None, texts
    label = cut(texts[0], 0, len(first))._replace(col=0)
    at = len(texts[0].text) - len(rest.lstrip())
    return label, [cut(texts[0], at, len(texts[0].text)), *texts[1:]] if rest else texts[1:]


def ambiguous(table: TableName, field: str, place: Cell, other: str) -> Finding:
    """The finding on a value that the layout leaves open. ``other``: what it may be instead."""
    return Finding(
        "layout_ambiguous", table, None, field, {"what": place.text[:_SHOWN], "other": other[:_SHOWN]}, place
    )


def _label_drawn(label: Cell | None, lines: Sequence[Strip]) -> Drawn | None:
    """Where a section's label stands beside its lines, if no line is missing between them."""
    if label is None or lines[-1].number - lines[0].number + 1 != len(lines):
        return None
    return Drawn(label.line - lines[0].number, len(label.parts) or 1, len(lines))


def task_table(head: Sequence[Strip], body: Sequence[Strip], profile: FormProfile, widest_gap: int) -> TaskTable | None:
    """The tasks' columns; None where there are no tasks. ``widest_gap``: as in ``columns``."""
    if not head:
        return None
    cols = columns(head, body, profile.task_columns, widest_gap)
    name = next((at for at, word in enumerate(cols.heads) if word is not None and word.kind == "name"), 0)
    table = [line_cells(line, cols) for line in body]
    drifted = any(
        aligned_share(found) < 1
        for at in range(name, len(cols.heads))
        if (found := [cell for line in table if (cell := line[at]) is not None])
    )
    if drifted:
        straight = straightened([*head, *body])
        cols = columns(straight[: len(head)], straight[len(head) :], profile.task_columns, widest_gap)
        name = next((at for at, word in enumerate(cols.heads) if word is not None and word.kind == "name"), 0)
        table = [line_cells(line, cols) for line in straight[len(head) :]]
    own = tuple(range(name, len(cols.heads)))
    header: list[Cell | None] = [
        word.cell._replace(col=at) if word is not None else None for at, word in enumerate(cols.heads)
    ]
    labels = [cell for at in range(name) for cell in (header[at], *(line[at] for line in table)) if cell is not None]
    label = join_pieces(labels) if labels else None
    if label is not None and profile.sections.get(squash(label.text)) != "tasks":
        return TaskTable(word_rows(head)[0], None, plain_rows(body), None, None)
    return TaskTable(
        row_of([cell for cell in header[name:] if cell is not None], len(cols.heads)),
        Layout(table, own, name, rooms(table, own, header, cols.room)),
        [],
        label,
        _label_drawn(label, [*head, *body]),
        drifted,
    )


def tasks(table: TaskTable, convention: Convention) -> Part:
    """The tasks: label and header, then a row a task."""
    if table.layout is None:
        return Part([table.header, *table.plain], [])
    found, doubts = _task_rows(table.layout, convention, table.header.width)
    rows = [table.header.changed(cells=list(table.header.cells)), *found]
    if table.drifted:
        doubts.append(uneven("tasks", table.header.cells[0]))
    if table.label is not None:
        rows[0].cells.insert(0, table.label._replace(row_span=len(rows)))
    return Part(rows, doubts)


def _task_rows(layout: Layout, convention: Convention, width: int) -> tuple[list[Row], list[Finding]]:
    """The rows of the best reading, and a finding for every text that a near one gives otherwise."""
    edges = layout.stretches(convention)
    ways = paths(edges, 0, len(edges), within=NEAR)
    rows: list[Row] = []
    doubts: list[Finding] = []
    by_start: dict[int, tuple[Stretch, list[Cell]]] = {}
    for stretch in ways[0].rows:
        found = [cell for col in layout.columns if (cell := layout.cell(stretch, col)) is not None]
        if found:
            rows.append(row_of(found, width))
            by_start[stretch.start] = (stretch, found)
            if stretch.cost >= NAMELESS:
                doubts.append(ambiguous("tasks", "name", found[0], "".join(cell.text for cell in rows[-2:][0].cells)))
    seen: set[int] = set()
    for way in ways[1:]:
        for stretch in way.rows:
            chosen = by_start.get(stretch.start)
            if stretch.key < 0 or stretch.start in seen or chosen is None or chosen[0].end == stretch.end:
                continue
            for col, field in ((layout.name, "name"), (layout.name + 1, "content")):
                mine = layout.cell(chosen[0], col) if col in layout.columns else None
                theirs = layout.cell(stretch, col) if col in layout.columns else None
                if (mine.text if mine else "") != (theirs.text if theirs else ""):
                    seen.add(stretch.start)
                    place = mine or chosen[1][0]
                    doubts.append(ambiguous("tasks", field, place, theirs.text[-_SHOWN:] if theirs else ""))
    return rows, doubts


def notes(lines: Sequence[Strip]) -> list[Row]:
    """The notes: one row of label and text; the label may stand beside any line of the text."""
    if not lines:
        return []
    label: list[Cell] = []
    texts: list[Cell] = []
    for line in lines:
        found = words(line)
        if found[0].x0 == min(words(other)[0].x0 for other in lines) and len("".join(c.text for c in label)) < 4:
            label.append(as_cell(line, found[:1], 0))
            found = found[1:]
        if found:
            texts.append(as_cell(line, found, 1))
    row = [join_pieces(label)]
    if texts:
        row.append(join_pieces(texts, int(max(cell.x1 - cell.x0 for cell in texts))))
    return [Row(row[0].line, row, 2)]
