"""Damages that leave a form sound: other words, other signs, other line ends. A reader should see through all of them.

A damage works on the sheet (words within cells), on the written lines (page breaks, blank lines), or on the text as
bytes (line ends, encodings). Damages that make a form wrong are in ``wrong``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.forms.dump import Line
from tests.forms.sheet import Sheet, SheetRow, map_rows

SheetDamage = Callable[[Sheet, random.Random], Sheet]
LineDamage = Callable[[list[Line], random.Random], list[Line]]

OPERATOR_SPELLINGS: Final = {
    "≥": ("≥", "≧", ">=", "＞=", "》", "大于等于", "不低于", "不少于", "＞＝"),
    "≤": ("≤", "≦", "<=", "＜=", "小于等于", "不超过", "不高于", "＜＝"),
    "=": ("=", "＝", "等于", "═", "﹦"),
    ">": (">", "＞", "大于"),
    "<": ("<", "＜", "小于"),
    "定性": ("定性",),
}
AFTER_VALUE: Final = {"≥": "以上", "≤": "以内"}
ENTITIES: Final = {"≥": "&ge;", "≤": "&le;", ">": "&gt;", "<": "&lt;", "“": "&ldquo;", "”": "&rdquo;", "·": "&middot;"}
FULL_WIDTH: Final = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
INVISIBLE: Final = ("\u200b", "\u200c", "\u200d", "\ufeff", "\u2060")

HEAD_SYNONYMS: Final = {
    "level1": ("一级指标", "一级绩效指标"),
    "level2": ("二级指标", "二级绩效指标"),
    "name": ("三级指标", "三级指标名称", "指标名称", "指标内容"),
    "operator": ("绩效指标性质", "指标性质", "计算符号"),
    "value": ("绩效指标值", "指标值", "目标值", "年度指标值"),
    "unit": ("绩效度量单位", "度量单位", "计量单位"),
    "weight": ("权重", "指标权重", "分值"),
}
YEAR_LINES: Final = ("预算年度：{y}", "预算年度: {y}年", "（{y}年度）", "年度：{y}年", "( {y} 年度 )")
UNIT_LINES: Final = ("预算单位名称：{u}", "预算单位：{u}", "单位名称：{u}", "预算(单位)名称:{u}")
DEPARTMENT_GOALS: Final = ("整体绩效目标", "年度总体目标", "总体绩效目标", "部门整体绩效目标")
PROJECT_GOALS: Final = ("年度总体目标", "年度目标", "项目绩效目标", "总体目标")
FISCAL: Final = ("财政拨款", "财政资金", "财政拨款资金")
UNIT_FUND: Final = ("单位资金", "单位自筹资金", "自有资金")

PAGE_NUMBERS: Final = ("第 {n} 页 共 {m} 页", "第{n}页", "- {n} -", "{n}/{m}", "— {n} —")
BEFORE: Final = (
    "附件{n}",
    "当前位置：首页 > 信息公开 > 财政信息",
    "关于下达部门预算绩效目标的通知",
    "各预算单位：",
    "现将审核通过的绩效目标批复如下，请遵照执行。",
    "发布日期：2024-02-18 浏览次数：37",
    "（盖章有效）",
)
AFTER: Final = (
    "（此件公开发布）",
    "打印本页 关闭窗口",
    "抄送：县审计局。",
    "经办人：林某某 联系电话：0000-000000",
    "上一篇：关于调整办公时间的公告",
    "批复单位：县财政局",
    "批复日期：2024年2月6日",
)

NEWLINES: Final = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030", "utf-16-le-bom", "utf-16-be-bom", "utf-16-le", "utf-16-be")


def encode(text: str, encoding: str, newline: str = "lf") -> bytes:
    """The text as bytes; ``…-bom`` puts the byte order mark before."""
    text = text.replace("\n", NEWLINES[newline])
    if encoding.endswith("-bom"):
        return ("\ufeff" + text).encode(encoding.removesuffix("-bom"))
    return text.encode(encoding)


# --- words within cells ---


def operator_spellings(sheet: Sheet, rng: random.Random) -> Sheet:
    """Operators written as people type them."""
    return map_rows(sheet, lambda r: replace(r, operator=rng.choice(OPERATOR_SPELLINGS.get(r.operator, (r.operator,)))))


def stuck_operators(sheet: Sheet, rng: random.Random) -> Sheet:
    """Operator and value in one cell: ≥95. Words and dates keep theirs apart."""

    def change(row: SheetRow) -> SheetRow:
        if not row.operator or "定" in row.operator or rng.random() < 0.4:
            return row
        return replace(row, operator="", value=row.operator + row.value)

    return map_rows(sheet, change)


def units_in_values(sheet: Sheet, rng: random.Random) -> Sheet:
    """Value and unit in one cell: 3次."""

    def change(row: SheetRow) -> SheetRow:
        if not row.unit or rng.random() < 0.4:
            return row
        return replace(row, value=row.value + row.unit, unit="")

    return map_rows(sheet, change)


def operators_as_words_behind(sheet: Sheet, rng: random.Random) -> Sheet:
    """The operator as a word behind the value: 95%以上, 30天以内."""

    def change(row: SheetRow) -> SheetRow:
        word = AFTER_VALUE.get(row.operator)
        if word is None or rng.random() < 0.4:
            return row
        return replace(row, operator="", value=row.value + row.unit + word, unit="")

    return map_rows(sheet, change)


def full_width_digits(sheet: Sheet, rng: random.Random) -> Sheet:
    """Digits typed with the Chinese keyboard."""

    def change(row: SheetRow) -> SheetRow:
        if row.operator == "定性":
            return row
        value = row.value.translate(FULL_WIDTH) if rng.random() < 0.7 else row.value
        return replace(row, value=value, weight=row.weight.translate(FULL_WIDTH) if rng.random() < 0.5 else row.weight)

    return map_rows(sheet, change)


def entities(sheet: Sheet, rng: random.Random) -> Sheet:
    """Signs as HTML entities, and a <br/> now and then within a text."""

    def text(value: str) -> str:
        return "".join(ENTITIES.get(c, c) for c in value)

    def broken(value: str) -> str:
        if len(value) < 8 or rng.random() < 0.6:
            return text(value)
        at = rng.randint(3, len(value) - 3)
        return text(value[:at]) + rng.choice(("<br/>", "<br>", "<br />")) + text(value[at:])

    changed = map_rows(sheet, lambda r: replace(r, name=broken(r.name), operator=text(r.operator)))
    return replace(
        changed,
        goals=tuple(text(g) for g in sheet.goals),
        tasks=tuple((text(n), broken(c)) for n, c in sheet.tasks),
    )


def non_breaking_spaces(sheet: Sheet, rng: random.Random) -> Sheet:
    """No-break spaces around texts, and alone in blank cells, as copied from a web page."""

    def pad(value: str) -> str:
        if rng.random() < 0.5:
            return value
        return rng.choice(("\u00a0" + value, value + "\u00a0", "\u00a0" + value + "\u00a0\u00a0")) if value else value

    changed = map_rows(
        sheet, lambda r: replace(r, name=pad(r.name), value=pad(r.value), unit=pad(r.unit) if r.unit else "\u00a0")
    )
    return replace(changed, tasks=tuple((pad(n), pad(c)) for n, c in sheet.tasks), notes=pad(sheet.notes))


def zero_width(sheet: Sheet, rng: random.Random) -> Sheet:
    """Characters that show nothing, anywhere within the words."""

    def strew(value: str) -> str:
        if not value or rng.random() < 0.6:
            return value
        at = rng.randint(0, len(value))
        return value[:at] + rng.choice(INVISIBLE) + value[at:]

    changed = map_rows(
        sheet,
        lambda r: replace(
            r, name=strew(r.name), value=strew(r.value), weight=strew(r.weight), operator=strew(r.operator)
        ),
    )
    return replace(
        changed,
        title=strew(sheet.title),
        unit_line=strew(sheet.unit_line),
        goals=tuple(strew(g) for g in sheet.goals),
        tasks=tuple((strew(n), strew(c)) for n, c in sheet.tasks),
        amounts=tuple(strew(a) for a in sheet.amounts),
    )


def points_after_weights(sheet: Sheet, rng: random.Random) -> Sheet:
    """5分 for a weight of 5."""
    return map_rows(sheet, lambda r: replace(r, weight=r.weight + "分" if r.weight else ""))


def _labels_changed(sheet: Sheet, change: Callable[[str], str]) -> Sheet:
    """Every label changed the same way wherever it stands."""
    memory: dict[str, str] = {}

    def once(label: str) -> str:
        if label not in memory:
            memory[label] = change(label)
        return memory[label]

    return map_rows(sheet, lambda r: replace(r, level1=once(r.level1), level2=once(r.level2)))


def bare_labels(sheet: Sheet, rng: random.Random) -> Sheet:
    """产出, 数量: labels without their 指标."""
    return _labels_changed(sheet, lambda label: label.removesuffix("指标"))


def scored_labels(sheet: Sheet, rng: random.Random) -> Sheet:
    """First levels with the score they carry: 产出指标（50分）."""
    scores = iter(rng.sample(("（50分）", "(30分)", "（40 分）", "（10分）", "(20分)", "（60分）"), 6))
    memory: dict[str, str] = {}

    def scored(label: str) -> str:
        if label and label not in memory:
            memory[label] = label + next(scores)
        return memory.get(label, "")

    return map_rows(sheet, lambda r: replace(r, level1=scored(r.level1)))


def spaced_labels(sheet: Sheet, rng: random.Random) -> Sheet:
    """经济效益 指标: a space where the label was broken over two lines."""
    return _labels_changed(sheet, lambda label: label.removesuffix("指标") + " 指标" if len(label) > 4 else label)


def header_synonyms(sheet: Sheet, rng: random.Random) -> Sheet:
    """Other counties' header words and section labels."""
    year = sheet.year_line.partition(":")[2]
    unit = sheet.unit_line.partition("：")[2]
    fiscal, own = rng.choice(FISCAL), rng.choice(UNIT_FUND)
    names = {"财政拨款": fiscal, "单位资金": own}
    return replace(
        sheet,
        year_line=rng.choice(YEAR_LINES).format(y=year),
        unit_line=rng.choice(UNIT_LINES).format(u=unit),
        goals_label=rng.choice(PROJECT_GOALS if sheet.kind == "project" else DEPARTMENT_GOALS),
        source_names=tuple(names.get(n, n) for n in sheet.source_names),
        head=tuple((key, rng.choice(HEAD_SYNONYMS[key])) for key, _ in sheet.head),
    )


def thousands_separators(sheet: Sheet, rng: random.Random) -> Sheet:
    """12,846.72 for 12846.72."""

    def grouped(amount: str) -> str:
        whole, dot, rest = amount.partition(".")
        return f"{int(whole):,}{dot}{rest}" if whole.isdigit() else amount

    return replace(sheet, amounts=tuple(grouped(a) for a in sheet.amounts))


def other_column_order(sheet: Sheet, rng: random.Random) -> Sheet:
    """Unit before operator before value, or the weight before the value."""
    order = rng.choice(
        (
            ("level1", "level2", "name", "unit", "operator", "value", "weight"),
            ("level1", "level2", "name", "weight", "operator", "value", "unit"),
        )
    )
    words = dict(sheet.head)
    return replace(sheet, head=tuple((k, words[k]) for k in order if k in words))


def one_value_column(sheet: Sheet, rng: random.Random) -> Sheet:
    """Operator, value and unit in one column: ≥95%. An equals sign is left out, as most forms do."""

    def merged(row: SheetRow) -> SheetRow:
        # An invisible character may stand within 定性.
        operator = "" if row.operator == "=" or "定" in row.operator else row.operator
        return replace(row, operator="", value=operator + row.value + row.unit, unit="")

    words = dict(sheet.head)
    head = tuple((k, w) for k, w in sheet.head if k not in ("operator", "unit"))
    head = tuple((k, rng.choice(("指标值", "年度指标值")) if k == "value" else words[k]) for k, _ in head)
    return replace(map_rows(sheet, merged), head=head)


def _broken(value: str, rng: random.Random, shortest: int) -> str:
    """A line break within a text, at least two characters from its ends, never beside a digit or a tag's sign."""
    if len(value) < shortest:
        return value
    spots = [i for i in range(3, len(value) - 2) if not (value[i - 1] + value[i]).isascii()]
    if not spots:
        return value
    at = rng.choice(spots)
    return value[:at] + "\n" + value[at:]


def raw_breaks(sheet: Sheet, rng: random.Random) -> Sheet:
    """Line breaks within names, contents and goals."""

    def maybe(value: str, shortest: int) -> str:
        return _broken(value, rng, shortest) if rng.random() < 0.45 else value

    changed = map_rows(sheet, lambda r: replace(r, name=maybe(r.name, 9)))
    return replace(
        changed,
        tasks=tuple((n, maybe(c, 14)) for n, c in sheet.tasks),
        goals=tuple(maybe(g, 30) for g in sheet.goals),
    )


def header_breaks(sheet: Sheet, rng: random.Random) -> Sheet:
    """Header words broken over two lines, as in narrow columns: 绩效指标 / 性质."""
    head = tuple(
        (k, w[: len(w) - 2] + "\n" + w[-2:] if len(w) >= 5 and rng.random() < 0.5 else w) for k, w in sheet.head
    )
    return replace(sheet, head=head)


def untagged_goals(sheet: Sheet, rng: random.Random) -> Sheet:
    """Goals as plain paragraphs, one below the other."""
    return replace(sheet, goal_tags=False)


# --- written lines ---


def _head_for(kind: str, lines: list[Line]) -> list[str]:
    wanted = "head" if kind == "indicator" else "task-head"
    return [line.text for line in lines if line.kind == wanted]


def page_breaks(lines: list[Line], rng: random.Random) -> list[Line]:
    """Pages end between rows: a page number, a form feed, the title and the header again."""
    spots = [
        i
        for i, line in enumerate(lines)
        if i and line.starts and line.kind in ("indicator", "task") and lines[i - 1].kind == line.kind
    ]
    if not spots:
        return lines
    chosen = sorted(rng.sample(spots, min(len(spots), rng.choice((1, 1, 2, 3)))))
    title = next(line.text for line in lines if line.kind == "title")
    number = rng.choice(PAGE_NUMBERS)
    style = rng.choice(("title and head", "title and head", "head", "nothing"))
    result: list[Line] = []
    page = 1
    for i, line in enumerate(lines):
        if i in chosen:
            result.append(Line("page", number.format(n=page, m=len(chosen) + 1)))
            page += 1
            again = ([title] if style == "title and head" else []) + (
                _head_for(line.kind, lines) if style != "nothing" else []
            )
            if again:
                result += [Line("page", ("\f" if at == 0 else "") + text) for at, text in enumerate(again)]
            else:
                result.append(Line("page", "\f"))
        result.append(line)
    return result


def broken_tag(lines: list[Line], rng: random.Random) -> list[Line]:
    """A line break within a <p> of the goals."""
    for i, line in enumerate(lines):
        at = line.text.find("<p>", 1)
        if line.kind == "goals" and at > 0:
            cut = at + rng.choice((1, 2))
            pieces = [Line("goals", line.text[:cut], line.starts), Line("goals", line.text[cut:], False)]
            return [*lines[:i], *pieces, *lines[i + 1 :]]
    return lines


def blank_lines(lines: list[Line], rng: random.Random) -> list[Line]:
    """Empty lines strewn between rows."""
    result: list[Line] = []
    for line in lines:
        if line.starts and rng.random() < 0.2:
            result.append(Line("blank", rng.choice(("", "", "  ", "\t\t"))))
        result.append(line)
    return result


def blanks_at_ends(lines: list[Line], rng: random.Random) -> list[Line]:
    """Blanks left behind at the ends of lines; within a broken cell only spaces, for a tab would end the cell."""
    ends_cell = [*(line.starts for line in lines[1:]), True]
    return [
        replace(line, text=line.text + rng.choice(("", " ", "\t", "  \t") if ends else ("", " ")))
        for line, ends in zip(lines, ends_cell, strict=True)
    ]


def surroundings(lines: list[Line], rng: random.Random) -> list[Line]:
    """Text of the page or the letter that the form stood in."""
    before = rng.sample(BEFORE, rng.randint(1, 4))
    after = rng.sample(AFTER, rng.randint(1, 4))
    return [
        *(Line("before", b.replace("{n}", str(rng.randint(1, 9)))) for b in before),
        Line("blank", ""),
        *lines,
        Line("blank", ""),
        *(Line("after", a) for a in after),
    ]


SHEET_DAMAGES: Final[dict[str, SheetDamage]] = {
    "operator-spellings": operator_spellings,
    "stuck-operators": stuck_operators,
    "units-in-values": units_in_values,
    "operators-behind": operators_as_words_behind,
    "full-width": full_width_digits,
    "entities": entities,
    "no-break-spaces": non_breaking_spaces,
    "zero-width": zero_width,
    "points": points_after_weights,
    "bare-labels": bare_labels,
    "scored-labels": scored_labels,
    "spaced-labels": spaced_labels,
    "header-synonyms": header_synonyms,
    "thousands": thousands_separators,
    "column-order": other_column_order,
    "one-value-column": one_value_column,
    "raw-breaks": raw_breaks,
    "header-breaks": header_breaks,
    "untagged-goals": untagged_goals,
}
LINE_DAMAGES: Final[dict[str, LineDamage]] = {
    "page-breaks": page_breaks,
    "broken-tag": broken_tag,
    "blank-lines": blank_lines,
    "blank-ends": blanks_at_ends,
    "surroundings": surroundings,
}
# What a drawn page cannot show: its columns hold no tabs, and its cells wrap by themselves.
NOT_ON_PAGES: Final = frozenset(
    {
        "raw-breaks",
        "header-breaks",
        "untagged-goals",
        "broken-tag",
        "blank-lines",
        "blank-ends",
        "entities",
        "no-break-spaces",
        "zero-width",
        "spaced-labels",
    }
)
# A space within a label is a delimiter where spaces are.
NOT_WITH_SPACES: Final = frozenset({"no-break-spaces", "spaced-labels", "blank-ends"})
# Where there is no operator of its own, it cannot contradict the value.
HIDES_OPERATORS: Final = frozenset({"one-value-column", "operators-behind"})
# The second undoes or repeats the first.
CLASHES: Final = frozenset(
    frozenset(p)
    for p in (
        ("operator-spellings", "one-value-column"),
        ("stuck-operators", "one-value-column"),
        ("units-in-values", "one-value-column"),
        ("operators-behind", "one-value-column"),
        ("column-order", "one-value-column"),
        ("stuck-operators", "operators-behind"),
        ("units-in-values", "operators-behind"),
        ("bare-labels", "spaced-labels"),
        ("bare-labels", "scored-labels"),
        ("scored-labels", "spaced-labels"),
        ("untagged-goals", "broken-tag"),
        ("entities", "zero-width"),
    )
)
