"""The indicators of a page layout: columns, rows and the labels of the tree, as logical rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from extract.clean import squash
from extract.interpret.layout_columns import Columns, columns, line_cells
from extract.interpret.layout_lines import Strip, has_narrow
from extract.interpret.layout_parts import Part, ambiguous, row_of, uneven
from extract.interpret.layout_rows import (
    VALUELESS,
    Convention,
    Drawn,
    Layout,
    Stretch,
    drawn,
    either,
    rooms,
    usual,
)
from extract.interpret.layout_spans import LevelLabel, Reading, SpanRow, Spans, nearest, with_edges
from extract.interpret.layout_straight import aligned_share, by_nearest, is_exact
from extract.interpret.layout_text import join_pieces
from extract.model import Cell, Finding, Row
from extract.vocabulary import Vocabulary

# A label is broken over at most this many lines.
_LONGEST_LABEL: Final = 8
# What a name that speaks for another second level costs, and one that speaks for another of the same first level.
_OTHER_LEVEL: Final = 2.0
_UNKNOWN_ALONE: Final = 3.0
_UNKNOWN_JOINED: Final = 2.0


class _Roles(NamedTuple):
    """What the columns left of the names hold: -1 where no column holds it."""

    root: int
    outer: int
    inner: int


def group_labels(pieces: Sequence[tuple[int, Cell]], vocabulary: Vocabulary) -> list[LevelLabel]:
    """The pieces of a label column (line and cell) as labels.

    Pieces on neighbouring lines are one label where only together they mean something.
    """
    found: list[LevelLabel] = []
    run: list[tuple[int, Cell]] = []
    for piece in pieces:
        if run and piece[0] != run[-1][0] + 1:
            found += _grouped(run, vocabulary)
            run = []
        run.append(piece)
    return found + (_grouped(run, vocabulary) if run else [])


def _grouped(run: Sequence[tuple[int, Cell]], vocabulary: Vocabulary) -> list[LevelLabel]:
    count = len(run)
    if count == 1:
        return [LevelLabel(run[0][0], 1, run[0][1], vocabulary.label(run[0][1].text))]
    room = max(cell.x1 - cell.x0 for _, cell in run)
    best: list[tuple[float, list[LevelLabel]]] = [(0.0, [])]
    for end in range(1, count + 1):
        options = []
        for start in range(max(0, end - _LONGEST_LABEL), end):
            cells = [cell for _, cell in run[start:end]]
            text = "".join(cell.text for cell in cells)
            meaning = vocabulary.label(text)
            if meaning is not None:
                cost = 0.1
            elif len(cells) == 1:
                cost = _UNKNOWN_ALONE
            elif all(cell.x1 - cell.x0 >= room - 1 for cell in cells[:-1]):
                cost = _UNKNOWN_JOINED
            else:
                continue
            before = best[start]
            options.append(
                (before[0] + cost, [*before[1], LevelLabel(run[start][0], len(cells), join_pieces(cells), meaning)])
            )
        best.append(min(options, key=lambda option: option[0]))
    return best[count][1]


def _roles(labels: Mapping[int, Sequence[LevelLabel]]) -> _Roles:
    """Which of the label columns is the root's, the first and the second level's, going by what their labels mean."""
    cols = sorted(labels)
    first = {col: sum(1 for x in labels[col] if x.meaning is not None and x.meaning.level1) for col in cols}
    second = {col: sum(1 for x in labels[col] if x.meaning is not None and x.meaning.level2) for col in cols}
    root = -1
    for col in cols:
        if labels[col] and all(x.meaning is not None and x.meaning.root for x in labels[col]):
            root = col
            break
    left = [col for col in cols if col != root and labels[col]]
    best = (0.0, -1, -1)
    for at, outer in enumerate(left):
        options = [(float(first[outer]), outer, -1), (float(second[outer]) - 0.5, -1, outer)]
        options += [(first[outer] + second[inner] + 0.5, outer, inner) for inner in left[at + 1 :]]
        best = max(best, *options, key=lambda option: option[0])
    outer, inner = best[1], best[2]
    if root < 0:
        others = [col for col in left if col not in (outer, inner) and len(labels[col]) == 1]
        root = next((col for col in others if col < max(outer, 0) or outer < 0), -1)
    return _Roles(root, outer, inner)


def tree_table(
    head: Sequence[Strip], body: Sequence[Strip], vocabulary: Vocabulary, *, drifted: bool = False
) -> TreeTable:
    """The indicators' columns and labels, before their rows are known.

    ``drifted``: cells stand off their columns, so that a cut may divide them wrongly.
    """
    cols = columns(head, body, vocabulary.profile.columns)
    header: list[Cell | None] = [
        word.cell._replace(col=at) if word is not None else None for at, word in enumerate(cols.heads)
    ]
    width = len(header)
    name = _name_column(cols)
    table = [line_cells(line, cols) for line in body]
    if drifted:
        table = by_nearest(body, table, header)
    labels = {
        col: group_labels([(at, cell) for at, line in enumerate(table) if (cell := line[col]) is not None], vocabulary)
        for col in range(name)
    }
    roles = _roles(labels)
    own = tuple(col for col in range(width) if col not in roles)
    blank = frozenset(at for at, line in enumerate(table) if not any(line))
    most = usual(table, [col for col in own if col > name])
    layout = Layout(table, own, name, rooms(table, own, header, cols.room), blank, most)
    row = row_of([cell for cell in header if cell is not None], width)
    return TreeTable(row, layout, labels, roles, vocabulary, cols.gap, drifted=drifted)


def _name_column(cols: Columns) -> int:
    kinds = [word.kind if word is not None else None for word in cols.heads]
    if "name" in kinds:
        return kinds.index("name")
    tail = [at for at, kind in enumerate(kinds) if kind in ("operator", "value", "unit", "weight")]
    return max(tail[0] - 1, 0) if tail else len(kinds) - 1


class TreeTable:
    """The rows and labels of one table."""

    def __init__(
        self,
        header: Row,
        layout: Layout,
        labels: Mapping[int, Sequence[LevelLabel]],
        roles: _Roles,
        vocabulary: Vocabulary,
        gap: int,
        *,
        drifted: bool = False,
    ) -> None:
        self.header = header
        self.width = header.width
        self.layout = layout
        self.outer: Sequence[LevelLabel] = labels.get(roles.outer, ())
        self.inner: Sequence[LevelLabel] = labels.get(roles.inner, ())
        self.root: Sequence[LevelLabel] = labels.get(roles.root, ())
        self.roles = roles
        self.gap = gap
        self.drifted = drifted
        self.vocabulary = vocabulary
        self._names: dict[tuple[int, int], str] = {}
        self._speaks: dict[str, frozenset[str]] = {}
        self._open: Collection[int] = range(len(layout.lines))

    def aligned(self) -> float:
        """How exactly names, and the cells beside them, stand below one another: 1 for all."""
        shares = [aligned_share(cells) for cells in self._beside()]
        return sum(shares) / len(shares) if shares else 1.0

    def exact(self) -> float:
        """The share of columns, the names' and those beside it, whose cells all stand alike."""
        columns = self._beside()
        return sum(is_exact(cells) for cells in columns) / len(columns) if columns else 1.0

    def _beside(self) -> list[list[Cell]]:
        """The cells of the names' column and those right of it, where there are several."""
        found = [
            [cell for line in self.layout.lines if (cell := line[col]) is not None]
            for col in range(self.layout.name, self.width)
        ]
        return [cells for cells in found if len(cells) > 1]

    def crowded(self) -> bool:
        """Whether some cell beside the names holds what should be several."""
        first = self.layout.name + 1
        return any(cell is not None and "  " in cell.text for line in self.layout.lines for cell in line[first:])

    def settles_measure(self, texts: Sequence[str], first: int) -> bool:
        """Whether cells that stand below one another show how characters were measured.

        They do where some lines have characters before them that tools count differently, and others have none.
        ``texts``: the lines themselves; ``first``: the source line of the first of them.
        """
        seen = set()
        for line in self.layout.lines:
            last = line[-1]
            if last is not None:
                seen.add(has_narrow(texts[last.line - first][: last.start]))
                if len(seen) > 1:
                    return True
        return False

    def reading(self, convention: Convention) -> Reading | None:
        """What the table says under a convention; None where labels cannot stand so."""
        spans = self._spans(convention)
        plain = spans.read()
        if plain is None or not plain.others:
            return plain
        self._open = plain.others.keys()
        # What names say chooses between readings under one convention, not between conventions.
        return spans.read_with(self._hint)._replace(cost=plain.cost)

    def _spans(self, convention: Convention, slack: int = 0) -> Spans:
        edges = self.layout.stretches(convention)
        return Spans(edges, self.outer, self.inner, convention, self.vocabulary.parents, slack, self.layout.blank)

    def loose_reading(self) -> Reading:
        """What the table says where its labels stand as no convention puts them.

        Each is taken to stand as near its rows' middle as may be.
        """
        for slack in (1, 4):
            spans = self._spans(either, slack)
            if spans.read() is not None:
                return with_edges(spans.read_with(self._hint))
        return nearest(self.layout.best(either).rows, self.outer, self.inner)

    def drawn(self, reading: Reading) -> list[Drawn]:
        """Where cells stand whose lines are known whatever the labels' runs are: rows' cells, and the root label."""
        found = drawn([row.stretch for row in reading.rows])
        if len(self.root) == 1:
            found.append(Drawn(self.root[0].first, self.root[0].size, len(self.layout.lines)))
        return found

    def _hint(self, stretch: Stretch, inner: int) -> float:
        if inner < 0 or stretch.key not in self._open:
            return 0.0
        name = self._name(stretch)
        speaks = self._speaks.get(name)
        if speaks is None:
            speaks = self._speaks[name] = self.vocabulary.hints.speaks_for(name)
        if not speaks:
            return 0.0
        meaning = self.inner[inner].meaning
        return 0.0 if meaning is None or meaning.level2 in speaks else _OTHER_LEVEL

    def _name(self, stretch: Stretch) -> str:
        key = (stretch.start, stretch.end)
        found = self._names.get(key)
        if found is None:
            cell = self.layout.cell(stretch, self.layout.name)
            found = self._names[key] = cell.text if cell is not None else ""
        return found

    def rows(self, reading: Reading) -> Part:
        """A reading's logical rows, and a finding for every value that a near reading gives otherwise."""
        rows: list[Row] = []
        doubts: list[Finding] = []
        begun: list[tuple[int, int]] = []
        waiting: list[Cell] = []
        last = (-1, -1)
        # A column of the rows' own may stand left of the labels (a running number).
        mixed = any(col < self.layout.name for col in self.layout.columns)
        for row in reading.rows:
            stretch = row.stretch
            if (row.outer, row.inner) != last:
                if row.outer != last[0] and row.outer >= 0:
                    waiting = self._begin(self.outer[row.outer].cell, waiting, rows, begun)
                if row.inner != last[1] and row.inner >= 0:
                    waiting = self._begin(self.inner[row.inner].cell, waiting, rows, begun)
                last = (row.outer, row.inner)
            if stretch.key < 0:
                continue
            own = self._own_cells(stretch)
            number = own[-1].line
            if waiting:
                own = waiting + own
                waiting = []
                if mixed:
                    own.sort(key=lambda cell: cell.col)
            rows.append(Row(number, own, self.width))
            doubts += self._doubts(row, reading.others.get(stretch.key, ()))
            if stretch.cost >= VALUELESS:
                doubts += self._odd(stretch, own)
        if waiting:
            rows.append(Row(waiting[0].line, waiting, self.width))
        if rows:
            self._span(rows, begun)
        if self.drifted:
            doubts.append(uneven("indicators", self.header.cells[0]))
        return Part([self.header, *rows], doubts)

    def _own_cells(self, stretch: Stretch) -> list[Cell]:
        """The cells of a row, labels left out."""
        layout = self.layout
        if stretch.end - stretch.start == 1:
            line = layout.lines[stretch.start]
            return [cell for col in layout.columns if (cell := line[col]) is not None]
        return [cell for col in layout.columns if (cell := layout.cell(stretch, col)) is not None]

    def _begin(self, label: Cell, waiting: list[Cell], rows: list[Row], begun: list[tuple[int, int]]) -> list[Cell]:
        """The labels that wait for a row, ``label`` now among them.

        One that waits in its column, or right of it, has no row under it and gets one of its own.
        """
        if waiting and waiting[-1].col >= label.col:
            rows.append(Row(waiting[0].line, waiting, self.width))
            waiting = []
        begun.append((len(rows), label.col))
        return [*waiting, label]

    def _span(self, rows: list[Row], begun: Sequence[tuple[int, int]]) -> None:
        """Gives labels the number of rows they stand for: up to where one of their column, or left of it, begins."""
        count = len(rows)
        if self.root:
            root = join_pieces([label.cell for label in self.root])
            rows[0].cells.insert(0, root)
            rows[0].cells.sort(key=lambda cell: cell.col)
            begun = [(0, root.col), *begun]
        ends: dict[int, int] = {}
        for at, col in reversed(begun):
            end = min([ends[other] for other in ends if other <= col], default=count)
            cells = rows[at].cells
            place = next(i for i, cell in enumerate(cells) if cell.col == col)
            if end - at > 1:
                cells[place] = cells[place]._replace(row_span=end - at)
            ends[col] = at

    def _doubts(self, row: SpanRow, others: Sequence[SpanRow]) -> list[Finding]:
        """A finding for every value that another near reading gives otherwise."""
        if not others:
            return []
        name = self.layout.cell(row.stretch, self.layout.name)
        if name is None:
            return []
        found: dict[str, str] = {}
        mine1, mine2 = self._label(self.outer, row.outer), self._label(self.inner, row.inner)
        for other in others:
            level1, level2 = self._label(self.outer, other.outer), self._label(self.inner, other.inner)
            if level1 != mine1:
                found.setdefault("level1", level1)
            if level2 != mine2:
                found.setdefault("level2", level2)
            text = self._name(other.stretch)
            if text != name.text:
                found.setdefault("name", text)
        return [ambiguous("indicators", field, name, other) for field, other in found.items()]

    def _odd(self, stretch: Stretch, cells: Sequence[Cell]) -> list[Finding]:
        """The doubt on a row with no name, or with nothing but a name: it may belong to the row above."""
        place = self.layout.cell(stretch, self.layout.name) or cells[-1]
        above = self.layout.lines[stretch.start - 1][self.layout.name] if stretch.start else None
        other = (above.text if above is not None else "") + place.text
        return [ambiguous("indicators", "name", place, other)]

    @staticmethod
    def _label(labels: Sequence[LevelLabel], index: int) -> str:
        return squash(labels[index].cell.text) if index >= 0 else ""


def both(best: Reading, other: Reading) -> Reading:
    """The best reading, with what another one gives otherwise among its others."""
    others = {key: list(rows) for key, rows in best.others.items()}
    chosen = {row.stretch.key: row for row in best.rows}
    for row in other.rows:
        key = row.stretch.key
        if key >= 0 and key in chosen and row != chosen[key]:
            others.setdefault(key, []).append(row)
    for key, rows in other.others.items():
        others.setdefault(key, []).extend(rows)
    return Reading(best.cost, best.rows, others)
