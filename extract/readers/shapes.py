"""A text to a Grid, whatever shape its table has: separated by tabs or blanks, CSV, pipes, ruled, HTML.

The tests of which shape it is are cheap, and a text that shows no sign of another is read by ``text``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.model import Grid, Row
from extract.readers import beside, dashed, delimited, fenced, inline, pipes, ruled, tagged, text
from extract.readers.inline import Writing


def read(source: str) -> Grid:
    """The grid of a text."""
    signs = _Signs(
        tagged.may_be(source),
        ruled.may_be(source),
        dashed.may_be(source),
        pipes.may_be(source),
        delimited.may_be(source),
    )
    if not any(signs):
        return text.read(source)
    lines = text.split_lines(source)
    if signs.piped and delimited.has_quoted_pipes(source):
        quoted = delimited.read(source, lines, text.line_row, only="|")
        if quoted is not None:
            return Grid(quoted, lines, "\f" in source)
    if any(signs[:-1]):
        tables = _Tables(lines, signs)
        rows = tables.read()
        if rows is not None:
            return Grid(rows, lines, "\f" in source, ruled=True, guessed=tables.guessed)
    rows = delimited.read(source, lines, text.line_row) if signs.delimited else None
    return Grid(rows, lines, "\f" in source) if rows is not None else text.read(source)


class _Signs(NamedTuple):
    """Which shapes a text shows signs of."""

    tagged: bool
    ruled: bool
    dashed: bool
    piped: bool
    delimited: bool


class _Tables:
    """Reads the tables of a text that are not told by separators alone, those beside and within others too."""

    def __init__(self, lines: Sequence[str], signs: _Signs) -> None:
        self._lines = lines
        self._signs = signs
        self._writing = beside.writing("\n".join(lines))
        # Whether it is left open somewhere where rows begin.
        self.guessed = False

    def read(self) -> list[Row] | None:
        """The rows of the text; None where there are no such tables."""
        signs = self._signs
        rows: list[Row] | None = None
        if signs.tagged and not (signs.ruled and ruled.may_hold(self._lines)):
            plain_row = beside.plain_row(self._writing)
            rows = tagged.read(self._lines, plain_row, lambda rest: self._lined(rest, signs), self._writing)
        return rows if rows is not None else self._drawn(self._lines, signs)

    def _drawn(self, lines: Sequence[str], signs: _Signs) -> list[Row] | None:
        """The rows of lines with tables that are drawn with strokes or pipes; None where there are none."""
        writing = self._writing
        rows: list[Row] | None = None
        if writing is inline.asciidoc:
            rows = fenced.read(lines, lambda rest: _plain(rest, writing))
        elif signs.ruled:
            rows = ruled.read(lines, lambda rest: self._lined(rest, signs._replace(ruled=False)), writing)
        if rows is None and signs.dashed:
            rows = dashed.read(lines, lambda rest: self._lined(rest, signs._replace(dashed=False)), writing)
        if rows is None and (signs.ruled or signs.piped):
            own = [ruled.upright(line) for line in lines] if signs.ruled else lines
            piped = pipes.read(own, beside.plain_row(writing), writing)
            if piped is not None:
                rows = ruled.as_written(piped.rows, lines) if signs.ruled else piped.rows
                self.guessed = self.guessed or piped.guessed
        return rows

    def _lined(self, lines: Sequence[str], signs: _Signs) -> list[Row]:
        """The rows of lines beside tables of another shape."""
        rows = self._drawn(lines, signs)
        return rows if rows is not None else _plain(lines, self._writing)


def _plain(lines: Sequence[str], writing: Writing | None) -> list[Row]:
    """The rows of lines with no table among them."""
    plain_row = beside.plain_row(writing)
    return [row for i, line in enumerate(lines) if (row := plain_row(line, i + 1)) is not None]
