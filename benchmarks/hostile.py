"""Runs over files made to break a reader, and writes ``benchmarks/HOSTILE.md``: what came of them, and what it took.

The files are those of ``tests.hostile``: good ones of every kind, damaged, and what no good file is like; and what
fuzzing has learned on this machine, where it has (``make fuzz``).
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from benchmarks.watch import ROOT, Watched, watched
from tests.hostile import drawn, made

RESULTS: Final = Path(__file__).parent / "HOSTILE.md"

_COUNT: Final = 10_000
# The codes of what no file should be able to do.
_BROKEN: Final = ("crash", "timeout", "out_of_memory", "internal_error")
_SHOWN: Final = 20
# So many of what fuzzing a target has learned.
_LEARNED: Final = 400


def learned(root: Path) -> Iterator[tuple[str, bytes]]:
    """What fuzzing the targets of whole files has learned; none where nothing was fuzzed."""
    for target in sorted(path for path in root.glob("*") if (path / "corpus").is_dir()):
        for number, path in enumerate(sorted((target / "corpus").iterdir())[:_LEARNED]):
            yield f"fuzz/{target.name}-{number:04}", path.read_bytes()


def write(folder: Path, count: int) -> int:
    """Writes the files; how many."""
    number = 0
    others = [*made(), *learned(ROOT / ".fuzz")]
    for name, data in [*others, *drawn(max(0, count - len(others)))]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        number += 1
    return number


def lost(folder: Path, out: Path) -> set[str]:
    """The files of which nothing is said: no document and no failure, neither of them nor of what is in them."""
    told = {
        path.partition("!/")[0]
        for table in ("documents", "failures")
        for path in pq.read_table(out / table, columns=["source_path"])["source_path"].to_pylist()
    }
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - told


def report(files: int, run: Watched, failures: list[dict[str, Any]], missing: set[str]) -> str:
    """The results as Markdown."""
    counts = run.account["counts"]
    codes = Counter(row["code"] for row in failures)
    broken = [row for row in failures if row["code"] in _BROKEN]
    main, worker, reader = run.peaks
    lines = [
        "# Hostile files",
        "",
        "Written by `make hostile`.",
        "",
        "| | |",
        "|---|---:|",
        f"| files | {files:,} |",
        f"| inputs, those in archives among them | {counts['inputs']:,} |",
        f"| converted, with or without findings | {counts['converted'] + counts['converted_with_findings']:,} |",
        f"| failed | {counts['failed']:,} |",
        f"| files of which nothing is said | {len(missing):,} |",
        *(f"| `{code}` | {codes[code]:,} |" for code in _BROKEN),
        f"| seconds, of processors | {run.seconds:,.0f}, {run.processor:,.0f} |",
        f"| memory at its peak: main process, worker, reader | {main:,.0f}, {worker:,.0f}, {reader:,.0f} MB |",
        "",
        "Why files failed: " + ", ".join(f"`{code}` {number:,}" for code, number in codes.most_common()) + ".",
        "",
        *(f"- `{row['source_path']}`: {row['code']}, {row['message']}" for row in broken[:_SHOWN]),
        *(f"- `{name}`: nothing is said of it" for name in sorted(missing)[:_SHOWN]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Measures, prints the results and writes them down."""
    parser = argparse.ArgumentParser(description="Runs over files that are made to break a reader.")
    parser.add_argument("count", type=int, nargs="?", default=_COUNT)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "in", Path(name) / "out"
        files = write(folder, chosen.count)
        run = watched(folder, out, 2)
        text = report(files, run, pq.read_table(out / "failures").to_pylist(), lost(folder, out))
    chosen.out.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
