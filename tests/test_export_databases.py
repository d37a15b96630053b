"""Tables handed on as databases, and the command that hands them on."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from extract.errors import UsageError
from extract.export.build import Request, export
from extract.export.delimited import restored
from extract.tables.schemas import TABLES, schemas
from tests.needs import needs
from tests.test_cli import COMMAND, ENVIRONMENT, SAMPLE, pifubiao
from tests.test_export import HOSTILE, amount, archive, asking, indicator, task

ROOT: Final = Path(__file__).parent.parent
duck = needs("duckdb", found=find_spec("duckdb") is not None)


@pytest.fixture(scope="module")
def files(samples_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("databases")
    export(Request(samples_output, sqlite=folder / "a.sqlite", duckdb=folder / "a.duckdb"))
    return folder


def asked(base: Any, statement: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = base.execute(statement).fetchall()
    return rows


@duck
def test_duckdb_holds_the_tables(files: Path, samples_output: Path) -> None:
    import duckdb

    with closing(duckdb.connect(str(files / "a.duckdb"), read_only=True)) as base:
        for name, schema in schemas().items():
            held = base.sql(f'SELECT * FROM "{name}"').to_arrow_table()
            assert held.cast(schema).equals(pq.read_table(samples_output / name).cast(schema))
            said = asked(
                base, f"SELECT column_name, comment, is_nullable FROM duckdb_columns() WHERE table_name = '{name}'"
            )
            for (column, comment, nullable), field in zip(said, schema, strict=True):
                words = [field.metadata[key].decode() for key in (b"label_zh", b"description_zh", b"description")]
                assert (column, comment, nullable) == (field.name, "\n".join(words), field.nullable)
        kinds = dict(asked(base, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'indicators'"))
        assert (kinds["value_number"], kinds["seq"], kinds["confidence"]) == ("DECIMAL(38,10)", "INTEGER", "DOUBLE")
        (total,) = asked(base, "SELECT SUM(amount) FROM funding")
    assert total[0] == pc.sum(pq.read_table(samples_output / "funding")["amount"]).as_py()


def test_sqlite_holds_the_tables(files: Path, samples_output: Path) -> None:
    with closing(sqlite3.connect(files / "a.sqlite")) as base:
        base.row_factory = sqlite3.Row
        for name in TABLES:
            rows = pq.read_table(samples_output / name).to_pylist()
            held = base.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()
            assert len(held) == len(rows)
            for row, own in zip(rows, held, strict=True):
                for column, value in row.items():
                    if isinstance(value, Decimal):
                        assert Decimal(own[f"{column}_text"]) == value == Decimal(str(own[column]))
                    else:
                        assert own[column] == (str(value) if isinstance(value, list) else value)
        (whole,) = base.execute("SELECT SUM(amount_fen), SUM(amount_fen IS NULL), COUNT(*) FROM funding").fetchall()
        assert asked(base, "PRAGMA foreign_key_check") == []
        assert asked(base, "PRAGMA integrity_check")[0][0] == "ok"
        plan = base.execute("EXPLAIN QUERY PLAN SELECT * FROM provenance WHERE document_id = 'x'").fetchall()
        assert "provenance_place" in plan[0]["detail"]
        labels = asked(
            base,
            "SELECT label_zh FROM pifubiao_columns WHERE \"table\" = 'funding' AND \"column\" LIKE 'amount%' ORDER BY position",
        )
        counts = asked(base, 'SELECT "table", "rows" FROM pifubiao_tables ORDER BY rowid')
    total = pc.sum(pq.read_table(samples_output / "funding")["amount"]).as_py()
    assert tuple(whole) == (total * 100, 0, pq.read_table(samples_output / "funding").num_rows)
    assert [label for (label,) in labels] == ["金额", "金额（单位为分，整数）", "金额（全部数位，文本）", "金额原文"]
    assert [tuple(row) for row in counts] == [(name, pq.read_table(samples_output / name).num_rows) for name in TABLES]


AMOUNTS: Final = (
    "0.01",
    "999999999999999999.99",
    "-999999999999999999.99",
    "92233720368547758.07",
    "92233720368547758.08",
    "0.29",
    None,
)


@duck
def test_no_digit_is_lost(tmp_path: Path) -> None:
    import duckdb

    numbers = ("0.0000000001", "1234567890123456789012345678.0123456789", "-12.5", "100", "0")
    out = archive(
        tmp_path / "out",
        documents=[],
        funding=[amount(seq, value) for seq, value in enumerate(AMOUNTS)],
        indicators=[indicator(seq, value) for seq, value in enumerate(numbers)],
    )
    request = Request(out, sqlite=tmp_path / "a", duckdb=tmp_path / "b", tables=("funding", "indicators"))
    export(request)
    with closing(sqlite3.connect(tmp_path / "a")) as base:
        texts = asked(base, "SELECT amount_text, amount_fen FROM funding ORDER BY seq")
        plain = asked(base, "SELECT value_number_text FROM indicators ORDER BY seq")
        assert asked(base, "SELECT SUM(value_number = 100), SUM(value_number < 0) FROM indicators") == [(1, 1)]
    fen = [1, None, None, 2**63 - 1, None, 29, None]
    assert texts == list(zip(AMOUNTS, fen, strict=True))
    assert [text for (text,) in plain] == list(numbers)
    with closing(duckdb.connect(str(tmp_path / "b"))) as base:
        assert asked(base, "SELECT amount FROM funding ORDER BY seq") == [(text and Decimal(text),) for text in AMOUNTS]
        found = [value for (value,) in asked(base, "SELECT value_number FROM indicators ORDER BY seq")]
        assert found == [Decimal(text) for text in numbers]


@duck
def test_hostile_texts_are_values(tmp_path: Path) -> None:
    import duckdb

    texts = [*HOSTILE, "'); DROP TABLE tasks; --", "\x00", "a\x00b"]
    out = archive(tmp_path / "out", tasks=[task(seq, text) for seq, text in enumerate(texts)])
    export(Request(out, sqlite=tmp_path / "a", duckdb=tmp_path / "b", tables=("tasks",)))
    with closing(sqlite3.connect(tmp_path / "a")) as base:
        assert asked(base, "SELECT name FROM tasks ORDER BY seq") == [(text,) for text in texts]
    with closing(duckdb.connect(str(tmp_path / "b"))) as base:
        assert asked(base, "SELECT name FROM tasks ORDER BY seq") == [(text,) for text in texts]


@duck
@pytest.mark.parametrize("form", ["sqlite", "duckdb"])
def test_a_database_with_something_of_somebody_in_it_is_not_replaced(tmp_path: Path, form: str) -> None:
    import duckdb

    request = asking(archive(tmp_path / "out"), **{form: tmp_path / "a"})
    export(request)
    export(request)
    with closing(sqlite3.connect(tmp_path / "a") if form == "sqlite" else duckdb.connect(str(tmp_path / "a"))) as base:
        base.execute("CREATE VIEW mine AS SELECT 1")
    before = (tmp_path / "a").read_bytes()
    with pytest.raises(UsageError) as caught:
        export(request)
    assert caught.value.key == "export_not_ours"
    assert (tmp_path / "a").read_bytes() == before


@pytest.mark.parametrize(("form", "ending"), [("sqlite", "-wal"), ("sqlite", "-journal"), ("duckdb", ".wal")])
def test_a_database_that_is_open_is_not_replaced(tmp_path: Path, form: str, ending: str) -> None:
    request = asking(archive(tmp_path / "out"), **{form: tmp_path / "a"})
    export(request)
    (tmp_path / f"a{ending}").write_text("x")
    with pytest.raises(UsageError) as caught:
        export(request)
    assert (caught.value.key, caught.value.params["name"]) == ("export_in_use", f"a{ending}")


# ---- the command


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(SAMPLE.read_bytes())
    assert pifubiao("extract", tmp_path / "in", "--out", tmp_path / "out").returncode == 0
    done = pifubiao(
        "export", tmp_path / "out", "--csv", tmp_path / "csv", "--sqlite", tmp_path / "a", "--tables", "goals,funding"
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = sum(pq.read_table(tmp_path / "out" / name).num_rows for name in ("goals", "funding"))
    places = [tmp_path / "csv", tmp_path / "a"]
    assert done.stdout == "".join(f"Exported: 2 tables, {rows} rows, in {place}\n" for place in places)
    assert sorted(path.name for path in (tmp_path / "csv").iterdir()) == ["funding.csv", "goals.csv"]
    done = pifubiao("export", tmp_path / "out", "--sqlite", tmp_path / "in" / "a.sqlite", "--lang", "zh")
    assert (done.returncode, "下次运行会读取它" in done.stderr) == (2, True)
    done = pifubiao("export", tmp_path / "out")
    assert (done.returncode, "nothing to write was named" in done.stderr) == (2, True)
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["a.txt"]


@pytest.mark.parametrize(("option", "package"), [("--xlsx", "xlsxwriter"), ("--duckdb", "duckdb")])
def test_a_package_that_is_missing_is_named(tmp_path: Path, option: str, package: str) -> None:
    out = archive(tmp_path / "out")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / f"{package}.py").write_text(f"raise ImportError(name={package!r})")
    path = f"{tmp_path / 'none'}:{ENVIRONMENT['PYTHONPATH']}"
    done = pifubiao("export", out, option, tmp_path / "a", PYTHONPATH=path)
    assert done.returncode == 2
    assert f"needs what is not installed ({package}): pip install 'pifubiao[export]'" in done.stderr
    assert pifubiao("export", out, "--sqlite", tmp_path / "b", "--csv", tmp_path / "c", PYTHONPATH=path).returncode == 0


@pytest.mark.parametrize("form", ["xlsx", "csv", "duckdb", "sqlite"])
def test_an_export_that_is_killed_leaves_what_was_there_and_the_next_one_cleans_up(
    samples_output: Path, tmp_path: Path, form: str
) -> None:
    place = tmp_path / "it"
    export(asking(archive(tmp_path / "out", tasks=[task(0, "一")]), **{form: place}))
    before = {path: path.read_bytes() for path in [place, *place.rglob("*")] if path.is_file()}
    words = [*COMMAND, "export", str(samples_output), f"--{form}", str(place)]
    with subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        # It is at work as soon as its folder is there with something in it.
        while not any(tmp_path.glob(".it.pifubiao-new-*/*")):
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert {path: path.read_bytes() for path in before} == before
    assert len(list(tmp_path.iterdir())) == 3
    export(asking(tmp_path / "out", **{form: place}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["it", "out"]


# ---- what the documents say


@pytest.mark.parametrize("language", ["", ".zh-CN"])
def test_what_the_document_shows_works(files: Path, language: str) -> None:
    text = (ROOT / "docs" / f"handing-on{language}.md").read_text(encoding="utf-8")
    (statement,) = re.findall(r"```sql\n(.*?)```", text, re.S)
    with closing(sqlite3.connect(files / "a.sqlite")) as base:
        assert len(asked(base, statement)) > 3
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    found: dict[str, Any] = {}
    exec(code, found)
    texts = [*HOSTILE, "'", "''", "'-12.5", "''=x", "'-12.5x", "'－5", "'=\n"]
    assert [found["restored"](text) for text in texts] == [restored(text) for text in texts]
    options = set(re.findall(r"^\| `(--[a-z]+)", text, re.M))
    known = set(re.findall(r"^ +(--[a-z-]+)", pifubiao("export", "--help").stdout, re.M))
    assert options == known - {"--help", "--lang"}
