"""Rows of tasks that change when all documents of a run are known."""

from __future__ import annotations

import pytest

from extract import to_tables
from extract.recover import TaskPatch
from extract.tables.patch import apply_patches
from tests.made import digest, extraction, form

DIGESTS = {path: digest(path) for path in ("a.txt", "b.txt", "z.txt")}


def test_no_patch_changes_nothing() -> None:
    tasks = to_tables([extraction()])["tasks"]
    assert apply_patches(tasks, [], DIGESTS) is tasks


def test_a_patch_changes_its_row_alone() -> None:
    tasks = to_tables([extraction("a.txt", form(0), form(1)), extraction("b.txt")])["tasks"]
    patch = TaskPatch("a.txt", 1, 0, True, "开展普法宣传，送法下乡进村。", "b.txt#0 goals 1")
    patched = apply_patches(tasks, [patch], DIGESTS)
    assert patched["content_recovered"].to_pylist() == [None, "开展普法宣传，送法下乡进村。", None]
    assert patched["recovery_source"].to_pylist() == [None, "b.txt#0 goals 1", None]
    assert patched["content_truncated"].to_pylist() == [True, True, True]
    assert patched.schema.equals(tasks.schema, check_metadata=True)


def test_a_text_may_prove_to_be_whole() -> None:
    patch = TaskPatch("a.txt", 0, 0, False, None, None)
    patched = apply_patches(to_tables([extraction()])["tasks"], [patch], DIGESTS)
    assert patched["content_truncated"].to_pylist() == [False]


def test_a_patch_to_nothing_is_an_error() -> None:
    tasks = to_tables([extraction()])["tasks"]
    with pytest.raises(KeyError):
        apply_patches(tasks, [TaskPatch("z.txt", 0, 0, True, None, None)], DIGESTS)
    with pytest.raises(KeyError):
        apply_patches(tasks, [TaskPatch("a.txt", 0, 7, True, None, None)], DIGESTS)
