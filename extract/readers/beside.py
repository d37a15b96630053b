"""Lines beside tables, in the ways of writing that converters print: headings, drawers, directives.

A heading is read without its marks; lines that only draw (an underline) or say something about the text (properties,
attributes of a table) give no row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from extract.model import Cell, Row
from extract.patterns import re
from extract.readers import inline, text
from extract.readers.inline import Hidden, Writing, within
from extract.readers.pieces import Slice, cell_of

PlainRow = Callable[[str, int], Row | None]

# # A heading {#id}; == A heading; * A heading :tag:; #+TITLE: A heading
_HEADING: Final = re.compile(
    r"\s*+(?:#{1,6}\s++(?=\S)|={1,6}\s++(?=[^\s\d=])|\*{1,8}\s++(?=[^\s\d])|#\+(?:TITLE|title|Title):\s*+)"
)
_HEADING_END: Final = re.compile(r"(?<!\s)(?:\s+\{[#.][^{}]{0,400}\}|\s+#{1,6}|\s+\*{1,8}|\s+:[\w@:]{1,80}:)\s*$")
# Underlines, drawers (:END:), directives (.. table::), attributes of a block ([cols=…]), the fence of a table (|===).
_NO_TEXT: Final = re.compile(
    r"\s*+(?:([-=~^\"'*+#_:.`])\1{3,}+|:[A-Z_]{2,40}:(?:\s.*)?|#\+(?!(?i:title):)[A-Za-z_]{2,40}:?.*"
    r"|\.\.(?:\s.*)?|\[(?:[a-z]{1,20}=|\[)[^\n]*\]|\|={3,}|<!--.*-->|:{3,}.*)\s*$"
)
_ORG: Final = re.compile(r"^[ \t]{0,4}(?::PROPERTIES:|#\+[A-Za-z_]{2,40}:|\|-++\+[-+]*+\|[ \t]*$)", re.MULTILINE)
_ASCIIDOC: Final = re.compile(r"^[|!]={3,}[ \t]*$", re.MULTILINE)
# What says that a text is Markdown or reStructuredText: a heading with marks or an underline, an escape, strong text.
_LIGHT: Final = re.compile(
    r"^#{1,6} \S|^\S.*\n(?:=|-){4,}$|\\[!-/:-@\[-`{-~]|\*\*[^\s*][^*\n]{0,200}\*\*"
    r"|^[ \t]*+\|?[ \t]*+:?-{2,}+:?[ \t]*+\||\](?:\{[.#a-z]|\((?:https?:|/))",
    re.MULTILINE,
)


def writing(source: str) -> Writing | None:
    """The way of writing that a text with tables shows; None where it shows none."""
    if "|==" in source and _ASCIIDOC.search(source):
        return inline.asciidoc
    if _ORG.search(source):
        return inline.org
    return inline.light if _LIGHT.search(source) else None


def plain_row(own: Writing | None) -> PlainRow:
    """What reads a line beside a table in a way of writing."""
    if own is None:
        return text.line_row

    def read(line: str, number: int) -> Row | None:
        return _read(line, number, own)

    return read


def _read(line: str, number: int, own: Writing) -> Row | None:
    """The row of a line; None for one that holds no text."""
    if not line or line.isspace() or _NO_TEXT.match(line):
        return None
    hidden = [*_heading(line), *own(line)]
    made = text.line_row(line, number)
    if made is None or not hidden:
        return made
    cells = [cell for one in made.cells if (cell := _shown(line, one, hidden)) is not None]
    return made.changed(cells=cells) if cells else None


def _heading(line: str) -> Sequence[Hidden]:
    """The marks of a heading."""
    match = _HEADING.match(line)
    if match is None:
        return ()
    found = [Hidden(0, match.end())]
    end = _HEADING_END.search(line, match.end())
    return [*found, Hidden(*end.span())] if end is not None else found


def _shown(line: str, cell: Cell, hidden: Sequence[Hidden]) -> Cell | None:
    """A cell of a line without what does not show."""
    own = list(within(hidden, cell.start, cell.end))
    if not own:
        return cell
    found = cell_of([line], Slice(1, cell.start, cell.end), cell.col, sorted(own))
    if found is None:
        return None
    return found._replace(line=cell.line, parts=tuple(part._replace(line=cell.line) for part in found.parts))
