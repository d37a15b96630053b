"""What a form says, apart from how it is written down, and what a reader should make of it.

A ``TrueForm`` holds whole texts. What stands in an export can be less (``shown``): portals cut by display width. The
gold record says what can be told from the text that stands there; where the text leaves something open, the key is
left out (``truncated``) or is a list of the readings that are all right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

Json = dict[str, Any]

SENTENCE_ENDS: Final = "。！？"
# How many texts cut at one width make an unusual limit plain.
ENOUGH_TO_LEARN: Final = 3
ENOUGH_TO_BE_SURE: Final = 6

DEPARTMENT_COLUMNS: Final = (
    ("total", "total"),
    ("basic", "total"),
    ("basic", "fiscal"),
    ("basic", "special_account"),
    ("basic", "unit_fund"),
    ("project", "total"),
    ("project", "fiscal"),
    ("project", "special_account"),
    ("project", "unit_fund"),
)
PROJECT_COLUMNS: Final = (
    ("project", "total"),
    ("project", "fiscal"),
    ("project", "special_account"),
    ("project", "unit_fund"),
)


def char_width(char: str) -> int:
    """Places a character takes on a page of fixed pitch: 1 in ASCII, else 2."""
    return 1 if ord(char) < 128 else 2


def display_width(text: str) -> int:
    """Places a text takes; for what these forms hold it is the length in GB18030 bytes."""
    return sum(map(char_width, text))


def prefix_of_width(text: str, limit: int) -> str:
    """The longest beginning of a text that is no wider than ``limit``."""
    used = 0
    for at, char in enumerate(text):
        used += char_width(char)
        if used > limit:
            return text[:at]
    return text


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a portal cuts a content and an indicator's name, and the mark it sets; None where it cuts nothing."""

    content: int | None = 97
    name: int | None = 100
    mark: str = ""


@dataclass(frozen=True, slots=True)
class TrueTask:
    """One of the year's main tasks, whole."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class TrueIndicator:
    """One third-level indicator, whole; ``level1`` and ``level2`` are standard names."""

    level1: str
    level2: str
    name: str
    operator: str
    value: str
    unit: str
    weight: str


@dataclass(frozen=True, slots=True)
class TrueForm:
    """One form. ``funding`` goes with ``columns``; None is a blank cell. Amounts are in yuan."""

    kind: str
    title: str
    year: int
    unit_code: str
    unit_name: str
    columns: tuple[tuple[str, str], ...]
    funding: tuple[Decimal | None, ...]
    goals: tuple[str, ...]
    tasks: tuple[TrueTask, ...]
    indicators: tuple[TrueIndicator, ...]
    notes: str | None = None
    amount_unit: str = "元"
    supervising_unit: str | None = None
    project_code: str | None = None
    project_name: str | None = None
    limits: Limits = field(default_factory=Limits)


def is_cut(text: str, limit: int | None) -> bool:
    """Whether an export with this limit cuts the text."""
    return limit is not None and display_width(text) > limit


def shown(text: str, limit: int | None, mark: str = "") -> str:
    """What stands in the export, mark included."""
    if limit is None or not is_cut(text, limit):
        return text
    return prefix_of_width(text, limit) + mark


def bare(text: str, limit: int | None) -> str:
    """What stands in the export, without a mark: the value a reader should give."""
    return text if limit is None else prefix_of_width(text, limit)


def at_limit(bares: Sequence[str], limit: int) -> int:
    """How many texts end, without ending a sentence, where a limit would cut them."""
    return sum(display_width(t) >= limit - 1 and t[-1] not in SENTENCE_ENDS for t in bares)


def is_plain(bares: Sequence[str], limit: int) -> bool:
    """Whether texts show by themselves where they are cut: several end at one width, and few other long ones."""
    long = sum(display_width(t) > limit // 2 for t in bares)
    return at_limit(bares, limit) >= ENOUGH_TO_LEARN and 3 * at_limit(bares, limit) >= 2 * long


def leaves_doubt(texts: Sequence[str], limit: int | None, usual: int) -> bool:
    """Whether texts are cut at an unusual limit, but by so few of them that a reader may say it is not sure."""
    if limit is None or limit == usual:
        return False
    bares = [bare(t, limit) for t in texts]
    return any(is_cut(t, limit) for t in texts) and at_limit(bares, limit) < ENOUGH_TO_BE_SURE


def told_truncated(texts: tuple[str, ...], limit: int | None, usual: int, *, marks: bool = False) -> list[bool | None]:
    """For each whole text, whether a reader can tell that it stands there cut; None where nothing tells.

    ``marks``: the form marks what it cuts, and so leaves unmarked texts whole.
    """
    cut = [is_cut(t, limit) for t in texts]
    if marks:
        return list(cut)
    bares = [bare(t, limit) for t in texts]
    plain = limit == usual or (limit is not None and is_plain(bares, limit))
    longest = max(map(display_width, bares), default=0)
    # Whole texts of just the length that cut texts have, or many of one length, may look cut.
    edges = {usual - 1, usual}
    if limit is not None and limit != usual:
        edges |= {limit - 1, limit, longest - 1, longest}
    if longest > 60 or is_plain(bares, longest):
        edges |= {longest - 1, longest}
    answers: list[bool | None] = []
    for was_cut, text in zip(cut, bares, strict=True):
        ends = text[-1:] in SENTENCE_ENDS
        if was_cut:
            answers.append(True if plain and not ends else None)
        else:
            answers.append(False if ends or display_width(text) not in edges else None)
    return answers


def recovered(content: str, goals: tuple[str, ...]) -> str | None:
    """A cut content with its sentence made whole from the goals; None if it stands nowhere or goes on in two ways."""
    endings = set()
    for goal in goals:
        at = goal.find(content)
        while at >= 0:
            rest = goal[at + len(content) :]
            stop = next((i + 1 for i, c in enumerate(rest) if c in SENTENCE_ENDS), len(rest))
            endings.add(rest[:stop])
            at = goal.find(content, at + 1)
    if len(endings) != 1:
        return None
    return content + endings.pop()


def marks_cuts(form: TrueForm) -> bool:
    """Whether a mark of a cut stands anywhere in the form."""
    limits = form.limits
    return bool(limits.mark) and (
        any(is_cut(t.content, limits.content) for t in form.tasks)
        or any(is_cut(i.name, limits.name) for i in form.indicators)
    )


def _gold_tasks(form: TrueForm) -> list[Json]:
    limits = form.limits
    told = told_truncated(tuple(t.content for t in form.tasks), limits.content, 97, marks=marks_cuts(form))
    tasks: list[Json] = []
    for task, truncated in zip(form.tasks, told, strict=True):
        content = bare(task.content, limits.content)
        record: Json = {"name": task.name, "content": content}
        if truncated is not None:
            record["truncated"] = truncated
        whole = recovered(content, form.goals) if is_cut(task.content, limits.content) and truncated else None
        if truncated is not None:
            record["recoverable"] = whole is not None
            record["full"] = whole if whole is not None else task.content
        tasks.append(record)
    return tasks


def _gold_indicators(form: TrueForm) -> list[Json]:
    limits = form.limits
    told = told_truncated(tuple(i.name for i in form.indicators), limits.name, 100, marks=marks_cuts(form))
    records: list[Json] = []
    for row, truncated in zip(form.indicators, told, strict=True):
        record: Json = {"level1": row.level1, "level2": row.level2, "name": bare(row.name, limits.name)}
        if truncated is not None:
            record["truncated"] = truncated
        record |= {"operator": row.operator, "value": row.value, "unit": row.unit, "weight": row.weight}
        records.append(record)
    return records


def gold(form: TrueForm) -> Json:
    """The known answer for one form, in the shape of a line of gold.jsonl without its file, family and index."""
    record: Json = {
        "form_kind": form.kind,
        "title": form.title,
        "fiscal_year": form.year,
        "unit_code": form.unit_code or None,
        "unit_name": form.unit_name,
        "supervising_unit": form.supervising_unit,
        "project_code": form.project_code,
        "project_name": form.project_name,
        "amount_unit": form.amount_unit,
        "other_notes": form.notes,
        "funding": [
            {"category": c, "source": s, "amount": str(amount)}
            for (c, s), amount in zip(form.columns, form.funding, strict=True)
            if amount is not None
        ],
        "goals": list(form.goals),
        "tasks": _gold_tasks(form),
        "indicators": _gold_indicators(form),
    }
    limits = form.limits
    open_limits = (
        leaves_doubt([t.content for t in form.tasks], limits.content, 97),
        leaves_doubt([i.name for i in form.indicators], limits.name, 100),
    )
    if any(open_limits) and not marks_cuts(form):
        record["doubt"] = True
    return record
