"""Tables and views as lazy frames of Polars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extract.analysis import filters
from extract.analysis.filters import Condition
from extract.analysis.folder import Folder
from extract.analysis.names import KEY, Source, in_order, wide_name
from extract.analysis.problems import needed
from extract.tables.schemas import schemas


def scan(folder: Folder, source: Source, parts: Sequence[str], wanted: Sequence[Condition]) -> Any:
    """A ``polars.LazyFrame`` of a table or view, with all its columns; nothing is read before it is collected.

    ``parts``: those in which there may be documents that are wanted. ArchiveError where Polars is not installed.
    """
    polars = needed("polars", "Polars")

    def table(name: str) -> Any:
        own = folder.parts_of(name, parts)
        if not folder.is_local:
            return polars.scan_pyarrow_dataset(folder.dataset(name, own))
        files = [folder.file(name, part) for part in own]
        return polars.scan_parquet(files, glob=False, hive_partitioning=False)

    documents = table("documents").filter(filters.as_polars(wanted, polars)) if wanted else table("documents")
    if source.name == "documents":
        return documents
    rows = table(source.table)
    if source.kind == "wide":
        amounts = [
            polars.col("amount")
            .filter((polars.col("category") == category) & (polars.col("source") == name))
            .first()
            .alias(wide_name(category, name))
            for category, name in in_order(folder.pairs)
        ]
        return documents.join(rows.group_by(KEY).agg(amounts), on=KEY, how="left", maintain_order="left")
    if source.kind == "joined":
        return rows.join(documents, on=KEY, how="inner", maintain_order="left")
    if wanted and KEY in schemas()[source.table].names:
        return rows.join(documents.select(KEY), on=KEY, how="semi", maintain_order="left")
    return rows
