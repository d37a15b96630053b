"""Learns what evidence says of a row's being right, and writes ``schemas/confidence.yaml`` and ``CONFIDENCE.md``.

Forms are made from seeds in every way of writing (``tests.forms.heavy``), many of them damaged further than they can be
read without fault; what is read is held against what they say. The points of each piece of evidence are those of a
logistic regression with a ridge; how often rows of so many points are right is counted, in steps that rise. What the
curve shows was counted on forms of other seeds.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.curve import curve
from benchmarks.rows import judged
from extract import extract_bytes
from extract.confidence import Model
from extract.evidence import RATED, Names
from tests.forms.heavy import drawn

ROOT: Final = Path(__file__).parent.parent
SCHEMA: Final = ROOT / "schemas" / "confidence.yaml"
REPORT: Final = Path(__file__).parent / "CONFIDENCE.md"
PLOT: Final = Path(__file__).parent / "confidence.svg"

# Seeds from here on are for evaluation alone.
OTHERS: Final = 1_000_000
_CHUNK: Final = 25
# Evidence on fewer rows counts as its like does.
_RARE: Final = 60
_RIDGE: Final = 1.0
_ROUNDS: Final = 100
# A step has so many rows at least, and so great a part of all of them.
_STEP: Final = 3700
_STEPS: Final = 20
# The bins of the curve: their lower ends.
BINS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
FEWEST: Final = 200
_KINDS: Final = ("row", "table", "form")
# What is left out once: ways of writing, and kinds of damage.
_LEFT_OUT: Final = ("wide", "stream", "pages", "lose-separators", "break-lines", "join-lines")


class Group(NamedTuple):
    """Rows that were written and damaged alike, and on which there is the same evidence."""

    table: str
    evidence: Names
    family: str
    mangles: tuple[str, ...]


# How many rows of a group there are, and how many of them are right.
Rows = dict[Group, tuple[int, int]]


# ---- reading


def read(seeds: Sequence[int]) -> Rows:
    """The rows of the forms of these seeds."""
    count: Counter[Group] = Counter()
    right: Counter[Group] = Counter()
    for seed in seeds:
        made = drawn(seed)
        if made is None:
            continue
        for row in judged(extract_bytes(made.data, source_path=f"{seed}.txt"), made.records):
            group = Group(row.table, row.evidence, made.family, tuple(sorted(made.mangles)))
            count[group] += 1
            right[group] += row.right
    return {group: (rows, right[group]) for group, rows in count.items()}


def read_all(first: int, count: int, workers: int) -> Rows:
    """The rows of so many seeds from ``first`` on, read by so many processes."""
    chunks = [range(at, min(at + _CHUNK, first + count)) for at in range(first, first + count, _CHUNK)]
    found: Rows = {}
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for rows in pool.imap(read, chunks):
            for group, (many, right) in rows.items():
                before = found.get(group, (0, 0))
                found[group] = (before[0] + many, before[1] + right)
    return found


# ---- learning


class Counts(NamedTuple):
    """The rows of one table by their evidence: how many, and how many of them are right."""

    names: list[Names]
    rows: Any
    right: Any


def counts(rows: Rows, table: str, keep: Callable[[Group], bool] | None = None) -> Counts:
    """The rows of a table; those alone that are to be kept."""
    found: dict[Names, list[int]] = defaultdict(lambda: [0, 0])
    for group, (many, right) in rows.items():
        if group.table == table and (keep is None or keep(group)):
            found[group.evidence][0] += many
            found[group.evidence][1] += right
    names = sorted(found)
    return Counts(
        names,
        np.array([found[one][0] for one in names], dtype=float),
        np.array([found[one][1] for one in names], dtype=float),
    )


def learned(data: Counts) -> Model:
    """What the evidence weighs, and how often rows of so many points are right."""
    seen: Counter[str] = Counter()
    for names, many in zip(data.names, data.rows, strict=True):
        seen.update({name: int(many) for name in set(names)})
    known = {name for name, many in seen.items() if many >= _RARE}
    likes = [f"{kind}:*" for kind in _KINDS]
    columns = {name: at for at, name in enumerate([*sorted(known), *likes])}
    table = np.zeros((len(data.names), len(columns) + 1))
    table[:, -1] = 1
    for row, names in enumerate(data.names):
        for name in names:
            at = columns.get(name if name in known else f"{name.partition(':')[0]}:*")
            if at is not None:
                table[row, at] += 1
    weights = _regression(table, data)
    points = {name: round(float(weights[at]), 2) for name, at in columns.items()}
    bare = Model({name: value for name, value in sorted(points.items()) if value}, [], [])
    return _stepped(bare, data)


def _regression(table: Any, data: Counts) -> Any:
    """The weights of a logistic regression with a ridge, by Newton's method; the last one, of all rows, is free."""
    ridge = np.full(table.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    weights = np.zeros(table.shape[1])

    def likelihood(tried: Any) -> float:
        sums = table @ tried
        return float((data.right * sums - data.rows * np.logaddexp(0, sums)).sum() - (ridge * tried * tried).sum() / 2)

    for _ in range(_ROUNDS):
        rates = 1 / (1 + np.exp(-(table @ weights)))
        slope = table.T @ (data.right - data.rows * rates) - ridge * weights
        bend = (table * (data.rows * rates * (1 - rates))[:, None]).T @ table + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        while likelihood(weights + step) < likelihood(weights) and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-7:
            break
    return weights


def _stepped(bare: Model, data: Counts) -> Model:
    """The model with its steps: neighbours are one until they have rows enough and each is better than the last."""
    by_sum: dict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for names, many, right in zip(data.names, data.rows, data.right, strict=True):
        own = by_sum[bare.sum(names)]
        own[0] += many
        own[1] += right
    least = max(_STEP, data.rows.sum() / _STEPS)
    steps: list[list[float]] = []
    for low in sorted(by_sum):
        if steps and steps[-1][1] < least:
            steps[-1][1] += by_sum[low][0]
            steps[-1][2] += by_sum[low][1]
        else:
            steps.append([low, *by_sum[low]])
    merged: list[list[float]] = []
    for step in steps:
        merged.append(step)
        while len(merged) > 1 and (merged[-1][1] < least or _rate(merged[-2]) >= _rate(merged[-1])):
            _, many, right = merged.pop()
            merged[-1][1] += many
            merged[-1][2] += right
    return Model(bare.points, [round(low, 2) for low, _, _ in merged], [_rate(step) for step in merged])


def _rate(step: Sequence[float]) -> float:
    """How often the rows of a step are right; one right and one wrong more, so that nothing is certain."""
    return round((step[2] + 1) / (step[1] + 2), 4)


# ---- evaluation


class Bin(NamedTuple):
    """Rows with nearly one confidence: how many, the mean of what was stated, and how many are right."""

    low: float
    rows: int
    stated: float
    right: int

    @property
    def observed(self) -> float:
        """How often they are right."""
        return self.right / self.rows if self.rows else 0.0


def binned(models: Mapping[str, Model], data: Mapping[str, Counts], lows: Sequence[float] = BINS) -> list[Bin]:
    """The rows of all tables in ``data`` by their confidence."""
    rows, right, stated = [0] * len(lows), [0] * len(lows), [0.0] * len(lows)
    for table, own in data.items():
        for names, many, good in zip(own.names, own.rows, own.right, strict=True):
            rate = models[table].rate(names)
            at = max(place for place, low in enumerate(lows) if low <= rate)
            rows[at] += int(many)
            right[at] += int(good)
            stated[at] += rate * many
    return [Bin(low, rows[at], stated[at] / rows[at] if rows[at] else 0.0, right[at]) for at, low in enumerate(lows)]


def worst(bins: Iterable[Bin]) -> float:
    """By how much what is stated and what is observed differ at most, in bins with rows enough."""
    return max((abs(one.stated - one.observed) for one in bins if one.rows >= FEWEST), default=0.0)


# ---- what is written


def schema_text(models: Mapping[str, Model], told: str) -> str:
    """``schemas/confidence.yaml``."""
    lines = [
        "# How likely a row is to be right: what each piece of evidence on it weighs, and how often rows of so many",
        "# points are right (extract/evidence.py, extract/confidence.py). `row:`, `table:` and `form:` go before codes",
        "# of findings on a row, a table and a form; `*` stands for those that were too rare to be weighed. A step:",
        "# from so many points on, this part of the rows is right.",
        "#",
        *(f"# {line}" for line in told.splitlines()),
    ]
    for table, model in models.items():
        lines += [f"{table}:", "  points:"]
        lines += [f'    "{name}": {value}' for name, value in model.points.items()]
        lines += ["  steps:"]
        lines += [f"    - [{low}, {rate:.4f}]" for low, rate in zip(model.sums, model.rates, strict=True)]
    return "\n".join(lines) + "\n"


def _table(bins: Sequence[Bin]) -> list[str]:
    lines = ["| confidence | rows | stated | observed | differ |", "|---|---:|---:|---:|---:|"]
    for one, high in zip(bins, [*(one.low for one in bins[1:]), 1.0], strict=True):
        if one.rows:
            differ = f"{(one.observed - one.stated) * 100:+.1f}" if one.rows >= FEWEST else "(few)"
            lines.append(
                f"| {one.low:g} – {high:g} | {one.rows:,} | {one.stated:.2%} | {one.observed:.2%} | {differ} |"
            )
    return lines


def _left_out(train: Rows, others: Rows) -> list[str]:
    """What comes of forms of which a whole kind was left out when the points were learned."""
    lines = ["| left out | rows | right | stated | differ | greatest in a bin |", "|---|---:|---:|---:|---:|---:|"]
    for kind in _LEFT_OUT:

        def has(group: Group, kind: str = kind) -> bool:
            return kind == group.family or kind in group.mangles

        models = {table: learned(counts(train, table, lambda group: not has(group))) for table in RATED}
        data = {table: counts(others, table, has) for table in RATED}
        bins = binned(models, data)
        rows = sum(one.rows for one in bins)
        right = sum(one.right for one in bins) / rows
        stated = sum(one.stated * one.rows for one in bins) / rows
        differ = (right - stated) * 100
        lines.append(f"| {kind} | {rows:,} | {right:.2%} | {stated:.2%} | {differ:+.1f} | {worst(bins) * 100:.1f} |")
    return lines


def report(models: Mapping[str, Model], train: Rows, others: Rows, told: str) -> str:
    """``benchmarks/CONFIDENCE.md``."""
    data = {table: counts(others, table) for table in RATED}
    lines = [
        "# What a confidence is worth",
        "",
        "Written by `python -m benchmarks.calibrate`. `confidence` says how likely it is that all values of a row are",
        "right. Here it is held against forms whose answers are known and which took no part in the learning: made up,",
        "in the ways of writing and with the damages of `tests/forms/heavy.py`, many damaged further than they can be",
        "read without fault. Real forms are damaged in other ways, and mostly less.",
        "",
        told,
        "",
        "![stated against observed](confidence.svg)",
        "",
        "## All rows",
        "",
        *_table(binned(models, data)),
    ]
    for table in RATED:
        steps = [0.0, *models[table].rates[1:]]
        lines += ["", f"## {table}, step by step", "", *_table(binned(models, {table: data[table]}, steps))]
    lines += [
        "",
        "## Ways of writing and damages that were not learned from",
        "",
        "The points are learned once more without all forms that were written or damaged so, and tried on just those.",
        "What is stated of all of them together nearly holds; in single bins (the last column) it may be far off: what",
        "a finding counts in a way of reading is only known where that was seen.",
        "",
        *_left_out(train, others),
        "",
        "What this does not show: PDF files and scans take no part, though what is read of them has the same evidence.",
        "Findings on characters that were not read for sure count as rare findings on a row do (`row:*`).",
    ]
    return "\n".join(lines) + "\n"


def _told(train: Rows, others: Rows, args: argparse.Namespace) -> str:
    def of(rows: Rows) -> str:
        return ", ".join(f"{int(counts(rows, table).rows.sum()):,} of {table}" for table in RATED)

    return (
        f"Learned from the seeds 0–{args.train - 1:,}: rows: {of(train)}.\n"
        f"Held against the seeds {OTHERS:,}–{OTHERS + args.others - 1:,}: rows: {of(others)}.\n"
        f"Command: python -m benchmarks.calibrate --train {args.train} --others {args.others}"
    )


def main() -> None:
    """Learns, evaluates and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=int, default=18_000, help="how many seeds to learn from")
    parser.add_argument("--others", type=int, default=18_000, help="how many other seeds to hold it against")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    train = read_all(0, args.train, args.workers)
    others = read_all(OTHERS, args.others, args.workers)
    models = {table: learned(counts(train, table)) for table in RATED}
    told = _told(train, others, args)
    SCHEMA.write_text(schema_text(models, told), encoding="utf-8")
    REPORT.write_text(report(models, train, others, told.replace("\n", "  \n")), encoding="utf-8")
    data = {table: counts(others, table) for table in RATED}
    PLOT.write_text(curve([(one.stated, one.observed, one.rows) for one in binned(models, data)]), encoding="utf-8")
    bins = [one for table in RATED for one in binned(models, {table: data[table]}, [0.0, *models[table].rates[1:]])]
    print(f"greatest difference in a bin of {FEWEST} rows: {worst([*bins, *binned(models, data)]):.2%}")


if __name__ == "__main__":
    main()
