"""Holds every place of an extraction against the source: slicing there must give the text that was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import unescape

from extract.clean import plain, squash
from extract.model import Cell, Extraction, Form
from extract.profiles import Library, default
from extract.tables.schemas import sourced

# Standard names for what stands there otherwise, and words of ours about a place.
NOT_LITERAL = ("level1", "level2", "operator", "recovery_source", "category", "source")


def slices(cell: Cell, lines: list[str]) -> list[str]:
    """The source at a place, piece by piece; an escape is the character that it stands for."""
    pieces = cell.parts or (cell,)
    found = []
    for piece in pieces:
        assert 1 <= piece.line <= len(lines), piece
        line = lines[piece.line - 1]
        assert 0 <= piece.start <= piece.end <= len(line), piece
        raw = line[piece.start : piece.end]
        found.append(piece.text if is_escape(raw, piece.text) else raw)
    return found


def is_escape(raw: str, text: str) -> bool:
    """Whether a piece of the source stands for this one character.

    A backslash stands before it, the quote is doubled, or an entity holds an escape: ``&gt\\;``.
    """
    if len(text) != 1 or len(raw) <= 1:
        return False
    return raw[0] == "\\" or raw == text * 2 or ("\\" in raw and unescape(raw.replace("\\", "")) == text)


def holders(form: Form) -> Iterator[tuple[str, object, Mapping[str, Cell]]]:
    """Everything of a form that has places, with the name of its table."""
    yield "documents", form, form.places
    for table in ("funding", "goals", "tasks", "indicators"):
        for row in getattr(form, table):
            yield table, row, row.places


def check_complete(table: str, holder: object, places: Mapping[str, Cell]) -> None:
    """Whatever is a value has a place, and nothing else has."""
    values = {name for name in sourced()[table] if getattr(holder, name) is not None}
    assert set(places) == values, (table, set(places) ^ values, holder)


def spellings(form: Form, library: Library) -> list[str]:
    """How the form's unit of money may be written: 万 is 万元."""
    (money,) = (one.vocabulary.profile.money for one in library.profiles if one.name == form.form_profile)
    return [word for word, name in money.names.items() if name == form.amount_unit]


def check_places(extraction: Extraction, library: Library | None = None) -> int:
    """Asserts that all values have places, and that all places slice back; returns how many there were.

    ``library``: the profiles by which forms were read, where these are not the package's.
    """
    count = 0
    for form in extraction.forms:
        words = spellings(form, library or default())
        for table, holder, places in holders(form):
            check_complete(table, holder, places)
            for key, cell in places.items():
                check_cell(cell, extraction.lines)
                value = getattr(holder, key, None)
                if isinstance(value, str) and key not in NOT_LITERAL:
                    raw = slices(cell, extraction.lines)
                    # What looks like a tag in pieces put together is one, or none that a line break made.
                    told = squash(plain("".join(raw))), squash("".join(map(plain, raw)))
                    said = words if key == "amount_unit" else [squash(value)]
                    assert any(word in one for word in said for one in told), (table, key, value, told)
                count += 1
        for finding in form.findings:
            if finding.place is not None:
                check_cell(finding.place, extraction.lines)
    return count


def check_cell(cell: Cell, lines: list[str]) -> None:
    """The text of a cell is what its slices clean to; beside tags, an entity may be the character that it stands for."""
    raw = slices(cell, lines)
    told = squash(plain("".join(raw)))
    pieces = cell.parts or (cell,)
    shown = [piece.text if unescape(each) == piece.text else each for piece, each in zip(pieces, raw, strict=True)]
    assert squash(cell.text) in (told, squash("".join(raw)), squash("".join(shown))), (cell, raw)
