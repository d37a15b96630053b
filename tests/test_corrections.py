"""Corrections: what a person said of a value is what the tables say, and of that value alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import extract_all, extract_bytes, extract_path, load_corrections
from extract.api import corrected, library_in
from extract.corrections.fields import Column, fit, tables
from extract.corrections.file import Correction, Corrections
from extract.model import Extraction
from extract.readers.files import ReadOptions
from extract.schemafiles import SCHEMAS
from tests.correcting import all_fields, changed, codes, found, line, rows, text_of, write

SAMPLES = SCHEMAS.parent / "samples"
SAMPLE = SAMPLES / "大竹县司法局-2024.txt"
FORM = """项目支出绩效目标批复表
预算年度：2024
预算单位：301001-河阳县民政局
项目名称：走访慰问
年度预算（元）\t年度资金总额\t财政拨款\t其他资金
\t100.00\t60.00\t40.00
整体绩效目标\t做好民政工作。
年度主要任务\t任务名称\t主要内容
\t走访\t走访困难群众
年度绩效指标
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
产出指标\t数量指标\t走访户数\t≥\t30\t户\t60
\t质量指标\t走访效果\t\t良好\t\t40
"""


def read(text: str = FORM, path: str = "a.txt") -> Extraction:
    return extract_bytes(text.encode(), source_path=path)


def with_lines(extraction: Extraction, *lines: dict[str, Any]) -> Extraction:
    """An extraction with corrections as a file has them."""
    own = [Correction(**{"who": "", "why": "", "at": "", **one}) for one in lines]
    return corrected(extraction, Corrections(tuple(own)), library_in(None))


# ---- each table, each kind of value


@pytest.mark.parametrize(
    ("table", "seq", "field", "new", "also"),
    [
        ("documents", None, "form_kind", "department", {}),
        ("documents", None, "title", "项目支出绩效目标表", {}),
        ("documents", None, "fiscal_year", "2023", {}),
        ("documents", None, "unit_code", None, {}),
        ("documents", None, "unit_name", "河阳县财政局", {}),
        ("documents", None, "supervising_unit", "河阳县民政局", {}),
        ("documents", None, "other_notes", "无。", {}),
        ("funding", 0, "amount", "100.5", {"basis": ("stated", "corrected")}),
        ("funding", 1, "category", "basic", {}),
        ("funding", 2, "source", "county", {}),
        ("goals", 0, "text", "做好全县民政工作。", {}),
        ("tasks", 0, "name", None, {}),
        ("tasks", 0, "content", "走访困难群众和老人", {}),
        ("tasks", 0, "content_truncated", "true", {}),
        ("tasks", 0, "content_recovered", "走访困难群众。", {}),
        ("tasks", 0, "name_truncated", "true", {}),
        ("indicators", 0, "level1", "效益指标", {"level1_basis": ("stated", "corrected")}),
        ("indicators", 1, "level1", "效益指标", {"level1_basis": ("inherited", "corrected")}),
        ("indicators", 0, "level2", None, {"level2_basis": ("stated", "corrected")}),
        ("indicators", 0, "name", "走访户数（户）", {}),
        ("indicators", 0, "operator", "=", {"operator_basis": ("stated", "corrected")}),
        ("indicators", 0, "operator", "定性", {"operator_basis": ("stated", "corrected")}),
        ("indicators", 0, "value", "31.5", {"value_number": (Decimal(30), Decimal("31.5"))}),
        ("indicators", 0, "value", "三十", {"value_number": (Decimal(30), None)}),
        ("indicators", 0, "value", None, {"value_number": (Decimal(30), None)}),
        ("indicators", 0, "value_number", "31", {}),
        ("indicators", 1, "value", "优", {"scale": ("良好", "优")}),
        (
            "indicators",
            1,
            "value",
            "95",
            {"value_number": (None, Decimal(95)), "scale": ("良好", None), "operator": ("定性", "=")},
        ),
        (
            "indicators",
            1,
            "operator",
            "≥",
            {"operator_basis": ("inferred", "corrected"), "scale": ("良好", None)},
        ),
        ("indicators", 1, "scale", None, {}),
        ("indicators", 0, "unit", "万户", {}),
        ("indicators", 0, "weight", "50.25", {}),
        ("indicators", 0, "direction", "正向", {}),
        ("indicators", 0, "achieved", "29", {}),
        ("indicators", 0, "score", "59.5", {}),
    ],
)  # fmt: skip
def test_the_value_becomes_what_was_said_and_what_is_made_of_it_follows(
    table: str, seq: int | None, field: str, new: str | None, also: dict[str, Any]
) -> None:
    extraction = read()
    before = rows(extraction)
    after = rows(with_lines(extraction, line(extraction, table, seq, field, new)))
    column = tables()[table][field]
    own = (found(before, 0, table, seq)[field], column.value(new))
    expected = {(table, seq, name): values for name, values in {field: own, **also}.items()}
    assert changed(before, after) == expected
    assert codes(after, table, seq, field) == ["corrected"]


def test_the_values_place_stays_and_the_finding_stands_there() -> None:
    extraction = read()
    said = line(extraction, "indicators", 0, "value", "31", who="李红", why="见原件", at="2024-05-31T09:30:00+08:00")
    after = rows(with_lines(extraction, said))
    (finding,) = [row for row in after["findings"] if row["code"] == "corrected"]
    assert (finding["table"], finding["seq"], finding["field"], finding["severity"], finding["line"]) == (
        "indicators", 0, "value", "info", 12,
    )  # fmt: skip
    assert finding["message"] == "a person corrected “30” to “31” (李红; 见原件; 2024-05-31T09:30:00+08:00)"
    assert finding["message_zh"] == "经人工由“30”更正为“31” (李红; 见原件; 2024-05-31T09:30:00+08:00)"
    places = [
        row for row in after["provenance"] if (row["table"], row["seq"], row["field"]) == ("indicators", 0, "value")
    ]
    assert [(row["line"], row["text"]) for row in places] == [(12, "30")]


def basis(read: dict[str, list[dict[str, Any]]], table: str, seq: int | None) -> dict[str, tuple[Any, ...]]:
    """Where the values of a row stand, and how they were come by."""
    return {
        row["field"]: (row["basis"], row["line"], row["text"])
        for row in read["provenance"]
        if (row["table"], row["seq"]) == (table, seq)
    }


def test_the_provenance_says_that_a_person_corrected_a_value_and_what_was_made_of_it() -> None:
    extraction = read()
    after = rows(
        with_lines(
            extraction,
            line(extraction, "indicators", 1, "level1", "效益指标"),
            line(extraction, "indicators", 1, "value", "95"),
            line(extraction, "indicators", 1, "unit", "%"),
            line(extraction, "indicators", 0, "value", "30"),
            line(extraction, "funding", 0, "amount", "99"),
            line(extraction, "documents", None, "supervising_unit", "河阳县"),
            line(extraction, "documents", None, "unit_code", None),
        )
    )
    found = basis(after, "indicators", 1)
    assert found["level1"] == ("corrected", 12, "产出指标")
    assert found["level1_raw"] == ("inherited", 12, "产出指标")
    assert found["value"] == found["value_number"] == ("corrected", 13, "良好")
    assert found["operator"] == ("inferred", 13, "良好")
    assert "scale" not in found
    assert found["unit"] == ("corrected", None, None)
    assert found["level2"][0] == "stated"
    assert basis(after, "indicators", 0)["value"] == ("stated", 12, "30")
    money = basis(after, "funding", 0)
    assert money["amount"] == ("corrected", 6, "100.00")
    assert money["amount_raw"] == ("stated", 6, "100.00")
    head = basis(after, "documents", None)
    assert head["supervising_unit"] == ("corrected", None, None)
    assert head["unit_code"] == ("corrected", 3, "301001")


def test_what_is_confirmed_stays_as_it_is() -> None:
    extraction = read()
    before = rows(extraction)
    assert codes(before, "indicators", 1, "operator") == []
    after = rows(with_lines(extraction, line(extraction, "indicators", 1, "operator", "定性")))
    assert changed(before, after) == {}
    assert codes(after, "indicators", 1, "operator") == ["confirmed"]
    already = line(extraction, "indicators", 0, "value", "30", old="80")
    after = rows(with_lines(extraction, already))
    assert (changed(before, after), codes(after, "indicators", 0, "value")) == ({}, ["confirmed"])


def test_the_doubt_about_that_value_is_settled_and_no_other() -> None:
    extraction = read(FORM.replace("\t户\t60", "\t\t60").replace("≥\t30", "≥\t三十"))
    before = rows(extraction)
    assert codes(before, "indicators", 0, "value") == ["operator_without_number"]
    (whole,) = [row["status"] for row in before["documents"]]
    assert whole == "warning"
    for new in ("三十", "30"):
        after = rows(with_lines(extraction, line(extraction, "indicators", 0, "value", new)))
        assert codes(after, "indicators", 0, "value") == ["confirmed" if new == "三十" else "corrected"]
        # A number wants a unit; nobody has said anything of that.
        assert codes(after, "indicators", 0, "unit") == ([] if new == "三十" else ["unit_missing"])
        assert after["documents"][0]["status"] == ("ok" if new == "三十" else "warning")


def test_sums_are_made_anew() -> None:
    bad = read(FORM.replace("\t100.00\t60.00", "\t100.00\t66.00").replace("户\t60", "户\t66"))
    before = rows(bad)
    assert (before["documents"][0]["funding_check"], before["documents"][0]["weight_check"]) == ("fails", "fails")
    assert {row["code"] for row in before["findings"]} == {"funding_equation", "weight_sum"}
    after = rows(with_lines(bad, line(bad, "funding", 1, "amount", "60"), line(bad, "indicators", 0, "weight", "60")))
    assert (after["documents"][0]["funding_check"], after["documents"][0]["weight_check"]) == ("holds", "holds")
    assert {row["code"] for row in after["findings"]} == {"corrected"}
    good = read()
    after = rows(
        with_lines(good, line(good, "funding", 1, "amount", "66"), line(good, "indicators", 0, "weight", "66"))
    )
    assert (after["documents"][0]["funding_check"], after["documents"][0]["weight_check"]) == ("fails", "fails")
    assert [row["code"] for row in after["findings"]] == ["weight_sum", "funding_equation", "corrected", "corrected"]


def test_a_sum_that_was_worked_out_does_not_hide_that_its_parts_are_others_now() -> None:
    head, _, rest = FORM.partition("年度预算（元）")
    extraction = read(f"{head}项目资金（元）\t财政拨款\t60.00\n\t其他资金\t40.00\n{rest[rest.index('整体') :]}")
    before = rows(extraction)
    assert [(row["amount"], row["basis"]) for row in before["funding"]][-1] == (Decimal("100.00"), "inferred")
    after = rows(with_lines(extraction, line(extraction, "funding", 0, "amount", "50")))
    assert [row["code"] for row in after["findings"]] == ["funding_inferred", "funding_equation", "corrected"]
    assert after["documents"][0]["funding_check"] == "fails"
    settled = with_lines(
        extraction, line(extraction, "funding", 0, "amount", "50"), line(extraction, "funding", 2, "amount", "90")
    )
    assert [row["code"] for row in rows(settled)["findings"]] == ["corrected", "corrected"]
    assert rows(settled)["documents"][0]["funding_check"] == "holds"


def test_what_a_person_settled_is_no_doubt_about_its_row_any_more() -> None:
    text = FORM.replace("\t户\t60", "\t\t60").replace("≥\t30", "≥\t三十")
    options = ReadOptions(min_confidence=0.9)
    before = extract_bytes(text.encode(), source_path="a.txt", options=options)
    low = ("indicators", 0, None)
    assert codes(rows(before), *low) == ["low_confidence"]
    said = [line(before, "indicators", 0, "value", "三十"), line(before, "indicators", 0, "unit", None)]
    own = Corrections(tuple(Correction(**one) for one in said))
    after = extract_bytes(text.encode(), source_path="a.txt", options=options, corrections=own)
    assert codes(rows(after), *low) == []
    assert rows(after)["indicators"][0]["confidence"] > rows(before)["indicators"][0]["confidence"]


def test_a_level_is_held_against_the_tree() -> None:
    extraction = read()
    after = rows(with_lines(extraction, line(extraction, "indicators", 1, "level1", "效益指标")))
    assert codes(after, "indicators", 1, "level2") == ["level_mismatch"]
    mended = with_lines(
        extraction,
        line(extraction, "indicators", 1, "level1", "效益指标"),
        line(extraction, "indicators", 1, "level2", "社会效益指标"),
    )
    assert codes(rows(mended), "indicators", 1, "level2") == ["corrected"]


def test_the_amounts_do_not_follow_their_unit_and_a_finding_says_so() -> None:
    extraction = read()
    said = line(extraction, "documents", None, "amount_unit", "万元")
    after = rows(with_lines(extraction, said))
    assert [row["code"] for row in after["findings"]] == ["corrected", "amounts_unscaled"]
    amounts = [
        line(extraction, "funding", seq, "amount", new) for seq, new in enumerate(("1000000", "600000", "400000"))
    ]
    assert {row["code"] for row in rows(with_lines(extraction, said, *amounts))["findings"]} == {"corrected"}


def test_what_is_said_of_a_value_itself_counts_more_than_what_is_made_of_another() -> None:
    extraction = read()
    after = with_lines(
        extraction,
        line(extraction, "indicators", 1, "value", "95"),
        line(extraction, "indicators", 1, "operator", "≤"),
        line(extraction, "indicators", 1, "value_number", "95.5"),
        line(extraction, "indicators", 1, "scale", "优良差"),
    )
    one = after.forms[0].indicators[1]
    assert (one.operator, one.operator_basis, one.value, one.value_number, one.scale) == (
        "≤", "corrected", "95", Decimal("95.5"), "优良差",
    )  # fmt: skip


# ---- in a text, a PDF, a sheet, an archive


def _sheet() -> Extraction:
    return extract_path(SAMPLES / "office-xlsx-portal-2.xlsx")


def _pdf() -> Extraction:
    return extract_path(SAMPLES / "pdf-calc-01.pdf")


def _member() -> Extraction:
    path = SAMPLES / "归档-2024.zip"
    return next(one for one in extract_all(path.read_bytes(), source_path=path.name) if one.forms)


def _several() -> Extraction:
    return extract_path(SAMPLES / "pdf-calc-several-01.pdf")


@pytest.mark.parametrize("made", [lambda: extract_path(SAMPLE), _pdf, _sheet, _member, _several])
def test_in_every_format(made: Callable[[], Extraction], tmp_path: Path) -> None:
    extraction = made()
    last = len(extraction.forms) - 1
    before = rows(extraction)
    lines = [
        line(extraction, "indicators", 1, "value", "77", form=last),
        line(extraction, "funding", 0, "amount", "12.34", form=last),
        line(extraction, "documents", None, "unit_name", "某局", form=last),
    ]
    said = load_corrections(write(tmp_path / "c.jsonl", lines))
    after = rows(corrected(extraction, said, library_in(None)))
    document = found(before, last, "documents", None)["document_id"]
    cells = changed(before, after)
    assert cells.pop(("documents", None, "unit_name"))[1] == "某局"
    assert cells.pop(("funding", 0, "amount"))[1] == Decimal("12.34")
    assert cells.pop(("indicators", 1, "value"))[1] == "77"
    assert set(cells) <= {
        ("funding", 0, "basis"), ("indicators", 1, "value_number"), ("indicators", 1, "scale"), ("indicators", 1, "operator"),
    }  # fmt: skip
    (one,) = [row for row in after["findings"] if (row["code"], row["table"]) == ("corrected", "indicators")]
    place = next(
        row for row in before["provenance"]
        if (row["document_id"], row["table"], row["seq"], row["field"]) == (document, "indicators", 1, "value")
    )  # fmt: skip
    assert (one["document_id"], one["line"], one["page"]) == (document, place["line"], place["page"])


# ---- what does not fit any more


def stale(extraction: Extraction, *lines: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What is said of corrections that change nothing."""
    after = with_lines(extraction, *lines)
    assert changed(rows(extraction), rows(after)) == {}
    fields = ("table", "seq", "field", "severity", "line")
    return [tuple(row[name] for name in fields) for row in rows(after)["findings"] if row["code"] == "correction_stale"]


def test_what_is_not_there_any_more_is_told_and_not_applied() -> None:
    extraction = read()
    value = ("indicators", 0, "value")
    assert stale(extraction, line(extraction, *value, "31", old="80")) == [(*value, "warning", 12)]
    assert stale(extraction, line(extraction, "indicators", 7, "value", "31", old="80")) == [
        ("indicators", None, "value", "warning", None)
    ]
    assert stale(extraction, line(extraction, *value, "31", old="30", source_sha256="0" * 64)) == [
        (*value, "warning", 12)
    ]
    assert stale(extraction, line(extraction, *value, "31", old="30", form_index=3)) == [
        ("indicators", None, "value", "warning", None)
    ]
    (finding,) = [
        row
        for row in rows(with_lines(extraction, line(extraction, *value, "31", old="80", who="李红")))["findings"]
        if row["code"] == "correction_stale"
    ]
    assert finding["message"] == (
        "the source, or what is read of it, has changed since a person made “31” of “80” (indicators 0 value) (李红);"
        " it was not applied, and “30” stands here"
    )


def test_a_file_that_changed_keeps_no_correction_of_what_it_was() -> None:
    extraction = read()
    said = line(extraction, "indicators", 0, "value", "31")
    other = read(FORM.replace("\t30\t", "\t35\t"))
    assert stale(other, said) == [("indicators", 0, "value", "warning", 12)]
    again = line(other, "indicators", 0, "value", "36")
    after = with_lines(other, said, again)
    assert after.forms[0].indicators[0].value == "36"
    assert codes(rows(after), "indicators", 0, "value") == ["corrected"]
    elsewhere = replace(other, source_path="b.txt")
    assert with_lines(elsewhere, said) is elsewhere


def test_a_file_that_was_moved_keeps_its_corrections() -> None:
    extraction = read()
    moved = read(path="b/c.txt")
    after = with_lines(moved, line(extraction, "indicators", 0, "value", "31"))
    assert after.forms[0].indicators[0].value == "31"


# ---- any value


_READ = ("大竹县司法局-2024.txt", "county-yunnan-01.txt", "county-wide-01.txt", "county-self-evaluation-01.txt",
         "grid-01.txt", "glued-whole-01.txt", "csv-01.txt", "office-xlsx-portal-2.xlsx", "drawn-docx-hubei.docx",
         "pdf-calc-several-01.pdf")  # fmt: skip


@lru_cache(maxsize=len(_READ))
def sample(name: str) -> Extraction:
    found = extract_path(SAMPLES / name)
    assert found.forms
    return found


@lru_cache(maxsize=len(_READ))
def sample_rows(name: str) -> dict[str, list[dict[str, Any]]]:
    return rows(sample(name))


_WORDS = st.text(st.sampled_from("优良差≥30%户产出指标数量。 a"), min_size=1, max_size=8).map(str.strip).filter(bool)


def values(column: Column) -> st.SearchStrategy[str | None]:
    """What a column can hold, as a file of corrections has it."""
    if column.one_of:
        own: st.SearchStrategy[str] = st.sampled_from(column.one_of)
    elif column.pattern:
        own = st.from_regex(rf"\A{column.pattern}\Z").filter(lambda text: len(text) < 12)
    elif column.kind == "bool":
        own = st.sampled_from(["true", "false"])
    elif column.kind == "int32":
        own = st.integers(-(2**31), 2**31 - 1).map(str)
    elif column.kind.startswith("decimal"):
        own = st.decimals(-(10**9), 10**9, places=2).map(lambda number: text_of(number) or "")
    else:
        own = _WORDS
    return st.one_of(own, st.none()) if column.nullable else own


def test_what_is_worked_out_of_a_value_follows_a_correction() -> None:
    extraction = extract_path(SAMPLE)
    said = [
        line(extraction, "documents", None, "unit_name", "渠县民政局"),
        line(extraction, "indicators", 0, "unit", "万人"),
    ]
    before, after = rows(extraction), rows(with_lines(extraction, *said))
    follow = [(read["documents"][0]["unit_key"], read["indicators"][0]["value_base"]) for read in (before, after)]
    assert follow == [("511724:司法局", Decimal(324)), ("511725:民政局", Decimal(3240000))]


@given(st.data())
def test_any_value_of_any_form_may_be_corrected_and_nothing_else_changes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(_READ))
    extraction, before = sample(name), sample_rows(name)
    form = data.draw(st.integers(0, len(extraction.forms) - 1))
    table, field = data.draw(st.sampled_from(all_fields()))
    count = 1 if table == "documents" else len(getattr(extraction.forms[form], table))
    if not count:
        return
    seq = None if table == "documents" else data.draw(st.integers(0, count - 1))
    new = data.draw(values(tables()[table][field]))
    row = found(before, form, table, seq)
    old = text_of(row[field])
    said = line(extraction, table, seq, field, new, form, old=old)
    after = rows(with_lines(extraction, said))
    cells = changed(before, after)
    # No cell but those of the row, and of these no other than the value, how it was come by, and what is made of it.
    follows = {column.name for column in tables()[table].values() if field in column.follows}
    basis = tables()[table][field].basis
    assert {key[:2] for key in cells} <= {(table, seq)}
    may = {field, basis, *follows, *({"operator_basis"} if "operator" in follows else ())}
    assert {key[2] for key in cells} <= may
    assert text_of(found(after, form, table, seq)[field]) == (
        old if new == old else text_of(tables()[table][field].value(new))
    )
    if basis is not None and new != old:
        assert found(after, form, table, seq)[basis] == "corrected"
    assert codes_of(after, form, table, seq, field) == ["confirmed" if new == old else "corrected"]
    # Said otherwise later, it is as it was.
    back = load([said, {**said, "new": old}])
    assert changed(before, rows(corrected(extraction, back, library_in(None)))) == {}


def codes_of(read: dict[str, list[dict[str, Any]]], form: int, table: str, seq: int | None, field: str) -> list[str]:
    key = found(read, form, "documents", None)["document_id"]
    return codes(
        {**read, "findings": [row for row in read["findings"] if row["document_id"] == key]}, table, seq, field
    )


def load(lines: list[dict[str, Any]]) -> Corrections:
    """Corrections of which the last word counts, as those of a file do."""
    last = {(one["source_sha256"], one["form_index"], one["table"], one["seq"], one["field"]): one for one in lines}
    return Corrections(tuple(Correction(**one) for one in last.values()))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.integers(1, 38), st.integers(0, 10))
def test_a_number_that_a_column_holds_is_written_and_read_back(value: Decimal, precision: int, scale: int) -> None:
    stored = fit(value, precision, scale)
    if stored is not None and scale <= precision:
        column = Column("x", f"decimal128({precision},{scale})", 0, nullable=True)
        text = column.text(value)
        assert column.value(text) == stored
        assert column.is_same(value, text)
