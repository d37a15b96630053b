"""Marks within a text: escapes, emphasis, links, in the ways of writing that converters print.

Each way of writing is a function from a text to its hidden stretches: where they stand, and the character that each
shows, or "" where it shows nothing. What is shown of the rest is the rest itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple


class Hidden(NamedTuple):
    """A stretch of a text, half-open, that does not show as it stands; ``shown`` is what it shows."""

    start: int
    end: int
    shown: str = ""


Writing = Callable[[str], Sequence[Hidden]]

# What none of the marks is made of: put where an escape stands, before marks are looked for.
_VOID: Final = "\0"
_ESCAPE: Final = re.compile(r"""\\(?:([!-/:-@\[-`{-~])|[ ]*(?=\n|$)|[ ]+)""")
_ORG_ENTITY: Final = re.compile(r"\\(vert|ast|under|tilde|slash|plus|equal)\{\}|\\\\[ ]*(?=\n|$)")
_ORG_SHOWN: Final = {"vert": "|", "ast": "*", "under": "_", "tilde": "~", "slash": "/", "plus": "+", "equal": "="}
_ASCIIDOC_BREAK: Final = re.compile(r"(?<= )\+(?=\n|$)|\+\+\+|\\(?=[*_^~`|#])")


def _paired(mark: str) -> re.Pattern[str]:
    """A mark of emphasis on both sides of a text, with no blank within.

    A single one stands for multiplication or joins words between letters and digits (5*6*7, A_B_C). A line may end
    anywhere, within the mark too.
    """
    one = r"\n?".join(map(re.escape, mark))
    own = re.escape(mark[0])
    inner = rf"(?=\n?[^\s{own}])[^{own}]{{0,600}}"
    if mark == "**":
        return re.compile(rf"(?<!{own})({one}){inner}(?<=[^ \t])({one})(?!{own})")
    # Behind a character that is not ASCII the second mark ends emphasis whatever follows.
    ends = rf"(?:(?<=[^ -~\s])(?={one})|(?<=[^ \t])(?={one}(?![0-9A-Za-z])))({one})"
    return re.compile(rf"(?<![0-9A-Za-z{own}])({one}){inner}{ends}")


_STRONG: Final = (_paired("**"), _paired("__"))
_LIGHT: Final = (_paired("*"), _paired("_"))
_BEYOND: Final = (
    _paired("~~"),
    re.compile(r"(?<!`)(`{1,2})(?=[^`])[^`\0]{1,200}(?<=[^`])(\1)(?!`)"),
    # Raised and lowered figures: m^2^, H~2~O.
    re.compile(r"(\^)[^\s^~\0]{1,8}(\^)"),
)
_LINKS: Final = (
    # [text](address "title"), ![text](address), [text]{.class key="…"}
    re.compile(
        r"(!?\[)[^\[\]]{0,600}(\]\n?\([^() \t]{0,2000}(?:\s\"[^\"]{0,200}\")?\)|\]\n?\{\n?[.#a-z][^{}]{0,400}\})"
    ),
    # `text <address>`__ and :role:`text`
    re.compile(r"(`)[^`<>]{0,600}(\s<[^`<>]{0,4000}>\n?`\n?_(?:\n?_)?)"),
    re.compile(r"(:[a-z]{1,12}:`)[^`]{1,200}(`)"),
)
_ORG_MARKS: Final = (
    re.compile(r"(\[\[[^\[\]]{1,2000}\]\[)[^\[\]]{0,600}(\]\])"),
    _paired("*"),
    _paired("_"),
    re.compile(r"(?:^|(?<=\s))(/)(?=[^\s/])[^/\0]{1,600}(?<=\S)(/)(?![0-9A-Za-z/])"),
)
_ASCIIDOC_MARKS: Final = (
    re.compile(r"((?:link:[^\s\[\]]{0,2000}|https?:[^\s\[\]]{1,2000})\[)[^\[\]]{0,600}(\])"),
    *_STRONG,
    *_LIGHT,
    *_BEYOND[1:],
)
# | A line of its own
_LINE_BLOCK: Final = re.compile(r"(?:^|(?<=\n))\|(?=[ \n]|$)")
_SIGNS: Final = re.compile(r"[\\*_`\[~^]|^\|")
_ORG_SIGNS: Final = re.compile(r"[\\*_/\[]")
_ASCIIDOC_SIGNS: Final = re.compile(r"[\\*_`\[~^+]")


def light(text: str) -> Sequence[Hidden]:
    """Markdown and reStructuredText."""
    if not _SIGNS.search(text):
        return ()
    blocks = [Hidden(*match.span()) for match in _LINE_BLOCK.finditer(text)] if "|" in text else ()
    return _read(text, [*_escapes(text), *blocks], (*_LINKS, *_STRONG, *_LIGHT, *_BEYOND))


def org(text: str) -> Sequence[Hidden]:
    """Org."""
    if not _ORG_SIGNS.search(text):
        return ()
    entities = [Hidden(*m.span(), _ORG_SHOWN.get(m[1] or "", "")) for m in _ORG_ENTITY.finditer(text)]
    return _read(text, entities, _ORG_MARKS)


def asciidoc(text: str) -> Sequence[Hidden]:
    """AsciiDoc."""
    if not _ASCIIDOC_SIGNS.search(text):
        return ()
    return _read(text, [Hidden(*m.span()) for m in _ASCIIDOC_BREAK.finditer(text)], _ASCIIDOC_MARKS)


def doubled(text: str) -> Sequence[Hidden]:
    """A quoted cell of CSV: a quote within it is doubled."""
    return [Hidden(*match.span(), '"') for match in re.finditer('""', text)] if '""' in text else ()


def doubled_single(text: str) -> Sequence[Hidden]:
    """A cell of CSV between single quotes: one within it is doubled."""
    return [Hidden(*match.span(), "'") for match in re.finditer("''", text)] if "''" in text else ()


def _escapes(text: str) -> list[Hidden]:
    """The escapes of a text; a backslash at the end of a line or before a blank stands for nothing."""
    if "\\" not in text:
        return []
    return [Hidden(*match.span(), match[1] or "") for match in _ESCAPE.finditer(text)]


def _read(text: str, escapes: Sequence[Hidden], patterns: Sequence[re.Pattern[str]]) -> Sequence[Hidden]:
    """The escapes with the marks on both sides of texts; none of these is looked for in an escape or a mark."""
    found = list(escapes)
    masked = _masked(text, escapes)
    for pattern in patterns:
        marks = [Hidden(*match.span(group)) for match in pattern.finditer(masked) for group in (1, 2)]
        if marks:
            found += marks
            masked = _masked(masked, marks)
    return sorted(found)


def _masked(text: str, hidden: Sequence[Hidden]) -> str:
    if not hidden:
        return text
    pieces: list[str] = []
    at = 0
    for one in sorted(hidden):
        pieces += (text[at : one.start], _VOID * (one.end - one.start))
        at = one.end
    return "".join([*pieces, text[at:]])


def within(hidden: Sequence[Hidden], start: int, end: int) -> Iterator[Hidden]:
    """What of the hidden stretches is within a part of the text, counted from where the part begins."""
    for one in hidden:
        if one.start < end and one.end > start:
            # What an escape that is broken over two lines shows stands in the second.
            yield Hidden(max(one.start, start) - start, min(one.end, end) - start, one.shown if one.end <= end else "")
