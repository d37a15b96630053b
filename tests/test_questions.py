"""What an analyst asks has the same answer in pandas, in DuckDB and in Polars, and of a known archive the right one."""

from __future__ import annotations

import decimal
import numbers
from pathlib import Path
from typing import Any, Final

import pytest

import extract
from extract import Archive
from tests import archive as by_hand
from tests.questions import BY_HAND, QUESTIONS

# Of these the samples have nothing to tell.
_NOTHING: Final = {"inputs that failed by reason", "targets lowered from year to year"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return extract.open(by_hand.made(tmp_path_factory.mktemp("by-hand")))


@pytest.fixture
def samples(samples_output: Path) -> Archive:
    return extract.open(samples_output)


def rows(answer: Any) -> list[tuple[Any, ...]]:
    """The rows of an answer as Python's own values; means and shares to nine places."""
    if hasattr(answer, "itertuples"):
        answer = answer.itertuples(index=False, name=None)
    elif hasattr(answer, "rows"):
        answer = answer.rows()
    return [tuple(map(_plain, row)) for row in answer]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(float(value), 9)
    return int(value) if isinstance(value, numbers.Integral) else value


def test_there_are_ten_and_more() -> None:
    assert len(QUESTIONS) >= 10
    assert set(BY_HAND) < set(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_known_archive(known: Archive, question: str) -> None:
    asked = QUESTIONS[question]
    answer = rows(known.sql(asked.sql))
    assert answer == rows(asked.pandas(known)) != []
    if question in BY_HAND:
        assert answer == rows(BY_HAND[question])
    if asked.polars is not None:
        assert rows(asked.polars(known)) == answer


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_samples(samples: Archive, question: str) -> None:
    asked = QUESTIONS[question]
    answer = rows(samples.sql(asked.sql))
    assert answer == rows(asked.pandas(samples))
    assert bool(answer) == (question not in _NOTHING)
    if asked.polars is not None:
        assert rows(asked.polars(samples)) == answer


def test_sums_of_money_are_decimals(known: Archive) -> None:
    question = QUESTIONS["money by its source"]
    for answer in (question.pandas(known), known.sql(question.sql)):
        assert all(isinstance(amount, decimal.Decimal) for _, amount in rows(answer))
