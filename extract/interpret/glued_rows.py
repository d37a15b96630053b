"""The ways to read one row of indicators from a place in a text whose cells touch.

A row is read from left to right in the order of the header's columns. What is told by its looks (labels, operators,
numbers, units, grades, dates) is tried wherever it begins; names and other free texts end where such a thing begins.
Digits that touch may be several numbers, so every cut is tried. What a way costs says how unlikely it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from extract.interpret.glued_cells import DEAREST, READERS, ends_of_free
from extract.interpret.glued_strip import Part, Partial, Reading, Strip
from extract.interpret.glued_words import LabelAt, Lexicon
from extract.interpret.grammar import (
    ACHIEVED,
    DIRECTION,
    LEVEL1,
    LEVEL2,
    NAME,
    OPERATOR,
    ROOT,
    SCORE,
    UNIT,
    VALUE,
    WEIGHT,
)
from extract.interpret.learned import DIRECTIONS

# How much more than the best row from the same place another one may cost, and how many are kept.
_SPREAD: Final = 5.0
_MOST: Final = 24
_LONGEST_NAME: Final = 120
# So many steps are gone for a character of the text, and for all of it; forms take 38 a character at the most.
# Where a run of figures may be cut anywhere, the ways to read it grow with the fourth power of its length.
_STEPS: Final = 150
_MOST_STEPS: Final = 600_000
_MOST_LABELS: Final = 3
# What a row of labels alone costs: a branch of the tree with no indicator.
_LABELS_ONLY: Final = 0.5
# A grade of so many characters is what it says; what it costs within a name.
_CERTAIN: Final = 4
_GRADE_WITHIN: Final = 0.9
_WORD_WITHIN: Final = 0.5
_DEEPEST: Final = {"R": ROOT, "1": LEVEL1, "2": LEVEL2, "B": LEVEL2}


class RowReader:
    """Reads rows of one strip under one header; ``columns`` are the roles of the header in order."""

    def __init__(self, strip: Strip, columns: Sequence[int], lexicon: Lexicon) -> None:
        self.strip = strip
        self.text = strip.text
        self.columns = tuple(columns)
        self.lexicon = lexicon
        self.known: dict[int, list[Reading]] = {}
        self._names_at: dict[int, list[tuple[int, float]]] = {}
        self._free_at: dict[int, list[tuple[int, float]]] = {}
        # What a row from the present place may cost, in view of the best one found so far.
        self.dearest = DEAREST
        self.places: Mapping[int, int] = {role: place for place, role in enumerate(self.columns)}
        self._loose_labels = not strip.strong
        self._left = min((len(strip.text) + _LONGEST_NAME) * _STEPS, _MOST_STEPS)

    @cached_property
    def stops(self) -> list[int]:
        """Where a free text may end: where something that looks like another cell begins, or a seam is."""
        text, lexicon = self.text, self.lexicon
        found = [False] * (len(text) + 1)
        for at in range(1, len(text)):
            # A text that ends with a blank ends before it.
            found[at] = text[at - 1] != " " and bool(
                text[at].isdigit()
                or text[at] == " "
                or at in self.strip.lines
                or at in self.strip.cells
                or lexicon.operator_at(text, at)
                or lexicon.grades.at(text, at)
                or lexicon.achieved.at(text, at)
                or lexicon.ends_as_name(text, max(0, at - 4), at)
                or text.startswith(DIRECTIONS, at)
                or text[at] in "-—/"
                or any(self._counts(label.strong) for label in self.strip.labels[at])
            )
        found[len(text)] = True
        return [at for at, stop in enumerate(found) if stop]

    def _counts(self, strong: bool) -> bool:
        return strong or self._loose_labels

    def readings(self, start: int) -> list[Reading]:
        """The likeliest ways to read a row that begins here, cheapest first."""
        found = self.known.get(start)
        if found is None:
            found = self.known[start] = self._read(start)
        return found

    @property
    def is_spent(self) -> bool:
        """Whether there are too many ways to read this text: those that were found are not all."""
        return self._left <= 0

    def _read(self, start: int) -> list[Reading]:
        kept: dict[tuple[int, int, tuple[Part, ...]], Reading] = {}
        self.dearest = DEAREST
        for partial in self._labelled(start):
            if partial.parts and self._ends_a_branch(partial):
                self._end(partial, kept)
            self._go_on(partial, kept)
        found = sorted(kept.values(), key=lambda reading: reading.cost)
        return [reading for reading in found if reading.cost <= found[0].cost + _SPREAD][:_MOST] if found else []

    # ---- labels

    def _labelled(self, start: int) -> Iterator[Partial]:
        """The row up to its name: with no label, one, or several."""
        first = Partial(self.skip(start), -1, 0.0, ())
        waiting = [first]
        while waiting:
            partial = waiting.pop()
            yield partial
            if len(partial.parts) < _MOST_LABELS:
                waiting += self._with_label(partial)

    def _with_label(self, partial: Partial) -> Iterator[Partial]:
        roles = {part.role for part in partial.parts}
        for rank, label in enumerate(self.labels_at(partial.at)):
            role = {"R": ROOT, "1": LEVEL1, "2": LEVEL2, "B": LEVEL1}[label.kind]
            if label.kind == "B" and (LEVEL1 in roles or self._standing_alone(label.end)):
                role = LEVEL2
            if roles and role <= max(roles):
                continue
            cost = partial.cost + rank * 1.0 + (0.0 if label.strong else 1.0 if self._loose_labels else 4.0)
            begins = label.kind == "1" or (label.kind == "B" and (label.score >= 0 or role == LEVEL1))
            column = self.places.get(role, -1)
            part = Part(column, role, partial.at, label.end)
            yield Partial(
                self.skip(label.end),
                max(column, partial.column),
                cost,
                (*partial.parts, part),
                target=label.score if begins else partial.target,
                begins=begins or partial.begins,
            )

    def _ends_a_branch(self, partial: Partial) -> bool:
        """Whether labels alone may be a row: a label that is none of theirs follows, or nothing does."""
        if partial.at >= len(self.text):
            return True
        last = partial.parts[-1].role
        following = [label for label in self.labels_at(partial.at) if self._counts(label.strong)]
        return bool(following) and all(_DEEPEST[label.kind] <= last for label in following)

    def _standing_alone(self, at: int) -> bool:
        """Whether no label of the second level follows: then one that may be of either is most likely of the second."""
        return not any(label.strong and label.kind in "2B" for label in self.labels_at(self.skip(at)))

    def labels_at(self, at: int) -> list[LabelAt]:
        """The level labels that begin at a character."""
        return self.strip.labels[at] if at < len(self.text) else []

    # ---- the rest of the row

    def _go_on(self, partial: Partial, kept: dict[tuple[int, int, tuple[Part, ...]], Reading]) -> None:
        """Reads the row on in all ways, name first."""
        name = self.places.get(NAME)
        if name is None or partial.at >= len(self.text):
            return
        waiting = [
            partial._replace(
                at=self.skip(end),
                column=name,
                cost=partial.cost + cost,
                parts=(*partial.parts, Part(name, NAME, partial.at, end)),
            )
            for end, cost in self._names(partial.at)
        ]
        while waiting and self._left > 0:
            self._left -= 1
            one = waiting.pop()
            if one.cost > self.dearest:
                continue
            self._end(one, kept)
            if one.at < len(self.text):
                waiting += self._next(one)

    def _next(self, partial: Partial) -> Iterator[Partial]:
        for column in range(partial.column + 1, len(self.columns)):
            role = self.columns[column]
            reader = READERS.get(role)
            if reader is None:
                continue
            for found in reader(self, partial):
                cost = partial.cost + found.cost
                if cost > self.dearest:
                    continue
                part = Part(column, role, partial.at, found.end)
                yield Partial(
                    self.skip(found.end),
                    column,
                    cost,
                    (*partial.parts, part),
                    found.sign or partial.sign,
                    found.value or partial.value,
                    (partial.at, found.end) if found.value else partial.value_at,
                    found.weight if found.weight >= 0 else partial.weight,
                    partial.target,
                    partial.begins,
                    partial.guessed or found.guessed,
                    found.open,
                )

    def skip(self, at: int) -> int:
        """The next place that is no blank."""
        while at < len(self.text) and self.text[at] in " |…":
            at += 1
        return at

    def _end(self, partial: Partial, kept: dict[tuple[int, int, tuple[Part, ...]], Reading]) -> None:
        """Takes in the row as one that ends here."""
        cost = partial.cost + self._unfinished(partial)
        at = partial.at
        if self.strip.lines and at < len(self.text) and not self.strip.lines & {at, partial.parts[-1].end}:
            cost += 0.7
        if cost > self.dearest:
            return
        if NAME in {part.role for part in partial.parts}:
            self.dearest = min(self.dearest, cost + _SPREAD)
        reading = Reading(
            partial.parts[0].start,
            at,
            cost,
            partial.parts,
            partial.weight,
            partial.target,
            partial.begins,
            partial.guessed,
            partial.open and not self.is_marked(partial.parts[-1].end),
        )
        key = (at, partial.weight, partial.parts)
        if key not in kept or cost < kept[key].cost:
            kept[key] = reading

    def _unfinished(self, partial: Partial) -> float:
        """What it costs that the columns which a row has no cell for are blank."""
        roles = {part.role for part in partial.parts}
        cost = 2.0 if LEVEL1 in roles and LEVEL2 not in roles and LEVEL2 in self.places else 0.0
        if NAME not in roles:
            return _LABELS_ONLY + (0.0 if cost == 0.0 else 0.5)
        places = self.places
        compared = partial.sign == "o" or partial.value in "nm"
        if OPERATOR in places and OPERATOR not in roles:
            name = next(part for part in partial.parts if part.role == NAME)
            bare = partial.value == "n" and partial.sign != "o"
            cost += 2.5 if bare or "定性" in self.text[name.start : name.end] else 0.3
        if VALUE not in roles:
            cost += 5.0
        if UNIT not in roles and compared and partial.value == "n":
            cost += 2.5 if UNIT in places else 1.5
        if UNIT in roles and not compared:
            cost += 2.5
        for role, price in ((WEIGHT, 3.5), (ACHIEVED, 1.2), (SCORE, 1.2), (DIRECTION, 0.5)):
            if role in places and role not in roles:
                cost += price
        return cost

    @cached_property
    def _marked(self) -> list[bool]:
        text = self.text
        return [
            text[at].isdigit()
            or text[at] == " "
            or at in self.strip.lines
            or at in self.strip.cells
            or self.lexicon.operator_at(text, at) is not None
            or any(self._counts(label.strong) for label in self.strip.labels[at])
            for at in range(len(text))
        ]

    def is_marked(self, at: int) -> bool:
        """Whether something shows that a cell begins here: a figure, an operator, a label, a seam, a blank, the end."""
        return at >= len(self.text) or self._marked[at]

    # ---- free texts

    @cached_property
    def grade_ends(self) -> Mapping[int, int]:
        """Where grades of two characters and more end, with where the longest one that ends there begins."""
        found: dict[int, int] = {}
        for at in range(len(self.text)):
            for word in self.lexicon.grades.at(self.text, at):
                if len(word) > 1:
                    found.setdefault(at + len(word), at)
        return found

    def _names(self, start: int) -> Iterator[tuple[int, float]]:
        found = self._names_at.get(start)
        if found is None:
            found = [(end, self._name_cost(start, end)) for end in self.ends_of_words(start, _LONGEST_NAME)]
            self._names_at[start] = found
        for end, cost in found:
            if cost <= self.dearest:
                yield end, cost

    def free(self, start: int) -> list[tuple[int, float]]:
        """Where free values that begin here may end, with what speaks against each."""
        found = self._free_at.get(start)
        if found is None:
            ends = dict.fromkeys(ends_of_free(self, start))
            costs = ((end, self.strip.words(start, end)) for end in ends)
            found = self._free_at[start] = [(end, cost) for end, cost in costs if cost <= DEAREST]
        return found

    def ends_of_words(self, start: int, longest: int) -> Iterator[int]:
        """Where a free text that begins here may end."""
        for end in self.stops[bisect_right(self.stops, start) :]:
            if end > start + longest:
                return
            yield end

    def _name_cost(self, start: int, end: int) -> float:
        text = self.text
        name = text[start:end].rstrip()
        if not name:
            return 99.0
        length = len(name)
        cost = {1: 4.0, 2: 1.5, 3: 0.5}.get(length, 0.0) + max(0, length - 45) * 0.05
        cost += self.strip.words(start, end)
        if name[0].isdigit():
            cost += 3.0 if name[0] == "0" else 0.7
        if name[-1].isdigit():
            cost += 1.0
        # A grade within a name may be the value of one row, and what follows it the name of the next.
        touches = self.places.get(VALUE, -1) == self.places.get(NAME, -2) + 1
        if touches:
            within = [at - begin for at, begin in self.grade_ends.items() if start < begin and at < end]
            cost += _GRADE_WITHIN if max(within, default=0) >= _CERTAIN else _WORD_WITHIN if within else 0.0
        return cost
