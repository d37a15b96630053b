"""Every word of the data files counts: without it, some small form is read otherwise. See ``tests.words``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest

from extract.formfiles import FormFile, read_forms, read_words
from extract.interpret.choose import FormReader
from extract.model import Form
from extract.profiles import GENERAL, library
from extract.readers import shapes
from extract.schemafiles import SCHEMAS
from tests.word_forms import GOALS, HEAD, MONEY, TASKS, Path, Reader, data, form, seen, without, words
from tests.words import trials

FILES = data()
# Words that count where the cells of a form ran together, in self-evaluations and beside other amounts; their own tests
# hold them.
NOT_WALKED = (
    ("general", "label_words"),
    ("general", "funding", "beside"),
    ("grades", "achieved"),
    ("grades", "name_ends"),
)
# Words that others imply where cells are told apart (财政拨款小计 is 财政拨款): texts without boundaries of cells are cut
# by the lists themselves, and the samples of such texts hold these. Nothing is to be added here.
IMPLIED: dict[Path, list[str]] = {
    ("general", "goal_columns", "goal"): ["年度目标", "年度绩效目标", "年度总体目标", "绩效目标"],
    ("general", "section_prefixes"): ["本年度"],
    ("general", "fields", "other"): ["项目负责人及电话", "项目起止时间", "项目立项依据", "项目联系人"],
    ("general", "funding", "categories", "total"): [
        "预算支出总额",
        "支出总额",
        "部门预算总额",
        "年度支出总额",
        "整体支出总额",
    ],
    ("general", "funding", "categories", "basic"): ["基本支出预算"],
    ("general", "funding", "categories", "project"): ["项目支出预算"],
    ("general", "funding", "project_total"): ["年度资金总额", "项目资金总额", "合计", "总额"],
    ("general", "funding", "sources", "fiscal"): ["财政拨款小计", "财政拨款收入"],
    ("general", "funding", "sources", "unit_fund"): ["自有资金小计"],
    ("general", "funding", "sources", "other"): ["其他资金", "其他收入"],
    ("general", "funding", "sources", "general_public_budget"): ["一般公共预算拨款"],
    ("general", "funding", "sources", "government_fund"): ["政府性基金预算"],
    ("general", "funding", "sources", "state_capital"): ["国有资本经营预算"],
    ("general", "funding", "sources", "central"): ["中央财政资金", "中央财政拨款"],
    ("general", "funding", "sources", "provincial"): ["省级资金"],
    ("general", "funding", "sources", "municipal"): ["市级资金"],
    ("general", "funding", "sources", "county"): ["县级资金", "区级资金"],
    ("general", "funding", "sources", "upper_level"): ["上级补助资金"],
    ("general", "funding", "sources", "carry_over"): ["上年结转资金"],
    ("general", "furniture", "signs"): ["——"],
    ("hints", "hints", "服务对象满意度指标", "contains"): ["好评率", "满意"],
    ("hints", "hints", "满意度指标", "contains"): ["好评率", "满意"],
}
WORDS = {
    path: word
    for path, word in words(FILES)
    if not any(path[: len(group)] == group for group in NOT_WALKED) and word not in IMPLIED.get(path[:-1], ())
}
GROUPS = list(dict.fromkeys(path[: 3 if path[0] == "hints" else 2] for path in WORDS))


@lru_cache
def whole() -> Reader:
    return Reader(FILES)


def in_use(files: Mapping[str, Any], reader: Reader, path: Path, word: str | int) -> bool:
    """Whether a form is read right with the word at a place, and otherwise without it."""
    less = Reader({**files, str(path[0]): without(files[str(path[0])], path[1:])})
    for trial in trials(path, word, files):
        forms = reader(trial.text)
        if len(forms) == 1 and trial.right(forms[0]) and seen(less(trial.text)) != seen(forms):
            return True
    return False


@pytest.mark.parametrize("group", GROUPS, ids=".".join)
def test_every_word_is_in_use(group: tuple[str, ...]) -> None:
    own = {path: word for path, word in WORDS.items() if path[: len(group)] == group}
    assert own
    assert [word for path, word in own.items() if not in_use(FILES, whole(), path, word)] == []


@pytest.mark.parametrize(
    ("path", "word"),
    [
        (("units", "units"), "元/亩"),
        (("general", "sections", "goals"), "年度总体目标"),
        (("general", "funding", "categories", "total"), "单位支出总额"),
        (("general", "funding", "sources", "fiscal"), "财政拨款资金"),
        (("general", "furniture", "signs"), "【附"),
        (("indicators", "level1", "产出指标"), "产出指标"),
        (("operators", "operators", "≥", "spellings"), "大于等于 "),
        (("hints", "hints", "数量指标", "contains"), "总面积"),
    ],
)
def test_a_dead_word_is_found_out(path: tuple[str, ...], word: str) -> None:
    def added(content: Any, keys: tuple[str, ...]) -> Any:
        return {**content, keys[0]: added(content[keys[0]], keys[1:])} if keys else [*content, word]

    files = added(FILES, path)
    place = next(place for place, one in words(files) if one == word and place[: len(path)] == path)
    assert not in_use(files, Reader(files), place, word)


NAMED = [file for file in read_forms(SCHEMAS / "forms") if file.name != GENERAL]
MARKS = [
    (file, (at, key, place), word)
    for file in NAMED
    for at, mark in enumerate(file.data["identify"])
    for key, own in mark.items()
    for place, word in enumerate(own)
]


def test_shipped_profiles_have_no_words_of_their_own() -> None:
    """Those that they had would have to be walked through as well."""
    assert {key for file in NAMED for key in file.data} == {"name", "extends", "identify", "expects"}


@pytest.mark.parametrize(
    ("file", "section"), [(file, section) for file in NAMED for section in file.data.get("expects", ())]
)
def test_every_section_that_a_profile_expects_is_missed(file: FormFile, section: str) -> None:
    (title,) = file.data["identify"][0]["title"]
    parts: dict[str, Any] = {"tasks": {"tasks": ()}}
    text = form(title=title, **parts[section])
    for expected, missed in ((file.data["expects"], True), ([], False)):
        less = file._replace(data={**file.data, "expects": expected})
        (found,) = forms_of(text, less)
        assert found.form_profile == file.name
        assert (f"{section}_missing" in [finding.code for finding in found.findings]) == missed


@pytest.mark.parametrize(("file", "path", "word"), MARKS, ids=[f"{file.name}-{word}" for file, _, word in MARKS])
def test_every_mark_of_a_profile_is_in_use(file: FormFile, path: tuple[int, str, int], word: str) -> None:
    at, key, place = path
    mark = file.data["identify"][at]
    rest = [one for n, one in enumerate(mark[key]) if n != place]
    less = [*file.data["identify"]]
    # A mark without words would name every form.
    less[at : at + 1] = [{**mark, key: rest}] if rest else []
    if key == "title":
        text = form(title=f"云泽县绩效{word.removesuffix('表')}表")
    else:
        # With all words of the mark, and then without this one.
        text = form(title="", money=(), goals=(), tasks=(), notes=[f"{one}\t云泽" for one in mark[key]])
    assert name_of(text, file, file.data["identify"]) == file.name
    if key == "title" or not rest:
        assert name_of(text, file, less) != file.name
    else:
        changed = text.replace(word, "云泽", text.count(word))
        assert name_of(changed, file, file.data["identify"]) != file.name
        assert name_of(changed, file, less) == file.name


def name_of(text: str, file: FormFile, marks: list[Any]) -> str:
    (found,) = forms_of(text, file._replace(data={**file.data, "identify": marks}))
    return found.form_profile


def forms_of(text: str, changed: FormFile) -> tuple[Form, ...]:
    """The forms that the shipped profiles read, one of them changed."""
    files = [changed if one.name == changed.name else one for one in read_forms(SCHEMAS / "forms")]
    return FormReader(library(read_words(SCHEMAS / "vocabulary"), files)).forms(shapes.read(text))


def test_the_small_form_is_sound() -> None:
    (found,) = whole()(form())
    assert not found.findings
    assert (len(HEAD), len(MONEY), len(GOALS), len(TASKS)) == (2, 2, 1, 2)
    assert len(found.indicators) == len(found.tasks) == len(found.goals) == 1
