from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from extract.batch.chunk import chunks
from extract.batch.manifest import Allowance, Counts, Manifest, outcome
from extract.batch.plan import Item
from extract.batch.read import read_item
from extract.batch.run import Options, run
from extract.errors import UsageError
from extract.model import Extraction, Failure, Finding
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.recover import Told
from extract.schemafiles import SCHEMAS
from tests.made import LINES, digest, extraction, failed, form
from tests.test_writer import digests

SAMPLES = SCHEMAS.parent / "samples"


def tables(out: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / name).to_pylist()
    return rows


def inputs(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def made(data: bytes, source_path: str) -> Extraction:
    """Reads a file by what its name says; stands in for the real reader."""
    name = source_path.rpartition("/")[2]
    if name.startswith("boom"):
        raise ValueError("boom")
    if name.startswith("deep"):
        raise RecursionError("too deep")
    if name.startswith("code"):
        return extraction(source_path, form(0, (Finding("no_such_code"),)))
    if name.startswith("empty"):
        return failed(source_path)
    if name.startswith("none"):
        return Extraction(source_path, digest(source_path), None, None, LINES, ())
    if name.startswith("doubt"):
        return extraction(source_path, form(0, (Finding("number_not_stored", "documents"),)))
    if name.startswith("two"):
        return extraction(source_path, form(0), form(1))
    if name.startswith("both"):
        return Extraction(source_path, digest(source_path), None, None, LINES, (form(),), Failure("empty"))
    return extraction(source_path)


NAMES = ("a", "b", "boom", "both", "code", "deep", "doubt", "empty", "none", "two")


def test_every_input_is_accounted_for(tmp_path: Path) -> None:
    source = inputs(tmp_path / "in", *NAMES)
    (source / "broken").symlink_to(source / "nothing")
    (source / "large").write_bytes(b"x" * 101)
    manifest = run(Options((str(source),), tmp_path / "out", max_bytes=100), read=made)
    counts = manifest.counts
    assert (counts.inputs, counts.converted, counts.converted_with_findings, counts.failed) == (12, 3, 1, 8)
    assert counts.forms == 6
    failures = {row["source_path"]: (row["code"], row["message"]) for row in tables(tmp_path / "out", "failures")}
    assert {path: code for path, (code, _) in failures.items()} == {
        "boom": "internal_error",
        "both": "empty",
        "broken": "unreadable",
        "code": "internal_error",
        "deep": "internal_error",
        "empty": "empty",
        "large": "too_large",
        "none": "not_a_form",
    }
    assert failures["boom"][1].startswith("reading failed unexpectedly: ValueError: boom;")
    assert failures["large"][1].startswith("the file has 101 bytes, more than the limit of 100;")
    assert list(failures) == sorted(failures)
    assert [row["source_path"] for row in tables(tmp_path / "out", "documents")] == [
        "a",
        "b",
        "both",
        "doubt",
        "two",
        "two",
    ]
    assert counts.failures_by_code == {
        "empty": 2,
        "internal_error": 3,
        "not_a_form": 1,
        "too_large": 1,
        "unreadable": 1,
    }
    assert counts.findings == {"info": 0, "warning": 1, "error": 0}
    assert counts.findings_by_code == {"number_not_stored": 1}
    assert counts.rows == {name: len(tables(tmp_path / "out", name)) for name in counts.rows}


def test_run_json_says_what_was_asked_and_what_came_of_it(tmp_path: Path) -> None:
    source = inputs(tmp_path / "in", "a", "boom", "doubt")
    options = Options((str(source),), tmp_path / "out", strict=True, max_failed=Allowance.parse("50%"), max_bytes=1000)
    manifest = run(options, read=made)
    found = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert found == json.loads(json.dumps(manifest.as_dict()))
    assert list(found) == ["tool", "outcome", "exit_code", "parameters", "versions", "profiles", "counts", "timings"]
    assert (found["tool"], found["outcome"], found["exit_code"]) == ("pifubiao", "some_doubtful", 1)
    assert found["parameters"] == {
        "inputs": [str(source)],
        "out": str(tmp_path / "out"),
        "strict": True,
        "max_failed": "50%",
        "max_bytes": 1000,
        "forms": None,
        "reading": asdict(ReadOptions()),
        "timeout": 300.0,
        "max_memory": 4 * 1024**3,
        "full": False,
        "workers": 0,
        "engine": "local",
        "scheduler": None,
        "corrections": [],
    }
    assert {"pifubiao", "python", "pyarrow", "regex"} <= set(found["versions"])
    assert {"started", "read_seconds", "tables_seconds", "recovery_seconds", "write_seconds", "total_seconds"} == set(
        found["timings"]
    )
    counts = found["counts"]
    assert counts["inputs"] == counts["converted"] + counts["converted_with_findings"] + counts["failed"] == 3


@pytest.mark.parametrize("size", [1, 3, 200])
def test_files_do_not_depend_on_the_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    source = inputs(tmp_path / "in", *NAMES, *(f"x{number}" for number in range(20)))
    run(Options((str(source),), tmp_path / "whole"), read=made)
    monkeypatch.setattr("extract.batch.chunk._INPUTS", size)
    run(Options((str(source),), tmp_path / "out"), read=made)
    assert without_account(tmp_path / "out") == without_account(tmp_path / "whole")


def test_two_runs_over_the_samples_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(Options((str(SAMPLES),), tmp_path / name)).counts.failed == 0
    assert without_account(tmp_path / "one") == without_account(tmp_path / "two")
    assert len(without_account(tmp_path / "one")) == 12


def without_account(out: Path) -> dict[str, str]:
    """The digests of all files but ``run.json``, which holds the time."""
    return {name: value for name, value in digests(out).items() if name != "run.json"}


def test_what_cannot_be_learned_from_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(extraction: Extraction) -> list[Told]:
        if extraction.source_path == "bad":
            raise ValueError("cannot learn")
        return []

    monkeypatch.setattr("extract.recover.told", told)
    source = inputs(tmp_path / "in", "a", "b", "bad", "code", "empty")
    counts = run(Options((str(source),), tmp_path / "out"), read=made).counts
    assert (counts.converted, counts.converted_with_findings, counts.failed) == (2, 0, 3)
    failures = {row["source_path"]: row["code"] for row in tables(tmp_path / "out", "failures")}
    assert failures == {"bad": "internal_error", "code": "internal_error", "empty": "empty"}
    assert [row["source_path"] for row in tables(tmp_path / "out", "documents")] == ["a", "b"]


def test_chunks() -> None:
    leaves = [Leaf("aaa", b"aaa"), Leaf("gone", b"", Failure("unreadable")), *[Leaf(f"{n}", b"aaa") for n in range(5)]]
    sizes = [[leaf.source_path for leaf in chunk] for chunk in chunks(leaves, count=3, size=6)]
    assert sizes == [["aaa", "gone", "0"], ["1", "2"], ["3", "4"]]
    assert list(chunks([])) == []


def test_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, ...]] = []
    run(
        Options((str(inputs(tmp_path / "in", "a", "b", "boom")),), tmp_path / "out"),
        lambda *step: seen.append(step),
        read=made,
    )
    assert seen == [(1, 3, 0, 0), (2, 3, 0, 0), (3, 3, 1, 0)]


def test_an_output_in_an_input_or_around_it_is_refused(tmp_path: Path) -> None:
    source = inputs(tmp_path / "in", "a")
    for out, key in ((source / "out", "out_in_input"), (source, "out_in_input"), (tmp_path, "input_in_out")):
        with pytest.raises(UsageError) as caught:
            run(Options((str(source),), out), read=made)
        assert caught.value.key == key
    with pytest.raises(UsageError) as caught:
        run(Options((str(source / "a"),), source), read=made)
    assert caught.value.key == "input_in_out"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "in"]


def test_an_output_of_somebody_else_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    source, out = inputs(tmp_path / "in", "a"), inputs(tmp_path / "out", "thesis.docx")

    def read(data: bytes, source_path: str) -> Extraction:
        raise AssertionError

    with pytest.raises(UsageError) as caught:
        run(Options((str(source),), out), read=read)
    assert caught.value.key == "out_not_ours"


def test_a_failure_at_the_end_leaves_the_old_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = inputs(tmp_path / "in", "a"), tmp_path / "out"
    run(Options((str(source),), out), read=made)
    before = digests(out)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (source / "b").write_text("b", encoding="utf-8")
    monkeypatch.setattr("extract.batch.archive.put_in_place", refuse)
    with pytest.raises(OSError, match="No space left"):
        run(Options((str(source),), out), read=made)
    assert digests(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.pifubiao-work", "in", "out"]

    # What was read before it failed is not read again.
    monkeypatch.undo()
    assert run(Options((str(source),), out), read=made).counts.skipped == 2
    assert [row["source_path"] for row in tables(out, "documents")] == ["a", "b"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_file_that_vanishes_is_a_failure(tmp_path: Path) -> None:
    found = read_item(Item(str(tmp_path / "gone.txt"), "gone.txt"), 100)
    assert found.failure == Failure("unreadable", {"reason": "No such file or directory"})


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    assert read_item(Item(str(tmp_path / "a"), "a"), 100, made).forms
    failure = read_item(Item(str(tmp_path / "a"), "a"), 99, made).failure
    assert failure == Failure("too_large", {"size": 100, "limit": 99})


@pytest.mark.parametrize(
    ("text", "limit", "percent", "shown"),
    [
        ("0", "0", False, "0"),
        ("3", "3", False, "3"),
        ("2%", "2", True, "2%"),
        (" 2.5％", "2.5", True, "2.5%"),
        ("100%", "100", True, "100%"),
    ],
)
def test_allowance(text: str, limit: str, percent: bool, shown: str) -> None:
    assert Allowance.parse(text) == Allowance(Decimal(limit), percent)
    assert str(Allowance.parse(text)) == shown


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "101%", "-1%", "%", "NaN", "inf", "1 2"])
def test_no_allowance(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Allowance.parse(text)
    assert (caught.value.key, caught.value.params) == ("bad_max_failed", {"text": text})


@pytest.mark.parametrize(
    ("text", "failed", "total", "covered"),
    [
        ("0", 0, 5, True),
        ("0", 1, 5, False),
        ("2", 2, 5, True),
        ("2", 3, 5, False),
        ("10%", 1, 10, True),
        ("10%", 1, 9, False),
        ("33.3%", 1, 3, False),
        ("100%", 3, 3, True),
    ],
)
def test_what_an_allowance_covers(text: str, failed: int, total: int, covered: bool) -> None:
    assert Allowance.parse(text).covers(failed, total) is covered


@pytest.mark.parametrize(
    ("failures", "findings", "allowed", "strict", "expected", "code"),
    [
        (0, {}, "0", True, "done", 0),
        (0, {"info": 3}, "0", True, "done", 0),
        (0, {"warning": 1}, "0", False, "done", 0),
        (0, {"warning": 1}, "0", True, "some_doubtful", 1),
        (0, {"error": 1}, "0", True, "some_doubtful", 1),
        (1, {}, "0", False, "some_failed", 1),
        (1, {}, "1", False, "done", 0),
        (1, {"error": 1}, "1", True, "some_doubtful", 1),
        (2, {"error": 1}, "1", True, "some_failed", 1),
    ],
)
def test_outcome(failures: int, findings: dict[str, int], allowed: str, strict: bool, expected: str, code: int) -> None:
    counts = Counts(inputs=10, failed=failures, findings=findings)
    found = outcome(counts, Allowance.parse(allowed), strict)
    assert found == expected
    assert Manifest(found, {}, counts, {}).exit_code == code


def test_findings_of_all_severities_are_counted(tmp_path: Path) -> None:
    def read(data: bytes, source_path: str) -> Extraction:
        doubts: Sequence[Finding] = [Finding("number_not_stored") for _ in range(3)]
        return extraction(source_path, form(0, tuple(doubts)))

    manifest = run(Options((str(inputs(tmp_path / "in", "a", "b")),), tmp_path / "out"), read=read)
    assert manifest.counts.doubtful == 6
    assert manifest.counts.converted_with_findings == 2
