"""The commands that the documents show are run: all recipes, and every line of the README."""

from __future__ import annotations

import ast
import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from extract import extract_path
from tests import example
from tests.commands import blocks, run, steps, workplace
from tests.correcting import line, write
from tests.needs import needs
from tests.readme import READMES, ROOT, SAMPLE
from tests.test_notebooks import PACKAGES, Wordless

RECIPES = [ROOT / "docs" / f"recipes{suffix}" for suffix in (".md", ".zh-CN.md")]
# What stands for names of the reader's own.
NAMES = {
    "INPUT...": "samples",
    "DIR": "out",
    "FILE": f"samples/{SAMPLE.name}",
    "OUT": "out",
    "CORRECTIONS": "c.jsonl",
    "INPUT": "samples",
}


def test_all_recipes_run(tmp_path: Path) -> None:
    environment = workplace(tmp_path)
    printed: list[str] = []
    for kind, code in steps(RECIPES[0].read_text(encoding="utf-8")):
        done = run(kind, code, tmp_path, environment)
        # The first one does not yet allow for the file that is no form.
        assert done.returncode == (0 if printed else 1), f"{code}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    texts = "\n".join(printed)
    for text in (
        "纪要.txt not_a_form",
        "大竹县司法局部门         2024  1923.39",
        "37            22          24   98",
        "ended with 1",
    ):
        assert text in texts
    # The worst one comes first.
    assert re.search(r"doubts  weak\n *wrong-01.txt +2 ", texts)
    assert json.loads((tmp_path / "form.json").read_text(encoding="utf-8"))
    assert (tmp_path / "report" / "index.html").is_file()


def test_recipes_are_the_same_in_both_languages() -> None:
    one, other = ([step for step in steps(path.read_text(encoding="utf-8")) if "$?" not in step[1]] for path in RECIPES)
    assert one == other


def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    environment = workplace(tmp_path)
    shown = {
        language: [
            " ".join(shell.partition("#")[0].split())
            for block in blocks(path.read_text(encoding="utf-8"), "sh")
            for shell in block.splitlines()
        ]
        for language, path in READMES.items()
    }
    assert set(shown["en"]) == set(shown["zh"])
    # The first two make the environment that this one stands for: CI calls them.
    assert shown["en"][:2] == ["make extract IN=samples OUT=out", "make test"]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make extract", "make test"} <= set(ci)
    for shell in shown["en"][2:]:
        words = [NAMES.get(word, word) for word in shell.split()]
        if "c.jsonl" in words:
            read = extract_path(SAMPLE)
            write(tmp_path / "c.jsonl", [line(read, "indicators", 0, "unit", "座", source_path=SAMPLE.name)])
        if "--xlsx" in words:
            words[-1] = "tables.xlsx"
        done = run("sh", shlex.join(words), tmp_path, environment)
        # No word of a profile stands behind the unit that is corrected.
        assert done.returncode == (1 if "learn" in words else 0), f"{shell}\n{done.stdout}\n{done.stderr}"


# What each line of the quick start is held by.
QUICK_START = {
    "make extract IN=samples OUT=out": "CI calls it",
    ".venv/bin/pifubiao inspect samples/大竹县司法局-2024.txt": "a recipe",
    "make example": "run here, without make",
    ".venv/bin/python -m pip install --constraint constraints.txt --editable '.[notebooks]'": "as the Makefile does",
    "PYTHONPATH=notebooks .venv/bin/python plot.py": "run here",
    "make extract IN=\"$HOME/archive\" OUT=out-mine FLAGS='--max-failed 5%'": "test_make_extract_passes_on_what_it_is_given",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with samples and the example archive, both read."""
    folder = tmp_path_factory.mktemp("place")
    environment = workplace(folder)
    example.written(folder / "example")
    for words in ("extract samples --out out", "extract example --out out-example --max-failed 3"):
        assert run("sh", f"pifubiao {words}", folder, environment).returncode == 0
    return folder, environment


def page(name: str, suffix: str) -> str:
    return (ROOT / "docs" / f"{name}{suffix}").read_text(encoding="utf-8")


@needs("what the extra notebooks has", found=all(map(find_spec, PACKAGES)))
@pytest.mark.parametrize("suffix", [".md", ".zh-CN.md"])
def test_the_quick_start_makes_a_plot(place: tuple[Path, dict[str, str]], suffix: str) -> None:
    folder, environment = place
    text = page("quick-start", suffix)
    assert set("".join(blocks(text, "sh")).splitlines()) == set(QUICK_START)
    (code,) = blocks(text, "python")
    (other,) = blocks(page("quick-start", ".md"), "python")
    assert ast.dump(Wordless().visit(ast.parse(code))) == ast.dump(Wordless().visit(ast.parse(other)))
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'notebooks'}", "MPLBACKEND": "agg"}
    done = run("python", code, folder, environment | paths)
    assert (done.returncode, done.stderr) == (0, "")
    picture = folder / "first-plot.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    picture.unlink()


@pytest.mark.parametrize("suffix", [".md", ".zh-CN.md"])
@pytest.mark.parametrize(("name", "printed"), [("index", "≥\n"), ("python", "大竹县司法局部门 2024 22 []\n")])
def test_the_python_of_the_pages_runs(place: tuple[Path, dict[str, str]], name: str, printed: str, suffix: str) -> None:
    folder, environment = place
    (code,) = blocks(page(name, suffix), "python")
    done = run("python", code, folder, environment)
    assert (done.returncode, done.stdout) == (0, printed), done.stderr
