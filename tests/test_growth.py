"""Forms that repeat one of their parts, as hostile ones do, take no longer to read than their length says."""

from __future__ import annotations

import time
from typing import Final

import pytest

from extract.api import extract_bytes
from tests.needs import untraced
from tests.sound import check_sound
from tests.test_corrections import FORM

# Seconds. One of these files took minutes before its part was bounded; all take less than one now.
_LONGEST: Final = 10


def seconds(text: str) -> float:
    """The processor's, for reading a text; what is read is sound."""
    start = time.process_time()
    extraction = extract_bytes(text.encode())
    took = time.process_time() - start
    check_sound(extraction)
    return took


@untraced
@pytest.mark.parametrize("repeated", ["指标值\t度量单位", "指标性质\t指标值", "三级指标\t指标值", "备注\t说明"])
@pytest.mark.parametrize("times", [10, 20, 40, 1000])
def test_columns_of_indicators(repeated: str, times: int) -> None:
    head, body = FORM.split("指标性质\t指标值\t度量单位\t权重\n")
    columns = "\t".join([repeated] * times)
    rows = body.replace("≥\t30\t户\t60", "\t".join(["≥\t30"] * times))
    assert seconds(f"{head}{columns}\n{rows * 3}") < _LONGEST


@untraced
def test_a_long_line_of_texts_with_markup_between_commas() -> None:
    """Each text is cut from the line, which has a part for each stretch between its tags."""
    assert seconds("第 1 页,<p>培训人数</p>、<p>培训人数</p>、优良中差," * 2_000) < _LONGEST


@untraced
@pytest.mark.parametrize("times", [1, 8])
def test_a_run_of_figures_between_cells_that_touch(times: int) -> None:
    """It may be cut into the figures of a row anywhere."""
    head = "部门整体支出绩效目标批复表\n年度绩效指标\n"
    columns = "一级指标二级指标三级指标绩效指标性质年度指标值计量单位完成值分值得分\n"
    row = f"产出指标(46分)数量指标上门服务≥{'6' * 75}趟0.009233趟4040时效指标完工所需时间≥78.9%≥78.9%66\n"
    assert seconds(head + columns + row * times) < _LONGEST
