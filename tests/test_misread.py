"""Characters that were misread: put right where the form speaks for another reading, and nowhere else."""

from __future__ import annotations

from array import array
from dataclasses import replace
from decimal import Decimal

import pytest

from extract import doubts, misread
from extract.interpret.choose import reader_of
from extract.model import Finding, Form
from extract.profiles import default
from extract.readers.source import Doubt, Filled, Line, Piece, Source, drawn
from extract.schemafiles import SCHEMAS, read_checked, read_yaml
from tests.word_forms import MONEY, ROW, form

READER = reader_of(default())


def scanned(text: str, doubts: dict[tuple[int, int], Doubt]) -> Source:
    """A text as a picture of a page has it; ``doubts`` by line, from 1, and place there."""
    boxes = {
        (line, at): (10.0 * at, 20.0 * line, 10.0 * at + 9, 20.0 * line + 12)
        for line, row in enumerate(text.splitlines(), 1)
        for at in range(len(row))
    }
    lines = []
    for number, row in enumerate(text.splitlines(), 1):
        cells, at = [], 0
        texts = row.split("\t")
        for col, own in enumerate(texts):
            if own:
                edges = array("f", [edge for i in range(at, at + len(own)) for edge in boxes[number, i]])
                cells.append(Filled(col, [[Piece(own, edges)]]))
            at += len(own) + 1
        lines.append(Line(cells, len(texts), 1))
    source = drawn("image/png", [lines])
    # What is beyond doubt is told too: that is how a picture's page is known.
    told = {(1, boxes[1, 0]): Doubt(text[0], "X", sure=True)}
    return replace(source, doubts=told | {(1, boxes[place]): doubt for place, doubt in doubts.items()})


def read(text: str, doubts: dict[tuple[int, int], Doubt] | None = None) -> Form:
    source = scanned(text, doubts or {})
    settled = misread.settled(source, source.grids[0], READER.forms)
    (found,) = READER.forms(settled.grid)
    return settled.marked(found)


def place(text: str, stretch: str, character: str) -> tuple[int, int]:
    """The line and the place of a character within a stretch that stands once in a text."""
    assert text.count(stretch) == 1
    before = text[: text.index(stretch) + stretch.index(character)]
    return before.count("\n") + 1, len(before) - before.rfind("\n") - 1


def codes(one: Form) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(f.code, f.table, f.seq, f.field) for f in one.findings]


def test_a_form_that_is_sound_stays_as_it_was_read() -> None:
    text = form()
    other = {place(text, "200.00", "2"): Doubt("2", "7"), place(text, "数量指标", "量"): Doubt("量", "里")}
    assert read(text, other) == read(text)
    assert codes(read(text, other)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "field"),
    [("300.00", "3O0.00", 0), ("300.00", "3o0.00", 0), ("100.00", "l00.00", 1), ("100.00", "I00.00", 1),
     ("250.00", "2S0.00", 2), ("280.00", "2B0.00", 2), ("200.00", "Z00.00", 2)],
)  # fmt: skip
def test_letters_in_amounts_are_figures_where_the_sums_say_so(right: str, wrong: str, field: int) -> None:
    amounts = {"250.00": ("350.00", "100.00", "250.00"), "280.00": ("380.00", "100.00", "280.00")}
    total, basic, project = amounts.get(right, ("300.00", "100.00", "200.00"))
    text = form(money=(MONEY[0], f"\t{total}\t{basic}\t{project}".replace(right, wrong)))
    one = read(text)
    assert [str(a.amount) for a in one.funding] == [total, basic, project]
    assert [a.basis for a in one.funding] == ["inferred" if i == field else "stated" for i in range(3)]
    assert one.funding[field].amount_raw == wrong
    assert codes(one) == [("ocr_corrected", "funding", field, "amount")]
    assert one.funding_check == "holds"


def test_a_figure_that_may_be_another_one_is_that_where_the_sums_say_so() -> None:
    text = form(money=(MONEY[0], "\t300.00\t100.00\t260.00"))
    at = place(text, "260.00", "6")
    for sure in (False, True):
        one = read(text, {at: Doubt("6", "0", sure=sure)})
        assert [(str(a.amount), a.amount_raw, a.basis) for a in one.funding] == [
            ("300.00", "300.00", "stated"),
            ("100.00", "100.00", "stated"),
            ("200.00", "260.00", "inferred"),
        ]
        (finding,) = one.findings
        assert (finding.code, finding.params) == ("ocr_corrected", {"text": "200.00", "read": "6", "other": "0"})
        assert finding.place is not None
        assert (finding.place.line, finding.place.start) == at


def test_of_two_figures_that_would_settle_a_sum_neither_is_taken_but_the_doubtful_one() -> None:
    text = form(money=(MONEY[0], "\t360.00\t100.00\t200.00"))
    total, project = place(text, "360.00", "6"), place(text, "200.00", "0")
    both = {total: Doubt("6", "0", sure=True), project: Doubt("0", "6", sure=True)}
    assert codes(read(text, both)) == [("funding_equation", "funding", None, None)]
    assert [str(a.amount) for a in read(text, both).funding] == ["360.00", "100.00", "200.00"]

    one = read(text, {**both, project: Doubt("0", "6")})
    assert [(str(a.amount), a.basis) for a in one.funding] == [
        ("360.00", "stated"), ("100.00", "stated"), ("260.00", "inferred"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "wrong", "read_as", "other"), [(1, "产山指标", "山", "出"), (2, "数里指标", "里", "量")]
)
def test_labels_are_read_as_those_that_there_are(level: int, wrong: str, read_as: str, other: str) -> None:
    row = ROW.replace(("产出指标", "数量指标")[level - 1], wrong)
    text = form(rows=(row,))
    one = read(text, {place(text, wrong, read_as): Doubt(read_as, other)})
    (indicator,) = one.indicators
    assert (indicator.level1, indicator.level2) == ("产出指标", "数量指标")
    assert (indicator.level1_raw, indicator.level2_raw)[level - 1] == wrong
    assert (indicator.level1_basis, indicator.level2_basis)[level - 1] == "inferred"
    assert codes(one) == [("ocr_corrected", "indicators", 0, f"level{level}")]


def test_a_sign_read_as_a_figure_is_a_sign_where_signs_stand() -> None:
    one = read(form(rows=(ROW.replace("≥", "2"),)))
    (indicator,) = one.indicators
    assert (indicator.operator, indicator.operator_basis, indicator.value) == ("≥", "inferred", "12")
    assert codes(one) == [("ocr_corrected", "indicators", 0, "operator")]


def test_yuan_is_read_as_yuan_and_all_amounts_rest_on_it() -> None:
    one = read(form(money=(MONEY[0].replace("（元）", "（万兀）"), MONEY[1])))
    assert one.amount_unit == "万元"
    assert [(a.amount, a.basis) for a in one.funding] == [(Decimal(n * 1_000_000), "inferred") for n in (3, 1, 2)]
    assert codes(one) == [("ocr_corrected", "documents", None, "amount_unit")]


def test_words_of_the_form_itself_are_put_right_and_no_value_rests_on_them() -> None:
    text = form(money=(MONEY[0].replace("项目支出", "项目支山"), MONEY[1]))
    one = read(text, {place(text, "项目支山", "山"): Doubt("山", "出")})
    assert [(str(a.amount), a.basis) for a in one.funding] == [
        ("300.00", "stated"), ("100.00", "stated"), ("200.00", "stated"),
    ]  # fmt: skip
    assert codes(one) == [("ocr_word_corrected", None, None, None)]


def test_two_characters_are_put_right_one_after_the_other() -> None:
    text = form(money=(MONEY[0], "\t300.00\t100.00\t2O0.00"), rows=(ROW.replace("数量指标", "数里指标"),))
    one = read(text, {place(text, "数里指标", "里"): Doubt("里", "量")})
    assert codes(one) == [("ocr_corrected", "funding", 2, "amount"), ("ocr_corrected", "indicators", 0, "level2")]
    assert (one.funding_check, one.indicators[0].level2) == ("holds", "数量指标")


def test_what_says_nothing_of_its_basis_is_not_put_right() -> None:
    """It would be a weight with a figure for the letter; a weight has nothing to say that it is inferred."""
    one = read(form(rows=(ROW.replace("\t100", "\t1O0"),)))
    assert one.indicators[0].weight is None
    assert codes(one) == [("cell_unread", "indicators", 0, None)]


def test_characters_of_pages_that_are_no_pictures_stay() -> None:
    text = form(money=(MONEY[0], "\t300.00\t100.00\t2O0.00"))
    source = replace(scanned(text, {}), doubts={})
    settled = misread.settled(source, source.grids[0], READER.forms)
    assert settled.grid is source.grids[0]
    assert settled.changes == ()


def test_what_another_reading_may_settle_is_in_the_catalogue() -> None:
    data = read_checked(SCHEMAS / "lookalikes.yaml", "lookalikes")
    assert set(data["settled"]) <= set(read_yaml(SCHEMAS / "findings.yaml")["findings"])


def test_a_sign_that_its_shape_told_is_inferred_and_no_other_tables_row() -> None:
    one = read(form())
    operator = Finding("ocr_corrected", "indicators", 0, "operator")
    amount = Finding("ocr_corrected", "funding", 0, None)
    assert misread.by_shape(one, [operator]).indicators[0].operator_basis == "inferred"
    assert misread.by_shape(one, [amount]) == one


@pytest.mark.parametrize(
    ("doubt", "expected"),
    [
        (Doubt("巡", "训"), [("name", {"text": "巡查次数", "read": "巡", "other": "训"})]),
        (Doubt("巡", ""), [("name", {"text": "巡查次数", "read": "巡", "other": "?"})]),
        (Doubt("巡", "", whole=True), [(None, {"text": "巡查次数", "read": "巡", "other": "?"})]),
        (Doubt("巡", "训", sure=True), []),
    ],
)
def test_a_value_with_a_character_that_is_not_sure_is_doubtful(
    doubt: Doubt, expected: list[tuple[str | None, dict[str, str]]]
) -> None:
    text = form()
    source = scanned(text, {place(text, "巡查次数", "巡"): doubt})
    (one,) = READER.forms(source.grids[0])
    assert source.origin is not None
    assert [
        (found.code, found.table, found.seq, found.field, found.params, found.place)
        for found in doubts.findings(one, source.origin, source.doubts)
    ] == [
        ("ocr_doubtful", "indicators", 0, field, params, one.indicators[0].places["name"]) for field, params in expected
    ]
