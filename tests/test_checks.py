"""Operator against value and unit."""

from __future__ import annotations

import pytest

from extract.checks import targets
from tests.test_rows import tree


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ("≥\t12\t次\t10", []),
        ("定性\t优良差\t\t10", []),
        ("≥\t12\t\t10", ["unit_missing"]),
        ("定性\t优良\t℃\t10", ["qualitative_unit"]),
        ("定性\t95\t%\t10", ["qualitative_unit", "qualitative_number"]),
        ("≥\t优良\t\t10", ["operator_without_number"]),
    ],
)
def test_what_does_not_go_together_is_said(cells: str, codes: list[str]) -> None:
    indicators, _ = tree(f"产出指标\t数量指标\t培训规模\t{cells}\n")
    assert [finding.code for finding in targets(indicators)] == codes
