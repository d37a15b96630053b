"""`inspect` and `explain` of what may break its reader, of archives, and of files in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from extract.api import extract_bytes
from extract.batch.isolate import Isolation
from extract.batch.one import Inside, opened
from extract.batch.read import read_leaf
from extract.errors import UsageError
from extract.model import Failure
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.report import members
from extract.report.explain import Chosen, as_dict, explain
from extract.report.members import Member
from extract.schemafiles import SCHEMAS, read_yaml
from tests import tasks
from tests.archives import zip_of
from tests.explained import explain as explained_here
from tests.hostile import pdf
from tests.test_archives import FORM
from tests.test_cli import SAMPLE, pifubiao

PDF = (SAMPLE.parent / "pdf-calc-01.pdf").read_bytes()
MANY = 1 << 20


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "包.zip"
    inner = zip_of({"c.txt": b"hello", "../d.txt": b"x", "deep.zip": zip_of({"e.txt": FORM})})
    path.write_bytes(zip_of({"a/一.txt": FORM, "b.pdf": PDF, "b.zip": inner, "cut.zip": zip_of({"f.txt": FORM})[:50]}))
    return path


LISTED = [
    ("包.zip!/a/一.txt", "text", len(FORM), 1, None),
    ("包.zip!/b.pdf", "pdf", len(PDF), 1, None),
    ("包.zip!/b.zip!/c.txt", "text", 5, 0, "not_a_form"),
    ("包.zip!/b.zip!/d.txt", "text", 1, 0, "unsafe_name"),
    ("包.zip!/b.zip!/deep.zip!/e.txt", "text", len(FORM), 1, None),
    ("包.zip!/cut.zip", "zip", 50, 0, "archive_damaged"),
]


def listed(found: list[Member]) -> list[tuple[Any, ...]]:
    return [(*member[:-1], member.failure.code if member.failure else None) for member in found]


def test_the_files_of_an_archive(archive: Path) -> None:
    with Isolation() as isolation:
        inside = opened(archive, isolation, MANY)
        assert isinstance(inside, Inside)
        assert listed(list(members.members(inside, isolation))) == LISTED
        below = opened(Path(f"{archive}!/b.zip"), isolation, MANY)
        assert isinstance(below, Inside)
        assert (below.source_path, listed(list(members.members(below, isolation)))) == ("包.zip!/b.zip", LISTED[2:5])


def test_a_file_in_an_archive(archive: Path) -> None:
    with Isolation() as isolation:
        for inner, data in (("a/一.txt", FORM), ("b.pdf", PDF), ("b.zip!/deep.zip!/e.txt", FORM)):
            leaf = opened(Path(f"{archive}!/{inner}"), isolation, MANY)
            assert leaf == Leaf(f"包.zip!/{inner}", data)
            assert read_leaf(leaf, isolation.read) == extract_bytes(data, source_path=f"包.zip!/{inner}")
        for inner, code in (("x", "no_member"), ("cut.zip!/f.txt", "archive_damaged"), ("b.zip!/d.txt", "unsafe_name")):
            leaf = opened(Path(f"{archive}!/{inner}"), isolation, MANY)
            assert isinstance(leaf, Leaf)
            assert leaf.failure is not None
            assert (leaf.source_path, leaf.failure.code) == (f"包.zip!/{inner}", code)
        leaf = opened(Path(f"{SAMPLE}!/x"), isolation, MANY)
        assert leaf == Leaf(f"{SAMPLE.name}!/x", b"", Failure("no_member", {"path": SAMPLE.name}))
    with Isolation(options=ReadOptions(max_members=1)) as isolation:
        leaf = opened(Path(f"{archive}!/b.pdf"), isolation, MANY)
        assert isinstance(leaf, Leaf)
        assert (leaf.source_path, leaf.failure) == ("包.zip!/b.pdf", Failure("too_many_members", {"limit": 1}))


def test_what_is_no_file(tmp_path: Path) -> None:
    with Isolation() as isolation, pytest.raises(UsageError):
        opened(tmp_path, isolation, MANY)
    (tmp_path / "a").write_bytes(b"xx")
    with Isolation() as isolation:
        assert opened(tmp_path / "a", isolation, 1) == Leaf("a", b"", Failure("too_large", {"size": 2, "limit": 1}))


def test_a_file_that_is_no_text_is_explained_in_a_child_as_here() -> None:
    with Isolation() as isolation:
        for data in (PDF, FORM):
            found = as_dict(explain(Leaf("x", data), isolation, Chosen()))
            assert found == as_dict(explained_here(data, name="x"))
        with pytest.raises(UsageError) as caught:
            explain(Leaf("x", PDF), isolation, Chosen(form=2))
        assert (caught.value.key, caught.value.params) == ("no_such_form", {"number": 2, "total": 1})


def test_a_reader_that_breaks_down_is_a_failure_of_the_file() -> None:
    crash = b"%PDF-1.4 /crash "
    with Isolation(timeout=60, reader=tasks.bad) as isolation:
        assert read_leaf(Leaf("x", crash), isolation.read).failure == Failure("crash", {"reason": "Segmentation fault"})
    with Isolation(timeout=0.05) as isolation:
        assert explain(Leaf("x", pdf(1000)), isolation, Chosen()).failure == Failure("timeout", {"seconds": "0.05"})


@pytest.mark.parametrize("command", ["inspect", "explain"])
def test_the_command_ends_in_time(command: str, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(pdf(2000))
    done = pifubiao(command, tmp_path / "x.pdf", "--timeout", 0.1)
    said = "No form in x.pdf: reading took longer than 0.1 seconds; raise --timeout or split the file"
    assert (done.returncode, done.stdout.strip(), done.stderr) == (1, said, "")
    done = pifubiao(command, tmp_path / "x.pdf", "--timeout", 0.1, "--lang", "zh")
    assert done.stdout.strip() == "x.pdf 中没有表：读取超过 0.1 秒；请提高 --timeout 或拆分文件"


@pytest.mark.parametrize("command", ["inspect", "explain"])
def test_the_command_lists_an_archive(command: str, archive: Path) -> None:
    done = pifubiao(command, archive, COLUMNS="160")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["File", "Format", "Bytes", "Forms", "Why", "there", "is", "none"]
    assert lines[2].split() == ["包.zip!/b.pdf", "pdf", f"{len(PDF):,}", "1"]
    assert lines[4].split(maxsplit=4)[4].startswith("the name ../d.txt leads out of the archive; pack")
    assert lines[-1] == "3 forms in the 6 files of 包.zip. One of them by its address: pifubiao inspect '包.zip!/NAME'"
    lines = pifubiao(command, archive, "--lang", "zh").stdout.splitlines()
    assert lines[0].split() == ["文件", "格式", "字节数", "表数", "无表的原因"]
    assert lines[-1] == "包.zip 的 6 个文件中共有 3 张表。查看其中之一：pifubiao inspect '包.zip!/文件名'"
    found = json.loads(pifubiao(command, archive, "--json").stdout)
    codes = [(member["failure"] or {"code": None})["code"] for member in found["members"]]
    assert [(*list(member.values())[:-1], code) for member, code in zip(found["members"], codes, strict=True)] == LISTED
    if command == "explain":
        Draft202012Validator(read_yaml(SCHEMAS / "explain.yaml")).validate(found)


@pytest.mark.parametrize("command", ["inspect", "explain"])
def test_the_command_takes_an_address(command: str, archive: Path) -> None:
    done = pifubiao(command, f"{archive}!/b.pdf", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert (found["source_path"], len(found["forms"]), "members" in found) == ("包.zip!/b.pdf", 1, False)
    done = pifubiao(command, f"{archive}!/b.zip!/c.txt")
    assert done.returncode == 1
    assert done.stdout.startswith("No form in 包.zip!/b.zip!/c.txt: no approval table was found in this text")
    assert pifubiao(command, f"{archive}!/cut.zip").returncode == 1
