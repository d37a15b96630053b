"""The generated part of both READMEs: `python -m tests.readme` writes them anew."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from extract import extract_path, to_tables
from extract.api import traced_bytes
from extract.interpret.trace import Recorder
from extract.interpret.trace_rows import readings
from extract.messages import Speaker
from extract.report.explain_lines import lines_of
from extract.report.explain_table import lines_table

ROOT = Path(__file__).parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
SAMPLE = ROOT / "samples" / "大竹县司法局-2024.txt"

_COLUMNS = ("level1", "level2", "name", "operator", "value", "unit", "weight", "level2_basis")
_EXPLAINED = (7, 10, 11, 37, 41)
_EXPLAIN_WIDTH = 140
_ROWS = (0, 1, 11, 13, 14, 15, 20, 21)


def excerpt() -> str:
    """Some rows of `indicators` from the real sample as a table of Markdown."""
    rows = to_tables([extract_path(SAMPLE)])["indicators"].select(_COLUMNS).take(list(_ROWS)).to_pylist()
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|---" * len(_COLUMNS) + "|"]
    lines += ["| " + " | ".join(_cell(row[name]) for name in _COLUMNS) + " |" for row in rows]
    return "\n".join(lines)


def explained(language: str) -> str:
    """Some lines of the real sample as the command explains them."""
    console = Console(file=io.StringIO(), width=_EXPLAIN_WIDTH, highlight=False, markup=False, emoji=False)
    recorder = Recorder()
    extraction = traced_bytes(SAMPLE.read_bytes(), recorder, source_path=SAMPLE.name)
    lines = [line for line in lines_of(extraction, readings(recorder), (), is_dump=False) if line.number in _EXPLAINED]
    console.print(lines_table(lines, Speaker(language), _EXPLAIN_WIDTH))
    assert isinstance(console.file, io.StringIO)
    shown = "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())
    return f"```\n{shown}\n```"


def filled(text: str, mark: str, part: str) -> str:
    """A document with the part between two marks written anew."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    assert text.count(begin) == text.count(end) == 1, mark
    head, _, rest = text.partition(begin)
    return f"{head}{begin}{part}\n{end}{rest.partition(end)[2]}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    number = re.fullmatch(r"(\d+)\.0+", text)
    return number[1] if number else _escaped(text if len(text) <= 24 else text[:24] + "…")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for path in READMES.values():
        path.write_text(filled(path.read_text(encoding="utf-8"), "excerpt", excerpt()), encoding="utf-8")
