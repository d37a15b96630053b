"""The page on pipelines keeps its word: its example with make is run, and that with Dagster is sound Python."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.readme import ROOT
from tests.test_cli import COMMAND, ENVIRONMENT, SAMPLE, account
from tests.test_docs import CLEAN

DOCS = {"en": ROOT / "docs" / "in-a-pipeline.md", "zh": ROOT / "docs" / "in-a-pipeline.zh-CN.md"}
LANGUAGES = pytest.mark.parametrize("language", DOCS)


def blocks(language: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", DOCS[language].read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two forms to be read, and no ``pifubiao`` on the path but this one."""
    (tmp_path / "archive").mkdir()
    shutil.copy(SAMPLE, tmp_path / "archive" / "a.txt")
    shutil.copy(ROOT / "samples" / "wan-yuan-01.txt", tmp_path / "archive" / "b.txt")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "pifubiao"
    command.write_text(f'#!/bin/sh\nexec {COMMAND[0]} {COMMAND[1]} "{COMMAND[2]}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    outer = {name: value for name, value in ENVIRONMENT.items() if name in CLEAN}
    return outer | {"PATH": f"{folder / 'bin'}{os.pathsep}{outer['PATH']}"}


def times(folder: Path) -> dict[str, int]:
    paths = [folder / "units.csv", folder / "out" / "documents", *(folder / "out").rglob("*.parquet")]
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in paths}


@LANGUAGES
def test_make(folder: Path, language: str) -> None:
    (makefile,), (units, _) = blocks(language, "make"), blocks(language, "python")
    (folder / "Makefile").write_text(makefile, encoding="utf-8")
    (folder / "units.py").write_text(units, encoding="utf-8")

    def make() -> int:
        done = subprocess.run(
            ["make", f"PYTHON={sys.executable}"], cwd=folder, env=environment(folder), capture_output=True, check=False
        )
        return done.returncode

    assert make() == 0
    assert (folder / "units.csv").read_text(encoding="utf-8").splitlines()[-1] == "2024,135,大竹县司法局部门"
    first, before = account(folder / "out"), times(folder)

    # Nothing has changed: neither have the tables, and nothing is made of them.
    assert make() == 0
    again = account(folder / "out")
    assert (first["counts"]["skipped"], again["counts"]["skipped"], again["exit_code"]) == (0, 2, 0)
    assert times(folder) == before

    # A file more.
    shutil.copy(ROOT / "samples" / "wan-yuan-02.txt", folder / "archive" / "c.txt")
    assert make() == 0
    assert account(folder / "out")["counts"]["skipped"] == 2
    assert len((folder / "units.csv").read_text(encoding="utf-8").splitlines()) == 3
    before = times(folder)

    # A broken one: the command ends with 1 and make with 2, each time, and what depends on the tables is as it was.
    (folder / "archive" / "d.txt").write_bytes(b"")
    for skipped in (3, 3):
        assert make() == 2
        assert [account(folder / "out")["counts"][name] for name in ("failed", "skipped")] == [1, skipped]
        assert account(folder / "out")["exit_code"] == 1
        assert times(folder)["units.csv"] == before["units.csv"]
    (folder / "archive" / "d.txt").unlink()
    assert make() == 0
    assert times(folder)["units.csv"] > before["units.csv"]


def test_make_extract(folder: Path) -> None:
    """The target of this repository, in an environment that is there already."""
    (folder / ".run").touch()

    def make(*flags: str) -> int:
        words = ["make", "extract", f"VENV={folder}", "IN=archive", "OUT=out", f"FLAGS={' '.join(flags)}"]
        command = [*words, "-f", str(ROOT / "Makefile"), "-o", str(folder / ".run")]
        return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, check=False).returncode

    def parts() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*.parquet")}

    assert make() == 0
    before = parts()
    assert make() == 0
    assert (parts(), account(folder / "out")["counts"]["skipped"]) == (before, 2)
    (folder / "archive" / "c.txt").write_bytes(b"")
    assert make("--max-failed", "1") == 0
    assert make() == 2
    assert account(folder / "out")["exit_code"] == 1


@LANGUAGES
def test_what_the_page_says_of_dagster(folder: Path, language: str) -> None:
    _, pipeline = blocks(language, "python")
    ast.parse(pipeline)
    assert len({ast.dump(ast.parse(blocks(each, "python")[0])) for each in DOCS}) == 1
    if find_spec("dagster") is None:
        pytest.skip("Dagster is not installed")
    (folder / "pipeline.py").write_text(pipeline, encoding="utf-8")
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "-f", "pipeline.py", "--select", "*"]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "units.csv").exists()


@LANGUAGES
def test_links_lead_to_files(language: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", DOCS[language].read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS[language].parent / link).exists()] == []
