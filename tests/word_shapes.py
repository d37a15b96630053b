"""Trials of words that matter where cells ran together: texts without separators, and streams that break words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from extract.model import Form
from tests.word_forms import _TOTALS, TITLE, Trial, amounts_say, head_says, quiet, rows_say

# ---- texts whose cells touch

_GLUED: Final = (
    "项目支出绩效目标申报表(2024年度)项目名称{project}实施单位云泽县水务局项目资金(万元)年度资金总额:100.00其中:财政拨款100.00"
    "年度总体目标养护古树。年度绩效指标{header}{row}"
)
_HEADER: Final = "一级指标二级指标三级指标指标值分值"
_EVALUATED: Final = "一级指标二级指标三级指标分值年度指标值实际完成值得分"


def glued(*, project: str = "河道整治", header: str = _HEADER, row: str = "产出指标数量指标巡查次数≥12次100") -> str:
    """A project form without any separator."""
    return _GLUED.format(project=project, header=header, row=row)


def label_words(word: str) -> Iterator[Trial]:
    """A label that nobody knows stands in the project's name, which is doubted for its word."""

    def doubted(one: Form) -> bool:
        return any((f.code, f.field) == ("cut_guessed", "project_name") for f in one.findings)

    yield Trial(glued(project=f"河道整治云泽{word}张某"), doubted)


def head_labels(word: str) -> Iterator[Trial]:
    """A label of which nothing is read ends the value before it, and one in pieces is none itself."""
    yield Trial(glued(project=f"河道整治{word}云泽"), quiet(head_says(project_name="河道整治")))
    for piece in _broken(word):
        head = f"项目名称\n{piece}\n河道整治\n张某"
        yield Trial(stream(_MONEY, head), head_says(project_name="河道整治"))


def name_ends(word: str) -> Iterator[Trial]:
    """A name and a value of words with nothing between them."""
    row = f"产出指标质量指标巡查{word}按计划推进100"
    yield Trial(glued(row=row), rows_say({"name": f"巡查{word}", "value": "按计划推进"}))


def achieved(word: str) -> Iterator[Trial]:
    """What came of a target, between figures; behind a grade; behind words of any kind."""
    for name, target in (("巡查次数", "≥12次"), ("巡查次数", "优良"), ("巡查次数", "按计划推进")):
        row = f"产出指标质量指标{name}100{target}{word}100"
        yield Trial(glued(header=_EVALUATED, row=row), rows_say({"name": name, "achieved": word}))


# ---- streams: a cell a line, and words broken over lines

_MONEY: Final = "项目资金（元）\n年度资金总额\n300.00\n财政拨款\n300.00"
_TABLE: Final = (
    "年度绩效指标\n一级指标\n二级指标\n三级指标\n指标性质\n指标值\n度量单位\n权重\n"
    "产出指标\n数量指标\n巡查次数\n≥\n12\n次\n40\n质量指标\n巡查完成率\n≥\n95\n%\n60\n"
)


def stream(money: str, head: str = "项目名称\n河道整治", title: str = "项目支出绩效目标表") -> str:
    """A form a cell a line."""
    return "\n".join(
        [title, "预算年度:2024", head, "预算单位\n云泽县水务局", money, "年度总体目标\n做好水务工作。", _TABLE]
    )


def _broken(word: str) -> Iterator[str]:
    """The word in two lines, broken in the middle first."""
    middle = len(word) // 2
    for at in sorted(range(1, len(word)), key=lambda at: abs(at - middle)):
        yield f"{word[:at]}\n{word[at:]}"


def broken_category(name: str, word: str) -> Iterator[Trial]:
    """The word for a category in two lines."""
    known = {"total": "预算支出总额", "basic": "基本支出", "project": "项目支出"}[name]
    plain = "总体资金情况（元）\n预算支出总额\n基本支出\n项目支出\n300.00\n100.00\n200.00"
    for pieces in _broken(word):
        yield Trial(stream(plain.replace(known, pieces), "", TITLE), quiet(amounts_say(**_TOTALS)))


def broken_total(word: str) -> Iterator[Trial]:
    """The word for a project's total in two lines."""
    wanted = quiet(amounts_say(project__total="300", project__fiscal="300"))
    for pieces in _broken(word):
        yield Trial(stream(f"项目资金（元）\n{pieces}\n300.00\n财政拨款\n300.00"), wanted)


def broken_source(name: str, word: str, funding: Mapping[str, Any]) -> Iterator[Trial]:
    """The word for a source in two lines; one that is part of another source stands below that one."""
    whole = next((whole for whole, parts in funding["parts_of"].items() if name in parts), "")
    other = "unit_fund" if name == "fiscal" else "fiscal"
    first, amount = (whole, "300") if whole else (other, "200")
    own = "300" if whole else "100"
    wanted = {"project__total": "300", f"project__{first}": amount, f"project__{name}": own}
    for pieces in _broken(word):
        money = f"年度资金总额\n300.00\n{funding['sources'][first][0]}\n{amount}.00\n{pieces}\n{own}.00"
        yield Trial(stream(f"项目资金（元）\n{money}"), quiet(amounts_say(**wanted)))
