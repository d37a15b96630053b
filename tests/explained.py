"""Explanations that must not change unseen: `python -m tests.explained` writes them anew."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from extract.api import traced_bytes
from extract.interpret.trace import Recorder
from extract.messages import Speaker
from extract.report.explain import Chosen, Explained, explained
from extract.report.explain_table import show

ROOT = Path(__file__).parent
SAMPLES = ROOT.parent / "samples"
GOLDEN = ROOT / "golden"
# A form with tabs, a page layout, a table of pipes, one cell a line within a dump, and texts that are no form.
SHOWN = ("portal-02", "layout-05", "pipes-03", "sql-03")
# Like a form, and none: a title and one section; a table of two columns that a header of indicators has too.
NO_FORM = """县财政局关于预算绩效的通知

部门整体支出绩效目标批复表
预算单位：135-司法局
整体绩效目标\t一是做好普法。
附：绩效指标一览
指标名称\t指标值
宣传次数\t12
"""
WIDTH = 110


def explain(data: bytes, chosen: Chosen | None = None, name: str = "a.txt") -> Explained:
    """The explanation of these bytes."""
    recorder = Recorder()
    return explained(traced_bytes(data, recorder, source_path=name), recorder, chosen or Chosen())


def shown(found: Explained, language: str = "en", width: int = WIDTH) -> list[str]:
    """What is printed of an explanation, line by line."""
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    show(console, found, Speaker(language))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def golden() -> dict[Path, str]:
    """What the golden files must hold."""
    found = {}
    for language in ("en", "zh"):
        for name in SHOWN:
            path = SAMPLES / f"{name}.txt"
            lines = shown(explain(path.read_bytes(), name=path.name), language)
            found[GOLDEN / f"explain-{name}-{language}.txt"] = "\n".join(lines) + "\n"
        lines = shown(explain(NO_FORM.encode(), name="no-form.txt"), language)
        found[GOLDEN / f"explain-no-form-{language}.txt"] = "\n".join(lines) + "\n"
    return found


if __name__ == "__main__":
    for path, text in golden().items():
        path.write_text(text, encoding="utf-8")
