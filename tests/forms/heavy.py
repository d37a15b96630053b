"""Forms in every way of writing, damaged further than they can be read without fault, with their answers.

``drawn`` makes the form of a seed. What a text says stays in it: lines and cells are moved, cut, put together and lost
where they are blank, but no value is changed for another. ``families`` are ways of writing, ``MANGLES`` kinds of
damage; both can be left out, to see how what was learned without them fares.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from tests.forms import damage
from tests.forms.boxes import filled, ministry, ministry_form, portal
from tests.forms.cases import LAYOUTS, build, fits, go_together
from tests.forms.cells import CELL_DAMAGES
from tests.forms.counties import MERGED, PLAIN, wide_record, wide_table
from tests.forms.designs import DESIGNS
from tests.forms.drawn import FORMATS, boxed
from tests.forms.make import carried_out_by, in_wan_yuan, make_form, with_sources
from tests.forms.sheet import sheet_of
from tests.forms.truth import Json, Limits, TrueForm, gold
from tests.forms.wrong import WRONGS
from tests.glued import ORDERS, WRITERS, shaped
from tests.test_counties import LACKING, SHAPES, broken, padded

LIMITS: Final = (Limits(), Limits(), Limits(80, 60), Limits(mark="…"), Limits(None, None))
UNCUT: Final = Limits(None, None)
TABS: Final = tuple(name for name in LAYOUTS if not name.startswith("page"))
PAGES: Final = tuple(name for name in LAYOUTS if name.startswith("page"))
# Breaks within cells that are lines already.
_NOT_IN_STREAMS: Final = frozenset({"raw-breaks", "header-breaks", "one-value-column", "column-order"})
# Forms whose cells touch are slow to read, by the number of their rows.
GLUED_ROWS: Final = 6


class Heavy(NamedTuple):
    """A file with its answers; ``family``: how it was written, ``mangles``: what was done to it besides."""

    data: bytes
    records: Sequence[Json]
    family: str
    mangles: tuple[str, ...]


# ---- ways of writing


def _form(rng: random.Random, kind: str, limits: Limits, most: int = 20) -> TrueForm:
    return make_form(rng, kind=kind, indicators=rng.randint(3, most), goals=rng.randint(1, 4), limits=limits)


def _kind(rng: random.Random) -> str:
    return rng.choice(("department", "department", "project"))


def _portal(rng: random.Random, layouts: Sequence[str], most: int) -> tuple[str, list[Json]]:
    form = _form(rng, _kind(rng), rng.choice(LIMITS))
    if rng.random() < 0.25:
        form = in_wan_yuan(form)
    if form.kind == "project" and rng.random() < 0.5:
        form = with_sources(carried_out_by(form, rng), "fiscal", "special_account", "other")
    layout = rng.choice(layouts)
    able = [name for name in (*damage.SHEET_DAMAGES, *damage.LINE_DAMAGES) if fits(name, layout)]
    chosen = rng.sample(able, rng.randint(0, min(most, len(able))))
    while not go_together(chosen):
        chosen = rng.sample(able, 2)
    case = build(form, layout, chosen, rng, rng.choice(sorted(WRONGS)) if rng.random() < 0.1 else None)
    return ("", []) if case is None else (case.text, [case.record])


def _portal_tabs(rng: random.Random, most: int) -> tuple[str, list[Json]]:
    return _portal(rng, TABS, most)


def _portal_pages(rng: random.Random, most: int) -> tuple[str, list[Json]]:
    return _portal(rng, PAGES, most)


def _damaged(table: list[list[str]], rng: random.Random, most: int) -> list[list[str]]:
    for name in rng.sample(sorted(CELL_DAMAGES), rng.randint(0, min(most, len(CELL_DAMAGES)))):
        table = CELL_DAMAGES[name](table, rng)
    return table


def _written(table: list[list[str]], rng: random.Random) -> str:
    shape = rng.choice((*SHAPES, "broken", "broken"))
    return broken(table, rng.randint(0, 10**6)) if shape == "broken" else SHAPES[shape](table)


def _county_form(design: str, rng: random.Random) -> tuple[list[list[str]], Json]:
    kind, write = DESIGNS[design]
    form = in_wan_yuan(_form(rng, kind, UNCUT, 14))
    if kind == "project":
        form = replace(form, unit_code="", supervising_unit=form.unit_name[:3] + "财政局")
    return write(form, rng)


def _county(rng: random.Random, most: int) -> tuple[str, list[Json]]:
    table, record = _county_form(rng.choice(sorted(DESIGNS)), rng)
    return _written(_damaged(table, rng, most), rng), [record]


def _wide(rng: random.Random, most: int) -> tuple[str, list[Json]]:
    leads = ["project", *(lead for lead in ("unit", "amount", "goal") if rng.random() < 0.6)]
    leads.sort(key=("unit", "project", "amount", "goal").index)
    columns = rng.choice((PLAIN, MERGED))
    own = []
    for _ in range(rng.randint(1, 4)):
        form = in_wan_yuan(_form(rng, "project", UNCUT, 8))
        own.append(replace(form, unit_code="", unit_name="大通县农牧局", year=2024, notes=None, supervising_unit=None))
    own = list({form.project_name: form for form in own}.values())
    table = wide_table(own, leads, columns, repeat=rng.random() < 0.5, fill=rng.random() < 0.5)
    records = [wide_record(form, leads, columns) | {"form_index": at} for at, form in enumerate(own)]
    return _written(_damaged(table, rng, most), rng), records


def _glued(rng: random.Random, most: int) -> tuple[str, list[Json]]:
    family, order = rng.choice(sorted(WRITERS)), rng.choice(sorted(ORDERS))
    kind = "project" if order.startswith("selfeval") or rng.random() < 0.7 else "department"
    form = _form(rng, kind, UNCUT, GLUED_ROWS)
    money = rng.choice(("", "parts", "units")) if kind == "project" else ""
    text, record = shaped(form, rng, family, order, money, lambda table: _damaged(table, rng, min(most, 1)))
    return text, [record]


def _stream(rng: random.Random, most: int) -> tuple[str, list[Json]]:
    """Blank cells are gone without a trace: one cell a line, or a row a line with single blanks between its cells."""
    kind = _kind(rng)
    form = _form(rng, kind, UNCUT, 14)
    if None in form.funding:
        form = replace(form, funding=tuple(Decimal(0) if amount is None else amount for amount in form.funding))
    if kind == "project":
        form = ministry_form(form)
    sheet = sheet_of(form)
    for name in rng.sample(sorted(damage.SHEET_DAMAGES), rng.randint(0, min(most, 2))):
        if name not in _NOT_IN_STREAMS:
            sheet = damage.SHEET_DAMAGES[name](sheet, rng)
    rows = filled(ministry(sheet) if kind == "project" else portal(sheet))
    heads = [text for text in (sheet.title, sheet.year_line, sheet.unit_line) if text]
    between = rng.choice(("\n", "\n", " "))
    text = "\n".join([*heads, *(between.join(cell for cell in row if cell) for row in rows)]) + "\n"
    return text, [gold(form) | {"goals_split": False}]


TEXTS: Final[dict[str, Callable[[random.Random, int], tuple[str, list[Json]]]]] = {
    "tabs": _portal_tabs,
    "pages": _portal_pages,
    "county": _county,
    "wide": _wide,
    "glued": _glued,
    "stream": _stream,
}
FILES: Final = ("docx", "xlsx", "html")
# How often each comes: texts make up most of what archives hold, and glued ones take most of the time.
SHARES: Final = {
    "tabs": 34,
    "pages": 24,
    "county": 22,
    "wide": 10,
    "glued": 2,
    "stream": 4,
    "docx": 2,
    "xlsx": 2,
    "html": 2,
}


# ---- damage


def _some(lines: list[str], rng: random.Random, share: float, change: Callable[[str], str]) -> list[str]:
    return [change(line) if line.strip() and rng.random() < share else line for line in lines]


def swap_lines(lines: list[str], rng: random.Random) -> list[str]:
    """Neighbouring lines change places."""
    lines = lines.copy()
    for at in range(1, len(lines) - 1):
        if rng.random() < 0.06:
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return lines


def break_lines(lines: list[str], rng: random.Random) -> list[str]:
    """Lines are broken anywhere."""
    found = []
    for line in lines:
        if len(line) > 8 and rng.random() < 0.1:
            at = rng.randint(2, len(line) - 2)
            found += [line[:at], line[at:]]
        else:
            found.append(line)
    return found


def join_lines(lines: list[str], rng: random.Random) -> list[str]:
    """Lines run into the next one."""
    found: list[str] = []
    for line in lines:
        if found and line.strip() and rng.random() < 0.06:
            found[-1] += rng.choice(("\t", "  ", "")) + line
        else:
            found.append(line)
    return found


def lose_separators(lines: list[str], rng: random.Random) -> list[str]:
    """Tabs, bars and runs of blanks become single blanks, or nothing."""
    weak = rng.choice((" ", " ", ""))

    def change(line: str) -> str:
        return weak.join(line.replace("|", "\t").replace("   ", "\t").split("\t"))

    return _some(lines, rng, rng.choice((0.1, 0.3, 1.0)), change)


def drift(lines: list[str], rng: random.Random) -> list[str]:
    """Lines move to the left or to the right."""
    return _some(
        lines, rng, 0.3, lambda line: line.lstrip() if rng.random() < 0.5 else rng.choice(("\t", "      ")) + line
    )


def drop_blanks(lines: list[str], rng: random.Random) -> list[str]:
    """Blank cells are gone, of some lines or of all."""

    def change(line: str) -> str:
        while "\t\t" in line:
            line = line.replace("\t\t", "\t")
        return line.strip("\t")

    return _some(lines, rng, rng.choice((0.2, 1.0)), change)


def uneven(lines: list[str], rng: random.Random) -> list[str]:
    """Runs of blanks get longer or shorter."""

    def change(line: str) -> str:
        pieces = line.split("  ")
        return "".join(piece + "  " + " " * rng.choice((0, 0, 0, 1, 3)) for piece in pieces[:-1]) + pieces[-1]

    return _some(lines, rng, 0.5, change)


def repeat_lines(lines: list[str], rng: random.Random) -> list[str]:
    """Lines stand twice."""
    return [line for line in lines for _ in range(2 if line.strip() and rng.random() < 0.03 else 1)]


def lose_lines(lines: list[str], rng: random.Random) -> list[str]:
    """Lines that hold no value of a row (titles of sections, headers) are gone, or any short ones."""
    return [line for line in lines if not (0 < len(line.strip()) < 14 and rng.random() < 0.1)]


def strangers(lines: list[str], rng: random.Random) -> list[str]:
    """Lines that belong to no form stand between those that do."""
    odd = (
        "（续上表）",
        "审核：张三　　复核：李四",
        "注：本表一式两份",
        "打印日期 2024-02-18",
        "— 3 —",
        "小计",
        "合  计",
    )
    found = []
    for line in lines:
        found.append(line)
        if rng.random() < 0.04:
            found.append(rng.choice(odd))
    return found


Mangle = Callable[[list[str], random.Random], list[str]]
MANGLES: Final[dict[str, Mangle]] = {
    "swap-lines": swap_lines,
    "break-lines": break_lines,
    "join-lines": join_lines,
    "lose-separators": lose_separators,
    "drift": drift,
    "drop-blanks": drop_blanks,
    "uneven": uneven,
    "repeat-lines": repeat_lines,
    "lose-lines": lose_lines,
    "strangers": strangers,
}
# How many of them befall a text: most texts that people have are sound.
COUNTS: Final = (0, 0, 0, 0, 1, 1, 2, 3)


def drawn(seed: int, families: Sequence[str] = tuple(SHARES), mangles: Sequence[str] = tuple(MANGLES)) -> Heavy | None:
    """The form of a seed; None for the few that cannot be written so."""
    rng = random.Random(f"heavy {seed}")
    family = rng.choices(list(SHARES), list(SHARES.values()))[0]
    if family not in families:
        return None
    most = rng.choice((0, 1, 2, 2, 3, 5))
    if family in FILES:
        table, record = _county_form(rng.choice(sorted(set(DESIGNS) - LACKING)), rng)
        return Heavy(FORMATS[family](boxed(padded(_damaged(table, rng, most)))), [record], family, ())
    text, records = TEXTS[family](rng, most)
    if not records:
        return None
    chosen = rng.sample(list(MANGLES), rng.choice(COUNTS))
    if not set(chosen) <= set(mangles):
        return None
    lines = text.split("\n")
    for name in chosen:
        lines = MANGLES[name](lines, rng)
    return Heavy("\n".join(lines).encode("utf-8", "replace"), records, family, tuple(chosen))
