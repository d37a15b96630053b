"""The picture of the way through, from bytes to tables, drawn as text."""

from __future__ import annotations

from typing import Final, NamedTuple
from xml.sax.saxutils import escape


class _Stage(NamedTuple):
    """A step of the way: what it is, what it does, where it is, what data it is told by, and what comes out of it."""

    name: tuple[str, str]
    what: tuple[str, str]
    where: str
    data: tuple[str, ...]
    out: tuple[str, str]
    about: tuple[str, str]


_FIRST: Final = (("bytes", "字节"), ("a file, or a file in an archive", "一个文件，或压缩包中的一个文件"))
_STAGES: Final = (
    _Stage(
        ("Reader", "读取"),
        ("one a format; knows no form", "每种格式一个，不知道什么是批复表"),
        "readers/",
        ("radicals.yaml",),
        ("Grid", "网格"),
        ("rows of cells, each with its place", "成行的单元格，各有其出处"),
    ),
    _Stage(
        ("Interpreter", "解读"),
        ("the cheapest reading of each row", "每一行取代价最小的读法"),
        "interpret/",
        ("vocabulary/", "forms/"),
        ("Form", "表"),
        ("values with basis and place", "各值及其依据、出处"),
    ),
    _Stage(
        ("Checks and recovery", "检查与恢复"),
        ("doubts, cut texts, corrections", "存疑、截断的文字、人工更正"),
        "checks.py …",
        ("findings.yaml", "confidence.yaml"),
        ("Form + findings", "表与疑点"),
        ("and confidences", "每行附有置信度"),
    ),
    _Stage(
        ("Tables", "数据表"),
        ("columns by schema", "按结构成列"),
        "tables/",
        ("tables/",),
        ("Parquet", "Parquet"),
        ("and run.json, put there whole", "连同 run.json 整体就位"),
    ),
)
_BATCH: Final = ("batch/ deals files to processes or a cluster", "batch/ 把文件分给各进程或集群")
_DATA: Final = ("data under schemas/", "schemas/ 下的数据")

_WIDTH: Final = 640
_LEFT, _BOX, _HIGH, _GAP = 44, 330, 64, 58
_RIGHT: Final = 452
_TOP: Final = 64
_STYLE: Final = (
    "text{font-family:system-ui,'Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;fill:#1f2d3a}"
    ".t{font-size:17px;font-weight:600}.s{font-size:13.5px}.m{font-size:13px;font-family:ui-monospace,'DejaVu Sans Mono',monospace}"
    ".p{font-size:15px;font-weight:600;fill:#00695c}.g{fill:#5b6b78}"
)


def _text(x: float, y: float, kind: str, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _arrow(x1: float, y1: float, x2: float, y2: float, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="#5b6b78" stroke-width="1.6"{dash} marker-end="url(#a)"/>'


def _product(y: float, name: str, about: str) -> list[str]:
    return [_text(_LEFT + 44, y, "p", name), _text(_LEFT + _BOX, y, "s g", about, "end")]


def _stage(stage: _Stage, y: float, at: int) -> list[str]:
    parts = [
        f'<rect x="{_LEFT}" y="{y:g}" width="{_BOX}" height="{_HIGH}" rx="8" fill="#e0f2f1" stroke="#00796b" stroke-width="1.4"/>',
        _text(_LEFT + 14, y + 27, "t", stage.name[at]),
        _text(_LEFT + _BOX - 14, y + 26, "m g", stage.where, "end"),
        _text(_LEFT + 14, y + 49, "s", stage.what[at]),
        f'<rect x="{_RIGHT}" y="{y + 4:g}" width="{_WIDTH - _RIGHT - 28}" height="{_HIGH - 8}" rx="8" fill="#fff8e1" stroke="#b28704"/>',
        _arrow(_RIGHT, y + _HIGH / 2, _LEFT + _BOX + 3, y + _HIGH / 2, dashed=True),
    ]
    first = y + (_HIGH / 2 + 5 if len(stage.data) == 1 else _HIGH / 2 - 5)
    middle = (_RIGHT + _WIDTH - 28) / 2
    parts += [_text(middle, first + 20 * i, "m", name, "middle") for i, name in enumerate(stage.data)]
    return parts


def way(language: str) -> str:
    """The picture as SVG, in English or Chinese."""
    at = 1 if language == "zh" else 0
    bottom = _TOP + _GAP + len(_STAGES) * (_HIGH + _GAP)
    height = bottom + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{escape(_FIRST[0][at])} → {' → '.join(stage.out[at] for stage in _STAGES)}</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L10 5L0 10z" fill="#5b6b78"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{height}" rx="10" fill="#fff"/>',
        f'<rect x="16" y="14" width="{_LEFT + _BOX + 12}" height="{height - 28}" rx="10" fill="none" stroke="#9aa7b1" stroke-dasharray="2 5"/>',
        _text(32, 38, "s g", _BATCH[at]),
        _text((_RIGHT + _WIDTH - 28) / 2, 38, "s g", _DATA[at], "middle"),
    ]
    parts += _product(_TOP + 20, _FIRST[0][at], _FIRST[1][at])
    y = _TOP + _GAP
    parts.append(_arrow(_LEFT + 24, _TOP + 4, _LEFT + 24, y - 2))
    for stage in _STAGES:
        parts += _stage(stage, y, at)
        y += _HIGH
        parts.append(_arrow(_LEFT + 24, y, _LEFT + 24, y + _GAP - (14 if stage is _STAGES[-1] else 2)))
        parts += _product(y + _GAP / 2 + 5, stage.out[at], stage.about[at])
        y += _GAP
    return "\n".join([*parts, "</svg>"]) + "\n"
