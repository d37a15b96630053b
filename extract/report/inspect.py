"""One document as a person wants it: the head, the money, goals, tasks, the tree of indicators, the doubts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extract import catalogue
from extract.messages import Speaker
from extract.model import Extraction, Failure, Finding, Form, Indicator
from extract.report.safe import safe
from extract.tables.build import status, to_tables

_STYLES: Final = {"info": "cyan", "warning": "yellow", "error": "red", "ok": "green"}
_ROWS: Final = ("funding", "goals", "tasks", "indicators", "findings", "provenance")


def as_dict(extraction: Extraction) -> dict[str, Any]:
    """One source for machines: its forms with the rows of all tables, numbers as text, or the failure."""
    tables = {name: table.to_pylist() for name, table in to_tables([extraction]).items()}
    forms = []
    for document in tables["documents"]:
        key = document["document_id"]
        rows = {name: [_row(row) for row in tables[name] if row["document_id"] == key] for name in _ROWS}
        forms.append({**_row(document), **rows})
    failure = tables["failures"][0] if tables["failures"] else None
    return {"source_path": extraction.source_path, "forms": forms, "failure": failure}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain_number(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def plain_number(number: Decimal) -> str:
    """A decimal without exponent and without the zeros that its column fills it up with."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def render(extraction: Extraction, say: Speaker) -> RenderableType:
    """Everything that came of one source, to be printed by rich."""
    failure = extraction.failure
    if failure is None and not extraction.forms:
        failure = Failure("not_a_form")
    parts = [_form(extraction, number, say) for number in range(len(extraction.forms))]
    if failure is not None:
        text = say.pick(catalogue.failure_message(failure.code, failure.params))
        line = say("inspect_failure", path=safe(extraction.source_path), text=safe(text))
        parts.append(Text(line, "red"))
    return Group(*parts)


def _form(extraction: Extraction, number: int, say: Speaker) -> RenderableType:
    form = extraction.forms[number]
    total = len(extraction.forms)
    where = say("inspect_source", path=safe(extraction.source_path), number=number + 1, total=total)
    sections = [
        ("section_funding", _funding(form, say)),
        ("section_goals", _goals(form)),
        ("section_tasks", _tasks(form, say)),
        ("section_indicators", _indicators(form, say)),
        ("section_findings", _findings(form, extraction.lines, say)),
    ]
    parts: list[RenderableType] = [Text(safe(form.title or "–"), "bold"), Text(where, "dim"), _head(form, say)]
    for title, body in sections:
        parts += [Text(), Text(say(title), "bold underline")]
        parts.append(Text(say("none_found"), "dim") if body is None else body)
    return Group(*parts, Text())


def _head(form: Form, say: Speaker) -> RenderableType:
    kinds = catalogue.findings()
    state = status(kinds[finding.code].severity for finding in form.findings)
    rows = [
        ("head_kind", say.known(f"kind_{form.form_kind}", form.form_kind)),
        ("head_year", form.fiscal_year),
        ("head_unit", " ".join(filter(None, (form.unit_code, form.unit_name)))),
        ("head_supervising", form.supervising_unit),
        ("head_project", " ".join(filter(None, (form.project_code, form.project_name)))),
        ("head_notes", form.other_notes),
    ]
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    for key, value in rows:
        if value:
            table.add_row(say(key), Text(safe(str(value))))
    table.add_row(say("head_status"), Text(say(f"status_{state}"), _STYLES[state]))
    return table


def _funding(form: Form, say: Speaker) -> RenderableType | None:
    """Categories down, sources across."""
    if not form.funding:
        return None
    sources = list(dict.fromkeys(amount.source for amount in form.funding))
    rows: dict[str, dict[str, Text]] = {}
    for amount in form.funding:
        text = Text(f"{amount.amount:,.2f}")
        if amount.basis == "inferred":
            text.append(say("inferred_mark"), "yellow")
        rows.setdefault(amount.category, {})[amount.source] = text
    table = _table()
    table.add_column(say("column_category"))
    for source in sources:
        table.add_column(say.known(f"source_{source}", source), justify="right")
    for category, amounts in rows.items():
        cells = [amounts.get(source, Text()) for source in sources]
        table.add_row(say.known(f"category_{category}", category), *cells)
    return table


def _goals(form: Form) -> RenderableType | None:
    if not form.goals:
        return None
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for number, goal in enumerate(form.goals, 1):
        table.add_row(f"{number}.", Text(safe(goal.text)))
    return table


def _tasks(form: Form, say: Speaker) -> RenderableType | None:
    if not form.tasks:
        return None
    table = _table()
    table.add_column(say("column_task"), ratio=1, overflow="fold")
    table.add_column(say("column_content"), ratio=2, overflow="fold")
    for task in form.tasks:
        content = _cut(task.content, task.content_truncated, say)
        if task.content_recovered:
            content.append("\n" + safe(task.content_recovered)).append(say("recovered_mark"), "green")
        table.add_row(_cut(task.name, task.name_truncated, say), content)
    return table


def _cut(text: str | None, truncated: bool, say: Speaker) -> Text:
    shown = Text(safe(text or "–"))
    return shown.append(say("cut_mark"), "yellow") if truncated else shown


def _indicators(form: Form, say: Speaker) -> RenderableType | None:
    """A table whose first column is the tree; both levels are written once, where they change."""
    if not form.indicators:
        return None
    table = _table()
    table.add_column(say("column_name"), ratio=1, overflow="fold")
    table.add_column(say("column_operator"), overflow="fold")
    table.add_column(say("column_value"), justify="right", overflow="fold")
    table.add_column(say("column_unit"))
    table.add_column(say("column_weight"), justify="right")
    before: tuple[str | None, str | None] | None = None
    for item in form.indicators:
        for depth, label in _new_levels(before, item):
            text = Text(safe(label or say("no_level")), "cyan" if depth else "bold")
            table.add_row(Padding(text, (0, 0, 0, 2 * depth)))
        before = item.level1, item.level2
        name = Padding(_cut(item.name, item.name_truncated, say), (0, 0, 0, 4))
        table.add_row(
            name, _operator(item, say), Text(safe(item.value or "")), Text(safe(item.unit or "")), _number(item.weight)
        )
    weights = [item.weight for item in form.indicators if item.weight is not None]
    if not weights:
        return table
    return Group(table, Text(say("weight_sum", sum=_number(sum(weights, Decimal(0)))), "dim"))


def _new_levels(before: tuple[str | None, str | None] | None, item: Indicator) -> Iterator[tuple[int, str | None]]:
    """The levels that this indicator opens, with their depth."""
    if before is None or before[0] != item.level1:
        yield 0, item.level1
        yield 1, item.level2
    elif before[1] != item.level2:
        yield 1, item.level2


def _operator(item: Indicator, say: Speaker) -> Text:
    text = Text(safe(item.operator or ""))
    if item.operator and item.operator_basis == "inferred":
        text.append(say("inferred_mark"), "dim")
    return text


def _number(number: Decimal | None) -> str:
    return "" if number is None else plain_number(number)


def _findings(form: Form, lines: list[str], say: Speaker) -> RenderableType | None:
    if not form.findings:
        return None
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column()
    table.add_column(overflow="fold")
    for finding in form.findings:
        kind = catalogue.findings()[finding.code]
        message = Text(safe(say.pick(kind.message.render(finding.params))))
        for excerpt in _excerpts(finding, lines):
            message.append("\n").append(excerpt, "dim")
        severity = Text(say(f"severity_{kind.severity}"), _STYLES[kind.severity])
        table.add_row(severity, " ".join(_where(finding, say)), message)
    return table


def _where(finding: Finding, say: Speaker) -> Iterator[str]:
    if finding.place is not None and finding.place.page:
        yield say("column_page", page=finding.place.page)
    if finding.place is not None and finding.place.line:
        yield say("column_line", line=finding.place.line)


def _excerpts(finding: Finding, lines: list[str]) -> Iterable[str]:
    """The lines of the source that a finding points at, as they stand, shortened."""
    if finding.place is None:
        return
    numbers = dict.fromkeys(piece.line for piece in finding.place.parts or (finding.place,))
    for number in numbers:
        if 0 < number <= len(lines):
            line = " ".join(safe(lines[number - 1]).split())
            yield f"{number} │ {line[:100]}{'…' if len(line) > 100 else ''}"


def _table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)


def show(console: Console, extraction: Extraction, say: Speaker) -> None:
    """Prints everything that came of one source."""
    console.print(render(extraction, say))
