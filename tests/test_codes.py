"""The catalogues and the code name the same codes: none is dead, none is missing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import extract
from extract import catalogue
from extract.checks import DOCUMENT_FIELDS

PACKAGE = Path(extract.__file__).parent


def first_strings(callee: str) -> set[str]:
    """The strings that calls of ``callee`` in the package have as their first argument, both ways of a condition."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == callee:
                found |= {c.value for c in node.args[:1] if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    return found


def strings() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def test_every_code_of_the_catalogues_is_given_somewhere() -> None:
    given = strings() | {f"{field}_missing" for field in DOCUMENT_FIELDS}
    assert set(catalogue.findings()) - given == set()
    assert set(catalogue.failures()) - given == set()


@pytest.mark.parametrize(
    ("callee", "known"), [("Finding", set(catalogue.findings())), ("UnreadableInput", set(catalogue.failures()))]
)
def test_every_code_that_is_given_is_in_its_catalogue(callee: str, known: set[str]) -> None:
    assert first_strings(callee) - known == set()
