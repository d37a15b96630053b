"""What the documents say is so."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import pytest

import extract
from extract.schemafiles import SCHEMAS
from tests.readme import READMES, ROOT, SAMPLE, excerpt, filled
from tests.test_cli import pifubiao

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = ("extract", "inspect", "explain", "report", "learn", "export")
TARGETS = {
    "help",
    "extract",
    "report",
    "example",
    "notebooks",
    "docs",
    "test",
    "coverage",
    "fuzz",
    "model",
    "check",
    "bench",
    "bench-confidence",
    "bench-scale",
    "soak",
    "mutants",
    "hostile",
    "hashes",
    "inventory",
    "clean",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# A make that runs the tests must not speak to the makes that they run.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def text(language: str) -> str:
    return READMES[language].read_text(encoding="utf-8")


@pytest.mark.parametrize("language", READMES)
def test_the_generated_part_is_up_to_date(language: str) -> None:
    """`python -m tests.readme` writes it anew."""
    assert filled(text(language), "excerpt", excerpt()) == text(language)


@pytest.mark.parametrize("language", READMES)
def test_the_commands_in_the_readme_exist(language: str) -> None:
    assert set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)\b", text(language))) - {"tables"} <= TARGETS
    assert set(re.findall(r"\bpifubiao ([a-z]+)\b", text(language))) <= set(COMMANDS)
    known = "".join(pifubiao(command, "--help").stdout for command in COMMANDS)
    used = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", text(language)))
    assert used <= set(re.findall(r"--[a-z-]+", known))


@pytest.mark.parametrize("language", READMES)
def test_links_lead_to_files(language: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", text(language)):
        assert link.startswith("https://") or (ROOT / link).exists(), link


def test_the_python_in_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    for language in READMES:
        (code,) = re.findall(r"```python\n(.*?)```", text(language), re.S)
        exec(code, {})
        assert capsys.readouterr().out == "大竹县司法局部门 2024 22 []\n"
    assert len(list((tmp_path / "out").iterdir())) == 9


def test_the_tables_in_the_readme_are_those_of_the_schemas() -> None:
    names = [path.stem for path in (SCHEMAS / "tables").glob("*.yaml")]
    for language in READMES:
        assert sorted(re.findall(r"^  ([a-z]+)/ ", text(language), re.M)) == sorted(names)


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, env=CLEAN, capture_output=True, encoding="utf-8", check=True)
    listed = dict(re.findall(r"^  make ([a-z-]+) +(\S.*)$", done.stdout, re.M))
    assert set(listed) == TARGETS
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert set(phony.split()) == TARGETS
    plain = subprocess.run(["make"], cwd=ROOT, env=CLEAN, capture_output=True, encoding="utf-8", check=True)
    assert plain.stdout == done.stdout


def test_make_extract_passes_on_what_it_is_given(tmp_path: Path) -> None:
    words = ["make", "--dry-run", "extract", "IN=my forms", "OUT=o", "FLAGS=--strict", f"VENV={tmp_path}"]
    done = subprocess.run(words, cwd=ROOT, env=CLEAN, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.rstrip().endswith(f"{tmp_path}/bin/pifubiao extract my forms --out o --strict")


def test_the_pinned_versions_are_those_that_are_tested() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.lower().split("==") for line in lines if line and not line.startswith("#"))
    named = [*PROJECT["project"]["dependencies"], *chain(*PROJECT["project"]["optional-dependencies"].values())]
    for requirement in named:
        name = re.split(r"[<>=\[]", requirement)[0].lower()
        assert name in pins, name
    for name in ("pyarrow", "regex", "typer", "rich", "pytest", "hypothesis", "pandas"):
        assert re.fullmatch(r"[0-9.]+", pins[name])


def test_one_version() -> None:
    assert re.search(
        rf"^## {re.escape(extract.__version__)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
    )
    assert version("pifubiao") == extract.__version__


def test_everything_that_is_exported_is_there() -> None:
    for name in extract.__all__:
        assert getattr(extract, name).__name__ == name
        assert getattr(extract, name).__doc__
    assert set(extract.__all__) <= set(dir(extract))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        extract.nothing  # noqa: B018


def test_no_module_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "extract").rglob("*.py")}
    assert {path.name: length for path, length in lengths.items() if length > 600} == {}
