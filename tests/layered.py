"""PDF files whose pages are pictures with texts beneath or above them that do not show, as scanners make them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pypdfium2

from extract.readers import pdfium
from extract.readers.page_marks import Letter

_POINTS = 72
_FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font"
    " /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1)"
    " /Supplement 2 >> /DW 1000 >>] >>"
)
_FORM = "/Type /XObject /Subtype /Form /BBox [0 0 2 2] /Matrix [0.5 0 0 0.5 0 0]"
Change = Callable[[str], str]


def texts(letters: Iterable[Letter], mode: int) -> bytes:
    """Operators that write the letters where they stand; mode 3 does not show."""
    words = [f"BT {mode} Tr"]
    for letter in letters:
        code = letter.text.encode("utf-16-be").hex()
        words.append(f"/F {letter.height:.2f} Tf 1 0 0 1 {letter.x:.2f} {letter.y:.2f} Tm <{code}> Tj")
    return "\n".join([*words, "0 Tr ET\n"]).encode()


def layered(
    path: Path,
    mode: int = 3,
    *,
    above: bool = True,
    shown: str = "",
    alpha: bool = False,
    within: bool = False,
    change: Change = str,
    dpi: int = 200,
) -> bytes:
    """The pages of a file as pictures, and their texts in ``mode``, above or beneath them.

    ``shown``: a visible text on the last page; ``alpha``: the pictures are veils through which everything shows; ``within``: they stand
    in forms of their own; ``change``: what becomes of each character of the texts.
    """
    pages = []
    with pypdfium2.PdfDocument(path) as document:
        for index in range(len(document)):
            drawing = pdfium.drawing(document, index)
            left, bottom, right, top = drawing.box
            page = document[index]
            bitmap = page.render(scale=dpi / _POINTS, grayscale=True)
            gray = bytes(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].tobytes())
            size = bitmap.width, bitmap.height
            page.close()
            picture = (
                f"q {right - left} 0 0 {top - bottom} {left} {bottom} cm /{'X' if within else 'I'} Do Q\n".encode()
            )
            layer = texts((one._replace(text=change(one.text)) for one in drawing.letters), mode)
            parts = [picture, layer] if above else [layer, picture]
            own = [
                Letter(c, left + 40 + 10 * k, bottom + 20, 9, 9, 0)
                for k, c in enumerate(shown if index == len(document) - 1 else "")
            ]
            pages.append((drawing.box, size, gray, b"".join([*parts, texts(own, 0)])))
    return _written(pages, alpha)


def _written(pages: list[Any], alpha: bool) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT.encode()]
    kids = []
    for box, (width, height), gray, content in pages:
        first = len(objects) + 1
        mask = f" /SMask {first + 3} 0 R" if alpha else ""
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{' '.join(map(str, box))}] /Contents {first + 1} 0 R"
            f" /Resources << /Font << /F 3 0 R >> /XObject << /I {first + 2} 0 R /X {first + 4} 0 R >> >> >>".encode(),
            _stream("", content),
            _image(width, height, gray, mask),
            _image(width, height, bytes(len(gray))) if alpha else b"null",
            _stream(f"{_FORM} /Resources << /XObject << /I {first + 2} 0 R >> >>", b"2 0 0 2 0 0 cm /I Do"),
        ]
        kids.append(f"{first} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(kids)}] >>".encode()
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _image(width: int, height: int, gray: bytes, more: str = "") -> bytes:
    size = f"/Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8"
    return _stream(f"/Type /XObject /Subtype /Image {size}{more}", gray)


def _stream(head: str, data: bytes) -> bytes:
    packed = zlib.compress(data)
    return f"<< {head} /Filter /FlateDecode /Length {len(packed)} >> stream\n".encode() + packed + b"\nendstream"
