"""What holds of all extractions is held by `tests.sound`: each kind of mistake is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from extract.api import extract_bytes
from extract.model import Extraction, Failure, Finding, Form
from fuzz.seeds import SMALL
from tests.sound import check_sound, check_tables

Change = Callable[[Form], Form]


def read() -> Extraction:
    return extract_bytes(SMALL, source_path="input")


def first(form: Form, **changes: Any) -> Form:
    """The form with its first indicator changed."""
    return replace(form, indicators=(form.indicators[0]._replace(**changes), *form.indicators[1:]))


def moved(form: Form) -> Form:
    """The name of the first indicator a character further on."""
    places = form.indicators[0].places
    cell = places["name"]
    return first(form, places={**places, "name": cell._replace(start=cell.start + 1, end=cell.end + 1)})


def without(form: Form, field: str) -> Form:
    return first(form, places={key: cell for key, cell in form.indicators[0].places.items() if key != field})


def doubted(form: Form, finding: Finding) -> Form:
    return replace(form, findings=(*form.findings, finding))


MISTAKES: dict[str, Change] = {
    "a place that is another's": moved,
    "a value without a place": lambda form: without(form, "value"),
    "a place without a value": lambda form: first(form, unit=None),
    "a text that is not trimmed": lambda form: first(form, name="案件数 "),
    "a text that is empty": lambda form: first(form, name=""),
    "a word that no column may say": lambda form: first(form, operator="≠"),
    "a finding on a row that is not there": lambda form: doubted(form, Finding("row_ambiguous", "indicators", 99)),
    "a finding on a column that is not there": lambda form: doubted(
        form, Finding("row_ambiguous", "indicators", 0, "x")
    ),
    "a finding with nothing filled in": lambda form: doubted(form, Finding("funding_columns", "funding")),
    "a form that is not the first": lambda form: replace(form, form_index=1),
    "a sum that nothing came of": lambda form: replace(form, funding_check="unknown"),
}


def test_what_is_sound_is_found_sound() -> None:
    rows = check_tables([check_sound(read())])
    assert {name: len(own) for name, own in rows.items() if name in ("documents", "funding", "tasks", "indicators")} == {
        "documents": 1, "funding": 5, "tasks": 1, "indicators": 1,
    }  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_noticed(mistake: str) -> None:
    found = read()
    with pytest.raises(AssertionError):
        check_sound(replace(found, forms=(MISTAKES[mistake](found.forms[0]),)))


def test_an_extraction_without_form_and_failure_is_noticed_and_one_with_both() -> None:
    for changed in (replace(read(), forms=()), replace(read(), failure=Failure("not_a_form"))):
        with pytest.raises(AssertionError):
            check_tables([changed])


def test_a_failure_that_is_a_mistake_of_ours_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check_tables([replace(read(), forms=(), failure=Failure("internal_error", {"reason": "x"}))])
