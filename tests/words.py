"""Where each word of the data files counts: for a word, small forms that are read right with it.

``trials`` gives for the word at a place of a file the forms in which it should matter, each with what must be read of
it. A word is in use where one of its forms is read right, and is read otherwise without the word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from extract.clean import width
from tests.word_forms import (
    _TOTALS,
    GOALS,
    HEAD,
    HEADER,
    MONEY,
    PLAIN_ROW,
    ROW,
    TASKS,
    TITLE,
    Path,
    Right,
    Trial,
    amounts_say,
    data,
    form,
    goals_say,
    head_says,
    quiet,
    rows_say,
    tasks_say,
    times,
)
from tests.word_shapes import (
    achieved,
    broken_category,
    broken_source,
    broken_total,
    head_labels,
    label_words,
    name_ends,
)

# The general profile -----------------------------------------------------------------------------------------------


def _kinds(name: str, word: str) -> Iterator[Trial]:
    head = HEAD if name == "project" else (*HEAD, "项目名称：河道整治")
    yield Trial(form(title=f"{word}预算绩效目标表", head=head), head_says(form_kind=name))


def _title(name: str, word: str) -> Iterator[Trial]:
    title = f"云泽县水务局{word}情况表" if name == "contains" else f"绩效目标批复{word}"
    yield Trial(form(title=title), head_says(title=title))


def _sections(name: str, word: str) -> Iterator[Trial]:
    if name == "funding":
        pairs = (f"{word}（元）\t年度资金总额\t300.00", "\t财政拨款\t300.00")
        yield Trial(_project(*pairs), amounts_say(project__total="300", project__fiscal="300"))
    elif name == "goals":
        yield Trial(form(goals=(f"{word}\t做好水务工作。",)), quiet(goals_say("做好水务工作。")))
        yield Trial(form(goals=(f"{word}（500字）\t做好水务工作。",)), quiet(goals_say("做好水务工作。")))
        head = (*HEAD, "项目名称：河道整治")
        money = ("项目资金（元）\t年度资金总额\t财政拨款", "\t300.00\t300.00")
        goals = (f"{word}\t做好水务工作。",)
        wanted = quiet(amounts_say(project__total="300", project__fiscal="300"))
        yield Trial(form(title="项目支出绩效目标表", head=head, money=money, goals=goals, tasks=()), wanted)
        yield Trial(form(goals=TASKS, tasks=(f"{word}\t做好水务工作。",)), tasks_say(("巡查河道", "每月巡查全县河道")))
    elif name == "tasks":
        yield Trial(form(tasks=(f"{word}\t任务名称\t主要内容", TASKS[1])), goals_say("做好水务工作。"))
        # Without a header, the label alone says what follows.
        yield Trial(
            form(tasks=(f"{word}\t巡查河道\t每月巡查全县河道",)), quiet(tasks_say(("巡查河道", "每月巡查全县河道")))
        )
    elif name == "indicators":
        yield Trial(form(tasks=(), label=word), goals_say("做好水务工作。"))
        yield Trial(form(label=word), quiet(rows_say(PLAIN_ROW)))
        yield Trial(form(label=f"{word}（共10项）"), quiet(rows_say(PLAIN_ROW)))
    elif name == "term":
        yield Trial(form(goals=(f"{word}\t三年建成水网。", *GOALS)), quiet(goals_say("做好水务工作。")))
        # As the caption of a table before that of the year.
        table = ("一级指标\t二级指标\t三级指标\t指标值", "产出指标\t数量指标\t巡查河段\t90条")
        yield Trial(form(tasks=(word, *table, "年度绩效目标表")), quiet(rows_say(PLAIN_ROW)))
    else:
        yield Trial(form(notes=(f"{word}\t另有专项安排",)), quiet(head_says(other_notes="另有专项安排")))


def _section_ends(name: str, word: str) -> Iterator[Trial]:
    yield from _sections(name, f"云泽{word}")


def _goal_columns(name: str, word: str) -> Iterator[Trial]:
    if name == "goal":
        goals = (f"整体绩效目标\t{word}\t实际完成情况", "\t做好水务工作。\t已经做好。")
    else:
        goals = (f"整体绩效目标\t{word}\t预期目标", "\t三年建成水网。\t做好水务工作。")
    yield Trial(form(goals=goals), quiet(goals_say("做好水务工作。")))


def _expects(section: str) -> Iterator[Trial]:
    if section == "indicators":
        text = "\n".join([TITLE, *HEAD, *MONEY, *GOALS, *TASKS, ""])
    else:
        text = form(money=()) if section == "funding" else form(goals=())
    yield Trial(text, lambda one: [finding.code for finding in one.findings] == [f"{section}_missing"])


def _field_prefixes(word: str, general: Mapping[str, Any]) -> Iterator[Trial]:
    for field in general["fields"]["unit"]:
        yield from _fields("unit", word + field)


def _sum_rows(word: str) -> Iterator[Trial]:
    yield Trial(form(rows=(ROW, f"{word}\t\t\t\t\t\t100")), quiet(rows_say(PLAIN_ROW)))


def _placeholders(word: str) -> Iterator[Trial]:
    yield Trial(form(rows=(ROW, f"\t\t{word}2：")), quiet(rows_say(PLAIN_ROW)))


def _section_prefixes(word: str, general: Mapping[str, Any]) -> Iterator[Trial]:
    for label in general["sections"]["goals"]:
        yield from _sections("goals", word + label)
        yield from _sections("goals", f"{word}部门{label}")


def _fields(name: str, word: str) -> Iterator[Trial]:
    bare = ("预算单位：301001-云泽县水务局",)
    if name == "fiscal_year":
        yield Trial(form(head=(f"{word}：2024", *bare)), head_says(fiscal_year=2024))
    elif name == "unit":
        yield Trial(
            form(head=(HEAD[0], f"{word}：301001-云泽县水务局")),
            head_says(unit_code="301001", unit_name="云泽县水务局"),
        )
        yield Trial(form(head=(HEAD[0], f"{word}\t水务局")), head_says(unit_name="水务局"))
    elif name == "supervising_unit":
        yield Trial(form(head=(*HEAD, f"{word}：云泽县农业局")), head_says(supervising_unit="云泽县农业局"))
    elif name == "project":
        yield Trial(
            form(title="项目支出绩效目标表", head=(*HEAD, f"{word}：河道整治")), head_says(project_name="河道整治")
        )
    elif name == "unit_code":
        yield Trial(form(head=(HEAD[0], "预算单位：云泽县水务局", f"{word}：301001")), head_says(unit_code="301001"))
    elif name == "project_code":
        head = (*HEAD, "项目名称：河道整治", f"{word}：P302")
        yield Trial(
            form(title="项目支出绩效目标表", head=head), head_says(project_name="河道整治", project_code="P302")
        )
    elif name == "other":
        # A field that is blank has no value in the next one's label.
        yield Trial(form(head=(*HEAD, f"主管部门\t\t{word}\t云泽")), quiet(head_says(supervising_unit=None)))
        yield from head_labels(word)
    else:
        money = (MONEY[0].replace("（元）", ""), MONEY[1])
        yield Trial(form(head=(*HEAD, f"{word}\t万元"), money=money), amounts_say(**times(10000)))


# For each column three columns of a narrow table, and a row of it: without the word no header is left.
_NARROW: Final[dict[str, tuple[str, str, dict[str, object]]]] = {
    "level1": (
        "{}\t三级指标\t指标值",
        "产出指标\t巡查次数\t12次",
        {"level1": "产出指标", "name": "巡查次数", "value": "12"},
    ),
    "level2": (
        "{}\t三级指标\t指标值",
        "数量指标\t巡查次数\t12次",
        {"level2": "数量指标", "name": "巡查次数", "value": "12"},
    ),
    "name": ("一级指标\t{}\t指标值", "产出指标\t巡查次数\t12次", {"name": "巡查次数", "value": "12"}),
    "operator": ("三级指标\t{}\t指标值", "巡查次数\t≥\t12次", {"name": "巡查次数", "operator": "≥", "value": "12"}),
    "value": ("一级指标\t三级指标\t{}", "产出指标\t巡查次数\t12次", {"name": "巡查次数", "value": "12"}),
    "unit": ("三级指标\t指标值\t{}", "巡查次数\t12\t次", {"name": "巡查次数", "value": "12", "unit": "次"}),
    "weight": ("三级指标\t指标值\t{}", "巡查次数\t12次\t100", {"name": "巡查次数", "value": "12", "weight": 100}),
    "direction": (
        "三级指标\t指标值\t{}",
        "巡查次数\t12次\t正向",
        {"name": "巡查次数", "value": "12", "direction": "正向"},
    ),
    "achieved": (
        "三级指标\t指标值\t{}",
        "巡查次数\t12次\t13次",
        {"name": "巡查次数", "value": "12", "achieved": "13次"},
    ),
    "score": ("三级指标\t指标值\t{}", "巡查次数\t12次\t9", {"name": "巡查次数", "value": "12", "score": 9}),
    "pass": (
        "三级指标\t指标值\t{}",
        "巡查次数\t12次\t按台账",
        {"name": "巡查次数", "value": "12", "unit": "次", "weight": None},
    ),
}


def _columns(name: str, word: str) -> Iterator[Trial]:
    header, row, wanted = _NARROW[name]
    yield Trial(form(header=header.format(word), rows=(row,)), rows_say(wanted))


def _column_starts(word: str) -> Iterator[Trial]:
    yield Trial(form(header=f"{HEADER}\t{word}云泽", rows=(f"{ROW}\t按台账",)), quiet(rows_say(PLAIN_ROW)))


_WORDS: Final = {"operator": "绩效指标性质", "value": "绩效指标值", "unit": "绩效度量单位", "weight": "权重"}
_FURTHER: Final[dict[str, tuple[str, object]]] = {
    "direction": ("正向", "正向"),
    "achieved": ("13次", "13次"),
    "score": ("9", 9),
    "pass": ("按台账", None),
}


def _column_ends(name: str, word: str) -> Iterator[Trial]:
    if name in _WORDS:
        yield Trial(form(header=HEADER.replace(_WORDS[name], f"云泽{word}")), quiet(rows_say(PLAIN_ROW)))
        return
    cell, value = _FURTHER[name]
    wanted = {**PLAIN_ROW, **({name: value} if value is not None else {})}
    yield Trial(form(header=f"{HEADER}\t云泽{word}", rows=(f"{ROW}\t{cell}",)), quiet(rows_say(wanted)))


def _task_columns(name: str, word: str) -> Iterator[Trial]:
    if name == "pass":
        rows = (f"年度主要任务\t{word}\t任务名称\t主要内容", f"\t水利{TASKS[1]}")
        yield Trial(form(tasks=rows), quiet(tasks_say(("巡查河道", "每月巡查全县河道"))))
        return
    header = f"{word}\t主要内容" if name == "name" else f"任务名称\t{word}"
    yield Trial(form(tasks=(f"年度主要任务\t{header}", TASKS[1])), quiet(tasks_say(("巡查河道", "每月巡查全县河道"))))


def _funding(name: Path, word: str, general: Mapping[str, Any]) -> Iterator[Trial]:
    kind, *rest = name
    if kind == "categories":
        yield from _category(str(rest[0]), word)
        yield from broken_category(str(rest[0]), word)
    elif kind == "sources":
        yield from _source(str(rest[0]), word)
        yield from broken_source(str(rest[0]), word, general["funding"])
    elif kind == "project_total":
        yield Trial(_project(f"{word}\t300.00"), amounts_say(project__total="300"))
        for own in (f"项目资金（元）\t{word}\t财政拨款", f"项目资金（元）\t{word}\t政府性基金"):
            source = "fiscal" if own.endswith("财政拨款") else "government_fund"
            yield Trial(
                _project(own, "\t300.00\t200.00"), amounts_say(project__total="300", **{f"project__{source}": "200"})
            )
        yield from broken_total(word)
    elif kind == "pass":
        own = f"项目资金（元）\t资金总额\t财政拨款\t{word}"
        yield Trial(
            _project(own, "\t300.00\t300.00\t"), quiet(amounts_say(project__total="300", project__fiscal="300"))
        )
    elif kind == "term":
        money = (f"项目资金（元）\t{word}总额\t900.00", "\t年度资金总额\t300.00", "\t财政拨款\t300.00")
        yield Trial(_project(*money), amounts_say(project__total="300", project__fiscal="300"))
    elif kind == "total_ends":
        yield Trial(form(money=(MONEY[0].replace("预算支出总额", f"水务{word}"), MONEY[1])), amounts_say(**_TOTALS))
    elif kind == "suffixes":
        for source, known in general["funding"]["sources"].items():
            for stem in known:
                yield from _source(source, stem + word)
    elif kind == "beside":
        yield from _beside(word, general)
    else:
        yield from _part_of(str(rest[0]), word, general)


def _project(*money: str) -> str:
    return form(title="项目支出绩效目标表", head=(*HEAD, "项目名称：河道整治"), money=money, tasks=())


def _category(name: str, word: str) -> Iterator[Trial]:
    known = {"total": "预算支出总额", "basic": "基本支出", "project": "项目支出"}[name]
    yield Trial(form(money=(MONEY[0].replace(known, word), MONEY[1])), quiet(amounts_say(**_TOTALS)))


def _source(name: str, word: str) -> Iterator[Trial]:
    if name == "total":
        money = (
            "总体资金情况（元）\t预算支出总额\t基本支出\t\t项目支出\t",
            f"\t\t{word}\t财政拨款\t{word}\t财政拨款",
            "\t300.00\t100.00\t100.00\t200.00\t200.00",
        )
        wanted = dict(
            zip(
                ("total__total", "basic__total", "basic__fiscal", "project__total", "project__fiscal"),
                ("300", "100", "100", "200", "200"),
                strict=True,
            )
        )
        yield Trial(form(money=money), amounts_say(**wanted))
        return
    other = "单位资金" if name == "fiscal" else "财政拨款"
    wanted = {
        "project__total": "300",
        "project__unit_fund" if name == "fiscal" else "project__fiscal": "200",
        f"project__{name}": "100",
    }
    yield Trial(
        _project(f"项目资金（元）\t年度资金总额\t{word}\t{other}", "\t300.00\t100.00\t200.00"), amounts_say(**wanted)
    )


def _part_of(whole: str, part: str, general: Mapping[str, Any]) -> Iterator[Trial]:
    names = {name: known[0] for name, known in general["funding"]["sources"].items()}
    other = "unit_fund" if whole == "fiscal" else "fiscal"
    header = f"项目资金（元）\t年度资金总额\t{names[whole]}\t{names[part]}\t{names[other]}"
    wanted = {
        "project__total": "300",
        f"project__{whole}": "200",
        f"project__{part}": "200",
        f"project__{other}": "100",
    }
    yield Trial(_project(header, "\t300.00\t200.00\t200.00\t100.00"), quiet(amounts_say(**wanted)))


def _beside(source: str, general: Mapping[str, Any]) -> Iterator[Trial]:
    """The project's own total, and behind it what comes from elsewhere."""
    own = f"项目资金（元）\t年度资金总额\t财政拨款\t{general['funding']['sources'][source][0]}"
    wanted = {"project__total": "300", "project__fiscal": "300", f"project__{source}": "100"}
    yield Trial(_project(own, "\t300.00\t300.00\t100.00"), quiet(amounts_say(**wanted)))


def _money(name: str, word: str, general: Mapping[str, Any]) -> Iterator[Trial]:
    right = amounts_say(**times(general["money"][name]["factor"]))
    yield Trial(
        form(money=(MONEY[0].replace("元", word), MONEY[1])), lambda one: right(one) and one.amount_unit == name
    )
    yield Trial(form(money=(MONEY[0].replace("（元）", ""), MONEY[1].replace(".00", word))), right)


def _codes(name: str, pattern: str) -> Iterator[Trial]:
    text = pattern.format(code="30210077", name="河道整治")
    key = "预算单位" if name == "unit" else "项目名称"
    head = (HEAD[0], f"{key}：{text}") if name == "unit" else (*HEAD, f"{key}：{text}")
    yield Trial(form(head=head), head_says(**{f"{name}_code": "30210077", f"{name}_name": "河道整治"}))


def _cuts(name: str, width: int) -> Iterator[Trial]:
    cut = ("巡查全县河道并清理沿岸垃圾" * 9)[: width // 2]
    if name == "indicator_name":
        rows = ROW.replace("100", "50"), ROW.replace("100", "50").replace("巡查次数", cut)
        yield Trial(form(rows=rows), lambda one: [i.name_truncated for i in one.indicators] == [False, True])
    elif name == "task_name":
        yield Trial(
            form(tasks=(*TASKS, f"\t{cut}\t全年")), lambda one: [t.name_truncated for t in one.tasks] == [False, True]
        )
    else:
        yield Trial(
            form(tasks=(*TASKS, f"\t清理\t{cut}")),
            lambda one: [t.content_truncated for t in one.tasks] == [False, True],
        )


def _furniture(name: str, word: str) -> Iterator[Trial]:
    line = f"{word}：云泽" if name == "starts" else f"{word}云泽"
    yield Trial(form(rows=(ROW, line)), quiet(rows_say(PLAIN_ROW)))
    yield Trial(form(notes=("其他说明\t另有专项安排", line)), quiet(head_says(other_notes="另有专项安排")))
    yield Trial(form(tasks=(*TASKS, line)), quiet(tasks_say(("巡查河道", "每月巡查全县河道"))))


# The vocabularies --------------------------------------------------------------------------------------------------


def _indicators(path: Path, word: str) -> Iterator[Trial]:
    kind, *rest = path
    if kind == "roots":
        yield Trial(form(rows=(word, ROW)), quiet(rows_say(PLAIN_ROW)))
        # On a further page it stands before a row that has no labels of its own.
        first, second = ROW.replace("100", "50"), f"{word}\t\t\t巡查里程\t≥\t5\t公里\t50"
        yield Trial(
            form(rows=(f"{word}\t{first}", second)),
            quiet(rows_say(PLAIN_ROW, {"level2": "数量指标", "name": "巡查里程"})),
        )
    elif kind == "suffixes":
        stacked = ("产出指标", "数量", word, "巡查次数\t≥\t12\t次\t100")
        yield Trial(form(rows=stacked), quiet(rows_say(PLAIN_ROW)))
        yield Trial(form(rows=(ROW.replace("数量指标", f"数量{word}"),)), quiet(rows_say(PLAIN_ROW)))
    elif kind == "level1":
        yield from _level1(str(rest[0]), word)
    elif rest[1] == "stems":
        yield from _level2(str(rest[0]), word)
    else:
        name = str(rest[0])
        rows = (f"{word}\t{name}\t巡查次数\t≥\t12\t次\t100",)
        yield Trial(form(rows=rows), quiet(rows_say({**PLAIN_ROW, "level1": word, "level2": name})))


_SECOND: Final = {
    "产出指标": "数量指标",
    "效益指标": "社会效益指标",
    "满意度指标": "服务对象满意度指标",
    "成本指标": "经济成本指标",
    "投入管理指标": "工作目标管理",
}


def _level1(name: str, stem: str) -> Iterator[Trial]:
    second = _SECOND[name]
    for label in (stem, f"{stem}指标"):
        rows = (f"{label}\t{second}\t巡查次数\t≥\t12\t次\t100",)
        yield Trial(form(rows=rows), quiet(rows_say({**PLAIN_ROW, "level1": name, "level2": second})))


def _level2(name: str, stem: str) -> Iterator[Trial]:
    first = data()["indicators"]["level2"][name]["parents"][0]
    for label in (stem, f"{stem}指标"):
        rows = (f"{first}\t{label}\t巡查次数\t≥\t12\t次\t100",)
        yield Trial(form(rows=rows), quiet(rows_say({**PLAIN_ROW, "level1": first, "level2": name})))


def _operators(path: Path, word: str) -> Iterator[Trial]:
    kind, name = str(path[0]), str(path[1] if len(path) > 1 else "")
    if kind == "after":
        row = f"产出指标\t数量指标\t巡查次数\t\t12次{word}\t\t100"
        yield Trial(form(rows=(row,)), quiet(rows_say({"operator": name, "value": "12", "unit": "次"})))
        return
    if kind == "included":
        row = f"产出指标\t数量指标\t巡查次数\t\t12次以上（{word}12次）\t\t100"
        yield Trial(form(rows=(row,)), quiet(rows_say({"operator": "≥", "value": "12", "unit": "次"})))
        return
    if kind == "about":
        row = f"产出指标\t数量指标\t巡查次数\t\t12{word}\t\t100"
        yield Trial(form(rows=(row,)), quiet(rows_say({"operator": "定性", "value": f"12{word}", "unit": None})))
        return
    if name == "定性":
        row = f"产出指标\t数量指标\t巡查成效\t{word}\t优良\t\t100"
        yield Trial(form(rows=(row,)), quiet(rows_say({"operator": name, "value": "优良", "unit": None})))
        return
    wanted = quiet(rows_say({"operator": name, "value": "12", "unit": "次"}))
    # Once more for signs that were escaped twice on their way.
    for spelling in (word, escape(word)):
        yield Trial(form(rows=(ROW.replace("≥", spelling),)), wanted)
    yield Trial(form(rows=(f"产出指标\t数量指标\t巡查次数\t\t{word}12次\t\t100",)), wanted)


def _units(kind: str, word: str) -> Iterator[Trial]:
    unit = f"元{word}人" if kind == "per" else word
    header = "一级指标\t二级指标\t三级指标\t指标值\t计量单位\t备注"
    wanted = quiet(rows_say({"name": "巡查结果", "value": "12", "unit": unit}))
    yield Trial(form(header=header, rows=(f"产出指标\t数量指标\t巡查结果\t12\t{unit}",)), wanted)


def _grades(kind: str, word: str) -> Iterator[Trial]:
    if kind != "grades":
        yield from (achieved if kind == "achieved" else name_ends)(word)
        return
    header = "一级指标\t二级指标\t三级指标\t分值\t年度指标值\t实际完成值"
    wanted = quiet(rows_say({"name": "巡查成效", "value": word, "operator": "定性", "unit": None, "weight": 100}))
    yield Trial(form(header=header, rows=(f"产出指标\t质量指标\t巡查成效\t100\t{word}",)), wanted)


# Words in names -----------------------------------------------------------------------------------------------------

_WIDTHS: Final = (16, 24, 40, 14, 12, 14, 6)
_FEW: Final = 4
_NAMES: Final = ("甲乙丙丁", "戊己庚辛", "壬癸子丑", "寅卯辰巳")


def _page(labels: Sequence[tuple[str, str]], names: Sequence[str]) -> str:
    """A page whose layout was kept: the rows' labels and names. Spanning labels stand above the middle of their rows."""
    weights = [20, 20, *[10] * (len(names) - 2)] if len(names) > _FEW else [30, 30, 20, 20]
    rows = [(*own, name, "≥", "12", "次", str(w)) for own, name, w in zip(labels, names, weights, strict=True)]
    lines = ["".join(map(_filled, row, _WIDTHS)).rstrip() for row in (HEADER.split("\t"), *rows)]
    return "\n".join(
        [TITLE, *HEAD, "", "整体绩效目标  做好水务工作。", "", "年度绩效指标", *lines, "", "其他说明  无", ""]
    )


def _filled(text: str, size: int) -> str:
    return text + " " * (size - width(text))


def _hints(level: str, key: str, word: str, levels: Mapping[str, Any]) -> Iterator[Trial]:
    """A page that leaves open which of two labels the second row belongs to: its name decides."""
    first = levels[level]["parents"][0]
    name = f"戊{word}己" if key == "contains" else f"戊{word}"
    # Counties have either label below that of the other's first level.
    for other, entry in levels.items():
        if other != level and entry["parents"][0] != first:
            labels = [("", level), (entry["parents"][0], ""), ("", other), ("", "")]
            yield Trial(_page(labels, [*_NAMES[:1], name, *_NAMES[2:]]), _levels(level, level, other, other))
    for other, entry in levels.items():
        if other == level:
            continue
        second = entry["parents"][0]
        if first == second:
            labels = [("", level), (first, ""), ("", other), ("", "")]
            names = [*_NAMES[:1], name, *_NAMES[2:]]
            yield Trial(_page(labels, names), _levels(level, level, other, other))
        else:
            # The first three rows or four are the other level's.
            labels = [("", "")] * 8
            labels[1], labels[5] = (second, other), (first, level)
            names = [*_NAMES[:3], name, *(text[::-1] for text in _NAMES)]
            yield Trial(_page(labels, names), _levels(*[other] * 3, *[level] * 5))


def _levels(*names: str) -> Right:
    return lambda one: [indicator.level2 for indicator in one.indicators] == list(names)


# All of them -----------------------------------------------------------------------------------------------------------


def trials(path: Path, word: str | int, files: Mapping[str, Any]) -> Iterator[Trial]:
    """The forms in which the word at a place should count."""
    file, *rest = path
    keys = tuple(key for key in rest if isinstance(key, str))
    if file == "general":
        found = list(_general(keys, word, files["general"]))
        yield from found
        # Where nothing separates cells, more hangs on words.
        for trial in found:
            yield Trial(trial.text.replace("\t", "").replace("\n", ""), trial.right)
    elif file == "indicators":
        yield from _indicators(keys, str(word))
    elif file == "operators":
        yield from _operators(keys, str(word))
    elif file == "units":
        yield from _units(keys[0], str(word))
    elif file == "grades":
        yield from _grades(keys[0], str(word))
    else:
        yield from _hints(keys[1], keys[2], str(word), files["indicators"]["level2"])


def _general(keys: tuple[str, ...], word: str | int, general: Mapping[str, Any]) -> Iterator[Trial]:
    if keys[0] == "cuts":
        assert isinstance(word, int)
        return _cuts(keys[1], word)
    text = str(word)
    alone: dict[str, Callable[[], Iterator[Trial]]] = {
        "section_prefixes": lambda: _section_prefixes(text, general),
        "field_prefixes": lambda: _field_prefixes(text, general),
        "expects": lambda: _expects(text),
        "sum_rows": lambda: _sum_rows(text),
        "placeholders": lambda: _placeholders(text),
        "column_starts": lambda: _column_starts(text),
        "label_words": lambda: label_words(text),
    }
    if keys[0] in alone:
        return alone[keys[0]]()
    if keys[0] == "funding":
        return _funding(keys[1:], text, general)
    if keys[0] == "money":
        return _money(keys[1], text, general)
    by_key: dict[str, Callable[[str, str], Iterator[Trial]]] = {
        "kinds": _kinds,
        "title": _title,
        "sections": _sections,
        "section_ends": _section_ends,
        "goal_columns": _goal_columns,
        "fields": _fields,
        "columns": _columns,
        "column_ends": _column_ends,
        "tasks": _task_columns,
        "codes": _codes,
        "furniture": _furniture,
    }
    return by_key[keys[0]](keys[1], text)
