"""Questions that an analyst asks of an archive, each in pandas and in SQL, some in Polars as well.

An answer is a list of rows, in an order that the question gives; decimals stay decimals, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, NamedTuple

from extract import Archive

# Counties of different provinces have one name.
_COUNTY: Final = ("region_code", "region_name")


class Question(NamedTuple):
    """A question in Chinese, how pandas answers it, the SQL for DuckDB, and how Polars does."""

    zh: str
    pandas: Callable[[Archive], Any]
    sql: str
    polars: Callable[[Archive], Any] | None = None


def _spending(archive: Archive) -> Any:
    wide = archive.pandas("funding_wide", [*_COUNTY, "fiscal_year", "project_total"]).dropna()
    return wide.groupby([*_COUNTY, "fiscal_year"], as_index=False)["project_total"].sum()


def _spending_polars(archive: Archive) -> Any:
    from polars import col

    wide = archive.scan("funding_wide", [*_COUNTY, "fiscal_year", "project_total"]).drop_nulls()
    keys = [*_COUNTY, "fiscal_year"]
    return wide.group_by(keys).agg(col("project_total").sum()).sort(keys).collect()


def _qualitative(archive: Archive) -> Any:
    own = archive.pandas("indicators_full", ["form_kind", "operator"])
    own["qualitative"] = own["operator"].eq("定性").astype("Int64")
    found = own.groupby("form_kind", as_index=False)["qualitative"].agg(["sum", "count"])
    return found.assign(share=found["sum"] / found["count"])


def _qualitative_polars(archive: Archive) -> Any:
    from polars import col
    from polars import len as size

    own = archive.scan("indicators_full", ["form_kind", "operator"])
    counts = own.group_by("form_kind").agg((col("operator") == "定性").sum().alias("sum"), size().alias("count"))
    return counts.with_columns(share=col("sum") / col("count")).sort("form_kind").collect()


def _weights(archive: Archive) -> Any:
    own = archive.pandas("indicators_full", ["source_path", "form_index", "unit_name", "weight"])
    sums = own.groupby(["source_path", "form_index", "unit_name"], as_index=False, dropna=False)["weight"].sum(
        min_count=1
    )
    return sums[sums["weight"].notna() & ~sums["weight"].isin([90, 100])]


def _weights_polars(archive: Archive) -> Any:
    from polars import col

    own = archive.scan("indicators_full").filter(col("weight").is_not_null())
    sums = own.group_by("source_path", "form_index", "unit_name").agg(col("weight").sum())
    return sums.filter((col("weight") != 90) & (col("weight") != 100)).sort("source_path", "form_index").collect()


def _cut(archive: Archive) -> Any:
    own = archive.pandas(
        "tasks_full", ["source_path", "form_index", "seq", "name", "content_truncated", "content_recovered"]
    )
    return own[own["content_truncated"] & own["content_recovered"].isna()][["source_path", "form_index", "seq", "name"]]


def _lowered(archive: Archive) -> Any:
    same = ["unit_name", "name", "unit", "operator", "fiscal_year"]
    own = archive.pandas("indicators_full", [*same, "value_number"]).dropna().drop_duplicates(same, keep=False)
    pairs = own.merge(own.assign(fiscal_year=own["fiscal_year"] + 1), on=same, suffixes=("", "_before"))
    less = pairs["value_number"] < pairs["value_number_before"]
    more = pairs["value_number"] > pairs["value_number_before"]
    found = pairs[(less & pairs["operator"].isin(["≥", ">", "="])) | (more & pairs["operator"].isin(["≤", "<"]))]
    return found.sort_values(same)[["unit_name", "name", "fiscal_year", "value_number_before", "value_number"]]


def _lowered_polars(archive: Archive) -> Any:
    from polars import col

    same = ["unit_name", "name", "unit", "operator", "fiscal_year"]
    own = archive.scan("indicators_full", [*same, "value_number"]).drop_nulls().unique(same, keep="none")
    pairs = own.join(own.with_columns(col("fiscal_year") + 1), on=same, suffix="_before")
    less = (col("value_number") < col("value_number_before")) & col("operator").is_in(["≥", ">", "="])
    more = (col("value_number") > col("value_number_before")) & col("operator").is_in(["≤", "<"])
    columns = ["unit_name", "name", "fiscal_year", "value_number_before", "value_number"]
    return pairs.filter(less | more).sort(same).select(columns).collect()


def _errors(archive: Archive) -> Any:
    own = archive.pandas("findings_full", ["form_kind", "severity", "code", "document_id"]).query("severity != 'info'")
    return own.groupby(["form_kind", "severity", "code"], as_index=False)["document_id"].nunique()


def _errors_polars(archive: Archive) -> Any:
    from polars import col

    keys = ["form_kind", "severity", "code"]
    own = archive.scan("findings_full").filter(col("severity") != "info")
    return own.group_by(keys).agg(col("document_id").n_unique()).sort(keys).collect()


def _inferred(archive: Archive) -> Any:
    own = archive.pandas("funding", ["basis"])
    inferred = own["basis"].eq("inferred")
    return [(int(inferred.sum()), len(own), float(inferred.mean()))]


def _top(archive: Archive) -> Any:
    own = archive.where(kind="department").pandas("funding_wide", ["unit_name", "fiscal_year", "total_total"]).dropna()
    sums = own.groupby(["unit_name", "fiscal_year"], as_index=False)["total_total"].sum()
    return sums.sort_values(["total_total", "unit_name", "fiscal_year"], ascending=[False, True, True]).head(4)


def _top_polars(archive: Archive) -> Any:
    from polars import col

    own = (
        archive.where(kind="department").scan("funding_wide", ["unit_name", "fiscal_year", "total_total"]).drop_nulls()
    )
    sums = own.group_by("unit_name", "fiscal_year").agg(col("total_total").sum())
    order = ["total_total", "unit_name", "fiscal_year"]
    return sums.sort(order, descending=[True, False, False]).head(4).collect()


def _levels(archive: Archive) -> Any:
    own = archive.pandas("指标", ["一级指标", "二级指标"])
    return own.groupby(["一级指标", "二级指标"], as_index=False).size()


def _confidence(archive: Archive) -> Any:
    own = archive.pandas("indicators_full", ["form_profile", "confidence"])
    return own.groupby("form_profile", as_index=False)["confidence"].agg(["count", "mean"])


def _confidence_polars(archive: Archive) -> Any:
    from polars import col

    own = archive.scan("indicators_full", ["form_profile", "confidence"]).group_by("form_profile")
    return own.agg(col("confidence").count().alias("count"), col("confidence").mean()).sort("form_profile").collect()


def _own_money(archive: Archive) -> Any:
    own = archive.where(kind="department").pandas("funding")
    own = own[own["category"].ne("total") & own["source"].ne("total")]
    return own.groupby("source", as_index=False)["amount"].sum()


def _failed(archive: Archive) -> Any:
    return archive.pandas("failures").groupby("code", as_index=False).size()


def _places(archive: Archive) -> Any:
    own = archive.pandas("provenance", ["table", "field"]).query("table == 'documents'")
    return own.groupby("field", as_index=False).size()


_JUSTICE: Final = "四川省/渠县/2023/司法局.txt"


# The answers for the archive by hand.
BY_HAND: Final[dict[str, list[tuple[Any, ...]]]] = {
    "project spending by county and year": [
        ("350426", "尤溪县", 2022, Decimal("12040000")), ("350426", "尤溪县", 2023, Decimal("12040000")), ("350426", "尤溪县", 2024, Decimal("12040000")),
        ("511724", "大竹县", 2022, Decimal("9501000.25")), ("511724", "大竹县", 2023, Decimal("10101000.25")), ("511724", "大竹县", 2024, Decimal("10701000.25")),
        ("511725", "渠县", 2022, Decimal("2000000")), ("511725", "渠县", 2023, Decimal("2000000")), ("511725", "渠县", 2024, Decimal("2000000")),
    ],
    "share of qualitative indicators": [("department", 5, 25, 0.2), ("project", 0, 6, 0.0)],
    "weights that do not sum": [(_JUSTICE, 0, "渠县司法局", Decimal(85))],
    "cut texts that were not recovered": [
        (f"四川省/大竹县/{year}/教育局.txt", 0, 0, "校舍安全") for year in (2022, 2023, 2024)
    ],
    "targets lowered from year to year": [
        ("大竹县司法局", "矛盾纠纷调解成功率", 2024, Decimal(98), Decimal(95)),
        ("大竹县教育局", "人均培训成本", 2024, Decimal(2000), Decimal(2500)),
        ("大竹县教育局", "培训教师人次", 2024, Decimal(600), Decimal(550)),
    ],
    "documents with doubts by kind": [
        ("department", "error", "indicators_missing", 1), ("department", "warning", "weight_sum", 1),
    ],
    "share of amounts that were worked out": [(3, 84, 3 / 84)],
    "who spends most": [
        ("大竹县教育局", 2022, Decimal("86200000")), ("大竹县教育局", 2023, Decimal("86200000")),
        ("大竹县教育局", 2024, Decimal("86200000")), ("尤溪县水利局", 2022, Decimal("15540000")),
    ],
    "indicators by level": [
        ("产出指标", "数量指标", 9), ("产出指标", "质量指标", 5), ("成本指标", "经济成本指标", 3),
        ("效益指标", "社会效益指标", 5), ("满意度指标", "服务对象满意度指标", 9),
    ],
    "money by its source": [
        ("fiscal", Decimal("327000003")), ("special_account", Decimal(0)), ("unit_fund", Decimal("720000")),
    ],
    "inputs that failed by reason": [("not_a_form", 1)],
}  # fmt: skip


QUESTIONS: Final[dict[str, Question]] = {
    "project spending by county and year": Question(
        "各县各年的项目支出",
        _spending,
        """
        SELECT region_code, region_name, fiscal_year, sum(project_total) FROM funding_wide
        WHERE region_code IS NOT NULL AND fiscal_year IS NOT NULL AND project_total IS NOT NULL
        GROUP BY ALL ORDER BY ALL
        """,
        _spending_polars,
    ),
    "share of qualitative indicators": Question(
        "定性指标所占比例",
        _qualitative,
        """
        SELECT form_kind, count(*) FILTER (operator = '定性') AS qualitative, count(*) AS total, qualitative / total
        FROM indicators_full GROUP BY form_kind ORDER BY form_kind
        """,
        _qualitative_polars,
    ),
    "weights that do not sum": Question(
        "权重合计不符的表",
        _weights,
        """
        SELECT source_path, form_index, unit_name, sum(weight) AS weights FROM indicators_full
        GROUP BY ALL HAVING weights NOT IN (90, 100) ORDER BY ALL
        """,
        _weights_polars,
    ),
    "cut texts that were not recovered": Question(
        "被截断且未能恢复的任务内容",
        _cut,
        """
        SELECT 来源路径, 表序号, 序号, 任务名称 FROM 任务全表 WHERE 内容是否被截断 AND 恢复的内容 IS NULL ORDER BY ALL
        """,
    ),
    "targets lowered from year to year": Question(
        "逐年降低的指标值",
        _lowered,
        """
        WITH targets AS (
            SELECT unit_name, name, unit, operator, fiscal_year, any_value(value_number) AS target FROM indicators_full
            WHERE unit_name IS NOT NULL AND name IS NOT NULL AND value_number IS NOT NULL
            GROUP BY ALL HAVING count(*) = 1
        )
        SELECT unit_name, name, now.fiscal_year, before.target, now.target FROM targets AS now JOIN targets AS before
            USING (unit_name, name, unit, operator)
        WHERE before.fiscal_year = now.fiscal_year - 1
            AND ((operator IN ('≥', '>', '=') AND now.target < before.target)
                OR (operator IN ('≤', '<') AND now.target > before.target))
        ORDER BY unit_name, name, unit, operator, now.fiscal_year
        """,
        _lowered_polars,
    ),
    "documents with doubts by kind": Question(
        "各类疑点涉及的文档数",
        _errors,
        """
        SELECT form_kind, severity, code, count(DISTINCT document_id) FROM findings_full WHERE severity <> 'info'
        GROUP BY ALL ORDER BY ALL
        """,
        _errors_polars,
    ),
    "share of amounts that were worked out": Question(
        "推算所得金额的比例",
        _inferred,
        "SELECT count(*) FILTER (basis = 'inferred') AS inferred, count(*) AS total, inferred / total FROM funding",
    ),
    "who spends most": Question(
        "支出最多的单位",
        _top,
        """
        SELECT unit_name, fiscal_year, sum(total_total) AS amount FROM funding_wide
        WHERE form_kind = 'department' AND unit_name IS NOT NULL AND fiscal_year IS NOT NULL AND total_total IS NOT NULL
        GROUP BY ALL ORDER BY amount DESC, unit_name, fiscal_year LIMIT 4
        """,
        _top_polars,
    ),
    "indicators by level": Question(
        "各级指标的个数",
        _levels,
        """
        SELECT 一级指标, 二级指标, count(*) FROM 指标 WHERE 一级指标 IS NOT NULL AND 二级指标 IS NOT NULL
        GROUP BY ALL ORDER BY ALL
        """,
    ),
    "confidence by form profile": Question(
        "各表样的平均置信度",
        _confidence,
        """
        SELECT form_profile, count(confidence), avg(confidence) FROM indicators_full GROUP BY ALL ORDER BY ALL
        """,
        _confidence_polars,
    ),
    "money by its source": Question(
        "各资金来源的金额",
        _own_money,
        """
        SELECT source, sum(amount) FROM funding_full
        WHERE form_kind = 'department' AND category <> 'total' AND source <> 'total' GROUP BY ALL ORDER BY ALL
        """,
    ),
    "inputs that failed by reason": Question(
        "各类原因失败的输入", _failed, "SELECT code, count(*) FROM failures GROUP BY ALL ORDER BY ALL"
    ),
    "places of what documents say": Question(
        "文档各列的出处数",
        _places,
        "SELECT field, count(*) FROM provenance WHERE \"table\" = 'documents' GROUP BY ALL ORDER BY ALL",
    ),
}
