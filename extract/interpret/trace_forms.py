"""What was decided on forms as a whole, told from the record of their reading by the functions that decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from extract.clean import squash, width
from extract.cut import Cut, cut_ones
from extract.interpret import grammar
from extract.interpret.form import Parts, bears_marks
from extract.interpret.funding import Funding
from extract.interpret.placing import Placement, Table, judge, offsets_of, place, ranked
from extract.interpret.trace import (
    Attempt,
    CutText,
    CutTrace,
    FormRecord,
    FormTrace,
    Missing,
    MoneyTrace,
    Recorder,
    Stretch,
    Sum,
    Way,
)
from extract.interpret.trace_rows import leading
from extract.model import Form

_COLUMNS: Final = (
    ("tasks", "name", "name_truncated", "task_name"),
    ("tasks", "content", "content_truncated", "task_content"),
    ("indicators", "name", "name_truncated", "indicator_name"),
)
_SECTIONS: Final = ("funding", "goals", "tasks", "indicators")


def forms(recorder: Recorder) -> list[FormTrace]:
    """What was decided on each form of a file."""
    return [
        _form(record, stretch) for source in recorder.sources for stretch in source.stretches for record in stretch.read
    ]


def _form(record: FormRecord, stretch: Stretch) -> FormTrace:
    parts = record.parts
    profile = stretch.interpreter.vocabulary.profile
    return FormTrace(
        record.number,
        record.form.form_profile,
        tuple(grammar.ROLES[role] for role in parts.tree.columns if role != grammar.ROOT),
        stretch.layout.ways if stretch.layout is not None else None,
        _money(parts.money, wide=bool(leading(stretch))),
        tuple(_cuts(record, profile.cuts)),
    )


def _money(money: Funding, *, wide: bool) -> MoneyTrace:
    stated = {(a.category, a.source): a.amount for a in money.amounts if a.basis == "stated"}
    sums = tuple(Sum(equation.whole, equation.parts, *equation.sides(stated)) for equation in money.made)
    table = money.table
    if table is None or not table.heads:
        beside = "cell" if wide else "words"
        return MoneyTrace(beside if stated else "none", (), None, None, sums)
    columns = tuple(head.column for head in table.heads)
    figures = money.figures[: len(columns)]
    placing = place(figures, table)
    offsets = offsets_of(figures, table.heads)
    chosen = judge(placing.columns, figures, table, offsets)
    other = next((way for way in ranked(figures, table, offsets) if way.columns != chosen.columns), None)
    return MoneyTrace(
        "only" if other is None else "sums_and_places" if placing.sound else "rank",
        columns,
        _way(chosen, table),
        _way(other, table) if other is not None else None,
        sums,
    )


def _way(placement: Placement, table: Table) -> Way:
    columns = tuple(table.heads[column].column for column in placement.columns)
    return Way(columns, placement.failed, placement.checked, placement.misfit)


def _cuts(record: FormRecord, known: Mapping[str, Sequence[int]]) -> list[CutTrace]:
    marks = bears_marks(record.parts.tasks, _names_as_they_stand(record.parts))
    return [
        _cut(record.form, (table, field, flag), tuple(known[column]), marks=marks)
        for table, field, flag, column in _COLUMNS
    ]


def _names_as_they_stand(parts: Parts) -> list[str]:
    """The ends of the indicators' names; the form's own have lost their marks."""
    found = []
    for read in parts.tree.reads:
        row, explanation = read.row, read.explanation
        plan = explanation.plan
        if plan.name >= 0:
            found.append(row.cells[plan.more_name[-1] if plan.more_name else plan.name].text)
    return found


def _cut(form: Form, column: tuple[str, str, str], known: tuple[int, ...], *, marks: bool) -> CutTrace:
    table, field, flag = column
    rows = [(seq, getattr(row, field), getattr(row, flag)) for seq, row in enumerate(getattr(form, table))]
    told = Cut([]) if marks else cut_ones([text for _, text, _ in rows if text is not None], known)
    ends = {end for limit in told.limits for end in (limit, limit - 1)}
    texts = []
    for seq, text, is_cut in rows:
        if is_cut:
            by = "mark" if marks else "limit" if width(text) in ends else "open"
            texts.append(CutText(seq, width(text), by))
    return CutTrace(table, field, told.limits, _limits_from(told, known, marks=marks), tuple(texts))


def _limits_from(told: Cut, known: tuple[int, ...], *, marks: bool) -> str:
    if marks:
        return "marks"
    if any(limit not in known for limit in told.limits):
        return "learned"
    return "known" if told.limits else "none"


def missing(recorder: Recorder) -> Missing | None:
    """Why a file gave no form; None where no text of it was read."""
    if not recorder.sources:
        return None
    source = recorder.sources[0]
    scanner = source.finder.scanner
    columns = scanner.profile.columns
    titles: list[int] = []
    labels: list[tuple[str, int]] = []
    header: tuple[str, ...] = ()
    header_line = None
    for row in source.rows:
        meaning = scanner.meaning(row.cells[0].text)
        if meaning.kind == "title":
            titles.append(row.line)
        elif meaning.kind == "section":
            labels.append((meaning.name, row.line))
        words = {columns.get(squash(cell.text)): cell.text for cell in row.cells if scanner.is_column(cell.text)}
        if len(words) > len(header):
            header, header_line = tuple(words.values()), row.line
    attempts = tuple(_attempt(stretch) for stretch in source.stretches)
    return Missing(tuple(titles), tuple(labels), header, header_line, attempts)


def _attempt(stretch: Stretch) -> Attempt:
    rows = stretch.rows
    sections = stretch.sections
    filled = tuple(name for name in _SECTIONS if sections.by_state[name])
    return Attempt(rows[0].line, rows[-1].line, filled, bool(sections.headers))
