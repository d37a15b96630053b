"""Files that are made to break a reader, the same each time: good ones damaged, and what no good file is like.

A kind that is read has a good file in ``good``; all damages are done to all kinds.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.archives import RawName, rar_of, raw_zip, special, tar_of, tar_with, zip_of
from tests.forms import office, webpages
from tests.forms.boxes import Box

SAMPLES: Final = Path(__file__).parents[1] / "samples"
OFFICE: Final = Path(__file__).parent / "office"
FORM: Final = (SAMPLES / "portal-01.txt").read_bytes()
_TABLE: Final = [[Box((line[:12] or "甲",)), Box(("乙",))] for line in FORM.decode().splitlines()[:40]]
_PAGE: Final = b"<html><table>" + b"<tr><td rowspan=2>x<td>y<tr><td>z" * 20 + b"</table></html>"
_CELLS: Final = [line[:12] or "甲" for line in FORM.decode().splitlines()[:40]]
_BOOK: Final = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
    + "".join(f"<Row><Cell><Data>{text}</Data></Cell><Cell><Data>乙</Data></Cell></Row>" for text in _CELLS)
    + "</Table></Worksheet></Workbook>"
)
_WORD: Final = (
    '<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:tbl>'
    + "".join(f"<w:tr><w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>" for text in _CELLS)
    + "</w:tbl></w:body></w:wordDocument>"
)
# The header of a Word file that says where the table of the text's pieces stands: all of another stream.
_PIECES: Final = bytes(0x1A2) + struct.pack("<II", 0, 15_000)
_ENTITIES: Final = (
    '<!DOCTYPE a [<!ENTITY a0 "x">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
)


def pdf(pages: int, text: bytes = b"BT /F 12 Tf 72 720 Td (x) Tj ET") -> bytes:
    """A PDF file of so many pages, with ``text`` drawn on each."""
    kids = " ".join(f"{number + 4} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Length %d >> stream\n%s\nendstream" % (len(text), text),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>"] * pages,
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def png(width: int, height: int) -> bytes:
    """A picture of one white line, whatever size it says that it has."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def good() -> dict[str, bytes]:
    """One sound file a kind, by its ending."""
    files = {"b.txt": FORM, "c/d.txt": FORM[::-1]}
    return {
        "txt": FORM,
        "csv": FORM.decode().replace("\t", ",").encode("gbk"),
        "html": _PAGE,
        "docx": office.word_file(["标题"], _TABLE),
        "xlsx": office.workbook({"表": office.boxed_sheet(_TABLE)}),
        "ods": office.opendocument("spreadsheet", office.open_table(_TABLE)),
        "odt": office.opendocument("text", office.open_table(_TABLE)),
        "xls": office.old_workbook({"表": office.old_label(0, 0, "甲")}),
        "doc": (OFFICE / "office-doc-breaks-1.doc").read_bytes(),
        "wps": (OFFICE / "office-wps-ministry-1.wps").read_bytes(),
        "et": (SAMPLES / "office-et-ministry-flat-1.et").read_bytes(),
        "book.xml": _BOOK.encode(),
        "word.xml": _WORD.encode(),
        "mht": webpages.message([b"<html><frameset></frameset></html>", _PAGE]),
        "rtf": b"{\\rtf1\\ansi\x01 {\\b x}\\trowd\\cellx100 a\\cell\\row}",
        "pdf": pdf(3),
        "png": png(1, 1),
        "zip": zip_of(files, "gbk"),
        "tar": tar_of(files),
        "tgz": tar_of(files, "w:gz"),
        "gz": gzip.compress(FORM, mtime=0),
        "bz2": bz2.compress(FORM),
        "xz": lzma.compress(FORM),
        "rar": rar_of(files),
    }


Damage = Callable[[bytes, random.Random], bytes]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def _flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 30)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _zeroed(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    size = rng.randrange(1, len(data))
    return data[:start] + bytes(size) + data[start + size :]


def _shuffled(data: bytes, rng: random.Random) -> bytes:
    """The beginning stays, so that the file is still taken for what it was."""
    pieces = [data[at : at + 64] for at in range(64, len(data), 64)]
    rng.shuffle(pieces)
    return data[:64] + b"".join(pieces)


def _repeated(data: bytes, _: random.Random) -> bytes:
    return data * 3


# Shares of files under a wrong name, and in an archive.
_MISNAMED: Final = 0.1
_WITHIN: Final = 0.05
# Reading a scan takes seconds, and what is tried here has little to do with that.
_TOO_SLOW: Final = frozenset({".png", ".jpg", ".tif", ".jsonl", ".yaml"})
_DAMAGES: Final[tuple[Damage, ...]] = (_cut, _cut, _cut, _flipped, _flipped, _flipped, _zeroed, _shuffled, _repeated)


def damaged() -> Iterator[tuple[str, bytes]]:
    """Every kind with every damage; some under a wrong name, some in an archive."""
    rng = random.Random(20240101)
    sound = good()
    endings = list(sound)
    for ending, data in sound.items():
        for number, damage in enumerate(_DAMAGES):
            yield f"{ending}-{number}.{ending}", damage(data, rng)
        yield f"{ending}-named.{rng.choice(endings)}", data
        yield f"{ending}-within.zip", zip_of({f"x.{ending}": _flipped(data, rng), f"y.{ending}": _cut(data, rng)})


def drawn(count: int) -> Iterator[tuple[str, bytes]]:
    """So many files, each another: good ones of every kind in turn, the samples among them, with some damages each."""
    kinds: dict[str, list[bytes]] = {ending: [data] for ending, data in good().items()}
    for path in sorted(SAMPLES.iterdir()):
        if path.is_file() and path.suffix not in _TOO_SLOW:
            kinds.setdefault(path.suffix[1:], []).append(path.read_bytes())
    endings = list(kinds)
    for number in range(count):
        rng = random.Random(number)
        ending = endings[number % len(endings)]
        data = rng.choice(kinds[ending])
        for damage in rng.sample(_DAMAGES, rng.choice((1, 1, 2))):
            data = damage(data, rng) if len(data) > 1 else data
        name = rng.choice(endings) if rng.random() < _MISNAMED else ending
        within = rng.random() < _WITHIN
        yield f"{number:06}.{'zip' if within else name}", zip_of({f"x.{ending}": data}) if within else data


def _nested(levels: int) -> bytes:
    data = zip_of({"x.txt": FORM})
    for level in range(levels):
        data = zip_of({f"{level}.zip": data})
    return data


def _encrypted_zip() -> bytes:
    data = zip_of({"b.txt": FORM})
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.index(mark) + flags
        data = data[:at] + bytes([data[at] | 1]) + data[at + 1 :]
    return data


def _circular(data: bytes) -> bytes:
    """A compound file whose sectors follow one another in a circle."""
    (table,) = struct.unpack_from("<I", data, 76)
    at = (table + 1) * 512
    return data[:at] + struct.pack("<128I", *[(n + 1) % 64 for n in range(128)]) + data[at + 512 :]


def _cells(rows: int, columns: int) -> dict[int, str]:
    return {
        row: "".join(office.text_cell(f"{office.column(c)}{row}", "x") for c in range(columns))
        for row in range(1, rows)
    }


def made() -> Iterator[tuple[str, bytes]]:
    """What no good file is like."""
    tricks = (
        "../../escaped.txt",
        "/tmp/escaped.txt",
        "C:\\escaped.txt",
        "..\\escaped.txt",
        "\\\\s\\escaped.txt",
        "..",
        "a/../../b",
    )
    yield "empty.pdf", b""
    yield "one-byte", b"\x00"
    yield "zeros", bytes(100_000)
    yield "noise", random.Random(1).randbytes(50_000)
    yield "ratio.zip", zip_of({"x.txt": bytes(3_000_000)})
    yield "ratio.gz", gzip.compress(bytes(3_000_000), mtime=0)
    yield "ratio.bz2", bz2.compress(bytes(3_000_000))
    yield "ratio.xz", lzma.compress(bytes(3_000_000))
    yield "ratio.tgz", tar_of({"x.txt": bytes(3_000_000)}, "w:gz")
    yield (
        "zips.zip",
        zip_of(
            {
                f"{n}.zip": zip_of({f"{m}.gz": gzip.compress(bytes(2_000_000), mtime=0) for m in range(3)})
                for n in range(3)
            }
        ),
    )
    yield "deep.zip", _nested(42)
    yield "many.zip", zip_of({f"{n}.txt": b"" for n in range(300)})
    yield "encrypted.zip", _encrypted_zip()
    yield "names.zip", raw_zip((RawName(name.encode(), flag=True), FORM) for name in tricks)
    yield "names.tar", tar_of(dict.fromkeys(tricks, FORM))
    yield "nul.zip", raw_zip([(RawName(b"a\0b.txt"), FORM), (RawName(b"a\x1b[31m\r\nb.txt"), FORM)])
    yield "twice.zip", raw_zip((RawName(name), FORM) for name in (b"a/b", b"a\\b", b"./a//b"))
    yield "gbk.zip", zip_of({"批复表/表一.txt": FORM, "批复表/誠.txt": FORM}, "gbk")
    yield "undecodable.zip", raw_zip([(RawName(b"\xff\xfe\x80.txt"), FORM), (RawName(b"\xff.txt", flag=True), FORM)])
    yield "long.zip", raw_zip([(RawName(b"n" * 255), FORM), (RawName(b"d/" * 9000 + b"x"), FORM)])
    yield "long.tar", tar_of({"n" * 255: FORM, "表" * 200: FORM})
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    yield "special.tar", tar_with([(special(f"{n}", kind, "/etc/passwd"), b"") for n, kind in enumerate(kinds)])
    yield (
        "header.tar",
        tar_with([(special("x", tarfile.XHDTYPE), b"9999999999 path=x\n" * 5), (tarfile.TarInfo("y"), FORM)]),
    )
    yield "none.pdf", pdf(0)
    yield "thousand.pdf", pdf(1000)
    yield "endless.pdf", pdf(1).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")
    yield "huge.png", png(60_000, 60_000)
    yield "entities.docx", office.zipped({"word/document.xml": f"{_ENTITIES}<w>&a11;&file;</w>"})
    yield "entities.xlsx", office.zipped({"xl/workbook.xml": f"{_ENTITIES}<w>&a11;&file;</w>"})
    yield "entities.html", f"{_ENTITIES}<html><table><tr><td>&a11;&file;</table>".encode()
    yield "entities.xml", _BOOK.replace("<Workbook", f"{_ENTITIES}<Workbook").replace("乙", "&a11;&file;").encode()
    yield "entities-word.xml", _WORD.replace("<w:wordDocument", f"{_ENTITIES}<w:wordDocument").encode()
    yield "nested.xml", f"{_BOOK[: _BOOK.index('<Row>')]}{'<Row><Cell>' * 5000}".encode()
    yield "circle.mht", webpages.message([webpages.message([_PAGE])] * 2)
    yield "parts.mht", webpages.message([_PAGE]) + b"\r\n--x" * 20_000
    yield "circle.doc", _circular((OFFICE / "office-doc-breaks-1.doc").read_bytes())
    yield "pieces.doc", office.compound({"WordDocument": _PIECES.ljust(5000, b"\0"), "0Table": b"\x01\0\0" * 5000})
    yield "long.et", office.old_workbook({"表": office.record(0x0204, *[0xFFFF] * 8) * 500})
    yield "ratio.docx", office.zipped({"word/document.xml": b"<a>" + b" " * 3_000_000 + b"</a>"})
    yield "ratio.xlsx", office.zipped({"xl/workbook.xml": b"<a>" + b" " * 3_000_000 + b"</a>"})
    yield "nested.docx", office.word("<w:tbl><w:tr><w:tc>" * 500 + "</w:tc></w:tr></w:tbl>" * 500)
    yield "nested.html", b"<table><tr><td>" * 3000
    yield "tall.xlsx", office.workbook({"x": office.sheet({1_048_576: office.text_cell("A1048576", "x")})})
    yield "wide.xlsx", office.workbook({"x": office.sheet(_cells(10, 1000))})
    yield "merged.xlsx", office.workbook({"x": office.sheet(_cells(5, 5), ["A1:XFD1048576"])})


def corpus() -> dict[str, bytes]:
    """All files, by name."""
    return {**dict(damaged()), **dict(made())}
