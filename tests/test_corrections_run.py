"""Runs with corrections: the same tables however they came about, and no input read anew for nothing."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from extract.api import extract_bytes
from extract.batch.manifest import Manifest
from extract.batch.run import Options, run
from extract.model import Extraction
from extract.recover import PATCHED
from extract.tables.derived import OF_DOCUMENTS, OF_INDICATORS
from tests.archives import zip_of
from tests.correcting import VALUES, line, text_of, write
from tests.needs import needs
from tests.test_again import counting, fill, shrink, tables_of
from tests.test_again import write as write_form
from tests.test_cli import SAMPLE, account, pifubiao
from tests.test_recover import FORM, START
from tests.test_workers import pifubiao as run_command

# Values of which nothing else is made.
ANY = [
    ("documents", "unit_name"), ("documents", "title"), ("documents", "other_notes"), ("funding", "amount_raw"),
    ("goals", "text"), ("tasks", "name"), ("tasks", "content"), ("indicators", "name"), ("indicators", "unit"),
    ("indicators", "level1_raw"), ("indicators", "direction"), ("indicators", "achieved"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """File systems' clocks are trusted at once, and buckets are small."""
    monkeypatch.setattr("extract.batch.convert._TOO_FRESH", -(1 << 62))
    shrink(monkeypatch, 3)


def made(folder: Path, out: Path, *corrections: Path, **options: Any) -> Manifest:
    return run(Options((str(folder),), out, **{"workers": None, **options}, corrections=corrections))


def extraction(folder: Path, name: str) -> Extraction:
    return extract_bytes((folder / name).read_bytes(), source_path=name)


def unit(folder: Path, name: str, new: str = "民政局", **more: Any) -> dict[str, Any]:
    """The line that says what the unit of a form is called."""
    return line(extraction(folder, name), "documents", None, "unit_name", new, **more)


def names(out: Path) -> dict[str, str]:
    rows = pq.read_table(out / "documents", columns=["source_path", "unit_name"]).to_pylist()
    return {row["source_path"]: row["unit_name"] for row in rows}


def told(manifest: Manifest) -> Mapping[str, int]:
    return {name: count for name, count in manifest.counts.corrections.items() if count}


def test_only_the_inputs_are_read_anew_of_which_something_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    made(source, out)
    plain = tables_of(out)
    steps: list[tuple[list[dict[str, Any]], list[str]]] = [
        ([unit(source, "0/003")], ["0/003"]),
        ([unit(source, "0/003")], []),
        ([unit(source, "0/003"), unit(source, "2/011", who="李红")], ["2/011"]),
        ([unit(source, "0/003"), unit(source, "2/011", who="王明")], ["2/011"]),
        ([unit(source, "2/011", who="王明"), unit(source, "0/003", source_path="x")], ["0/003"]),
        ([unit(source, "0/003", source_path="x")], ["2/011"]),
        ([], ["0/003"]),
    ]
    for number, (lines, anew) in enumerate(steps):
        seen: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("extract.batch.convert.load", counting(seen))
            manifest = made(source, out, *([write(tmp_path / "c.jsonl", lines)] if lines else []))
        assert (seen, manifest.counts.skipped) == (anew, 20 - len(anew))
        assert told(manifest) == ({"applied": len(lines)} if lines else {})
        fresh = tmp_path / f"fresh{number}"
        assert told(made(source, fresh, *([tmp_path / "c.jsonl"] if lines else []))) == told(manifest)
        assert tables_of(out) == tables_of(fresh)
        assert {name for name, found in names(out).items() if found == "民政局"} == {
            name
            for name in ("0/003", "2/011")
            if any(
                name in (one["source_path"], "0/003") and one["source_sha256"] == extraction(source, name).source_sha256
                for one in lines
            )
        }
    assert tables_of(out) == plain


def test_what_is_said_of_members_of_an_archive_has_the_archive_read_anew(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 6), tmp_path / "out"
    members = {
        name: FORM.format(code="177", goal="做好各项工作。", content=f"完成{name}任务。").encode()
        for name in ("甲", "乙")
    }
    (source / "a.zip").write_bytes(zip_of({**members, "z": b""}))
    assert made(source, out).counts.failed == 1
    inside = extract_bytes(members["乙"], source_path="a.zip!/乙")
    said = write(tmp_path / "c.jsonl", [line(inside, "documents", None, "unit_name", "民政局")])
    manifest = made(source, out, said)
    # One of its members gave no form; it fails again each time.
    assert (manifest.counts.inputs, manifest.counts.skipped, manifest.counts.failed) == (9, 6, 1)
    assert told(manifest) == {"applied": 1}
    assert [name for name, found in names(out).items() if found == "民政局"] == ["a.zip!/乙"]
    assert made(source, out, said).counts.skipped == 8
    made(source, tmp_path / "fresh", said)
    assert tables_of(out) == tables_of(tmp_path / "fresh")


def test_every_correction_is_accounted_for(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 4), tmp_path / "out"
    gone = line(extraction(source, "1/001"), "indicators", 9, "value", "7", old="6")
    lines = [
        unit(source, "0/000"),
        line(extraction(source, "0/003"), "goals", 0, "text", "做好各项工作。"),
        unit(source, "1/001", old="教育局"),
        gone,
        {**gone, "seq": 0, "source_sha256": "0" * 64},
        {**gone, "seq": 0, "source_sha256": "0" * 64, "source_path": "elsewhere"},
        {**gone, "source_sha256": "1" * 64, "source_path": "elsewhere", "form_index": 3},
    ]
    said = write(tmp_path / "c.jsonl", lines)
    manifest = made(source, out, said)
    assert manifest.counts.corrections == {"applied": 1, "confirmed": 1, "stale": 2, "unused": 2}
    assert manifest.exit_code == 0
    assert manifest.as_dict()["parameters"]["corrections"] == [str(said)]
    assert manifest.as_dict()["counts"]["corrections"] == manifest.counts.corrections
    assert made(source, out, said).counts.corrections == manifest.counts.corrections
    codes = pq.read_table(out / "findings")["code"].to_pylist()
    assert sorted(code for code in codes if code != "funding_missing") == [
        "confirmed",
        "corrected",
        "correction_stale",
        "correction_stale",
    ]


def test_one_value_of_each_sample_is_corrected_and_nothing_else_changes(tmp_path: Path) -> None:
    """In texts, pages, sheets and archives, in one run."""
    source, out, new = SAMPLE.parent, tmp_path / "out", "更正"
    made(source, tmp_path / "plain")
    before = {name: pq.read_table(tmp_path / "plain" / name).to_pylist() for name in VALUES}
    draw = random.Random(4)
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for document in before["documents"]:
        table, field = draw.choice(ANY)
        rows = [row for row in before[table] if row["document_id"] == document["document_id"]]
        if rows:
            row = draw.choice(rows)
            where = {name: document[name] for name in ("source_sha256", "source_path", "form_index")}
            value = {"table": table, "seq": row.get("seq"), "field": field}
            key = (where["source_sha256"], where["form_index"], *value.values())
            lines[key] = {**where, **value, "old": text_of(row[field]), "new": new}
    manifest = made(source, out, write(tmp_path / "c.jsonl", lines.values()))
    assert told(manifest) == {"applied": len(lines)}
    assert len(lines) > 200
    # Some samples are also members of an archive: what was said of one is said of its like.
    expected = {
        (line["table"], document["document_id"], line["seq"], line["field"]): new
        for line in lines.values()
        for document in before["documents"]
        if all(line[name] == document[name] for name in ("source_sha256", "form_index"))
    }
    found: dict[tuple[Any, ...], Any] = {}
    for name in VALUES:
        for one, other in zip(before[name], pq.read_table(out / name).to_pylist(), strict=True):
            # The unit's code and the contents of tasks tell what other documents complete; its name tells its region.
            found |= {
                (name, one["document_id"], one.get("seq"), key): other[key]
                for key in one
                if one[key] != other[key]
                and key not in ("status", "confidence", *PATCHED, *OF_DOCUMENTS, *OF_INDICATORS)
            }
    assert found == expected


def test_a_part_that_is_broken_is_made_anew(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 6), tmp_path / "out"
    said = write(tmp_path / "c.jsonl", [unit(source, "0/000")])
    made(source, out, said)
    before = tables_of(out)
    part = next((out / "documents").iterdir())
    part.write_bytes(part.read_bytes()[:100])
    assert told(made(source, out, said)) == {"applied": 1}
    assert tables_of(out) == before


def test_two_documents_of_the_same_bytes_have_the_same_corrections(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 2), tmp_path / "out"
    shutil.copy(source / "0" / "000", source / "copy")
    manifest = made(source, out, write(tmp_path / "c.jsonl", [unit(source, "0/000")]))
    assert told(manifest) == {"applied": 1}
    assert [name for name, found in names(out).items() if found == "民政局"] == ["0/000", "copy"]


def test_a_file_that_changed_has_a_finding_and_one_that_moved_has_its_corrections(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 4), tmp_path / "out"
    said = write(tmp_path / "c.jsonl", [unit(source, "0/000"), unit(source, "1/001")])
    assert told(made(source, out, said)) == {"applied": 2}
    write_form(source, "0/000", content="另一项工作。")
    (source / "1" / "001").rename(source / "2" / "009")
    manifest = made(source, out, said)
    assert told(manifest) == {"applied": 1, "stale": 1}
    assert [name for name, found in names(out).items() if found == "民政局"] == ["2/009"]
    made(source, tmp_path / "fresh", said)
    assert tables_of(out) == tables_of(tmp_path / "fresh")


def test_a_run_that_was_stopped_takes_over_only_what_the_next_one_says_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = fill(tmp_path / "in", 30), tmp_path / "out"
    one = write(tmp_path / "1.jsonl", [unit(source, "0/000"), unit(source, "0/012")])
    two = write(tmp_path / "2.jsonl", [unit(source, "0/000"), unit(source, "0/015", "财政局")])

    class Stopped(Exception):
        pass

    def stop(line: Mapping[str, Any]) -> None:
        if line["bucket"] > 3:
            raise Stopped

    with pytest.raises(Stopped):
        run(Options((str(source),), out, workers=None, corrections=(one,)), log=stop)
    seen: list[str] = []
    monkeypatch.setattr("extract.batch.convert.load", counting(seen))
    made(source, out, two)
    assert "0/012" in seen
    assert "0/000" not in seen
    assert len(seen) < 30
    made(source, tmp_path / "fresh", two)
    assert tables_of(out) == tables_of(tmp_path / "fresh")
    assert names(out)["0/015"] == "财政局"


def test_the_tables_are_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", 20)
    shutil.copy(SAMPLE.parent / "office-xlsx-portal-2.xlsx", source / "sheet.xlsx")
    sheet = extraction(source, "sheet.xlsx")
    lines = [unit(source, "1/004"), line(sheet, "indicators", 0, "value", "77")]
    said = write(tmp_path / "c.jsonl", lines)
    assert told(made(source, tmp_path / "here", said)) == {"applied": 2}
    for workers in ("1", "2"):
        run_command(source, tmp_path / workers, "--workers", workers, "--corrections", str(said))
    assert tables_of(tmp_path / "here") == tables_of(tmp_path / "1") == tables_of(tmp_path / "2")


@needs("dask", found=find_spec("distributed") is not None)
def test_a_cluster_makes_the_same_tables(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", 12)
    said = write(tmp_path / "c.jsonl", [unit(source, "1/004")])
    run_command(source, tmp_path / "dask", "--engine", "dask", "--workers", "2", "--corrections", str(said))
    assert told(made(source, tmp_path / "here", said)) == {"applied": 1}
    assert tables_of(tmp_path / "dask") == tables_of(tmp_path / "here")


# ---- texts that other documents complete


def tasks(out: Path) -> list[tuple[Any, ...]]:
    names = ("content", "content_truncated", "content_recovered", "recovery_source")
    return [tuple(row[name] for name in names) for row in pq.read_table(out / "tasks").to_pylist()]


WHOLE = START + "时法律服务圈。"
FROM_B = "b#0 tasks 0"


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A form with a cut text, and another one of the department, which has it whole."""
    source = tmp_path / "in"
    source.mkdir()
    for name, content in (("a", START), ("b", WHOLE)):
        (source / name).write_text(FORM.format(code="121", goal="做好工作。", content=content), encoding="utf-8")
    made(source, tmp_path / "plain")
    assert tasks(tmp_path / "plain")[0] == (START, True, WHOLE, FROM_B)
    return source


@pytest.mark.parametrize(
    ("name", "field", "old", "new", "expected"),
    [
        ("a", "content_recovered", WHOLE, "另一段话。", (START, True, "另一段话。", None)),
        ("a", "content_recovered", WHOLE, WHOLE, (START, True, WHOLE, FROM_B)),
        ("a", "content_recovered", WHOLE, None, (START, True, None, None)),
        ("a", "recovery_source", FROM_B, "附件2", (START, True, WHOLE, "附件2")),
        ("a", "content_truncated", "true", "false", (START, False, None, None)),
        ("a", "content", START, "开展法律援助工作。", ("开展法律援助工作。", True, None, None)),
        ("b", "content", WHOLE, START + "康社会。", (START, True, START + "康社会。", FROM_B)),
        ("b", "unit_code", "121", "999", (START, True, None, None)),
    ],
)
def test_what_documents_tell_one_another_follows_what_persons_say(
    pair: Path, tmp_path: Path, name: str, field: str, old: str, new: str | None, expected: tuple[Any, ...]
) -> None:
    table, seq = ("documents", None) if field == "unit_code" else ("tasks", 0)
    said = write(tmp_path / "c.jsonl", [line(extraction(pair, name), table, seq, field, new, old=old)])
    manifest = made(pair, tmp_path / "out", said)
    assert told(manifest) == {"confirmed" if new == old else "applied": 1}
    assert tasks(tmp_path / "out")[0] == expected
    assert made(pair, tmp_path / "out", said).counts.skipped == 2
    made(pair, tmp_path / "plain", said)
    assert tables_of(tmp_path / "plain") == tables_of(tmp_path / "out")


def test_the_width_at_which_a_folder_cuts_its_texts_is_told_by_what_stood_there(tmp_path: Path) -> None:
    """One text that a person wrote out whole does not hide where an export cut the others."""
    source = tmp_path / "in"
    source.mkdir()
    cut = [
        "开展普法宣传，推进依法治理，完善公共法律服务体系建设，加强人民调解工作" + mark * 3 for mark in "甲乙丙丁戊己"
    ]
    for number, content in enumerate(cut):
        (source / str(number)).write_text(FORM.format(code="121", goal="做好。", content=content), encoding="utf-8")
    made(source, tmp_path / "plain")
    before = tasks(tmp_path / "plain")
    assert [row[1] for row in before] == [True] * 6
    said = write(
        tmp_path / "c.jsonl", [line(extraction(source, "2"), "tasks", 0, "content", cut[2] + "，并做好其他工作")]
    )
    made(source, tmp_path / "out", said)
    after = tasks(tmp_path / "out")
    assert [row for at, row in enumerate(after) if at != 2] == [row for at, row in enumerate(before) if at != 2]
    assert after[2] == (cut[2] + "，并做好其他工作", False, None, None)


# ---- the command


def test_the_command_tells_what_became_of_corrections(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(SAMPLE, tmp_path / "in" / "a.txt")
    one = extraction(tmp_path / "in", "a.txt")
    first = write(tmp_path / "1.jsonl", [line(one, "indicators", 0, "value", "325")])
    second = write(
        tmp_path / "2.jsonl",
        [
            line(one, "indicators", 1, "value", "31"),
            unit(tmp_path / "in", "a.txt", source_sha256="0" * 64, source_path="b"),
        ],
    )
    words = ("extract", tmp_path / "in", "--out", tmp_path / "out", "--corrections", first, "--corrections", second)
    done = pifubiao(*words)
    assert done.returncode == 0
    assert [line.split() for line in done.stdout.splitlines() if "applied" in line or "confirmed" in line or "used" in line] == [
        ["applied", "1"], ["confirmed", "1"], ["not", "applied:", "what", "was", "read", "has", "changed", "0"],
        ["not", "used:", "no", "form", "of", "theirs", "among", "the", "inputs", "1"],
    ]  # fmt: skip
    assert account(tmp_path / "out")["counts"]["corrections"] == {"applied": 1, "confirmed": 1, "stale": 0, "unused": 1}
    assert "已应用" in pifubiao(*words, "--lang", "zh").stdout


def test_a_mistake_in_a_file_of_corrections_stops_a_run_before_anything_is_read(tmp_path: Path) -> None:
    said = write(tmp_path / "c.jsonl", [{"table": "indicators"}])
    done = pifubiao("extract", SAMPLE, "--out", tmp_path / "out", "--corrections", said)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        f"Error: {said}:1: the key source_sha256 is missing: add it",
    )
    assert not (tmp_path / "out").exists()
    said.write_text(json.dumps({"where": 1}), encoding="utf-8")
    done = pifubiao("extract", SAMPLE, "--out", tmp_path / "out", "--corrections", said, "--lang", "zh")
    assert "未知的键" in done.stderr
