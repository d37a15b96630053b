"""Text dumps in which the page's layout was kept, turned into the rows that an unwrapped dump would have.

Cells stand at their columns, are broken over lines, and spanned cells are drawn in the middle of their rows. What is a
row, and which rows a label stands for, is told by where things stand; see ``layout_rows`` and ``layout_spans``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from extract.clean import width
from extract.interpret import layout_parts as parts
from extract.interpret.layout_blocks import Blocks, header_at, spaced, split
from extract.interpret.layout_lines import Strip, strips
from extract.interpret.layout_rows import (
    CONVENTIONS,
    ENDS_FULL_SENTENCE,
    MISPLACED,
    NEAR,
    Convention,
    Drawn,
    drawn,
    either,
    paths,
    stretches,
)
from extract.interpret.layout_spans import Reading
from extract.interpret.layout_tree import TreeTable, both, tree_table
from extract.model import Finding, Row
from extract.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class LayoutReading:
    """Logical rows, as an unwrapped dump would have them, and what the layout leaves open."""

    rows: list[Row]
    doubts: tuple[Finding, ...]


# A row of the table has at least a name, an operator and a value, or a value, a unit and a weight.
_ROW_WORDS: Final = 3
# Of the rows, so many have their last cells at one place (give or take one), or at nearly one place.
_ALIGNED: Final = 0.6
_NEARLY_ALIGNED: Final = 0.8
# Among so few rows, all have to.
_FEW_ROWS: Final = 3


def is_layout(lines: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the lines of a form keep a page's layout: the last cells of most indicators stand one below another.

    Where cells are only separated by blanks, their places follow the lengths of the names before them.
    """
    if sum("\t" in line or "|" in line for line in lines) * 4 > len(lines):
        return False
    words = [line.split() for line in lines]
    first = header_at(words, vocabulary.profile)
    rows = [at for at in range(max(first, 0) + 1, len(lines)) if len(words[at]) >= _ROW_WORDS]
    if first < 0:
        # A header broken over lines has no line that says it; only a layout breaks one.
        return split(lines, vocabulary) is not None
    if len(rows) < 2:
        return False
    return any(_stand_below(lines, words, rows, measure) for measure in (width, len))


def _stand_below(
    lines: Sequence[str], words: Sequence[Sequence[str]], rows: Sequence[int], measure: Callable[[str], int]
) -> bool:
    """Whether the last two cells of the rows begin or end at the same places."""
    starts: tuple[list[int], list[int]] = ([], [])
    ends: tuple[list[int], list[int]] = ([], [])
    for at in rows:
        line = lines[at].rstrip()
        for place in (0, 1):
            word = words[at][-1 - place]
            cut = line.rindex(word)
            starts[place].append(measure(line[:cut]))
            ends[place].append(starts[place][-1] + measure(word))
            line = line[:cut].rstrip()
    return all(_gathered(starts[place]) or _gathered(ends[place]) for place in (0, 1))


def _gathered(places: list[int]) -> bool:
    """Whether most of the places are one, give or take little."""
    count = len(places)
    if count <= _FEW_ROWS:
        return max(places) == min(places)
    seen = Counter(places)
    for reach, share in ((1, _ALIGNED), (2, _NEARLY_ALIGNED)):
        if any(sum(seen[x] for x in range(place - reach, place + reach + 1)) >= share * count for place in seen):
            return True
    return False


def read_layout(lines: Sequence[str], first_line: int, vocabulary: Vocabulary) -> LayoutReading:
    """The logical rows of one form. ``first_line``: the 1-based source line of ``lines[0]``."""
    blocks = split(lines, vocabulary)
    if blocks is None:
        everything = strips(lines, range(first_line, first_line + len(lines)))
        return LayoutReading(parts.plain_rows(everything), ())
    return _read(lines, first_line, vocabulary, blocks)


def _read(lines: Sequence[str], first_line: int, vocabulary: Vocabulary, blocks: Blocks) -> LayoutReading:
    profile = vocabulary.profile
    measured = strips(lines, range(first_line, first_line + len(lines)))

    def block(numbers: Sequence[int]) -> list[Strip]:
        return [measured[at] for at in numbers]

    goals = parts.goals(block(blocks.goals), profile)
    tasks = parts.task_table(block(blocks.task_head), block(blocks.tasks), profile)
    tree = tree_table(block(blocks.header), block(spaced(blocks.indicators, blocks.breaks)), vocabulary)
    labels = [label for label in (goals.label, tasks and tasks.drawn) if label is not None]
    convention, reading = _best(labels, tasks, tree)
    done = parts.tasks(tasks, convention) if tasks is not None else parts.Part([], [])
    indicators = tree.rows(reading)
    rows = parts.plain_rows(block(blocks.head)) + parts.facts(block(blocks.facts))
    rows += parts.funding(block(blocks.funding), profile) + goals.rows + done.rows
    rows += parts.plain_rows(block(blocks.section)) + indicators.rows
    rows += parts.notes(block(blocks.notes), []) + parts.plain_rows(block(blocks.after))
    return LayoutReading(rows, (*goals.doubts, *done.doubts, *indicators.doubts))


def _best(labels: Sequence[Drawn], tasks: parts.TaskTable | None, tree: TreeTable) -> tuple[Convention, Reading]:
    """The convention that the whole form holds to, and the indicators' reading under it.

    Other conventions that explain the form nearly as well leave their readings among the others.
    """
    found: list[tuple[float, int, Convention, Reading]] = []
    left = list(CONVENTIONS)
    for at, convention in enumerate(CONVENTIONS):
        reading = tree.reading(convention) if convention in left else None
        if reading is None:
            continue
        cost = reading.cost + sum(MISPLACED for label in labels if not label.agrees(convention))
        seen = [*labels, *tree.drawn(reading)]
        if tasks is not None:
            edges = stretches(tasks.layout, convention)
            way = paths(edges, 0, len(edges), 1)[0]
            cost += way.cost
            seen += drawn(way.rows)
        found.append((cost, at, convention, reading))
        # A convention that reads the rows otherwise has to take a full line for the end of a text.
        if cost < ENDS_FULL_SENTENCE:
            left = [other for other in left if all(cell.agrees(other) for cell in seen)]
    if not found:
        return either, tree.loose_reading()
    found.sort(key=lambda way: way[:2])
    cost, _, convention, best = found[0]
    for other in found[1:]:
        if other[0] <= cost + NEAR:
            best = both(best, other[3])
    return convention, best
