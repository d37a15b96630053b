"""Pictures of pages: what is drawn on them, and what can be wrong with them."""

from __future__ import annotations

import io
import sys
import warnings
from typing import Any

import pytest
from PIL import Image, ImageDraw

from extract.api import extract_bytes
from extract.model import Failure
from extract.readers.files import ReadOptions
from tests.scans import needs_scan


def saved(image: Any, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def page(width: int = 600, height: int = 400) -> Any:
    return Image.new("L", (width, height), 235)


def failure(data: bytes, **options: Any) -> Failure:
    found = extract_bytes(data, options=ReadOptions(**options)).failure
    assert found is not None
    return found


# ---- what can be wrong


@needs_scan
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_a_page_with_nothing_on_it_is_no_form(kind: str) -> None:
    found = extract_bytes(saved(page(), kind))
    assert (found.failure, found.media_type) == (Failure("not_a_form"), f"image/{kind.lower()}")


@needs_scan
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_a_picture_that_is_cut_off_is_malformed(kind: str, share: float) -> None:
    image = page()
    for x in range(0, 600, 7):
        ImageDraw.Draw(image).line((x, 0, 599 - x, 399), fill=(x * 37) % 256)
    data = saved(image, kind)
    assert failure(data[: int(len(data) * share)]).code == "malformed"


@needs_scan
def test_a_picture_with_too_many_dots_is_not_unpacked() -> None:
    data = saved(Image.new("1", (30_000, 30_000)))
    assert len(data) < 200_000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert failure(data).code == "image_too_large"
    assert failure(saved(page()), max_pixels=1000).params == {"pixels": 240_000, "limit": 1000}


@needs_scan
def test_too_many_pages() -> None:
    data = saved(page(), "TIFF", save_all=True, append_images=[page()] * 3)
    assert failure(data, max_pages=3) == Failure("too_many_pages", {"count": 4, "limit": 3})


@pytest.mark.parametrize("missing", ["cv2", "onnxruntime", "numpy"])
def test_without_the_extra_a_failure_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith("extract.readers.scan_"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    found = failure(saved(page()))
    assert (found.code, found.params) == ("scan_not_installed", {"missing": missing})


# ---- how dots become points


@needs_scan
@pytest.mark.parametrize(
    ("stated", "size", "dpi"),
    [
        ((200, 200), (600, 400), 200),
        ((300.5, 300.5), (600, 400), 300.5),
        (None, (600, 400), 96),
        (None, (1654, 2339), 200),
        (None, (3508, 2480), 300),
        ((1, 1), (600, 400), 96),
        ((200, 100), (600, 400), 96),
    ],
)
def test_dots_an_inch(stated: tuple[float, float] | None, size: tuple[int, int], dpi: float) -> None:
    from extract.readers.scan_image import pictures

    options: dict[str, Any] = {} if stated is None else {"dpi": stated}
    data = saved(page(*size), **options)
    (found,) = pictures(data, 10**8, 1)
    assert found.dpi == pytest.approx(dpi, abs=0.1)


@needs_scan
def test_clear_and_turned_pictures_are_grey_on_white_and_upright() -> None:
    from extract.readers.scan_image import pictures

    clear = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    (found,) = pictures(saved(clear), 10**8, 1)
    assert found.grey.min() == 255
    turned = page(40, 30)
    exif = turned.getexif()
    exif[0x0112] = 6
    (found,) = pictures(saved(turned, "JPEG", exif=exif), 10**8, 1)
    assert found.grey.shape == (40, 30)


# ---- rules


def ruled(angle: float = 0.0) -> Any:
    """A table of three columns and two rows, the second of which spans two columns."""
    image = page(900, 600)
    draw = ImageDraw.Draw(image)
    for line in (
        (100, 100, 800, 100),
        (100, 250, 800, 250),
        (100, 400, 800, 400),
        (100, 100, 100, 400),
        (800, 100, 800, 400),
        (300, 100, 300, 400),
        (550, 100, 550, 250),
    ):
        draw.line(line, fill=20, width=3)
    for x in range(150, 700, 40):
        # What stands for characters: as high as wide, and apart.
        draw.rectangle((x, 160, x + 24, 184), outline=20, width=3)
    return image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=235)


@needs_scan
@pytest.mark.parametrize("angle", [-3.7, -1.0, 0.0, 0.4, 2.0, 5.0])
def test_rules_of_a_page_that_is_not_straight(angle: float) -> None:
    import numpy as np

    from extract.readers.scan_page import straight

    sheet = straight(np.array(ruled(angle)))
    assert sheet.size == pytest.approx(26, abs=3)
    flat = [rule for rule in sheet.rules if not rule.upright]
    upright = [rule for rule in sheet.rules if rule.upright]
    assert (len(flat), len(upright)) == (3, 4)
    lengths = sorted(round(rule.length / 50) for rule in upright)
    assert lengths == [3, 6, 6, 6]
    # Where a corner was on the page as it came.
    x, y = sheet.back @ (upright[0].x0, upright[0].y0, 1)
    turn = np.radians(angle)
    dx, dy = 100 - 450, 100 - 300
    assert x == pytest.approx(450 + dx * np.cos(turn) + dy * np.sin(turn), abs=3)
    assert y == pytest.approx(300 - dx * np.sin(turn) + dy * np.cos(turn), abs=3)


@needs_scan
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_way_back_from_a_turned_page(quarters: int) -> None:
    import numpy as np

    from extract.readers.scan_page import straight

    image = np.full((300, 500), 235, np.uint8)
    image[60, 110] = 0
    sheet = straight(image, quarters)
    ((y, x),) = np.argwhere(sheet.grey < 100)
    assert (sheet.back @ (x + 0.5, y + 0.5, 1)).tolist() == [110.5, 60.5]


@needs_scan
def test_strokes_that_go_on_over_characters_are_no_rules() -> None:
    import numpy as np

    from extract.readers.scan_page import straight

    image = ruled()
    ImageDraw.Draw(image).line((330, 330, 430, 330), fill=20, width=3)
    sheet = straight(np.array(image))
    assert len(sheet.rules) == 7
    assert sheet.ink[330, 380]
    assert not sheet.ruled[330, 380]


@needs_scan
@pytest.mark.parametrize(
    ("read", "height", "told", "sure"),
    [
        (">", 0.5, ">", 0.97),
        ("V", 0.5, ">", 0.0),
        (">", 0.8, "≥", 0.0),
        ("≥", 0.8, "≥", 0.97),
        ("二", 0.4, "=", 0.0),
    ],
)
def test_a_sign_that_its_shape_alone_tells_is_not_sure(read: str, height: float, told: str, sure: float) -> None:
    from extract.readers.scan_signs import _by_shape
    from extract.readers.scan_words import Letter

    letter = _by_shape(Letter(read, 0.5, 0.97), 0.5, height)
    assert (letter.text, letter.sure) == (told, sure)


@needs_scan
def test_another_reading_that_says_the_sign_makes_it_sure() -> None:
    from extract.readers.scan_eyes import agreed
    from extract.readers.scan_words import Letter

    told = Letter(">", 0.5, 0.0)
    assert agreed([Letter(">", 0.5, 0.97)], [told])[0].sure == 0.97
    assert agreed([told], [told])[0].sure == 0.0
    assert agreed([Letter("7", 0.5, 0.9)], [told])[0].sure == 0.0
