"""Forms of any kind come back whole from every shape: CSV, pipes, ruled tables, one cell a line, dumps."""

from __future__ import annotations

import pytest

from extract.api import extract_bytes
from tests.scoring import Score, score
from tests.shapes import PRINTERS, written

SHOWN = 12


@pytest.mark.parametrize("kind", ["department", "project"])
@pytest.mark.parametrize(("family", "way"), [(f, i) for f, ways in PRINTERS.items() for i in range(len(ways))])
def test_other_forms_are_read_as_well(family: str, way: int, kind: str) -> None:
    result = Score()
    for seed in range(100, 106):
        source, record = written(seed, family, way, kind)
        score(result, [{"file": "a", "family": family} | record], extract_bytes(source.encode(), source_path="a"))
    assert not result.wrong and not result.spurious, "\n".join(map(str, [*result.wrong, *result.spurious][:SHOWN]))
    assert not result.alarms, "\n".join(result.alarms[:SHOWN])
