"""Text dumps in which the page's layout was kept, turned into the rows that an unwrapped dump would have.

Cells stand at their columns, are broken over lines, and spanned cells are drawn in the middle of their rows. What is a
row, and which rows a label stands for, is told by where things stand; see ``layout_rows`` and ``layout_spans``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from extract.interpret import layout_parts as parts
from extract.interpret.layout_blocks import Blocks, header_at, spaced, split
from extract.interpret.layout_funding import funding
from extract.interpret.layout_lines import (
    MEASURES,
    Strip,
    crowd,
    filled,
    full_lines,
    strips,
)
from extract.interpret.layout_pushed import with_room
from extract.interpret.layout_rows import (
    CONVENTIONS,
    ENDS_FULL_SENTENCE,
    MISPLACED,
    NEAR,
    NEAR_NAMES,
    Convention,
    Drawn,
    drawn,
    either,
)
from extract.interpret.layout_spans import Reading, with_edges
from extract.interpret.layout_straight import straightened
from extract.interpret.layout_tree import TreeTable, both, tree_table
from extract.model import Finding, Row
from extract.vocabulary import Vocabulary

# Where more of the rows are open, cells only seem to stand in columns.
_ROWS_A_DOUBT: Final = 4


@dataclass(frozen=True, slots=True)
class LayoutReading:
    """Logical rows, as an unwrapped dump would have them, and what the layout leaves open."""

    rows: list[Row]
    doubts: tuple[Finding, ...]
    # The conventions of drawing spanned cells under which the page can be read, the best first, and what each costs.
    ways: tuple[tuple[str, float], ...] = ()
    # Whether the cells beside the indicators' names stand exactly below one another.
    exact: bool = True
    # Whether the cells were told by where words stand on the page, and not by columns of blanks.
    free: bool = False

    def holds(self) -> bool:
        """Whether the lines keep to their columns, so that where cells stand may be relied on."""
        few = len(self.doubts) * _ROWS_A_DOUBT <= len(self.rows)
        return few and (not self.doubts or self.exact) and all(doubt.code != "layout_uneven" for doubt in self.doubts)


# What the conventions are called, in their order: where a spanned cell stands, and its odd line.
_NAMES: Final = ("middle_below", "middle_above", "top", "bottom")
# What separates the cells of other tables: where many lines have one of these, no columns need to be looked for.
_SEPARATORS: Final = ("\t", "|", "│", "┃", "║")
# A row of the table has at least a name, an operator and a value, or a value, a unit and a weight.
_ROW_WORDS: Final = 3
# So many rows say enough.
_ENOUGH_ROWS: Final = 18
# So many of a table's rows end in the last column: where every header word has a column, and where one has none.
_ORDERLY: Final = 0.6
_VERY_ORDERLY: Final = 0.85
# Of so many lines, one may stand out of the columns.
_LINES_A_STRAY: Final = 12
# What fewer rows show may be chance, so that their last cells have to stand exactly below the header's.
_NO_END: Final = 1 << 30
_FEW_ROWS: Final = 2


def is_layout(lines: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the lines of a form keep a page's layout: the last cells of its indicators stand in columns.

    Where cells are only separated by blanks, their places follow the lengths of the names before them.
    """
    if any(sum([sign in line for line in lines]) * 4 > len(lines) for sign in _SEPARATORS):
        return False
    words = [line.split() for line in lines]
    header = header_at(words, vocabulary.profile)
    if header < 0:
        # A header broken over lines has no line that says it; only a layout breaks one.
        return split(lines, vocabulary) is not None
    known = vocabulary.operators
    rows: list[int] = []
    for at in range(header + 1, len(lines)):
        own = words[at]
        if len(own) >= _ROW_WORDS and own[-1][-1] != "页" and any(w in known or w[0].isdigit() for w in own):
            rows.append(at)
            if len(rows) == _ENOUGH_ROWS:
                break
    chosen = [lines[header].rstrip(), *(lines[at].rstrip() for at in rows)]
    count = len(words[header])
    measured = (strips(chosen, (0,) * len(chosen), way) for way in MEASURES[::2])
    return bool(rows) and any(_stand_in_columns(own, count) for own in measured)


def _stand_in_columns(lines: Sequence[Strip], words: int) -> bool:
    """``_in_columns``, room made behind full columns."""
    if _in_columns(lines, words):
        return True
    roomy = with_room(lines)
    return roomy is not None and _in_columns(roomy, words)


def _in_columns(lines: Sequence[Strip], words: int) -> bool:
    """Whether rows stand in the columns of the header, the first line, which has so many ``words``.

    There is a column for each of them, and rows end in the last column.
    """
    segments = filled(crowd(lines), len(lines) // _LINES_A_STRAY)
    if len(segments) < words - 1:
        return False
    segments = _reached(segments, lines[1:])
    header = lines[0].places[: segments[-1][1]].rstrip()
    last = segments[-1][0]
    if len(header) <= last:
        if len(segments) == 1:
            return False
        # A header word may stand beside its column's cells.
        last = segments[-2][0] if len(header) > segments[-2][0] else len(header)
    orderly = 0
    for line in lines[1:]:
        places = line.places[: segments[-1][1]].rstrip()
        rest, _, _ = places.rpartition(b" ")
        orderly += len(places) > last >= len(rest.rstrip())
    rows = len(lines) - 1
    if rows <= _FEW_ROWS and not all(_below(header, line.places) for line in lines[1:]):
        return False
    return orderly >= (_ORDERLY if len(segments) >= words else _VERY_ORDERLY) * rows


def _reached(segments: list[tuple[int, int]], rows: Sequence[Strip]) -> list[tuple[int, int]]:
    """The columns up to the last one that most rows reach: remarks are blank mostly. No end for the last."""
    counts = crowd(rows)
    at = len(segments)
    while at > 1 and max(counts[segments[at - 1][0] : segments[at - 1][1]], default=0) * 2 < len(rows):
        at -= 1
    return segments[:at] if at < len(segments) else [*segments[:-1], (segments[-1][0], _NO_END)]


def _below(header: bytes, row: bytes) -> bool:
    """Whether a row's last word begins, ends or has its middle where the header's last word does."""
    first, second = header.rfind(b" ") + 1, row.rfind(b" ") + 1
    return first == second or len(header) == len(row) or abs(first + len(header) - second - len(row)) <= 1


def read_layout(lines: Sequence[str], first_line: int, vocabulary: Vocabulary) -> LayoutReading:
    """The logical rows of one form. ``first_line``: the 1-based source line of ``lines[0]``."""
    blocks = split(lines, vocabulary)
    if blocks is None:
        everything = strips(lines, range(first_line, first_line + len(lines)))
        return LayoutReading(parts.plain_rows(everything), ())
    return _read(lines, first_line, vocabulary, blocks)


def _read(lines: Sequence[str], first_line: int, vocabulary: Vocabulary, blocks: Blocks) -> LayoutReading:
    profile = vocabulary.profile
    measured, tree = _measured(lines, first_line, vocabulary, blocks)

    def block(numbers: Sequence[int]) -> list[Strip]:
        return [measured[at] for at in numbers]

    goals = parts.goals(block(blocks.goals), profile)
    tasks = parts.task_table(block(blocks.task_head), block(blocks.tasks), profile, tree.gap)
    labels = [label for label in (goals.label, tasks and tasks.drawn) if label is not None]
    convention, reading, ways = _best(labels, tasks, tree)
    if tree.layout.blank and any(at in blocks.breaks for at in blocks.indicators):
        # A page break may have swallowed one of the blank lines between rows: labels stand a little off.
        reading = with_edges(reading)
    done = parts.tasks(tasks, convention) if tasks is not None else parts.Part([], [])
    indicators = tree.rows(reading)
    rows = parts.plain_rows(block(blocks.head)) + parts.facts(block(blocks.facts))
    money = funding(block(blocks.funding), profile)
    rows += money.rows + goals.rows + done.rows
    rows += parts.plain_rows(block(blocks.section)) + indicators.rows
    rows += parts.notes(block(blocks.notes)) + parts.plain_rows(block(blocks.after))
    doubts = (*money.doubts, *goals.doubts, *done.doubts, *indicators.doubts)
    return LayoutReading(rows, doubts, ways, tree.exact() == 1.0)


def _measured(
    lines: Sequence[str], first_line: int, vocabulary: Vocabulary, blocks: Blocks
) -> tuple[list[Strip], TreeTable]:
    """The lines measured the way their tool measured them, and the indicators' table.

    It is the measure by which cells stand below one another, and by which most lines of running text are full.
    """
    numbers = range(first_line, first_line + len(lines))
    body = spaced(blocks.indicators, blocks.breaks)
    text = [at for part in (blocks.goals, blocks.tasks) for at in part]
    found: list[tuple[float, float, int, list[Strip], TreeTable]] = []
    for measure in MEASURES:
        measured = strips(lines, numbers, measure)
        tree = tree_table([measured[at] for at in blocks.header], [measured[at] for at in body], vocabulary)
        exact = tree.exact()
        if not found and exact == 1.0 and tree.settles_measure(lines, first_line):
            return measured, tree
        aligned = tree.aligned()
        roomy = _with_room(measured, [*blocks.header, *body], blocks.funding)
        if roomy is not None:
            other = tree_table([roomy[at] for at in blocks.header], [roomy[at] for at in body], vocabulary)
            if other.aligned() > aligned or (aligned == 1.0 == other.aligned() and other.exact() >= exact):
                measured, tree, aligned, exact = roomy, other, other.aligned(), other.exact()
        found.append((aligned, exact, full_lines([measured[at] for at in text]), measured, tree))
    aligned, _, _, measured, tree = max(found, key=lambda way: way[:3])
    if aligned < 1.0:
        rows = [*blocks.header, *body]
        straight = straightened([measured[at] for at in rows])
        head, rest = straight[: len(blocks.header)], straight[len(blocks.header) :]
        other = tree_table(head, rest, vocabulary, drifted=True)
        if other.aligned() > aligned or tree.crowded():
            tree = other
        tree.drifted = True
    return measured, tree


def _with_room(lines: Sequence[Strip], table: Sequence[int], money: Sequence[int]) -> list[Strip] | None:
    """The lines of a form, with room behind full columns in its tables; None where no line of these is pushed."""
    found = list(lines)
    for block, others in ((table, ()), (money, table)):
        roomy = with_room([lines[at] for at in block], [lines[at] for at in others])
        for at, line in zip(block, roomy or (), strict=False):
            found[at] = line
    return found if found != list(lines) else None


def _best(
    labels: Sequence[Drawn], tasks: parts.TaskTable | None, tree: TreeTable
) -> tuple[Convention, Reading, tuple[tuple[str, float], ...]]:
    """The convention that the whole form holds to, and the indicators' reading under it.

    Other conventions that explain the form nearly as well leave their readings among the others.
    """
    found: list[tuple[float, int, Convention, Reading]] = []
    left = list(CONVENTIONS)
    for at, convention in enumerate(CONVENTIONS):
        cost = sum(MISPLACED for label in labels if not label.agrees(convention))
        if convention not in left or (found and cost > min(found)[0] + NEAR):
            continue
        reading = tree.reading(convention)
        if reading is None:
            continue
        cost += reading.cost
        seen = [*labels, *tree.drawn(reading)]
        if tasks is not None and tasks.layout is not None:
            way = tasks.layout.best(convention)
            cost += way.cost
            seen += drawn(way.rows)
        found.append((cost, at, convention, reading))
        # A convention that reads the rows otherwise has to take a full line for the end of a text.
        if cost < ENDS_FULL_SENTENCE:
            shown = [cell for cell in seen if cell.agrees(convention)]
            left = [other for other in left if all(cell.agrees(other) for cell in shown)]
    if not found:
        loose = tree.loose_reading()
        return either, loose, (("loose", loose.cost),)
    found.sort(key=lambda way: way[:2])
    cost, _, convention, best = found[0]
    ways = tuple((_NAMES[at], cost) for cost, at, _, _ in found)
    if best.cost > NEAR_NAMES:
        # Lines may be missing, so that labels only seem to stand where a convention puts them.
        loose = tree.loose_reading()
        if loose.cost < best.cost:
            return either, loose, (("loose", loose.cost), *ways)
    for other in found[1:]:
        if other[0] <= cost + NEAR:
            best = both(best, other[3])
    return convention, best, ways
