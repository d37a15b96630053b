"""Compound files: what is in one is told by its streams; old workbooks show their numbers as the new ones do."""

from __future__ import annotations

import struct
from datetime import date, datetime, time

import pytest

from extract.api import extract_bytes
from extract.errors import UnreadableInput
from extract.readers.compound import Compound, alone
from extract.readers.doc import own_text
from extract.readers.files import ReadOptions, read
from extract.readers.numbers import date_of, of_date
from extract.readers.source import Source
from tests.forms import office
from tests.forms.office import old_label, old_number, old_workbook, record
from tests.test_shapes import texts


def source(records: bytes, formats: tuple[str, ...] = ()) -> Source:
    return read(old_workbook({"表": records}, formats), "ole", ReadOptions())


def rows(found: Source) -> list[dict[int, str]]:
    return [texts(row) for grid in found.grids for row in grid.rows]


def test_streams_come_back() -> None:
    file = Compound(office.compound({"甲": b"x" * 5000, "乙": b"y" * 4096}))
    assert file.names == {"Root Entry", "甲", "乙"}
    assert (file.read("甲"), file.read("乙")) == (b"x" * 5000, b"y" * 4096)
    with pytest.raises(UnreadableInput):
        file.read("丙")


def test_numbers_and_merged_ranges() -> None:
    merged = record(0x00E5, 1, 1, 2, 0, 1)
    packed = record(0x027E, 2, 2, 1, more=struct.pack("<I", 95 << 2 | 3))
    records = old_label(0, 0, "甲") + old_number(0, 2, 1234.5, 2) + old_label(1, 0, "乙") + packed + merged
    found = source(records, ("0%", "#,##0.00"))
    assert rows(found) == [{0: "甲", 2: "1,234.50"}, {0: "乙"}, {2: "95%"}]
    assert [[cell.col_span for cell in row.cells] for row in found.grids[0].rows] == [[1, 1], [2], [1]]
    assert found.origin is not None
    assert found.origin.spot(found.grids[0].rows[0].cells[1]).locator == "表!C1"


def test_hidden_rows_and_columns() -> None:
    cells = b"".join(old_label(r, c, f"{'ABC'[c]}{r + 1}") for r in range(2) for c in range(3))
    hidden = record(0x0208, 1, 0, 3, 255, 0, 0, 0x20, 0) + record(0x007D, 1, 1, 0, 0, 1, 0)
    found = source(hidden + cells)
    assert rows(found) == [{0: "A1", 1: "C1"}]
    assert [finding.code for finding in found.findings] == ["hidden_cells"]
    assert rows(source(hidden + record(0x009B) + cells)) == [{0: "A1", 1: "C1"}, {0: "A2", 1: "C2"}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (office.compound({"EncryptedPackage": b"x"}), "encrypted"),
        (old_workbook({"表": old_label(0, 0, "甲")}, before=record(0x002F, 1)), "encrypted"),
        (office.compound({"WordDocument": struct.pack("<5HH", *[0] * 5, 0x0100)}), "encrypted"),
        (office.compound({"PowerPoint Document": b"x"}), "unsupported_format"),
        (old_workbook({"表": b""}), "empty"),
        (old_workbook({"表": old_label(0, 0, "甲")}, before=record(0x0085, 9, 9, more=b"\0\0\x01\0A")), "malformed"),
        (old_workbook({"表": old_label(65535, 255, "甲")}), "too_many_cells"),
        (office.compound({"Workbook": b"x"})[:40], "malformed"),
        (office.compound({"Workbook": b"x"})[:1024], "malformed"),
        (office.compound({"Workbook": b"x"}), "malformed"),
        (office.compound({"甲": bytes(9000), "Workbook": bytes(9000)})[:15000], "malformed"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    failure = extract_bytes(data).failure
    assert failure is not None
    assert failure.code == code


def test_a_directory_that_runs_in_circles_has_an_end() -> None:
    data = bytearray(office.compound({"甲": b"x" * 5000}))
    table = data.index(struct.pack("<I", 0xFFFFFFFE), 512)
    data[table : table + 4] = struct.pack("<I", 0)
    assert Compound(bytes(data)).names == Compound(office.compound({"甲": b"x" * 5000})).names


@pytest.mark.parametrize("count", [1, 5000, 200_000])
def test_a_stream_alone_in_a_file_comes_back(count: int) -> None:
    stream = bytes(i % 251 for i in range(count))
    assert Compound(alone("甲", stream)).read("甲").rstrip(b"\0") == stream.rstrip(b"\0")


def test_a_stream_that_is_too_long_for_a_file_of_its_own() -> None:
    with pytest.raises(UnreadableInput, match="the stream is too long"):
        alone("甲", bytes(7_200_000))


def test_a_file_may_list_its_tables_behind_its_header() -> None:
    stream = b"x" * 200_000
    data = bytearray(alone("甲", stream))
    tables = struct.unpack_from("<4I", data, 76)
    assert max(tables) < len(data) // 512
    struct.pack_into("<4I", data, 76, *[0xFFFFFFFF] * 4)
    where = 68
    for listed in (tables[:3], tables[3:]):
        # The last number of such a sector, as one in the header, says which the next one is.
        struct.pack_into("<I", data, where, len(data) // 512 - 1)
        data += struct.pack("<128I", *listed, *[0xFFFFFFFF] * (127 - len(listed)), 0xFFFFFFFE)
        where = len(data) - 4
    assert Compound(bytes(data)).read("甲").rstrip(b"\0") == stream


@pytest.mark.parametrize(
    ("at", "number", "reason"),
    [
        (30, 3, "sectors of no known size"),
        (32, 9, "sectors of no known size"),
        (48, 0xFFFF, "its directory is cut off"),
        (68, 0xFFFF, None),
    ],
)
def test_a_header_that_cannot_be(at: int, number: int, reason: str | None) -> None:
    data = bytearray(alone("甲", b"x" * 5000))
    struct.pack_into("<H", data, at, number)
    if reason is None:
        # What the header has room for is listed there, whatever it says of more.
        assert Compound(bytes(data)).read("甲")[:5000] == b"x" * 5000
    else:
        with pytest.raises(UnreadableInput, match=reason):
            Compound(bytes(data))


AFTERNOON = datetime(2024, 3, 5, 14, 7, 9)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (AFTERNOON, "mmm d", "Mar 5"),
        (AFTERNOON, 'yyyy"年"m"月"d"日"', "2024年3月5日"),
        (AFTERNOON, "d.m.yyyy", "5.3.2024"),
        (AFTERNOON, "yy/mm/dd", "24/03/05"),
        (AFTERNOON, "hh:mm:ss", "14:07:09"),
        (AFTERNOON, "h:mm AM/PM", "2:07 PM"),
        (AFTERNOON, "上午/下午h时", "下午2时"),
        (AFTERNOON, "yyyy-m-d @", "2024-3-5"),
        # A format that is none of dates shows them as they usually do.
        (AFTERNOON, "0.00", "2024/3/5 14:07"),
        (AFTERNOON.date(), "0", "2024/3/5"),
        (AFTERNOON.time(), "0", "14:07"),
    ],
)
def test_dates_show_by_their_formats(value: date | time, code: str, shown: str) -> None:
    assert of_date(value, code) == shown


def test_a_number_is_a_date_within_the_calendar_of_sheets() -> None:
    assert [date_of(days) for days in (-1, 45356, 1e9)] == [None, datetime(2024, 3, 5), None]


def word_stream(text: str, narrow: str, before: bytes = b"", kind: bytes = b"\x02", name: str = "1Table") -> bytes:
    """A Word file's main stream whose text has two pieces, and the table of them.

    ``before``: what stands before the table, which begins with ``kind``; ``name``: the stream that it is in.
    """
    wide, plain = text.encode("utf-16-le"), narrow.encode("cp1252")
    main = bytearray(0x400) + wide + plain
    total = len(text) + len(narrow)
    pieces = struct.pack("<III", 0, len(text), total)
    pieces += struct.pack("<HIH", 0, 0x400, 0) + struct.pack("<HIH", 0, (0x400 + len(wide)) * 2 | 0x40000000, 0)
    table = before + kind + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<H", main, 0x0A, 0x0200)
    struct.pack_into("<I", main, 0x4C, total)
    struct.pack_into("<II", main, 0x1A2, 0, len(table))
    return office.compound({"WordDocument": bytes(main), name: table})


def test_the_text_that_a_word_file_holds() -> None:
    assert own_text(Compound(word_stream("绩效\x07目标", "12.5%"))) == "绩效\x07目标12.5%"
    # What was changed in a hurry stands before its table.
    assert own_text(Compound(word_stream("绩效", "12", b"\x01\x02\x00ab"))) == "绩效12"


@pytest.mark.parametrize(
    "data",
    [
        word_stream("绩效", "12", kind=b"\x03"),
        word_stream("绩效", "12", b"\x01\xff\xffab"),
        word_stream("绩效", "12", name="0Table"),
        office.compound({"WordDocument": bytes(40)}),
    ],
)
def test_a_word_file_whose_text_cannot_be_told(data: bytes) -> None:
    assert own_text(Compound(data)) == ""


@pytest.mark.parametrize("extent", [record(0x0200, 0, 0, 0xFFFF, 0xFFFF, 0, 0xFFFF, 0), record(0x0200, 1)])
def test_no_room_is_made_for_what_a_sheet_says_of_its_extent(extent: bytes) -> None:
    found = extract_bytes(old_workbook({"表": extent + old_label(0, 0, "甲")}))
    assert found.failure is not None
    assert found.failure.code == ("not_a_form" if len(extent) > 8 else "malformed")


def test_a_count_of_texts_that_cannot_be() -> None:
    data = old_workbook({"表": old_label(0, 0, "甲")}, before=record(0x00FC, more=struct.pack("<II", 1, 0xFFFFFFFF)))
    failure = extract_bytes(data).failure
    assert failure is not None
    assert failure.code == "malformed"


def test_a_format_that_ends_before_its_code() -> None:
    data = old_workbook({"表": old_label(0, 0, "甲")}, before=record(0x041E, 200, 3))
    found = extract_bytes(data).failure
    assert found is not None
    assert found.code == "not_a_form"
