"""The data files: checked when they are loaded, with errors that name the file and the place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extract.errors import SchemaError
from extract.schemafiles import SCHEMAS
from extract.vocabulary import load


def test_the_shipped_files_are_sound() -> None:
    vocabulary = load()
    assert vocabulary.labels["产出指标"].kind == "1"
    assert vocabulary.labels["成本指标"].kind == "B"
    assert vocabulary.profile.sections["年度绩效指标"] == "indicators"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("vocabulary/grades.yaml", "grades:", "grade:", "grades.yaml"),
        ("vocabulary/indicators.yaml", "parents: [产出指标]", "parents: [产出]", "level1 does not name 产出"),
        ("vocabulary/operators.yaml", "loose: []", "loose: [1]", "operators.=.loose[0]"),
        ("vocabulary/units.yaml", "per:", "pers:", "units.yaml"),
        (
            "forms/general.yaml",
            "notes: [其他说明",
            "notes: [总体资金情况",
            "总体资金情况 stands under funding and under notes",
        ),
        ("forms/general.yaml", "name: general", "name: [", "is not valid YAML"),
    ],
)
def test_a_broken_file_says_which_and_where(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemaError) as caught:
        load(folder)
    assert says in str(caught.value)
    assert path.name in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "known"),
    [("元/亩", True), ("人次/年", True), ("/亩", True), ("每人", True), ("覆盖率", False), ("元/次数率", False)],
)
def test_units_per_another(unit: str, known: bool) -> None:
    assert load().is_unit(unit) is known
