"""Changes to finished tables that could be known only when all documents of a run were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from extract.recover import PATCHED, TaskPatch
from extract.tables.build import document_id


def apply_patches(tasks: Any, patches: Iterable[TaskPatch], digests: Mapping[str, str]) -> Any:
    """The table ``tasks`` with ``patches`` applied; ``digests``: the ``source_sha256`` of each document's source.

    What a person settled stays, and where the whole text stands is told of that text alone.
    KeyError for a patch to a document or row that is not there.
    """
    by_row = {
        (document_id(patch.source_path, digests[patch.source_path], patch.form_index), patch.seq): patch
        for patch in patches
    }
    if not by_row:
        return tasks
    keys = zip(tasks["document_id"].to_pylist(), tasks["seq"].to_pylist(), strict=True)
    rows = {key: row for row, key in enumerate(keys)}
    whole = tasks["content_recovered"].to_pylist()
    for field in PATCHED:
        values = tasks[field].to_pylist()
        for key, patch in by_row.items():
            if field not in _kept(patch, whole[rows[key]]):
                values[rows[key]] = getattr(patch, field)
        column = tasks.schema.field(field)
        tasks = tasks.set_column(tasks.schema.get_field_index(field), column, pa.array(values, column.type))
    return tasks


def _kept(patch: TaskPatch, whole: str | None) -> set[str]:
    """The fields of a row that a patch leaves as they are; ``whole``: the recovered content that stands there."""
    kept = set(patch.kept.split(","))
    if "content_recovered" in kept and whole != patch.content_recovered:
        kept.add("recovery_source")
    return kept
