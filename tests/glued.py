"""Writes forms whose cells ran together: whole in one line, a row a line, with blanks, with some boundaries only.

``python -m tests.glued`` writes the samples of these shapes and their known answers, from fixed seeds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from tests.forms.dump import funding_ways, to_number
from tests.forms.make import carried_out_by, in_wan_yuan, make_amount, make_form
from tests.forms.sheet import label_starts, plain_amount, sheet_of
from tests.forms.truth import Json, Limits, TrueForm, TrueIndicator, gold

Table = list[list[str]]

TESTS: Final = Path(__file__).parent
SAMPLES: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "glued.jsonl"

# Grades that are known as such; others can only be told by a column of operators.
PLAIN_GRADES: Final = ("优良中差", "优良差", "明显提升", "显著提升", "持续改善", "效果明显", "有效保障", "健全", "长期")
# What names end with.
NAME_ENDS: Final = ("率", "度", "量", "情况", "程度", "制度", "条件")
DONE_WORDS: Final = ("达成年度指标", "达成预期指标", "已完成")
WORDS: Final = {
    "level1": ("一级指标",),
    "level2": ("二级指标",),
    "name": ("三级指标", "三级指标名称", "指标名称"),
    "operator": ("绩效指标性质", "指标性质", "计算符号"),
    "value": ("绩效指标值", "指标值", "年度指标值", "目标值"),
    "target": ("年度指标值", "指标值", "指标值(包含数字及文字描述)", "当年预期实现值"),
    "unit": ("绩效度量单位", "度量单位", "计量单位"),
    "weight": ("权重", "分值", "指标权重"),
    "achieved": ("实际完成值", "全年实际值", "完成值"),
    "score": ("得分", "自评得分"),
    "reason": ("偏差原因分析及改进措施", "未完成原因及拟采取的改进措施"),
}
# The orders of columns; ``target`` holds operator, value and unit in one cell.
ORDERS: Final = {
    "portal": ("level1", "level2", "name", "operator", "value", "unit", "weight"),
    "weight-first": ("level1", "level2", "name", "weight", "operator", "value", "unit"),
    "target": ("level1", "level2", "name", "target"),
    "weighted": ("level1", "level2", "name", "target", "weight"),
    "selfeval": ("level1", "level2", "name", "weight", "target", "achieved", "score", "reason"),
    "selfeval-late": ("level1", "level2", "name", "target", "achieved", "weight", "score", "reason"),
    "selfeval-portal": ("level1", "level2", "name", "operator", "value", "unit", "achieved", "weight", "score"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one part of a form; ``kind`` names it."""

    kind: str
    rows: Table


def tame(form: TrueForm) -> TrueForm:
    """The form with grades that are known, so that its values can be told without a column of operators."""

    def change(at: int, row: TrueIndicator) -> TrueIndicator:
        if row.operator != "定性" or row.value[:2] in ("19", "20"):
            return row
        return replace(row, value=PLAIN_GRADES[at % len(PLAIN_GRADES)])

    return replace(form, indicators=tuple(change(at, row) for at, row in enumerate(form.indicators)))


def aim(row: TrueIndicator, rng: random.Random) -> str:
    """Operator, value and unit as one cell."""
    if row.operator == "定性":
        return row.value
    sign = "" if row.operator == "=" and rng.random() < 0.7 else row.operator
    return f"{sign}{row.value}{row.unit}"


def reached(row: TrueIndicator, target: str, rng: random.Random) -> str:
    """What a self-evaluation says of a target."""
    if row.operator == "定性":
        return rng.choice((row.value, rng.choice(DONE_WORDS)))
    return rng.choice((target, f"{row.value}{row.unit}"))


# Sources that a form has in rows of their own.
VERTICAL: Final = frozenset({"carry_over", "central", "provincial", "county"})


def indicator_rows(form: TrueForm, order: Sequence[str], rng: random.Random, *, scores: bool, repeat: bool) -> Table:
    """The rows of the table; a level's label stands where it begins, with the sum of its weights where wanted."""
    sums: dict[str, Decimal] = {}
    for row in form.indicators:
        sums[row.level1] = sums.get(row.level1, Decimal(0)) + Decimal(row.weight)
    rows = []
    starts = label_starts(sheet_of(form).rows)
    for row, (_, first, second) in zip(form.indicators, starts, strict=True):
        target = aim(row, rng)
        score = row.weight if rng.random() < 0.8 else str(int(Decimal(row.weight)))
        cells = {
            "level1": (row.level1 + (f"({sums[row.level1]}分)" if scores else "")) if first or repeat else "",
            "level2": row.level2 if second or repeat else "",
            "target": target,
            "achieved": reached(row, target, rng),
            "score": score,
            "reason": "",
        }
        rows.append([cells[key] if key in cells else str(getattr(row, key)) for key in order])
    return rows


def with_parts(form: TrueForm, rng: random.Random) -> TrueForm:
    """The project form with the levels of government that its fiscal money comes from."""
    parts = [make_amount(rng) if rng.random() < 0.7 else None for _ in range(3)]
    if not any(parts):
        parts[0] = make_amount(rng)
    fiscal = sum((part for part in parts if part is not None), Decimal(0))
    other = make_amount(rng) if rng.random() < 0.5 else None
    names = ("total", "fiscal", "central", "provincial", "county", "other")
    return replace(
        form,
        columns=tuple(("project", name) for name in names),
        funding=(fiscal + (other or 0), fiscal, *parts, other),
    )


def vertical_money(form: TrueForm, rng: random.Random, *, evaluated: bool, measured: bool = False) -> Table:
    """The funding of the ministry's project forms: a row a source, in a self-evaluation with what was spent.

    ``measured``: each amount has its unit behind it.
    """
    label = "项目资金" if measured else f"项目资金({form.amount_unit})"
    words = {
        "central": "中央资金",
        "provincial": "省级资金",
        "county": "县级资金",
        "total": "年度资金总额:",
        "fiscal": rng.choice(("其中:本年财政拨款", "其中:财政拨款")),
        "carry_over": "上年结转资金",
    }
    rows: Table = [[label, "全年预算数(A)", "全年执行数(B)", "分值", "执行率(B/A)", "得分"]] if evaluated else [[label]]
    for (_, source), amount in zip(form.columns, form.funding, strict=True):
        word = words.get(source, "其他资金")
        stated = plain_amount(amount, form.amount_unit)
        if stated and measured:
            stated += form.amount_unit
        if not evaluated or not stated:
            rows.append([word, stated])
            continue
        extra = ["10", "100.00%", "10"] if source == "total" else []
        rows.append([word, stated, stated, *extra])
    return rows


def horizontal_money(form: TrueForm, rng: random.Random) -> Table:
    sheet = sheet_of(form)
    if form.kind == "project":
        return [[sheet.funding_label], list(sheet.source_names), list(sheet.amounts)]
    return [
        [sheet.funding_label, "预算支出总额", "基本支出", "项目支出"],
        [name for (c, _), name in zip(sheet.columns, sheet.source_names, strict=True) if c != "total"],
        list(sheet.amounts),
    ]


def parts_of(form: TrueForm, order: str, rng: random.Random, *, measured: bool = False) -> list[Part]:
    """The rows of a form by part."""
    evaluated = order.startswith("selfeval")
    sheet = sheet_of(form)
    project = form.kind == "project"
    title = form.title.replace("批复表", "自评表") if evaluated else form.title
    unit = f"{form.unit_code}-{form.unit_name}" if form.unit_code else form.unit_name
    head: Table = [[f"{title}({form.year}年度)"]]
    if project:
        code = f"{form.project_code}-" if form.project_code else ""
        head.append(["项目名称", code + (form.project_name or "")])
    if form.supervising_unit:
        head.append(["主管部门", form.supervising_unit, "实施单位", unit])
    else:
        head.append(["预算单位", unit])
    vertical = evaluated or measured or any(source in VERTICAL for _, source in form.columns)
    money = (
        vertical_money(form, rng, evaluated=evaluated, measured=measured) if vertical else horizontal_money(form, rng)
    )
    goals = [[sheet.goals_label, *(["预期目标"] if evaluated else []), "".join(form.goals)]]
    scores = rng.random() < 0.4
    parts = [Part("head", head), Part("money", money), Part("goals", goals)]
    if not project:
        parts.append(Part("tasks", [[sheet.tasks_label, *sheet.task_head], *([t.name, t.content] for t in form.tasks)]))
    columns = ORDERS[order]
    words = [rng.choice(WORDS[key]) for key in columns]
    parts += [
        Part("label", [[rng.choice(("绩效指标", "年度绩效指标"))]]),
        Part("header", [words]),
        Part("indicators", indicator_rows(form, columns, rng, scores=scores, repeat=rng.random() < 0.3)),
    ]
    if form.notes:
        parts.append(Part("notes", [["其他说明", form.notes]]))
    return parts


# ---- ways to write


def write_whole(parts: Sequence[Part], rng: random.Random) -> str:
    """All in one line."""
    return "".join(cell for part in parts for row in part.rows for cell in row)


def write_rows(parts: Sequence[Part], rng: random.Random) -> str:
    """A row a line."""
    return "".join("".join(row) + "\n" for part in parts for row in part.rows)


def write_table(parts: Sequence[Part], rng: random.Random) -> str:
    """The head a row a line, with blanks between its cells; the table in one line."""
    lines = []
    for part in parts:
        if part.kind in ("header", "indicators"):
            text = "".join("".join(row) for row in part.rows)
            lines.append(("" if part.kind == "header" else "\0") + text)
        else:
            lines += ["  ".join(cell for cell in row if cell) for row in part.rows]
    return "\n".join(lines).replace("\n\0", "") + "\n"


def write_some(parts: Sequence[Part], rng: random.Random) -> str:
    """A row a line; some boundaries between cells have a blank, others nothing."""
    lines = []
    for part in parts:
        for row in part.rows:
            cells = [cell for cell in row if cell]
            glued = part.kind == "header"
            lines.append("".join(c + (" " if not glued and rng.random() < 0.5 else "") for c in cells).rstrip())
    return "\n".join(lines) + "\n"


def write_blanks(parts: Sequence[Part], rng: random.Random) -> str:
    """All in one line, a blank between the cells."""
    return " ".join(cell for part in parts for row in part.rows for cell in row if cell)


Writer = Callable[[Sequence[Part], random.Random], str]
Damage = Callable[[Table], Table]
WRITERS: Final[dict[str, Writer]] = {
    "glued-whole": write_whole,
    "glued-rows": write_rows,
    "glued-table": write_table,
    "glued-some": write_some,
    "blanks-line": write_blanks,
}


def kept(rows: Table) -> Table:
    """The rows as they are."""
    return rows


def with_carry_over(form: TrueForm) -> TrueForm:
    """The project form with money left from the year before among its sources."""
    names = {"special_account": "carry_over", "unit_fund": "other"}
    return replace(form, columns=tuple((c, names.get(s, s)) for c, s in form.columns))


def answers(form: TrueForm, order: str, seed_goals: str) -> Json:
    """What a reader should make of the form, as far as its text tells."""
    record = gold(form)
    record["title"] = form.title.replace("批复表", "自评表") if order.startswith("selfeval") else form.title
    record["goals"] = [seed_goals]
    for row in record["indicators"]:
        row.pop("truncated", None)
        if "weight" not in ORDERS[order]:
            row["weight"] = None
    for task in record["tasks"]:
        for key in ("truncated", "recoverable", "full"):
            task.pop(key, None)
    return record


def project_money(form: TrueForm, rng: random.Random, money: str, *, evaluated: bool) -> TrueForm:
    """The project form with its money as it is wanted."""
    if rng.random() < 0.7:
        form = carried_out_by(form, rng)
    if money == "parts":
        form = with_parts(form, rng)
    elif evaluated or money == "units" or rng.random() < 0.5:
        form = with_carry_over(form)
    return in_wan_yuan(form) if rng.random() < 0.3 or money == "units" else form


def written(seed: int, family: str, order: str, kind: str = "project", money: str = "") -> tuple[str, Json]:
    """A form from a seed in a shape, and what it says. ``money``: see ``shaped``."""
    rng = random.Random(f"{seed} {family} {order} {kind}")
    form = make_form(
        rng, kind=kind, indicators=rng.randint(6, 14), tasks=3, goals=rng.randint(1, 2), limits=Limits(None, None)
    )
    return shaped(form, rng, family, order, money)


def shaped(
    form: TrueForm, rng: random.Random, family: str, order: str, money: str = "", damage: Damage = kept
) -> tuple[str, Json]:
    """A form in a shape, and what it says.

    ``money``: parts for its sources, units for amounts with units behind. ``damage`` changes the rows of each part.
    """
    if "operator" not in ORDERS[order]:
        form = tame(form)
    evaluated = order.startswith("selfeval")
    if form.kind == "project":
        form = project_money(form, rng, money, evaluated=evaluated)
    parts = parts_of(form, order, rng, measured=money == "units")
    text = WRITERS[family]([Part(part.kind, damage(part.rows)) for part in parts], rng)
    record = answers(form, order, "".join(form.goals))
    if form.kind == "department" and family != "glued-table":
        # Names and contents of tasks stand together, and nothing tells where the one ends.
        del record["tasks"]
    if money == "units":
        record["amount_unit"] = None
    elif form.kind == "project" and not evaluated and None in form.funding:
        record |= money_changes(form)
    if is_open(form, order, form.kind, apart=family == "glued-table"):
        record["doubt"] = True
    return text, record


def is_open(form: TrueForm, order: str, kind: str, *, apart: bool) -> bool:
    """Whether a text leaves open how to read it. ``apart``: the cells above the table stand apart."""
    columns = ORDERS[order]
    return (
        # 部门 may belong to the label behind it.
        (form.unit_name.endswith("部门") and not apart)
        or (kind == "department" and (not apart or None in form.funding))
        or (columns[3] == "target" and any(is_bare(row) for row in form.indicators))
        # Where a value ends its row, nothing parts it from the next name.
        or (columns[-1] in ("unit", "target") and any(not row.unit for row in form.indicators))
    )


def is_bare(row: TrueIndicator) -> bool:
    """Whether a value of words follows a name that does not end as names do: nothing tells the one from the other."""
    return row.operator == "定性" and not row.name.endswith(NAME_ENDS) and not row.value[:2].isdigit()


def money_changes(form: TrueForm) -> Json:
    """All ways to read amounts whose blanks are lost, where there are several."""
    sheet = sheet_of(form)
    if any(source in VERTICAL for _, source in form.columns):
        return {}
    ways = funding_ways([amount for amount in sheet.amounts if amount], form.columns, None)
    if len(ways) == 1:
        return {}
    scale = 10000 if form.amount_unit == "万元" else 1
    options = [
        [
            {"category": form.columns[at][0], "source": form.columns[at][1], "amount": str(to_number(text) * scale)}
            for at, text in way
        ]
        for way in ways
    ]
    return {"funding_options": options, "doubt": True}


# The samples: family, order of columns, kind of form, what is special about the money.
CHOSEN: Final = (
    ("glued-whole", "portal", "project", ""),
    ("glued-whole", "selfeval", "project", ""),
    ("glued-whole", "weighted", "project", "parts"),
    ("glued-rows", "portal", "project", ""),
    ("glued-rows", "selfeval-late", "project", ""),
    ("glued-rows", "weighted", "project", "units"),
    ("glued-table", "selfeval-portal", "project", ""),
    ("glued-table", "weight-first", "project", "units"),
    ("glued-some", "weighted", "project", "parts"),
    ("blanks-line", "selfeval", "project", ""),
    ("glued-table", "portal", "department", ""),
    ("blanks-line", "weighted", "project", "parts"),
)


def samples() -> list[tuple[str, str, Json]]:
    """All samples: file, text, record; later seeds are tried until nothing of a form is open to doubt."""
    found = []
    counts: dict[str, int] = {}
    for family, order, kind, money in CHOSEN:
        counts[family] = counts.get(family, 0) + 1
        name = f"{family}-{counts[family]:02}.txt"
        for seed in range(1000, 1200):
            text, record = written(seed, family, order, kind, money)
            if "doubt" not in record:
                break
        found.append((name, text, {"file": name, "family": family, "form_index": 0} | record))
    return found


def main() -> None:
    """Writes the samples and their answers."""
    made = samples()
    for name, text, _ in made:
        (SAMPLES / name).write_bytes(text.encode())
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for _, _, record in sorted(made)]
    GOLD.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
