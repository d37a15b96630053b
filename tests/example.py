"""An archive to try things on: four counties, five years, six bureaus. Every unit's figures are made up.

``python -m tests.example FOLDER`` writes it, the same files each time: forms whose targets and amounts move from year
to year, printed in the ways that provinces' systems print them, some with a mistake in them, and a few files that are
no forms.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from tests.forms.cases import LAYOUTS, write
from tests.forms.make import sized_sentence
from tests.forms.sheet import sheet_of
from tests.forms.truth import DEPARTMENT_COLUMNS, PROJECT_COLUMNS, Limits, TrueForm, TrueIndicator, TrueTask
from tests.forms.wrong import WRONGS

YEARS: Final = range(2021, 2026)
# Where each county lies, how large it is beside the others, by how much its budget grows each year, how it prints.
COUNTIES: Final = (
    ("安徽省", "霍山县", 1.0, 1.06, "portal"),
    ("福建省", "尤溪县", 1.3, 1.03, "shift"),
    ("贵州省", "丹寨县", 0.6, 1.10, "spaces"),
    ("湖北省", "罗田县", 1.1, 0.98, "drop-all"),
)


class _Target(NamedTuple):
    """An indicator of a bureau: its place in the tree, its first target, and by how much that moves in a year."""

    level1: str
    level2: str
    name: str
    operator: str
    value: float
    unit: str
    weight: int
    step: float


class _Bureau(NamedTuple):
    """A bureau: its code, what it has for itself and for projects in its first year (ten thousands of yuan)."""

    name: str
    code: str
    basic: int
    project: int
    tasks: tuple[str, ...]
    targets: tuple[_Target, ...]


_OUT, _GOOD, _COST, _LIKED = "产出指标", "效益指标", "成本指标", "满意度指标"
_COUNT, _QUALITY, _TIME, _MONEY = "数量指标", "质量指标", "时效指标", "经济成本指标"
_SOCIAL, _GREEN, _SERVED = "社会效益指标", "生态效益指标", "服务对象满意度指标"
_GRADES: Final = "优良中低差"

BUREAUS: Final = (
    _Bureau("司法局", "135", 1100, 260, ("法律援助", "普法宣传", "人民调解"), (
        _Target(_OUT, _COUNT, "法律援助案件办结数", "≥", 320, "件", 15, 20),
        _Target(_OUT, _COUNT, "法治宣传活动场次", "≥", 60, "场次", 10, 5),
        _Target(_OUT, _QUALITY, "矛盾纠纷调解成功率", "≥", 95, "%", 15, 0.5),
        _Target(_OUT, _TIME, "案件办理平均时长", "≤", 30, "天", 10, -1),
        _Target(_COST, _MONEY, "法律援助案件平均补贴", "≤", 1500, "元", 10, 50),
        _Target(_GOOD, _SOCIAL, "群众法治意识", "定性", 0, "", 20, 0),
        _Target(_LIKED, _SERVED, "受援人满意度", "≥", 90, "%", 10, 0.5),
    )),
    _Bureau("教育局", "121", 42000, 6800, ("教师培训", "校舍改造", "学生资助"), (
        _Target(_OUT, _COUNT, "培训教师人次", "≥", 900, "人次", 15, 60),
        _Target(_OUT, _COUNT, "改造校舍面积", "≥", 12000, "平方米", 15, -900),
        _Target(_OUT, _QUALITY, "校舍改造验收合格率", "=", 100, "%", 10, 0),
        _Target(_OUT, _TIME, "资助资金发放及时率", "≥", 96, "%", 10, 0.5),
        _Target(_COST, _MONEY, "人均培训成本", "≤", 1800, "元", 10, 40),
        _Target(_GOOD, _SOCIAL, "义务教育巩固率", "≥", 97, "%", 20, 0.2),
        _Target(_LIKED, _SERVED, "家长满意度", "≥", 88, "%", 10, 0.8),
    )),
    _Bureau("水利局", "302", 1900, 5200, ("堤防加固", "河道巡查", "饮水安全"), (
        _Target(_OUT, _COUNT, "加固堤防长度", "≥", 18, "公里", 20, -1.5),
        _Target(_OUT, _COUNT, "巡查河道次数", "≥", 48, "次", 10, 2),
        _Target(_OUT, _QUALITY, "工程验收合格率", "=", 100, "%", 10, 0),
        _Target(_OUT, _TIME, "汛前完工率", "≥", 90, "%", 10, 1),
        _Target(_COST, _MONEY, "每公里加固成本", "≤", 260, "万元", 10, 6),
        _Target(_GOOD, _GREEN, "饮用水源水质达标率", "≥", 96, "%", 20, 0.4),
        _Target(_LIKED, _SERVED, "受益群众满意度", "≥", 90, "%", 10, 0.5),
    )),
    _Bureau("卫生健康局", "361", 15500, 3900, ("老年人体检", "乡村医生培训", "疫苗接种"), (
        _Target(_OUT, _COUNT, "老年人健康体检人数", "≥", 21000, "人", 15, 800),
        _Target(_OUT, _COUNT, "培训乡村医生人次", "≥", 260, "人次", 10, 10),
        _Target(_OUT, _QUALITY, "适龄儿童疫苗接种率", "≥", 95, "%", 15, 0.3),
        _Target(_OUT, _TIME, "传染病报告及时率", "≥", 98, "%", 10, 0.2),
        _Target(_COST, _MONEY, "人均体检成本", "≤", 150, "元", 10, 5),
        _Target(_GOOD, _SOCIAL, "居民健康素养", "定性", 0, "", 20, 0),
        _Target(_LIKED, _SERVED, "服务对象满意度", "≥", 85, "%", 10, 1),
    )),
    _Bureau("农业农村局", "301", 3600, 7400, ("高标准农田建设", "农机购置补贴", "农产品抽检"), (
        _Target(_OUT, _COUNT, "新建高标准农田面积", "≥", 2.4, "万亩", 20, -0.2),
        _Target(_OUT, _COUNT, "农机购置补贴台数", "≥", 640, "台", 10, 30),
        _Target(_OUT, _QUALITY, "农产品抽检合格率", "≥", 97, "%", 15, 0.2),
        _Target(_OUT, _TIME, "补贴资金兑付时间", "≤", 11, "月", 5, 0),
        _Target(_COST, _MONEY, "每亩建设成本", "≤", 2800, "元", 10, 60),
        _Target(_GOOD, _GREEN, "畜禽粪污综合利用率", "≥", 80, "%", 20, 1.5),
        _Target(_LIKED, _SERVED, "农户满意度", "≥", 90, "%", 10, 0.4),
    )),
    _Bureau("交通运输局", "348", 2200, 8800, ("农村公路养护", "危桥改造", "客运监管"), (
        _Target(_OUT, _COUNT, "农村公路养护里程", "≥", 760, "公里", 20, 15),
        _Target(_OUT, _COUNT, "改造危桥数量", "≥", 9, "座", 10, -1),
        _Target(_OUT, _QUALITY, "公路优良路率", "≥", 82, "%", 15, 1),
        _Target(_OUT, _TIME, "项目按期完工率", "≥", 92, "%", 10, 0.5),
        _Target(_COST, _MONEY, "每公里养护成本", "≤", 1.1, "万元", 10, 0.05),
        _Target(_GOOD, _SOCIAL, "群众出行便利程度", "定性", 0, "", 15, 0),
        _Target(_LIKED, _SERVED, "沿线群众满意度", "≥", 88, "%", 10, 0.6),
    )),
)  # fmt: skip

# How a county writes a name that others write otherwise, from which year on.
WRITTEN: Final = {
    ("罗田县", "法律援助案件办结数"): (2023, "法律援助案件办结数量"),
    ("丹寨县", "矛盾纠纷调解成功率"): (2021, "矛盾纠纷调解的成功率"),
    ("尤溪县", "加固堤防长度"): (2024, "加固堤防的长度"),
    ("霍山县", "适龄儿童疫苗接种率"): (2023, "适龄儿童疫苗接种比率"),
    ("罗田县", "农村公路养护里程"): (2022, "农村公路的养护里程"),
}

# What else lies in an archive, and gives no form.
OTHERS: Final = {
    "安徽省/霍山县/说明.txt": "本目录存放各部门批复的绩效目标表，按年度分列。\n".encode(),
    "福建省/尤溪县/2023/空白.txt": b"",
    "湖北省/罗田县/2024/附件.docx": b"PK\x03\x04 not whole",
}
# Mistakes that somebody made who filled the form in, by county, bureau and year.
MISTAKES: Final = {
    ("尤溪县", "水利局", 2022): "wrong-weight",
    ("尤溪县", "教育局", 2024): "wrong-amount",
    ("丹寨县", "司法局", 2023): "words-for-a-number",
    ("丹寨县", "交通运输局", 2025): "empty-tasks",
    ("罗田县", "农业农村局", 2021): "duplicate-indicator",
    ("罗田县", "卫生健康局", 2025): "missing-goals",
    ("罗田县", "司法局", 2022): "wrong-weight",
}


def forms() -> Iterator[tuple[str, TrueForm, str]]:
    """Where each form lies in the archive, what it says, and the layout that it is printed in."""
    for province, county, size, growth, layout in COUNTIES:
        for bureau in BUREAUS:
            rng = random.Random(f"{county}{bureau.name}")
            # What a county asks of its bureau beside the others, and the year in which a target gives way.
            own = rng.uniform(0.75, 1.25) * size
            gives_way = rng.choice(YEARS[1:])
            for at, year in enumerate(YEARS):
                form = _department(county, bureau, year, at, (own, growth, gives_way), rng)
                yield f"{province}/{county}/{year}/{bureau.name}.txt", form, layout
        yield from _projects(province, county, size, layout)


def _department(
    county: str, bureau: _Bureau, year: int, at: int, moves: tuple[float, float, int], rng: random.Random
) -> TrueForm:
    own, growth, gives_way = moves
    basic = _yuan(bureau.basic * own * growth**at * rng.uniform(0.98, 1.02))
    own_funds = _yuan(bureau.basic * own * 0.03) if rng.random() < 0.5 else None
    project = _yuan(bureau.project * own * growth**at * rng.uniform(0.75, 1.3))
    zero = Decimal(0)
    sums = (basic + (own_funds or zero), project)
    tasks = [
        TrueTask(topic, sized_sentence(rng, topic, year, Limits().content, rng.random() < 0.4))
        for topic in bureau.tasks
    ]
    indicators = tuple(
        _indicator(target._replace(name=_written(county, target.name, year)), at, own, year >= gives_way, rng)
        for target in bureau.targets
    )
    quoted = rng.choice(tasks).content
    return TrueForm(
        kind="department",
        title="部门整体支出绩效目标批复表",
        year=year,
        unit_code=bureau.code,
        unit_name=f"{county}{bureau.name}",
        columns=DEPARTMENT_COLUMNS,
        funding=(sum(sums, zero), sums[0], basic, None, own_funds, sums[1], project, None, None),
        goals=(f"一是保障{bureau.name}各项工作正常运转。", f"二是{quoted}"),
        tasks=tuple(tasks),
        indicators=indicators,
    )


def _written(county: str, name: str, year: int) -> str:
    first, otherwise = WRITTEN.get((county, name), (year + 1, name))
    return otherwise if year >= first else name


def _indicator(target: _Target, at: int, own: float, gave_way: bool, rng: random.Random) -> TrueIndicator:
    """The target of a year: it moves by its step, and rates give way a little after a year of their own."""
    if target.operator == "定性":
        return TrueIndicator(
            target.level1, target.level2, target.name, "定性", rng.choice(("优良差", _GRADES)), "", str(target.weight)
        )
    value = target.value + target.step * at
    if target.unit == "%":
        value += 8 * (min(own, 1.3) - 1)
        value -= 1.5 if gave_way and target.operator == "≥" else 0
        value = min(value, 100)
    elif target.level1 == _OUT and target.level2 == _COUNT:
        value *= own
    whole = target.value >= 20 and target.unit != "%"
    text = str(round(value)) if whole else f"{value:.1f}".removesuffix(".0")
    return TrueIndicator(
        target.level1, target.level2, target.name, target.operator, text, target.unit, str(target.weight)
    )


def _projects(province: str, county: str, size: float, layout: str) -> Iterator[tuple[str, TrueForm, str]]:
    """A project of two bureaus."""
    for name, code, project, amount in (("教育局", "121", "校舍维修", 900), ("水利局", "302", "河道治理", 1500)):
        rng = random.Random(f"{county}{project}")
        for at, year in enumerate(YEARS):
            fiscal = _yuan(amount * size * rng.uniform(0.8, 1.2))
            rows = (
                TrueIndicator(_OUT, _COUNT, f"{project}项目数量", "≥", str(6 + at), "个", "50"),
                TrueIndicator(_GOOD, _SOCIAL, f"{project}改善程度", "定性", "优良差", "", "20"),
                TrueIndicator(_LIKED, _SERVED, "受益群众满意度", "≥", "90", "%", "20"),
            )
            form = TrueForm(
                kind="project",
                title="项目支出绩效目标批复表",
                year=year,
                unit_code=code,
                unit_name=f"{county}{name}",
                columns=PROJECT_COLUMNS,
                funding=(fiscal, fiscal, None, None),
                goals=(f"一是完成{year}年{project}任务。",),
                tasks=(),
                indicators=rows,
                project_name=f"{project}经费",
            )
            yield f"{province}/{county}/{year}/{project}.txt", form, layout


def _yuan(ten_thousands: float) -> Decimal:
    return Decimal(round(ten_thousands * 100)) * 100


def text(form: TrueForm, layout: str, mistake: str | None) -> str:
    """The form as it is printed."""
    rng = random.Random(form.year)
    sheet = sheet_of(form)
    if mistake is not None:
        wronged = WRONGS[mistake](form, rng)
        if wronged is not None:
            sheet = sheet_of(wronged[0])
            sheet = wronged[2](sheet) if wronged[2] is not None else sheet
    return "".join(line.text + "\n" for line in write(sheet, LAYOUTS[layout], rng).lines)


def written(folder: Path) -> Path:
    """Writes the archive into a folder."""
    for name, form, layout in forms():
        county, bureau = form.unit_name[:3], form.unit_name[3:]
        mistake = MISTAKES.get((county, bureau, form.year)) if form.kind == "department" else None
        _put(folder / name, text(form, layout, mistake).encode())
    for name, data in OTHERS.items():
        _put(folder / name, data)
    return folder


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    written(Path(sys.argv[1]))
