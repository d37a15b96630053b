"""``datapackage.json``: what lies in an output folder, as tools that know Frictionless Data Packages read it.

It is made of ``schemas/tables/`` alone, so that it is the same for any rows. Every table is a resource, whose path is
its folder: the parts of a Parquet table cannot be put one behind the other as those of a CSV file can, and a list of
them would be read as far as the first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from extract.schemafiles import SCHEMAS, read_checked
from extract.tables.place import sync
from extract.tables.schemas import TABLES, schemas

PACKAGE: Final = "datapackage.json"

# The version of the standard that the file is written in.
_PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_DOCUMENT: Final = "document_id"
# Readers that come by way of pandas find these where there is no number; no column of ours can hold one.
_NO_NUMBER: Final = ("", "nan")


def descriptor() -> dict[str, Any]:
    """The content of the file."""
    return {
        "$schema": _PROFILE,
        "name": "pifubiao",
        "title": "绩效目标批复表",
        "description": "由绩效目标批复表读出的数据表。 Tables read from performance-target approval tables.",
        "resources": [_resource(name) for name in TABLES],
    }


@lru_cache(maxsize=1)
def package_bytes() -> bytes:
    """The file, the same bytes for the same schemas."""
    return (json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n").encode()


def write_package(folder: Path) -> None:
    """Writes the file into a folder; it is on the disk then."""
    path = folder / PACKAGE
    path.write_bytes(package_bytes())
    sync(path)


def is_described(folder: Path) -> bool:
    """Whether a folder holds the file as it would be written."""
    try:
        return (folder / PACKAGE).read_bytes() == package_bytes()
    except OSError:
        return False


def keys(name: str) -> tuple[str, ...]:
    """The columns that tell a row of a table from all others; none where there are no such columns."""
    return tuple(_file(name).get("key", ()))


def refers(columns: Sequence[str], name: str) -> bool:
    """Whether the rows of a table with these columns belong to rows of ``documents``."""
    return name != "documents" and _DOCUMENT in columns


def _resource(name: str) -> dict[str, Any]:
    data = _file(name)
    schema: dict[str, Any] = {"fields": [_field(column) for column in data["columns"]]}
    if keys(name):
        schema["primaryKey"] = list(keys(name))
    if refers(schemas()[name].names, name):
        reference = {"resource": "documents", "fields": [_DOCUMENT]}
        schema["foreignKeys"] = [{"fields": [_DOCUMENT], "reference": reference}]
    return {
        "name": name,
        "type": "table",
        "title": data["label_zh"],
        "description": _both(data),
        "path": name,
        "scheme": "file",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    }


def _field(column: Mapping[str, Any]) -> dict[str, Any]:
    kind = _kind(column["type"])
    constraints: dict[str, Any] = {} if column["nullable"] else {"required": True}
    if "one_of" in column:
        constraints["enum"] = column["one_of"]
    field = {"name": column["name"], "type": kind, "title": column["label_zh"], "description": _both(column)}
    if constraints:
        field["constraints"] = constraints
    if column["nullable"] and kind in ("integer", "number"):
        field["missingValues"] = list(_NO_NUMBER)
    return field


def _both(words: Mapping[str, str]) -> str:
    return f"{words['description_zh']}\n\n{words['description']}"


def _kind(name: str) -> str:
    """What the standard calls a type of the schemas; it has no name for a list of numbers that any reader knows."""
    if name.startswith("list"):
        return "any"
    if name.startswith(("decimal", "float")):
        return "number"
    return {"bool": "boolean", "int32": "integer", "int64": "integer"}.get(name, "string")


@lru_cache(maxsize=len(TABLES))
def _file(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_checked(SCHEMAS / "tables" / f"{name}.yaml", "table")
    return found
