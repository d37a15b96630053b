"""What speaks for and against each row of a form, as names: how it was read, what is doubtful about it and around it.

The names are those of ``schemas/confidence.yaml``, which says what each of them weighs. All that stands in the form
itself counts, and nothing else, so that the same form has the same evidence wherever it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from extract import catalogue
from extract.model import Amount, Finding, Form, Task, Weighed

Names = tuple[str, ...]
# What a row of indicators looks like: what it cost to read, how its labels and sign were come by, what it lacks.
_Look = tuple[Weighed | None, str | None, str | None, str | None, bool, bool, bool, bool, bool]

# The tables whose rows have a confidence.
RATED: Final = ("funding", "tasks", "indicators")
# What follows from a confidence, and what a person said, is no evidence on what was read.
_POOR: Final = "reading_poor"
_NO_EVIDENCE: Final = frozenset({"low_confidence", "corrected", "confirmed", "correction_stale"})
# From so much on, a row's cost says something; up to so much, the distance to the next reading does.
_COSTS: Final = (0.4, 1.2, 2.5)
_MARGINS: Final = (0.5, 1.5, 3.0)
# So many other rows with a doubt are few, and so many are some.
_FEW, _SOME = 1, 4
# Names of so many characters are short.
_SHORT: Final = 3
# A form of so few rows says little about itself.
_FEW_ROWS: Final = 2
_REMEMBERED: Final = 4096

_looks: dict[_Look, Names] = {}


class Evidence(NamedTuple):
    """The evidence on the rows of a table: what is the same for all of them, and what each has of its own, in order."""

    shared: Names
    rows: Sequence[Names]


def of_form(form: Form) -> dict[str, Evidence]:
    """The evidence on the rows of the tables in ``RATED``."""
    around = _around(form.findings) if form.findings else _NOTHING
    own = _own(form.reading, form.weight_check, form.funding_check)
    own += tuple([f"form:{code}" for code in sorted(around.form)])
    return {
        "funding": _evidence("funding", form.reading, own, around, [_of_amount(one) for one in form.funding]),
        "tasks": _evidence("tasks", form.reading, own, around, [_of_task(one) for one in form.tasks]),
        "indicators": _evidence("indicators", form.reading, own, around, _of_indicators(form)),
    }


@lru_cache(maxsize=1024)
def _own(reading: str, weights: str, funding: str) -> Names:
    return f"reading:{reading}", f"weights:{weights}", f"funding:{funding}"


def _of_amount(one: Amount) -> Names:
    return ("inferred",) if one.basis == "inferred" else ()


def _of_task(one: Task) -> Names:
    names = ["cut"] if one.content_truncated else []
    names += ["no:content"] if one.content is None else []
    names += ["short"] if one.name is None or len(one.name) <= _SHORT else []
    return tuple(names)


def _of_indicators(form: Form) -> Sequence[Names]:
    weighed: Sequence[Weighed | None] = form.weighed or (None,) * len(form.indicators)
    known = _looks.get
    return [
        found if (found := known(look)) is not None else _of_look(look)
        for one, cost in zip(form.indicators, weighed, strict=True)
        for look in (
            (
                cost,
                one.level1_basis,
                one.level2_basis,
                one.operator_basis,
                one.value is None,
                one.value_number is not None,
                one.unit is None,
                one.weight is None,
                one.name is None or len(one.name) <= _SHORT,
            ),
        )
    ]


def _of_look(look: _Look) -> Names:
    """What a row of the table itself says; few different ones come often."""
    cost, level1, level2, operator, valueless, numeric, unitless, weightless, short = look
    names = []
    if cost is not None:
        dear = sum(cost.cost >= least for least in _COSTS)
        near = sum(cost.margin < least for least in _MARGINS)
        names += [f"cost:{dear}"] * (dear > 0) + [f"near:{near}"] * (near > 0)
    names += ["no:level1"] if level1 is None else []
    names += ["no:level2"] if level2 is None else []
    names += ["levels:inherited"] if level1 == level2 == "inherited" else []
    names += ["operator:inferred"] if operator == "inferred" else []
    names += ["no:value"] if valueless else []
    names += ["no:unit"] if numeric and unitless else []
    names += ["no:weight"] if weightless else []
    names += ["short"] if short else []
    found = tuple(names)
    if len(_looks) < _REMEMBERED:
        _looks[look] = found
    return found


class _Around:
    """The findings of a form by what they are about."""

    def __init__(self) -> None:
        self.form: set[str] = set()
        self.tables: dict[str, set[str]] = {}
        self.rows: dict[str, dict[int, set[str]]] = {}


_NOTHING: Final = _Around()


def _around(findings: Sequence[Finding]) -> _Around:
    found = _Around()
    kinds = catalogue.findings()
    for one in findings:
        if one.code in _NO_EVIDENCE:
            continue
        if one.table is None:
            found.form.add(one.code)
        elif one.seq is None:
            found.tables.setdefault(one.table, set()).add(one.code)
        elif kinds[one.code].severity != "info" or kinds[one.code].misread:
            found.rows.setdefault(one.table, {}).setdefault(one.seq, set()).add(one.code)
    return found


def _evidence(table: str, reading: str, own: Names, around: _Around, rows: Sequence[Names]) -> Evidence:
    """The evidence on the rows of one table; ``own``: that on the form, ``rows``: what each says itself.

    What goes wrong at one place goes wrong elsewhere in one kind of reading, and stays there in another, so that a
    doubt besides counts by kind of ``reading``.
    """
    shared = own if len(rows) > _FEW_ROWS else (*own, "few-rows")
    if around is _NOTHING:
        return Evidence(shared, rows)
    elsewhere = _elsewhere(table, around)
    shared += tuple(f"table:{code}" for code in sorted(around.tables.get(table, ())))
    shared += elsewhere
    besides = (
        ("poor", _POOR in around.form),
        ("elsewhere", any(one.endswith("misread") for one in elsewhere)),
        ("table", bool(around.tables.get(table))),
    )
    shared += tuple(f"{reading}+{what}" for what, is_so in besides if is_so)
    doubted = around.rows.get(table, {})
    if not doubted:
        return Evidence(shared, rows)
    return Evidence(shared, [names + _of_row(seq, doubted, len(rows)) for seq, names in enumerate(rows)])


def _elsewhere(table: str, around: _Around) -> Names:
    """What is doubtful about the other parts of the form, by how it was misread."""
    kinds = catalogue.findings()
    names = []
    for other in (*RATED, "goals", "documents"):
        if other == table:
            continue
        codes = around.tables.get(other, set()).union(*around.rows.get(other, {}).values())
        if any(kinds[code].misread for code in codes):
            names.append(f"elsewhere:{other}:misread")
        elif any(kinds[code].severity != "info" for code in codes):
            names.append(f"elsewhere:{other}")
    return tuple(names)


def _of_row(seq: int, doubted: Mapping[int, set[str]], count: int) -> Names:
    """The doubts about a row, about those beside it, and how many others there are."""
    codes = doubted.get(seq, set())
    names = [f"row:{code}" for code in sorted(codes)]
    others = len(doubted) - (seq in doubted)
    if seq - 1 in doubted or seq + 1 in doubted:
        names.append("beside")
    if others:
        size = "few" if others <= _FEW else "some" if others <= _SOME else "many"
        names.append(f"others:{size}")
        if others * 2 >= count:
            names.append("others:most")
    return tuple(names)
