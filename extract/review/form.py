"""A form as its page shows it: the values of its tables, where they stand, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from extract.corrections.file import Correction
from extract.review.lines import Mark, shown
from extract.review.records import VALUES, Record, Row, as_text
from extract.review.sources import Seen
from extract.tables.derived import OF_INDICATORS
from extract.tables.schemas import schemas

# A row that is less sure than this is one to look at.
DOUBTFUL: Final = 0.9
CONFIDENCE: Final = "confidence"
# Of a text that stood in the source so many characters are told.
_TEXT: Final = 400
# What is no value of the form: keys, what is known of a row, and what follows from its values.
_KEYS: Final = ("document_id", "seq", CONFIDENCE, *OF_INDICATORS)
# The column that stands for its row where a doubt is about all of the row.
_CHIEF: Final = {"documents": "title", "funding": "amount", "goals": "text", "tasks": "name", "indicators": "name"}
_GRAVE: Final = frozenset({"warning", "error"})

_FINDING: Final = ("table", "seq", "field", "code", "severity")

Target = tuple[str, int | None, str | None]


class Doubt(NamedTuple):
    """Something to look at: a value, a row (no ``field``), a table (no ``seq``) or the form; why it is doubtful."""

    table: str | None
    seq: int | None
    field: str | None
    findings: list[int]
    confidence: float | None


def columns(table: str) -> list[str]:
    """The columns that hold values of a table."""
    return [name for name in schemas()[table].names if name not in _KEYS]


def data(
    record: Record, seen: Seen, images: Mapping[int, str], said: Sequence[Correction], language: str
) -> dict[str, Any]:
    """All of a form that its page shows.

    ``images``: by their pages where the pictures of these lie; ``said``: the corrections that the run knew.
    """
    findings = record.of("findings")
    places = record.of("provenance")
    document = record.document
    message = "message_zh" if language == "zh" else "message"
    right = [_is_right(place, seen.lines) for place in places]
    return {
        "number": record.number,
        "sha": document["source_sha256"],
        "path": document["source_path"],
        "index": document["form_index"],
        "about": {name: as_text(document[name]) for name in ("media_type", "encoding", "form_profile", "status")},
        "tables": {table: _values(table, record.of(table)) for table in VALUES},
        "confidence": {table: [row.get(CONFIDENCE) for row in record.of(table)] for table in VALUES},
        "marks": [_mark(place, is_right) for place, is_right in zip(places, right, strict=True)],
        "findings": [[one[name] for name in (*_FINDING, message, "page", "line")] for one in findings],
        "said": [one._asdict() for one in said],
        "doubts": [list(doubt) for doubt in doubts(record)],
        "source": {
            "missing": seen.missing,
            "lines": _lines(places, right, findings, seen),
            "pages": [[page.number, page.width, page.height, images[page.number]] for page in seen.pages],
        },
    }


def _values(table: str, rows: Sequence[Row]) -> dict[str, Any]:
    names = columns(table)
    return {"columns": names, "rows": [[as_text(row.get(name)) for name in names] for row in rows]}


def _is_right(place: Row, lines: Sequence[str]) -> bool:
    """Whether what stood at a place stands there in these lines; a place that is no longer right is not shown."""
    line, start, end = place["line"], place["column_start"], place["column_end"]
    if line is None or not 0 < line <= len(lines):
        return False
    return bool(lines[line - 1][start:end] == (place["text"] or ""))


def _mark(place: Row, is_right: bool) -> list[Any]:
    text = place["text"] or ""
    box = place["bbox"]
    return [
        place["table"],
        place["seq"],
        place["field"],
        place["page"],
        place["line"],
        None if box is None else [round(edge, 1) for edge in box],
        place["locator"],
        text if len(text) <= _TEXT else text[:_TEXT],
        len(text),
        int(is_right),
        place.get("basis"),
    ]


def _lines(places: Sequence[Row], right: Sequence[bool], findings: Sequence[Row], seen: Seen) -> list[Any]:
    if not seen.lines:
        return []
    marks = [
        Mark(place["line"], place["column_start"], place["column_end"], number)
        for number, (place, is_right) in enumerate(zip(places, right, strict=True))
        if is_right
    ]
    told = {one["line"] for one in findings if one["line"] is not None and 0 < one["line"] <= len(seen.lines)}
    return shown(seen.lines, marks, told)


def doubts(record: Record) -> list[Doubt]:
    """What of a form is to be looked at, in the order in which its tables are shown.

    That are the values, rows and tables with a finding of severity warning or error, and rows that are not sure.
    """
    found: dict[Target, list[int]] = {}
    told: list[int] = []
    for number, one in enumerate(record.of("findings")):
        if one["severity"] not in _GRAVE:
            continue
        if one["table"] is None:
            told.append(number)
        else:
            found.setdefault((one["table"], one["seq"], one["field"]), []).append(number)
    listed = [Doubt(None, None, None, [number], None) for number in told]
    for table in VALUES:
        listed += _of_table(table, record.of(table), found)
    return listed


def _of_table(table: str, rows: Sequence[Row], found: Mapping[Target, list[int]]) -> Iterator[Doubt]:
    for (name, seq, field), numbers in found.items():
        if name == table and (seq is None or not 0 <= seq < len(rows)):
            yield Doubt(table, None, field if table == "documents" else None, numbers, None)
    if table == "documents":
        return
    for seq, row in enumerate(rows):
        sure = row.get(CONFIDENCE)
        low = sure is not None and sure < DOUBTFUL
        own = [field for field in (None, *columns(table)) if (table, seq, field) in found]
        for field in own:
            yield Doubt(table, seq, field, found[table, seq, field], sure)
        if low and not own:
            yield Doubt(table, seq, _CHIEF[table], [], sure)
