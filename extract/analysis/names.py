"""What an archive calls its tables, views and columns, in English and Chinese (``schemas/views.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import pyarrow as pa

from extract.analysis.problems import ArchiveError
from extract.schemafiles import SCHEMAS, read_checked, schema_error
from extract.tables.schemas import TABLES, schemas

Language = Literal["en", "zh"]
Kind = Literal["table", "joined", "wide"]

KEY: Final = "document_id"


class Source(NamedTuple):
    """A table or a view; ``table``: whose rows it has (of a wide view, those that become columns)."""

    name: str
    label_zh: str
    kind: Kind
    table: str
    description: str
    description_zh: str


class Words(NamedTuple):
    """The words of ``funding_wide``, by the codes that stand in ``funding``; in the order of its columns."""

    categories: dict[str, str]
    sources: dict[str, str]


def load(path: Path) -> tuple[dict[str, Source], Words]:
    """The tables and views that a file names, by their English names; SchemaError where it is not sound."""
    data = read_checked(path, "views")
    if tuple(data["tables"]) != TABLES:
        raise schema_error(path, ("tables",), "schema_none_of", value=list(data["tables"]), known=", ".join(TABLES))
    known = schemas()
    found = {
        name: Source(
            name, label, "table", name, *(_told(known[name], word) for word in ("description", "description_zh"))
        )
        for name, label in data["tables"].items()
    }
    for place, own in enumerate(data["joined"]):
        if own["table"] not in TABLES or KEY not in known[own["table"]].names:
            raise schema_error(path, ("joined", place, "table"), "schema_none_of", value=own["table"], known="")
        found[own["name"]] = Source(
            own["name"], own["label_zh"], "joined", own["table"], own["description"], own["description_zh"]
        )
    wide = data["wide"]
    found[wide["name"]] = Source(
        wide["name"], wide["label_zh"], "wide", "funding", wide["description"], wide["description_zh"]
    )
    return found, Words(wide["categories"], wide["sources"])


@lru_cache(maxsize=1)
def _shipped() -> tuple[dict[str, Source], Words]:
    return load(SCHEMAS / "views.yaml")


def sources() -> dict[str, Source]:
    """All tables and views, by their English names."""
    return _shipped()[0]


def find(name: str) -> tuple[Source, Language]:
    """The table or view of a name, and the language of the name; ArchiveError where there is none."""
    known = sources()
    if name in known:
        return known[name], "en"
    for source in known.values():
        if name == source.label_zh:
            return source, "zh"
    told = ", ".join(f"{source.name} {source.label_zh}" for source in known.values())
    raise ArchiveError("archive_no_table", name=name, known=told)


def fields(source: Source, pairs: Iterable[tuple[str, str]]) -> Any:
    """The ``pyarrow.Schema`` of a table or view; ``pairs``: the categories and sources of funding that there are.

    Each field has its Chinese label in its metadata (``label_zh``). A view has the columns of its table first and then
    those of ``documents``; the wide one those of ``documents`` first.
    """
    documents = schemas()["documents"]
    if source.kind == "table":
        return schemas()[source.name]
    if source.kind == "joined":
        own = schemas()[source.table]
        return pa.schema([*own, *(field for field in documents if field.name not in own.names)])
    amount = schemas()[source.table].field("amount").type
    words = _shipped()[1]
    return pa.schema(
        [
            *documents,
            *(
                pa.field(
                    wide_name(category, name),
                    amount,
                    metadata={
                        "label_zh": f"{words.categories.get(category, category)}_{words.sources.get(name, name)}",
                        "description": f"Amount of category {category} and source {name}, in yuan",
                        "description_zh": "金额，一律以元计",
                    },
                )
                for category, name in pairs
            ),
        ]
    )


def wide_name(category: str, source: str) -> str:
    """The column of ``funding_wide`` for a category and a source."""
    return f"{category}_{source}"


def in_order(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Categories and sources in the order of the columns of ``funding_wide``: known ones first, as they are listed."""
    words = _shipped()[1]
    categories, known = list(words.categories), list(words.sources)

    def place(pair: tuple[str, str]) -> tuple[int, str, int, str]:
        category, source = pair
        return (
            categories.index(category) if category in categories else len(categories),
            category,
            known.index(source) if source in known else len(known),
            source,
        )

    return tuple(sorted(set(pairs), key=place))


def label(field: Any) -> str:
    """The Chinese label of a field."""
    return _told(field, "label_zh")


def chosen(name: str, schema: Any, columns: Sequence[str] | None) -> list[str]:
    """The English names of the columns that were asked for, in either language; all where ``columns`` is None.

    ArchiveError where the table or view ``name`` has no such column.
    """
    if columns is None:
        return list(schema.names)
    by_label = {label(field): field.name for field in schema}
    found = []
    for column in [columns] if isinstance(columns, str) else columns:
        if column not in by_label and column not in schema.names:
            told = ", ".join(f"{field.name} {label(field)}" for field in schema)
            raise ArchiveError("archive_no_column", column=column, name=name, known=told)
        found.append(column if column in schema.names else by_label[column])
    return found


def called(schema: Any, names: Sequence[str], language: Language) -> list[str]:
    """How columns are called in a language."""
    return [label(schema.field(name)) for name in names] if language == "zh" else list(names)


def _told(told: Any, word: str) -> str:
    value: bytes = told.metadata[word.encode()]
    return value.decode("utf-8")
