"""Running texts whose cells touch: where the goal of a self-evaluation ends, where the name of a task."""

from __future__ import annotations

import re
from typing import Final

_SENTENCE: Final = re.compile(r"[^。！？]*[。！？]+")
# What came of a goal is told as done.
_DONE: Final = re.compile(r"已|完成了|得到|达到了|截至|实际")
_SHORTEST_NAME: Final = 4
_LONGEST_NAME: Final = 30


def sentences(text: str) -> list[tuple[int, int]]:
    """The places of the sentences of a text, each with its end mark."""
    found = [match.span() for match in _SENTENCE.finditer(text)]
    end = found[-1][1] if found else 0
    return [*found, (end, len(text))] if text[end:].strip() else found


def end_of_aim(text: str) -> int:
    """Where what was aimed at likely ends and what came of it begins, in a text that holds both.

    The text's end where nothing tells.
    """
    parts = sentences(text)
    for start, end in parts[1:]:
        if _DONE.search(text[start:end][:12]):
            return start
    return len(text)


def end_of_name(text: str) -> int:
    """Where the name of a task likely ends in a text of name and content: contents often begin by saying it again.

    0 where nothing tells.
    """
    for end in range(min(len(text) // 2, _LONGEST_NAME), _SHORTEST_NAME - 1, -1):
        if text.find(text[:end], end) >= 0:
            return end
    return 0
