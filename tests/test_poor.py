"""A finding on the whole form says that much of it is doubtful; few doubts stay with their rows."""

from __future__ import annotations

import pytest

from extract.interpret.poor import as_a_whole
from extract.model import Cell, Finding, Form, Indicator


def form(*findings: Finding, rows: int = 10) -> Form:
    values = dict.fromkeys(Indicator._fields)
    blank = Indicator(**{**values, "name_truncated": False, "places": {}})  # type: ignore[arg-type]
    return Form(0, "department", "portal", indicators=(blank,) * rows, findings=findings)


def doubts(code: str, count: int) -> list[Finding]:
    return [Finding(code, "indicators", seq, None, {}, Cell("甲", seq + 1, 0, 1, 0)) for seq in range(count)]


UNEVEN = Finding("layout_uneven", "funding")


@pytest.mark.parametrize(
    ("findings", "poor"),
    [
        ([], False),
        (doubts("row_ambiguous", 2), False),
        (doubts("row_ambiguous", 3), True),
        (doubts("weight_missing", 9), False),
        (doubts("layout_ambiguous", 9), False),
        (doubts("layout_ambiguous", 10), True),
        ([UNEVEN], False),
        ([UNEVEN, *doubts("layout_ambiguous", 2)], False),
        ([UNEVEN, *doubts("layout_ambiguous", 3)], True),
        ([Finding("cell_unread", None, None, None, {}, Cell("甲", 1, 0, 1, 0))] * 3, False),
    ],
)
def test_how_much_is_much(findings: list[Finding], poor: bool) -> None:
    found = as_a_whole(form(*findings))
    added = [Finding("reading_poor", params={"count": len(findings)})] if poor else []
    assert list(found.findings) == [*findings, *added]


def test_few_doubts_among_many_rows_stay_with_them() -> None:
    sound = form(*doubts("row_ambiguous", 3), rows=16)
    assert as_a_whole(sound) == sound
