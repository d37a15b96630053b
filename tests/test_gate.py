"""The accuracy gate: how much of the samples is read right, and what is wrong in silence.

All floors are 1.0. One that has to be lower stands in ``gold/floors.json`` with its reason; a floor that the reader
has outgrown must be raised again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from extract.api import extract_path
from extract.model import Extraction
from tests.places import check_places
from tests.scans import MISSING
from tests.scoring import Record, Score, score

TESTS = Path(__file__).parent
SAMPLES = TESTS.parent / "samples"
# Beside the samples, which are all read without any extra.
SCANNED = TESTS / "scanned"
FLOORS: dict[str, Any] = json.loads((TESTS / "gold" / "floors.json").read_text(encoding="utf-8"))
SHOWN = 12


def records_by_file() -> dict[str, list[Record]]:
    by_file: dict[str, list[Record]] = defaultdict(list)
    for gold in sorted((TESTS / "gold").glob("*.jsonl")):
        for line in gold.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            by_file[record["file"]].append(record)
    return dict(by_file)


ALL_RECORDS = records_by_file()
# Pictures are read by an extra, which every run that decides anything has.
RECORDS = {file: own for file, own in ALL_RECORDS.items() if not MISSING or not own[0]["family"].startswith("scan-")}
# Samples without a record: the real one, which has a test of its own.
OTHERS = {"大竹县司法局-2024.txt"}


def read(file: str) -> Extraction:
    """What comes of a sample, or of a file in a sample that is an archive (``a.zip!/b.txt``)."""
    return extract_path((SCANNED if file.startswith("scan-") else SAMPLES) / file)


@pytest.fixture(scope="module")
def total() -> Score:
    result = Score()
    for file, records in RECORDS.items():
        score(result, records, read(file))
    return result


def test_every_sample_has_its_answers() -> None:
    assert {path.name for folder in (SAMPLES, SCANNED) for path in folder.iterdir()} - OTHERS == {
        file.partition("!/")[0] for file in ALL_RECORDS
    }


def first(items: list[Any]) -> str:
    more = f"\n… and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return "\n".join(str(i) for i in items[:SHOWN]) + more


def lowered() -> dict[tuple[str, str], float]:
    return {(entry["family"], entry["field"]): entry["floor"] for entry in FLOORS["lowered"]}


def test_floors_hold(total: Score) -> None:
    floors = lowered()
    low = []
    for family, key in total.families():
        floor = floors.get((family, key), FLOORS["floor"])
        if total.ratio(family, key) < floor:
            low.append(f"{family} {key}: {total.ratio(family, key):.4f}, floor {floor}")
    assert not low, "\n".join(low) + "\n" + first(total.wrong)


def test_lowered_floors_have_reasons_and_are_still_needed(total: Score) -> None:
    assert FLOORS["floor"] == 1.0
    for entry in FLOORS["lowered"]:
        assert len(entry["reason"]) > 20, entry
        place = (entry["family"], entry["field"])
        assert place in total.all, f"nothing is compared at {place}"
        assert total.ratio(*place) < 1.0, f"{place} is all right by now: drop its floor"


def test_nothing_is_wrong_in_silence(total: Score) -> None:
    assert len(total.silent) <= FLOORS["silent"], first(total.silent)


def test_no_row_is_made_up(total: Score) -> None:
    assert len(total.spurious) <= FLOORS["spurious"], first(total.spurious)


def test_sound_forms_raise_no_alarm(total: Score) -> None:
    assert len(total.alarms) <= FLOORS["alarms"], first(total.alarms)


def test_wrong_forms_are_flagged(total: Score) -> None:
    assert len(total.missed) <= FLOORS["missed"], first(total.missed)


def test_every_field_is_compared(total: Score) -> None:
    """The gate cannot pass by comparing nothing."""
    assert sum(total.all.values()) > 10000
    fields = {key for _, key in total.families()}
    assert {
        "documents.title",
        "funding.amount",
        "goals.paragraphs",
        "tasks.content_recovered",
        "indicators.weight",
    } <= fields
    assert len({family for family, _ in total.families()}) > 25


@pytest.mark.parametrize("file", sorted(RECORDS))
def test_places_slice_back(file: str) -> None:
    extraction = read(file)
    assert check_places(extraction) > 30
