"""Head and funding of a stream, as rows: titles, fields with their values, words for amounts with the amounts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import regex

from extract.clean import squash, width
from extract.interpret.funding import header_word
from extract.interpret.sections import Scanner
from extract.interpret.stream_tasks import Line
from extract.model import Cell, Finding, Row
from extract.places import cut, join
from extract.vocabulary import FormProfile

AMOUNT: Final = regex.compile(r"[+\-－]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?(?:万元|元|万)?$")
# Amounts in yuan that ran into one another; each has two decimals.
_GLUED: Final = regex.compile(r"(?:\d[\d,]*\.\d{2}){2,}$")
_ONE: Final = regex.compile(r"\d[\d,]*\.\d{2}")
_SURE: Final = regex.compile(r"[\d,]+\.\d{2}$|\d{1,3}(?:,\d{3})+")
# Fields that are read; values of others are no one's.
_READ: Final = frozenset({"unit", "supervising_unit", "project", "project_code"})
# Fields of one label, and those labels of whose values codes are part.
_CODED: Final = {"unit": ("unit_name", "unit_code"), "project": ("project_name", "project_code")}
# A code without what it names.
_CODE: Final = regex.compile(r"(?=[A-Z]*+\d)[\dA-Z]{3,}+-$")
# What is no narrower may go on in the next line.
_MAY_GO_ON: Final = 16
# The rest of a value stands in the next line, or behind the rest of its label.
_NEAR: Final = 2
_SHORT: Final = 2
# So far apart stand amounts of which only the order is known.
_ANYWHERE: Final = 60


def amounts(cell: Cell) -> list[Cell]:
    """The amounts that a token holds; none where it holds anything else."""
    text = cell.text
    if AMOUNT.match(text):
        return [cell]
    if _GLUED.match(text):
        return [cut(cell, *match.span()) for match in _ONE.finditer(text)]
    return []


def titled(lines: Sequence[Line], scanner: Scanner) -> list[Line]:
    """The lines, a title that was broken over two of them put together."""
    found: list[Line] = []
    skip = False
    for line, after in pairwise([*lines, None]):
        if skip or line is None:
            skip = False
            continue
        if after is not None and not scanner.meaning(line.whole.text).kind:
            whole = join([line.whole, after.whole])
            if scanner.meaning(whole.text).kind == "title" and scanner.meaning(after.whole.text).kind != "title":
                found.append(Line((whole,), whole, line.block))
                skip = True
                continue
        found.append(line)
    return found


def head(
    items: Sequence[tuple[Cell | None, Line | None]], scanner: Scanner, *, parted: bool
) -> tuple[list[Row], list[Finding]]:
    """The rows of the head from its labels and lines, in the order of the stream.

    A value belongs to the first label that still waits for one; where several wait, a finding says so. ``parted``:
    whether blank lines part the stream, so that a value that a label waits for may stand anywhere, in the goals too.
    """
    rows: list[Row] = []
    doubts: list[Finding] = []
    waiting: list[Cell] = []
    goes_on = False
    for label, line in items:
        if label is not None:
            waiting.append(label)
            goes_on = False
        if line is None:
            continue
        cell = line.whole
        if rows and len(rows[-1].cells) > 1 and rows[-1].cells[-1].text.endswith("-"):
            # A code goes before what it names.
            rows[-1] = rows[-1].changed(cells=[*rows[-1].cells[:-1], join([rows[-1].cells[-1], cell])])
        elif (at := _coded(cell, rows, scanner)) >= 0:
            rows[at] = rows[at].changed(cells=[*rows[at].cells[:-1], join([cell, rows[at].cells[-1]])._replace(col=1)])
        elif waiting:
            own = waiting.pop(0)
            if waiting and own.line != cell.line:
                name = scanner.meaning(own.text).name
                params = {"what": cell.text[:24], "other": waiting[0].text[:24]}
                doubts.append(Finding("layout_ambiguous", "documents", None, _field(name), params, cell))
            rows.append(Row(own.line, [own, cell._replace(col=1)], 2))
            goes_on = width(cell.text) >= _MAY_GO_ON
        elif goes_on and _is_rest(cell.text, scanner) and cell.line <= _last_line(rows[-1].cells[-1]) + _NEAR:
            rows[-1] = rows[-1].changed(cells=[*rows[-1].cells[:-1], join([rows[-1].cells[-1], cell])])
        else:
            rows.append(Row(cell.line, [cell], 1))
            goes_on = width(cell.text) >= _MAY_GO_ON and scanner.meaning(cell.text).kind == "field"
    return rows, [*doubts, *_missed(waiting, scanner)] if parted else doubts


def _missed(waiting: Sequence[Cell], scanner: Scanner) -> list[Finding]:
    """What is doubtful where labels are left without values."""
    found: list[Finding] = []
    for label in waiting:
        name = scanner.meaning(label.text).name
        if name in _READ:
            params = {"what": label.text[:24], "other": ""}
            found += [
                *(
                    Finding("layout_ambiguous", "documents", None, own, params, label)
                    for own in _CODED.get(name, (name,))
                ),
                Finding("layout_ambiguous", "goals", None, None, params, label),
            ]
    return found


def _coded(cell: Cell, rows: Sequence[Row], scanner: Scanner) -> int:
    """The last row whose value lacks the code that a cell is, where it is one that stands apart; else -1."""
    if not _CODE.match(cell.text):
        return -1
    own = [
        at for at, row in enumerate(rows) if len(row.cells) > 1 and scanner.meaning(row.cells[0].text).name in _CODED
    ]
    return next((at for at in reversed(own) if "-" not in rows[at].cells[-1].text), -1)


def _is_rest(text: str, scanner: Scanner) -> bool:
    """Whether a line can be the rest of a value: no title, no field. A word as short as 部门 may be one."""
    return len(text) <= _SHORT or not scanner.meaning(text).kind


def _last_line(cell: Cell) -> int:
    return cell.parts[-1].line if cell.parts else cell.line


def _field(name: str) -> str:
    return {"unit": "unit_name", "project": "project_name"}.get(name, name)


def funding(
    label: Cell | None, words: Sequence[Cell], figures: Sequence[Cell], profile: FormProfile
) -> tuple[list[Row], list[Finding]]:
    """The rows of the funding section: its label, and its words with their amounts."""
    rows = [Row(label.line, [label], 1)] if label is not None else []
    if not figures:
        return rows, []
    if label is None:
        return [_row(own) for own in (words, figures) if own], []
    by_name: list[tuple[str, Cell]] = [(header_word(word.text, profile), word) for word in words]
    categories = [(name, word) for name, word in by_name if name in profile.categories]
    sources = [(name, word) for name, word in by_name if name not in profile.categories]
    beside = _beside(words, figures)
    if beside or (len(words) == len(figures) and not categories):
        pairs = beside or list(zip(words, figures, strict=True))
        return [*rows, *(Row(word.line, [word, figure._replace(col=1)], 2) for word, figure in pairs)], []
    doubts: list[Finding] = []
    if len({name for name, _ in categories}) > 1 and sources:
        order = list(profile.categories.values())
        categories.sort(key=lambda pair: order.index(profile.categories[pair[0]]))
        sources, doubts = _in_groups(sources, profile)
        rows.append(_row([word for _, word in categories]))
        heads = 1 + len(sources)
    else:
        sources = [*categories, *sources]
        heads = len(sources)
    if sources:
        rows.append(_row([word for _, word in sources]))
    step = 1 if len(figures) == heads else _ANYWHERE
    rows.append(_row(figures, step))
    return rows, doubts


def _beside(words: Sequence[Cell], figures: Sequence[Cell]) -> list[tuple[Cell, Cell]]:
    """The amounts with the words before them in their lines; none where one has no word, or shares it."""
    found: list[tuple[Cell, Cell]] = []
    for figure in figures:
        own = [word for word in words if not word.parts and word.line == figure.line and word.end <= figure.start]
        if not own or any(word == own[-1] for word, _ in found):
            return []
        found.append((own[-1], figure))
    return found


def _row(cells: Sequence[Cell], step: int = 1) -> Row:
    return Row(cells[0].line, [c._replace(col=i * step, x0=-1, x1=-1) for i, c in enumerate(cells)], len(cells) * step)


def _in_groups(sources: list[tuple[str, Cell]], profile: FormProfile) -> tuple[list[tuple[str, Cell]], list[Finding]]:
    """The sources of two categories, each group with its sum first.

    A word that is broken over lines stands higher than its neighbours, and so may come too early; the words that are
    not broken tell the order.
    """
    names = [profile.sources.get(name, "") for name, _ in sources]
    half = len(names) // 2
    if names[:half] == names[half:] and names[:1] == ["total"]:
        return sources, []
    order = list(dict.fromkeys(profile.sources.values()))
    kinds = sorted(dict.fromkeys(filter(None, names)), key=order.index)
    if sorted(names) != sorted(kinds * 2):
        place = sources[0][1] if sources else None
        return sources, [Finding("layout_uneven", "funding", None, None, {}, place)]
    doubts: list[Finding] = []
    whole = [name for name, (_, cell) in zip(names, sources, strict=True) if not cell.parts]
    told = list(dict.fromkeys(whole[whole.index("total") :])) if "total" in whole else []
    if len(told) == len(kinds):
        kinds = told
    else:
        doubts.append(Finding("layout_uneven", "funding", None, None, {}, sources[0][1]))
    found: list[tuple[str, Cell]] = []
    left = list(zip(names, sources, strict=True))
    for kind in kinds * 2:
        at = next(i for i, (name, _) in enumerate(left) if name == kind)
        found.append(left.pop(at)[1])
    return found, doubts


def is_money(cells: Sequence[Cell]) -> bool:
    """Whether all pieces of a line are amounts, or nothing but brackets and dashes."""
    return all(amounts(cell) or not squash(cell.text).strip("()（）-—－/:元万") for cell in cells)


def is_surely_money(cells: Sequence[Cell]) -> bool:
    """Whether all pieces of a line are amounts that no running text holds alone in a line."""
    found = [amounts(cell) for cell in cells]
    return all(found) and all(_SURE.match(one.text) for own in found for one in own)
