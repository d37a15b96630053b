from __future__ import annotations

import pytest

from extract import to_tables
from extract.catalogue import FindingKind, Wording
from extract.model import Finding
from extract.recover import TaskPatch
from extract.tables.build import document_id
from extract.tables.patch import apply_patches
from tests.made import digest, extraction, form

WORDS = Wording("odd", "可疑")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {s: FindingKind(s, s, None, WORDS, WORDS) for s in ("info", "warning", "error")}
    monkeypatch.setattr("extract.catalogue.findings", lambda: codes)


def test_no_patch_changes_nothing() -> None:
    tables = to_tables([extraction()])
    assert apply_patches(tables, []) == tables


def test_a_patch_changes_its_row_alone() -> None:
    tables = to_tables([extraction("a.txt", form(0), form(1)), extraction("b.txt")])
    patch = TaskPatch("a.txt", 1, 0, True, "开展普法宣传，送法下乡进村。", "b.txt#0 goals 1", None)
    patched = apply_patches(tables, [patch])
    assert patched["tasks"]["content_recovered"].to_pylist() == [None, "开展普法宣传，送法下乡进村。", None]
    assert patched["tasks"]["recovery_source"].to_pylist() == [None, "b.txt#0 goals 1", None]
    assert patched["tasks"]["content_truncated"].to_pylist() == [True, True, True]
    assert patched["tasks"].schema.equals(tables["tasks"].schema, check_metadata=True)
    same = [name for name in tables if name != "tasks"]
    assert all(patched[name].equals(tables[name]) for name in same)


def test_a_text_may_prove_to_be_whole() -> None:
    patched = apply_patches(to_tables([extraction()]), [TaskPatch("a.txt", 0, 0, False, None, None, None)])
    assert patched["tasks"]["content_truncated"].to_pylist() == [False]


def test_findings_go_to_their_document_and_change_its_status() -> None:
    first = form(0, (Finding("info"), Finding("warning", "tasks", 0)))
    tables = to_tables(
        [extraction("a.txt", first), extraction("b.txt"), extraction("c.txt", form(0, (Finding("info"),)))]
    )
    patches = [
        TaskPatch("c.txt", 0, 0, True, None, None, None),
        TaskPatch("b.txt", 0, 0, True, None, None, Finding("warning", "tasks", 0, "content")),
        TaskPatch("a.txt", 0, 0, True, None, None, Finding("error", "tasks", 0, "content")),
    ]
    patched = apply_patches(tables, patches)
    keys = {document_id(path, digest(path), 0): path for path in ("a.txt", "b.txt", "c.txt")}
    assert [(keys[row["document_id"]], row["code"]) for row in patched["findings"].to_pylist()] == [
        ("a.txt", "info"),
        ("a.txt", "warning"),
        ("a.txt", "error"),
        ("b.txt", "warning"),
        ("c.txt", "info"),
    ]
    assert patched["documents"]["status"].to_pylist() == ["error", "warning", "ok"]


def test_a_patch_to_nothing_is_an_error() -> None:
    with pytest.raises(KeyError):
        apply_patches(to_tables([extraction()]), [TaskPatch("z.txt", 0, 0, True, None, None, None)])
    with pytest.raises(KeyError):
        apply_patches(to_tables([extraction()]), [TaskPatch("a.txt", 0, 7, True, None, None, None)])
