"""Writes the samples that are PDF files, and their answers.

    python -m tests.tools.pdf_files

Calc, Writer and Chromium print forms of fixed seeds on small paper, so that they go over pages; a file holds few
different characters, to stay small. pikepdf puts files together, turns pages, and packs them.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.forms.boxes import ministry, ministry_form, portal
from tests.forms.make import carried_out_by, make_form
from tests.forms.sheet import sheet_of
from tests.forms.truth import Json, Limits, gold
from tests.tools import pdf
from tests.tools.pdf_layout import Printed

TESTS: Final = Path(__file__).parents[1]
SAMPLES: Final = TESTS.parent / "samples"
GOLD: Final = TESTS / "gold" / "pdf.jsonl"


class Sample(NamedTuple):
    """A file: who prints it, the seeds of its forms (odd ones are a project's), and how it looks.

    ``broken``: rows may be parted by a page's end. ``ruled``: the cells have
    borders. ``turned``: pages are stored on their side, within a larger sheet. ``indicators``: how many.
    """

    name: str
    tool: str
    seeds: tuple[int, ...]
    size: float = 10.5
    landscape: bool = False
    broken: bool = False
    repeat: bool = False
    ruled: bool = True
    turned: bool = False
    indicators: int = 6


SPECS: Final = (
    Sample("pdf-calc-01", "calc", (2,), size=16, repeat=True),
    Sample("pdf-calc-02", "calc", (3,), landscape=True, size=14),
    Sample("pdf-calc-03", "calc", (13,), size=22, repeat=True, indicators=12),
    Sample("pdf-calc-turned-01", "calc", (5,), landscape=True, turned=True, size=12),
    Sample("pdf-calc-several-01", "calc", (7, 9), indicators=3),
    Sample("pdf-calc-bare-01", "calc", (11,), size=8, landscape=True, ruled=False),
    Sample("pdf-writer-01", "writer", (17,), size=14, repeat=True, broken=True),
    Sample("pdf-chromium-01", "chromium", (19,), size=19, indicators=4, broken=True),
)


def printed(seed: int, sample: Sample) -> Printed:
    """A small form, and its look."""
    rng = random.Random(seed)
    kind = "project" if seed % 2 else "department"
    form = make_form(
        rng, kind=kind, indicators=sample.indicators, goals=1, tasks=0 if seed % 2 else 2, limits=Limits(None, None)
    )
    if seed % 2:
        form = ministry_form(carried_out_by(form, rng))
    sheet = sheet_of(form)
    columns = (9, 10, 10, 18, 8, 9, 8, 7) if seed % 2 else (8, 9, 9, 8, 9, 11, 7, 8, 8, 6)
    look = pdf.Look(columns, landscape=sample.landscape, size=sample.size, repeat=sample.repeat, margin=1.5)
    boxes = (ministry if seed % 2 else portal)(sheet)
    return Printed(sheet, boxes, look, gold(form) | {"goals_split": False})


def page(form: Printed, sample: Sample) -> str:
    """The form as a web page."""
    text = pdf.web_page(form.sheet, form.boxes, form.look)
    if sample.broken:
        text = text.replace("page-break-inside:avoid", "page-break-inside:auto")
    if sample.tool == "writer":
        text = text.replace("<table>", '<table border="1" cellspacing="0">')
    return text if sample.ruled else text.replace("border:1px solid", "border:0")


def sheet(form: Printed, sample: Sample) -> str:
    """The form as a sheet."""
    text = pdf.sheet_file(form.sheet, form.boxes, form.look)
    return text if sample.ruled else text.replace("0.5pt solid #000000", "none")


def by_writer(name: str, text: str, folder: Path) -> None:
    """Prints a web page by Writer."""
    source = folder / f"{name}.html"
    source.write_text(text, encoding="utf-8")
    home = (folder / "office").as_uri()
    command = ["soffice", f"-env:UserInstallation={home}", "--headless", "--infilter=HTML (StarWriter)"]
    subprocess.run(
        [*command, "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(source)],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=300,
    )


def written(sample: Sample, folder: Path) -> list[Json]:
    """Prints a sample's forms, writes the file, and gives its records."""
    import pikepdf

    whole = pikepdf.new()
    records = []
    for index, seed in enumerate(sample.seeds):
        form = printed(seed, sample)
        name = f"{sample.name}-{index}"
        if sample.tool == "calc":
            pdf.by_libreoffice({name: sheet(form, sample)}, folder)
        elif sample.tool == "writer":
            by_writer(name, page(form, sample), folder)
        else:
            pdf.by_chromium({name: page(form, sample)}, folder)
        with pikepdf.open(folder / f"{name}.pdf") as part:
            whole.pages.extend(part.pages)
        head = {"file": f"{sample.name}.pdf", "family": sample.name.rpartition("-")[0], "form_index": index}
        records.append(head | form.record)
    if sample.turned:
        for one in whole.pages:
            _, _, width, height = map(float, one.MediaBox)
            # A quarter to the left, and moved into a sheet that is larger by an inch.
            one.contents_add(whole.make_stream(f"q 0 1 -1 0 {height + 36} 36 cm".encode()), prepend=True)
            one.contents_add(whole.make_stream(b"Q"))
            one.MediaBox = [0, 0, height + 72, width + 72]
            one.CropBox = [36, 36, height + 36, width + 36]
            one.Rotate = 90
    whole.save(
        SAMPLES / f"{sample.name}.pdf",
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        recompress_flate=True,
        deterministic_id=True,
    )
    return records


def records() -> Iterator[Json]:
    """All records; the files are written."""
    with tempfile.TemporaryDirectory() as place:
        for sample in SPECS:
            yield from written(sample, Path(place))


def main() -> None:
    """Writes the samples and their answers."""
    GOLD.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records()), encoding="utf-8")


if __name__ == "__main__":
    main()
