"""What a page of a PDF file says to draw: its letters, lines and boxes, step by step."""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from math import hypot
from operator import sub
from struct import unpack
from typing import Final, NamedTuple

from extract.readers.page_marks import (
    CHINESE,
    NARROWER,
    NEAR,
    REPEATED,
    Box,
    Letter,
    Written,
    is_straight,
    is_thin,
    is_within,
    quarter_of,
)
from extract.readers.pdf_file import Entries, Unusual
from extract.readers.pdf_fonts import Face
from extract.readers.pdf_steps import (
    FROM,
    PEN,
    TO,
    WHAT,
    WITH,
    Step,
    instead,
    joined,
    mixed,
    steps,
    unescaped,
)

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
_PLAIN: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# Nothing stands further away than this, in points, and no letter is as large.
_FARTHEST: Final = 1e6
_MOST_SAVED: Final = 256
# From this mode on a text is a clip too.
_CLIPS: Final = 4
_THOUSAND: Final = 1000.0
_BLANK: Final = 32
# The box of a pen of no width, as pdfium has it.
_HAIRLINE: Final = 0.5
_FEWEST_SIDES: Final = 3

# What of a graphics state changes texts or lines.
_TOUCHING: Final = frozenset((b"/Font", b"/LW"))

_new = tuple.__new__


class _Style(NamedTuple):
    """How texts are written; ``spacing``: what stands between letters, ``stretch``: of their widths."""

    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


class _Part(NamedTuple):
    """A part of a path: its points on the page, and its straight sides."""

    points: list[Point]
    sides: list[tuple[Point, Point]]


class Pen:
    """Draws a page; ``letters``, ``runs``, ``strokes``, ``fills`` are those of a Drawing.

    ``face_of``, ``state_of``: a font and a graphics state of the page by their names.
    """

    def __init__(self, face_of: Callable[[bytes], Face], state_of: Callable[[bytes], Entries]) -> None:
        self.letters: list[Letter] = []
        self.runs: list[Written] = []
        self.strokes: list[Box] = []
        self.fills: list[Box] = []
        self._face_of = face_of
        self._faces: dict[bytes, Face] = {}
        self._state_of = state_of
        self._saved: list[tuple[Matrix, Box | None, float, Face | None, float, _Style]] = []
        self._matrix = _PLAIN
        self._clip: Box | None = None
        self._width = 1.0
        self._face: Face | None = None
        self._size = 0.0
        self._style = _Style()
        self._path: list[_Part] = []
        self._is_clip = False
        # Where the line of text begins, and how far from there the next letter stands.
        self._line = _PLAIN
        self._ahead = 0.0
        self._in_text = False
        # For each mark that is open whether it tells a text instead of its letters; that text, and the letters.
        self._marked: list[bool] = []
        self._instead: str | None = None
        self._heard: list[str] = []

    def follow(self, content: bytes) -> None:
        """Draws all that a content says. Raises one of FAULTS where it says what is not known here."""
        acts = _ACTS
        for step in steps(content):
            act = acts[step[WHAT]]
            if act is not None:
                act(self, step)
        if self._marked:
            raise Unusual

    # ---- state

    def _save(self, _: Step) -> None:
        if self._in_text or len(self._saved) > _MOST_SAVED:
            raise Unusual
        self._saved.append((self._matrix, self._clip, self._width, self._face, self._size, self._style))

    def _restore(self, _: Step) -> None:
        if self._in_text:
            raise Unusual
        self._matrix, self._clip, self._width, self._face, self._size, self._style = self._saved.pop()

    def _transform(self, step: Step) -> None:
        a, b, c, d, e, f = map(float, step[WITH].split())
        self._matrix = _times((a, b, c, d, e, f), self._matrix)
        _bounded(*self._matrix)

    def _set_width(self, step: Step) -> None:
        self._width = float(step[WITH])

    def _set_state(self, step: Step) -> None:
        if not _TOUCHING.isdisjoint(self._state_of(step[WITH].strip())):
            raise Unusual

    # ---- lines and boxes

    def _move(self, step: Step) -> None:
        x, y = map(float, step[WITH].split())
        self._path.append(_Part([self._point(x, y)], []))

    def _draw_to(self, step: Step) -> None:
        x, y = map(float, step[WITH].split())
        points, sides = self._path[-1]
        point = self._point(x, y)
        sides.append((points[-1], point))
        points.append(point)

    def _draw_line(self, step: Step) -> None:
        if self._path or self._is_clip:
            # It begins amid a path.
            raise Unusual
        (a, b), (c, d) = self._point(*map(float, step[FROM].split())), self._point(*map(float, step[TO].split()))
        box = (a if a < c else c, b if b < d else d, c if a < c else a, d if b < d else b)
        drawn = self._drawn(box, float(step[PEN]))
        if is_thin(drawn):
            self.strokes.append(drawn)
        elif is_thin(box):
            self.strokes.append(box)

    def _bend_to(self, step: Step) -> None:
        numbers = list(map(float, step[WITH].split()))
        points = self._path[-1].points
        if len(numbers) != (6 if step[WHAT] == b"c" else 4):
            raise Unusual
        points += [self._point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]

    def _close(self, _: Step) -> None:
        points, sides = self._path[-1]
        if points[-1] != points[0]:
            sides.append((points[-1], points[0]))
            points.append(points[0])

    def _rectangle(self, step: Step) -> None:
        x, y, width, height = map(float, step[WITH].split())
        a, b = self._point(x, y), self._point(x + width, y)
        c, d = self._point(x + width, y + height), self._point(x, y + height)
        self._path.append(_Part([a, b, c, d, a], [(a, b), (b, c), (c, d), (d, a)]))

    def _point(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self._matrix
        x, y = a * x + c * y + e, b * x + d * y + f
        if not -_FARTHEST < x + y < _FARTHEST or not -_FARTHEST < x < _FARTHEST:
            raise Unusual
        return x, y

    def _begin_clip(self, _: Step) -> None:
        self._is_clip = True

    def _stroke(self, _: Step) -> None:
        self._paint(is_filled=False, is_stroked=True)

    def _close_and_stroke(self, step: Step) -> None:
        self._close(step)
        self._stroke(step)

    def _fill(self, _: Step) -> None:
        self._paint(is_filled=True, is_stroked=False)

    def _fill_and_stroke(self, _: Step) -> None:
        self._paint(is_filled=True, is_stroked=True)

    def _close_fill_and_stroke(self, step: Step) -> None:
        self._close(step)
        self._fill_and_stroke(step)

    def _end(self, _: Step) -> None:
        self._paint(is_filled=False, is_stroked=False)

    def _paint(self, *, is_filled: bool, is_stroked: bool) -> None:
        path, is_clip = self._path, self._is_clip
        self._path, self._is_clip = [], False
        points = path[0].points if len(path) == 1 else [point for part in path for point in part.points]
        if len(points) < 2:
            if points and is_clip:
                raise Unusual
            return
        if len(path[-1].points) == 1:
            points.pop()
            path.pop()
        box = _around(points)
        if is_stroked or is_filled:
            self._take(path, self._drawn(box, self._width) if is_stroked else box, is_stroked=is_stroked)
        if is_clip:
            left, bottom, right, top = self._clip or box
            self._clip = max(left, box[0]), max(bottom, box[1]), min(right, box[2]), min(top, box[3])

    def _take(self, path: Sequence[_Part], whole: Box, *, is_stroked: bool) -> None:
        """Takes in a path: what is thin as a rule, an outline by its sides, a larger one that is filled for itself."""
        if is_thin(whole):
            self.strokes.append(whole)
            return
        for points, sides in path:
            if len(points) < 2:
                continue
            outline = _around(points)
            if is_thin(outline):
                self.strokes.append(outline)
                continue
            lines = [line for side in sides if side[0] != side[1] and is_straight(line := _around(side))]
            if is_stroked:
                self.strokes += lines
            elif len(lines) >= _FEWEST_SIDES:
                self.fills.append(outline)

    def _drawn(self, box: Box, width: float) -> Box:
        """What a pen covers that goes along the edges of a box."""
        a, b, c, d, _, _ = self._matrix
        across, up = (abs(a) + abs(c)) * width, (abs(b) + abs(d)) * width
        if width <= 0:
            across = up = _HAIRLINE
        left, bottom, right, top = box
        return left - across, bottom - up, right + across, top + up

    # ---- texts

    def _begin_text(self, _: Step) -> None:
        if self._in_text:
            raise Unusual
        self._line, self._ahead = _PLAIN, 0.0
        self._in_text = True

    def _write_text(self, step: Step) -> None:
        begins, at, font, size_told, on, codes, all_codes, ends, pen, _, _, _, _, other = step
        if pen:
            self._draw_line(step)
            return
        if other:
            raise Unusual
        # Mostly a text is saved before, and restored after: it is by itself.
        is_alone = begins[:1] == b"q" and ends[-1:] == b"Q"
        face, size = self._face, self._size
        if begins:
            if begins[:1] == b"q" and not is_alone:
                self._save(step)
            self._begin_text(step)
        # Its place stands before its font or behind it.
        for place in (at, on):
            if place:
                x, y = place.split()
                self._shift_by(float(x), float(y))
        if font:
            self._set_face(font, size_told)
        if all_codes:
            self._write(*joined(all_codes))
        else:
            self._write(unhexlify(codes))
        if is_alone:
            self._face, self._size, self._in_text = face, size, False
        elif ends:
            self._in_text = False
            if ends[-1:] == b"Q":
                self._restore(step)

    def _end_text(self, _: Step) -> None:
        self._in_text = False

    def _choose_face(self, step: Step) -> None:
        name, size = step[WITH].split()
        self._set_face(name, size)

    def _set_face(self, name: bytes, size: bytes) -> None:
        face = self._faces.get(name)
        if face is None:
            face = self._faces[name] = self._face_of(name)
        self._face, self._size = face, float(size)

    def _set_style(self, step: Step) -> None:
        name, share = _STYLES[step[WHAT]]
        value = float(step[WITH]) * share
        _bounded(value)
        self._style = self._style._replace(**{name: value})

    def _set_mode(self, step: Step) -> None:
        if int(step[WITH]) >= _CLIPS:
            raise Unusual

    def _place(self, step: Step) -> None:
        a, b, c, d, e, f = map(float, step[WITH].split())
        _bounded(a, b, c, d, e, f)
        self._line, self._ahead = (a, b, c, d, e, f), 0.0

    def _shift(self, step: Step) -> None:
        self._shift_by(*map(float, step[WITH].split()))

    def _shift_by(self, x: float, y: float) -> None:
        a, b, c, d, e, f = self._line
        self._line = a, b, c, d, e + x * a + y * c, f + x * b + y * d
        self._ahead = 0.0

    def _shift_and_lead(self, step: Step) -> None:
        self._style = self._style._replace(leading=-float(step[WITH].split()[1]))
        self._shift(step)

    def _next_line(self, _: Step) -> None:
        self._shift_by(0.0, -self._style.leading)

    def _show(self, step: Step) -> None:
        text = step[WITH].strip()
        self._write(unescaped(text[1:-1]) if text[:1] == b"(" else bytes.fromhex(text[1:-1].decode()))

    def _show_on_next_line(self, step: Step) -> None:
        self._next_line(step)
        self._show(step)

    def _show_all(self, step: Step) -> None:
        self._write(*mixed(step[WITH].strip()[1:-1]))

    def _write(self, told: bytes, back: Mapping[int, float] | None = None) -> None:
        """Writes letters, and goes on to where the next one stands.

        ``back``: what is taken back before a byte, in thousandths of a height.
        """
        face, size = self._face, self._size
        spacing, word_spacing, stretch, _, rise = self._style
        if face is None or not 0 < size < _FARTHEST:
            raise Unusual
        texts_of, steps_of, widths_of, is_wide = face
        codes = unpack(f">{len(told) // 2}H", told) if is_wide else told
        if len(codes) == 1 and not back and self._write_one(face, codes[0]):
            return
        texts, steps = list(map(texts_of.__getitem__, codes)), list(map(steps_of.__getitem__, codes))
        widths = steps if widths_of is steps_of else list(map(widths_of.__getitem__, codes))
        if self._instead is not None:
            self._heard += texts
        is_even = steps is widths or steps == widths
        lead = 0.0
        if back or spacing or word_spacing:
            steps = steps.copy()
            lead, is_even = self._space(codes, steps, back or {}), False
        a, b, c, d, x, y = self._line if self._matrix is _PLAIN else _times(self._line, self._matrix)
        if self._ahead:
            x, y = x + self._ahead * a, y + self._ahead * b
        if not (-_FARTHEST < x < _FARTHEST and -_FARTHEST < y < _FARTHEST):
            raise Unusual
        if rise:
            x, y = x + rise * c, y + rise * d
        # What stands apart, runs back, or is turned is told letter by letter.
        if (
            (stretch == 1 and a == abs(d) > 0 and b == c == 0 and texts and "" not in texts)
            and (is_even or (min(steps) >= 0 and max(map(sub, steps, widths)) <= NEAR))
            and self._write_run(texts, steps, None if is_even else widths, (x, y, lead, size * a))
        ):
            return
        starts = list(accumulate(steps, initial=lead))
        self._go_on(starts[-1] * size * stretch)
        shares = map(steps_of.__getitem__, codes)
        self._add_letters(zip(texts, shares, starts, strict=False), (a * stretch, b * stretch, c, d, x, y), size)

    def _write_run(
        self, texts: list[str], steps: list[float], widths: list[float] | None, at: tuple[float, float, float, float]
    ) -> bool:
        """Writes letters as a run; False where some of them do not show.

        ``widths``: None where each letter is as wide as it is far to the next one. ``at``: where they stand on the
        page, what stands before the first one, and how high they are.
        """
        x, y, start, height = at
        lefts, rights = [], []
        if widths is None:
            for step in steps:
                lefts.append(x + start * height)
                start += step
            rights = lefts[1:]
            rights.append(x + start * height)
        else:
            for step, width in zip(steps, widths, strict=True):
                left = x + start * height
                lefts.append(left)
                rights.append(left + width * height)
                start += step
        if self._clip is not None and not self._shows(lefts, rights, y, height):
            return False
        self._go_on(start * self._size)
        self._add_run(texts, lefts, rights, y, height, is_dense=min(steps) < REPEATED)
        return True

    def _go_on(self, by: float) -> None:
        self._ahead += by
        if not -_FARTHEST < self._ahead < _FARTHEST:
            raise Unusual

    def _write_one(self, face: Face, code: int) -> bool:
        """What ``_write`` does for one letter that is as most are; browsers write each by itself."""
        spacing, word_spacing, stretch, _, rise = self._style
        a, b, c, d, x, y = _times(self._line, self._matrix)
        text = face.texts[code]
        if a != abs(d) or a <= 0 or b or c or rise or word_spacing or stretch != 1 or not text:
            return False
        height = self._size * a
        x += self._ahead * a
        right = x + face.widths[code] * height
        if not (-_FARTHEST < x < _FARTHEST and -_FARTHEST < y < _FARTHEST and self._ahead < _FARTHEST):
            raise Unusual
        if self._clip is not None and not self._shows([x], [right], y, height):
            return False
        self._ahead += face.steps[code] * self._size + spacing
        if self._instead is not None:
            self._heard.append(text)
        self._add_run([text], [x], [right], y, height, is_dense=False)
        return True

    def _space(self, codes: Sequence[int], steps: list[float], back: Mapping[int, float]) -> float:
        """Adds what stands between letters beside what the font says; gives what stands before the first of them."""
        size, (spacing, word_spacing, _, _, _) = self._size, self._style
        is_wide = not isinstance(codes, bytes)
        if spacing or word_spacing:
            for i, code in enumerate(codes):
                steps[i] += (spacing + (word_spacing if code == _BLANK and not is_wide else 0.0)) / size
        lead = 0.0
        for at, by in back.items():
            if not -_FARTHEST < by < _FARTHEST:
                raise Unusual
            if at:
                steps[(at >> is_wide) - 1] -= by / _THOUSAND
            else:
                lead = -by / _THOUSAND
        return lead

    def _shows(self, lefts: list[float], rights: list[float], y: float, height: float) -> bool:
        """Whether all of some letters show within what may be drawn on."""
        left, bottom, right, top = self._clip or (0.0, 0.0, 0.0, 0.0)
        first = left - (rights[0] - lefts[0])
        return first <= lefts[0] and lefts[-1] <= right and bottom - height / 2 <= y <= top

    def _add_run(
        self, texts: list[str], lefts: list[float], rights: list[float], y: float, height: float, *, is_dense: bool
    ) -> None:
        """Takes in letters that run rightwards; those close behind the ones before go on with them."""
        if self.runs and not is_dense:
            others, before, ends, at, own, _ = self.runs[-1]
            if at == y and own == height:
                ahead = lefts[0] - before[-1]
                if ahead >= REPEATED * height and lefts[0] - ends[-1] <= NEAR * height:
                    others += texts
                    before += lefts
                    ends += rights
                    return
        self.runs.append(_new(Written, (texts, lefts, rights, y, height, is_dense)))

    def _add_letters(self, letters: Iterable[tuple[str, float, float]], matrix: Matrix, size: float) -> None:
        """Takes in letters one by one, with their widths and where they begin; those left out that are clipped away."""
        a, b, c, d, x, y = matrix
        quarter, along, height = quarter_of(a, b), size * hypot(a, b), size * hypot(c, d)
        if quarter is None:
            return
        for text, share, start in letters:
            width, go = share * along, start * size
            if text >= CHINESE and abs(width - height) < NARROWER * height:
                width = height
            letter = Letter(text, x + go * a, y + go * b, width, height, quarter)
            if text and (self._clip is None or is_within(letter, self._clip)):
                self.letters.append(letter)

    # ---- marks

    def _mark(self, step: Step) -> None:
        told = step[WITH]
        if step[WHAT] == b"BDC" and b"<<" not in told:
            raise Unusual
        text = instead(told)
        if text is not None:
            if self._instead is not None:
                raise Unusual
            self._instead, self._heard = text, []
        self._marked.append(text is not None)

    def _unmark(self, _: Step) -> None:
        """Ends a mark; a text that is to stand instead of letters that say something else is pdfium's."""
        if self._marked.pop():
            if "".join(self._heard) != self._instead:
                raise Unusual
            self._instead = None


def _bounded(*values: float) -> None:
    """Raises Unusual for what is no place on a page, and no size."""
    if values and not -_FARTHEST < min(values) <= max(values) < _FARTHEST:
        raise Unusual


def _times(one: Matrix, other: Matrix) -> Matrix:
    if other is _PLAIN:
        return one
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    if b == c == q == r == 0:
        return a * p, 0.0, 0.0, d * s, e * p + t, f * s + u
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _around(points: Sequence[Point]) -> Box:
    if len(points) == 2:
        (a, b), (c, d) = points
        return min(a, c), min(b, d), max(a, c), max(b, d)
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


_STYLES: Final = {
    b"Tc": ("spacing", 1.0),
    b"Tw": ("word_spacing", 1.0),
    b"Tz": ("stretch", 0.01),
    b"TL": ("leading", 1.0),
    b"Ts": ("rise", 1.0),
}

# What does nothing to letters, lines and boxes has no function.
_ACTS: Final[Mapping[bytes, Callable[[Pen, Step], None] | None]] = {
    **dict.fromkeys(b"J j M d ri i g G rg RG k K cs CS sc SC scn SCN sh MP DP BX EX".split()),
    b"": Pen._write_text,
    b"q": Pen._save,
    b"Q": Pen._restore,
    b"cm": Pen._transform,
    b"w": Pen._set_width,
    b"gs": Pen._set_state,
    b"m": Pen._move,
    b"l": Pen._draw_to,
    **dict.fromkeys((b"c", b"v", b"y"), Pen._bend_to),
    b"h": Pen._close,
    b"re": Pen._rectangle,
    **dict.fromkeys((b"W", b"W*"), Pen._begin_clip),
    b"S": Pen._stroke,
    b"s": Pen._close_and_stroke,
    **dict.fromkeys((b"f", b"F", b"f*"), Pen._fill),
    **dict.fromkeys((b"B", b"B*"), Pen._fill_and_stroke),
    **dict.fromkeys((b"b", b"b*"), Pen._close_fill_and_stroke),
    b"n": Pen._end,
    b"BT": Pen._begin_text,
    b"ET": Pen._end_text,
    b"Tf": Pen._choose_face,
    **dict.fromkeys(_STYLES, Pen._set_style),
    b"Tr": Pen._set_mode,
    b"Tm": Pen._place,
    b"Td": Pen._shift,
    b"TD": Pen._shift_and_lead,
    b"T*": Pen._next_line,
    b"Tj": Pen._show,
    b"'": Pen._show_on_next_line,
    b"TJ": Pen._show_all,
    **dict.fromkeys((b"BMC", b"BDC"), Pen._mark),
    b"EMC": Pen._unmark,
}
