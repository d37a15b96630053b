"""Puts a form, a layout and damages together: the bytes of a file, and the answers for it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.forms import damage, wrong
from tests.forms.dump import Dump, Line, TabStyle, dump_tabs, without_root
from tests.forms.pages import NotTellableError, PageStyle, dump_page
from tests.forms.sheet import Sheet, sheet_of
from tests.forms.truth import Json, TrueForm, gold

Style = TabStyle | PageStyle

LAYOUTS: Final[dict[str, Style]] = {
    "portal": TabStyle(),
    "shift": TabStyle(drift=True),
    "shift-gaps": TabStyle(drift=True, gaps=True, padded=False),
    "drop-leading": TabStyle(leading="drop"),
    "drop-all": TabStyle(leading="drop", padded=False, empty_lines=False, head="aligned"),
    "packed-funding": TabStyle(funding="packed", padded=False),
    "filled-funding": TabStyle(funding="filled"),
    "funding-lines": TabStyle(funding="lines"),
    "lost-amount-blanks": TabStyle(funding="packed", blank_amounts=False, leading="drop", padded=False),
    "spaces": TabStyle(delimiter="spaces", padded=False),
    "spaces-drop": TabStyle(delimiter="spaces", padded=False, leading="drop", blank_amounts=False),
    "ideographic": TabStyle(delimiter="ideographic", padded=False),
    "mixed": TabStyle(delimiter="mixed"),
    "mixed-shift": TabStyle(delimiter="mixed", drift=True, padded=False),
    "repeat-labels": TabStyle(repeat=True),
    "repeat-no-root": without_root(TabStyle(repeat=True, padded=False, empty_lines=False)),
    "no-root": without_root(TabStyle()),
    "no-root-shift": without_root(TabStyle(drift=True)),
    "page": PageStyle(),
    "page-ceil": PageStyle(rounding=1, name=28, content=44),
    "page-narrow": PageStyle(level=12, name=22, tail=12, amount=14, task=24, content=38, goal=86),
    "page-wide": PageStyle(name=46, content=70, goal=130, amounts_right=True, centre_title=True),
    "page-no-root": PageStyle(root=False, head="own", indent=4, gap=3),
    "page-top": PageStyle(middle=False, head="own"),
    "page-top-no-root": PageStyle(middle=False, root=False, head="own", name=30, amounts_right=True),
}


def is_page(layout: str) -> bool:
    """Whether a layout draws columns by position."""
    return isinstance(LAYOUTS[layout], PageStyle)


def has_tabs(layout: str) -> bool:
    """Whether every cell boundary of a layout is a tab."""
    style = LAYOUTS[layout]
    return isinstance(style, TabStyle) and style.delimiter == "tab"


def fits(name: str, layout: str) -> bool:
    """Whether a damage can be drawn in a layout and still be told."""
    if is_page(layout):
        return name not in damage.NOT_ON_PAGES
    return has_tabs(layout) or name not in damage.NOT_WITH_SPACES


def go_together(names: Sequence[str]) -> bool:
    """Whether damages do not undo one another."""
    return not any(frozenset((a, b)) in damage.CLASHES for a in names for b in names if a != b)


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A written form and its answers."""

    lines: tuple[Line, ...]
    record: Json
    truth: TrueForm
    how: str

    def __repr__(self) -> str:
        return f"<{self.how}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Hypothesis would print every line; the test notes the text itself.
        printer.text(repr(self))

    @property
    def text(self) -> str:
        """The lines, each ended."""
        return "".join(line.text + "\n" for line in self.lines)


def paragraphs_show(sheet: Sheet, style: Style) -> bool:
    """Whether the text tells where a goal paragraph begins: by a tag, or by a count."""
    counted = all(
        re.match(r"(?:[一二三四五六七]是|\d\.|（[一二三四五六七]）)", g) and "\n" not in g for g in sheet.goals
    )
    return counted or (sheet.goal_tags and isinstance(style, TabStyle))


def answers(form: TrueForm, dump: Dump, goals_split: bool) -> Json:
    """The gold record, with what the layout leaves open."""
    record = gold(form) | {"goals_split": goals_split}
    changes = dict(dump.changes)
    for at, rows in changes.pop("level_rows", {}).items():
        for level in ("level1", "level2"):
            names = list(dict.fromkeys(getattr(form.indicators[r], level) for r in rows[level]))
            record["indicators"][at][level] = names[0] if len(names) == 1 else names
    if "funding_options" in changes:
        del record["funding"]
    return record | changes


def write(sheet: Sheet, style: Style, rng: random.Random) -> Dump:
    """The sheet in a layout."""
    return dump_tabs(sheet, rng, style) if isinstance(style, TabStyle) else dump_page(sheet, style)


def build(
    form: TrueForm, layout: str, damages: Sequence[str], rng: random.Random, wronged: str | None = None
) -> Case | None:
    """The form in a layout with damages; None where this form cannot be written so and still be told."""
    flags: list[Json] = []
    sheet_change = None
    if wronged is not None:
        if wronged in wrong.OF_OPERATORS and not damage.HIDES_OPERATORS.isdisjoint(damages):
            return None
        result = wrong.WRONGS[wronged](form, rng)
        if result is None:
            return None
        form, flag, sheet_change = result
        flags.append({"table": flag.table, "rows": list(flag.rows)})
    sheet = sheet_of(form)
    if sheet_change is not None:
        sheet = sheet_change(sheet)
    for name in damages:
        if name in damage.SHEET_DAMAGES:
            sheet = damage.SHEET_DAMAGES[name](sheet, rng)
    try:
        dump = write(sheet, LAYOUTS[layout], rng)
    except NotTellableError:
        return None
    record = answers(form, dump, paragraphs_show(sheet, LAYOUTS[layout]))
    lines = list(dump.lines)
    for name in damages:
        if name in damage.LINE_DAMAGES:
            lines = damage.LINE_DAMAGES[name](lines, rng)
    if flags:
        record |= {"flags": flags, "doubt": True}
    return Case(tuple(lines), record, form, " ".join((layout, *damages, wronged or "")).strip())


def joined(cases: Sequence[Case], between: Sequence[str]) -> tuple[str, list[Json]]:
    """Several forms in one file, with text between them."""
    text = ""
    records = []
    for at, case in enumerate(cases):
        text += case.text
        if at < len(cases) - 1:
            text += "".join(line + "\n" for line in between)
        records.append(case.record | {"form_index": at})
    return text, records
