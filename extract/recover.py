"""The rest of a cut text, where the same passage stands uncut somewhere else.

First in the goals of the same form, then in other documents of the same department. A passage that goes on in two
different ways is not recovered. What is recovered ends with the sentence in which the cut falls.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from extract.clean import width
from extract.cut import ELLIPSES, is_cut
from extract.model import Cell, Extraction, Finding, Form, Goal, Task
from extract.places import cut

_SENTENCE_END: Final = "。！？!?"
# Shorter passages occur in unrelated texts.
_SHORTEST: Final = 12


class Found(NamedTuple):
    """A passage that goes on: the text as a whole, and the cell (part of a goal) where it stands."""

    text: str
    place: Cell


def in_goals(content: str, goals: Sequence[Goal]) -> Found | None:
    """The whole of a cut content, from the goals of the same form; None where it stands nowhere, or in two ways."""
    found: dict[str, Found] = {}
    if len(content) < _SHORTEST:
        return None
    for goal in goals:
        if content not in goal.text:
            continue
        for start, end in passages(content, goal.text):
            whole = goal.text[start:end]
            cell = goal.places["text"]
            found.setdefault(whole, Found(whole, cut(cell, start, end) if cell.text == goal.text else cell))
    return next(iter(found.values())) if len(found) == 1 else None


def passages(content: str, text: str) -> Iterable[tuple[int, int]]:
    """Where in ``text`` a cut content stands and goes on, to the end of the sentence: half-open ranges."""
    if len(content) < _SHORTEST:
        return
    start = text.find(content)
    while start >= 0:
        cut_at = start + len(content)
        ends = [i for i in (text.find(mark, cut_at) for mark in _SENTENCE_END) if i >= 0]
        end = min(ends) + 1 if ends else len(text)
        if end > cut_at:
            yield start, end
        start = text.find(content, start + 1)


class TaskPatch(NamedTuple):
    """What a row of the table ``tasks`` becomes once all documents of a run are known."""

    source_path: str
    form_index: int
    seq: int
    content_truncated: bool
    content_recovered: str | None
    recovery_source: str | None
    finding: Finding | None


class _Passage(NamedTuple):
    text: str
    where: str


class _Joined:
    """The passages of one code as one text, so that a look-up is one search however many documents there are."""

    def __init__(self, passages: Sequence[_Passage]) -> None:
        self._passages = passages
        self._text = "\n".join(passage.text for passage in passages)
        self._starts = list(accumulate((len(passage.text) + 1 for passage in passages[:-1]), initial=0))

    def going_on(self, content: str, own: str) -> Iterable[tuple[str, str]]:
        """The wholes of a cut content and where they stand, those of the document ``own`` left out."""
        at = self._text.find(content)
        while at >= 0:
            i = bisect_right(self._starts, at) - 1
            passage = self._passages[i]
            if not passage.where.startswith(own):
                for start, end in passages(content, passage.text):
                    yield passage.text[start:end], passage.where
            at = self._text.find(content, self._starts[i] + len(passage.text))


class _Open(NamedTuple):
    """A task whose reading may change with what other documents say."""

    source_path: str
    form_index: int
    seq: int
    unit_code: str | None
    content: str
    truncated: bool
    marked: bool


class Archive:
    """What the documents of a run tell about one another. Holds texts, not forms: some kilobytes a document."""

    def __init__(self) -> None:
        self._passages: dict[str, list[_Passage]] = defaultdict(list)
        self._joined: dict[str, _Joined] = {}
        self._open: list[_Open] = []
        self._widths: dict[str, Counter[int]] = defaultdict(Counter)

    def add(self, extraction: Extraction) -> None:
        """Takes in one document."""
        for form in extraction.forms:
            self._add(extraction.source_path, form, extraction.lines)

    def _add(self, path: str, form: Form, lines: Sequence[str]) -> None:
        where = f"{path}#{form.form_index}"
        folder = path.rpartition("/")[0]
        marks = any(task.content_truncated and _is_marked(task, lines) for task in form.tasks)
        for seq, task in enumerate(form.tasks):
            if task.content is None:
                continue
            self._widths[folder][width(task.content)] += 1
            if task.content_recovered is None:
                self._open.append(
                    _Open(path, form.form_index, seq, form.unit_code, task.content, task.content_truncated, marks)
                )
            if form.unit_code and not task.content_truncated:
                self._passages[form.unit_code].append(_Passage(task.content, f"{where} tasks {seq}"))
        if form.unit_code:
            self._passages[form.unit_code] += [
                _Passage(goal.text, f"{where} goals {seq}") for seq, goal in enumerate(form.goals)
            ]

    def patches(self) -> list[TaskPatch]:
        """The rows of ``tasks`` that change, in the order in which they were added."""
        self._joined.clear()
        codes = sorted(self._passages)
        limits = {folder: _archive_limit(widths) for folder, widths in self._widths.items()}
        found: list[TaskPatch] = []
        for task in self._open:
            truncated = task.truncated
            limit = limits[task.source_path.rpartition("/")[0]]
            if not truncated and not task.marked and limit is not None:
                truncated = is_cut(task.content, limit)
            recovered, source = self._recover(task, codes) if truncated else (None, None)
            if truncated != task.truncated or recovered is not None:
                found.append(TaskPatch(task.source_path, task.form_index, task.seq, truncated, recovered, source, None))
        return found

    def _recover(self, task: _Open, codes: Sequence[str]) -> tuple[str | None, str | None]:
        """A cut content's whole text from other documents of the same department."""
        if not task.unit_code:
            return None, None
        own = f"{task.source_path}#{task.form_index} "
        found: dict[str, str] = {}
        for code in _related(task.unit_code, codes):
            if code not in self._joined:
                self._joined[code] = _Joined(self._passages[code])
            for whole, where in self._joined[code].going_on(task.content, own):
                found.setdefault(whole, where)
        return next(iter(found.items())) if len(found) == 1 else (None, None)


def _is_marked(task: Task, lines: Sequence[str]) -> bool:
    """Whether a cut content bears a mark: the ellipsis stands right behind its place."""
    cell = task.places.get("content")
    last = (cell.parts or (cell,))[-1] if cell is not None else None
    if last is None or not last.line:
        return False
    return lines[last.line - 1].startswith(ELLIPSES, last.end)


def _related(code: str, codes: Sequence[str]) -> Iterable[str]:
    """The codes of the same department: one the beginning of the other (121 and 121001)."""
    for length in range(3, len(code)):
        prefix = code[:length]
        i = bisect_left(codes, prefix)
        if i < len(codes) and codes[i] == prefix:
            yield prefix
    i = bisect_left(codes, code)
    while i < len(codes) and codes[i].startswith(code):
        yield codes[i]
        i += 1


def _archive_limit(widths: Counter[int]) -> int | None:
    """The width at which the texts of a folder are cut, where they show one: many at the top, and none wider."""
    total = sum(widths.values())
    if total < 6:
        return None
    widest = max(widths)
    at_top = widths[widest] + widths[widest - 1]
    return widest if at_top >= 3 and at_top * 10 >= total and widest >= 40 else None
