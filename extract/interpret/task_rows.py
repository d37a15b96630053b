"""The rows of tasks put together: names and contents that a line break or a lost separator took apart, or joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.interpret.broken import continues, fills, together
from extract.model import Cell, Finding, Row
from extract.places import cut, trimmed

TASK_COLUMNS: Final = 2
SENTENCE_END: Final = tuple("。！？!?；;…")
_SENTENCE_MARKS: Final = frozenset("，。；：、！？")
# A name that is broken has no longer pieces.
_PIECE: Final = 16
# The shortest word that a content repeats for no other reason than being its name.
_SHORTEST_NAME: Final = 4
_LONGEST_NAME: Final = 30


def whole_tasks(rows: Sequence[Row], width: int) -> tuple[list[Row], list[Finding]]:
    """Task rows with broken ones put together: by the usual width, else a row of one cell goes on with the next."""
    found: list[Row] = []
    doubts: list[Finding] = []
    rows = _parted(rows)
    for at, row in enumerate(rows):
        if found and continues(row):
            before = found[-1]
            broken = fills(before, row, width) or (width and before.width + row.width - 1 < width)
            unended = not before.cells[-1].text.endswith(SENTENCE_END)
            # A piece without any separator is no row of a table whose rows have some.
            rest = row.width == 1 and before.width > 1 and unended
            lone = len(before.cells) == 1 or (len(row.cells) == 1 and unended)
            after = rows[at + 1] if rest and at + 1 < len(rows) else None
            begins = after is not None and _may_begin_name(before, row, after)
            if begins and after is not None and _is_named(row, after):
                found.append(row)
                continue
            if broken or rest or (lone and (not width or before.width < width)):
                whole = together(before, row)
                if len(whole.cells) <= max(TASK_COLUMNS, len(before.cells)):
                    if begins and after is not None:
                        doubts.append(_open_piece(len(found) - 1, row, after))
                    elif name := _name_within(before) or (len(before.cells) == TASK_COLUMNS and _name_within(row)):
                        params = {"what": whole.cells[-1].text[:40], "other": name.text}
                        doubts.append(Finding("layout_ambiguous", "tasks", len(found) - 1, None, params, name))
                    found[-1] = whole
                    continue
        found.append(row)
    return found, doubts


def _may_begin_name(before: Row, piece: Row, after: Row) -> bool:
    """Whether a piece between two whole rows may be the beginning of the lower one's name."""
    whole = before.width == after.width and len(before.cells) == len(after.cells) == TASK_COLUMNS
    return whole and continues(after) and len(piece.cells[0].text) <= _PIECE


def _is_named(piece: Row, after: Row) -> bool:
    """Whether a content says the name that a piece makes with the cell below it: 尘肺 / 病筛查 | 开办尘肺病筛查."""
    name, content = after.cells[0].text, after.cells[1].text
    return _says(content, piece.cells[0].text + name, len(name) - 1)


def _says(content: str, name: str, least: int) -> bool:
    """Whether a content says a name, or all of it but two characters: a verb before the topic or a word behind it."""
    return any(
        name[low:high] in content for low, high in ((0, None), (2, None), (0, -2)) if len(name[low:high]) >= least
    )


def _shares(content: str, name: str) -> bool:
    """Whether a content repeats some of a name, whatever verb each begins with."""
    size = _SHORTEST_NAME
    return any(name[at : at + size] in content for at in range(len(name) - size + 1))


def _name_within(row: Row) -> Cell | None:
    """What stands before the first blank of a row's only cell, where it may be a name."""
    cell = row.cells[0]
    space = cell.text.find(" ") if len(row.cells) == 1 else -1
    if not _SHORTEST_NAME <= space <= _LONGEST_NAME or not _SENTENCE_MARKS.isdisjoint(cell.text[:space]):
        return None
    return trimmed(cut(cell, 0, space))


def _parted(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows; one with a blank for the separator of its cells is two cells, where the content says the name."""
    if not any(len(row.cells) > 1 for row in rows):
        return rows
    return [_in_two(row) if len(row.cells) == 1 else row for row in rows]


def _in_two(row: Row) -> Row:
    name = _name_within(row)
    if name is None:
        return row
    cell = row.cells[0]
    content = trimmed(cut(cell, len(name.text), len(cell.text)))
    if not _shares(content.text, name.text):
        return row
    return row.changed(cells=[name, content._replace(col=name.col + 1)], width=max(row.width, name.col + TASK_COLUMNS))


def _open_piece(seq: int, piece: Row, after: Row) -> Finding:
    cell = piece.cells[0]
    params = {"what": cell.text, "other": cell.text + after.cells[0].text}
    return Finding("layout_ambiguous", "tasks", seq, None, params, cell)
