"""Damages that make a form wrong or doubtful on purpose: what stands there is then the truth, and a finding must come.

Each gives the changed form (or sheet) and the flags: which table a finding of severity warning or error must name, and
the rows it may name where it names one.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from tests.forms.sheet import Sheet
from tests.forms.truth import TrueForm


class Flag(NamedTuple):
    """A finding that must come: its table, and the rows it may name; no rows means any."""

    table: str
    rows: tuple[int, ...] = ()


class Wronged(NamedTuple):
    """A form made wrong; None where this form cannot be made wrong in this way."""

    form: TrueForm
    flag: Flag
    sheet: Callable[[Sheet], Sheet] | None = None


def wrong_amount(form: TrueForm, rng: random.Random) -> Wronged | None:
    """One total no longer the sum of its parts."""
    totals = [i for i, (_, source) in enumerate(form.columns) if source == "total" and form.funding[i]]
    at = rng.choice(totals)
    amount = form.funding[at]
    assert amount is not None
    funding = list(form.funding)
    funding[at] = amount + Decimal(rng.choice((100000, 90000, 123456)))
    return Wronged(replace(form, funding=tuple(funding)), Flag("funding"))


def wrong_weight(form: TrueForm, rng: random.Random) -> Wronged | None:
    """Weights that add up to neither 90 nor 100."""
    at = rng.randrange(len(form.indicators))
    rows = list(form.indicators)
    rows[at] = replace(rows[at], weight=str(Decimal(rows[at].weight) + rng.choice((3, 4, 7))))
    return Wronged(replace(form, indicators=tuple(rows)), Flag("indicators"))


def words_for_a_number(form: TrueForm, rng: random.Random) -> Wronged | None:
    """≥ with words behind it."""
    at = rng.randrange(len(form.indicators))
    rows = list(form.indicators)
    rows[at] = replace(rows[at], operator="≥", value=rng.choice(("明显增强", "优良中差", "长期有效")), unit="")
    return Wronged(replace(form, indicators=tuple(rows)), Flag("indicators", (at,)))


def a_number_for_words(form: TrueForm, rng: random.Random) -> Wronged | None:
    """定性 with a number behind it."""
    at = rng.randrange(len(form.indicators))
    rows = list(form.indicators)
    rows[at] = replace(rows[at], operator="定性", value=str(rng.randint(70, 99)), unit="%")
    return Wronged(replace(form, indicators=tuple(rows)), Flag("indicators", (at,)))


def duplicate_indicator(form: TrueForm, rng: random.Random) -> Wronged | None:
    """One indicator twice; the weight is shared, so that the sum still holds."""
    at = rng.randrange(len(form.indicators))
    row = form.indicators[at]
    half = Decimal(row.weight) / 2
    first, second = replace(row, weight=str(half)), replace(row, weight=str(half))
    rows = (*form.indicators[:at], first, second, *form.indicators[at + 1 :])
    return Wronged(replace(form, indicators=rows), Flag("indicators", (at, at + 1)))


def empty_tasks(form: TrueForm, rng: random.Random) -> Wronged | None:
    """The tasks' header with no task below it."""
    if form.kind != "department":
        return None
    return Wronged(replace(form, tasks=()), Flag("tasks"))


def missing_goals(form: TrueForm, rng: random.Random) -> Wronged | None:
    """The goals' label with nothing beside it."""
    return Wronged(replace(form, goals=()), Flag("goals"))


def missing_first_level(form: TrueForm, rng: random.Random) -> Wronged | None:
    """A first-level label gone; its second level is still there and belongs nowhere else in the tree."""
    starts = [s[1] for s in label_starts_of(form)]
    begins = [i for i, s in enumerate(starts) if s and i and form.indicators[i].level2 != "成本指标"]
    if not begins:
        return None
    at = rng.choice(begins)
    end = next((i for i in range(at + 1, len(starts)) if starts[i]), len(starts))

    def drop(sheet: Sheet) -> Sheet:
        return replace(
            sheet, rows=tuple(replace(r, level1="") if at <= i < end else r for i, r in enumerate(sheet.rows))
        )

    return Wronged(form, Flag("indicators", tuple(range(at, end))), drop)


def label_starts_of(form: TrueForm) -> list[tuple[bool, bool, bool]]:
    """``label_starts`` for a form's own rows."""
    starts = []
    before: tuple[str, str] | None = None
    for row in form.indicators:
        first = before is None or row.level1 != before[0]
        starts.append((before is None, first, first or before is None or row.level2 != before[1]))
        before = (row.level1, row.level2)
    return starts


WRONGS: Final[dict[str, Callable[[TrueForm, random.Random], Wronged | None]]] = {
    "wrong-amount": wrong_amount,
    "wrong-weight": wrong_weight,
    "words-for-a-number": words_for_a_number,
    "a-number-for-words": a_number_for_words,
    "duplicate-indicator": duplicate_indicator,
    "empty-tasks": empty_tasks,
    "missing-goals": missing_goals,
    "missing-first-level": missing_first_level,
}
# Those whose contradiction is between operator and value.
OF_OPERATORS: Final = frozenset({"words-for-a-number", "a-number-for-words"})
