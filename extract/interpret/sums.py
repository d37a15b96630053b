"""The sums of a form's funding: whether they hold, and those that are blank worked out of their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extract.checks import FAILS, HOLDS, NOT_MADE
from extract.interpret.placing import Column, Equation
from extract.model import Amount, Cell, Finding
from extract.places import join


class Named(NamedTuple):
    """The cells that name the category and the source of an amount; None where no word does."""

    category: Cell | None = None
    source: Cell | None = None


def fill(
    amounts: Sequence[Amount], made: Sequence[Equation], names: Mapping[Column, Named]
) -> tuple[list[Amount], list[Finding]]:
    """Sums that are blank while their parts are stated, worked out: basis ``inferred``, with a finding.

    They stand where their parts do. ``names``: the cells that name the columns of the header.
    """
    known = {(a.category, a.source): a.amount for a in amounts}
    cells = {(a.category, a.source): a.places["amount"] for a in amounts}
    inferred: list[Amount] = []
    findings: list[Finding] = []
    # The sums of a category first: the grand total is made of them.
    for equation in reversed(made):
        whole, parts = equation.sides(known)
        if whole is not None or parts is None:
            continue
        if equation.whole == ("total", "total") and not all(part in known for part in equation.parts):
            continue
        place = join([cells[part] for part in equation.parts if part in cells])
        params = {"column": "/".join(equation.whole), "amount": parts}
        findings.append(Finding("funding_inferred", "funding", len(amounts) + len(inferred), "amount", params, place))
        category, source = names.get(equation.whole, Named())
        places = {"amount": place, "category": category or place, "source": source or place}
        inferred.append(Amount(*equation.whole, parts, None, "inferred", places))
        known[equation.whole] = parts
        cells[equation.whole] = place
    return inferred, findings


def balance(amounts: Sequence[Amount], made: Sequence[Equation]) -> tuple[str, list[Finding]]:
    """Whether the equations between stated amounts hold, and a finding for each that does not.

    What was worked out from an equation proves nothing of it, so inferred amounts are no part of this.
    """
    findings: list[Finding] = []
    stated = {(a.category, a.source): a.amount for a in amounts}
    compared = 0
    for equation in made:
        whole, parts = equation.sides(stated)
        if whole is None or parts is None:
            continue
        compared += 1
        if whole != parts:
            place = next(a.places["amount"] for a in amounts if (a.category, a.source) == equation.whole)
            params = {"column": "/".join(equation.whole), "whole": whole, "parts": parts}
            findings.append(Finding("funding_equation", "funding", None, None, params, place))
    if not compared:
        return NOT_MADE, findings
    return (FAILS if findings else HOLDS), findings
