"""Writes the made-up samples and their answers; the seeds are fixed, so that the same files come every time.

    python -m tests.forms.write_samples

Each family is a kind of damage or layout. Where a layout leaves something open, another seed is taken until the form
can be told for sure, save for the samples that are about doubt.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.forms.cases import Case, build, joined
from tests.forms.damage import encode
from tests.forms.make import carried_out_by, in_wan_yuan, make_form, with_sources
from tests.forms.truth import Json, Limits, TrueForm

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "samples"
GOLD: Final = ROOT / "tests" / "gold" / "samples.jsonl"


PORTAL_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Spec:
    """One sample: its family, how it is written and how large it is. ``sure``: nothing in it may be open."""

    family: str
    layout: str
    damages: tuple[str, ...] = ()
    kind: str = "department"
    indicators: int = 12
    tasks: int = 5
    goals: int = 3
    limits: Limits = PORTAL_LIMITS
    encoding: str = "utf-8"
    newline: str = "lf"
    wan_yuan: bool = False
    wronged: str | None = None
    sources: tuple[str, str, str] | None = None
    carried_out: bool = False
    sure: bool = True


PROJECT: Final = "project"
SPECS: Final = (
    Spec("portal", "portal", indicators=18, tasks=7, goals=4),
    Spec("portal", "no-root", indicators=6, tasks=2, goals=1),
    Spec("portal", "filled-funding", indicators=31, tasks=10, goals=5),
    Spec("shift", "shift", indicators=22, tasks=8, goals=4),
    Spec("shift", "no-root-shift", indicators=9, tasks=3, goals=2),
    Spec("shift", "shift-gaps", indicators=27, tasks=4),
    Spec("drop-leading", "drop-leading", indicators=20),
    Spec("drop-leading", "drop-all", indicators=13, tasks=9, goals=1),
    Spec("spaces", "spaces", indicators=16),
    Spec("spaces", "spaces-drop", indicators=24, tasks=6, goals=2),
    Spec("ideographic", "ideographic", indicators=15),
    Spec("ideographic", "ideographic", ("header-synonyms",), PROJECT, indicators=8),
    Spec("mixed", "mixed", indicators=14),
    Spec("mixed", "mixed-shift", indicators=19, tasks=8),
    Spec("layout", "page", indicators=17, tasks=5, goals=3),
    Spec("layout", "page-no-root", indicators=10, tasks=3, goals=2),
    Spec("layout", "page-top", indicators=23, tasks=6, goals=4),
    Spec("layout", "page-wide", indicators=14, tasks=4, goals=2),
    Spec("layout", "page-narrow", kind=PROJECT, indicators=9, goals=1),
    Spec("layout-open", "page-ceil", indicators=26, tasks=6, sure=False),
    Spec("wrapped", "portal", ("raw-breaks",), indicators=16, tasks=7),
    Spec("wrapped", "drop-all", ("raw-breaks", "broken-tag"), indicators=12, tasks=6),
    Spec("wrapped", "no-root-shift", ("raw-breaks", "header-breaks"), indicators=11),
    Spec("page-breaks", "portal", ("page-breaks",), indicators=24, tasks=10),
    Spec("page-breaks", "no-root-shift", ("page-breaks",), indicators=17),
    Spec("page-breaks", "page-top-no-root", ("page-breaks",), indicators=18),
    Spec("surroundings", "shift", ("surroundings",), indicators=10),
    Spec("surroundings", "page-top", ("surroundings",), indicators=8, tasks=3),
    Spec("operators", "portal", ("operator-spellings",), indicators=21),
    Spec("operators", "drop-all", ("stuck-operators", "units-in-values"), indicators=16),
    Spec("operators", "spaces", ("operators-behind",), indicators=13),
    Spec("operators", "no-root", ("one-value-column",), indicators=15),
    Spec("entities", "portal", ("entities", "full-width"), indicators=14),
    Spec("entities", "shift", ("zero-width", "no-break-spaces"), indicators=17),
    Spec("wan-yuan", "portal", wan_yuan=True, indicators=12),
    Spec("wan-yuan", "packed-funding", ("thousands",), wan_yuan=True, indicators=9),
    Spec("wan-yuan", "page", wan_yuan=True, kind=PROJECT, indicators=7),
    Spec("synonyms", "portal", ("header-synonyms", "bare-labels"), indicators=16),
    Spec("synonyms", "no-root-shift", ("header-synonyms", "scored-labels", "points"), indicators=14),
    Spec("synonyms", "drop-leading", ("header-synonyms", "spaced-labels"), indicators=19),
    Spec("column-order", "no-root", ("column-order",), indicators=13),
    Spec("column-order", "repeat-no-root", ("column-order", "header-synonyms"), indicators=10),
    Spec("encodings", "portal", encoding="gb18030", newline="crlf", indicators=11),
    Spec("encodings", "drop-leading", encoding="utf-16-le-bom", newline="crlf", indicators=9),
    Spec("encodings", "spaces", encoding="utf-8-sig", newline="cr", indicators=8),
    Spec("encodings", "page-top", encoding="gb18030", indicators=12),
    Spec("encodings", "no-root", encoding="utf-16-be", indicators=7),
    Spec("project", "portal", kind=PROJECT, indicators=12, goals=2),
    Spec("project", "funding-lines", kind=PROJECT, indicators=8, goals=1, carried_out=True),
    Spec("project", "no-root-shift", kind=PROJECT, indicators=15, carried_out=True),
    Spec("funding-header", "packed-funding", indicators=10),
    Spec("funding-header", "funding-lines", indicators=12),
    Spec("funding-header", "portal", indicators=9, sources=("general_public_budget", "government_fund", "other")),
    Spec("funding-header", "lost-amount-blanks", indicators=11, sure=False),
    Spec("cut-marks", "portal", limits=Limits(60, 80, "..."), indicators=12, tasks=8),
    Spec("cut-marks", "drop-all", limits=Limits(mark="…"), indicators=14, tasks=7),
    Spec("cut-elsewhere", "portal", limits=Limits(120, 80), indicators=25, tasks=10),
    Spec("cut-elsewhere", "no-root", limits=Limits(None, None), indicators=12, tasks=8),
    Spec("repeat-labels", "repeat-labels", indicators=16),
    Spec("repeat-labels", "repeat-no-root", indicators=20, tasks=6),
    Spec("no-root", "no-root-shift", ("blank-lines",), indicators=15),
    Spec("no-root", "page-top-no-root", indicators=13, tasks=4),
    Spec("plain-goals", "portal", ("untagged-goals",), indicators=10, goals=5),
    Spec("plain-goals", "drop-all", ("untagged-goals", "blank-ends"), indicators=8, goals=4),
    Spec(
        "together",
        "shift-gaps",
        ("raw-breaks", "page-breaks", "surroundings", "header-synonyms"),
        indicators=28,
        tasks=10,
        goals=5,
    ),
    Spec(
        "together",
        "mixed-shift",
        ("operator-spellings", "page-breaks", "bare-labels"),
        encoding="gb18030",
        indicators=20,
        tasks=7,
    ),
    Spec(
        "together",
        "drop-all",
        ("full-width", "points", "thousands", "blank-lines"),
        encoding="utf-16-le-bom",
        indicators=16,
    ),
    *(
        Spec("wrong", layout, wronged=name, indicators=12, sure=False)
        for name, layout in (
            ("wrong-amount", "portal"),
            ("wrong-weight", "drop-all"),
            ("words-for-a-number", "shift"),
            ("a-number-for-words", "portal"),
            ("duplicate-indicator", "no-root"),
            ("empty-tasks", "portal"),
            ("missing-goals", "shift"),
            ("missing-first-level", "portal"),
        )
    ),
)

# Several forms in one file: the members, and what stands between them.
SEVERAL: Final = (
    ((Spec("several-forms", "portal", indicators=10), Spec("several-forms", "portal", kind=PROJECT, indicators=8)), ()),
    (
        (
            Spec("several-forms", "no-root", indicators=7, tasks=3),
            Spec("several-forms", "no-root-shift", indicators=12, tasks=4),
            Spec("several-forms", "no-root", kind=PROJECT, indicators=6),
        ),
        ("", "—— 下一单位 ——", ""),
    ),
    (
        (
            Spec("several-forms", "page-top", indicators=9, tasks=2),
            Spec("several-forms", "page-top", indicators=11, tasks=3),
        ),
        ("第 1 页", "\f"),
    ),
)


def make(spec: Spec, rng: random.Random) -> TrueForm:
    """The form that a sample asks for."""
    form = make_form(
        rng, kind=spec.kind, indicators=spec.indicators, tasks=spec.tasks, goals=spec.goals, limits=spec.limits
    )
    if spec.wan_yuan:
        form = in_wan_yuan(form)
    if spec.sources:
        form = with_sources(form, *spec.sources)
    if spec.carried_out:
        form = with_sources(carried_out_by(form, rng), "fiscal", "special_account", "other")
    return form


def is_sure(case: Case) -> bool:
    """Whether everything in the record can be told from the text."""
    rows = [*case.record["tasks"], *case.record["indicators"]]
    return "doubt" not in case.record and all("truncated" in row for row in rows)


def case_of(spec: Spec, seed: int) -> Case:
    """The sample; later seeds are tried until it can be written, and told for sure where it must be."""
    for attempt in range(1000):
        rng = random.Random(seed * 1000 + attempt)
        form = make(spec, rng)
        case = build(form, spec.layout, spec.damages, rng, spec.wronged)
        if case is not None and (not spec.sure or is_sure(case)):
            return case
    raise AssertionError(f"no seed gives a sure form for {spec}")


def all_samples() -> Iterator[tuple[str, bytes, list[Json]]]:
    """Each file's name, bytes and records."""
    numbers: dict[str, int] = {}

    def name(family: str) -> str:
        numbers[family] = numbers.get(family, 0) + 1
        return f"{family}-{numbers[family]:02d}.txt"

    for at, spec in enumerate(SPECS):
        case = case_of(spec, 100 + at)
        file = name(spec.family)
        record = {"file": file, "family": spec.family, "form_index": 0} | case.record
        yield file, encode(case.text, spec.encoding, spec.newline), [record]
    for at, (members, between) in enumerate(SEVERAL):
        cases = [case_of(m, 900 + at * 10 + i) for i, m in enumerate(members)]
        text, records = joined(cases, between)
        file = name("several-forms")
        yield file, encode(text, "utf-8"), [{"file": file, "family": "several-forms", **r} for r in records]


def gold_line(record: Json) -> str:
    """A record as a line of gold.jsonl."""
    return json.dumps(record, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all samples and their answers."""
    SAMPLES.mkdir(exist_ok=True)
    GOLD.parent.mkdir(exist_ok=True)
    lines = []
    for file, data, records in all_samples():
        (SAMPLES / file).write_bytes(data)
        lines += [gold_line(r) for r in records]
    GOLD.write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
