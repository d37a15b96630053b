"""PDF files: both engines say the same, every value is where it says, and what cannot be read is said."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from extract.api import extract_bytes
from extract.clean import squash
from extract.model import BBox
from extract.readers import page_marks, pdf
from extract.readers.files import ReadOptions
from tests.places import NOT_LITERAL, holders
from tests.scans import MISSING

TESTS = Path(__file__).parent
FILES = sorted(path.name for path in (TESTS.parent / "samples").glob("pdf-*.pdf"))
# So many device pixels a point.
_SCALE = 20


def sample(name: str) -> bytes:
    return (TESTS.parent / "samples" / name).read_bytes()


def test_there_are_samples() -> None:
    assert len(FILES) >= 6


# Calc leaves the texts of clipped cells in the file; pdfplumber tells them too, so its pages say more.
CLIPPED = {"pdf-calc-01.pdf", "pdf-calc-03.pdf"}


@pytest.mark.parametrize("name", sorted(set(FILES) - CLIPPED))
def test_both_engines_read_the_same(name: str) -> None:
    one, other = (pdf.read(sample(name), ReadOptions(pdf_engine=engine)) for engine in ("pdfium", "pdfplumber"))
    assert one.origin is not None
    assert other.origin is not None
    assert one.lines == other.lines
    pairs = [
        (a, b)
        for line, first, second in zip(one.lines, one.origin.lines, other.origin.lines, strict=False)
        for _, a, b in zip(line, first.boxes, second.boxes, strict=False)
        if a is not None and b is not None
    ]
    assert all(abs(x - y) <= 1.0 for a, b in pairs for x, y in zip(a, b, strict=True))


def characters(page: pdfium.PdfPage) -> list[tuple[float, float, str]]:
    """The middle of each character of a page as it is shown, in points from the top left, and what it is."""
    text = page.get_textpage()
    width, height = (round(side * _SCALE) for side in page.get_size())
    found = []
    for i in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(i)
        x, y = ctypes.c_int(), ctypes.c_int()
        middle = (left + right) / 2, (bottom + top) / 2
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, *middle, ctypes.byref(x), ctypes.byref(y))
        found.append((x.value / _SCALE, y.value / _SCALE, text.get_text_range(i, 1)))
    return found


def inside(found: list[tuple[float, float, str]], bbox: BBox) -> str:
    x0, top, x1, bottom = bbox
    text = "".join(c for x, y, c in found if x0 <= x <= x1 and top <= y <= bottom)
    return squash("".join(map(page_marks.folded, text)))


@pytest.mark.parametrize("name", FILES)
def test_values_stand_where_they_say(name: str) -> None:
    extraction = extract_bytes(sample(name))
    assert extraction.origin is not None
    document = pdfium.PdfDocument(sample(name))
    pages = [characters(page) for page in document]
    count = 0
    for form in extraction.forms:
        for _, holder, places in holders(form):
            for key, cell in places.items():
                for part in cell.parts or (cell,):
                    spot = extraction.origin.spot(part)
                    assert spot.page is not None
                    assert spot.bbox is not None
                    assert inside(pages[spot.page - 1], spot.bbox) == squash(part.text), (key, part)
                    count += 1
                if isinstance(getattr(holder, key, None), str) and key not in NOT_LITERAL:
                    assert squash(getattr(holder, key)) in squash(cell.text)
    assert count > 50


def handmade(*contents: str, resources: str = "", objects: tuple[bytes, ...] = ()) -> bytes:
    """A file with a page for each content; further objects are numbered from 3."""
    kids = [3 + len(objects) + 2 * i for i in range(len(contents))]
    written = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode(),
        *objects,
    ]
    for kid, content in zip(kids, contents, strict=True):
        written += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << {resources} >> "
            f"/Contents {kid + 1} 0 R >>".encode(),
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream".encode(),
        ]
    out = b"%PDF-1.7\n"
    starts = []
    for number, one in enumerate(written, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(written) + 1
    return b"%sxref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        out,
        size,
        table,
        size,
        len(out),
    )


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PIXEL = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x00\nendstream"
PICTURE = "300 0 0 200 0 0 cm /Im Do"
WRITTEN = "BT /F 12 Tf 20 100 Td (Total 12.50) Tj ET"
BOTH = "/Font << /F 3 0 R >> /XObject << /Im 4 0 R >>"


def code(data: bytes, **options: object) -> str | None:
    failure = extract_bytes(data, options=ReadOptions(**options)).failure  # type: ignore[arg-type]
    return failure.code if failure is not None else None


@pytest.mark.parametrize("engine", ["auto", "pdfium", "pdfplumber"])
def test_what_cannot_be_read_is_said(engine: str) -> None:
    assert code((TESTS / "data" / "encrypted.pdf").read_bytes(), pdf_engine=engine) == "encrypted"
    assert code(sample(FILES[0])[:3000], pdf_engine=engine) == "malformed"
    assert code(b"%PDF-1.4\n", pdf_engine=engine) == "malformed"
    assert code(handmade(), pdf_engine=engine) in ("no_pages", "malformed")
    assert code(handmade("", ""), pdf_engine=engine) == "empty"
    assert code(handmade("", "", ""), pdf_engine=engine, max_pages=2) == "too_many_pages"
    found = code(handmade(PICTURE, resources=BOTH, objects=(FONT, PIXEL)), pdf_engine=engine)
    assert found == ("scan_not_installed" if MISSING else "not_a_form")
    assert code(handmade(WRITTEN, resources=BOTH, objects=(FONT, PIXEL)), pdf_engine=engine) == "not_a_form"


@pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])
def test_pages_that_are_pictures_are_named(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "extract.readers.scan_eyes", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, "extract.readers.scan_words", raising=False)
    data = handmade(PICTURE, WRITTEN, PICTURE, resources=BOTH, objects=(FONT, PIXEL))
    source = pdf.read(data, ReadOptions(pdf_engine=engine))
    assert source.lines == ["Total 12.50"]
    assert [(finding.code, finding.params) for finding in source.findings] == [("pages_not_read", {"pages": "1, 3"})]
    assert source.origin is not None
    assert source.origin.lines[0].page == 2


def test_a_table_over_the_edge_is_said() -> None:
    rules = " ".join(f"20 {y} m 310 {y} l S" for y in (40, 80, 120, 160)) + " 20 40 m 20 160 l S 90 40 m 90 160 l S"
    source = pdf.read(handmade(f"{rules} {WRITTEN}", resources=BOTH, objects=(FONT, PIXEL)), ReadOptions())
    assert [finding.code for finding in source.findings] == ["page_cut_off"]


def test_stamps_across_a_page_are_no_text_of_it() -> None:
    stamp = "BT /F 40 Tf 0.7 0.7 -0.7 0.7 60 40 Tm (DRAFT) Tj ET"
    data = handmade(f"{WRITTEN} {stamp}", resources=BOTH, objects=(FONT, PIXEL))
    assert pdf.read(data, ReadOptions()).lines == ["Total 12.50"]


def test_radicals_are_the_ideographs_they_look_like() -> None:
    assert "".join(map(page_marks.folded, "⺠⽣⾏⼾⻓⻋")) == "民生行户长车"
    known = page_marks.radicals()
    assert {code for code in range(0x2E80, 0x2FD6) if chr(code).isprintable()} <= set(known)
    assert all(not 0x2E80 <= ord(found) <= 0x2FDF for found in known.values())
