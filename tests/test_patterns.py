"""No pattern of the package gets lost in a text."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Final

import pytest

from extract.interpret import kinds
from tests import readings
from tests.patterns import MOST

_ROOT: Final = Path(__file__).parent.parent
_POSSESSIVE: Final = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")
# The engine is chosen when extract.patterns is imported; everything else sees the version that runs.
_AS_ON_DEBIAN_12: Final = """
import json, sys, regex
runs, sys.version_info = sys.version_info, (3, 11, 2, "final", 0)
from extract.patterns import re
sys.version_info = runs
assert re is regex
"""
_READ: Final = """
from tests import readings
print(json.dumps({copy: readings.digests(copy) for copy in json.loads(sys.argv[1])}))
"""
_TRIED: Final = """
from tests import patterns
patterns.main()
"""


@pytest.mark.parametrize("words", [["-m", "tests.patterns"], ["-c", _AS_ON_DEBIAN_12 + _TRIED]], ids=["re", "regex"])
def test_no_pattern_takes_long_over_texts_of_its_own_characters(words: list[str]) -> None:
    """What grows much faster than a text does not pass, at this length."""
    try:
        told = subprocess.run(
            [sys.executable, *words], cwd=_ROOT, capture_output=True, encoding="utf-8", timeout=120, check=True
        ).stdout
    except subprocess.TimeoutExpired as late:
        shown = (late.stdout or b"").decode()
        pytest.fail(f"never ends: {shown.splitlines()[-1]}")
    lines = [json.loads(line) for line in told.splitlines()]
    found = [line for line in lines if len(line) == 3]
    assert len(found) > 150
    assert [line for line in found if line[1] > MOST] == []


@pytest.mark.parametrize("piece", ["-至", "至a度", "-", "度", "至甲"])
@pytest.mark.parametrize("end", ["x" * 30, "\n\n", ""])
def test_dates_that_go_on_and_on(piece: str, end: str) -> None:
    since = perf_counter()
    kinds._DATE.match("2024年" + piece * 5000 + end)
    assert perf_counter() - since < MOST


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024年-2025年", True),
        ("2024年底", True),
        ("2024.1至2024.12底前", True),
        ("2024年--至", True),
        ("2024年-", False),
    ],
)
def test_dates_that_end(text: str, date: bool) -> None:
    assert bool(kinds._DATE.match(text)) is date


def _imports(tree: ast.Module) -> set[str]:
    return {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}


def _possessive(tree: ast.AST) -> list[str]:
    """The texts in which a quantifier is possessive or a group atomic."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    read = [text.decode("latin-1") if isinstance(text, bytes) else text for text in texts]
    return [text for text in read if isinstance(text, str) and _POSSESSIVE.search(text)]


def _of_re(tree: ast.Module) -> list[ast.AST]:
    """What a module gives to Python's own ``re``: all of it, where it does not import ``regex`` too."""
    imported = _imports(tree)
    if "re" not in imported:
        return []
    if "regex" not in imported:
        return [tree]
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")]


def test_what_re_gets_wrong_before_3_11_5_is_left_to_engines_that_do_not() -> None:
    trees = {path.stem: ast.parse(path.read_bytes()) for path in sorted((_ROOT / "extract").rglob("*.py"))}
    assert len([name for name, tree in trees.items() if _possessive(tree)]) > 15
    assert {name: own for name, tree in trees.items() for node in _of_re(tree) if (own := _possessive(node))} == {}


def test_samples_are_read_alike_on_a_python_whose_re_is_not_used() -> None:
    whole = [copy for copy in readings.copies() if " " not in copy]
    words = [sys.executable, "-c", _AS_ON_DEBIAN_12 + _READ, json.dumps(whole)]
    run = subprocess.run(words, cwd=_ROOT, capture_output=True, encoding="utf-8", check=True)
    known = json.loads(readings.GOLDEN.read_text(encoding="utf-8"))
    assert json.loads(run.stdout) == {copy: known[copy] for copy in whole}
