"""Pages to a Source: those with rules by their cells, those without by how their texts stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from extract.model import Finding
from extract.readers import page_layout, page_tables
from extract.readers.page_tables import Blocks, Page
from extract.readers.source import Line, Source, Text, TextLine, drawn

# Of pages whose texts stand in columns so many lines have so many cells.
_FEWEST_LINES: Final = 4
_FEWEST_CELLS: Final = 3


@dataclass(slots=True)
class _Part:
    """Pages that follow one another and are all ruled, or all not; of those the lines with their layout kept too."""

    ruled: bool
    blocks: list[Blocks] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)
    in_columns: int = 0
    last_page: int = 1

    def add(self, page: Page, blocks: Blocks) -> None:
        self.blocks.append(blocks)
        if not self.ruled:
            self.in_columns += page_tables.count_lines(blocks, _FEWEST_CELLS)
            self.lines += page_layout.text_lines(page, new_pages=page.number - self.last_page)
            self.last_page = page.number

    @property
    def is_laid_out(self) -> bool:
        """Whether lines stand in columns that no rules draw."""
        return not self.ruled and self.in_columns >= _FEWEST_LINES


def source_of(media_type: str, pages: Iterable[Page], findings: tuple[Finding, ...] = ()) -> Source:
    """The Source of pages, in order; each stretch of pages that are read alike is a grid of its own.

    Pages without rules whose texts stand in no columns are paragraphs beside the tables of the others.
    """
    parts: list[_Part] = []
    for page in pages:
        blocks = page_tables.blocks_of(page)
        ruled = page_tables.is_ruled(blocks)
        if not parts or parts[-1].ruled != ruled:
            parts.append(_Part(ruled))
        parts[-1].add(page, blocks)
    return drawn(media_type, _contents(parts), findings)


def _contents(parts: Sequence[_Part]) -> Iterator[Iterable[Line] | Text]:
    """What becomes a grid each: paragraphs go with the pages beside them."""
    blocks: list[Blocks] = []
    for part in parts:
        if part.is_laid_out:
            if blocks:
                yield page_tables.lines_of(blocks)
                blocks = []
            yield Text(part.lines)
        else:
            blocks += part.blocks
    if blocks:
        yield page_tables.lines_of(blocks)
