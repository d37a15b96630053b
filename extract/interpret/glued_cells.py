"""The cells that may begin at a place of a text whose cells touch, by the column that they would stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from extract.interpret.glued_strip import Partial
from extract.interpret.glued_words import number_cost, number_ends
from extract.interpret.grammar import ACHIEVED, DIRECTION, NAME, OPERATOR, PASS, SCORE, UNIT, VALUE, WEIGHT
from extract.interpret.learned import DIRECTIONS

if TYPE_CHECKING:
    from extract.interpret.glued_rows import RowReader

# What a row may cost at most.
DEAREST: Final = 9.0
_LONGEST_VALUE: Final = 40
_NOTHING: Final = ("无偏差", "无", "—", "-", "/")
_HALF_POINT: Final = 50
_FULL: Final = 10000
# What a unit that is not known costs, besides its length.
_UNKNOWN_UNIT: Final = 0.7
# Words of so many characters that are known are what they say.
_CERTAIN: Final = 4
_LONGEST_GRADE: Final = 9
# What a value of words costs behind which nothing shows that it ends.
_UNMARKED: Final = 0.8
_DONE_WITHIN: Final = 1.5
_PART_OF_GRADE: Final = 1.5
_TOUCHING: Final = 1.0
_SHORTEST_HALF: Final = 2
_POINTS_DECIMALS: Final = 2
# A name and a value of words with nothing between them, where no known ending of a name says where it ends.
_NO_ENDING: Final = 1.0


class Found(NamedTuple):
    """A cell that may stand here: where it ends, what it costs, and what later cells must know of it."""

    end: int
    cost: float
    sign: str = ""
    value: str = ""
    weight: int = -1
    guessed: bool = False
    open: bool = False


def _operators(reader: RowReader, partial: Partial) -> Iterator[Found]:
    found = reader.lexicon.operator_at(reader.text, partial.at)
    if found is not None:
        yield Found(found[0], 0.0, sign="q" if found[1] == "定性" else "o")


def _values(reader: RowReader, partial: Partial) -> Iterator[Found]:
    if partial.sign == "q":
        yield from _words(reader, partial, 0.3)
        return
    if partial.sign == "o":
        yield from _figures(reader, partial.at, 0.0)
        for found in _words(reader, partial, 1.5):
            if found.value == "w":
                yield found
        return
    yield from _figures(reader, partial.at, 0.0)
    sign = reader.lexicon.operator_at(reader.text, partial.at)
    # Where operators have a column right before, they stand there.
    apart = partial.column + 1 < len(reader.columns) and reader.columns[partial.column + 1] == OPERATOR
    if sign is not None and sign[1] != "定性" and not apart:
        yield from (found._replace(sign="o") for found in _figures(reader, reader.skip(sign[0]), 0.0))
    yield from _words(reader, partial, 3.0)


def _figures(reader: RowReader, at: int, cost: float, *, alone: bool = False) -> Iterator[Found]:
    """Numbers, each with a unit where the header has no column for one."""
    text = reader.text
    # Where units have a column right behind, they stand there.
    value = reader.places.get(VALUE, -1)
    apart = not alone and value + 1 < len(reader.columns) and reader.columns[value + 1] == UNIT
    own_unit = UNIT not in reader.places
    for end in number_ends(text, at):
        price = cost + number_cost(text[at:end]) + reader.strip.crossed(at, end)
        if price > DEAREST:
            continue
        # Figures right behind a bare number may as well be its own.
        yield Found(end, price + (_TOUCHING if text[end : end + 1].isdigit() else 0.0), value="n", open=True)
        for unit_end, extra in () if apart else _unit_ends(reader, end):
            yield Found(unit_end, price + extra + (0.0 if own_unit else 0.8), value="m")
            for word in reader.lexicon.after.at(text, unit_end):
                yield Found(unit_end + len(word), price + extra, value="m")
        for word in reader.lexicon.after.at(text, end):
            yield Found(end + len(word), price, value="m")


def _unit_ends(reader: RowReader, at: int) -> Iterator[tuple[int, float]]:
    """Where a unit that begins here may end: a known one, else a short word before a digit or a seam."""
    text = reader.text
    at = reader.skip(at) if text[at : at + 1] == " " else at
    known = reader.lexicon.units_at(text, at)
    for rank, end in enumerate(known):
        yield end, 0.25 * rank + reader.strip.crossed(at, end)
        # 台 and 班 may be 台班, where nothing marks that the unit ends.
        if not reader.is_marked(end):
            for longer in reader.lexicon.units_at(text, end):
                if longer not in known:
                    yield longer, 0.3 + 0.25 * rank
    for end in range(at + 1, min(at + 5, len(text) + 1)):
        if not text[end - 1].isalpha():
            break
        if end not in known and reader.is_marked(end):
            yield end, _UNKNOWN_UNIT + 0.3 * (end - at)


def _is_seam(reader: RowReader, at: int) -> bool:
    return at in reader.strip.lines or at in reader.strip.cells


def _words(reader: RowReader, partial: Partial, price: float) -> Iterator[Found]:
    """Dates, grades, and other words, the last for ``price``."""
    text, at, lexicon = reader.text, partial.at, reader.lexicon
    date = lexicon.date_at(text, at)
    if date > at:
        yield Found(date, 0.2, value="d")
    # Right behind a name, nothing but what the words say parts the two.
    touching = bool(partial.parts) and partial.parts[-1].role == NAME and partial.parts[-1].end == at
    apart = touching and not _is_seam(reader, at)
    unended = apart and not lexicon.ends_as_name(text, partial.parts[-1].start, at)
    bump = _NO_ENDING if unended else 0.0
    known: set[int] = set()
    for words in (lexicon.grades, lexicon.achieved):
        for word in words.at(text, at):
            end = at + len(word)
            if end not in known:
                known.add(end)
                own = {1: 1.5, 2: 0.6}.get(len(word), 0.2) if partial.sign != "q" else 0.1
                if len(word) == 1 and not reader.is_marked(end):
                    own = 2.0
                # The end of a longer grade is no grade.
                own += _PART_OF_GRADE if touching and reader.grade_ends.get(end, at) < at else 0.0
                yield Found(end, own + bump, value="w", guessed=unended, open=len(word) < _CERTAIN)
    for end, own in reader.free(at):
        if end in known:
            continue
        cost = price + own + bump
        if partial.cost + cost <= reader.dearest:
            cost += 0.0 if reader.is_marked(end) or text.startswith(text[at:end], end) else _UNMARKED
            cost += _DONE_WITHIN if ACHIEVED in reader.places and _says_done(reader, at, end) else 0.0
            yield Found(end, cost, value="w", guessed=apart, open=True)


def _says_done(reader: RowReader, start: int, end: int) -> bool:
    """Whether a stretch says the same twice, or ends with words that only tell what came of a target."""
    text = reader.text
    half = (end - start) // 2
    return text[start : start + half] == text[start + half : end] or any(
        at + len(word) <= end for at in range(start + 1, end) for word in reader.lexicon.achieved.at(text, at)
    )


def ends_of_free(reader: RowReader, at: int) -> Iterator[int]:
    """Where a free value may end: at a stop, behind a grade, in the middle of a stretch that says the same twice."""
    text = reader.text
    yield from (at + length for length in range(3, _LONGEST_GRADE) if at + length in reader.grade_ends)
    for end in reader.ends_of_words(at, _LONGEST_VALUE):
        if reader.is_marked(end) or reader.lexicon.achieved.at(text, end):
            yield end
        half = (end - at) // 2
        if half >= _SHORTEST_HALF and (end - at) % 2 == 0 and text[at : at + half] == text[at + half : end]:
            yield at + half


def _units(reader: RowReader, partial: Partial) -> Iterator[Found]:
    for end, cost in _unit_ends(reader, partial.at):
        yield Found(end, cost)


def _weights(reader: RowReader, partial: Partial) -> Iterator[Found]:
    for end, hundredths, cost in _points(reader, partial.at):
        yield Found(end, cost, weight=hundredths)


def _points(reader: RowReader, at: int) -> Iterator[tuple[int, int, float]]:
    """Numbers up to 100 that may be weights or scores: where they end, their hundredths, what they cost."""
    text = reader.text
    for end in number_ends(text, at):
        said = text[at:end]
        if "," in said or len(said.partition(".")[2]) > _POINTS_DECIMALS:
            continue
        hundredths = round(float(said) * 100)
        if hundredths > _FULL:
            continue
        cost = number_cost(said) + (2.0 if hundredths == 0 else 0.0) + (0.6 if hundredths % _HALF_POINT else 0.0)
        cost += reader.strip.crossed(at, end)
        if text[end : end + 1] in ("分", "%"):
            yield end + 1, hundredths, cost + 0.1
        yield end, hundredths, cost


def _achieved(reader: RowReader, partial: Partial) -> Iterator[Found]:
    text, at = reader.text, partial.at
    start, end = partial.value_at
    target = text[start:end]
    unit = next((part for part in partial.parts if part.role == UNIT), None)
    measured = target + text[unit.start : unit.end] if unit is not None else target
    same = bool(target) and text.startswith(target, at)
    if same and text.startswith(measured, at):
        yield Found(at + len(measured), -0.2)
    elif same:
        yield Found(at + len(target), -0.2)
    bare = partial.value in ("n", "m")
    sign = reader.lexicon.operator_at(text, at)
    begin = reader.skip(sign[0]) if sign is not None and sign[1] != "定性" else at
    for found in _figures(reader, begin, 0.2 if bare else 1.0, alone=True):
        yield found._replace(value="", cost=found.cost + (0.4 if found.value == "n" and partial.value == "m" else 0.0))
    known: set[int] = set()
    for words in (reader.lexicon.grades, reader.lexicon.achieved):
        for word in words.at(text, at):
            if at + len(word) not in known:
                known.add(at + len(word))
                yield Found(at + len(word), 0.6 if len(word) > 1 else 1.5)
    date = reader.lexicon.date_at(text, at)
    if date > at:
        yield Found(date, 0.4)
    for end, own in reader.free(at):
        if end not in known and partial.cost + own + 2.0 <= reader.dearest:
            yield Found(end, own + 2.0, guessed=partial.value == "w" and not same)


def _scores(reader: RowReader, partial: Partial) -> Iterator[Found]:
    for end, hundredths, cost in _points(reader, partial.at):
        if partial.weight < 0 or hundredths == partial.weight:
            yield Found(end, cost)
        else:
            yield Found(end, cost + (0.8 if hundredths < partial.weight else 5.0))


def _directions(reader: RowReader, partial: Partial) -> Iterator[Found]:
    for word in DIRECTIONS:
        if reader.text.startswith(word, partial.at):
            yield Found(partial.at + len(word), 0.0)
            return


def _passed(reader: RowReader, partial: Partial) -> Iterator[Found]:
    for word in _NOTHING:
        if reader.text.startswith(word, partial.at):
            yield Found(partial.at + len(word), 0.4)
            break
    price = 2.0 if partial.parts[-1].role == NAME else 3.0
    if partial.cost + price > reader.dearest:
        return
    for end, own in reader.free(partial.at):
        if partial.cost + price + own <= reader.dearest:
            yield Found(end, price + own, guessed=True)


READERS: Final[Mapping[int, Callable[[RowReader, Partial], Iterator[Found]]]] = {
    OPERATOR: _operators,
    VALUE: _values,
    UNIT: _units,
    WEIGHT: _weights,
    ACHIEVED: _achieved,
    SCORE: _scores,
    DIRECTION: _directions,
    PASS: _passed,
}
