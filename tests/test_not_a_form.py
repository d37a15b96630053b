"""Texts that are no approval table: a failure row, and no document."""

from __future__ import annotations

import pytest

from extract import extract_bytes
from extract.model import Failure

TEXTS = {
    "news": "本报讯 昨日，县财政局召开绩效目标批复工作会议。\n会议要求各部门按时报送部门整体支出绩效目标批复表，做到应报尽报。\n",
    "notice": "关于报送2024年部门整体支出绩效目标表的通知\n各预算单位：\n请于3月1日前将项目支出绩效目标申报表报送我局绩效股。\n联系人：张某某 电话：0000-0000000\n",
    "final accounts": "2023年度部门决算公开\n第一部分 部门概况\n一、主要职责\n贯彻执行国家法律法规。\n第三部分 绩效目标完成情况\n"
    "本部门绩效目标全部完成，数量指标、质量指标均达到预期。\n收入支出决算总表\n项目\t金额\n一、一般公共预算拨款\t1200.50\n二、上级补助\t0.00\n",
    "budget table": "部门收支总表\n单位：万元\n收入\t\t支出\n项目\t预算数\t项目\t预算数\n一般公共预算拨款\t1200.50\t基本支出\t900.00\n合计\t1200.50\t合计\t1200.50\n",
    "price list": "品名\t规格\t单位\t单价\t数量\n复印纸\tA4\t箱\t120.00\t30\n硒鼓\t388A\t个\t85.00\t12\n签字笔\t0.5mm\t盒\t18.00\t40\n",
    "source code": "def weight(rows):\n\ttotal = 0\n\tfor row in rows:\n\t\ttotal += row['权重']\n\treturn total >= 90\n",
    "json": '{"标题": "绩效目标", "一级指标": "产出指标", "指标值": [1, 2, 3]}\n',
    "yaml words": "level1:\n  产出指标: [产出]\n  效益指标: [效益]\nlevel2:\n  数量指标: [数量]\n  质量指标: [质量]\n",
    "contents": "目 录\n一、部门整体支出绩效目标批复表..........1\n二、项目支出绩效目标批复表..........3\n三、其他说明..........9\n",
    "law": "第一条 为了规范预算绩效管理，根据《中华人民共和国预算法》，制定本办法。\n第二条 绩效目标包括产出指标、效益指标和满意度指标。\n",
    "letter": "尊敬的领导：\n现将有关情况汇报如下，请审阅。\n此致\n敬礼\n",
    "roll": "姓名\t性别\t年龄\t得分\n王某\t男\t34\t92\n李某\t女\t29\t88\n",
    "weather": "12月3日 晴 3℃~11℃ 北风2级\n12月4日 多云 2℃~9℃\n",
    "log": "2024-03-01 12:00:01 INFO start\n2024-03-01 12:00:02 WARN 指标 missing\n",
    "numbers": "1 2 3 4 5\n6 7 8 9 10\n11 12 13 14 15\n",
    "english": "Performance targets were approved by the county.\nIndicators: output, outcome, satisfaction.\n",
    "title only": "部门整体支出绩效目标批复表\n",
    "title and unit": "部门整体支出绩效目标批复表\n预算年度：2024\n预算单位：135-司法局\n",
    "one letter": "一",
    "markup": "<html_like>\n<p>绩效目标</p>\n</html_like>\n",
    "csv": "id,name,amount\n1,普法,100\n2,调解,200\n3,援助,300\n",
    "news without blanks": "本报讯昨日县财政局召开绩效目标会议，要求一级指标、二级指标、三级指标逐项细化，指标值、权重应填尽填，产出指标占50分，效益指标占30分。\n",
    "words of a header alone": "填表说明：一级指标二级指标三级指标指标值权重均须填写，不得遗漏。\n",
    "a header and prose": "一级指标二级指标三级指标指标值权重如何填写？请先阅读说明，再按照批复逐项核对，全部无误后由负责人签字并加盖公章，于3月1日前报送。\n",
    "scores without a table": "2023年考核结果：产出指标50分得48分，效益指标30分得29分，满意度指标10分得10分，合计90分得87分，等级为优。\n",
    "a header and digits": "一级指标二级指标三级指标指标值分值产出指标数量指标" + "20260.5719" * 400 + "\n",
    "digits without blanks": "20230101202302010010000.0020000.0030000.00\n",
    "explanation of words": "一级指标：指绩效目标的第一层。\n二级指标：指第二层。\n三级指标：指具体的指标。\n指标值：指目标的数值。\n",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_no_form_and_a_reason(kind: str) -> None:
    extraction = extract_bytes(TEXTS[kind].encode(), source_path=kind)
    assert (extraction.forms, extraction.failure) == ((), Failure("not_a_form"))
