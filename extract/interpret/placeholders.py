"""What a template leaves where nothing was filled in: a counter with nothing behind it (指标2：), or dots (……)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from extract.model import Row
from extract.vocabulary import Vocabulary

# What such a text ends with; few others do.
_ENDS: Final = frozenset("…：:.．、·0123456789")
_LABELS: Final = "R12B"


def is_placeholder(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a text says nothing."""
    return text[-1] in _ENDS and vocabulary.profile.placeholder.match(text) is not None


def without_placeholders(rows: Sequence[Row], vocabulary: Vocabulary) -> Sequence[Row]:
    """The rows of indicators without those that hold placeholders alone; labels before them stay."""
    ends = [row.cells[-1].text for row in rows]
    if not any(is_placeholder(text, vocabulary) for text in ends if text[-1] in _ENDS):
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
            found.append(row._replace(cells=cells[:at]))
    return found


def _is_label(text: str, vocabulary: Vocabulary) -> bool:
    label = vocabulary.label(text)
    return label is not None and label.kind in _LABELS
