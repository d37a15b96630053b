"""The tables of an output folder as they lie there: part by part, so that what is in memory is some rows of one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from extract.errors import UsageError
from extract.tables.schemas import TABLES

_ROWS: Final = 4096


def check_tables(out: Path) -> None:
    """UsageError where ``out`` is no folder that a run wrote."""
    for name in TABLES:
        if not (out / name).is_dir():
            raise UsageError("report_no_tables", path=str(out), name=name)


def parts(out: Path, name: str) -> list[Path]:
    """The parts of a table, in the order of its rows. UsageError where they cannot be listed."""
    try:
        return sorted(out / name / part for part in os.listdir(out / name) if part.endswith(".parquet"))
    except OSError as error:
        raise _unreadable(out / name, error) from error


def part_rows(path: Path, columns: Sequence[str] | None = None) -> Any:
    """The rows of a part, as an Arrow table. UsageError where it cannot be read."""
    try:
        return pq.read_table(path, columns=columns, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def head(out: Path, name: str) -> tuple[Any, int]:
    """The Arrow schema of a table, that of its first part, and how many rows it has. UsageError as ``parts``."""
    found, rows = None, 0
    for path in parts(out, name):
        try:
            metadata = pq.read_metadata(path)
            found = found if found is not None else metadata.schema.to_arrow_schema()
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(path, error) from error
        rows += metadata.num_rows
    if found is None:
        raise UsageError("report_no_tables", path=str(out), name=name)
    return found, rows


def batches(out: Path, name: str, schema: Any) -> Iterator[Any]:
    """The rows of a table as Arrow record batches of this schema, some thousand a batch. UsageError as ``parts``."""
    for path in parts(out, name):
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(_ROWS, columns=schema.names):
                    yield batch.cast(schema)
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error)
    return UsageError("report_tables_unreadable", path=str(path), reason=reason)
