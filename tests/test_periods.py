"""How many cells make a row is told by what the cells are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.readers.periods import kind_of, period

# A name, a sign, a number and a text, with a blank cell now and then.
ROW = ("t", "t", "s", "n", "t", "n")


@pytest.mark.parametrize(
    ("text", "kind"), [("", " "), ("1,200.50", "n"), ("≥", "s"), ("90%", "t"), ("数量指标", "t"), ("(1)", "t")]
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@given(st.integers(0, 10**6), st.integers(5, 40), st.booleans())
def test_rows_of_one_kind(seed: int, rows: int, opened: bool) -> None:
    draw = random.Random(seed)
    cells = "".join(" " * opened + "".join(" " if draw.random() < 0.1 else kind for kind in ROW) for _ in range(rows))
    found = period(cells, [])
    assert (found.length, found.opened) == (len(ROW) + opened, opened)


def test_ends_that_show_tell_the_rows() -> None:
    assert period(" tt  " * 4, [4, 9, 14, 19])[:3] == (5, True, True)


def test_cells_in_no_order_have_no_rows() -> None:
    draw = random.Random(3)
    assert not period("".join(draw.choice("tns ") for _ in range(200)), []).length


def test_two_numbers_that_do_as_well_leave_the_rows_open() -> None:
    assert not period((" ttnnts" * 5 + " ttnnt" * 4)[:63], []).sure
