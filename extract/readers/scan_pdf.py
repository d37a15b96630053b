"""Pages of a PDF file as pictures."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import pypdfium2.raw as raw

from extract.errors import UnreadableInput

if TYPE_CHECKING:
    from extract.readers.scan_image import Picture

_POINTS: Final = 72.0
_DEEP: Final = 2
_MOST: Final = 0.5
_LEAST_DPI, _USUAL_DPI, _MOST_DPI = 100.0, 200.0, 400.0


def _area(image: Any) -> float:
    left, bottom, right, top = image.get_bounds()
    return float((right - left) * (top - bottom))


def picture(document: Any, index: int, most_pixels: int) -> Picture:
    """A page as a picture, with as many dots as its largest image has. Raises UnreadableInput: ``image_too_large``."""
    from extract.readers.scan_image import Picture

    page = document[index]
    try:
        width, height = page.get_size()
        dpi = _USUAL_DPI
        images = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEP))
        if images:
            largest = max(images, key=_area)
            across, down = largest.get_px_size()
            area = _area(largest)
            if area > _MOST * width * height:
                dpi = min(max(sqrt(across * down / area) * _POINTS, _LEAST_DPI), _MOST_DPI)
        pixels = round(width * height * (dpi / _POINTS) ** 2)
        if pixels > most_pixels:
            raise UnreadableInput("image_too_large", pixels=pixels, limit=most_pixels)
        bitmap = page.render(scale=dpi / _POINTS, grayscale=True, may_draw_forms=False)
        try:
            return Picture(bitmap.to_numpy().copy().reshape(bitmap.height, bitmap.width), round(dpi, 1))
        finally:
            bitmap.close()
    finally:
        page.close()
