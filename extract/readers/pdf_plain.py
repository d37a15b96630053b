"""Pages of PDF files as office programs and browsers write them, read without pdfium, in a fraction of its time.

pdfium loads each font with all of its shapes before it tells a character. A page that has nothing on it but lines,
boxes, and texts of fonts that say what their characters are, needs none of that. Whatever else is on a page, or is
written in another way, makes it a page for pdfium.
"""

from __future__ import annotations

from typing import Final

from extract.readers.page_marks import Box, Drawing
from extract.readers.pdf_file import FAULTS, Entries, File, Unusual
from extract.readers.pdf_fonts import Face, face
from extract.readers.pdf_pen import Pen

# No page reaches further, in points.
_FARTHEST: Final = 1e6


class Pages:
    """The pages of a file; ``opened`` makes them."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._faces: dict[bytes, Face] = {}

    def __len__(self) -> int:
        return len(self._file.pages)

    def drawing(self, index: int) -> Drawing | None:
        """What is on a page, counted from 0; None for a page that is pdfium's."""
        try:
            return self._drawing(self._file.pages[index])
        except FAULTS:
            return None

    def _drawing(self, page: Entries) -> Drawing:
        turned, odd = divmod(self._file.number(page.get(b"/Rotate", b"0")), 90)
        if odd or b"/UserUnit" in page or b"/Contents" not in page:
            raise Unusual
        entries = self._file.entries
        resources = entries(page.get(b"/Resources", b"<<>>"))
        fonts = entries(resources.get(b"/Font", b"<<>>"))
        states = entries(resources.get(b"/ExtGState", b"<<>>"))
        pen = Pen(lambda name: self._face(fonts[name]), lambda name: entries(states[name]))
        pen.follow(b"\n".join(map(self._file.stream, self._file.items(page[b"/Contents"]))))
        return Drawing(self._shown(page), turned % 4, pen.letters, pen.strokes, pen.fills, runs=pen.runs)

    def _face(self, raw: bytes) -> Face:
        found = self._faces.get(raw)
        if found is None:
            found = self._faces[raw] = face(self._file, raw)
        return found

    def _shown(self, page: Entries) -> Box:
        """The part of the page that is shown."""
        box = self._box(page[b"/MediaBox"])
        if b"/CropBox" in page:
            left, bottom, right, top = self._box(page[b"/CropBox"])
            box = max(box[0], left), max(box[1], bottom), min(box[2], right), min(box[3], top)
        if box[0] >= box[2] or box[1] >= box[3]:
            raise Unusual
        return box

    def _box(self, raw: bytes) -> Box:
        left, bottom, right, top = sides = self._file.numbers(raw)
        if not -_FARTHEST < min(sides) <= max(sides) < _FARTHEST:
            raise Unusual
        return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def opened(data: bytes) -> Pages | None:
    """The pages of a file; None for a file that is pdfium's."""
    try:
        pages = Pages(File(data))
        return pages if len(pages) else None
    except FAULTS:
        return None
