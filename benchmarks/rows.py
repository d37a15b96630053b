"""Which rows of read forms are right, held against the answers of the forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extract.evidence import RATED, Names, of_form
from extract.model import Extraction, Form
from tests.forms.truth import Json
from tests.scoring import INDICATOR_FIELDS, folded, number, pair_rows, same


class Judged(NamedTuple):
    """A row of a table: the evidence on it, and whether all of its values are right."""

    table: str
    evidence: Names
    right: bool


def judged(extraction: Extraction, records: Sequence[Json]) -> Iterator[Judged]:
    """All rows of a file. A row that no answer has is wrong; tables that the answers leave out are passed over."""
    answers = {record.get("form_index", 0): record for record in records}
    for form in extraction.forms:
        record = answers.get(form.form_index)
        evidence = of_form(form)
        for table in RATED:
            told = _TESTS[table](form, record) if record is not None else [False] * len(getattr(form, table))
            if told is not None:
                shared, own = evidence[table]
                for names, right in zip(own, told, strict=True):
                    yield Judged(table, shared + names, right)


def _funding(form: Form, record: Json) -> list[bool] | None:
    options = record.get("funding_options", [record.get("funding")])
    if options == [None]:
        return None
    best: list[bool] = []
    for option in options:
        wanted = {(one["category"], one["source"]): number(one["amount"]) for one in option}
        # A stated zero need not be among the answers.
        told = [a.amount == wanted.get((a.category, a.source), 0 if not a.amount else None) for a in form.funding]
        if sum(told) >= sum(best):
            best = told
    return best


def _tasks(form: Form, record: Json) -> list[bool] | None:
    if "tasks" not in record:
        return None
    wanted = record["tasks"]
    pairs = pair_rows([folded(t["name"]) for t in wanted], [folded(t.name) for t in form.tasks])
    told = [False] * len(form.tasks)
    for want, at in zip(wanted, pairs, strict=True):
        if at is not None:
            got = form.tasks[at]
            told[at] = same("name", got.name, want["name"]) and same("content", got.content, want["content"])
            if "truncated" in want:
                told[at] = told[at] and got.content_truncated == want["truncated"]
    return told


def _indicators(form: Form, record: Json) -> list[bool] | None:
    wanted = record["indicators"]
    pairs = pair_rows([folded(i["name"]) for i in wanted], [folded(i.name) for i in form.indicators])
    told = [False] * len(form.indicators)
    for want, at in zip(wanted, pairs, strict=True):
        if at is not None:
            got = form.indicators[at]
            told[at] = all(same(key, getattr(got, key), want[key]) for key in INDICATOR_FIELDS if key in want)
            if "truncated" in want:
                told[at] = told[at] and got.name_truncated == want["truncated"]
    return told


_TESTS = {"funding": _funding, "tasks": _tasks, "indicators": _indicators}
