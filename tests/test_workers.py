"""Buckets that several processes make, of which some are lost."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extract.batch import pool, worker
from extract.batch.run import Options, run
from extract.errors import UsageError
from extract.tables.schemas import TABLES
from tests import tasks
from tests.test_again import fill, shrink, tables_of
from tests.test_cli import ENVIRONMENT
from tests.test_recover import FORM

# Runs the command with small buckets, whose files' times are trusted at once.
SMALL = (
    "import extract.batch.buckets as b, extract.batch.convert as c; "
    "b._FEWEST, b._MOST, b._ONE_IN = 1, 6, 3; c._TOO_FRESH = -(1 << 62); from extract.cli import main; main()"
)


def command(source: Path, out: Path, *words: str) -> list[str]:
    return [sys.executable, "-c", SMALL, "extract", str(source), "--out", str(out), *words]


def pifubiao(source: Path, out: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        command(source, out, *words), capture_output=True, encoding="utf-8", env=ENVIRONMENT, timeout=300, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stderr


def failures(out: Path) -> dict[str, str]:
    rows = pq.read_table(out / "failures").to_pylist()
    return {row["source_path"]: row["code"] for row in rows}


def bad(folder: Path, name: str, act: str) -> None:
    text = FORM.format(code="121", goal="做好工作。", content=f"完成任务&lt;&gt;<{act}>。")
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch, 3)
    monkeypatch.setattr(worker, "make", tasks.make_badly)


# ---- the same bytes


def test_the_bytes_are_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", 30)
    (source / "broken").write_bytes(b"")
    for name, words in (("one", ["--workers", "1"]), ("two", ["--workers", "2"]), ("usual", [])):
        pifubiao(source, tmp_path / name, *words, code=1)
    assert tables_of(tmp_path / "one") == tables_of(tmp_path / "two") == tables_of(tmp_path / "usual")
    assert len(list((tmp_path / "one" / "tasks").iterdir())) > 5


def test_the_bytes_are_the_same_for_a_run_that_was_killed_and_started_again(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 60), tmp_path / "out"
    began = time.monotonic()
    pifubiao(source, tmp_path / "whole", "--workers", "2")
    length = time.monotonic() - began
    draw = random.Random(5)
    for _ in range(3):
        with subprocess.Popen(
            command(source, out, "--workers", "2"), env=ENVIRONMENT, start_new_session=True
        ) as process:
            time.sleep(draw.uniform(0.4, 0.8) * length)
            with suppress(ProcessLookupError):
                process.kill()
        assert process.returncode in (-signal.SIGKILL, 0)
    pifubiao(source, out, "--workers", "2")
    assert tables_of(out) == tables_of(tmp_path / "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out", "whole"]


def test_a_process_that_has_made_its_share_of_buckets_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(monkeypatch, 3)
    monkeypatch.setattr(pool, "_MOST_BUCKETS", 2)
    monkeypatch.setattr(worker, "make", tasks.make_signed)
    source, out = fill(tmp_path / "in", 30), tmp_path / "out"
    monkeypatch.setenv(tasks.SIGNED, str(tmp_path / "signed"))
    run(Options((str(source),), out, workers=1))
    makers = (tmp_path / "signed").read_text().split()
    assert [len(list(own)) for _, own in groupby(makers)] == [2] * (len(makers) // 2) + [1] * (len(makers) % 2)
    assert len(makers) == len(list((out / "tasks").iterdir())) > 5


# ---- processes that are lost


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("act", "code"), [("crash", "crash"), ("leave", "crash"), ("hang", "timeout"), ("hunger", "out_of_memory")]
)
def test_a_text_that_takes_its_process_with_it_is_a_failure_and_its_neighbours_are_read(
    tmp_path: Path, act: str, code: str
) -> None:
    source, out = fill(tmp_path / "in", 12), tmp_path / "out"
    bad(source, "1/0045", act)
    manifest = run(Options((str(source),), out, workers=2, timeout=2, max_memory=2 << 30))
    assert failures(out) == {"1/0045": code}
    assert (manifest.counts.inputs, manifest.counts.failed, manifest.counts.forms) == (13, 1, 12)
    assert {pq.read_table(out / name).num_rows for name in ("tasks", "goals", "indicators")} == {12}


@pytest.mark.usefixtures("small")
def test_a_process_that_somebody_ends_costs_no_input(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 12), tmp_path / "out"
    bad(source, "1/0045", "once")
    seen: list[tuple[int, ...]] = []
    manifest = run(Options((str(source),), out, workers=2), lambda *step: seen.append(step))
    assert failures(out) == {}
    assert manifest.counts.forms == 13
    assert seen[-1] == (13, 13, 0, 0)


def test_a_bucket_that_loses_every_process_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "make", tasks.make_never)
    source, out = fill(tmp_path / "in", 2), tmp_path / "out"
    with pytest.raises(UsageError) as caught:
        run(Options((str(source),), out, workers=1))
    assert caught.value.key == "worker_lost"
    assert not out.exists()


# ---- runs that are stopped


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_ends_soon_and_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    source, out = fill(tmp_path / "in", 400), tmp_path / "out"
    with subprocess.Popen(
        command(source, out, "--workers", "2", "--log-json"), stderr=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT
    ) as process:
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
        children = descendants(process.pid)
        began = time.monotonic()
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == -number
    assert time.monotonic() - began < 20
    assert line["converted"] + line["failed"] == line["inputs"] > 0
    assert children
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    # What was finished is there for the next run.
    skipped = [json.loads(text)["skipped"] for text in pifubiao(source, out, "--log-json").splitlines()]
    assert sum(skipped) >= line["inputs"]


def descendants(process: int) -> list[str]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    if not listed.exists():
        pytest.skip("only Linux lists the children of a process")
    found = [path.read_text(encoding="ascii").split() for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [child for own in found for child in own]


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for less than a run needs."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        shutil.which("mount") is not None
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        # A right that a machine gives or does not, and nothing that could be installed.
        pytest.skip("this machine lets no small file system be made")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_disk_that_is_full_leaves_the_old_output(tmp_path: Path, full_disk: Path, workers: str) -> None:
    source, out = fill(tmp_path / "in", 3), full_disk / "out"
    pifubiao(source, out)
    before = tables_of(out)
    fill(source, 60)
    said = pifubiao(source, out, "--workers", workers, code=2)
    assert "No space left on device" in said
    assert tables_of(out) == before
    assert {name: pq.read_table(out / name).num_rows for name in TABLES}["tasks"] == 3


# ---- what is said


def test_a_line_of_json_for_every_bucket(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 12), tmp_path / "out"
    (source / "broken").write_bytes(b"")
    first = [json.loads(line) for line in pifubiao(source, out, "--log-json", code=1).splitlines()]
    assert sorted(line["bucket"] for line in first) == list(range(first[0]["buckets"]))
    assert sum(line["inputs"] for line in first) == 13
    assert sum(line["converted"] for line in first) == sum(line["forms"] for line in first) == 12
    assert {name for line in first for name in line["seconds"]} == {"read", "tables", "recovery", "write"}
    second = [json.loads(line) for line in pifubiao(source, out, "--log-json", code=1).splitlines()]
    assert sum(line["skipped"] for line in second) == 12
