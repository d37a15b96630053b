"""The target of an indicator: operator, value, unit and grades, however the cells put them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from extract.clean import squash
from extract.interpret.kinds import Kinds
from extract.model import Cell
from extract.places import cut

QUALITATIVE: Final = "定性"


# What an indicator aims at: operator, its basis, value, its number, unit, scale. A plain tuple, unpacked at once.
Target = tuple[str | None, str | None, str | None, Decimal | None, str | None, str | None]


def number(text: str) -> Decimal | None:
    """The number a text is, separators of thousands and full-width digits allowed; None for anything else."""
    if text.isdigit() and text.isascii():
        return Decimal(text)
    folded = squash(text) if not text.isascii() else text
    folded = folded.replace(",", "")
    if not folded.strip("+-").replace(".", "", 1).isdigit():
        return None
    try:
        return Decimal(folded)
    except InvalidOperation:
        return None


def target(
    operator: Cell | None, value: Cell | None, unit: Cell | None, kinds: Kinds, places: dict[str, Cell]
) -> Target:
    """Puts together what the three cells say, and adds their places. Where they state no operator, a plain number has
    ``=`` and words and dates have 定性, both inferred (CONTRACT: indicators)."""
    sign = basis = text = figure = scale = None
    if operator is not None:
        sign = kinds.vocabulary.operators.get(operator.text) or kinds.operator(operator.text)
        basis = "stated"
        places["operator"] = operator
    if value is not None:
        figure = number(value.text)
        if figure is None:
            value, figure, unit, said = _merged(value, unit, kinds)
            if said is not None and sign is None:
                sign, basis = kinds.operator(said.text) or kinds.vocabulary.operators_after[said.text], "stated"
                places["operator"] = said
        text = value.text
        if sign is None:
            sign, basis = ("=" if figure is not None else QUALITATIVE), "inferred"
            places["operator"] = value
        places["value"] = value
        if figure is not None:
            places["value_number"] = value
        elif sign == QUALITATIVE:
            scale = text
            places["scale"] = value
    if unit is None:
        return sign, basis, text, figure, None, scale
    places["unit"] = unit
    return sign, basis, text, figure, unit.text, scale


def _merged(value: Cell, unit: Cell | None, kinds: Kinds) -> tuple[Cell, Decimal | None, Cell | None, Cell | None]:
    """Takes apart a value that holds more than a number: (value, number, unit, operator)."""
    signed = kinds.signed(value.text)
    if signed is not None:
        rest = signed.span("unit")
        sign = cut(value, *signed.span("operator"))
        if unit is None and rest[0] < rest[1]:
            unit, said = _without_word(value, rest, kinds)
            sign = sign if said is None else sign
        figure = cut(value, *signed.span("number"))
        return figure, number(figure.text), unit, sign
    measured = kinds.measured(value.text)
    if measured is not None:
        match, _ = measured
        figure = cut(value, *match.span("number"))
        rest = match.span("unit")
        found, said = _without_word(value, rest, kinds)
        return figure, number(figure.text), unit if unit is not None else found, said
    return value, None, unit, None


def _without_word(value: Cell, span: tuple[int, int], kinds: Kinds) -> tuple[Cell | None, Cell | None]:
    """The unit in ``value.text[span]``, and the word behind it that stands for an operator (以上), each where there is one."""
    start, end = span
    text = value.text[start:end].rstrip()
    end = start + len(text)
    for word in kinds.after:
        if text.endswith(word):
            middle = end - len(word)
            said = cut(value, middle, end)
            return (cut(value, start, middle) if middle > start else None), said
    return (cut(value, start, end) if end > start else None), None
