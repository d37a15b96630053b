"""What is no text is read by children that may break down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extract.api import extract_bytes
from extract.batch.isolate import Isolation
from extract.batch.run import Options, run
from extract.errors import UnreadableInput
from extract.model import Failure
from tests import tasks
from tests.archives import zip_of
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


RUN = """
import sys
from extract.batch.isolate import Isolation
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
