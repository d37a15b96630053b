"""The explanation of a file as a table for people: a line of the source, what it is, what its cells became."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extract import catalogue
from extract.interpret.values import number
from extract.messages import Speaker
from extract.model import OF_HEADER
from extract.report.explain import Explained
from extract.report.explain_forms import column_name, decisions, evidence, field_name
from extract.report.explain_lines import Doubt, Line, LineCell, LineReading, Use
from extract.report.inspect import plain_number
from extract.report.ranges import ranges
from extract.report.safe import safe

_SEVERITIES: Final = {"info": "cyan", "warning": "yellow", "error": "red"}
# What nobody needs to look at: nothing of it is a value, and nothing is missing.
_QUIET: Final = frozenset({"blank", "separators"})
# Lines that nobody looked for values in.
_OUTSIDE: Final = frozenset({"outside", "separators", "blank"})
# What a person looks for first: text that was not read.
_LOUD: Final = frozenset({"unread", "below", "refused"})
# Fields that only repeat another one that stands at the same place.
_REPEATS: Final = {
    "level1_raw": "level1",
    "level2_raw": "level2",
    "value_number": "value",
    "scale": "value",
    "amount_raw": "amount",
    "recovery_source": "content_recovered",
}
# Words of the form itself: what they are is said by what their row is.
_WORDS: Final = frozenset({"column", "label", "title", "furniture"})
_LOUD_ROLES: Final = frozenset({"unread", "extra", "amount"})
# Texts that are shown anyway.
_LONG: Final = frozenset({"text", "content", "content_recovered", "recovery_source"})
_FEW_RUNS: Final = 3
# From so many columns on there is room for the next reading in one line.
_WIDE: Final = 130
_NEXT_NARROW: Final = 20
_NEXT_WIDE: Final = 32
_LONGEST: Final = 28
_LONGEST_ALONE: Final = 40
# From this cost on, or below this margin, what the cells are by themselves is worth a look.
_DEAR: Final = 2.0
_NEAR: Final = 2.0


def show(console: Console, found: Explained, say: Speaker) -> None:
    """Prints the explanation of one file."""
    console.print(render(found, say, console.width))


def render(found: Explained, say: Speaker, width: int) -> RenderableType:
    """The explanation of one file, to be printed by rich in so many columns."""
    parts: list[RenderableType] = []
    path = safe(found.extraction.source_path)
    if found.failure is not None:
        text = say.pick(catalogue.failure_message(found.failure.code, found.failure.params))
        parts.append(Text(say("inspect_failure", path=path, text=safe(text)), "red"))
        if found.missing is not None:
            parts += [Padding(text, (0, 0, 0, 2)) for text in evidence(found.missing, say)]
        parts.append(Text())
    total = len(found.extraction.forms)
    for trace in found.forms:
        form = found.extraction.forms[trace.number]
        where = say("inspect_source", path=path, number=form.form_index + 1, total=total)
        first, last = found.extents[trace.number]
        lines = say("explain_extent", lines=f"{first}–{last}")
        parts += [Text.assemble((safe(form.title or "–"), "bold"), "  ", (where + lines, "dim")), decisions(trace, say)]
        parts += [_finding(doubt, say) for doubt in found.doubts if doubt.form == trace.number]
        parts.append(Text())
    shown = [line for line in found.lines if any(reading.what not in _QUIET for reading in line.readings)]
    if shown:
        parts += [lines_table(shown, say, width), Text(), *_without_values(shown, say)]
    return Group(*parts)


def lines_table(lines: Sequence[Line], say: Speaker, width: int) -> Table:
    """The lines as a table: number, what each was taken for, its cells, and what the next reading would be."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)
    table.add_column(say("explain_line"), justify="right", style="dim", no_wrap=True)
    table.add_column(say("explain_reading"), overflow="fold", min_width=8)
    table.add_column(say("explain_cells"), ratio=1, overflow="fold")
    table.add_column(
        say("explain_next"), overflow="fold", min_width=10, max_width=_NEXT_WIDE if width >= _WIDE else _NEXT_NARROW
    )
    for line in lines:
        doubtful = bool(line.findings)
        for at, reading in enumerate(line.readings):
            where = str(line.number) if not at else ""
            cells = _as_it_stands(line) if reading.what in _OUTSIDE else _cells(reading, doubtful, say)
            table.add_row(where, _what(reading, say), cells, _next(line, reading, say))
        for doubt in line.findings:
            table.add_row("", "", _finding(doubt, say), "")
    return table


def _as_it_stands(line: Line) -> Text:
    return Text(_short(safe(line.text).strip(), _LONGEST_ALONE), "dim")


def _what(reading: LineReading, say: Speaker) -> Text:
    """What a row was taken for, with the numbers of the rows it gave, and where else it stands."""
    has_values = any(cell.uses for cell in reading.cells)
    style = "bold" if has_values else "red" if reading.what in _LOUD else "dim"
    text = Text.assemble((say(f"explain_{reading.what}"), style))
    if reading.seqs:
        text.append(" " + ranges(reading.seqs), style)
    if len(reading.lines) > 1:
        text.append("\n" + say("explain_in_lines", lines=_extent(reading.lines)), "dim")
    return text


def _extent(lines: Sequence[int]) -> str:
    """The lines of a row; where they are many single ones, the first and the last."""
    told = ranges(lines)
    return told if told.count(",") < _FEW_RUNS else f"{lines[0]}–{lines[-1]}"


def _cells(reading: LineReading, doubtful: bool, say: Speaker) -> Text:
    """The cells of a row, each with what it became."""
    dear = reading.cost is not None and reading.cost >= _DEAR
    near = reading.margin is not None and reading.margin < _NEAR
    with_kinds = doubtful or dear or near
    refused = reading.what == "refused"
    longest = _LONGEST if len(reading.cells) > 1 else _LONGEST_ALONE
    found = Text()
    for at, cell in enumerate(reading.cells):
        if at:
            found.append(" │ ", "dim")
        found.append_text(_cell(cell, longest, with_kinds, refused, say))
    return found


def _cell(cell: LineCell, longest: int, with_kinds: bool, refused: bool, say: Speaker) -> Text:
    became = list(_became(cell, say))
    text = Text(_short(safe(cell.text), longest), "" if became else "dim")
    if with_kinds and cell.kind:
        text.append(f" ({say(f'explain_kind_{cell.kind}')})", "dim")
    if became:
        return text.append("→", "dim").append(say("explain_between").join(became), "cyan")
    if cell.role in _WORDS or (refused and cell.role == "unread"):
        return text
    role = say(f"explain_role_{cell.role}")
    if role == cell.text:
        return text
    return text.append("→", "dim").append(role, "red" if cell.role in _LOUD_ROLES else "dim")


def _became(cell: LineCell, say: Speaker) -> Iterator[str]:
    """The values that a cell gave, each once: its field, the value where it is not the text itself, and whose it is."""
    grouped: dict[tuple[str, str, str], list[int]] = {}
    own = _REPEATS.keys()
    names = {(use.form, use.table, use.seq, use.field) for use in cell.uses}
    for use in cell.uses:
        if use.field in OF_HEADER:
            # What a column is called is said with its amounts.
            continue
        if use.field in own and (use.form, use.table, use.seq, _REPEATS[use.field]) in names:
            continue
        key = (use.table, _field(use, say), _value(use, cell))
        seqs = grouped.setdefault(key, [])
        if use.seq is not None and use.seq not in seqs:
            seqs.append(use.seq)
    for (table, field, value), seqs in grouped.items():
        text = f"{field} {value}" if value else field
        yield f"{text} ({say('explain_of', seqs=ranges(seqs))})" if len(seqs) > 1 and table != "funding" else text


def _field(use: Use, say: Speaker) -> str:
    """What a value is called: the column of its table, or for an amount its category and source."""
    if use.table == "funding":
        return column_name((use.of.category, use.of.source), say)
    if say.language != "zh":
        return use.field
    return field_name(use.table, use.field, say)


def _value(use: Use, cell: LineCell) -> str:
    """A value, where it is not just what stands there."""
    if use.value is None or use.field in _LONG or not cell.begins:
        return ""
    if isinstance(use.value, Decimal):
        return "" if use.value == number(cell.text) else plain_number(use.value)
    text = safe(str(use.value))
    return "" if cell.text == text else _short(text, _LONGEST)


def _next(line: Line, reading: LineReading, say: Speaker) -> Text:
    """What a row costs to read as it was read, by how much the next reading is dearer, and what it reads otherwise.

    Where a row stands in several lines, its first one says so.
    """
    if reading.cost is None or line.number != reading.lines[0]:
        return Text()
    text = Text.assemble((f"{reading.cost:.1f}", "dim"))
    if reading.margin is not None:
        style = "yellow" if reading.close else "dim"
        changes = [f"{say(f'explain_role_{role}')}→{say(f'explain_role_{other}')}" for role, other in reading.changes]
        text.append(" " + " ".join([f"+{reading.margin:.1f}", *changes]), style)
    if reading.apart is not None:
        text.append("\n" + say("explain_apart", cost=f"{reading.apart:.1f}"), "dim")
    return text


def _finding(doubt: Doubt, say: Speaker) -> Text:
    message = doubt.message_zh if say.language == "zh" else doubt.message
    return Text.assemble((say(f"severity_{doubt.severity}") + " ", _SEVERITIES[doubt.severity]), safe(message))


def _without_values(lines: Sequence[Line], say: Speaker) -> Iterator[Text]:
    """The lines that no value points at, by what they were taken for."""
    found: dict[str, list[int]] = {}
    for line in lines:
        if not line.has_values:
            for reading in line.readings:
                found.setdefault(reading.what, []).append(line.number)
    told = [what for what in found if what not in _QUIET]
    if not told:
        return
    yield Text(say("explain_without_values"), "bold")
    for what in sorted(told, key=lambda what: what not in _LOUD):
        style = "red" if what in _LOUD else ""
        yield Text("  " + say("explain_listed", what=say(f"explain_{what}"), lines=ranges(found[what])), style)


def _short(text: str, longest: int) -> str:
    """A text that takes no more than so many columns of a terminal."""
    return text if cell_len(text) <= longest else set_cell_size(text, longest - 1).rstrip() + "…"
