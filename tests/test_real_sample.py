"""The real sample, whole: every value as a person reads it off the page."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from extract.api import extract_bytes
from extract.model import Extraction, Form
from tests.scoring import loud

NAME = "大竹县司法局-2024.txt"
SAMPLE = Path(__file__).parents[1] / "samples" / NAME

AMOUNTS = {
    ("total", "total"): "19233900.00",
    ("basic", "total"): "16650900.00",
    ("basic", "fiscal"): "16650900.00",
    ("project", "total"): "2583000.00",
    ("project", "fiscal"): "2583000.00",
}
GOALS = (
    ("一是全面依法治县方面。进一步深化法治大竹建设，", "推进法治为民办实事，提升人民群众法治建设满意度。"),
    ("二是严格依法行政方面。加强执法人员培训，", "努力推动我县法治政府建设再上新台阶。"),
    ("三是公共法律服务方面。深化村居社区法律顾问工作，", "提升我县法律服务、法律援助的办案质量。"),
    ("四是社区矫正严格规范。严格按照《中华人民共和国社区矫正法》规定，", "教育好矫正对象，促使其顺利回归社会。"),
)
# Name, content, whether the export cut it.
TASKS = (
    (
        "加强行政执法监督工作",
        "开展行政执法人员政治、业务和实战能力提升行动，严格落实“一目录、四清单”，采用日常监督、专项检查",
        True,
    ),
    (
        "提高法律援助案件的质量",
        "进一步提高法律援助案件的质量，在总结经验的基础上，加强案件质量监管。把法律援助工作做细做实，尽心",
        True,
    ),
    (
        "落实“谁执法谁普法”普法责任制",
        "以“法治大竹”一月一主题活动为载体，联合相关责任部门，利用春节、春秋季开学、“4.15”“6.5”“6.2",
        True,
    ),
    (
        "社区矫正工作智慧化、规范化",
        "严格按照《中华人民共和国社区矫正法》规定，运用“人防+技防”手段，通过公益劳动、法律学习等管控、教",
        True,
    ),
    (
        "依法办理行政复议、行政应诉、行政赔偿案件",
        "依法、公正、高效办理行政复议案件，做好因行政复议提起行政诉讼的应诉事项，指导全县各行政机关行政应",
        True,
    ),
    ("切实履行全面依法治县职责", "全力抓好区域法治创建工作，推进法治为民办实事，提升人民群众法治建设满意度。", False),
    (
        "持续推进公共法律服务体系建设",
        "持续推进“一村（社区）一法律顾问”工作，组织各司法所对全县各乡镇（街道）及村（社区）聘请法律顾问",
        True,
    ),
    (
        "抓实人民调解工作",
        "对各调委会明确排查任务，做好矛盾纠纷排查化解工作，做到小事不出村（社区），大事不出乡镇（街道），",
        True,
    ),
    ("开展涉法文件法制审查", "对行政规范性文件、合同等文件开展法制审查，提出相关审查意见", False),
)
RECOVERED = (
    "严格按照《中华人民共和国社区矫正法》规定，运用“人防+技防”手段，通过公益劳动、"
    "法律学习等管控、教育好矫正对象，促使其顺利回归社会。"
)
# Level 1, level 2, name, operator, value, unit, weight.
INDICATORS = (
    ("产出指标", "数量指标", "法律顾问覆盖多少村社", "=", "324", "个", "5"),
    ("产出指标", "数量指标", "法律顾问覆盖多少乡镇街道", "=", "31", "个", "5"),
    ("产出指标", "数量指标", "法律援助全年办结的案件数量", "≥", "300", "案件数", "5"),
    ("产出指标", "数量指标", "接受安置帮教的人员数量", "≥", "560", "人数", "5"),
    ("产出指标", "数量指标", "接受社区矫正的人员数量", "≥", "600", "人数", "2"),
    ("产出指标", "数量指标", "开展案卷评查抽查案卷数", "≥", "30", "卷", "5"),
    ("产出指标", "数量指标", "开展法治宣传法治讲座的次数", "≥", "12", "场次", "4"),
    ("产出指标", "数量指标", "开展县级行政执法培训活动次数", "=", "2", "场次", "5"),
    ("产出指标", "数量指标", "全年排查化解矛盾纠纷多少件", "≥", "3200", "件", "3"),
    ("产出指标", "数量指标", "全年审查涉法文件多少件", "≥", "400", "件", "5"),
    ("产出指标", "数量指标", "行政执法人员培训的次数", "≥", "500", "人次", "5"),
    ("产出指标", "质量指标", "全年矛盾纠纷调解成功率", "≥", "98", "%", "3"),
    ("产出指标", "质量指标", "人民群众知晓率、首选率、满意率", "≥", "95", "%", "3"),
    ("产出指标", "时效指标", "完成工作的时间是多少个月", "=", "12", "月", "5"),
    ("效益指标", "经济效益指标", "全年通过法律援助途径挽回的经济损失金额", "≥", "300", "万元", "5"),
    (
        "效益指标",
        "社会效益指标",
        "发挥行政复议化解行政争议的主渠道作用，防止和纠正违法的或者不当的行政行为，保护公民、法人和其他组织的",
        "定性",
        "优良差",
        None,
        "5",
    ),
    ("效益指标", "社会效益指标", "群众之间矛盾纠纷有效化解，社会和谐稳定", "定性", "好坏", None, "2"),
    (
        "效益指标",
        "社会效益指标",
        "通过教育矫治，矫正社区矫正对象恶习，促使其顺利回归社会，促进社会和谐稳定",
        "定性",
        "优良差",
        None,
        "5",
    ),
    ("效益指标", "社会效益指标", "为领导依法决策、建设法治政府提供法律支撑", "定性", "优良差", None, "5"),
    ("效益指标", "社会效益指标", "行政执法活动更加规范公正文明", "定性", "优良差", None, "3"),
    (
        "效益指标",
        "社会效益指标",
        "做好刑满释放人员的安置帮教工作，促使他们顺利回归社会，减少重新违法犯罪，维护社会和谐稳定",
        "定性",
        "优良差",
        None,
        "3",
    ),
    ("满意度指标", "服务对象满意度指标", "被执法对象的满意度", "≥", "95", "%", "2"),
)
CUT_NAME = 15


@pytest.fixture(scope="module")
def extraction() -> Extraction:
    return extract_bytes(SAMPLE.read_bytes(), source_path=NAME)


@pytest.fixture(scope="module")
def form(extraction: Extraction) -> Form:
    assert extraction.failure is None
    (only,) = extraction.forms
    return only


def test_document(form: Form, extraction: Extraction) -> None:
    assert form.form_index == 0
    assert form.form_kind == "department"
    assert form.title == "部门（单位）整体支出绩效目标批复表"
    assert form.fiscal_year == 2024
    assert form.unit_code == "135"
    assert form.unit_name == "大竹县司法局部门"
    assert form.supervising_unit is None
    assert form.project_code is None
    assert form.project_name is None
    assert form.amount_unit == "元"
    assert form.other_notes is None
    assert extraction.source_path == NAME


def test_funding(form: Form) -> None:
    assert {(a.category, a.source): a.amount for a in form.funding} == {k: Decimal(v) for k, v in AMOUNTS.items()}
    assert [a.amount_raw for a in form.funding] == list(AMOUNTS.values())
    assert {a.basis for a in form.funding} == {"stated"}


def test_goals(form: Form) -> None:
    texts = [g.text for g in form.goals]
    assert len(texts) == len(GOALS)
    for text, (start, end) in zip(texts, GOALS, strict=True):
        assert text.startswith(start)
        assert text.endswith(end)
        assert "<" not in text


def test_tasks(form: Form) -> None:
    assert [(t.name, t.content, t.content_truncated) for t in form.tasks] == list(TASKS)
    assert not any(t.name_truncated for t in form.tasks)


def test_seven_contents_are_cut_and_one_is_recovered(form: Form) -> None:
    assert sum(t.content_truncated for t in form.tasks) == 7
    assert [t.content_recovered for t in form.tasks] == [
        RECOVERED if t[0].startswith("社区矫正") else None for t in TASKS
    ]
    assert [t.recovery_source is not None for t in form.tasks] == [t.content_recovered is not None for t in form.tasks]


def test_indicators(form: Form) -> None:
    got = [(i.level1, i.level2, i.name, i.operator, i.value, i.unit, i.weight) for i in form.indicators]
    assert got == [(*row[:6], Decimal(row[6])) for row in INDICATORS]


def test_indicator_details(form: Form) -> None:
    assert [at for at, i in enumerate(form.indicators) if i.name_truncated] == [CUT_NAME]
    for indicator in form.indicators:
        assert indicator.operator_basis == "stated"
        if indicator.operator == "定性":
            assert indicator.value_number is None
            assert indicator.scale == indicator.value
        else:
            assert indicator.value_number == Decimal(indicator.value or "")
            assert indicator.scale is None
        assert indicator.direction is None


def test_labels_of_the_drifted_rows(form: Form) -> None:
    """A row with no label of its own inherits the last one above it; the root label is no level."""
    assert [i.level2_basis for i in form.indicators].count("stated") == 6
    assert [i.level1_basis for i in form.indicators].count("stated") == 3
    assert {i.level1_basis for i in form.indicators} == {"stated", "inherited"}
    assert form.indicators[20].level2_basis == "inherited"


def test_nothing_is_doubtful(form: Form) -> None:
    assert loud(form.findings) == []
