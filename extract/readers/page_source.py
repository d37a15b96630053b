"""Pages to a Source: those with rules by their cells, those without by how their texts stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from extract.model import Finding
from extract.readers import page_layout, page_tables
from extract.readers.page_tables import Blocks, Page
from extract.readers.source import Source, Text, TextLine, drawn

# Of a page whose texts stand in columns so many lines have so many cells.
_FEWEST_LINES: Final = 4
_FEWEST_CELLS: Final = 3


@dataclass(slots=True)
class _Part:
    """Pages that follow one another and are read alike: those with rules, or the lines of those without."""

    ruled: list[Blocks] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)


def source_of(media_type: str, pages: Iterable[Page], findings: tuple[Finding, ...] = ()) -> Source:
    """The Source of pages, in order; each stretch of pages that are read alike is a grid of its own."""
    parts: list[_Part] = []
    begun = 1
    for page in pages:
        blocks = page_tables.blocks_of(page)
        if page_tables.is_ruled(blocks) or not _is_laid_out(blocks):
            if not parts or parts[-1].lines:
                parts.append(_Part())
            parts[-1].ruled.append(blocks)
        else:
            if not parts or parts[-1].ruled:
                parts.append(_Part())
                begun = 1
            parts[-1].lines += page_layout.text_lines(page, new_pages=page.number - begun)
            begun = page.number
    return drawn(
        media_type, [page_tables.lines_of(part.ruled) if part.ruled else Text(part.lines) for part in parts], findings
    )


def _is_laid_out(blocks: Blocks) -> bool:
    """Whether the lines of a page stand in columns."""
    return page_tables.count_lines(blocks, _FEWEST_CELLS) >= _FEWEST_LINES
