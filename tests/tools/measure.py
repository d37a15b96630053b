"""Measures how the texts of a tool are read.

    python -m tests.tools.measure pandoc-gfm 40
    python -m tests.tools.measure pandoc-rst 6 --designs portal,ministry --show 20 --keep FOLDER

A line a design: the share of right values, and how many are silently wrong, made up, or alarmed about for nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from extract.api import extract_bytes
from extract.readers.kinds import kind
from tests.forms.truth import Json
from tests.places import check_places
from tests.scoring import Score, score
from tests.tools.cases import DESIGNS, Case, make_case
from tests.tools.printers import TOOLS

HEAD: Final = f"{'':24}{'right %':>9}{'silent':>8}{'spurious':>9}{'alarms':>8}{'failed':>8}{'places':>8}"


def answers(record: Json, text: bytes) -> Json:
    """The answers for a form as a tool printed it. Some make typewriter quotes of others, of another width."""
    if "“".encode() in text or rb"\u201c" in text or kind(text) != "text":
        return record
    rows = [*record["tasks"], *record["indicators"]]
    for row in rows:
        if "“" in row.get("content", row["name"]):
            for key in ("truncated", "recoverable", "full"):
                row.pop(key, None)
    straight: Json = json.loads(json.dumps(record, ensure_ascii=False).replace("“", '\\"').replace("”", '\\"'))
    return straight


def printed(tool: str, cases: Sequence[Case]) -> list[bytes]:
    """What a tool prints of forms."""
    with tempfile.TemporaryDirectory() as name:
        pages = [Path(name) / f"{case.name}.html" for case in cases]
        for page, case in zip(pages, cases, strict=True):
            page.write_text(case.html, encoding="utf-8")
        return TOOLS[tool](pages)


def measure(tool: str, design: str, count: int, shown: int, keep: Path | None) -> str:
    """The line of a design, and what is wrong."""
    cases = [make_case(seed, design) for seed in range(1, count + 1)]
    total = Score()
    failures: Counter[str] = Counter()
    misplaced: list[str] = []
    for case, text in zip(cases, printed(tool, cases), strict=True):
        if keep is not None:
            (keep / f"{tool}-{case.name}.txt").write_bytes(text)
        extraction = extract_bytes(text, source_path=case.name)
        if extraction.failure is not None:
            failures[extraction.failure.code] += 1
        score(total, [answers(case.record, text) | {"file": case.name, "family": design}], extraction)
        try:
            check_places(extraction)
        except AssertionError as error:
            misplaced.append(f"{case.name}: {str(error)[:300]}")
    right = 100 * sum(total.right.values()) / sum(total.all.values())
    silent = len(total.silent)
    line = f"{design:24}{right:9.3f}{silent:8}{len(total.spurious):9}{len(total.alarms):8}"
    lines = [f"{line}{sum(failures.values()):8}{len(misplaced):8}"]
    wrong = sorted([*total.wrong, *total.spurious], key=lambda one: not one.silent)
    lines += [f"    {str(one)[:220]}" for one in wrong[:shown]]
    lines += [f"    ALARM {alarm[:220]}" for alarm in total.alarms[: shown // 2]]
    lines += [f"    PLACE {one}" for one in misplaced[: shown // 2]]
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="How the texts of a tool are read.")
    parser.add_argument("tool", choices=[*TOOLS], metavar="TOOL", help=", ".join(TOOLS))
    parser.add_argument("count", nargs="?", type=int, default=10, help="forms a design")
    parser.add_argument("--designs", default=",".join(DESIGNS), help="which, between commas")
    parser.add_argument("--show", type=int, default=0, help="so many wrong values of each design")
    parser.add_argument("--keep", type=Path, help="a folder for the texts")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"{given.tool}\n{HEAD}\n")
    for design in given.designs.split(","):
        sys.stdout.write(measure(given.tool, design, given.count, given.show, given.keep) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
