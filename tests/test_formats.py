"""The same form in every format gives the same rows; every value is where its address says."""

from __future__ import annotations

import posixpath
from typing import Any, Final

import pytest

from extract.api import extract_bytes
from extract.clean import squash
from extract.model import Cell, Extraction, Form
from extract.readers import office
from extract.readers.files import ReadOptions
from extract.tables.build import to_tables
from tests import formats
from tests.forms.designs import DESIGNS
from tests.forms.drawn import FORMATS, boxed
from tests.looks import LOOKS
from tests.needs import needs
from tests.places import check_places
from tests.scoring import Score, score
from tests.shapes import write_csv
from tests.test_counties import LACKING, padded, written
from tests.tools.samples import SAMPLES as TOOL_SAMPLES
from tests.tools.samples import Sample, gold_file

TABLES: Final = ("documents", "funding", "goals", "tasks", "indicators")
# What differs from file to file, and the texts as they stood.
OF_THE_FILE: Final = ("document_id", "source_path", "source_sha256", "media_type", "encoding", "confidence")
SHOWN: Final = 12


def rows(extraction: Extraction) -> dict[str, list[dict[str, Any]]]:
    """The tables without what tells the files apart."""
    tables = to_tables([extraction])
    return {
        name: [{k: v for k, v in row.items() if k not in OF_THE_FILE} for row in tables[name].to_pylist()]
        for name in TABLES
    }


@pytest.mark.parametrize("design", sorted(set(DESIGNS) - LACKING))
def test_the_same_form_in_every_format_gives_the_same_rows(design: str) -> None:
    for seed in (211, 212):
        table, _ = written(design, seed)
        want = rows(extract_bytes(write_csv(padded(table)).encode()))
        assert want["indicators"]
        for kind, write in FORMATS.items():
            assert rows(extract_bytes(write(boxed(table)))) == want, kind


def test_the_samples_are_those_of_the_seeds() -> None:
    found = formats.drawn()
    for name, data, _ in found:
        assert (formats.SAMPLES / name).read_bytes() == data, name
    assert formats.GOLD.read_text(encoding="utf-8") == formats.gold(found)


@pytest.mark.parametrize("file", formats.saved(), ids=lambda file: file[0])
def test_pages_under_the_names_of_other_files(file: formats.File) -> None:
    name, data, records = file
    total = Score()
    extraction = extract_bytes(data, source_path=name)
    score(
        total,
        [record | {"file": name, "family": name, "form_index": i} for i, record in enumerate(records)],
        extraction,
    )
    assert (total.wrong, total.spurious, total.alarms) == ([], [], [])
    assert check_places(extraction) > 50


def test_a_word_file_and_tab_text_under_the_names_of_older_ones() -> None:
    """The name says doc and xls; the bytes say what they are."""
    table, record = written("guangdong", 5)
    text = "".join("\t".join(row) + "\n" for row in padded(table))
    for name, data in (("a.doc", FORMATS["docx"](boxed(table))), ("a.xls", text.encode("gbk"))):
        total = Score()
        score(total, [record | {"file": name, "family": name, "form_index": 0}], extract_bytes(data, source_path=name))
        assert (total.wrong, total.spurious, total.alarms) == ([], [], []), name


# ---- each value at its address


def places(form: Form) -> list[Cell]:
    groups = [form.places]
    for records in (form.funding, form.goals, form.tasks, form.indicators):
        groups += [record[-1] for record in records]
    return [part for group in groups for cell in group.values() for part in cell.parts or (cell,)]


OFFICE: Final = LOOKS.keys() - {"html", "pdf"}
FILES: Final = sorted(path for path in formats.SAMPLES.iterdir() if path.suffix[1:] in OFFICE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_value_is_where_its_address_says(path: Any) -> None:
    data = path.read_bytes()
    extraction = extract_bytes(data, source_path=path.name)
    assert extraction.origin is not None
    look = LOOKS[posixpath.splitext(path.name)[1][1:]]
    checked = 0
    for form in extraction.forms:
        for part in places(form):
            locator = extraction.origin.spot(part).locator
            assert locator is not None, part
            text = squash(part.text).replace(",", "")
            assert text in squash(look(data, {"locator": locator})).replace(",", ""), (locator, text)
            checked += 1
    assert checked > 30


# ---- by way of LibreOffice


@needs("LibreOffice", found=office.program() is not None)
def test_files_that_libreoffice_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them in one call; their answers stand apart from those of the gate, which runs without LibreOffice."""
    samples: tuple[Sample, ...] = TOOL_SAMPLES["office"]
    assert gold_file("office").is_file()
    data = [sample.path.read_bytes() for sample in samples]
    endings = ["rtf" if one.startswith(b"{") else "doc" for one in data]
    made = dict(
        zip(data, office.convert(list(zip(data, endings, strict=True)), ReadOptions(office_seconds=300.0)), strict=True)
    )
    monkeypatch.setattr(office, "convert_one", lambda data, ending, options: made[data])
    total = Score()
    for sample, one in zip(samples, data, strict=True):
        extraction = extract_bytes(one, source_path=sample.file)
        score(total, [sample.record()], extraction)
        assert extraction.media_type in ("application/msword", "application/rtf")
        assert check_places(extraction) > 30
    assert (total.wrong, total.spurious, total.alarms) == ([], [], [])
