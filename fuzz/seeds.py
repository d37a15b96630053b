"""What fuzzing begins with: the samples, and what tests make of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from extract.errors import UnreadableInput
from extract.readers.compound import Compound
from extract.readers.files import ReadOptions
from extract.schemafiles import SCHEMAS
from fuzz.parts import laid_out
from tests import hostile
from tests.forms import office, webpages
from tests.forms.boxes import Box

_ROOT: Final = Path(__file__).parent.parent
_LARGEST: Final = 64 * 1024
# A form with all sections, in as few bytes as it can be.
SMALL: Final = """部门整体支出绩效目标批复表
预算年度:2024
预算单位：135-司法局
总体资金情况（元）\t预算支出总额\t基本支出\t\t项目支出\t
\t\t合计\t财政拨款\t合计\t财政拨款
\t3.00\t1.00\t1.00\t2.00\t2.00
整体绩效目标\t做好工作。
年度主要任务\t任务名称\t主要内容
\t法律援助\t办好案件…
一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t权重
产出指标\t数量指标\t案件数\t≥\t12\t件\t90
其他说明
""".encode()


_CELLS: Final = [line.split("\t") for line in SMALL.decode().splitlines()]
_BOOK: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_WORD: Final = "http://schemas.microsoft.com/office/word/2003/wordml"


def samples(*endings: str) -> Iterator[bytes]:
    """The samples with these endings, and what once broke the reading, smallest first."""
    folders = [_ROOT / "samples", _ROOT / "tests" / "data" / "broken"]
    found = [path.read_bytes() for folder in folders for path in folder.iterdir() if path.suffix in endings]
    yield from sorted((data for data in found if len(data) <= _LARGEST), key=lambda data: (len(data), data))


def unparted() -> Iterator[bytes]:
    """The small form without separators: a cell a line, or rows, or nothing kept apart."""
    for between, end in (("", ""), (" ", " "), ("", "\n"), (" ", "\n"), ("\n", "\n")):
        yield end.join(between.join(filter(None, cells)) for cells in _CELLS).encode()


def good(*names: str) -> Iterator[bytes]:
    """The sound files of these kinds that tests damage."""
    files = hostile.good()
    yield from (files[name] for name in names)


def packed_files(*endings: str) -> Iterator[bytes]:
    """The office files with these endings, as they are and by their parts; the small form among them."""
    boxes = [[Box((cell,)) for cell in row] for row in _CELLS]
    made = {
        ".docx": office.word_file([], boxes),
        ".xlsx": office.workbook({"表": office.boxed_sheet(boxes)}),
        ".ods": office.opendocument("spreadsheet", office.open_table(boxes)),
        ".odt": office.opendocument("text", office.open_table(boxes)),
    }
    for data in (*samples(*endings), *(made[ending] for ending in endings)):
        yield data
        yield laid_out(data)


def _rows(row: str, cell: str) -> str:
    """The small form in the rows of some markup; ``%s`` is where the cells and their texts stand."""
    return "".join(row % "".join(cell % escape(text) for text in cells) for cells in _CELLS)


def pages() -> Iterator[bytes]:
    """Web pages."""
    yield from (*samples(".html"), *good("html"))
    yield f"<html><table>{_rows('<tr>%s</tr>', '<td>%s</td>')}</table></html>".encode()


def messages() -> Iterator[bytes]:
    """Web pages saved as a message."""
    yield from good("mht")
    yield webpages.message(list(pages())[-1:])


def office_xml() -> Iterator[bytes]:
    """A workbook and a document in Office's XML."""
    book = _rows("<Row>%s</Row>", "<Cell><Data>%s</Data></Cell>")
    head = f'<?xml version="1.0"?><Workbook xmlns="{_BOOK}"><Worksheet><Table>'
    yield f"{head}{book}</Table></Worksheet></Workbook>".encode()
    text = _rows("<w:tr>%s</w:tr>", "<w:tc><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>")
    head = f'<?xml version="1.0"?><w:wordDocument xmlns:w="{_WORD}"><w:body><w:tbl>'
    yield f"{head}{text}</w:tbl></w:body></w:wordDocument>".encode()


def old_files() -> Iterator[bytes]:
    """Compound files, and a workbook's stream alone."""
    yield from (*samples(".xls", ".et"), *good("doc"))
    cells = (office.old_label(r, c, text) for r, row in enumerate(_CELLS) for c, text in enumerate(row))
    book = office.old_workbook({"表": b"".join(cells)})
    yield book
    yield Compound(book).read("Workbook").rstrip(b"\0")


def pdfs() -> Iterator[bytes]:
    """PDF files, and what is drawn on a page."""
    yield from (*samples(".pdf"), hostile.pdf(2))
    yield b"0 0 m 100 0 l S 10 10 200 100 re S BT /F 12 Tf 20 20 Td (2024) Tj ET"
    rows = [f"{x} {y} 90 20 re S BT /F 9 Tf {x + 4} {y + 4} Td (95) Tj ET" for x in (50, 140) for y in (700, 680, 660)]
    yield "\n".join(rows).encode()


def archives() -> Iterator[bytes]:
    """Archives of all kinds, small ones, and one by its parts."""
    kinds = ("zip", "tar", "tgz", "gz", "bz2", "xz", "rar")
    yield from good(*kinds)
    yield laid_out(office.zipped({"a.txt": SMALL, "b/c.txt": SMALL, "d.zip": office.zipped({"e.txt": SMALL})}))


def beginnings() -> Iterator[bytes]:
    """How a file of each kind begins."""
    yield from (data[:2048] for data in hostile.good().values())


def profiles() -> Iterator[bytes]:
    """The form profiles that the package ships, which are not long."""
    found = (path.read_bytes() for path in sorted((SCHEMAS / "forms").glob("*.yaml")))
    yield from (data for data in found if len(data) <= _LARGEST // 4)


def random_bytes(count: int) -> Iterator[bytes]:
    """Bytes that choose something, the same every time."""
    rng = random.Random(20240101)
    yield from (rng.randbytes(rng.randrange(4, 400)) for _ in range(count))


def unread_pictures(options: ReadOptions) -> UnreadableInput:
    """What becomes of pictures where nothing reads them."""
    del options
    return UnreadableInput("scan_not_installed", missing="onnxruntime")
