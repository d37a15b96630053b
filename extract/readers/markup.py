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
# Elements of which nothing is shown, whatever stands in them; of a list to choose from, only what was chosen is.
_UNSEEN: Final = frozenset(
    ["script", "style", "title", "textarea", "noscript", "template", "colgroup", "xml", "object", "svg", "datalist"]
)
_HIDDEN: Final = re.compile(
    r"display\s{0,3}:\s{0,3}none|mso-hide\s{0,3}:\s{0,3}all|(?:^|\s)hidden(?=\s|=|/|$)", re.IGNORECASE
)
# A list to choose from is no longer than this.
_LIST: Final = 20_000
# Elements without an end.
_VOID: Final = frozenset(["br", "hr", "img", "input", "col", "meta", "link", "wbr", "base", "area", "embed", "param"])
_OF_ROWS: Final = frozenset({"td", "th", "tr", "tbody", "thead", "tfoot"})
_OF_TABLES: Final = _OF_ROWS | {"table"}
# What ends an element whose own end may be left out, at the same depth of tables.
_ENDED_BY: Final = {
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
    "li": frozenset({"li", "ul", "ol"}),
    "option": frozenset({"option", "select", "optgroup"}),
    "p": frozenset({"p", "div", "table", "td", "th", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4"}),
}
_SPAN: Final = re.compile(r"\b(row|col)span\s{0,3}=\W{0,4}(\d{1,5})", re.IGNORECASE)


class Mark(NamedTuple):
    """A tag with its attributes as they stand there, or a stretch of which nothing is shown (``name`` is "").

    Of a stretch that is hidden, ``attributes`` is the name of its element.
    ``start``/``end``: offsets in the text, half-open.
    """

    name: str
    closes: bool
    attributes: str
    start: int
    end: int


def marks(source: str) -> Iterator[Mark]:
    """The tags of a text in order, and the stretches of which nothing is shown: comments, scripts, what is hidden."""
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
        if not match[1] and (match[3] or name == "option") and name not in lost and _is_hidden(source, match):
            end = _end(source, name, at)
            if end < 0:
                lost.add(name)
            else:
                at = end
                yield Mark("", closes=False, attributes=name, start=start, end=at)
                continue
        yield Mark(name, bool(match[1]), match[3], start, at)


def _is_hidden(source: str, tag: re.Match[str]) -> bool:
    name = tag[2].lower()
    if name == "option":
        return _is_not_chosen(source, tag)
    return name not in _VOID and _HIDDEN.search(tag[3]) is not None


def _is_not_chosen(source: str, tag: re.Match[str]) -> bool:
    """Whether another one of a list is chosen; where none is marked, the first is."""
    if "selected" in tag[3].lower():
        return False
    begin = source.rfind("<select", max(0, tag.start() - _LIST), tag.start())
    end = source.find("</select", tag.end(), tag.end() + _LIST)
    if begin < 0 or end < 0:
        return False
    return "selected" in source[begin:end] or "<option" in source[begin : tag.start()]


def _end(source: str, name: str, at: int) -> int:
    """Where an element ends whose first tag ends at ``at``; -1 where that is not found."""
    depth = 1
    tables = 0
    ended_by = _ENDED_BY.get(name, frozenset() if name in _OF_TABLES else _OF_ROWS)
    for match in _MARK.finditer(source, at):
        found = (match[2] or "").lower()
        closes = bool(match[1])
        if not tables and found in ended_by and not (closes and found == name):
            return match.start()
        if found == "table" and name != "table":
            tables += -1 if closes else 1
            if tables < 0:
                return match.start()
        elif found == name and not tables:
            depth += -1 if closes else 1
            if not depth:
                return match.end()
    return -1


def spans(attributes: str) -> tuple[int, int]:
    """How many rows and columns a cell spans by its attributes; 1 where nothing is said, 0 rows for all that follow."""
    found = {"row": 1, "col": 1}
    for side, number in _SPAN.findall(attributes):
        found[side.lower()] = int(number)
    return found["row"], max(1, found["col"])
