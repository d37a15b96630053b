"""Tables as CSV files that Excel opens: UTF-8 with a byte order mark, CRLF.

Excel takes a cell that begins with a sign of its formulas for one, whether it stands in quotes or not. Such a text gets
an apostrophe before it. So that it can be told from one that stood there, a text that begins with apostrophes and then
such a sign gets one more: taking one apostrophe away from what begins so gives every text back, as ``restored`` does.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from extract.export.table import Kind, Table, plain, spelled

# What a formula begins with; the full-width signs count as the others do where Chinese or Japanese is written.
SIGNS: Final = frozenset("=+-@\t\r＝＋－＠")
# A number is none, whatever its sign: it stays as it is, as text.
NUMBER: Final = re.compile(r"[+\-＋－]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?[%％]?")
_MARK: Final = "'"

Advance = Callable[[int], None]


def write(table: Table, path: Path, language: str, advance: Advance) -> None:
    """Writes a table; ``advance`` is told how many rows more are done. OSError where the disk fails."""
    texts = [_TEXTS[column.kind] for column in table.columns]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([column.head(language) for column in table.columns])
        for columns in table.lists():
            own = [_written(text, values) for text, values in zip(texts, columns, strict=True)]
            writer.writerows(zip(*own, strict=True))
            advance(len(columns[0]))


def defused(text: str) -> str:
    """A text as Excel takes it for one."""
    return _MARK + text if _is_risky(text) else text


def restored(text: str) -> str:
    """The text that ``defused`` made this one of."""
    return text[1:] if text.startswith(_MARK) and _is_risky(text) else text


def _is_risky(text: str) -> bool:
    if text[:1] not in _FIRST:
        return False
    rest = text.lstrip(_MARK)
    return rest[:1] in SIGNS and not NUMBER.fullmatch(rest)


_FIRST: Final = SIGNS | {_MARK}


def _written(text: Callable[[Any], str], values: Iterable[Any]) -> list[str]:
    return ["" if value is None else text(value) for value in values]


_TEXTS: Final[dict[Kind, Callable[[Any], str]]] = {
    Kind.text: defused,
    Kind.whole: str,
    Kind.money: plain,
    Kind.decimal: plain,
    Kind.real: repr,
    Kind.flag: lambda value: "TRUE" if value else "FALSE",
    Kind.list: spelled,
}
