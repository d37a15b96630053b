"""The output folder as other programs read it, with no help of this package: the same counts and the same sums.

pandas and pyarrow share one reader; Polars, DuckDB, fastparquet and Spark have their own. R's arrow is the reader of
pyarrow again, and is in no Python or Debian package.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow.parquet as pq
import pytest

from extract.tables.schemas import TABLES, schemas
from tests.needs import needs


class Facts(NamedTuple):
    """Of a table how many rows it has, by column how many values there are, and of decimals their sum."""

    rows: int
    values: dict[str, int]
    sums: dict[str, Any]


DECIMALS: Final = {
    name: [field.name for field in schema if str(field.type).startswith("decimal")]
    for name, schema in schemas().items()
}


def by_pandas(folder: Path) -> Facts:
    import pandas

    frame = pandas.read_parquet(folder)
    sums = {name: frame[name].dropna().sum() or Decimal(0) for name in DECIMALS[folder.name]}
    return Facts(len(frame), {str(name): int(count) for name, count in frame.count().items()}, sums)


def by_pyarrow(folder: Path) -> Facts:
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    table = ds.dataset(folder).to_table()
    values = {name: table.num_rows - table[name].null_count for name in table.column_names}
    sums = {name: pc.sum(table[name]).as_py() or Decimal(0) for name in DECIMALS[folder.name]}
    return Facts(table.num_rows, values, sums)


def by_polars(folder: Path) -> Facts:
    import polars

    frame = polars.read_parquet(folder)
    return Facts(
        frame.height,
        {name: frame[name].count() for name in frame.columns},
        {name: frame[name].sum() for name in DECIMALS[folder.name]},
    )


def by_duckdb(folder: Path) -> Facts:
    import duckdb

    def asked(what: str) -> dict[str, Any]:
        answer = duckdb.sql(f"SELECT {what} FROM '{folder}/*.parquet'")
        return dict(zip(answer.columns, answer.fetchall()[0], strict=True))

    (rows,) = asked("count(*)").values()
    values = {name: asked(f'count("{name}")').popitem()[1] for name in schemas()[folder.name].names}
    return Facts(
        rows, values, {name: asked(f"coalesce(sum({name}), 0)").popitem()[1] for name in DECIMALS[folder.name]}
    )


def by_fastparquet(folder: Path) -> Facts:
    from fastparquet import ParquetFile

    with ExitStack() as stack:
        # It leaves the files open that it opens itself.
        def opened(path: str, mode: str = "rb") -> Any:
            return stack.enter_context(Path(path).open(mode))

        frame = ParquetFile(sorted(map(str, folder.glob("*.parquet"))), open_with=opened).to_pandas()
    sums = {name: frame[name].sum() for name in DECIMALS[folder.name]}
    return Facts(len(frame), {str(name): int(count) for name, count in frame.count().items()}, sums)


def truth(folder: Path) -> Facts:
    """Value by value."""
    rows = pq.read_table(folder).to_pylist()
    values = {name: sum(row[name] is not None for row in rows) for name in schemas()[folder.name].names}
    sums = {
        name: sum((row[name] for row in rows if row[name] is not None), Decimal(0)) for name in DECIMALS[folder.name]
    }
    return Facts(len(rows), values, sums)


@pytest.fixture(scope="module")
def facts(samples_output: Path) -> dict[str, Facts]:
    return {name: truth(samples_output / name) for name in TABLES}


def test_the_account_tells_as_many_rows(samples_output: Path, facts: dict[str, Facts]) -> None:
    account = json.loads((samples_output / "run.json").read_text(encoding="utf-8"))
    assert {name: own.rows for name, own in facts.items()} == account["counts"]["rows"]
    assert facts["funding"].sums["amount"] > 10**10


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("reader", [by_pandas, by_pyarrow, by_polars, by_duckdb])
def test_the_same_counts_and_sums(
    samples_output: Path, facts: dict[str, Facts], reader: Callable[[Path], Facts], table: str
) -> None:
    assert reader(samples_output / table) == facts[table]


@needs("fastparquet", found=find_spec("fastparquet") is not None)
@pytest.mark.parametrize("table", TABLES)
def test_fastparquet(samples_output: Path, facts: dict[str, Facts], table: str) -> None:
    found = by_fastparquet(samples_output / table)
    assert found[:2] == facts[table][:2]
    # It gives decimals as floats.
    assert found.sums == {name: pytest.approx(float(value), rel=1e-12) for name, value in facts[table].sums.items()}


SPARK: Final = """
import json, sys
from pyspark.sql import SparkSession, functions as F
local = {"spark.ui.enabled": "false", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
spark = SparkSession.builder.master("local[1]").config(map=local).getOrCreate()
found = {}
for table, decimals in json.loads(sys.argv[2]).items():
    frame = spark.read.parquet(f"{sys.argv[1]}/{table}")
    counts = frame.agg(F.count("*"), *(F.count(F.col(name)) for name in frame.columns)).first()
    sums = frame.agg(F.lit(0), *(F.sum(name) for name in decimals)).first()[1:]
    found[table] = [counts[0], dict(zip(frame.columns, counts[1:])), dict(zip(decimals, map(str, sums)))]
print(json.dumps(found))
"""


# Spark takes half a gigabyte and a Java: where they are not, also a run that decides something does without.
@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed")
@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed, which Spark needs")
def test_spark(samples_output: Path, facts: dict[str, Facts]) -> None:
    words = [sys.executable, "-c", SPARK, str(samples_output), json.dumps(DECIMALS)]
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=300, env=environment, check=True)
    for name, (rows, values, sums) in json.loads(done.stdout.splitlines()[-1]).items():
        decimals = {column: Decimal(0) if value == "None" else Decimal(value) for column, value in sums.items()}
        assert Facts(rows, values, decimals) == facts[name]
