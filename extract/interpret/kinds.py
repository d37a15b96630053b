"""What a single cell could be, told by its text alone: one letter a kind, the alphabet of the row grammar.

R root label, 1 first-level label, 2 second-level label, B either; o operator, q 定性; n number, N number with a unit or
a word behind it, m operator with a number; u unit of measure, g grade, d date or range; s short text, t text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import regex

from extract.clean import squash
from extract.vocabulary import Vocabulary

NUMBER: Final = regex.compile(r"[+\-－]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?")
_DATE: Final = regex.compile(
    r"(?:19|20)\d{2}(?:年(?:\d{1,2}月)?(?:\d{1,2}日)?|[./-]\d{1,2}(?:[./-]\d{1,2})?)(?:[度底前初末内]|[-—–~至到](?:[-—–~至到]++[^-—–~至到\n]{0,13}+|[^-—–~至到\n]{1,14}+))*$"
    r"|\d{1,2}月(?:\d{1,2}日[底前初末内]*|[底前初末内]+|(?:\d{1,2}日)?[-—–~至到]\d{1,2}月.{0,6})$"
    r"|\d+(?:\.\d+)?%?[-—–~至]\d+(?:\.\d+)?.{0,4}$"
)
_SHORT: Final = 6
_REMEMBERED: Final = 16
# Longer texts are no values.
_LONGEST_VALUE: Final = 24
_LONGEST_UNKNOWN_UNIT: Final = 3
# Digits are of a unit behind a letter or what it is counted by (m3, 次/2年).
_UNIT: Final = regex.compile(r"(?:(?!/?\d)(?:[^\d≥≤<>=＞＜＝≧≦]|(?<=[A-Za-z/\d])\d)*+)?")
_NO_UNIT: Final = frozenset("，。、；：,.;:()（）-—~～至到")


# Brackets as the words of the vocabulary have them; a text's length stays.
BRACKETS: Final = str.maketrans("（）", "()")


class _Known(dict[str, str]):
    """The kinds of the short texts that were met, and of any other by asking ``tell``."""

    def __init__(self, tell: Callable[[str], str]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, text: str) -> str:
        kind = self._tell(text)
        if len(text) <= _REMEMBERED and len(self) < 65536:
            self[text] = kind
        return kind


class Kinds:
    """Tells kinds by one vocabulary; what was told of a short text is remembered."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        # Shared with who reads many cells: a look-up here spares a call where the text was met before.
        self.known = _Known(self._kind)
        signs = sorted({*vocabulary.operators, *vocabulary.loose_operators}, key=len, reverse=True)
        self._firsts = frozenset(sign[0] for sign in signs) | {"(", "（"}
        alternatives = "|".join(regex.escape(sign) for sign in signs if vocabulary.operators.get(sign) != "定性")
        self._signed = regex.compile(
            rf"(?:[(（](?P<operator>{alternatives})[)）]|(?P<operator>{alternatives}))[:：]?\s*(?P<number>{NUMBER.pattern})\s*(?P<unit>.{{0,12}})$"
        )
        plain_signs = "|".join(
            regex.escape(sign) for sign in signs if not sign[0].isalpha() and sign in vocabulary.operators
        )
        self._led = regex.compile(rf"(?:{plain_signs})+\s*(?=\S)")
        self._measured = regex.compile(rf"(?P<number>{NUMBER.pattern})\s*(?P<unit>\D.{{0,11}})$")
        words = sorted(vocabulary.operators_after, key=len, reverse=True)
        self._after = {word: vocabulary.operators_after[word] for word in words}
        included = "|".join(map(regex.escape, vocabulary.included))
        # What says nothing more behind a unit: a remark that the limit is included, and a mark that ends a sentence.
        # It begins with a run of blanks or where the search does, and so is not tried within each blank of the run.
        self._idle = regex.compile(
            rf"(?:\G|(?<!\s))(?:\s*+[(（](?:{included})[^()（）]{{0,10}}[)）])?\s*+[。．.；;，,、]?\s*+$"
        )

    def __call__(self, text: str) -> str:
        """The kind of a cell with this text."""
        return self.known[text]

    def _kind(self, text: str) -> str:
        label = self.vocabulary.label(text)
        if label is not None:
            return label.kind
        if len(text) > _LONGEST_VALUE:
            return "t"
        first = text[0]
        kind = ""
        if first in self._firsts:
            kind = self._compared(text)
        if not kind and (text in self.vocabulary.grades or self._lists_grades(text)):
            kind = "g"
        if not kind and (first.isdigit() or first in "+-－"):
            kind = self._counted(text)
        if kind:
            return kind
        if self.vocabulary.is_unit(text):
            return "u"
        return "s" if len(text) <= _SHORT else "t"

    def _compared(self, text: str) -> str:
        """The kind of a text that begins like an operator: o, q, m, or "" for none of them."""
        operator = self.operator(text)
        if operator is not None:
            return "q" if operator == "定性" else "o"
        return "m" if self.signed(text) is not None else ""

    def _counted(self, text: str) -> str:
        """The kind of a text that begins with a digit: n, d, N, or "" for none of them."""
        if NUMBER.fullmatch(text):
            return "n"
        if self.vocabulary.is_unit(text):
            return ""
        if _DATE.match(squash(text)):
            return "d"
        return "N" if self.measured(text) is not None else ""

    def operator(self, text: str) -> str | None:
        """The operator that a cell holds and nothing else, in its standard spelling, or None."""
        vocabulary = self.vocabulary
        found = vocabulary.operators.get(text) or vocabulary.loose_operators.get(text)
        if found is None and len(text) <= 8:
            folded = squash(text)
            found = vocabulary.operators.get(folded) or vocabulary.loose_operators.get(folded)
        return found

    def led(self, text: str) -> int:
        """How long the operator is that a text of words begins with (≥明显增强); 0 where there is none."""
        match = self._led.match(text)
        return match.end() if match else 0

    def signed(self, text: str) -> regex.Match[str] | None:
        """A text of operator, number and maybe a unit (≥95%), with the groups ``operator``, ``number``, ``unit``.

        A unit need not be known; None where it would have a number or an operator of its own (≥1/2, ≥10个且≤15个), or a
        word behind it means another operator (≥5天以内).
        """
        match = self._signed.match(text)
        if match is None or not match["unit"] or match["unit"] in self.vocabulary.units:
            return match
        start, stop = match.span("unit")
        end, word = self.ending(text, start, stop)
        unit = text[start:end]
        if word and self._after[text[slice(*word)].translate(BRACKETS)] != self.operator(match["operator"]):
            return None
        return match if _UNIT.fullmatch(unit) and not self._is_about(unit) else None

    def measured(self, text: str) -> tuple[regex.Match[str], str | None] | None:
        """A number with a unit behind it (3次, 95%以上): the match, and the operator that a word behind it stands for.

        The match has the groups ``number`` and ``unit``. None where what is behind the number can be no unit. A unit
        need not be known: a short word behind a number that is no date can hardly be anything else.
        """
        match = self._measured.match(text)
        if match is None or _DATE.match(squash(text)):
            return None
        start, stop = match.span("unit")
        end, word = self.ending(text, start, stop)
        sign = self._after[text[slice(*word)].translate(BRACKETS)] if word else None
        unit = "".join(text[start:end].split())
        if self.vocabulary.is_unit(unit) or (not unit and sign):
            return match, sign
        if len(unit) <= _LONGEST_UNKNOWN_UNIT and not any(c.isdigit() or c in _NO_UNIT for c in unit):
            return (match, sign) if unit and not self._is_about(unit) else None
        return None

    def ending(self, text: str, start: int, end: int) -> tuple[int, tuple[int, int] | None]:
        """Where a unit that begins at ``start`` ends, and where the word stands behind it that means an operator.

        What says nothing more up to ``end`` is no part of either. A word of one character (内) stands behind a known
        unit: 室内 is none.
        """
        idle = self._idle.search(text, start, end)
        end = idle.start() if idle else end
        folded = text.translate(BRACKETS)
        for word in self._after:
            if folded.endswith(word, start, end):
                unit = text[start : end - len(word)].rstrip()
                if len(word) > 1 or self.vocabulary.is_unit(unit.strip()):
                    return start + len(unit), (end - len(word), end)
        return start + len(text[start:end].rstrip()), None

    def _is_about(self, unit: str) -> bool:
        """Whether what stands in a unit's place says that the number is no exact one."""
        return unit.startswith(self.vocabulary.about) or unit.endswith(self.vocabulary.about)

    def _lists_grades(self, text: str) -> bool:
        """Whether a text is a list of grades: 优、良、中、差 or 好/坏."""
        for separator in "、/，,":
            if separator in text:
                return all(part.strip() in self.vocabulary.grades for part in text.split(separator))
        return False
