"""Hostile files in one run: it ends, says what came of each, and leaves nothing behind but its output."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq

from extract.batch.run import Options, run
from extract.readers.files import ReadOptions
from extract.tables.schemas import TABLES, schemas
from tests.hostile import corpus

# Seconds a file. LibreOffice, which some kinds need, takes some of them on a busy machine.
LIMIT = 60.0


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_run_over_hostile_files(tmp_path: Path) -> None:
    files = corpus()
    assert len(files) >= 200
    assert files == corpus()
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name, data in files.items():
        (source / name).write_bytes(data)
    before = tree(tmp_path)
    escaped = [Path("/tmp/escaped.txt"), Path("escaped.txt"), tmp_path.parent / "escaped.txt"]
    assert not any(path.exists() for path in escaped)
    options = Options((str(source),), out, timeout=LIMIT, reading=ReadOptions(max_unpacked=20_000_000))
    manifest = run(options)
    counts = manifest.counts
    rows = {name: pq.read_table(out / name) for name in TABLES}
    # Every file is there: by itself, or by what is in it.
    failures = rows["failures"].to_pylist()
    paths = rows["documents"]["source_path"].to_pylist() + [row["source_path"] for row in failures]
    assert {path.partition("!/")[0] for path in paths} == set(files)
    assert len(set(paths)) == counts.inputs == counts.converted + counts.converted_with_findings + counts.failed
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["counts"]["inputs"] == counts.inputs
    broken = {
        row["source_path"]: row["message"] for row in failures if row["code"] in ("crash", "timeout", "internal_error")
    }
    assert broken == {}
    for name, table in rows.items():
        assert table.schema.equals(schemas()[name]), name
        table.validate(full=True)
    # Nothing but the output was written.
    after = tree(tmp_path)
    assert {path: digest for path, digest in after.items() if not path.startswith("out/")} == before
    assert not any(path.exists() for path in escaped)
