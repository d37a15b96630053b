"""Word files (docx): the tables and paragraphs of the main part, as Word shows them.

A cell that goes on from the row above holds no text of its own; a row that holds a table only lays out the page, and
its paragraphs are rows by themselves. What was deleted with changes tracked, hidden text, field codes, headers and
footers are left out. A text box is read once, behind the paragraph that it is anchored to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from extract.errors import UnreadableInput
from extract.readers.packed import Parts, attribute, local
from extract.readers.source import Filled, Line, Piece, Source, drawn
from extract.readers.written_text import WrittenText

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_RELATIONS: Final = "_rels/.rels"
_MAIN: Final = "word/document.xml"
# Elements of which nothing is shown.
_UNSEEN: Final = frozenset(
    [
        *("del", "moveFrom", "delText", "instrText", "delInstrText", "fldChar", "rPr", "pPr", "tcPr", "trPr", "tblPr"),
        *("tblGrid", "sdtPr", "sdtEndPr", "sectPr", "rt", "proofErr", "bookmarkStart", "bookmarkEnd"),
    ]
)
_BREAKS: Final = frozenset({"br", "cr"})
_TABS: Final = frozenset({"tab", "ptab"})
_OFF: Final = frozenset({"0", "false", "off"})
# Characters of the font Symbol by their codes, with or without the private area's F0.
_SYMBOLS: Final = {0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB0: "°", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞"}
# Columns of a table; what stands further right keeps its order and no more.
_WIDEST: Final = 256


@dataclass(slots=True)
class _Count:
    """How many paragraphs and tables there are so far in a body, a cell or a text box."""

    paragraphs: int = 0
    tables: int = 0


class _Cell(NamedTuple):
    """A cell of a row: its column, its span, its element and address; ``goes_on``: it belongs to the one above."""

    col: int
    span: int
    element: Any
    name: str
    goes_on: bool


def read(data: bytes, options: ReadOptions) -> Source:
    """A docx file. UnreadableInput: what ``packed`` raises, and ``empty`` where it has no text."""
    return drawn(MEDIA_TYPE, [lines(data, options)])


def lines(data: bytes, options: ReadOptions) -> list[Line]:
    """The rows of the tables of a docx file, and the paragraphs beside them; raises as ``read`` does."""
    parts = Parts(data, options)
    root = parts.parse(_main_part(parts))
    body = next((child for child in root if local(child) == "body"), None)
    if body is None:
        raise UnreadableInput("malformed", reason="no body")
    return of_body(body)


def of_body(body: Any) -> list[Line]:
    """The rows and paragraphs of a body. UnreadableInput: ``empty``."""
    found = list(_blocks(body, "", _Count()))
    if not found:
        raise UnreadableInput("empty")
    return found


def _main_part(parts: Parts) -> str:
    """The name of the part that holds the text, as the file's relations state it."""
    if _RELATIONS in parts.names:
        for relation in parts.parse(_RELATIONS):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                target = str(relation.get("Target") or "").lstrip("/")
                if target in parts.names:
                    return target
    return _MAIN


def _blocks(parent: Any, where: str, count: _Count) -> Iterator[Line]:
    """The paragraphs and the rows of the tables within an element, in order."""
    for child in parent:
        name = local(child)
        if name == "p":
            count.paragraphs += 1
            yield from _paragraph(child, f"{where}paragraph[{count.paragraphs}]")
        elif name == "tbl":
            count.tables += 1
            yield from _table(child, f"{where}table[{count.tables}]")
        elif name == "AlternateContent":
            yield from _blocks(_chosen(child), where, count)
        elif not _is_unseen(name, child):
            yield from _blocks(child, where, count)


def _is_unseen(name: str, element: Any) -> bool:
    """Whether nothing of an element is shown; Office 2003 calls what was deleted an annotation."""
    if name == "annotation":
        return (attribute(element, "type") or "").endswith("Deletion")
    return name in _UNSEEN or (name == "r" and _is_hidden(element))


def _paragraph(element: Any, name: str) -> Iterator[Line]:
    text = WrittenText()
    _inline(element, text)
    for line in text.shown():
        yield Line([Filled(0, [[Piece(line)]])], name=name, free=True)
    yield from _boxes(text, name)


def _boxes(text: WrittenText, name: str) -> Iterator[Line]:
    for number, box in enumerate(text.boxes, 1):
        yield from _blocks(box, f"{name}/textbox[{number}]/", _Count())


def _inline(element: Any, into: WrittenText) -> None:
    """Takes in what an element shows within a paragraph."""
    for child in element:
        name = local(child)
        if name == "t":
            into.lines[-1].append(child.text or "")
        elif name in _BREAKS:
            into.lines.append([])
        elif name in _TABS:
            into.lines[-1].append("\t")
        elif name == "noBreakHyphen":
            into.lines[-1].append("-")
        elif name == "sym":
            into.lines[-1].append(_symbol(child))
        elif name == "txbxContent":
            into.boxes.append(child)
        elif name == "AlternateContent":
            _inline(_chosen(child), into)
        elif not _is_unseen(name, child):
            _inline(child, into)


def _chosen(element: Any) -> Any:
    """Of the ways in which a file states one thing, the first that has a text; the last where none has."""
    ways = [child for child in element if local(child) in ("Choice", "Fallback")]
    return next((way for way in ways if any(local(one) == "t" for one in way.iter())), ways[-1] if ways else ())


def _symbol(element: Any) -> str:
    try:
        code = int(attribute(element, "char") or "", 16)
    except ValueError:
        return ""
    if (attribute(element, "font") or "").lower() == "symbol":
        return _SYMBOLS.get(code & 0xFF, "")
    return "" if 0xE000 <= code <= 0xF8FF or code > 0xFFFF or 0xD800 <= code < 0xE000 else chr(code)


def _is_hidden(run: Any) -> bool:
    for properties in run:
        if local(properties) == "rPr":
            return any(local(one) == "vanish" and attribute(one, "val") not in _OFF for one in properties)
    return False


def _table(element: Any, name: str) -> Iterator[Line]:
    """The rows of a table. What it spans is told row by row, as Word draws it."""
    rows: list[tuple[str, list[_Cell]]] = []
    # Where cells begin that may go on in the next row.
    begun: frozenset[int] = frozenset()
    for number, row in enumerate(_inside(element, "tr"), 1):
        cells, begun = _cells(row, f"{name}/row[{number}]", begun)
        if not _is_gone(row):
            rows.append((f"{name}/row[{number}]", cells))
    width = max((cell.col + cell.span for _, cells in rows for cell in cells), default=0)
    for row_name, cells in rows:
        own = [cell for cell in cells if not cell.goes_on]
        if any(True for cell in own for _ in _inside(cell.element, "tbl")):
            for cell in own:
                yield from _blocks(cell.element, f"{cell.name}/", _Count())
        else:
            yield from _row(own, row_name, width)


def _row(cells: Sequence[_Cell], name: str, width: int) -> Iterator[Line]:
    filled: list[Filled] = []
    boxes: list[Line] = []
    for cell in cells:
        shown: list[str] = []
        for paragraph in _inside(cell.element, "p"):
            text = WrittenText()
            _inline(paragraph, text)
            shown += text.shown()
            boxes += _boxes(text, cell.name)
        if shown:
            filled.append(Filled(cell.col, [[Piece(line)] for line in shown], cell.span, cell.name))
    if filled:
        yield Line(filled, width, name=name)
    yield from boxes


def _inside(element: Any, wanted: str) -> Iterator[Any]:
    """The elements of a name within another, also those that stand in content controls or tracked insertions."""
    for child in element:
        name = local(child)
        if name == wanted:
            yield child
        elif name == "AlternateContent":
            yield from _inside(_chosen(child), wanted)
        elif name not in ("p", "tbl", "tr", "tc") and not _is_unseen(name, child):
            yield from _inside(child, wanted)


def _is_gone(row: Any) -> bool:
    """Whether a row was deleted with changes tracked."""
    return any(local(one) == "del" for properties in row if local(properties) == "trPr" for one in properties)


def _cells(row: Any, name: str, begun: frozenset[int]) -> tuple[list[_Cell], frozenset[int]]:
    """The cells of a row, and the columns at which a cell of it may go on below."""
    col = _number(row, "trPr", "gridBefore", 0)
    cells: list[_Cell] = []
    opened = set()
    for number, element in enumerate(_inside(row, "tc"), 1):
        span = min(max(1, _number(element, "tcPr", "gridSpan", 1)), max(1, _WIDEST - col))
        merge = _property(element, "tcPr", "vmerge")
        goes_on = merge is not None and attribute(merge, "val") != "restart" and col in begun
        if merge is not None:
            opened.add(col)
        cells.append(_Cell(col, span, element, f"{name}/cell[{number}]", goes_on))
        col += span
    return cells, frozenset(opened)


def _property(element: Any, group: str, name: str) -> Any | None:
    for properties in element:
        if local(properties) == group:
            # Office 2003 writes some of the names in small letters.
            return next((one for one in properties if local(one).lower() == name.lower()), None)
    return None


def _number(element: Any, group: str, name: str, default: int) -> int:
    found = _property(element, group, name)
    value = attribute(found, "val") if found is not None else None
    return int(value) if value is not None and value.isdecimal() and len(value) < 6 else default
