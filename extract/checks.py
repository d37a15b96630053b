"""What must hold of a sound form. A check has three answers: holds, fails, or not made (nothing to compare)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from extract.clean import squash
from extract.model import Cell, Finding, Goal, Indicator, TableName, Task

HOLDS: Final = "holds"
FAILS: Final = "fails"
NOT_MADE: Final = "not_made"
# 100, or 90 where the other 10 belong to 预算执行率, which is scored apart.
_SOUND_SUMS: Final = (Decimal(90), Decimal(100))

# Without these, nobody knows whose form it is.
DOCUMENT_FIELDS: Final = ("title", "fiscal_year", "unit_name")
# How an operator was come by that the form, or a person, states.
_SAID: Final = ("stated", "corrected")

# What no name of a task is like: sentences, the end of one, a blank among clauses, a long clause, a bracket
# that only closes and is none of a counter: 1）.
_NO_TASK: Final = re.compile(
    r"[，。、；：）]|.*(?:[。！；].|，.*，|，.* | .*，)|(?=.{30}).*，|[^《]*》|(?!\d{1,2}[）)])[^（(]*[）)]|[^“\"]*”"
)
# One of these is in all of that.
_MARKS: Final = frozenset("，。、；：！）》” )")
_LONGEST_LABEL: Final = 8
_SHORTEST_UNIT: Final = 3
_OPERATORS: Final = frozenset("≥≤＞＜><=＝")
# What no unit begins with: there it may be the rest of a number.
_NO_UNIT: Final = frozenset("0123456789.,，。、；：）)")
_QUOTES: Final = ('"', "'")
# A tag or an entity that stands in a text as it is, and what stands between two values that are quoted.
_MARKUP: Final = re.compile(r"""</?[A-Za-z]|&(?:#\d|#x|[A-Za-z]{2,8};)|\]\(|',\s?'|",\s?[\"]""")
# What no text begins with.
_NO_SENTENCE: Final = frozenset("，。、；：）)%％")

_EMPTY: Final[dict[TableName, str]] = {
    "funding": "funding_missing",
    "goals": "goals_missing",
    "tasks": "tasks_missing",
    "indicators": "indicators_missing",
}


class Checked(NamedTuple):
    """The answer of a check and the findings it gives."""

    answer: str
    findings: list[Finding]


def is_sound_sum(total: Decimal) -> bool:
    """Whether the weights of a form may sum to this."""
    return total in _SOUND_SUMS


def head(form: Any) -> list[Finding]:
    """What the head of a form lacks; ``form`` has the fields of ``documents``."""
    found = [
        Finding(f"{field}_missing", "documents", None, field)
        for field in DOCUMENT_FIELDS
        if getattr(form, field) is None
    ]
    name = form.unit_name
    if name is not None and (len(name) < _SHORTEST_UNIT or name.isdigit() or _is_open(name)):
        place = form.places.get("unit_name")
        found.append(Finding("unit_name_unlikely", "documents", None, "unit_name", {"name": name}, place))
    if form.form_kind == "project" and form.project_name is None:
        found.append(Finding("project_missing", "documents", None, "project_name"))
    return found


def _is_open(name: str) -> bool:
    """Whether a bracket of a name lacks its other one, of full width or not."""
    name = squash(name)
    return name.count("(") != name.count(")")


def task_names(tasks: Sequence[Task], words: Collection[str]) -> list[Finding]:
    """Names of tasks that may be pieces of other rows, or of the header; ``words``: those over tasks."""
    found = []
    for seq, task in enumerate(tasks):
        name = task.name
        if name is None:
            continue
        marked = not _MARKS.isdisjoint(name) and _NO_TASK.match(name) is not None
        if marked or len(name) == 1 or name in words or task.content in words:
            place = task.places.get("name")
            found.append(Finding("task_name_unlikely", "tasks", seq, "name", {"name": name[:40]}, place))
    return found


def goal_texts(goals: Sequence[Goal], labels: Collection[str], words: Collection[str]) -> list[Finding]:
    """Goals that are a label or a piece of one, or hold the label of the tasks and words over these.

    ``labels``: those of a form's sections; ``words``: those over tasks.
    """
    return [
        Finding("goal_unlikely", "goals", seq, "text", {"text": goal.text[:40]}, goal.places.get("text"))
        for seq, goal in enumerate(goals)
        if (_is_piece(goal.text, labels) if len(goal.text) <= _LONGEST_LABEL else holds_tasks(goal, labels, words))
    ]


def _is_piece(text: str, labels: Collection[str]) -> bool:
    return any(label.startswith(text) or label.endswith(text) for label in labels)


def holds_tasks(goal: Goal, labels: Collection[str], words: Collection[str]) -> bool:
    """Whether a goal holds a label, and right behind it a word over tasks: their rows ran into it."""
    text = goal.text
    if "任务" not in text:
        return False
    text = squash(text)
    return any(
        text.startswith(words_of, at + len(label))
        for label in labels
        if "任务" in label and (at := text.find(label)) >= 0
        for words_of in words
    )


def leftovers(
    head: Mapping[str, str | None],
    places: Mapping[str, Cell],
    goals: Sequence[Goal],
    tasks: Sequence[Task],
    indicators: Sequence[Indicator],
) -> list[Finding]:
    """Values that hold what is left of markup: a piece of a tag or of an entity, a quote without its other one.

    Readers take off what is whole, so that a piece says that a line break, or something else, cut the text there.
    ``head``: values of ``documents`` by field, with their ``places``.
    """
    texts = [*head.values(), *[goal.text for goal in goals], *[task.name for task in tasks]]
    texts += [task.content for task in tasks]
    texts += [one.name for one in indicators]
    texts += [one.value for one in indicators]
    texts += [one.unit for one in indicators]
    whole = "\n".join(filter(None, texts))
    if "<" not in whole and "&" not in whole and '"' not in whole and "'" not in whole and "](" not in whole:
        return []
    rows: tuple[tuple[TableName, Sequence[Goal | Task | Indicator], tuple[str, ...]], ...] = (
        ("goals", goals, ("text",)),
        ("tasks", tasks, ("name", "content")),
        ("indicators", indicators, ("name", "value", "unit")),
    )
    found: list[tuple[TableName, int | None, str, str | None, Cell | None]] = [
        ("documents", None, field, text, places.get(field)) for field, text in head.items()
    ]
    found += (
        (table, seq, field, getattr(row, field), row.places.get(field))
        for table, own, fields in rows
        for seq, row in enumerate(own)
        for field in fields
    )
    return [
        Finding("markup_left", table, seq, field, {"text": text[:40]}, place)
        for table, seq, field, text, place in found
        if text and _is_left(text)
    ]


def beginnings(goals: Sequence[Goal], tasks: Sequence[Task]) -> list[Finding]:
    """Goals and contents of tasks that begin within a sentence."""
    found = []
    for seq, goal in enumerate(goals):
        if goal.text[0] in _NO_SENTENCE:
            found.append(Finding("beginning_lost", "goals", seq, "text", {"text": goal.text[:40]}, goal.places["text"]))
    for seq, task in enumerate(tasks):
        if (text := task.content) and text[0] in _NO_SENTENCE:
            place = task.places.get("content")
            found.append(Finding("beginning_lost", "tasks", seq, "content", {"text": text[:40]}, place))
    return found


def _is_left(text: str) -> bool:
    if any(text.count(sign) % 2 and sign in (text[0], text[-1]) for sign in _QUOTES if sign in text):
        return True
    return _MARKUP.search(text) is not None


def weights(indicators: Sequence[Indicator]) -> Checked:
    """The weights of the third level sum to 100 (where the form shows them all) or to 90."""
    stated = [i.weight for i in indicators if i.weight is not None]
    if not stated:
        return Checked(NOT_MADE, [])
    if len(stated) < len(indicators):
        missing = [
            Finding("weight_missing", "indicators", seq, "weight", {"name": (i.name or "")[:30]}, i.places.get("name"))
            for seq, i in enumerate(indicators)
            if i.weight is None
        ]
        return Checked(NOT_MADE, missing)
    total = sum(stated, Decimal(0))
    if total in _SOUND_SUMS:
        return Checked(HOLDS, [])
    return Checked(FAILS, [Finding("weight_sum", "indicators", None, None, {"sum": total})])


def targets(indicators: Sequence[Indicator]) -> list[Finding]:
    """Operator against value and unit: a comparison has a number and a unit, 定性 neither (the ministry's codes)."""
    found = []
    for seq, i in enumerate(indicators):
        if i.name and i.name[-1] in _OPERATORS:
            place = i.places.get("name")
            found.append(Finding("name_unlikely", "indicators", None, None, {"name": i.name[:40]}, place))
        if i.unit and i.unit[0] in _NO_UNIT:
            place = i.places.get("unit")
            found.append(Finding("unit_unlikely", "indicators", seq, "unit", {"unit": i.unit[:20]}, place))
        if i.value_number is not None and i.operator != "定性":
            if i.unit is None:
                params = {"name": (i.name or "")[:30]}
                found.append(Finding("unit_missing", "indicators", seq, "unit", params, i.places.get("value")))
            continue
        if i.operator == "定性" and i.unit is not None:
            params = {"value": i.value or "", "unit": i.unit}
            found.append(Finding("qualitative_unit", "indicators", seq, "unit", params, i.places.get("unit")))
        if i.value is None and i.operator is None and i.weight is None:
            # A name alone may be a piece of the row before or after it, so no row near it is beyond doubt.
            found.append(
                Finding("row_incomplete", "indicators", None, None, {"name": (i.name or "")[:30]}, i.places.get("name"))
            )
        elif i.value is None:
            found.append(
                Finding(
                    "value_missing", "indicators", seq, "value", {"name": (i.name or "")[:30]}, i.places.get("name")
                )
            )
        elif i.operator == "定性" and i.value_number is not None and i.operator_basis in _SAID:
            found.append(
                Finding("qualitative_number", "indicators", seq, "value", {"value": i.value}, i.places.get("value"))
            )
        elif i.operator not in (None, "定性") and i.value_number is None:
            found.append(
                Finding(
                    "operator_without_number",
                    "indicators",
                    seq,
                    "value",
                    {"operator": i.operator, "value": i.value},
                    i.places.get("value"),
                )
            )
    return found


@lru_cache(maxsize=64)
def _firsts(labels: tuple[str, ...]) -> frozenset[str]:
    """The characters that labels begin with; few names begin with one."""
    return frozenset(label[0] for label in labels)


def levels(
    indicators: Sequence[Indicator],
    parents: Mapping[str, tuple[str, ...]],
    labels: tuple[str, ...],
    counter: re.Pattern[str],
    *,
    flat: bool,
) -> list[Finding]:
    """Level labels against the standard tree: both there, both known, the second under its first.

    ``labels``: how no name of an indicator begins, but for a ``counter`` (指标1：). ``flat``: the form has no levels.
    """
    if flat:
        return [Finding("levels_absent", "indicators")]
    found = []
    firsts = _firsts(labels)
    for seq, i in enumerate(indicators):
        name = i.name
        if name is not None and name[0] in firsts and name.startswith(labels) and not counter.match(name):
            params = {"name": name[:30]}
            found.append(Finding("label_in_name", "indicators", seq, "name", params, i.places.get("name")))
            found.append(Finding("label_in_name", "indicators", seq, "level2", params, i.places.get("name")))
        if name is not None and i.level1_basis != "inferred" and i.level1 in parents.get(i.level2 or "", ()):
            continue
        place = i.places.get("level2") or i.places.get("level1") or i.places.get("name")
        if i.level1 is None:
            found.append(Finding("level1_missing", "indicators", seq, "level1", {"name": (i.name or "")[:30]}, place))
        elif i.level1_basis == "inferred":
            found.append(
                Finding("level1_inferred", "indicators", seq, "level1", {"level1": i.level1, "level2": i.level2}, place)
            )
        if i.level2 is None:
            found.append(Finding("level2_missing", "indicators", seq, "level2", {"name": (i.name or "")[:30]}, place))
        elif i.level2 not in parents:
            found.append(Finding("level2_unknown", "indicators", seq, "level2", {"level2": i.level2}, place))
        elif i.level1 is not None and i.level1 not in parents[i.level2]:
            found.append(
                Finding("level_mismatch", "indicators", seq, "level2", {"level1": i.level1, "level2": i.level2}, place)
            )
        if i.name is None:
            found.append(Finding("name_missing", "indicators", seq, "name", {}, i.places.get("value") or place))
    return found


def duplicates(indicators: Sequence[Indicator]) -> list[Finding]:
    """Indicators that stand twice: one the same in all was likely read or printed twice; a name alone is only noted."""
    if len({i.name for i in indicators}) == len(indicators):
        return []
    found = []
    seen: dict[tuple[str | None, ...], list[int]] = {}
    for seq, i in enumerate(indicators):
        if i.name is None:
            continue
        key = i[:3]
        before = seen.get(key)
        if before is None:
            seen[key] = [seq]
            continue
        same = next((first for first in before if _same_target(indicators[first], i)), None)
        code = "repeated_name" if same is None else "duplicate_indicator"
        params = {"name": i.name[:30], "first": before[0] if same is None else same}
        found.append(
            Finding(code, "indicators", seq, None if same is not None else "name", params, i.places.get("name"))
        )
        before.append(seq)
    return found


def _same_target(one: Indicator, other: Indicator) -> bool:
    if (one.operator, one.value_number, one.weight) != (other.operator, other.value_number, other.weight):
        return False
    figures = one.value_number is not None or squash(one.value or "") == squash(other.value or "")
    return figures and squash(one.unit or "") == squash(other.unit or "")


def empty(counts: Mapping[TableName, int], expected: Collection[str]) -> list[Finding]:
    """The expected sections in which nothing was found; ``counts`` by section."""
    return [Finding(_EMPTY[name], name) for name, count in counts.items() if not count and name in expected]
