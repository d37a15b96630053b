"""Files of many pages: what goes on over several of them, and how much memory a page takes."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from extract.readers.page_grid import Rule
from extract.readers.page_source import source_of
from extract.readers.page_tables import Page
from extract.readers.page_text import Glyph
from tests.test_shapes import texts

SIZE = 10.0
WIDTH, HEIGHT = 600.0, 840.0
ROWS, COLUMNS, LETTERS = 40, 7, 6
# Bytes a page of this many cells may take while it is read.
MOST = 250_000


def written(text: str, x: float, y: float) -> list[Glyph]:
    return [Glyph(c, x + SIZE * k, y, x + SIZE * (k + 1), y + SIZE) for k, c in enumerate(text)]


def pages(count: int) -> Iterator[Page]:
    """Pages that one table of short cells fills."""
    xs = [20.0 + 80 * k for k in range(COLUMNS + 1)]
    ys = [20.0 + 20 * k for k in range(ROWS + 1)]
    for number in range(1, count + 1):
        glyphs = [
            glyph
            for r, y in enumerate(ys[:-1])
            for c, x in enumerate(xs[:-1])
            for glyph in written(f"{number}-{r}-{c}"[:LETTERS].ljust(LETTERS, "甲"), x + 5, y + 5)
        ]
        across = [Rule(y, xs[0], xs[-1]) for y in ys]
        yield Page(number, WIDTH, HEIGHT, glyphs, across, [Rule(x, ys[0], ys[-1]) for x in xs])


def peak(count: int) -> int:
    """The most memory that reading so many pages takes."""
    tracemalloc.start()
    try:
        found = source_of("application/pdf", pages(count))
        assert len(found.lines) == count * ROWS
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def a_page() -> float:
    """What a page more takes."""
    peak(2)
    few, many = peak(5), peak(25)
    return (many - few) / 20


def test_a_page_of_a_long_table_takes_little_memory() -> None:
    # In a process of its own: what is remembered of texts grows by leaps, and other tests have filled it.
    program = "from tests.test_long_files import a_page; print(a_page())"
    told = subprocess.check_output([sys.executable, "-c", program], cwd=Path(__file__).parent.parent)
    assert float(told) < MOST


def spanned(number: int, count: int, label: str) -> Page:
    """A page of a table whose first cell spans all rows of all pages; ``label``: what of its text stands here."""
    ys = [100.0, 200.0, 300.0]
    across = [Rule(y, 250.0, 550.0) for y in ys]
    across += [Rule(100.0, 50.0, 250.0)] if number == 1 else []
    across += [Rule(300.0, 50.0, 250.0)] if number == count else []
    glyphs = [
        *written(f"{number}上", 260.0, 110.0),
        *written(f"{number}下", 260.0, 210.0),
        *written(label, 60.0, 120.0),
    ]
    return Page(number, WIDTH, HEIGHT, glyphs, across, [Rule(x, 100.0, 300.0) for x in (50.0, 250.0, 550.0)])


def rows(*labels: str) -> list[dict[int, str]]:
    found = source_of("x", [spanned(k, len(labels), label) for k, label in enumerate(labels, 1)])
    return [texts(row) for grid in found.grids for row in grid.rows]


def test_a_cell_goes_on_over_many_pages() -> None:
    cells = [{1: f"{number}{half}"} for number in (1, 2, 3, 4) for half in "上下"]
    assert rows("", "", "", "") == cells
    assert rows("标", "", "", "") == [{0: "标", **cells[0]}, *cells[1:]]
    # It stands where its cell begins, on whichever page its text is.
    assert rows("", "", "标", "") == [{0: "标", **cells[0]}, *cells[1:]]
    assert rows("甲", "", "", "乙")[0] == {0: "甲乙", **cells[0]}
