"""Pages that are pictures with texts that do not show: what some program read there is not trusted silently."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from extract.api import extract_bytes
from extract.model import Extraction, Failure
from extract.readers import pdf_layer, pdfium
from extract.readers.files import ReadOptions
from extract.readers.pdf_layer import Layer
from tests.layered import layered
from tests.scans import needs_scan
from tests.test_cli import SAMPLE
from tests.test_formats import rows

PDF = SAMPLE.parent / "pdf-calc-01.pdf"
LETTERS = 307
STAMP = "扫描全能王创建"


def layer(**options: Any) -> Layer:
    document = pdfium.open_document(layered(PDF, **options))
    try:
        return pdf_layer.layer(document, 0)
    finally:
        document.close()


def codes(extraction: Extraction) -> list[str]:
    return [finding.code for form in extraction.forms for finding in form.findings]


@pytest.mark.parametrize("within", [False, True])
def test_what_does_not_show(within: bool) -> None:
    assert layer(within=within) == Layer(covered=True, unseen=LETTERS)
    assert layer(within=within, mode=7) == Layer(covered=True, unseen=LETTERS)
    assert layer(within=within, mode=0, above=False) == Layer(covered=True, unseen=LETTERS)
    assert layer(within=within, mode=0) == Layer(covered=True, unseen=0)
    assert layer(within=within, mode=0, above=False, alpha=True) == Layer(covered=True, unseen=0)


def test_a_page_that_cannot_be_read_has_nothing_that_does_not_show() -> None:
    document = pdfium.open_document(layered(PDF))
    assert pdf_layer.layer(document, 7) == Layer(covered=False, unseen=0)
    document.close()


def lie(text: str) -> str:
    """What a bad reader makes of a character."""
    return "6" if text == "8" else text


@needs_scan
@pytest.mark.parametrize("options", [{}, {"mode": 0, "above": False}, {"shown": STAMP}], ids=str)
def test_the_picture_is_read_and_not_the_text_beneath_it(options: dict[str, Any]) -> None:
    found = extract_bytes(layered(PDF, change=lie, **options))
    assert found.failure is None
    assert "text_layer" not in codes(found)
    printed = rows(extract_bytes(PDF.read_bytes()))
    assert [row["value_number"] for row in rows(found)["indicators"]] == [
        row["value_number"] for row in printed["indicators"]
    ]
    assert [row["amount"] for row in rows(found)["funding"]] == [row["amount"] for row in printed["funding"]]


@needs_scan
def test_a_stamp_on_a_picture_is_no_text() -> None:
    found = extract_bytes(layered(PDF, shown=STAMP, change=lambda _: " "))
    assert [form.unit_name for form in found.forms] == [
        form.unit_name for form in extract_bytes(PDF.read_bytes()).forms
    ]
    assert len(found.forms[0].indicators) == 6


@pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])
@pytest.mark.parametrize("options", [{}, {"mode": 0, "above": False}, {"shown": STAMP}], ids=str)
def test_without_what_reads_pictures_the_text_is_read_and_a_finding_says_so(
    engine: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_scan(monkeypatch)
    found = extract_bytes(layered(PDF, **options), options=ReadOptions(pdf_engine=engine))
    assert (found.failure, len(found.forms)) == (None, 1)
    (finding,) = (finding for finding in found.forms[0].findings if finding.code == "text_layer")
    assert (finding.table, finding.params) == (None, {"pages": "1, 2"})


def test_a_stamped_picture_alone_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    without_scan(monkeypatch)
    found = extract_bytes(layered(PDF, shown=STAMP, change=lambda _: " "))
    assert found.failure == Failure("scan_not_installed", {"missing": "cv2"})


@pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])
def test_a_text_that_shows_on_a_picture_is_read_as_it_is(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without_scan(monkeypatch)
    for options in ({"mode": 0}, {"mode": 0, "above": False, "alpha": True}):
        found = extract_bytes(layered(PDF, **options), options=ReadOptions(pdf_engine=engine))  # type: ignore[arg-type]
        assert (found.failure, len(found.forms), "text_layer" in codes(found)) == (None, 1, False)


@needs_scan
def test_a_picture_that_is_too_large_leaves_the_text() -> None:
    found = extract_bytes(layered(PDF), options=ReadOptions(max_pixels=1000))
    assert (found.failure, "text_layer" in codes(found)) == (None, True)
    assert extract_bytes(layered(PDF, change=lambda _: " "), options=ReadOptions(max_pixels=1000)).failure is not None


def without_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("extract.readers.scan_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cv2", None)
