"""Forms printed to PDF, and the texts that pdftotext takes out of them without the page's layout; writes the samples.

    python -m tests.tools.pdfplain

Chromium or LibreOffice prints a web page on paper so narrow that labels, header words and names are broken over lines.
``pdftotext`` gives the page in reading order, in which cells jump; ``pdftotext -raw`` the cells as they were printed.
Chromium, LibreOffice and poppler have to be installed where this runs; the seeds are fixed.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from tests.forms.boxes import filled, ministry, ministry_form, page, portal
from tests.forms.make import carried_out_by, make_form
from tests.forms.sheet import Sheet, sheet_of
from tests.forms.truth import Json, TrueForm, gold

TESTS: Final = Path(__file__).parents[1]
FOLDER: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "tools-pdfplain.jsonl"
TABLE: Final = "table{border-collapse:collapse;width:100%}"
LOOKS: Final = {
    "narrow": f"@page{{size:A4;margin:15mm}} {TABLE} table{{table-layout:fixed}} td{{font-size:9pt;text-align:center;padding:2px}}",
    "auto": f"@page{{size:A4;margin:12mm}} {TABLE} td{{font-size:10pt;text-align:center;padding:3px 4px}}",
    "wide": f"@page{{size:A4 landscape;margin:12mm}} {TABLE} td{{font-size:10.5pt;padding:3px}}",
    "left": f"@page{{size:A4;margin:10mm}} {TABLE} td{{font-size:8.5pt;text-align:left;vertical-align:top}}",
}
HEADS: Final = (
    None,
    ("一级指标", "二级指标", "指标内容", "计算符号", "指标值", "度量单位", "分值"),
    ("一级指标", "二级指标", "三级指标名称", "指标性质", "目标值", "计量单位", "权重（%）"),
)


class Printed(NamedTuple):
    """A sample: what prints it (or ``cells``: one cell a line, blank ones left out), how it is taken out, its form."""

    name: str
    tool: str
    way: str
    look: str
    kind: str
    seed: int
    # The text leaves values open, so that findings on them are due.
    doubt: bool = False

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.txt"

    @property
    def family(self) -> str:
        """The family that its values are counted in."""
        return f"pdf-{self.way}" if self.way != "cells" else "cells-alone"


SAMPLES: Final = (
    Printed("pdf-raw-01", "chromium", "raw", "narrow", "department", 1),
    Printed("pdf-raw-02", "chromium", "raw", "auto", "project", 2),
    Printed("pdf-raw-03", "chromium", "raw", "left", "department", 3),
    Printed("pdf-raw-04", "soffice", "raw", "narrow", "department", 4),
    Printed("pdf-raw-05", "soffice", "raw", "wide", "project", 5),
    Printed("pdf-raw-06", "soffice", "raw", "auto", "department", 6),
    Printed("pdf-plain-01", "chromium", "plain", "auto", "department", 11, doubt=True),
    Printed("pdf-plain-02", "chromium", "plain", "wide", "project", 12, doubt=True),
    Printed("pdf-plain-03", "chromium", "plain", "narrow", "department", 18, doubt=True),
    Printed("pdf-plain-04", "soffice", "plain", "auto", "department", 14, doubt=True),
    Printed("pdf-plain-05", "soffice", "plain", "wide", "project", 15, doubt=True),
    Printed("pdf-plain-06", "soffice", "plain", "narrow", "project", 16, doubt=True),
    Printed("cells-alone-01", "", "cells", "", "department", 21),
    Printed("cells-alone-02", "", "cells", "", "project", 22),
)


def drawn(sample: Printed) -> tuple[Sheet, TrueForm]:
    """The form of a sample. No amount is blank: a blank cell is gone without a trace in a text without cells."""
    for attempt in range(1000):
        rng = random.Random(f"{sample.seed}-{attempt}")
        form = make_form(rng, kind=sample.kind, indicators=rng.randint(6, 12), tasks=rng.randint(2, 5))
        if sample.kind == "project":
            form = ministry_form(carried_out_by(form, rng) if rng.random() < 0.5 else form)
        rows = [*gold(form)["tasks"], *gold(form)["indicators"]]
        head = rng.choice(HEADS)
        sheet = sheet_of(form)
        if head is not None:
            sheet = replace(sheet, head=tuple((key, word) for (key, _), word in zip(sheet.head, head, strict=True)))
        told = "doubt" not in gold(form) and all("truncated" in row for row in rows)
        if told and None not in form.funding and (form.notes is not None or sample.kind == "project"):
            return sheet, form
    raise AssertionError(sample)


def record(sample: Printed) -> Json:
    """The answers, as they stand in the gold file."""
    found: Json = {"file": sample.file, "family": sample.family, "form_index": 0} | gold(drawn(sample)[1])
    return found | {"doubt": True} if sample.doubt else found


def web_page(sample: Printed) -> str:
    """The form as a web page in the sample's look."""
    sheet, _ = drawn(sample)
    boxes = ministry(sheet) if sample.kind == "project" else portal(sheet)
    return page(sheet, boxes).replace("</head>", f"<style>{LOOKS[sample.look]}</style></head>")


def one_cell_a_line(sample: Printed) -> str:
    """The form with a cell a line, blank ones left out."""
    sheet, _ = drawn(sample)
    boxes = ministry(sheet) if sample.kind == "project" else portal(sheet)
    heads = [text for text in (sheet.title, sheet.year_line, sheet.unit_line) if text]
    return "\n".join([*heads, *(cell for row in filled(boxes) for cell in row if cell)]) + "\n"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)


def printed(sample: Printed, folder: Path) -> str:
    """What pdftotext takes out of the page that the tool prints."""
    source, target = folder / f"{sample.name}.html", folder / f"{sample.name}.pdf"
    source.write_text(web_page(sample), encoding="utf-8")
    if sample.tool == "chromium":
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
        _run("chromium", *options, f"--print-to-pdf={target}", source.as_uri())
    else:
        home = (folder / "office").as_uri()
        options = ("--headless", "--infilter=HTML (StarWriter)", "--convert-to", "pdf:writer_pdf_Export")
        _run("soffice", f"-env:UserInstallation={home}", *options, "--outdir", str(folder), str(source))
    text = folder / f"{sample.name}.txt"
    _run("pdftotext", *(["-raw"] if sample.way == "raw" else []), str(target), str(text))
    return text.read_text(encoding="utf-8")


def main() -> None:
    """Writes the samples and their answers."""
    with tempfile.TemporaryDirectory() as place:
        for sample in SAMPLES:
            text = printed(sample, Path(place)) if sample.tool else one_cell_a_line(sample)
            (FOLDER / sample.file).write_text(text, encoding="utf-8")
    lines = [json.dumps(record(sample), ensure_ascii=False) + "\n" for sample in SAMPLES]
    GOLD.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
