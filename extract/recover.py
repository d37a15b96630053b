"""The rest of a cut text, where the same passage stands uncut somewhere else.

First in the goals of the same form, then in other documents of the same department. A passage that goes on in two
different ways is not recovered. What is recovered ends with the sentence in which the cut falls.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from extract.clean import width
from extract.cut import ELLIPSES, is_cut
from extract.model import Cell, Extraction, Form, Goal, Task
from extract.places import cut

_SENTENCE_END: Final = "。！？!?"
# Shorter passages occur in unrelated texts.
_SHORTEST: Final = 12
# Codes that begin with so many equal characters may be of one department.
_SHORTEST_CODE: Final = 3
# Of the forms with a text one is not the own one.
_ENOUGH: Final = 2
# So many beginnings are looked for one after the other.
_FEW: Final = 100


# The columns of ``tasks`` that other documents may change.
PATCHED: Final = ("content_truncated", "content_recovered", "recovery_source")


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
        whole = _whole(text, start, start + len(content))
        if whole:
            yield start, start + len(whole)
        start = text.find(content, start + 1)


class TaskPatch(NamedTuple):
    """What a row of the table ``tasks`` becomes once all documents of a run are known.

    ``kept``: those of its fields, with commas between, that a person settled: they stay as they are.
    """

    source_path: str
    form_index: int
    seq: int
    content_truncated: bool
    content_recovered: str | None
    recovery_source: str | None
    kept: str = ""


class Told(NamedTuple):
    """A text of a form, as far as other forms of an archive need it: the content of a task, or a paragraph of a goal.

    ``truncated``: it is a task's content that was cut; ``marked``: its form marks its cuts, so that no other task of
    it is cut; ``settled``: its whole is known from its own form. ``width``: of a task's content as it was read, which
    a person may have put right since; 0 for goals. ``kept``: as in ``TaskPatch``. Plain values, so that it can be kept
    in a table.
    """

    source_path: str
    form_index: int
    table: str
    seq: int
    unit_code: str | None
    text: str
    truncated: bool
    marked: bool
    settled: bool
    width: int = 0
    kept: str = ""

    @property
    def form(self) -> tuple[str, int]:
        """The form in which it stands."""
        return self.source_path, self.form_index

    @property
    def where(self) -> str:
        """Where it stands, as ``recovery_source`` says it."""
        return f"{self.source_path}#{self.form_index} {self.table} {self.seq}"


def told(extraction: Extraction) -> Iterator[Told]:
    """What a document tells others: the contents of its tasks, and the goals of a unit with a code."""
    path = extraction.source_path
    for form in extraction.forms:
        marked = any(task.content_truncated and _is_marked(task, extraction.lines) for task in form.tasks)
        own = path, form.form_index
        for seq, task in enumerate(form.tasks):
            if task.content is not None:
                text, cut = task.content, task.content_truncated
                settled = _as_read(form, seq, "content_recovered", task.content_recovered) is not None
                wide = width(_as_read(form, seq, "content", text) or "")
                kept = ",".join(name for name in PATCHED if ("tasks", seq, name) in form.settled)
                yield Told(*own, "tasks", seq, form.unit_code, text, cut, marked, settled, wide, kept)
        if form.unit_code:
            for seq, goal in enumerate(form.goals):
                yield Told(*own, "goals", seq, form.unit_code, goal.text, truncated=False, marked=marked, settled=True)


def _as_read(form: Form, seq: int, field: str, text: str | None) -> str | None:
    """A text of a task as it was before a person put it right."""
    found = form.settled.get(("tasks", seq, field), text)
    return found if isinstance(found, str) else None


def group(unit_code: str | None) -> str | None:
    """The part of an archive that a unit's texts can be recovered from: the units whose codes begin alike."""
    return unit_code[:_SHORTEST_CODE] if unit_code else None


class Widths:
    """How wide the contents of tasks are, by folder: where they all end at one width, an export cut them there."""

    def __init__(self) -> None:
        self._widths: dict[str, Counter[int]] = defaultdict(Counter)

    def add(self, folder: str, widths: Mapping[int, int]) -> None:
        """Takes in the contents of a folder's tasks: how many there are of each width."""
        self._widths[folder].update(widths)

    def limits(self) -> dict[str, int]:
        """The folders that show such a width."""
        found = {folder: _archive_limit(widths) for folder, widths in self._widths.items()}
        return {folder: limit for folder, limit in found.items() if limit is not None}


def folder(source_path: str) -> str:
    """The folder of a document; documents of one were exported together."""
    return source_path.rpartition("/")[0]


def widths(texts: Iterable[Told]) -> dict[str, Counter[int]]:
    """How many contents of tasks there are of each width, by folder."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for one in texts:
        if one.table == "tasks":
            found[folder(one.source_path)][one.width] += 1
    return found


# By the unit's code and the whole text where it stands, in two forms at the most: one of them is not the own one.
_Wholes = dict[str, dict[str, list[Told]]]


class Sources(NamedTuple):
    """The uncut texts of a group of units with a code; ``told`` gives all that is known of some, by their numbers."""

    texts: Sequence[str]
    told: Callable[[Sequence[int]], Sequence[Told]]


NO_SOURCES: Final = Sources((), lambda _: ())


def of_group(opened: Iterable[Told], sources: Sources, limits: Mapping[str, int]) -> Iterator[TaskPatch]:
    """The tasks that change of one group, or of units without a code: the texts are looked through once.

    ``opened``: the tasks whose whole is not known, and that are cut or in a folder with a limit; others do not change.
    """
    cut_ones = [(one, one.truncated or _is_cut(one, limits)) for one in opened]
    cut_ones = [(one, one.truncated if "content_truncated" in one.kept else cut) for one, cut in cut_ones]
    wholes = _wholes(sources, {one.text for one, truncated in cut_ones if truncated and one.unit_code})
    for one, truncated in cut_ones:
        known = wholes.get(one.text) if truncated and one.unit_code else None
        recovered, source = _recovered(one, known) if known else (None, None)
        if truncated != one.truncated or recovered is not None:
            yield TaskPatch(one.source_path, one.form_index, one.seq, truncated, recovered, source, one.kept)


def _is_cut(one: Told, limits: Mapping[str, int]) -> bool:
    limit = limits.get(folder(one.source_path))
    return limit is not None and not one.marked and is_cut(one.text, limit)


def _wholes(sources: Sources, wanted: Iterable[str]) -> dict[str, _Wholes]:
    """For each cut content that is wanted the texts that go on from it, by how they begin: one look at each place."""
    by_start: Mapping[str, list[str]] = defaultdict(list)
    for content in sorted(wanted):
        if len(content) >= _SHORTEST:
            by_start[content[:_SHORTEST]].append(content)
    hits: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, start in _starts(sources.texts, by_start):
        text = sources.texts[number]
        for content in by_start[text[start : start + _SHORTEST]]:
            if text.startswith(content, start) and (whole := _whole(text, start, start + len(content))):
                hits[content].append((number, whole))
    numbers = sorted({number for own in hits.values() for number, _ in own})
    told = dict(zip(numbers, sources.told(numbers), strict=True))
    found: dict[str, _Wholes] = {}
    for content, own in hits.items():
        for number, whole in own:
            one = told[number]
            forms = found.setdefault(content, {}).setdefault(one.unit_code or "", {}).setdefault(whole, [])
            if len(forms) < _ENOUGH and all(other.form != one.form for other in forms):
                forms.append(one)
    return found


def _starts(texts: Sequence[str], beginnings: Mapping[str, object]) -> Iterator[tuple[int, int]]:
    """Where in texts, by their numbers, one of these beginnings stands and goes on; in order for each beginning."""
    if len(beginnings) > _FEW:
        for number, text in enumerate(texts):
            ends = range(len(text) - _SHORTEST)
            yield from [(number, at) for at in ends if text[at : at + _SHORTEST] in beginnings]
        return
    # Looking for one after the other in all texts at once is ten times as fast, where they are few.
    everything = "\n".join(texts)
    firsts = list(accumulate(map(len, texts), lambda first, length: first + length + 1, initial=0))
    for beginning in beginnings:
        at = everything.find(beginning)
        while at >= 0:
            number = bisect_right(firsts, at) - 1
            start = at - firsts[number]
            if start + _SHORTEST < len(texts[number]):
                yield number, start
            at = everything.find(beginning, at + 1)


def _whole(text: str, start: int, cut_at: int) -> str:
    """The text from ``start`` to the end of the sentence that a cut falls in; "" where nothing follows the cut."""
    ends = [i for i in (text.find(mark, cut_at) for mark in _SENTENCE_END) if i >= 0]
    end = min(ends) + 1 if ends else len(text)
    return text[start:end] if end > cut_at else ""


def _recovered(one: Told, known: _Wholes) -> tuple[str | None, str | None]:
    """A cut content's whole text from other forms of the same department; None where it goes on in two ways."""
    found: dict[str, str] = {}
    for code in _related(one.unit_code or "", sorted(known)):
        for whole, forms in known[code].items():
            other = next((each for each in forms if each.form != one.form), None)
            if other is not None:
                found.setdefault(whole, other.where)
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
    for length in range(_SHORTEST_CODE, len(code)):
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
