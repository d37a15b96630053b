"""The generated parts of both READMEs: `python -m tests.readme` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

from extract import catalogue, extract_path, to_tables
from extract.catalogue import Wording

ROOT = Path(__file__).parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
SAMPLE = ROOT / "samples" / "大竹县司法局-2024.txt"

_COLUMNS = ("level1", "level2", "name", "operator", "value", "unit", "weight", "level2_basis")
_ROWS = (0, 1, 11, 13, 14, 15, 20, 21)
_SEVERITY = {
    "en": {"info": "info", "warning": "warning", "error": "error"},
    "zh": {"info": "提示", "warning": "警告", "error": "错误"},
}


def findings_table(language: str) -> str:
    """The catalogue of findings as a table of Markdown."""
    head = {"en": "| code | severity | what |", "zh": "| 代码 | 级别 | 含义 |"}[language]
    rows = [
        f"| `{kind.code}` | {_SEVERITY[language][kind.severity]} | {_escaped(_pick(kind.title, language))} |"
        for kind in catalogue.findings().values()
    ]
    return "\n".join([head, "|---|---|---|", *rows])


def excerpt() -> str:
    """Some rows of `indicators` from the real sample as a table of Markdown."""
    rows = to_tables([extract_path(SAMPLE)])["indicators"].select(_COLUMNS).take(list(_ROWS)).to_pylist()
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|---" * len(_COLUMNS) + "|"]
    lines += ["| " + " | ".join(_cell(row[name]) for name in _COLUMNS) + " |" for row in rows]
    return "\n".join(lines)


def filled(text: str, language: str) -> str:
    """A README with its generated parts written anew."""
    for mark, part in (("excerpt", excerpt()), ("findings", findings_table(language))):
        begin, end = f"<!-- {mark} -->\n", f"\n<!-- /{mark} -->"
        assert text.count(begin) == text.count(end) == 1, mark
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}{part}{end}{rest.partition(end)[2]}"
    return text


def _pick(wording: Wording, language: str) -> str:
    return wording.zh if language == "zh" else wording.en


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    number = re.fullmatch(r"(\d+)\.0+", text)
    return number[1] if number else _escaped(text if len(text) <= 24 else text[:24] + "…")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for language, path in READMES.items():
        path.write_text(filled(path.read_text(encoding="utf-8"), language), encoding="utf-8")
