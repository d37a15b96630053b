"""Pages that are read without pdfium: they say what pdfium says of them, and whatever is out of the way is pdfium's."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from time import process_time

import pytest

from extract.readers import pdf_plain, pdfium
from extract.readers.page_marks import Drawing, Letter
from tests.test_pdf import FILES, handmade, sample

# Far less than what is seen, in points.
_CLOSE = 0.02
TOLD = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n%s\nendcmap"
PAIRS = TOLD % (
    b"3 beginbfchar <41> <7EE9> <42> <6548> <43> <0043> endbfchar 2 beginbfrange <61> <7A> <0061> <20> <22> [<0020> <0021> <FF0C>] endbfrange"
)
FONT = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Some /FontDescriptor << /Type /FontDescriptor /FontName /Some /Flags 4 /Ascent 880 /Descent -120 >> /FirstChar 32 /LastChar 122 /Widths [%s] /ToUnicode 4 0 R >>"
    % (b" ".join(b"1000" if 65 <= code <= 66 else b"%d" % (400 + code) for code in range(32, 123)))
)
CONTENT = "BT /F 12 Tf 20 100 Td (AB) Tj ET"
RESOURCES = "/Font << /F 3 0 R >> /ExtGState << /G << /ca 1 >> /W << /LW 3 >> >> /XObject << /Im 3 0 R >>"


def stream(body: bytes, said: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), said, body)


def page(content: str, told: bytes = PAIRS, font: bytes = FONT) -> bytes:
    """A file of one page; A and B are full-width characters of its font, all others narrower."""
    return handmade(content, resources=RESOURCES, objects=(font, stream(told)))


def with_object(data: bytes, number: int, said: bytes) -> bytes:
    """The file with an object said anew behind it, as programs do that add to a file."""
    start = data.rindex(b"startxref\n") + 10
    before = int(data[start:].split()[0])
    added = b"%d 0 obj\n%s\nendobj\n" % (number, said)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size 9 /Root 1 0 R /Prev %d >>\n" % (number, len(data), before)
    return data + added + table + b"startxref\n%d\n%%%%EOF\n" % (len(data) + len(added))


def plain(data: bytes, index: int = 0) -> Drawing | None:
    pages = pdf_plain.opened(data)
    return None if pages is None else pages.drawing(index)


def letters(drawing: Drawing) -> list[Letter]:
    """All letters in an order that both engines agree on; pdfium leaves out blanks that follow one another."""
    found = [*drawing.letters, *(letter for run in drawing.runs for letter in run.letters())]
    return sorted(
        (letter for letter in found if letter.text != " "), key=lambda one: (round(one.y), round(one.x, 1), one.text)
    )


def assert_close(one: Sequence[float], other: Sequence[float]) -> None:
    assert max(abs(a - b) for a, b in zip(one, other, strict=True)) < _CLOSE, (one, other)


def assert_same(found: Drawing | None, data: bytes, index: int = 0, *, widths: bool = True) -> None:
    """What was found is what pdfium tells; ``widths``: of a font that is not in the file pdfium tells those of another."""
    document = pdfium.Document(data)
    told = pdfium.drawing(document, index)
    document.close()
    assert found is not None
    assert (found.turned, found.pictures) == (told.turned, told.pictures)
    assert_close(found.box, told.box)
    own, other = letters(found), letters(told)
    assert [letter.text for letter in own] == [letter.text for letter in other]
    for a, b in zip(own, other, strict=True):
        assert a.quarter == b.quarter
        assert_close((a.x, a.y, a.width, a.height), (b.x, b.y, b.width if widths else a.width, b.height))
    for these, those in ((found.strokes, told.strokes), (found.fills, told.fills)):
        assert len(these) == len(those)
        for here, there in zip(these, those, strict=True):
            assert_close(here, there)


@pytest.mark.parametrize("name", FILES)
def test_samples_are_plain(name: str) -> None:
    pages = pdf_plain.opened(sample(name))
    assert pages is not None
    for index in range(len(pages)):
        assert_same(pages.drawing(index), sample(name), index)


@pytest.mark.parametrize(
    "content",
    [
        "BT /F 12 Tf 20 100 Td (ABab) Tj ET",
        "BT /F 12 Tf 20 100 Td <41426162> Tj 0 -14 Td (B) Tj ET",
        "q 0 0 0 rg\nBT\n20 100 Td /F 12 Tf<4142>Tj\nET\nQ\nq 1 g\nBT\n50 50 Td /F 9 Tf[<41>-5<42>20<61>]TJ\nET\nQ\n",
        "BT /F 12 Tf 20 100 Td [(AB) -200 (ab) 120 <41> -3000 (B)] TJ ET",
        "BT /F 12 Tf 2 Tc 20 100 Td (AB ab) Tj 0 Tc 9 Tw (A B) Tj ET",
        "BT /F 12 Tf 60 Tz 20 100 Td (ab) Tj ET",
        "BT /F 12 Tf 1 0 0 1 20 100 Tm <41> Tj\n12 0 Td <42> Tj\n12.5 0 Td <61> Tj\n5 0 Td <62> Tj\n[<41>] TJ ET",
        "BT /F 12 Tf 20 100 Td <41> Tj\n12 0 Td <42> Tj\n90 0 Td <61> Tj\n-50 0 Td <62> Tj\n<41> Tj ET",
        "BT /F 12 Tf 3 Ts 20 100 Td <41> Tj\n12 0 Td <42> Tj\n8 0 Td <61> Tj\n-5 0 Td <62> Tj\n<41> Tj ET",
        "20 90 30 30 re W n BT /F 12 Tf 20 100 Td <41> Tj\n12 0 Td <42> Tj\n12 0 Td <61> Tj\n9 0 Td <62> Tj\n0 -9 Td <41> Tj ET",
        "BT /F 12 Tf 14 TL 20 100 Td (ab) Tj T* (AB) Tj (abc) ' 4 Ts (A) Tj ET",
        "BT /F 12 Tf 20 100 TD (ab) Tj 3 -16 TD (AB) Tj T* (A) Tj ET",
        "BT /F 12 Tf 1 0 0 -1 20 100 Tm (AB) Tj 2 0 0 2 20 40 Tm (ab) Tj ET",
        "BT /F 12 Tf 0 1 -1 0 100 20 Tm (AB) Tj -1 0 0 -1 100 100 Tm (ab) Tj 0 -1 1 0 200 100 Tm (A) Tj ET",
        "BT /F 12 Tf .7 .7 -.7 .7 100 20 Tm (AB) Tj ET BT /F 12 Tf 9 9 Td (a) Tj ET",
        "q 2 0 0 2 10 10 cm BT /F 12 Tf 20 40 Td (AB) Tj ET Q BT /F 6 Tf 20 20 Td (a) Tj ET",
        "BT /F 12 Tf 20 100 Td (a\\101\\142\\\nB) Tj ET",
        "20 90 20 30 re W n BT /F 12 Tf 20 100 Td (ABABAB) Tj 0 -50 Td (AB) Tj ET",
        "/P <</MCID 0>> BDC BT /F 12 Tf 20 100 Td /Span <</ActualText <FEFF7EE9>>> BDC (A) Tj EMC (B) Tj ET EMC",
        "/G gs BT 3 Tr /F 12 Tf 20 100 Td (AB) Tj ET",
        "q 0.5 w 0 J 1 j\n20 20 m\n200 20 l S\nQ\nq 0.5 w 0 J 1 j\n20 20 m\n20 100 l S\nQ\n",
        "0 0 0 RG 2 w 20 20 m 200 20 l S 30 30 m 30 90 l 60 90 l s 0 w 10 10 m 10 60 l S",
        "20 20 100 50 re S 20 90 100 .5 re f 140 20 60 60 re f 150 30 20 20 re B 10 10 m 30 12 l 20 30 l h b",
        "20 20 m 40 80 80 80 100 20 c 120 20 l 130 30 140 20 v 150 30 160 20 y h S",
        "20 20 1 90 re 60 20 1 90 re 20 20 41 1 re f 100 100 m 200 100 l 200 150 l f*",
        "0 1 -1 0 200 0 cm 20 20 100 50 re S 10 20 m 10 90 l S",
        "q 50 w 0 J 1 j\n20 20 m\n200 20 l S\nQ\nq 1 w 0 J 1 j\n20 20 m\n200 90 l S\nQ\n",
        "20 20 m S 20 20 m 200 20 l 50 50 m S 9 9 m 20 90 m 200 90 l 200 20 l S",
        "BT /F 12 Tf 20 100 Td [-500 (AB) 30 -40 (a)] TJ (A\\qB) Tj ET",
    ],
)
def test_a_page_says_what_pdfium_says(content: str) -> None:
    data = page(content)
    assert_same(plain(data), data, widths=False)


def test_a_text_that_stands_for_its_letters_says_what_they_do() -> None:
    found = plain(page("/Span <</ActualText <FEFF7EE96548>>> BDC BT /F 12 Tf 20 100 Td (AB) Tj ET EMC"))
    assert found is not None
    assert [(one.text, one.x, one.width) for one in letters(found)] == [("绩", 20.0, 12.0), ("效", 32.0, 12.0)]


def test_letters_are_as_wide_as_their_font_says() -> None:
    found = plain(page("BT /F 12 Tf 20 100 Td [(Aa) -20 (b)] TJ 50 Tz 0 -20 Td (a) Tj ET"))
    assert found is not None
    assert [(one.text, round(one.width, 3)) for one in letters(found)] == [
        ("a", 2.982),
        ("\u7ee9", 12.0),
        ("a", 5.964),
        ("b", 5.976),
    ]


@pytest.mark.parametrize(
    "said", [b"/CropBox [5 5 200 150]", b"/Rotate 90", b"/Rotate -180", b"/CropBox [9 9 999 99] /Rotate 270"]
)
def test_pages_have_what_the_nodes_above_say(said: bytes) -> None:
    data = with_object(page(CONTENT), 2, b"<< /Type /Pages /Kids [5 0 R] /Count 1 %s >>" % said)
    assert_same(plain(data), data, widths=False)


@pytest.mark.parametrize(
    "content",
    [
        "/Im Do",
        "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI",
        "BT /F 12 Tf 20 100 Td (AB) Tj ET % a remark",
        "BT /F 12 Tf 20 100 Td (A(B)) Tj ET",
        "BT /F 12 Tf 20 100 Td (AD) Tj ET",
        "BT /G 12 Tf 20 100 Td (AB) Tj ET",
        "BT 20 100 Td (AB) Tj ET",
        "BT /F -12 Tf 20 100 Td (AB) Tj ET",
        "BT /F 12 Tf 20 1e3 Td (AB) Tj ET",
        "BT /F 12 Tf 20 9999999 Td (AB) Tj ET",
        "BT /F 12 Tf 7 Tr 20 100 Td (AB) Tj ET",
        "BT q /F 12 Tf Q 20 100 Td (AB) Tj ET",
        "BT q 0 g BT /F 12 Tf <41>Tj ET Q ET",
        "/Span <</ActualText <FEFF6548>>> BDC BT /F 12 Tf 20 100 Td (A) Tj ET EMC",
        "/Span <</ActualText (ab)>> BDC BT /F 12 Tf 20 100 Td (A) Tj ET EMC",
        "/P /Named BDC BT /F 12 Tf 20 100 Td (A) Tj ET EMC",
        "/P BMC BT /F 12 Tf 20 100 Td (A) Tj ET",
        "/W gs 20 20 m 200 20 l S",
        "20 20 m 200 l S",
        "20 200 l S",
        "Q",
        "20 20 m W n",
        "20 20 m q 1 w 20 30 m 90 30 l S Q n",
        "1e9 0 0 1 0 0 cm",
        "9" * 400 + " 20 m 20 100 l S",
        "xx",
        "20 20",
        "0 g " * 600_000,
        "q BT Q /F 12 Tf 20 100 Td (AB) Tj ET",
        "20 20 m 30 30 40 40 c S",
        "BT /F 900000 Tf 1 0 0 1 0 0 Tm (ABAB) Tj (A) Tj ET",
        "BT /F 900000 Tf 1 0 0 1 0 0 Tm <41> Tj <41> Tj <41> Tj ET",
        "BT /F 12 Tf 20 100 Td [(A) 99999999 (B)] TJ ET",
        "BT /F 12 Tf 20 100 Td [(A) x (B)] TJ ET",
        "/A <</ActualText <FEFF7EE9>>> BDC /B <</ActualText <FEFF7EE9>>> BDC BT /F 12 Tf 20 100 Td (A) Tj ET EMC EMC",
        "9999999 0 0 1 0 0 cm",
    ],
)
def test_what_is_out_of_the_way_is_left_to_pdfium(content: str) -> None:
    assert plain(page(CONTENT)) is not None
    assert plain(page(content)) is None


@pytest.mark.parametrize(
    ("told", "font"),
    [
        (TOLD % b"1 beginbfchar <41> <00410042> endbfchar", FONT),
        (TOLD % b"1 beginbfchar <41> <FFFD> endbfchar", FONT),
        (TOLD % b"1 beginbfchar <41> <E000> endbfchar", FONT),
        (TOLD % b"1 beginbfchar <41> <0628> endbfchar", FONT),
        (TOLD % b"1 beginbfrange <00> <FFFFFF> <0041> endbfrange", FONT),
        (TOLD % b"1 beginbfchar <41> (A) endbfchar", FONT),
        (PAIRS, FONT.replace(b"/ToUnicode 4 0 R", b"")),
        (PAIRS, FONT.replace(b"/Type1", b"/Other")),
        (PAIRS, FONT.replace(b"/FirstChar 32", b"/FirstChar 90")),
        (PAIRS, FONT.replace(b"/FontDescriptor", b"/Other")),
        (PAIRS, FONT.replace(b"1000", b"inf")),
        (PAIRS, FONT.replace(b"1000", b"-100")),
        (PAIRS, FONT.replace(b"/Type1", b"/Type3 /FontMatrix [.001 0 .001 .001 0 0]")),
        (PAIRS, FONT.replace(b"/Type1", b"/Type0 /Encoding /GBK-EUC-H")),
    ],
)
def test_fonts_that_do_not_say_enough_are_left_to_pdfium(told: bytes, font: bytes) -> None:
    assert plain(page(CONTENT, told, font)) is None


def test_fonts_of_two_bytes() -> None:
    inner = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 900 /W [1 [500 1000] 5 7 600] >>"
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode 4 0 R >>"
        % inner
    )
    told = (
        TOLD.replace(b"<00> <FF>", b"<0000> <FFFF>")
        % b"2 beginbfrange <0001> <0002> <4E00> <0005> <0009> <0061> endbfrange"
    )
    data = page("BT /F 12 Tf 20 100 Td <0001000200050009> Tj [<0001>-40<0002>] TJ ET", told, font)
    assert_same(plain(data), data, widths=False)


def test_a_packed_bomb_is_left_to_pdfium() -> None:
    bomb = zlib.compress(b"q Q " * 10_000_000)
    data = handmade(CONTENT, resources=RESOURCES, objects=(FONT, stream(PAIRS)))
    assert plain(data) is not None
    data = handmade(CONTENT, resources=RESOURCES, objects=(FONT, stream(bomb, b"/Filter /FlateDecode")))
    assert plain(data) is None


@pytest.mark.parametrize(
    "piece", ["1 ", "q ", "(", "<", "<<", "[", "[<41>", "q 1 g ", "BT ", "/F ", "1", "Tj", "\\", "/P <</A ["]
)
def test_odd_pages_take_no_time(piece: str) -> None:
    begin = process_time()
    for end in ("", "%", "x"):
        plain(page(piece * (200_000 // len(piece)) + end))
    assert process_time() - begin < 10


@pytest.mark.parametrize("seed", range(3))
def test_of_broken_files_there_are_finite_places_or_nothing(seed: int) -> None:
    draw = random.Random(seed)
    found: list[Drawing | None] = []
    whole = page("\n".join([CONTENT, "20 20 100 50 re S", "[(AB) -5 (a)] TJ"]))
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(data))
            data[at : at + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
        pages = pdf_plain.opened(bytes(data))
        if pages is not None:
            found += map(pages.drawing, range(len(pages)))
    drawn = [one for one in found if one is not None]
    assert all(isfinite(at) for one in drawn for box in (one.box, *one.strokes, *one.fills) for at in box)
    assert all(one.turned in range(4) for one in drawn)
    # Some of both: what is broken beside the content is read, and what is unusual is left to pdfium.
    assert 20 < len(drawn) < len(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Kids [5 0 R]", b"/Kids [2 0 R]"),
        (b"/Count 1", b"/Count 9"),
        (b"/Root 1 0 R", b"/Root 9 0 R"),
        (b"startxref\n", b"startxref\n9"),
        (b"%PDF-1.7", b"%!PS-1.7"),
        (b"/Size 7", b"/Prev 9"),
    ],
)
def test_files_with_odd_tables_are_pdfium_s(old: bytes, new: bytes) -> None:
    data = page(CONTENT)
    assert old in data
    assert pdf_plain.opened(data) is not None
    assert pdf_plain.opened(data.replace(old, new)) is None


def packed(old: bytes = b"", new: bytes = b"", *, foretold: bool = False, said: bytes = b"") -> bytes:
    """A file whose table of objects and most objects are in streams; ``foretold``: rows tell how they differ.

    ``old`` and ``new``: what is said otherwise; ``said``: what more is said of the table.
    """
    node = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F 3 0 R >> >> /Contents 6 0 R >>"
    )
    inner = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        3: FONT,
        5: node,
    }
    starts = [sum(len(one) + 1 for one in list(inner.values())[:at]) for at in range(len(inner))]
    head = b" ".join(b"%d %d" % pair for pair in zip(inner, starts, strict=True)) + b"\n"
    body = head + b"\n".join(inner.values())
    whole = {
        4: stream(PAIRS),
        6: stream(CONTENT.encode()),
        7: stream(body, b"/Type /ObjStm /N 4 /First %d" % len(head)),
    }
    out, rows = b"%PDF-1.7\n", dict.fromkeys(inner, (2, 7)) | {0: (0, 0)}
    for number, one in whole.items():
        rows[number] = (1, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one.replace(old, new) if old else one)
    rows[8] = (1, len(out))
    table = [bytes([kind, *where.to_bytes(2, "big"), 0]) for _, (kind, where) in sorted(rows.items())]
    told = b"/Type /XRef /Size 9 /W [1 2 1] /Root 1 0 R %s" % said
    if foretold:
        before = [bytes(4), *table]
        table = [
            b"\x02" + bytes((a - b) & 0xFF for a, b in zip(row, above, strict=True))
            for row, above in zip(table, before, strict=False)
        ]
        told += b" /DecodeParms << /Predictor 12 /Columns 4 >>"
    listed = stream(zlib.compress(b"".join(table)), told + b" /Filter /FlateDecode")
    out += b"8 0 obj\n%s\nendobj\n" % (listed.replace(old, new) if old else listed)
    return out + b"startxref\n%d\n%%%%EOF\n" % rows[8][1]


@pytest.mark.parametrize("foretold", [False, True])
@pytest.mark.parametrize("said", [b"", b"/Index [0 9]", b"/DecodeParms << /Predictor 1 >>"])
def test_a_table_in_a_stream_says_what_one_of_lines_does(foretold: bool, said: bytes) -> None:
    data = packed(foretold=foretold, said=b"" if foretold and b"Parms" in said else said)
    assert_same(plain(data), data, widths=False)
    # What an update says anew holds, though the table before it says that the object is in a stream.
    turned = with_object(
        data,
        5,
        b"<< /Type /Page /MediaBox [0 0 300 200] /Rotate 90 /Contents 6 0 R /Resources << /Font << /F 3 0 R >> >> >>",
    )
    found = plain(turned)
    assert found is not None
    assert found.turned == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/W [1 2 1]", b"/W [0 0 0]"),
        (b"/W [1 2 1]", b"/W [1 2 9]"),
        (b"/Type /XRef", b"/Type /Other"),
        (b"/Columns 4", b"/Columns 5"),
        (b"/Columns 4", b"/Columns 4 /Colors 3"),
        (b"/Columns 4", b"/Columns 2 /BitsPerComponent 16"),
        (b"/Columns 4", b"/Columns 8"),
        (b"/N 4", b"/N 3"),
        (b"/FlateDecode", b"/LZWDecode"),
        (b"/Pages 2 0 R", b"/Pages [1 2]"),
        (b"/Size 9", b"/XRefStm 9"),
        (b"endstream", b"end"),
    ],
)
def test_streams_of_objects_that_are_not_as_most_are_pdfium_s(old: bytes, new: bytes) -> None:
    assert pdf_plain.opened(packed(foretold=True)) is not None
    assert pdf_plain.opened(packed(old, new, foretold=True)) is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        # A page whose box is no list, is empty, or is nowhere; whose content is no stream.
        (5, b"/MediaBox 500 /Contents 6 0 R"),
        (5, b"/MediaBox [0 0 300 0] /Contents 6 0 R"),
        (5, b"/MediaBox [0 0 9999999 200] /Contents 6 0 R"),
        (5, b"/MediaBox [0 0 300 200] /Contents [<< >>]"),
        (5, b"/MediaBox [0 0 300 200] /Contents 1 0 R"),
        # Far more pages than are read, and a tree of them that is too deep.
        (2, b"/Kids [5 0 R] /Count 9999999"),
        (2, b"/Kids [7 0 R] /Count 1"),
    ],
)
def test_pages_that_are_said_oddly_are_pdfium_s(number: int, said: bytes) -> None:
    nodes = [b"<< /Kids [%d 0 R] >>" % (at + 1) for at in range(7, 60)]
    data = handmade(CONTENT, resources=RESOURCES, objects=(FONT, stream(PAIRS)))
    for at, node in enumerate(nodes, 7):
        data = with_object(data, at, node)
    data = with_object(data, 60, b"<< /Type /Page /MediaBox [0 0 300 200] /Contents 6 0 R >>")
    assert plain(data) is not None
    assert plain(with_object(data, number, b"<< /Resources << /Font << /F 3 0 R >> >> %s >>" % said)) is None


def test_what_refers_to_itself_is_pdfium_s() -> None:
    data = page(CONTENT)
    assert plain(data.replace(b"/Size 7", b"/Size 7 /Prev %d" % data.index(b"xref\n"))) is None
    assert plain(page(CONTENT, font=b"3 0 R")) is None


def test_what_an_update_takes_away_is_gone() -> None:
    data = with_object(page(CONTENT), 5, b"<< >>")
    assert plain(data.replace(b" 00000 n \ntrailer\n<< /Size 9", b" 00000 f \ntrailer\n<< /Size 9")) is None
    assert plain(data.replace(b"xref\n5 1\n", b"xref\n5 99999\n")) is None


def test_encrypted_files_are_pdfium_s() -> None:
    folder = Path(__file__).parent / "data" / "encrypted"
    assert [pdf_plain.opened(path.read_bytes()) for path in sorted(folder.glob("*.pdf"))] == [None] * 4
