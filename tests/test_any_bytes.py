"""Any bytes at all give forms or a failure: never an exception, never a hang, and every place slices back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.api import extract_bytes
from extract.model import Extraction
from tests.forms.damage import ENCODINGS, encode
from tests.needs import untraced
from tests.scraps import SCRAPS
from tests.sound import check_sound

SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("*.txt"))
# Seconds for up to a megabyte, far more than it takes.
GENEROUS = 20

samples = st.sampled_from(SAMPLES).map(Path.read_bytes)


def check(data: bytes) -> Extraction:
    return check_sound(extract_bytes(data, source_path="input.txt"))


@given(st.binary(max_size=2000))
def test_random_bytes(data: bytes) -> None:
    check(data)


@given(st.text(max_size=400), st.sampled_from(ENCODINGS))
def test_random_text(text: str, encoding: str) -> None:
    check(encode(text.encode("utf-8", "ignore").decode(), encoding))


@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=5), max_size=120), st.sampled_from(ENCODINGS))
def test_scraps_of_forms(scraps: list[str], encoding: str) -> None:
    check(encode("".join(scraps).encode("utf-8", "ignore").decode(), encoding))


@given(samples, st.data())
def test_cut_samples(data: bytes, draw: st.DataObject) -> None:
    first = draw.draw(st.integers(0, len(data)))
    check(data[first : draw.draw(st.integers(first, len(data)))])


@given(samples, st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 8)), min_size=1, max_size=6))
def test_mutated_samples(data: bytes, changes: list[tuple[float, bytes, int]]) -> None:
    for place, put_in, taken_out in changes:
        at = int(place * len(data))
        data = data[:at] + put_in + data[at + taken_out :]
    check(data)


@given(st.lists(samples, min_size=2, max_size=4))
def test_samples_glued_together(several: list[bytes]) -> None:
    check(b"".join(several))


@given(samples, st.data())
def test_samples_with_lines_moved(data: bytes, draw: st.DataObject) -> None:
    lines = data.splitlines(keepends=True)
    for _ in range(draw.draw(st.integers(1, 5))):
        at = draw.draw(st.integers(0, len(lines) - 1))
        to = draw.draw(st.integers(0, len(lines) - 1))
        lines.insert(to, lines.pop(at))
    check(b"".join(lines))


@given(samples, st.sampled_from(ENCODINGS))
def test_samples_in_another_encoding(data: bytes, encoding: str) -> None:
    text = data.decode("utf-8", "ignore")
    assert encode(text, encoding)
    check(encode(text, encoding))


PORTAL = (SAMPLES[0].parent / "portal-01.txt").read_text(encoding="utf-8")
PAGE = (SAMPLES[0].parent / "layout-01.txt").read_text(encoding="utf-8")
BIG = {
    "one line": "村" * 300_000,
    "tabs": "\t" * 500_000,
    "empty lines": "\n" * 200_000,
    "many indicators": PORTAL + "\t\t村镇林桥\t≥\t1\t个\t2\n" * 10_000,
    "many labels": PORTAL + "产出指标\t数量指标\n" * 10_000,
    "many titles": "部门整体支出绩效目标批复表\n" * 20_000,
    "many headers": "年度绩效指标\n一级指标\t二级指标\t三级指标\n" * 5_000,
    "many pieces": PORTAL + "村镇林桥\n" * 20_000,
    "open tags": PORTAL.replace("<p>", "<p>" * 10_000),
    "signs": PORTAL.replace("<p>", "&<" * 50_000),
    "wide gaps": PORTAL.replace("\t", " " * 3_000),
    "many forms": PORTAL * 50,
    "many pages": PAGE * 30,
    "one cell a line": PORTAL.replace("\t", "\n") * 10,
    "many amounts": PORTAL.replace("\n整体", "\n" + "1.00\t" * 2_000 + "\n整体"),
}


@untraced
@pytest.mark.parametrize("name", sorted(BIG))
def test_big_inputs_take_no_longer_than_their_size(name: str) -> None:
    started = time.perf_counter()
    check(BIG[name].encode())
    assert time.perf_counter() - started < GENEROUS


def test_a_sample_reads_the_same_in_every_encoding() -> None:
    first = check(PORTAL.encode())
    for encoding in ENCODINGS:
        again = check(encode(PORTAL, encoding))
        assert [f.indicators for f in again.forms] == [f.indicators for f in first.forms], encoding


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "data" / "broken").iterdir()), ids=lambda path: path.stem
)
def test_what_once_broke_the_reading(path: Path) -> None:
    check_sound(extract_bytes(path.read_bytes(), source_path=path.name))
