"""The made-up forms themselves: sound where they should be, and their dumps say what they should."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forms import damage, wrong
from tests.forms.cases import LAYOUTS, Case, build, fits, go_together, has_tabs, is_page
from tests.forms.dump import equations_hold, funding_ways, gap_widths
from tests.forms.make import carried_out_by, in_wan_yuan, make_form, make_weights, split_sum, with_sources
from tests.forms.pages import ROUNDINGS, NotTellableError, PageStyle, draw, dump_page, is_full, possible_runs, wrap
from tests.forms.pages import Box as DrawnBox
from tests.forms.sheet import Sheet, label_starts, plain_amount, sheet_of
from tests.forms.strategies import made_forms, structural_forms
from tests.forms.truth import (
    Limits,
    TrueForm,
    bare,
    display_width,
    gold,
    is_cut,
    prefix_of_width,
    recovered,
    shown,
    told_truncated,
)
from tests.forms.words import CHARACTERS
from tests.forms.write_samples import GOLD, SAMPLES, all_samples, gold_line


def form_of(seed: int, kind: str = "department") -> TrueForm:
    return make_form(random.Random(seed), kind=kind)


def case_of(seed: int, layout: str, *damages: str, wronged: str | None = None) -> Case:
    """The first form from ``seed`` on that can be written so."""
    for at in range(200):
        rng = random.Random(seed * 1000 + at)
        case = build(make_form(rng), layout, damages, rng, wronged)
        if case is not None:
            return case
    raise AssertionError(layout)


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- truth ---


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("村", 2), ("“村”", 6), ("≥95%", 5), ("（10）", 6), ("３", 2), ("—…·", 6)]
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


@given(st.text(st.sampled_from(CHARACTERS + "“”（）《》，。、；：—…·≥≤０％0aZ-+.")))
def test_display_width_is_the_length_in_gb18030(text: str) -> None:
    assert display_width(text) == len(text.encode("gb18030"))


def test_a_wide_character_that_no_longer_fits_leaves_a_place_empty() -> None:
    assert prefix_of_width("村镇林", 5) == "村镇"
    assert prefix_of_width("村1镇林", 5) == "村1镇"
    assert prefix_of_width("村镇", 4) == "村镇"
    assert shown("村镇林桥", 5, "…") == "村镇…"
    assert shown("村镇", 5, "…") == "村镇"
    assert bare("村镇林桥", None) == "村镇林桥"


def test_what_tells_that_a_text_is_cut() -> None:
    long, whole, edge = "村" * 60, "村" * 20 + "。", "村" * 48
    assert told_truncated((long, whole, edge), 97, 97) == [True, False, None]
    assert told_truncated((long, whole, edge), 97, 97, marks=True) == [True, False, False]
    assert told_truncated((long, whole), 80, 97) == [None, False]
    assert told_truncated((long, long + "1", long + "2", whole), 80, 97) == [True, True, True, False]
    assert told_truncated(("村" * 48 + "。镇",), 98, 98) == [None]
    # Three whole names of one length look as if they were cut.
    assert told_truncated(("村" * 20, "镇" * 20, "林" * 20), None, 100) == [None, None, None]
    assert told_truncated(("村" * 20, "镇" * 20, "林"), None, 100) == [False, False, False]


def test_recovery_takes_the_sentence_and_refuses_two_ways() -> None:
    assert recovered("村镇林", ("前。村镇林桥校。园街。",)) == "村镇林桥校。"
    assert recovered("村镇林", ("村镇林桥。", "村镇林校。")) is None
    assert recovered("村镇林", ("村镇林桥。后。", "又村镇林桥。")) == "村镇林桥。"
    assert recovered("村镇林", ("灯河。",)) is None


def test_a_gold_record_says_what_stands_there() -> None:
    form = next(f for f in map(form_of, range(50)) if any(is_cut(t.content, 97) for t in f.tasks))
    record = gold(form)
    cut = [t for t in record["tasks"] if t["truncated"]]
    assert cut
    assert all(display_width(t["content"]) in (96, 97) for t in cut)
    assert record["funding"][0]["amount"] == str(form.funding[0])
    assert len(record["indicators"]) == len(form.indicators)


# --- making ---


@given(made_forms() | structural_forms())
def test_forms_are_sound(form: TrueForm) -> None:
    amounts = {c: a for c, a in zip(form.columns, form.funding, strict=True) if a is not None}
    assert equations_hold(amounts)
    assert sum(Decimal(i.weight) for i in form.indicators) in (90, 100)
    names = [bare(i.name, form.limits.name) for i in form.indicators]
    assert len(set(names)) == len(names)
    for indicator in form.indicators:
        assert (indicator.operator == "定性") == (not indicator.value[0].isdigit() or "年" in indicator.value)
    assert (form.kind == "project") == (form.project_name is not None)


@given(st.integers(0, 10**6), st.integers(1, 40), st.sampled_from((90, 100)))
def test_weights_add_up(seed: int, parts: int, total: int) -> None:
    weights = make_weights(random.Random(seed), parts, total)
    assert sum(map(Decimal, weights)) == total
    assert all(Decimal(w) > 0 for w in weights)
    assert sum(split_sum(random.Random(seed), total, parts)) == total


def test_same_seed_same_form() -> None:
    assert form_of(5) == form_of(5)
    assert form_of(5) != form_of(6)


def test_variants_of_a_form() -> None:
    form = form_of(3, "project")
    assert plain_amount(Decimal("12345678.90"), "万元") == "1234.56789"
    assert plain_amount(Decimal("0.00"), "万元") == "0"
    assert plain_amount(None, "元") == ""
    assert in_wan_yuan(form).amount_unit == "万元"
    assert gold(in_wan_yuan(form))["funding"] == gold(form)["funding"]
    assert with_sources(form, "fiscal", "central", "other").columns[2:] == (
        ("project", "central"),
        ("project", "other"),
    )
    assert sheet_of(carried_out_by(form, random.Random(1))).unit_line == ""


# --- dumps ---


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_dumps_hold_the_truth(layout: str) -> None:
    for seed in range(8):
        case = case_of(seed, layout)
        text = squeezed(case.text)
        form = case.truth
        assert form.unit_name in text
        for indicator in form.indicators:
            if not is_page(layout):
                assert indicator.value in text
                assert squeezed(bare(indicator.name, 100)) in text
        if not is_page(layout):
            for amount in form.funding:
                assert amount is None or f"{amount:.2f}" in text
            for task in form.tasks:
                assert bare(task.content, 97) in text
        else:
            # Wrapped cells still hold every character of the columns that wrap.
            for task in form.tasks:
                assert all(c in text for c in task.name)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if has_tabs(name)])
def test_tab_layouts_keep_the_order_of_cells(layout: str) -> None:
    case = case_of(4, layout)
    sheet = sheet_of(case.truth)
    starts = label_starts(sheet.rows)
    rows = [[c for c in line.text.split("\t") if c] for line in case.lines if line.kind == "indicator"]
    assert len(rows) == len(sheet.rows)
    for cells, row, (_, first, second) in zip(rows, sheet.rows, starts, strict=True):
        tail = [c for c in (row.name, row.operator, row.value, row.unit, row.weight) if c]
        assert cells[-len(tail) :] == tail
        if "repeat" in layout or first:
            assert row.level1 in cells
        if not second and "repeat" not in layout:
            assert row.level2 not in cells


def test_layouts_differ() -> None:
    texts = set()
    for layout in LAYOUTS:
        rng = random.Random(1)
        form = make_form(rng, indicators=8, tasks=2, goals=1)
        case = build(form, layout, (), rng)
        if case is not None:
            texts.add(case.text)
    assert len(texts) > 20


def test_the_portal_layout_is_padded_like_an_export() -> None:
    lines = case_of(2, "portal").lines
    widths = {
        line.kind: line.text.count("\t") for line in lines if line.kind in ("goals", "indicators", "notes", "head")
    }
    assert widths == {"goals": 9, "indicators": 9, "notes": 9, "head": 9}


def test_readings_of_amounts_without_their_blanks() -> None:
    columns = form_of(1).columns
    assert len(funding_ways(["9", "4", "4", "5", "3", "2"], columns, None)) == 9
    assert len(funding_ways(["9", "4", "1", "1", "2", "5", "1", "1", "3"], columns, None)) == 1
    assert gap_widths("  9  4     5") == [2, 5]
    project = form_of(1, "project").columns
    assert funding_ways(["7", "3", "4"], project, [3, 5]) == [[(0, "7"), (1, "3"), (3, "4")]]


# --- pages ---


@given(st.text(st.sampled_from(CHARACTERS + "ab1，"), min_size=1), st.integers(2, 20))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join(lines) == text
    assert all(display_width(line) <= width for line in lines)
    # A line but the last has no room for what follows.
    for line, after in pairwise(lines):
        assert display_width(line + after[0]) > width
    assert is_full("村" * 5, 10)
    assert is_full("村" * 4 + "a", 10)
    assert not is_full("村" * 4, 10)


def test_spans_stand_in_the_middle() -> None:
    boxes = [DrawnBox(0, 4, 0, 1, "标"), *(DrawnBox(i, i + 1, 1, 2, str(i)) for i in range(4))]
    middle = {r: draw(boxes, 4, [4, 4], PageStyle(rounding=r)).starts[boxes[0]][0] for r in ROUNDINGS}
    assert middle == {0: 1, 1: 2}
    assert draw(boxes, 4, [4, 4], PageStyle(middle=False)).starts[boxes[0]][0] == 0
    assert draw(boxes, 4, [4, 4], PageStyle()).lines == ["      0", "标    1", "      2", "      3"]


def test_a_page_that_can_be_read_in_two_ways_says_so() -> None:
    # Labels on the first and third of four lines: 2 + 2 rows, or 1 + 3 as well.
    ways = set(possible_runs([0, 1, 2, 3, 4], [(0, 1), (2, 1)], [0, 1], [(0, 1), (2, 1)]))
    assert ways == {(2, 4), (1, 4)}
    # With one head over both, the head's place cannot tell either.
    assert set(possible_runs([0, 1, 2, 3, 4], [(0, 1), (2, 1)], [0, 0], [(1, 1)])) == {(2, 4), (1, 4)}
    assert set(possible_runs([0, 1, 2], [(0, 1), (1, 1)], [0, 1], [(0, 1), (1, 1)])) == {(1, 2)}


def test_open_levels_are_listed() -> None:
    found = False
    for seed in range(60):
        case = case_of(seed, "page")
        lists = [i["level2"] for i in case.record["indicators"] if isinstance(i["level2"], list)]
        assert bool(lists) == bool(case.record.get("doubt"))
        for names, indicator in zip(case.record["indicators"], case.truth.indicators, strict=True):
            assert indicator.level2 == names["level2"] or indicator.level2 in names["level2"]
        found = found or bool(lists)
    assert found


def test_a_page_whose_rows_do_not_show_is_refused() -> None:
    form = form_of(7)
    sheet = sheet_of(form)
    width = display_width(sheet.rows[0].name)
    with pytest.raises(NotTellableError):
        dump_page(sheet, PageStyle(name=width + width % 2))


# --- damages ---


@pytest.mark.parametrize("name", sorted(damage.SHEET_DAMAGES))
def test_a_damage_changes_what_is_written_and_not_the_answers(name: str) -> None:
    changed = 0
    for seed in range(10):
        rng = random.Random(seed)
        form = make_form(rng, indicators=10)
        sheet = sheet_of(form)
        damaged = damage.SHEET_DAMAGES[name](sheet, rng)
        changed += damaged != sheet
        assert len(damaged.rows) == len(sheet.rows)
        plain, other = build(form, "portal", (), rng), build(form, "portal", (name,), rng)
        assert plain is not None
        assert other is not None
        assert plain.record["indicators"] == other.record["indicators"]
    assert changed >= 5


@pytest.mark.parametrize("name", sorted(damage.LINE_DAMAGES))
def test_a_line_damage_loses_nothing(name: str) -> None:
    for seed in range(6):
        case, damaged = case_of(seed, "portal"), case_of(seed, "portal", name)
        assert case.text != damaged.text
        assert all(squeezed(line.text) in squeezed(damaged.text) for line in case.lines)


def test_damages_say_what_they_say() -> None:
    rng = random.Random(3)
    sheet = sheet_of(make_form(rng, indicators=12))
    old = sheet.rows

    def rows(name: str) -> Sheet:
        return damage.SHEET_DAMAGES[name](sheet, random.Random(1))

    for row, was in zip(rows("operator-spellings").rows, old, strict=True):
        assert row.operator in damage.OPERATOR_SPELLINGS[was.operator]
    for row, was in zip(rows("stuck-operators").rows, old, strict=True):
        assert row.operator + row.value == was.operator + was.value
    for row, was in zip(rows("units-in-values").rows, old, strict=True):
        assert row.value + row.unit == was.value + was.unit
    assert all(r.weight == w.weight + "分" for r, w in zip(rows("points").rows, old, strict=True))
    assert all(not r.level2.endswith("指标") for r in rows("bare-labels").rows)
    assert all(r.level1.endswith(("分）", "分)")) for r in rows("scored-labels").rows)
    assert {k for k, _ in rows("one-value-column").head} == {"level1", "level2", "name", "value", "weight"}
    assert any("," in a for a in rows("thousands").amounts)
    assert [k for k, _ in rows("column-order").head] != [k for k, _ in sheet.head]


def test_page_breaks_stand_between_rows() -> None:
    for seed in range(10):
        lines = case_of(seed, "shift", "raw-breaks", "page-breaks").lines
        for at, line in enumerate(lines):
            if line.kind == "page" and lines[at + 1].kind != "page":
                assert lines[at + 1].starts


def test_raw_breaks_leave_two_pieces() -> None:
    case = case_of(5, "portal", "raw-breaks")
    rest = [line for line in case.lines if not line.starts]
    assert rest
    assert all(line.text.strip("\t") for line in rest)


@pytest.mark.parametrize("encoding", damage.ENCODINGS)
@pytest.mark.parametrize("newline", sorted(damage.NEWLINES))
def test_encodings_decode_to_the_text(encoding: str, newline: str) -> None:
    data = damage.encode("村\n1≥“\n", encoding, newline)
    text = data.decode(encoding.removesuffix("-bom"))
    assert text.removeprefix("\ufeff") == "村\n1≥“\n".replace("\n", damage.NEWLINES[newline])
    assert text.startswith("\ufeff") == encoding.endswith("-bom")


def test_damages_are_kept_from_layouts_that_hide_them() -> None:
    assert not fits("raw-breaks", "page")
    assert not fits("spaced-labels", "spaces")
    assert fits("raw-breaks", "shift")
    assert not go_together(("one-value-column", "stuck-operators"))
    assert go_together(("raw-breaks", "page-breaks"))


# --- wrong forms ---


@pytest.mark.parametrize("name", sorted(wrong.WRONGS))
def test_wrong_forms_are_wrong(name: str) -> None:
    for seed in range(10):
        rng = random.Random(seed)
        form = make_form(rng, indicators=12)
        wronged = wrong.WRONGS[name](form, rng)
        assert wronged is not None
        sheet, was = sheet_of(wronged.form), sheet_of(form)
        if wronged.sheet is not None:
            sheet = wronged.sheet(sheet)
        assert sheet != was
        assert wronged.flag.table in ("funding", "goals", "tasks", "indicators")


def test_a_wrong_amount_breaks_an_equation() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        wronged = wrong.wrong_amount(make_form(rng), rng)
        assert wronged is not None
        form = wronged.form
        assert not equations_hold({c: a for c, a in zip(form.columns, form.funding, strict=True) if a is not None})


def test_a_wrong_weight_breaks_the_sum() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        wronged = wrong.wrong_weight(make_form(rng), rng)
        assert wronged is not None
        assert sum(Decimal(i.weight) for i in wronged.form.indicators) not in (90, 100)


# --- samples ---


def test_the_samples_are_what_the_script_writes() -> None:
    lines = []
    for file, data, records in all_samples():
        assert (SAMPLES / file).read_bytes() == data, file
        lines += [gold_line(r) for r in records]
    assert GOLD.read_text(encoding="utf-8") == "".join(lines)


def test_the_samples_are_diverse() -> None:
    records = [r for _, _, rs in all_samples() for r in rs]
    assert len({r["family"] for r in records}) >= 20
    assert len({r["unit_name"] for r in records}) > 50
    sizes = [len(r["indicators"]) for r in records]
    assert min(sizes) <= 6
    assert max(sizes) >= 30
    assert {r["form_kind"] for r in records} == {"department", "project"}


def test_limits_are_kept_whatever_they_are() -> None:
    form = make_form(random.Random(2), tasks=10, limits=Limits(60, 80, "..."))
    for _, content in sheet_of(form).tasks:
        assert display_width(content.removesuffix("...")) <= 60
