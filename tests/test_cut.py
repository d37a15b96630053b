"""Cut texts: by display width, and by how they end."""

from __future__ import annotations

import pytest

from extract.clean import width
from extract.cut import Cut, cut_ones, is_cut, is_open

NINETY_SIX = "全面推进依法治县工作，" + "宣" * 37


@pytest.mark.parametrize(
    ("text", "places"), [("abc", 3), ("司法局", 6), ("“双减”", 8), ("≥95%", 5), ("m²", 3), ("𠀀", 2), ("", 0)]
)
def test_widths(text: str, places: int) -> None:
    assert width(text) == places


def test_the_known_limit_leaves_one_place_empty_or_none() -> None:
    assert width(NINETY_SIX) == 96
    texts = ["短", NINETY_SIX, NINETY_SIX + "a", "中" * 47]
    assert cut_ones(texts, (97,)) == Cut([1, 2], limits=(97,))


def test_a_wider_text_shows_that_a_known_limit_is_not_in_force() -> None:
    assert cut_ones([NINETY_SIX, "宣" * 50], (97,)) == Cut([], limits=())


def test_a_sentence_that_ends_is_whole_however_long() -> None:
    assert cut_ones([NINETY_SIX[:-1] + "。"], (97,)) == Cut([], limits=(97,))


@pytest.mark.parametrize("text", ["加强宣传，", "做好“三项", "依据《条例", "覆盖乡镇（街道", "（甲）乙（丙"])
def test_an_open_text_is_cut_however_short(text: str) -> None:
    assert is_open(text)
    assert cut_ones([text], (97,)) == Cut([0], limits=(97,))
    assert is_cut(text, 97)


@pytest.mark.parametrize("text", ["加强宣传", "做好“三项”制度", "（甲）乙", "1.5万元"])
def test_a_closed_text_is_whole(text: str) -> None:
    assert not is_open(text)


def test_a_limit_is_learned_from_texts_that_pile_up() -> None:
    cut = ["甲" * 30, "乙" * 30, "丙" * 29 + "b"]
    assert cut_ones([*cut, "按时完成。", "全部办结。"], (97,)) == Cut([0, 1, 2], limits=(97, 60))
    assert cut_ones([*cut[:2], "按时完成。", "全部办结。"], (97,)) == Cut([], limits=(97,))


def test_a_limit_that_few_names_show_is_doubtful() -> None:
    names = ["甲" * 30, "乙" * 30, "丙" * 29 + "b", "按时完成率"]
    assert cut_ones(names, (100,)) == Cut([0, 1, 2], 60, (100, 60))
    assert cut_ones([*names, "丁" * 30], (100,)) == Cut([0, 1, 2, 4], limits=(100, 60))


def test_names_that_end_with_a_clause_seen_whole_elsewhere_show_no_limit() -> None:
    tail = "，并按规定把结果向社会公布"
    names = [c * 16 + tail for c in "甲乙丙"]
    assert cut_ones([*names, "普法" + tail], (100,)) == Cut([], limits=(100,))
