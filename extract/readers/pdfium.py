"""What pdfium tells of a page: characters, and what is drawn; by its C interface, in few calls.

pdfium is not safe with threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import PYFUNCTYPE, addressof, byref, c_double, c_float, c_int, c_uint, c_void_p, cast
from functools import cache
from math import hypot
from typing import Any, Final

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
# Between these no character is a blank, nothing, or half of one.
_IDEOGRAPHIC: Final = 0x3001
_HANGUL: Final = 0xD7FF
# The box of a full-width character is narrower than its place by less than this share.
_NARROWER: Final = 0.3
_NOTHING: Final = frozenset(map(ord, "\t\r\n\u200b\ufeff"))
# Blanks, which pdfium puts in of its own too.
_BLANKS: Final = frozenset(map(ord, " \u00a0\u3000"))
# What pdfium says for a hyphen at a line's end.
_HYPHENS: Final = frozenset((0x02, 0xFFFE))

Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


# tuple.__new__ and not Letter(...): a third of the time.
_new = tuple.__new__


def _bare(function: Any, result: Any = c_int) -> Callable[..., Any]:
    """A function of pdfium that converts no arguments, which takes most of the time of a call.

    Pointers to objects of pdfium must be ``c_void_p``, the others ``byref``. It keeps other threads waiting.
    """
    address = cast(function, c_void_p).value
    return PYFUNCTYPE(result)(address or 0)


_unicode_of = _bare(raw.FPDFText_GetUnicode, c_uint)
_origin_of = _bare(raw.FPDFText_GetCharOrigin)
_loose_of = _bare(raw.FPDFText_GetLooseCharBox)
_matrix_of = _bare(raw.FPDFText_GetMatrix)
_generated = _bare(raw.FPDFText_IsGenerated)
_size_of = _bare(raw.FPDFText_GetFontSize, c_double)
_text_object = _bare(raw.FPDFText_GetTextObject, c_void_p)
_clip_path = _bare(raw.FPDFPageObj_GetClipPath, c_void_p)
_count_clips = _bare(raw.FPDFClipPath_CountPaths)
_count_clip_segments = _bare(raw.FPDFClipPath_CountPathSegments)
_clip_segment = _bare(raw.FPDFClipPath_GetPathSegment, c_void_p)
_count_objects = _bare(raw.FPDFPage_CountObjects)
_object_of = _bare(raw.FPDFPage_GetObject, c_void_p)
_count_within = _bare(raw.FPDFFormObj_CountObjects)
_object_within = _bare(raw.FPDFFormObj_GetObject, c_void_p)
_kind_of = _bare(raw.FPDFPageObj_GetType)
_object_matrix = _bare(raw.FPDFPageObj_GetMatrix)
_draw_mode = _bare(raw.FPDFPath_GetDrawMode)
_bounds_of = _bare(raw.FPDFPageObj_GetBounds)
_count_segments = _bare(raw.FPDFPath_CountSegments)
_segment_of = _bare(raw.FPDFPath_GetPathSegment, c_void_p)
_segment_kind = _bare(raw.FPDFPathSegment_GetType)
_segment_point = _bare(raw.FPDFPathSegment_GetPoint)
_segment_closes = _bare(raw.FPDFPathSegment_GetClose)


def _handle(pointer: Any) -> c_void_p:
    """An object of pdfium for bare functions."""
    return c_void_p(addressof(pointer.contents))


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
        for shape, matrix in _shapes(_handle(page.raw)):
            if matrix is None:
                pictures = True
            else:
                _shape(shape, matrix, strokes, fills)
        text = page.get_textpage()
        try:
            letters = _letters(_handle(text.raw), raw.FPDFText_CountChars(text.raw))
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


def _clip(shape: c_void_p) -> Box | None:
    """What of the page an object may show on: the box that all of its clips have in common; None for all."""
    clip = c_void_p(_clip_path(shape))
    count = _count_clips(clip) if clip.value else 0
    if count <= 0:
        return None
    common: Box | None = None
    x, y = c_float(), c_float()
    for i in range(count):
        points = []
        for k in range(_count_clip_segments(clip, i)):
            _segment_point(c_void_p(_clip_segment(clip, i, k)), byref(x), byref(y))
            points.append((x.value, y.value))
        if points:
            a, b, c, d = _around(points)
            p, q, r, s = common or (a, b, c, d)
            common = max(a, p), max(b, q), min(c, r), min(d, s)
    return common


def _letters(text: c_void_p, count: int) -> list[Letter]:
    """The characters of a page in the order of the file, those left out that are clipped away.

    Calc writes the text of a cell on each page that it is on, whole, and shows what is within the table.
    """
    unicode_of, origin_of, loose_of, matrix_of = _unicode_of, _origin_of, _loose_of, _matrix_of
    x, y, box, matrix = c_double(), c_double(), raw.FS_RECTF(), raw.FS_MATRIX()
    at_x, at_y, at_box, at_matrix = byref(x), byref(y), byref(box), byref(matrix)
    found: list[Letter] = []
    high = 0
    e = f = height = 0.0
    quarter: int | None = None
    clip: Box | None = None
    for i in range(count):
        code = unicode_of(text, i)
        if code < _IDEOGRAPHIC or code > _HANGUL:
            if code in _NOTHING or (code in _BLANKS and _generated(text, i)):
                continue
            if code in _SURROGATES:
                high, code = _paired(high, code)
                if high:
                    continue
        matrix_of(text, i, at_matrix)
        # All characters of one text object have its place in their matrix.
        if matrix.e != e or matrix.f != f:
            e, f = matrix.e, matrix.f
            quarter, height, clip = _run(text, i, matrix)
        if quarter is None:
            continue
        origin_of(text, i, at_x, at_y)
        loose_of(text, i, at_box)
        left, base = x.value, y.value
        width = box.left + box.right - 2 * left if quarter == 0 else _width(quarter, box, left, base)
        if code >= _CHINESE and abs(width - height) < _NARROWER * height:
            width = height
        letter: Letter = _new(Letter, (_character(code), left, base, width, height, quarter))
        if clip is None or _is_within(letter, clip):
            found.append(letter)
    return found


def _run(text: c_void_p, number: int, matrix: Any) -> tuple[int | None, float, Box | None]:
    """What the characters of a text object share: the quarter it runs in, height, and its clip."""
    height = _size_of(text, number) * hypot(matrix.c, matrix.d)
    return quarter_of(matrix.a, matrix.b), height, _clip(c_void_p(_text_object(text, number)))


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


@cache
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


def _shapes(page: c_void_p) -> Iterator[tuple[c_void_p, Matrix | None]]:
    """The paths of a page and of the forms on it, each with the matrix of the form; pictures without any."""
    for i in range(_count_objects(page)):
        yield from _within(c_void_p(_object_of(page, i)), _PLAIN, 0)


def _within(shape: c_void_p, matrix: Matrix, depth: int) -> Iterator[tuple[c_void_p, Matrix | None]]:
    kind = _kind_of(shape)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        yield shape, matrix
    elif kind == raw.FPDF_PAGEOBJ_IMAGE:
        yield shape, None
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        inner = _times(_matrix(shape), matrix)
        for i in range(_count_within(shape)):
            yield from _within(c_void_p(_object_within(shape, i)), inner, depth + 1)


def _matrix(shape: c_void_p) -> Matrix:
    found = raw.FS_MATRIX()
    _object_matrix(shape, byref(found))
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


def _shape(shape: c_void_p, matrix: Matrix, strokes: list[Box], fills: list[Box]) -> None:
    """Takes in a path: what is thin as a rule, an outline by its sides, a larger one that is filled for itself."""
    _draw_mode(shape, byref(_fill), byref(_stroke))
    if not _fill.value and not _stroke.value:
        return
    _bounds_of(shape, byref(_left), byref(_bottom), byref(_right), byref(_top))
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


def _outlines(shape: c_void_p, matrix: Matrix) -> Iterator[tuple[Box, list[Box]]]:
    """The parts of a path, each by the box around it and the straight sides of it."""
    a, b, c, d, e, f = matrix
    x, y = c_float(), c_float()
    at_x, at_y = byref(x), byref(y)
    points: list[tuple[float, float]] = []
    lines: list[Box] = []
    for i in range(_count_segments(shape)):
        segment = c_void_p(_segment_of(shape, i))
        kind = _segment_kind(segment)
        _segment_point(segment, at_x, at_y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield _around(points), lines
            points, lines = [], []
        elif kind == raw.FPDF_SEGMENT_LINETO and points:
            _add_line(lines, points[-1], point)
        points.append(point)
        if _segment_closes(segment):
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
