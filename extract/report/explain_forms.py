"""What was decided on a form as a whole, and why a file gave none, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from extract.interpret.sections import HEADER_WORDS
from extract.interpret.trace import CutTrace, FormTrace, Missing, MoneyTrace, Way
from extract.messages import Speaker
from extract.report.ranges import ranges
from extract.report.safe import safe
from extract.tables.schemas import schemas

Column = tuple[str, str]


def decisions(form: FormTrace, say: Speaker) -> Table:
    """The columns, the layout, the money and the cut texts of a form: what was decided, and what came next."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row(say("explain_profile"), safe(form.profile))
    columns = " │ ".join(say(f"explain_role_{column}") for column in form.columns)
    table.add_row(say("explain_columns"), columns)
    if form.layout:
        table.add_row(say("explain_layout"), Text(_layout(form.layout, say)))
    for at, text in enumerate(_money(form.money, say)):
        table.add_row("" if at else say("explain_money"), text)
    for at, cut in enumerate(cut for cut in form.cuts if cut.texts):
        table.add_row("" if at else say("explain_cuts"), _cut(cut, say))
    return table


def _layout(ways: Sequence[tuple[str, float]], say: Speaker) -> str:
    (name, cost), *others = ways
    text = say("explain_way", way=say(f"explain_way_{name}"), cost=f"{cost:.1f}")
    if others:
        name, dearer = others[0]
        text += say("explain_way_next", way=say(f"explain_way_{name}"), margin=f"{dearer - cost:.1f}")
    return text


def column_name(column: Column, say: Speaker) -> str:
    """What the column of an amount is called: category and source, by their names in the tables or in Chinese."""
    category, source = column
    if say.language != "zh":
        return f"{category}/{source}"
    return f"{say.known(f'category_{category}', category)}/{say.known(f'source_{source}', source)}"


def field_name(table: str, field: str, say: Speaker) -> str:
    """What a column of the tables is called: by its name, or in Chinese by its label."""
    if say.language != "zh":
        return field if table == "documents" else f"{table} {field}"
    return str(schemas()[table].field(field).metadata[b"label_zh"].decode())


def _money(money: MoneyTrace, say: Speaker) -> Iterator[Text]:
    if money.settled != "none":
        yield Text(say(f"explain_settled_{money.settled}"))
    if money.other is not None:
        columns = ", ".join(column_name(column, say) for column in money.other.columns)
        yield Text(say("explain_next_placing", columns=columns, why=_why(money.other, say)))
    for equation in money.sums:
        if equation.holds is None:
            continue
        text = say(
            "explain_sum",
            whole=column_name(equation.whole, say),
            stated=_amount(equation.stated),
            parts=" + ".join(column_name(part, say) for part in equation.parts),
            of_parts="" if equation.holds else f" ({_amount(equation.of_parts)})",
            sign="=" if equation.holds else "≠",
        )
        yield Text(text, "" if equation.holds else "yellow")


def _why(way: Way, say: Speaker) -> str:
    return say("explain_placing", failed=way.failed, held=way.held, apart=way.apart)


def _amount(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"


def _cut(cut: CutTrace, say: Speaker) -> Text:
    """The cut texts of a column, and by what they were told."""
    found = []
    for by in ("mark", "limit", "open"):
        own = [text for text in cut.texts if text.by == by]
        if own:
            widths = ranges(text.width for text in own)
            limits = ", ".join(str(limit) for limit in cut.limits)
            source = say.known(f"explain_limit_{cut.source}", cut.source)
            seqs = ranges(text.seq for text in own)
            found.append(say(f"explain_cut_{by}", seqs=seqs, widths=widths, limits=limits, source=source))
    return Text(say("explain_listed", what=field_name(cut.table, cut.field, say), lines="; ".join(found)))


def evidence(missing: Missing, say: Speaker) -> Iterator[Text]:
    """How near a text that gave no form came to one."""
    for attempt in missing.attempts:
        has = [say(f"explain_{section}") for section in attempt.sections]
        if attempt.header:
            has.append(say("explain_indicators_header"))
        found = say("explain_between").join(has) or say("none_found")
        yield Text(say("explain_attempt", lines=f"{attempt.first}–{attempt.last}", found=found))
    if not missing.titles:
        yield Text(say("explain_no_title"))
    elif not missing.attempts:
        yield Text(say("explain_only_title", lines=ranges(missing.titles)))
    if missing.header_line is None:
        yield Text(say("explain_no_header", needed=HEADER_WORDS))
    elif len(missing.header) < HEADER_WORDS:
        words = say("explain_between").join(safe(word) for word in missing.header)
        number, line = len(missing.header), missing.header_line
        yield Text(say("explain_short_header", line=line, number=number, needed=HEADER_WORDS, words=words))
    if not missing.labels:
        yield Text(say("explain_no_label"))
    elif not missing.attempts:
        labels = say("explain_between").join(
            say("explain_label_in", section=say(f"explain_{section}"), line=line) for section, line in missing.labels
        )
        yield Text(say("explain_labels_alone", labels=labels))
