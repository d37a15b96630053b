"""Words that a correction may speak of: what stands near the value in the source, and what it would mean there.

Nothing here is certain. Each list begins with the likeliest, and whether a word is right ``prove`` finds out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from extract.clean import squash
from extract.corrections.file import Correction
from extract.model import Cell, Form, Row
from extract.vocabulary import Vocabulary

_LONGEST: Final = 16
_DIGITS: Final = re.compile(r"[0-9０-９]")
_NUMBER: Final = re.compile(r"[+-]?[0-9０-９][0-9０-９,，.．]*")
_BRACKETED: Final = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,8})[)）\]】]")
_FEWEST_CELLS: Final = 3
# Header rows that are looked at, the nearest first.
_HEADERS: Final = 4
# What the columns of a table that are read by their headers are called in a profile.
_OF_HEADER: Final = {
    "indicators": {
        "level1": "level1", "level2": "level2", "name": "name", "operator": "operator", "value": "value",
        "value_number": "value", "scale": "value", "unit": "unit", "weight": "weight", "direction": "direction",
        "achieved": "achieved", "score": "score",
    },
    "tasks": {"name": "name", "content": "content"},
}  # fmt: skip
_SIGNS: Final = ("定性", "≥", "≤", "=", ">", "<")
_SECTIONS: Final = ("indicators", "tasks", "goals", "notes", "funding")
_PROFILE_TABLE: Final = {"indicators": "columns", "tasks": "tasks"}
_OF_LABEL: Final = {
    "fiscal_year": ("fields", "fiscal_year"),
    "unit_name": ("fields", "unit"),
    "unit_code": ("fields", "unit"),
    "supervising_unit": ("fields", "supervising_unit"),
    "project_name": ("fields", "project"),
    "project_code": ("fields", "project_code"),
    "amount_unit": ("fields", "amount_unit"),
    "other_notes": ("sections", "notes"),
}


class Word(NamedTuple):
    """A word for a profile: the place of the list that it belongs to; of a money unit also how many yuan one is."""

    steps: tuple[str, ...]
    text: str
    factor: Decimal | None = None


class Source(NamedTuple):
    """What a correction is about: the form as it was read, and the rows of cells that its source has."""

    form: Form
    rows: Sequence[Row]


def words(one: Correction, source: Source, level_names: Mapping[str, Container[str]]) -> list[Word]:
    """The words that may bring a corrected value out; ``level_names``: the standard names of both levels."""
    found = list(dict.fromkeys(_words(one, source, level_names)))
    return [word for word in found if word.text.strip()]


def is_known(word: Word, vocabulary: Vocabulary) -> bool:
    """Whether a word means something in its place already: it is not taught to mean anything else."""
    key, profile = squash(word.text), vocabulary.profile
    known: Mapping[str, Container[str]] = {
        "columns": profile.columns,
        "tasks": profile.task_columns,
        "fields": profile.fields,
        "sections": profile.sections,
        "kinds": profile.kinds,
        "furniture": profile.furniture,
        "funding": {*profile.sources, *profile.categories, *profile.project_total, *profile.funding_pass},
    }
    first, *rest = word.steps
    if first == "money":
        return word.text in profile.money.yuan
    if first != "vocabulary":
        return key in known.get(first, ())
    if rest[0] == "indicators":
        return vocabulary.label(word.text) is not None
    if rest[0] == "operators":
        return word.text in vocabulary.operators or word.text in vocabulary.loose_operators
    return word.text in (vocabulary.units if rest[0] == "units" else vocabulary.grades)


def together(corrections: Sequence[Correction], source: Source) -> list[Word]:
    """Header words for all corrections of a form at once: a header of which no word is known is read by none alone."""
    found: dict[str, Word] = {}
    for one in corrections:
        for word in _headers(one, source) if one.new is not None else _words(one, source, {}):
            found.setdefault(squash(word.text), word)
            break
    return list(found.values())


def _words(one: Correction, source: Source, level_names: Mapping[str, Container[str]]) -> Iterator[Word]:
    if one.new is None:
        # A row that is none: the header that stands over the others.
        if one.table == "tasks" and one.old is not None and one.field in _OF_HEADER["tasks"]:
            yield Word(("tasks", one.field), one.old)
        return
    record = _record(one, source.form)
    if one.table == "documents":
        yield from _of_head(one, source)
    elif one.table == "funding":
        yield from _of_money(one, source, record)
    if one.field in ("level1", "level2"):
        yield from _labels(one, source, record, level_names)
    elif one.table == "indicators":
        yield from _of_target(one, source, record)
    yield from _headers(one, source)
    yield from _beside(one)


def _beside(one: Correction) -> Iterator[Word]:
    """What was taken for a part of a text: a label, a sign or a unit that nobody knew for one."""
    old, new = one.old or "", str(one.new)
    if not (old.startswith(new) or old.endswith(new)) or len(old) - len(new) > _LONGEST:
        return
    rest = old.removeprefix(new) if old.startswith(new) else old.removesuffix(new)
    rest = rest.strip().strip(":：")
    if one.table == "indicators":
        yield from (Word(("vocabulary", "operators", sign), rest) for sign in _SIGNS)
        yield from (Word(("vocabulary", kind), rest) for kind in ("units", "grades"))
    yield from (Word(("sections", section), rest) for section in _SECTIONS)
    yield Word(("fields", "other"), rest)
    yield Word(("furniture", "starts"), rest)


def _record(one: Correction, form: Form) -> Any:
    return form if one.seq is None else getattr(form, one.table)[one.seq]


def _lines(record: Any) -> set[int]:
    """The lines in which the values of a row stand."""
    return {part.line for cell in record.places.values() for part in (cell.parts or (cell,)) if part.line}


def _own_rows(source: Source, record: Any) -> list[Row]:
    lines = _lines(record)
    return [row for row in source.rows if row.line in lines]


def _short(cells: Iterable[Cell]) -> Iterator[str]:
    """The texts of cells that may be words."""
    for cell in cells:
        if len(cell.text) <= _LONGEST and not _NUMBER.fullmatch(cell.text):
            yield cell.text


# ---- indicators


def _labels(one: Correction, source: Source, record: Any, level_names: Mapping[str, Container[str]]) -> Iterator[Word]:
    """The label that stands for a level: what was read for it, or a short cell of this row or of one above."""
    if one.new not in level_names[one.field]:
        return
    steps = ("vocabulary", "indicators", one.field, str(one.new))
    raw = getattr(record, f"{one.field}_raw")
    if raw is not None:
        yield Word(steps, raw)
    last = max(_lines(record), default=0)
    for row in reversed([row for row in source.rows if row.line <= last][-_LONGEST:]):
        yield from (Word(steps, text) for text in _short(row.cells[:2]))


def _of_target(one: Correction, source: Source, record: Any) -> Iterator[Word]:
    """Units, signs and grades: what is written before and behind the number of a value."""
    texts = [cell.text for cell in record.places.values() if len(cell.text) <= 2 * _LONGEST]
    texts += [text for row in _own_rows(source, record) for text in _short(row.cells)]
    sign = one.new if one.field == "operator" else record.operator
    for text in dict.fromkeys(texts):
        number = _NUMBER.search(text)
        if number is not None:
            before, behind = text[: number.start()].strip(), text[number.end() :].strip()
            if one.field == "operator":
                yield Word(("vocabulary", "operators", str(one.new)), before)
            elif one.field in ("value", "value_number", "unit"):
                yield Word(("vocabulary", "units"), behind)
                yield from (Word(("vocabulary", "operators", each), before) for each in ([sign] if sign else []))
        elif one.field == "operator":
            yield Word(("vocabulary", "operators", str(one.new)), text)
    if one.field == "unit":
        yield Word(("vocabulary", "units"), str(one.new))
    if one.field in ("value", "scale"):
        yield Word(("vocabulary", "grades"), str(one.new))


def _headers(one: Correction, source: Source) -> Iterator[Word]:
    """The words over the column in which a value stands."""
    role = _OF_HEADER.get(one.table, {}).get(one.field)
    if role is None or one.new is None:
        return
    record = _record(one, source.form)
    own = _own_rows(source, record)
    standing = [cell for row in own for cell in row.cells if one.new in cell.text]
    standing.sort(key=lambda cell: len(cell.text))
    first = min(_lines(record), default=0)
    above = [row for row in source.rows if row.line < first]
    heads = [row for row in above if len(row.cells) >= _FEWEST_CELLS and not _has_number(row)]
    for cell in standing[:2]:
        for row in reversed(heads[-_HEADERS:] if one.table == "tasks" else heads):
            over = [head for head in row.cells if head.col == cell.col and len(head.text) <= _LONGEST]
            yield from (Word((_PROFILE_TABLE[one.table], role), head.text) for head in over)


def _has_number(row: Row) -> bool:
    return any(_NUMBER.fullmatch(cell.text) for cell in row.cells)


# ---- the head and the money


def _of_head(one: Correction, source: Source) -> Iterator[Word]:
    """What stands before a value of the head, in its cell or in the one before; and how a code and a name stand."""
    new = str(one.new)
    if one.field == "form_kind":
        yield from (Word(("kinds", new), text) for row in source.rows[:2] for text in _pieces(row.cells[0].text))
    if one.field == "amount_unit":
        yield from (Word(("money", new), new, factor) for factor in _FACTORS)
    steps = _OF_LABEL.get(one.field)
    if steps is None:
        return
    for row in source.rows:
        for at, cell in enumerate(row.cells):
            if new not in cell.text:
                continue
            before = re.split("[:：]", cell.text[: cell.text.index(new)])
            if len(before) > 1:
                yield Word(steps, before[-2].strip())
            elif at:
                yield Word(steps, row.cells[at - 1].text.rstrip(":： "))
            if one.field in ("unit_code", "unit_name"):
                yield from _codes(source.form, one, cell.text)


_FACTORS: Final = tuple(map(Decimal, (10, 100, 1000, 10_000, 100_000_000)))


def _pieces(title: str) -> Iterator[str]:
    """Pieces of a title, the longest first."""
    text = _DIGITS.sub("", title)[:24]
    for length in range(8, 3, -1):
        yield from (text[at : at + length] for at in range(len(text) - length + 1))


def _codes(form: Form, one: Correction, text: str) -> Iterator[Word]:
    """How the code and the name of a unit stand together in a cell, as a pattern of a profile."""
    code = one.new if one.field == "unit_code" else form.unit_code
    found = re.search("[:：](.*)", text)
    own = (found[1] if found is not None else text).strip()
    if code is None or code not in own:
        found = re.search(r"[0-9A-Za-z]{3,40}", own)
        code = found[0] if found is not None else None
    if code is not None and own != code:
        rest = re.search(r"[^\W\d_][^()（）<>《》\[\]【】|/]*", own.replace(code, "\n"))
        if rest is not None:
            name = rest[0].strip("-－—– \n")
            yield Word(("codes", "unit"), own.replace(code, "{code}").replace(name, "{name}"))


def _of_money(one: Correction, source: Source, record: Any) -> Iterator[Word]:
    """The words over and beside an amount, and the unit in brackets where all amounts differ by a factor."""
    if one.field == "amount" and one.old is not None:
        old, new = Decimal(one.old), Decimal(str(one.new))
        factor = new / old if old else Decimal(0)
        if factor in _FACTORS:
            units = [text for row in source.rows for cell in row.cells for text in _BRACKETED.findall(cell.text)]
            for text in dict.fromkeys(units):
                unit = text.partition(":")[2] or text.partition("：")[2] or text
                yield Word(("money", unit), unit, factor)
        return
    if one.field not in ("category", "source"):
        return
    steps = ("funding", "sources" if one.field == "source" else "categories", str(one.new))
    texts = list(_short(cell for row in _own_rows(source, record) for cell in row.cells))
    first = min(_lines(record), default=0)
    for row in reversed([row for row in source.rows if row.line < first][-_HEADERS:]):
        texts += _short(row.cells)
    for text in dict.fromkeys(texts):
        word = _BRACKETED.sub("", text).rstrip(":： ")
        yield Word(steps, word)
        if one.new == "total":
            yield Word(("funding", "project_total"), word)
