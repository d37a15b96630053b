"""The part of a form before its indicators, in lines whose cells touch: labels found, and the values between them.

A value ends where the next label begins. A label's words may also stand within a value (a project named
专项资金项目, goals that speak of 绩效目标), so the order of a form's parts decides which of them are labels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from extract.interpret.glued_words import WordList, folded
from extract.interpret.sections import Scanner

_RANKS: Final = {"title": 0, "field": 1, "funding": 2, "term": 3, "goals": 4, "tasks": 5, "indicators": 6, "notes": 7}
_YEAR_BEHIND: Final = re.compile(r"\s?\((?:19|20)\d{2}\s?年?度?\)")
_LONGEST_TITLE: Final = 60
_SENTENCE_MARKS: Final = frozenset("，。；！？,;!?")
# Words this short are labels only where a colon or a figure follows.
_SHORT: Final = 2
_OUT_OF_ORDER: Final = 4.0
_TWICE: Final = 3.0
# Words of more characters than this hardly stand in a text by chance.
_TELLING: Final = 4
# 部门 before 项目资金 may belong to the label, or be the end of the value before it.
_PREFIXED: Final = 1.0


class Mark(NamedTuple):
    """A label within a text. ``kind``: title, field, section, goals_column or task_head; ``name``: which one.

    ``missed``: what it costs to read it as part of a value; ``taken``: what it costs to read it as a label.
    """

    start: int
    end: int
    kind: Literal["title", "field", "section", "goals_column", "task_head"]
    name: str
    missed: float
    taken: float

    @property
    def rank(self) -> int:
        """Where its part stands in the order of a form; -1 for what may stand in several."""
        return _RANKS.get(self.name if self.kind == "section" else self.kind, -1)


class Segment(NamedTuple):
    """A label and its value's place in the text; ``doubtful`` where words of a label stand in the value."""

    mark: Mark | None
    start: int
    end: int
    doubtful: bool = False


class HeadWords:
    """The labels of one profile."""

    def __init__(self, scanner: Scanner) -> None:
        profile = scanner.profile
        self.profile = profile
        self.prefixes = tuple(profile.section_prefixes)
        self._unit = re.compile(rf"\s?\((?:{'|'.join(map(re.escape, profile.money.names))})\)")
        # Words that an unknown label would hold.
        self.unknown = profile.label_words
        self._fields = {folded(word): name for word, name in profile.fields.items()}
        sections = {folded(word): name for word, name in profile.bare_sections.items()}
        for prefix in profile.section_prefixes:
            for word, name in profile.bare_sections.items():
                sections.setdefault(folded(prefix + word), name)
        self._plain = frozenset(map(folded, profile.bare_sections))
        self._sections = sections
        self._goals_columns = {folded(word): name for word, name in profile.goal_columns.items()}
        self._task_words = {folded(word): name for word, name in profile.task_columns.items()}
        self._words = WordList({*self._fields, *sections, *self._goals_columns})

    def marks(self, text: str, titled: bool) -> list[Mark]:
        """All labels that a folded text may hold, in order. ``titled``: whether it may begin with a title."""
        found: list[Mark] = []
        start = 0
        title = self._title(text) if titled else None
        if title is not None:
            found.append(title)
            start = title.end
        for at in range(start, len(text)):
            for word in self._words.at(text, at):
                mark = self._mark(text, at, word)
                if mark is not None:
                    found.append(mark)
                    break
        return found

    def begins_with_title(self, text: str) -> bool:
        """Whether a folded text begins with a title that says what kind of form it is of, and no sentence."""
        mark = self._title(text)
        if mark is None:
            return False
        title = text[: mark.end]
        return _SENTENCE_MARKS.isdisjoint(title) and any(kind in title for kind in self.profile.kinds)

    def _title(self, text: str) -> Mark | None:
        """The title at the beginning of a text, with a year in brackets behind it."""
        at = text.find("表")
        while 0 <= at < _LONGEST_TITLE:
            if any(word in text[:at] for word in self.profile.title_contains):
                year = _YEAR_BEHIND.match(text, at + 1)
                return Mark(0, year.end() if year else at + 1, "title", "", 9.0, 0.0)
            at = text.find("表", at + 1)
        return None

    def _mark(self, text: str, at: int, word: str) -> Mark | None:
        end = at + len(word)
        colon = text[end : end + 1] == ":"
        taken = (-1.0 if colon else 0.0) + (-0.5 if at == 0 or text[at - 1] == " " else 0.0)
        if word in self._fields:
            name = self._fields[word]
            if len(word) <= _SHORT and not (colon or (name == "fiscal_year" and text[end : end + 2] in ("19", "20"))):
                return None
            return Mark(at, end, "field", name, 2.0, taken)
        if word in self._goals_columns and word not in self._sections:
            return Mark(at, end, "goals_column", self._goals_columns[word], 1.5, taken)
        if word not in self._plain:
            taken += _PREFIXED
        unit = self._unit.match(text, end)
        if unit is not None:
            return Mark(at, unit.end(), "section", self._sections[word], 2.0, taken - 0.5)
        return Mark(at, end, "section", self._sections[word], 2.0 if len(word) > _TELLING else 1.0, taken)

    def task_words(self, text: str, start: int) -> int:
        """Where the header words of the tasks that begin here end."""
        at = start
        while True:
            word = next((w for w in sorted(self._task_words, key=len, reverse=True) if text.startswith(w, at)), "")
            if not word or (at > start and len(word) <= _SHORT):
                return at
            at += len(word)


def segments(text: str, words: HeadWords, reached: int) -> list[Segment]:
    """A folded text as labels with their values.

    ``reached``: the rank of the part that the text begins in, -1 at the beginning of a form.
    """
    marks = words.marks(text, titled=reached < 0)
    chosen, missed = _choose(marks, reached, len(text))
    found: list[Segment] = []
    first = chosen[0].start if chosen else len(text)
    if text[:first].strip():
        found.append(Segment(None, 0, first))
    for i, mark in enumerate(chosen):
        end = chosen[i + 1].start if i + 1 < len(chosen) else len(text)
        doubtful = any(mark.end <= other.start and other.end <= end for other in missed)
        if i + 1 < len(chosen) and chosen[i + 1].kind == "section":
            doubtful = doubtful or text[mark.end : end].endswith(words.prefixes)
        found.append(Segment(mark, mark.end, end, doubtful))
    return found


def _choose(marks: Sequence[Mark], reached: int, end: int) -> tuple[list[Mark], list[Mark]]:
    """The marks that are labels, by what order and text say; and those that are words of a value."""
    # For each mark as the last label so far: what it costs, the rank reached, the labels before it.
    best: list[tuple[float, int, tuple[Mark, ...]]] = []
    finals: list[tuple[float, tuple[Mark, ...]]] = [(_missed(marks, 0, end, reached), ())]
    for i, mark in enumerate(marks):
        ways: list[tuple[float, int, tuple[Mark, ...]]] = []
        before: list[tuple[float, int, tuple[Mark, ...]]] = [(0.0, reached, ()), *best[:i]]
        for cost, rank, labels in before:
            last = labels[-1].end if labels else 0
            if last > mark.start:
                continue
            own = cost + mark.taken + _missed(marks, last, mark.start, rank) + _order(mark, rank, labels)
            ways.append((own, max(rank, mark.rank), (*labels, mark)))
        best.append(min(ways, key=lambda way: way[0]) if ways else (99.0, reached, (mark,)))
        cost, rank, labels = best[-1]
        finals.append((cost + _missed(marks, mark.end, end, rank), labels))
    chosen = list(min(finals, key=lambda final: final[0])[1])
    missed = [
        mark
        for mark in marks
        if mark not in chosen and not any(c.start < mark.end and mark.start < c.end for c in chosen)
    ]
    return chosen, missed


def _missed(marks: Sequence[Mark], start: int, end: int, rank: int) -> float:
    """What it costs that the labels within a stretch are read as words of a value; goals may speak of anything."""
    share = 0.4 if rank >= _RANKS["goals"] else 1.0
    cost = 0.0
    at = start
    for mark in marks:
        if mark.start >= at and mark.end <= end:
            cost += mark.missed * share
            at = mark.end
    return cost


def _order(mark: Mark, rank: int, labels: Sequence[Mark]) -> float:
    """What speaks against a label here in view of those before it."""
    if mark.kind == "goals_column":
        behind = labels[-1] if labels else None
        if behind is not None and behind.kind == "goals_column":
            return 0.0 if behind.name != mark.name else _TWICE
        return 0.0 if rank == _RANKS["goals"] else _OUT_OF_ORDER
    cost = 0.0
    if mark.rank < rank:
        cost += _OUT_OF_ORDER
    if (
        mark.name == "goals"
        and labels
        and labels[-1].name in ("goals", "goal", "pass")
        and labels[-1].end == mark.start
    ):
        # 年度目标 may be a label of the goals, and a word over one of their columns.
        return cost
    again = any((other.kind, other.name) == (mark.kind, mark.name) and mark.name != "other" for other in labels)
    return cost + (_TWICE if again or (mark.kind == "section" and mark.rank == rank) else 0.0)
