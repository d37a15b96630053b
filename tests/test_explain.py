"""What `explain` says of a line is what came of it."""

from __future__ import annotations

import io
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len
from rich.console import Console

from extract import to_tables
from extract.api import extract_bytes, traced_bytes
from extract.errors import UsageError
from extract.interpret.trace import KINDS, ROLES, WHATS, Recorder
from extract.messages import Speaker, messages
from extract.report.explain import Chosen, Explained, as_dict, explained
from extract.report.explain_table import show
from extract.schemafiles import SCHEMAS, read_yaml
from tests.test_cli import SAMPLE, pifubiao

SAMPLES = sorted(SAMPLE.parent.iterdir())
SCHEMA = read_yaml(SCHEMAS / "explain.yaml")
ALL = Chosen()


def explain(data: bytes, chosen: Chosen = ALL, name: str = "a.txt") -> Explained:
    recorder = Recorder()
    return explained(traced_bytes(data, recorder, source_path=name), recorder, chosen)


def shown(found: Explained, language: str = "en", width: int = 140) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    show(console, found, Speaker(language))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@cache
def of_sample(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = as_dict(explain(path.read_bytes(), name=path.name))
    return found


def values_of(lines: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    """How often each value is said to stand at each place."""
    return Counter(
        (v["form_index"], v["table"], v["seq"], v["field"], line["line"], v["column_start"], v["column_end"])
        for line in lines
        for v in {
            json.dumps(value, sort_keys=True): value
            for reading in line["readings"]
            for cell in reading["cells"]
            for value in cell["values"]
        }.values()
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_row_of_provenance_is_explained_by_its_line(path: Path) -> None:
    plain = extract_bytes(path.read_bytes(), source_path=path.name)
    tables = to_tables([plain])
    forms = {row["document_id"]: row["form_index"] for row in tables["documents"].to_pylist()}
    places = Counter(
        (forms[p["document_id"]], p["table"], p["seq"], p["field"], p["line"], p["column_start"], p["column_end"])
        for p in tables["provenance"].to_pylist()
    )
    found = of_sample(path)
    assert values_of(found["lines"]) == places
    lines = {place[4] for place in places}
    assert [line["line"] for line in found["lines"]] == list(range(1, len(plain.lines) + 1))
    assert [line["text"] for line in found["lines"]] == plain.lines
    assert {line["line"] for line in found["lines"] if line["has_values"]} == lines


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_value_lies_in_a_cell_of_one_row(path: Path) -> None:
    for line in of_sample(path)["lines"]:
        for reading in line["readings"]:
            ends = 0
            for cell in reading["cells"]:
                assert ends <= cell["column_start"] < cell["column_end"] <= len(line["text"])
                ends = cell["column_end"]
                for value in cell["values"]:
                    assert value["column_start"] < cell["column_end"]
                    assert cell["column_start"] < value["column_end"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_json_is_what_the_schema_describes(path: Path) -> None:
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(json.dumps(of_sample(path))))) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_cut_texts_are_those_of_the_tables(path: Path) -> None:
    tables = to_tables([extract_bytes(path.read_bytes(), source_path=path.name)])
    forms = {row["document_id"]: row["form_index"] for row in tables["documents"].to_pylist()}
    for form in of_sample(path)["forms"]:
        for cut in form["cuts"]:
            flag = f"{cut['field']}_truncated"
            rows = tables[cut["table"]].to_pylist()
            cut_ones = [r["seq"] for r in rows if forms[r["document_id"]] == form["form_index"] and r[flag]]
            assert [text["seq"] for text in cut["texts"]] == cut_ones


def test_codes_are_those_of_the_schema_and_have_words() -> None:
    definitions = SCHEMA["$defs"]
    assert tuple(definitions["reading"]["properties"]["reading"]["enum"]) == WHATS
    assert tuple(definitions["role"]["enum"]) == ROLES
    assert tuple(definitions["cell"]["properties"]["kind"]["enum"]) == (*KINDS.values(), None)
    known = set(messages())
    assert {f"explain_{what}" for what in WHATS} <= known
    assert {f"explain_role_{role}" for role in ROLES} <= known
    assert {f"explain_kind_{kind}" for kind in KINDS.values()} <= known
    for way in definitions["form"]["properties"]["layout"]["oneOf"][1]["items"]["properties"]["way"]["enum"]:
        assert f"explain_way_{way}" in known
    for settled in definitions["form"]["properties"]["funding"]["properties"]["settled"]["enum"]:
        assert settled == "none" or f"explain_settled_{settled}" in known


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 100, 160])
def test_lines_are_no_wider_than_the_terminal(language: str, width: int) -> None:
    for path in (SAMPLE, SAMPLE.parent / "layout-01.txt", SAMPLE.parent / "grid-01.txt"):
        lines = shown(explain(path.read_bytes()), language, width)
        assert max(map(cell_len, lines)) <= width


def test_source_text_cannot_speak_to_the_terminal() -> None:
    evil = "a\x1b]0;title\x07b\u202ec[red]d[/red]:smile:\u009be"
    text = SAMPLE.read_text(encoding="utf-8").replace("大竹县司法局部门", evil).replace("324\t个", f"324\t个{evil}")
    for data in (text, f"{evil}\n整体支出绩效目标批复表{evil}\n{evil}\t一级指标\t{evil}\t二级指标"):
        lines = "\n".join(shown(explain(data.encode()), width=400))
        assert not set(lines) & set("\x1b\x07\u009b\u202e\r")
        assert "[red]d[/red]:smile:" in lines


def test_the_command(tmp_path: Path) -> None:
    done = pifubiao("explain", SAMPLE, "--lines", "37")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown(
        explain(SAMPLE.read_bytes(), Chosen(37, 37), SAMPLE.name), width=120
    )
    found = json.loads(pifubiao("explain", SAMPLE, "--json", "--lines", "46-", "--form", "1").stdout)
    assert [line["line"] for line in found["lines"]] == [46, 47, 48]
    assert found["lines"] == of_sample(SAMPLE)["lines"][45:48]


def test_the_command_ends_as_inspect_does(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("没有表", encoding="utf-8")
    assert pifubiao("explain", tmp_path / "a.txt").returncode == 1
    assert pifubiao("explain", tmp_path / "none.txt").returncode == 2
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\0" * 50)
    done = pifubiao("explain", tmp_path / "a.pdf", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["failure"]["code"], found["failure"]["evidence"], found["lines"]) == ("unsupported_format", None, [])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--lines", "x"), "--lines x is no range of lines: write 12, 12-20 or 12-"),
        (("--lines", "0"), "--lines 0 is no range of lines: write 12, 12-20 or 12-"),
        (("--lines", "9-3"), "--lines 9-3 is no range of lines: write 12, 12-20 or 12-"),
        (("--form", "2"), "there is no form 2 in this file: it has 1"),
        (("--form", "0"), "there is no form 0 in this file: it has 1"),
    ],
)
def test_what_cannot_be_shown(words: tuple[str, ...], reason: str) -> None:
    done = pifubiao("explain", SAMPLE, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [f"Error: {reason}", "Nothing was done (exit code 2)"]


@pytest.mark.parametrize(
    ("lines", "first", "last"), [("12", 12, 12), ("12-20", 12, 20), ("12-", 12, 0), ("1-1", 1, 1), (None, 1, 0)]
)
def test_ranges_of_lines(lines: str | None, first: int, last: int) -> None:
    assert Chosen.parse(lines, None)[:2] == (first, last)


@pytest.mark.parametrize("lines", ["", "-", "-3", "1-2-3", "1.5", "²"])
def test_what_is_no_range(lines: str) -> None:
    with pytest.raises(UsageError):
        Chosen.parse(lines, None)
