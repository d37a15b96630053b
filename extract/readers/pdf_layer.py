"""Texts of a PDF page that do not show: what some program read in a picture and put above or beneath it.

Scanners and office programs make such files. The text is a guess of that program's, and nothing in the file says how
sure it is of a character.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import addressof
from typing import Any, Final, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from extract.readers.page_marks import Box

# What covers so much of a page is a picture of the page.
_PAGE: Final = 0.8
_UNSHOWN: Final = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_DEEPEST: Final = 8
# A picture with less in one of the points looked at lets through what is beneath it.
_OPAQUE: Final = 250
_ALPHA: Final = {raw.FPDFBitmap_BGRA: 3}
_LOOK_AT: Final = 97


class Layer(NamedTuple):
    """``covered``: whether pictures cover a page; ``unseen``: how many of its characters, blanks aside, do not show."""

    covered: bool
    unseen: int


NONE: Final = Layer(covered=False, unseen=0)


def layer(document: Any, index: int) -> Layer:
    """What of a page, counted from 0, does not show; nothing of one that cannot be read."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return NONE
    try:
        return _layer(page)
    except pdfium.PdfiumError:
        return NONE
    finally:
        page.close()


def _layer(page: Any) -> Layer:
    shown: Box = page.get_bbox()
    whole = _area(shown)
    objects = list(page.get_objects(max_depth=_DEEPEST))
    covering: list[int] = []
    covered = 0.0
    for at, one in enumerate(objects):
        if one.type == raw.FPDF_PAGEOBJ_IMAGE:
            own = _area(_common(_bounds(one), shown))
            covered += own
            if own >= _PAGE * whole:
                covering.append(at)
    hidden = set(_hidden(objects, covering))
    return Layer(covered >= _PAGE * whole, _count(page, hidden) if hidden else 0)


def _hidden(objects: Sequence[Any], covering: Sequence[int]) -> Iterator[int]:
    """The addresses of the text objects that do not show; ``covering``: which objects are pictures of the page."""
    texts = [(at, one) for at, one in enumerate(objects) if one.type == raw.FPDF_PAGEOBJ_TEXT]
    last = next((at for at in reversed(covering) if texts and at > texts[0][0] and _is_opaque(objects[at])), -1)
    for at, one in texts:
        if at < last or raw.FPDFTextObj_GetTextRenderMode(one) in _UNSHOWN:
            yield addressof(one.raw.contents)


def _is_opaque(image: Any) -> bool:
    """Whether nothing shows through a picture."""
    if raw.FPDFPageObj_HasTransparency(image):
        return False
    bitmap = image.get_bitmap(render=True, scale_to_original=False)
    at = _ALPHA.get(bitmap.format)
    return at is None or min(bytes(bitmap.buffer)[at :: 4 * _LOOK_AT], default=0) >= _OPAQUE


def _count(page: Any, hidden: set[int]) -> int:
    text = page.get_textpage()
    try:
        return sum(
            chr(raw.FPDFText_GetUnicode(text, i)).isprintable()
            and raw.FPDFText_GetUnicode(text, i) > ord(" ")
            and addressof(raw.FPDFText_GetTextObject(text, i).contents) in hidden
            for i in range(text.count_chars())
            if not raw.FPDFText_IsGenerated(text, i)
        )
    finally:
        text.close()


def _bounds(one: Any) -> Box:
    """The box of an object in the space of the page."""
    box: Box = one.get_bounds()
    form = one.container
    while form is not None:
        box = form.get_matrix().on_rect(*box)
        form = form.container
    return box


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
