"""A run over a million forms, one file of a hundred hostile, held against what their maker knows of them.

The maker knows of each file which sample it is of, and so how many forms it has and how many rows are in their tables;
of the hostile ones, only that something must be said of them. The result is a section of ``benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import many
from benchmarks.results import RESULTS, SOAK, with_soak, written
from benchmarks.watch import ROOT, Memory, Watched, watched
from tests import test_real_sample as real
from tests.hostile import drawn

# So many files have a million forms.
_COUNT: Final = 900_000
_HOSTILE: Final = 100
_TABLES: Final = ("funding", "goals", "tasks", "indicators")
# The codes of what no file should be able to do.
_BROKEN: Final = ("crash", "timeout", "out_of_memory", "internal_error")
_PARTS: Final = 10
_SHOWN: Final = 10


class Rows(NamedTuple):
    """How many forms there are, and how many rows in the tables of what is in them."""

    forms: int = 0
    funding: int = 0
    goals: int = 0
    tasks: int = 0
    indicators: int = 0

    def plus(self, other: Rows) -> Rows:
        """Those of both."""
        return Rows(*(a + b for a, b in zip(self, other, strict=True)))


class Known(NamedTuple):
    """The rows of a sample; without ``split`` its text does not show where a paragraph of the goals ends."""

    rows: Rows
    split: bool

    def is_right(self, found: Rows) -> bool:
        """Whether these are the rows of a file made of it; goals that the text does not part may be one."""
        if not self.split and 1 <= found.goals <= self.rows.goals:
            found = found._replace(goals=self.rows.goals)
        return found == self.rows


NOTHING: Final = Known(Rows(), split=True)


class Told(NamedTuple):
    """The files that were made: the sample that each is of, none where it holds no form; and the hostile ones."""

    samples: dict[str, str | None]
    hostile: set[str]
    size: int


class Held(NamedTuple):
    """What came of it: rows as they should be and as they are; files with other rows, with and without a finding.

    ``lost``: files of which nothing is said; ``twice``: those of which more is said than one thing.
    """

    want: Rows
    got: Rows
    other: list[str]
    silent: list[str]
    lost: list[str]
    twice: list[str]


def known() -> dict[str, Known]:
    """The rows of the samples, by the answers that the tests hold them to; without those of which they tell a part."""
    records = defaultdict(list)
    for path in sorted((ROOT / "tests" / "gold").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            records[record["file"]].append(record)
    found = {real.NAME: Known(Rows(1, *map(len, (real.AMOUNTS, real.GOALS, real.TASKS, real.INDICATORS))), split=True)}
    for name, own in records.items():
        if all(table in record for record in own for table in _TABLES):
            rows = Rows(len(own), *(sum(len(record[table]) for record in own) for table in _TABLES))
            found[name] = Known(rows, all(record.get("goals_split") for record in own))
    return found


def write(folder: Path, count: int) -> Told:
    """Writes so many files, the hostile ones in the folders of the others."""
    samples: dict[str, str | None] = {}
    hostile: set[str] = set()
    size = 0
    worse = drawn(count // _HOSTILE)
    for number, made in enumerate(many.files(count - count // _HOSTILE)):
        many.put(folder, made.name, made.data)
        samples[made.name] = made.sample
        size += len(made.data)
        if number % (_HOSTILE - 1) == 0 and (bad := next(worse, None)):
            name = f"{Path(made.name).parent}/hostile-{bad[0]}"
            many.put(folder, name, bad[1])
            hostile.add(name)
            size += len(bad[1])
    return Told(samples, hostile, size)


def held(out: Path, told: Told) -> Held:
    """The tables against what the maker knows."""
    rows, doubted = _rows(out)
    failed = Counter(path.partition("!/")[0] for path in _column(out, "failures", "source_path"))
    answers = known()
    want = got = Rows()
    other: list[str] = []
    silent: list[str] = []
    for name, sample in told.samples.items():
        right, mine = answers[sample] if sample else NOTHING, rows.get(name, Rows())
        want, got = want.plus(right.rows), got.plus(mine)
        if not right.is_right(mine):
            said = f"{name}, of {sample}: {_unlike(right.rows, mine)}"
            (other if name in doubted or failed[name] else silent).append(said)
    every = [*told.samples, *told.hostile]
    lost = [name for name in every if name not in rows and not failed[name]]
    twice = [name for name in told.samples if failed[name] > 1 or (name in rows and failed[name])]
    return Held(want, got, other, silent, lost, twice)


def _unlike(want: Rows, got: Rows) -> str:
    return ", ".join(f"{b:,} for {a:,} {name}" for name, a, b in zip(Rows._fields, want, got, strict=True) if a != b)


def _rows(out: Path) -> tuple[dict[str, Rows], set[str]]:
    """The rows of each file, and the files of which a form has a warning or an error; those in archives are one."""
    documents = pq.read_table(out / "documents", columns=["document_id", "source_path", "status"])
    counts = [_counts(out, table) for table in _TABLES]
    found: dict[str, Rows] = {}
    doubted = set()
    for document, path, status in zip(*(documents[name].to_pylist() for name in documents.column_names), strict=True):
        name = path.partition("!/")[0]
        own = Rows(1, *(count.get(document, 0) for count in counts))
        found[name] = found[name].plus(own) if name in found else own
        if status != "ok":
            doubted.add(name)
    return found, doubted


def _counts(out: Path, table: str) -> dict[str, int]:
    """The rows of each document in a table."""
    found = pc.value_counts(pa.chunked_array(pq.read_table(out / table, columns=["document_id"])["document_id"]))
    return dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))


def _column(out: Path, table: str, name: str) -> list[Any]:
    return list(pq.read_table(out / table, columns=[name])[name].to_pylist())


# ---- the section


def section(told: Told, run: Watched, found: Held, codes: Mapping[str, int]) -> str:
    """The results as a section in Markdown."""
    files = len(told.samples) + len(told.hostile)
    counts = run.account["counts"]
    return "\n".join(
        [
            f"{SOAK}{files:,} files, two workers",
            "",
            f"Written by `make soak N={files}`: {told.size:,} bytes made from the samples with other counties, units, "
            f"codes, years and figures, and {len(told.hostile):,} hostile files among them (`tests/hostile.py`). The "
            "maker knows how many rows each file has, the hostile ones apart.",
            "",
            "| | as the maker knows | in the tables |",
            "|---|---:|---:|",
            *(f"| {name} | {a:,} | {b:,} |" for name, a, b in zip(Rows._fields, found.want, found.got, strict=True)),
            "",
            "Some tools leave no sign where a paragraph of the goals ends: there one goal is as right as three.",
            "",
            "| | |",
            "|---|---:|",
            f"| files of which nothing is said | {len(found.lost):,} |",
            f"| files that are no hostile ones, and of which more is said than should be | {len(found.twice):,} |",
            f"| files with other rows than they should have, and a finding | {len(found.other):,} |",
            f"| files with other rows than they should have, and none | {len(found.silent):,} |",
            f"| forms, those of hostile files among them | {counts['forms']:,} |",
            f"| inputs, those in archives among them | {counts['inputs']:,} |",
            f"| inputs that failed | {counts['failed']:,} |",
            *(f"| failed: `{code}` | {codes.get(code, 0):,} |" for code in _BROKEN),
            f"| rows in all tables | {sum(counts['rows'].values()):,} |",
            f"| seconds, of processors | {run.seconds:,.0f}, {run.processor:,.0f} |",
            f"| forms a second | {counts['forms'] / run.seconds:,.0f} |",
            "",
            "Memory while it ran, MB, the most in each tenth of the time:",
            "",
            *memory(run.course),
            "",
            *(f"- {line}" for line in _first(found.silent)),
            *(f"- {line} (with a finding)" for line in _first(found.other)),
            *(f"- nothing is said of {name}" for name in _first(found.lost)),
        ]
    ).rstrip()


def memory(course: Sequence[Memory]) -> list[str]:
    """A table of the memory in each tenth of a run."""
    parts = [course[len(course) * at // _PARTS : len(course) * (at + 1) // _PARTS] for at in range(_PARTS)]
    rows = [["", *(f"{at * 100 // _PARTS} %" for at in range(1, _PARTS + 1))]]
    for name, at in (("main process", 1), ("worker", 2), ("reader", 3)):
        rows.append([name, *(f"{max((one[at] for one in part), default=0):,.0f}" for part in parts)])
    head, *others = ("| " + " | ".join(row) + " |" for row in rows)
    return [head, "|---|" + "---:|" * _PARTS, *others]


def _first(items: Iterable[str]) -> list[str]:
    return sorted(items)[:_SHOWN]


def main() -> None:
    """Makes the files, runs over them, prints the section and puts it into the results."""
    parser = argparse.ArgumentParser(description="Runs over a million forms, and holds the tables against their maker.")
    parser.add_argument("count", type=int, nargs="?", default=_COUNT)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "in", Path(name) / "out"
        told = write(folder, chosen.count)
        run = watched(folder, out, 2)
        codes = Counter(_column(out, "failures", "code"))
        text = section(told, run, held(out, told), codes)
    chosen.out.write_text(with_soak(written(chosen.out), text), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
