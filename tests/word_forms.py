"""Small forms in which one word of the data files matters, the reader for them, and what must be read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from extract.interpret.choose import FormReader
from extract.model import Form
from extract.profiles import Library, Profile
from extract.readers import shapes
from extract.schemafiles import SCHEMAS, read_yaml
from extract.vocabulary import build

VOCABULARIES: Final = ("indicators", "operators", "units", "grades", "hints")
TITLE: Final = "部门整体支出绩效目标批复表"
HEAD: Final = ("预算年度：2024", "预算单位：301001-云泽县水务局")
MONEY: Final = ("总体资金情况（元）\t预算支出总额\t基本支出\t项目支出", "\t300.00\t100.00\t200.00")
GOALS: Final = ("整体绩效目标\t做好水务工作。",)
TASKS: Final = ("年度主要任务\t任务名称\t主要内容", "\t巡查河道\t每月巡查全县河道")
HEADER: Final = "一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值\t绩效度量单位\t权重"
ROW: Final = "产出指标\t数量指标\t巡查次数\t≥\t12\t次\t100"

Path = tuple[str | int, ...]
Right = Callable[[Form], bool]


class Trial(NamedTuple):
    """A text of one form, and whether it was read right."""

    text: str
    right: Right


def form(
    *,
    title: str = TITLE,
    head: Sequence[str] = HEAD,
    money: Sequence[str] = MONEY,
    goals: Sequence[str] = GOALS,
    tasks: Sequence[str] = TASKS,
    label: str = "年度绩效指标",
    header: str = HEADER,
    rows: Sequence[str] = (ROW,),
    notes: Sequence[str] = (),
) -> str:
    """A small form, its parts as lines."""
    return "\n".join([title, *head, *money, *goals, *tasks, label, header, *rows, *notes, ""])


def data() -> dict[str, Any]:
    """The general profile under ``general``, and the vocabularies by name, as they stand in their files."""
    files = {name: read_yaml(SCHEMAS / "vocabulary" / f"{name}.yaml") for name in VOCABULARIES}
    return {"general": read_yaml(SCHEMAS / "forms" / "general.yaml"), **files}


def words(files: Mapping[str, Any]) -> Iterator[tuple[Path, str | int]]:
    """All words (and widths) of the files, each with its place: the file, keys and places in lists."""
    for name, content in files.items():
        yield from _leaves(content, (name,))


def _leaves(content: Any, path: Path) -> Iterator[tuple[Path, str | int]]:
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield (*path, at), value


def without(content: Any, path: Path) -> Any:
    """The content without what stands at a place of it; the rest is shared."""
    first, *rest = path
    if rest:
        return {**content, first: without(content[first], tuple(rest))}
    assert isinstance(first, int)
    return [value for at, value in enumerate(content) if at != first]


class Reader:
    """Reads by the general profile alone, under another name: nothing is to be said of who reads."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        vocabulary = build({name: files[name] for name in VOCABULARIES}, files["general"])
        profile = Profile(
            name="alone",
            file="",
            sha256="",
            marks=(),
            expects=frozenset(files["general"]["expects"]),
            vocabulary=vocabulary,
        )
        self._reader = FormReader(Library(profile, (), vocabulary))

    def __call__(self, text: str) -> tuple[Form, ...]:
        """The forms in a text."""
        return self._reader.forms(shapes.read(text))


def seen(forms: Sequence[Form]) -> list[Any]:
    """All that was read, and what was doubted, without the places."""
    return [
        (
            (one.form_kind, one.title, one.fiscal_year, one.unit_code, one.unit_name, one.supervising_unit),
            (one.project_code, one.project_name, one.amount_unit, one.other_notes),
            [amount[:-1] for amount in one.funding],
            [goal.text for goal in one.goals],
            [task[:-1] for task in one.tasks],
            [indicator[:-1] for indicator in one.indicators],
            [(finding.code, finding.table, finding.seq, finding.field) for finding in one.findings],
        )
        for one in forms
    ]


_TOTALS: Final = {"total__total": "300", "basic__total": "100", "project__total": "200"}


def times(factor: int) -> dict[str, str]:
    return {name: str(int(amount) * factor) for name, amount in _TOTALS.items()}


# What must be read -------------------------------------------------------------------------------------------------


def head_says(**fields: object) -> Right:
    return lambda one: all(getattr(one, name) == value for name, value in fields.items())


def amounts_say(**amounts: str) -> Right:
    """``category_source`` = amount, and no others."""
    wanted = {tuple(name.split("__")): Decimal(amount) for name, amount in amounts.items()}
    return lambda one: {(a.category, a.source): a.amount for a in one.funding} == wanted


def goals_say(*texts: str) -> Right:
    return lambda one: [goal.text for goal in one.goals] == list(texts)


def tasks_say(*pairs: tuple[str, str]) -> Right:
    return lambda one: [(task.name, task.content) for task in one.tasks] == list(pairs)


def rows_say(*rows: Mapping[str, object]) -> Right:
    """The indicators, as far as each row says."""
    return lambda one: (
        len(one.indicators) == len(rows)
        and all(
            getattr(indicator, name) == value
            for indicator, row in zip(one.indicators, rows, strict=True)
            for name, value in row.items()
        )
    )


def quiet(right: Right) -> Right:
    return lambda one: right(one) and not one.findings


PLAIN_ROW: Final = {
    "level1": "产出指标",
    "level2": "数量指标",
    "name": "巡查次数",
    "operator": "≥",
    "value": "12",
    "unit": "次",
}
