"""Columns told by what stands in them: labels of both levels in one, signs under a word for directions, and the reverse."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract import extract_bytes
from extract.model import Form, Indicator

WIDE = """\
2024年部门预算项目支出绩效目标表
预算单位：302001-清河县林业和草原局本级	单位：元
项目名称	绩效目标	指标类型	指标名称	指标值	计量单位
天然林管护补助	完成天然林管护面积12.6万亩，森林火灾受害率控制在0.9‰以内	产出指标{0}数量指标	管护面积	12.6	万亩
		产出指标{0}质量指标	管护合格率	95	%
		效益指标{0}生态效益	森林覆盖率	38.5	%
		满意度指标	林农满意度	90	%
森林防火经费	开展防火宣传12次，防火设施完好	产出指标{0}数量指标	宣传次数	12	次
		产出指标{0}成本指标	宣传成本	50000	元
"""
TABLE = """\
项目支出绩效目标表
（2025年度）
单位：万元
项目名称	河道清淤整治	实施单位	清河县水务局
项目资金总额	120
年度目标	完成河道清淤12公里。
一级指标	二级指标	三级指标	{0}	指标值	单位	权重
产出指标	数量指标	清淤长度	{1}	12	公里	30
	质量指标	验收合格率	{1}	100	%	20
	时效指标	完成及时率	{1}	95	%	10
效益指标	社会效益指标	内涝投诉数	{2}	3	件	30
满意度指标	服务对象满意度指标	群众满意度	{1}	90	%	10
"""
HEADLESS = """\
"单位名称","清河县教育局","","年度","2025"
"项目名称","学生资助补助经费
（中央资金）","","项目金额（元）","1,250,000.00"
"绩效目标","对家庭经济困难学生应助尽助，
减轻家庭负担。","","",""
"一级指标","二级指标","三级指标","指标值","权重"
"产出指标","数量指标","资助学生人数","≥3200人","60"
"满意度指标","服务对象满意度指标","学生及家长满意度","≥90%","40"
"""


def forms(text: str) -> tuple[Form, ...]:
    return extract_bytes(text.encode(), source_path="a.txt").forms


def levels(form: Form) -> list[tuple[str | None, str | None, str | None]]:
    return [(one.level1, one.level2, one.name) for one in form.indicators]


def codes(form: Form) -> list[str]:
    return sorted(finding.code for finding in form.findings)


@pytest.mark.parametrize("between", ["-", "—", "/", "_", "→", "：", " - "])
def test_labels_of_both_levels_in_one_cell_are_two(between: str) -> None:
    first, second = forms(WIDE.format(between))
    assert (first.project_name, second.project_name) == ("天然林管护补助", "森林防火经费")
    assert levels(first) == [
        ("产出指标", "数量指标", "管护面积"),
        ("产出指标", "质量指标", "管护合格率"),
        ("效益指标", "生态效益指标", "森林覆盖率"),
        ("满意度指标", None, "林农满意度"),
    ]
    assert levels(second) == [("产出指标", "数量指标", "宣传次数"), ("产出指标", "成本指标", "宣传成本")]
    assert codes(first) == ["level2_missing"]
    assert codes(second) == []
    lines = WIDE.format(between).splitlines()
    for form in (first, second):
        for one in form.indicators:
            for field in ("level1_raw", "level2_raw"):
                if (stood := getattr(one, field)) is not None:
                    place = one.places[field]
                    assert lines[place.line - 1][place.start : place.end] == stood


def test_a_name_with_a_dash_is_no_pair_of_labels() -> None:
    text = TABLE.format("指标性质", "≥", "≤").replace("清淤长度", "产出-清淤长度").replace("二级指标", "分类指标")
    assert forms(text)[0].indicators[0].name == "产出-清淤长度"


def targets(form: Form) -> list[tuple[str | None, Decimal | None, str | None]]:
    return [(one.operator, one.value_number, one.direction) for one in form.indicators]


@pytest.mark.parametrize("word", ["指标方向", "指标性质", "指标类型"])
def test_signs_are_operators_whatever_stands_over_them(word: str) -> None:
    (form,) = forms(TABLE.format(word, "≥", "≤"))
    assert targets(form) == [
        ("≥", Decimal(12), None),
        ("≥", Decimal(100), None),
        ("≥", Decimal(95), None),
        ("≤", Decimal(3), None),
        ("≥", Decimal(90), None),
    ]
    assert codes(form) == []


@pytest.mark.parametrize("word", ["指标方向", "指标性质"])
def test_directions_are_no_operators_and_no_part_of_names(word: str) -> None:
    (form,) = forms(TABLE.format(word, "正向", "反向"))
    assert targets(form) == [
        ("=", Decimal(12), "正向"),
        ("=", Decimal(100), "正向"),
        ("=", Decimal(95), "正向"),
        ("=", Decimal(3), "反向"),
        ("=", Decimal(90), "正向"),
    ]
    assert [one.name for one in form.indicators] == ["清淤长度", "验收合格率", "完成及时率", "内涝投诉数", "群众满意度"]
    assert {one.operator_basis for one in form.indicators} == {"inferred"}
    assert codes(form) == []


def test_the_head_of_a_form_without_title_belongs_to_it() -> None:
    (form,) = forms(HEADLESS)
    assert (form.unit_name, form.fiscal_year) == ("清河县教育局", 2025)
    assert (form.form_kind, form.project_name) == ("project", "学生资助补助经费（中央资金）")
    assert [(amount.category, amount.amount) for amount in form.funding] == [("project", Decimal("1250000.00"))]
    assert codes(form) == ["profile_general", "title_missing"]
    assert [type(one) for one in form.indicators] == [Indicator, Indicator]


TOLD = """\
2025年度项目支出绩效目标表
项目名称：基层文化活动补助
预算单位：215003 清河县文化馆
项目资金总额（万元）：45.6
总体绩效目标：开展基层文化活动，丰富群众文化生活。
序号	一级指标	二级指标	三级指标	指标内容	指标值	备注
1	产出指标	数量指标	活动场次	全年组织的活动	不少于12次
2			培训人次	培训的基层骨干	300人次以上
3			参与率	群众参与	(≥)85%
4			图书更新量	新购图书	2000册（含）以上
5		时效指标	按期率	按计划开展	（≥）95.00%
6	满意度指标	服务对象满意度指标	群众满意度	问卷	90%及以上
"""


def test_what_an_indicator_is_about_is_no_second_table() -> None:
    (form,) = forms(TOLD)
    assert [(one.name, one.operator, one.value, one.unit) for one in form.indicators] == [
        ("活动场次", "≥", "12", "次"),
        ("培训人次", "≥", "300", "人次"),
        ("参与率", "≥", "85", "%"),
        ("图书更新量", "≥", "2000", "册"),
        ("按期率", "≥", "95.00", "%"),
        ("群众满意度", "≥", "90", "%"),
    ]
    assert [one.level2 for one in form.indicators] == ["数量指标"] * 4 + ["时效指标", "服务对象满意度指标"]
    assert (form.unit_code, form.unit_name) == ("215003", "清河县文化馆")
    assert [(amount.source, amount.amount) for amount in form.funding] == [("total", Decimal("456000.00"))]
    assert codes(form) == []


SIGNED = """\
部门整体支出绩效目标申报表
(2025年度)
填报单位（盖章）：	清河县审计局	金额单位：	万元
部门职能概述	贯彻执行审计法律法规，对县级财政收支进行审计监督。
年度预算申请	资金总额：812.35
	按收入性质分：	一般公共预算：812.35	政府性基金：0	其他：0
	按支出性质分：	基本支出：652.35	项目支出：160.00
整体绩效目标	完成年度审计项目18个，促进财政资金规范使用。
指标
一级指标	二级指标	三级指标	指标值
产出指标	数量指标	完成审计项目数	≥18个
满意度指标	满意度指标	被审计单位满意度	≥90%
填报人：张三	联系电话：123456	填报日期：2024年11月5日
"""


def test_words_and_amounts_in_one_cell_and_signatures_in_one_row() -> None:
    (form,) = forms(SIGNED)
    assert form.unit_name == "清河县审计局"
    assert [(amount.category, amount.source, amount.amount) for amount in form.funding] == [
        ("total", "total", Decimal("8123500.00")),
        ("total", "general_public_budget", Decimal("8123500.00")),
        ("total", "government_fund", Decimal("0.00")),
        ("total", "other", Decimal("0.00")),
        ("basic", "total", Decimal("6523500.00")),
        ("project", "total", Decimal("1600000.00")),
    ]
    lines = SIGNED.splitlines()
    for amount in form.funding:
        place = amount.places["amount"]
        assert lines[place.line - 1][place.start : place.end] == amount.amount_raw
    assert [goal.text for goal in form.goals] == ["完成年度审计项目18个，促进财政资金规范使用。"]
    assert [one.name for one in form.indicators] == ["完成审计项目数", "被审计单位满意度"]
    assert form.funding_check == "holds"
    assert codes(form) == []


PROJECTS = """\
清河县2025年部门项目支出绩效目标表
单位:万元
单位名称	项目名称	预算执行率权重(%)	{0}	其中:财政资金	年度绩效目标	一级指标	二级指标	三级指标	绩效指标性质	绩效指标值	绩效度量单位	权重
104-清河县统计局	统计调查经费	10	85.20	80.20	完成人口、劳动力等6项调查任务	产出指标	数量指标	开展调查项目数	≥	6	项	90
	普查专项经费	10	40.00	40.00	完成农业普查前期准备工作	产出指标	数量指标	培训人员数	≥	120	人	90
"""


def test_a_number_is_no_name_of_a_project() -> None:
    first, second = forms(PROJECTS.format("项目预算"))
    assert [(form.unit_code, form.unit_name, form.project_name) for form in (first, second)] == [
        ("104", "清河县统计局", "统计调查经费"),
        ("104", "清河县统计局", "普查专项经费"),
    ]
    assert [(amount.source, amount.amount) for amount in first.funding] == [
        ("total", Decimal("852000.00")),
        ("fiscal", Decimal("802000.00")),
    ]
    assert codes(first) == codes(second) == []


def test_what_looks_like_money_under_an_unknown_word_is_not_passed_over() -> None:
    first, second = forms(PROJECTS.format("项目盘子"))
    assert [finding.params for finding in first.findings if finding.code == "cell_unread"] == [{"text": "85.20"}]
    assert [finding.params for finding in second.findings if finding.code == "cell_unread"] == [{"text": "40.00"}]
    passed_over = forms(PROJECTS.format("上年预算说明"))
    assert [codes(form) for form in passed_over] == [[], []]


@pytest.mark.parametrize("value", ["清河县水务局 [321]", "清河县水务局[321]", "[321]清河县水务局", "321-清河县水务局"])
def test_the_code_of_the_supervising_unit_is_no_part_of_its_name(value: str) -> None:
    (form,) = forms(TABLE.format("指标性质", "≥", "≤").replace("实施单位\t清河县水务局", f"主管部门及代码\t{value}"))
    assert form.supervising_unit == "清河县水务局"


def test_a_goal_whose_last_word_stands_alone_in_its_line_keeps_it() -> None:
    text = SIGNED.replace("促进财政资金规范使用。\n指标", "建立健全绩效\n指标")
    assert [goal.text for goal in forms(text)[0].goals] == ["完成年度审计项目18个，建立健全绩效指标"]


def test_a_short_number_before_a_blank_may_be_part_of_a_name() -> None:
    (form,) = forms(TOLD.replace("215003 清河县文化馆", "120 急救中心"))
    assert (form.unit_code, form.unit_name) == ("120", "急救中心")
    assert codes(form) == ["blank_in_name"]


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("填报单位：元谋县教育局", None),
        ("编制单位：万载县元山镇", None),
        ("填报单位：元谋县教育局\t单位：万元", "万元"),
        ("填报单位：元谋县教育局\t金额单 位： 元", "元"),
        ("金额单位：元 填报日期：2023年", "元"),
    ],
)
def test_the_place_of_a_unit_is_no_unit_of_money(head: str, unit: str | None) -> None:
    (form,) = forms(TABLE.replace("单位：万元", head))
    assert form.amount_unit == unit
    assert ("amount_unit_missing" in codes(form)) == (unit is None)
    assert form.funding[0].amount == (1_200_000 if unit == "万元" else 120)


DEPARTMENT = """\
2023年度县级部门整体支出绩效目标批复表
部门名称	宁陕县民政局	部门编码	133
年度履职目标	1.保障困难群众基本生活。2.加强养老服务体系建设。
年度主要任务	任务名称	{0}	预算资金（元）
	困难群众救助	城乡低保、特困供养	45600000
	养老服务	养老机构运营补贴	3200000
	合计		48800000
整体绩效指标	一级指标	二级指标	三级指标	目标值	单位	方向	权重%
	履职效能	核心履职	城乡低保保障人数	18000	人	=	45
	运行成本	公用经费	人均公用经费	8500	元/人	≤	20
	社会效应	社会效益	困难群众救助覆盖率	90	%	≥	20
	可持续性	体制机制	制度健全性	健全		定性	5
	服务对象满意度	满意度	服务对象满意度	92	%	≥	10
"""


def test_labels_of_the_second_level_may_stand_in_the_first_column() -> None:
    """Where no cell of a row is out of its column, none is left out and no name is made of two."""
    (form,) = forms(DEPARTMENT.format("主要内容"))
    assert levels(form) == [
        ("履职效能", "核心履职", "城乡低保保障人数"),
        ("运行成本", "公用经费", "人均公用经费"),
        ("社会效应", "社会效益指标", "困难群众救助覆盖率"),
        ("可持续性", "体制机制", "制度健全性"),
        ("服务对象满意度", "满意度指标", "服务对象满意度"),
    ]
    doubted = [finding.seq for finding in form.findings if finding.code == "row_ambiguous"]
    assert doubted == [3, 4]


@pytest.mark.parametrize(("word", "unknown"), [("主要内容", 0), ("对应项目", 0), ("政策依据", 1)])
def test_a_header_over_tasks_is_no_task(word: str, unknown: int) -> None:
    (form,) = forms(DEPARTMENT.format(word))
    assert [(task.name, task.content) for task in form.tasks] == [
        ("困难群众救助", "城乡低保、特困供养"),
        ("养老服务", "养老机构运营补贴"),
    ]
    assert [(one.category, one.source, one.amount) for one in form.funding] == [("total", "total", Decimal(48_800_000))]
    told = [finding.params["word"] for finding in form.findings if finding.code == "task_column_unknown"]
    assert told == [word] * unknown


@pytest.mark.parametrize(
    ("unit", "code", "name", "doubts"),
    [
        ("预算单位：601002凤冈县中心医院", "601002", "凤冈县中心医院", []),
        ("预算单位：601凤冈县中心医院", None, "601凤冈县中心医院", ["digits_in_name"]),
        ("预算单位：凤冈县中心医院\t单位代码：601002", "601002", "凤冈县中心医院", []),
        ("单位编码\t601002\t预算单位\t凤冈县中心医院", "601002", "凤冈县中心医院", []),
        ("预算单位：凤冈县中心医院\t单位代码：—", None, "凤冈县中心医院", []),
    ],
)
def test_the_code_of_a_unit(unit: str, code: str | None, name: str, doubts: list[str]) -> None:
    (form,) = forms(
        TABLE.replace("实施单位\t清河县水务局", "项目属性\t新增").replace("（2025年度）", f"（2025年度）\n{unit}")
    )
    assert (form.unit_code, form.unit_name) == (code, name)
    assert [one for one in codes(form) if "name" in one] == doubts


TWO_TABLES = """\
2024年度项目支出绩效目标申报表
项目名称	乡村振兴衔接资金	项目执行单位	清河县乡村振兴局
项目当年预算（万元）	2500
年度绩效目标1	实施产业项目30个
年度绩效目标2	改善人居环境
长期绩效目标表
目标名称	一级指标	二级指标	三级指标	指标值	指标值确定依据
长期绩效目标1	产出指标	数量指标	产业项目数	90个	三年规划
	效益指标	社会效益指标	带动脱贫户	3000户	三年规划
年度绩效目标表
目标名称	一级指标	二级指标	三级指标	前年	上年	预期当年实现	指标值确定依据
年度绩效目标1	产出指标	数量指标	产业项目数	25个	28个	30个	年度计划
		质量指标	验收合格率	100%	100%	100%	行业标准
年度绩效目标2	产出指标	数量指标	改厕户数	400户	450户	500户	年度计划
	满意度指标	服务对象满意度指标	群众满意度	90%	92%	95%	历史数据
"""


def test_of_the_tables_of_the_term_and_of_the_year_the_second_counts() -> None:
    (form,) = forms(TWO_TABLES)
    assert [goal.text for goal in form.goals] == ["实施产业项目30个", "改善人居环境"]
    assert [(one.level1, one.level2, one.name, one.value, one.unit) for one in form.indicators] == [
        ("产出指标", "数量指标", "产业项目数", "30", "个"),
        ("产出指标", "质量指标", "验收合格率", "100", "%"),
        ("产出指标", "数量指标", "改厕户数", "500", "户"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "95", "%"),
    ]
    assert codes(form) == []


BLANKS = """\
部门预算项目绩效目标表
申报单位：崇明区生态环境局    项目名称：河道保洁养护    金额单位：元    预算年度：2024
当年预算数：1880000
年度绩效目标：完成河道保洁面积120公顷。
分解目标
一级目标 二级目标 三级目标 指标目标值
产出目标 数量 保洁面积 =120.00(公顷)
产出目标 时效 保洁及时率 =100.00(%)
效果目标 环境效益 水质达标率 >=98.00(%)
影响力目标 长效管理 长效管理制度 健全
"""


def test_a_cell_for_each_column_between_single_blanks() -> None:
    """A label that nobody knows is no part of a name, and a finding says that it could be."""
    (form,) = forms(BLANKS)
    assert levels(form) == [
        ("产出指标", "数量指标", "保洁面积"),
        ("产出指标", "时效指标", "保洁及时率"),
        ("效益指标", "生态效益指标", "水质达标率"),
        ("影响力目标", "长效管理", "长效管理制度"),
    ]
    assert [(one.operator, one.value, one.unit) for one in form.indicators[:3]] == [
        ("=", "120.00", "公顷"),
        ("=", "100.00", "%"),
        ("≥", "98.00", "%"),
    ]
    assert [goal.text for goal in form.goals] == ["完成河道保洁面积120公顷。"]
    assert [one.amount for one in form.funding] == [1_880_000]
    assert codes(form) == ["level2_unknown", "row_ambiguous"]


DUTIES = """\
部门整体绩效目标表
预算单位	永胜县文化和旅游局	年度	2024	单位	万元
总体绩效目标	打造文旅品牌。
年度重点工作任务
部门职责	任务名称	主要内容	申报金额	其中：财政拨款	其他资金
公共文化服务	免费开放	图书馆、文化馆、博物馆免费开放	120	120	0
{0}培训	培训基层文化骨干	30	30	0
旅游发展	旅游宣传	组织参加旅游推介会	80	60	20
一级指标	二级指标	三级指标	指标性质	指标值	度量单位
产出指标	数量指标	接待游客	>=	100	万人次
"""


@pytest.mark.parametrize(("blank", "doubts"), [("\t", []), ("", ["layout_ambiguous"])])
def test_what_stands_before_the_names_of_tasks_is_passed_over(blank: str, doubts: list[str]) -> None:
    """The cell of 部门职责 spans rows; where the blank in its place is lost, the content may be what is not there."""
    (form,) = forms(DUTIES.format(blank))
    assert [(task.name, task.content) for task in form.tasks] == [
        ("免费开放", "图书馆、文化馆、博物馆免费开放"),
        ("培训", "培训基层文化骨干"),
        ("旅游宣传", "组织参加旅游推介会"),
    ]
    assert codes(form) == ["funding_missing", *doubts]


PIPES = """\
项目支出绩效目标表
财政年度：2024
项目名称|城市道路保洁|项目编码|T00012345
主管部门|沅江市城市管理局|项目实施单位|沅江市环卫所
资金总额|650万元|财政资金|600万元|自有资金|50万元
项目绩效目标|保持城区道路整洁，日产日清。
一级指标|二级指标|三级指标|指标值|计量单位
产出指标|数量指标|保洁面积|186.5|万平方米
|质量指标|道路整洁率|98|%
满意度指标|服务对象满意度指标|市民满意度|90|%
"""


@pytest.mark.parametrize("unit", ["沅江市环卫所", "环卫所", "沅江市环境卫生管理所"])
def test_a_name_at_the_end_of_a_row_is_no_piece_of_the_word_below(unit: str) -> None:
    (form,) = forms(PIPES.replace("沅江市环卫所", unit))
    assert (form.unit_name, form.fiscal_year) == (unit, 2024)
    assert [(one.source, one.amount) for one in form.funding] == [
        ("total", Decimal(6_500_000)),
        ("fiscal", Decimal(6_000_000)),
        ("unit_fund", Decimal(500_000)),
    ]
    assert codes(form) == []


def test_the_code_of_a_project_may_stand_in_brackets() -> None:
    (form,) = forms(PIPES.replace("项目名称|城市道路保洁|项目编码|T00012345", "项目名称|[43098124T0001]城市道路保洁"))
    assert (form.project_code, form.project_name) == ("43098124T0001", "城市道路保洁")


def test_a_label_that_ends_a_value_is_doubted() -> None:
    """A line break between two rows was lost: the label's own value is behind it. Without one, it is a name's end."""
    (form,) = forms(TABLE.replace("清河县水务局\n", "清河县业务主管部门\n"))
    assert "label_in_value" not in codes(form)
    (form,) = forms(TABLE.replace("清河县水务局\n", "清河县水务局预算年度\t2025\n"))
    assert [(one.field, one.params) for one in form.findings if one.code == "label_in_value"] == [
        ("unit_name", {"text": "清河县水务局预算年度"})
    ]


BROKEN_HEADER = """\
部门整体支出绩效目标表
（2024年）
部门（单位）名称：紫阳县林业局
年度主要任务	任务名称	主要内容	预算金额（万元）
			总额
	财政拨款	其他资金
	任务1	天然林保护	320.5	320.5
	任务2	森林防火	150	100	50
	金额合计		470.5	420.5	50
年度总体目标	完成天然林保护任务。
一级指标	二级指标	指标内容	指标值	备注
产出指标	数量指标	管护面积	≥120万亩
"""


def test_sums_below_tasks_are_no_task() -> None:
    """Where the header over the amounts is broken, too."""
    (form,) = forms(BROKEN_HEADER)
    assert [task.name for task in form.tasks][-2:] == ["任务1", "任务2"]
    assert [one.params for one in form.findings if one.code == "figures_in_text"] == [{"text": "金额合计"}]
