"""Cells of tables whose cells may hold escapes and may go over several lines.

A stretch of a line that belongs to a cell is a Slice. What a cell says is put together from its slices; each of them,
and each escape within one, becomes a part with a place of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from unicodedata import is_normalized

from extract.clean import BLANKS, shown
from extract.model import Cell, Row
from extract.places import join
from extract.readers.inline import Hidden, Writing, within

# In a row with no more cells than this, a cell of running text keeps its paragraphs apart; in others lines only wrap.
_FEW_CELLS: Final = 3
_RUNNING: Final = 20
_SENTENCE_MARKS: Final = frozenset("。；！？;!?")

# tuple.__new__ and not Cell(...): a third of the time.
_new = tuple.__new__


# By line; where a file has no pages, none.
Pages = Mapping[int, int]
_NO_PAGES: Final[Pages] = {}


class Slice(NamedTuple):
    """A stretch of a line: 1-based line, characters from ``start`` to ``end``, half-open."""

    line: int
    start: int
    end: int


class Draft(NamedTuple):
    """A cell before its texts are read: its place in the row, and its paragraphs, each of which has slices.

    ``writing`` tells the marks in its texts.
    """

    col: int
    paragraphs: Sequence[Sequence[Slice]]
    col_span: int = 1
    writing: Writing | None = None


def row(lines: Sequence[str], line: int, drafts: Sequence[Draft], width: int, pages: Pages = _NO_PAGES) -> Row | None:
    """The row of these cells, None where all of them are blank. ``pages``: the page of each line, where there are any.

    A cell of running text among few others gives a Cell a paragraph, all at the same ``col``; any other cell gives one.
    """
    filled = [(draft, texts) for draft in drafts if (texts := _texts(lines, draft, pages))]
    if not filled:
        return None
    cells: list[Cell] = []
    for draft, texts in filled:
        kept_apart = len(filled) <= _FEW_CELLS and _is_running(texts)
        own = texts if kept_apart else [wrapped(texts)]
        # As _replace does it, in a fifth of the time.
        cells += own if draft.col_span == 1 else [_new(Cell, (*text[:9], draft.col_span, text[10])) for text in own]
    return Row(line, cells, width, pages.get(line, 0))


def moved(made: Row, lines: int, starts: Mapping[int, int]) -> Row:
    """A row that was read from parts of lines, where it stands in them.

    It stands so many ``lines`` further down; ``starts`` tells, by the number of each part as counted before, where it
    begins in its line.
    """
    cells = [_moved(cell, lines, starts) for cell in made.cells]
    return made.changed(line=made.line + lines, cells=cells)


def _moved(cell: Cell, lines: int, starts: Mapping[int, int]) -> Cell:
    parts = tuple(_moved(part, lines, starts) for part in cell.parts)
    # A cell ends in the line of its last part.
    end = parts[-1].end if parts else cell.end + starts[cell.line]
    return cell._replace(line=cell.line + lines, start=cell.start + starts[cell.line], end=end, parts=parts)


def _texts(lines: Sequence[str], draft: Draft, pages: Pages) -> list[Cell]:
    """The paragraphs of a cell, blank ones left out."""
    found: list[Cell] = []
    col, paragraphs, _, writing = draft
    for paragraph in paragraphs:
        if writing is None:
            read = [
                cell for part in paragraph if (cell := cell_of(lines, part, col, (), pages.get(part[0], 0))) is not None
            ]
        else:
            hidden = _hidden(lines, paragraph, writing)
            read = [
                cell
                for part, own in zip(paragraph, hidden, strict=True)
                if (cell := cell_of(lines, part, col, own, pages.get(part[0], 0))) is not None
            ]
        if read:
            found.append(wrapped(read) if len(read) > 1 else read[0])
    return found


def _hidden(lines: Sequence[str], paragraph: Sequence[Slice], writing: Writing | None) -> Sequence[Sequence[Hidden]]:
    """What does not show of each slice of a paragraph; a pair of marks may be broken over two of them."""
    if writing is None:
        return [()] * len(paragraph)
    raws = [lines[part.line - 1][part.start : part.end] for part in paragraph]
    texts = [raw.strip() for raw in raws]
    hidden = writing("\n".join(texts))
    if not hidden:
        return [()] * len(paragraph)
    found = []
    start = 0
    for raw, text in zip(raws, texts, strict=True):
        lead = raw.index(text)
        own = within(hidden, start, start + len(text))
        found.append([Hidden(one.start + lead, one.end + lead, one.shown) for one in own])
        start += len(text) + 1
    return found


def _is_running(texts: Sequence[Cell]) -> bool:
    return any(len(cell.text) >= _RUNNING or not _SENTENCE_MARKS.isdisjoint(cell.text) for cell in texts)


def wrapped(cells: Sequence[Cell]) -> Cell:
    """One cell of the lines that a text was wrapped over; a blank stands between words of Latin letters only.

    The blank is no part's, as it stands nowhere in the source: each part keeps a place for each of its characters.
    """
    if len(cells) == 1:
        return cells[0]
    blanks = [" " if _are_words(one.text[-1], next_.text[0]) else "" for one, next_ in pairwise(cells)]
    whole = join(cells)
    if not any(blanks):
        return whole
    return whole._replace(text="".join([c.text + blank for c, blank in zip(cells, [*blanks, ""], strict=True)]))


def _are_words(end: str, begin: str) -> bool:
    return end.isascii() and begin.isascii() and end.isalpha() and begin.isalpha()


def cell_of(lines: Sequence[str], part: Slice, col: int, hidden: Sequence[Hidden] = (), page: int = 0) -> Cell | None:
    """The cell of one slice: trimmed, without markup and invisible characters; None for a blank.

    ``hidden``: what in it does not show as it stands, counted from its beginning.
    """
    line, start, end = part
    raw = lines[line - 1][start:end]
    if hidden:
        return _of_pieces(_uncovered(raw, hidden), line, start, col, page)
    text = raw.strip(BLANKS)
    if not text:
        return None
    if len(text) != len(raw):
        start += raw.index(text)
    end = start + len(text)
    if "<" not in text and "&" not in text and text.isprintable() and is_normalized("NFC", text):
        return _new(Cell, (text, line, start, end, col, page, -1, -1, 1, 1, ()))
    return _of_pieces(shown(text), line, start, col, page)


def _uncovered(text: str, hidden: Sequence[Hidden]) -> list[tuple[str, int, int]]:
    """The pieces that show of a text, with their places in it; an escape is a piece of its own.

    What is hidden is left out first: what an escape protects may look like markup together with what stands beside it.
    """
    showing: list[str] = []
    # The place of each character that shows.
    at: list[tuple[int, int]] = []
    start = 0
    for low, high, character in [*hidden, Hidden(len(text), len(text))]:
        showing.append(text[start:low])
        at.extend((i, i + 1) for i in range(start, low))
        if character:
            showing.append(character)
            at.append((low, high))
        start = high
    found: list[tuple[str, int, int]] = []
    for piece, low, high in shown("".join(showing)):
        if high - low != len(piece):
            found.append((piece, at[low][0], at[high - 1][1]))
            continue
        begin = low
        for i in range(low, high):
            last = i + 1 == high
            if last or at[i + 1][0] != at[i][1] or at[i][1] - at[i][0] != 1 or at[i + 1][1] - at[i + 1][0] != 1:
                found.append((piece[begin - low : i + 1 - low], at[begin][0], at[i][1]))
                begin = i + 1
    return found


def _of_pieces(pieces: Sequence[tuple[str, int, int]], line: int, start: int, col: int, page: int) -> Cell | None:
    if not pieces:
        return None
    parts = tuple(Cell(text, line, start + low, start + high, col, page) for text, low, high in pieces)
    if len(parts) == 1:
        return parts[0]
    whole = "".join([part.text for part in parts])
    return Cell(whole, line, parts[0].start, parts[-1].end, col, page, parts=parts)
