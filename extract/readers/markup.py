"""Tags in a text, and where they stand: as much of HTML as tables and paragraphs need.

The standard library's parser takes time that grows with the square of some broken texts; this one looks at every
character a bounded number of times, and its offsets are those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# What clean.shown takes for a tag too, here over several lines; a declaration, and where a comment begins.
_MARK: Final = re.compile(r"<(?:!--|[!?][^<>]{0,2000}>|(/?)([A-Za-z][A-Za-z0-9:]{0,30})((?:[\s/\"'][^<>]{0,2000})?)>)")
_COMMENT_END: Final = "-->"
# Elements of which nothing is shown, whatever stands in them.
_UNSEEN: Final = frozenset({"script", "style", "title", "textarea", "noscript", "template", "colgroup"})
_SPAN: Final = re.compile(r"\b(row|col)span\s{0,3}=\W{0,4}(\d{1,5})", re.IGNORECASE)


class Mark(NamedTuple):
    """A tag with its attributes as they stand there, or a stretch of which nothing is shown (``name`` is "").

    ``start``/``end``: offsets in the text, half-open.
    """

    name: str
    closes: bool
    attributes: str
    start: int
    end: int


def marks(source: str) -> Iterator[Mark]:
    """The tags of a text in order, and the stretches between which nothing is shown: comments, scripts, styles."""
    # Once a closing mark is not found behind some place, it is found behind no later one.
    lost: set[str] = set()
    folded = ""
    at = 0
    while (match := _MARK.search(source, at)) is not None:
        start, at = match.span()
        name = (match[2] or "").lower()
        if name in _UNSEEN and not match[1] and name not in lost:
            folded = folded or source.lower()
            end = folded.find(f"</{name}", at) if len(folded) == len(source) else -1
            if end < 0:
                lost.add(name)
            else:
                at = source.find(">", end) + 1 or len(source)
                yield Mark("", closes=False, attributes="", start=start, end=at)
                continue
        elif not name:
            if match[0] == "<!--":
                end = source.find(_COMMENT_END, at) if _COMMENT_END not in lost else -1
                if end < 0:
                    lost.add(_COMMENT_END)
                    continue
                at = end + len(_COMMENT_END)
            yield Mark("", closes=False, attributes="", start=start, end=at)
            continue
        yield Mark(name, bool(match[1]), match[3], start, at)


def spans(attributes: str) -> tuple[int, int]:
    """How many rows and columns a cell spans by its attributes; 1 where nothing is said, 0 rows for all that follow."""
    found = {"row": 1, "col": 1}
    for side, number in _SPAN.findall(attributes):
        found[side.lower()] = int(number)
    return found["row"], max(1, found["col"])
