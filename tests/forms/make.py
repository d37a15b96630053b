"""Makes whole, sound forms from a random number generator: the equations hold and the weights add up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tests.forms import words
from tests.forms.truth import (
    DEPARTMENT_COLUMNS,
    PROJECT_COLUMNS,
    SENTENCE_ENDS,
    Limits,
    TrueForm,
    TrueIndicator,
    TrueTask,
    bare,
    display_width,
    is_cut,
)

DEPARTMENT_TITLES: Final = (
    "部门（单位）整体支出绩效目标批复表",
    "部门整体支出绩效目标批复表",
    "单位整体支出绩效目标批复表",
)
PROJECT_TITLES: Final = ("项目支出绩效目标批复表", "部门预算项目支出绩效目标批复表")
COUNTS: Final = ("一", "二", "三", "四", "五", "六", "七")
# A portal that cuts at 97 leaves three places for the dots it then drops: no whole text is of a width in between.
GAP: Final = 3
TREES: Final = (words.TREE_COST_INSIDE, words.TREE_COST_APART)


def split_sum(rng: random.Random, total: int, parts: int) -> list[int]:
    """``parts`` whole numbers of at least 1 that add up to ``total``."""
    marks = sorted(rng.sample(range(1, total), parts - 1))
    return [b - a for a, b in zip([0, *marks], [*marks, total], strict=True)]


def make_weights(rng: random.Random, parts: int, total: int) -> list[str]:
    """Weights that add up to ``total``; now and then some of them with a half."""
    if parts * 2 > total or rng.random() < 0.2:
        halves = split_sum(rng, total * 2, parts)
        return [str(Decimal(h) / 2) for h in halves]
    return [str(w) for w in split_sum(rng, total, parts)]


def make_amount(rng: random.Random) -> Decimal:
    """An amount in yuan: mostly round to a hundred, else to the cent."""
    if rng.random() < 0.6:
        return Decimal(rng.randint(100, 900000) * 100).quantize(Decimal("0.01"))
    return Decimal(rng.randint(10_000_00, 90_000_000_00)) / 100


def make_sources(rng: random.Random) -> tuple[Decimal | None, ...]:
    """A total and its three sources; sources that are nothing are blank or a stated zero."""
    zero = Decimal("0.00")
    how_many = rng.choice((1, 1, 2, 2, 3))
    at = {0, *rng.sample((1, 2), how_many - 1)} if rng.random() < 0.9 else set(rng.sample((0, 1, 2), how_many))
    stated = rng.random() < 0.3
    sources: list[Decimal | None] = [make_amount(rng) if i in at else zero if stated else None for i in range(3)]
    total = sum((s for s in sources if s is not None), zero)
    return (total, *sources)


def make_funding(rng: random.Random, kind: str) -> tuple[Decimal | None, ...]:
    """The amounts of a form, in the order of its columns; every equation holds."""
    if kind == "project":
        return make_sources(rng)
    basic, project = make_sources(rng), make_sources(rng)
    assert basic[0] is not None and project[0] is not None
    return (basic[0] + project[0], *basic, *project)


def make_sentence(rng: random.Random, topic: str, year: int, clauses: int) -> str:
    """One sentence about a topic, of so many clauses after its opening."""
    pieces = rng.sample(words.CLAUSES, clauses)
    return "，".join([rng.choice(words.VERBS) + topic, *(p.replace("{year}", str(year)) for p in pieces)]) + "。"


def sized_sentence(rng: random.Random, topic: str, year: int, limit: int | None, long: bool) -> str:
    """A sentence that is clearly cut at ``limit`` (``long``) or clearly not."""
    edge = 97 if limit is None else limit
    for _ in range(200):
        text = make_sentence(rng, topic, year, rng.randint(2, 7) if long else rng.randint(0, 2))
        width = display_width(text)
        # A text cut at a full stop, or at a point before a mark of points, would not show its end.
        if long and width > edge + GAP and bare(text, edge)[-1] not in SENTENCE_ENDS + ".":
            return text
        if not long and width < edge - 1:
            return text
    return rng.choice(words.VERBS) + topic[:2] + "。"


def make_tasks(rng: random.Random, count: int, year: int, limits: Limits) -> list[TrueTask]:
    """Tasks on different topics; about half of them too long for the portal."""
    topics = rng.sample(words.TOPICS, count)
    tasks = []
    for topic in topics:
        name = rng.choice((topic, rng.choice(words.VERBS) + topic, topic + "项目"))
        content = sized_sentence(rng, topic, year, limits.content, rng.random() < 0.5)
        if not is_cut(content, limits.content) and rng.random() < 0.15:
            content = content.rstrip(SENTENCE_ENDS)
        tasks.append(TrueTask(name, content))
    return tasks


def make_goals(rng: random.Random, count: int, year: int, tasks: Sequence[TrueTask]) -> list[str]:
    """Goal paragraphs; some of them quote a task's content whole, so that a cut one can be recovered from here."""
    quoted = rng.sample(list(tasks), min(len(tasks), rng.randint(0, 2)))
    style = rng.choice(("一是", "1.", "（一）", ""))
    goals = []
    for at in range(count):
        sentences = [make_sentence(rng, rng.choice(words.TOPICS), year, rng.randint(1, 3))]
        if at < len(quoted) and quoted[at].content.endswith("。"):
            sentences.append(quoted[at].content)
        if rng.random() < 0.3:
            sentences.append(make_sentence(rng, rng.choice(words.TOPICS), year, 2))
        head = style.replace("一", COUNTS[at]).replace("1", str(at + 1))
        goals.append(head + "".join(sentences))
    return goals


def make_name(rng: random.Random, level2: str, topic: str, limit: int | None, long: bool) -> str:
    """An indicator's name, clearly longer than the limit if ``long``, else clearly not."""
    template = rng.choice(words.NAME_KINDS[level2].templates)
    name = template.replace("{t}", topic).replace("{v}", rng.choice(words.VERBS))
    edge = 100 if limit is None else limit
    tails = rng.sample(words.NAME_TAILS, len(words.NAME_TAILS))
    while long and display_width(name) <= edge + GAP and tails:
        name += tails.pop()
    if not long and rng.random() < 0.15 and display_width(name + tails[-1]) < edge - 1:
        name += tails[-1]
    if not long and display_width(name) >= edge - 1:
        name = topic
    return name


def make_value(rng: random.Random, level2: str, year: int) -> tuple[str, str, str]:
    """Operator, value and unit that go together."""
    if level2 in words.QUALITATIVE and rng.random() < 0.4:
        return "定性", rng.choice(words.GRADES), ""
    if level2 == "时效指标" and rng.random() < 0.15:
        return "定性", f"{year}年{rng.randint(6, 12)}月底前", ""
    unit = rng.choice(words.NAME_KINDS[level2].units)
    if unit == "%":
        value = rng.choice((str(rng.randint(60, 100)), f"{rng.randint(700, 999) / 10:.1f}"))
    else:
        value = rng.choice((str(rng.randint(1, 60)), str(rng.randint(61, 9800)), f"{rng.randint(10, 990) / 10:.1f}"))
    if unit == "年" and len(value) == 4 and value.isdigit():
        # 2025年 would be a date.
        value = str(int(value) % 100 + 1)
    usual = "≤" if level2 in ("成本指标", "经济成本指标", "社会成本指标", "生态环境成本指标", "时效指标") else "≥"
    return rng.choice((usual, usual, usual, "=", "≥", "≤", ">", "<")), value, unit


def make_indicators(rng: random.Random, count: int, year: int, limits: Limits) -> list[TrueIndicator]:
    """Indicators in the order of the tree, level by level, with different names and weights that add up."""
    tree = rng.choice(TREES)
    places = [(l1, l2) for l1, seconds in tree for l2 in seconds]
    # Output and satisfaction are in every form; the rest as it comes.
    first, last = places[0], places[-1]
    chosen = sorted((first, last, *rng.choices(places, k=count - 2)), key=places.index)
    weights = make_weights(rng, count, rng.choice((90, 100)))
    rows: list[TrueIndicator] = []
    seen: set[str] = set()
    for (level1, level2), weight in zip(chosen, weights, strict=True):
        long = limits.name is not None and rng.random() < 0.08
        name = make_name(rng, level2, rng.choice(words.TOPICS), limits.name, long)
        while bare(name, limits.name) in seen:
            name = make_name(rng, level2, rng.choice(words.TOPICS), limits.name, False)
        seen.add(bare(name, limits.name))
        operator, value, unit = make_value(rng, level2, year)
        rows.append(TrueIndicator(level1, level2, name, operator, value, unit, weight))
    return rows


def make_form(
    rng: random.Random,
    *,
    kind: str = "department",
    indicators: int | None = None,
    tasks: int | None = None,
    goals: int | None = None,
    limits: Limits | None = None,
) -> TrueForm:
    """A sound form; the sizes are drawn where they are not given."""
    limits = limits or Limits()
    year = rng.randint(2019, 2026)
    code = str(rng.randint(101, 989)) + rng.choice(("", "", "001", "002"))
    county, office = rng.choice(words.COUNTIES), rng.choice(words.OFFICES)
    unit_name = county + office + rng.choice(("", "", "部门")) if rng.random() < 0.9 else county + "（本级）" + office
    rows = make_indicators(rng, indicators or rng.randint(4, 26), year, limits)
    if kind == "project":
        todo: list[TrueTask] = []
        topic = rng.choice(words.TOPICS)
        project_code = (
            f"{rng.randint(51, 65)}{rng.randint(1000, 9999)}{rng.choice('TRY')}{rng.randint(10**11, 10**12 - 1):012d}"
        )
        project_name: str | None = topic + rng.choice(("经费", "专项资金", "补助项目"))
        columns: tuple[tuple[str, str], ...] = PROJECT_COLUMNS
        title = rng.choice(PROJECT_TITLES)
    else:
        todo = make_tasks(rng, rng.randint(2, 10) if tasks is None else tasks, year, limits)
        project_code, project_name = "", None
        columns = DEPARTMENT_COLUMNS
        title = rng.choice(DEPARTMENT_TITLES)
    paragraphs = make_goals(rng, rng.randint(1, 5) if goals is None else goals, year, todo)
    return TrueForm(
        kind=kind,
        title=title,
        year=year,
        unit_code=code,
        unit_name=unit_name,
        columns=columns,
        funding=make_funding(rng, kind),
        goals=tuple(paragraphs),
        tasks=tuple(todo),
        indicators=tuple(rows),
        notes=rng.choice((None, None, *words.NOTES[:3])),
        project_code=project_code or None,
        project_name=project_name,
        limits=limits,
    )


def with_sources(form: TrueForm, first: str, second: str, third: str) -> TrueForm:
    """The same form with its three sources called otherwise."""
    names = {"fiscal": first, "special_account": second, "unit_fund": third}
    return replace(form, columns=tuple((c, names.get(s, s)) for c, s in form.columns))


def carried_out_by(form: TrueForm, rng: random.Random) -> TrueForm:
    """A project form that names a department above and the unit that does the work."""
    county = form.unit_name[:3]
    code = form.unit_code if rng.random() < 0.5 else ""
    return replace(form, supervising_unit=county + rng.choice(words.OFFICES[:8]), unit_code=code)


def in_wan_yuan(form: TrueForm) -> TrueForm:
    """The same form with its money stated in ten thousands."""
    return replace(form, amount_unit="万元")
