"""The scorer must see what is wrong: each test spoils a right reading in one way and looks at what is counted."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from extract.api import extract_bytes
from extract.model import Cell, Extraction, Finding, Form, TableName
from tests.forms.cases import Case, build
from tests.forms.make import make_form
from tests.places import check_places
from tests.scoring import Score, folded, number, pair_rows, same, score


def sound_case() -> Case:
    rng = random.Random(11)
    case = build(make_form(rng, indicators=8, tasks=4, goals=2), "portal", (), rng)
    assert case is not None
    return case


CASE = sound_case()
READ = extract_bytes(CASE.text.encode(), source_path="f.txt")
FORM = READ.forms[0]


def scored(form: Form | None, **record: Any) -> Score:
    total = Score()
    read = replace(READ, forms=(form,) if form else ())
    score(total, [CASE.record | record], read)
    return total


def finding(code: str, table: TableName | None, seq: int | None = None, field: str | None = None) -> Finding:
    return Finding(code, table, seq, field)


def test_a_right_reading_has_nothing_against_it() -> None:
    total = scored(FORM)
    assert (total.wrong, total.spurious, total.alarms, total.missed) == ([], [], [], [])
    assert total.right == total.all
    assert sum(total.all.values()) > 80


@pytest.mark.parametrize("key", ["level1", "level2", "name", "operator", "value", "unit"])
def test_a_wrong_value_is_silent_until_a_finding_names_it(key: str) -> None:
    rows = list(FORM.indicators)
    change: dict[str, Any] = {key: "村"}
    rows[2] = rows[2]._replace(**change)
    spoiled = replace(FORM, indicators=tuple(rows))
    # A wrong name pairs no more, so that the row is missing and another one too many.
    assert scored(spoiled).silent
    if key != "name":
        total = scored(spoiled)
        assert [(w.key, w.silent) for w in total.wrong] == [(f"indicators.{key}", True)]
        elsewhere = replace(spoiled, findings=(finding("operator_without_number", "indicators", 3),))
        assert scored(elsewhere).silent
        named = replace(spoiled, findings=(finding("operator_without_number", "indicators", 2, key),))
        assert not scored(named).silent
        other_field = replace(spoiled, findings=(finding("operator_without_number", "indicators", 2, "weight"),))
        assert scored(other_field).silent


def test_a_finding_for_information_hides_nothing() -> None:
    rows = list(FORM.indicators)
    rows[0] = rows[0]._replace(weight=Decimal(77))
    spoiled = replace(FORM, indicators=tuple(rows), findings=(finding("repeated_name", "indicators", 0),))
    assert [(wrong.key, wrong.got) for wrong in scored(spoiled).silent] == [("indicators.weight", "Decimal('77')")]


def test_missing_and_added_rows() -> None:
    total = scored(replace(FORM, indicators=FORM.indicators[:-1]))
    assert {w.key for w in total.silent} >= {"indicators.name", "indicators.value"}
    extra = FORM.indicators[0]._replace(name="村镇林桥")
    total = scored(replace(FORM, indicators=(*FORM.indicators, extra)))
    assert [w.key for w in total.spurious] == ["indicators"]
    total = scored(replace(FORM, tasks=FORM.tasks[1:]))
    assert {w.key for w in total.silent} >= {"tasks.name", "tasks.content"}


def test_amounts_goals_and_documents() -> None:
    amounts = (FORM.funding[0]._replace(amount=Decimal(1)), *FORM.funding[1:])
    assert [w.key for w in scored(replace(FORM, funding=amounts)).silent] == ["funding.amount"]
    moved = (*FORM.funding[:-1], FORM.funding[-1]._replace(source="other"))
    assert {w.key for w in scored(replace(FORM, funding=moved)).silent} >= {"funding"}
    joined = FORM.goals[0]._replace(text="".join(g.text for g in FORM.goals))
    assert [w.key for w in scored(replace(FORM, goals=(joined,))).silent] == ["goals.paragraphs"]
    assert [w.key for w in scored(replace(FORM, goals=FORM.goals[:1])).silent] == ["goals.text"]
    assert [w.key for w in scored(replace(FORM, fiscal_year=1999)).silent] == ["documents.fiscal_year"]


def test_cuts_and_recoveries() -> None:
    at = next(i for i, t in enumerate(FORM.tasks) if t.content_truncated)
    rows = list(FORM.tasks)
    rows[at] = rows[at]._replace(content_truncated=False, content_recovered="村")
    keys = [w.key for w in scored(replace(FORM, tasks=tuple(rows))).silent]
    assert keys == ["tasks.content_truncated", "tasks.content_recovered"]


def test_alarms_and_missed_flags() -> None:
    alarmed = replace(FORM, findings=(finding("weight_sum", "indicators"),))
    assert len(scored(alarmed).alarms) == 1
    assert scored(alarmed, doubt=True).alarms == []
    flags = [{"table": "indicators", "rows": [1, 2]}]
    assert len(scored(FORM, flags=flags).missed) == 1
    assert scored(alarmed, flags=flags).missed == []
    elsewhere = replace(FORM, findings=(finding("operator_without_number", "indicators", 5),))
    assert len(scored(elsewhere, flags=flags).missed) == 1


def test_a_form_that_is_not_there() -> None:
    total = scored(None)
    assert not total.right
    assert len(total.silent) == sum(total.all.values())
    two = Score()
    score(two, [CASE.record], replace(READ, forms=(FORM, replace(FORM, form_index=1))))
    assert [w.key for w in two.spurious] == ["documents"]


def test_open_answers() -> None:
    assert same("level2", "质量指标", ["数量指标", "质量指标"])
    assert not same("level2", "时效指标", ["数量指标", "质量指标"])
    assert same("value", "９５．０", "95")
    assert same("unit", None, "")
    assert not same("unit", "个", "")
    assert folded(" 村　１ ") == "村1"
    assert number("1,200.50") == Decimal("1200.5")
    assert number("健全") is None


def test_rows_pair_in_order() -> None:
    assert pair_rows(["a" * 8, "b" * 8], ["b" * 8]) == [None, 0]
    assert pair_rows(["a" * 8, "b" * 8], ["a" * 7 + "c", "x", "b" * 8]) == [0, 2]
    assert pair_rows(["a" * 8], []) == [None]
    assert pair_rows(["a" * 8, "a" * 8], ["a" * 8, "a" * 8]) == [0, 1]


def spoiled_place(**changes: Any) -> Extraction:
    row = FORM.indicators[3]
    cell: Cell = row.places["name"]
    places = dict(row.places) | {"name": cell._replace(**changes)}
    rows = (*FORM.indicators[:3], row._replace(places=places), *FORM.indicators[4:])
    return replace(READ, forms=(replace(FORM, indicators=rows),))


def test_places_are_held_against_the_source() -> None:
    cell = FORM.indicators[3].places["name"]
    assert check_places(READ) > 50
    for changes in (
        {"start": cell.start + 1},
        {"line": cell.line - 1},
        {"line": len(READ.lines) + 1},
        {"text": "村"},
        {"end": cell.end + 10_000},
    ):
        with pytest.raises(AssertionError):
            check_places(spoiled_place(**changes))
