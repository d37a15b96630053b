"""Any form, in any layout, with any one or two damages, comes back equal, or with findings on whatever differs."""

from __future__ import annotations

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from extract.api import extract_bytes
from tests.forms.cases import LAYOUTS, Case, joined
from tests.forms.damage import encode
from tests.forms.strategies import cases, encodings, made_forms, newlines, structural_forms
from tests.forms.truth import Json
from tests.forms.wrong import WRONGS
from tests.places import check_places
from tests.scoring import Score, score

TABS = tuple(name for name in LAYOUTS if not name.startswith("page"))
PAGES = tuple(name for name in LAYOUTS if name.startswith("page"))


def visible(text: str) -> str:
    """The text with its tabs and form feeds made visible."""
    return text.replace("\t", "→").replace("\f", "␌").replace("\u3000", "□")


def read(text: str, records: list[Json], encoding: str = "utf-8", newline: str = "lf") -> Score:
    """The score of what is read from a text."""
    note(visible(text))
    extraction = extract_bytes(encode(text, encoding, newline), source_path="form.txt")
    check_places(extraction)
    total = Score()
    score(total, records, extraction)
    return total


def nothing_silent(total: Score) -> None:
    assert not total.silent, "\n".join(map(str, total.silent))


def no_alarm(total: Score) -> None:
    assert not total.alarms, "\n".join(total.alarms)


@given(cases(made_forms(), TABS), encodings, newlines)
def test_made_forms_in_lines_of_cells(case: Case, encoding: str, newline: str) -> None:
    total = read(case.text, [case.record], encoding, newline)
    nothing_silent(total)
    no_alarm(total)


@given(cases(made_forms(), PAGES), encodings, newlines)
def test_made_forms_on_pages(case: Case, encoding: str, newline: str) -> None:
    total = read(case.text, [case.record], encoding, newline)
    nothing_silent(total)
    no_alarm(total)


@given(cases(structural_forms(), TABS))
def test_any_forms_in_lines_of_cells(case: Case) -> None:
    nothing_silent(read(case.text, [case.record]))


@given(cases(structural_forms(), PAGES))
def test_any_forms_on_pages(case: Case) -> None:
    nothing_silent(read(case.text, [case.record]))


@pytest.mark.parametrize("wronged", sorted(WRONGS))
@given(data=st.data())
def test_wrong_forms_are_flagged(wronged: str, data: st.DataObject) -> None:
    case = data.draw(cases(made_forms(), ("portal", "drop-all", "no-root-shift", "spaces"), wronged))
    total = read(case.text, [case.record])
    nothing_silent(total)
    assert not total.missed, "\n".join(total.missed)


BETWEEN = st.sampled_from(((), ("",), ("", "第 1 页", "\f"), ("", "附件2", "")))


@given(st.lists(cases(made_forms(), TABS), min_size=2, max_size=3), BETWEEN)
def test_several_forms_in_one_file(several: list[Case], between: tuple[str, ...]) -> None:
    text, records = joined(several, between)
    nothing_silent(read(text, records))
