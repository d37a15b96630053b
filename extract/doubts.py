"""Characters that a reader was not sure of: the values that rest on them are said to be doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extract.model import OF_HEADER, ROWS, BBox, Cell, Finding, Form, Origin, TableName
from extract.readers.source import Doubt

Doubts = Mapping[tuple[int, BBox], Doubt]


def findings(form: Form, origin: Origin, doubts: Doubts) -> list[Finding]:
    """A finding for each value with a doubtful character."""
    found = []
    for table, seq, field, place in _values(form):
        for doubt in _within(place, origin, doubts):
            params = {"text": place.text[:30], "read": doubt.read or doubt.text, "other": doubt.other or "?"}
            if doubt.read:
                params["other"] = doubt.text
            # Where it is not sure what stands there at all, no cell of its row is.
            of = None if doubt.whole and seq is not None else field
            found.append(Finding("ocr_corrected" if doubt.read else "ocr_doubtful", table, seq, of, params, place))
            break
    return found


def _values(form: Form) -> Iterator[tuple[TableName, int | None, str, Cell]]:
    for field, place in form.places.items():
        yield "documents", None, field, place
    for table in ROWS:
        for seq, row in enumerate(getattr(form, table)):
            for field, place in row.places.items():
                if field not in OF_HEADER:
                    yield table, seq, field, place


def _within(place: Cell, origin: Origin, doubts: Doubts) -> Iterator[Doubt]:
    for piece in place.parts or (place,):
        if not 0 < piece.line <= len(origin.lines):
            continue
        line = origin.lines[piece.line - 1]
        for box in line.boxes[piece.start : piece.end]:
            doubt = doubts.get((line.page, box)) if box is not None else None
            if doubt is not None and not doubt.sure:
                yield doubt
