"""The kind of a file, told by its bytes."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from extract.api import extract_bytes
from extract.readers.kinds import kind


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "text"),
        ("绩效目标批复表".encode(), "text"),
        (b"BM means bitmap here, and nothing else", "text"),
        (b"<html><table><tr><td>", "text"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\r\n\r\n%PDF-1.4\n", "pdf"),
        (zipped(("word/document.xml", b"")), "docx"),
        (zipped(("xl/workbook.xml", b"")), "xlsx"),
        (zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")), "ods"),
        (zipped(("mimetype", b"application/vnd.oasis.opendocument.text")), "odt"),
        (zipped(("mimetype", b"application/epub+zip")), "zip"),
        (zipped(("a.txt", b"")), "zip"),
        (zipped(("word/document.xml", b""))[:40], "zip"),
        (zipped(), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "ole"),
        (b"{\\rtf1\\ansi", "rtf"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"BM\x36\0\0\0", "image"),
        (b"Rar!\x1a\x07\0", "rar"),
        (b"7z\xbc\xaf\x27\x1c\0", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (tarred(), "tar"),
    ],
)
def test_kinds(data: bytes, found: str) -> None:
    assert kind(data) == found


def test_an_archive_is_a_failure_where_one_file_is_asked_for() -> None:
    failure = extract_bytes(b"Rar!\x1a\x07\0", source_path="a.rar").failure
    assert failure is not None
    assert (failure.code, failure.params) == ("is_archive", {"path": "a.rar"})
