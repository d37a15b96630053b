"""What a template leaves where nothing was filled in: a counter with nothing behind it (指标2：), or dots (……)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.model import Row
from extract.vocabulary import Vocabulary

_LABELS: Final = "R12B"


def is_placeholder(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a text says nothing."""
    profile = vocabulary.profile
    return text[0] in profile.placeholder_firsts and profile.placeholder.match(text) is not None


def without_placeholders(rows: Sequence[Row], vocabulary: Vocabulary) -> Sequence[Row]:
    """The rows of indicators without those that hold placeholders alone; labels before them stay."""
    firsts = vocabulary.profile.placeholder_firsts
    if firsts.isdisjoint([row.cells[-1].text[0] for row in rows]):
        return rows
    found = []
    for row in rows:
        cells = row.cells
        at = len(cells)
        while at and is_placeholder(cells[at - 1].text, vocabulary):
            at -= 1
        if at == len(cells) or not all(_is_label(cell.text, vocabulary) for cell in cells[:at]):
            found.append(row)
        elif at:
            found.append(row.changed(cells=cells[:at]))
    return found


def _is_label(text: str, vocabulary: Vocabulary) -> bool:
    label = vocabulary.label(text)
    return label is not None and label.kind in _LABELS
