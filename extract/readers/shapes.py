"""A text to a Grid, whatever shape its table has: separated by tabs or blanks, CSV, pipes, ruled.

The tests of which shape it is are cheap, and a text that shows no sign of another is read by ``text``.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.model import Grid, Row
from extract.readers import delimited, pipes, ruled, text


def read(source: str) -> Grid:
    """The grid of a text."""
    signs = ruled.may_be(source), pipes.may_be(source), delimited.may_be(source)
    if not any(signs):
        return text.read(source)
    lines = text.split_lines(source)
    rows: list[Row] | None = None
    if signs[0]:
        rows = ruled.read(lines, _piped_or_plain)
    if rows is None and (signs[0] or signs[1]):
        rows = pipes.read([ruled.upright(line) for line in lines] if signs[0] else lines, text.line_row)
    if rows is None and signs[2]:
        rows = delimited.read(source, lines, text.line_row)
    return Grid(rows, lines, "\f" in source) if rows is not None else text.read(source)


def _piped_or_plain(lines: Sequence[str]) -> list[Row]:
    """The rows of lines that may hold a table with pipes."""
    rows = pipes.read(lines, text.line_row)
    if rows is not None:
        return rows
    return [row for i, line in enumerate(lines) if (row := text.line_row(line, i + 1)) is not None]
