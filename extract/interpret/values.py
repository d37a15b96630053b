"""The target of an indicator: operator, value, unit and grades, however the cells put them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from extract.clean import squash
from extract.interpret.kinds import BRACKETS, Kinds
from extract.model import Cell
from extract.places import cut, trimmed

# A comma is only known as a separator of thousands: 1,5 may be a decimal, or two numbers.
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
QUALITATIVE: Final = "定性"
# The numbers that short texts are; few of them come often. Shared with who reads many: a look-up spares a call.
_SHORT: Final = 6
NUMBERS: Final[dict[str, Decimal]] = {}


# What an indicator aims at: operator, its basis, value, its number, unit, scale. A plain tuple, unpacked at once.
Target = tuple[str | None, str | None, str | None, Decimal | None, str | None, str | None]


def number(text: str) -> Decimal | None:
    """The number a text is, separators of thousands and full-width digits allowed; None for anything else."""
    found = NUMBERS.get(text)
    if found is None:
        found = _number(text)
        if found is not None and len(text) <= _SHORT and len(NUMBERS) < 65536:
            NUMBERS[text] = found
    return found


def _number(text: str) -> Decimal | None:
    if text.isdigit() and text.isascii():
        return Decimal(text)
    folded = squash(text) if not text.isascii() else text
    if "," in folded:
        if not _THOUSANDS.fullmatch(folded):
            return None
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
    """Puts together what the three cells say, and adds their places.

    Where they state no operator, a plain number has ``=`` and words and dates have 定性, both inferred.
    """
    sign = basis = text = figure = scale = None
    if operator is not None:
        sign = kinds.vocabulary.operators.get(operator.text) or kinds.operator(operator.text)
        if sign is not None:
            basis = "stated"
            places["operator"] = operator
    if value is not None:
        figure = number(value.text)
        if figure is None:
            value, figure, unit, said = _merged(value, unit, kinds)
            if said is not None and sign is None:
                sign, basis = (
                    kinds.operator(said.text) or kinds.vocabulary.operators_after.get(squash(said.text)),
                    "stated",
                )
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


def follow_value(
    sign: str | None, basis: str | None, text: str | None
) -> tuple[str | None, str | None, Decimal | None]:
    """Operator, its basis, and number of a value that became another one; as ``target`` has them.

    An operator that was inferred from the value before is inferred anew.
    """
    figure = number(text) if text is not None else None
    if basis == "inferred" and sign in ("=", QUALITATIVE):
        sign = None
    if sign is None and text is not None:
        return ("=" if figure is not None else QUALITATIVE), "inferred", figure
    return sign, basis if sign is not None else None, figure


def grades(sign: str | None, text: str | None, figure: Decimal | None) -> str | None:
    """The grades that a value states, as ``target`` has them; None for one that is no qualitative indicator's."""
    return text if sign == QUALITATIVE and figure is None else None


def _merged(value: Cell, unit: Cell | None, kinds: Kinds) -> tuple[Cell, Decimal | None, Cell | None, Cell | None]:
    """Takes apart a value that holds more than a number: (value, number, unit, operator)."""
    if kinds.known.get(value.text) == "g":
        return value, None, unit, None
    match = kinds.signed(value.text)
    sign = cut(value, *match.span("operator")) if match is not None else None
    if match is None:
        measured = kinds.measured(value.text)
        if measured is None:
            sign_end = kinds.led(value.text)
            if not sign_end:
                return value, None, unit, None
            sign = cut(value, 0, len(value.text[:sign_end].rstrip()))
            return trimmed(cut(value, sign_end, len(value.text))), None, unit, sign
        match = measured[0]
    own, said = _without_word(value, match.span("unit"), kinds)
    figure = trimmed(cut(value, *match.span("number")))
    return figure, number(figure.text), own if unit is None else unit, sign if said is None else said


def _without_word(value: Cell, span: tuple[int, int], kinds: Kinds) -> tuple[Cell | None, Cell | None]:
    """The unit in ``value.text[span]``, and the word behind it that stands for an operator (以上); None for neither."""
    start, _ = span
    end, word = kinds.ending(value.text, *span)
    unit = _unbracketed(trimmed(cut(value, start, end))) if end > start else None
    return unit, cut(value, *word) if word else None


def _unbracketed(unit: Cell) -> Cell:
    """A unit without the brackets around all of it: 120.00(公顷)."""
    text = unit.text.translate(BRACKETS)
    return trimmed(cut(unit, 1, len(text) - 1)) if text[0] == "(" and text.find(")") == len(text) - 1 > 1 else unit
