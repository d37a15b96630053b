"""Every value of the tables, as they are written, has its place in the source, and what stands there is what it says."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import pytest

from extract.api import extract_all
from extract.batch.run import Options, run
from extract.clean import plain
from extract.tables.schemas import SOURCED, schemas, sourced
from tests.follows import follows
from tests.looks import LOOKS, folded
from tests.scans import needs_scan

SAMPLES: Final = Path(__file__).parent.parent / "samples"
SCANS: Final = Path(__file__).parent / "scanned"
HOLDERS: Final = ("documents", "funding", "goals", "tasks", "indicators")
BASIS_OF: Final = {
    ("funding", "amount"): "basis",
    ("funding", "amount_raw"): "basis",
    ("indicators", "level1"): "level1_basis",
    ("indicators", "level1_raw"): "level1_basis",
    ("indicators", "level2"): "level2_basis",
    ("indicators", "level2_raw"): "level2_basis",
    ("indicators", "operator"): "operator_basis",
}
# What stands there in other words.
STANDARD: Final = {"level1", "level2", "operator", "category", "source", "recovery_source"}
NUMBERS: Final = {"value_number", "weight", "score", "fiscal_year", "amount"}

Key = tuple[str, str, int | None, str]
Row = dict[str, Any]


@dataclass(frozen=True)
class Tables:
    """What a run wrote."""

    folder: Path

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        return {name: pq.read_table(self.folder / name).to_pylist() for name in (*HOLDERS, "provenance")}

    @cached_property
    def documents(self) -> dict[str, Row]:
        return {row["document_id"]: row for row in self.rows["documents"]}

    @cached_property
    def places(self) -> dict[Key, list[Row]]:
        found: dict[Key, list[Row]] = defaultdict(list)
        for row in self.rows["provenance"]:
            found[row["document_id"], row["table"], row["seq"], row["field"]].append(row)
        return found

    def values(self) -> Iterator[tuple[Key, Any, Row]]:
        """All values that have a place, with their keys and rows."""
        for table in HOLDERS:
            for row in self.rows[table]:
                for field in sourced()[table]:
                    if row[field] is not None:
                        yield (row["document_id"], table, row.get("seq"), field), row[field], row


def made(inputs: Sequence[Path], folder: Path) -> Tables:
    run(Options(tuple(map(str, inputs)), folder / "out", workers=None))
    return Tables(folder / "out")


@pytest.fixture(scope="module")
def of_samples(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return made([SAMPLES], tmp_path_factory.mktemp("places"))


@pytest.fixture(scope="module")
def of_scans(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return made(sorted(p for p in SCANS.iterdir() if p.suffix != ".jsonl"), tmp_path_factory.mktemp("scans"))


def source(path: str) -> bytes:
    """The bytes of an input of the samples, also of one in an archive."""
    outer, *inner = path.split("!/")
    data = (SAMPLES / outer).read_bytes()
    for name in inner:
        with zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gbk") as archive:
            data = archive.read(name)
    return data


# ---- each value has rows, and each row a value


def check_complete(tables: Tables) -> None:
    found = {key for key, _, _ in tables.values()}
    assert len(found) > 300
    elsewhere = {(name, field.name) for name, s in schemas().items() for field in s if told_elsewhere(field)}
    missing = {key for key in found - set(tables.places) if (key[1], key[3]) not in elsewhere}
    assert (missing, set(tables.places) - found) == (set(), set())


def told_elsewhere(field: Any) -> bool:
    told: bytes = field.metadata.get(SOURCED.encode(), b"provenance")
    return told != b"provenance"


def test_every_value_has_its_rows_and_every_row_a_value(of_samples: Tables) -> None:
    check_complete(of_samples)
    assert len(of_samples.rows["provenance"]) > 35_000


def check_bases(tables: Tables) -> None:
    for key, _, row in tables.values():
        column = BASIS_OF.get((key[1], key[3]))
        told = {place["basis"] for place in tables.places[key]}
        if column is not None:
            assert told == {row[column]}, key
        else:
            assert len(told) == 1, key


def test_the_basis_of_a_place_is_that_of_the_value(of_samples: Tables) -> None:
    check_bases(of_samples)
    found = {place["basis"] for place in of_samples.rows["provenance"]}
    assert found == {"stated", "inherited", "inferred"}


def test_the_pieces_of_a_value_are_counted(of_samples: Tables) -> None:
    assert all([p["part"] for p in own] == list(range(len(own))) for own in of_samples.places.values())


# ---- what stands there


def test_the_lines_of_a_text_have_what_stood_there(of_samples: Tables) -> None:
    checked = 0
    for key, own in of_samples.places.items():
        document = of_samples.documents[key[0]]
        if document["media_type"] not in ("text/plain", "text/html"):
            continue
        lines = re.split("\r\n|\r|\n", source(document["source_path"]).decode(document["encoding"]).lstrip("\ufeff"))
        for place in own:
            assert lines[place["line"] - 1][place["column_start"] : place["column_end"]] == place["text"], key
            checked += 1
    assert checked > 30_000


def check_lines(tables: Tables, root: Path) -> None:
    by_path: dict[str, list[Row]] = defaultdict(list)
    for place in tables.rows["provenance"]:
        by_path[tables.documents[place["document_id"]]["source_path"]].append(place)
    lines = {}
    for path in {path.partition("!/")[0] for path in by_path}:
        if (root / path).suffix != ".txt":
            for one in extract_all((root / path).read_bytes(), source_path=path):
                lines[one.source_path] = one.lines
    assert lines
    for path, own in lines.items():
        for place in by_path[path]:
            assert own[place["line"] - 1][place["column_start"] : place["column_end"]] == place["text"], path


def test_the_lines_that_readers_make_have_what_stood_there(of_samples: Tables) -> None:
    check_lines(of_samples, SAMPLES)


@pytest.mark.parametrize("ending", sorted(LOOKS))
def test_other_libraries_find_it_at_its_place(ending: str, of_samples: Tables) -> None:
    checked = 0
    for key, own in of_samples.places.items():
        path = of_samples.documents[key[0]]["source_path"]
        if not path.endswith(f".{ending}"):
            continue
        data = source(path)
        for place in own:
            shown = folded(plain(place["text"]))
            assert shown in folded(LOOKS[ending](data, place)), (key, place)
            checked += 1
    assert checked > 50


# ---- what follows from it


def check_follows(tables: Tables) -> None:
    for key, value, _ in tables.values():
        own = tables.places.get(key)
        if own is None:
            # What stands in another document: ``recovery_source`` names its row there.
            continue
        texts = [place["text"] for place in own]
        assert follows(key[3], value, texts, own[0]["basis"], tables.documents[key[0]]), (key, value, texts)


def test_every_value_follows_from_what_stands_there(of_samples: Tables) -> None:
    check_follows(of_samples)


# ---- scans


@needs_scan
def test_every_value_of_a_scan_stands_on_its_page(of_scans: Tables) -> None:
    """Its box lies on the page, and something dark is in it; the lines that the reader made have its text."""
    from PIL import Image

    check_complete(of_scans)
    check_bases(of_scans)
    check_lines(of_scans, SCANS)
    for key, own in of_scans.places.items():
        with Image.open(SCANS / of_scans.documents[key[0]]["source_path"]) as picture:
            for place in own:
                picture.seek(place["page"] - 1)
                # All of them are as wide as A4.
                scale = picture.width / 595.3
                x0, top, x1, bottom = (edge * scale for edge in place["bbox"])
                assert -1 <= x0 < x1 <= picture.width + 1
                assert -1 <= top < bottom <= picture.height + 1
                dots = picture.convert("L").crop((int(x0), int(top), int(x1) + 1, int(bottom) + 1))
                extrema: Any = dots.getextrema()
                assert extrema[1] - extrema[0] > 60, (key, place)


@needs_scan
def test_every_value_of_a_scan_follows_from_what_was_read(of_scans: Tables) -> None:
    check_follows(of_scans)
