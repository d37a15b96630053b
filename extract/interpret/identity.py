"""The head of a form: title, year, unit, project, and what kind of form it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from extract.clean import BLANKS, squash
from extract.interpret.broken import continues, together
from extract.interpret.sections import Scanner, Sections
from extract.model import Cell, Finding, FormKind, Row
from extract.places import cut, join, pieces, trimmed
from extract.vocabulary import FormProfile

_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_BRACKETED_YEAR: Final = re.compile(r"(?<![\s\u3000])[\s\u3000]*[(（]\s*(?:19|20)\d{2}\s*年?度?\s*[)）]")

# A place for a stamp is no name: (盖章), （公章）.
_STAMP: Final = re.compile(r"\((?:盖章|公章|签章|签字)\)$")
_SEVERAL: Final = 2
_LONGEST_LABEL: Final = 20
_SHORTEST_CODE: Final = 6
_SHORTEST_NAME: Final = 4
# What the fields that name something are called in the table.
_NAMES: Final = {"unit": "unit_name", "supervising_unit": "supervising_unit", "project": "project_name"}
# The name of labels whose values no table has.
_PASSED: Final = "other"
_COLON: Final = re.compile("[:：]")
_CODE: Final = re.compile(r"[0-9A-Za-z]{3,40}$")
# Digits that may be the code of what they stand before.
_DIGITS: Final = re.compile(r"\d{3,}(?!年)\D")
# An amount: a number with decimals.
_DECIMAL: Final = re.compile(r"\d[\d,]*\.\d{1,6}$")


@dataclass(slots=True)
class Identity:
    """The head as read; ``places`` by field."""

    form_kind: FormKind = "department"
    title: str | None = None
    fiscal_year: int | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    supervising_unit: str | None = None
    project_code: str | None = None
    project_name: str | None = None
    amount_unit: str | None = None
    doubts: list[Finding] = field(default_factory=list)
    places: dict[str, Cell] = field(default_factory=dict)


def read(sections: Sections, scanner: Scanner) -> Identity:
    """What the head rows of a form say of it."""
    found = Identity()
    if sections.title is not None:
        _title(found, sections.title)
    rows, found.doubts = _whole(sections.head, scanner)
    labels = scanner.profile.long_fields
    for row in rows:
        stated, rest = _fields(row, scanner)
        for name, value in stated:
            _take(found, name, value, scanner.profile)
            whole, code = found.places.get(_NAMES.get(name, "")), found.places.get(f"{name}_code")
            # A short number before a blank may be part of a name: 120 急救中心.
            short = code is not None and len(code.text) < _SHORTEST_CODE and f"{code.text} " in value.text
            # The next row's, where a line break was lost between them: its own value is behind it.
            if rest and name != _PASSED and value.text.endswith(labels):
                params = {"text": value.text[-40:]}
                field = _NAMES.get(name, name)
                found.doubts.append(Finding("label_in_value", "documents", None, field, params, value))
            if whole is not None and name != "project" and _DIGITS.match(whole.text):
                params = {"text": whole.text[:40]}
                found.doubts.append(Finding("digits_in_name", "documents", None, _NAMES[name], params, whole))
            if whole is not None and (short or (row.width <= 1 and " " in whole.text)):
                params = {"text": value.text[:40]}
                found.doubts.append(Finding("blank_in_name", "documents", None, _NAMES[name], params, value))
        if stated and rest and stated[-1][0] != _PASSED and rest[0].line > pieces(stated[-1][1])[-1].line:
            field = _NAMES.get(stated[-1][0], stated[-1][0])
            found.doubts.append(Finding("rest_below", "documents", None, field, {"text": rest[0].text[:40]}, rest[0]))
        found.doubts += (
            Finding("cell_unread", "funding", None, None, {"text": cell.text[:40]}, cell)
            for cell in rest
            if _DECIMAL.match(cell.text)
        )
    if found.amount_unit is None:
        _unit_in_brackets(found, sections, scanner.profile)
    _kind(found, scanner.profile)
    return found


def _unit_in_brackets(found: Identity, sections: Sections, profile: FormProfile) -> None:
    """The unit of the amounts where a label of the head states it in brackets: 支出预算总量（万元）."""
    for row in (*sections.head, *sections.funding):
        for cell in row.cells:
            text = cell.text
            unit = profile.money.stated(text) if "元" in text and len(text) <= _LONGEST_LABEL else None
            if unit is not None:
                found.amount_unit = unit
                found.places["amount_unit"] = cell
                return


def of_project(
    found: Identity, unit: Cell | None, project: Cell | None, code: Cell | None, profile: FormProfile
) -> None:
    """Takes in the unit and the project of a row of a wide table, which is what its form is for."""
    found.form_kind = "project"
    if unit is not None:
        found.unit_code = found.unit_name = None
        for field in ("unit_code", "unit_name"):
            found.places.pop(field, None)
        _take(found, "unit", unit, profile)
    if project is not None:
        _take(found, "project", project, profile)
    if code is not None:
        _take(found, "project_code", code, profile)


def _title(found: Identity, cell: Cell) -> None:
    year = _BRACKETED_YEAR.search(cell.text)
    if year is None:
        kept = cell
    elif year.end() == len(cell.text):
        kept = cut(cell, 0, year.start())
    else:
        kept = (
            join([cut(cell, 0, year.start()), cut(cell, year.end(), len(cell.text))])
            if year.start()
            else cut(cell, year.end(), len(cell.text))
        )
    kept = trimmed(kept)
    # A year alone is all of a title that there is.
    kept = kept if kept.text else cell
    found.title = kept.text
    found.places["title"] = kept
    _year(found, cell)


def _year(found: Identity, cell: Cell) -> None:
    match = _YEAR.search(squash(cell.text)) if found.fiscal_year is None else None
    if match is None:
        return
    found.fiscal_year = int(match[0])
    exact = _YEAR.search(cell.text)
    found.places["fiscal_year"] = cut(cell, *exact.span()) if exact else cell


def _whole(rows: Sequence[Row], scanner: Scanner) -> tuple[list[Row], list[Finding]]:
    """Head rows with broken ones put together, and what is doubtful about that.

    A row of a table goes on at the very start of the next line; on a page, a cell goes on right below itself.
    """
    found: list[Row] = []
    doubts: list[Finding] = []
    for row in rows:
        if found and row.cells[0].x0 >= 0 and row.line == found[-1].line + 1:
            below = _continued_below(found[-1], row, scanner)
            if below is not None:
                found[-1] = below
                continue
        if found and continues(row) and not scanner.meaning(row.cells[0].text).kind:
            before = found[-1]
            padded = (row.width > 2 or before.width > 2) and len(row.cells) == 1
            # What stands before the label of a field is the rest of the value above.
            followed = len(row.cells) > 1 and scanner.meaning(row.cells[1].text).kind == "field"
            if (
                (padded or followed)
                and before.line == row.line - 1
                and scanner.meaning(before.cells[0].text).kind == "field"
            ):
                found[-1] = together(before, row)
                continue
            name = _may_go_on(before, row, scanner)
            if name is not None:
                found[-1] = together(before, row)
                rest = row.cells[0]
                doubts.append(Finding("name_goes_on", "documents", None, name, {"text": rest.text[:40]}, rest))
                continue
        found.append(row)
    return found, doubts


def _may_go_on(before: Row, row: Row, scanner: Scanner) -> str | None:
    """The field whose name may go on in the row below it; None where none does.

    Labels and values come in pairs, so that of an odd number of cells the first one is no label.
    """
    if len(row.cells) % 2 == 0 or before.line != row.line - 1:
        return None
    label, value = before.cells[-2:] if len(before.cells) > 1 else (before.cells[0], _after_colon(before.cells[0]))
    meaning = scanner.meaning(label.text)
    if value is None or meaning.kind != "field" or (len(before.cells) > 1 and scanner.meaning(value.text).kind):
        return None
    # Behind a colon a name goes on only where its code is cut: what stands below may be anything there.
    if len(before.cells) == 1 and not _is_cut_code(value.text, row.cells[0].text, meaning.name, scanner.profile):
        return None
    return _NAMES.get(meaning.name)


def _is_cut_code(value: str, rest: str, name: str, profile: FormProfile) -> bool:
    """Whether a code before a name is whole only with the line below: 30 / 4001-某局."""
    if not value.isalnum() or not value.isascii() or not rest[0].isascii():
        return False
    return any(one.match(value + rest) for one in profile.codes.get(name, ()))


def _continued_below(before: Row, row: Row, scanner: Scanner) -> Row | None:
    """A row of a page together with the one below it, where each cell of that one stands right below one of its own."""
    cells = list(before.cells)
    for cell in row.cells:
        above = next((i for i, one in enumerate(cells) if i and abs(one.x0 - cell.x0) < 1), None)
        if above is None or scanner.meaning(cell.text).kind:
            return None
        cells[above] = join([cells[above], cell])
    return before.changed(cells=cells, line=row.line)


def _fields(row: Row, scanner: Scanner) -> tuple[list[tuple[str, Cell]], list[Cell]]:
    """The fields that a row states, each with the cell of its value; and the cells that are neither label nor value."""
    found: list[tuple[str, Cell]] = []
    other: list[Cell] = []
    waiting: str | None = None
    for cell in _singly(row.cells):
        meaning = scanner.meaning(cell.text)
        if meaning.kind == "year":
            found.append(("fiscal_year", cell))
        elif meaning.kind == "field":
            rest = _after_colon(cell)
            if rest is not None:
                found.append((meaning.name, rest))
                waiting = None
            else:
                waiting = meaning.name
        elif waiting is not None:
            # 单位 without a colon may be the rest of another label, and what stands behind it of another name.
            alone = waiting == "amount_unit" and squash(cell.text).strip("()") not in scanner.profile.money.names
            if not alone:
                found.append((waiting, cell))
            waiting = None
        else:
            other.append(cell)
    return found, other


def _singly(cells: Sequence[Cell]) -> Iterator[Cell]:
    """The cells; one that states several fields (填报单位:… 单位:万元) is cut at its blanks."""
    for cell in cells:
        if " " not in cell.text or squash(cell.text).count(":") < _SEVERAL:
            yield cell
            continue
        start = 0
        for piece in cell.text.split(" "):
            if piece.strip(BLANKS):
                yield trimmed(cut(cell, start, start + len(piece)))
            start += len(piece) + 1


def _after_colon(cell: Cell) -> Cell | None:
    """What stands behind the colon in a field's own cell; None where nothing does."""
    colon = _COLON.search(cell.text)
    rest = cell.text[colon.end() :].rstrip() if colon is not None else ""
    stripped = rest.lstrip()
    if colon is None or not stripped:
        return None
    end = colon.end() + len(rest)
    return cut(cell, end - len(stripped), end)


def _take(found: Identity, name: str, value: Cell, profile: FormProfile) -> None:
    if _STAMP.match(squash(value.text)):
        return
    if name == "fiscal_year":
        _year(found, value)
    elif name == "amount_unit":
        unit = profile.money.names.get(squash(value.text).strip("()"))
        if unit is not None:
            found.amount_unit = unit
            found.places["amount_unit"] = value
        elif len(value.text) >= _SHORTEST_NAME:
            # 单位 before a name is the unit of the budget, not of the amounts.
            _take(found, "unit", value, profile)
    elif name == "supervising_unit":
        if found.supervising_unit is None:
            _, whole = _split_code(value, profile.codes["unit"])
            found.supervising_unit = whole.text
            found.places["supervising_unit"] = whole
    elif name == "project_code" or (name == "unit_code" and _CODE.match(value.text)):
        if getattr(found, name) is None:
            setattr(found, name, value.text)
            found.places[name] = value
    elif name in ("unit", "project") and getattr(found, f"{name}_name") is None:
        code, whole = _split_code(value, profile.codes[name])
        setattr(found, f"{name}_name", whole.text)
        found.places[f"{name}_name"] = whole
        if code is not None:
            setattr(found, f"{name}_code", code.text)
            found.places[f"{name}_code"] = code


def _split_code(cell: Cell, patterns: Sequence[re.Pattern[str]]) -> tuple[Cell | None, Cell]:
    """Code and name of ``code-name``; a year before a dash (2023-2024年…) is no code."""
    for pattern in patterns:
        match = pattern.match(cell.text)
        if match is not None:
            code, name = match["code"], match["name"]
            if any(c.isdigit() for c in code) and not (len(code) == 4 and name[0].isdigit()):
                return cut(cell, *match.span("code")), cut(cell, *match.span("name"))
    return None, cell


def _kind(found: Identity, profile: FormProfile) -> None:
    """Department or project: as the title says, else by whether a project is named."""
    title = squash(found.title or "")
    kinds = {kind for word, kind in profile.kinds.items() if word in title}
    if len(kinds) == 1:
        found.form_kind = kinds.pop()
    elif found.project_name is not None:
        found.form_kind = "project"
