"""PDF files: plain pages as they are written, others by pdfium, and by pdfplumber where pdfium's text is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from extract.errors import UnreadableInput
from extract.model import Finding
from extract.readers import page_marks, pdf_layer, pdf_plain, pdfium, scan
from extract.readers.files import ReadOptions
from extract.readers.page_marks import Drawing
from extract.readers.page_source import source_of
from extract.readers.page_tables import Page
from extract.readers.pdf_layer import Layer
from extract.readers.pdfium import Document
from extract.readers.source import Source

_TYPE: Final = "application/pdf"
# Of a page whose text is damaged one character in so many cannot be told.
_DAMAGED: Final = 50
# Of one that nobody can read, one in so many.
_LOST: Final = 3
# So few characters on a picture of a page are what a scanner stamped on it, and no text.
_STAMP: Final = 40
# Fewer that do not show are no text either.
_LAYER: Final = 5


# A page, and how many of its characters could not be told.
_Told = tuple[Drawing, int]


@dataclass(slots=True)
class _Seen:
    """What was seen of the pages: the numbers of those that are pictures, and of those that are cut off at an edge.

    ``layers``: of those whose texts do not show. ``lost``: how many characters could not be told.
    """

    pictures: list[int] = field(default_factory=list)
    layers: list[int] = field(default_factory=list)
    texts: int = 0
    lost: int = 0
    over_edge: list[int] = field(default_factory=list)


def read(data: bytes, options: ReadOptions) -> Source:
    """The tables and texts of a PDF file.

    Raises UnreadableInput: ``encrypted``, ``malformed``, ``no_pages``, ``too_many_pages``, ``empty``,
    ``scan_not_installed``, ``image_too_large``.
    """
    plain = pdf_plain.opened(data) if options.pdf_engine == "auto" else None
    with closing(pdfium.Document(data)) as document:
        count = len(document if plain is None else plain)
        if not count:
            raise UnreadableInput("no_pages")
        if count > options.max_pages:
            raise UnreadableInput("too_many_pages", count=count, limit=options.max_pages)
        seen = _Seen()
        drawings = _plumbed(data) if options.pdf_engine == "pdfplumber" else _drawings(data, plain, document, options)
        pictures = scan.PicturePages(document, options)
        source = pictures.placed(source_of(_TYPE, _pages(drawings, seen, pictures, document)))
    if not seen.texts:
        raise pictures.missing or UnreadableInput("empty")
    return _with_findings(source, seen)


def _pages(drawings: Iterator[_Told], seen: _Seen, pictures: scan.PicturePages, document: Document) -> Iterator[Page]:
    """The pages that can be read; one whose characters cannot be told is as good as a picture.

    A picture of a page is read even where some program put beneath it what it read there.
    """
    for number, (drawing, lost) in enumerate(drawings, 1):
        layer = pdf_layer.layer(document, number - 1) if drawing.pictures else pdf_layer.NONE
        if _is_picture(drawing, layer):
            shown = _picture(pictures, number, layer)
            if shown is not None:
                seen.texts += 1
                yield shown
                continue
            if not layer.unseen:
                seen.pictures.append(number)
                continue
        if layer.unseen >= _LAYER:
            seen.layers.append(number)
        count = page_marks.count_letters(drawing)
        if count and lost * _LOST <= count:
            seen.texts += 1
            seen.lost += lost
            page = page_marks.page(number, drawing)
            if page_marks.runs_off(page):
                seen.over_edge.append(number)
            yield page
        elif count or drawing.pictures:
            shown = pictures.page(number)
            if shown is None:
                seen.pictures.append(number)
            else:
                seen.texts += 1
                yield shown


def _is_picture(drawing: Drawing, layer: Layer) -> bool:
    """Whether a page is a picture, with hardly a text on it that shows."""
    shows = sum(letter.text != " " for letter in drawing.letters) - layer.unseen
    return layer.covered and (shows <= layer.unseen if layer.unseen else shows <= _STAMP and not drawing.strokes)


def _picture(pictures: scan.PicturePages, number: int, layer: Layer) -> Page | None:
    """A page that is a picture; None where only the text beneath it can be read."""
    try:
        return pictures.page(number)
    except UnreadableInput:
        if not layer.unseen:
            raise
        return None


def _drawings(data: bytes, plain: pdf_plain.Pages | None, document: Document, options: ReadOptions) -> Iterator[_Told]:
    """The pages, those that are not plain by pdfium; each whose text is damaged by the engine that tells more of it."""
    for index in range(len(document if plain is None else plain)):
        drawing = None if plain is None else plain.drawing(index)
        if drawing is not None:
            yield drawing, 0
            continue
        drawing = pdfium.drawing(document, index)
        lost = page_marks.damaged(drawing)
        if options.pdf_engine == "auto" and lost * _DAMAGED > len(drawing.letters):
            other = _second(data, index)
            if other is not None and len(other.letters) * 2 > len(drawing.letters):
                fewer = page_marks.damaged(other)
                if fewer < lost:
                    drawing, lost = other, fewer
        yield drawing, lost


def _second(data: bytes, index: int) -> Drawing | None:
    """The page by pdfplumber; None where it gives up."""
    from extract.readers import pdf_plumber

    try:
        with pdf_plumber.opened(data) as document:
            return pdf_plumber.drawing(document, index)
    except UnreadableInput:
        return None


def _plumbed(data: bytes) -> Iterator[_Told]:
    from extract.readers import pdf_plumber

    with pdf_plumber.opened(data) as document:
        for index in range(len(document.pages)):
            drawing = pdf_plumber.drawing(document, index)
            yield drawing, page_marks.damaged(drawing)


def _with_findings(source: Source, seen: _Seen) -> Source:
    found = list(source.findings)
    if seen.pictures:
        found.append(Finding("pages_not_read", None, None, None, {"pages": ", ".join(map(str, seen.pictures))}))
    if seen.layers:
        found.append(Finding("text_layer", None, None, None, {"pages": ", ".join(map(str, seen.layers))}))
    if seen.over_edge:
        found.append(Finding("page_cut_off", None, None, None, {"pages": ", ".join(map(str, seen.over_edge))}))
    if seen.lost:
        found.append(Finding("damaged_text", None, None, None, {"count": seen.lost, "encoding": "PDF"}))
    return Source(source.media_type, source.encoding, source.grids, source.lines, source.origin, tuple(found))
