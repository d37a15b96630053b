"""One form in every format gives the same rows: a page that was printed or scanned, a Word file, a sheet, a web page.

Provenance aside, which tells where a value stands in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from extract.api import extract_bytes, extract_path
from extract.model import Extraction
from tests.forms import office
from tests.forms.boxes import Box, Boxes, ministry, page, portal
from tests.forms.sheet import Sheet, sheet_of
from tests.scans import needs_scan
from tests.test_formats import rows
from tests.tools import pdf_files, scans

PRINTED: Final = tuple(sample for sample in pdf_files.SPECS if len(sample.seeds) == 1)
# The line of the source where a recovered text stands, and how doubtful things are, differ from file to file.
OF_THE_PLACE: Final = ("recovery_source", "status", "confidence")


def written(sheet: Sheet, boxes: Boxes) -> Iterator[tuple[str, bytes]]:
    """A form in the formats that have cells."""
    heads = [text for text in (sheet.title, sheet.year_line, sheet.unit_line) if text]
    width = sum(box.columns for box in boxes[0])
    above = [[Box((text,), 1, width)] for text in heads]
    yield "html", page(sheet, boxes).encode()
    yield "docx", office.word_file(heads, boxes)
    yield "xlsx", office.workbook({"Sheet1": office.boxed_sheet([*above, *boxes])})


def told(extraction: Extraction) -> dict[str, list[dict[str, Any]]]:
    """The rows of a form, its goals as one text: a page does not tell where a paragraph ends in a full line."""
    tables = rows(extraction)
    tables["goals"] = [{"text": "".join(row["text"] for row in tables["goals"])}]
    return {
        name: [{k: v for k, v in row.items() if k not in OF_THE_PLACE} for row in found]
        for name, found in tables.items()
    }


@pytest.mark.parametrize("sample", PRINTED, ids=lambda sample: sample.name)
def test_printed(sample: pdf_files.Sample) -> None:
    form = pdf_files.printed(sample.seeds[0], sample)
    want = told(extract_path(pdf_files.SAMPLES / f"{sample.name}.pdf"))
    assert len(want["indicators"]) == sample.indicators
    for kind, data in written(form.sheet, form.boxes):
        assert told(extract_bytes(data)) == want, kind


@needs_scan
@pytest.mark.parametrize("sample", scans.SAMPLES, ids=lambda sample: sample.name)
def test_scanned(sample: scans.Scanned) -> None:
    sheet = sheet_of(scans.form_of(sample))
    boxes = ministry(sheet) if sample.kind == "project" else portal(sheet)
    want = told(extract_path(scans.FOLDER / sample.name))
    assert want["indicators"]
    for kind, data in written(sheet, boxes):
        assert told(extract_bytes(data)) == want, kind
