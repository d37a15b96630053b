"""Times files that are no text: milliseconds of the processor a file, from its bytes to forms.

``python -m benchmarks.formats`` prints the rows as Markdown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final

from extract import extract_bytes
from extract.readers import files, kinds
from extract.readers.files import ReadOptions

SAMPLES: Final = Path(__file__).parent.parent / "samples"
FILES: Final = (
    "office-xlsx-portal-2.xlsx",
    "office-xls-around-1.xls",
    "office-ods-inside-1.ods",
    "office-docx-portal-1.docx",
    "office-odt-styled-1.odt",
    "drawn-html-guangdong.html",
)
_ROUNDS: Final = 40


def timed(call: Callable[[], Any], rounds: int) -> float:
    """The median time of a call, in milliseconds."""
    call()
    spent = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        begin = process_time()
        call()
        spent.append(process_time() - begin)
        gc.enable()
    return median(spent) * 1000


def rows(rounds: int = _ROUNDS) -> list[str]:
    """A row of a table a file: its name and size, the time of its reader alone, and of all up to forms."""
    found = []
    for name in FILES:
        data = (SAMPLES / name).read_bytes()
        kind = kinds.kind(data)
        reader = "–"
        if kind != "text":
            reader = f"{timed(partial(files.read, data, kind, ReadOptions()), rounds):.1f}"
        whole = timed(partial(extract_bytes, data), rounds)
        found.append(f"| {name} | {len(data):,} | {reader} | {whole:.1f} |")
    return found


def section(rounds: int = _ROUNDS) -> list[str]:
    """The lines of a section of the results."""
    head = ["", "## Other files, milliseconds of the processor a file", ""]
    return [*head, "| | bytes | ms to read | ms to forms |", "|---|---:|---:|---:|", *rows(rounds)]


def main() -> None:
    """Prints the table."""
    print(*section(), sep="\n")


if __name__ == "__main__":
    main()
