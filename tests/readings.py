"""What is read of the samples and of damaged copies of them, as digests: ``python -m tests.readings`` writes them anew.

With names of readings, it prints what is read of these instead, to be held against what another state of the code says.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from extract.api import extract_all
from extract.clean import width
from extract.readers import kinds
from extract.report.explain import as_dict
from extract.tables.build import to_tables
from tests.explained import explain

TESTS: Final = Path(__file__).parent
SAMPLES: Final = TESTS.parent / "samples"
GOLDEN: Final = TESTS / "golden" / "readings.json"

Damage = Callable[[list[str], random.Random], list[str]]

# What stands between cells.
_BETWEEN: Final = re.compile(r"(\t|\||,|;| {2,})")
_SHARE: Final = 0.08
# Columns that a cell of a page takes at the most.
_WIDEST: Final = 40
_SHORTEST_WRAPPED: Final = 4
# What an analyst counts on.
_COLUMNS: Final = {
    "documents": ("title", "fiscal_year", "unit_code", "unit_name", "project_name", "amount_unit", "other_notes"),
    "goals": ("text",),
    "tasks": ("name", "content"),
    "funding": ("category", "source", "amount"),
    "indicators": ("level1", "level2", "name", "operator", "value", "unit", "weight"),
}
# Texts without cell boundaries take long to read, so that not all samples are made one.
_EVERY: Final = {"cells_apart": 4}


def _some(lines: Sequence[str], rng: random.Random) -> set[int]:
    """Some of the lines that hold anything, one at least."""
    full = [i for i, line in enumerate(lines) if line.strip()]
    return set(rng.sample(full, max(1, round(len(full) * _SHARE))))


def lines_lost(lines: list[str], rng: random.Random) -> list[str]:
    """Without some of its lines."""
    lost = _some(lines, rng)
    return [line for i, line in enumerate(lines) if i not in lost]


def lines_joined(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines without the break before them."""
    joined: list[str] = []
    chosen = _some(lines, rng)
    for i, line in enumerate(lines):
        if i in chosen and joined:
            joined[-1] += line
        else:
            joined.append(line)
    return joined


def lines_broken(lines: list[str], rng: random.Random) -> list[str]:
    """A break more within some lines."""
    broken: list[str] = []
    chosen = _some(lines, rng)
    for i, line in enumerate(lines):
        at = rng.randrange(1, len(line)) if i in chosen and len(line) > 1 else len(line)
        broken += [line[:at], line[at:]] if at < len(line) else [line]
    return broken


def cells_lost(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines without one of their cells, and what stood behind it."""
    chosen = _some(lines, rng)
    left = []
    for i, line in enumerate(lines):
        parts = _BETWEEN.split(line)
        if i in chosen:
            at = rng.randrange((len(parts) + 1) // 2) * 2
            del parts[at : at + 2]
        left.append("".join(parts))
    return left


def cells_exchanged(lines: list[str], rng: random.Random) -> list[str]:
    """Two cells of some lines in one another's place."""
    chosen = _some(lines, rng)
    turned = []
    for i, line in enumerate(lines):
        parts = _BETWEEN.split(line)
        if i in chosen and len(parts) > 2:
            one, other = rng.sample(range(0, len(parts), 2), 2)
            parts[one], parts[other] = parts[other], parts[one]
        turned.append("".join(parts))
    return turned


def digits_changed(lines: list[str], rng: random.Random) -> list[str]:
    """Some digits are others: sums no longer hold."""
    return [re.sub(r"\d", lambda m: str(rng.randrange(10)) if rng.random() < _SHARE else m[0], line) for line in lines]


def characters_lost(lines: list[str], rng: random.Random) -> list[str]:
    """Some characters are gone, of labels and operators too."""
    return ["".join(c for c in line if c.isspace() or rng.random() >= _SHARE / 4) for line in lines]


def cells_aligned(lines: list[str], rng: random.Random) -> list[str]:
    """Blanks for tabs, so that cells stand in columns as they do on a page."""
    del rng
    rows = [line.split("\t") for line in lines]
    most: dict[int, int] = {}
    for row in rows:
        most |= {i: max(most.get(i, 0), min(width(cell), _WIDEST)) for i, cell in enumerate(row[:-1])}
    return [
        "".join(cell + " " * (max(0, most.get(i, 0) - width(cell)) + 2) for i, cell in enumerate(row)).rstrip()
        if len(row) > 1
        else row[0]
        for row in rows
    ]


def cells_apart(lines: list[str], rng: random.Random) -> list[str]:
    """Each cell in a line of its own, blank ones left out."""
    del rng
    found = []
    for line in lines:
        cells = [cell.strip() for cell in _BETWEEN.split(line)[::2]]
        found += [cell for cell in cells if cell] or [line]
    return found


def blanks_for_cells(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines with a single blank between their cells, whatever there was."""
    chosen = _some(lines, rng) | _some(lines, rng) | _some(lines, rng)
    return [re.sub(r"[ \t]+", " ", line) if i in chosen else line for i, line in enumerate(lines)]


def cells_together(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines with nothing between their cells."""
    chosen = _some(lines, rng) | _some(lines, rng)
    return [re.sub(r"\t+| {2,}|\|", "", line) if i in chosen else line for i, line in enumerate(lines)]


def cells_twice(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines with one of their cells twice."""
    chosen = _some(lines, rng)
    found = []
    for i, line in enumerate(lines):
        parts = _BETWEEN.split(line)
        if i in chosen:
            at = rng.randrange((len(parts) + 1) // 2) * 2
            parts[at:at] = [parts[at], parts[at + 1] if at + 1 < len(parts) else "\t"]
        found.append("".join(parts))
    return found


def lines_wrapped(lines: list[str], rng: random.Random) -> list[str]:
    """Some lines broken in two, as on a narrow page: the rest stands further in."""
    chosen = _some(lines, rng)
    found: list[str] = []
    for i, line in enumerate(lines):
        lead = len(line) - len(line.lstrip())
        if i in chosen and len(line) - lead > _SHORTEST_WRAPPED:
            at = rng.randrange(lead + 2, len(line))
            found += [line[:at], " " * (at // 2) + line[at:]]
        else:
            found.append(line)
    return found


DAMAGES: Final[dict[str, Damage]] = {
    one.__name__: one
    for one in (
        lines_lost,
        lines_joined,
        lines_broken,
        cells_lost,
        cells_exchanged,
        digits_changed,
        characters_lost,
        cells_aligned,
        cells_apart,
        blanks_for_cells,
        cells_together,
        cells_twice,
        lines_wrapped,
    )
}


@cache
def copies() -> dict[str, Path]:
    """The samples that are read without any extra, and the names of damaged copies of those that are texts."""
    found: dict[str, Path] = {}
    for path in sorted(SAMPLES.iterdir()):
        number = sum(path.name.encode())
        ways = [way for way in DAMAGES if path.suffix == ".txt" and number % _EVERY.get(way, 1) == 0]
        found |= dict.fromkeys((path.name, *(f"{path.name} {way}" for way in ways)), path)
    return found


def data_of(copy: str) -> bytes:
    """A sample, or a damaged copy of it; what is not UTF-8 is damaged as the bytes that it is."""
    data = copies()[copy].read_bytes()
    way = copy.partition(" ")[2]
    if not way:
        return data
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return "\n".join(DAMAGES[way](lines, random.Random(copy))).encode("utf-8", "surrogateescape")


def rows(copy: str) -> dict[str, list[Any]]:
    """What the tables hold of a copy, by table; and how it came about, with what each way of reading costs."""
    data = data_of(copy)
    if kinds.kind(data) in kinds.ARCHIVES:
        found = to_tables(extract_all(data, source_path="a"))
        return {table: own.to_pylist() for table, own in found.items()}
    told = explain(data, name="a")
    own = {table: found.to_pylist() for table, found in to_tables([told.extraction]).items()}
    return {**own, "explained": [*as_dict(told).items()]}


def digests(copy: str) -> dict[str, str]:
    """By table with rows: a digest of all of the rows; and which values damage has changed with no finding."""
    own = rows(copy)
    found = {table: sha256(repr(there).encode()).hexdigest()[:6] for table, there in own.items() if there}
    changed = silent(copy.partition(" ")[0], own) if " " in copy else []
    return {**found, "silent": " ".join(changed)} if changed else found


def silent(sample: str, found: dict[str, list[Any]]) -> list[str]:
    """The columns in which forms without any finding differ from those of the sample that was damaged.

    A file that gives no form is a failure, which is not silent.
    """
    forms, sound = found.get("documents", []), _sound(sample)
    if len(forms) != len(sound):
        return ["documents"] if forms and all(form["status"] == "ok" for form in forms) else []
    at = {form["document_id"]: i for i, form in enumerate(forms) if form["status"] == "ok"}
    changed: dict[str, None] = {}
    for form, i in at.items():
        for name, values in _values(found, form).items():
            if values != sound[i][name]:
                changed[name] = None
    return [*changed]


@cache
def _sound(sample: str) -> list[dict[str, list[Any]]]:
    found = to_tables(extract_all(data_of(sample), source_path="a"))
    tables = {table: own.to_pylist() for table, own in found.items()}
    return [_values(tables, form["document_id"]) for form in tables["documents"]]


def _values(tables: dict[str, list[Any]], form: str) -> dict[str, list[Any]]:
    """The values of one form by column; amounts in the order of what they are of."""
    own = {table: [row for row in tables.get(table, []) if row["document_id"] == form] for table in _COLUMNS}
    own["funding"].sort(key=lambda row: (row["category"], row["source"]))
    return {f"{table}.{column}": [row[column] for row in own[table]] for table, cs in _COLUMNS.items() for column in cs}


def main() -> None:
    """Writes the digests, or prints what is read of the copies that are named."""
    for copy in sys.argv[1:]:
        for table, own in rows(copy).items():
            sys.stdout.writelines(f"{copy} {table} {row}\n" for row in own)
    if not sys.argv[1:]:
        lines = [f"{json.dumps(copy, ensure_ascii=False)}: {json.dumps(digests(copy))}" for copy in copies()]
        GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
