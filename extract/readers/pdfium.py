"""What pdfium tells of a page: characters, and what is drawn; by its C interface, in few calls.

pdfium is not safe with threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from ctypes import PYFUNCTYPE, addressof, byref, c_double, c_float, c_int, c_uint, c_ushort, c_void_p, cast, sizeof
from functools import cache, cached_property
from math import hypot
from typing import Any, Final

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from extract.errors import UnreadableInput
from extract.readers.page_marks import (
    BLANKS,
    CHINESE,
    NARROWER,
    NOTHING,
    Box,
    Drawing,
    Letter,
    folded,
    is_straight,
    is_thin,
    is_within,
    quarter_of,
)

_DEEPEST: Final = 8
_SURROGATES: Final = frozenset(range(0xD800, 0xE000))
_LOW_HALF: Final = 0xDC00
# Characters from here on may have other forms, and are full-width.
_FOLDED: Final = 0x0300
_CHINESE: Final = ord(CHINESE)
# Between these no character is a blank, nothing, or half of one.
_IDEOGRAPHIC: Final = 0x3001
_HANGUL: Final = 0xD7FF
# What pdfium says for a hyphen at a line's end.
_HYPHENS: Final = frozenset((0x02, 0xFFFE))

_TEXT: Final = raw.FPDF_PAGEOBJ_TEXT
_PATH: Final = raw.FPDF_PAGEOBJ_PATH
_IMAGE: Final = raw.FPDF_PAGEOBJ_IMAGE
_FORM: Final = raw.FPDF_PAGEOBJ_FORM

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


class _Pointer(c_void_p):
    """What a function gives as it is, ready for the next one; ``c_void_p`` itself would become a number."""


_text_of = _bare(raw.FPDFText_GetText)
_unicode_of = _bare(raw.FPDFText_GetUnicode, c_uint)
_origin_of = _bare(raw.FPDFText_GetCharOrigin)
_loose_of = _bare(raw.FPDFText_GetLooseCharBox)
_matrix_of = _bare(raw.FPDFText_GetMatrix)
_generated = _bare(raw.FPDFText_IsGenerated)
_size_of = _bare(raw.FPDFText_GetFontSize, c_double)
_text_object = _bare(raw.FPDFText_GetTextObject, c_void_p)
_clip_path = _bare(raw.FPDFPageObj_GetClipPath, _Pointer)
_count_clips = _bare(raw.FPDFClipPath_CountPaths)
_count_clip_segments = _bare(raw.FPDFClipPath_CountPathSegments)
_clip_segment = _bare(raw.FPDFClipPath_GetPathSegment, _Pointer)
_count_objects = _bare(raw.FPDFPage_CountObjects)
_object_of = _bare(raw.FPDFPage_GetObject, _Pointer)
_count_within = _bare(raw.FPDFFormObj_CountObjects)
_object_within = _bare(raw.FPDFFormObj_GetObject, _Pointer)
_kind_of = _bare(raw.FPDFPageObj_GetType)
_object_matrix = _bare(raw.FPDFPageObj_GetMatrix)
_draw_mode = _bare(raw.FPDFPath_GetDrawMode)
_bounds_of = _bare(raw.FPDFPageObj_GetBounds)
_count_segments = _bare(raw.FPDFPath_CountSegments)
_segment_of = _bare(raw.FPDFPath_GetPathSegment, _Pointer)
_segment_kind = _bare(raw.FPDFPathSegment_GetType)
_segment_point = _bare(raw.FPDFPathSegment_GetPoint)
_segment_closes = _bare(raw.FPDFPathSegment_GetClose)


def _handle(pointer: Any) -> c_void_p:
    """An object of pdfium for bare functions."""
    return c_void_p(addressof(pointer.contents))


_NO_FILE: Final = b"%"


def open_document(data: bytes) -> Any:
    """The document; UnreadableInput: ``encrypted`` where it wants a password, ``malformed`` where it cannot be read."""
    with suppress(pdfium.PdfiumError):
        return pdfium.PdfDocument(data)
    # Where a file fails without a word, pdfium tells what it said of the one before: that has to be the same each time.
    with suppress(pdfium.PdfiumError):
        pdfium.PdfDocument(_NO_FILE)
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise UnreadableInput("encrypted") from error
        raise UnreadableInput("malformed", reason=str(error)) from error


class Document:
    """A document that is opened as soon as it is asked for anything; ``document[index]``: a page of it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _opened(self) -> Any:
        return open_document(self._data)

    def __len__(self) -> int:
        return len(self._opened)

    def __getitem__(self, index: int) -> Any:
        return self._opened[index]

    def close(self) -> None:
        """Frees what pdfium holds of it."""
        if "_opened" in self.__dict__:
            self._opened.close()


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


def _clip(clip: c_void_p, count: int) -> Box | None:
    """What of the page an object may show on: the box that all of its clips have in common; None for all."""
    common: Box | None = None
    x, y = c_float(), c_float()
    for i in range(count):
        points = []
        for k in range(_count_clip_segments(clip, i)):
            _segment_point(_clip_segment(clip, i, k), byref(x), byref(y))
            points.append((x.value, y.value))
        if points:
            a, b, c, d = _around(points)
            p, q, r, s = common or (a, b, c, d)
            common = max(a, p), max(b, q), min(c, r), min(d, s)
    return common


def _codes(text: c_void_p, count: int) -> Sequence[int]:
    """The code of each character of a page; of one that is beyond 16 bits there are two halves, or the whole."""
    buffer = (c_ushort * (count + 1))()
    written = _text_of(text, 0, count, byref(buffer)) - 1
    codes: Sequence[int] = buffer[:written]
    # The text leaves out what has no code, and halves what is beyond 16 bits.
    if written == count and _SURROGATES.isdisjoint(codes):
        return codes
    return [_unicode_of(text, i) for i in range(count)]


def _letters(text: c_void_p, count: int) -> list[Letter]:
    """The characters of a page in the order of the file, those left out that are clipped away.

    Calc writes the text of a cell on each page that it is on, whole, and shows what is within the table.
    """
    object_of, origin_of, loose_of, character = _text_object, _origin_of, _loose_of, _character
    x, y, box = c_double(), c_double(), raw.FS_RECTF()
    at_x, at_y, at_box = byref(x), byref(y), byref(box)
    found: list[Letter] = []
    high = 0
    height = 0.0
    quarter: int | None = None
    clip: Box | None = None
    run = -1
    for i, told in enumerate(_codes(text, count)):
        code = told
        if code < _IDEOGRAPHIC or code > _HANGUL:
            # pdfium puts in blanks of its own too.
            if code in NOTHING or (code in BLANKS and _generated(text, i)):
                continue
            if code in _SURROGATES:
                high, code = _paired(high, code)
                if high:
                    continue
        own = object_of(text, i)
        if own != run:
            run = own
            quarter, height, clip = _run(text, i, own)
        if quarter is None:
            continue
        origin_of(text, i, at_x, at_y)
        loose_of(text, i, at_box)
        left, base = x.value, y.value
        width = box.left + box.right - 2 * left if quarter == 0 else _width(quarter, box, left, base)
        if code >= _CHINESE and abs(width - height) < NARROWER * height:
            width = height
        letter: Letter = _new(Letter, (character(code), left, base, width, height, quarter))
        if clip is None or is_within(letter, clip):
            found.append(letter)
    return found


_of_run = raw.FS_MATRIX()
_at_run = byref(_of_run)
_entries = memoryview(_of_run).cast("B").cast("f")


def _run(text: c_void_p, number: int, shape: int | None) -> tuple[int | None, float, Box | None]:
    """What the characters of a text object share: the quarter it runs in, height, and its clip."""
    _matrix_of(text, number, _at_run)
    entries = _entries
    size = _size_of(text, number)
    clip = None
    if shape:
        clips = _clip_path(c_void_p(shape))
        if clips and (count := _count_clips(clips)) > 0:
            clip = _clip(clips, count)
    if entries[1] == entries[2] == 0.0 < entries[0]:
        return 0, size * abs(entries[3]), clip
    return quarter_of(entries[0], entries[1]), size * hypot(entries[2], entries[3]), clip


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
    if code in BLANKS:
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
    return _within(page, _count_objects(page), _object_of, _PLAIN, 0)


def _within(
    owner: c_void_p, count: int, object_of: Callable[..., c_void_p], matrix: Matrix, depth: int
) -> Iterator[tuple[c_void_p, Matrix | None]]:
    for i in range(count):
        shape = object_of(owner, i)
        kind = _kind_of(shape)
        if kind == _TEXT:
            continue
        if kind == _PATH:
            yield shape, matrix
        elif kind == _IMAGE:
            yield shape, None
        elif kind == _FORM and depth < _DEEPEST:
            yield from _within(shape, _count_within(shape), _object_within, _times(_matrix(shape), matrix), depth + 1)


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


_bounds = (c_float * 4)()
_left, _bottom, _right, _top = (byref(_bounds, sizeof(c_float) * i) for i in range(4))
_box = memoryview(_bounds).cast("B").cast("f")
_drawn = (c_int * 2)()
_fill, _stroke = byref(_drawn), byref(_drawn, sizeof(c_int))
_modes = memoryview(_drawn).cast("B").cast("i")


def _shape(shape: c_void_p, matrix: Matrix, strokes: list[Box], fills: list[Box]) -> None:
    """Takes in a path: what is thin as a rule, an outline by its sides, a larger one that is filled for itself."""
    _draw_mode(shape, _fill, _stroke)
    fill, stroke = _modes
    if not fill and not stroke:
        return
    _bounds_of(shape, _left, _bottom, _right, _top)
    x0, y0, x1, y1 = _box
    bounds = _moved((x0, y0, x1, y1), matrix)
    if is_thin(bounds):
        strokes.append(bounds)
        return
    inner = _times(_matrix(shape), matrix)
    for outline, lines in _outlines(shape, inner):
        if is_thin(outline):
            strokes.append(outline)
        elif stroke:
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
        segment = _segment_of(shape, i)
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
