"""The rows of tables and views as Arrow has them, part by part: what is in memory at a time is little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.analysis.folder import Folder
from extract.analysis.names import KEY, Source, in_order, wide_name
from extract.tables.schemas import schemas


def batches(
    folder: Folder, parts: Sequence[str], source: Source, columns: Sequence[str], schema: Any, wanted: Any
) -> Iterator[Any]:
    """The rows of a table or view of the documents that are wanted (all where None), in the order of the output.

    ``parts``: those in which there may be such documents; ``schema``: of all its columns, of which ``columns`` are
    given. A table without documents (``failures``) is whole.
    """
    given = pa.schema([schema.field(name) for name in columns])
    for part in folder.parts_of(source.table, parts):
        for table in _of_part(folder, source, part, columns, wanted):
            yield from table.cast(given).to_batches()


def _of_part(folder: Folder, source: Source, part: str, columns: Sequence[str], wanted: Any) -> Iterator[Any]:
    if source.name == "documents":
        yield folder.documents(part, columns, wanted)
        return
    own = schemas()[source.table].names
    if source.kind == "table" and (wanted is None or KEY not in own):
        yield from (pa.table(batch) for batch in folder.batches(source.table, part, columns))
        return
    known = schemas()["documents"].names
    if source.kind == "wide":
        yield _wide(folder, part, columns, [name for name in columns if name in known], wanted)
        return
    others = [name for name in columns if name not in own]
    documents = folder.documents(part, [KEY, *others], wanted)
    if documents.num_rows == 0:
        return
    mine = [name for name in columns if name in own]
    for batch in folder.batches(source.table, part, _with_key(mine)):
        yield _joined(batch, documents, columns)


def _joined(batch: Any, documents: Any, columns: Sequence[str]) -> Any:
    """Rows with columns of their documents; those alone whose documents there are."""
    places = pc.index_in(batch.column(KEY), value_set=documents[KEY])
    there = places.is_valid()
    rows, of_rows = pa.table(batch).filter(there), documents.take(places.filter(there))
    return pa.table({name: (rows if name in rows.column_names else of_rows)[name] for name in columns})


def _wide(folder: Folder, part: str, columns: Sequence[str], of_documents: Sequence[str], wanted: Any) -> Any:
    """A row a document, with a column for each kind of amount."""
    documents = folder.documents(part, _with_key(of_documents), wanted)
    made = {name: documents[name] for name in of_documents}
    if documents.num_rows and len(made) < len(columns):
        read = (KEY, "category", "source", "amount")
        funding = pa.Table.from_batches(
            folder.batches("funding", part, read), pa.schema([schemas()["funding"].field(name) for name in read])
        )
    else:
        funding = schemas()["funding"].empty_table()
    for category, name in in_order(folder.pairs):
        column = wide_name(category, name)
        if column in columns:
            own = funding.filter(pc.and_(pc.equal(funding["category"], category), pc.equal(funding["source"], name)))
            places = pc.index_in(documents[KEY], value_set=own[KEY])
            made[column] = own["amount"].take(places)
    return pa.table({name: made[name] for name in columns})


def _with_key(columns: Sequence[str]) -> list[str]:
    return list(columns) if KEY in columns else [KEY, *columns]
