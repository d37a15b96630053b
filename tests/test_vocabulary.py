"""The data files: checked when they are loaded, with errors that name the file, the line and the place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extract.errors import SchemaError
from extract.profiles import default, load
from extract.schemafiles import SCHEMAS


def test_the_shipped_files_are_sound() -> None:
    vocabulary = default().general.vocabulary
    assert vocabulary.labels["产出指标"].kind == "1"
    assert vocabulary.labels["成本指标"].kind == "B"
    assert vocabulary.profile.sections["年度绩效指标"] == "indicators"
    assert vocabulary.hints.speaks_for("群众满意度") == {"服务对象满意度指标", "满意度指标"}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "says", "says_zh"),
    [
        (
            "vocabulary/grades.yaml",
            "grades:",
            "grade:",
            "unknown key grade; known are: grades",
            "未知的键 grade；可用的有：grades",
        ),
        (
            "vocabulary/indicators.yaml",
            "parents: [产出指标]",
            "parents: [产出]",
            "level2.数量指标.parents[0]: the tree of indicators knows no 产出 there",
            "指标体系的这一级没有 产出",
        ),
        (
            "vocabulary/operators.yaml",
            "loose: []",
            "loose: [1]",
            "operators.=.loose[0]: 1 is no text: put it in quotes",
            "1 不是文本：请加引号",
        ),
        ("vocabulary/units.yaml", "per:", "pers:", "unknown key pers; known are: units, per", "未知的键 pers"),
        (
            "vocabulary/hints.yaml",
            "  质量指标:",
            "  质量: ",
            "hints.质量: the tree of indicators knows no 质量 there",
            "没有 质量",
        ),
        (
            "forms/general.yaml",
            "notes: [其他说明",
            "notes: [总体资金情况",
            "sections.notes[0]: 总体资金情况 stands under funding and under notes",
            "总体资金情况 同时出现在 funding 和 notes 之下",
        ),
        ("forms/general.yaml", "name: general", "name: [", "is not valid YAML", "不是有效的 YAML"),
    ],
)
def test_a_broken_file_says_which_and_where(
    tmp_path: Path, file: str, old: str, new: str, says: str, says_zh: str
) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemaError) as caught:
        load(schemas=folder)
    line = line_of(text, old)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert caught.value.zh.startswith(f"{path}:{line}: ")
    assert says in str(caught.value)
    assert says_zh in caught.value.zh


@pytest.mark.parametrize(
    ("unit", "known"),
    [("元/亩", True), ("人次/年", True), ("/亩", True), ("每人", True), ("覆盖率", False), ("元/次数率", False)],
)
def test_units_per_another(unit: str, known: bool) -> None:
    assert default().general.vocabulary.is_unit(unit) is known
