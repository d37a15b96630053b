"""What is no text is read by children that may break down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from extract.api import extract_bytes
from extract.batch import buckets, isolate
from extract.batch.isolate import Child, Isolation
from extract.batch.run import Options, run
from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.readers.office import program
from tests import tasks
from tests.archives import zip_of
from tests.forms.office import paragraph
from tests.forms.office import word as word_file
from tests.needs import needs
from tests.test_archives import FORM

GB = 1 << 30


def pdf(act: str) -> bytes:
    """A file that is a PDF by its first bytes, and says what reading it is to do."""
    return f"%PDF-1.4 /{act} ".encode()


@pytest.fixture(scope="module")
def isolation() -> Iterator[Isolation]:
    with Isolation(timeout=5, max_memory=GB, reader=tasks.bad) as found:
        yield found


@pytest.mark.parametrize(
    ("act", "failure"),
    [
        ("crash", Failure("crash", {"reason": "Segmentation fault"})),
        ("leave", Failure("crash", {"reason": "exit code 3"})),
        ("hunger", Failure("out_of_memory")),
        ("fail", Failure("internal_error", {"reason": "ZeroDivisionError: boom"})),
        ("refuse", Failure("encrypted")),
    ],
)
def test_what_goes_wrong_in_a_child_is_a_failure_of_that_file(isolation: Isolation, act: str, failure: Failure) -> None:
    found = isolation.read(pdf(act), "a.pdf")
    assert (found.source_path, found.failure, found.forms) == ("a.pdf", failure, ())
    assert len(found.source_sha256) == 64


def test_a_child_that_hangs_is_ended() -> None:
    with Isolation(timeout=0.5, reader=tasks.bad) as isolation:
        assert isolation.read(pdf("hang"), "a.pdf").failure == Failure("timeout", {"seconds": "0.5"})
        assert isolation.read(pdf("refuse"), "b.pdf").failure == Failure("encrypted")


def test_a_file_does_not_fail_for_what_another_did_to_the_child(isolation: Isolation) -> None:
    list(isolation.answers(tasks.whose))
    first = isolation.read(pdf("spoil"), "a.pdf").failure
    assert isolation.read(pdf("suffer"), "b.pdf").failure == first


def test_a_child_is_replaced_after_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolate, "_MOST_TASKS", 3)
    with Isolation() as isolation:
        (a,), (b,), (c,), (d,), (e,) = (tuple(isolation.answers(tasks.whose)) for _ in range(5))
    assert a == b == c != d == e


def test_a_child_is_kept_from_bucket_to_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_FEWEST", 1)
    monkeypatch.setattr(buckets, "_MOST", 2)
    source = tmp_path / "in"
    source.mkdir()
    for number in range(6):
        (source / f"{number}.docx").write_bytes(word_file(paragraph(f"第{number}号通知")))
    started: list[Child] = []

    class Counted(Child):
        def __init__(self, max_memory: int) -> None:
            super().__init__(max_memory)
            started.append(self)

    monkeypatch.setattr(isolate, "Child", Counted)
    told: list[Mapping[str, Any]] = []
    counts = run(Options((str(source),), tmp_path / "out", workers=None), log=told.append).counts
    assert (counts.inputs, counts.failed, len(told)) == (6, 6, 3)
    assert [child.tasks for child in started] == [6]


def test_children_are_kept_and_are_there_only_when_needed(isolation: Isolation) -> None:
    (one,), (two,) = isolation.answers(tasks.whose), isolation.answers(tasks.whose)
    assert one == two != os.getpid()
    with Isolation() as fresh:
        assert fresh.read(FORM, "a.txt") == extract_bytes(FORM, source_path="a.txt")
        assert children() == {one}
    counting = isolation.answers(tasks.numbers, 1000)
    assert next(counting) == 0
    assert list(isolation.answers(tasks.numbers, 3)) == [0, 1, 2]
    assert list(counting) == list(range(1, 1000))


def children() -> set[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    if not listed.exists():
        pytest.skip("only Linux lists the children of a process")
    return set(map(int, listed.read_text(encoding="ascii").split()))


def test_answers_that_nobody_wants_end_the_child(isolation: Isolation) -> None:
    (before,) = isolation.answers(tasks.whose)
    counting = isolation.answers(tasks.numbers, 1000)
    assert next(counting) == 0
    counting.close()  # type: ignore[attr-defined]
    (after,) = isolation.answers(tasks.whose)
    assert before != after


def test_what_cannot_be_sent_back_is_an_error_of_that_task(isolation: Isolation) -> None:
    with pytest.raises(UnreadableInput) as caught:
        list(isolation.answers(partial(map, eval), ["lambda: 0"]))
    assert caught.value.code == "internal_error"


def test_a_run_goes_on_after_files_that_break_the_reader(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    members = {f"{act}.pdf": pdf(act) for act in ("crash", "hang", "hunger", "fail", "refuse")}
    (folder / "a.zip").write_bytes(zip_of({**members, "x.txt": FORM}))
    for name, data in members.items():
        (folder / name).write_bytes(data)
    (folder / "x.txt").write_bytes(FORM)
    with Isolation(timeout=1.5, max_memory=GB, reader=tasks.bad) as isolation:
        counts = run(Options((str(folder),), tmp_path / "out"), read=isolation.read).counts
    codes = {
        "crash": "crash",
        "hang": "timeout",
        "hunger": "out_of_memory",
        "fail": "internal_error",
        "refuse": "encrypted",
    }
    assert (counts.inputs, counts.forms, counts.failed) == (12, 2, 10)
    assert {row["source_path"]: row["code"] for row in pq.read_table(tmp_path / "out" / "failures").to_pylist()} == {
        **{f"a.zip!/{act}.pdf": code for act, code in codes.items()},
        **{f"{act}.pdf": code for act, code in codes.items()},
    }


OFFICE = """#!/bin/sh
echo $$ > {folder}/pid; pwd >> {folder}/calls
while [ "$1" != --outdir ]; do shift; done; out=$2; shift 2
for f in "$@"; do {act}; done
"""


def office(folder: Path, act: str) -> dict[str, str]:
    """An environment with a program of the shell in LibreOffice's place; ``act``: what it does with the file $f."""
    program = folder / "soffice"
    program.write_text(OFFICE.format(folder=folder, act=act), encoding="utf-8")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def rtf(text: str) -> bytes:
    return b"{\\rtf1\\ansi %s}" % text.encode("ascii")


def test_one_call_converts_the_word_files_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in archives too. What gives nothing is tried again by itself, and has the failure that it has alone."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "whole.docx").write_bytes(word_file(paragraph("x")))
    act = f"grep -q bad $f || cp {kept}/whole.docx $out/$(basename $f .rtf).docx"
    monkeypatch.setenv("PATH", office(kept, act)["PATH"])
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("one", "bad", "two"):
        (folder / f"{name}.rtf").write_bytes(rtf(name))
    (folder / "cut.rtf").write_bytes(rtf("cut")[:-1])
    (folder / "more.zip").write_bytes(zip_of({"three.rtf": rtf("three"), "two.rtf": rtf("two")}))
    run(Options((str(folder),), tmp_path / "out"))
    found = {row["source_path"]: row["code"] for row in pq.read_table(tmp_path / "out" / "failures").to_pylist()}
    assert found == {
        "bad.rtf": "office_gave_nothing",
        "cut.rtf": "malformed",
        **dict.fromkeys(["one.rtf", "two.rtf", "more.zip!/three.rtf", "more.zip!/two.rtf"], "not_a_form"),
    }
    assert len((kept / "calls").read_text(encoding="utf-8").split()) == 2


def test_a_file_is_converted_by_itself_where_nothing_was_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whole.docx").write_bytes(word_file(paragraph("x")))
    monkeypatch.setenv("PATH", office(tmp_path, f"cp {tmp_path}/whole.docx $out/0.docx")["PATH"])
    with Isolation() as isolation:
        assert isolation.read(rtf("x"), "x.rtf").failure == Failure("not_a_form")
        isolation.prepare([Leaf("x.rtf", rtf("x")), Leaf("y.rtf", rtf("x")), Leaf("z.rtf", b"", Failure("encrypted"))])
        assert isolation.read(rtf("x"), "x.rtf").lines == ["x"]
    assert len((tmp_path / "calls").read_text(encoding="utf-8").split()) == 2


@needs("LibreOffice", found=program() is not None)
def test_files_that_are_converted_together_read_as_each_alone() -> None:
    samples = (path for path in sorted((Path(__file__).parent / "office").iterdir()) if path.suffix != ".jsonl")
    leaves = [Leaf(path.name, path.read_bytes()) for path in samples]
    with Isolation(options=ReadOptions(office_seconds=300.0)) as isolation:
        isolation.prepare(leaves)
        together = [isolation.read(leaf.data, leaf.source_path) for leaf in leaves]
        isolation.prepare([])
        assert together == [isolation.read(leaf.data, leaf.source_path) for leaf in leaves]
    assert all(extraction.forms for extraction in together)


CONVERT = """
from extract.batch.isolate import Isolation
with Isolation() as isolation:
    isolation.read(b"{\\\\rtf1 x}", "a.rtf")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_libreoffice_does_not_outlive_a_run(number: signal.Signals, tmp_path: Path) -> None:
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("a child that is busy notices on Linux alone")
    environment = {**office(tmp_path, "sleep 600"), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", CONVERT], stderr=subprocess.DEVNULL, env=environment) as process:
        folder = Path(waited(lambda: (tmp_path / "calls").read_text(encoding="utf-8").strip()))
        program = int((tmp_path / "pid").read_text(encoding="utf-8"))
        assert folder.exists()
        process.send_signal(number)
        process.wait(60)
    assert waited(lambda: not folder.exists() and not Path(f"/proc/{program}").exists())


SLOWLY = """
import sys, tempfile, time
from pathlib import Path
from extract.batch import worker
from extract.readers.files import ReadOptions

class Slow(tempfile.TemporaryDirectory):
    @classmethod
    def _rmtree(cls, *told, **how):
        Path(sys.argv[1]).touch()
        time.sleep(1)
        super()._rmtree(*told, **how)

tempfile.TemporaryDirectory = Slow
list(worker.convert([b"{\\\\rtf1 x}"], ReadOptions()))
"""


def test_who_is_asked_to_end_twice_takes_away_what_was_made(tmp_path: Path) -> None:
    """The system asks once for each thread of the process that is gone."""
    environment = {**office(tmp_path, "sleep 600"), "PYTHONPATH": os.pathsep.join(sys.path)}
    leaving = tmp_path / "leaving"
    with subprocess.Popen([sys.executable, "-c", SLOWLY, str(leaving)], env=environment) as process:
        folder = Path(waited(lambda: (tmp_path / "calls").read_text(encoding="utf-8").strip()))
        process.terminate()
        assert waited(leaving.exists)
        process.terminate()
        process.wait(60)
    assert not folder.exists()


def waited(look: Callable[[], Any]) -> Any:
    """What ``look`` tells as soon as it tells anything."""
    for _ in range(600):
        with suppress(FileNotFoundError):
            if told := look():
                return told
        time.sleep(0.1)
    raise AssertionError("waited for too long")


RUN = """
import sys
from extract.batch import buckets, isolate
from extract.batch.isolate import Child, Isolation
from tests import tasks
with Isolation(timeout=600, reader=tasks.bad) as isolation:
    (child,) = isolation.answers(tasks.whose)
    print(child, flush=True)
    isolation.read(b"%PDF-1.4 /hang ", "a.pdf")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_children_do_not_outlive_a_run(number: signal.Signals) -> None:
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("a child that is busy notices on Linux alone")
    words = [sys.executable, "-c", RUN]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(number)
        process.wait(60)
    for _ in range(600):
        if not Path(f"/proc/{child}").exists():
            return
        time.sleep(0.1)
    raise AssertionError("the child is still there")
