"""How a form writes money units, and the codes before the names of units and projects, compiled from a profile."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import regex

from extract.clean import squash

_NUMBER: Final = r"[+\-－]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?"
# A code and a name in a pattern of a profile; a dash stands for any of them, blanks or none around it. Where nothing
# parts them, a code is told by its digits, and fewer may be part of a name (120急救中心).
_PARTS: Final = {
    "{code}": r"(?P<code>[0-9A-Za-z]{3,40})",
    "{digits}": r"(?P<code>\d{6,40})",
    "{name}": r"(?P<name>\S.*?)",
    "-": r"\s*[-－—–]+\s*",
    " ": r"\s+",
    "(": r"\s*[(（]\s*",
    ")": r"\s*[)）]",
    "[": r"\s*[\[［【]\s*",
    "]": r"\s*[\]］】]\s*",
}
_PART: Final = regex.compile(r"\{code\}|\{digits\}|\{name\}|.", regex.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """The money units of a form: ``names`` by spelling, ``yuan`` how many yuan one is, by name and by spelling.

    ``amount`` is an amount with maybe a unit behind it (two groups), ``bracketed`` a unit in brackets at the end.
    """

    names: Mapping[str, str]
    yuan: Mapping[str, Decimal]
    amount: regex.Pattern[str]
    bracketed: regex.Pattern[str]
    # How each unit is stated in brackets and behind a label.
    signs: tuple[tuple[str, str, str], ...]

    def stated(self, text: str) -> str | None:
        """The unit that a label states in brackets or behind a colon (金额单位：万元), or None."""
        folded = squash(text)
        for bracketed, labelled, name in self.signs:
            if bracketed in folded or (labelled in folded and _ends(labelled, text)):
                return name
        return None


def _ends(labelled: str, text: str) -> bool:
    """Whether no word goes on where a unit of one character ends: the budget's unit may be that of 元谋县 or 万载县."""
    label, unit = labelled.split(":")
    spaced = r"\s*".join((*label, "[:：]", unit))
    return len(unit) > 1 or regex.search(rf"{spaced}(?![^\W\d])", text) is not None


def money(units: Mapping[str, Mapping[str, Any]]) -> Money:
    """Compiles money units: name -> ``factor`` (yuan) and ``spellings``."""
    spelled = {squash(word): name for name, unit in units.items() for word in unit["spellings"]}
    names = {word: spelled[word] for word in sorted(spelled, key=len, reverse=True)}
    factors = {name: Decimal(str(unit["factor"])) for name, unit in units.items()}
    words = "|".join(map(regex.escape, names))
    return Money(
        names,
        {**{word: factors[name] for word, name in names.items()}, **factors},
        regex.compile(rf"({_NUMBER})\s*({words})?$"),
        regex.compile(rf"\((?:{words})\)$"),
        tuple((f"({word})", f"单位:{word}", name) for word, name in names.items()),
    )


def codes(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """Compiles the ways in which a code and a name stand together: ``{code}-{name}``, ``{name}({code})``."""
    # re and not regex: no part can match in two ways, and it takes a third of the time.
    parted = (_PART.findall(pattern.replace("{code}{name}", "{digits}{name}")) for pattern in patterns)
    return tuple(re.compile("".join(_PARTS.get(part, re.escape(part)) for part in parts) + r"$") for parts in parted)
