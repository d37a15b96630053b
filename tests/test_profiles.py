"""Form profiles: which one a form is read by, profiles of one's own, and what is wrong with one."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest

from extract import extract_bytes, load_forms
from extract.errors import SchemaError, UsageError
from extract.interpret.choose import reader_of
from extract.model import Form
from extract.profiles import default
from extract.schemafiles import SCHEMAS
from extract.vocabulary import FormProfile
from tests.test_cli import pifubiao

FORM = """{title}
预算年度：2024
预算单位：301001-河阳县民政局
整体绩效目标\t做好民政工作。
年度绩效指标
一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值\t绩效度量单位\t权重
产出指标\t数量指标\t走访户数\t≥\t30\t户\t100
"""


def read(text: str, forms: Path | None = None) -> tuple[Form, ...]:
    return extract_bytes(text.encode(), forms=forms).forms


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("title", "profile"),
    [
        ("部门（单位）整体支出绩效目标批复表", "portal-department"),
        ("单位整体支出绩效目标批复表（2024年度）", "portal-department"),
        ("2024年部门整体支出绩效目标（2024年度）批复表", "portal-department"),
        ("部门预算项目支出绩效目标批复表", "portal-project"),
        ("项目支出绩效目标批复表", "portal-project"),
        ("部门整体支出绩效目标申报表", "department-target"),
        ("部门整体绩效目标申报表", "department-target"),
        ("项 目 支 出 绩 效 目 标 表", "project-target"),
        ("专项资金绩效目标申报表", "project-target"),
        ("项目支出绩效自评表", "self-evaluation"),
        ("部门预算项目绩效目标申报表", "project-list"),
        ("绩效目标公开表", "general"),
    ],
)
def test_the_title_names_the_profile(title: str, profile: str) -> None:
    (form,) = read(FORM.format(title=title))
    assert form.form_profile == profile
    assert ("profile_general" in [finding.code for finding in form.findings]) == (profile == "general")
    assert len(form.indicators) == 1


def test_words_name_the_profile_where_no_title_does() -> None:
    text = FORM.format(title="预算年度：2024").replace(
        "整体绩效目标", "总体资金情况（元）\t预算支出总额\t财政拨款\n\t100.00\t100.00\n整体绩效目标"
    )
    (form,) = read(text)
    assert (form.title, form.form_profile) == (None, "general")
    (form,) = read(
        text.replace("年度绩效指标\n", "年度主要任务\t任务名称\t主要内容\n\t走访\t走访困难群众\n年度绩效指标\n")
    )
    assert (form.title, form.form_profile) == (None, "portal-department")


def test_forms_of_one_file_have_each_its_own_profile() -> None:
    text = FORM.format(title="部门整体支出绩效目标批复表") + FORM.format(title="绩效目标公开表").replace(
        "301001", "302"
    )
    assert [form.form_profile for form in read(text)] == ["portal-department", "general"]


def test_profiles_without_words_of_their_own_share_what_was_compiled() -> None:
    library = default()
    assert {id(profile.vocabulary) for profile in library.profiles} == {id(library.finder)}
    assert reader_of(library) is reader_of(default())


OWN = """
name: heyang
extends: general
identify:
  - title: [绩效安排一览]
columns:
  level1: [大类]
  level2: [小类]
  name: [工作事项]
  value: [计划]
  unit: [量词]
  weight: [份量]
"""
OWN_FORM = (
    FORM.format(title="民政局绩效安排一览")
    .replace(
        "一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值\t绩效度量单位\t权重",
        "大类\t小类\t工作事项\t计划\t量词\t份量",
    )
    .replace("≥\t30", "≥30")
)


def test_a_profile_of_ones_own_is_found_and_used(tmp_path: Path) -> None:
    (form,) = read(OWN_FORM)
    assert (form.form_profile, form.title) == ("general", None)
    assert {"title_missing", "level2_unknown", "weight_missing"} <= {finding.code for finding in form.findings}
    write(tmp_path, "heyang.yaml", OWN)
    (form,) = read(OWN_FORM, tmp_path)
    assert (form.form_profile, form.title) == ("heyang", "民政局绩效安排一览")
    (one,) = form.indicators
    assert (one.level1, one.level2, one.name, one.operator, one.value, one.unit) == (
        "产出指标",
        "数量指标",
        "走访户数",
        "≥",
        "30",
        "户",
    )


def test_its_words_count_in_its_own_forms_only(tmp_path: Path) -> None:
    write(tmp_path, "heyang.yaml", OWN)
    header = FORM.format(title="部门整体支出绩效目标批复表")
    odd = header.replace("绩效指标值", "计划").replace("302", "303")
    plain, other = read(header + odd.replace("301001", "302001"), tmp_path)
    assert plain.form_profile == other.form_profile == "portal-department"
    assert plain == read(header)[0]
    (alone,) = read(odd)
    assert other.indicators[0]._replace(places={}) == alone.indicators[0]._replace(places={})


def test_a_profile_of_ones_own_comes_before_those_that_are_shipped(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", "name: a\nextends: general\nidentify:\n  - title: [批复表]\n")
    form = FORM.format(title="部门整体支出绩效目标批复表")
    assert read(form, tmp_path)[0].form_profile == "a"
    path.write_text(
        "name: a\nextends: general\nidentify:\n  - {title: [批复表], words: [走访人数]}\n", encoding="utf-8"
    )
    assert read(form, tmp_path)[0].form_profile == "portal-department"
    assert read(form.replace("走访户数", "走访人数"), tmp_path)[0].form_profile == "a"


def test_a_profile_may_take_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "general.yaml", "name: general\nextends: general\ncolumns: {weight: [份量]}\n")
    form = FORM.format(title="部门整体支出绩效目标批复表").replace("权重", "份量")
    assert [finding.code for finding in read(form)[0].findings][:1] == ["column_inferred"]
    assert "column_inferred" not in [finding.code for finding in read(form, tmp_path)[0].findings]
    assert read(form, tmp_path)[0].indicators[0].weight == 100
    assert read(form, tmp_path)[0].form_profile == "portal-department"


def test_a_word_that_means_something_else_means_what_the_profile_says(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "name: a\nextends: general\nidentify: [{title: [批复表]}]\ncolumns: {pass: [权重]}\n")
    form = FORM.format(title="部门整体支出绩效目标批复表")
    assert [i.weight for i in read(form, tmp_path)[0].indicators] == [None]


def test_words_of_all_kinds_can_be_added(tmp_path: Path) -> None:
    text = """
name: a
extends: portal-department
identify: [{title: [批复表]}]
fields: {unit: [填表机关]}
codes: {unit: ['{name}({code})']}
money: {百元: {factor: 100, spellings: [百元]}}
sections: {funding: [钱款], goals: [打算]}
funding: {sources: {fiscal: [国库]}}
vocabulary:
  indicators: {level1: {产出指标: [做成]}, level2: {数量指标: [多少]}, roots: [本部门]}
  operators: {'≥': [不得少于]}
  units: [筐子]
  grades: [呱呱叫]
"""
    write(tmp_path, "a.yaml", text)
    form = """部门整体支出绩效目标批复表
预算年度：2024
填表机关：河阳县民政局（301001）
钱款（百元）\t预算支出总额\t国库
\t2.50\t2.50
打算\t做好民政工作。
年度绩效指标
一级指标\t二级指标\t三级指标\t绩效指标性质\t绩效指标值\t绩效度量单位\t权重
本部门\t做成\t多少\t走访户数\t不得少于\t30\t筐子\t60
\t\t质量指标\t走访质量\t定性\t呱呱叫\t\t40
"""
    (found,) = read(form, tmp_path)
    assert (found.unit_code, found.unit_name, found.amount_unit) == ("301001", "河阳县民政局", "百元")
    assert {(a.category, a.source): str(a.amount) for a in found.funding} == {
        ("total", "total"): "250.00",
        ("total", "fiscal"): "250.00",
    }
    assert [goal.text for goal in found.goals] == ["做好民政工作。"]
    first, second = found.indicators
    assert (first.level1, first.level2, first.operator, first.unit) == ("产出指标", "数量指标", "≥", "筐子")
    assert (second.level2, second.operator, second.value) == ("质量指标", "定性", "呱呱叫")


BAD = [
    ("name: a\nextends: general\nsection: {}\n", 3, "unknown key section", "未知的键 section"),
    ("name: a\nextends: general\ncolumns:\n  value: 计划\n", 4, "columns.value: 计划 is no list", "计划 不是列表"),
    (
        "name: a\nextends: general\ncolumns:\n  size: [计划]\n",
        4,
        "columns.size: size is none of: level1",
        "不在以下之列",
    ),
    (
        "name: a\nextends: general\ncolumns:\n  value:\n  - 计划\n  - 3\n",
        6,
        "columns.value[1]: 3 is no text",
        "3 不是文本",
    ),
    (
        "name: a\nextends: general\ncolumns:\n  value: [是, 计划]\n  unit: [计划]\n",
        5,
        "columns.unit[0]: 计划 stands under value and under unit",
        "计划 同时出现在",
    ),
    (
        "name: a\nextends: general\ncolumns: {}\ncolumns: {}\n",
        4,
        "the key columns stands here twice",
        "键 columns 重复",
    ),
    ("name: a\nextends: general\ncolumns: {1: [计划]}\n", 3, "the key 1 is no text", "键 1 不是文本"),
    ("name: a\nextends: general\nkinds: {project: [a, a]}\n", 3, "kinds.project: a stands here twice", "a 重复"),
    ("name: a\nextends: general\nkinds: {project: []}\n", 3, "kinds.project: must not be empty", "不能为空"),
    ("name: a b\nextends: general\n", 1, "name: a b is not written as it must be", "写法不符合要求"),
    ("name: a\n", 1, "kinds is missing", "缺少 kinds"),
    (
        "name: a\nextends: nobody\n",
        2,
        "extends: there is no profile nobody; known are: a, b, department-target",
        "没有表样 nobody",
    ),
    ("name: a\nextends: a\n", 2, "extends: there is no profile a", "没有表样 a"),
    ("name: a\nextends: b\n", 2, "extends: the profiles extend one another in a circle (b)", "循环引用"),
    ("name: b\nextends: general\n", 1, "name: b is also the name of", "也是"),
    (
        "name: a\nextends: general\ncodes: {unit: ['{code}']}\n",
        3,
        "codes.unit[0]: {code} must have {code} and {name} once each",
        "各有一个 {code} 和 {name}",
    ),
    (
        "name: a\nextends: general\nmoney: {百元: {factor: 0, spellings: [百元]}}\n",
        3,
        "money.百元.factor: 0 is too small: 1 at the least is asked for",
        "0 过小：不得小于 1",
    ),
    (
        "name: a\nextends: general\nmoney: {百元: {factor: 1000000000001, spellings: [百元]}}\n",
        3,
        "money.百元.factor: 1000000000001 is too large: 1000000000000 at the most is asked for",
        "过大：不得大于 1000000000000",
    ),
    *(
        (
            f"name: a\nextends: general\nmoney: {{百元: {{factor: {factor}, spellings: [百元]}}}}\n",
            3,
            f"money.百元.factor: {said} is no whole number",
            f"{said} 不是整数",
        )
        for factor, said in ((".inf", "inf"), (".nan", "nan"), ("0.5", "0.5"))
    ),
    (
        f"name: a\nextends: general\nsection_prefixes: [{', '.join(f'p{at}' for at in range(61))}]\n",
        3,
        "section_prefixes: there are 61: 60 at the most are asked for",
        "共 61 项，至多 60 项",
    ),
    (
        "name: a\nextends: general\nmoney: {百元: {factor: x, spellings: [百元]}}\n",
        3,
        "money.百元.factor: x is no whole number",
        "x 不是整数",
    ),
    (
        "name: a\nextends: general\nvocabulary: {indicators: {level1: {产出: [a]}}}\n",
        3,
        "vocabulary.indicators.level1.产出: the tree of indicators knows no 产出",
        "没有 产出",
    ),
    ("name: a\nextends: general\ncolumns: [a\n", 3, "is not valid YAML", "不是有效的 YAML"),
    (
        "name: !!python/object:os.system {}\n",
        1,
        "is not valid YAML (could not determine a constructor",
        "不是有效的 YAML",
    ),
    ("- a\n", 1, "['a'] is no mapping", "不是键值映射"),
    ("", None, "None is no mapping", "不是键值映射"),
]


@pytest.mark.parametrize(("text", "line", "says", "says_zh"), BAD, ids=range(len(BAD)))
def test_what_is_wrong_with_a_profile_is_said_with_file_line_and_place(
    tmp_path: Path, text: str, line: int | None, says: str, says_zh: str
) -> None:
    write(tmp_path, "b.yaml", "name: b\nextends: a\n" if "extends: b" in text else "name: b\nextends: general\n")
    path = write(tmp_path, "x.yaml", text)
    with pytest.raises(SchemaError) as caught:
        load_forms(tmp_path)
    where = f"{path}:{line}: " if line else f"{path}: "
    assert str(caught.value).startswith(where + (says if not says.startswith("[") else ""))
    assert says in str(caught.value)
    assert caught.value.zh.startswith(where)
    assert says_zh in caught.value.zh


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", "")
    path.write_bytes(b"name: a\nextends: general\nkinds: {project: [\xff]}\n")
    with pytest.raises(SchemaError, match=r"a\.yaml:3: is not valid YAML \(not UTF-8\)"):
        load_forms(tmp_path)


def test_a_folder_without_profiles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="forms_empty"):
        load_forms(tmp_path)
    with pytest.raises(UsageError, match="forms_unreadable"):
        load_forms(tmp_path / "none")


def test_the_command_takes_a_folder_of_profiles(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.txt", OWN_FORM)
    write(tmp_path / "in", "b.txt", FORM.format(title="部门整体支出绩效目标批复表"))
    path = write(tmp_path / "forms", "heyang.yaml", OWN)
    out = tmp_path / "out"
    done = pifubiao("extract", str(tmp_path / "in"), "--out", str(out), "--forms", str(path.parent))
    assert done.returncode == 0, done.stderr
    account = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert account["parameters"]["forms"] == str(path.parent)
    profiles = {profile["name"]: profile for profile in account["profiles"]}
    assert next(iter(profiles)) == "heyang"
    assert list(profiles)[-1] == "general"
    assert profiles["heyang"]["file"] == str(path)
    assert profiles["portal-department"]["file"] == "forms/portal-department.yaml"
    assert {name: profile["forms"] for name, profile in profiles.items() if profile["forms"]} == {
        "heyang": 1,
        "portal-department": 1,
    }
    assert all(len(profile["sha256"]) == 64 for profile in profiles.values())
    shown = pifubiao("inspect", str(tmp_path / "in" / "a.txt"), "--json", "--forms", str(path.parent))
    assert json.loads(shown.stdout)["forms"][0]["form_profile"] == "heyang"
    shown = pifubiao("inspect", str(tmp_path / "in" / "a.txt"), "--json")
    assert json.loads(shown.stdout)["forms"][0]["form_profile"] == "general"


@pytest.mark.parametrize("command", ["extract", "inspect"])
def test_a_bad_profile_stops_the_command_before_it_did_anything(tmp_path: Path, command: str) -> None:
    file = write(tmp_path / "in", "a.txt", OWN_FORM)
    path = write(tmp_path / "forms", "x.yaml", "name: a\nextends: general\ncolumns: {value: 计划}\n")
    out = tmp_path / "out"
    words = [command, str(file), "--forms", str(path.parent), *(["--out", str(out)] if command == "extract" else [])]
    for language, says in (
        ("en", "Error: {}:3: columns.value: 计划 is no list"),
        ("zh", "错误：{}:3: columns.value: 计划 不是列表"),
    ):
        done = pifubiao(*words, "--lang", language)
        assert done.returncode == 2
        assert says.format(path) in done.stderr
    assert not out.exists()
    done = pifubiao(*[str(tmp_path / "none") if word == str(path.parent) else word for word in words])
    assert done.returncode == 2
    assert "cannot be read (No such file or directory)" in done.stderr


def test_every_shipped_profile_extends_the_general_one() -> None:
    names = {path.stem for path in (SCHEMAS / "forms").glob("*.yaml")}
    assert names == {profile.name for profile in default().profiles}


def test_profiles_that_are_no_longer_used_are_not_kept(tmp_path: Path) -> None:
    money = "总体资金情况（元）\t预算支出总额\t财政拨款\n\t100.00\t100.00\n整体绩效目标"
    text = FORM.format(title="绩效目标公开表").replace("整体绩效目标", money, 1)
    for at in range(40):
        write(tmp_path, "own.yaml", f"name: own-{at}\nextends: general\nidentify: [{{title: [绩效目标公开表]}}]\n")
        library = load_forms(tmp_path)
        (form,) = extract_bytes(text.encode(), forms=library).forms
        assert (form.form_profile, len(form.funding)) == (f"own-{at}", 2)
    del library
    gc.collect()
    # Those of the last few libraries are remembered, since forms of one county follow one another.
    kept = [one for one in gc.get_objects() if isinstance(one, FormProfile) and one.name.startswith("own-")]
    assert len(kept) <= 20
