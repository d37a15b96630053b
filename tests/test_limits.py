"""Every limit is an option, and says in the failure which one it is."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extract import catalogue
from extract.readers.files import ReadOptions
from tests.forms import office
from tests.hostile import pdf, png
from tests.scans import needs_scan
from tests.test_cli import SAMPLE, pifubiao
from tests.test_isolate import office as office_program
from tests.test_xml2003 import workbook

SMALL = 3000
SHEET = office.workbook({"x": office.sheet({3: office.text_cell("C3", "x")})})
WORD = office.word(office.paragraph("甲" * 2 * SMALL))


def failures(folder: Path, files: dict[str, bytes], *words: object, **environment: str) -> dict[str, tuple[str, str]]:
    """The codes and messages of a run over files."""
    (folder / "in").mkdir()
    for name, data in files.items():
        (folder / "in" / name).write_bytes(data)
    done = pifubiao("extract", folder / "in", "--out", folder / "out", *words, **environment)
    assert done.returncode == 1, done.stderr
    rows = pq.read_table(folder / "out" / "failures").to_pylist()
    return {row["source_path"]: (row["code"], row["message"]) for row in rows}


def test_every_option_is_what_the_run_is_told(tmp_path: Path) -> None:
    numbers = {
        "--max-bytes": "max_member_bytes",
        "--max-members": "max_members",
        "--max-unpacked": "max_unpacked",
        "--max-ratio": "max_ratio",
        "--max-depth": "max_depth",
        "--max-office-bytes": "max_unpacked_bytes",
        "--max-xml-bytes": "max_xml_bytes",
        "--max-cells": "max_sheet_cells",
        "--max-pages": "max_pages",
        "--max-pixels": "max_pixels",
        "--ocr-threads": "ocr_threads",
        "--office-timeout": "office_seconds",
    }
    given = {option: 50_000 - k if "bytes" in option else 40 + k for k, option in enumerate(numbers)}
    words = [word for option, number in given.items() for word in (option, number)]
    others: dict[str, str | float] = {"pdf_engine": "pdfplumber", "min_confidence": 0.25}
    more = [word for field, value in others.items() for word in (f"--{field.replace('_', '-')}", str(value))]
    done = pifubiao("extract", SAMPLE, "--out", tmp_path / "out", "--json", *words, *more)
    reading = json.loads(done.stdout)["parameters"]["reading"]
    assert reading == {**{field: given[option] for option, field in numbers.items()}, **others}
    assert set(reading) == set(ReadOptions.__dataclass_fields__)


@pytest.mark.parametrize(
    ("option", "value", "name", "data", "code"),
    [
        ("--max-office-bytes", SMALL, "x.docx", WORD, "unpacks_too_large"),
        ("--max-xml-bytes", SMALL, "x.docx", WORD, "unpacks_too_large"),
        ("--max-xml-bytes", SMALL, "x.xml", workbook(" " * SMALL), "unpacks_too_large"),
        ("--max-cells", 8, "x.xlsx", SHEET, "too_many_cells"),
        ("--max-pages", 2, "x.pdf", pdf(3), "too_many_pages"),
    ],
)
def test_a_limit_is_an_option_and_the_failure_names_it(
    tmp_path: Path, option: str, value: int, name: str, data: bytes, code: str
) -> None:
    (found,) = failures(tmp_path, {name: data}, option, value).values()
    assert (found[0], option in found[1]) == (code, True)
    done = pifubiao("inspect", tmp_path / "in" / name, option, value, "--json")
    assert json.loads(done.stdout)["failure"]["code"] == code


@needs_scan
def test_how_large_a_picture_may_be_is_an_option(tmp_path: Path) -> None:
    (found,) = failures(tmp_path, {"x.png": png(30, 40)}, "--max-pixels", 1199).values()
    assert found == (
        "image_too_large",
        catalogue.failure_message("image_too_large", {"pixels": 1200, "limit": 1199}).en,
    )
    assert "--max-pixels" in found[1]


def test_how_long_libreoffice_may_take_is_an_option(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    path = office_program(program, "sleep 600")["PATH"]
    (found,) = failures(tmp_path, {"x.rtf": rb"{\rtf1 x}"}, "--office-timeout", 0.5, PATH=path).values()
    assert found == ("office_timed_out", catalogue.failure_message("office_timed_out", {"seconds": "0.5"}).en)
    assert "--office-timeout" in found[1]
