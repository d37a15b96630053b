"""Runs over an archive of many different forms, and writes ``benchmarks/SCALE.md``.

Each run is the command in a process of its own. The processors' time is given beside that of the clock: what else the
machine does changes the one hardly and the other much.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow

from benchmarks import many
from benchmarks.watch import Watched, watched

RESULTS: Final = Path(__file__).parent / "SCALE.md"

_COUNT: Final = 2000
_CHANGED: Final = 0.01
# A few files: what a run takes whatever it reads.
_FEW: Final = 10
# What was written so short a time ago a run does not trust; see ``extract.batch.convert``.
_SETTLED_SECONDS: Final = 3
_GB: Final = 10**9
_HOUR: Final = 3600
# A run of so many inputs has a processor for what only one process does.
_MILLION: Final = 10**6


class Scale(NamedTuple):
    """What was measured: the runs, and the bytes of ``files`` files, of the tables and of what is kept beside them."""

    files: int
    read: int
    tables: int
    kept: int
    few: Watched
    one: Watched
    two: Watched
    dask: Watched
    nothing: Watched
    added: Watched
    spread: Watched

    @property
    def forms(self) -> int:
        """The forms of the archive."""
        return int(self.two.account["counts"]["forms"])


def measured(folder: Path, count: int) -> Scale:
    """Makes an archive, and runs over it."""
    source, out = folder / "in", folder / "out"
    many.write(folder / "few", _FEW)
    size = many.write(source, count)
    time.sleep(_SETTLED_SECONDS)
    few = _told("a few files", watched(folder / "few", folder / "a", 1))
    one = _told("1 worker", watched(source, folder / "one", 1))
    two = _told("2 workers", watched(source, out, 2))
    if digest(folder / "one") != digest(out):
        raise SystemExit("1 and 2 workers have not written the same bytes")
    dask = _told("2 workers of a dask cluster", watched(source, folder / "dask", 2, "dask"))
    if digest(folder / "dask") != digest(out):
        raise SystemExit("dask has not written the same bytes")
    tables, kept = _size(out, "*/*.parquet"), _size(out, ".pifubiao/**/*")
    nothing = _told("nothing changed", watched(source, out, 2))
    # The next counties, whose folders come somewhere between the others.
    start = -(-count // many.FORMS_A_FOLDER) * many.FORMS_A_FOLDER
    many.write(source, int(count * _CHANGED), start)
    time.sleep(_SETTLED_SECONDS)
    added = _told("new folders", watched(source, out, 2))
    many.change(source, count, _CHANGED)
    time.sleep(_SETTLED_SECONDS)
    spread = _told("changes all over", watched(source, out, 2))
    return Scale(count, size, tables, kept, few, one, two, dask, nothing, added, spread)


def digest(out: Path) -> str:
    """A digest of all tables."""
    found = hashlib.sha256()
    for path in sorted(out.glob("*/*.parquet")):
        found.update(str(path.relative_to(out)).encode() + path.read_bytes())
    return found.hexdigest()


def _size(out: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in out.glob(pattern) if path.is_file())


def _told(name: str, run: Watched) -> Watched:
    peaks = " ".join(f"{peak:.0f}" for peak in run.peaks)
    print(f"{name}: {run.seconds:.1f} s, {run.processor:.1f} s of processors, {run.alone:.1f} s alone, {peaks} MB")
    return run


# ---- the report


def report(found: Scale) -> str:
    """The results as Markdown."""
    counts = found.two.account["counts"]
    return "\n".join(
        [
            "# Runs over large archives",
            "",
            f"Written by `make bench-scale N={found.files}`. Python {platform.python_version()}, "
            f"pyarrow {pyarrow.__version__}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores.",
            "",
            f"An archive of {found.files:,} different files, {found.read:,} bytes, made from the samples with other "
            "counties, units, codes, years and figures: 93 % texts of some 120 shapes, 2 % texts of pages that lost "
            f"their columns, 3 % sheets and Word files, 1 % PDF files, 1 % broken; {counts['forms']:,} forms, "
            f"{counts['failed']:,} inputs failed, {sum(counts['rows'].values()):,} rows.",
            "",
            *_runs(found),
            "",
            f"The tables take {found.tables:,} bytes, and what the next run needs {found.kept:,}. "
            "The tables of 1 worker, of 2 and of dask are the same, to the byte.",
            "",
            "Seconds are by the clock of a machine that may have had other work; the processors' seconds are those of "
            "all processes of the run. By these, 2 workers on 2 free cores are "
            f"**{found.one.processor / found.two.two:.2f}** times as fast as 1 (what only the main process does takes "
            f"{found.two.alone:.1f} s). Memory is that of one process at its peak.",
            "",
            *_model(found),
        ]
    )


def _runs(found: Scale) -> list[str]:
    rows = [
        "| run | s | processors' s | forms a second | of the first, s | processors' s | main, MB | worker | reader |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    first = found.two
    for name, run in (
        ("1 worker", found.one),
        ("2 workers", found.two),
        ("2 workers of a dask cluster started here", found.dask),
        ("again, nothing changed", found.nothing),
        ("again, 1 % more in new folders", found.added),
        ("again, 1 % changed all over", found.spread),
    ):
        anew = run in (found.one, found.two, found.dask)
        share = (
            ["", ""] if anew else [f"{_percent(run.seconds, first.seconds)}", _percent(run.processor, first.processor)]
        )
        rate = f"{found.forms / run.seconds:,.0f}" if anew else ""
        peaks = [f"{peak:,.0f}" if peak else "–" for peak in run.peaks]
        rows.append(
            "| " + " | ".join([name, f"{run.seconds:,.1f}", f"{run.processor:,.1f}", rate, *share, *peaks]) + " |"
        )
    return rows


def _percent(part: float, whole: float) -> str:
    return f"{part / whole * 100:.1f} %"


class Cost(NamedTuple):
    """Seconds and bytes that an input takes: of all processors, of the main process alone, and on the disk."""

    processor: float
    alone: float
    again: float
    disk: float

    @classmethod
    def of(cls, found: Scale) -> Cost:
        """As measured, without what any run takes."""
        few, more = found.few, found.files - _FEW
        return cls(
            (found.one.processor - few.processor) / more,
            max(found.one.alone - few.alone, 0) / more,
            (found.nothing.processor - few.alone) / more,
            (found.tables + found.kept) / found.files,
        )


def _model(found: Scale) -> list[str]:
    cost = Cost.of(found)
    rows = [
        "## What more would take",
        "",
        f"By these an input takes {cost.processor * 1e3:.2f} ms of a processor, {cost.alone * 1e3:.2f} ms of it "
        f"in the main process alone; {cost.again * 1e3:.3f} ms when it is there already; and {cost.disk:,.0f} bytes of "
        "disk. What follows is reckoned and not measured: workers share the rest evenly, and disks keep up.",
        "",
        "| inputs | as | on | hours | again, nothing changed | disk, GB |",
        "|---:|---|---|---:|---:|---:|",
    ]
    for runs, text, cores in (
        (1, "one run", 2),
        (1, "one run", 16),
        (100, "100 runs of a million, one after the other", 16),
        (100, "100 runs of a million, on 10 machines", 16 * 10),
    ):
        inputs, machines = runs * _MILLION, max(cores // 16, 1)
        alone = cost.alone * inputs / machines
        hours = (alone + (cost.processor - cost.alone) * inputs / cores) / _HOUR
        again = cost.again * inputs / machines / 60
        place = f"{machines} × {cores // machines} cores" if machines > 1 else f"{cores} cores"
        rows.append(
            f"| {inputs:,} | {text} | {place} | {hours:,.1f} | {again:,.1f} min | {cost.disk * inputs / _GB:,.0f} |"
        )
    return [
        *rows,
        "",
        "A hundred million inputs are best run by county or province, each into an output folder of its own: the runs "
        "need nothing of one another, and what documents tell others is told within a county. Scans are no part of "
        "this: a page takes seconds (see [RESULTS.md](RESULTS.md)).",
        "",
    ]


def main() -> None:
    """Measures, prints the results and writes them down."""
    parser = argparse.ArgumentParser(description="Times runs over an archive of many different forms.")
    parser.add_argument("count", type=int, nargs="?", default=_COUNT)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        text = report(measured(Path(name), chosen.count))
    chosen.out.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
