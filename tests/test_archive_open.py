"""An output folder that is opened: the same rows by Arrow, pandas, Polars and DuckDB, and what cannot be opened."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import extract
from extract import Archive, ArchiveError, to_tables, write_tables
from extract.analysis import names
from extract.analysis.filters import Match, conditions
from extract.tables.schemas import TABLES, schemas
from tests import archive as by_hand
from tests.made import extraction

VIEWS: Final = ("funding_full", "goals_full", "tasks_full", "indicators_full", "findings_full", "funding_wide")
WHERES: Final[dict[str, dict[str, Any]]] = {
    "all": {},
    "year": {"year": 2024},
    "years": {"year": range(2022, 2024), "kind": "department"},
    "unit": {"unit": "司法局"},
    "code": {"unit": ["121", "302"]},
    "kind": {"kind": "项目支出", "year": (2023, 2024)},
    "status": {"status": ["error", "warning"]},
    "province": {"region": 51},
    "regions": {"region": ["350426", "渠"], "year": 2024},
    "city": {"region": "四川省达州市", "unit_kind": "司法局"},
    "label": {"金额单位": "万元"},
    "none": {"year": 1999},
    "no-value": {"year": []},
}
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output by hand, in five parts a table of three documents each."""
    folder = by_hand.made(tmp_path_factory.mktemp("archive"))
    keys = pq.read_table(folder / "documents")["document_id"].to_pylist()
    for name in TABLES:
        table = pq.read_table(folder / name)
        for number, start in enumerate(range(0, len(keys), 3)):
            own = table.slice(0, table.num_rows if number == 0 else 0)
            if name != "failures":
                own = table.filter(pa.compute.is_in(table["document_id"], pa.array(keys[start : start + 3])))
            pq.write_table(own, folder / name / f"part-{number:05}.parquet", compression="zstd")
    return folder


@pytest.fixture(scope="module")
def archive(out: Path) -> Archive:
    return extract.open(out)


def expected(out: Path, name: str, where: str) -> Sequence[Row]:
    """The rows of a table or view, made without what is tested."""
    read: dict[str, list[dict[str, Any]]] = {table: pq.read_table(out / table).to_pylist() for table in TABLES}
    documents = {row["document_id"]: row for row in read["documents"] if _fits(row, where)}
    if name == "failures":
        return read[name]
    if name == "funding_wide":
        pairs = names.in_order((row["category"], row["source"]) for row in read["funding"])
        amounts = {(row["document_id"], row["category"], row["source"]): row["amount"] for row in read["funding"]}
        return [row | {"_".join(pair): amounts.get((key, *pair)) for pair in pairs} for key, row in documents.items()]
    own = [row for row in read[name.removesuffix("_full")] if row["document_id"] in documents]
    return [row | documents[row["document_id"]] for row in own] if name.endswith("_full") else own


def _fits(row: Row, where: str) -> bool:
    year, unit, kind = row["fiscal_year"], row["unit_name"], row["form_kind"]
    fits: dict[str, bool] = {
        "all": True,
        "year": year == 2024,
        "years": year in (2022, 2023) and kind == "department",
        "unit": unit in ("大竹县司法局", "渠县司法局"),
        "code": unit in ("大竹县教育局", "尤溪县水利局"),
        "kind": kind == "project" and year > 2022,
        "status": row["status"] != "ok",
        "province": unit != "尤溪县水利局",
        "regions": unit in ("尤溪县水利局", "渠县司法局") and year == 2024,
        "city": unit in ("大竹县司法局", "渠县司法局"),
        "label": unit == "尤溪县水利局",
        "none": False,
        "no-value": False,
    }
    return fits[where]


def counted(rows: Sequence[Row]) -> Counter[str]:
    return Counter(repr(sorted(row.items())) for row in rows)


@pytest.fixture(scope="module")
def narrowed(archive: Archive) -> dict[str, Archive]:
    return {name: archive.where(**where) for name, where in WHERES.items()}


@pytest.mark.parametrize("where", WHERES)
@pytest.mark.parametrize("name", [*TABLES, *VIEWS])
def test_the_same_rows_by_all_ways(
    out: Path, archive: Archive, narrowed: dict[str, Archive], name: str, where: str
) -> None:
    rows = expected(out, name, where)
    asked = narrowed[where]
    table = asked.arrow(name)
    assert table.to_pylist() == rows
    assert table.column_names == archive.columns(name) == [field.name for field in archive.schema(name)]
    assert asked.count(name) == len(rows)
    lazy = asked.scan(name).collect()
    assert (lazy.columns, lazy.to_dicts()) == (table.column_names, rows)
    answered = asked.sql(f"SELECT * FROM {name}").arrow()
    assert answered.column_names == table.column_names
    assert counted(answered.to_pylist()) == counted(rows)


def test_the_wheres_are_of_some_use(out: Path) -> None:
    sizes = {where: len(expected(out, "documents", where)) for where in WHERES}
    assert sizes == {
        "all": 15, "year": 5, "years": 8, "unit": 6, "code": 9, "kind": 2, "status": 2,
        "province": 12, "regions": 2, "city": 6, "label": 3, "none": 0, "no-value": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("region", "codes"),
    [
        ("510000", ["51"]),
        ("511700", ["5117"]),
        ("5117", ["5117"]),
        ("大竹县", ["511724"]),
        ("大竹", ["511724"]),
        ("四川", ["51"]),
        ("四川省大竹县", ["511724"]),
        ("鼓楼区", ["320106", "320302", "350102", "410204"]),
    ],
)
def test_a_region_is_a_code_or_a_name(region: str, codes: list[str]) -> None:
    (condition,) = conditions(region=region)
    assert condition == tuple(Match("region_code", "begins", code) for code in codes)


def test_wheres_add_up(archive: Archive) -> None:
    one = archive.where(year=2024).where(unit="135").where(kind="department")
    assert one.arrow("documents", ["unit_name"])["unit_name"].to_pylist() == ["大竹县司法局", "渠县司法局"]
    assert archive.where(unit="13").count("documents") == 6
    assert archive.where(unit="35").count("documents") == 0


@pytest.mark.parametrize("name", [*TABLES, *VIEWS])
def test_chinese_names(archive: Archive, name: str) -> None:
    word = (archive.tables | archive.views)[name]
    english, chinese = archive.columns(name), archive.columns(word)
    assert chinese == archive.columns(name, language="zh") != english
    assert english == archive.columns(word, language="en")
    assert len(set(chinese)) == len(chinese)
    table = archive.arrow(word)
    assert table.rename_columns(english).to_pylist() == archive.arrow(name).to_pylist()
    assert table.column_names == chinese == archive.scan(word).collect().columns
    answered = archive.sql(f'SELECT * FROM "{word}"').arrow()
    assert answered.column_names == chinese
    assert counted(answered.to_pylist()) == counted(table.to_pylist())


def test_labels_are_those_of_the_schemas(archive: Archive) -> None:
    words = [field.metadata[b"label_zh"].decode() for field in schemas()["indicators"]]
    assert archive.columns("指标") == words
    assert archive.columns("资金宽表")[len(schemas()["documents"]) :] == [
        "预算支出总额_合计", "基本支出_合计", "基本支出_财政拨款", "基本支出_专户资金", "基本支出_单位资金",
        "项目支出_合计", "项目支出_财政拨款", "项目支出_专户资金", "项目支出_单位资金",
    ]  # fmt: skip


def test_columns_are_chosen_in_either_language(archive: Archive) -> None:
    chosen = ["权重", "name", "单位名称"]
    assert archive.arrow("indicators_full", chosen).column_names == ["weight", "name", "unit_name"]
    assert archive.pandas("指标全表", chosen).columns.tolist() == ["权重", "三级指标", "单位名称"]
    assert archive.polars("indicators_full", chosen, language="zh").columns == ["权重", "三级指标", "单位名称"]
    assert archive.scan("指标全表", "weight").collect().columns == ["权重"]
    assert archive.arrow("funding_wide", ["project_fiscal"]).num_rows == 15
    assert archive.arrow("funding_wide", ["unit_name"]).column_names == ["unit_name"]


def test_types(archive: Archive) -> None:
    table = archive.arrow("indicators_full")
    assert [table.schema.field(name).type for name in ("weight", "fiscal_year", "name_truncated", "confidence")] == [
        pa.decimal128(38, 10), pa.int32(), pa.bool_(), pa.float64(),
    ]  # fmt: skip
    assert table.schema.field("weight").metadata[b"label_zh"].decode() == "权重"
    frame = archive.pandas("indicators_full")
    kinds = {name: str(frame[name].dtype) for name in ("weight", "fiscal_year", "name_truncated", "confidence", "name")}
    assert kinds == {
        "weight": "decimal128(38, 10)[pyarrow]", "fiscal_year": "Int32", "name_truncated": "boolean",
        "confidence": "float64", "name": "str",
    }  # fmt: skip
    assert str(archive.pandas("funding", floats=True)["amount"].dtype) == "float64"
    schema = archive.polars("funding_full").schema
    assert [str(schema[name]) for name in ("amount", "fiscal_year")] == ["Decimal(precision=20, scale=2)", "Int32"]
    assert str(archive.polars("funding", floats=True).schema["amount"]) == "Float64"
    answer = archive.sql(
        "SELECT fiscal_year, amount, amount > 1e7 AS large, code FROM funding_full LEFT JOIN failures ON false"
    )
    assert [str(kind) for kind in answer.pandas().dtypes] == ["Int32", "decimal128(20, 2)[pyarrow]", "boolean", "str"]
    assert answer.columns == ["fiscal_year", "amount", "large", "code"]


def test_sums_are_exact(archive: Archive) -> None:
    wanted = Decimal("1200000.50") * 6
    basic = archive.where(unit="司法局").pandas("funding").query("category == 'basic' and source == 'total'")
    assert basic["amount"].sum() == wanted
    answer = archive.sql("SELECT sum(基本支出_合计) FROM 资金宽表 WHERE contains(单位名称, $unit)", {"unit": "司法局"})
    assert answer.rows() == [(wanted,)]
    assert answer.batches().read_all().to_pylist() == answer.arrow().to_pylist()
    assert answer.polars().item() == wanted


def test_nothing_else_is_read_of_other_parts(out: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(out, tmp_path / "out")
    for name in TABLES:
        if name != "documents":
            for part in ("part-00000.parquet", "part-00001.parquet", "part-00002.parquet", "part-00003.parquet"):
                (copy / name / part).write_bytes(b"no Parquet")
    for name in ("failures", "provenance", "goals", "tasks", "indicators", "findings", "funding"):
        shutil.copy(out / name / "part-00000.parquet", copy / name / "part-00000.parquet")
    water = extract.open(copy).where(unit="水利局")
    for name in ("indicators", "indicators_full", "tasks"):
        wanted = expected(out, name, "label")
        assert water.arrow(name).to_pylist() == wanted
        assert water.scan(name).collect().to_dicts() == wanted
    with pytest.raises(ArchiveError) as caught:
        extract.open(copy).arrow("indicators")
    assert caught.value.key == "report_tables_unreadable"
    assert caught.value.params["path"] == f"{copy}/indicators/part-00001.parquet"


@pytest.mark.parametrize("name", ["year=2024", "a[1]*?'b", "输出 目录"])
def test_a_folder_of_any_name(out: Path, tmp_path: Path, name: str) -> None:
    there = extract.open(shutil.copytree(out, tmp_path / name))
    assert there.sql("SELECT count(*) FROM indicators").rows() == [(31,)]
    assert there.scan("indicators").collect().height == there.arrow("indicators").num_rows == 31
    assert "year" not in there.sql("SELECT * FROM documents").columns


def test_what_is_in_there_at_a_glance(archive: Archive) -> None:
    first, *rest = repr(archive.where(year=2024, unit="135")).splitlines()
    assert first == f"Archive {archive.folder.path}: 2 documents (2 department), 2024, 2 units"
    assert rest == [
        "where   fiscal_year = 2024; unit_code ^= 135",
        "status  1 ok, 0 warning, 1 error",
        "tables  documents 文档 2 · funding 资金 10 · goals 目标 2 · tasks 任务 2 · indicators 指标 2 · findings 疑点 1"
        " · provenance 出处 79 · failures 失败 1",
        "views   funding_full 资金全表 · goals_full 目标全表 · tasks_full 任务全表 · indicators_full 指标全表"
        " · findings_full 疑点全表 · funding_wide 资金宽表",
    ]
    assert "15 documents (12 department, 3 project), 2022–2024, 4 units" in repr(archive)
    assert "0 documents (none), no year, 0 units" in repr(archive.where(year=1999))


def test_tables_without_a_run(tmp_path: Path) -> None:
    write_tables(to_tables([extraction()]), tmp_path / "out")
    there = extract.open(str(tmp_path / "out"))
    assert there.arrow("funding_wide", ["total_total"]).to_pylist() == [{"total_total": Decimal("1200.50")}]
    assert there.connect().execute("SELECT count(*) FROM 指标").fetchall() == [(2,)]


def caught(action: Any, *words: Any, **more: Any) -> ArchiveError:
    with pytest.raises(ArchiveError) as error:
        action(*words, **more)
    return error.value


def test_what_cannot_be_opened(out: Path, tmp_path: Path) -> None:
    error = caught(extract.open, tmp_path / "nothing")
    assert (error.key, error.params) == ("archive_missing", {"path": str(tmp_path / "nothing")})
    assert caught(extract.open, Path(__file__)).key == "archive_missing"
    error = caught(extract.open, out / "indicators")
    assert (error.key, error.params["name"]) == ("report_no_tables", "documents")
    copy = shutil.copytree(out, tmp_path / "copy")
    (copy / "tasks" / "part-00003.parquet").unlink()
    error = caught(extract.open, copy)
    assert (error.key, error.params["name"]) == ("archive_not_whole", "tasks/part-00003.parquet")
    for name in TABLES:
        (copy / name / "part-00003.parquet").unlink(missing_ok=True)
    error = caught(extract.open, copy)
    assert (error.key, error.params["found"], error.params["told"]) == ("archive_not_of_run", 12, 15)
    (copy / "run.json").write_text("{", encoding="utf-8")
    assert caught(extract.open, copy).key == "report_tables_unreadable"
    (copy / "run.json").write_text("{}", encoding="utf-8")
    assert extract.open(copy).count("documents") == 12


def test_tables_of_another_version(out: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(out, tmp_path / "copy")
    path = copy / "funding" / "part-00000.parquet"
    table = pq.read_table(path).drop_columns("basis")
    changed = table.set_column(4, "amount", table["amount"].cast(pa.float64())).append_column("new", table["category"])
    pq.write_table(changed, path)
    error = caught(extract.open, copy)
    assert error.key == "archive_other_version"
    assert error.params == {
        "path": str(copy), "table": "funding", "version": extract.__version__, "columns": "amount, basis, new",
    }  # fmt: skip


def test_what_cannot_be_asked(archive: Archive) -> None:
    error = caught(archive.pandas, "indicator")
    assert error.key == "archive_no_table"
    assert "indicators 指标" in error.params["known"]  # type: ignore[operator]
    error = caught(archive.arrow, "指标", ["权重", "重量"])
    assert (error.key, error.params["column"], error.params["name"]) == ("archive_no_column", "重量", "指标")
    for filters in (
        {"year": "MMXXIV"},
        {"year": 2024.5},
        {"kind": "单位"},
        {"unit": ""},
        {"unit": 135},
        {"status": 1},
        {"region": "火星"},
        {"region": "5"},
        {"region": ""},
    ):
        error = caught(archive.where, **filters)
        assert (error.key, error.params["name"]) == ("archive_bad_filter", next(iter(filters)))
    assert caught(archive.where, colour="red").key == "archive_no_column"
    error = caught(archive.sql, "SELECT colour FROM indicators")
    assert error.key == "archive_sql"
    assert "colour" in str(error.params["reason"])
    assert caught(archive.sql("SELECT value::int FROM indicators").arrow).key == "archive_sql"


def test_errors_speak_the_language_of_who_asks(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    error = caught(archive.where, kind="单位")
    assert str(error) == "kind=单位 asks for nothing that can be: department 整体支出, project 项目支出"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert str(error) == "条件 kind=单位 无效，应为：department 整体支出, project 项目支出"


@pytest.mark.parametrize(("module", "what"), [("pandas", "pandas"), ("polars", "Polars"), ("duckdb", "SQL")])
def test_a_package_that_is_missing(out: Path, monkeypatch: pytest.MonkeyPatch, module: str, what: str) -> None:
    there = extract.open(out)
    monkeypatch.setitem(sys.modules, module, None)
    for action in {
        "pandas": [lambda: there.pandas("goals")],
        "polars": [lambda: there.polars("goals"), lambda: there.scan("goals")],
        "duckdb": [lambda: there.sql("SELECT 1"), there.connect],
    }[module]:
        error = caught(action)
        assert (error.key, error.params) == ("analysis_not_installed", {"what": what, "missing": module})
    assert there.arrow("indicators_full").num_rows == 31


def test_opening_needs_no_optional_package() -> None:
    code = (
        "import sys, extract; extract.open; light = set(sys.modules) & {'pyarrow', 'pandas', 'polars', 'duckdb', 'yaml'};"
        "import extract.analysis.archive; heavy = set(sys.modules) & {'polars', 'duckdb'};"
        "import json; print(json.dumps([sorted(light), sorted(heavy)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(done.stdout) == [[], []]
