"""The samples that tools made belong to the forms that their seeds make."""

from __future__ import annotations

import json

import pytest

from tests.tools.cases import DESIGNS, make_case
from tests.tools.printers import TOOLS
from tests.tools.samples import SAMPLES, gold_file


@pytest.mark.parametrize("name", SAMPLES)
def test_the_answers_are_those_of_the_seeds(name: str) -> None:
    lines = gold_file(name).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [sample.record() for sample in sorted(SAMPLES[name])]
    for sample in SAMPLES[name]:
        assert sample.tool in TOOLS
        assert sample.path.stat().st_size > 1000


@pytest.mark.parametrize("design", DESIGNS)
def test_a_page_holds_its_form(design: str) -> None:
    case = make_case(3, design)
    assert case == make_case(3, design)
    assert case.html.count("<table") == case.html.count("</table>") == (2 if DESIGNS[design].nested else 1)
    assert len(case.record["indicators"]) >= 4
    assert case.record["title"] in case.html
