"""A run that is killed, at any moment, over an output that stood there before."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq

from extract.tables.schemas import TABLES
from tests.killed import runs
from tests.test_cli import COMMAND, ENVIRONMENT, SAMPLE
from tests.test_writer import digests

FORMS = 6
NEVER = 1_000_000
# Every other step, unless somebody takes the time to look at all.
STRIDE = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 2


def fill(folder: Path, year: int) -> None:
    """The forms of one year."""
    folder.mkdir(exist_ok=True)
    text = SAMPLE.read_text(encoding="utf-8").replace("预算年度:2024", f"预算年度:{year}")
    for number in range(FORMS):
        (folder / f"{number:02}.txt").write_text(text.replace("135-", f"{200 + number}-"), encoding="utf-8")


def year_of(out: Path) -> int:
    """The year of the output, after a look at all of it: whole, readable, of one run."""
    rows = {name: pq.read_table(out / name).to_pylist() for name in TABLES}
    keys = {row["document_id"] for row in rows["documents"]}
    assert len(keys) == len(rows["documents"]) == FORMS
    for name, count in {"funding": 5, "goals": 4, "tasks": 9, "indicators": 22}.items():
        assert len(rows[name]) == FORMS * count
        assert {row["document_id"] for row in rows[name]} == keys
    assert {row["document_id"] for row in rows["provenance"]} == keys
    assert (out / "run.json").stat().st_size > 0
    (year,) = {row["fiscal_year"] for row in rows["documents"]}
    assert isinstance(year, int)
    return year


def start(source: Path, out: Path) -> subprocess.Popen[bytes]:
    words = [*COMMAND, "extract", str(source), "--out", str(out)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)


def test_kill_before_every_step_that_touches_the_disk(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    fill(source, 2024)
    kept: list[bool] = []
    words = ["extract", str(source), "--out", str(out)]
    with runs(SAMPLE, ENVIRONMENT) as process:
        assert process.killed_before(NEVER, words) == 0
        there, old = 2024, digests(out)
        fill(source, 2025)
        for step in range(0, 1000, STRIDE):
            code = process.killed_before(step, words)
            found = year_of(out)
            if code == 0:
                break
            assert code == -9
            assert found in (there, 2025)
            if found == there:
                assert digests(out) == old
            else:
                # The new tables are there; put others in their place for the next step.
                fill(source, there)
                assert process.killed_before(NEVER, words) == 0
                assert digests(out).keys() == old.keys()
                old = digests(out)
                fill(source, 2025)
            kept.append(found == there)
            # Clearing away what it left would add steps to the next run.
            for left in tmp_path.glob(".out.*"):
                shutil.rmtree(left)
    assert year_of(out) == 2025
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    # First the old tables, from one step on the new ones, and enough steps on either side.
    assert kept == sorted(kept, reverse=True)
    assert kept.count(True) > 20 // STRIDE
    assert kept.count(False) > 10 // STRIDE


def test_kill_at_random_moments(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    fill(source, 2010)
    assert start(source, out).wait(120) == 0
    began = time.monotonic()
    assert start(source, out).wait(120) == 0
    length = time.monotonic() - began
    draw = random.Random(20240101)
    there = 2010
    for new in range(2011, 2016):
        fill(source, new)
        process = start(source, out)
        time.sleep(draw.uniform(0.3, 1) * length)
        process.kill()
        process.wait(60)
        found = year_of(out)
        assert found in (there, new)
        there = found
    fill(source, 2024)
    assert start(source, out).wait(120) == 0
    assert year_of(out) == 2024
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
