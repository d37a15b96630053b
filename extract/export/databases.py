"""Tables as a database in one file: DuckDB or SQLite.

Both hold the tables under their own names, and besides ``pifubiao_tables`` and ``pifubiao_columns``, which say what
each of them is, in both languages. DuckDB has the types of the Parquet files. SQLite has no decimals: see ``_split``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa

from extract.export.table import Column, Kind, Table, plain, spelled
from extract.tables.package import keys, refers
from extract.tables.schemas import TABLES

TOLD_TABLES: Final = "pifubiao_tables"
TOLD_COLUMNS: Final = "pifubiao_columns"
# All that a database of ours holds.
OWN: Final = frozenset({*TABLES, TOLD_TABLES, TOLD_COLUMNS})

# What tells a database of ours: "pifu" in ASCII.
_APPLICATION: Final = 0x70696675
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_FEN: Final = 100

Advance = Callable[[int], None]


class _Place(NamedTuple):
    """A column of SQLite: its name and type, and what of a value goes there."""

    name: str
    type: str
    take: Callable[[Any], Any]
    told: str = ""


def write_sqlite(tables: Sequence[Table], path: Path, advance: Advance) -> None:
    """Writes an SQLite database; ``advance`` is told how many rows more are done.

    OSError where it refuses rows or the disk fails.
    """
    try:
        _write_sqlite(tables, path, advance)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


def _write_sqlite(tables: Sequence[Table], path: Path, advance: Advance) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        # Until it is in its place nobody reads it, and a broken one is thrown away.
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute(f"PRAGMA application_id = {_APPLICATION}")
        base.execute("BEGIN")
        for table in tables:
            _fill_sqlite(base, table, [one.name for one in tables], advance)
        _tell_sqlite(base, tables)
        base.execute("COMMIT")


def write_duckdb(tables: Sequence[Table], path: Path, advance: Advance) -> None:
    """Writes a DuckDB database, as ``write_sqlite`` does. OSError as there."""
    import duckdb

    try:
        _write_duckdb(duckdb, tables, path, advance)
    except duckdb.Error as error:
        raise OSError(str(error)) from error


def _write_duckdb(duckdb: Any, tables: Sequence[Table], path: Path, advance: Advance) -> None:
    config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with closing(duckdb.connect(str(path), config=config)) as base:
        for table in tables:
            base.execute(_duckdb_table(table))
            for batch in table.batches():
                base.register("batch", pa.Table.from_batches([batch]))
                base.execute(f"INSERT INTO {_quoted(table.name)} SELECT * FROM batch")  # noqa: S608 - a name of ours
                base.unregister("batch")
                advance(batch.num_rows)
            base.execute(f"COMMENT ON TABLE {_quoted(table.name)} IS {_literal(_said(table))}")
            for column in table.columns:
                place = f"{_quoted(table.name)}.{_quoted(column.name)}"
                base.execute(f"COMMENT ON COLUMN {place} IS {_literal(_said(column))}")
        for statement, rows in _told(tables, [(table, _plain_columns(table)) for table in tables]):
            _run_all(base, statement, rows)
        base.execute("CHECKPOINT")


def sqlite_holds(path: Path) -> set[str] | None:
    """What an SQLite file holds, if an export wrote it; None for any other file."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            if base.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
                return None
            rows = base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger')").fetchall()
    except sqlite3.Error:
        return None
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def duckdb_holds(path: Path) -> set[str] | None:
    """What a DuckDB file holds, if an export wrote it; None for any other file."""
    import duckdb

    try:
        with closing(duckdb.connect(str(path), read_only=True)) as base:
            tables = "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
            views = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
            found = {name for (name,) in base.execute(f"{tables} UNION ALL {views}").fetchall()}
    except duckdb.Error:
        return None
    return found if TOLD_TABLES in found else None


def _split(column: Column) -> list[_Place]:
    """The columns of SQLite that a column becomes.

    SQLite calculates with integers of 64 bits and with doubles, and compares texts as texts. So a decimal is there as
    a double to calculate with, and in full as a text; money also as a whole number of fen, whose sums are exact. Where
    an amount is too large for that, there is none.
    """
    name = column.name
    if column.kind is Kind.money:
        return [
            _Place(name, "REAL", float),
            _Place(f"{name}_fen", "INTEGER", _fen, "fen"),
            _Place(f"{name}_text", "TEXT", plain, "text"),
        ]
    if column.kind is Kind.decimal:
        return [_Place(name, "REAL", float), _Place(f"{name}_text", "TEXT", plain, "text")]
    return [_Place(name, *_SIMPLE[column.kind])]


_SIMPLE: Final[dict[Kind, tuple[str, Callable[[Any], Any]]]] = {
    Kind.text: ("TEXT", str),
    Kind.whole: ("INTEGER", int),
    Kind.real: ("REAL", float),
    Kind.flag: ("BOOLEAN", int),
    Kind.list: ("TEXT", spelled),
}
_ASIDE: Final = {
    "fen": ("in fen, whole", "单位为分，整数"),
    "text": ("in full, as text", "全部数位，文本"),
}


def _fen(value: Decimal) -> int | None:
    found = int(value.scaleb(2)) if abs(value) < 10**24 else _MOST + 1
    return found if _LEAST <= found <= _MOST else None


def _fill_sqlite(base: sqlite3.Connection, table: Table, names: Sequence[str], advance: Advance) -> None:
    places = [(at, place) for at, column in enumerate(table.columns) for place in _split(column)]
    needed = {column.name for column in table.columns if not column.nullable}
    lines = [f"{_quoted(place.name)} {place.type}{' NOT NULL' if place.name in needed else ''}" for _, place in places]
    columns = [column.name for column in table.columns]
    key = ", ".join(map(_quoted, keys(table.name)))
    if key:
        lines.append(f"PRIMARY KEY ({key})")
    belongs = refers(columns, table.name)
    if belongs and "documents" in names:
        lines.append("FOREIGN KEY (document_id) REFERENCES documents (document_id)")
    name = _quoted(table.name)
    base.execute(f"CREATE TABLE {name} ({', '.join(lines)})")
    marks = ", ".join("?" * len(places))
    for batch in table.lists():
        values = [[None if one is None else place.take(one) for one in batch[at]] for at, place in places]
        base.executemany(f"INSERT INTO {name} VALUES ({marks})", zip(*values, strict=True))  # noqa: S608 - a name of ours
        advance(len(batch[0]))
    if belongs and not key:
        own = ", ".join(_quoted(one) for one in ("document_id", "table", "seq") if one in columns)
        base.execute(f"CREATE INDEX {_quoted(f'{table.name}_place')} ON {name} ({own})")


def _tell_sqlite(base: sqlite3.Connection, tables: Sequence[Table]) -> None:
    columns = [
        (table, [(place.name, place.type, column, place.told) for column in table.columns for place in _split(column)])
        for table in tables
    ]
    for statement, rows in _told(tables, columns):
        _run_all(base, statement, rows)


def _run_all(base: Any, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        base.executemany(statement, rows)
    else:
        base.execute(statement)


_Described = tuple[str, str, Column, str]


def _plain_columns(table: Table) -> list[_Described]:
    return [(column.name, _duckdb_type(column), column, "") for column in table.columns]


def _told(
    tables: Sequence[Table], columns: Sequence[tuple[Table, Sequence[_Described]]]
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Statements that make and fill the tables that tell of the others."""
    words = "label_zh TEXT, description TEXT, description_zh TEXT"
    yield f'CREATE TABLE {TOLD_TABLES} ("table" TEXT PRIMARY KEY, "rows" BIGINT, {words})', []
    rows = [(one.name, one.rows, one.label, one.told["en"], one.told["zh"]) for one in tables]
    yield f"INSERT INTO {TOLD_TABLES} VALUES (?, ?, ?, ?, ?)", rows  # noqa: S608 - a name of ours
    key = 'PRIMARY KEY ("table", "column")'
    head = f'"table" TEXT, "column" TEXT, "position" INTEGER, "type" TEXT, {words}, {key}'
    yield f"CREATE TABLE {TOLD_COLUMNS} ({head})", []
    found = []
    for table, own in columns:
        for place, (name, kind, column, aside) in enumerate(own):
            en, zh = _ASIDE.get(aside, ("", ""))
            told = (
                f"{column.label}（{zh}）" if zh else column.label,
                f"{column.told['en']} ({en})" if en else column.told["en"],
                f"{column.told['zh']}（{zh}）" if zh else column.told["zh"],
            )
            found.append((table.name, name, place, kind, *told))
    yield f"INSERT INTO {TOLD_COLUMNS} VALUES (?, ?, ?, ?, ?, ?, ?)", found  # noqa: S608 - a name of ours


def _duckdb_table(table: Table) -> str:
    lines = [
        f"{_quoted(column.name)} {_duckdb_type(column)}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    ]
    # An index of DuckDB's has to be in memory, and rows stand by their documents: only the table of these has one.
    if table.name == "documents":
        lines.append("PRIMARY KEY (document_id)")
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(lines)})"


def _duckdb_type(column: Column) -> str:
    kind = column.type
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_integer(kind):
        return "BIGINT" if kind.bit_width > 32 else "INTEGER"
    return {Kind.flag: "BOOLEAN", Kind.real: "DOUBLE", Kind.list: "DOUBLE[]"}.get(column.kind, "VARCHAR")


def _said(what: Table | Column) -> str:
    return "\n".join([what.label, what.told["zh"], what.told["en"]])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
