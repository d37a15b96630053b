"""``datapackage.json``, as the standard's own tool takes it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from extract import to_tables, write_tables
from extract.batch.run import Options, run
from extract.schemafiles import SCHEMAS, read_yaml
from extract.tables.package import PACKAGE, descriptor, package_bytes
from extract.tables.schemas import TABLES, schemas
from tests.made import extraction, failed
from tests.needs import needs

SAMPLES: Final = Path(__file__).parent.parent / "samples"


def installed() -> bool:
    from importlib.util import find_spec

    return find_spec("frictionless") is not None


def validated(path: Path) -> dict[str, Any]:
    """What ``frictionless validate`` says."""
    command = [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "--json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if found["valid"] else 1)
    return found


def faults(report: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The tables that do not hold to what is said of them, and how."""
    return {(task["name"], error["type"]) for task in report["tasks"] for error in task["errors"]}


@needs("frictionless", found=installed())
def test_the_output_of_the_samples_is_valid(samples_output: Path) -> None:
    report = validated(samples_output / PACKAGE)
    assert (report["valid"], faults(report)) == (True, set())
    counts = json.loads((samples_output / "run.json").read_text(encoding="utf-8"))["counts"]
    # All rows of all tables were looked at.
    assert {task["name"]: task["stats"].get("rows", 0) for task in report["tasks"]} == counts["rows"]
    assert counts["forms"] > 200


@needs("frictionless", found=installed())
def test_what_the_tables_do_not_hold_to_is_found(tmp_path: Path) -> None:
    tables = to_tables([extraction(), failed("b.txt")])
    twice = tables["tasks"].slice(0, 1)
    tables["tasks"] = twice.from_batches([*twice.to_batches(), *twice.to_batches()])
    at = tables["funding"].schema.get_field_index("category")
    field = tables["funding"].schema.field(at)
    tables["funding"] = tables["funding"].set_column(at, field, [["else"] * tables["funding"].num_rows])
    tables["documents"] = tables["documents"].slice(0, 0)
    write_tables(tables, tmp_path / "out")
    found = faults(validated(tmp_path / "out" / PACKAGE))
    assert found == {("tasks", "primary-key"), ("funding", "constraint-error")} | {
        (name, "foreign-key") for name in TABLES if name not in ("documents", "failures", "findings")
    }


def test_every_column_is_described() -> None:
    resources = {resource["name"]: resource for resource in descriptor()["resources"]}
    assert list(resources) == list(TABLES)
    for name, schema in schemas().items():
        assert resources[name]["path"] == name
        fields = resources[name]["schema"]["fields"]
        assert [field["name"] for field in fields] == schema.names
        for field, own in zip(fields, schema, strict=True):
            words = {key.decode(): word.decode() for key, word in own.metadata.items()}
            assert field["title"] == words["label_zh"]
            assert field["description"] == f"{words['description_zh']}\n\n{words['description']}"
            assert field.get("constraints", {}).get("required", False) is not own.nullable


def test_a_table_as_the_standard_says_it() -> None:
    whole = descriptor()
    assert "由绩效目标批复表读出" in whole["description"]
    goals = next(one for one in whole["resources"] if one["name"] == "goals")
    assert {name: word for name, word in goals.items() if name not in ("schema", "title", "description")} == {
        "name": "goals",
        "type": "table",
        "path": "goals",
        "scheme": "file",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }
    assert goals["schema"]["primaryKey"] == ["document_id", "seq"]
    assert goals["schema"]["foreignKeys"] == [
        {"fields": ["document_id"], "reference": {"resource": "documents", "fields": ["document_id"]}}
    ]
    assert {one["name"] for one in whole["resources"] if "foreignKeys" in one["schema"]} == {
        *TABLES,
    } - {"documents", "failures"}


def test_what_a_column_may_hold_is_what_a_person_may_correct_it_to() -> None:
    may = read_yaml(SCHEMAS / "corrections.yaml")
    said = {
        (name, column): rule["one_of"]
        for name, columns in may.items()
        if name in TABLES
        for column, rule in columns.items()
        if "one_of" in (rule or {})
    }
    known = {
        (resource["name"], field["name"]): field.get("constraints", {}).get("enum")
        for resource in descriptor()["resources"]
        for field in resource["schema"]["fields"]
    }
    assert len(said) == 3
    assert {place: known[place] for place in said} == said


def test_it_is_there_after_every_run(tmp_path: Path) -> None:
    options = Options((str(SAMPLES / "blanks-line-01.txt"),), tmp_path / "out", workers=None)
    run(options)
    assert (tmp_path / "out" / PACKAGE).read_bytes() == package_bytes()
    for content in (b"{}", None):
        (tmp_path / "out" / PACKAGE).unlink()
        if content is not None:
            (tmp_path / "out" / PACKAGE).write_bytes(content)
        assert run(options).counts.skipped == 1
        assert (tmp_path / "out" / PACKAGE).read_bytes() == package_bytes()


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_columns_that_are_never_blank(name: str) -> None:
    resource = next(one for one in descriptor()["resources"] if one["name"] == name)
    required = {one["name"] for one in resource["schema"]["fields"] if one.get("constraints", {}).get("required")}
    assert set(resource["schema"].get("primaryKey", ())) <= required
    assert bool(resource["schema"].get("primaryKey")) is (name not in ("findings", "provenance", "failures"))
