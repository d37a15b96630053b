"""Forms as tables of boxes that span rows and columns, and as web pages: what the tools are given to print.

Two designs: the portal's own (``portal``), and the ministry's form for a project (``ministry``), where the amounts
stand under one another. ``page`` writes either as HTML; ``filled`` gives the rows as a sheet holds them.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.forms.sheet import Sheet, label_starts
from tests.forms.truth import TrueForm

COLUMNS: Final = 10
HEAD_SPANS: Final = (2, 1, 3, 1, 1, 1, 1)
MINISTRY_SOURCES: Final = {"total": "年度资金总额：", "fiscal": "其中：财政拨款", "other": "其他资金"}


@dataclass(frozen=True, slots=True)
class Box:
    """A cell with its paragraphs, and how many rows and columns it spans."""

    paragraphs: tuple[str, ...]
    rows: int = 1
    columns: int = 1

    @property
    def text(self) -> str:
        """The paragraphs as lines."""
        return "\n".join(self.paragraphs)


Boxes = list[list[Box]]


def _box(text: str | Sequence[str], rows: int = 1, columns: int = 1) -> Box:
    return Box((text,) if isinstance(text, str) else tuple(text), rows, columns)


def _run(sheet: Sheet, at: int, label: int) -> int:
    """How many rows the label that begins in a row holds."""
    starts = label_starts(sheet.rows)
    end = at + 1
    while end < len(starts) and not starts[end][label]:
        end += 1
    return end - at


def _indicator_rows(sheet: Sheet, spans: Sequence[int], *, root: bool) -> Boxes:
    rows: Boxes = []
    for at, (row, starts) in enumerate(zip(sheet.rows, label_starts(sheet.rows), strict=True)):
        labels = (row.root, row.level1, row.level2)
        boxes = [
            _box(labels[k], _run(sheet, at, k), spans[k] if k else 1) for k in range(3) if starts[k] and (k or root)
        ]
        rows.append(
            [*boxes, *(_box(row.get(key), 1, span) for (key, _), span in zip(sheet.head[2:], spans[3:], strict=True))]
        )
    return rows


def portal(sheet: Sheet) -> Boxes:
    """A department's form as the portal lays it out: ten columns, amounts beside one another."""
    basic = sum(category == "basic" for category, _ in sheet.columns)
    sources = sheet.source_names[1:]
    rows: Boxes = [
        [_box(label, 1, 1), *(_box(value, 1, COLUMNS - 1) for value in values)] for label, *values in sheet.facts
    ]
    rows += [
        [
            _box(sheet.funding_label, 3),
            _box(sheet.category("total"), 2),
            _box(sheet.category("basic"), 1, basic),
            _box(sheet.category("project"), 1, len(sources) - basic),
        ],
        [_box(name) for name in sources],
        [_box(amount) for amount in sheet.amounts],
        [_box(sheet.goals_label), _box(sheet.goals, 1, COLUMNS - 1)],
        [_box(sheet.tasks_label, len(sheet.tasks) + 1), _box(sheet.task_head[0], 1, 4), _box(sheet.task_head[1], 1, 5)],
        *([_box(name, 1, 4), _box(content, 1, 5)] for name, content in sheet.tasks),
        [_box(sheet.indicators_label, 1, COLUMNS)],
        [_box(word, 1, span) for (_, word), span in zip(sheet.head, HEAD_SPANS, strict=True)],
        *_indicator_rows(sheet, (1, 1, 1, 3, 1, 1, 1, 1), root=True),
    ]
    return [*rows, [_box(sheet.notes_label), _box(sheet.notes, 1, COLUMNS - 1)]]


def ministry(sheet: Sheet) -> Boxes:
    """A project's form as the ministry prints it: eight columns, amounts under one another, a label down the side."""
    rows: Boxes = []
    for facts in sheet.facts:
        spans = (7,) if len(facts) == 2 else (3, 1, 3)
        rows.append([_box(facts[0]), *(_box(fact, 1, span) for fact, span in zip(facts[1:], spans, strict=True))])
    money = list(zip((source for _, source in sheet.columns), sheet.amounts, strict=True))
    for at, (source, amount) in enumerate(money):
        label = [_box(sheet.funding_label, len(money))] if at == 0 else []
        rows.append([*label, _box(MINISTRY_SOURCES[source], 1, 3), _box(amount, 1, 4)])
    rows.append([_box(sheet.goals_label), _box(sheet.goals, 1, 7)])
    head = [_box(sheet.indicators_label, len(sheet.rows) + 1), *(_box(word) for _, word in sheet.head)]
    return [*rows, head, *_indicator_rows(sheet, (1, 1, 1, 1, 1, 1, 1, 1), root=False)]


def ministry_form(form: TrueForm) -> TrueForm:
    """A project's form with a department above it, its money with the ministry's three sources, and no notes."""
    total, fiscal, second, third = form.funding
    rest = [amount for amount in (second, third) if amount is not None]
    return replace(
        form,
        title=form.title.replace("批复表", "目标表") if "目标批复表" not in form.title else "项目支出绩效目标表",
        columns=(("project", "total"), ("project", "fiscal"), ("project", "other")),
        funding=(total, fiscal, sum(rest[1:], rest[0]) if rest else None),
        notes=None,
    )


def filled(boxes: Boxes) -> list[list[str]]:
    """The table row by row, blank where a box above or to the left spans; all rows are of one length."""
    taken: dict[tuple[int, int], str] = {}
    for r, row in enumerate(boxes):
        c = 0
        for box in row:
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + k): "" for i in range(box.rows) for k in range(box.columns)}
            taken[r, c] = box.text
            c += box.columns
    width = max(c for _, c in taken) + 1
    return [[taken.get((r, c), "") for c in range(width)] for r in range(len(boxes))]


def _tags(paragraphs: Sequence[str]) -> str:
    texts = [html.escape(text, quote=False) for text in paragraphs]
    return texts[0] if len(texts) == 1 else "".join(f"<p>{text}</p>" for text in texts)


def _td(box: Box, inner: Callable[[Sequence[str]], str]) -> str:
    rows = f' rowspan="{box.rows}"' if box.rows > 1 else ""
    columns = f' colspan="{box.columns}"' if box.columns > 1 else ""
    return f"<td{rows}{columns}>{inner(box.paragraphs)}</td>"


def page(sheet: Sheet, boxes: Boxes, *, border: int = 1, spans: bool = True, heading: str = "h1") -> str:
    """A web page with the form under its title; without ``spans`` the places that a box covers are blank cells.

    ``heading``: the tag around the title; with "" the page holds the table alone.
    """
    shown = boxes if spans else [[_box(text.split("\n")) for text in row] for row in filled(boxes)]
    rows = "\n".join(f"<tr>{''.join(_td(box, _tags) for box in row)}</tr>" for row in shown)
    lines = [f"<p>{text}</p>" for text in (sheet.year_line, sheet.unit_line) if text]
    heads = "\n".join([f"<{heading}>{sheet.title}</{heading}>", *lines]) if heading else ""
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{sheet.title}</title></head><body>\n'
        f'{heads}\n<table border="{border}">\n{rows}\n</table>\n</body></html>\n'
    )
