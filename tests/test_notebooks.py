"""The notebooks: executed from a clean output, with no error and no warning; what ``docs/`` shows of them is what comes."""

from __future__ import annotations

import ast
import io
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import example
from tests.needs import needs
from tests.notebooks import NAMES, NOTEBOOKS, RENDERED, SUFFIXES, NotebookError, all_rendered, executed
from tests.readme import ROOT

PACKAGES = ("duckdb", "ipykernel", "jupytext", "matplotlib", "nbclient", "pandas")
needs_jupyter = needs("what the extra notebooks has", found=all(map(find_spec, PACKAGES)))
# All that is committed of them, pictures and all.
MOST_BYTES = 2_000_000


class Wordless(ast.NodeTransformer):
    """Code without its texts, and without the names that it gives to columns: they are in one language."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Set:
        # The parts may stand in another order.
        parts = [self.visit(part) for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.Set(sorted(parts, key=ast.dump))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("agg", "assign"):
            node.keywords = [ast.keyword("", one.value) for one in node.keywords]
        return node


def code(path: Path) -> str:
    return ast.dump(Wordless().visit(ast.parse(path.read_text(encoding="utf-8"))))


def cells(path: Path) -> list[bool]:
    """Of each cell, whether it is text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.endswith("[markdown]") for line in lines if line.startswith("# %%")]


def test_every_notebook_is_there_in_both_languages() -> None:
    found = {path.name for path in NOTEBOOKS.glob("*.py")} - {"look.py"}
    assert found == {f"{name}{suffix}.py" for name in NAMES for suffix in SUFFIXES}


@pytest.mark.parametrize("name", NAMES)
def test_the_code_is_the_same_in_both_languages(name: str) -> None:
    one, other = (NOTEBOOKS / f"{name}{suffix}.py" for suffix in SUFFIXES)
    assert code(one) == code(other)
    assert cells(one) == cells(other)


@needs_jupyter
def test_what_is_shown_of_them_is_what_comes(tmp_path: Path) -> None:
    """`make notebooks` writes it anew."""
    from PIL import Image

    found = all_rendered(tmp_path)
    assert {path.name for path in RENDERED.iterdir()} == set(found)
    for name, data in found.items():
        shown = (RENDERED / name).read_bytes()
        if name.endswith(".md"):
            assert shown.decode() == data.decode(), name
        else:
            # Fonts draw a little differently from one machine to another.
            sizes = [Image.open(io.BytesIO(picture)).size for picture in (shown, data)]
            assert all(abs(a - b) <= a / 8 for a, b in zip(*sizes, strict=True)), name
    assert sum(map(len, found.values())) < MOST_BYTES


@needs_jupyter
@pytest.mark.parametrize(
    ("source", "said"),
    [("1 / 0", "ZeroDivisionError"), ("import warnings\nwarnings.warn('beware', stacklevel=1)", "beware")],
)
def test_an_error_and_a_warning_are_told(tmp_path: Path, source: str, said: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"# %%\n{source}\n", encoding="utf-8")
    with pytest.raises(NotebookError, match=said):
        executed(path)


@needs("matplotlib", found=find_spec("matplotlib") is not None)
def test_where_no_font_is_chinese_a_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(NOTEBOOKS)
    import look

    monkeypatch.setattr(look, "FONTS", ("No Such Font",))
    with pytest.raises(look.NoChineseFontError, match=r"No Such Font.*未安装中文字体"):
        look.chinese_font()
    monkeypatch.delitem(sys.modules, "look")


def test_the_example_archive_is_the_same_each_time(tmp_path: Path) -> None:
    archives = [example.written(tmp_path / name) for name in ("a", "b")]
    one, other = ({path.relative_to(a): path.read_bytes() for path in a.rglob("*.*")} for a in archives)
    assert one == other
    assert len(one) == 4 * 5 * (6 + 2) + len(example.OTHERS)
    assert sum(map(len, one.values())) < 500_000


def test_they_are_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "-m tests.notebooks" in makefile and "-m tests.example example" in makefile
