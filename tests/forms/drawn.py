"""Rows of cells as tables of boxes: blank cells become spans, as people draw forms in Word and in sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.forms import office
from tests.forms.boxes import Box, Boxes, _tags
from tests.forms.counties import Table

# How many columns at least the header of indicators has.
_HEADER: Final = 4


def boxed(table: Table) -> Boxes:
    """The table with spans: blanks that a row begins with belong to the cell above, others to the cell before them.

    Under the header of the indicators a blank is a blank cell.
    """
    width = max(map(len, table))
    header = next((i for i, row in enumerate(table) if _is_header(row)), len(table))
    spans: dict[tuple[int, int], list[int]] = {}
    texts: dict[tuple[int, int], str] = {}
    # For each column, where the box stands that holds it in the row above.
    above: list[tuple[int, int]] = [(-1, -1)] * width
    for r, row in enumerate(table):
        leading = True
        here: list[tuple[int, int]] = []
        grown: set[tuple[int, int]] = set()
        for c in range(width):
            text = row[c] if c < len(row) else ""
            leading = leading and not text
            begun = above[c] if leading and r else (-1, -1)
            if begun[0] >= 0 and begun[1] == c and spans[begun][1] == 1:
                here.append(begun)
                grown.add(begun)
            elif text or not here or here[-1][0] < r or (r > header and c < len(row)):
                spans[r, c], texts[r, c] = [1, 1], text
                here.append((r, c))
            else:
                spans[here[-1]][1] += 1
                here.append(here[-1])
        for begun in grown:
            spans[begun][0] += 1
        above = here
    rows: Boxes = [[] for _ in table]
    for (r, c), (tall, wide) in sorted(spans.items()):
        rows[r].append(Box(tuple(texts[r, c].split("\n")), tall, wide))
    return rows


def _is_header(row: list[str]) -> bool:
    return len(row) >= _HEADER and any(cell in ("三级指标", "指标名称", "三级指标名称", "指标内容") for cell in row)


def html_page(boxes: Boxes) -> bytes:
    """A web page that holds the table and little else."""
    rows = "".join(
        "<tr>"
        + "".join(f'<td rowspan="{b.rows}" colspan="{b.columns}">{_tags(b.paragraphs)}</td>' for b in row)
        + "</tr>\n"
        for row in boxes
    )
    return f"<!DOCTYPE html><html><head><title>表</title></head><body><table>{rows}</table></body></html>".encode()


FORMATS: Final[Mapping[str, Callable[[Boxes], bytes]]] = {
    "html": html_page,
    "docx": lambda boxes: office.word_file((), boxes),
    "xlsx": lambda boxes: office.workbook({"Sheet1": office.boxed_sheet(boxes)}),
    "xlsx-numbers": lambda boxes: office.workbook({"Sheet1": office.boxed_sheet(boxes, numbers=True)}, office.DECIMALS),
}
