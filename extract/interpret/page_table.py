"""The indicator table of a printed page as logical rows: columns, then rows, then the rows of each label."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple, cast

from extract.clean import squash
from extract.interpret.kinds import Kinds
from extract.interpret.layout_text import join_pieces
from extract.interpret.page_columns import ColumnReader, Placed
from extract.interpret.page_labels import PADDINGS, Ground, Tag, ground, tags
from extract.interpret.page_pieces import Line, fragments, room_of, shown_width
from extract.interpret.page_rows import WHOLE, Anchor, Dealt, Rule, deal, stacked, tangled
from extract.interpret.page_spans import Spanner, Spans
from extract.interpret.page_words import Word, side_labels
from extract.model import Cell, Finding, Row
from extract.places import pieces
from extract.vocabulary import ColumnName, Vocabulary

# What each column of a table holds.
Roles = Sequence[ColumnName]
# What a row without a piece costs, by its column.
_BLANKS: Final = {"name": 6.0, "operator": 2.0, "value": 3.0, "unit": 0.4, "weight": 2.0}
_BLANK: Final = 0.5
_OTHER_LEVEL: Final = 0.5
_LEVELS: Final = ("level1", "level2")
# Columns whose cells are hardly ever broken over lines.
_SINGLE: Final = ("operator", "weight")
_VALUES: Final = ("operator", "value", "unit", "weight")
_BESIDE: Final = 1.2
# A row whose column costs more than this is read against its place.
_ODD: Final = 1.5
# A piece of a level's label is no longer.
_LABEL_PIECE: Final = 4
_ODD_TEXT: Final = 2.0
_SHOWN: Final = 24
# What tells labels' rows by printed lines alone is less sure; readings that cost hardly more leave rows open.
_PRINTED: Final = 0.5
_NEAR: Final = 0.6


class Table(NamedTuple):
    """Logical rows, the header's first, and what is doubtful in them."""

    rows: list[Row]
    doubts: list[Finding]


class _Rows(NamedTuple):
    """The rows of a table: their anchors, each column's pieces by row, the rows that are open by column."""

    anchors: list[Placed]
    dealt: dict[int, Dealt]
    top: bool


def indicator_table(header: Sequence[Word], lines: Sequence[Line], kinds: Kinds, vocabulary: Vocabulary) -> Table:
    """The rows of a table. ``header``: its words; ``lines``: those below it, without furniture."""
    words = [word for word in header if word.meaning != "section"]
    roles = [cast("ColumnName", word.meaning or "pass") for word in words]
    heads = [word.cell._replace(col=at) for at, word in enumerate(words)]
    width = len(words)
    head = Row(heads[0].line, heads, width)
    bare = _without_root(lines, vocabulary)
    reader = ColumnReader(roles, kinds, vocabulary)
    placed = stacked(reader.placed(bare))
    by_col = {col: [piece for piece in placed if piece.col == col] for col in range(width)}
    anchors = _anchors(by_col, roles, reader)
    if not anchors:
        return Table([head], [_unread(piece.cell) for piece in placed])
    ways = []
    for top in (False, True):
        rows = _dealt(by_col, reader, anchors, top=top)
        spans, first, second = _spans(rows, by_col, roles, vocabulary)
        ways.append((_cost(rows) + spans.cost, rows, spans, first, second))
    _, rows, spans, first, second = min(ways, key=lambda way: way[0])
    doubts = [*_row_doubts(rows, reader), *_span_doubts(rows, roles, spans, first, second)]
    doubts += [*_tangle_doubts(rows, roles), *_label_doubts(rows, roles, (*first, *second))]
    return Table([head, *_logical(rows, roles, spans, first, second)], doubts)


def _unread(cell: Cell) -> Finding:
    return Finding("cell_unread", "indicators", None, None, {"text": cell.text[:40]}, cell)


def _without_root(lines: Sequence[Line], vocabulary: Vocabulary) -> list[Line]:
    """The lines without the labels down the side that stand for the whole table."""
    profile = vocabulary.profile
    words = {word for word, label in vocabulary.labels.items() if label.root}
    words |= {word for word, name in profile.bare_sections.items() if name == "indicators"}
    taken = {line for label in side_labels(lines, frozenset(words)) for line in label.lines}
    bare = [line._replace(pieces=line.pieces[1:]) if at in taken else line for at, line in enumerate(lines)]
    # What is left of such a label at the edge of a page.
    parts = fragments(sorted(words)) - fragments([word for word, label in vocabulary.labels.items() if not label.root])
    return [
        line for line in bare if line.pieces and not (len(line.pieces) == 1 and squash(line.pieces[0].text) in parts)
    ]


def _anchors(by_col: dict[int, list[Placed]], roles: Roles, reader: ColumnReader) -> list[Placed]:
    """One piece a row: the operators, values or weights, whichever tells most rows."""
    found: list[list[Placed]] = []
    for role in ("weight", "operator", "value"):
        if role not in roles:
            continue
        col = roles.index(role)
        whole = [piece for piece in by_col[col] if reader.costs(piece.cell.text)[col] < WHOLE]
        found.append(_apart(whole) if role == "operator" else whole)
    return max(found[:2] or [[]], key=len) or (found[-1] if found else [])


def _apart(operators: Sequence[Placed]) -> list[Placed]:
    """Operators, one for each row: 大于 and 等于 right below it are one that is broken."""
    found: list[Placed] = []
    for piece in operators:
        above = found[-1] if found else None
        if (
            above is not None
            and piece.y - above.y <= 1
            and above.cell.text + piece.cell.text in ("大于等于", "小于等于")
        ):
            continue
        found.append(piece)
    return found


def _dealt(by_col: dict[int, list[Placed]], reader: ColumnReader, anchors: list[Placed], *, top: bool) -> _Rows:
    """The pieces dealt out to the rows: single values first, which show the lines that each row's values stand on."""
    points = [Anchor(anchor.y, anchor.y, anchor.page) for anchor in anchors]
    roles = reader.roles
    single = [col for col, role in enumerate(roles) if role in _SINGLE]
    first = [_deal(by_col, reader, points, col, top=top) for col in single]
    lines = [
        [anchor.y, *(piece.y for dealt in first if dealt.costs[at] <= _BESIDE for piece in dealt.rows[at])]
        for at, anchor in enumerate(anchors)
    ]
    wide = [Anchor(min(ys), max(ys), anchor.page) for ys, anchor in zip(lines, anchors, strict=True)]
    dealt = {col: _deal(by_col, reader, wide, col, top=top) for col, role in enumerate(roles) if role not in _LEVELS}
    return _Rows(anchors, dealt, top)


def _deal(
    by_col: dict[int, list[Placed]], reader: ColumnReader, anchors: Sequence[Anchor], col: int, *, top: bool
) -> Dealt:
    role = reader.roles[col]
    pieces = by_col[col]
    room = room_of([piece.cell for piece in pieces]) if role in ("name", "pass") else 0
    lines: dict[float, int] = {}
    for at, anchor in enumerate(anchors):
        lines |= {anchor.low: at, anchor.high: at}
    rule = Rule(_BLANKS.get(role, _BLANK), room, lambda text: reader.costs(text)[col], lines, top)
    return deal(anchors, pieces, rule)


def _cost(rows: _Rows) -> float:
    return sum(dealt.cost for dealt in rows.dealt.values()) + (0.01 if rows.top else 0.0)


def _row_doubts(rows: _Rows, reader: ColumnReader) -> list[Finding]:
    """A finding on each row whose texts are open, or stand where they should not."""
    roles = reader.roles
    name = roles.index("name")
    doubts = []
    for at, anchor in enumerate(rows.anchors):
        place = _place(rows, name, at) or anchor.cell
        for col, dealt in rows.dealt.items():
            own = "".join([piece.cell.text for piece in dealt.rows[at]])
            beside = any(a.y == b.y for a, b in pairwise(dealt.rows[at]))
            odd = roles[col] != "name" and bool(own) and (beside or reader.costs(own)[col] >= _ODD_TEXT)
            if odd or (roles[col] == "name" and not own):
                # Such a row may be read as anything, or as two.
                doubts.append(_ambiguous(place, own, None)._replace(place=None))
            elif (
                at in dealt.open
                or (beside and _is_gap(dealt.rows[at]))
                or _is_strange(dealt.rows[at], own, col, reader)
                or dealt.costs[at] > max(_ODD, _BLANKS.get(roles[col], 0.0) * 0.9)
            ):
                doubts.append(_ambiguous(place, own, roles[col] if roles[col] != "pass" else None))
                if roles[col] == "name":
                    doubts.append(_ambiguous(place, own, "name_truncated"))
    widest = max((sum(shown_width(piece.cell) for piece in own), at) for at, own in enumerate(rows.dealt[name].rows))
    if widest[1] in rows.dealt[name].open:
        # Cuts are told by the widest texts.
        doubts.append(_ambiguous(rows.anchors[widest[1]].cell, "", "name_truncated")._replace(place=None))
    return doubts


def _tangle_doubts(rows: _Rows, roles: Roles) -> list[Finding]:
    """A finding on each row that is tangled with its neighbours."""
    name = roles.index("name")
    single = [col for col, role in enumerate(roles) if role in _VALUES]
    names = rows.dealt[name]
    found = tangled(names.rows, [rows.dealt[col].rows for col in single], names.open)
    places = [(_place(rows, name, at) or rows.anchors[at].cell) for at in sorted(found)]
    return [Finding("lines_out_of_order", "indicators", None, None, {"what": p.text[:_SHOWN]}, p) for p in places]


def _label_doubts(rows: _Rows, roles: Roles, labels: Sequence[Tag]) -> list[Finding]:
    """A finding on each row beside whose name stands a label that nobody knows: it may be the name's beginning."""
    name = roles.index("name")
    unknown = {piece.line: label.cell.text for label in labels if label.meaning is None for piece in pieces(label.cell)}
    found = []
    for own in rows.dealt[name].rows:
        text = next((unknown[piece.cell.line] for piece in own if piece.cell.line in unknown), None)
        if text is not None:
            found.append(_ambiguous(own[0].cell, text + own[0].cell.text, None))
    return found


def _is_strange(pieces: Sequence[Placed], text: str, col: int, reader: ColumnReader) -> bool:
    """Whether a cell of several pieces is put together from what hardly belongs together.

    A name has a piece of a label before its last one; a unit, operator or weight is none that is known.
    """
    if len(pieces) == 1:
        return False
    if reader.roles[col] == "name":
        short = [squash(piece.cell.text) for piece in pieces[:-1] if len(piece.cell.text) <= _LABEL_PIECE]
        return any(text in parts for text in short for parts in reader.label_parts)
    return bool(pieces) and reader.roles[col] in ("unit", "operator", "weight") and reader.costs(text)[col] >= WHOLE


def _is_gap(pieces: Sequence[Placed]) -> bool:
    """Whether two pieces of one line stand farther apart than words do."""
    return any(a.y == b.y and b.cell.start - a.cell.end > 1 for a, b in pairwise(pieces))


def _ambiguous(place: Cell, other: str, field: str | None) -> Finding:
    params = {"what": place.text[:_SHOWN], "other": other[:_SHOWN]}
    return Finding("layout_ambiguous", "indicators", None, field, params, place)


def _place(rows: _Rows, name: int, at: int) -> Cell | None:
    own = rows.dealt[name].rows[at]
    return own[0].cell if own else None


def _spans(
    rows: _Rows, by_col: dict[int, list[Placed]], roles: Roles, vocabulary: Vocabulary
) -> tuple[Spans, list[Tag], list[Tag]]:
    """The rows of each label, by the blank room between rows that explains the labels best."""
    name = roles.index("name")
    names = ["".join([piece.cell.text for piece in own]) for own in rows.dealt[name].rows]
    speaks = [vocabulary.hints.speaks_for(text) for text in names]

    def hint(row: int, tag: Tag) -> float:
        level2 = tag.meaning.level2 if tag.meaning is not None else None
        return _OTHER_LEVEL if speaks[row] and level2 is not None and level2 not in speaks[row] else 0.0

    by_row = [[dealt.rows[at] for dealt in rows.dealt.values()] for at in range(len(rows.anchors))]
    label_lines = [piece.y for level in _LEVELS if level in roles for piece in by_col[roles.index(level)]]
    found: list[tuple[Spans, list[Tag], list[Tag]]] = []
    for padding in PADDINGS:
        on: Ground = ground(by_row, rows.anchors, label_lines, padding, top=rows.top)
        first, second = (
            tags(by_col[roles.index(level)], on, vocabulary) if level in roles else [] for level in _LEVELS
        )
        spans = Spanner(on, first, second, vocabulary.parents, hint).spans()
        found.append((spans._replace(cost=spans.cost + (_PRINTED if padding < 0 else 0.0)), first, second))
    found.sort(key=lambda way: way[0].cost)
    spans, first, second = found[0]
    for other, first_too, second_too in found[1:]:
        if other.cost < spans.cost + _NEAR:
            spans = spans._replace(
                open_first=spans.open_first | _differing(spans.first, first, other.first, first_too),
                open_second=spans.open_second | _differing(spans.second, second, other.second, second_too),
            )
    return spans, first, second


def _differing(
    mine: Sequence[int], tags: Sequence[Tag], theirs: Sequence[int], others: Sequence[Tag]
) -> frozenset[int]:
    """The rows for which another reading has another label."""
    texts = [[own[at].cell.text if at >= 0 else "" for at in rows] for rows, own in ((mine, tags), (theirs, others))]
    return frozenset(row for row, (a, b) in enumerate(zip(*texts, strict=True)) if a != b)


def _logical(rows: _Rows, roles: Roles, spans: Spans, first: Sequence[Tag], second: Sequence[Tag]) -> list[Row]:
    """A row an indicator, with the labels that begin there."""
    width = len(roles)
    found: list[Row] = []
    last = (-1, -1)
    for at, anchor in enumerate(rows.anchors):
        cells: list[Cell] = []
        begun = (spans.first[at], spans.second[at])
        for level, labels, own, before in zip(_LEVELS, (first, second), begun, last, strict=True):
            if own >= 0 and (own != before or begun[0] != last[0]):
                cells.append(labels[own].cell._replace(col=roles.index(level)))
        last = begun
        for col, dealt in rows.dealt.items():
            if dealt.rows[at]:
                pieces = [piece.cell for piece in dealt.rows[at]]
                cells.append(join_pieces(pieces)._replace(col=col))
        cells.sort(key=lambda cell: cell.col)
        found.append(Row(anchor.cell.line, cells, width))
    return found


def _span_doubts(rows: _Rows, roles: Roles, spans: Spans, first: Sequence[Tag], second: Sequence[Tag]) -> list[Finding]:
    """A finding on each row that could as well stand under another label."""
    name = roles.index("name")
    doubts = []
    for field, labels, own, open_rows in (
        ("level1", first, spans.first, spans.open_first),
        ("level2", second, spans.second, spans.open_second),
    ):
        for at in sorted(open_rows):
            label = labels[own[at]].cell.text if own[at] >= 0 else ""
            doubts.append(_ambiguous(_place(rows, name, at) or rows.anchors[at].cell, label, field))
    return doubts
