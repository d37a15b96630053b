"""Tables with pipes between their cells: Markdown, rows padded with pipes, rows and cells broken over lines.

Three ways to break lines are told apart. Mostly a line is a row, and one that a line break inside a cell cut in two is
put together. Where lines hold a lone pipe, the text is one stream of cells, in which a line break says nothing: rows
are told by their number of cells, where the rows that end in several pipes agree on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from extract.model import Row
from extract.patterns import re
from extract.readers import inline
from extract.readers.inline import Writing
from extract.readers.periods import Period, kind_of, period
from extract.readers.pieces import Draft, Slice, row

PlainRow = Callable[[str, int], Row | None]

# |---|:--:|, with or without the pipes at the ends; |---+---| in Org.
_RULE: Final = re.compile(r"\s*+(?:\|\s*+)?:?-+:?\s*+(?:[|+]\s*+:?-+:?\s*+)*+(?:\|\s*+)?$")
_PIPE: Final = re.compile(r"\|")
# A pipe that no backslash escapes, in Markdown.
_BARE_PIPE: Final = re.compile(r"(?<!\\)\|")
_MARK: Final = "  "
_FEWEST_LINES: Final = 4
_LONE: Final = "|"
# So many lines with a lone pipe make a text one stream of cells.
_FEWEST_LONE: Final = 3
# So do so many that hold one cell each, and so many in a hundred.
_FEWEST_ENDED: Final = 20
_SAME_ENDED: Final = 90
# Lines with so many cells tell rows themselves.
_MANY_CELLS: Final = 2
_NARROWEST: Final = 3
_LONG_RUN: Final = 8
# So many rows in a hundred have to agree on a width.
_SAME: Final = 60
# Of so many lines, one that no pipe opens may be the second piece of a row.
_MANY: Final = 4
# A cell is broken over no more lines than this.
_LONGEST_CELL: Final = 60


class Line(NamedTuple):
    """A line with pipes: the stretches between them, the outermost ones included."""

    number: int
    stretches: list[Slice]
    opened: bool
    closed: bool


def may_be(text: str) -> bool:
    """A cheap test that most texts of other shapes do not pass."""
    return "|" in text and text.count("|") >= _FEWEST_LINES


class Piped(NamedTuple):
    """Rows, and whether it is left open where they begin: a line holds a cell each."""

    rows: list[Row]
    guessed: bool = False


def read(lines: Sequence[str], plain_row: PlainRow, writing: Writing | None = None) -> Piped | None:
    """The rows of lines with pipes; None where too few have any. ``plain_row`` reads a line that has none.

    ``writing``: the marks that texts may hold. A ruled table has some in any case.
    """
    filled = sum(1 for line in lines if line and not line.isspace())
    piped = [line for line in lines if _LONE in line]
    ruled = any(_LONE in line and _RULE.match(line) for line in piped)
    if len(piped) < 2 or not (ruled or (len(piped) >= _FEWEST_LINES and (len(piped) * 2 >= filled or _has_run(lines)))):
        return None
    if sum(line.count("\t") for line in piped) > sum(line.count(_LONE) for line in piped):
        return None
    if _is_stream(piped):
        return _stream(lines, plain_row)
    return Piped(_by_lines(lines, plain_row, writing or (inline.light if ruled else None)))


def _is_stream(lines: Sequence[str]) -> bool:
    """Whether lines say nothing of rows: some hold a lone pipe, or nearly all a cell and the pipe behind it."""
    if sum([line.strip() == _LONE for line in lines]) >= _FEWEST_LONE:
        return True
    piped = [line for line in lines if _LONE in line]
    ended = sum([line.find(_LONE) == len(line.rstrip()) - 1 for line in piped])
    return ended >= _FEWEST_ENDED and ended * 100 >= len(piped) * _SAME_ENDED


def _has_run(lines: Sequence[str]) -> bool:
    """Whether so many lines with several pipes follow one another that they are a table, whatever else there is."""
    run = 0
    for line in lines:
        run = run + 1 if line.count(_LONE) > 1 else 0
        if run == _LONG_RUN:
            return True
    return False


def _split(line: str, number: int, pipe: re.Pattern[str]) -> Line:
    """A line cut at its pipes; a pipe at either end encloses the row and separates nothing."""
    stretches: list[Slice] = []
    start = 0
    for match in pipe.finditer(line):
        stretches.append(Slice(number, start, match.start()))
        start = match.end()
    stretches.append(Slice(number, start, len(line)))
    first, last = stretches[0], stretches[-1]
    return Line(
        number,
        stretches,
        opened=len(stretches) > 1 and not line[first.start : first.end].strip(),
        closed=len(stretches) > 1 and not line[last.start : last.end].strip(),
    )


# ---- a line is a row


def _by_lines(lines: Sequence[str], plain_row: PlainRow, writing: Writing | None) -> list[Row]:
    pipe = _PIPE if writing is None else _BARE_PIPE
    read_lines = [_split(line, i + 1, pipe) if _LONE in line else None for i, line in enumerate(lines)]
    outer = _is_enclosed(lines, read_lines)
    hard = not outer and _are_marked(lines, read_lines)
    width = _usual_width([line for line in read_lines if line is not None], outer=outer)
    found: list[Row] = []
    at = 0
    while at < len(lines):
        line = read_lines[at]
        if line is None:
            plain = plain_row(lines[at], at + 1)
            if plain is not None:
                found.append(plain)
            at += 1
            continue
        if _RULE.match(lines[at]):
            at += 1
            continue
        reach = _reach(lines, read_lines, at, width, outer=outer)
        if hard and (not width or reach == at + 1):
            reach = _to_mark(lines, at)
        cells = _whole(lines, read_lines, at, reach, outer=outer)
        if outer and line.closed and len(_inner(line, outer=True)) < width:
            within = _closed_pieces(lines, read_lines, at, width)
            # Of two ways to fill the width, the one that leaves no short line behind.
            cells, reach = within if within is not None and within[1] > reach else (cells, reach)
        if writing is inline.org:
            reach = _with_broken(lines, read_lines, cells, reach, outer=outer)
        at = reach
        made = _row(lines, line.number, cells, writing)
        if made is not None:
            found.append(made)
    return found


def _is_enclosed(lines: Sequence[str], read_lines: Sequence[Line | None]) -> bool:
    """Whether pipes enclose the rows: as the rule below a header says, else as the lines have it.

    A row that is not enclosed begins with a pipe where its first cell is blank; one that is enclosed does always, but
    for the second piece of a broken one.
    """
    for text, line in zip(lines, read_lines, strict=True):
        if line is not None and _RULE.match(text):
            return line.opened
    opened = [line.opened for line in read_lines if line is not None]
    return sum(not one for one in opened) * _MANY < len(opened)


def _inner(line: Line, *, outer: bool) -> list[Slice]:
    """The stretches that are cells."""
    if not outer:
        return line.stretches
    return line.stretches[1 if line.opened else 0 : -1 if line.closed else None]


def _usual_width(read_lines: Sequence[Line], *, outer: bool) -> int:
    """How many cells most rows have; 0 where no width stands out."""
    counts = Counter(len(_inner(line, outer=outer)) for line in read_lines)
    if not counts:
        return 0
    width, count = counts.most_common(1)[0]
    return width if width >= _NARROWEST and count * 100 >= len(read_lines) * _SAME else 0


def _whole(
    lines: Sequence[str], read_lines: Sequence[Line | None], at: int, reach: int, *, outer: bool
) -> list[list[Slice]]:
    """The cells of the row that begins in this line and goes up to another one, each with its lines."""
    line = read_lines[at]
    # A line may be one pipe, with no cell.
    cells = ([[part] for part in _inner(line, outer=outer)] if line is not None else []) or [[]]
    for number in range(at + 1, reach):
        more = read_lines[number]
        if more is None:
            cells[-1].append(Slice(number + 1, 0, len(lines[number])))
            continue
        parts = _inner(more, outer=outer)
        if outer and more.opened:
            cells += [[part] for part in parts]
        else:
            cells[-1] += parts[:1]
            cells += [[part] for part in parts[1:]]
    return cells


def _closed_pieces(
    lines: Sequence[str], read_lines: Sequence[Line | None], at: int, width: int
) -> tuple[list[list[Slice]], int] | None:
    """The cells of a row that line breaks within cells cut into closed pieces, and the line behind it.

    Each piece begins with the rest of the cell in which the one before ends. None where that does not make up the
    usual width exactly.
    """
    cells: list[list[Slice]] = []
    for number in range(at, min(len(lines), at + _LONGEST_CELL)):
        line = read_lines[number]
        if _RULE.match(lines[number]) and cells:
            continue
        if line is None or not line.opened or not line.closed:
            return None
        parts = [[part] for part in _inner(line, outer=True)]
        if len(parts) <= 1:
            return None
        cells = [*cells[:-1], [*cells[-1], *parts[0]], *parts[1:]] if cells else parts
        if len(cells) >= width:
            return (cells, number + 1) if len(cells) == width else None
    return None


def _with_broken(
    lines: Sequence[str], read_lines: Sequence[Line | None], cells: list[list[Slice]], reach: int, *, outer: bool
) -> int:
    """Takes the rest of broken cells into the cells of a row; gives the line behind it.

    A cell of Org that ends in two backslashes goes on below, in the same column of the next line.
    """
    while reach < len(lines) and any(_is_broken(lines[cell[-1].line - 1][: cell[-1].end]) for cell in cells if cell):
        more = read_lines[reach]
        parts = _inner(more, outer=outer) if more is not None and not _RULE.match(lines[reach]) else []
        if len(parts) != len(cells):
            break
        for cell, part in zip(cells, parts, strict=True):
            cell.append(part)
        reach += 1
    return reach


def _is_broken(text: str) -> bool:
    return text.rstrip().endswith("\\\\")


def _are_marked(lines: Sequence[str], read_lines: Sequence[Line | None]) -> bool:
    """Whether rows end in the two blanks that mark the end of a line in Markdown; other lines are wrapped ones."""
    piped = [line for line, read_line in zip(lines, read_lines, strict=True) if read_line is not None]
    return sum(line.endswith(_MARK) for line in piped) * 100 >= len(piped) * _SAME


def _to_mark(lines: Sequence[str], at: int) -> int:
    """The line after the row that begins in this one, where rows end in a mark."""
    end = at
    last = min(len(lines), at + _LONGEST_CELL) - 1
    while end < last and not lines[end].endswith(_MARK) and lines[end + 1].strip():
        end += 1
    return end + 1


def _reach(lines: Sequence[str], read_lines: Sequence[Line | None], at: int, width: int, *, outer: bool) -> int:
    """The line after the row that begins in this one.

    A row goes on where it was opened and not closed, and where that makes up the usual width exactly.
    """
    line = read_lines[at]
    if line is None:
        return at + 1
    have = len(_inner(line, outer=outer))
    whole = line.closed if outer else not width
    if (width and have >= width) or (whole and (not width or not outer)):
        return at + 1
    last = min(len(lines), at + _LONGEST_CELL)
    for number in range(at + 1, last):
        more = read_lines[number]
        if more is None:
            if whole or _ends(lines, number, width, outer=outer):
                break
            continue
        if _RULE.match(lines[number]):
            break
        parts = _inner(more, outer=outer)
        if outer and more.opened:
            # Two closed pieces are one row where they have its width together.
            if not whole or not width or have + len(parts) > width:
                break
            have += len(parts)
        else:
            have += len(parts) - 1
        if width and have > width:
            break
        whole = more.closed if outer else whole
        if have == width or (not width and whole):
            return number + 1
    return at + 1


def _ends(lines: Sequence[str], number: int, width: int, *, outer: bool) -> bool:
    """Whether a line without pipes cannot stand within a cell: two blank lines, or one where nothing tells widths."""
    if lines[number].strip():
        return False
    return not outer and (not width or (number + 1 < len(lines) and not lines[number + 1].strip()))


def _row(lines: Sequence[str], number: int, cells: Sequence[Sequence[Slice]], writing: Writing | None) -> Row | None:
    drafts = [Draft(col, [[part] for part in parts], 1, writing) for col, parts in enumerate(cells)]
    return row(lines, number, drafts, len(drafts))


# ---- one stream of cells


class _Token(NamedTuple):
    """What stands before a pipe, over any number of lines, and in which line the pipe stands."""

    slices: list[Slice]
    line: int


def _stream(lines: Sequence[str], plain_row: PlainRow) -> Piped:
    tokens, tail = _tokens(lines)
    rows = _period(lines, tokens)
    found: list[Row] = []
    for first, cells in _rows_of(lines, tokens, rows):
        found += _between(lines, first, plain_row)
        made = _stream_row(lines, cells)
        if made is not None:
            found.append(made)
    alone = len(tokens) < _MANY_CELLS * len({token.line for token in tokens})
    return Piped(found + _between(lines, tail, plain_row), alone and not rows.sure)


def _rows_of(
    lines: Sequence[str], tokens: Sequence[_Token], rows: Period
) -> Iterator[tuple[list[Slice], list[list[Slice]]]]:
    """The rows, each with the lines that stand before it."""
    if not rows.length:
        return ((list[Slice](), cells) for cells in _pieces_of_rows(lines, tokens))
    if rows.opened:
        return _cut(tokens, rows.length, _ends_of_rows(lines, tokens) if rows.shown else [])
    # The lines above the table stand before the first pipe, together with the first cell.
    above, first = tokens[0].slices[:-1], tokens[0].slices[-1:]
    own = [first, *(token.slices for token in tokens[1:])]
    return ((above if not i else [], own[i : i + rows.length]) for i in range(0, len(own), rows.length))


def _tokens(lines: Sequence[str]) -> tuple[list[_Token], list[Slice]]:
    """The texts before each pipe, and what stands behind the last."""
    found: list[_Token] = []
    waiting: list[Slice] = []
    for i, line in enumerate(lines):
        start = 0
        for piece in line.split(_LONE)[:-1]:
            waiting.append(Slice(i + 1, start, start + len(piece)))
            found.append(_Token(waiting, i + 1))
            waiting = []
            start += len(piece) + 1
        if start < len(line):
            waiting.append(Slice(i + 1, start, len(line)))
    return found, waiting


def _ends_of_rows(lines: Sequence[str], tokens: Sequence[_Token]) -> list[int]:
    """The tokens behind which a row ends: the last ones of lines that are nothing but several pipes.

    Where no blank cells end a row, that line is empty, and a lone pipe below it opens the next row.
    """
    found: list[int] = []
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        text = lines[token.line - 1].strip()
        padded = (after is None or after.line != token.line) and len(text) > 1 and not text.strip(_LONE)
        apart = after is not None and after.line == token.line + 2 and lines[after.line - 1].strip() == _LONE
        if padded or (apart and not lines[token.line].strip()):
            found.append(i)
    return found


def _period(lines: Sequence[str], tokens: Sequence[_Token]) -> Period:
    """How many pipes a row has, the one that opens it counted."""
    kinds = "".join([kind_of(_text(lines, token.slices)) for token in tokens])
    return period(kinds, _ends_of_rows(lines, tokens))


def _cut(tokens: Sequence[_Token], period: int, ends: Sequence[int]) -> Iterator[tuple[list[Slice], list[list[Slice]]]]:
    """The rows, each with what stands before the pipe that opens it; counted anew behind each of the ``ends``."""
    start = 0
    for end in [*ends, len(tokens) - 1]:
        while start <= end:
            stop = min(start + period, end + 1)
            yield tokens[start].slices, [token.slices for token in tokens[start + 1 : stop]]
            start = stop


def _pieces_of_rows(lines: Sequence[str], tokens: Sequence[_Token]) -> Iterator[list[list[Slice]]]:
    """Rows where only lines tell of them: a line is a row, and lines that are short are pieces of one."""
    groups: list[list[list[Slice]]] = []
    line = 0
    for token in tokens:
        if groups and token.line != line and _is_blank(lines, token.slices):
            # A blank cell that holds the line break is the last one of the row above.
            groups[-1].append(token.slices)
            groups.append([])
        elif groups and token.line == line:
            groups[-1].append(token.slices)
        else:
            groups.append([token.slices])
        line = token.line
    groups = [group for group in groups if group]
    counts = Counter(len(group) for group in groups if len(group) > _NARROWEST)
    usual = counts.most_common(1)[0][0] if counts else 0
    waiting: list[list[Slice]] = []
    for group in groups:
        short = len(group) * 2 <= usual
        if waiting and (not short or len(waiting) >= usual):
            yield waiting
            waiting = []
        if short:
            waiting += group
        else:
            yield group
    if waiting:
        yield waiting


def _is_blank(lines: Sequence[str], slices: Sequence[Slice]) -> bool:
    return not any(lines[part.line - 1][part.start : part.end].strip() for part in slices)


def _text(lines: Sequence[str], slices: Sequence[Slice]) -> str:
    return "".join([lines[part.line - 1][part.start : part.end].strip() for part in slices])


def _stream_row(lines: Sequence[str], cells: Sequence[Sequence[Slice]]) -> Row | None:
    drafts = [Draft(col, [[part] for part in parts]) for col, parts in enumerate(cells)]
    number = next((part.line for parts in cells for part in parts), 0)
    return row(lines, number, drafts, len(drafts))


def _between(lines: Sequence[str], slices: Sequence[Slice], plain_row: PlainRow) -> list[Row]:
    """Lines that stand between rows, or behind the last one."""
    found = []
    for part in slices:
        whole = plain_row(lines[part.line - 1][: part.end], part.line) if part.start == 0 else None
        made = whole or row(lines, part.line, [Draft(0, [[part]])], 1)
        if made is not None:
            found.append(made)
    return found
