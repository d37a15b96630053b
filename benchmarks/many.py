"""Makes archives of many different forms from the samples, the same ones each time.

A form is a sample with another county, unit code and year, and with other figures. What is no text is changed cheaply:
a sheet by the texts in its members, a PDF file by a comment behind its end, so that its bytes alone are others.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from extract import extract_bytes
from extract.readers import encoding, kinds

SAMPLES: Final = Path(__file__).parent.parent / "samples"

# Forms of a county in a year, and years of a county.
FORMS_A_FOLDER: Final = 200
_YEARS: Final = 5
_FIRST_YEAR: Final = 2021
# So many of a thousand files are of a kind, and the samples that it is made of. What an export wrote comes first; then
# tables drawn with characters and page layouts; then texts of pages that lost their columns; then what is no text.
_KINDS: Final = (
    (
        550,
        ".txt",
        "大竹* portal-* project-* wan-yuan-* drop-leading-* plain-goals-* encodings-* cut-* several-forms-* csv-0* "
        "funding-header-0[1-3]* synonyms-* county-wide-* together-* shift-* wrapped-* operators-* entities-* "
        "column-order-*",
    ),
    (
        380,
        ".txt",
        "layout-0* markdown-* grid-* pandoc-* html2text-* w3m-* calc-* sql-* lynx-* pipes-* lines-* spaces-02* "
        "county-[a-v]* chromium-* page-breaks-* blanks-* no-root-* surroundings-* word-* cut-marks-*",
    ),
    (20, ".txt", "pdf-layout-* pdf-plain-* pdf-raw-* glued-*"),
    (20, ".xlsx", "office-xlsx-* drawn-xlsx-*"),
    (5, ".ods", "office-ods-*"),
    (5, ".docx", "office-docx-* drawn-docx-*"),
    (10, ".pdf", "pdf-calc-0*.pdf pdf-chromium-*.pdf pdf-writer-*.pdf"),
)  # fmt: skip
_SYLLABLES: Final = "安平宁清新永长兴德和广阳临丰景泰云乐昌建武石金龙华东南西北山河水林海川江"
_COUNTY: Final = re.compile(r"^[\u4e00-\u9fff]{2}县")
# Figures within Chinese text, and amounts with two decimals.
_FIGURE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[1-9]\d?(?=[\u4e00-\u9fff])")
_AMOUNT: Final = re.compile(r"(?<![\d.,])\d+\.\d\d(?![\d.%])")
_DATE: Final = (2024, 1, 1, 0, 0, 0)


class Home(NamedTuple):
    """Where a form is from."""

    county: str
    year: int


_Make = Callable[[random.Random, Home], bytes]


class Shape(NamedTuple):
    """Makes files of other counties and years of a sample; of none what holds no form."""

    sample: str | None
    make: _Make


class Made(NamedTuple):
    """A file: its name below the folder of the archive, its bytes, and the sample that it was made of, if of one."""

    name: str
    data: bytes
    sample: str | None


class _Words(NamedTuple):
    """What a sample says of itself, and what is put in its place."""

    county: str | None
    unit: str | None
    code: re.Pattern[str] | None
    year: str | None

    def changed(self, text: str, draw: random.Random, home: Home) -> str:
        """The text of another form."""
        if self.unit:
            text = text.replace(self.unit, "".join(draw.choices(_SYLLABLES, k=len(self.unit) - 1)) + self.unit[-1])
        if self.county:
            text = text.replace(self.county, home.county)
        if self.year:
            text = text.replace(self.year, str(home.year))
        if self.code:
            new = f"{draw.randint(101, 999)}"
            text = self.code.sub(lambda found: new + found[0][3:], text)
        return _FIGURE.sub(lambda found: str(draw.randint(*((10, 99) if len(found[0]) == 2 else (1, 9)))), text)


def files(count: int, first: int = 0, seed: int = 0) -> Iterator[Made]:
    """So many files, from number ``first`` on; another ``seed`` gives others of these names."""
    shapes = _shapes()
    seen: set[bytes] = set()
    for number in range(first, first + count):
        draw = random.Random(f"{seed} {number}")
        home = home_of(number)
        at = draw.randrange(1000)
        for share, ending, own in shapes:
            if at < share:
                # Few words of some samples are changed, so that what was made before may be made once more.
                while True:
                    shape = draw.choice(own)
                    data = shape.make(draw, home)
                    if (digest := _digest(data)) not in seen:
                        break
                seen.add(digest)
                yield Made(f"{home.county}/{home.year}/{number:08}{ending}", data, shape.sample)
                break
            at -= share


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8).digest()


def home_of(number: int) -> Home:
    """The county and year of a file; counties come one after the other, with all of their years."""
    folder = number // FORMS_A_FOLDER
    county, base = folder // _YEARS, len(_SYLLABLES)
    # Names of two syllables in turns, and of more where they are used up: no two counties have one name.
    name = _SYLLABLES[county % base] + _SYLLABLES[county // base % base]
    again = county // base**2
    return Home(f"{name}县" if not again else f"{name}{again}县", _FIRST_YEAR + folder % _YEARS)


def write(folder: Path, count: int, first: int = 0) -> int:
    """Writes files into a folder; their bytes."""
    size = 0
    for made in files(count, first):
        put(folder, made.name, made.data)
        size += len(made.data)
    return size


def put(folder: Path, name: str, data: bytes) -> None:
    """Writes a file into a folder, and what folders it needs."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def change(folder: Path, count: int, share: float) -> int:
    """Writes some of the files of a folder anew, drawn from all of them; how many."""
    numbers = sorted(random.Random(2).sample(range(count), int(count * share)))
    for number in numbers:
        county, year = home_of(number)
        (old,) = (folder / county / str(year)).glob(f"{number:08}.*")
        (made,) = files(1, number, seed=1)
        old.unlink()
        put(folder, made.name, made.data)
    return len(numbers)


_made: list[tuple[int, str, list[Shape]]] = []


def _shapes() -> list[tuple[int, str, list[Shape]]]:
    if not _made:
        for share, ending, patterns in _KINDS:
            paths = sorted({path for pattern in patterns.split() for path in SAMPLES.glob(pattern)})
            own = [Shape(path.name, _shape(path.read_bytes())) for path in paths if path.suffix == ending]
            _made.append((share, ending, own))
        whole = [
            path.read_bytes() for path in sorted(SAMPLES.glob("office-xlsx-*")) + sorted(SAMPLES.glob("pdf-*.pdf"))
        ]
        _made.append((1000 - sum(share for share, _, _ in _made), ".dat", [Shape(None, _broken(whole))]))
    return _made


def _broken(whole: Sequence[bytes]) -> _Make:
    """Files that hold no form: noise, prose, and what ends too soon."""

    def made(draw: random.Random, home: Home) -> bytes:
        kind = draw.randrange(4)
        if kind == 0:
            return draw.randbytes(2000)
        if kind == 1:
            return f"{home.county}{home.year}年工作总结\n\n全年共办理{draw.randint(1, 10**9)}件。\n".encode()
        data = draw.choice(whole)
        return data[: draw.randint(len(data) // 4, len(data) // 2)]

    return made


def _shape(data: bytes) -> _Make:
    kind = kinds.kind(data)
    if kind == "pdf":
        return lambda draw, _: data + b"%%%d\n" % draw.randrange(10**12)
    return _text(data) if kind == "text" else _zipped(data)


def _words(data: bytes) -> _Words:
    form = extract_bytes(data).forms[0]
    name = form.unit_name or ""
    county = _COUNTY.match(name)
    unit = name[county.end() :] if county else name
    code = re.compile(rf"(?<!\d){form.unit_code}(?!\d)") if form.unit_code else None
    return _Words(
        county[0] if county else None,
        unit if len(unit) > 2 else None,
        code,
        str(form.fiscal_year) if form.fiscal_year else None,
    )


def _text(data: bytes) -> _Make:
    words = _words(data)
    decoded = encoding.decode(data)
    text = decoded.text

    def made(draw: random.Random, home: Home) -> bytes:
        changed = words.changed(text, draw, home)
        if "\t" in text:
            # All amounts times one number: sums hold. Elsewhere columns would not.
            factor = draw.randint(1, 99)
            changed = _AMOUNT.sub(lambda found: _times(found[0], factor), changed)
        return changed.encode(decoded.encoding, "replace")

    return made


def _times(amount: str, factor: int) -> str:
    cents = int(amount.replace(".", "")) * factor
    return f"{cents // 100}.{cents % 100:02}"


def _zipped(data: bytes) -> _Make:
    words = _words(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]

    def made(draw: random.Random, home: Home) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in members:
                texts = name.endswith(("sharedStrings.xml", "sheet1.xml", "content.xml", "document.xml"))
                own = words.changed(content.decode(), draw, home).encode() if texts else content
                archive.writestr(zipfile.ZipInfo(name, _DATE), own, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    return made
