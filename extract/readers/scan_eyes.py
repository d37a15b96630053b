"""Pages of grey read to characters and rules, and what was not read for sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from unicodedata import normalize

from extract.model import BBox, Origin, OriginLine
from extract.readers import scan_glyphs, scan_lines, scan_page, scan_signs, scan_words
from extract.readers.page_grid import Rule
from extract.readers.page_tables import Page
from extract.readers.scan_glyphs import Scale, Seen
from extract.readers.scan_image import Grey, Picture
from extract.readers.scan_lines import Strip
from extract.readers.scan_page import Sheet
from extract.readers.scan_words import Letter
from extract.readers.source import Doubt, Source

# A character that is less sure than this is doubtful.
_SURE: Final = 0.6
# A line with a character that is less sure is read twice, and so is one of figures and signs alone.
_TWICE: Final = 0.9
# A page whose characters are less sure on the whole, of so many lines, may not stand upright.
_LEGIBLE: Final = 0.85
# By so much surer characters have to be for a page to be turned.
_PLAINLY: Final = 0.1
_FEWEST: Final = 4
_SAMPLE: Final = 12
# By how much of its width a table may be wider on another page.
_AS_WIDE: Final = 0.02
_IDEOGRAPHS: Final = ("\u3400", "\u9fff")


class Eyes:
    """Reads the pages of one file, one after another; knows of each character where and how it was seen."""

    def __init__(self, threads: int) -> None:
        self._words = scan_words.recogniser(threads)
        self._seen: dict[tuple[int, BBox], Seen] = {}
        # Where the table of the page before begins and ends, in inches.
        self._edges: tuple[float, float] | None = None

    def page(self, picture: Picture, number: int) -> Page:
        """A page, as the reader of PDF files takes it."""
        sheet, strips, read = self._upright(picture.grey)
        scale = self._scale(sheet, picture.dpi)
        size = scan_lines.line_height(sheet)
        found = []
        for strip, letters in zip(strips, read, strict=True):
            for glyph, seen in scan_glyphs.glyphs(strip, letters, size, sheet, scale):
                found.append(glyph)
                self._seen[number, glyph[1:]] = seen
        across = [Rule(scale.y(r.y0), scale.x(r.x0), scale.x(r.x1)) for r in sheet.rules if not r.upright]
        down = [Rule(scale.x(r.x0), scale.y(r.y0), scale.y(r.y1)) for r in sheet.rules if r.upright]
        height, width = sheet.grey.shape
        return Page(number, scale.x(width), scale.y(height), found, across, down)

    def _upright(self, grey: Grey) -> tuple[Sheet, list[Strip], list[list[Letter]]]:
        """The page as its characters stand, its lines, and what they say; it may lie on its side or on its head."""
        sheet = scan_page.straight(grey)
        strips = scan_lines.strips(sheet)
        read = self._read(strips, sheet)
        if len(strips) < _FEWEST or _legible(read) >= _LEGIBLE:
            return sheet, strips, read
        turned = [scan_page.straight(grey, quarters) for quarters in (1, 2, 3)]
        tried = [self._letters(_sample(scan_lines.strips(one)), one, wide=False) for one in turned]
        best = max(range(3), key=lambda i: _legible(tried[i]))
        if _legible(tried[best]) < _legible(read) + _PLAINLY:
            return sheet, strips, read
        sheet = turned[best]
        strips = scan_lines.strips(sheet)
        return sheet, strips, self._read(strips, sheet)

    def _scale(self, sheet: Sheet, dpi: float) -> Scale:
        """Dots to points; a table as wide as that of the page before stands below it, as paper is never laid alike."""
        sides = [rule.x0 for rule in sheet.rules if rule.upright]
        if not sides:
            return Scale(dpi)
        edges = (min(sides) / dpi, max(sides) / dpi)
        before, self._edges = self._edges, edges
        if before is None or abs((edges[1] - edges[0]) - (before[1] - before[0])) > _AS_WIDE * (before[1] - before[0]):
            return Scale(dpi)
        self._edges = before
        by = (before[1] - before[0]) / (edges[1] - edges[0])
        return Scale(dpi, (before[0] - edges[0] * by) * dpi, by)

    def _read(self, strips: Sequence[Strip], sheet: Sheet) -> list[list[Letter]]:
        """The characters of each line; what is figures and signs alone, or not sure, read at two sizes."""
        first = self._letters(strips, sheet, wide=False)
        again = [i for i, letters in enumerate(first) if _wants_second(letters)]
        for i, second in zip(again, self._letters([strips[i] for i in again], sheet, wide=True), strict=True):
            first[i] = agreed(first[i], second)
        return first

    def _letters(self, strips: Sequence[Strip], sheet: Sheet, *, wide: bool) -> list[list[Letter]]:
        size = scan_lines.line_height(sheet)
        read = self._words.letters([scan_lines.picture_of(strip, sheet, wide=wide) for strip in strips])
        return scan_signs.told(read, strips, sheet.ink, size)

    def placed(self, source: Source) -> Source:
        """What was made of such pages, with the boxes of the pages as they came, and what may be another character."""
        if source.origin is None:
            return source
        doubts = {
            (page, seen.box): Doubt(seen.text, seen.other, seen.parted, seen.sure >= _SURE, seen.read)
            for (page, _), seen in self._seen.items()
            if seen.sure < _SURE or seen.other
        }
        return replace(source, origin=Origin(tuple(map(self._line, source.origin.lines))), doubts=doubts)

    def _line(self, line: OriginLine) -> OriginLine:
        seen = [None if box is None else self._seen.get((line.page, box)) for box in line.boxes]
        boxes = [box if one is None else one.box for box, one in zip(line.boxes, seen, strict=True)]
        return line._replace(boxes=tuple(boxes))


def _legible(read: Sequence[Sequence[Letter]]) -> float:
    """How sure the characters are on the whole; those of lines that give none count as not sure."""
    sure = [letter.sure for letters in read for letter in letters]
    return sum(sure) / max(len(sure) + sum(not letters for letters in read), 1)


def _sample(strips: Sequence[Strip]) -> list[Strip]:
    """Some of the lines: the longest."""
    return sorted(strips, key=lambda strip: (strip.x0 - strip.x1, strip))[:_SAMPLE]


def _wants_second(letters: Sequence[Letter]) -> bool:
    low, high = _IDEOGRAPHS
    return any(letter.sure < _TWICE for letter in letters) or not any(low <= letter.text <= high for letter in letters)


def agreed(first: list[Letter], second: list[Letter]) -> list[Letter]:
    """What two readings of a line make: where both say the same it is surer than either, else doubtful."""
    if len(first) != len(second):
        return [letter._replace(sure=0.0, parted=True) for letter in max(first, second, key=_mean)]
    return [_of_two(one, other) for one, other in zip(first, second, strict=True)]


def _of_two(one: Letter, other: Letter) -> Letter:
    if normalize("NFKC", one.text) == normalize("NFKC", other.text):
        read = one.read and other.read
        return one._replace(sure=round(1 - (1 - one.sure) * (1 - other.sure), 4), read=read)
    better, worse = (one, other) if one.sure >= other.sure else (other, one)
    return better._replace(at=one.at, sure=0.0, others=((worse.text, worse.sure), *better.others))


def _mean(letters: Sequence[Letter]) -> float:
    return sum(letter.sure for letter in letters) / max(len(letters), 1)
