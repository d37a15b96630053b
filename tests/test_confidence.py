"""How likely a row is to be right: what counts, what it weighs, and that it holds."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.rows import judged
from extract import confidence_of, extract_bytes
from extract.batch.run import Options, run
from extract.confidence import load, models
from extract.errors import SchemaError
from extract.evidence import RATED
from extract.model import Form
from extract.readers.files import ReadOptions
from extract.schemafiles import SCHEMAS
from tests.forms.heavy import drawn

SAMPLE = Path(__file__).parent.parent / "samples" / "大竹县司法局-2024.txt"
# Seeds that nothing was learned from.
OTHERS = range(2_000_000, 2_000_300)


def form(text: str) -> Form:
    (found,) = extract_bytes(text.encode()).forms
    return found


HEAD = "部门整体支出绩效目标批复表\n预算年度：2024\n单位名称：云泽县水务局\n"
HEADER = "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重\n"
ROWS = "产出指标\t数量指标\t巡查河道次数\t≥\t12\t次\t40\n\t质量指标\t断面达标率\t≥\t95\t%\t30\n\t\t设备完好率\t≥\t90\t%\t20\n"


def test_every_row_of_the_rated_tables_has_a_confidence() -> None:
    extraction = extract_bytes(SAMPLE.read_bytes())
    (found,) = extraction.forms
    rates = confidence_of(found)
    assert {table: len(own) for table, own in rates.items()} == {table: len(getattr(found, table)) for table in RATED}
    assert all(0 < rate < 1 and rate == round(rate, 4) for own in rates.values() for rate in own)


def test_a_doubt_on_a_row_tells_on_it_most_and_on_its_neighbours_less() -> None:
    sound = confidence_of(form(HEAD + HEADER + ROWS))["indicators"]
    lacking = confidence_of(form(HEAD + HEADER + ROWS.replace("\t≥\t95\t%", "\t≥\t\t%")))["indicators"]
    assert lacking[1] < lacking[0] < sound[0]
    assert lacking[1] < 0.5


def test_what_a_person_said_and_what_follows_from_it_is_no_evidence() -> None:
    text = HEAD + HEADER + ROWS
    rated = extract_bytes(text.encode(), options=ReadOptions(min_confidence=1.0)).forms[0]
    assert {finding.code for finding in rated.findings} > {"low_confidence"}
    assert confidence_of(rated) == confidence_of(form(text))


def test_rows_below_what_is_asked_for_have_a_finding(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(HEAD + HEADER + ROWS.replace("\t≥\t95\t%", "\t≥\t\t%"), encoding="utf-8")

    def tables(least: float) -> tuple[list[tuple[int, str]], list[float]]:
        options = Options((str(tmp_path / "in"),), tmp_path / "out", reading=ReadOptions(min_confidence=least))
        assert run(options).counts.skipped == 0
        findings = pq.read_table(tmp_path / "out" / "findings").to_pylist()
        rates = pq.read_table(tmp_path / "out" / "indicators")["confidence"].to_pylist()
        low = [(f["seq"], f["message"]) for f in findings if f["code"] == "low_confidence"]
        return low, rates

    none, rates = tables(0.0)
    assert none == []
    # With another figure the tables are made anew.
    low, same = tables(0.5)
    assert same == rates
    assert [seq for seq, _ in low] == [1]
    assert f"a probability of {rates[1]}, which is below the 0.5 asked for" in low[0][1]


# ---- the figures


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("row:cell_unread", "row:cell_unraed"), "cell_unraed is no finding's code"),
        (("- [", "- [999, 0.5]\n    - ["), "is no higher than the step before it"),
        (("points:", "point:"), "unknown key point"),
    ],
)
def test_figures_that_are_not_sound_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    text = (SCHEMAS / "confidence.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "confidence.yaml"
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=said):
        load(path)


def test_evidence_that_was_too_rare_to_be_weighed_counts_as_its_like() -> None:
    model = models()["indicators"]
    assert "row:ocr_doubtful" not in model.points
    assert model.sum(("row:ocr_doubtful",)) == model.points["row:*"] < 0


def test_of_rows_that_nothing_was_learned_from_so_many_are_right_as_was_stated() -> None:
    """Within three standard errors, those of a form counted as one: its rows are right or wrong together."""
    stated = observed = variance = 0.0
    wrong, right = [], []
    for seed in OTHERS:
        made = drawn(seed, families=("tabs", "county", "wide", "docx", "xlsx", "html"))
        if made is None:
            continue
        own = [
            (models()[row.table].rate(row.evidence), row.right)
            for row in judged(extract_bytes(made.data), made.records)
        ]
        stated += sum(rate for rate, _ in own)
        observed += sum(told for _, told in own)
        variance += sum(rate - told for rate, told in own) ** 2
        right += [rate for rate, told in own if told]
        wrong += [rate for rate, told in own if not told]
    assert len(right) + len(wrong) > 1000
    assert abs(observed - stated) < 3 * variance**0.5
    # What is wrong was mostly told to be doubtful.
    assert sum(rate < 0.9 for rate in wrong) > len(wrong) / 2
    assert sum(rate > 0.9 for rate in right) > len(right) * 0.9
