"""Forms printed, and the pages scanned as an office scans them: not straight, noisy, packed; writes the samples.

    python -m tests.tools.scans

Chromium and poppler have to be installed where this runs; the seeds are fixed.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from PIL import Image

from tests.forms.boxes import ministry, ministry_form, portal
from tests.forms.make import carried_out_by, make_form
from tests.forms.sheet import sheet_of
from tests.forms.truth import Json, TrueForm, gold
from tests.tools.pdf import Look, by_chromium, web_page

TESTS: Final = Path(__file__).parents[1]
FOLDER: Final = TESTS / "scanned"
GOLD: Final = TESTS / "gold" / "scans.jsonl"
PAPER: Final = 238


class Scanned(NamedTuple):
    """A sample: its form, how it is scanned, how it is packed. ``greys``: 2 for black and white."""

    name: str
    kind: str
    seed: int
    columns: tuple[int, ...]
    font: str
    dpi: int
    skew: float
    noise: float
    greys: int
    packing: str
    indicators: tuple[int, int]

    @property
    def family(self) -> str:
        """The family that its values are counted in."""
        return f"scan-{self.dpi}"


SAMPLES: Final = (
    Scanned("scan-01.jpg", "department", 1, (6, 8, 8, 14, 6, 6, 9, 9, 8, 7), "Noto Sans CJK SC", 200, 1.6, 2, 256, "JPEG", (4, 5)),
    Scanned("scan-02.png", "project", 2, (8, 7, 9, 10, 9, 9, 8, 7), "Noto Serif CJK SC", 200, -0.8, 0, 8, "PNG", (4, 6)),
    Scanned("scan-03.tif", "department", 3, (6, 8, 8, 14, 6, 6, 9, 9, 8, 7), "Noto Sans CJK SC", 200, 0.5, 3, 2, "TIFF", (10, 12)),
    Scanned("scan-04.jpg", "project", 4, (8, 7, 9, 10, 9, 9, 8, 7), "Noto Sans CJK SC", 300, -2.0, 2, 256, "JPEG", (3, 4)),
    Scanned("scan-05.jpg", "project", 5, (8, 7, 9, 10, 9, 9, 8, 7), "Noto Sans CJK SC", 150, 1.0, 4, 256, "JPEG", (4, 5)),
)  # fmt: skip


def form_of(sample: Scanned) -> TrueForm:
    """The form of a sample: all of it can be told."""
    for attempt in range(1000):
        rng = random.Random(f"scan-{sample.seed}-{attempt}")
        form = make_form(rng, kind=sample.kind, indicators=rng.randint(*sample.indicators), tasks=2, goals=2)
        if sample.kind == "project":
            form = ministry_form(carried_out_by(form, rng))
        record = gold(form)
        if "doubt" not in record and all("truncated" in row for row in (*record["tasks"], *record["indicators"])):
            return form
    raise AssertionError(sample)


def record(sample: Scanned) -> Json:
    """The answers, as they stand in the gold file."""
    found: Json = {"file": sample.name, "family": sample.family, "form_index": 0} | gold(form_of(sample))
    # In black and white the strokes of small signs are lost: doubts are due.
    return found | {"doubt": True} if sample.greys == 2 else found


def pages(sample: Scanned, folder: Path) -> list[Any]:
    """The printed pages in grey."""
    sheet = sheet_of(form_of(sample))
    boxes = ministry(sheet) if sample.kind == "project" else portal(sheet)
    width = sum(box.columns for box in boxes[0])
    look = Look(sample.columns[:width], font=sample.font, size=9.5)
    stem = Path(sample.name).stem
    by_chromium({stem: web_page(sheet, boxes, look)}, folder)
    command = ("pdftoppm", "-gray", "-png", "-r", str(sample.dpi), str(folder / f"{stem}.pdf"), str(folder / stem))
    subprocess.run(command, check=True, timeout=300)
    return [Image.open(path) for path in sorted(folder.glob(f"{stem}-*.png"))]


def scanned(page: Any, sample: Scanned, rng: np.random.Generator) -> Any:
    """A page as a scanner gives it: below its last line nothing, turned a little, on paper that is not white."""
    low = np.argwhere(np.array(page) < 128)[:, 0].max()
    page = page.crop((0, 0, page.width, min(int(low) + sample.dpi // 3, page.height)))
    turned = page.rotate(sample.skew, Image.Resampling.BICUBIC, fillcolor=255)
    grey = np.array(turned, dtype=np.float64) * PAPER / 255
    grey += rng.normal(0, sample.noise, grey.shape) if sample.noise else 0
    if sample.greys < 256:
        step = 255 / (sample.greys - 1)
        grey = np.round(grey / step) * step
    made = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    return made.convert("1", dither=Image.Dither.NONE) if sample.greys == 2 else made


def packed(images: list[Any], sample: Scanned) -> bytes:
    """The file."""
    out = io.BytesIO()
    dots = (sample.dpi, sample.dpi)
    if sample.packing == "TIFF":
        images[0].save(out, "TIFF", save_all=True, append_images=images[1:], compression="group4", dpi=dots)
    elif sample.packing == "PNG":
        images[0].save(out, "PNG", optimize=True, dpi=dots)
    else:
        images[0].save(out, "JPEG", quality=35, optimize=True, dpi=dots)
    return out.getvalue()


def main() -> None:
    """Writes the samples and their answers."""
    for sample in SAMPLES:
        rng = np.random.default_rng(sample.seed)
        with tempfile.TemporaryDirectory() as place:
            images = [scanned(page, sample, rng) for page in pages(sample, Path(place))]
            (FOLDER / sample.name).write_bytes(packed(images, sample))
    lines = [json.dumps(record(sample), ensure_ascii=False) + "\n" for sample in SAMPLES]
    GOLD.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
