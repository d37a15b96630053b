"""Writes the samples that are drawn as Word files, workbooks and web pages by hand, and their known answers.

``python -m tests.formats`` writes them anew.
"""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Final

from tests import test_counties, test_wide
from tests.forms.designs import DESIGNS
from tests.forms.drawn import FORMATS, boxed
from tests.forms.truth import Json
from tests.forms.webpages import excel_page, message, portal_page
from tests.tools.cases import make_case

TESTS: Final = Path(__file__).parent
SAMPLES: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "formats.jsonl"
SEED: Final = 131

File = tuple[str, bytes, list[Json]]

# Drawn by tests alone, and in no file of the samples.
_NO_FILE: Final = frozenset({"shaanxi"})


def _body(page: str) -> str:
    return page.partition("<body>")[2].partition("</body>")[0]


def drawn() -> list[File]:
    """Other counties' designs and wide tables, each in another format."""
    found = []
    formats = cycle(FORMATS)
    for number, design in enumerate(DESIGNS):
        if design not in test_counties.LACKING | _NO_FILE:
            kind = next(formats)
            table, record = test_counties.written(design, SEED + number)
            ending = kind.partition("-")[0]
            found.append((f"drawn-{kind}-{design}.{ending}", FORMATS[kind](boxed(table)), [record]))
    for number, name in enumerate(test_wide.WIDE):
        if "unit" in test_wide.WIDE[name][0].split() and number % 2 == 0:
            kind = next(formats)
            table, records = test_wide.written(name, SEED + number)
            ending = kind.partition("-")[0]
            found.append((f"drawn-{kind}-wide-{number}.{ending}", FORMATS[kind](boxed(table)), records))
    return found


def saved() -> list[File]:
    """Web pages as portals and office programs save them, under the names that these give them."""
    cases = [make_case(seed, design) for seed, design in ((61, "portal"), (62, "ministry"), (63, "breaks"))]
    page = portal_page([_body(case.html) for case in cases], "gbk")
    inside, office = make_case(64, "inside"), make_case(65, "office-project")
    rows = inside.html.partition("<table")[2].partition(">")[2].partition("</table>")[0]
    return [
        ("saved-page.html", page, [case.record for case in cases]),
        ("saved-sheet.xls", excel_page(rows), [inside.record]),
        ("saved-message.mht", message([office.html.encode()]), [office.record]),
        ("saved-word.doc", office.html.encode("gbk"), [office.record]),
    ]


def gold(found: list[File]) -> str:
    """The gold file."""
    lines = []
    for name, _, records in found:
        family = "-".join(name.partition(".")[0].split("-")[:2])
        for i, record in enumerate(records):
            lines.append(json.dumps({"file": name, "family": family, "form_index": i} | record, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes all samples and their answers."""
    found = drawn()
    for name, data, _ in found:
        (SAMPLES / name).write_bytes(data)
    GOLD.write_text(gold(found), encoding="utf-8")


if __name__ == "__main__":
    main()
