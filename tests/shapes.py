"""Writes tables in the shapes that tools print: CSV, pipes, Markdown, ruled, one cell a line, a database dump.

``python -m tests.shapes`` writes the samples of these shapes and their known answers, from fixed seeds.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.forms.dump import WIDTH, TabStyle, table_rows
from tests.forms.make import in_wan_yuan, make_form
from tests.forms.sheet import Sheet, sheet_of
from tests.forms.truth import Json, TrueForm, display_width, gold

Table = list[list[str]]

TESTS: Final = Path(__file__).parent
SAMPLES: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "shapes.jsonl"
ROOM: Final = 16


def write_csv(table: Table, separator: str = ",", end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(table)
    return out.getvalue()


def write_pipes(table: Table) -> str:
    """A row a line, the blank cells at its end as pipes alone."""
    lines = []
    for row in table:
        filled = _filled(row)
        lines.append("| " + " | ".join(row[:filled]) + " | " + "|" * (len(row) - filled))
    return "\n".join(lines) + "\n"


def _filled(row: Sequence[str]) -> int:
    """How many cells a row has without the blank ones at its end."""
    return max((i for i, cell in enumerate(row) if cell), default=-1) + 1


def write_broken_pipes(table: Table) -> str:
    """Pipes around every row; cells that hold breaks of lines break their rows."""
    return "".join("| " + " | ".join(row) + " |\n" for row in table)


def escaped(cell: str) -> str:
    """A cell with the marks that Markdown would read escaped."""
    return "".join("\\" + c if c in "\\|*_#" else c for c in cell)


def write_markdown(table: Table, *, outer: bool = True) -> str:
    rows = [[escaped(cell) for cell in row] for row in table]
    rows.insert(1, ["---", ":--:", *["---"] * (len(table[0]) - 2)])
    return "\n".join("| " + " | ".join(row) + " |" if outer else " | ".join(row) for row in rows)


def wrap(paragraph: str, room: int) -> list[str]:
    """The text in lines of so many display columns, broken between any two characters that are not both letters."""
    lines = [""]
    for c in paragraph:
        joined = lines[-1][-1:].isalpha() and lines[-1][-1:].isascii() and c.isalpha() and c.isascii()
        if display_width(lines[-1] + c) > room and not joined:
            lines.append("")
        lines[-1] += c
    return lines


def write_ruled(table: Table, strokes: str = "+-|", room: int = 12) -> str:
    """The table drawn with borders (``strokes``: joint, across, upright), a blank line between paragraphs."""
    joint, across, upright = tuple(strokes)
    border = joint + joint.join([across * (room + 2)] * len(table[0])) + joint
    lines = [border]
    for row in table:
        cells = [
            [line for k, text in enumerate(cell.split("\n\n")) for line in ([""] * (k > 0) + wrap(text, room))]
            for cell in row
        ]
        for i in range(max(len(cell) for cell in cells)):
            own = [cell[i] if i < len(cell) else "" for cell in cells]
            padded = [f" {text}{' ' * (room + 1 - display_width(text))}" for text in own]
            lines.append(upright + upright.join(padded) + upright)
        lines.append(border)
    return "\n".join(lines) + "\n"


def write_cells(table: Table) -> str:
    """One cell a line, blank ones as lone pipes; a row's blank cells at its end stand in one line."""
    lines = []
    for row in table:
        filled = _filled(row)
        lines += ["|", *(f"{cell} |" if cell else "|" for cell in row[:filled]), "|" * (len(row) - filled)]
    return "\n".join(lines) + "\n"


def write_lone_cells(table: Table) -> str:
    """One cell a line with the pipe behind it, blank ones too; a pipe opens every row."""
    return "".join(f"{cell} |\n" if cell else "|\n" for row in table for cell in ("", *row))


def write_runs_of_cells(table: Table) -> str:
    """The same, but blank cells beside one another stand in one line."""
    lines = []
    for row in table:
        lines.append("|")
        for filled, run in groupby(row, key=bool):
            cells = list(run)
            lines += [f"{cell} |" for cell in cells] if filled else ["|" * len(cells)]
    return "\n".join(lines) + "\n"


def write_unopened_cells(table: Table) -> str:
    """One cell a line with the pipe behind it, blank ones too, and nothing else."""
    return "".join(f"{cell} |\n" if cell else "|\n" for row in table for cell in row)


def write_insert(inner: str, *, doubled: bool = False) -> str:
    """A statement that inserts a text, escaped as databases do it."""
    literal = inner.replace("\\", "\\\\").replace("'", "''" if doubled else "\\'").replace('"', '\\"')
    literal = literal.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    return f"INSERT INTO `article` VALUES (17,'关于公开\\'绩效目标\\'的通知','{literal}','2024-02-01',NULL);\n"


# ---- forms


def rows_of(sheet: Sheet, rng: random.Random, between: str, *, padding: int = 0) -> Table:
    """The rows of a form, as wide as one another; ``between`` stands between the goals' paragraphs.

    ``padding``: so many blank cells stand at the end of every row.
    """
    style = TabStyle(padded=False, empty_lines=False)
    rows = [
        cells
        for _, cells in table_rows(replace(sheet, goals=(between.join(sheet.goals),), goal_tags=False), style, rng)
    ]
    return [[*row, *[""] * (WIDTH + padding - len(row))] for row in rows]


def heads(sheet: Sheet) -> list[str]:
    """Title, year and unit."""
    return [text for text in (sheet.title, sheet.year_line, sheet.unit_line) if text]


def _in_rows(sheet: Sheet, rng: random.Random, between: str) -> Table:
    table = rows_of(sheet, rng, between)
    return [*([text, *[""] * (WIDTH - 1)] for text in heads(sheet)), *table]


def _above(sheet: Sheet, written: str) -> str:
    return "\n\n".join(heads(sheet)) + "\n\n" + written


def _tags(sheet: Sheet) -> str:
    return "</p><p>" if len(sheet.goals) > 1 else ""


def _dumped(sheet: Sheet, rng: random.Random) -> str:
    lines = ["\t".join(row) for row in rows_of(sheet, rng, "</p> <p>")]
    return write_insert("\r\n".join([*heads(sheet), *lines]))


def _in_json(sheet: Sheet, rng: random.Random) -> str:
    lines = ["\t".join(row) for row in rows_of(sheet, rng, "</p> <p>")]
    return json.dumps({"id": 17, "body": "\n".join([*heads(sheet), *lines])}, ensure_ascii=False)


Printer = Callable[[Sheet, random.Random], str]

# By family: the ways in which a form is written.
PRINTERS: Final[dict[str, tuple[Printer, ...]]] = {
    "csv": (
        lambda s, r: write_csv(_in_rows(s, r, "\n")),
        lambda s, r: "\ufeff" + write_csv(_in_rows(s, r, "\n"), ";", "\r\n"),
        lambda s, r: write_csv(_in_rows(s, r, "\n"), "\t"),
    ),
    "pipes": (
        lambda s, r: write_pipes(_in_rows(s, r, " </p><p> ")),
        lambda s, r: write_broken_pipes(_in_rows(s, r, "\n")),
        lambda s, r: "".join(" | ".join(row) + "\n" for row in _in_rows(s, r, " </p><p> ")),
    ),
    "markdown": (
        lambda s, r: "# " + _above(s, write_markdown(rows_of(s, r, "<br>"))),
        lambda s, r: _above(s, write_markdown(rows_of(s, r, "<br>"), outer=False)),
    ),
    "grid": (
        lambda s, r: _above(s, write_ruled(rows_of(s, r, "\n\n"))),
        lambda s, r: _above(s, write_ruled(rows_of(s, r, "\n\n"), room=ROOM)),
    ),
    "lines": (lambda s, r: "\n".join(heads(s)) + "\n" + write_cells(rows_of(s, r, " </p><p> ", padding=2)),),
    "sql": (_dumped, _in_json),
}
FEWEST: Final = 3


def written(seed: int, family: str, way: int, kind: str = "department") -> tuple[str, Json]:
    """A form in a shape, and what it says; later seeds are tried until all of it can be told."""
    for attempt in range(1000):
        rng = random.Random(seed * 1000 + attempt)
        form: TrueForm = make_form(rng, kind=kind, indicators=rng.randint(6, 16), tasks=rng.randint(3, 6))
        if rng.random() < 0.2:
            form = in_wan_yuan(form)
        record = gold(form)
        rows = [*record["tasks"], *record["indicators"]]
        if "doubt" not in record and all("truncated" in row for row in rows) and len(form.goals) > 1:
            return PRINTERS[family][way](sheet_of(form), rng), record
    raise AssertionError(family)


def samples() -> list[tuple[str, str, list[Json]]]:
    """All samples: file, text, records."""
    found = []
    for family, ways in PRINTERS.items():
        count = max(FEWEST, len(ways))
        for i in range(count):
            kind = "project" if i == count - 1 else "department"
            name = f"{family}-{i + 1:02}.txt"
            source, record = written(40 + i, family, i % len(ways), kind)
            found.append((name, source, [{"file": name, "family": family, "form_index": 0} | record]))
    return found


def main() -> None:
    """Writes the samples and their answers; those that real tools made stay as they are."""
    made = samples()
    names = {name for name, _, _ in made}
    before = GOLD.read_text(encoding="utf-8").splitlines() if GOLD.exists() else []
    records = [record for record in map(json.loads, before) if record["file"] not in names]
    for name, source, own in made:
        (SAMPLES / name).write_bytes(source.encode())
        records += own
    records.sort(key=lambda record: str(record["file"]))
    GOLD.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


if __name__ == "__main__":
    main()
