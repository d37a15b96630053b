"""Texts within a database dump: literals that hold several lines.

They are the strings of INSERT statements, the strings of JSON, the quoted cells of CSV, or the columns of lines between
tabs.

A literal is unescaped and read as a text of its own; what was read there is then moved to where it stands in the dump.
An escape within it stands for one character, as an entity does, and is a piece with a place of its own.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, NamedTuple

from extract.model import Cell
from extract.patterns import re
from extract.readers.text import split_lines

_STATEMENT: Final = re.compile(r"\b(?:INSERT\s{1,20}(?:IGNORE\s{1,20})?|REPLACE\s{1,20})INTO\b", re.IGNORECASE)
# Breaks of lines, escaped or not; a stretch without escapes; an escape: a backslash with what follows, a doubled quote.
_IN_STATEMENT: Final = re.compile(r"(?P<break>(?:\\r)?(?:\\n|\\?\n)|\\r)|(?P<plain>[^'\\\n]++)|\\.|''|\\\Z")
_IN_JSON: Final = re.compile(
    r"(?P<break>(?:\\r)?\\n|\\r)|(?P<plain>[^\"\\\n]++)"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^\n]"
)
_IN_COLUMN: Final = re.compile(r"(?P<break>(?:\\r)?\\n|\\r)|(?P<plain>[^\t\\\n]++)|\\[^\n]")
_IN_CSV: Final = re.compile(r'(?P<break>\n)|(?P<plain>[^"\n]++)|""')
# What stands before the quote that opens a cell of CSV.
_OPENS: Final = frozenset(",;\t\n")
# An opening quote in a line that has no closing one.
_OPENED: Final = re.compile(r'(?:^|[,;\t])"(?:[^"\n]|"")*+$', re.MULTILINE)
_SHOWN: Final = {'""': '"', "\\t": "\t", "\\0": "", "\\Z": "", "\\b": "", "\\f": "", "\\v": "", "''": "'", "\\": "\\"}
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LESS_THAN: Final = ("\\u003c", "\\u003C")
# A text has more breaks of lines than this.
_FEW_BREAKS: Final = 2


_NONE: Final[Mapping[int, int]] = {}


class Origin(NamedTuple):
    """Where a line of a literal stands: line of the dump, and in it the place of each character and of the end.

    A character ends where the next one begins. ``ends``: of those before an escape that stands for nothing, where they
    end.
    """

    line: int
    at: Sequence[int]
    ends: Mapping[int, int] = _NONE

    def end(self, stop: int) -> int:
        """Where the last character before ``stop`` ends."""
        return self.ends.get(stop - 1, self.at[stop])


class _Piece(NamedTuple):
    """A piece of a literal: what it is, as it stands in the dump, and its place in it."""

    kind: str | None
    raw: str
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A text within a dump, and where each of its lines stands."""

    text: str
    origins: Sequence[Origin]

    def moved(self, value: Any) -> Any:
        """The value with all places in it, at any depth, moved from the text to the dump."""
        if isinstance(value, Cell):
            return self._cell(value)
        if isinstance(value, tuple):
            items = [self.moved(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        if isinstance(value, Mapping):
            return {key: self.moved(item) for key, item in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: self.moved(getattr(value, field.name)) for field in fields(value)})
        return value

    def _cell(self, cell: Cell) -> Cell:
        """The cell where it stands in the dump; each escape in it is a part of its own."""
        if cell.parts:
            parts = tuple(piece for part in cell.parts for piece in self._whole(part))
        elif cell.line:
            parts = self._whole(cell)
        else:
            return cell
        if len(parts) == 1:
            return parts[0]
        return parts[0]._replace(text=cell.text, end=parts[-1].end, parts=parts)

    def _whole(self, cell: Cell) -> tuple[Cell, ...]:
        """The pieces of a cell without parts. One whose text is not what stood there stays whole."""
        origin = self.origins[cell.line - 1]
        verbatim = cell.end - cell.start == len(cell.text)
        stretches = _cut(origin.at, cell.start, cell.end) if verbatim else [(cell.start, cell.end)]
        return tuple(
            cell._replace(
                text=cell.text[low - cell.start : high - cell.start] if verbatim else cell.text,
                line=origin.line,
                start=origin.at[low],
                end=origin.end(high) if low < high else origin.at[high],
            )
            for low, high in stretches
        )


def _cut(at: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """A stretch of a line cut so that each escape stands by itself."""
    low = start
    for i in range(start, end):
        if at[i + 1] - at[i] != 1:
            if low < i:
                yield low, i
            yield i, i + 1
            low = i + 1
    if low < end or start == end:
        yield low, end


def may_be(text: str) -> bool:
    """A cheap test that most texts of other shapes do not pass."""
    return (
        ("\\" in text and ("\\n" in text or any(sign in text for sign in _LESS_THAN)))
        or ((_holds(text, "INTO") or _holds(text, "into")) and _STATEMENT.search(text) is not None)
        or (('"' in text) and _OPENED.search(text.replace("\r", "\n")) is not None)
    )


def _holds(text: str, word: str) -> bool:
    """Whether a word is in a text; where the text has not even its last letter, that is known at once."""
    return word[-1] in text and word in text


def literals(text: str) -> list[Literal]:
    """The literals of a dump that hold a text of several lines, in order."""
    source = "\n".join(split_lines(text))
    statement = _STATEMENT.search(source)
    if statement:
        return _found(source, statement.end(), "'", _IN_STATEMENT)
    if source.lstrip()[:1] in ("{", "["):
        return _found(source, 0, '"', _IN_JSON)
    quoted = _found(source, 0, '"', _IN_CSV, _OPENS) if '"' in source and _OPENED.search(source) else []
    return quoted or _columns(source)


def _found(
    source: str, start: int, quote: str, piece: re.Pattern[str], opens: frozenset[str] = frozenset()
) -> list[Literal]:
    """The literals between quotes; ``opens``: one of these stands before each, if any are given."""
    found: list[Literal] = []
    line, line_start, counted = 1, 0, 0
    at = source.find(quote, start)
    while at >= 0:
        breaks = source.count("\n", counted, at)
        if breaks:
            line += breaks
            line_start = source.rfind("\n", counted, at) + 1
        counted = at
        if opens and at and source[at - 1] not in opens:
            at = source.find(quote, at + 1)
            continue
        pieces, end = _pieces(source, at + 1, piece)
        # A cell ends with its quote, before a separator; others may break off with the dump.
        closed = not opens or (source[end : end + 1] == quote and source[end + 1 : end + 2] in ("", *opens))
        if closed and _is_text(pieces):
            found.append(_literal(pieces, line, line_start, end))
        at = source.find(quote, end + 1)
    return found


def _columns(source: str) -> list[Literal]:
    """The columns of the lines, where breaks of lines are escaped."""
    found: list[Literal] = []
    line_start = 0
    for number, line in enumerate(source.split("\n")):
        at = line_start
        if line.count("\\n") <= _FEW_BREAKS:
            line_start += len(line) + 1
            continue
        while at <= line_start + len(line):
            pieces, end = _pieces(source, at, _IN_COLUMN)
            if _is_text(pieces):
                found.append(_literal(pieces, number + 1, line_start, end))
            at = end + 1
        line_start += len(line) + 1
    return found


def _is_text(pieces: Sequence[_Piece]) -> bool:
    """Whether a literal has several lines, or holds a table of HTML."""
    if sum(piece.kind == "break" for piece in pieces) > _FEW_BREAKS:
        return True
    return any("<t" in piece.raw or "<T" in piece.raw or piece.raw in _LESS_THAN for piece in pieces)


def _pieces(source: str, start: int, piece: re.Pattern[str]) -> tuple[list[_Piece], int]:
    """The pieces of a literal, and where it ends."""
    pieces: list[_Piece] = []
    at = start
    while match := piece.match(source, at):
        pieces.append(_Piece(match.lastgroup, match[0], at))
        at = match.end()
    return pieces, at


def _literal(pieces: Sequence[_Piece], line: int, line_start: int, end: int) -> Literal:
    """The text of these pieces, the first of which stands in this line of the dump."""
    texts: list[str] = []
    origins: list[Origin] = []
    shown: list[str] = []
    at = array("q")
    ends: dict[int, int] = {}
    for kind, raw, start in pieces:
        column = start - line_start
        if kind == "break":
            at.append(column)
            texts.append("".join(shown))
            origins.append(Origin(line, at, ends))
            shown, at, ends = [], array("q"), {}
            if raw.endswith("\n"):
                line += 1
                line_start = start + len(raw)
        elif kind == "plain":
            shown.append(raw)
            at.extend(range(column, column + len(raw)))
        elif character := _character(raw):
            shown.append(character)
            at.extend([column] * len(character))
        else:
            ends.setdefault(len(at) - 1, column)
    at.append(end - line_start)
    return Literal("\n".join([*texts, "".join(shown)]), [*origins, Origin(line, at, ends)])


def _character(escape: str) -> str:
    """What an escape stands for."""
    if escape.startswith("\\u") and len(escape) > len("\\u"):
        return _LONE_SURROGATE.sub("\ufffd", str(json.loads(f'"{escape}"')))
    return _SHOWN.get(escape, escape[-1])
