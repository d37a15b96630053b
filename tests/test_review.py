"""The report of a run, without a browser: what it is made of, and what it must not do."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import extract_path, to_tables, write_tables
from extract.batch.run import Options, run
from extract.errors import UsageError
from extract.messages import Speaker
from extract.review import build as building
from extract.review import form, lines, page
from extract.review.build import Report, Request, build
from extract.review.embed import dump, visible
from extract.review.lines import Mark
from extract.review.listing import PART, Listing
from extract.review.overview import Overview
from extract.review.records import Record, Row, as_text, records
from extract.review.sources import Seen
from extract.tables.derived import OF_INDICATORS
from tests.browser import Opened, chromium, needs_browser
from tests.test_cli import pifubiao
from tests.test_run import SAMPLES, tables
from tests.test_writer import digests

TEXT = "大竹县司法局-2024.txt"
NAMES = (TEXT, "pdf-plain-05.txt", "pdf-calc-01.pdf", "归档-2024.zip")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    (folder / "in").mkdir()
    for name in NAMES:
        shutil.copyfile(SAMPLES / name, folder / "in" / name)
    run(Options((str(folder / "in"),), folder / "out", workers=None))
    return folder


def shown(report: Report | Path, number: int) -> dict[str, Any]:
    """What the script of a form holds."""
    folder = report.page.parent if isinstance(report, Report) else report
    text = (folder / "forms" / "000" / f"{number:03}.js").read_text(encoding="utf-8")
    match = re.fullmatch(r"pifubiao\.form\((.*)\);\n", text)
    assert match is not None
    found: dict[str, Any] = json.loads(match[1])
    return found


def by_path(report: Report, path: str) -> dict[str, Any]:
    return next(one for one in (shown(report, n) for n in range(report.forms)) if one["path"] == path)


# ---- what it is made of


def test_the_same_tables_give_the_same_report_to_the_byte(made: Path, tmp_path: Path) -> None:
    first = build(Request(made / "out", tmp_path / "a"), Speaker("zh"))
    second = build(Request(made / "out", tmp_path / "b"), Speaker("zh"))
    assert first._replace(page=second.page) == second
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert first.forms == first.with_source == len(tables(made / "out", "documents"))


def test_every_value_is_there_as_corrections_write_it(made: Path, tmp_path: Path) -> None:
    report = build(Request(made / "out", tmp_path / "r"), Speaker("en"))
    own = by_path(report, TEXT)
    (key,) = {row["document_id"] for row in tables(made / "out", "documents") if row["source_path"] == TEXT}
    for table in ("funding", "goals", "tasks", "indicators"):
        rows = [row for row in tables(made / "out", table) if row["document_id"] == key]
        columns = own["tables"][table]["columns"]
        assert own["tables"][table]["rows"] == [[as_text(row[name]) for name in columns] for row in rows]
        assert {"document_id", "seq"} | set(columns) == set(rows[0]) - {"confidence", *OF_INDICATORS}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (Decimal("19233900.00"), "19233900"),
        (Decimal("12.5000000000"), "12.5"),
        (Decimal("0E-10"), "0"),
        (Decimal("100"), "100"),
        (Decimal("-0.10"), "-0.1"),
        (2024, "2024"),
        (True, "true"),
        (False, "false"),
        ("≥", "≥"),
    ],
)
def test_a_value_as_text(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_every_place_of_a_text_is_marked_and_right(made: Path, tmp_path: Path) -> None:
    own = by_path(build(Request(made / "out", tmp_path / "r"), Speaker("en")), TEXT)
    texts: dict[int, str] = dict.fromkeys(range(len(own["marks"])), "")
    for _, segments in own["source"]["lines"]:
        for text, *marks in segments:
            for mark in marks[0] if marks else ():
                texts[mark] += text
    assert list(texts.values()) == [mark[7] for mark in own["marks"]]
    assert {mark[9] for mark in own["marks"]} == {1}


def test_a_page_has_the_boxes_of_its_values(made: Path, tmp_path: Path) -> None:
    report = build(Request(made / "out", tmp_path / "r"), Speaker("en"))
    own = by_path(report, "pdf-calc-01.pdf")
    assert own["source"]["lines"] == []
    assert [one[:1] for one in own["source"]["pages"]] == [[1], [2]]
    assert all((tmp_path / "r" / one[3]).read_bytes().startswith(b"RIFF") for one in own["source"]["pages"])
    for _, _, _, number, _, box, *_ in own["marks"]:
        _, width, height, _ = own["source"]["pages"][number - 1]
        left, top, right, bottom = box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def test_what_is_doubtful_is_in_the_order_of_the_tables() -> None:
    document = {"document_id": "a", "title": None}
    row = dict.fromkeys(form.columns("indicators"))
    finding = {"code": "c", "severity": "warning", "message": "", "message_zh": "", "page": None, "line": None}
    findings: list[Row] = [
        {**finding, "table": "indicators", "seq": 1, "field": "weight"},
        {**finding, "table": "indicators", "seq": 1, "field": None},
        {**finding, "table": "indicators", "seq": None, "field": None},
        {**finding, "table": None, "seq": None, "field": None},
        {**finding, "table": "documents", "seq": None, "field": "title"},
        {**finding, "table": "indicators", "seq": 0, "field": "name", "severity": "info"},
        {**finding, "table": "indicators", "seq": 1, "field": "weight"},
    ]
    sure: list[Row] = [
        {**row, "confidence": None},
        {**row, "confidence": 0.2},
        {**row, "confidence": 0.3},
        {**row, "confidence": 0.99},
    ]
    record = Record(0, document, {"findings": findings, "indicators": sure})
    assert [tuple(doubt) for doubt in form.doubts(record)] == [
        (None, None, None, [3], None),
        ("documents", None, "title", [4], None),
        ("indicators", None, None, [2], None),
        ("indicators", 1, None, [1], 0.2),
        ("indicators", 1, "weight", [0, 6], 0.2),
        ("indicators", 2, "name", [], 0.3),
    ]


# ---- lines


@given(st.text("甲乙<&\u202e", min_size=0, max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_the_segments_of_a_line_are_the_line_and_its_marks(line: str, spans: list[tuple[int, int]]) -> None:
    marks = []
    for number, (a, b) in enumerate(spans):
        start, end = sorted((a % (len(line) + 1), b % (len(line) + 1)))
        marks.append(Mark(1, start, end, number))
    found = lines.segments(line, marks)
    assert "".join(text for text, *_ in found) == line
    for mark in marks:
        own = [text for text, *numbers in found if numbers and mark.number in numbers[0]]
        assert "".join(own) == line[mark.start : mark.end]


@given(st.integers(1, 3000), st.integers(0, 400_000), st.integers(1, 400_000))
def test_of_a_long_line_what_is_far_from_marks_is_counted(before: int, within: int, after: int) -> None:
    line = "甲" * before + "乙" * within + "丙" * after
    found = lines.segments(line, [Mark(1, before, before + within, 0)] if within else [])
    assert sum(one if isinstance(one, int) else len(one[0]) for one in found) == len(line)
    assert sum(len(one[0]) for one in found if not isinstance(one, int)) <= 1500


def test_of_a_long_file_the_lines_near_values_are_shown() -> None:
    text = [f"line {number}" for number in range(1, 10_001)]
    found = lines.shown(text, [Mark(5000, 0, 4, 7)], [9000])
    assert [one for one in found if isinstance(one, int)] == [4969, 3939, 970]
    numbers = [one[0] for one in found if isinstance(one, list)]
    assert numbers == [*range(4970, 5031), *range(8970, 9031)]
    assert [5000, [["line", [7]], [" 5000"]]] in found


# ---- sources


def test_a_source_that_has_changed_or_gone_is_not_shown(tmp_path: Path) -> None:
    shutil.copytree(
        SAMPLES, tmp_path / "in", ignore=lambda _, names: set(names) - {TEXT, "pipes-01.txt", "归档-2024.zip"}
    )
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    content = (tmp_path / "in" / TEXT).read_bytes()
    (tmp_path / "in" / TEXT).write_bytes(content + b"\n")
    (tmp_path / "in" / "pipes-01.txt").unlink()
    (tmp_path / "in" / "归档-2024.zip").unlink()
    report = build(Request(tmp_path / "out"), Speaker("en"))
    assert report.with_source == 0
    changed = by_path(report, TEXT)
    assert changed["source"] == {"missing": "review_changed", "lines": [], "pages": []}
    assert changed["marks"][0][7:] == ["部门（单位）整体支出绩效目标批复表", 17, 0, "stated"]
    assert by_path(report, "pipes-01.txt")["source"]["missing"] == "review_gone"
    shutil.copytree(tmp_path / "in", tmp_path / "moved")
    shutil.copyfile(SAMPLES / "归档-2024.zip", tmp_path / "moved" / "归档-2024.zip")
    (tmp_path / "moved" / TEXT).write_bytes(content)
    moved = build(Request(tmp_path / "out", root=tmp_path / "moved"), Speaker("en"))
    assert moved.with_source == moved.forms - 1
    assert by_path(moved, TEXT)["source"]["missing"] == ""


def test_a_place_that_is_not_right_is_not_marked() -> None:
    place = {"table": "goals", "seq": 0, "field": "text", "page": None, "line": 1, "column_start": 0, "column_end": 2}
    place |= {"bbox": None, "locator": None, "text": "甲乙"}
    document = dict.fromkeys([*form.columns("documents"), "source_sha256"], "x")
    record = Record(0, document, {"provenance": [place, {**place, "line": 2}, {**place, "line": 3}]})
    own = form.data(record, Seen(lines=["甲乙丙", "乙丙"]), {}, [], "zh")
    assert [mark[9] for mark in own["marks"]] == [1, 0, 0]
    assert own["source"]["lines"] == [[1, [["甲乙", [0]], ["丙"]]], [2, [["乙丙"]]]]


# ---- where it may stand


def test_a_report_replaces_a_report_and_nothing_else(made: Path, tmp_path: Path) -> None:
    to = tmp_path / "r"
    build(Request(made / "out", to), Speaker("en"))
    (to / "forms" / "999").mkdir()
    build(Request(made / "out", to), Speaker("en"))
    assert sorted(path.name for path in to.iterdir()) == ["forms", "index.html", "pages"]
    assert not (to / "forms" / "999").exists()
    (to / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="report_not_ours"):
        build(Request(made / "out", to), Speaker("en"))
    assert (to / "mine.txt").read_text() == "mine"
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    with pytest.raises(UsageError, match="report_not_ours"):
        build(Request(made / "out", tmp_path / "web"), Speaker("en"))


@pytest.mark.parametrize(
    ("to", "key"), [("out/report", "report_in_tables"), (".", "report_in_tables"), ("in/report", "report_in_input")]
)
def test_a_report_stands_neither_in_the_tables_nor_in_the_inputs(made: Path, to: str, key: str) -> None:
    with pytest.raises(UsageError, match=key):
        build(Request(made / "out", made / to), Speaker("en"))


def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(Request(made / "out", tmp_path / "r"), Speaker("en"))
    before = digests(tmp_path / "r")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Listing, "add", full)
    with pytest.raises(OSError, match="No space"):
        build(Request(made / "out", tmp_path / "r"), Speaker("zh"))
    assert digests(tmp_path / "r") == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_no_tables_no_report(tmp_path: Path) -> None:
    done = pifubiao("report", tmp_path, "--lang", "en")
    assert done.returncode == 2
    assert "holds no folder documents: name an output folder of pifubiao extract" in done.stderr


def test_tables_that_cannot_be_read(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "out", tmp_path / "out")
    next((tmp_path / "out" / "goals").glob("*.parquet")).write_bytes(b"no parquet")
    with pytest.raises(UsageError, match="report_tables_unreadable"):
        build(Request(tmp_path / "out"), Speaker("en"))
    assert not (tmp_path / "out-report").exists()


def test_a_package_that_is_missing_is_named(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    with pytest.raises(UsageError, match="report_not_installed"):
        build(Request(made / "out", tmp_path / "r"), Speaker("en"))


def test_the_command(made: Path, tmp_path: Path) -> None:
    done = pifubiao("report", made / "out", "--to", tmp_path / "r", "--who", "李四", "--lang", "zh")
    count = len(tables(made / "out", "documents"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"报告：{count} 张表，其中 {count} 张附有来源，位于 {tmp_path / 'r' / 'index.html'}\n"
    text = (tmp_path / "r" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in text
    assert '"who":"李四"' in text


# ---- what a browser must not obey


def test_data_in_a_script_cannot_end_it() -> None:
    text = "</script><!--\u2028\u2029\u0085\ufeff&<&>'\"\\\x7f甲"
    found = dump({"a": [text]})
    assert not set("<>&\u2028\u2029\u0085\ufeff\x7f") & set(found)
    assert json.loads(found) == {"a": [text]}


def test_invisible_characters_are_shown_by_their_numbers() -> None:
    assert visible("财\u202e政\u0000\ue000\u2028") == "财⟨202E⟩政⟨0000⟩⟨E000⟩⟨2028⟩"
    assert visible("财政 ≥") == "财政 ≥"


def test_the_program_takes_no_text_for_html() -> None:
    static = Path(page.__file__).parent / "static"
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(static.glob("*.js")))
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "fetch(", "</"):
        assert word not in code


# ---- many forms


def many(out: Path, count: int) -> Iterator[Record]:
    """So many forms, made of those of a run, with names and paths of their own."""
    known = list(records(out))
    for number in range(count):
        record = known[number % len(known)]
        path = f"四川省/达州市/大竹县财政局/2024年部门预算批复/{number // 40:04}/{number:05}-{record.document['source_path']}"
        yield record._replace(number=number, document={**record.document, "source_path": path})


@pytest.fixture(scope="module")
def large(made: Path) -> tuple[list[str], str]:
    """The list of 10,000 forms, in its parts; the first page of their report."""
    listing, overview = Listing(), Overview()
    for record in many(made / "out", 10_000):
        listing.add(record)
        overview.add(record)
    parts = list(listing.parts())
    run_of = {"run": "r", "who": ""}
    return parts, building.SIGN + page.index(overview, parts[0], len(parts), [], run_of, Speaker("zh"))


def test_the_first_page_of_10000_forms_is_small(large: tuple[list[str], str]) -> None:
    parts, text = large
    assert len(text.encode()) < 2_000_000
    rows = [row for part in parts for row in json.loads(part)["rows"]]
    assert sorted(row[0] for row in rows) == list(range(10_000))
    assert all(len(part.encode()) < PART + 100_000 for part in parts)
    assert [(-row[9], -row[10]) for row in rows] == sorted((-row[9], -row[10]) for row in rows)


def test_what_of_the_list_is_too_much_for_the_first_page_follows(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.review.listing.PART", 1000)
    listing = Listing()
    for record in many(made / "out", 40):
        listing.add(record)
    parts = [json.loads(part) for part in listing.parts()]
    assert len(parts) > 4
    assert sorted(row[0] for part in parts for row in part["rows"]) == list(range(40))
    for part in parts:
        assert all(0 <= row[6] < len(part["folders"]) for row in part["rows"])


@needs_browser
def test_10000_forms_can_be_searched(large: tuple[list[str], str], tmp_path: Path) -> None:
    parts, text = large
    (tmp_path / "lists").mkdir()
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    for number, part in enumerate(parts[1:], 1):
        (tmp_path / "lists" / f"{number}.js").write_text(f"pifubiao.list({part});\n", encoding="utf-8")
    with chromium() as browser:
        opened = Opened(browser, tmp_path)
        opened.go("#forms")
        opened.page.wait_for_function(
            "() => document.getElementById('matches').textContent === '10,000 张表中的 10,000 张'"
        )
        assert opened.page.locator("#rows a.row").count() < 60
        opened.page.fill("#search", "07777-")
        assert opened.page.locator("#rows a.row").count() == 1
        assert opened.said == []
        opened.close()


def test_a_source_that_takes_too_long_is_not_shown(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "out", tmp_path / "out")
    account = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    account["parameters"]["timeout"] = 0.0001
    (tmp_path / "out" / "run.json").write_text(json.dumps(account), encoding="utf-8")
    report = build(Request(tmp_path / "out"), Speaker("en"))
    assert by_path(report, "pdf-calc-01.pdf")["source"] == {"missing": "review_unreadable", "lines": [], "pages": []}
    assert by_path(report, TEXT)["source"]["missing"] == ""


def test_a_run_without_forms_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("no form", encoding="utf-8")
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    report = build(Request(tmp_path / "out"), Speaker("en"))
    assert (report.forms, report.with_source) == (0, 0)
    text = report.page.read_text(encoding="utf-8")
    assert '<td class="path"><bdi>a.txt</bdi></td>' in text
    assert "<svg" not in text


def test_tables_written_by_hand_have_a_report_without_sources(tmp_path: Path) -> None:
    write_tables(to_tables([extract_path(SAMPLES / TEXT)]), tmp_path / "out")
    alone = build(Request(tmp_path / "out"), Speaker("en"))
    assert (alone.forms, alone.with_source) == (1, 0)
    beside = build(Request(tmp_path / "out", root=SAMPLES / TEXT), Speaker("en"))
    assert (beside.forms, beside.with_source) == (1, 1)


def test_every_place_in_sheets_word_files_and_web_pages_is_right(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for path in SAMPLES.iterdir():
        if path.suffix not in (".txt", ".pdf", ".zip"):
            shutil.copyfile(path, tmp_path / "in" / path.name)
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    report = build(Request(tmp_path / "out"), Speaker("en"))
    assert report.forms == report.with_source > 20
    for number in range(report.forms):
        own = shown(report, number)
        assert own["source"]["lines"]
        assert {mark[9] for mark in own["marks"]} == {1}, own["path"]
