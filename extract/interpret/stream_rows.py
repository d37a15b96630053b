"""The indicators of a form's stream: their cells by row and column, their labels, the notes behind them, as rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from typing import Final

from extract import checks
from extract.interpret import grammar
from extract.interpret import stream_cells as table
from extract.interpret.grammar import NAME, OPERATOR, UNIT, VALUE, WEIGHT
from extract.interpret.indicators import ROLE_OF
from extract.interpret.layout_text import join_pieces
from extract.interpret.prose import COUNTER
from extract.interpret.stream_form import StreamForm
from extract.interpret.stream_levels import Placed, placed
from extract.interpret.stream_spans import Named, Printed
from extract.interpret.stream_tokens import Token
from extract.interpret.stream_words import Word
from extract.interpret.values import number
from extract.model import Cell, Finding, Row

_SHOWN: Final = 24
# Readings of the table no further apart than this are both likely.
_CLOSE: Final = 1.3
# What it counts that weights sum as they should.
_SOUND: Final = 2.0
# A reading that costs so much a row, and so much besides, explains little.
_POOR: Final = 0.35
_POOR_BESIDES: Final = 3.0
# The columns of an indicator's target, and what stands in them beside a comparison.
_TARGET: Final = (OPERATOR, VALUE, UNIT, WEIGHT)
_KINDS_OF: Final = {OPERATOR: "o", VALUE: "nNgd", UNIT: "us", WEIGHT: "nN"}
_SENTENCE_END: Final = ("。", "！", "？")


class StreamRows:
    """The indicators of a form's stream."""

    def __init__(self, form: StreamForm) -> None:
        self.form = form
        self.by = form.by
        self.header = self._header()
        self.columns = [ROLE_OF[role] for role, _ in self.header]
        self.labels: list[Printed] = []
        self.pieces: list[table.Piece] = []
        # The token of each piece.
        self.tokens: list[int] = []
        self._collect()
        self._order()
        self.body = [role for role in self.columns if role >= NAME]
        # The lines that begin pages.
        self.breaks = [number for number, line in enumerate(form.lines) if "\f" in line]

    def _header(self) -> list[tuple[str, Cell]]:
        """The roles of the columns with their header words: the levels first, then the name, then as they stand."""
        form = self.form
        found: dict[str, Cell] = {}
        for word in form.words:
            role = form.role(word)
            if word.tokens[0] >= form.begins and role and role != "pass" and form.section(word) != "indicators":
                found.setdefault(role, form.cell(word))
        if "name" not in found:
            word = next(w for w in form.words if w.tokens[0] >= form.begins and form.role(w) == "name")
            found["name"] = form.cell(word)
        if "value" not in found and "operator" in found:
            # Its word was not found, but operators compare something.
            text = next(known for known, role in self.form.profile.columns.items() if role == "value")
            found["value"] = found["operator"]._replace(text=text, parts=())
        order = ["level1", "level2", "name"]
        rest = [role for role in found if role not in order]
        return [(role, found[role]) for role in (*order, *rest) if role in found]

    def _order(self) -> None:
        """Puts the columns of the target in the order in which the rows have them, where the header's words jump.

        A word that is broken over lines stands higher than its neighbours, and so may come too early.
        """
        own = [cell for role, (_, cell) in zip(self.columns, self.header, strict=True) if role in _TARGET]
        if len({cell.line for cell in own}) == 1 and not any(cell.parts for cell in own):
            return
        role_of = dict(zip(self.columns, self.header, strict=True))
        moving = [role for role in self.columns if role in _TARGET]
        kinds = [piece.kind for piece in self.pieces if not piece.label]
        usual = tuple(role for role in _TARGET if role in moving)
        best = max(permutations(moving), key=lambda order: (_agree(kinds, order), order == usual))
        order = iter(best)
        self.columns = [next(order) if role in _TARGET else role for role in self.columns]
        self.header = [role_of[role] for role in self.columns]

    def _collect(self) -> None:
        """The pieces of the table and its labels."""
        form = self.form
        notes = next((w for w in form.words if form.section(w) == "notes" and w.tokens[0] > form.begins), None)
        self.notes = notes
        last_text = max(
            (at for at in range(form.begins, len(form.stream)) if at not in form.taken), default=len(form.stream)
        )
        self.last_operator = max(
            (at for at, token in enumerate(form.stream) if self.by.kinds(token.text) in "oqm"), default=0
        )
        for at in range(form.begins, len(form.stream)):
            token = form.stream[at]
            word = form.taken.get(at)
            if word is not None:
                if at == word.tokens[0]:
                    self._word(word)
                continue
            if self._is_furniture(token):
                continue
            self.pieces.append(
                table.Piece(
                    token.cell,
                    self.by.kinds(token.text),
                    token.line,
                    token.at,
                    token.block,
                    notes=self._notes_cost(token, at, last_text),
                    page=self._may_be_page(token, at),
                    number=float(number(token.text) or 0),
                )
            )
            self.tokens.append(at)

    def _word(self, word: Word) -> None:
        """Takes in a printed word that is a level label; it may be a name instead."""
        form = self.form
        cell = form.cell(word)
        label = self.by.vocabulary.label(cell.text)
        if label is None or form.role(word) or form.section(word):
            return
        token = form.stream[word.tokens[0]]
        if not label.root:
            self.labels.append(Printed(cell, label, word.tokens[0], word.tokens[-1]))
        cost = 4.0 if label.root or cell.text.endswith("指标") else 1.0
        self.pieces.append(table.Piece(cell, "t", token.line, token.at, token.block, label=cost))
        self.tokens.append(word.tokens[0])

    def _is_furniture(self, token: Token) -> bool:
        """Whether a token begins a line that belongs to the page."""
        meaning = self.by.scanner.meaning(token.text).kind
        return (meaning == "page_number" and token.last and token.at == 0) or self.form.profile.is_furniture(token.text)

    def _notes_cost(self, token: Token, at: int, last: int) -> float:
        """What it costs to read a token as the notes: nothing right behind their label or at the very end."""
        if self.notes is None:
            return 9.0
        if at < self.notes.tokens[0]:
            return 4.0
        behind = at == self.notes.tokens[-1] + 1
        end = at == last or token.text.endswith(_SENTENCE_END)
        if end or behind:
            return 0.0 if end and behind else 0.3 if end else 0.8
        return 0.4 if at > self.last_operator else 2.5

    def _may_be_page(self, token: Token, at: int) -> bool:
        """Whether a number alone in its line stands where a page ends."""
        stream = self.form.stream
        alone = token.at == 0 and token.last and token.text.isdigit()
        if not alone:
            return False
        following = self.form.lines[token.line + 1 : token.line + 4]
        return any("\f" in line for line in following) or at == len(stream) - 1

    def read(self) -> tuple[list[Row], list[Finding]]:
        """The rows of the indicators, and what is doubtful in them."""
        form = self.form
        section = next(
            (w for w in form.words if form.section(w) == "indicators" and not form.role(w)),
            next((w for w in form.words if form.section(w) == "indicators"), None),
        )
        rows: list[Row] = []
        if section is not None:
            cell = form.cell(section)
            rows.append(Row(cell.line, [cell], 1))
        header = [cell._replace(col=i, x0=-1, x1=-1) for i, (_, cell) in enumerate(self.header)]
        rows.append(Row(header[0].line, header, len(header)))
        searched = table.Table(self.body, self.pieces, self.by.kinds)
        readings = sorted(searched.readings(), key=self._cost)
        best = readings[0]
        cells = self._cells(best)
        jumping = table.jumps(best.spots) > 0
        doubts = self._poor(best, cells, jumping=jumping)
        levels = self._levels(best, cells, jumping=jumping)
        doubts += self._differences(readings, cells)
        for row in sorted(searched.torn_names(best)):
            params = {"what": cells[row][NAME].text[:_SHOWN], "other": ""}
            doubts.append(Finding("layout_ambiguous", "indicators", None, None, params, cells[row][NAME]))
        doubts += self._apart(best, cells)
        rows += self._rows(cells, levels, doubts)
        rows += self._notes(best, doubts, jumping=jumping)
        for piece, spot in zip(self.pieces, best.spots, strict=True):
            if spot.column == table.UNREAD:
                params = {"text": piece.cell.text[:40]}
                doubts.append(Finding("cell_unread", "indicators", None, None, params, piece.cell))
        return rows, doubts

    def _cells(self, reading: table.Reading) -> list[dict[int, Cell]]:
        """The cells of each row by role."""
        found: list[dict[int, list[Cell]]] = [{} for _ in range(reading.height)]
        for piece, spot in zip(self.pieces, reading.spots, strict=True):
            if spot.column >= 0:
                found[spot.row].setdefault(self.body[spot.column], []).append(piece.cell)
        return [{role: join_pieces(pieces) for role, pieces in row.items()} for row in found]

    def _levels(self, reading: table.Reading, cells: Sequence[Mapping[int, Cell]], *, jumping: bool) -> list[Placed]:
        """The labels of each row."""
        begins: dict[int, int] = {}
        ends: dict[int, int] = {}
        of_line: dict[int, set[int]] = {}
        names: dict[int, int] = {}
        for at, spot in zip(self.tokens, reading.spots, strict=True):
            if spot.column >= 0:
                ends[spot.row] = max(at, ends.get(spot.row, at))
                of_line.setdefault(self.form.stream[at].line, set()).add(spot.row)
            if spot.column == 0:
                begins.setdefault(spot.row, at)
                names[at] = spot.row
        rows = [
            Named(
                row[NAME].text if NAME in row else "",
                begins.get(i, ends.get(i, 0)),
                ends.get(i, 0),
                max((len(cell.parts) for cell in row.values()), default=0) or 1,
                self._page(begins.get(i, ends.get(i, 0))),
            )
            for i, row in enumerate(cells)
        ]
        cells_at = {at: spot for at, spot in zip(self.tokens, reading.spots, strict=True) if spot.column >= 0}
        starts = {at: row for row, at in begins.items() if self._goes_on(at, row, cells_at)}
        labels = [self._printed(label, of_line, starts) for label in self.labels if label.start not in names]
        solid = not jumping and not self._has_blank_lines()
        centred = self._is_centred(rows)
        return placed(labels, rows, self.by.vocabulary, jumping=jumping, solid=solid, centred=centred)

    @staticmethod
    def _goes_on(at: int, row: int, cells_at: Mapping[int, table.Spot]) -> bool:
        """Whether the row that begins with the name at a token goes on behind that name."""
        while at in cells_at and cells_at[at].column == 0 and cells_at[at].row == row:
            at += 1
        return at in cells_at and cells_at[at].row == row

    def _is_centred(self, rows: Sequence[Named]) -> bool:
        """Whether the label over all indicators stands among them, as it does where labels are in the middle."""
        form = self.form
        over: dict[str, list[int]] = {}
        for word in form.words:
            if form.section(word) == "indicators" or self._is_root(word):
                over.setdefault(word.text, []).append(word.tokens[0])
        # A word that stands before them too is one of a header that pages repeat.
        return bool(rows) and any(rows[0].start < min(own) < rows[-1].start for own in over.values())

    def _is_root(self, word: Word) -> bool:
        label = self.by.vocabulary.label(word.text)
        return label is not None and label.root

    def _page(self, at: int) -> int:
        """The page that a token is on."""
        return bisect_right(self.breaks, self.form.stream[at].line)

    def _printed(self, label: Printed, of_line: Mapping[int, set[int]], starts: Mapping[int, int]) -> Printed:
        """A label with what stands around it."""
        stream, taken = self.form.stream, self.form.taken
        beside = tuple(sorted(of_line.get(stream[label.start].line, ())))
        behind = label.end + 1
        within = [starts[at] for at in range(label.start, label.end) if at in starts]
        row = next(iter((*beside, *within)), -1)
        while row < 0 and behind in taken:
            other = self.by.vocabulary.label(taken[behind].text)
            if other is None or other.kind == label.label.kind:
                break
            behind += 1
        return label._replace(
            beside=beside,
            row=row if row >= 0 else starts.get(behind, -1),
            lines=stream[label.end].line - stream[label.start].line + 1,
            blocks=(stream[label.start].block, stream[label.end].block),
            page=self._page(label.start),
        )

    def _has_blank_lines(self) -> bool:
        """Whether blank lines stand among the indicators, page breaks aside."""
        first = self.form.stream[self.form.begins].line
        last = self.form.stream[-1].line
        own = self.form.lines[first : last + 1]
        return any(not line.strip() and "\f" not in line for line in own)

    def _rows(
        self, cells: Sequence[Mapping[int, Cell]], levels: Sequence[Placed], doubts: list[Finding]
    ) -> Iterator[Row]:
        """The rows, each label in the first of its rows."""
        before: Placed | None = None
        for row, own in zip(cells, levels, strict=True):
            found: list[Cell] = []
            same = before is not None and before.first == own.first
            if own.first is not None and not same and self.columns[0] < NAME:
                found.append(own.first.cell._replace(col=0))
            if own.second is not None and not (same and before and before.second == own.second):
                found.append(own.second.cell._replace(col=max(0, self.columns.index(NAME) - 1)))
            before = own
            at = self.columns.index
            found += (row[role]._replace(col=at(role), x0=-1, x1=-1) for role in sorted(row, key=at))
            yield Row(found[0].line, found, len(self.columns))
            place = row.get(NAME)
            for field, one, other in (
                ("level1", own.first, own.other_first),
                ("level2", own.second, own.other_second),
            ):
                if other is not None:
                    params = {"what": one.cell.text[:_SHOWN] if one else "", "other": other.cell.text[:_SHOWN]}
                    doubts.append(Finding("layout_ambiguous", "indicators", None, field, params, place))

    def _cost(self, reading: table.Reading) -> float:
        """The cost of a reading in view of its weights: those of a sound form sum to 90 or 100."""
        if WEIGHT not in self.body:
            return reading.cost
        column = self.body.index(WEIGHT)
        spots = zip(self.pieces, reading.spots, strict=True)
        weights = [number(piece.cell.text) for piece, spot in spots if spot.column == column]
        known = [weight for weight in weights if weight is not None]
        sound = len(known) == reading.height and checks.is_sound_sum(sum(known, Decimal(0)))
        return reading.cost - (_SOUND if sound else 0.0)

    def _poor(self, reading: table.Reading, cells: Sequence[Mapping[int, Cell]], *, jumping: bool) -> list[Finding]:
        """A finding on the whole table where it is explained badly.

        In a stream that jumps, a row that lacks something may lend it from another, so no row is beyond doubt.
        """
        poor = jumping and reading.cost > _POOR_BESIDES + _POOR * reading.height
        asked = {NAME, VALUE, *(role for role in (OPERATOR, WEIGHT) if any(role in row for row in cells))}
        lacking = jumping and any(not asked <= row.keys() for row in cells)
        if not self.pieces or not (poor or lacking):
            return []
        return [Finding("layout_uneven", "indicators", None, None, {}, self.pieces[0].cell)]

    def _apart(self, reading: table.Reading, cells: Sequence[Mapping[int, Cell]]) -> list[Finding]:
        """Findings on cells that stand apart from their rows, where it is only their order that tells their rows."""
        found = []
        for row, column in table.apart(reading.spots, len(self.body), self._natural(cells)):
            role = self.body[column]
            one = cells[row].get(role)
            near = next((cells[i].get(role) for i in (row + 1, row - 1) if 0 <= i < len(cells)), None)
            params = {"what": one.text[:_SHOWN] if one else "", "other": near.text[:_SHOWN] if near else ""}
            field = _field(role)
            found.append(Finding("layout_ambiguous", "indicators", None, field, params, cells[row].get(NAME) or one))
        return found

    def _natural(self, cells: Sequence[Mapping[int, Cell]]) -> set[tuple[int, int]]:
        """The cells (row and column) that are blank by nature: the unit of a value that is no number."""
        column = next((i for i, role in enumerate(self.body) if role == UNIT), -1)
        return {
            (row, column)
            for row, own in enumerate(cells)
            if UNIT not in own and (VALUE not in own or self.by.kinds(own[VALUE].text) != "n")
        }

    def _differences(self, readings: Sequence[table.Reading], cells: Sequence[Mapping[int, Cell]]) -> list[Finding]:
        """Findings on the cells that another likely reading has otherwise."""
        found: dict[tuple[int, int], Finding] = {}
        by_rows = not table.jumps(readings[0].spots)
        least = self._cost(readings[0])
        for other in readings[1:]:
            if self._cost(other) - least >= _CLOSE:
                break
            if by_rows and table.jumps(other.spots):
                # A stream that goes through all its rows in order does not jump in one of them.
                continue
            theirs = self._cells(other)
            for i, row in enumerate(cells):
                for role in self.body:
                    one = row.get(role)
                    two = theirs[i].get(role) if i < len(theirs) else None
                    if (one.text if one else "") == (two.text if two else "") or (i, role) in found:
                        continue
                    params = {"what": one.text[:_SHOWN] if one else "", "other": two.text[:_SHOWN] if two else ""}
                    field = _field(role)
                    found[i, role] = Finding(
                        "layout_ambiguous", "indicators", None, field, params, row.get(NAME) or one
                    )
        return list(found.values())

    def _notes(self, reading: table.Reading, doubts: list[Finding], *, jumping: bool) -> list[Row]:
        if self.notes is None:
            return []
        label = self.form.cell(self.notes)
        places = [at for at, spot in enumerate(reading.spots) if spot.column == table.NOTES]
        own = [self.pieces[at].cell for at in places]
        whole = len({self.pieces[at].block for at in places}) == 1
        cells = [join_pieces(own)._replace(col=1)] if own else []
        if jumping and not (whole and cells[0].text.endswith(_SENTENCE_END)):
            params = {"what": cells[0].text[:_SHOWN] if cells else "", "other": ""}
            doubts.append(Finding("layout_ambiguous", "documents", None, "other_notes", params, label))
        elif any(COUNTER.fullmatch(cell.text) for cell in own):
            # It lacks where it counts: at a goal, as a rule.
            params = {"what": cells[0].text[:_SHOWN], "other": own[-1].text[:_SHOWN]}
            doubts.append(Finding("layout_ambiguous", "documents", None, "other_notes", params, label))
            doubts.append(Finding("layout_ambiguous", "goals", None, None, params, label))
        return [Row(label.line, [label, *cells], 2)]


def _field(role: int) -> str | None:
    """The field of a column; a doubt about the name is one about its row."""
    return grammar.ROLES[role] if OPERATOR <= role <= WEIGHT else None


def _agree(kinds: Sequence[str], order: Sequence[int]) -> int:
    """How many operators have, before and behind them, what an order of the columns puts there."""
    if OPERATOR not in order:
        return 0
    at = order.index(OPERATOR)
    count = 0
    for i, kind in enumerate(kinds):
        if kind == "o":
            start = i - at
            own = kinds[max(0, start) : start + len(order)]
            count += start >= 0 and all(k in _KINDS_OF[role] for k, role in zip(own, order, strict=False))
    return count
