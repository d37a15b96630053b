"""Files that ask for a password, as programs write them.

LibreOffice wrote the Word files and sheets, qpdf the PDF files, zip, pyzipper and py7zr the archives; the word is "mima".
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extract import catalogue
from extract.api import extract_all, extract_bytes
from extract.batch.run import Options, run
from extract.model import Failure
from extract.readers.files import ReadOptions
from tests.test_cli import SAMPLE

FOLDER = Path(__file__).parent / "data" / "encrypted"
# What of an archive is behind the password: its files, or their names too.
WITHIN = {"zip.zip": "!/short.txt", "aes.zip": "!/short.txt", "data.7z": "!/short.txt", "header.7z": ""}
# Everybody may read it, and nobody print it.
OWNER = "owner-aes256.pdf"


def locked() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path.name != OWNER)


def test_there_is_one_of_each() -> None:
    assert sorted({path.suffix for path in locked()}) == [
        *(".7z", ".doc", ".docx", ".ods", ".odt", ".pdf", ".xls", ".xlsx", ".zip")
    ]


@pytest.mark.parametrize("path", locked(), ids=lambda path: path.name)
def test_a_password_is_a_failure_of_the_file(path: Path) -> None:
    (found,) = extract_all(path.read_bytes(), source_path=path.name)
    assert (found.source_path, found.failure) == (path.name + WITHIN.get(path.name, ""), Failure("encrypted"))
    assert found.forms == ()


def test_a_run_says_so_of_each(tmp_path: Path) -> None:
    counts = run(Options((str(FOLDER),), tmp_path / "out")).counts
    assert (counts.inputs, counts.failed, counts.forms) == (len(locked()) + 1, len(locked()), 1)
    rows = pq.read_table(tmp_path / "out" / "failures").to_pylist()
    said = catalogue.failure_message("encrypted", {})
    assert {(row["code"], row["message"], row["message_zh"]) for row in rows} == {("encrypted", said.en, said.zh)}


@pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])
@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.pdf")))
def test_a_password_for_the_owner_alone_keeps_nobody_from_reading(name: str, engine: str) -> None:
    options = ReadOptions(pdf_engine=engine)
    found = extract_bytes((FOLDER / name).read_bytes(), options=options)
    if name != OWNER:
        assert found.failure == Failure("encrypted")
        return
    plain = extract_bytes((SAMPLE.parent / "pdf-calc-bare-01.pdf").read_bytes(), options=options)
    assert found.forms == plain.forms
    assert len(found.forms[0].indicators) > 5
