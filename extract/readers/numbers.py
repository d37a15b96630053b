"""Numbers and dates as a sheet shows them: by the format codes of spreadsheet programs.

What was typed is kept whole: a number with a few decimals more than its format shows keeps them, for a form that is
printed loses them by its layout alone. Only what was worked out (a third, a share) is rounded as it is shown.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple

GENERAL: Final = "General"
# The codes that files name by number. Those of dates and money are the ones of Chinese systems.
BUILT_IN: Final = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00",
    9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"',
    29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"', 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0",
    43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 47: "mm:ss.0", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
Shown = datetime.date | datetime.time

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<general>General|G/通用格式)|(?P<noon>AM/PM|A/P|上午/下午)|(?P<date>[yYmMdDhHsS]+|[eE](?![+-]))"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<power>[eE][+-])|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A stored number has so many sure digits.
_DIGITS: Final = 15
# No person types more decimals than these.
_TYPED_DECIMALS: Final = 6
# Significant digits that a number without a format shows.
_GENERAL_DIGITS: Final = 10
# Larger ones are no amounts, and their digits are not sure.
_LARGEST: Final = 1e15
_EPOCH: Final = datetime.datetime(1899, 12, 30)
_MOST_DAYS: Final = 2_958_465


class _Token(NamedTuple):
    """A piece of a format code: what it is, and what of the code it is."""

    kind: str
    text: str


class _Layout(NamedTuple):
    """How a section of a code shows a number that is not negative.

    ``whole``: digits and literals before the point. ``least``/``most``: decimals. ``thousands``: by how many of them
    the number is divided.
    """

    before: str
    whole: tuple[_Token, ...]
    least: int
    most: int
    after: str
    grouped: bool
    thousands: int
    percent: bool


def of_number(value: float, code: str = GENERAL) -> str:
    """A number as it shows by a format code."""
    if not abs(value) < _LARGEST:
        return str(value)
    number = Decimal(f"{value:.{_DIGITS}g}")
    sections = _sections(code or GENERAL)
    section = sections[0]
    if number < 0 and len(sections) > 1:
        section = sections[1]
    elif number == 0 and len(sections) > 2 and not any(token.kind == "literal" for token in sections[2]):
        # A zero that shows as a dash is a zero; one that does not show is blank.
        section = sections[2]
    layout = _layout(section)
    if layout is None:
        return _general(number)
    text = _laid_out(abs(number), layout)
    if number >= 0:
        return text
    # Brackets and colours say what a sign does.
    return "-" + text.removeprefix("-").removeprefix("(").removesuffix(")").strip()


def is_date(code: str) -> bool:
    """Whether a code shows dates or times."""
    return any(token.kind == "date" for token in _sections(code)[0])


def date_of(days: float) -> datetime.datetime | None:
    """The date that a number stands for where its format is one of dates; None where it can be none."""
    if not 0 <= days <= _MOST_DAYS:
        return None
    return _EPOCH + datetime.timedelta(days=days)


def of_date(value: Shown, code: str) -> str:
    """A date or a time as it shows by a format code; by the usual one where the code is none of dates."""
    if not is_date(code):
        code = "h:mm" if isinstance(value, datetime.time) else "yyyy/m/d"
        if isinstance(value, datetime.datetime) and value.time() != datetime.time():
            code = "yyyy/m/d h:mm"
    tokens = _sections(code)[0]
    noon = any(token.kind == "noon" for token in tokens)
    units = [token.text[0] if token.kind == "date" else "" for token in tokens]
    shown = []
    for i, token in enumerate(tokens):
        if token.kind == "date":
            near = [unit for unit in units[:i] if unit][-1:] + [unit for unit in units[i + 1 :] if unit][:1]
            minutes = token.text[0] == "m" and ("h" in near[:1] or "s" in near[-1:])
            shown.append(_part(value, token.text, minutes=minutes, noon=noon))
        elif token.kind == "noon":
            shown.append(
                ("上午", "下午")[_hour(value) >= 12] if "上" in token.text else ("AM", "PM")[_hour(value) >= 12]
            )
        elif token.kind in ("literal", "point", "comma", "percent"):
            shown.append(token.text)
    return "".join(shown).strip()


def _hour(value: Shown) -> int:
    return getattr(value, "hour", 0)


def _part(value: Shown, text: str, *, minutes: bool, noon: bool) -> str:
    """One part of a date: its year, month, day, hour, minute or second."""
    unit = text[0]
    if unit in "ye":
        year = getattr(value, "year", 0)
        return f"{year % 100:02}" if len(text) == 2 else str(year)
    if unit == "m" and not minutes:
        month = getattr(value, "month", 0)
        if len(text) >= 3 and month:
            return _MONTHS[month - 1]
        return f"{month:02}" if len(text) == 2 else str(month)
    number = _hour(value)
    if unit == "h" and noon:
        number = (number - 1) % 12 + 1
    if unit != "h":
        number = getattr(value, {"d": "day", "m": "minute", "s": "second"}[unit], 0)
    return f"{number:02}" if len(text) >= 2 else str(number)


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    """The sections of a code: for positive numbers, negative ones, zero, texts."""
    sections: list[tuple[_Token, ...]] = []
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        text = match[kind] if kind else ""
        if kind == "other" and text == ";":
            sections.append(tuple(tokens))
            tokens = []
        elif kind in ("quoted", "escaped", "currency", "other"):
            tokens.append(_Token("literal", text))
        elif kind:
            tokens.append(_Token(kind, text.lower() if kind == "date" else text))
    return (*sections, tuple(tokens))


@lru_cache(maxsize=1024)
def _layout(section: tuple[_Token, ...]) -> _Layout | None:
    """How a section shows a number; None where it shows it as a cell without a format does."""
    kinds = [token.kind for token in section]
    if any(kind in ("general", "power", "text", "date") for kind in kinds) or kinds.count("point") > 1:
        return None
    digits = [i for i, kind in enumerate(kinds) if kind == "digit"]
    if not digits:
        # A section of words alone shows them in place of the number.
        return _Layout(_joined(section), (), 0, 0, "", grouped=False, thousands=0, percent=False)
    if any(token.text == "/" for token in section[digits[0] : digits[-1]]):
        return None
    first, last = digits[0], digits[-1]
    point = kinds.index("point") if "point" in kinds else last + 1
    first = min(first, point)
    end = last + 1
    while end < len(kinds) and kinds[end] == "comma":
        end += 1
    thousands = end - last - 1
    if end == point and "point" in kinds:
        end += 1
    whole = section[first:point]
    decimals = [token.text for token in section[point : last + 1] if token.kind == "digit"]
    return _Layout(
        before=_joined(section[:first]),
        whole=tuple(token for token in whole if token.kind in ("digit", "literal")),
        least=decimals.count("0"),
        most=len(decimals),
        after=_joined(section[end:]),
        grouped=any(token.kind == "comma" for token in whole),
        thousands=thousands,
        percent="percent" in kinds,
    )


def _joined(tokens: Sequence[_Token]) -> str:
    return "".join(token.text for token in tokens if token.kind in ("literal", "percent"))


def _laid_out(number: Decimal, layout: _Layout) -> str:
    if not layout.whole and not layout.most:
        return layout.before
    if layout.percent:
        number *= 100
    number = number.scaleb(-3 * layout.thousands)
    own = max(0, -_exponent(number))
    literal = any(token.kind == "literal" for token in layout.whole)
    typed = own <= _TYPED_DECIMALS and not layout.thousands and not literal
    places = max(layout.least, own) if typed else min(layout.most, max(layout.least, own))
    number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, decimals = f"{number:f}".partition(".")
    least = sum(token.text == "0" for token in layout.whole)
    whole = whole.lstrip("0").rjust(least, "0")
    if literal:
        whole = _woven(whole, layout.whole)
    elif layout.grouped and whole:
        whole = f"{int(whole):,}".rjust(least, "0")
    if decimals:
        whole = (whole or "0") + "." + decimals
    return (layout.before + whole + layout.after).strip()


def _woven(digits: str, tokens: Sequence[_Token]) -> str:
    """Digits among literals, filled in from the right; the first place takes all that are left."""
    first = next(i for i, token in enumerate(tokens) if token.kind == "digit")
    found: list[str] = []
    for i in range(len(tokens) - 1, -1, -1):
        if tokens[i].kind == "literal":
            found.append(tokens[i].text)
        elif i == first:
            found.append(digits)
        else:
            found.append(digits[-1:])
            digits = digits[:-1]
    return "".join(reversed(found))


def _general(number: Decimal) -> str:
    if max(0, -_exponent(number)) > _TYPED_DECIMALS:
        places = max(0, _GENERAL_DIGITS - 1 - max(0, number.adjusted()))
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def with_typed_digits(shown: str, value: str) -> str:
    """A number as a file shows it, with the decimals that were typed and that it does not show.

    ``value``: the number itself, 0.95 where 95% is shown.
    """
    found = list(_NUMBER.finditer(shown))
    try:
        own = Decimal(value)
        displayed = Decimal(found[0][0].replace(",", "")) if len(found) == 1 else None
    except InvalidOperation:
        return shown
    if displayed is None or not own.is_finite() or not abs(own) < _LARGEST:
        return shown
    own = Decimal(f"{float(own):.{_DIGITS}g}") * (100 if "%" in shown else 1)
    places = -_exponent(own)
    if not 0 < places <= _TYPED_DECIMALS or displayed == own:
        return shown
    least = max(0, -int(displayed.as_tuple().exponent))
    if places <= least or own.quantize(Decimal(1).scaleb(-least), ROUND_HALF_UP) != displayed:
        return shown
    begin, end = found[0].span()
    typed = f"{own:,f}" if "," in found[0][0] else f"{own:f}"
    return shown[:begin] + typed.rstrip("0") + shown[end:]
