"""Arrow tables as data frames of pandas and Polars, with decimals and nulls as they are."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from extract.analysis.problems import needed

_WHOLE: Final = {
    pa.int8(): "Int8",
    pa.int16(): "Int16",
    pa.int32(): "Int32",
    pa.int64(): "Int64",
    pa.uint8(): "UInt8",
    pa.uint16(): "UInt16",
    pa.uint32(): "UInt32",
    pa.uint64(): "UInt64",
    pa.bool_(): "boolean",
}


def as_pandas(table: Any, *, floats: bool = False) -> Any:
    """A ``pandas.DataFrame``: see ``Archive.pandas`` for its types. ArchiveError where pandas is not installed."""
    pandas = needed("pandas", "pandas")

    def kind(arrow: Any) -> Any:
        if pa.types.is_decimal(arrow):
            return pandas.ArrowDtype(arrow)
        return pandas.api.types.pandas_dtype(_WHOLE[arrow]) if arrow in _WHOLE else None

    return (floating(table) if floats else table).to_pandas(types_mapper=kind)


def as_polars(table: Any, *, floats: bool = False) -> Any:
    """A ``polars.DataFrame``: see ``Archive.polars`` for its types. ArchiveError where Polars is not installed."""
    polars = needed("polars", "Polars")
    return polars.from_arrow(floating(table) if floats else table)


def floating(table: Any) -> Any:
    """A table with its decimals as float64."""
    fields = [field.with_type(pa.float64()) if pa.types.is_decimal(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))
