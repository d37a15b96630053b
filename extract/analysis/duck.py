"""Tables and views as DuckDB has them, and what a question in SQL is answered with."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pyarrow as pa

from extract.analysis import filters, frames
from extract.analysis.filters import Condition
from extract.analysis.folder import Folder
from extract.analysis.names import KEY, Source, fields, in_order, label, sources, wide_name
from extract.analysis.problems import ArchiveError, needed
from extract.tables.schemas import TABLES, schemas

_PARTS: Final = "_parts_of_"
_PATTERN: Final = re.compile(r"[\[*?]")


class Answer:
    """The rows that a question has, worked out when they are asked for.

    ``relation``: DuckDB's own object, for what else it can do. All methods raise ArchiveError where DuckDB fails.
    """

    def __init__(self, relation: Any) -> None:
        self.relation = relation

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return list(self.relation.columns)

    def arrow(self) -> Any:
        """A ``pyarrow.Table``; decimals are decimals, and sums of whole numbers decimals without places."""
        with told():
            return pa.table(self.relation)

    def batches(self) -> Any:
        """A ``pyarrow.RecordBatchReader``: what does not fit into memory is read by it."""
        with told():
            return pa.RecordBatchReader.from_stream(self.relation)

    def pandas(self, *, floats: bool = False) -> Any:
        """A ``pandas.DataFrame`` with the types of ``Archive.pandas``."""
        return frames.as_pandas(self.arrow(), floats=floats)

    def polars(self, *, floats: bool = False) -> Any:
        """A ``polars.DataFrame`` with the types of ``Archive.polars``."""
        return frames.as_polars(self.arrow(), floats=floats)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python's own values: int, float, str, bool, ``decimal.Decimal``, None."""
        with told():
            return list(self.relation.fetchall())

    def __repr__(self) -> str:
        with told():
            return str(self.relation)


@contextmanager
def told() -> Iterator[None]:
    """What DuckDB finds wrong, as ArchiveError."""
    duckdb = needed("duckdb", "SQL")
    try:
        yield
    except duckdb.Error as error:
        raise ArchiveError("archive_sql", reason=str(error).strip()) from error


def ask(connection: Any, question: str, values: Sequence[object] | Mapping[str, object] | None) -> Answer:
    """The answer to a SELECT; ``values``: for the ``?`` or ``$name`` in it."""
    with told():
        relation = connection.sql(question, params=values) if values else connection.sql(question)
    return Answer(relation)


def connect(folder: Folder, parts: Sequence[str], wanted: Sequence[Condition]) -> Any:
    """A new connection to a database in memory, of which all tables and views are views over the files.

    Nothing is fetched from anywhere for it. ArchiveError where DuckDB is not installed.
    """
    duckdb = needed("duckdb", "SQL")
    # What a question needs more memory for goes where temporary files do, and not to the folder one works in.
    config = {"autoinstall_known_extensions": "false", "temp_directory": f"{tempfile.gettempdir()}/pifubiao-duckdb"}
    connection = duckdb.connect(config=config)
    for name in TABLES:
        if not folder.is_local:
            connection.register(f"{_PARTS}{name}", folder.dataset(name, folder.parts_of(name, parts)))
        connection.execute(_view(name, _table(folder, name, folder.parts_of(name, parts), wanted)))
    for source in sources().values():
        if source.kind != "table":
            connection.execute(_view(source.name, _joined(source, folder.pairs)))
        labels = ((field.name, label(field)) for field in fields(source, in_order(folder.pairs)))
        columns = ", ".join(f"{_quoted(name)} AS {_quoted(word)}" for name, word in labels)
        connection.execute(_view(source.label_zh, f"SELECT {columns} FROM {_quoted(source.name)}"))
    return connection


def _table(folder: Folder, name: str, parts: Sequence[str], wanted: Sequence[Condition]) -> str:
    if folder.is_local:
        files = ", ".join(filters.literal(_no_pattern(folder.file(name, part))) for part in parts)
        rows = f"read_parquet([{files}], hive_partitioning = false)"
    else:
        rows = f"{_PARTS}{name}"
    if wanted and name == "documents":
        return f"SELECT * FROM {rows} WHERE {filters.as_sql(wanted)}"
    if wanted and KEY in schemas()[name].names:
        return f"SELECT * FROM {rows} SEMI JOIN documents USING ({KEY})"
    return f"SELECT * FROM {rows}"


def _joined(source: Source, pairs: Iterable[tuple[str, str]]) -> str:
    if source.kind == "joined":
        return f"SELECT * FROM {source.table} JOIN documents USING ({KEY})"
    amounts = "".join(
        f", any_value(amount) FILTER (category = {filters.literal(category)} AND source = {filters.literal(name)})"
        f" AS {_quoted(wide_name(category, name))}"
        for category, name in in_order(pairs)
    )
    return f"SELECT * FROM documents LEFT JOIN (SELECT {KEY}{amounts} FROM {source.table} GROUP BY {KEY}) USING ({KEY})"


def _view(name: str, select: str) -> str:
    return f"CREATE VIEW {_quoted(name)} AS {select}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _no_pattern(path: str) -> str:
    """A path in which nothing stands for other characters than itself."""
    return _PATTERN.sub(lambda found: f"[{found[0]}]", path)
