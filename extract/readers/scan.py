"""Pictures of pages: files of images, and pages of PDF files that are pictures. What reads them is an extra."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from extract.errors import UnreadableInput
from extract.readers.files import ReadOptions
from extract.readers.page_source import source_of
from extract.readers.page_tables import Page
from extract.readers.source import Source

_TYPES: Final = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"RIFF", "image/webp"),
)


def read(data: bytes, options: ReadOptions) -> Source:
    """The tables and texts of a file of images.

    Raises UnreadableInput: ``scan_not_installed``, ``malformed``, ``image_too_large``, ``too_many_pages``.
    """
    eyes = _eyes(options)
    pictures = _module("scan_image").pictures(data, options.max_pixels, options.max_pages)
    pages = [eyes.page(picture, number) for number, picture in enumerate(pictures, 1)]
    media_type = next((name for magic, name in _TYPES if data.startswith(magic)), "image/tiff")
    source: Source = eyes.placed(source_of(media_type, pages))
    return source


class PicturePages:
    """The pages of an open PDF file that are pictures; ``missing``: the failure, where what reads them is not there."""

    def __init__(self, document: Any, options: ReadOptions) -> None:
        self._document = document
        self._options = options
        self._eyes: Any = None
        self.missing: UnreadableInput | None = None

    def page(self, number: int) -> Page | None:
        """A page, from 1; None where it cannot be read. Raises UnreadableInput: ``image_too_large``."""
        if self._eyes is None and self.missing is None:
            try:
                self._eyes = _eyes(self._options)
            except UnreadableInput as error:
                self.missing = error
        if self._eyes is None:
            return None
        picture = _module("scan_pdf").picture(self._document, number - 1, self._options.max_pixels)
        page: Page = self._eyes.page(picture, number)
        return page

    def placed(self, source: Source) -> Source:
        """What was made of the pages, with the places and doubts of those that are pictures."""
        placed: Source = source if self._eyes is None else self._eyes.placed(source)
        return placed


def _eyes(options: ReadOptions) -> Any:
    try:
        return _module("scan_eyes").Eyes(options.ocr_threads)
    except ImportError as error:
        raise UnreadableInput("scan_not_installed", missing=error.name or str(error)) from error


def _module(name: str, extra: Sequence[str] = ("numpy", "cv2", "onnxruntime")) -> Any:
    """A module of the reader of scans, loaded when it is first needed."""
    try:
        return import_module(f"extract.readers.{name}")
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in (*extra, "PIL"):
            raise
        raise UnreadableInput("scan_not_installed", missing=error.name) from error
