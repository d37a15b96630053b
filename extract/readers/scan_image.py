"""Image files as pages of grey: decoded within limits, turned as the camera says, on white where they are clear."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, ImageSequence

from extract.errors import UnreadableInput

Grey = NDArray[np.uint8]

FORMATS: Final = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
POINTS: Final = 72.0
# What a file states outside of these is no resolution of a scan.
_LOW, _HIGH = 50.0, 1300.0
_UNKNOWN: Final = 96.0
# Long to short side of A4, and the inches of its short side.
_A4_RATIO: Final = 1.4142
_A4_OFF: Final = 0.02
_A4_INCHES: Final = 8.268
_FEWEST_DOTS: Final = 800


class Picture(NamedTuple):
    """A page: rows and columns of grey, 0 black to 255 white; how many dots stand in an inch."""

    grey: Grey
    dpi: float


def pictures(data: bytes, most_pixels: int, most_pages: int) -> Iterator[Picture]:
    """The pages of an image file, one after another.

    Raises UnreadableInput: ``malformed``; ``image_too_large``, where a page has more than ``most_pixels``;
    ``too_many_pages``.
    """
    with warnings.catch_warnings():
        # Sizes are held against limits of our own; what is odd in a file's tags does not matter.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                count = getattr(image, "n_frames", 1)
                if count > most_pages:
                    raise UnreadableInput("too_many_pages", count=count, limit=most_pages)
                for frame in ImageSequence.Iterator(image):
                    yield _picture(frame, most_pixels)
        except Image.DecompressionBombError as error:
            raise UnreadableInput("image_too_large", pixels="?", limit=most_pixels) from error
        except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, OverflowError) as error:
            raise UnreadableInput("malformed", reason=str(error)[:100]) from error


def _picture(frame: Any, most_pixels: int) -> Picture:
    width, height = frame.size
    if width * height > most_pixels:
        raise UnreadableInput("image_too_large", pixels=width * height, limit=most_pixels)
    turned = frame.getexif().get(ExifTags.Base.Orientation, 1)
    grey = _grey(ImageOps.exif_transpose(frame) if 1 < turned <= 8 else frame)
    return Picture(grey, _dpi(frame.info.get("dpi"), grey.shape[1], grey.shape[0]))


def _grey(image: Any) -> Grey:
    """Grey on white."""
    if image.mode.startswith(("I", "F")):
        wide = np.asarray(image, dtype=np.float32)
        narrow: Grey = np.clip(wide * (255 / max(float(wide.max(initial=0)), 1)), 0, 255).astype(np.uint8)
        return narrow
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        image = Image.new("RGBA", clear.size, "white")
        image.alpha_composite(clear)
    grey: Grey = np.array(image.convert("L"), dtype=np.uint8)
    return grey


def _dpi(stated: Any, width: int, height: int) -> float:
    """Dots an inch as stated; where nothing is, as if the page were A4, if it has A4's sides."""
    try:
        across, down = float(stated[0]), float(stated[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        across = down = 0.0
    if _LOW <= across <= _HIGH and abs(across - down) < 1:
        return across
    short, long = sorted((width, height))
    if short >= _FEWEST_DOTS and abs(long / short - _A4_RATIO) < _A4_OFF:
        return round(short / _A4_INCHES, 1)
    return _UNKNOWN
