"""The file of corrections: what it may hold, and what is said of what it may not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from extract import extract_all, extract_bytes, extract_path, load_corrections
from extract.corrections.fields import tables
from extract.errors import UsageError
from tests.correcting import line, write
from tests.test_corrections import SAMPLE


def problem(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "c.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UsageError) as error:
        load_corrections(path)
    return f"{error.value.key} {error.value.params}".replace(str(path), "c.jsonl")


GOOD = {
    "source_sha256": "a" * 64,
    "source_path": "a.txt",
    "form_index": 0,
    "table": "indicators",
    "seq": 3,
    "field": "weight",
    "old": None,
    "new": "5",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table": "findings"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'table', 'value': '\"findings\"', 'wanted': 'documents, funding, goals, tasks, indicators'}"),
        ({"field": "weight_raw"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'field', 'value': '\"weight_raw\"'"),
        ({"field": "level1_basis"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'field'"),
        ({"field": "document_id"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'field'"),
        ({"seq": None}, "correction_bad {'where': 'c.jsonl:2', 'name': 'seq', 'value': 'null', 'wanted': '0, 1, 2, …'}"),
        ({"seq": -1}, "correction_bad {'where': 'c.jsonl:2', 'name': 'seq'"),
        ({"seq": True}, "correction_bad {'where': 'c.jsonl:2', 'name': 'seq', 'value': 'true'"),
        ({"seq": "3"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'seq'"),
        ({"table": "documents", "field": "title"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'seq', 'value': '3', 'wanted': 'null'}"),
        ({"form_index": 1.5}, "correction_bad {'where': 'c.jsonl:2', 'name': 'form_index'"),
        ({"new": 5}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': '5', 'wanted': '\"…\", null'}"),
        ({"new": "five"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': '\"five\"', 'wanted': 'decimal128(38,10), null'}"),
        ({"new": "1e5"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"new": "NaN"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"new": "٣"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"new": "0.00000000001"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"field": "name", "new": ""}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': '\"\"', 'wanted': 'string, null'}"),
        ({"field": "name", "new": "\u200b "}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"field": "name", "new": "\ud800"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"why": "\udfff"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'why'"),
        ({"field": "operator", "new": "≈"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': '\"≈\"', 'wanted': '≥, ≤, =, >, <, 定性, null'}"),
        ({"field": "name_truncated", "new": None}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': 'null', 'wanted': 'true, false'}"),
        ({"table": "funding", "field": "amount", "new": None}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': 'null', 'wanted': 'decimal128(20,2)'}"),
        ({"table": "funding", "field": "amount", "new": "0.001"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new'"),
        ({"table": "funding", "field": "source", "new": "财政"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': '\"财政\"', 'wanted': '[a-z][a-z_]*'}"),
        ({"table": "documents", "seq": None, "field": "fiscal_year", "new": "3000000000"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'new', 'value': '\"3000000000\"', 'wanted': 'int32, null'}"),
        ({"source_sha256": "abc"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'source_sha256'"),
        ({"source_path": None}, "correction_bad {'where': 'c.jsonl:2', 'name': 'source_path'"),
        ({"at": "yesterday"}, "correction_bad {'where': 'c.jsonl:2', 'name': 'at'"),
        ({"who": None}, "correction_bad {'where': 'c.jsonl:2', 'name': 'who'"),
        ({"extra": 1}, "correction_key_unknown {'where': 'c.jsonl:2', 'name': '\"extra\"'"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_sound_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    assert problem(tmp_path, "\n" + json.dumps({**GOOD, **change}) + "\n").startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "correction_no_json {'where': 'c.jsonl:1'"),
        ("[1]", "correction_no_json {'where': 'c.jsonl:1', 'reason': '[1]'}"),
        ("[" * 100_000, "correction_no_json {'where': 'c.jsonl:1'"),
        (b"\xff\xfe", "corrections_unreadable {'path': 'c.jsonl', 'reason': 'not UTF-8'}"),
        (json.dumps(GOOD)[:-1] + ', "seq": 4}', "correction_key_twice {'where': 'c.jsonl:1', 'name': 'seq'}"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "old"}), "correction_key_missing {'where': 'c.jsonl:1', 'name': 'old'}"),
    ],
)  # fmt: skip
def test_what_is_no_line_of_corrections_is_named(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert problem(tmp_path, text).startswith(message)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="corrections_unreadable"):
        load_corrections(tmp_path / "none.jsonl")


def test_a_bom_blank_lines_and_ends_of_lines_of_all_kinds_do_no_harm(tmp_path: Path) -> None:
    text = json.dumps({**GOOD, "why": "a\u2028b\u0085c", "at": "", "who": ""}, ensure_ascii=False)
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\xef\xbb\xbf\r\n" + text.encode() + b"\r\n\n  \n")
    (one,) = load_corrections(path).every
    assert (one.why, one.seq, one.new, one.old) == ("a\u2028b\u0085c", 3, "5", None)


def test_the_last_word_counts_over_all_files(tmp_path: Path) -> None:
    one = write(tmp_path / "1.jsonl", [GOOD, {**GOOD, "seq": 4}])
    two = write(tmp_path / "2.jsonl", [{**GOOD, "new": "6"}, {**GOOD, "new": "7", "source_path": "b.txt"}])
    assert [(line.seq, line.new) for line in load_corrections(one, two).every] == [(4, "5"), (3, "7")]
    assert [(line.seq, line.new) for line in load_corrections(two, one).every] == [(3, "5"), (4, "5")]


def test_no_corrections_change_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "none.jsonl", [])
    assert len(load_corrections(path)) == 0
    assert extract_path(SAMPLE, corrections=path) == extract_path(SAMPLE)


def test_the_api_takes_a_file_or_what_was_read_of_it(tmp_path: Path) -> None:
    extraction = extract_path(SAMPLE)
    path = write(tmp_path / "c.jsonl", [line(extraction, "indicators", 0, "value", "325")])
    one = extract_path(SAMPLE, corrections=path)
    assert (
        one == extract_path(SAMPLE, corrections=str(path)) == extract_path(SAMPLE, corrections=load_corrections(path))
    )
    assert one == extract_bytes(SAMPLE.read_bytes(), source_path=SAMPLE.name, corrections=path)
    assert one.forms[0].indicators[0].value == "325"
    assert list(extract_all(SAMPLE.read_bytes(), source_path=SAMPLE.name, corrections=path)) == [one]
    assert one.source_sha256 == hashlib.sha256(SAMPLE.read_bytes()).hexdigest()


def test_the_columns_that_may_be_corrected_are_those_that_hold_values() -> None:
    from extract.tables.derived import OF_DOCUMENTS, OF_INDICATORS
    from extract.tables.schemas import schemas

    not_values = {"document_id", "seq", "basis", "status", "form_index", "form_profile", "encoding", "media_type",
                  "funding_check", "weight_check", "source_path", "source_sha256", "confidence", *OF_DOCUMENTS, *OF_INDICATORS}  # fmt: skip
    for table, own in tables().items():
        named = {name for name in schemas()[table].names if name not in not_values and not name.endswith("_basis")}
        assert set(own) == named
