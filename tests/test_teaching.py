"""The page that teaches a form keeps its word: what it shows is read from it and tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extract import extract_path
from extract.catalogue import findings
from extract.model import Form
from extract.profiles import default
from extract.schemafiles import SCHEMAS, read_yaml
from tests.readme import ROOT
from tests.test_cli import pifubiao

DOCS = {"en": ROOT / "docs" / "teaching-a-form.md", "zh": ROOT / "docs" / "teaching-a-form.zh-CN.md"}
LANGUAGES = pytest.mark.parametrize("language", DOCS)


def block(language: str, kind: str) -> str:
    """The one block of code of a kind."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", DOCS[language].read_text(encoding="utf-8"), re.M | re.S)
    assert isinstance(found, str)
    return found


def taught(language: str, folder: Path) -> Path:
    """A folder with the form and, in ``forms``, the profile."""
    (folder / "forms").mkdir()
    (folder / "form.txt").write_text(block(language, "text"), encoding="utf-8")
    (folder / "forms" / "yunze.yaml").write_text(block(language, "yaml"), encoding="utf-8")
    return folder


def only(path: Path, forms: Path | None = None) -> Form:
    (form,) = extract_path(path, forms=forms).forms
    return form


def indicators(form: Form) -> list[list[str]]:
    columns = ("level1", "level2", "name", "operator", "value", "unit", "weight")
    return [[str(getattr(one, column) or "") for column in columns] for one in form.indicators]


def table(language: str) -> list[list[str]]:
    """The rows of the page's table of indicators."""
    text = DOCS[language].read_text(encoding="utf-8").partition("| level1 |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


@LANGUAGES
def test_the_general_profile_reads_it_badly_and_says_so(tmp_path: Path, language: str) -> None:
    form = only(taught(language, tmp_path) / "form.txt")
    assert form.form_profile == "general"
    assert (form.title, form.fiscal_year, len(form.goals)) == ("云泽县2024年度预算绩效目标安排表", 2024, 2)
    assert (form.unit_name, form.funding) == (None, ())
    right = table(language)
    assert not [row for row in indicators(form) if row in right]
    said = set(re.findall(r"^- (`[^：:]+`)", DOCS[language].read_text(encoding="utf-8"), re.M))
    named = {code for text in said for code in re.findall(r"`([a-z0-9_]+)`", text)} & set(findings())
    assert named | {"profile_general"} <= {finding.code for finding in form.findings}


@LANGUAGES
def test_one_file_more_and_it_is_read_whole(tmp_path: Path, language: str) -> None:
    folder = taught(language, tmp_path)
    form = only(folder / "form.txt", folder / "forms")
    assert form.findings == ()
    assert form.form_profile == "yunze"
    assert (form.unit_code, form.unit_name, form.amount_unit) == ("302017", "云泽县水务局", "百元")
    assert {(a.category, a.source): str(a.amount) for a in form.funding} == {
        ("total", "total"): "4186000.00",
        ("basic", "total"): "2886000.00",
        ("project", "total"): "1300000.00",
    }
    assert [goal.text for goal in form.goals] == ["一、完成清水河城区段堤防加固。", "二、保障城乡居民饮水安全。"]
    assert [(task.name, task.content) for task in form.tasks] == [
        ("堤防加固", "对清水河城区段的险工险段进行加固"),
        ("饮水安全", "更新老旧管网，定期检测水质"),
    ]
    assert len(form.indicators) == 7
    assert indicators(form) == table(language)


@LANGUAGES
def test_the_mistake_is_said_as_the_page_shows_it(tmp_path: Path, language: str) -> None:
    folder = taught(language, tmp_path)
    path = folder / "forms" / "yunze.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: [要求]", "value: 要求"), encoding="utf-8")
    done = pifubiao("inspect", folder / "form.txt", "--forms", path.parent, "--lang", language)
    assert done.returncode == 2
    assert block(language, "console") == done.stderr.splitlines()[0].replace(f"{folder}/", "") + "\n"


def test_both_pages_teach_the_same() -> None:
    assert block("en", "text") == block("zh", "text")
    assert re.sub("#.*\n", "", block("en", "yaml")) == re.sub("#.*\n", "", block("zh", "yaml"))
    assert table("en") == table("zh")


@LANGUAGES
def test_every_key_of_a_profile_is_explained(language: str) -> None:
    known = read_yaml(SCHEMAS / "meta" / "form.yaml")["properties"]
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", DOCS[language].read_text(encoding="utf-8"), re.M)
    assert sorted(key for key, _ in rows) == sorted(known)
    for key, text in rows:
        part = known[key]
        names = {*part.get("properties", {}), *part.get("propertyNames", {}).get("enum", ())}
        assert names <= set(re.findall(r"`([a-z0-9_]+)`", text)), key


@LANGUAGES
def test_links_lead_to_files(language: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", DOCS[language].read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS[language].parent / link).exists()] == []


def test_the_shipped_profiles_do_not_know_the_county() -> None:
    assert "yunze" not in {profile.name for profile in default().profiles}
