"""The report of a run, used as a person does: in a real browser, from the disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from extract.batch.run import Options, run
from extract.messages import Speaker
from extract.review.build import Request, build
from extract.tables.writer import part_of, write_part
from tests.browser import Opened, chromium, needs_browser
from tests.scans import needs_scan
from tests.test_run import SAMPLES, tables

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs_browser

TEXT = "大竹县司法局-2024.txt"
WORST = "pdf-plain-05.txt"
NAMES = (TEXT, WORST, "pdf-calc-01.pdf", "drawn-xlsx-anhui.xlsx", "drawn-html-chongqing.html", "归档-2024.zip")
SCAN = "scan-01.jpg"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with inputs, the tables of them, and the report of these."""
    folder = tmp_path_factory.mktemp("review")
    (folder / "in").mkdir()
    for name in NAMES:
        shutil.copyfile(SAMPLES / name, folder / "in" / name)
    run(Options((str(folder / "in"),), folder / "out", workers=None))
    build(Request(folder / "out", who="李四"), Speaker("en"))
    return folder


@pytest.fixture
def opened(browser: Browser, made: Path) -> Iterator[Opened]:
    found = Opened(browser, made / "out-report")
    yield found
    assert found.said == []
    assert all(url.startswith(("file://", "blob:", "about:")) for url in found.asked)
    found.close()


def test_the_worst_form_stands_first_and_opens(opened: Opened) -> None:
    first = opened.page.locator("#worst a.row").first
    assert first.locator(".path").inner_text() == WORST
    first.click()
    opened.page.wait_for_selector("#about h1")
    assert opened.page.inner_text("#about h1") == "乡村医生轮训经费"
    assert opened.page.locator(".finding").count() == 16


def test_from_a_value_to_its_place_in_a_text_and_back(opened: Opened) -> None:
    opened.form(TEXT)
    opened.cell("indicators", 2, "name").click()
    assert opened.lit() == [opened.cell("indicators", 2, "name").inner_text()]
    line = opened.page.locator("#source-body .line:has(.lit)")
    assert line.get_attribute("data-line") == "28"
    assert line.locator(".lit").is_visible()
    line.locator(".mark >> nth=1").click()
    assert opened.page.locator("td.chosen").get_attribute("data-field") == "operator"
    assert opened.lit() == ["≥"]


def test_a_place_of_many_values_goes_through_them(opened: Opened) -> None:
    opened.form(TEXT)
    opened.cell("indicators", 0, "level1").click()
    label = opened.page.locator("#source-body .lit")
    label.click()
    chosen = [opened.page.locator("td.chosen").get_attribute("data-seq")]
    label.click()
    chosen.append(opened.page.locator("td.chosen").get_attribute("data-seq"))
    assert chosen == ["1", "2"]
    assert opened.page.locator("td.also").count() > 10


def test_from_a_value_to_its_place_on_a_page_and_back(opened: Opened, made: Path) -> None:
    opened.form("pdf-calc-01.pdf")
    cell = opened.cell("indicators", 2, "name")
    cell.click()
    assert opened.lit() == [cell.inner_text()]
    assert box(opened) == pytest.approx(stated(made / "out", "pdf-calc-01.pdf", 2, "name"), abs=1.5)
    opened.page.locator('#source-body .box[title="94.5"]').click()
    assert opened.page.locator("td.chosen").inner_text() == "94.5"
    assert pictures(opened) == [True, True]


@needs_scan
def test_from_a_value_to_its_place_on_a_scan_and_back(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copyfile(Path(__file__).parent / "scanned" / SCAN, tmp_path / "in" / SCAN)
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    build(Request(tmp_path / "out"), Speaker("zh"))
    opened = Opened(browser, tmp_path / "out-report")
    opened.form(SCAN)
    cell = opened.cell("indicators", 0, "name")
    cell.click()
    assert "".join(opened.lit()) == cell.inner_text()
    assert box(opened) == pytest.approx(stated(tmp_path / "out", SCAN, 0, "name"), abs=1.5)
    assert pictures(opened) == [True]
    title = opened.page.locator("#source-body .box.lit").first.get_attribute("title")
    opened.page.keyboard.press("Escape")
    assert opened.lit() == []
    opened.page.click(f'#source-body .box[title="{title}"]')
    assert opened.page.locator("td.chosen").get_attribute("data-field") == "name"
    assert opened.said == []
    opened.close()


def box(opened: Opened) -> list[float]:
    """The box that is lit, in points of its page."""
    found: list[float] = opened.page.eval_on_selector(
        "#source-body .box.lit",
        """node => {
            const sheet = node.parentElement.getBoundingClientRect();
            const own = node.getBoundingClientRect();
            const points = parseFloat(node.parentElement.querySelector("img").style.aspectRatio) / sheet.width;
            return [own.left - sheet.left, own.top - sheet.top, own.right - sheet.left, own.bottom - sheet.top].map((edge) => edge * points);
        }""",
    )
    return found


def stated(out: Path, path: str, seq: int, field: str) -> list[float]:
    (key,) = {row["document_id"] for row in tables(out, "documents") if row["source_path"] == path}
    places = [
        row
        for row in tables(out, "provenance")
        if (row["document_id"], row["table"], row["seq"], row["field"]) == (key, "indicators", seq, field)
    ]
    left, top, right, bottom = places[0]["bbox"]
    return [left - 1, top - 1, right + 1, bottom + 1]


def pictures(opened: Opened) -> list[bool]:
    opened.page.wait_for_function(
        "() => [...document.querySelectorAll('#source-body img')].every(image => image.complete)"
    )
    found: list[bool] = opened.page.eval_on_selector_all(
        "#source-body img", "all => all.map(one => one.naturalWidth > 500)"
    )
    return found


def test_a_sheet_a_web_page_and_a_file_in_an_archive_are_shown(opened: Opened, made: Path) -> None:
    inner = next(row["source_path"] for row in tables(made / "out", "documents") if ".zip!/" in row["source_path"])
    for path in ("drawn-xlsx-anhui.xlsx", "drawn-html-chongqing.html", inner):
        opened.form(path)
        cell = opened.cell("indicators", 1, "name")
        cell.click()
        assert "".join(opened.lit()) == cell.inner_text()
    opened.form("drawn-html-chongqing.html")
    assert "<td" in opened.page.inner_text("#source-body")


def test_what_a_person_says_is_saved_line_by_line(opened: Opened, made: Path) -> None:
    opened.form(WORST)
    page = opened.page
    page.keyboard.press("n")
    assert page.locator(".finding.now").get_attribute("data-code") == "reading_poor"
    page.keyboard.press("n")
    first = page.locator("td.chosen")
    assert (first.get_attribute("data-table"), first.get_attribute("data-field")) == ("indicators", "level2")
    page.keyboard.press("a")
    opened.cell("indicators", 1, "weight").click()
    page.keyboard.press("c")
    page.fill("#new", "1,2.50")
    page.fill("#why", "见原文 <b>")
    page.keyboard.press("Enter")
    assert opened.cell("indicators", 1, "weight").inner_text().split() == ["1", "12.5"]
    opened.form(TEXT)
    opened.cell("documents", None, "unit_name").click()
    page.keyboard.press("c")
    page.fill("#new", "")
    page.keyboard.press("Enter")
    assert page.inner_text("#counted").strip() == "3 reviewed"
    with page.expect_download() as waited:
        page.click("#save")
    assert waited.value.suggested_filename == "corrections.jsonl"
    content = Path(waited.value.path()).read_text(encoding="utf-8")
    digests = {row["source_path"]: row["source_sha256"] for row in tables(made / "out", "documents")}
    at = {"who": "李四", "at": "2026-01-02T03:04:05.000Z"}
    expected: list[dict[str, Any]] = [
        {
            "source_path": WORST,
            "table": "indicators",
            "seq": 1,
            "field": "level2",
            "old": "成本指标",
            "new": "成本指标",
            "why": "",
        },
        {
            "source_path": WORST,
            "table": "indicators",
            "seq": 1,
            "field": "weight",
            "old": "1",
            "new": "12.5",
            "why": "见原文 <b>",
        },
        {
            "source_path": TEXT,
            "table": "documents",
            "seq": None,
            "field": "unit_name",
            "old": "大竹县司法局部门",
            "new": None,
            "why": "",
        },
    ]
    expected = [{"source_sha256": digests[one["source_path"]], "form_index": 0, **one, **at} for one in expected]
    assert [json.loads(line) for line in content.splitlines()] == expected
    keys = ["source_sha256", "source_path", "form_index", "table", "seq", "field", "old", "new", "who", "why", "at"]
    assert all(list(json.loads(line)) == keys for line in content.splitlines())


def test_what_was_said_stays_and_can_be_taken_back(opened: Opened, tmp_path: Path) -> None:
    opened.form(TEXT)
    opened.cell("indicators", 3, "value").click()
    opened.page.keyboard.press("a")
    opened.form(TEXT)
    assert "accepted" in str(opened.cell("indicators", 3, "value").get_attribute("class"))
    opened.cell("indicators", 3, "value").click()
    opened.page.keyboard.press("x")
    assert opened.page.inner_text("#counted") == ""
    entry = {
        "source_sha256": "0" * 64,
        "source_path": TEXT,
        "form_index": 0,
        "table": "indicators",
        "seq": 3,
        "field": "value",
    }
    lines = [{**entry, "old": "another", "new": "7", "who": "w", "why": "y", "at": ""}, {"no": "correction"}]
    (tmp_path / "c.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines) + "no json\n", encoding="utf-8"
    )
    opened.page.set_input_files("#file", tmp_path / "c.jsonl")
    opened.page.wait_for_function("() => document.getElementById('counted').textContent === '1 reviewed'")
    assert opened.page.inner_text("#toast") == "1 new, 1 in all. 2 lines were no corrections."
    opened.cell("indicators", 3, "value").click()
    assert "the value was another one when this was said" in opened.page.inner_text("#detail")


def test_a_number_that_is_none_is_refused(opened: Opened) -> None:
    opened.form(TEXT)
    opened.cell("funding", 0, "amount").click()
    opened.page.keyboard.press("c")
    opened.page.fill("#new", "12万")
    opened.page.keyboard.press("Enter")
    assert (
        opened.page.inner_text(".wrong")
        == "This column holds numbers such as 1234.5, with at most 2 digits behind the point."
    )
    opened.page.keyboard.press("Escape")
    assert opened.page.inner_text("#counted") == ""


def test_the_keys_lead_through_all_that_is_doubtful(opened: Opened) -> None:
    opened.form(WORST)
    doubts = int(opened.page.inner_text("#doubt-count").rpartition(" ")[2])
    for at in range(1, doubts + 1):
        opened.page.keyboard.press("n")
        assert opened.page.inner_text("#doubt-count") == f"doubtful {at} / {doubts}"
    opened.page.keyboard.press("p")
    assert opened.page.inner_text("#doubt-count") == f"doubtful {doubts - 1} / {doubts}"
    opened.page.keyboard.press("?")
    assert opened.page.is_visible("#help")
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("]")
    # The search in the list left this one form.
    assert opened.page.inner_text("#toast") == "This is the last form."
    opened.page.keyboard.press("l")
    opened.page.wait_for_selector("#rows")


def test_the_list_is_searched_filtered_and_sorted(opened: Opened) -> None:
    opened.go("#forms")
    all_of_them = opened.page.inner_text("#matches")
    opened.page.fill("#search", "大竹 司法")
    assert opened.page.inner_text("#matches") == all_of_them.replace(all_of_them.split()[0], "1", 1)
    opened.page.fill("#search", "")
    opened.page.select_option("#by-status", "warning")
    assert opened.page.locator("#rows a.row .path").first.inner_text() == WORST
    opened.page.select_option("#by-status", "")
    opened.page.click("#heads .c-name")
    names = opened.page.locator("#rows a.row .name bdi:first-child").all_inner_texts()
    assert names == sorted(names)
    opened.go()
    opened.page.click('#chart-codes tr[data-code="layout_ambiguous"]')
    opened.page.wait_for_selector("#rows a.row")
    assert opened.page.locator("#rows a.row .path").all_inner_texts() == [WORST]


# ---- what sources hold that no browser is to obey

RUNS = "window.ran = true"
HOSTILE = (
    f"<script>{RUNS}</script>",
    f'"><img src=x onerror="{RUNS}">',
    f"</script><script>{RUNS}</script><!--",
    f"javascript:{RUNS}",
    f"<a href='javascript:{RUNS}'>点</a><svg/onload={RUNS}>",
    "财政\u202e拨款\u2066\u0000\u0007\ufeff\u2028款",
    "{{ say }}${1}`\\u003c",
    "constructor",
    "__proto__",
)


def hostile_text() -> str:
    """A form with all of that, where its own texts are."""
    content = (SAMPLES / TEXT).read_text(encoding="utf-8")
    for text in HOSTILE:
        # A file with these would be no text.
        plain = text.translate({0: None, 7: None})
        content = content.replace("一是全面", f"{plain.replace('<', '&lt;')}{plain}一是全面", 1)
    return content.replace("大竹县司法局部门", HOSTILE[1].replace("<", "&lt;"))


def test_nothing_in_a_source_runs(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    name = f"a'\"><img src=x onerror='{RUNS}'>.txt"
    (tmp_path / "in" / name).write_text(hostile_text(), encoding="utf-8")
    (tmp_path / "in" / f"<script>{RUNS}<!script>.txt").write_text("no form", encoding="utf-8")
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    everywhere(tmp_path / "out")
    build(Request(tmp_path / "out", who=HOSTILE[2]), Speaker("en"))
    opened = Opened(browser, tmp_path / "out-report")
    seen = [opened.page.inner_text("body")]
    opened.go("#forms")
    seen.append(opened.page.inner_text("body"))
    opened.page.click("#rows a.row")
    opened.page.wait_for_selector("#about h1")
    for cell in opened.page.locator("td.v").all():
        cell.click()
    opened.page.keyboard.press("c")
    opened.page.keyboard.press("Enter")
    seen.append(opened.page.inner_text("body"))
    assert all(text in seen[2] for text in (HOSTILE[0], HOSTILE[1], HOSTILE[3], HOSTILE[4]))
    assert "⟨202E⟩" in seen[2]
    assert not any("\u202e" in text for text in seen)
    assert all(text in seen[0] for text in (HOSTILE[0], HOSTILE[3]))
    assert opened.page.evaluate("window.ran") is None
    assert opened.page.locator("body script:not([type]), body img, body svg[onload], a[href^=javascript]").count() == 1
    assert opened.said == []
    assert all(url.startswith(tmp_path.as_uri()) or url == "about:blank" for url in opened.asked)
    opened.close()


def everywhere(out: Path) -> None:
    """Puts the texts into every column of every table that holds texts, keys and names of columns aside."""
    kept = {"document_id", "table", "field", "code", "severity", "status", "source_sha256", "media_type"}
    for name in ("documents", "funding", "goals", "tasks", "indicators", "findings", "failures"):
        (path,) = (out / name).glob("*.parquet")
        table = part_of(path)
        for at, field in enumerate(table.schema):
            if str(field.type) == "string" and field.name not in kept and field.name != "source_path":
                texts = [HOSTILE[(row + at) % len(HOSTILE)] for row in range(table.num_rows)]
                table = table.set_column(at, field, pa.array(texts, pa.string()))
        write_part(path, table)


def test_what_would_run_is_kept_from_it(browser: Browser, made: Path) -> None:
    opened = Opened(browser, made / "out-report")
    tried = opened.page.evaluate(
        """async () => {
            const said = [];
            const attempt = async (action) => {
                try { await action(); said.push("done"); } catch (error) { said.push(error.constructor.name); }
            };
            await attempt(() => { document.body.innerHTML = "<img src=x onerror='window.ran = 1'>"; });
            await attempt(() => document.write("<b>x</b>"));
            await attempt(() => { document.createElement("script").src = "forms/000/000.js"; });
            await attempt(() => fetch("https://example.com/"));
            const link = document.createElement("a");
            await attempt(() => link.setAttribute("onclick", "window.ran = 2"));
            link.href = "javascript:window.ran = 3";
            document.body.append(link);
            link.click();
            return said;
        }"""
    )
    assert tried == ["TypeError"] * 5
    opened.page.wait_for_timeout(100)
    assert opened.page.evaluate("window.ran") is None
    assert not any(url.startswith("http") for url in opened.asked)
    opened.close()


def test_a_cell_of_a_megabyte_is_shown_in_part(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    content = (SAMPLES / TEXT).read_text(encoding="utf-8").replace("一是全面", "一是" + "甲" * 1_000_000 + "全面", 1)
    (tmp_path / "in" / TEXT).write_text(content, encoding="utf-8")
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    build(Request(tmp_path / "out"), Speaker("en"))
    opened = Opened(browser, tmp_path / "out-report")
    opened.form(TEXT)
    cell = opened.cell("goals", 0, "text")
    cell.click()
    for place in ("#values", "#source-body", "#detail"):
        shown = opened.page.inner_text(place)
        assert len(shown) < 20_000
        assert "… 1,000," in shown or "… 999," in shown
    assert opened.said == []
    opened.close()


# ---- what becomes of corrections


def test_a_correction_is_in_the_tables_of_the_next_run_and_in_its_report(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copyfile(SAMPLES / TEXT, tmp_path / "in" / TEXT)
    options = Options((str(tmp_path / "in"),), tmp_path / "out", workers=None)
    run(options)
    build(Request(tmp_path / "out"), Speaker("en"))
    opened = Opened(browser, tmp_path / "out-report")
    say(opened, "indicators", 0, "value", "325")
    say(opened, "funding", 0, "amount", "19,233,900.50")
    opened.cell("indicators", 0, "operator").click()
    opened.page.keyboard.press("c")
    opened.page.select_option("#new", "≥")
    opened.page.focus("#new")
    opened.page.keyboard.press("Enter")
    save(opened, tmp_path / "first.jsonl")
    opened.close()

    run(replace(options, corrections=(tmp_path / "first.jsonl",)))
    first = tables(tmp_path / "out", "indicators")[0]
    assert (first["value"], first["value_number"], first["operator"]) == ("325", 325, "≥")
    assert (first["operator_basis"], tables(tmp_path / "out", "funding")[0]["amount"]) == (
        "corrected",
        Decimal("19233900.50"),
    )

    build(Request(tmp_path / "out"), Speaker("en"))
    opened = Opened(browser, tmp_path / "out-report")
    opened.form(TEXT)
    opened.cell("indicators", 0, "value").click()
    assert "correction applied" in opened.page.inner_text("#detail")
    assert opened.page.inner_text("#counted") == ""
    say(opened, "indicators", 0, "value", "326")
    save(opened, tmp_path / "second.jsonl")
    (line,) = map(json.loads, (tmp_path / "second.jsonl").read_text(encoding="utf-8").splitlines())
    assert (line["old"], line["new"]) == ("324", "326")
    assert opened.said == []
    opened.close()

    manifest = run(replace(options, corrections=(tmp_path / "first.jsonl", tmp_path / "second.jsonl")))
    assert tables(tmp_path / "out", "indicators")[0]["value"] == "326"
    assert manifest.counts.findings_by_code.get("correction_stale", 0) == 0


def say(opened: Opened, table: str, seq: int, field: str, new: str) -> None:
    """Corrects a value of the form that is shown."""
    if not opened.page.is_visible("#values"):
        opened.form(TEXT)
    opened.cell(table, seq, field).click()
    opened.page.keyboard.press("c")
    opened.page.fill("#new", new)
    opened.page.keyboard.press("Enter")


def save(opened: Opened, path: Path) -> None:
    with opened.page.expect_download() as waited:
        opened.page.keyboard.press("s")
    waited.value.save_as(path)


def test_what_no_correction_may_say_is_not_offered(opened: Opened) -> None:
    opened.form(TEXT)
    opened.cell("indicators", 0, "name").click()
    opened.page.click('#detail dd[data-field="level1_basis"]')
    assert opened.page.locator(".actions button").count() == 0
    opened.page.keyboard.press("a")
    opened.page.keyboard.press("c")
    assert opened.page.inner_text("#counted") == ""
    opened.cell("goals", 0, "text").click()
    opened.page.keyboard.press("c")
    opened.page.fill("#new", " ")
    opened.page.keyboard.press("Enter")
    assert opened.page.inner_text(".wrong") == "There has to be a value."


def test_rows_that_are_not_sure_are_gone_through_and_counted(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in (TEXT, "pipes-01.txt"):
        shutil.copyfile(SAMPLES / name, tmp_path / "in" / name)
    run(Options((str(tmp_path / "in"),), tmp_path / "out", workers=None))
    unsure = {("indicators", 4): 0.31, ("tasks", 1): 0.855, ("funding", 2): 0.899999}
    (doubted,) = (row["document_id"] for row in tables(tmp_path / "out", "documents") if row["source_path"] == TEXT)
    for name in ("funding", "tasks", "indicators"):
        (path,) = (tmp_path / "out" / name).glob("*.parquet")
        table = part_of(path)
        sure = [
            unsure.get((name, row["seq"]), 0.997) if row["document_id"] == doubted else None
            for row in table.to_pylist()
        ]
        if "confidence" in table.column_names:
            table = table.drop_columns(["confidence"])
        write_part(path, table.append_column("confidence", pa.array(sure, pa.float64())))
    build(Request(tmp_path / "out"), Speaker("en"))
    opened = Opened(browser, tmp_path / "out-report")
    first = opened.page.locator("#worst a.row").first
    assert (first.locator(".path").inner_text(), first.locator(".c-risk").text_content()) == (TEXT, "1.0")
    classes = opened.page.locator("#chart-confidence .figure").all_inner_texts()
    assert [one.split(" · ")[0] for one in classes] == ["33", "0", "0", "2", "1"]
    first.click()
    opened.page.wait_for_selector("#about h1")
    seen = []
    for _ in range(3):
        opened.page.keyboard.press("n")
        chosen = opened.page.locator("td.chosen")
        row = (chosen.get_attribute("data-table"), chosen.get_attribute("data-seq"), chosen.get_attribute("data-field"))
        seen.append((*row, opened.page.inner_text("#detail .facts .low")))
    assert seen == [
        ("funding", "2", "amount", "confidence 89 %"),
        ("tasks", "1", "name", "confidence 85 %"),
        ("indicators", "4", "name", "confidence 31 %"),
    ]
    assert opened.page.locator("td.sure").first.inner_text() == "99.7 %"
    assert opened.said == []
    opened.close()


def test_the_arrows_lead_to_the_values_beside(opened: Opened) -> None:
    opened.form(TEXT)
    opened.cell("indicators", 3, "value").click()
    seen = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowUp"):
        opened.page.keyboard.press(key)
        chosen = opened.page.locator("td.chosen")
        seen.append((chosen.get_attribute("data-seq"), chosen.get_attribute("data-field")))
    assert seen == [
        ("3", "unit"),
        ("4", "unit"),
        ("4", "value"),
        ("4", "operator"),
        ("3", "operator"),
        ("2", "operator"),
    ]


def test_what_was_settled_is_passed_over(opened: Opened) -> None:
    opened.form(WORST)
    page = opened.page
    for _ in range(3):
        page.keyboard.press("n")
        page.keyboard.press("a")
    # The first was no value, but all of the form.
    assert page.inner_text("#counted").strip() == "2 reviewed"
    opened.form(WORST)
    page.keyboard.press("n")
    assert page.inner_text("#doubt-count").startswith("doubtful 1 ")
    page.keyboard.press("n")
    assert page.inner_text("#doubt-count").startswith("doubtful 4 ")
    page.keyboard.press("p")
    assert page.inner_text("#doubt-count").startswith("doubtful 3 ")
    assert "accepted" in str(page.locator("td.chosen").get_attribute("class"))
