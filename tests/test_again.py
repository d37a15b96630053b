"""Runs over an output that is there already: what has not changed is taken over, and nothing shows that it was."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.api import extract_bytes
from extract.batch import buckets as module
from extract.batch import recovery
from extract.batch.buckets import buckets
from extract.batch.manifest import Counts
from extract.batch.plan import Item
from extract.batch.run import Options, run
from extract.batch.work import working
from extract.errors import UsageError
from extract.model import Extraction
from extract.readers.files import ReadOptions
from tests.archives import zip_of
from tests.test_recover import FORM, START
from tests.test_writer import digests

# Files are as old as this, so that their stamps tell of any change.
_OLD = 1_600_000_000


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """File systems' clocks are trusted at once: no test waits for them."""
    monkeypatch.setattr("extract.batch.convert._TOO_FRESH", -(1 << 62))


@pytest.fixture(params=[None, 3], ids=["one bucket", "many buckets"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is not None:
        shrink(monkeypatch, request.param)


def shrink(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Makes buckets of some ``size`` inputs."""
    monkeypatch.setattr(module, "_FEWEST", 1)
    monkeypatch.setattr(module, "_MOST", 2 * size)
    monkeypatch.setattr(module, "_ONE_IN", size)


def write(
    folder: Path, name: str, content: str = "落实普法责任制，推进法治建设。", goal: str = "做好各项工作。"
) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    code = str(100 + len(name) + ord(name[-1]))
    path.write_text(FORM.format(code=code, goal=goal, content=content), encoding="utf-8")
    return path


def fill(folder: Path, count: int = 20) -> Path:
    for number in range(count):
        write(folder, f"{number % 3}/{number:03}", content=f"完成第{number}项工作任务。")
    return folder


def made(folder: Path, out: Path, **options: object) -> Counts:
    return run(Options((str(folder),), out, **{"workers": None, **options})).counts  # type: ignore[arg-type]


def without_account(out: Path) -> dict[str, str]:
    return {name: value for name, value in digests(out).items() if name != "run.json"}


def tables_of(out: Path) -> dict[str, str]:
    """The digests of the tables, without what is remembered of the files' stamps."""
    return {name: value for name, value in without_account(out).items() if "/accounts/" not in name}


# ---- nothing has changed


@pytest.mark.usefixtures("small")
def test_what_has_not_changed_is_not_read_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    (source / "broken.txt").write_bytes(b"")
    first = made(source, out)
    assert (first.inputs, first.failed, first.skipped) == (21, 1, 0)
    before, parts = without_account(out), {path: path.stat().st_ino for path in out.rglob("*.parquet")}

    def refuse(*_: object, **__: object) -> Extraction:
        raise AssertionError

    monkeypatch.setattr("extract.api.extract_bytes", refuse)
    second = made(source, out)
    assert (second.inputs, second.failed, second.skipped) == (21, 1, 20)
    assert (second.converted, second.converted_with_findings) == (0, 0)
    assert (second.forms, second.rows, second.findings) == (first.forms, first.rows, first.findings)
    assert second.failures_by_code == first.failures_by_code == {"empty": 1}
    assert without_account(out) == before
    assert {path: path.stat().st_ino for path in out.rglob("*.parquet")} == parts


def test_files_that_were_only_touched_are_taken_over(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    made(source, out)
    before = tables_of(out)
    for path in source.rglob("*"):
        os.utime(path, (_OLD, _OLD))
    again = made(source, out)
    assert (again.skipped, again.converted) == (20, 0)
    assert tables_of(out) == before


def test_files_whose_names_are_one_as_text_are_not_taken_for_each_other(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 4), tmp_path / "out"
    for number, name in enumerate((b"\xb4", b"\\xb4")):
        write(source, "x", content=f"完成第{7 + number}件事。").rename(source / os.fsdecode(name))
    first = made(source, out)
    write(source, "0/000", content="另一项工作。")
    assert (first.forms, made(source, out).skipped) == (6, 5)
    made(source, tmp_path / "fresh")
    assert without_account(out) == without_account(tmp_path / "fresh")


@pytest.mark.usefixtures("small")
def test_parts_that_would_be_the_same_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where files were written just before the first run, nor where what failed is tried again."""
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    (source / "9").mkdir()
    for name, content in (("cut", START), ("whole", START + "时法律服务圈。")):
        text = FORM.format(code="121", goal="做好各项工作。", content=content)
        (source / "9" / name).write_text(text, encoding="utf-8")
    (source / "link").symlink_to(tmp_path / "none")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extract.batch.convert._TOO_FRESH", 1 << 62)
        made(source, out)
    before = {path: path.stat().st_mtime_ns for path in [out / "tasks", *out.rglob("*.parquet")]}
    assert recovered(out) == [(START + "时法律服务圈。", "9/whole#0 tasks 0")]
    for loaded in (22, 0):
        seen: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("extract.batch.convert.load", counting(seen))
            counts = made(source, out)
        assert (counts.skipped, counts.failed, len(seen) - seen.count("link")) == (22, 1, loaded)
        assert {path: path.stat().st_mtime_ns for path in [out / "tasks", *out.rglob("*.parquet")]} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    path = source / "0" / "000"
    os.utime(path, (_OLD, _OLD))
    made(source, out)
    path.write_text(path.read_text(encoding="utf-8").replace("第0项", "第9项"), encoding="utf-8")
    os.utime(path, (_OLD, _OLD))
    assert made(source, out).skipped == 19
    assert "完成第9项工作任务。" in pq.read_table(out / "tasks")["content"].to_pylist()


def test_a_file_that_was_written_just_now_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its stamp may stay the same over another change."""
    monkeypatch.setattr("extract.batch.convert._TOO_FRESH", 1 << 62)
    source, out = fill(tmp_path / "in", 3), tmp_path / "out"
    made(source, out)
    seen: list[str] = []
    monkeypatch.setattr("extract.batch.convert.load", counting(seen))
    assert made(source, out).skipped == 3
    assert seen == ["0/000", "1/001", "2/002"]


def counting(seen: list[str]) -> Callable[[Item, int], object]:
    from extract.batch.read import load

    def loaded(item: Item, max_bytes: int) -> object:
        seen.append(item.source_path)
        return load(item, max_bytes)

    return loaded


# ---- something has


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new file": lambda folder: write(folder, "1/0045"),
    "a new folder": lambda folder: [write(folder, f"0a/{number}") for number in range(7)],
    "a changed file": lambda folder: write(folder, "1/004", content="另一项工作。"),
    "a removed file": lambda folder: (folder / "2" / "005").unlink(),
    "a renamed file": lambda folder: (folder / "2" / "005").rename(folder / "2" / "0000"),
    "a broken file": lambda folder: (folder / "2" / "005").write_bytes(b"\0\1\2"),
    "a mended file": lambda folder: write(folder, "broken"),
    "an archive": lambda folder: (folder / "a.zip").write_bytes(zip_of({"x": b"", "y": START.encode()})),
    "a changed archive": lambda folder: (folder / "b.zip").write_bytes(
        zip_of({name: FORM.format(code="177", goal=name, content="完成任务。").encode() for name in ("x", "z", "zz")})
    ),
    "all files": lambda folder: [write(folder, f"{n % 3}/{n:03}", content=f"改为第{n}项。") for n in range(20)],
    "nothing": lambda _: None,
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_gives_what_a_run_from_nothing_gives(tmp_path: Path, change: str) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    (source / "broken").write_bytes(b"")
    (source / "b.zip").write_bytes(
        zip_of({name: FORM.format(code="177", goal=name, content="完成任务。").encode() for name in ("x", "y")})
    )
    made(source, out)
    CHANGES[change](source)
    again = made(source, out)
    fresh = made(source, tmp_path / "fresh")
    assert without_account(out) == without_account(tmp_path / "fresh")
    assert again.inputs == again.converted + again.converted_with_findings + again.failed + again.skipped
    assert (again.inputs, again.failed, again.rows) == (fresh.inputs, fresh.failed, fresh.rows)
    assert again.skipped > 0 or change == "all files"


@settings(max_examples=max(settings().max_examples // 5, 5), deadline=None)
@given(data=st.data())
def test_any_changes_give_what_a_run_from_nothing_gives(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tmp_path = tmp_path_factory.mktemp("again")
    source, out = tmp_path / "in", tmp_path / "out"
    names = st.sampled_from([f"{folder}/{number}" for folder in "ab" for number in range(6)])
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch, 2)
        patch.setattr("extract.batch.convert._TOO_FRESH", -(1 << 62))
        patch.setattr("extract.tables.place.os.fsync", lambda _: None)
        write(source, "a/first")
        for step in range(data.draw(st.integers(1, 3))):
            for name in data.draw(st.lists(names, max_size=6)):
                path = source / name
                if path.exists() and data.draw(st.booleans()):
                    path.unlink()
                else:
                    write(
                        source,
                        name,
                        content=data.draw(st.sampled_from([START, START + "时法律服务圈。", "完成任务。"])),
                    )
            made(source, out)
            made(source, tmp_path / f"fresh{step}")
            assert without_account(out) == without_account(tmp_path / f"fresh{step}")


def test_only_what_has_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    made(source, out)
    write(source, "0/003", content="另一项工作。")
    write(source, "1/0041")
    seen: list[str] = []

    def read(data: bytes, *, source_path: str, **named: object) -> Extraction:
        seen.append(source_path)
        return extract_bytes(data, source_path=source_path, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("extract.api.extract_bytes", read)
    counts = made(source, out)
    assert seen == ["0/003", "1/0041"]
    assert (counts.skipped, counts.converted + counts.converted_with_findings) == (19, 2)


@pytest.mark.parametrize("what", ["full", "max_bytes", "reading", "code", "part", "account"])
def test_all_is_read_again_where_what_is_remembered_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    source, out = fill(tmp_path / "in", 4), tmp_path / "out"
    made(source, out)
    options: dict[str, object] = {}
    if what == "full":
        options["full"] = True
    elif what == "max_bytes":
        options["max_bytes"] = 1_000_000
    elif what == "reading":
        options["reading"] = ReadOptions(max_pages=7)
    elif what == "code":
        monkeypatch.setattr("extract.batch.settings._code", lambda: "another")
    elif what == "part":
        (out / "goals" / "part-00000.parquet").unlink()
    else:
        (out / ".pifubiao" / "accounts" / "part-00000.json").write_text("[]", encoding="utf-8")
    assert made(source, out, **options).skipped == 0
    assert pq.read_table(out / "goals").num_rows == 4


def test_what_may_go_otherwise_is_tried_again(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 2), tmp_path / "out"
    gone = source / "link"
    gone.symlink_to(tmp_path / "later")
    assert made(source, out).failures_by_code == {"unreadable": 1}
    (tmp_path / "later").write_text(FORM.format(code="121", goal="做好工作。", content="完成任务。"), encoding="utf-8")
    counts = made(source, out)
    assert (counts.failed, counts.skipped, counts.forms) == (0, 2, 3)


# ---- what documents tell others


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_what_documents_tell_others_does_not_hang_on_buckets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    shrink(monkeypatch, size)
    source, out = tmp_path / "in", tmp_path / "out"
    cut, whole = source / "a" / "cut", source / "z" / "whole"
    for path, content in ((cut, START), (whole, START + "时法律服务圈。")):
        path.parent.mkdir(parents=True)
        path.write_text(FORM.format(code="121", goal="做好各项工作。", content=content), encoding="utf-8")
    fill(source / "m", 9)
    made(source, out)
    assert recovered(out) == [(START + "时法律服务圈。", "z/whole#0 tasks 0")]

    # What it rests on goes, and comes back otherwise: the cut document itself has not changed.
    whole.write_text(FORM.format(code="999", goal="做好各项工作。", content="完成任务。"), encoding="utf-8")
    assert made(source, out).skipped == 10
    assert recovered(out) == []
    whole.write_text(FORM.format(code="121001", goal="x", content=START + "康社会。"), encoding="utf-8")
    assert made(source, out).skipped == 10
    assert recovered(out) == [(START + "康社会。", "z/whole#0 tasks 0")]
    made(source, tmp_path / "fresh")
    assert without_account(out) == without_account(tmp_path / "fresh")


def recovered(out: Path) -> list[tuple[str, str]]:
    rows = pq.read_table(out / "tasks").to_pylist()
    return [(row["content_recovered"], row["recovery_source"]) for row in rows if row["content_recovered"]]


def test_texts_that_take_more_memory_are_looked_through_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(monkeypatch, 4)
    source = tmp_path / "in"
    for number in range(40):
        content = START if number % 4 else f"{START}时第{number // 4}条。"
        path = source / f"{number:02}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(FORM.format(code=f"{120 + number // 4}", goal="做好工作。", content=content), encoding="utf-8")
    made(source, tmp_path / "whole")
    assert len(recovered(tmp_path / "whole")) == 30
    monkeypatch.setattr(recovery, "_BYTES", 1000)
    made(source, tmp_path / "parts")
    assert without_account(tmp_path / "parts") == without_account(tmp_path / "whole")


def test_a_width_that_cuts_texts_is_learned_over_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch, 1)
    source = tmp_path / "in" / "县"
    for number, content in enumerate(["甲" * 30, "乙" * 30, "丙" * 30, "按时完成。", "全部办结。", "及时公开。"]):
        write(source, f"{number}", content=content)
    made(tmp_path / "in", tmp_path / "out")
    cut = pq.read_table(tmp_path / "out" / "tasks")["content_truncated"].to_pylist()
    assert cut == [True, True, True, False, False, False]


# ---- buckets


def items(paths: Sequence[str]) -> list[Item]:
    return [Item(path, path) for path in paths]


@given(st.lists(st.text("abc/", min_size=1), unique=True, max_size=200))
def test_buckets_are_the_inputs_in_their_order(paths: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch, 5)
        found = buckets(items(paths))
    assert [item for bucket in found for item in bucket] == items(paths)
    assert all(1 <= len(bucket) <= 10 for bucket in found)


def test_buckets_hold_some_hundred_inputs_each() -> None:
    sizes = [len(bucket) for bucket in buckets(items([f"{number:06}" for number in range(50_000)]))]
    assert sum(sizes) == 50_000
    assert all(256 <= size <= 1024 for size in sizes[:-1])
    assert 500 < 50_000 / len(sizes) < 800


def test_an_input_more_changes_few_buckets() -> None:
    paths = [f"{number:06}" for number in range(50_000)]
    before = Counter(tuple(bucket) for bucket in buckets(items(paths)))
    for at in (0, 777, 25_000, 49_999):
        after = Counter(tuple(bucket) for bucket in buckets(items([*paths[:at], f"{paths[at]}+", *paths[at:]])))
        assert (after - before).total() <= 3


# ---- two runs


def test_a_second_run_on_the_same_output_is_refused(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 2), tmp_path / "out"
    with working(out), pytest.raises(UsageError) as caught:
        made(source, out)
    assert (caught.value.key, caught.value.params) == ("out_busy", {"path": str(out)})
    assert made(source, out).forms == 2


def test_what_a_run_had_finished_when_it_was_stopped_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(monkeypatch, 3)
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    for stop in (2, 9, 9):
        left = iter(range(stop))

        def read(data: bytes, left: Iterator[int] = left, **named: object) -> Extraction:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return extract_bytes(data, **named)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("extract.api.extract_bytes", read)
            with pytest.raises(KeyboardInterrupt):
                made(source, out)
        assert not out.exists()
    counts = made(source, out)
    assert counts.skipped > 3
    made(source, tmp_path / "fresh")
    assert tables_of(out) == tables_of(tmp_path / "fresh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "in", "out"]
