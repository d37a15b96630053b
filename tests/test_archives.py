"""What is in archives: names, members, limits, and what is wrong with them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from extract.api import extract_all, extract_bytes, extract_path
from extract.batch.run import Options, run
from extract.model import Extraction, Failure
from extract.readers.archives import walk
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.schemafiles import SCHEMAS
from extract.tables.schemas import TABLES
from tests.archives import RawName, rar_of, raw_zip, special, tar_of, tar_with, unicode_path, zip_of
from tests.needs import needs

SAMPLES = SCHEMAS.parent / "samples"
FORM = (SAMPLES / "portal-01.txt").read_bytes()
FILES = {"一.txt": FORM, "二/三.txt": b"abc"}
FOUND = [("a!/一.txt", FORM), ("a!/二/三.txt", b"abc")]


def has_libarchive() -> bool:
    try:
        import libarchive  # noqa: F401
    except (ImportError, TypeError, AttributeError, OSError):
        return False
    return True


native = needs("the library libarchive", found=has_libarchive())


def leaves(data: bytes, **limits: int) -> list[Leaf]:
    return list(walk(data, "a", replace(ReadOptions(), **limits)))  # type: ignore[arg-type] # limits are numbers


def found(data: bytes, **limits: int) -> list[tuple[str, bytes]]:
    assert [leaf.failure for leaf in leaves(data, **limits)] == [None] * len(leaves(data, **limits))
    return [(leaf.source_path, leaf.data) for leaf in leaves(data, **limits)]


def codes(data: bytes, **limits: int) -> dict[str, str | None]:
    return {leaf.source_path: leaf.failure.code if leaf.failure else None for leaf in leaves(data, **limits)}


def seven_zip(files: dict[str, bytes]) -> bytes:
    import libarchive

    out = io.BytesIO()
    with libarchive.custom_writer(out.write, "7zip") as archive:
        for name, data in files.items():
            archive.add_file_from_memory(name, len(data), data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zip_of(FILES),
        zip_of(FILES, "gbk"),
        tar_of(FILES),
        tar_of(FILES, "w:gz"),
        tar_of(FILES, "w:bz2"),
        tar_of(FILES, "w:xz"),
        pytest.param(rar_of(FILES), marks=native),
    ],
    ids=["zip", "zip with GBK names", "tar", "tar.gz", "tar.bz2", "tar.xz", "rar"],
)
def test_members_in_the_order_of_the_archive(data: bytes) -> None:
    assert found(data) == FOUND


@native
def test_7z() -> None:
    assert found(seven_zip(FILES)) == FOUND


@pytest.mark.parametrize(
    ("pack", "name", "inner"),
    [
        (gzip.compress, "b.txt.gz", "b.txt"),
        (bz2.compress, "b.TXT.BZ2", "b.TXT"),
        (lzma.compress, "c/b.txt.xz", "b.txt"),
        (gzip.compress, "b", "b"),
        (gzip.compress, "b.gz", "b"),
    ],
)
def test_one_packed_file_is_called_as_the_archive_without_its_ending(pack: Any, name: str, inner: str) -> None:
    assert list(walk(pack(FORM), name, ReadOptions())) == [Leaf(f"{name}!/{inner}", FORM)]


def test_names_that_say_nothing_of_their_encoding() -> None:
    raw = "目标批复表.txt".encode("gbk")
    # The second byte of this letter is a backslash.
    odd = "誠.txt".encode("gbk")
    assert b"\\" in odd
    info = RawName("胡.txt".encode("gbk"))
    info.extra = unicode_path(info.raw, "湖.txt")
    foreign = RawName("吴.txt".encode("gbk"))
    foreign.extra = unicode_path(b"other", "湖.txt")
    members = [RawName(raw), RawName(odd), RawName("汉.txt".encode()), info, foreign, RawName(b"\xff\xff.txt")]
    assert [path for path, _ in found(raw_zip((one, b"x") for one in members))] == [
        "a!/目标批复表.txt",
        "a!/誠.txt",
        "a!/汉.txt",
        "a!/湖.txt",
        "a!/吴.txt",
        "a!/\\xff\\xff.txt",
    ]


def test_a_name_that_is_not_in_the_utf8_it_promises() -> None:
    data = raw_zip([(RawName("表.txt".encode("gbk"), flag=True), b"x"), (RawName("汉.txt".encode(), flag=True), b"y")])
    assert found(data) == [("a!/表.txt", b"x"), ("a!/汉.txt", b"y")]


def test_names_in_tar_files() -> None:
    long = "部门" * 90 + ".txt"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(
            fileobj=out, mode="w", format=form, encoding="gbk" if form == tarfile.GNU_FORMAT else "utf-8"
        ) as archive:
            archive.addfile(tarfile.TarInfo("./表.txt"), io.BytesIO())
            archive.addfile(tarfile.TarInfo(long), io.BytesIO())
        assert found(out.getvalue()) == [("a!/表.txt", b""), (f"a!/{long}", b"")]


def test_archives_within_archives() -> None:
    inner = tar_of({"x.txt": b"x", "y.gz": gzip.compress(b"y")}, "w:gz")
    data = zip_of({"b/c.tar.gz": inner, "d.txt": b"d"})
    assert found(data) == [("a!/b/c.tar.gz!/x.txt", b"x"), ("a!/b/c.tar.gz!/y.gz!/y", b"y"), ("a!/d.txt", b"d")]
    assert codes(data, max_depth=2) == {
        "a!/b/c.tar.gz!/x.txt": None,
        "a!/b/c.tar.gz!/y.gz": "nested_too_deep",
        "a!/d.txt": None,
    }
    assert codes(data, max_depth=1) == {"a!/b/c.tar.gz": "nested_too_deep", "a!/d.txt": None}


def test_office_files_are_files() -> None:
    sheet = zip_of({"xl/workbook.xml": b"<x/>"})
    assert found(zip_of({"b.xlsx": sheet})) == [("a!/b.xlsx", sheet)]
    stored = RawName(b"b.xlsx")
    stored.compress_type = zipfile.ZIP_STORED
    assert found(raw_zip([(stored, sheet)])) == [("a!/b.xlsx", sheet)]


def test_debris_is_left_aside() -> None:
    names = ["__MACOSX/._a.txt", ".DS_Store", "b/Thumbs.db", "~$a.docx", "b/.c/d.txt", "b/e.txt"]
    assert codes(zip_of(dict.fromkeys(names, b"x"))) == {"a!/b/e.txt": None}
    assert codes(zip_of(dict.fromkeys(names[:-1], b"x"))) == {"a": "archive_empty"}
    assert codes(zip_of({})) == {"a": "archive_empty"}
    assert codes(zip_of({"b/": b""})) == {"a": "archive_empty"}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("b/../../c", "b/c"),
        ("/etc/passwd", "etc/passwd"),
        ("\\\\server\\c", "server/c"),
        ("..\\c", "c"),
        ("C:\\windows\\c", "windows/c"),
        ("c:c", "c"),
        ("..", "_"),
    ],
)
def test_names_that_lead_out_of_the_archive(name: str, path: str) -> None:
    for data in (zip_of({name: b"x", "d": b"y"}), tar_of({name: b"x", "d": b"y"})):
        assert codes(data) == {f"a!/{path}": "unsafe_name", "a!/d": None}


def test_other_odd_names() -> None:
    data = raw_zip([(RawName(b"b\0.txt"), b"x"), (RawName(b"b\\c\n.txt"), b"y"), (RawName(b"./b//d"), b"z")])
    assert codes(data) == {"a!/b.txt": "unsafe_name", "a!/b/c\\x0a.txt": None, "a!/b/d": None}


def test_names_that_are_the_same_in_the_end() -> None:
    names = [b"b/c", b"b\\c", b"./b//c", b"b/c (2)", "é".encode(), "e\u0301".encode()]
    assert codes(raw_zip((RawName(name, flag=name[0] > 0x7F or name[-1] > 0x7F), b"x") for name in names)) == {
        "a!/b/c": None,
        "a!/b/c (2)": "name_twice",
        "a!/b/c (3)": "name_twice",
        "a!/b/c (2) (2)": "name_twice",
        "a!/é": None,
        "a!/é (2)": "name_twice",
    }


def test_what_is_no_regular_file() -> None:
    members = [
        (special("link", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (special("hard", tarfile.LNKTYPE, "d"), b""),
        (special("device", tarfile.CHRTYPE), b""),
        (special("pipe", tarfile.FIFOTYPE), b""),
        (special("folder", tarfile.DIRTYPE), b""),
        (tarfile.TarInfo("d"), b"x"),
    ]
    links = dict.fromkeys(("a!/link", "a!/hard", "a!/device", "a!/pipe"), "no_regular_file")
    assert codes(tar_with(members)) == {**links, "a!/d": None}
    link = RawName(b"link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert codes(raw_zip([(link, b"/etc/passwd"), (RawName(b"d"), b"x")])) == {
        "a!/link": "no_regular_file",
        "a!/d": None,
    }


def test_encrypted_members() -> None:
    data = zip_of({"b": b"x" * 50, "c": b"y" * 50})
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.index(mark) + flags
        data = data[:at] + bytes([data[at] | 1]) + data[at + 1 :]
    assert codes(data) == {"a!/b": "encrypted", "a!/c": None}


def test_damaged_members_and_methods_that_nobody_knows() -> None:
    data = zip_of({"b": FORM, "c": b"y" * 50})
    at = data.index(b"PK\x03\x04") + 40
    assert codes(data[:at] + bytes(20) + data[at + 20 :]) == {"a!/b": "member_damaged", "a!/c": None}
    method = data.index(b"PK\x01\x02") + 10
    (leaf, _) = leaves(data[:method] + b"\x09\x00" + data[method + 2 :])
    assert leaf.failure == Failure("member_unsupported", {"method": 9})


@pytest.mark.parametrize("pack", [zip_of, tar_of, lambda files: tar_of(files, "w:gz")])
def test_archives_that_break_off(pack: Any) -> None:
    data = pack({"b": FORM, "c": FORM[::-1]})
    for part in (0.3, 0.7, 0.9):
        found = codes(data[: int(len(data) * part)])
        assert "archive_damaged" in found.values() or "member_damaged" in found.values()


def test_a_tar_file_with_a_spoilt_header_in_its_middle() -> None:
    data = bytearray(tar_of({"b": b"x", "c": b"y"}))
    data[1024 + 150] ^= 1
    assert codes(bytes(data)) == {"a!/b": None, "a": "archive_damaged"}


def bomb(size: int) -> bytes:
    return zip_of({"b": bytes(size), "c": b"y"})


def test_bombs() -> None:
    size = 3_000_000
    assert codes(bomb(size)) == {"a": "ratio_too_high"}
    assert codes(bomb(size), max_ratio=2000) == {"a!/b": None, "a!/c": None}
    assert codes(bomb(size), max_ratio=2000, max_member_bytes=size - 1) == {"a!/b": "member_too_large", "a!/c": None}
    assert codes(bomb(size), max_ratio=2000, max_unpacked=size) == {"a!/b": None, "a": "archive_too_large"}
    padded = zip_of({"b": bytes(size), "c": bytes(range(256)) * 40, "d": gzip.compress(FORM * 300)})
    assert codes(padded, max_ratio=900)["a!/b"] == "ratio_too_high"
    packed = gzip.compress(bytes(size))
    assert codes(packed) == {"a": "ratio_too_high"}
    assert codes(packed, max_ratio=2000, max_member_bytes=size - 1) == {"a": "member_too_large"}
    tar = tar_of({"b": bytes(size), "c": b"y"})
    assert codes(tar, max_member_bytes=size - 1) == {"a!/b": "member_too_large", "a!/c": None}
    assert codes(tar_of({"b": bytes(size)}, "w:gz")) == {"a": "ratio_too_high"}


def test_limits_hold_for_all_archives_within_one() -> None:
    inner = zip_of({str(number): b"x" * 10 for number in range(5)})
    data = zip_of({"b": inner, "c": inner, "d": b"y"})
    assert [path for path, code in codes(data, max_members=8).items() if code] == ["a!/c", "a"]
    assert codes(data, max_members=13)["a!/d"] is None
    limit = 2 * len(inner) + 75
    assert codes(data, max_unpacked=limit)["a!/c"] == "archive_too_large"


def test_a_header_that_lies_about_the_size() -> None:
    data = bytearray(zip_of({"b": bytes(300_000)}))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.index(mark) + at
        data[start : start + 4] = b"\x0a\0\0\0"
    assert codes(bytes(data)) == {"a!/b": "member_damaged"}


def test_many_names_of_an_archive_are_not_read_to_tell_its_kind() -> None:
    name = b"xl/workbook.xml"
    assert found(zip_of({"b": b"x" + name, f"c/{name.decode()}": b"y"})) == [
        ("a!/b", b"x" + name),
        ("a!/c/xl/workbook.xml", b"y"),
    ]


def test_7z_and_rar_without_their_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "libarchive", None)
    (leaf,) = leaves(rar_of(FILES))
    assert leaf.failure == Failure("needs_package", {"kind": "rar", "package": "pifubiao[archives], libarchive"})


def test_extract_all_and_single_members(tmp_path: Path) -> None:
    inner = zip_of({"c.txt": FORM})
    data = zip_of({"一.txt": FORM, "b.zip": inner, "x.txt": b"x"})
    extractions = list(extract_all(data, source_path="a.zip"))
    assert [(one.source_path, len(one.forms), one.failure and one.failure.code) for one in extractions] == [
        ("a.zip!/一.txt", 1, None),
        ("a.zip!/b.zip!/c.txt", 1, None),
        ("a.zip!/x.txt", 0, "not_a_form"),
    ]
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert extract_path(f"{path}!/b.zip!/c.txt") == extractions[1]
    missing = extract_path(f"{path}!/b.zip!/d.txt")
    assert (missing.source_path, missing.failure) == ("a.zip!/b.zip!/d.txt", Failure("no_member", {"path": "a.zip"}))
    assert extract_path(path).failure == Failure("is_archive", {"path": "a.zip"})
    assert list(extract_all(FORM, source_path="a.txt")) == [extract_bytes(FORM, source_path="a.txt")]


def rows(out: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of a run, without what names their file."""
    read = {name: pq.read_table(out / name).to_pylist() for name in TABLES}
    for row in (row for table in read.values() for row in table):
        for name in ("document_id", "source_path"):
            row.pop(name, None)
        source, _, place = (row.get("recovery_source") or "").rpartition("#")
        if source:
            row["recovery_source"] = place
    return read


@pytest.mark.parametrize(
    "pack", [zip_of, lambda files: zip_of(files, "gbk"), tar_of, lambda files: tar_of(files, "w:xz")]
)
def test_an_archive_gives_the_rows_of_a_folder_of_its_members(tmp_path: Path, pack: Any) -> None:
    files = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in sorted(SAMPLES.glob("*-01.txt"))[:12]}
    files |= {
        "一/大竹.txt": (SAMPLES / "大竹县司法局-2024.txt").read_bytes(),
        "一/空.txt": b"",
        "一/x.pdf": b"%PDF-1.4 x",
    }
    for name, data in files.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    names = sorted(files, key=lambda name: [part.encode() for part in name.split("/")])
    (tmp_path / "a.zip").write_bytes(pack({name: files[name] for name in names}))
    one = run(Options((str(tmp_path / "folder"),), tmp_path / "one"))
    two = run(Options((str(tmp_path / "a.zip"),), tmp_path / "two"))
    assert rows(tmp_path / "one") == rows(tmp_path / "two")
    assert one.counts == two.counts
    assert (two.counts.inputs, two.counts.failed) == (15, 2)
    paths = pq.read_table(tmp_path / "two" / "documents")["source_path"].to_pylist()
    assert set(paths) == {f"a.zip!/{name}" for name in files} - {"a.zip!/一/空.txt", "a.zip!/一/x.pdf"}


def test_members_are_inputs_of_a_run(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zip_of({"b.txt": FORM, "../c.txt": FORM, "d.zip": b"PK\x03\x04", "e.txt": b"x"}))
    (folder / "f.zip").write_bytes(zip_of({}))
    (folder / "g.txt").write_bytes(FORM)
    seen: list[tuple[int, ...]] = []
    manifest = run(Options((str(folder),), tmp_path / "out"), lambda *step: seen.append(step))
    counts = manifest.counts
    assert (counts.inputs, counts.converted + counts.converted_with_findings, counts.failed) == (6, 2, 4)
    assert seen[-1] == (6, 6, 4, 0)
    failures = {row["source_path"]: row["code"] for row in pq.read_table(tmp_path / "out" / "failures").to_pylist()}
    assert failures == {
        "a.zip!/c.txt": "unsafe_name",
        "a.zip!/d.zip": "archive_damaged",
        "a.zip!/e.txt": "not_a_form",
        "f.zip": "archive_empty",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_larger_members_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_of({"b.txt": FORM, "c.txt": b"x"}))
    run(Options((str(tmp_path / "a.zip"),), tmp_path / "out", max_bytes=len(FORM) - 1))
    failures = {row["source_path"]: row["code"] for row in pq.read_table(tmp_path / "out" / "failures").to_pylist()}
    assert failures == {"a.zip!/b.txt": "member_too_large", "a.zip!/c.txt": "not_a_form"}


def test_a_mistake_in_unpacking_costs_one_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        yield Leaf("a.zip!/b.txt", FORM)
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("extract.readers.archives.walk", broken)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zip_of({}))
    (folder / "b.txt").write_bytes(FORM)
    counts = run(Options((str(folder),), tmp_path / "out")).counts
    assert (counts.inputs, counts.forms, counts.failures_by_code) == (3, 2, {"internal_error": 1})


def test_zipfile_reads_what_was_made_here() -> None:
    """The archives of these tests are sound: others can read them."""
    with zipfile.ZipFile(io.BytesIO(zip_of(FILES))) as archive:
        assert archive.namelist() == list(FILES)
        assert archive.testzip() is None


def test_an_extraction_of_an_archive_that_fails() -> None:
    (one,) = extract_all(zip_of({}), source_path="a.zip")
    assert isinstance(one, Extraction)
    assert one.failure == Failure("archive_empty")
    assert len(one.source_sha256) == 64
