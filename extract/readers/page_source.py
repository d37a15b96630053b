"""Pages to a Source: those with rules by their cells, those without by how their texts stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from extract.model import Finding
from extract.readers import page_layout, page_tables
from extract.readers.page_tables import Blocks, Page, Pages
from extract.readers.source import Line, Source, Text, TextLine, drawn

# Of pages whose texts stand in columns so many lines have so many cells.
_FEWEST_LINES: Final = 4
_FEWEST_CELLS: Final = 3


@dataclass(slots=True)
class _Loose:
    """Pages without rules that follow one another; their lines with the layout kept, too.

    ``blocks``: what stands on them, for as long as they may be paragraphs beside tables.
    """

    blocks: list[Blocks] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)
    in_columns: int = 0
    last_page: int = 1

    def add(self, page: Page, blocks: Blocks) -> None:
        self.in_columns += page_tables.count_lines(blocks, _FEWEST_CELLS)
        self.lines += page_layout.text_lines(page, new_pages=page.number - self.last_page)
        self.last_page = page.number
        if self.is_laid_out:
            self.blocks.clear()
        else:
            self.blocks.append(blocks)

    @property
    def is_laid_out(self) -> bool:
        """Whether lines stand in columns that no rules draw."""
        return self.in_columns >= _FEWEST_LINES


def source_of(media_type: str, pages: Iterable[Page], findings: tuple[Finding, ...] = ()) -> Source:
    """The Source of pages, in order; each stretch of pages that are read alike is a grid of its own.

    Pages without rules whose texts stand in no columns are paragraphs beside the tables of the others.
    """
    return drawn(media_type, _contents(pages), findings)


def _contents(pages: Iterable[Page]) -> Iterator[Iterable[Line] | Text]:
    """What becomes a grid each: paragraphs go with the pages beside them."""
    joined, loose = Pages(), _Loose()
    for page in pages:
        blocks = page_tables.blocks_of(page)
        if not page_tables.is_ruled(blocks):
            loose.add(page, blocks)
            continue
        if loose.is_laid_out:
            yield from _parted(joined, loose)
            joined = Pages()
        else:
            _take(joined, loose)
        loose = _Loose()
        joined.add(blocks)
    if loose.is_laid_out:
        yield from _parted(joined, loose)
        return
    _take(joined, loose)
    if joined:
        yield joined.lines()


def _take(joined: Pages, loose: _Loose) -> None:
    for blocks in loose.blocks:
        joined.add(blocks)


def _parted(joined: Pages, loose: _Loose) -> Iterator[Iterable[Line] | Text]:
    if joined:
        yield joined.lines()
    yield Text(loose.lines)
