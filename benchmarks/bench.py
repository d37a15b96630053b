"""Times the way through, and writes ``benchmarks/RESULTS.md``.

All ways of one sample are timed in turns, round by round, so that what else the machine does falls on all of them
alike; the figure is the median of the rounds. As with ``timeit``, and as in a run, cyclic garbage is not collected
meanwhile. What is written is meant for the ratios: times are this machine's.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final, NamedTuple

import pandas
import pdfplumber
import pyarrow

from benchmarks import formats
from benchmarks.results import RESULTS, soak_of, written
from extract import extract_bytes, to_tables
from extract.batch.run import Options, run
from extract.readers import encoding, files
from extract.readers.files import ReadOptions
from extract.tables.build import provenance_table

ROOT: Final = Path(__file__).parent.parent
REAL: Final = ROOT / "samples" / "大竹县司法局-2024.txt"

FLOOR: Final = "floor: read, decode, split by tab"
PANDAS: Final = "pandas.read_csv"
FORM: Final = "bytes to Form, with findings"
PROVENANCE: Final = "bytes to Form, with findings and provenance rows"
TABLES: Final = "bytes to Form to all eight tables"

# A unit's code, as the samples write it.
_CODE: Final = re.compile(r"(?<=[：:])\s*\d{3,6}(?=-)")
# A figure of three digits that stands by itself.
_FIGURE: Final = re.compile(r"(?<=[ \t])[1-9]\d\d(?=[ \t])")
_ROUNDS: Final = 40
_CALLS: Final = 50
_FILES: Final = 20_000
_PAGE_ROUNDS: Final = 7


class Sample(NamedTuple):
    """A sample, and the microseconds a form that each way takes."""

    path: Path
    size: int
    micros: dict[str, float]


def ways(path: Path) -> dict[str, Callable[[], Any]]:
    """What is timed, each on ``_CALLS`` forms: as a run does it, tables are built of many forms at once."""
    data = path.read_bytes()
    codec = encoding.decode(data).encoding

    def floor() -> None:
        for _ in range(_CALLS):
            with path.open("rb") as file:
                [line.split("\t") for line in file.read().decode(codec).splitlines()]

    def read_csv() -> None:
        for _ in range(_CALLS):
            pandas.read_csv(io.BytesIO(data), sep="\t", header=None, names=range(12), encoding=codec)

    def forms() -> None:
        for _ in range(_CALLS):
            extract_bytes(data, source_path="a.txt")

    def provenance() -> None:
        provenance_table(extract_bytes(data, source_path="a.txt") for _ in range(_CALLS))

    def tables() -> None:
        to_tables(extract_bytes(data, source_path="a.txt") for _ in range(_CALLS))

    return {FLOOR: floor, PANDAS: read_csv, FORM: forms, PROVENANCE: provenance, TABLES: tables}


def timed(path: Path, rounds: int) -> Sample:
    """The median time of each way, in microseconds a form."""
    found = ways(path)
    spent: dict[str, list[float]] = {name: [] for name in found}
    for way in found.values():
        way()
    for _ in range(rounds):
        for name, way in found.items():
            gc.collect()
            gc.disable()
            begin = perf_counter()
            way()
            spent[name].append(perf_counter() - begin)
            gc.enable()
    micros = {name: median(values) / _CALLS * 1e6 for name, values in spent.items()}
    return Sample(path, path.stat().st_size, micros)


def page_times(path: Path, rounds: int) -> tuple[int, float, float]:
    """Pages of a PDF file, and milliseconds a page: this reader's, and those of pdfplumber's ``extract_tables``."""
    data = path.read_bytes()
    own: list[float] = []
    other: list[float] = []
    count = 0
    for _ in range(rounds):
        begin = perf_counter()
        files.read(data, "pdf", ReadOptions())
        middle = perf_counter()
        with pdfplumber.open(io.BytesIO(data)) as document:
            count = len(document.pages)
            for page in document.pages:
                page.extract_tables()
                page.close()
        own.append(middle - begin)
        other.append(perf_counter() - middle)
    return count, median(own) / count * 1e3, median(other) / count * 1e3


def pdf_rows(rounds: int) -> list[str]:
    """The part of the results on PDF files."""
    rows = ["", "## PDF files with rules", "", "| | pages | ms a page | `pdfplumber.extract_tables`, ms | ratio |"]
    rows += ["|---|---:|---:|---:|---:|"]
    for name in ("pdf-calc-01.pdf", "pdf-chromium-01.pdf"):
        count, own, other = page_times(ROOT / "samples" / name, rounds)
        rows.append(f"| {name} | {count} | {own:.1f} | {other:.1f} | {other / own:.1f} |")
    return rows


def make_files(folder: Path, count: int) -> int:
    """Writes ``count`` forms made from the samples with other names and figures; their bytes."""
    draw = random.Random(1)
    texts = [encoding.decode(path.read_bytes()).text for path in (REAL, layout_sample())]
    total = 0
    for number in range(count):
        text = texts[number % len(texts)]
        text = _CODE.sub(str(100_000 + number), text, count=1)
        text = _FIGURE.sub(lambda _: str(draw.randint(100, 999)), text)
        data = text.replace("司法局", f"司法{draw.choice('局所站处')}").encode()
        place = folder / f"{number // 1000:02}" / f"{number:05}.txt"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
        total += len(data)
    return total


class Scans(NamedTuple):
    """Scans read by a process of their own: pages, seconds a page, and its memory at its peak in MB."""

    pages: int
    seconds: float
    peak: float


# Loading the model is no part of a page's time, so the first page is read twice.
_SCANS: Final = """
import resource, sys, time
from pathlib import Path
from extract import extract_bytes
files = [Path(name).read_bytes() for name in sys.argv[1:]]
extract_bytes(files[0])
begin = time.perf_counter()
read = [extract_bytes(data) for data in files]
spent = time.perf_counter() - begin
pages = sum(max(line.page for line in one.origin.lines) for one in read)
print(pages, spent / pages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def scans() -> Scans | None:
    """The scans that tests have; None where what reads them is not installed."""
    if any(find_spec(name) is None for name in ("cv2", "onnxruntime", "rapidocr")):
        return None
    files = sorted(str(path) for path in (ROOT / "tests" / "scanned").iterdir())
    done = subprocess.run([sys.executable, "-c", _SCANS, *files], check=True, capture_output=True, text=True, cwd=ROOT)
    pages, seconds, peak = done.stdout.split()
    return Scans(int(pages), float(seconds), float(peak))


class Batch(NamedTuple):
    """A run over many files: their number and bytes, and what the run says of itself."""

    files: int
    size: int
    counts: Any
    timings: dict[str, Any]
    written: int


def batch(count: int) -> Batch:
    """A run of one process over ``count`` files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        size = make_files(folder / "in", count)
        manifest = run(Options((str(folder / "in"),), folder / "out", workers=None))
        written = sum(path.stat().st_size for path in (folder / "out").rglob("*.parquet"))
        return Batch(count, size, manifest.counts, dict(manifest.timings), written)


def layout_sample() -> Path:
    """The first sample whose page layout was kept."""
    return min((ROOT / "samples").glob("layout*.txt"))


def report(samples: list[Sample], bulk: Batch, scanned: Scans | None) -> str:
    """The results as Markdown."""
    total = bulk.timings["total_seconds"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Microseconds a form, medians; the ratios hold on other machines, the times do not.",
        "",
        f"Python {platform.python_version()}, pandas {pandas.__version__}, pyarrow {pyarrow.__version__}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores.",
    ]
    for sample in samples:
        floor, csv = sample.micros[FLOOR], sample.micros[PANDAS]
        parts += ["", f"## {sample.path.name}, {sample.size:,} bytes", ""]
        parts += ["| | µs a form | times the floor | times `pandas.read_csv` |", "|---|---:|---:|---:|"]
        parts += [
            f"| {name} | {spent:,.0f} | {spent / floor:.1f} | {spent / csv:.2f} |"
            for name, spent in sample.micros.items()
        ]
    parts += [
        "",
        '`pandas.read_csv` is called with `sep="\\t", header=None, names=range(12)` on the bytes in memory, and makes',
        "no sense of them.",
        "",
        f"## {bulk.files:,} files to Parquet, one process",
        "",
        "Half of them like the first sample, half like the second, with other names and figures.",
        "",
        "| | |",
        "|---|---:|",
        f"| bytes read | {bulk.size:,} |",
        f"| forms | {bulk.counts.forms:,} |",
        f"| rows, provenance included | {sum(bulk.counts.rows.values()):,} |",
        f"| bytes written | {bulk.written:,} |",
        f"| reading and understanding | {bulk.timings['read_seconds']:.1f} s |",
        f"| building tables | {bulk.timings['tables_seconds']:.1f} s |",
        f"| looking for the rest of cut texts | {bulk.timings['recovery_seconds']:.1f} s |",
        f"| writing | {bulk.timings['write_seconds']:.1f} s |",
        f"| memory at its peak | {peak:,.0f} MB |",
        f"| all | {total:.1f} s, {bulk.files / total:,.0f} files a second |",
    ]
    if scanned is not None:
        parts += [
            "",
            f"## Scans: {scanned.pages} pages of 200 dots an inch, one thread",
            "",
            "| | |",
            "|---|---:|",
            f"| a page | {scanned.seconds:.1f} s |",
            f"| memory at its peak | {scanned.peak:,.0f} MB |",
        ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Times everything, prints the results and writes them down."""
    parser = argparse.ArgumentParser(description="Times the way from bytes to tables.")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--files", type=int, default=_FILES)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    samples = [timed(path, chosen.rounds) for path in (REAL, layout_sample())]
    pages = pdf_rows(_PAGE_ROUNDS)
    parts = [*pages, *formats.section()]
    text = report(samples, batch(chosen.files), scans()) + "\n".join(parts) + "\n"
    chosen.out.write_text(text + soak_of(written(chosen.out)), encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
