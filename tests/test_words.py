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
WORDS = dict(words(FILES))
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
        (("general", "funding", "project_total"), "合计"),
        (("general", "goal_columns", "goal"), "年度目标"),
        (("general", "label_words"), "联系人"),
        (("grades", "name_ends"), "满意度"),
        (("grades", "achieved"), "13次"),
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
