"""No test is there for show: each asserts an outcome, and more than that something is there or of a type."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent
# Calls whose truth says that something is there, or of what type it is.
_SHALLOW: Final = frozenset({"isinstance", "issubclass", "hasattr", "callable", "bool", "exists", "is_file", "is_dir"})
# Words that an assertion can begin with besides ``assert``: functions that assert, by the names they have here.
_CHECKING: Final = ("assert_", "check", "raises", "warns", "fail")

# Whose assertions lie in what they call, out of reach from here.
ALLOWED: Final = frozenset({"test_fuzz.py: test_a_target_begins_with_what_it_finds_sound"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> dict[str, Function]:
    """The functions and methods of a module, by name."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, Function)}


def is_shallow(test: ast.expr) -> bool:
    """Whether an assertion holds of nearly anything: it is there, it is of a type, it is not empty."""
    match test:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _names(operand) in _SHALLOW
        case ast.BoolOp(values=values):
            return all(map(is_shallow, values))
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return isinstance(test.ops[0], ast.IsNot)
        case ast.Call():
            return _names(test) in _SHALLOW
        case ast.Name() | ast.Attribute():
            return True
    return False


def _names(node: ast.expr) -> str:
    """The name of what is called."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def asserts(function: Function, known: dict[str, Function], seen: frozenset[str] = frozenset()) -> Iterator[bool]:
    """For each assertion that a function comes to, its own or those of functions it calls, whether it is shallow."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            yield is_shallow(node.test)
        elif isinstance(node, ast.Raise):
            yield False
        elif isinstance(node, ast.Call):
            name = _names(node)
            if name.startswith(_CHECKING):
                yield False
            elif name in known and name not in seen:
                yield from asserts(known[name], known, seen | {name})


def dishonest(source: str, known: dict[str, Function]) -> list[str]:
    """The tests of a module that assert nothing, or nothing of substance."""
    tree = ast.parse(source)
    own = known | functions(tree)
    tests = [function for name, function in functions(tree).items() if name.startswith("test_")]
    return [test.name for test in tests if all(asserts(test, own))]


def helpers() -> dict[str, Function]:
    """All functions of the tests that are no tests: any of them may assert for one."""
    found: dict[str, Function] = {}
    for path in TESTS.rglob("*.py"):
        found |= functions(ast.parse(path.read_text(encoding="utf-8")))
    return {name: function for name, function in found.items() if not name.startswith("test_")}


def test_every_test_asserts_an_outcome() -> None:
    known = helpers()
    found = {
        f"{path.name}: {name}"
        for path in TESTS.rglob("test_*.py")
        for name in dishonest(path.read_text(encoding="utf-8"), known)
    }
    assert found == ALLOWED


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "run()",
        "assert True",
        "assert run() is not None",
        "assert isinstance(run(), dict)",
        "assert hasattr(run(), 'x') and callable(run().x)",
        "assert path.exists()",
        "x = run()\n    assert x",
        "assert_nothing = 1\n    assert x.y",
        "for x in run():\n        assert x.is_file()",
        "shallow(run())",
    ],
)
def test_what_says_nothing_is_found(body: str) -> None:
    source = f"def shallow(x):\n    assert x is not None\ndef test_it():\n    {body}\n"
    assert dishonest(source, {}) == ["test_it"]


@pytest.mark.parametrize(
    "body",
    [
        "assert run() == 3",
        "assert x is not None\n    assert x.y == 2",
        "assert x is None",
        "assert 'a' in run()",
        "assert not found",
        "assert all(x > 1 for x in run())",
        "with pytest.raises(ValueError):\n        run()",
        "deep(run())",
        "deeper(run())",
    ],
)
def test_what_says_something_is_left_alone(body: str) -> None:
    source = f"def deep(x):\n    assert x == 1\ndef deeper(x):\n    deep(x)\ndef test_it():\n    {body}\n"
    assert dishonest(source, {}) == []
