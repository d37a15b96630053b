"""The cells of an indicator table from a stream: to which row and column each piece belongs.

The stream may go through the table by rows, by columns, or jump. What holds in each of them: within a column, rows come
in order. So every piece is read as the next cell of a column, or as more of its last cell, and a reading costs what its
kinds, its jumps and its blank cells are worth. All readings that are cheap so far are followed (a beam search); what
the cheapest two do not share is doubtful.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.clean import width
from extract.interpret import grammar
from extract.interpret.grammar import NAME, OPERATOR, UNIT, VALUE, WEIGHT
from extract.interpret.kinds import Kinds
from extract.interpret.layout_text import CLOSING, unit_width
from extract.model import Cell

_KEPT: Final = 60
# What long tables are searched with: time grows with their pieces, and with the ways kept.
_FEWEST: Final = 8
_MOST_STEPS: Final = 12000
_EACH: Final = 2
_PRUNED: Final = 7.0
_NEVER: Final = 9.0
# Pieces that are no cell of the table: labels, notes, page numbers; and what cannot be read.
LABEL, NOTES, PAGE, UNREAD = -1, -2, -3, -4
_COST_UNREAD: Final = 5.0
_COST_NOTES: Final = 1.5
# Texts that are no dearer as notes stand behind the table.
_AT_END: Final = 0.4
# Notes in more than one place.
_NOTES_AGAIN: Final = 1.0
_COST_PAGE: Final = 0.8
# A label that is read as a name: its stem alone (服务对象满意度) is often one.
_STEM_AS_NAME: Final = 1.0
_LABEL_AS_NAME: Final = 4.0
# Going through the table by columns, and a jump to another row or back.
_DOWN: Final = 0.35
_JUMP: Final = 0.5
_JUMP_ROW: Final = 0.15
_MOST_JUMP: Final = 4
_BACK: Final = 1.0
# On in a row behind a label, and back in it.
_BROKEN: Final = 0.3
_WITHIN_ROW: Final = 0.5
# The next row of a stream that goes by rows through some of the columns.
_NEXT_ROW: Final = 0.8
# Weights that sum to more than they can.
_MOST_WEIGHT: Final = 100.0
_TOO_HEAVY: Final = 2.5
# Two pieces of one line that are not in the order of the columns, or not of one row.
_OUT_OF_LINE: Final = 4.0
_OTHER_ROW: Final = 1.0
# A piece that goes on with one that does not fill its column, and a new one where the last is full.
_NOT_FULL: Final = 2.5
_FULL_ENDS: Final = 0.2
# What can only be the rest of a cell as one of its own, and a sentence as a name where notes are looked for.
_A_REST: Final = 3.0
_A_SENTENCE: Final = 1.5
_BRACKETS: Final = ("()", "（）", "《》", "“”", "[]", "【】")
_SENTENCE_END: Final = ("。", "！", "？")
# More of a value or a unit: where both are a known one together, where that may be, where it can hardly be.
_REST: Final = 0.3
_PERHAPS_REST: Final = 0.8
_NO_REST: Final = 4.0
# Two pieces no longer than this may be a unit that is not known.
_LONGEST_UNIT: Final = 3
_OTHER_BLOCK: Final = 0.8
# A cell that has a blank within.
_WITHIN: Final = 1.0
_WITHIN_NAME: Final = 0.6
_WITHIN_NUMBER: Final = 2.5
_MISSING: Final = {NAME: 6.0, OPERATOR: 2.5, VALUE: 2.5, UNIT: 0.9, WEIGHT: 2.0}
# A name that stands behind other cells of its row, and any cell that comes after ones of later rows.
_NAME_LATER: Final = 1.5
_FILLED: Final = 1.0
_FILLED_AT_ONCE: Final = 0.3
_A_UNIT: Final = 0.2
_PLAIN_VALUES: Final = "mNgd"
_MOST_SKIPPED: Final = 3
# The columns in which a cell depends on what its row has already.
_FITTED: Final = frozenset({OPERATOR, VALUE, UNIT})
# A cell whose last piece is so many pieces behind does not go on.
_MAY_GO_ON: Final = 10


class Piece(NamedTuple):
    """A piece of the stream: a token, or a level label put together from several.

    ``label``: what it costs to read it as a name, 0 where it is no label. ``notes``: likewise as notes. ``number``: the
    number that it is, 0 for none.
    """

    cell: Cell
    kind: str
    line: int
    at: int
    block: int
    label: float = 0.0
    notes: float = _COST_NOTES
    page: bool = False
    number: float = 0.0


class Spot(NamedTuple):
    """What a piece was read as: the column (or LABEL …), the row there, and whether it goes on with the last cell."""

    column: int
    row: int = -1
    more: bool = False


class _State(NamedTuple):
    cost: float
    # By column the kinds of its cells, row by row: "-" for a blank one that may still come, "_" for one that is blank.
    cells: tuple[str, ...]
    last: Spot
    # The last piece of each column and its row, for what may go on.
    ends: tuple[int, ...]
    rows: tuple[int, ...]
    path: _Path | None
    # What the weights sum to so far, and the last piece of the notes.
    weights: float = 0.0
    notes: int = -1


class _Path(NamedTuple):
    spot: Spot
    before: _Path | None


class Reading(NamedTuple):
    """One way to read all pieces."""

    spots: tuple[Spot, ...]
    cost: float

    @property
    def height(self) -> int:
        """How many rows it has."""
        return 1 + max((spot.row for spot in self.spots), default=-1)


def jumps(spots: Sequence[Spot]) -> int:
    """How often a reading goes elsewhere than to the right in its row, or to the name of the next row."""
    cells = [spot for spot in spots if spot.column >= 0]
    return sum(
        not (
            (after.row == before.row and after.column > before.column)
            or (after.row == before.row and after.column == before.column and after.more)
            or (after.row == before.row + 1 and after.column == 0)
        )
        for before, after in pairwise(cells)
    )


class Table:
    """The table under a header whose columns from the name on are ``columns``, the name first."""

    def __init__(self, columns: Sequence[int], pieces: Sequence[Piece], kinds: Kinds) -> None:
        self.kinds = kinds
        self.columns = tuple(columns)
        self.pieces = pieces
        self.room = max(
            (width(p.cell.text) for p in pieces if p.kind in "st" and not p.label and p.notes > _AT_END), default=0
        )
        self.rests = [_is_rest(piece.cell.text) for piece in pieces]
        self.text_columns = [i for i, role in enumerate(self.columns) if role in (NAME, VALUE, UNIT)]
        self.has = {role: self.columns.index(role) for role in self.columns}

    def readings(self) -> list[Reading]:
        """The cheapest readings, best first."""
        most = max(_FEWEST, min(_KEPT, _MOST_STEPS // (len(self.pieces) + 1)))
        count = len(self.columns)
        states = [_State(0.0, ("",) * count, Spot(UNREAD), (-1,) * count, (-1,) * count, None)]
        for at in range(len(self.pieces)):
            after: dict[object, list[_State]] = {}
            # What is dearer than this will be left out whatever comes.
            dearest = states[0].cost + _PRUNED + _NEVER
            for state in states:
                for new in self._moves(state, at, dearest):
                    if new.cost > dearest:
                        continue
                    dearest = min(dearest, new.cost + _PRUNED)
                    after.setdefault((self._pending(new), new.last[:2], self._open(new, at)), []).append(new)
            kept = [s for group in after.values() for s in sorted(group, key=_cost)[:_EACH]]
            kept.sort(key=_cost)
            states = [s for s in kept[:most] if s.cost <= kept[0].cost + _PRUNED]
        found = [Reading(_spots(s), s.cost + self._unfinished(s)) for s in states]
        return sorted(found, key=_cost)

    def _open(self, state: _State, at: int) -> tuple[int, ...]:
        """The last pieces of the text columns, as far as they may still go on."""
        return tuple(end if end > at - _MAY_GO_ON else -1 for end in map(state.ends.__getitem__, self.text_columns))

    @staticmethod
    def _pending(state: _State) -> tuple[object, ...]:
        """What is known of rows that still want something."""
        cells = state.cells
        low = min([kinds.find("-") if "-" in kinds else len(kinds) for kinds in cells])
        return (low, *[kinds[low:] for kinds in cells])

    def _moves(self, state: _State, at: int, dearest: float) -> Iterator[_State]:
        """What the piece may be behind a state, dear cells left out."""
        piece = self.pieces[at]
        if piece.label:
            yield state._replace(path=_Path(Spot(LABEL), state.path))
            yield from self._new(state, at, 0, piece.label, dearest)
            return
        yield self._aside(state, Spot(UNREAD), _COST_UNREAD)
        if piece.page:
            yield self._aside(state, Spot(PAGE), _COST_PAGE)
        beside = at > 0 and state.last.column == NOTES and self.pieces[at - 1].line == piece.line
        if piece.kind in "stg" or beside:
            cost = 0.0 if beside else piece.notes
            if 0 <= state.notes < at - 1:
                cost += _NOTES_AGAIN
            yield self._aside(state, Spot(NOTES), cost)._replace(last=Spot(NOTES), notes=at)
        for column, role in enumerate(self.columns):
            own = grammar._COST[piece.kind][role]
            if own < _NEVER:
                yield from self._new(state, at, column, own, dearest)
            if role in (NAME, VALUE, UNIT) and state.cells[column] and piece.kind not in "oq":
                yield self._more(state, at, column)

    @staticmethod
    def _aside(state: _State, spot: Spot, cost: float) -> _State:
        return state._replace(cost=state.cost + cost, path=_Path(spot, state.path))

    def _new(self, state: _State, at: int, column: int, own: float, dearest: float) -> Iterator[_State]:
        """The piece as a new cell of a column: in its next row, behind a few blank cells, or in one left out before."""
        role = self.columns[column]
        cells = state.cells[column]
        added = ""
        skipped = 0.0
        begun = max(len(other) for other in state.cells)
        for row in range(len(cells), max(begun, len(cells) + 1) + (role == NAME)):
            # Blank cells are only told by a row that has begun already.
            if added.count("-") > _MOST_SKIPPED or state.cost + skipped > dearest:
                break
            cost = state.cost + skipped + self._cell(state, at, column, row, own)
            if cost <= dearest:
                yield self._with(state, at, column, row, cells + added + self.pieces[at].kind, cost)
            blank = self._blank(state, role, row)
            if role == NAME:
                if not any(len(other) > row for other in state.cells):
                    break
                blank = _NAME_LATER
            skipped += blank
            added += "-" if blank else "_"
            if skipped > _NEVER:
                break
        if "-" in cells:
            row = cells.index("-")
            refund = _NAME_LATER if role == NAME else self._blank(state, role, row)
            filled = _FILLED_AT_ONCE if state.last.row == row else _FILLED
            cost = state.cost - refund + filled + self._cell(state, at, column, row, own)
            yield self._with(state, at, column, row, cells[:row] + self.pieces[at].kind + cells[row + 1 :], cost)

    def _cell(self, state: _State, at: int, column: int, row: int, own: float) -> float:
        piece = self.pieces[at]
        role = self.columns[column]
        cost = self._step(state, at, column, row)
        cost += self._fit(state, role, row, piece.kind, own)
        if role == NAME:
            if state.ends[0] >= 0 and self._is_full(state.ends[0], at):
                cost += _FULL_ENDS
            if self.rests[at]:
                cost += _A_REST
            if piece.notes < _NEVER and piece.cell.text.endswith(_SENTENCE_END):
                cost += _A_SENTENCE
        return cost

    def _step(self, state: _State, at: int, column: int, row: int) -> float:
        """What it costs to go from the cell before to this one."""
        last = state.last
        piece = self.pieces[at]
        if last.column < 0:
            return 0.0 if row == 0 or last.column == NOTES else _JUMP
        before = self.pieces[at - 1]
        if piece.at and before.line == piece.line and not before.label:
            cost = 0.0 if column > last.column else _OUT_OF_LINE
            return cost + _OTHER_ROW * min(_MOST_JUMP, abs(row - last.row))
        if row == last.row and column > last.column:
            return _BROKEN if before.label else 0.0
        if column == 0 and row == last.row + 1:
            return 0.0
        if column == last.column and row == last.row + 1:
            return _DOWN
        if column > last.column and row < last.row:
            # The next column of rows that stand above.
            return _JUMP
        if row == last.row + 1 and column < last.column:
            return _NEXT_ROW
        if row == last.row:
            return _WITHIN_ROW
        back = _BACK if 0 < column < last.column else 0.0
        return _JUMP + back + _JUMP_ROW * min(_MOST_JUMP, abs(row - last.row))

    def _fit(self, state: _State, role: int, row: int, kind: str, own: float) -> float:
        """What a kind costs in a column, in view of what the row has already."""
        if role not in _FITTED:
            return own
        operator, value = self._kind(state, OPERATOR, row), self._kind(state, VALUE, row)
        if role == OPERATOR:
            return own + _conflict(kind, value)
        if role == VALUE:
            if operator == "q" and kind in "st":
                return 0.2
            return own + _conflict(operator, kind)
        if role == UNIT and (operator == "q" or value in _PLAIN_VALUES):
            return own + 2.0
        if (
            role == UNIT
            and kind == "s"
            and value == "n"
            and (state.last.column, state.last.row) == (self.has[VALUE], row)
        ):
            # Right behind a number, any short word is a unit.
            return _A_UNIT
        return own

    def _kind(self, state: _State, role: int, row: int) -> str:
        """The kind of a row's cell, "." where it is not known."""
        column = self.has.get(role)
        kinds = state.cells[column] if column is not None else ""
        return kinds[row] if row < len(kinds) else "."

    def _blank(self, state: _State, role: int, row: int) -> float:
        """What it costs that a cell is blank."""
        if role == UNIT:
            operator, value = self._kind(state, OPERATOR, row), self._kind(state, VALUE, row)
            if operator == "q" or value in ("m", "N", "g", "d", "s", "t"):
                return 0.0
            return _MISSING[UNIT]
        return _MISSING.get(role, 0.05)

    def _is_full(self, end: int, at: int) -> bool:
        """Whether a piece fills its column, so that what follows there may be its rest."""
        own = width(self.pieces[end].cell.text)
        return own + unit_width(self.pieces[at].cell.text) > self.room

    def _more(self, state: _State, at: int, column: int) -> _State:
        """The piece as more of the last cell of a column."""
        piece = self.pieces[at]
        end = state.ends[column]
        row = state.rows[column]
        before = self.pieces[end]
        cost = 0.0
        if piece.at and self.pieces[at - 1].line == piece.line and end == at - 1:
            cost += self._beside(before.kind + piece.kind, column)
        else:
            if self.columns[column] == NAME:
                cost += 0.0 if self._is_full(end, at) or self.rests[at] else _NOT_FULL
                cost += 0.0 if piece.kind in "st" else 1.5
            else:
                cost += self._more_value(before, piece, column)
            cost += _OTHER_BLOCK * (piece.block != before.block and state.last.row != row)
            beside = at > 0 and self.pieces[at - 1].line == piece.line and not self.pieces[at - 1].label
            if piece.at and beside and column <= state.last.column:
                cost += _OUT_OF_LINE
            elif (state.last.column, state.last.row) != (column, row):
                cost += 0.3 if state.last.row == row else _JUMP + _JUMP_ROW * min(_MOST_JUMP, abs(state.last.row - row))
        spot = Spot(column, row, more=True)
        ends = (*state.ends[:column], at, *state.ends[column + 1 :])
        return state._replace(cost=state.cost + cost, last=spot, ends=ends, path=_Path(spot, state.path))

    def _beside(self, kinds: str, column: int) -> float:
        """What it costs that a cell goes on behind a blank: with a number it does not. ``kinds`` of both pieces."""
        if self.columns[column] == NAME:
            return _WITHIN_NAME
        return _WITHIN_NUMBER if "n" in kinds or "N" in kinds else _WITHIN

    def torn_names(self, reading: Reading) -> set[int]:
        """The rows whose names go on behind a piece that does not fill its column."""
        found = set()
        before = -1
        for at, spot in enumerate(reading.spots):
            if spot.column != 0:
                continue
            piece = self.pieces[at]
            if spot.more and before >= 0:
                beside = before == at - 1 and piece.at and self.pieces[before].line == piece.line
                if not (beside or self._is_full(before, at) or self.rests[at]):
                    found.add(spot.row)
            before = at
        return found

    def _more_value(self, before: Piece, piece: Piece, column: int) -> float:
        """What it costs that a value or a unit goes on: cheap where both together are one, dear where they are not."""
        if piece.kind in "nNmd" or (before.kind == "n" and self.columns[column] == VALUE):
            return _NO_REST
        kind = self.kinds(before.cell.text + piece.cell.text)
        if self.columns[column] == UNIT:
            short = len(before.cell.text) + len(piece.cell.text) <= _LONGEST_UNIT
            return _REST if kind == "u" else _PERHAPS_REST if short and piece.kind in "us" else _NO_REST
        if kind in "gd" and kind != piece.kind:
            return _REST
        shorter = width(piece.cell.text) <= width(before.cell.text) + 1
        return _PERHAPS_REST if shorter and piece.kind in "sg" else _NO_REST

    def _with(self, state: _State, at: int, column: int, row: int, kinds: str, cost: float) -> _State:
        cells = (*state.cells[:column], kinds, *state.cells[column + 1 :])
        ends = (*state.ends[:column], at, *state.ends[column + 1 :])
        spot = Spot(column, row)
        rows = (*state.rows[:column], row, *state.rows[column + 1 :])
        weights = state.weights
        if self.columns[column] == WEIGHT:
            weights += self.pieces[at].number
            if weights > _MOST_WEIGHT >= state.weights:
                cost += _TOO_HEAVY
        return _State(cost, cells, spot, ends, rows, _Path(spot, state.path), weights)

    def _unfinished(self, state: _State) -> float:
        """What it costs that columns end before the last row."""
        height = max(map(len, state.cells))
        cost = 0.0
        for column, role in enumerate(self.columns):
            cells = state.cells[column]
            if role == NAME:
                cost += (_MISSING[NAME] - _NAME_LATER) * cells.count("-")
            for row in range(len(cells), height):
                if role == OPERATOR and self._kind(state, VALUE, row) in _PLAIN_VALUES:
                    cost += 0.5
                else:
                    cost += self._blank(state, role, row)
        return cost


def _is_rest(text: str) -> bool:
    """Whether a text can only be the rest of another: it begins with a closing sign, or closes what it did not open."""
    return text[0] in CLOSING or any(text.count(end) > text.count(begin) for begin, end in _BRACKETS)


def _cost(found: _State | Reading) -> float:
    return found.cost


def _conflict(operator: str, value: str) -> float:
    """What it costs that an operator stands before a value of a kind."""
    if operator == "q":
        return 3.0 if value in ("n", "N", "m") else 0.0
    if operator == "o":
        return {"g": 2.5, "s": 2.0, "t": 2.0, "d": 1.0, "m": 2.0, "u": 2.0}.get(value, 0.0)
    return 0.0


def _spots(state: _State) -> tuple[Spot, ...]:
    found: list[Spot] = []
    path = state.path
    while path is not None:
        found.append(path.spot)
        path = path.before
    return tuple(found[::-1])


def apart(spots: Sequence[Spot], columns: int, blank: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells (row, column) whose row only their order tells, and where that is open.

    A cell that stands in one run with the name of its row is sure. So are cells in a run down their column that fill
    all the rows begun so far. ``blank``: cells that are blank by nature.
    """
    cells = [spot for spot in spots if spot.column >= 0]
    sure: set[tuple[int, int]] = set()
    filled = [set[int]() for _ in range(columns)]
    for column, row in ((c, r) for r, c in blank):
        if column >= 0:
            filled[column].add(row)
    named: set[int] = set()
    at = 0
    while at < len(cells):
        end = at + 1
        while end < len(cells) and cells[end].row == cells[at].row:
            end += 1
        run = cells[at:end]
        if any(spot.column == 0 and not spot.more for spot in run):
            sure |= {(spot.row, spot.column) for spot in run}
        for spot in run:
            filled[spot.column].add(spot.row)
            if spot.column == 0:
                named.add(spot.row)
        at = end
    return _unsure(cells, sure, blank)


def _unsure(
    cells: Sequence[Spot], sure: set[tuple[int, int]], blank: Collection[tuple[int, int]]
) -> list[tuple[int, int]]:
    named: set[int] = set()
    have: set[tuple[int, int]] = set(blank)
    height = 1 + max((spot.row for spot in cells), default=-1)
    found: list[tuple[int, int]] = []
    block: list[Spot] = []
    for at, spot in enumerate(cells):
        if spot.column == 0:
            named.add(spot.row)
        have.add((spot.row, spot.column))
        if block and block[-1].column != spot.column:
            block = []
        block.append(spot)
        if at + 1 < len(cells) and cells[at + 1].column == spot.column:
            continue
        rows = named if spot.column else set(range(height))
        whole = all((row, spot.column) in have for row in rows)
        if not whole or (spot.column == 0 and any(s.more for s in block)):
            found += [(s.row, s.column) for s in block if (s.row, s.column) not in sure]
    return list(dict.fromkeys(found))
