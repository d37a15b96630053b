"""What `explain` says of a line is what came of it."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from extract import to_tables
from extract.api import extract_bytes
from extract.errors import UsageError
from extract.interpret import grammar
from extract.interpret.grammar import DEFAULT_COLUMNS, Grammar
from extract.interpret.trace import KINDS, ROLES, WHATS, Part, Reading
from extract.messages import messages
from extract.profiles import default
from extract.report.explain import Chosen, as_dict
from extract.report.explain_lines import lines_of
from extract.schemafiles import SCHEMAS, read_yaml
from tests import test_wide as wide
from tests.explained import GOLDEN, NO_FORM, explain, golden, shown
from tests.made import cell as made_cell
from tests.made import extraction as extraction_of_made
from tests.test_cli import SAMPLE, pifubiao

SAMPLES = sorted(SAMPLE.parent.glob("*.txt"))
SCHEMA = read_yaml(SCHEMAS / "explain.yaml")


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
def test_every_word_stands_in_a_row(path: Path) -> None:
    """What is in no row are a page's title and the like, which say once more what stands in one.

    Words over the goals are taken off where cells ran together.
    """
    over = default().finder.profile.goal_columns
    lines = of_sample(path)["lines"]
    readings = [reading for line in lines for reading in line["readings"]]
    read = "\n".join(cell["text"] for r in readings if r["row"] is not None for cell in r["cells"])
    forgotten = [cell["text"] for r in readings if r["row"] is None for cell in r["cells"]]
    words = [word for text in forgotten for word in re.findall(r"[\u4e00-\u9fff（）]+", text)]
    assert [word for word in words if word not in read and word not in over] == []


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


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_findings_are_those_of_the_tables(path: Path) -> None:
    tables = to_tables([extract_bytes(path.read_bytes(), source_path=path.name)])
    forms = {row["document_id"]: row["form_index"] for row in tables["documents"].to_pylist()}
    rows = Counter((forms[f["document_id"]], f["code"], f["seq"], f["line"]) for f in tables["findings"].to_pylist())
    found = of_sample(path)
    told = [(f["form_index"], f["code"], f["seq"], line["line"]) for line in found["lines"] for f in line["findings"]]
    told += [(f["form_index"], f["code"], f["seq"], None) for form in found["forms"] for f in form["findings"]]
    assert Counter(told) == rows


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_stand_under_one_another(language: str) -> None:
    lines = shown(explain(SAMPLE.read_bytes()), language, 100)
    costs = {cell_len(line[: found.start()]) for line in lines if (found := re.search(r" {2}\d\.\d \+\d\.\d", line))}
    assert len(costs) == 1
    names = {cell_len(line[: found.end()]) for line in lines if (found := re.match(r" *\d+  (?=\S)", line))}
    assert len(names) == 1


def test_source_text_cannot_speak_to_the_terminal() -> None:
    evil = "a\x1b]0;t\x07b\u202e[red]c:x:\u009bd"
    text = SAMPLE.read_text(encoding="utf-8").replace("大竹县司法局部门", evil).replace("324\t个", f"324\t个{evil}")
    for data in (text, f"{evil}\n整体支出绩效目标批复表{evil}\n{evil}\t一级指标\t{evil}\t二级指标"):
        lines = "\n".join(shown(explain(data.encode()), width=400))
        assert not set(lines) & set("\x1b\x07\u009b\u202e\r")
        assert "a]0;tb[red]c:x:d" in lines


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
    assert (found["failure"]["code"], found["failure"]["evidence"], found["lines"]) == ("malformed", None, [])


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


def test_explanations_are_as_they_were() -> None:
    """`python -m tests.explained` writes them anew; look at what has changed."""
    told = golden()
    assert {path.name for path in GOLDEN.glob("explain-*")} == {path.name for path in told}
    for path, text in told.items():
        assert path.read_text(encoding="utf-8").splitlines() == text.splitlines(), path.name


FORM = """项目支出绩效目标批复表
预算年度：2024
预算单位：135-司法局
项目名称：普法经费
项目资金（元）\t年度资金总额\t财政拨款\t专户资金\t单位资金
\t1200.00\t1200.00
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
产出指标\t数量指标\t开展宣传的次数\t≥\t12\t次\t50
{row}
"""


def the_line(row: str, number: int = 9) -> dict[str, Any]:
    found: dict[str, Any] = as_dict(explain(FORM.format(row=row).encode()))["lines"][number - 1]
    return found


def test_the_margin_between_two_readings_that_are_close() -> None:
    # As a value without operator: 1.5 for 定性 as a value, 0.8 for no operator, 0.5 for the weight one place off.
    # As an operator without value: 2.0 for no value, 1.0 for the weight two places off.
    line = the_line("矛盾纠纷化解成效\t定性\t50")
    (reading,) = line["readings"]
    assert (reading["cost"], reading["margin"]) == (2.8, 0.2)
    assert [(c["kind"], c["role"], c["next_role"]) for c in reading["cells"]] == [
        ("text", "name", None),
        ("qualitative", "value", "operator"),
        ("number", "weight", None),
    ]
    assert line["findings"][0]["code"] == "row_ambiguous"


def test_a_row_that_is_what_it_should_be_costs_nothing() -> None:
    (reading,) = the_line("", 8)["readings"]
    assert (reading["cost"], reading["reading"], reading["seqs"]) == (0.0, "indicators", [0])
    assert [(c["kind"], c["role"], [v["field"] for v in c["values"]]) for c in reading["cells"]] == [
        ("level1_label", "level1", ["level1", "level1_raw"]),
        ("level2_label", "level2", ["level2", "level2_raw"]),
        ("text", "name", ["name"]),
        ("operator", "operator", ["operator"]),
        ("number", "value", ["value", "value_number"]),
        ("unit", "unit", ["unit"]),
        ("number", "weight", ["weight"]),
    ]


def test_a_cell_that_was_not_read_is_said() -> None:
    line = the_line("培训次数\t≥\t3\t次\t40\t≥")
    (reading,) = line["readings"]
    assert (reading["cells"][-1]["role"], reading["cells"][-1]["values"]) == ("extra", [])
    assert [finding["code"] for finding in line["findings"]] == ["cell_unread"]
    lines = shown(explain(FORM.format(row="培训次数\t≥\t3\t次\t40\t≥").encode(), Chosen(9, 9)), width=200)
    assert "≥ (operator)→unread" in "\n".join(lines)


def every_way(reader: Grammar, look: str) -> list[tuple[float, tuple[int, ...]]]:
    """All readings of a row, each gone through on its own, the cheapest first."""
    kinds, gaps = look[: len(look) // 2], [int(gap) for gap in look[len(look) // 2 :]]
    found: list[tuple[float, tuple[int, ...]]] = []

    def go(column: int, memory: int, cost: float, roles: tuple[int, ...]) -> None:
        at = len(roles)
        if at == len(kinds):
            found.append((cost + reader._unfinished(column, memory, roles, kinds), roles))
            return
        for to, more, role in reader._moves(column, memory, kinds[at], gaps[at]):
            go(to, reader._memory(memory, kinds[at], role), cost + more, (*roles, role))

    go(-1, -1, 0.0, ())
    return sorted(found)


def test_costs_and_margins_are_those_of_all_readings() -> None:
    """A margin of 9 or more says no more than that nothing comes near; a name of cells that stand apart has none."""
    reader = Grammar(DEFAULT_COLUMNS)
    chance = random.Random(7)
    for _ in range(600):
        places = [str(chance.choice((0, 1, 1, 1, 2))) for _ in range(chance.randint(1, 5))]
        kinds = "".join(chance.choice("R12BoqnNmugdst") for _ in places)
        look = kinds + "".join(("0", *places[1:]))
        explanation, ways = reader.explain(look), every_way(reader, look)
        assert explanation.best.cost == pytest.approx(ways[0][0]), look
        same = grammar._values(ways[0][1], kinds)
        others = [cost for cost, roles in ways if grammar._values(roles, kinds) != same]
        apart = grammar._is_joined(explanation.best.roles, [int(gap) for gap in look[len(kinds) :]])
        margin = 0.0 if apart else min(others, default=99.0) - ways[0][0]
        assert min(explanation.margin, 9.0) == pytest.approx(min(margin, 9.0)), look


def test_how_amounts_were_placed() -> None:
    (form,) = as_dict(explain(FORM.format(row="").encode()))["forms"]
    money = form["funding"]
    assert money["settled"] == "sums_and_places"
    assert money["chosen"] == {"columns": ["project/total", "project/fiscal"], "failed": 0, "held": 1, "apart": 0}
    # The same sum holds with the other source; the amounts stand side by side, and the columns one apart.
    assert money["next"] == {
        "columns": ["project/total", "project/special_account"],
        "failed": 0,
        "held": 1,
        "apart": 1,
    }
    assert money["sums"] == [
        {
            "whole": "project/total",
            "parts": ["project/fiscal", "project/special_account", "project/unit_fund"],
            "stated": "1200",
            "of_parts": "1200",
            "holds": True,
        }
    ]


def test_as_many_amounts_as_columns_have_one_place() -> None:
    text = FORM.format(row="").replace("\t1200.00\t1200.00", "\t1200.00\t1000.00\t150.00\t50.00")
    (form,) = as_dict(explain(text.encode()))["forms"]
    assert (form["funding"]["settled"], form["funding"]["next"]) == ("only", None)


def test_a_sum_that_fails_is_said() -> None:
    text = FORM.format(row="").replace("\t1200.00\t1200.00", "\t1200.00\t1100.00")
    (form,) = as_dict(explain(text.encode()))["forms"]
    assert [equation["holds"] for equation in form["funding"]["sums"]] == [False]
    assert "project/total 1,200.00 ≠" in "\n".join(shown(explain(text.encode())))


def test_by_which_limit_texts_were_cut() -> None:
    (form,) = of_sample(SAMPLE)["forms"]
    assert form["cuts"][1] == {
        "table": "tasks",
        "field": "content",
        "limits": [97],
        "source": "known",
        "texts": [{"seq": seq, "width": width, "by": "limit"} for seq, width in CUT_CONTENTS],
    }
    assert (form["cuts"][0]["texts"], form["cuts"][2]["texts"]) == ([], [{"seq": 15, "width": 100, "by": "limit"}])
    marked = as_dict(explain((SAMPLE.parent / "cut-marks-01.txt").read_bytes()))["forms"][0]["cuts"][1]
    assert (marked["source"], marked["limits"], {text["by"] for text in marked["texts"]}) == ("marks", [], {"mark"})


CUT_CONTENTS = [(0, 96), (1, 96), (2, 96), (3, 97), (4, 96), (6, 96), (7, 96)]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (
            NO_FORM,
            {
                "titles": [3],
                "labels": [{"section": "goals", "line": 5}],
                "header": {"line": 7, "words": ["指标名称", "指标值"], "needed": 3},
                "attempts": [{"first_line": 3, "last_line": 8, "header": False, "sections": ["goals"]}],
            },
        ),
        (
            "部门整体支出绩效目标批复表\n附件\n",
            {"titles": [1], "labels": [], "header": {"line": None, "words": [], "needed": 3}, "attempts": []},
        ),
        (
            "年度主要任务\n其他说明\n",
            {
                "titles": [],
                "labels": [{"section": "tasks", "line": 1}, {"section": "notes", "line": 2}],
                "header": {"line": None, "words": [], "needed": 3},
                "attempts": [],
            },
        ),
    ],
)
def test_why_a_text_is_no_form(text: str, evidence: dict[str, Any]) -> None:
    found = as_dict(explain(text.encode()))
    assert (found["failure"]["code"], found["forms"]) == ("not_a_form", [])
    assert found["failure"]["evidence"] == evidence
    assert not any(line["has_values"] for line in found["lines"])
    assert list(Draft202012Validator(SCHEMA).iter_errors(found)) == []


def test_what_stands_around_a_form_is_outside_of_it() -> None:
    found = of_sample(SAMPLE.parent / "surroundings-01.txt")
    outside = [line["line"] for line in found["lines"] if line["readings"][0]["reading"] == "outside"]
    assert outside == [1, 2, 3]
    assert found["forms"][0]["first_line"] > 3


def test_one_form_of_several() -> None:
    path = SAMPLE.parent / "several-forms-01.txt"
    whole = of_sample(path)
    second = as_dict(explain(path.read_bytes(), Chosen(form=2), path.name))
    assert [form["form_index"] for form in second["forms"]] == [1]
    first, last = whole["forms"][1]["first_line"], whole["forms"][1]["last_line"]
    assert second["lines"][0]["line"] == first
    assert second["lines"][-1]["line"] == last


def test_many_rows_in_one_line() -> None:
    (line,) = [line for line in of_sample(SAMPLE.parent / "sql-03.txt")["lines"] if line["has_values"]]
    what = Counter(reading["reading"] for reading in line["readings"])
    assert (what["title"], what["indicators"], what["notes"]) == (1, 12, 1)


def test_a_row_of_several_lines_is_one_row() -> None:
    lines = of_sample(SAMPLE.parent / "layout-05.txt")["lines"]
    rows = [reading for line in lines for reading in line["readings"] if reading["seqs"] == [0]]
    indicators = [reading for reading in rows if reading["reading"] == "indicators"]
    assert len({reading["row"] for reading in indicators}) == 1
    assert {tuple(reading["lines"]) for reading in indicators} == {(14, 15, 16, 17, 18, 24)}
    assert len(indicators) == 6


def test_a_table_of_many_projects() -> None:
    text = wide.TITLE.format(unit="元") + wide.HEADER + wide.ROWS
    found = as_dict(explain(text.encode()))
    assert [form["funding"]["settled"] for form in found["forms"]] == ["cell"] * 3
    assert [(form["first_line"], form["last_line"]) for form in found["forms"]] == [(1, 6), (1, 7), (1, 8)]
    lines = [[(r["reading"], r["form_index"]) for r in line["readings"]] for line in found["lines"]]
    assert lines[2:8] == [
        [("indicators_header", 0)],
        [("passed", None)],
        [("head", 0), ("indicators", 0)],
        [("indicators", 0)],
        [("head", 1), ("indicators", 1)],
        [("head", 2), ("indicators", 2)],
    ]
    header = found["lines"][2]["readings"][0]["cells"]
    assert [cell["role"] for cell in header][:6] == ["column", "column", "column", "column", "level1", "level2"]


def test_one_form_of_a_line_with_several() -> None:
    one = (SAMPLE.parent / "sql-03.txt").read_text(encoding="utf-8").strip().rstrip(";")
    row = one.partition("VALUES")[2]
    text = f"INSERT INTO `article` VALUES {row},{row.replace('2026', '2025')};"
    found = as_dict(explain(text.encode(), Chosen(form=2)))
    (line,) = found["lines"]
    assert {reading["form_index"] for reading in line["readings"]} == {1}
    years = [
        v["value"] for r in line["readings"] for c in r["cells"] for v in c["values"] if v["field"] == "fiscal_year"
    ]
    assert years == [2025]


def test_what_a_broken_row_would_cost_as_two() -> None:
    broken = FORM.format(row="接受培训的干部人\n数\t≥\t12\t人\t50").encode()
    found = as_dict(explain(broken))
    (first,), (second,) = found["lines"][8]["readings"], found["lines"][9]["readings"]
    assert (first["row"], first["lines"], first["seqs"]) == (second["row"], second["lines"], second["seqs"])
    # By itself, a name lacks operator, value, unit and weight: 0.8 + 2.0 + 0.4 + 1.0; the other has a short name: 0.5.
    assert (first["lines"], first["cost"], first["cost_apart"]) == ([9, 10], 0.0, 4.7)
    assert found["lines"][7]["readings"][0]["cost_apart"] is None
    assert "a row a line: 4.7" in "\n".join(shown(explain(broken)))


def test_words_that_no_reader_gave_a_cell_are_said() -> None:
    extraction = replace(extraction_of_made(), forms=())
    (line, *_) = lines_of(extraction, [], (), is_dump=False)
    assert [(reading.what, [cell.text for cell in reading.cells]) for reading in line.readings] == [
        ("unread", [extraction.lines[0]])
    ]
    reading = Reading("title", 0, (Part(made_cell(1, "支出"), "title"),))
    (line, *_) = lines_of(extraction, [reading], (), is_dump=False)
    assert [(r.what, r.cells[0].text) for r in line.readings] == [
        ("unread", "单位整体"),
        ("title", "支出"),
        ("unread", "绩效目标批复表"),
    ]
    assert [r.what for r in lines_of(extraction, [], (), is_dump=True)[0].readings] == ["separators"]
    # What is ASCII beside a cell may be a mark that a reader took out, as that of a link.
    cells = [made_cell(2, text) for text in ("预算年度：2024", "单位：", "司法局")]
    reading = Reading("head", 0, tuple(Part(cell, "text") for cell in cells))
    line = lines_of(extraction, [reading], (), is_dump=False)[1]
    assert [r.what for r in line.readings] == ["head"]


def test_a_value_whose_place_is_in_no_cell_is_said_all_the_same() -> None:
    extraction = extraction_of_made()
    lines = lines_of(extraction, [], (), is_dump=False)
    told = {(use.table, use.field) for line in lines for r in line.readings for cell in r.cells for use in cell.uses}
    (form,) = extraction.forms
    assert ("indicators", "weight") in told
    assert {("documents", field) for field in form.places} <= told
