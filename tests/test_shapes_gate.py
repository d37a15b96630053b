"""The accuracy gate of the shapes: forms written as CSV, with pipes, ruled, one cell a line, in dumps."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from extract.api import extract_bytes
from tests.places import check_places
from tests.scoring import Record, Score, score
from tests.shapes import GOLD, PRINTERS, SAMPLES, written

SHOWN = 12


def records_by_file() -> dict[str, list[Record]]:
    by_file: dict[str, list[Record]] = defaultdict(list)
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        by_file[record["file"]].append(record)
    return dict(by_file)


RECORDS = records_by_file()


@pytest.fixture(scope="module")
def total() -> Score:
    result = Score()
    for file, records in RECORDS.items():
        score(result, records, extract_bytes((SAMPLES / file).read_bytes(), source_path=file))
    return result


def test_all_values_are_right(total: Score) -> None:
    assert not total.wrong, "\n".join(map(str, total.wrong[:SHOWN]))
    assert not total.spurious, "\n".join(map(str, total.spurious[:SHOWN]))


def test_sound_forms_raise_no_alarm(total: Score) -> None:
    assert not total.alarms, "\n".join(total.alarms[:SHOWN])


def test_enough_is_compared(total: Score) -> None:
    assert sum(total.all.values()) > 2000
    assert {family for family, _ in total.families()} == set(PRINTERS)
    assert {file.rpartition("-")[0] for file in RECORDS} == set(PRINTERS)


@pytest.mark.parametrize("file", sorted(RECORDS))
def test_places_slice_back(file: str) -> None:
    extraction = extract_bytes((SAMPLES / file).read_bytes(), source_path=file)
    assert check_places(extraction) > 30


@pytest.mark.parametrize("kind", ["department", "project"])
@pytest.mark.parametrize(("family", "way"), [(f, i) for f, ways in PRINTERS.items() for i in range(len(ways))])
def test_other_forms_are_read_as_well(family: str, way: int, kind: str) -> None:
    result = Score()
    for seed in range(100, 106):
        source, record = written(seed, family, way, kind)
        score(result, [{"file": "a", "family": family} | record], extract_bytes(source.encode(), source_path="a"))
    assert not result.wrong and not result.spurious, "\n".join(map(str, [*result.wrong, *result.spurious][:SHOWN]))
    assert not result.alarms, "\n".join(result.alarms[:SHOWN])
