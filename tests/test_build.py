from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from extract import to_tables
from extract.catalogue import FindingKind, Wording
from extract.confidence import confidence_of, models
from extract.corrections.fields import fit
from extract.model import Cell, Extraction, Finding, Form, Origin, OriginLine
from extract.tables.build import document_id, provenance_table, spread, status
from extract.tables.schemas import TABLES, schemas
from tests.made import LINES, cell, digest, extraction, failed, form


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of three codes, so that these tests do not hang on the wording of the real one."""
    words = Wording("{what} is odd", "{what} 可疑")
    codes = {f"{s}_code": FindingKind(f"{s}_code", s, None, words, words) for s in ("info", "warning", "error")}
    codes["number_not_stored"] = FindingKind(
        "number_not_stored", "warning", None, words, Wording("{value} {stored}", "{value} {stored}")
    )
    # What rates rows names codes of the real one.
    models()
    monkeypatch.setattr("extract.catalogue.findings", lambda: codes)


def test_document_id_is_stable_and_tells_places_bytes_and_forms_apart() -> None:
    assert document_id("a.txt", "00", 0) == "5aa48f319c356caa8a932a7ee5bc6843"
    keys = [document_id(*key) for key in (("a", "0", 0), ("b", "0", 0), ("a", "1", 0), ("a", "0", 1), ("a\0", "0", 0))]
    assert len(set(keys)) == 5


def test_documents() -> None:
    tables = to_tables([extraction("a.txt", form(0), form(1)), extraction("b.txt")])
    rows = tables["documents"].to_pylist()
    assert [(row["source_path"], row["form_index"]) for row in rows] == [("a.txt", 0), ("a.txt", 1), ("b.txt", 0)]
    assert rows[0] == {
        "document_id": document_id("a.txt", digest("a.txt"), 0),
        "source_path": "a.txt",
        "source_sha256": digest("a.txt"),
        "form_index": 0,
        "media_type": "text/plain",
        "encoding": "utf-8",
        "form_kind": "department",
        "form_profile": "general",
        "title": "单位整体支出绩效目标批复表",
        "fiscal_year": 2024,
        "unit_code": "135",
        "unit_name": "司法局",
        "supervising_unit": None,
        "project_code": None,
        "project_name": None,
        "amount_unit": "元",
        "other_notes": None,
        "funding_check": "not_made",
        "weight_check": "not_made",
        "status": "ok",
        "region_code": None,
        "region_name": None,
        "region_level": None,
        "region_basis": None,
        "unit_kind": "司法局",
        "unit_key": None,
    }


def test_confidence_goes_with_the_rows() -> None:
    told, bare = form(), Form(1, "project", "general")
    tables = to_tables([extraction("a.txt", told, bare)])
    rates = confidence_of(told)
    assert {name: tables[name]["confidence"].to_pylist() for name in rates} == rates
    assert [len(own) for own in rates.values()] == [1, 1, 2]


def test_rows_of_a_form() -> None:
    tables = {
        name: table.drop_columns(["confidence"]) if "confidence" in table.column_names else table
        for name, table in to_tables([extraction()]).items()
    }
    key = document_id("a.txt", digest("a.txt"), 0)
    assert tables["funding"].to_pylist() == [
        {
            "document_id": key,
            "seq": 0,
            "category": "total",
            "source": "total",
            "amount": Decimal("1200.50"),
            "amount_raw": "1,200.50",
            "basis": "stated",
        }
    ]
    assert tables["goals"].to_pylist() == [{"document_id": key, "seq": 0, "text": "一是做好普法。"}]
    assert tables["tasks"].to_pylist() == [
        {
            "document_id": key,
            "seq": 0,
            "name": "普法宣传",
            "content": "开展普法宣传，送法下乡",
            "content_truncated": True,
            "content_recovered": None,
            "recovery_source": None,
            "name_truncated": False,
        }
    ]
    assert tables["indicators"].to_pylist()[1] == {
        "document_id": key,
        "seq": 1,
        "level1": "产出指标",
        "level2": "数量指标",
        "name": "覆盖村社",
        "level1_raw": "产出指标",
        "level2_raw": "数量指标",
        "level1_basis": "inherited",
        "level2_basis": "inherited",
        "operator": "=",
        "operator_basis": "stated",
        "value": "324",
        "value_number": Decimal("324.0000000000"),
        "unit": "个",
        "scale": None,
        "weight": Decimal("85.0000000000"),
        "direction": None,
        "achieved": None,
        "score": None,
        "name_truncated": False,
        "value_base": Decimal("324.0000000000"),
        "unit_base": "个",
    }


def test_provenance_has_a_row_a_piece_in_the_order_of_the_tables() -> None:
    rows = to_tables([extraction("a.txt", form(0), form(1))])["provenance"].to_pylist()
    assert len(rows) == 2 * (4 + 2 + 1 + 3 + 20)
    assert [row["document_id"] for row in rows[:30]] == [document_id("a.txt", digest("a.txt"), 0)] * 30
    assert [row["document_id"] for row in rows[30:]] == [document_id("a.txt", digest("a.txt"), 1)] * 30
    keys = [(row["table"], row["seq"], row["field"], row["part"]) for row in rows[:11]]
    assert keys == [
        ("documents", None, "title", 0),
        ("documents", None, "fiscal_year", 0),
        ("documents", None, "unit_code", 0),
        ("documents", None, "unit_name", 0),
        ("funding", 0, "amount", 0),
        ("funding", 0, "amount_raw", 0),
        ("goals", 0, "text", 0),
        ("tasks", 0, "name", 0),
        ("tasks", 0, "content", 0),
        ("tasks", 0, "content", 1),
        ("indicators", 0, "level1", 0),
    ]
    assert {row["page"] for row in rows} == {None}
    for row in rows:
        assert row["text"] == LINES[row["line"] - 1][row["column_start"] : row["column_end"]]
    second = next(row for row in rows if row["part"] == 1)
    assert second["line"] == 6
    assert second["text"] == "宣传，送法下乡"
    inherited = next(row for row in rows if (row["seq"], row["field"]) == (1, "level1"))
    assert (inherited["line"], inherited["text"]) == (7, "产出指标")


def test_provenance_alone_is_the_same() -> None:
    sources = [extraction("a.txt", form(0), form(1)), failed("b.txt"), extraction("c.txt")]
    assert provenance_table(sources).equals(to_tables(sources)["provenance"])


def test_no_form_of_many_in_a_file_goes_over_all_of_its_lines() -> None:
    gone_over = []

    class Lines(list[str]):
        def __iter__(self) -> Iterator[str]:
            gone_over.append(len(self))
            return super().__iter__()

    source = extraction("a.txt", *map(form, range(20)))
    counting = replace(source, lines=Lines(LINES))
    assert to_tables([counting])["provenance"].equals(to_tables([source])["provenance"])
    assert gone_over == []


def test_a_paged_source_has_pages_and_boxes_instead_of_lines() -> None:
    box = (1.0, 2.0, 30.5, 12.0)
    origin = Origin((OriginLine(3, (0,), ("",), (None, None, None, box, box)),))
    place = Cell("普法", 1, 3, 5, 0, page=3)
    plain = Form(0, "project", "general", title="普法", places={"title": place})
    paged = Extraction("a.pdf", "00", "application/pdf", None, ["项目：普法"], (plain,), None, origin)
    rows = to_tables([extraction(), paged])["provenance"].to_pylist()
    assert rows[-1] == {
        "document_id": document_id("a.pdf", "00", 0),
        "table": "documents",
        "seq": None,
        "field": "title",
        "part": 0,
        "page": 3,
        "line": 1,
        "column_start": 3,
        "column_end": 5,
        "bbox": [1.0, 2.0, 30.5, 12.0],
        "locator": None,
        "text": "普法",
        "basis": "stated",
    }
    assert rows[0]["bbox"] is None
    assert rows[0]["line"] == 1


def test_findings_are_rendered_and_placed() -> None:
    doubts = (
        Finding("warning_code", "funding", 0, "amount", {"what": "x"}, cell(3, "1,200.50")),
        Finding("info_code", params={}, place=Cell("", 0, 0, 0, 0, page=2)),
    )
    tables = to_tables([extraction("a.txt", form(0, doubts)), extraction("b.txt")])
    key = document_id("a.txt", digest("a.txt"), 0)
    assert tables["findings"].to_pylist() == [
        {
            "document_id": key,
            "table": "funding",
            "seq": 0,
            "field": "amount",
            "code": "warning_code",
            "severity": "warning",
            "message": "x is odd",
            "message_zh": "x 可疑",
            "page": None,
            "line": 3,
        },
        {
            "document_id": key,
            "table": None,
            "seq": None,
            "field": None,
            "code": "info_code",
            "severity": "info",
            "message": "{what} is odd",
            "message_zh": "{what} 可疑",
            "page": 2,
            "line": None,
        },
    ]
    assert tables["documents"]["status"].to_pylist() == ["warning", "ok"]


@pytest.mark.parametrize(
    ("severities", "expected"),
    [((), "ok"), (("info",), "ok"), (("info", "warning"), "warning"), (("warning", "error", "info"), "error")],
)
def test_status(severities: tuple[str, ...], expected: str) -> None:
    assert status(severities) == expected


def test_failures() -> None:
    nothing = Extraction("c.txt", "", "text/plain", "utf-8", ["x"], ())
    tables = to_tables([failed("a.txt", "unsupported_format", {"kind": "PDF"}), extraction("b.txt"), nothing])
    rows = tables["failures"].to_pylist()
    assert [(row["source_path"], row["code"]) for row in rows] == [
        ("a.txt", "unsupported_format"),
        ("c.txt", "not_a_form"),
    ]
    assert rows[0]["source_sha256"] == digest("a.txt")
    assert rows[1]["source_sha256"] is None
    assert rows[0]["message"] == "this kind of file is not read yet (PDF); convert it to text"
    assert tables["documents"].num_rows == 1


def test_nothing_gives_eight_empty_tables() -> None:
    tables = to_tables([])
    assert list(tables) == list(TABLES)
    assert all(tables[name].schema.equals(schemas()[name], check_metadata=True) for name in TABLES)
    assert all(table.num_rows == 0 for table in tables.values())


def test_forms_without_rows_do_not_shift_those_of_others() -> None:
    bare = Form(0, "project", "general")
    tables = to_tables([extraction("a.txt", bare), extraction("b.txt"), extraction("c.txt", bare)])
    assert set(tables["indicators"]["document_id"].to_pylist()) == {document_id("b.txt", digest("b.txt"), 0)}
    assert set(tables["provenance"]["document_id"].to_pylist()) == {document_id("b.txt", digest("b.txt"), 0)}


def test_a_number_that_no_column_holds_is_a_finding() -> None:
    plain = form()
    first = plain.indicators[0]._replace(value_number=Decimal("1e40"), weight=Decimal("0.12345678915"))
    other = Form(0, "department", "general", indicators=(first, plain.indicators[1]))
    tables = to_tables([extraction("a.txt"), extraction("b.txt", other), extraction("c.txt")])
    numbers = tables["indicators"]["value_number"].to_pylist()
    assert numbers[2:4] == [None, Decimal(324)]
    assert tables["indicators"]["weight"].to_pylist()[2] == Decimal("0.1234567892")
    rows = [(r["table"], r["seq"], r["field"], r["message"], r["line"]) for r in tables["findings"].to_pylist()]
    assert rows == [
        ("indicators", 0, "value_number", "1E+40 –", 7),
        ("indicators", 0, "weight", "0.12345678915 0.1234567892", 7),
    ]
    assert tables["documents"]["status"].to_pylist() == ["ok", "warning", "ok"]
    # What is not in the table has no place.
    own = document_id("b.txt", digest("b.txt"), 0)
    places = tables["provenance"].to_pylist()
    placed = {row["field"] for row in places if (row["document_id"], row["seq"]) == (own, 0)}
    assert placed == {*first.places} - {"value_number"}


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("1.005", "1.00"),
        ("1.015", "1.02"),
        ("-3", "-3.00"),
        ("999.99", "999.99"),
        ("1000", None),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_fit(value: str, stored: str | None) -> None:
    assert fit(Decimal(value), 5, 2) == (None if stored is None else Decimal(stored))


def test_spread() -> None:
    import pyarrow as pa

    values = pa.array(["a", "b", "c"])
    assert spread(values, [0, 2, 1]).to_pylist() == ["b", "b", "c"]
    assert spread(values, [1, 1, 1]).to_pylist() == ["a", "b", "c"]
    assert spread(values, [0, 0, 0]).to_pylist() == []
    assert spread(pa.array([], pa.string()), []).to_pylist() == []
    assert spread(pa.array([None, 1], pa.int32()), [2, 1]).to_pylist() == [None, None, 1]


def test_an_unknown_code_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        to_tables([extraction("a.txt", form(0, (Finding("no_such_code"),)))])
