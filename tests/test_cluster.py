"""Buckets that the workers of a real cluster make: the tables are those of a local run, whatever becomes of the workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from extract.batch import cluster_worker, worker
from extract.batch.convert import Job
from extract.batch.plan import Item, Stamp
from extract.batch.pool import Limits
from extract.batch.run import Options, run
from extract.batch.settings import settings
from extract.errors import UsageError
from extract.profiles import library_of
from extract.readers.files import ReadOptions
from tests.archives import zip_of
from tests.needs import needs
from tests.test_again import fill, tables_of
from tests.test_cli import ENVIRONMENT, SAMPLE
from tests.test_workers import SMALL, bad, failures

pytestmark = needs("dask", found=find_spec("distributed") is not None)

LOCAL = ("--engine", "local")
DASK = ("--engine", "dask", "--workers", "2")
# A cluster that is there before a run and stays after it: it says its address, and ends when nobody listens.
CLUSTER = """
import logging, sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None, silence_logs=logging.CRITICAL) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


def command(source: Path | str, out: Path, *words: str, first: str = "") -> list[str]:
    return [sys.executable, "-W", "error", "-c", first + SMALL, "extract", str(source), "--out", str(out), *words]


def pifubiao(
    source: Path | str, out: Path, *words: str, first: str = "", code: int = 0, cwd: Path | None = None
) -> str:
    done = subprocess.run(
        command(source, out, *words, first=first),
        capture_output=True,
        encoding="utf-8",
        env=ENVIRONMENT,
        timeout=120,
        check=False,
        cwd=cwd,
    )
    assert done.returncode == code, done.stderr
    return done.stderr


def making(name: str) -> str:
    """Has buckets made by one of ``tests.tasks``."""
    return f"import extract.batch.worker as w; from tests import tasks; w.make = tasks.{name}; "


def below(process: int) -> set[int]:
    """All processes that a process started, and those that these started."""
    found: set[int] = set()
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, path.read_text(encoding="ascii").split()):
                found |= {child} | below(child)
    return found


def workers(process: int) -> list[int]:
    """The workers among them."""
    found = []
    for child in below(process):
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


@contextmanager
def cluster(*before: str, cwd: Path) -> Iterator[tuple[str, int]]:
    """The address of a cluster, and its process."""
    with subprocess.Popen(
        [*before, sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=ENVIRONMENT,
        cwd=cwd,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.pid
        process.communicate(timeout=60)


# ---- the same bytes


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = fill(tmp_path_factory.mktemp("source") / "in", 40)
    (folder / "broken").write_bytes(b"")
    (folder / "a.zip").write_bytes(zip_of({"x.txt": SAMPLE.read_bytes(), "y": b""}))
    return folder


@pytest.fixture(scope="module")
def expected(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("expected") / "out"
    assert pifubiao(source, out, *LOCAL, "--workers", "1", code=1) == ""
    return tables_of(out)


def test_the_bytes_are_the_same_for_two_processes(source: Path, expected: dict[str, str], tmp_path: Path) -> None:
    pifubiao(source, tmp_path / "out", *LOCAL, "--workers", "2", code=1)
    assert tables_of(tmp_path / "out") == expected


def test_a_cluster_that_is_there_makes_the_same_bytes_and_stays(
    source: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    """Whatever the folder in which its workers were started; and it makes only what is new."""
    with cluster(cwd=tmp_path) as (address, process):
        there = workers(process)
        words = ("--engine", "dask", "--scheduler", address, "--log-json")
        said = pifubiao("in", tmp_path / "out", *words, code=1, cwd=source.parent)
        assert sum(json.loads(line)["inputs"] for line in said.splitlines()) == 43
        said = pifubiao("in", tmp_path / "out", *words, code=1, cwd=source.parent)
        assert sum(json.loads(line)["skipped"] for line in said.splitlines()) == 41
        assert set(workers(process)) == set(there)
    assert tables_of(tmp_path / "out") == expected
    account = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (account["parameters"]["engine"], account["parameters"]["scheduler"]) == ("dask", address)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


# ---- workers that are lost


def test_a_worker_that_is_killed_costs_nothing(source: Path, expected: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        command(source, out, *DASK, "--log-json"), stderr=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT
    ) as process:
        assert process.stderr is not None
        while len(killed := workers(process.pid)) < 2 and process.poll() is None:
            time.sleep(0.01)
        first = json.loads(process.stderr.readline())
        # On a busy machine all may be done by now.
        with suppress(ProcessLookupError):
            os.kill(killed[0], signal.SIGKILL)
        said = process.stderr.read()
    assert process.returncode == 1, said
    assert len(killed) == 2
    lines = [first, *map(json.loads, said.splitlines())]
    assert sum(line["inputs"] for line in lines) == 43
    assert tables_of(out) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_texts_that_take_their_process_with_them_are_the_failures_of_a_local_run(tmp_path: Path) -> None:
    folder, out = fill(tmp_path / "in", 6), tmp_path / "out"
    acts = {"leave": "crash", "hang": "timeout"}
    for act in acts:
        bad(folder, f"1/{act}", act)
    bad(folder, "2/once", "once")
    pifubiao(folder, out, *DASK, "--timeout", "2", first=making("make_badly"), code=1)
    assert failures(out) == {f"1/{act}": code for act, code in acts.items()}
    counts = json.loads((out / "run.json").read_text(encoding="utf-8"))["counts"]
    assert (counts["inputs"], counts["failed"], counts["forms"]) == (9, 2, 7)


def test_a_bucket_that_loses_every_worker_ends_the_run(tmp_path: Path) -> None:
    folder, out = fill(tmp_path / "in", 2), tmp_path / "out"
    said = pifubiao(folder, out, *DASK[:-1], "1", first=making("make_alone"), code=2)
    assert "were lost again and again (KilledWorker" in said
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    """By Ctrl-C as at a terminal, where all of the run's processes are interrupted; or killed."""
    folder, out = fill(tmp_path / "in", 90), tmp_path / "out"
    with subprocess.Popen(
        command(folder, out, *DASK, "--log-json"),
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=ENVIRONMENT,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
        children = below(process.pid)
        began = time.monotonic()
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        said = process.stderr.read()
    assert process.returncode == -number
    while any(is_alive(child) for child in children):
        assert time.monotonic() - began < 15
        time.sleep(0.1)
    assert len(children) >= 4
    told = [text for text in said.splitlines() if not text.startswith("{")]
    assert [text[:18] for text in told] == ["Error: interrupted"] * (number == signal.SIGINT)
    skipped = [json.loads(text)["skipped"] for text in pifubiao(folder, out, "--log-json").splitlines()]
    assert sum(skipped) >= line["inputs"]


def is_alive(process: int) -> bool:
    """One that has ended and that nobody has asked for yet is not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return False


# ---- clusters that are of no use


def test_an_address_at_which_nothing_answers(tmp_path: Path) -> None:
    folder, out = fill(tmp_path / "in", 2), tmp_path / "out"
    began = time.monotonic()
    said = pifubiao(folder, out, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", code=2)
    assert "no dask scheduler answers at tcp://127.0.0.1:1" in said
    assert time.monotonic() - began < 20
    with pytest.raises(UsageError) as caught:
        run(Options((str(folder),), out, engine="dask", scheduler="nonsense"))
    assert caught.value.key == "scheduler_unreachable"
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", 2)
    said = pifubiao(folder, tmp_path / "out", *DASK, first="import sys; sys.modules['distributed'] = None; ", code=2)
    assert "pip install 'pifubiao[dask]'" in said
    assert "--engine dask" in pifubiao(folder, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1", code=2)


def test_workers_that_do_not_see_the_inputs(tmp_path: Path) -> None:
    folder, out = fill(tmp_path / "in", 2), tmp_path / "out"
    apart = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs "$0" && exec "$@"', str(folder))
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        # A right that a machine gives or does not, and nothing that could be installed.
        pytest.skip("this machine lets nobody hide a file system")
    with cluster(*apart, cwd=tmp_path) as (address, _):
        said = pifubiao(folder, out, "--engine", "dask", "--scheduler", address, code=2)
    assert f"a worker of the cluster does not see {folder}" in said
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def order(folder: Path, *items: Item, made_by: str | None = None) -> cluster_worker.Order:
    options = ReadOptions()
    by = settings(library_of(None), options) if made_by is None else made_by
    (folder / "sign").touch()
    return cluster_worker.Order(
        worker.make, 0, Job(items, [None] * len(items), by), Limits(None, options, 10.0, 2 << 30, 1000), folder / "sign"
    )


def replied(order: cluster_worker.Order) -> cluster_worker.Reply:
    return cluster_worker.unpacked(cluster_worker.make(cluster_worker.packed(order)))


def test_a_worker_with_another_program_does_nothing(tmp_path: Path) -> None:
    reply = replied(order(tmp_path, made_by="another"))
    assert isinstance(reply, cluster_worker.Refused)
    assert reply.key == "worker_differs"


def test_an_input_that_is_gone_for_all_is_no_input_that_a_worker_does_not_see(tmp_path: Path) -> None:
    path = str(tmp_path / "gone")
    asked = order(tmp_path, Item(path, "gone", None, Stamp(1, 2, 3, 4)))
    assert replied(asked) == cluster_worker.Unseen(path)
    reply = replied(asked._replace(look=False))
    assert isinstance(reply, cluster_worker.Done)
    assert [entry.failed for entry in reply.made.account.entries] == [1]


def test_a_worker_that_does_not_see_the_folder_of_the_run(tmp_path: Path) -> None:
    asked = order(tmp_path)
    asked.sign.unlink()
    assert replied(asked) == cluster_worker.Unseen(None)
    # One that saw it before, or was not to look, takes it that the run is over.
    assert replied(asked._replace(look=False)) == cluster_worker.Stopped()
