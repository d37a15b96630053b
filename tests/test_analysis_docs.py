"""The page on asking an archive keeps its word: all of its code runs, and prints what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import extract
from extract.analysis.names import sources
from tests.commands import blocks
from tests.questions import QUESTIONS
from tests.readme import ROOT

PAGES = {"en": ROOT / "docs" / "analysis.md", "zh": ROOT / "docs" / "analysis.zh-CN.md"}
LANGUAGES = pytest.mark.parametrize("language", PAGES)


def page(language: str) -> str:
    return PAGES[language].read_text(encoding="utf-8")


@LANGUAGES
def test_all_code_runs_in_its_order(
    language: str,
    samples_output: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "out").symlink_to(samples_output, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}
    printed = ""
    shown = 0
    for kind, code in re.findall(r"^```([a-z]+)\n(.*?)^```$", page(language), re.M | re.S):
        if kind == "python":
            exec(code, known)
            printed = capsys.readouterr().out
        elif kind == "text":
            assert printed == code
            shown += 1
    assert shown == 1


@LANGUAGES
def test_every_question_is_there_and_can_be_asked(language: str, samples_output: Path) -> None:
    shown = blocks(page(language), "sql")
    assert len(shown) == len(QUESTIONS)
    archive = extract.open(samples_output)
    for question in shown:
        assert archive.sql(question).columns


@LANGUAGES
def test_every_view_is_there(language: str) -> None:
    shown = re.findall(r"^\| `([a-z_]+)` \| `(\w+)` \|", page(language), re.M)
    assert dict(shown) == {source.name: source.label_zh for source in sources().values() if source.kind != "table"}


def test_the_code_is_the_same_in_both_languages() -> None:
    one, other = ([re.sub(r" *#.*", "", code) for code in blocks(page(language), "python")] for language in PAGES)
    assert one == other
