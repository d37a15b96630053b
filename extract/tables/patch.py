"""Changes to finished tables that could be known only when all documents of a run were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from extract.model import Finding
from extract.recover import TaskPatch
from extract.tables.build import finding_rows, status


def apply_patches(tables: Mapping[str, Any], patches: Iterable[TaskPatch]) -> dict[str, Any]:
    """``tables`` with ``patches`` applied to ``tasks``, ``findings`` and the status in ``documents``.

    KeyError for a patch to a document or row that is not in ``tables``.
    """
    documents, tasks, findings = tables["documents"], tables["tasks"], tables["findings"]
    keys = zip(documents["source_path"].to_pylist(), documents["form_index"].to_pylist(), strict=True)
    numbers = {key: number for number, key in enumerate(keys)}
    ids = documents["document_id"].to_pylist()
    by_row: dict[tuple[str, int], TaskPatch] = {}
    added: list[tuple[str, Finding]] = []
    for patch in patches:
        key = ids[numbers[patch.source_path, patch.form_index]]
        by_row[key, patch.seq] = patch
        if patch.finding is not None:
            added.append((key, patch.finding))
    if not by_row:
        return dict(tables)
    patched = {**tables, "tasks": _patched_tasks(tasks, by_row)}
    if added:
        patched["findings"] = _merged(findings, finding_rows(added), ids)
        patched["documents"] = _with_status(documents, patched["findings"])
    return patched


def _patched_tasks(tasks: Any, by_row: Mapping[tuple[str, int], TaskPatch]) -> Any:
    keys = zip(tasks["document_id"].to_pylist(), tasks["seq"].to_pylist(), strict=True)
    rows = {key: row for row, key in enumerate(keys)}
    for field in ("content_truncated", "content_recovered", "recovery_source"):
        values = tasks[field].to_pylist()
        for key, patch in by_row.items():
            values[rows[key]] = getattr(patch, field)
        tasks = _with_column(tasks, field, values)
    return tasks


def _merged(findings: Any, added: Any, ids: Sequence[str]) -> Any:
    """Both sets of findings in the order of the documents; of one document, those of the first set first."""
    order = {key: number for number, key in enumerate(ids)}
    both = pa.concat_tables([findings, added])
    keys = both["document_id"].to_pylist()
    # A stable sort keeps the order within a document.
    return both.take(pa.array(sorted(range(len(keys)), key=lambda row: order[keys[row]]), pa.int64())).combine_chunks()


def _with_status(documents: Any, findings: Any) -> Any:
    severities: dict[str, list[str]] = {}
    for key, severity in zip(findings["document_id"].to_pylist(), findings["severity"].to_pylist(), strict=True):
        severities.setdefault(key, []).append(severity)
    values = [status(severities.get(key, ())) for key in documents["document_id"].to_pylist()]
    return _with_column(documents, "status", values)


def _with_column(table: Any, name: str, values: list[Any]) -> Any:
    field = table.schema.field(name)
    return table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type))
