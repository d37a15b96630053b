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
    rows = _tables(lines, signs) if any(signs[:-1]) else None
    if rows is not None:
        return Grid(rows, lines, "\f" in source, ruled=True, guessed=signs.piped and pipes.is_guessed(lines))
    rows = delimited.read(source, lines, text.line_row) if signs.delimited else None
    return Grid(rows, lines, "\f" in source) if rows is not None else text.read(source)


class _Signs(NamedTuple):
    """Which shapes a text shows signs of."""

    tagged: bool
    ruled: bool
    dashed: bool
    piped: bool
    delimited: bool


def _tables(lines: Sequence[str], signs: _Signs) -> list[Row] | None:
    """The rows of lines with tables that are not told by separators alone; None where there are none."""
    writing = beside.writing("\n".join(lines))
    rows: list[Row] | None = None
    if signs.tagged and not (signs.ruled and ruled.may_hold(lines)):
        rows = tagged.read(lines, beside.plain_row(writing), lambda rest: _lined(rest, signs, writing), writing)
    return rows if rows is not None else _drawn(lines, signs, writing)


def _drawn(lines: Sequence[str], signs: _Signs, writing: Writing | None) -> list[Row] | None:
    """The rows of lines with tables that are drawn with strokes or pipes; None where there are none."""
    rows: list[Row] | None = None
    if writing is inline.asciidoc:
        rows = fenced.read(lines, lambda rest: _plain(rest, writing))
    elif signs.ruled:
        rows = ruled.read(lines, lambda rest: _lined(rest, signs._replace(ruled=False), writing), writing)
    if rows is None and signs.dashed:
        rows = dashed.read(lines, lambda rest: _lined(rest, signs._replace(dashed=False), writing), writing)
    if rows is None and (signs.ruled or signs.piped):
        own = [ruled.upright(line) for line in lines] if signs.ruled else lines
        rows = pipes.read(own, beside.plain_row(writing), writing)
    return rows


def _lined(lines: Sequence[str], signs: _Signs, writing: Writing | None) -> list[Row]:
    """The rows of lines beside tables of another shape."""
    rows = _drawn(lines, signs, writing)
    return rows if rows is not None else _plain(lines, writing)


def _plain(lines: Sequence[str], writing: Writing | None) -> list[Row]:
    """The rows of lines with no table among them."""
    plain_row = beside.plain_row(writing)
    return [row for i, line in enumerate(lines) if (row := plain_row(line, i + 1)) is not None]
