"""The page on corrections keeps its word: what it shows is read from it and tried."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extract import extract_path, load_corrections
from extract.corrections.file import Correction
from tests.correcting import line, write
from tests.readme import ROOT
from tests.test_cli import account, pifubiao

DOCS = {"en": ROOT / "docs" / "corrections.md", "zh": ROOT / "docs" / "corrections.zh-CN.md"}
LANGUAGES = pytest.mark.parametrize("language", DOCS)


def page(language: str) -> str:
    return DOCS[language].read_text(encoding="utf-8")


def block(language: str, kind: str) -> str:
    """The first block of code of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", page(language), re.M | re.S)[0]  # type: ignore[no-any-return]


def table(language: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins so."""
    text = page(language).partition(first)[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


@LANGUAGES
def test_the_command_gives_what_the_page_shows(tmp_path: Path, language: str) -> None:
    path = tmp_path / "corrections.jsonl"
    path.write_text(block(language, "jsonl"), encoding="utf-8")
    assert len(load_corrections(path)) == 2
    words = block(language, "sh").split()
    assert words[:3] == ["pifubiao", "extract", "samples"]
    sample = ROOT / "samples" / "大竹县司法局-2024.txt"
    done = pifubiao("extract", sample, "--out", tmp_path / "out", *words[5:-1], path)
    assert done.returncode == 0
    message = "message_zh" if language == "zh" else "message"
    found = pq.read_table(tmp_path / "out" / "findings").to_pylist()
    shown = [
        ["" if row[k] is None else str(row[k]) for k in ("table", "seq", "field", "code", message)] for row in found
    ]
    assert shown == table(language, "| table | seq |")
    assert pq.read_table(tmp_path / "out" / "indicators")["value"][0].as_py() == "325"
    counts = account(tmp_path / "out")["counts"]["corrections"]
    assert counts == {"applied": 1, "confirmed": 1, "stale": 0, "unused": 0}
    assert set(counts) <= set(re.findall(r"`([a-z]+)`", page(language)))


@LANGUAGES
def test_every_key_is_explained(language: str) -> None:
    first = {"en": "| key |", "zh": "| 键 |"}[language]
    keys = [name for row in table(language, first) for name in re.findall(r"`([a-z_0-9]+)`", row[0])]
    assert tuple(keys) == Correction._fields


@LANGUAGES
def test_links_lead_to_files(language: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page(language))
    assert [link for link in links if not (DOCS[language].parent / link).exists()] == []


@LANGUAGES
def test_what_is_learned_is_what_the_page_shows(tmp_path: Path, language: str) -> None:
    form, diff = tmp_path / "form.txt", tmp_path / "learned.diff"
    form.write_text(block(language, "text"), encoding="utf-8")
    said = write(tmp_path / "corrections.jsonl", [line(extract_path(form), "indicators", 0, "level2", "数量指标")])
    shown = re.findall(r"^pifubiao learn (.*)$", page(language), re.M)
    assert shown == ["corrections.jsonl --in form.txt --to learned.diff"]
    assert pifubiao("learn", said, "--in", form, "--to", diff).returncode == 0
    assert diff.read_text(encoding="utf-8") == block(language, "diff")
    (tmp_path / "forms").mkdir()
    assert "patch -p1 -d forms < learned.diff\n" in page(language)
    subprocess.run(["patch", "-p1", "-s", "-d", "forms", "-i", diff], cwd=tmp_path, check=True)
    (read,) = extract_path(form, forms=tmp_path / "forms").forms
    assert (read.indicators[0].level2, read.findings) == ("数量指标", ())


def test_both_pages_show_the_same_corrections() -> None:
    one, other = (
        [{**json.loads(line), "who": "", "why": ""} for line in block(language, "jsonl").splitlines()]
        for language in DOCS
    )
    assert one == other
