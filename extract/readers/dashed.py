"""Tables whose columns are ruled off by dashes, as converters print them in plain text and Markdown.

----------  --------     The dashes tell the columns. Without blank lines a line is a row; where blank lines
甲          乙           stand between rows, the lines of a row are those of its cells. Such a table ends with
----------  --------     dashes; one with a header above the dashes and no others ends with a blank line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.clean import has_many
from extract.model import Row
from extract.patterns import re
from extract.readers.columns import display_columns
from extract.readers.inline import Writing
from extract.readers.pieces import Draft, Slice, row

_RULE: Final = re.compile(r"\s*+(?:-{2,}+(?:\s++-{2,}+)++|={2,}+(?:\s++={2,}+)++)\s*$")
# What the shortest rule has.
_FEWEST_DASHES: Final = 4
_RUN: Final = re.compile(r"[-=]+")
_TEXT: Final = re.compile(r"\S+(?: \S+)*")
_FULL: Final = re.compile(r"\s*+-{6,}+\s*$")
# How far a character of unclear width may move a line against the dashes.
_DRIFT: Final = 40
_FEWEST_ROWS: Final = 2
# Headers have no more lines than this.
_TALLEST_HEADER: Final = 12


class _Table(NamedTuple):
    """A table: its first line and the one behind it, its rule, and the lines of each of its rows (all 0-based)."""

    start: int
    end: int
    rule: int
    rows: list[list[int]]


def may_be(text: str) -> bool:
    """A cheap test that most texts of other shapes do not pass."""
    # Looking for one character takes a fraction of the time that looking for two takes.
    if has_many(text, "-", _FEWEST_DASHES) and "--" in text and ("-- -" in text or "--  -" in text):
        return True
    return has_many(text, "=", _FEWEST_DASHES) and "==" in text and ("== =" in text or "==  =" in text)


def read(
    lines: Sequence[str], read_rest: Callable[[Sequence[str]], list[Row]], writing: Writing | None = None
) -> list[Row] | None:
    """The rows of lines with such tables among them; None where there are none.

    ``read_rest`` reads the lines outside of the tables; it is given all, those of the tables blank. ``writing``: the
    marks that texts may hold.
    """
    found: list[Row] = []
    rest = list(lines)
    at = 0
    while at < len(lines):
        table = _table(lines, at) if _RULE.match(lines[at]) else None
        rows = _rows(lines, table, writing) if table is not None else None
        if table is None or rows is None:
            at += 1
            continue
        found += rows
        rest[table.start : table.end] = [""] * (table.end - table.start)
        at = table.end
    if not found:
        return None
    return sorted([*found, *read_rest(rest)], key=lambda row: row.line)


def _table(lines: Sequence[str], rule: int) -> _Table | None:
    """The table whose columns this rule tells."""
    header: list[int] = []
    above = rule - 1
    while above >= 0 and rule - above <= _TALLEST_HEADER and lines[above].strip() and not _is_rule(lines[above]):
        header.insert(0, above)
        above -= 1
    fenced = above >= 0 and bool(header) and _is_rule(lines[above])
    start = above if fenced else header[0] if header else rule
    closed = fenced or not header
    end = _end(lines, rule + 1, closed=closed)
    if end is None:
        return None
    body = range(rule + 1, end)
    blocks = _blocks(lines, body)
    # A row over several lines stands between blank ones; a table of one row tells nothing about it.
    tall = len(blocks) > 1 or (fenced and bool(_FULL.match(lines[above])))
    rows = blocks if tall else [[i] for i in body if lines[i].strip()]
    stop = end + 1 if end < len(lines) and _is_rule(lines[end]) else end
    return _Table(start, stop, rule, [*([header] if header else []), *rows])


def _is_rule(line: str) -> bool:
    return bool(_RULE.match(line) or _FULL.match(line))


def _end(lines: Sequence[str], start: int, *, closed: bool) -> int | None:
    """The line that ends a table: a rule where it is ``closed`` by one, else a blank line."""
    for i in range(start, len(lines)):
        if _is_rule(lines[i]):
            return i
        if not closed and not lines[i].strip():
            return i
    return None if closed else len(lines)


def _blocks(lines: Sequence[str], body: range) -> list[list[int]]:
    """The lines between blank ones."""
    found: list[list[int]] = []
    before = False
    for i in body:
        filled = bool(lines[i].strip())
        if filled and before:
            found[-1].append(i)
        elif filled:
            found.append([i])
        before = filled
    return found


def _rows(lines: Sequence[str], table: _Table, writing: Writing | None) -> list[Row] | None:
    """The rows of a table; None where its lines do not keep to its columns."""
    if len(table.rows) < _FEWEST_ROWS:
        return None
    runs = [match.span() for match in _RUN.finditer(lines[table.rule])]
    own = [lines[i] for numbers in table.rows for i in numbers]
    # Programs do not agree on how wide some characters are: the width is right by which texts stand at the dashes.
    wide = _at_dashes(own, runs, wide=True) > _at_dashes(own, runs, wide=False)
    edges = [start for start, _ in runs]
    found: list[Row] = []
    for numbers in table.rows:
        cells: list[list[Slice]] = [[] for _ in edges]
        for i in numbers:
            cuts = _cuts(lines[i], edges, wide=wide)
            if cuts is None:
                return None
            for col, (low, high) in enumerate(pairwise(cuts)):
                if lines[i][low:high].strip():
                    cells[col].append(Slice(i + 1, low, high))
        drafts = [Draft(col, [slices], 1, writing) for col, slices in enumerate(cells)]
        made = row(lines, numbers[0] + 1, drafts, len(edges))
        if made is not None:
            found.append(made)
    return found


def _at_dashes(lines: Sequence[str], runs: Sequence[tuple[int, int]], *, wide: bool) -> tuple[int, int]:
    """How many texts begin where dashes do, or end there, whichever is more; and how many do either."""
    starts, ends = {start for start, _ in runs}, {end for _, end in runs}
    begun = ended = 0
    for line in lines:
        if not line.isascii():
            columns = display_columns(line, wide)
            for match in _TEXT.finditer(line):
                begun += columns[match.start()] in starts
                ended += columns[match.end()] in ends
    return max(begun, ended), begun + ended


def _cuts(line: str, edges: Sequence[int], *, wide: bool) -> list[int] | None:
    """Where the columns begin in a line, and its end; None where texts run over the edges.

    An edge that falls into a text is moved as far as characters of unclear width allow.
    """
    for two in (wide, not wide):
        columns = display_columns(line, two)
        cuts = [bisect_left(columns, edge, 0, len(line)) for edge in edges]
        if all(cut >= len(line) or cut == 0 or line[cut - 1] == " " for cut in cuts):
            return [0, *cuts[1:], len(line)]
    narrow, broad = display_columns(line, wide=False), display_columns(line, wide=True)
    cuts = [0]
    for edge in edges[1:]:
        low = max(bisect_left(broad, edge, 0, len(line)), cuts[-1])
        high = min(bisect_left(narrow, edge, 0, len(line)), low + _DRIFT)
        between = [i for i in range(low, high + 1) if i >= len(line) or (i and line[i - 1] == " ")]
        if not between:
            return None
        cuts.append(between[0])
    return [*cuts, len(line)]
