"""The words of the forms as they are met within a text that has no separators: which of them begin at a character.

Everything here works on folded texts: full-width ASCII characters made half-width one by one, so that places stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

import regex

from extract.clean import squash
from extract.vocabulary import ColumnName, FormProfile, Vocabulary

_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_RUN: Final = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_HINT: Final = re.compile(
    r"(?P<end>\s?指标等?)?(?P<hint>\s?[(\[](?P<score>[\d.]{1,5}(?:[\-~][\d.]{1,5})?%?分?|必填|选填|可选|工期指标)[)\]]分?"
    r"|(?P<bare>\d{1,3})分(?!\w))?"
)
_DATE: Final = re.compile(
    r"(?:19|20)\d{2}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:[度底前初末内]|之前|以前)*"
    r"|(?:19|20)\d{2}[./-]\d{1,2}(?:[./-]\d{1,2})?(?!\d)|\d{1,2}月(?:\d{1,2}日)?(?:[底前初末内]|之前|以前)+"
)
_RANGE: Final = re.compile(r"[-—–~至到](?=\d)")
_COLUMN_GAP: Final = r"[ |]{0,2}"
_FEWEST_COLUMNS: Final = 3


def folded(text: str) -> str:
    """The text with full-width ASCII made half-width, character for character."""
    return text if text.isascii() else text.translate(_HALF)


# From where to where a word stands, and the column that it names.
Worded = tuple[int, int, ColumnName]


class LabelAt(NamedTuple):
    """A level label found in a text: where it ends, its kind, its score in hundredths (-1 for none), how sure it is.

    ``strong``: it has the ending 指标 or a score in brackets. Without either, 数量 may be any word.
    """

    end: int
    kind: str
    score: int
    strong: bool


class WordList:
    """Words by their first character, longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for word in sorted({folded(word) for word in words if word}, key=lambda word: (-len(word), word)):
            self._by_first.setdefault(word[0], []).append(word)

    def at(self, text: str, start: int) -> list[str]:
        """The words that begin at a character, longest first."""
        found = self._by_first.get(text[start : start + 1])
        return [word for word in found if text.startswith(word, start)] if found else []


def _alternatives(words: Iterable[str]) -> str:
    """A pattern for any of these words, longest first, blanks allowed before a bracket."""
    ordered = sorted({folded(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(regex.escape(word) for word in ordered)


class Lexicon:
    """The words of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        profile = vocabulary.profile
        self.profile: FormProfile = profile
        labels = vocabulary.labels
        self._stems = WordList(word for word in labels if not word.endswith("指标") or labels[word].root)
        signs: Mapping[str, str] = {**vocabulary.loose_operators, **vocabulary.operators}
        self.signs = WordList(signs)
        self._sign_of = {folded(sign): name for sign, name in signs.items()}
        self._loose = frozenset(map(folded, vocabulary.loose_operators))
        self.units = WordList(vocabulary.units)
        self.grades = WordList(vocabulary.grades)
        self.achieved = WordList(vocabulary.achieved)
        self.after = WordList(vocabulary.operators_after)
        self.name_ends = tuple(sorted(vocabulary.name_ends, key=len, reverse=True))
        columns = _alternatives(profile.columns)
        self._header = regex.compile(rf"(?:{columns})(?:{_COLUMN_GAP}(?:{columns})){{{_FEWEST_COLUMNS - 1},}}+")
        self._column_words = WordList(profile.columns)

    # ---- the header

    def header(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """Where three or more words of columns stand side by side, a level's or a name's among them; half-open."""
        for match in self._header.finditer(text, start):
            words = self.columns(text, *match.span())
            roles = [role for _, _, role in words]
            touching = sum(1 for before, word in pairwise(words) if before[1] == word[0])
            if touching * 2 < len(words):
                continue
            if len(set(roles)) >= _FEWEST_COLUMNS and {"level1", "level2", "name"} & set(roles):
                return match.start(), match.end()
        return None

    def columns(self, text: str, start: int, end: int) -> list[Worded]:
        """The words of a header, each with its column: as few words as cover it."""
        best: dict[int, tuple[int, list[Worded]]] = {start: (0, [])}
        for at in range(start, end):
            if at not in best:
                continue
            cost, words = best[at]
            if text[at] in " |":
                _keep(best, at + 1, cost, words)
            for word in self._column_words.at(text, at):
                role = self.profile.columns[squash(word)]
                if at + len(word) <= end:
                    _keep(best, at + len(word), cost + 1, [*words, (at, at + len(word), role)])
        return best[end][1] if end in best else []

    # ---- the cells of a row

    def labels_at(self, text: str, start: int) -> list[LabelAt]:
        """The level labels that begin at a character, longest first."""
        found: list[LabelAt] = []
        for stem in self._stems.at(text, start):
            label = self.vocabulary.labels[stem]
            match = _HINT.match(text, start + len(stem))
            end, score, strong = start + len(stem), -1, label.root
            if match is not None and match.end() > end:
                end = match.end()
                said = match["score"] or match["bare"] or ""
                score = _hundredths(said.rstrip("分")) if said else -1
                strong = bool(match["end"] or match["score"])
            found.append(LabelAt(end, label.kind, score, strong))
        return found

    def operator_at(self, text: str, start: int) -> tuple[int, str] | None:
        """The comparison or 定性 that begins at a character: where it ends, and its standard spelling."""
        for sign in self.signs.at(text, start):
            end = start + len(sign)
            if sign in self._loose and not text[end : end + 1].isdigit():
                continue
            return end, self._sign_of[sign]
        return None

    def date_at(self, text: str, start: int) -> int:
        """Where a date or a range of dates that begins here ends; ``start`` for none."""
        match = _DATE.match(text, start)
        if match is None:
            return start
        end = match.end()
        range_sign = _RANGE.match(text, end)
        if range_sign is not None:
            rest = _DATE.match(text, range_sign.end()) or re.compile(r"\d{1,2}月").match(text, range_sign.end())
            if rest is not None:
                return rest.end()
        return end

    def units_at(self, text: str, start: int) -> list[int]:
        """Where known units that begin here may end, longest first; one unit per another is one as well.

        万元 is never 万 and something else.
        """
        ends: set[int] = set()
        for unit in self.units.at(text, start):
            end = start + len(unit)
            if any(text.startswith(money, start) and start + len(money) > end for money in self.profile.money.names):
                continue
            ends.add(end)
            for per in self.vocabulary.per:
                if text.startswith(per, end):
                    ends |= {end + len(per) + len(other) for other in self.units.at(text, end + len(per))}
        return sorted(ends, reverse=True)

    def ends_as_name(self, text: str, start: int, end: int) -> bool:
        """Whether a text ends as names of indicators do."""
        return any(text.endswith(word, start, end) for word in self.name_ends)


def _keep(best: dict[int, tuple[int, list[Worded]]], at: int, cost: int, words: list[Worded]) -> None:
    if at not in best or cost < best[at][0]:
        best[at] = (cost, words)


def _hundredths(said: str) -> int:
    """A number in hundredths; -1 for what is no plain number."""
    whole, _, part = said.partition(".")
    if not whole.isdigit() or (part and not part.isdigit()):
        return -1
    return int(whole) * 100 + int((part + "00")[:2])


def number_ends(text: str, start: int) -> list[int]:
    """Where a number that begins at a digit may end, the longest first: digits that touch may be several numbers."""
    match = _RUN.match(text, start)
    if match is None:
        return []
    ends = [match.end()]
    point = text.find(".", start, match.end())
    for end in range(match.end() - 1, start, -1):
        if text[end] in ".," or text[end - 1] in ".,":
            continue
        if point < 0 or end < point or end > point:
            ends.append(end)
    return ends


def number_cost(text: str) -> float:
    """How odd a number is as a number: a zero before others, many decimals, a comma that separates no thousands."""
    whole, _, part = text.partition(".")
    cost = 0.0
    if "," in whole:
        groups = whole.split(",")
        if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
            cost += 5.0
    if len(whole) > 1 and whole[0] == "0":
        cost += 5.0
    return cost + max(0, len(part) - 2) * 0.8
