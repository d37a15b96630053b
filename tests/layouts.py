"""A small printer of page layouts, and the rows that a reading of them should give.

It draws boxes on a grid as page tools do: columns by position, texts broken at their column's width, every cell at the
top, the middle or the bottom of its rows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from extract.model import Cell, Finding, Row

CLOSING = "，。、；：！？）》”"
OPENING = "（《“"


class Line(NamedTuple):
    """One indicator."""

    level1: str
    level2: str
    name: str
    operator: str
    value: str
    unit: str
    weight: str


@dataclass(frozen=True)
class Content:
    """What is printed."""

    indicators: tuple[Line, ...]
    tasks: tuple[tuple[str, str], ...] = ()
    goals: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class Style:
    """How it is printed. ``vertical``: floor, ceil, top or bottom. ``grows``: which of a span's rows gets the lines that
    its label needs more than they have: last, first or each. ``narrow``: “ ” ≥ and the like take one place."""

    vertical: str = "floor"
    grows: str = "last"
    label: int = 10
    level1: int = 14
    level2: int = 14
    name: int = 36
    tail: int = 12
    task: int = 36
    content: int = 50
    goal: int = 90
    amount: int = 14
    gap: int = 2
    root: str = "部门整体绩效情况"
    head: str = "portal"
    align: str = "left"
    wrap: str = "char"
    narrow: bool = False
    count: bool = False
    spaced: bool = False
    indent: int = 0
    section: bool = True
    weights: bool = True
    order: tuple[str, ...] = ("operator", "value", "unit", "weight")
    words: dict[str, str] = field(default_factory=dict)
    page: int = 0
    page_numbers: bool = True
    form_feeds: bool = False


HEAD = {
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "三级指标",
    "operator": "绩效指标性质",
    "value": "绩效指标值",
    "unit": "绩效度量单位",
    "weight": "权重",
}
TITLE = "部门（单位）整体支出绩效目标批复表"
NARROW = set("“”≥≤—…·×①②③‰℃°±")


def char_width(char: str, style: Style) -> int:
    if style.count or char < "\x80":
        return 1
    return 1 if style.narrow and char in NARROW else 2


def measure(text: str, style: Style) -> int:
    return sum(char_width(c, style) for c in text)


def units(text: str, width: int, style: Style) -> list[str]:
    """What a tool does not part: characters, or (``kinsoku``) ASCII words and characters with their punctuation."""
    if style.wrap != "kinsoku":
        return list(text)
    found: list[str] = []
    for char in text:
        last = found[-1] if found else ""
        word = bool(last) and char.isascii() and last[-1].isascii() and measure(last + char, style) <= width
        if last and (char in CLOSING or last[-1] in OPENING or word):
            found[-1] += char
        else:
            found.append(char)
    return found


def pieces_of(unit: str, width: int, style: Style) -> list[str]:
    """A unit cut where it is too wide for a line."""
    found = []
    while measure(unit, style) > width:
        cut = next(i for i in range(len(unit), 0, -1) if measure(unit[:i], style) <= width)
        found.append(unit[:cut])
        unit = unit[cut:]
    return [*found, unit]


def wrap(text: str, width: int, style: Style) -> list[str]:
    """Lines no wider than ``width``: broken anywhere, or (``kinsoku``) never before closing punctuation, behind opening
    punctuation or within an ASCII word that fits on a line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for unit in units(paragraph, width, style):
            if line and measure(line + unit, style) > width:
                lines.append(line)
                line = ""
            *full, rest = pieces_of(unit, width, style)
            lines += full
            line += rest
        lines.append(line)
    return lines


class Box(NamedTuple):
    row: int
    row_end: int
    col: int
    col_end: int
    text: str


def is_told(text: str, width: int, style: Style) -> bool:
    """Whether a page shows where a text ends: its last line has room for more."""
    return measure(wrap(text, width, style)[-1], style) < width - 1


def tells_all(content: Content, style: Style) -> bool:
    """Whether every text of a form shows where it ends."""
    return (
        all(is_told(row.name, style.name, style) for row in content.indicators)
        and all(is_told(n, style.task, style) and is_told(c, style.content, style) for n, c in content.tasks)
        and all(is_told(goal, style.goal, style) for goal in content.goals)
    )


def draw(
    boxes: Sequence[Box], count: int, widths: Sequence[int], style: Style, aligns: Sequence[str] = ()
) -> list[str]:
    xs = [style.indent]
    for width in widths:
        xs.append(xs[-1] + width + style.gap)
    texts = {b: wrap(b.text, xs[b.col_end] - xs[b.col] - style.gap, style) for b in boxes if b.text}
    gap = 1 if style.spaced else 0
    tops = [0]
    for height in heights(texts, count, gap, style):
        tops.append(tops[-1] + height + gap)
    canvas: list[list[tuple[int, str]]] = [[] for _ in range(tops[-1])]
    for box, pieces in texts.items():
        spare = tops[box.row_end] - gap - tops[box.row] - len(pieces)
        offset = {"floor": spare // 2, "ceil": (spare + 1) // 2, "top": 0, "bottom": spare}[style.vertical]
        align = aligns[box.col] if aligns else "left"
        room = xs[box.col_end] - xs[box.col] - style.gap
        for at, piece in enumerate(pieces):
            spare = room - measure(piece, style)
            left = xs[box.col] + {"left": 0, "centre": spare // 2, "right": spare}[align]
            canvas[tops[box.row] + offset + at].append((left, piece))
    return [compose(cells, style) for cells in canvas]


def heights(texts: Mapping[Box, Sequence[str]], count: int, gap: int, style: Style) -> list[int]:
    """How many lines each row has: those of its own cells first, then those that spans need more."""
    found = [1] * count
    for box in sorted(texts, key=lambda b: b.row_end - b.row):
        rows = box.row_end - box.row
        missing = len(texts[box]) - sum(found[box.row : box.row_end]) - gap * (rows - 1)
        for i in range(missing):
            found[{"each": box.row + i % rows, "first": box.row, "last": box.row_end - 1}[style.grows]] += 1
    return found


def compose(cells: Sequence[tuple[int, str]], style: Style) -> str:
    line = ""
    for left, piece in sorted(cells):
        line += " " * max(left - measure(line, style), 1 if line else 0) + piece
    return line.rstrip()


def runs(rows: Sequence[Line], level: int) -> list[tuple[int, int]]:
    starts = [i for i, row in enumerate(rows) if i == 0 or row[:level] != rows[i - 1][:level]]
    return list(zip(starts, [*starts[1:], len(rows)], strict=True))


def indicator_lines(content: Content, style: Style) -> tuple[list[str], list[str]]:
    """Header and body."""
    keys = [k for k in style.order if k != "weight" or style.weights]
    root = 1 if style.root else 0
    widths = ([style.label] if root else []) + [style.level1, style.level2, style.name] + [style.tail] * len(keys)
    aligns = ["left"] * (3 + root) + [style.align] * len(keys)
    rows = content.indicators
    heads = []
    for at, key in enumerate(["level1", "level2", "name", *keys]):
        col = at + root - (1 if root and style.head == "portal" and at < 2 else 0)
        heads.append(Box(0, 1, col, at + root + 1 if at > 1 else col + 1, (HEAD | style.words)[key]))
    boxes = [Box(0, len(rows), 0, 1, style.root)] if root else []
    boxes += [Box(a, b, root, root + 1, rows[a].level1) for a, b in runs(rows, 1)]
    boxes += [Box(a, b, root + 1, root + 2, rows[a].level2) for a, b in runs(rows, 2)]
    for i, row in enumerate(rows):
        boxes.append(Box(i, i + 1, root + 2, root + 3, row.name))
        boxes += [Box(i, i + 1, root + 3 + at, root + 4 + at, getattr(row, key)) for at, key in enumerate(keys)]
    head = draw(heads, 1, widths, replace(style, spaced=False), aligns)
    return head, draw(boxes, len(rows), widths, style, aligns)


def funding_lines(content: Content, style: Style) -> list[str]:
    boxes = [
        Box(0, 3, 0, 1, "总体资金情况（元）"),
        Box(0, 2, 1, 2, "预算支出总额"),
        Box(0, 1, 2, 6, "基本支出"),
        Box(0, 1, 6, 10, "项目支出"),
    ]
    for at, word in enumerate(["合计", "财政拨款", "专户资金", "单位资金"] * 2):
        boxes.append(Box(1, 2, 2 + at, 3 + at, word))
    boxes += [Box(2, 3, 1 + at, 2 + at, amount) for at, amount in enumerate(content.amounts)]
    return draw(boxes, 3, [style.label] + [style.amount] * 9, replace(style, spaced=False))


def print_form(content: Content, style: Style) -> list[str]:
    flat = replace(style, spaced=False)
    lines = [TITLE, "", "预算年度:2025", "", "预算（单位）名称：252-开江县民政局部门", ""]
    if content.amounts:
        lines += funding_lines(content, style)
    if content.goals:
        boxes = [Box(0, 1, 0, 1, "整体绩效目标"), Box(0, 1, 1, 2, "\n".join(content.goals))]
        lines += draw(boxes, 1, [style.label, style.goal], flat)
    if content.tasks:
        table = [("任务名称", "主要内容"), *content.tasks]
        boxes = [Box(0, len(table), 0, 1, "年度主要任务")]
        for at, (name, text) in enumerate(table):
            boxes += [Box(at, at + 1, 1, 2, name), Box(at, at + 1, 2, 3, text)]
        lines += draw(boxes, len(table), [style.label, style.task, style.content], flat)
    if style.section:
        lines.append(" " * style.indent + "年度绩效指标")
    head, body = indicator_lines(content, style)
    lines += head
    if style.page:
        paged: list[str] = []
        for at, line in enumerate(body):
            if at and at % style.page == 0:
                number = f"第 {at // style.page} 页"
                paged += ["", number, ""] if style.page_numbers else []
                paged += [("\f" if style.form_feeds else "") + TITLE, *head]
            paged.append(line)
        body = paged
    lines += body
    lines += draw([Box(0, 1, 0, 1, "其他说明"), Box(0, 1, 1, 2, content.notes)], 1, [style.label, style.goal], flat)
    return lines


class Read(NamedTuple):
    """What a reading says, and for each indicator and task the fields that it doubts."""

    content: Content
    doubts: list[set[str]]
    other_doubts: set[str]


def read_back(rows: Sequence[Row], doubts: Sequence[Finding], style: Style) -> Read:
    """The content of logical rows; columns are found by the header row."""
    name = (HEAD | style.words)["name"]
    head = next(i for i, row in enumerate(rows) if any(c.text == name for c in row.cells))
    col = next(c.col for c in rows[head].cells if c.text == name)
    indicators, cells, notes = read_indicators(rows[head + 1 :], col, style)
    tasks, goals, amounts = read_parts(rows[:head])
    fields: list[set[str]] = [set() for _ in cells]
    others = set()
    for doubt in doubts:
        hit = [i for i, cell in enumerate(cells) if doubt.table == "indicators" and cell == doubt.place]
        for i in hit:
            fields[i].add(doubt.field or "")
        if doubt.field is None:
            for own in fields if doubt.table == "indicators" else ():
                own.update(Line._fields)
        if not hit or doubt.field == "name":
            others.add(str(doubt.table or ""))
    return Read(Content(tuple(indicators), tuple(tasks), tuple(goals), tuple(amounts), notes), fields, others)


def read_indicators(rows: Sequence[Row], col: int, style: Style) -> tuple[list[Line], list[Cell | None], str]:
    """Indicators, the cells of their names (in column ``col``), and the notes."""
    keys = [k for k in style.order if k != "weight" or style.weights]
    indicators: list[Line] = []
    cells: list[Cell | None] = []
    level1 = level2 = ""
    for row in rows:
        texts = {c.col: c.text for c in row.cells}
        if row.cells[0].text == "其他说明":
            return indicators, cells, texts.get(1, "")
        if col - 2 in texts:
            level1, level2 = texts[col - 2], ""
        level2 = texts.get(col - 1, level2)
        tail = {key: texts.get(col + 1 + at, "") for at, key in enumerate(keys)}
        values = [tail.get(key, "") for key in ("operator", "value", "unit", "weight")]
        indicators.append(Line(level1, level2, texts.get(col, ""), *values))
        cells.append(next((c for c in row.cells if c.col == col), None))
    return indicators, cells, ""


def read_parts(rows: Sequence[Row]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Tasks, goals and amounts."""
    tasks: list[tuple[str, str]] = []
    goals: list[str] = []
    amounts: list[str] = []
    where = ""
    labels = {"总体资金情况（元）": "funding", "整体绩效目标": "goals", "年度主要任务": "tasks", "年度绩效指标": "end"}
    for row in rows:
        where = labels.get(row.cells[0].text, where)
        texts = {c.col: c.text for c in row.cells}
        if where == "funding" and row.cells[0].text[0].isdigit():
            amounts = [texts.get(i, "") for i in range(1, 10)]
        elif where == "goals":
            goals.append(texts[1])
        elif where == "tasks" and texts.get(1) != "任务名称":
            tasks.append((texts.get(1, ""), texts.get(2, "")))
    return tasks, goals, amounts


def faults(content: Content, read: Read) -> tuple[list[str], list[str]]:
    """What differs without a doubt on it, and what differs with one."""
    silent: list[str] = []
    doubted: list[str] = []
    got = read.content
    for part in ("tasks", "goals", "amounts", "notes"):
        want_part, got_part = getattr(content, part), getattr(got, part)
        if want_part != got_part:
            (doubted if part in read.other_doubts else silent).append(f"{part}: {want_part} != {got_part}")
    if len(content.indicators) != len(got.indicators):
        (doubted if "indicators" in read.other_doubts else silent).append(
            f"rows: {len(content.indicators)} != {len(got.indicators)}"
        )
        return silent, doubted
    for want, have, doubts in zip(content.indicators, got.indicators, read.doubts, strict=True):
        for key, a, b in zip(Line._fields, want, have, strict=True):
            if a != b:
                (doubted if key in doubts else silent).append(f"{key} of {want.name}: {a} != {b}")
    return silent, doubted


TREE = {
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象满意度指标",),
}
SYLLABLES = (
    "推进社区矫正对象管理水库除险加固工作实施人口抽样调查规范有序开展防汛抗旱应急演练强化监督责任体系建设保障民生"
)
SPICE = ("“双减”", "，", "、", "（区）", "12", "2025年", "APP", "《预算法》", "“互联网+”", "；")


def some_text(rng: random.Random, longest: int) -> str:
    """Text of a random length, with punctuation, quotes, digits and ASCII words in it."""
    text = rng.choice(SYLLABLES)
    for _ in range(rng.randint(3, longest)):
        text += rng.choice(SPICE) if rng.random() < 0.08 and text[-1] not in "，、；" else rng.choice(SYLLABLES)
    return text.rstrip("，、；") + rng.choice(("率", "数量", "次数", "情况", "水平", "满意度", "及时率"))


def some_content(rng: random.Random) -> Content:
    """A random form."""
    rows = []
    for level1, seconds in TREE.items():
        chosen = [s for s in seconds if rng.random() < 0.75] or [rng.choice(seconds)]
        for level2 in chosen:
            for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4, 6))):
                scale = rng.random() < 0.2
                rows.append(
                    Line(
                        level1,
                        level2,
                        some_text(rng, rng.choice((8, 12, 40, 60))),
                        "定性" if scale else rng.choice("≥≤="),
                        rng.choice(("优良差", "好坏", "有所提升")) if scale else str(rng.choice((1, 25, 98.5, 12000))),
                        "" if scale else rng.choice(("%", "个", "人次", "万元", "公里")),
                        str(rng.randint(1, 12)),
                    )
                )
    tasks = tuple(
        (some_text(rng, rng.choice((8, 14, 30))), some_text(rng, 60) + rng.choice(("", "。")))
        for _ in range(rng.randint(1, 8))
    )
    goals = tuple(f"{n}是" + some_text(rng, 120) + "。" for n in "一二三四五"[: rng.randint(1, 5)])
    amounts = tuple(
        rng.choice(("", "9866100.00", "34794407.79", "111320.00")) if i else "47342307.79" for i in range(9)
    )
    return Content(
        tuple(rows), tasks, goals, amounts, rng.choice(("", "无", "本表由县财政局批复。", some_text(rng, 150) + "。"))
    )


def some_style(rng: random.Random) -> Style:
    """A random way to print."""
    order = ["operator", "value", "unit", "weight"]
    if rng.random() < 0.2:
        rng.shuffle(order)
    return Style(
        vertical=rng.choice(("floor", "floor", "ceil", "top", "bottom")),
        grows=rng.choice(("last", "last", "first", "each")),
        label=rng.choice((8, 10, 12, 16)),
        level1=rng.choice((6, 8, 10, 12, 14)),
        level2=rng.choice((8, 10, 12, 14, 16, 20)),
        name=rng.choice((20, 24, 28, 30, 36, 41, 46)),
        tail=rng.choice((8, 10, 12, 14)),
        task=rng.choice((16, 24, 36)),
        content=rng.choice((38, 50, 61)),
        goal=rng.choice((70, 90, 110)),
        amount=rng.choice((10, 14, 16)),
        gap=rng.choice((1, 2, 2, 3, 4)),
        root=rng.choice(("部门整体绩效情况", "绩效指标", "")),
        head=rng.choice(("portal", "own")),
        align=rng.choice(("left", "left", "centre", "right")),
        wrap=rng.choice(("char", "char", "kinsoku")),
        narrow=rng.random() < 0.15,
        spaced=rng.random() < 0.1,
        indent=rng.choice((0, 0, 0, 3, 8)),
        section=rng.random() < 0.8,
        weights=rng.random() < 0.9,
        order=tuple(order),
        page=rng.choice((0, 0, 0, 7, 20, 30)),
        page_numbers=rng.random() < 0.6,
        form_feeds=rng.random() < 0.5,
    )
