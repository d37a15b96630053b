"""Writes the samples of other counties' designs, each in another shape, and their known answers, from fixed seeds.

``python -m tests.counties`` writes them anew.
"""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Final

from tests import test_counties, test_wide
from tests.forms.designs import DESIGNS
from tests.forms.truth import Json

TESTS: Final = Path(__file__).parent
SAMPLES: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "counties.jsonl"
SEED: Final = 71
# Their rows are written in these shapes by turns; the first of them leaves no doubt in any design.
TURNS: Final = ("tabs", "lost", "csv", "spaces", "pipes")


def samples() -> list[tuple[str, str, list[Json]]]:
    """File, text and records of every sample."""
    found = []
    for number, (design, shape) in enumerate(zip(DESIGNS, cycle(TURNS), strict=False)):
        if design in test_counties.LACKING:
            continue
        table, record = test_counties.written(design, SEED + number)
        found.append((f"county-{design}-01.txt", test_counties.SHAPES[shape](table), [record]))
    for number, (name, shape) in enumerate(zip(test_wide.WIDE, cycle(TURNS), strict=False)):
        if "unit" in test_wide.WIDE[name][0].split():
            table, records = test_wide.written(name, SEED + number)
            found.append((f"county-wide-{number + 1:02}.txt", test_counties.SHAPES[shape](table), records))
    return found


def main() -> None:
    """Writes all samples and their answers."""
    lines = []
    for name, source, records in samples():
        (SAMPLES / name).write_text(source, encoding="utf-8", newline="")
        family = name.rpartition("-")[0]
        for i, record in enumerate(records):
            lines.append(json.dumps({"file": name, "family": family, "form_index": i} | record, ensure_ascii=False))
    GOLD.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
