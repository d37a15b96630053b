"""PDF files: pages with rules by the cells that the rules draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from extract.errors import UnreadableInput
from extract.readers import page_marks, pdfium
from extract.readers.files import ReadOptions
from extract.readers.page_source import source_of
from extract.readers.page_tables import Page
from extract.readers.source import Source

_TYPE: Final = "application/pdf"


def read(data: bytes, options: ReadOptions) -> Source:
    """The tables and texts of a PDF file.

    Raises UnreadableInput: ``encrypted``, ``malformed``, ``no_pages``, ``too_many_pages``, ``scan``.
    """
    document = pdfium.open_document(data)
    try:
        count = len(document)
        if not count:
            raise UnreadableInput("no_pages")
        if count > options.max_pages:
            raise UnreadableInput("too_many_pages", count=count, limit=options.max_pages)
        pages = list(_pages(document, count))
    finally:
        document.close()
    if not any(page.glyphs for page in pages):
        raise UnreadableInput("scan")
    return source_of(_TYPE, pages)


def _pages(document: Any, count: int) -> Iterator[Page]:
    for index in range(count):
        yield page_marks.page(index + 1, pdfium.drawing(document, index))
