"""Tables handed on as workbooks and CSV files: what is read of them again is what the tables hold."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from extract import write_tables
from extract.errors import UsageError
from extract.export import delimited, workbook
from extract.export.build import Request, Written, export
from extract.export.delimited import defused, restored
from extract.tables.schemas import TABLES, schemas
from tests.needs import needs

LABELS: Final = {name: schema.metadata[b"label_zh"].decode() for name, schema in schemas().items()}
HOSTILE: Final = (
    "=1+1",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-完成率",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "'=1",
    "''-x",
    "'apostrophe",
    "-12.5",
    "+3",
    "1,200.00",
    "0012",
    "51172400000000123456789",
    "1e5",
    "2024-01-01",
    "TRUE",
    "http://example.org/",
    "mailto:a@b.c",
    '他说"好"，\n换行',
    "a\r\nb\rc",
    " blanks ",
    "<r><t>&lt;</t></r>",
    "<r>",
    "<b>&amp;</b>",
    "_x0041_",
    "\x01\x1f\x0b",
    "\ufffe\uffff",
    "😀𠮷",
    "#N/A",
    "长" * 40_000,
    "😀" * 20_000,
)
xlsx = needs("xlsxwriter", found=find_spec("xlsxwriter") is not None)
office = needs("LibreOffice", found=shutil.which("soffice") is not None)


def archive(folder: Path, **rows: Sequence[dict[str, Any]]) -> Path:
    """An output folder with these rows."""
    made = {name: pa.Table.from_pylist(list(own), schema=schemas()[name]) for name, own in rows.items()}
    write_tables(made, folder)
    return folder


def task(seq: int, name: str | None, **others: Any) -> dict[str, Any]:
    return {"document_id": "d", "seq": seq, "name": name, "content_truncated": False, "name_truncated": True, **others}


def amount(seq: int, value: str | None) -> dict[str, Any]:
    money = None if value is None else Decimal(value)
    return {"document_id": "d", "seq": seq, "category": "total", "source": "total", "amount": money, "basis": "stated"}


def indicator(seq: int, value: str, confidence: float | None = None) -> dict[str, Any]:
    number = Decimal(value)
    return {"document_id": "d", "seq": seq, "value_number": number, "name_truncated": False, "confidence": confidence}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("hostile") / "out", tasks=[task(*one) for one in enumerate(HOSTILE)])


def asking(out: Path, **places: Path) -> Request:
    """A request for the forms of these names."""
    given: dict[str, Any] = dict(places)
    return Request(out, **given)


def converted(file: Path, folder: Path) -> dict[str, list[list[str]]]:
    """The sheets of a workbook as LibreOffice reads them, by name: contents, not what is shown."""
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    settings = f"-env:UserInstallation=file://{folder}/settings"
    command = ["soffice", settings, "--headless", "--convert-to", form, "--outdir", str(folder / "csv"), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found = {}
    for path in (folder / "csv").iterdir():
        text = path.read_text(encoding="utf-8")
        found[path.stem.removeprefix(f"{file.stem}-")] = list(csv.reader(io.StringIO(text, newline="")))
    return found


def same(value: Any, text: str) -> bool:
    """Whether a text is how a value may be written."""
    if value is None or text == "":
        return value is None and text == ""
    if isinstance(value, bool):
        return text == ("TRUE" if value else "FALSE")
    if isinstance(value, int | float | Decimal):
        return Decimal(text) == Decimal(str(value))
    return str(value) == text


def differing(out: Path, name: str, rows: Sequence[Sequence[str]]) -> list[tuple[Any, str]]:
    """The first cells that are not as the table has them; rows and columns are as many."""
    table = pq.read_table(out / name)
    assert rows[0] == [field.metadata[b"label_zh"].decode() for field in table.schema]
    assert len(rows) == table.num_rows + 1
    pairs = zip(zip(*(column.to_pylist() for column in table.columns), strict=True), rows[1:], strict=True)
    cells = (cell for values, texts in pairs for cell in zip(values, texts, strict=True))
    return [cell for cell in cells if not same(*cell)][:5]


@xlsx
@office
def test_the_workbook_of_the_samples_converted_by_libreoffice_is_the_tables(
    samples_output: Path, tmp_path: Path
) -> None:
    (one,) = export(Request(samples_output, xlsx=tmp_path / "a.xlsx"))
    assert one.noted == workbook.Noted(0, 0, 0)
    sheets = converted(tmp_path / "a.xlsx", tmp_path)
    assert set(sheets) == {"说明", *LABELS.values()}
    for name in TABLES:
        assert differing(samples_output, name, sheets[LABELS[name]]) == []
    lines = ["".join(row[:3]) for row in sheets["说明"]]
    for name in TABLES:
        rows = pq.read_table(samples_output / name).num_rows
        assert f"{LABELS[name]}{name}{rows}" in lines


@xlsx
@office
def test_no_text_becomes_anything_else_in_libreoffice(hostile: Path, tmp_path: Path) -> None:
    (one,) = export(Request(hostile, xlsx=tmp_path / "a.xlsx", tables=("tasks",)))
    assert one == Written(tmp_path / "a.xlsx", 1, len(HOSTILE), workbook.Noted(0, 2, 0))
    sheets = converted(tmp_path / "a.xlsx", tmp_path)
    # Its cells know one end of lines.
    texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in HOSTILE]
    assert texts_of(sheets[LABELS["tasks"]], sheets["长文本"]) == texts


def texts_of(rows: Sequence[Sequence[str]], long: Sequence[Sequence[str]]) -> list[str]:
    """The names of tasks, put together with what of them stands among the long texts."""
    found = [row[2] for row in rows[1:]]
    for _, row, column, _, text in long[1:]:
        assert column == "任务名称"
        found[int(row) - 2] += text
    return found


@xlsx
def test_no_text_becomes_anything_else_in_openpyxl_and_calamine(hostile: Path, tmp_path: Path) -> None:
    import openpyxl

    export(Request(hostile, xlsx=tmp_path / "a.xlsx", tables=("tasks",)))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [row[2] for row in book[LABELS["tasks"]].iter_rows(min_row=2)]
    # It takes texts that look like formulas for such when it reads them; what the file says is in its XML.
    assert [cell.hyperlink for cell in cells] == [None] * len(HOSTILE)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        for name in packed.namelist():
            assert b"<f>" not in packed.read(name)
            assert "hyperlink" not in name
    short = [(text, number) for number, text in enumerate(HOSTILE) if text.isprintable() and len(text) < 100]
    assert len(short) > 20
    sheet = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name(LABELS["tasks"]).to_python()
    assert [sheet[number + 1][2] for _, number in short] == [text for text, _ in short]


@xlsx
def test_how_the_workbook_looks(samples_output: Path, tmp_path: Path) -> None:
    import openpyxl

    export(Request(samples_output, xlsx=tmp_path / "a.xlsx", tables=("funding", "tasks")))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["说明", "资金", "年度主要任务"]
    funding, tasks = book["资金"], book["年度主要任务"]
    assert (funding.freeze_panes, tasks.freeze_panes) == ("A2", "A2")
    assert funding.auto_filter.ref == f"A1:H{funding.max_row}"
    assert (funding["E2"].number_format, funding["E2"].data_type) == ("#,##0.00", "n")
    assert (funding["F2"].number_format, funding["F2"].data_type) == ("General", "s")
    assert tasks["D2"].alignment.wrap_text and tasks["E2"].data_type == "b"
    assert 40 < tasks.column_dimensions["D"].width < 60
    assert funding.column_dimensions["B"].width < 10
    assert (tasks.page_setup.orientation, tasks.page_setup.paperSize, tasks.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert tasks.print_title_rows == "$1:$1"


@xlsx
def test_rows_are_as_high_as_their_texts(tmp_path: Path) -> None:
    import openpyxl

    texts = ("短", "长" * 22, "长" * 45, "长" * 46, "一\n二\n三", "长" * 30_000)
    out = archive(tmp_path / "out", tasks=[task(seq, text) for seq, text in enumerate(texts)])
    export(Request(out, xlsx=tmp_path / "a.xlsx", tables=("tasks",)))
    rows = openpyxl.load_workbook(tmp_path / "a.xlsx")["年度主要任务"].row_dimensions
    # In points: of one line, of one, of two, of three and of three, and the most there is.
    assert [rows[number].height for number in range(2, 8)] == [None, None, 35.25, 51.0, 51.0, 408.75]


@xlsx
def test_the_same_tables_give_the_same_bytes(samples_output: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        export(Request(samples_output, xlsx=tmp_path / name, tables=("funding",)))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@xlsx
def test_headers_in_english(tmp_path: Path) -> None:
    out = archive(tmp_path / "out", tasks=[task(0, "一")])
    export(Request(out, xlsx=tmp_path / "a.xlsx", csv=tmp_path / "csv", headers="en"))
    book = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    assert book.sheet_names == ["about", *TABLES]
    assert book.get_sheet_by_name("tasks").to_python()[0] == schemas()["tasks"].names
    assert (tmp_path / "csv" / "tasks.csv").read_bytes().startswith(b"\xef\xbb\xbfdocument_id,seq,name,")


DIGITS: Final = (
    "1234567890123.45",
    "12345678901234.56",
    "999999999999999999.99",
    "-0.01",
    "0.00",
    "100000000000000000.00",
)


@xlsx
def test_numbers_that_excel_cannot_hold_are_texts_and_said_so(tmp_path: Path) -> None:
    out = archive(
        tmp_path / "out",
        funding=[amount(seq, value) for seq, value in enumerate([*DIGITS, None])],
        indicators=[
            indicator(0, "0.0000000001", 0.1 + 0.2),
            indicator(1, "9" * 28, 0.5),
            indicator(2, "1.0000000001"),
            indicator(3, "12345678901234567890.0000000001"),
        ],
    )
    (one,) = export(Request(out, xlsx=tmp_path / "a.xlsx"))
    book = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    amounts = [row[4] for row in book.get_sheet_by_name("资金").to_python()[1:]]
    texts = ["12345678901234.56", "999999999999999999.99"]
    assert amounts == [1234567890123.45, *texts, -0.01, 0.0, 1e17, ""]
    rows = book.get_sheet_by_name("年度绩效指标").to_python()
    at, confidence = rows[0].index("指标值（数值）"), rows[0].index("置信度")
    assert [row[at] for row in rows[1:]] == [1e-10, "9" * 28, 1.0000000001, "12345678901234567890.0000000001"]
    assert [row[confidence] for row in rows[1:]] == ["0.30000000000000004", 0.5, "", ""]
    assert one.noted == workbook.Noted(5, 0, 0)
    told = [row[0] for row in book.get_sheet_by_name("说明").to_python()]
    assert "工作表“资金”的“金额”列有 2 个数超过 15 位，以文本写出。" in told
    assert "工作表“年度绩效指标”的“置信度”列有 1 个数超过 15 位，以文本写出。" in told


@xlsx
@pytest.mark.parametrize(("count", "sheets"), [(3, [3]), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1]), (0, [0])])
def test_a_table_of_more_rows_than_a_sheet_holds_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, sheets: list[int]
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    out = archive(tmp_path / "out", tasks=[task(seq, f"任务{seq}") for seq in range(count)])
    (one,) = export(Request(out, xlsx=tmp_path / "a.xlsx", tables=("tasks",)))
    book = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    names = ["年度主要任务", "年度主要任务 (2)", "年度主要任务 (3)"][: len(sheets)]
    assert book.sheet_names == ["说明", *names]
    found = [book.get_sheet_by_name(name).to_python() for name in names]
    assert [len(rows) - 1 for rows in found] == sheets
    assert [row[2] for rows in found for row in rows[1:]] == [f"任务{seq}" for seq in range(count)]
    assert {rows[0][2] for rows in found} == {"任务名称"}
    assert one.noted == workbook.Noted(0, 0, len(sheets) - 1)


# ---- CSV


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_csv_of_the_samples_is_the_tables(samples_output: Path, tmp_path: Path) -> None:
    export(Request(samples_output, csv=tmp_path / "csv"))
    assert sorted(path.name for path in (tmp_path / "csv").iterdir()) == sorted(f"{name}.csv" for name in TABLES)
    for name in TABLES:
        rows = read(tmp_path / "csv" / f"{name}.csv")
        assert differing(samples_output, name, [rows[0], *([*map(restored, row)] for row in rows[1:])]) == []
        data = (tmp_path / "csv" / f"{name}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\r\n") == len(rows)


def test_formulas_are_defused_in_csv_and_nothing_else_is(hostile: Path, tmp_path: Path) -> None:
    export(Request(hostile, csv=tmp_path / "csv", tables=("tasks",)))
    assert [path.name for path in (tmp_path / "csv").iterdir()] == ["tasks.csv"]
    found = [row[2] for row in read(tmp_path / "csv" / "tasks.csv")[1:]]
    risky = {"=1+1", "=cmd|'/c calc'!A1", "+1+1", "-完成率", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1", "''-x"}
    assert found == [f"'{text}" if text in risky else text for text in HOSTILE]
    assert [restored(text) for text in found] == list(HOSTILE)


@given(st.text() | st.text(alphabet="'=+-@\t\r＝1.,%a", max_size=6))
def test_every_text_comes_back_from_csv(text: str) -> None:
    assert restored(defused(text)) == text
    # Whatever is written is no formula, or a plain number.
    assert defused(text)[:1] not in delimited.SIGNS or delimited.NUMBER.fullmatch(text)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(min_size=1) | st.none(), st.decimals(-(10**17), 10**17, places=2)), max_size=5))
def test_every_row_comes_back_from_csv(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, Decimal]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    made = [{**amount(seq, str(value)), "amount_raw": text} for seq, (text, value) in enumerate(rows)]
    archive(folder / "out", funding=made)
    export(Request(folder / "out", csv=folder / "csv", tables=("funding",)))
    found = read(folder / "csv" / "funding.csv")[1:]
    assert [(restored(row[5]) or None, Decimal(row[4])) for row in found] == rows


# ---- what stands already, and what fails


def kept(folder: Path) -> Iterator[str]:
    yield from (path.name for path in folder.iterdir())


@pytest.mark.parametrize("form", ["xlsx", "csv", "duckdb", "sqlite"])
def test_what_an_export_left_is_replaced_and_nothing_else(tmp_path: Path, form: str) -> None:
    out = archive(tmp_path / "out", tasks=[task(0, "一")])
    place = tmp_path / "there" / "it"
    place.parent.mkdir()
    request = asking(out, **{form: place})
    export(request)
    export(asking(archive(tmp_path / "out", tasks=[task(0, "二")]), **{form: place}))
    assert list(kept(place.parent)) == ["it"]
    if form == "csv":
        assert read(place / "tasks.csv")[1][2] == "二"
        (place / "thesis.docx").write_text("x")
        name = "thesis.docx"
    else:
        place.unlink()
        place.write_bytes(b"mine")
        name = "it"
    with pytest.raises(UsageError) as caught:
        export(request)
    assert (caught.value.key, caught.value.params) == ("export_not_ours", {"path": str(place), "name": name})
    assert list(kept(place.parent)) == ["it"]
    if form != "csv":
        assert place.read_bytes() == b"mine"


@xlsx
def test_a_workbook_that_somebody_changed_is_not_replaced(tmp_path: Path) -> None:
    import openpyxl

    out = archive(tmp_path / "out", tasks=[task(0, "一")])
    request = Request(out, xlsx=tmp_path / "a.xlsx")
    export(request)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.properties.lastModifiedBy = "王"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UsageError) as caught:
        export(request)
    assert caught.value.key == "export_not_ours"


@pytest.mark.parametrize("form", ["xlsx", "csv", "duckdb", "sqlite"])
def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path, form: str) -> None:
    out = archive(tmp_path / "out", tasks=[task(seq, "一") for seq in range(5)])
    place = tmp_path / "it"
    request = asking(out, **{form: place})
    export(request)
    files = [place] if place.is_file() else sorted(place.iterdir())
    before = [path.read_bytes() for path in files]
    part = out / "failures" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-50] + bytes(50))
    with pytest.raises(UsageError) as caught:
        export(request)
    assert caught.value.key == "report_tables_unreadable"

    def stop(done: int, total: int) -> None:
        del done, total
        raise KeyboardInterrupt

    archive(tmp_path / "out", tasks=[task(seq, "二") for seq in range(5)])
    with pytest.raises(KeyboardInterrupt):
        export(request, stop)
    assert [path.read_bytes() for path in files] == before
    assert sorted(kept(tmp_path)) == ["it", "out"]


def test_none_is_put_in_its_place_where_one_fails(tmp_path: Path) -> None:
    out = archive(tmp_path / "out", documents=[])
    archive(out, tasks=[task(0, "一"), task(0, "twice")])
    with pytest.raises(UsageError) as caught:
        export(Request(out, csv=tmp_path / "csv", sqlite=tmp_path / "a.sqlite"))
    assert caught.value.key == "export_failed"
    assert "UNIQUE" in str(caught.value.params["reason"])
    assert list(kept(tmp_path)) == ["out"]


@pytest.mark.parametrize(
    ("places", "key"),
    [
        ({}, "export_nothing"),
        ({"csv": "out/csv"}, "export_in_tables"),
        ({"csv": "."}, "export_in_tables"),
        ({"sqlite": "out/tasks/a"}, "export_in_tables"),
        ({"csv": "a", "sqlite": "a"}, "export_twice"),
        ({"csv": "a", "sqlite": "a/b"}, "export_twice"),
        ({"sqlite": "file/a"}, "export_failed"),
        ({"sqlite": "folder"}, "export_not_ours"),
        ({"csv": "file"}, "export_not_ours"),
    ],
)
def test_what_cannot_be_asked_for(tmp_path: Path, places: dict[str, str], key: str) -> None:
    out = archive(tmp_path / "out")
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError) as caught:
        export(asking(out, **{form: tmp_path / name for form, name in places.items()}))
    assert caught.value.key == key
    assert sorted(kept(tmp_path)) == ["file", "folder", "out"]


def test_tables_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        export(Request(tmp_path, csv=tmp_path / "csv"))
    assert caught.value.key == "report_no_tables"
    with pytest.raises(UsageError) as caught:
        export(Request(archive(tmp_path / "out"), csv=tmp_path / "csv", tables=("tasks", "task")))
    assert (caught.value.key, caught.value.params["name"]) == ("export_no_such_table", "task")
