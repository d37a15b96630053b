"""The Arrow schemas of the eight tables, read from ``schemas/tables/``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from extract.errors import SchemaError
from extract.schemafiles import SCHEMAS, read_checked, schema_error

TABLES: Final = ("documents", "funding", "goals", "tasks", "indicators", "findings", "provenance", "failures")

# Of the metadata of a column, what tells where the places of its values are told.
SOURCED: Final = "sourced"

_DECIMAL: Final = re.compile(r"decimal128\((\d+), ?(\d+)\)")
_SIMPLE: Final[Mapping[str, Any]] = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "list<float64>": pa.list_(pa.float64()),
}


def arrow_type(name: str) -> Any:
    """The Arrow type that a schema file calls ``name``; SchemaError for a name that means none."""
    decimal = _DECIMAL.fullmatch(name)
    if decimal:
        try:
            return pa.decimal128(int(decimal[1]), int(decimal[2]))
        except ValueError as error:
            raise SchemaError(f"{name}: {error}") from error
    try:
        return _SIMPLE[name]
    except KeyError:
        raise SchemaError(f"{name} is no column type") from None


def load(path: Path) -> Any:
    """The ``pyarrow.Schema`` that a schema file describes.

    Labels and descriptions go to field metadata (``label_zh``, ``description``, ``description_zh``) and, for the
    table itself, to schema metadata. A field's ``sourced`` says where the places of its values are told: by rows of
    ``provenance``, or also by a column of the same table where they come from another document. SchemaError names the
    file and the place where it is not sound.
    """
    data = read_checked(path, "table")
    if data["table"] != path.stem:
        raise schema_error(path, ("table",), "schema_file_name", name=data["table"], file=path.stem)
    names = [column["name"] for column in data["columns"]]
    for place, column in enumerate(data["columns"]):
        if "sourced_by" in column and column["sourced_by"] not in names:
            known = ", ".join(names)
            raise schema_error(
                path, ("columns", place, "sourced_by"), "schema_none_of", value=column["sourced_by"], known=known
            )
    for place, name in enumerate(names):
        if name in names[:place]:
            raise schema_error(path, ("columns", place, "name"), "schema_twice", value=name)
    words = ("label_zh", "description", "description_zh")
    fields = []
    for place, column in enumerate(data["columns"]):
        try:
            kind = arrow_type(column["type"])
        except SchemaError as error:
            kind = column["type"]
            raise schema_error(path, ("columns", place, "type"), "schema_column_type", value=kind) from error
        metadata = {word: column[word] for word in words}
        if column.get("sourced", False):
            metadata[SOURCED] = column.get("sourced_by", "provenance")
        fields.append(pa.field(column["name"], kind, nullable=column["nullable"], metadata=metadata))
    return pa.schema(fields, metadata={word: data[word] for word in words})


@lru_cache(maxsize=1)
def schemas() -> dict[str, Any]:
    """The ``pyarrow.Schema`` of each of ``TABLES``, in that order."""
    return {name: load(SCHEMAS / "tables" / f"{name}.yaml") for name in TABLES}


@lru_cache(maxsize=1)
def sourced() -> dict[str, tuple[str, ...]]:
    """The columns of each table that hold values of forms: whatever stands there has a place in the source."""
    key = SOURCED.encode()
    return {name: tuple(field.name for field in schema if key in field.metadata) for name, schema in schemas().items()}
