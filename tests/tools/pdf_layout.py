"""Writes the samples that ``pdftotext -layout`` takes out of forms printed to PDF, and their answers.

    python -m tests.tools.pdf_layout

The forms, their words and their looks come from fixed seeds; see ``pdf`` for the tools that have to be installed.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from tests.forms.boxes import Boxes, ministry, ministry_form, portal
from tests.forms.damage import SHEET_DAMAGES
from tests.forms.make import carried_out_by, in_wan_yuan, make_form
from tests.forms.sheet import Sheet, sheet_of
from tests.forms.truth import Json, gold
from tests.tools import pdf

TESTS: Final = Path(__file__).parents[1]
SAMPLES: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "tools-pdflayout.jsonl"
CHROMIUM: Final = "chromium"
OFFICE: Final = "office"
# How often the words of a form are other ones than the portal's.
CHANGES: Final = (("header-synonyms", 0.4), ("bare-labels", 0.25), ("operator-spellings", 0.25), ("column-order", 0.25))
FONTS: Final = ("Noto Serif CJK SC", "Noto Serif CJK SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei")


class Sample(NamedTuple):
    """A form by its seed, and what prints it. Forms of even seeds are a department's, of odd ones a project's.

    ``tight``: lines are less high than the font wants, so that those of neighbouring rows are taken out in disorder.
    """

    tool: str
    seed: int
    tight: bool = False

    @property
    def family(self) -> str:
        """What the sample is one of."""
        return f"pdf-layout-tight-{self.tool}" if self.tight else f"pdf-layout-{self.tool}"

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return f"{self.family}-{self.seed}"

    def printed(self) -> Printed:
        """The form, with the look that it is printed in."""
        form = printed(self.seed)
        if not self.tight:
            return form
        # Where rows are in disorder, a finding says so though they may have been read right.
        return form._replace(look=replace(form.look, leading=1.0), record=form.record | {"doubt": True})


class Printed(NamedTuple):
    """A form as it is given to a printer, and its answers."""

    sheet: Sheet
    boxes: Boxes
    look: pdf.Look
    record: Json


SPECS: Final = (
    Sample(CHROMIUM, 1014),
    Sample(OFFICE, 1014),
    Sample(CHROMIUM, 1005),
    Sample(OFFICE, 1003),
    Sample(OFFICE, 1016),
    Sample(CHROMIUM, 7002),
    Sample(CHROMIUM, 7033),
    Sample(OFFICE, 7004),
    Sample(OFFICE, 7031),
    Sample(CHROMIUM, 91002),
    Sample(OFFICE, 91006),
    Sample(OFFICE, 91015),
    Sample(CHROMIUM, 91023),
    Sample(CHROMIUM, 117, tight=True),
)


def _look(rng: random.Random, *, project: bool) -> pdf.Look:
    landscape = rng.random() < 0.4
    columns = (9, 10, 10, 18, 8, 9, 8, 7) if project else (8, 9, 9, 8, 9, 11, 7, 8, 8, 6)
    return pdf.Look(
        tuple(max(5, column + rng.randint(-1, 2)) for column in columns),
        landscape=landscape,
        size=rng.choice((9, 10, 10.5, 12 if landscape else 9.5)),
        font=rng.choice(FONTS),
        padding=rng.choice((1, 2, 3, 4.5)),
        margin=rng.choice((1.5, 2, 2.5)),
        centred=rng.random() < 0.5,
        top=rng.random() < 0.12,
        repeat=rng.random() < 0.4,
    )


def printed(seed: int) -> Printed:
    """The form of a seed, with the look that it is printed in."""
    rng = random.Random(seed)
    project = bool(seed % 2)
    if project:
        form = make_form(rng, kind="project", indicators=rng.randint(4, 16), tasks=0)
    else:
        form = make_form(rng, indicators=rng.randint(5, 26), tasks=rng.randint(2, 6))
    if rng.random() < 0.4:
        form = in_wan_yuan(form)
    if project:
        form = ministry_form(carried_out_by(form, rng))
    sheet = sheet_of(form)
    for name, often in CHANGES:
        if rng.random() < often:
            sheet = SHEET_DAMAGES[name](sheet, rng)
    look = _look(rng, project=project)
    return Printed(sheet, (ministry if project else portal)(sheet), look, gold(form) | {"goals_split": False})


def main() -> None:
    """Prints the forms and writes the samples and their answers."""
    forms = {sample: sample.printed() for sample in SPECS}
    web = {s.name: pdf.web_page(f.sheet, f.boxes, f.look) for s, f in forms.items() if s.tool == CHROMIUM}
    sheets = {s.name: pdf.sheet_file(f.sheet, f.boxes, f.look) for s, f in forms.items() if s.tool == OFFICE}
    for name, text in pdf.printed(web, sheets, ("-layout",)).items():
        (SAMPLES / f"{name}.txt").write_text(text, encoding="utf-8")
    records = (
        {"file": f"{sample.name}.txt", "family": sample.family, "form_index": 0} | form.record
        for sample, form in sorted(forms.items(), key=lambda item: item[0].name)
    )
    GOLD.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


if __name__ == "__main__":
    main()
