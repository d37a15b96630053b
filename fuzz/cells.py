"""Bytes as a form: each byte chooses what the next cell is, so that what is mutated stays a table of known words.

Some bytes repeat what stands before them, since that is how a reading is made to take long.
"""

from __future__ import annotations

from typing import Final

from tests.scraps import SCRAPS

_LABELS: Final = tuple(word for word in SCRAPS if len(word) > 2 and word.isalpha())
_SIGNS: Final = ("≥", "≤", "=", ">", "<", "定性", "不低于", "以上", "优良中差", "正向")
_UNITS: Final = ("%", "元", "万元", "个", "人次", "件", "次", "小时", "户", "/")
_NUMBERS: Final = (
    "0", "0.00", "1", "5", "10", "20", "90", "95", "100", "1,000.00", "12.5", "-3", "2024",
    "９", "1e400", "9" * 20 + ".99",
)  # fmt: skip
_WORDS: Final = (
    "村镇林桥", "完成任务", "群众满意度", "培训人数", "按时完成。", "一是抓好工作；二是办实事。", "…", "……", "第 1 页",
    "合计：", "其中：", "（一）", "其他说明", "甲" * 40,
)  # fmt: skip
_BREAKS: Final = ("\n", "\n\n", "\r\n", "\f", "\x0b", "\u2028")
# So long a text is made at most: a repeated part may be repeated again.
_LONGEST: Final = 16 * 1024
# The byte that repeats up to 16 cells up to 16 times.
_AGAIN: Final = 0xEE
# How the cells of a whole form are kept apart.
_BETWEEN: Final = ("\t", "  ", "|", ",", "\t\t", "　", "；", " ")


def dumped(data: bytes) -> str:
    """A text of cells; the first byte says how they are kept apart, two bytes make a cell."""
    if not data:
        return ""
    between = _BETWEEN[data[0] % len(_BETWEEN)]
    out: list[str] = []
    length = 0
    for kind, choice in zip(data[1::2], data[2::2], strict=False):
        if kind == _AGAIN:
            new = out[-1 - (choice & 0x0F) :] * (1 + (choice >> 4))
        else:
            # A run of cells is a row until a byte ends it.
            end = _BREAKS[choice % len(_BREAKS)] if kind >= 0xF0 else "\n" if kind & 0x07 == 0x07 else between
            new = [_cell(kind, choice) + end]
        length += sum(map(len, new))
        if length > _LONGEST:
            break
        out += new
    return "".join(out)


def _cell(kind: int, choice: int) -> str:
    """A label, a sign, a number, a unit, a word, a scrap, a tag around one, or a blank."""
    match kind >> 3 & 0x07:
        case 0 | 1:
            return _LABELS[choice % len(_LABELS)]
        case 2:
            return _SIGNS[choice % len(_SIGNS)]
        case 3:
            return _NUMBERS[choice % len(_NUMBERS)]
        case 4:
            return _UNITS[choice % len(_UNITS)]
        case 5:
            return _WORDS[choice % len(_WORDS)]
        case 6:
            return SCRAPS[choice % len(SCRAPS)]
        case _:
            return f"<p>{_WORDS[choice % len(_WORDS)]}</p>" if choice & 1 else ""
