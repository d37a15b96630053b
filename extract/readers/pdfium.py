"""What pdfium tells of a page: characters, and what is drawn; by its C interface, in few calls.

pdfium is not safe with threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_double, c_float, c_int
from math import hypot
from typing import Any, Final, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from extract.errors import UnreadableInput
from extract.readers.page_marks import Box, Drawing, Letter, folded, is_straight, is_thin, quarter_of

_DEEPEST: Final = 8
_SURROGATES: Final = range(0xD800, 0xE000)
_LOW_HALF: Final = 0xDC00
# Characters from here on may have other forms, and are full-width.
_FOLDED: Final = 0x0300
_CHINESE: Final = 0x2E80
# The box of a full-width character is narrower than its place by less than this share.
_NARROWER: Final = 0.3
_NOTHING: Final = frozenset(map(ord, "\t\r\n\u200b\ufeff"))
# Blanks, which pdfium puts in of its own too.
_BLANKS: Final = frozenset(map(ord, " \u00a0\u3000"))
# What pdfium says for a hyphen at a line's end.
_HYPHENS: Final = frozenset((0x02, 0xFFFE))

Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def open_document(data: bytes) -> Any:
    """The document; UnreadableInput: ``encrypted`` where it wants a password, ``malformed`` where it cannot be read."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise UnreadableInput("encrypted") from error
        raise UnreadableInput("malformed", reason=str(error)) from error


def drawing(document: Any, index: int) -> Drawing:
    """What is on a page, counted from 0; UnreadableInput ``malformed`` where the page cannot be read."""
    try:
        page = document[index]
    except pdfium.PdfiumError as error:
        raise UnreadableInput("malformed", reason=str(error)) from error
    try:
        left, bottom, right, top = page.get_bbox()
        turned = page.get_rotation() // 90 % 4
        strokes: list[Box] = []
        fills: list[Box] = []
        pictures = False
        for shape, matrix in _shapes(page.raw):
            if matrix is None:
                pictures = True
            else:
                _shape(shape, matrix, strokes, fills)
        text = page.get_textpage()
        try:
            letters = _letters(text.raw)
        finally:
            text.close()
        return Drawing((left, bottom, right, top), turned, letters, strokes, fills, pictures)
    except pdfium.PdfiumError as error:
        raise UnreadableInput("malformed", reason=str(error)) from error
    finally:
        page.close()


def _is_within(letter: Letter, clip: Box) -> bool:
    left, bottom, right, top = clip
    return left - letter.width <= letter.x <= right and bottom - letter.height / 2 <= letter.y <= top


def _clip(shape: Any) -> Box | None:
    """What of the page an object may show on: the box that all of its clips have in common; None for all."""
    clip = raw.FPDFPageObj_GetClipPath(shape)
    common: Box | None = None
    x, y = c_float(), c_float()
    for i in range(raw.FPDFClipPath_CountPaths(clip) if clip else 0):
        points = []
        for k in range(raw.FPDFClipPath_CountPathSegments(clip, i)):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(clip, i, k), byref(x), byref(y))
            points.append((x.value, y.value))
        if points:
            a, b, c, d = _around(points)
            p, q, r, s = common or (a, b, c, d)
            common = max(a, p), max(b, q), min(c, r), min(d, s)
    return common


def _letters(text: Any) -> list[Letter]:
    """The characters of a page in the order of the file, those left out that are clipped away.

    Calc writes the text of a cell on each page that it is on, whole, and shows what is within the table.
    """
    unicode_of, origin_of, loose_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetCharOrigin, raw.FPDFText_GetLooseCharBox
    matrix_of, generated = raw.FPDFText_GetMatrix, raw.FPDFText_IsGenerated
    x, y, box, matrix = c_double(), c_double(), raw.FS_RECTF(), raw.FS_MATRIX()
    at_x, at_y, at_box, at_matrix = byref(x), byref(y), byref(box), byref(matrix)
    found: list[Letter] = []
    high = 0
    run = _Run(0.0, 0.0, None, 0.0, None)
    for i in range(raw.FPDFText_CountChars(text)):
        code = unicode_of(text, i)
        if code in _NOTHING or (code in _BLANKS and generated(text, i)):
            continue
        if code in _SURROGATES:
            high, code = _paired(high, code)
            if high:
                continue
        origin_of(text, i, at_x, at_y)
        matrix_of(text, i, at_matrix)
        loose_of(text, i, at_box)
        # All characters of one text object have its place in their matrix.
        if matrix.e != run.e or matrix.f != run.f:
            run = _run(text, i, matrix)
        if run.quarter is None:
            continue
        width = _width(run.quarter, box, x.value, y.value)
        if code >= _CHINESE and abs(width - run.height) < _NARROWER * run.height:
            width = run.height
        letter = Letter(_character(code), x.value, y.value, width, run.height, run.quarter)
        if run.clip is None or _is_within(letter, run.clip):
            found.append(letter)
    return found


class _Run(NamedTuple):
    """What the characters of a text object share: where it begins, the quarter it runs in, height, and its clip."""

    e: float
    f: float
    quarter: int | None
    height: float
    clip: Box | None


def _run(text: Any, number: int, matrix: Any) -> _Run:
    height = raw.FPDFText_GetFontSize(text, number) * hypot(matrix.c, matrix.d)
    clip = _clip(raw.FPDFText_GetTextObject(text, number))
    return _Run(matrix.e, matrix.f, quarter_of(matrix.a, matrix.b), height, clip)


def _width(quarter: int, box: Any, x: float, y: float) -> float:
    """How wide a character is; its box may be narrower, and stands in the middle of its place then."""
    if quarter == 0:
        found = box.left + box.right - 2 * x
    elif quarter == 1:
        found = box.bottom + box.top - 2 * y
    elif quarter == 2:
        found = 2 * x - box.left - box.right
    else:
        found = 2 * y - box.bottom - box.top
    return float(found)


def _character(code: int) -> str:
    if code in _BLANKS:
        return " "
    if code in _HYPHENS:
        return "-"
    return chr(code) if code < _FOLDED else folded(chr(code))


def _paired(high: int, code: int) -> tuple[int, int]:
    """The first half of a pair to keep, 0 where the second has come; and the character."""
    if code < _LOW_HALF:
        return code, 0
    return 0, 0x10000 + ((high - 0xD800) << 10) + (code - _LOW_HALF) if high else 0xFFFD


def _shapes(page: Any) -> Iterator[tuple[Any, Matrix | None]]:
    """The paths of a page and of the forms on it, each with the matrix of the form; pictures without any."""
    for i in range(raw.FPDFPage_CountObjects(page)):
        yield from _within(raw.FPDFPage_GetObject(page, i), _PLAIN, 0)


def _within(shape: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix | None]]:
    kind = raw.FPDFPageObj_GetType(shape)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        yield shape, matrix
    elif kind == raw.FPDF_PAGEOBJ_IMAGE:
        yield shape, None
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        inner = _times(_matrix(shape), matrix)
        for i in range(raw.FPDFFormObj_CountObjects(shape)):
            yield from _within(raw.FPDFFormObj_GetObject(shape, i), inner, depth + 1)


def _matrix(shape: Any) -> Matrix:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(shape, byref(found))
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(box: Box, matrix: Matrix) -> Box:
    if matrix is _PLAIN:
        return box
    a, b, c, d, e, f = matrix
    xs = [x * a + y * c + e for x in box[::2] for y in box[1::2]]
    ys = [x * b + y * d + f for x in box[::2] for y in box[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


_left, _bottom, _right, _top = c_float(), c_float(), c_float(), c_float()
_fill, _stroke = c_int(), c_int()


def _shape(shape: Any, matrix: Matrix, strokes: list[Box], fills: list[Box]) -> None:
    """Takes in a path: what is thin as a rule, an outline by its sides, a larger one that is filled for itself."""
    raw.FPDFPath_GetDrawMode(shape, byref(_fill), byref(_stroke))
    if not _fill.value and not _stroke.value:
        return
    raw.FPDFPageObj_GetBounds(shape, byref(_left), byref(_bottom), byref(_right), byref(_top))
    bounds = _moved((_left.value, _bottom.value, _right.value, _top.value), matrix)
    if is_thin(bounds):
        strokes.append(bounds)
        return
    inner = _times(_matrix(shape), matrix)
    for outline, lines in _outlines(shape, inner):
        if is_thin(outline):
            strokes.append(outline)
        elif _stroke.value:
            strokes += lines
        elif len(lines) >= 3:
            fills.append(outline)


def _outlines(shape: Any, matrix: Matrix) -> Iterator[tuple[Box, list[Box]]]:
    """The parts of a path, each by the box around it and the straight sides of it."""
    a, b, c, d, e, f = matrix
    x, y = c_float(), c_float()
    at_x, at_y = byref(x), byref(y)
    points: list[tuple[float, float]] = []
    lines: list[Box] = []
    for i in range(raw.FPDFPath_CountSegments(shape)):
        segment = raw.FPDFPath_GetPathSegment(shape, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, at_x, at_y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield _around(points), lines
            points, lines = [], []
        elif kind == raw.FPDF_SEGMENT_LINETO and points:
            _add_line(lines, points[-1], point)
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment):
            _add_line(lines, point, points[0])
    if len(points) > 1:
        yield _around(points), lines


def _around(points: list[tuple[float, float]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _add_line(lines: list[Box], one: tuple[float, float], other: tuple[float, float]) -> None:
    line = _around([one, other])
    if one != other and is_straight(line):
        lines.append(line)
