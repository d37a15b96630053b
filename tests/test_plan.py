from __future__ import annotations

import os
from pathlib import Path

import pytest

from extract.batch.buckets import dealt
from extract.batch.plan import NeedsList, escaped, folders, inside, plan, walked
from extract.errors import UsageError


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, encoding="utf-8")


def paths(*inputs: Path | str) -> list[str]:
    """The names of the inputs, which are the same ones when they are not listed first but dealt as they are found."""
    texts = [str(text) for text in inputs]
    found = plan(texts)
    assert [item for packed in dealt(texts) for item in packed.items()] == found
    return [item.source_path for item in found]


def test_a_folder_is_all_files_below_it_in_the_order_of_their_names(tmp_path: Path) -> None:
    touch(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "乙.txt", "甲/一.txt", "B.txt")
    assert paths(tmp_path) == ["B.txt", "a/b/c.txt", "a/z.txt", "a.txt", "b.txt", "乙.txt", "甲/一.txt"]


def test_hidden_files_and_debris_are_no_inputs_unless_named(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", ".hidden", ".git/config", "Thumbs.db", "desktop.ini", "~$a.docx")
    assert paths(tmp_path) == ["a.txt"]
    assert paths(tmp_path / ".hidden") == [".hidden"]


def test_source_path_is_relative_to_the_input(tmp_path: Path) -> None:
    touch(tmp_path, "in/x/a.txt", "in/y/a.txt")
    assert paths(tmp_path / "in") == ["x/a.txt", "y/a.txt"]
    assert paths(tmp_path / "in" / "x") == ["a.txt"]
    assert paths(tmp_path / "in" / "x" / "a.txt") == ["a.txt"]


def test_of_several_inputs_it_is_relative_to_the_folder_that_holds_them_all(tmp_path: Path) -> None:
    touch(tmp_path, "in/x/a.txt", "in/y/a.txt", "in/y/b.txt")
    assert paths(tmp_path / "in" / "y", tmp_path / "in" / "x") == ["x/a.txt", "y/a.txt", "y/b.txt"]
    assert paths(tmp_path / "in" / "y" / "b.txt", tmp_path / "in" / "y" / "a.txt") == ["a.txt", "b.txt"]


def test_it_does_not_depend_on_how_the_input_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "in/x/a.txt")
    monkeypatch.chdir(tmp_path)
    assert paths("in") == paths("./in/") == paths(tmp_path / "in") == paths("in/x/..") == ["x/a.txt"]


def test_globs(tmp_path: Path) -> None:
    touch(tmp_path, "a1.txt", "a2.txt", "b.txt", "x/a3.txt", "x/[1].txt")
    assert paths(f"{tmp_path}/a*.txt") == ["a1.txt", "a2.txt"]
    assert paths(f"{tmp_path}/**/a*.txt") == ["a1.txt", "a2.txt", "x/a3.txt"]
    assert paths(f"{tmp_path}/*") == ["a1.txt", "a2.txt", "b.txt", "x/[1].txt", "x/a3.txt"]
    assert paths(tmp_path / "x" / "[1].txt") == ["[1].txt"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    touch(tmp_path, "x/a.txt", "x/b.txt")
    assert paths(tmp_path / "x", tmp_path / "x" / "a.txt", f"{tmp_path}/x/*.txt", tmp_path / "x") == ["a.txt", "b.txt"]


def test_links_are_followed_once_and_circles_end(tmp_path: Path) -> None:
    touch(tmp_path, "in/z/a.txt", "other/b.txt")
    root = tmp_path / "in"
    (root / "circle").symlink_to(root)
    (root / "a-link").symlink_to(root / "z")
    (root / "z" / "up").symlink_to(root)
    (root / "link.txt").symlink_to(root / "z" / "a.txt")
    (root / "outside").symlink_to(tmp_path / "other")
    (tmp_path / "other" / "back").symlink_to(root)
    assert paths(root) == ["outside/b.txt", "z/a.txt"]


def test_a_folder_is_gone_through_without_a_list_of_its_files_unless_there_are_links(tmp_path: Path) -> None:
    touch(tmp_path, "in/a/a.txt", "in/b.txt", "other/c.txt")
    assert [item.source_path for item in walked([str(tmp_path / "in")])] == ["a/a.txt", "b.txt"]
    for link, target in (("0.txt", "b.txt"), ("z.txt", "b.txt"), ("0", "../other"), ("z", "../other")):
        (tmp_path / "in" / link).symlink_to(target)
        with pytest.raises(NeedsList):
            list(walked([str(tmp_path / "in")]))
        assert len(paths(tmp_path / "in")) == (2 if link.endswith(".txt") else 3)
        (tmp_path / "in" / link).unlink()
    with pytest.raises(NeedsList):
        list(walked([str(tmp_path / "in"), str(tmp_path / "other")]))


def test_a_link_to_a_file_outside_keeps_its_own_name(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.txt", "other/b.txt")
    (tmp_path / "in" / "c.txt").symlink_to(tmp_path / "other" / "b.txt")
    assert paths(tmp_path / "in") == ["a.txt", "c.txt"]


def test_what_cannot_be_read_stays_in_the_plan_with_the_reason(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt")
    (tmp_path / "broken").symlink_to(tmp_path / "none")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    found = {item.source_path: item.problem for item in plan([str(tmp_path)])}
    assert found == {
        "a.txt": None,
        "broken": "No such file or directory",
        "loop": "Too many levels of symbolic links",
        "pipe": "not a regular file",
    }


def test_a_folder_that_cannot_be_opened_stays_in_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.txt", "closed/b.txt")
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = {item.source_path: item.problem for item in plan([str(tmp_path)])}
    assert found == {"a.txt": None, "closed": "Permission denied"}


def test_names_that_are_no_utf8_are_escaped(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in ("大竹.txt".encode("gb18030"), "大竹.txt".encode()):
        Path(os.fsdecode(os.path.join(folder, name))).write_bytes(b"x")
    assert paths(tmp_path) == ["\\xb4\\xf3\\xd6\\xf1.txt", "大竹.txt"]


def test_no_two_files_have_one_path(tmp_path: Path) -> None:
    r"""A name that looks as another one is written, or as an archive's member is, is written otherwise."""
    folder = os.fsencode(tmp_path)
    for name in (b"\xb4", rb"\xb4", rb"\x5cxb4", rb"\n", b"a!"):
        Path(os.fsdecode(os.path.join(folder, name))).write_bytes(b"x")
    touch(tmp_path, "a.zip!/b.txt", "a.zip!b/c!d.txt")
    expected = [r"\n", r"\x5cx5cxb4", r"\x5cxb4", r"\xb4", r"a.zip!b/c!d.txt", r"a.zip\x21/b.txt", r"a\x21"]
    assert paths(tmp_path) == expected
    assert [item.source_path for own in dealt([str(tmp_path)]) for item in own.items()] == expected


def test_names_are_kept_as_they_are(tmp_path: Path) -> None:
    decomposed = "e\u0301.txt"
    touch(tmp_path, decomposed)
    assert paths(tmp_path) == [decomposed]


@pytest.mark.parametrize(
    ("inputs", "key"),
    [([], "no_input"), (["none.txt"], "input_missing"), (["*.none"], "glob_empty"), (["empty"], "empty_input")],
)
def test_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], key: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    touch(tmp_path, "empty/.hidden")
    for call in (plan, dealt):
        with pytest.raises(UsageError) as caught:
            call(inputs)
        assert caught.value.key == key


def test_inside(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert inside(tmp_path / "a" / "b", tmp_path / "a")
    assert inside(tmp_path / "a", tmp_path / "a")
    assert inside(tmp_path / "link" / "x", tmp_path / "a")
    assert not inside(tmp_path / "ab", tmp_path / "a")
    assert not inside(tmp_path, tmp_path / "a")
    assert inside(tmp_path, Path("/"))


def test_folders_are_those_of_the_inputs(tmp_path: Path) -> None:
    touch(tmp_path, "a/x.txt", "b/x.txt", "c.txt")
    assert folders([f"{tmp_path}/*"]) == [tmp_path / "a", tmp_path / "b"]


def test_escaped() -> None:
    assert escaped("大竹") == "大竹"
    assert escaped(os.fsdecode(b"a\xff\xfe")) == "a\\xff\\xfe"
