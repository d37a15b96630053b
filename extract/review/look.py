"""What a source looks like: its lines, or pictures of its pages. Tasks of a child process: sources may be hostile."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from math import sqrt
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers import encoding, files, kinds, pdfium, text
from extract.readers.files import ReadOptions

# Kinds whose values have boxes on pages that look like something.
PAGED: Final = frozenset({"pdf", "image"})

_POINTS: Final = 72.0
# Dots a point: small print can be read, and a page takes some 100 kB.
_SCALE: Final = 2.0
_MOST_DOTS: Final = 6_000_000
_QUALITY: Final = 60


class Page(NamedTuple):
    """A page, from 1: its size in points, and what it looks like as a WebP image."""

    number: int
    width: float
    height: float
    image: bytes


def lines_of_text(data: bytes) -> list[str]:
    """The lines of a text, in which its places count. UnreadableInput: as ``encoding.decode``."""
    return text.split_lines(encoding.decode(data).text)


def lines(
    data: bytes, source_path: str, forms: Path | None, options: ReadOptions, docx: bytes | Failure | None
) -> Iterator[list[str]]:
    """The lines that stand for the rows and paragraphs of a file that has none. UnreadableInput: as ``files.read``."""
    del source_path, forms
    yield files.read(data, kinds.kind(data), options, docx).lines


def pages(
    data: bytes,
    source_path: str,
    forms: Path | None,
    options: ReadOptions,
    docx: bytes | Failure | None,
    wanted: Sequence[int],
) -> Iterator[list[Page]]:
    """The pages with these numbers, as far as the file has them.

    UnreadableInput: ``encrypted``, ``malformed``, ``image_too_large``, ``too_many_pages``.
    """
    del source_path, forms, docx
    if kinds.kind(data) == "pdf":
        yield list(_printed(data, wanted))
    else:
        yield list(_scanned(data, options, wanted))


def _printed(data: bytes, wanted: Sequence[int]) -> Iterator[Page]:
    import pypdfium2

    with closing(pdfium.open_document(data)) as document:
        for number in wanted:
            if not 0 < number <= len(document):
                continue
            try:
                page = document[number - 1]
                width, height = page.get_size()
                bitmap = page.render(scale=_scale(width, height))
                image = bitmap.to_pil().convert("RGB")
            except pypdfium2.PdfiumError as error:
                raise UnreadableInput("malformed", reason=str(error)) from error
            yield Page(number, width, height, _packed(image))
            bitmap.close()
            page.close()


def _scanned(data: bytes, options: ReadOptions, wanted: Sequence[int]) -> Iterator[Page]:
    from PIL import Image

    from extract.readers.scan_image import pictures

    for number, picture in enumerate(pictures(data, options.max_pixels, options.max_pages), 1):
        if number not in wanted:
            continue
        image = Image.fromarray(picture.grey)
        width, height = (dots * _POINTS / picture.dpi for dots in image.size)
        scale = min(_scale(width, height) * _POINTS / picture.dpi, 1.0)
        shown = image.resize((max(round(image.width * scale), 1), max(round(image.height * scale), 1)))
        yield Page(number, width, height, _packed(shown))


def _scale(width: float, height: float) -> float:
    """How many dots a point a page of a size in points is shown with."""
    return min(_SCALE, sqrt(_MOST_DOTS / max(width * height, 1.0)))


def _packed(image: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
