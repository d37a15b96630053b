"""Forms printed to PDF by Chromium and by LibreOffice, and the texts that pdftotext takes out of them.

What prints is given a form as a web page or as a sheet; columns are as narrow as on paper, so that labels, header
words and names are broken over lines. Chromium, LibreOffice and poppler have to be installed where this runs.
"""

from __future__ import annotations

import html
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.forms.boxes import Box, Boxes
from tests.forms.sheet import Sheet
from tests.forms.truth import display_width

POINT: Final = 0.0352778  # centimetres
_SHORT: Final = 24


@dataclass(frozen=True, slots=True)
class Look:
    """How a form is printed: paper, font, size (points), padding (points), and each column's share of the width.

    ``labels``: how many columns on the left hold labels, which are centred. ``repeat``: the header of the indicators
    stands again on every page. ``leading``: height of a line in parts of the font's size, None for the font's own; below
    that, lines of neighbouring rows reach into each other.
    """

    columns: tuple[int, ...]
    labels: int = 3
    landscape: bool = False
    font: str = "Noto Serif CJK SC"
    size: float = 10.5
    padding: float = 2.0
    margin: float = 1.8
    centred: bool = False
    top: bool = False
    repeat: bool = False
    leading: float | None = None

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of the paper in centimetres."""
        return (29.7, 21.0) if self.landscape else (21.0, 29.7)

    @property
    def room(self) -> list[float]:
        """Width of each column in centimetres."""
        whole = self.paper[0] - 2 * self.margin
        return [whole * part / sum(self.columns) for part in self.columns]


def _heads(sheet: Sheet) -> list[str]:
    return [text for text in (sheet.year_line, sheet.unit_line) if text]


def _style(look: Look) -> str:
    width, height = look.paper
    leading = "" if look.leading is None else f"line-height:{look.leading};"
    return (
        f"@page{{size:{width}cm {height}cm;margin:{look.margin}cm}}"
        f"body{{font-family:'{look.font}';font-size:{look.size}pt;margin:0}}"
        "h1{font-size:16pt;text-align:center;margin:0 0 6pt}p{margin:2pt 0}"
        "table{border-collapse:collapse;width:100%;table-layout:fixed}tr{page-break-inside:avoid}"
        f"td{{{leading}border:1px solid;padding:{look.padding}pt;vertical-align:{'top' if look.top else 'middle'};"
        "word-break:break-all}td.c{text-align:center}td p{margin:0;text-indent:2em}"
    )


def _where(boxes: Boxes) -> list[list[int]]:
    """The column that each box begins in."""
    taken: set[tuple[int, int]] = set()
    places: list[list[int]] = []
    for r, row in enumerate(boxes):
        c = 0
        places.append([])
        for box in row:
            while (r, c) in taken:
                c += 1
            places[-1].append(c)
            taken |= {(r + i, c + k) for i in range(box.rows) for k in range(box.columns)}
            c += box.columns
    return places


def _centred(look: Look, box: Box, col: int) -> bool:
    short = len(box.paragraphs) == 1 and display_width(box.text) <= _SHORT
    return (col < look.labels and (box.columns == 1 or short)) or (look.centred and short)


def _td(look: Look, box: Box, col: int) -> str:
    spans = (f' rowspan="{box.rows}"' if box.rows > 1 else "") + (
        f' colspan="{box.columns}"' if box.columns > 1 else ""
    )
    texts = [html.escape(text, quote=False) for text in box.paragraphs]
    inner = texts[0] if len(texts) == 1 else "".join(f"<p>{text}</p>" for text in texts)
    kind = ' class="c"' if _centred(look, box, col) else ""
    return f"<td{kind}{spans}>{inner}</td>"


def web_page(sheet: Sheet, boxes: Boxes, look: Look) -> str:
    """The form as a web page for paper."""
    rows = [
        "<tr>" + "".join(_td(look, box, col) for box, col in zip(row, places, strict=True)) + "</tr>"
        for row, places in zip(boxes, _where(boxes), strict=True)
    ]
    parts = [f"<table><colgroup>{''.join(f'<col style=width:{room:.2f}cm>' for room in look.room)}</colgroup>"]
    head = _header_row(boxes, sheet)
    if look.repeat and head is not None:
        # A repeated header must be the first row of its table.
        parts += [*rows[:head], "</table>", parts[0], f"<thead>{rows[head]}</thead>", *rows[head + 1 :], "</table>"]
    else:
        parts += [*rows, "</table>"]
    heads = "".join(f"<p>{text}</p>" for text in _heads(sheet))
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><style>{_style(look)}</style></head><body>\n'
        f"<h1>{sheet.title}</h1>\n{heads}\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _header_row(boxes: Boxes, sheet: Sheet) -> int | None:
    """The row of the indicators' header, if no box from above or beside it goes on below."""
    words = [word for _, word in sheet.head]
    found = [r for r, row in enumerate(boxes) if [box.text for box in row] == words]
    return found[0] if found else None


def _lines(text: str, room: float, size: float) -> int:
    """How many lines a text takes in so many centimetres."""
    per_line = max(int(room / (size * POINT)), 1)
    return sum(max(-(-display_width(part) // (2 * per_line)), 1) for part in text.split("\n"))


def _heights(boxes: Boxes, look: Look) -> list[float]:
    """The height of each row in centimetres: what its boxes need, and those that span rows on their last one."""
    heights: list[float] = []
    line = look.size * POINT * 1.35
    need: dict[int, list[tuple[int, float]]] = {}
    for r, (row, places) in enumerate(zip(boxes, _where(boxes), strict=True)):
        least = line + 2 * look.padding * POINT
        for box, col in zip(row, places, strict=True):
            room = sum(look.room[col : col + box.columns]) - 4 * look.padding * POINT
            own = _lines(box.text, room, look.size) * line + 2 * look.padding * POINT
            if box.rows == 1:
                least = max(least, own)
            else:
                need.setdefault(r + box.rows - 1, []).append((r, own))
        for first, own in need.get(r, ()):
            least = max(least, own - sum(heights[first:]))
        heights.append(least)
    return heights


def _fods_cell(box: Box, style: str) -> str:
    spans = f' table:number-rows-spanned="{box.rows}" table:number-columns-spanned="{box.columns}"'
    texts = "".join(f"<text:p>{html.escape(text, quote=False)}</text:p>" for text in box.paragraphs)
    return f'<table:table-cell table:style-name="{style}" office:value-type="string"{spans}>{texts}</table:table-cell>'


def sheet_file(sheet: Sheet, boxes: Boxes, look: Look) -> str:
    """The form as a sheet (flat OpenDocument), with merged cells, set widths and broken lines."""
    width, height = look.paper
    count = len(look.columns)
    table = [[Box((sheet.title,), 1, count)], *([Box((text,), 1, count)] for text in _heads(sheet)), *boxes]
    styles, rows = [], []
    for i, room in enumerate(look.room):
        styles.append(
            f'<style:style style:name="co{i}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{room:.3f}cm"/></style:style>'
        )
    heights = _heights(table, look)
    places = _where(table)
    covered = _covered(table)
    head = _header_row(boxes, sheet)
    for r, row in enumerate(table):
        styles.append(
            f'<style:style style:name="ro{r}" style:family="table-row">'
            f'<style:table-row-properties style:row-height="{heights[r]:.3f}cm"/></style:style>'
        )
        at = {col: _fods_cell(box, _cell_style(look, box, col, r)) for box, col in zip(row, places[r], strict=True)}
        cells = "".join(at.get(c, "<table:covered-table-cell/>" if (r, c) in covered else "") for c in range(count))
        written = f'<table:table-row table:style-name="ro{r}">{cells}</table:table-row>'
        if look.repeat and head is not None and r == head + len(table) - len(boxes):
            written = f"<table:table-header-rows>{written}</table:table-header-rows>"
        rows.append(written)
    for name, align in (("left", "start"), ("centre", "center")):
        upright = "top" if look.top else "middle"
        styles.append(
            f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties '
            f'fo:wrap-option="wrap" style:vertical-align="{upright}" fo:border="0.5pt solid #000000" '
            f'fo:padding="{look.padding / 2}pt"/><style:paragraph-properties fo:text-align="{align}"/>'
            f'<style:text-properties style:font-name-asian="{look.font}" style:font-name="{look.font}" '
            f'fo:font-size="{look.size}pt" style:font-size-asian="{look.size}pt"/></style:style>'
        )
    columns = "".join(f'<table:table-column table:style-name="co{i}"/>' for i in range(count))
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
        for name, urn in (
            ("office", "office"),
            ("style", "style"),
            ("text", "text"),
            ("table", "table"),
            ("fo", "xsl-fo-compatible"),
            ("svg", "svg-compatible"),
        )
    )
    face = f'<style:font-face style:name="{look.font}" svg:font-family="\'{look.font}\'"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {spaces} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:font-face-decls>{face}</office:font-face-decls><office:automatic-styles>{''.join(styles)}"
        '<style:page-layout style:name="pm"><style:page-layout-properties '
        f'fo:page-width="{width}cm" fo:page-height="{height}cm" fo:margin="{look.margin}cm" style:scale-to-X="1" '
        f'style:print-orientation="{"landscape" if look.landscape else "portrait"}"/></style:page-layout>'
        '<style:style style:name="ta" style:family="table" style:master-page-name="Default"/>'
        '</office:automatic-styles><office:master-styles><style:master-page style:name="Default" '
        'style:page-layout-name="pm"/></office:master-styles><office:body><office:spreadsheet>'
        f'<table:table table:name="a" table:style-name="ta">{columns}{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document>\n"
    )


def _covered(table: Boxes) -> set[tuple[int, int]]:
    return {
        (r + i, c + k)
        for r, (row, places) in enumerate(zip(table, _where(table), strict=True))
        for box, c in zip(row, places, strict=True)
        for i in range(box.rows)
        for k in range(box.columns)
    }


def _cell_style(look: Look, box: Box, col: int, row: int) -> str:
    return "centre" if row == 0 or (_centred(look, box, col) and box.columns < len(look.columns)) else "left"


# ---- the tools


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)


def by_chromium(pages: Mapping[str, str], folder: Path) -> None:
    """Prints web pages to ``folder``/name.pdf."""
    for name, page in pages.items():
        source = folder / f"{name}.html"
        source.write_text(page, encoding="utf-8")
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
        _run("chromium", *options, f"--print-to-pdf={folder / name}.pdf", source.as_uri())


def by_libreoffice(files: Mapping[str, str], folder: Path, suffix: str = ".fods") -> None:
    """Converts sheets (or web pages) to ``folder``/name.pdf."""
    sources = []
    for name, text in files.items():
        source = folder / f"{name}{suffix}"
        source.write_text(text, encoding="utf-8")
        sources.append(str(source))
    if sources:
        home = (folder / "office").as_uri()
        _run(
            "soffice",
            f"-env:UserInstallation={home}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *sources,
        )


def texts_of(names: Sequence[str], folder: Path, *options: str) -> dict[str, str]:
    """What pdftotext takes out of ``folder``/name.pdf, with its ``options`` (-layout)."""
    found = {}
    for name in names:
        _run("pdftotext", *options, str(folder / f"{name}.pdf"), str(folder / f"{name}.txt"))
        found[name] = (folder / f"{name}.txt").read_text(encoding="utf-8")
    return found


def printed(web: Mapping[str, str], sheets: Mapping[str, str], options: Sequence[str]) -> dict[str, str]:
    """The texts of web pages that Chromium prints and of sheets that LibreOffice prints, by name."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        by_chromium(web, folder)
        by_libreoffice(sheets, folder)
        return texts_of([*web, *sheets], folder, *options)
