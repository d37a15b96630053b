"""A text to a Grid, whatever shape its table has: separated by tabs or blanks, CSV, pipes, ruled, HTML.

The tests of which shape it is are cheap, and a text that shows no sign of another is read by ``text``.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.model import Grid, Row
from extract.readers import beside, delimited, pipes, ruled, tagged, text
from extract.readers.inline import Writing


def read(source: str) -> Grid:
    """The grid of a text."""
    signs = tagged.may_be(source), ruled.may_be(source), pipes.may_be(source), delimited.may_be(source)
    if not any(signs):
        return text.read(source)
    lines = text.split_lines(source)
    rows = None
    if signs[2] and delimited.has_quoted_pipes(source):
        rows = delimited.read(source, lines, text.line_row, only="|")
    if rows is None:
        rows = _tables(lines, signs)
    if rows is None and signs[3]:
        rows = delimited.read(source, lines, text.line_row)
    return Grid(rows, lines, "\f" in source) if rows is not None else text.read(source)


def _tables(lines: Sequence[str], signs: Sequence[bool]) -> list[Row] | None:
    """The rows of lines with tables of HTML, ruled ones, or ones with pipes; None where there are none."""
    if not any(signs[:3]):
        return None
    writing = beside.writing("\n".join(lines))
    rows: list[Row] | None = None
    if signs[0]:
        rows = tagged.read(lines, beside.plain_row(writing), lambda rest: _lined(rest, signs, writing))
    return rows if rows is not None else _drawn(lines, signs, writing)


def _drawn(lines: Sequence[str], signs: Sequence[bool], writing: Writing | None) -> list[Row] | None:
    """The rows of lines with ruled tables or pipes; None where there are none."""
    rows: list[Row] | None = None
    if signs[1]:
        rows = ruled.read(lines, lambda rest: _piped(rest, writing) or _plain(rest, writing), writing)
    if rows is None and (signs[1] or signs[2]):
        rows = _piped([ruled.upright(line) for line in lines] if signs[1] else lines, writing)
    return rows


def _piped(lines: Sequence[str], writing: Writing | None) -> list[Row] | None:
    return pipes.read(lines, beside.plain_row(writing), writing)


def _lined(lines: Sequence[str], signs: Sequence[bool], writing: Writing | None) -> list[Row]:
    """The rows of lines beside tables of HTML."""
    return _drawn(lines, signs, writing) or _plain(lines, writing)


def _plain(lines: Sequence[str], writing: Writing | None) -> list[Row]:
    """The rows of lines with no table among them."""
    plain_row = beside.plain_row(writing)
    return [row for i, line in enumerate(lines) if (row := plain_row(line, i + 1)) is not None]
