"""Places within cells that hold something invisible, markup or entities."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import extract_bytes, to_tables
from extract.clean import BLANKS, plain, shown, visible
from extract.model import Cell
from extract.places import as_seen, cut, join, pieces, with_parts
from extract.readers.pieces import wrapped
from extract.readers.text import USUAL

FORM = """部门整体支出绩效目标批复表
{unit}
年度主要任务\t任务名称\t主要内容
\t普法宣传\t送法下乡，进村入户。
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
{row}
"""


def places(
    unit: str = "预算单位：135-司法局", row: str = "产出指标\t数量指标\t宣传次数\t≥\t12\t次\t10"
) -> dict[str, str]:
    """Every piece of the source that a value stands in, by table and field; several pieces with a bar between."""
    read = extract_bytes(FORM.format(unit=unit, row=row).encode())
    found: dict[str, str] = {}
    for place in to_tables([read])["provenance"].to_pylist():
        key = f"{place['table']}.{place['field']}"
        found[key] = f"{found[key]}|{place['text']}" if place["part"] else place["text"]
    return found


def test_a_value_with_something_invisible_in_it_is_one_piece_as_it_stood() -> None:
    found = places(unit="预算（单\u200d位）名称：13\u200b5-司法<b></b>局")
    assert (found["documents.unit_code"], found["documents.unit_name"]) == ("13\u200b5", "司法<b></b>局")


def test_parts_of_one_cell_have_their_own_places() -> None:
    found = places(row="产出指标\t数量指标\t宣传次数\t\t≥12场次\t\t10")
    assert [found[f"indicators.{field}"] for field in ("operator", "value", "value_number", "unit")] == [
        "≥",
        "12",
        "12",
        "场次",
    ]


def test_an_entity_is_the_place_of_its_character() -> None:
    found = places(row="产出指标\t数量指标\t宣传次数\t\t&ge;12\u200b场次\t\t10")
    assert [found[f"indicators.{field}"] for field in ("operator", "value", "unit")] == ["&ge;", "12", "场次"]


def test_a_broken_cell_has_a_place_for_each_line() -> None:
    found = places(row="产出指标\t数量指标\t普法宣传进村\n入户次数\t≥\t12\t次\t10")
    assert found["indicators.name"] == "普法宣传进村|入户次数"


def test_an_inherited_label_points_at_the_row_it_stands_in() -> None:
    row = "产出指标\t数量指标\t宣传次数\t≥\t12\t次\t10\n\t\t讲座次数\t≥\t3\t次\t10"
    read = extract_bytes(FORM.format(unit="预算单位：135-司法局", row=row).encode())
    levels = [indicator.places["level2"].line for indicator in read.forms[0].indicators]
    assert levels == [6, 6]


@pytest.mark.parametrize(
    "text", ["a", "<b>x</b>y", "&lt;3 &amp; 4", " \u3000\u200b12\u200b% ", "e\u0301", "<3", "&nope;"]
)
def test_shown_is_plain_in_pieces(text: str) -> None:
    found = shown(text)
    assert "".join(piece for piece, _, _ in found) == plain(text)
    for piece, start, end in found:
        assert plain(text[start:end]) == piece.strip()


PARTS = ["e", "\u0301", "\u0323", "\u1100", "\u1161", "\u11a8", "\u0959", "\u2126", "\u0b47", "\u0b3e", "宣"]
PARTS += ["<b>", "\u200b", " ", "\u200a", "&eacute;", "&#x301;", "&amp;"]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_what_grows_together_has_one_place(text: str) -> None:
    found = shown(text)
    assert "".join(piece for piece, _, _ in found) == plain(text)
    ends = [0, *(end for _, _, end in found)]
    assert all(before <= start < end for before, (_, start, end) in zip(ends, found, strict=False))
    for piece, start, end in found:
        assert plain(text[start:end]) == piece.strip(BLANKS)


def test_characters_that_are_two_in_normal_form_move_no_place() -> None:
    seen = as_seen(Cell("趇\u200a\u0959宣传", 3, 4, 9, 0))
    assert seen is not None
    assert seen.text == "趇 \u0916\u093c宣传"
    assert cut(seen, 4, 6) == Cell("宣传", 3, 7, 9, 0)
    assert cut(seen, 2, 4) == Cell("\u0916\u093c", 3, 6, 7, 0)


def test_usual_characters_need_no_cleaning() -> None:
    usual = [sign for sign in map(chr, range(0x110000)) if USUAL.fullmatch(sign)]
    assert unicodedata.is_normalized("NFC", "".join(usual))
    assert not any(map(unicodedata.combining, usual))
    assert all(visible(f"{sign}x{sign}") == f"{sign}x{sign}" for sign in usual if not sign.isspace())
    assert [sign for sign in usual if sign.isspace()] == ["\t", "\n", " "]
    assert "&" not in usual


def test_cut_of_joined_cells() -> None:
    whole = join([Cell("司法", 3, 4, 6, 0), Cell("局部门", 4, 0, 3, 0)])
    part = cut(whole, 1, 4)
    assert part.text == "法局部"
    assert [(p.line, p.start, p.end) for p in part.parts] == [(3, 5, 6), (4, 0, 2)]
    assert cut(whole, 3, 5) == Cell("部门", 4, 1, 3, 0)


def test_cut_of_cells_joined_with_blanks() -> None:
    whole = join([Cell("司法", 3, 4, 6, 0), Cell("局", 3, 9, 10, 0), Cell("部门", 4, 0, 2, 0)], " ")
    part = cut(whole, 1, 6)
    assert part.text == "法 局 部"
    assert [(p.text, p.line, p.start, p.end) for p in part.parts] == [
        ("法", 3, 5, 6),
        ("局", 3, 9, 10),
        ("部", 4, 0, 1),
    ]
    assert cut(whole, 3, 5) == Cell("局 ", 3, 9, 10, 0)
    assert cut(part, 2, 3) == Cell("局", 3, 9, 10, 0)


def test_a_name_wrapped_between_latin_letters_is_cut_where_it_stands() -> None:
    """The blank between the lines is in no place of the source; a code before the name is none of the name."""
    whole = wrapped([Cell("135-城投SPV", 3, 4, 13, 0), Cell("group（县", 4, 2, 9, 0), Cell("属）", 5, 0, 2, 0)])
    assert whole.text == "135-城投SPV group（县属）"
    name = cut(whole, 4, len(whole.text))
    assert name.text == "城投SPV group（县属）"
    assert [(p.text, p.line, p.start, p.end) for p in name.parts] == [
        ("城投SPV", 3, 8, 13),
        ("group（县", 4, 2, 9),
        ("属）", 5, 0, 2),
    ]


def test_entities_of_goals_are_resolved_once() -> None:
    goals = "整体绩效目标\t<p>宣传&amp;lt;民法典&amp;gt;。</p><p>教育&lt;特殊&gt;人群。</p>"
    read = extract_bytes(FORM.replace("年度主要任务", f"{goals}\n年度主要任务").format(unit="", row="").encode())
    assert [goal.text for goal in read.forms[0].goals] == ["宣传&lt;民法典&gt;。", "教育<特殊>人群。"]


def test_a_tab_within_a_cell_is_a_blank() -> None:
    assert shown("\t宣传\t次数\t") == [("宣传 次数", 1, 6)]
    assert plain("宣传\t次数\t") == visible("\t宣传\t次数") == "宣传 次数"


def test_parts_in_the_place_of_others() -> None:
    spaced = join([Cell("司 法", 3, 4, 7, 0), Cell("局", 3, 9, 10, 0)], " ")
    parts = (spaced.parts[0]._replace(text="司 去"), spaced.parts[1])
    assert with_parts(spaced, parts) == spaced._replace(text="司 去 局", parts=parts)
    untold = spaced._replace(text="司法局")
    assert with_parts(untold, parts) is untold


def test_markup_in_joined_cells_is_cut_where_it_stands() -> None:
    seen = as_seen(join([Cell("<p>培训", 3, 4, 9, 0), Cell("人数…</p>", 4, 0, 7, 0)]))
    assert seen is not None
    assert seen.text == "培训人数…"
    assert [(p.text, p.line, p.start, p.end) for p in seen.parts] == [("培训", 3, 7, 9), ("人数…", 4, 0, 3)]
    assert cut(seen, 0, 2) == Cell("培训", 3, 7, 9, 0)


def test_what_was_seen_stays_when_it_is_looked_at_again() -> None:
    for text in ("宣传&amp;lt;次&lt;b>数&amp;", "&lt;", "\ufdd0&amp;<i>\ufdd1</i>", "<b>&lt;b></b>", "&amp;amp;lt;"):
        once = as_seen(Cell(text, 3, 4, 4 + len(text), 0))
        assert once is not None
        again = as_seen(once)
        assert again is not None
        assert once.text == plain(text)
        assert "\ufdd0" in text or (again.text, pieces(again)) == (once.text, pieces(once))


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (Cell("培训", 1, 0, 2, 0), Cell("培训", 1, 0, 2, 0)),
        (Cell(" 培训\u3000", 1, 0, 4, 0), Cell("培训", 1, 1, 3, 0)),
        (Cell("<br/>", 1, 0, 5, 0), None),
        (Cell(" ", 1, 0, 1, 0), None),
        (Cell("\u3000", 1, 0, 1, 0), None),
    ],
)
def test_a_cell_as_people_see_it(cell: Cell, seen: Cell | None) -> None:
    assert as_seen(cell) == seen


_TEXTS = st.lists(
    st.sampled_from(["培训", "a", " ", "\u3000", "\u200b", "<p>", "</p>", "&lt;", "<", ">", "e\u0301", "…"]), max_size=6
)


@given(
    st.lists(_TEXTS.map("".join), min_size=1, max_size=3),
    st.sampled_from(["", " "]),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_what_is_cut_is_that_part_of_the_text(texts: list[str], between: str, start: int, size: int) -> None:
    cell = join([Cell(text, 1 + at, 0, len(text), 0) for at, text in enumerate(texts)], between)
    seen = as_seen(cell)
    assert (seen.text if seen else "") == plain(cell.text)
    if seen is not None:
        assert cut(seen, start, start + size).text == seen.text[start : start + size]
