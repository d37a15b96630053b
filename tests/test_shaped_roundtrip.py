"""Any form, glued, in a county's design or in a wide table, in any shape, comes back equal or with findings."""

from __future__ import annotations

from hypothesis import given, note, settings

from extract.api import extract_bytes
from tests.forms.damage import encode
from tests.forms.shaped import Shaped, county_cases, glued_cases, made, structural, wide_cases
from tests.forms.strategies import encodings, newlines
from tests.places import check_places
from tests.scoring import Score, score


def nothing_silent(case: Shaped, encoding: str, newline: str) -> None:
    """What is read of the text is right, or a finding says that it may not be; no row is too many without one."""
    note(case.text.replace("\t", "→"))
    extraction = extract_bytes(encode(case.text, encoding, newline), source_path="form.txt")
    check_places(extraction)
    total = Score()
    score(total, case.records, extraction)
    assert not total.silent, "\n".join(map(str, total.silent))


# The search for cells takes up to a second a form: on a busy machine that is no failure.
@settings(deadline=None)
@given(glued_cases(), encodings, newlines)
def test_forms_whose_cells_ran_together(case: Shaped, encoding: str, newline: str) -> None:
    nothing_silent(case, encoding, newline)


@given(county_cases(made), encodings, newlines)
def test_made_forms_of_counties_designs(case: Shaped, encoding: str, newline: str) -> None:
    nothing_silent(case, encoding, newline)


@given(county_cases(structural), encodings, newlines)
def test_any_forms_of_counties_designs(case: Shaped, encoding: str, newline: str) -> None:
    nothing_silent(case, encoding, newline)


@given(wide_cases(made), encodings, newlines)
def test_made_projects_in_one_table(case: Shaped, encoding: str, newline: str) -> None:
    nothing_silent(case, encoding, newline)


@given(wide_cases(structural), encodings, newlines)
def test_any_projects_in_one_table(case: Shaped, encoding: str, newline: str) -> None:
    nothing_silent(case, encoding, newline)
