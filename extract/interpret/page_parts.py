"""The parts of a printed page above the indicators, as logical rows: head, facts, goals, tasks; and the notes below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from extract.clean import squash
from extract.interpret.layout_parts import Part
from extract.interpret.layout_text import CLOSING, OPENING, join_pieces
from extract.interpret.page_pieces import Line, fragments, room_left, section_words, shown_width
from extract.interpret.page_words import SideLabel, side_labels
from extract.interpret.prose import COUNTER
from extract.model import Cell, Finding, Row, TableName
from extract.places import join, pieces
from extract.vocabulary import FormProfile

_SENTENCE_END: Final = tuple("。！？!?；;")
_FACT_LINES: Final = 4
# What a row of facts is worth besides its label: a second one; less what lines cost, and a label off their middle.
_SECOND: Final = 0.6
_A_LINE: Final = 0.2
_OFF_MIDDLE: Final = 0.3
_UNLABELLED: Final = 0.5
_NO_FACT: Final = -99.0
_INDENT: Final = 5
_SLACK: Final = 2
_SHOWN: Final = 24
# Within a line of running text no gap is wider; no line begins farther behind the others.
_GAP: Final = 2
_FAR: Final = 12


def plain(lines: Sequence[Line]) -> list[Row]:
    """Lines as they are: a row each, pieces that single blanks divide together."""
    rows = []
    for line in lines:
        cells: list[Cell] = []
        for piece in line.pieces:
            if cells and piece.start - cells[-1].end == 1:
                cells[-1] = _with_blank(cells[-1], piece)
            else:
                cells.append(piece._replace(col=len(cells)))
        rows.append(Row(cells[0].line, cells, len(cells)))
    return rows


def _with_blank(before: Cell, piece: Cell) -> Cell:
    """Two pieces of a line with the blank between them."""
    if before.parts:
        return join([*before.parts[:-1], _with_blank(before.parts[-1], piece)])
    return before._replace(text=f"{before.text} {piece.text}", end=piece.end, x1=piece.x1)


# ---- facts


def facts(lines: Sequence[Line], profile: FormProfile) -> list[Row]:
    """The facts: label and text, once or twice a row, each perhaps broken over lines."""
    best: list[tuple[float, list[list[Cell]]]] = [(0.0, [])]
    edge = min([line.pieces[0].x0 for line in lines], default=0)
    for end in range(1, len(lines) + 1):
        options = []
        for start in range(max(0, end - _FACT_LINES), end):
            worth, cells = _fact(lines[start:end], edge, profile)
            options.append((best[start][0] + worth, start, cells))
        worth, start, cells = max(options, key=lambda option: (option[0], option[1]))
        best.append((worth, [*best[start][1], cells]))
    return [
        Row(cells[0].line, [cell._replace(col=at) for at, cell in enumerate(cells)], len(cells))
        for cells in best[-1][1]
    ]


def _fact(lines: Sequence[Line], edge: float, profile: FormProfile) -> tuple[float, list[Cell]]:
    """The cells of a row of facts that these lines are, and how good that reading is.

    ``edge``: where the leftmost labels stand.
    """
    fields = frozenset(profile.fields)
    left_ones = [at for at, line in enumerate(lines) if line.pieces[0].x0 <= edge + _INDENT]
    labels = side_labels([lines[at] for at in left_ones], fields)
    pieces = [(at, piece) for at, line in enumerate(lines) for piece in line.pieces]
    if len(labels) != 1:
        cells = [piece for _, piece in pieces]
        return (-1.0 if len(lines) > 1 else -_UNLABELLED), cells
    own = [left_ones[at] for at in labels[0].lines]
    if any(at not in own and len(lines[at].pieces) > 1 for at in left_ones):
        # What begins where labels do, with something beside it, is a row of its own, whatever it says.
        return _NO_FACT, [piece for _, piece in pieces]
    taken = {(at, lines[at].pieces[0]) for at in own}
    rest = [item for item in pieces if item not in taken]
    second = _second_label([piece for _, piece in rest], fields)
    # A label stands in the middle of its row.
    off = abs((own[0] + own[-1]) / 2 - (len(lines) - 1) / 2)
    worth = 1.0 + _SECOND * bool(second) - _A_LINE * (len(lines) - 1) - _OFF_MIDDLE * off
    texts = [piece for _, piece in rest if piece not in second]
    if not second:
        return worth, [labels[0].cell, *_joined(texts)]
    border = min(piece.x0 for piece in second)
    left = [piece for piece in texts if piece.x0 < border]
    right = [piece for piece in texts if piece.x0 >= border]
    return worth, [labels[0].cell, *_joined(left), join_pieces(second), *_joined(right)]


def _second_label(pieces: Sequence[Cell], fields: frozenset[str]) -> list[Cell]:
    """The pieces of another field's name further to the right."""
    parts = fragments([word for word in fields if len(word) > 1])
    some = [piece for piece in pieces if squash(piece.text) in parts]
    for size in range(len(some), 0, -1):
        for start in range(len(some) - size + 1):
            own = some[start : start + size]
            if squash("".join([piece.text for piece in own])) in fields and len({p.line for p in own}) == size:
                return own
    return []


def _joined(pieces: Sequence[Cell]) -> list[Cell]:
    return [join_pieces(pieces)] if pieces else []


# ---- goals


def _whole_lines(lines: Sequence[Line], label: SideLabel | None) -> list[Cell]:
    """Each line's running text as one cell, without the label's piece."""
    found = []
    for at, line in enumerate(lines):
        pieces = line.pieces[1:] if label is not None and at in label.lines else line.pieces
        if not pieces:
            continue
        cell = pieces[0]
        for piece in pieces[1:]:
            # What stands between two words is kept; between others, a gap is how the page was set.
            last = cell.parts[-1] if cell.parts else cell
            both = cell.text[-1].isascii() and piece.text[0].isascii() and piece.start - last.end == 1
            cell = _with_blank(cell, piece) if both else join_pieces([cell, piece])
        found.append(cell)
    return found


def goals(lines: Sequence[Line], profile: FormProfile) -> Part:
    """The goals: the section's label, then a row a paragraph."""
    if not lines:
        return Part([], [])
    labels = side_labels(lines, section_words(profile, "goals"))
    label = labels[0] if labels else None
    texts = _whole_lines(lines, label)
    rows = []
    doubts = []
    for group, open_at in _paragraphs(texts):
        cell = join_pieces(group)
        rows.append(Row(cell.line, [cell._replace(col=1)], 2))
        if any(COUNTER.match(piece.text) for piece in group[1:]):
            # Where a count begins in the middle of a sentence, lines may have been printed in another order.
            params = {"what": cell.text[:_SHOWN], "other": group[-1].text[:_SHOWN]}
            doubts.append(Finding("layout_ambiguous", "goals", None, "text", params, cell))
        if open_at is not None:
            params = {"before": open_at.text[-_SHOWN:], "behind": cell.text[:_SHOWN]}
            doubts.append(Finding("layout_paragraph", "goals", None, "text", params, cell))
    doubts += [_in_disorder("goals", text) for text in _torn(texts)[:1]]
    if label is not None:
        rows[:0] = [Row(label.cell.line, [label.cell], 2)] if not rows else []
        if rows and rows[0].cells[0] is not label.cell:
            rows[0].cells.insert(0, label.cell._replace(row_span=len(rows)))
    return Part(rows, doubts)


def _torn(texts: Sequence[Cell]) -> list[Cell]:
    """The lines of running text that others were printed into: with a gap, or begun far behind the others."""
    first = min((text.x0 for text in texts), default=0)
    return [
        text
        for text in texts
        if text.x0 - first > _FAR or any(b.start - a.end > _GAP for a, b in pairwise(pieces(text)))
    ]


def _in_disorder(table: TableName, place: Cell) -> Finding:
    return Finding("lines_out_of_order", table, None, None, {"what": place.text[:_SHOWN]})


def _paragraphs(texts: Sequence[Cell]) -> list[tuple[list[Cell], Cell | None]]:
    """The lines by paragraph; with a line at whose end the paragraph may end too.

    A line that is not full ends a paragraph, unless it does not end a sentence; a counter begins one.
    """
    if not texts:
        return []
    room = max(shown_width(text) for text in texts)
    counted = COUNTER.match(texts[0].text) is not None
    found: list[tuple[list[Cell], Cell | None]] = [([texts[0]], None)]
    for before, text in pairwise(texts):
        ended = before.text.endswith(_SENTENCE_END)
        full = room_left(before, text, room) < _SLACK
        begins = COUNTER.match(text.text) is not None and ended
        if begins or (ended and not full and not counted):
            found.append(([text], None))
        else:
            group, open_at = found[-1]
            found[-1] = ([*group, text], before if ended and not counted else open_at)
    return found


# ---- tasks

_OFF: Final = 1.0
_JOIN: Final = 0.6
_A_PLACE: Final = 0.35
_MOST: Final = 4.0
_FULL_END: Final = 0.3
_TORN: Final = 3.0
_NAMES: Final = 4
_CONTENTS: Final = 8
_NAMELESS: Final = 4.0
_CLEARLY: Final = 0.8

_Piece = tuple[Cell, float]


def tasks(lines: Sequence[Line], profile: FormProfile) -> Part:
    """The tasks: label and header, then a row a task. ``lines``: the header's line and those below it."""
    if not lines:
        return Part([], [])
    labels = side_labels(lines, section_words(profile, "tasks"))
    # A label that is the header's own word too is the one that stands left of two others.
    label = next((one for one in labels if one.lines[0] or len(lines[0].pieces) > 2), None)
    taken = set(label.lines) if label is not None else set()
    bare = [line._replace(pieces=line.pieces[1:]) if at in taken else line for at, line in enumerate(lines)]
    header = [cell._replace(col=at + 1) for at, cell in enumerate(bare[0].pieces)]
    names, contents = _two_columns([line for line in bare[1:] if line.pieces], header)
    groups, open_ones = _tasks(names, contents)
    rows = [Row(header[0].line, list(header), 3)]
    if label is not None:
        rows[0].cells.insert(0, label.cell._replace(row_span=len(groups) + 1))
    doubts = []
    if names and contents and max(cell.x0 for cell, _ in names) >= min(cell.x0 for cell, _ in contents):
        # A piece of a content stands where names do.
        doubts.append(_in_disorder("tasks", header[0]))
    for at, (own, texts) in enumerate(groups):
        cells = [join_pieces(pieces)._replace(col=col) for col, pieces in ((1, own), (2, texts)) if pieces]
        if not cells:
            continue
        rows.append(Row(cells[0].line, cells, 3))
        if at in open_ones:
            for field, pieces in (("name", own), ("content", texts)):
                other = pieces[-1].text[-_SHOWN:] if pieces else ""
                params = {"what": cells[0].text[:_SHOWN], "other": other}
                doubts.append(Finding("layout_ambiguous", "tasks", None, field, params, cells[0]))
    return Part(rows, doubts)


def _two_columns(lines: Sequence[Line], header: Sequence[Cell]) -> tuple[list[_Piece], list[_Piece]]:
    """The names' pieces and the contents', with their lines; lone ones by where they stand."""
    starts = [
        (line.y, (line.pieces[0].x0 + line.pieces[0].x1) / 2, line.pieces[1].x0, line.page)
        for line in lines
        if len(line.pieces) > 1
    ]
    widest = max([shown_width(piece) for line in lines for piece in line.pieces], default=0)
    names: list[_Piece] = []
    contents: list[_Piece] = []
    for line in lines:
        first, *rest = line.pieces
        y = float(line.y)
        if rest:
            names.append((first, y))
            contents.append((rest[0] if len(rest) == 1 else join_pieces(rest), y))
            continue
        near = min(
            (start for start in starts if start[3] == line.page), key=lambda start: abs(start[0] - line.y), default=None
        )
        middle = (first.x0 + first.x1) / 2
        edges = [other.pieces[0].x0 for other in lines if other.page == line.page]
        if near is None and max(edges) - min(edges) > _INDENT:
            is_content = first.x0 * 2 > max(edges) + min(edges)
        elif near is not None:
            is_content = abs(first.x0 - near[2]) <= abs(middle - near[1])
        else:
            edge = [(cell.x0 + cell.x1) / 2 for cell in header]
            is_content = shown_width(first) >= widest - 2 * _SLACK or (
                len(edge) > 1 and abs(middle - edge[1]) < abs(middle - edge[0])
            )
        (contents if is_content else names).append((first, y))
    return names, contents


def _tasks(
    names: Sequence[_Piece], contents: Sequence[_Piece]
) -> tuple[list[tuple[list[Cell], list[Cell]]], frozenset[int]]:
    """The pieces of each task, and the tasks that are open."""
    end = (len(names), len(contents))
    edges = _edges(names, contents)
    ahead = {(0, 0): 0.0}
    back: dict[tuple[int, int], tuple[int, int]] = {}
    order = sorted(edges)
    for start in order:
        if start not in ahead:
            continue
        for stop, cost in edges[start]:
            if ahead[start] + cost < ahead.get(stop, float("inf")):
                ahead[stop] = ahead[start] + cost
                back[stop] = start
    if end not in back:
        return [([cell for cell, _ in names], [cell for cell, _ in contents])], frozenset({0})
    behind = {end: 0.0}
    for start in reversed(order):
        behind[start] = min(
            [cost + behind[stop] for stop, cost in edges[start] if stop in behind],
            default=behind.get(start, float("inf")),
        )
    path = [end]
    while path[-1] != (0, 0):
        path.append(back[path[-1]])
    path.reverse()
    near = {
        at
        for at, cost in ahead.items()
        if at not in path and cost + behind.get(at, float("inf")) < ahead[end] + _CLEARLY
    }
    groups = []
    open_ones = set()
    for at, ((a, c), (b, d)) in enumerate(pairwise(path)):
        groups.append(([cell for cell, _ in names[a:b]], [cell for cell, _ in contents[c:d]]))
        if any((a < i < b) or (c < k < d) or (i == a and k != c and k <= d) for i, k in near):
            open_ones.add(at)
    return groups, frozenset(open_ones)


def _edges(
    names: Sequence[_Piece], contents: Sequence[_Piece]
) -> dict[tuple[int, int], list[tuple[tuple[int, int], float]]]:
    """What it costs that a task has the name's pieces and the content's from one place to another."""
    name_room = max([shown_width(cell) for cell, _ in names], default=0)
    room = max([shown_width(cell) for cell, _ in contents], default=0)
    first = _runs(names, name_room, _NAMES)
    second = _runs(contents, room, _CONTENTS)
    found: dict[tuple[int, int], list[tuple[tuple[int, int], float]]] = {}
    for i in range(len(names) + 1):
        for k in range(len(contents) + 1):
            ways = []
            for b, cost in [(i, _NAMELESS), *first.get(i, [])]:
                for d, more in [(k, _NAMELESS), *second.get(k, [])]:
                    if b == i and d == k:
                        continue
                    off = _apart(names[i:b], contents[k:d]) if b > i and d > k else 0.0
                    ways.append(((b, d), cost + more + _OFF * off))
            found[i, k] = ways
    return found


def _runs(pieces: Sequence[_Piece], room: int, most: int) -> dict[int, list[tuple[int, float]]]:
    """For each place the ends of texts that begin there, and what such a text costs by itself."""
    found: dict[int, list[tuple[int, float]]] = {}
    for start in range(len(pieces)):
        cost = 0.0
        ways = []
        for end in range(start + 1, min(start + most, len(pieces)) + 1):
            if end - start > 1:
                cost += _join(pieces[end - 2], pieces[end - 1], room)
            whole = cost
            if end < len(pieces):
                whole += _end(pieces[end - 1][0], pieces[end][0], room)
            ways.append((end, whole))
        found[start] = ways
    return found


def _join(before: _Piece, piece: _Piece, room: int) -> float:
    short = room_left(before[0], piece[0], room)
    if piece[0].text[0] in CLOSING or (before[0].text[-1] in OPENING and short < _SLACK):
        return 0.0
    ended = 1.0 if before[0].text.endswith("。") else 0.0
    return ended if short < 0 else min(_MOST, _JOIN + _A_PLACE * short + ended)


def _end(last: Cell, following: Cell, room: int) -> float:
    if following.text[0] in CLOSING or last.text[-1] in OPENING:
        # What an export has cut may end with a bracket.
        return _TORN if following.text[0] in CLOSING or room_left(last, following, room) < _SLACK else _FULL_END
    if last.text.endswith("。"):
        return 0.0
    return _FULL_END if room_left(last, following, room) < 0 else 0.0


def _apart(names: Sequence[_Piece], contents: Sequence[_Piece]) -> float:
    """How many lines the middles of a name and its content are apart; none where both begin on one line."""
    low1, high1 = _middle(names)
    low2, high2 = _middle(contents)
    middle = max(low1 - high2, low2 - high1, 0.0)
    return min(middle, abs(names[0][1] - contents[0][1]) + 0.25)


def _middle(pieces: Sequence[_Piece]) -> tuple[float, float]:
    half = len(pieces) // 2
    return (pieces[half][1],) * 2 if len(pieces) % 2 else (pieces[half - 1][1], pieces[half][1])


# ---- notes


def notes(lines: Sequence[Line], profile: FormProfile) -> list[Row]:
    """The notes: one row of label and text, the lines below it as they are."""
    if not lines:
        return []
    labels = side_labels(lines, section_words(profile, "notes"))
    label = labels[0] if labels else None
    if label is None:
        return plain(lines)
    last = label.lines[-1]
    end = last + 1
    while (
        end < len(lines)
        and lines[end].y == lines[end - 1].y + 1
        and not profile.is_furniture(lines[end].pieces[0].text)
    ):
        end += 1
    texts = _whole_lines(lines[:end], label)
    row = [label.cell._replace(col=0)]
    if texts:
        row.append(join_pieces(texts)._replace(col=1))
    return [Row(row[0].line, row, 2), *plain(lines[end:])]
