"""Web pages: told from texts that hold some tags, and taken out of the one file that browsers and office programs save.

A page's tables are read as those within other texts are (``tagged``), with exact lines and characters.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from extract.errors import UnreadableInput
from extract.model import Finding, Origin
from extract.patterns import re
from extract.readers import encoding, shapes, tagged
from extract.readers.markup import marks
from extract.readers.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extract.readers.files import ReadOptions

MEDIA_TYPE: Final = "text/html"
_ARCHIVED: Final = "multipart/related"
# As far as the first tag of a page may be from its beginning.
_WITHIN: Final = 4000
_PAGE: Final = re.compile(
    r"(?:\s|<\?xml[^<>]{0,400}>|<!--(?:(?!-->).){0,2000}-->)*+"
    r"<(?:!doctype\s+html|html|head|body|meta|title|style|table|div|center|form)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_page(text: str) -> bool:
    """Whether a text is a web page as a whole."""
    return text[:64].lstrip().startswith("<") and _PAGE.match(text[:_WITHIN]) is not None


def origin(lines: Sequence[str]) -> Origin:
    """The addresses of the cells in a page's tables."""
    return tagged.origin(lines)


def findings(text: str) -> tuple[Finding, ...]:
    """A finding where a page ends within a table. One that comes to its own end may lack the end tags of tables."""
    open_ones = 0
    for mark in marks(text):
        if mark.closes and mark.name in ("body", "html"):
            return ()
        if mark.name == "table":
            open_ones += -1 if mark.closes else 1
    return (Finding("source_cut_off"),) if open_ones > 0 else ()


def read(data: bytes, options: ReadOptions) -> Source:
    """The pages in a file of MHTML, each a grid. UnreadableInput: ``malformed``, ``empty``, and as ``encoding``."""
    del options
    decoded = [encoding.decode(page) for page in _pages(data)]
    lines: list[str] = []
    grids = []
    for page in decoded:
        grid = shapes.read("\n" * len(lines) + page.text)
        lines += grid.lines[len(lines) :]
        grids.append(grid)
    grids = [replace(grid, lines=lines) for grid in grids]
    doubts = tuple(doubt for page in decoded for doubt in findings(page.text))
    return Source(_ARCHIVED, decoded[0].encoding, tuple(grids), lines, origin(lines), doubts)


def _pages(data: bytes) -> list[bytes]:
    """The bytes of the pages that a message holds, blank ones left out."""
    # Few inputs are messages, and the library is slow to load.
    from email import message_from_bytes, policy

    try:
        message = message_from_bytes(data, policy=policy.default)
        parts = [part for part in message.walk() if part.get_content_type() == MEDIA_TYPE]
        found = [part.get_payload(decode=True) for part in parts]
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError) as error:
        raise UnreadableInput("malformed", reason=f"MIME: {error}") from error
    pages = [page for page in found if isinstance(page, bytes) and page.strip()]
    if not pages:
        raise UnreadableInput("empty")
    return pages
