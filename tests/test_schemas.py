from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from extract.errors import SchemaError
from extract.evidence import RATED
from extract.model import Amount, Extraction, Form, Goal, Indicator, Task
from extract.schemafiles import SCHEMAS, read_checked, read_yaml
from extract.tables.derived import OF_DOCUMENTS, OF_INDICATORS
from extract.tables.schemas import TABLES, arrow_type, load, schemas, sourced

# Tools outside the project read these names: a change here is a change of the interface.
CONTRACT = {
    "documents": "document_id source_path source_sha256 form_index media_type encoding form_kind form_profile title fiscal_year"
    " unit_code unit_name supervising_unit project_code project_name amount_unit other_notes funding_check weight_check status"
    " region_code region_name region_level region_basis unit_kind unit_key",
    "funding": "document_id seq category source amount amount_raw basis confidence",
    "goals": "document_id seq text",
    "tasks": "document_id seq name content content_truncated content_recovered recovery_source name_truncated confidence",
    "indicators": "document_id seq level1 level2 name level1_raw level2_raw level1_basis level2_basis operator operator_basis"
    " value value_number unit scale weight direction achieved score name_truncated confidence value_base unit_base",
    "findings": "document_id table seq field code severity message message_zh page line",
    "provenance": "document_id table seq field part page line column_start column_end bbox locator text basis",
    "failures": "source_path source_sha256 code message message_zh",
}
NOT_NULL = {
    "documents": {
        "document_id",
        "source_path",
        "source_sha256",
        "form_index",
        "form_kind",
        "form_profile",
        "funding_check",
        "weight_check",
        "status",
    },
    "funding": {"document_id", "seq", "category", "source", "basis"},
    "goals": {"document_id", "seq", "text"},
    "tasks": {"document_id", "seq", "content_truncated", "name_truncated"},
    "indicators": {"document_id", "seq", "name_truncated"},
    "findings": {"document_id", "code", "severity", "message", "message_zh"},
    "provenance": {"document_id", "table", "field", "part", "basis"},
    "failures": {"source_path", "code", "message", "message_zh"},
}


def test_tables_and_columns_are_those_of_the_interface() -> None:
    assert list(schemas()) == list(TABLES) == list(CONTRACT)
    assert {name: " ".join(schema.names) for name, schema in schemas().items()} == CONTRACT


def test_types() -> None:
    kinds = {(name, field.name): field.type for name, schema in schemas().items() for field in schema}
    assert kinds["funding", "amount"] == pa.decimal128(20, 2)
    numbers = ("value_number", "weight", "value_base")
    assert {kinds["indicators", name] for name in numbers} == {pa.decimal128(38, 10)}
    assert kinds["documents", "fiscal_year"] == kinds["documents", "form_index"] == pa.int32()
    assert kinds["tasks", "content_truncated"] == kinds["indicators", "name_truncated"] == pa.bool_()
    assert {kinds[name, "confidence"] for name in RATED} == {pa.float64()}
    assert kinds["provenance", "bbox"] == pa.list_(pa.float64())
    counts = {"seq", "page", "line", "column_start", "column_end", "part", "fiscal_year", "form_index"}
    assert {field for (_, field), kind in kinds.items() if kind == pa.int32()} == counts


def test_nullability() -> None:
    found = {name: {field.name for field in schema if not field.nullable} for name, schema in schemas().items()}
    assert found == NOT_NULL


def test_every_column_says_what_it_is() -> None:
    for schema_name, schema in schemas().items():
        assert set(schema.metadata) == {b"label_zh", b"description", b"description_zh"}
        for field in schema:
            told = {b"sourced"} if field.name in sourced()[schema_name] else set()
            assert set(field.metadata) == {b"label_zh", b"description", b"description_zh"} | told
    assert schemas()["documents"].field("unit_name").metadata[b"label_zh"].decode() == "单位名称"
    assert schemas()["indicators"].field("level1").metadata[b"description"].startswith(b"First level")


def test_the_records_of_the_model_are_the_columns() -> None:
    records = {"funding": Amount, "goals": Goal, "tasks": Task, "indicators": Indicator}
    for name, fields in {name: record._fields for name, record in records.items()}.items():  # type: ignore[attr-defined]
        rated = ["confidence"] if name in RATED else []
        derived = OF_INDICATORS if name == "indicators" else ()
        assert ["document_id", "seq", *fields[:-1], *rated, *derived] == schemas()[name].names
        assert fields[-1] == "places"
    known = {"document_id", "status", *OF_DOCUMENTS, *Form.__dataclass_fields__, *Extraction.__dataclass_fields__}
    assert known.issuperset(schemas()["documents"].names)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("type: int32", "type: int33"), "columns[1].type: int33 is not written as it must be"),
        (("nullable: true", "nullable: perhaps"), "columns[2].nullable: 'perhaps' is not of type 'boolean'"),
        (("label_zh: 序号", "label: 序号"), "columns[1]: unknown key label; known are: name, type"),
        (("name: name", "name: seq"), "columns[2].name: seq stands here twice"),
        (("table: tasks", "table: task"), "table: is task, but the file is called tasks"),
        (("columns:", "column:"), "unknown key column"),
        (("type: string", "type: 'decimal128(99,2)'"), "columns[0].type: decimal128(99,2) is no column type"),
        (("sourced: true", "sourced: here"), "columns[2].sourced: 'here' is not of type 'boolean'"),
        (
            ("sourced_by: recovery_source", "sourced_by: recovered"),
            "columns[5].sourced_by: recovered is none of: document_id, seq, name",
        ),
    ],
)
def test_a_wrong_schema_file_is_named_with_the_place(tmp_path: Path, change: tuple[str, str], place: str) -> None:
    path = tmp_path / "tasks.yaml"
    text = (SCHEMAS / "tables" / "tasks.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SchemaError) as caught:
        load(path)
    line = text[: text.index(change[0])].count("\n") + 1
    assert str(caught.value).startswith(f"{path}:{line}: {place}")


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", b"a: 1\n b: 2"])
def test_what_is_no_yaml_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=r"x\.yaml:[12]: is not valid YAML"):
        read_yaml(path)


def test_a_missing_schema_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"none\.yaml: cannot be read \(No such file or directory\)"):
        read_checked(tmp_path / "none.yaml", "table")


def test_unknown_types_are_refused() -> None:
    with pytest.raises(SchemaError, match="text is no column type"):
        arrow_type("text")
