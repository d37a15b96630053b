"""The site of the documents: what is made of code and schemas is up to date, no link is broken, nothing is fetched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from extract import catalogue
from tests.browser import chromium, needs_browser
from tests.needs import needs
from tests.readme import ROOT
from tests.reference import DOCS, generated, options, table_names
from tests.reference import command as whole
from tests.test_cli import pifubiao

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
PAGES = sorted(path.relative_to(DOCS) for path in DOCS.rglob("*.md") if ".zh-CN." not in path.name)
needs_site = needs("mkdocs-material", found=all(map(find_spec, ("material", "mkdocs_static_i18n"))))


def build(folder: Path, to: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(to)]
    return subprocess.run(words, cwd=folder, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("site")
    done = build(ROOT, to)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return to


def test_the_pages_that_are_made_are_up_to_date() -> None:
    """`python -m tests.reference` writes them anew."""
    for path, text in generated().items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_every_page_is_there_in_both_languages() -> None:
    found = {path.relative_to(DOCS) for path in DOCS.rglob("*.zh-CN.md")}
    assert found == {page.with_suffix(".zh-CN.md") for page in PAGES}
    for page in PAGES:
        for own, other, name in (
            (page, page.with_suffix(".zh-CN.md"), "中文"),
            (page.with_suffix(".zh-CN.md"), page, "English"),
        ):
            assert f"\n[{name}]({other.name})\n" in (DOCS / own).read_text(encoding="utf-8"), own


def test_every_option_of_every_command_is_shown() -> None:
    for command in whole("en").commands:
        told = set(re.findall(r"^ +(?:-h, )?(--[a-z-]+)", pifubiao(command, "--help").stdout, re.M)) - {"--help"}
        for language in ("en", "zh"):
            assert {word for one in options(command, language) for word in re.findall(r"--[a-z-]+", one.name)} == told


@pytest.mark.parametrize("suffix", [".md", ".zh-CN.md"])
def test_every_code_and_every_column_is_shown(suffix: str) -> None:
    codes = [*catalogue.findings(), *catalogue.failures()]
    shown = re.findall(r"^\| `([a-z_0-9]+)` \|", (DOCS / f"findings{suffix}").read_text(encoding="utf-8"), re.M)
    assert sorted(shown) == sorted(codes)
    tables = (DOCS / f"tables{suffix}").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", tables, re.M) == table_names()


@needs_site
def test_every_page_has_a_place_in_the_site(site: Path) -> None:
    for page in PAGES:
        assert (site / page.with_suffix(".html")).is_file()
        assert (site / "zh-CN" / page.with_suffix(".html")).is_file()
    start = (site / "index.html").read_text(encoding="utf-8")
    for page in PAGES:
        assert f'href="{page.with_suffix(".html").as_posix()}"' in start, page


@needs_site
def test_no_page_asks_for_anything_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r'<(?:script|img|iframe|source)[^>]* src="(?:https?:)?//[^"]*', text) == [], path
        assert re.findall(r'<link(?![^>]*rel="canonical")[^>]* href="(?:https?:)?//[^"]*', text) == [], path


@needs_site
@pytest.mark.parametrize("change", ["[a](nowhere.md)", "[a](cli.md#nowhere)", "![a](nowhere.svg)"])
def test_a_link_that_leads_nowhere_fails(tmp_path: Path, change: str) -> None:
    for name in ("docs", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    page = tmp_path / "docs" / "review.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{change}\n", encoding="utf-8")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode == 1
    assert "review.md" in done.stderr and "nowhere" in done.stderr


def test_the_site_is_a_target_of_make_and_a_step_of_ci() -> None:
    assert "mkdocs build" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nmake docs\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert yaml.load(told, Loader=yaml.BaseLoader)["theme"]["font"] == "false"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@needs_site
@needs_browser
@pytest.mark.parametrize(
    ("start", "asked", "found"), [("", "weights", "Findings and failures"), ("zh-CN/", "置信度", "准确性如何衡量")]
)
def test_it_can_be_searched_from_the_disk(site: Path, browser: Browser, start: str, asked: str, found: str) -> None:
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{(site / start).as_uri()}/index.html")
    page.click(".md-search__input")
    page.keyboard.insert_text(asked)
    page.keyboard.press("End")
    page.wait_for_selector(f".md-search-result__item >> text={found}")
    page.close()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
