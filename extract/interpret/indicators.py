"""The indicator table: rows to a tree of indicators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from extract.checks import is_sound_sum
from extract.clean import squash
from extract.interpret import grammar
from extract.interpret.anchored import by_place
from extract.interpret.broken import NO_BEGINNING, continues, fills, is_signed, together, usual_width
from extract.interpret.grammar import (
    DEFAULT_COLUMNS,
    LEVEL1,
    LEVEL2,
    NAME,
    OPERATOR,
    UNIT,
    VALUE,
    WEIGHT,
    Explanation,
    Gaps,
    Grammar,
    Pick,
    Plan,
    Read,
    Reading,
)
from extract.interpret.kinds import Kinds
from extract.interpret.learned import learn, unknown, with_directions, with_signs
from extract.interpret.long_rows import MORE_CELLS, cut_long
from extract.interpret.placeholders import is_placeholder, without_placeholders
from extract.interpret.singles import words
from extract.interpret.usual import Usual
from extract.interpret.values import NUMBERS, number, target
from extract.model import Cell, Finding, Indicator, Row, Weighed
from extract.places import join
from extract.vocabulary import Label, Vocabulary

ROLE_OF: Final = {
    "level1": LEVEL1,
    "level2": LEVEL2,
    "name": NAME,
    "operator": OPERATOR,
    "value": VALUE,
    "unit": UNIT,
    "weight": WEIGHT,
    "direction": grammar.DIRECTION,
    "achieved": grammar.ACHIEVED,
    "score": grammar.SCORE,
    "pass": grammar.PASS,
}
# tuple.__new__ and not Indicator(...): half the time, and every row takes one.
_new = tuple.__new__
# A name so short may be a piece of another row.
_PIECE: Final = 2
# A date that breaks off: 2023年8.
_OPEN_DATE: Final = re.compile(r"(?:19|20)\d{2}年(?:\d{1,2}月)?\d{1,2}$")
# Parts the rows of a header, where its words are a key.
_END: Final = Cell("", 0, 0, 0, 0)
_REMEMBERED: Final = 4096
# A third of the time that names take, of cells by the hundred.
_TEXT: Final = itemgetter(Cell._fields.index("text"))
_CELLS: Final = attrgetter("cells")
_COL: Final = itemgetter(Cell._fields.index("col"))
# From this cost on, a row is not well explained as a row of its own.
_POOR: Final = 4.0
# Below this cost, a row has all that it needs.
_FINISHED: Final = 1.0
_WITNESS: Final = 2.0
# The lower half of a row that was cut within its value has no more cells: the value, its unit, the weight, a direction.
_HALF: Final = 4
# No table has more; what a row costs to explain grows faster than its columns.
_MOST_COLUMNS: Final = 24
# A row of an indicator has a name, a value and one thing more at least.
_FEWEST: Final = 3
# In a long row, every cut has its price, and a remark at the end of a row is more likely the next row's name.
# A line of the page (主办：…　备案号：…) has no more cells than this.
_FURNITURE: Final = 2
_A_CUT: Final = 0.3
_PASSED: Final = 1.0


class _Headed(NamedTuple):
    """What header rows say: what reads the rows below, and the words of no known column, by header row and place."""

    grammar: Grammar
    unknown_words: tuple[tuple[int, int], ...]


class Tree(NamedTuple):
    """The indicators of a form, what is doubtful about them, and how their rows were read under which columns."""

    indicators: list[Indicator]
    findings: list[Finding]
    reads: Sequence[Read]
    columns: tuple[int, ...]
    # What the row of each indicator costs to read.
    weighed: tuple[Weighed, ...] = ()
    # Whether the form shows no levels: neither its header nor any row.
    flat: bool = False


class IndicatorReader:
    """Reads the rows of indicator tables by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.kinds = Kinds(vocabulary)
        self._kind = self.kinds.known.__getitem__
        self._gaps = Gaps()
        self._grammars: dict[tuple[int, ...], Grammar] = {}
        # By the words of the header rows.
        self._headed: dict[tuple[str, ...], _Headed] = {}

    def read(self, rows: Sequence[Row], headers: Sequence[Row]) -> Tree:
        """The tree of the rows under one header (or none: the usual columns)."""
        reader, unknown_words = self._header(headers)
        rows = without_placeholders(rows, self.vocabulary)
        doubts: list[Finding] = []
        if len(headers) == 1 and (grammar.PASS in reader.columns or grammar.DIRECTION in reader.columns):
            reader, doubts = self._learned(rows, headers[0], reader)
        reads = self.whole_rows(rows, reader)
        told = self._grammar(with_directions(reader.columns[1:], reads, lambda own: self._costs(rows, own)))
        if told is not reader:
            reader, reads = told, self.whole_rows(rows, told)
        reads = by_place(reads, headers, reader, self.kinds)
        tree = _TreeBuilder(self).build(reads, reader.columns)
        flat = (
            LEVEL1 not in reader.columns
            and LEVEL2 not in reader.columns
            and not any(i.level1 or i.level2 for i in tree.indicators)
        )
        if unknown_words:
            learned = {doubt.place for doubt in doubts}
            cells = [headers[row].cells[at] for row, at in unknown_words]
            doubts += [_column_unknown(cell) for cell in cells if cell not in learned]
        return tree._replace(flat=flat, findings=[*tree.findings, *doubts]) if flat or doubts else tree

    def grammar(self, headers: Sequence[Row]) -> Grammar:
        """What reads the rows under these header rows."""
        return self._header(headers).grammar

    def _header(self, headers: Sequence[Row]) -> _Headed:
        """What header rows say; remembered, since a county's forms share them."""
        words = tuple([cell.text for header in headers for cell in (*header.cells, _END)])
        found = self._headed.get(words)
        if found is None:
            reader = self._grammar(self.all_columns(headers) if headers else DEFAULT_COLUMNS)
            unknown_words = tuple((row, at) for row, header in enumerate(headers) for at in self._unknown(header))
            found = _Headed(reader, unknown_words)
            if len(self._headed) < _REMEMBERED:
                self._headed[words] = found
        return found

    def _grammar(self, columns: tuple[int, ...]) -> Grammar:
        reader = self._grammars.get(columns)
        return reader if reader is not None else self._grammars.setdefault(columns, Grammar(columns))

    def _learned(self, rows: Sequence[Row], header: Row, reader: Grammar) -> tuple[Grammar, list[Finding]]:
        """What reads the rows once columns with unknown header words are told by what stands in them."""
        places = unknown(header, self.vocabulary.profile.column)
        body = [row for row in rows if _FEWEST <= len(row.cells) <= len(header.cells) + 1]
        columns = reader.columns[1:]

        def cost(tried: tuple[int, ...]) -> list[float]:
            return self._costs(body, tried)

        if any(self.kinds(cell.text) == "o" for row in body for cell in row.cells):
            columns = with_signs(columns, places, cost)
        if not places or not body or len(header.cells) != len(columns):
            return self._grammar(columns), []

        def sums(tried: tuple[int, ...]) -> bool:
            own = self._grammar(tried)
            found = [(row, self.explain(row, own).plan.weight) for row in body]
            weights = [number(row.cells[at].text) if at >= 0 else None for row, at in found]
            stated = [weight for weight in weights if weight is not None]
            return len(stated) == len(weights) and is_sound_sum(sum(stated, Decimal(0)))

        learned = learn(columns, header.cells, places, cost, sums)
        return self._grammar(learned.columns), learned.findings

    def _costs(self, rows: Iterable[Row], columns: tuple[int, ...]) -> list[float]:
        """What it costs to read each row under these columns."""
        own = self._grammar(columns)
        return [self.explain(row, own).best.cost for row in rows]

    def all_columns(self, headers: Sequence[Row]) -> tuple[int, ...]:
        """The columns of a header that may have two rows: 年度指标值 over 指标性质, 指标值 and 度量单位.

        What the upper row names besides stands behind what the lower row names.
        """
        first = self.columns(headers[0])
        if (NAME in first and LEVEL1 in first) or len(headers) == 1:
            return first
        lower = self.columns(headers[1])
        if NAME not in lower:
            return first
        return (*lower, *(role for role in first if role not in lower and role > NAME))

    def columns(self, header: Row) -> tuple[int, ...]:
        """The roles of the header's columns in order; a column with words of no meaning here is passed over."""
        profile = self.vocabulary.profile
        known = profile.columns
        roles: list[int] = []
        cells = [squash(cell.text) for cell in header.cells]
        i = 0
        while i < len(cells):
            pair = known.get(cells[i] + cells[i + 1]) if i + 1 < len(cells) else None
            if pair != known.get(cells[i], pair):
                pair = None
            roles.append(ROLE_OF[pair or profile.column(cells[i]) or "pass"])
            i += 2 if pair else 1
        return _once(roles)

    def _unknown(self, header: Row) -> Iterable[int]:
        """The header words of which nothing tells what their columns hold, the table's label aside."""
        profile = self.vocabulary.profile
        words = [squash(cell.text) for cell in header.cells]
        first = next((i for i, word in enumerate(words) if word in profile.columns), 0)
        for i in range(len(words)):
            beside = {words[i] + words[i + 1]} if i + 1 < len(words) else set()
            beside |= {words[i - 1] + words[i]} if i else set()
            if i > first and profile.column(words[i]) is None and beside.isdisjoint(profile.columns):
                yield i

    def explain(self, row: Row, reader: Grammar) -> Explanation:
        """How a row reads under a header."""
        cells = row.cells
        look = "".join(map(self._kind, map(_TEXT, cells))) + self._gaps[tuple(map(_COL, cells))]
        return reader.known.get(look) or reader.explain(look)

    def whole_rows(self, rows: Sequence[Row], reader: Grammar) -> list[Read]:
        """The rows with their explanations, broken ones put together."""
        profile = self.vocabulary.profile
        furniture, sums = profile.furniture_firsts, profile.sum_rows
        width = usual_width(rows)
        usual = Usual(lambda: [self.explain(row, reader).best.roles for row in rows])
        weighed = WEIGHT in reader.columns
        found: list[Read] = []
        apart: Iterable[Row] = rows
        if max(map(len, map(_CELLS, rows)), default=0) > len(reader.columns) + MORE_CELLS:
            apart = cut_long(rows, len(reader.columns), partial(self._cost, reader=reader))
        for given in apart:
            cells = given.cells
            first = cells[0].text
            if first[0] in furniture and profile.is_furniture(first) and (len(cells) <= _FURNITURE or is_signed(cells)):
                continue
            row = given
            if len(cells) == 1 and " " in first and self.vocabulary.label(first) is None:
                row = _at_single_blanks(given)
                first = row.cells[0].text
            if first in sums and all(self.kinds(cell.text) in "nNg" for cell in row.cells[1:]):
                continue
            read = Read(row, self.explain(row, reader))
            if cells[0].col == 0 and found and continues(row):
                whole = None
                if _may_continue(found[-1].explanation, read.explanation, self.kinds(cells[0].text)):
                    whole = self._joined(found[-1], read, reader, width)
                if whole is None and weighed and WEIGHT not in found[-1].explanation.best.roles:
                    whole = self._mended(found[-1], read, reader, usual)
                if whole is not None:
                    found[-1] = whole
                    continue
            found.append(read)
        return found

    def _cost(self, cells: list[Cell], reader: Grammar) -> float:
        """What it costs to read these cells of a long row as one row."""
        best = self.explain(Row(0, cells, 0), reader).best
        passed = _PASSED if best.roles[-1] == grammar.PASS else 0.0
        return best.cost + passed + _A_CUT

    def _joined(self, first: Read, rest: Read, reader: Grammar, width: int) -> Read | None:
        """Two rows as one, where that explains them better."""
        if first.explanation.best.roles[-1] <= LEVEL2 and len(rest.row.cells) > 1:
            return None
        row = together(first.row, rest.row)
        explanation = self.explain(row, reader)
        if len(row.cells) == len(first.row.cells) + len(rest.row.cells):
            # The first piece ends with blank cells; that they stood before the break is no more than likely.
            closer = together(_trimmed(first.row), rest.row)
            read = self.explain(closer, reader)
            if read.best.cost < explanation.best.cost:
                row, explanation = closer, read
        apart = first.explanation.best.cost + rest.explanation.best.cost
        witness = _WITNESS if fills(first.row, rest.row, width) else 0.0
        return Read(row, explanation) if explanation.best.cost - witness < apart - grammar.CLOSE else None

    def _mended(self, first: Read, rest: Read, reader: Grammar, usual: Usual) -> Read | None:
        """Two rows as one that has all that rows of this table have, where each of them lacks some of it."""
        here = rest.explanation.best.roles
        if len(here) > _HALF or WEIGHT not in usual.roles or usual.holds(here):
            return None
        if self.kinds(rest.row.cells[0].text) in "R12B":
            return None
        row = together(first.row, rest.row)
        explanation = self.explain(row, reader)
        best = explanation.best
        worst = max(first.explanation.best.cost, rest.explanation.best.cost, _FINISHED)
        return Read(row, explanation) if usual.holds(best.roles) and best.cost <= worst else None


def _column_unknown(cell: Cell) -> Finding:
    return Finding("column_unknown", "indicators", None, None, {"word": cell.text[:40]}, cell)


def _may_continue(before: Explanation, here: Explanation, first: str) -> bool:
    """Whether a row could be the rest of the one before it: that one lacks something, or this one is none by itself.

    A label begins something, and never goes on with a text; a row that has all it needs takes no further text.
    """
    if first in "R12B":
        return False
    if here.best.cost >= _POOR and NAME not in here.best.roles:
        return True
    if len(here.best.roles) == 1 and first in grammar.NO_NAME and not grammar.full(before.best.roles):
        # A number or a unit by itself is the rest of a value.
        return True
    if before.best.cost < _FINISHED or grammar.full(before.best.roles):
        return False
    return not grammar.complete(before.best.roles) or here.best.cost >= _POOR


def _trimmed(row: Row) -> Row:
    """The row without the blank places at its end."""
    return Row(row.line, row.cells, row.cells[-1].col + 1, row.page)


def _at_single_blanks(row: Row) -> Row:
    """A row of one cell cut at its blanks: some tools put a single one between cells."""
    return Row(row.line, [word._replace(col=0) for word in words(row.cells[0])], 1, row.page)


def _last(roles: Sequence[int], role: int) -> int:
    return len(roles) - 1 - roles[::-1].index(role)


def _once(roles: Sequence[int]) -> tuple[int, ...]:
    """The roles of a header's columns, each given once; what repeats one is passed over.

    Where the names repeat, two tables stand side by side, the term's and the year's: the second counts.
    """
    found = list(roles)
    if found.count(NAME) > 1 and VALUE in found[_last(found, NAME) :]:
        first = found.index(NAME)
        second = next(i for i in range(first + 1, len(found)) if found[i] in (LEVEL1, LEVEL2, NAME))
        # Right behind the names, 指标内容 says more of them.
        if found[second] != NAME or VALUE in found[first:second]:
            found[:second] = [grammar.ASIDE if role in found[second:] else role for role in found[:second]]
    once = (role if role == grammar.ASIDE or found.index(role) == i else grammar.PASS for i, role in enumerate(found))
    return tuple(once)[:_MOST_COLUMNS]


def _is_piece(name: Cell, *, gaps: bool) -> bool:
    """Whether a name looks like a piece of another row: begun in mid-text, with the end of a sentence, or short.

    ``gaps``: its row lacks something. A break of lines leaves a piece at the start of its line.
    """
    text = name.text
    return text[0] in NO_BEGINNING or "。" in text or (gaps and len(text) <= _PIECE and name.start == 0)


class _TreeBuilder:
    """Goes down the rows of one table and keeps the labels they stand under."""

    def __init__(self, reader: IndicatorReader) -> None:
        self.kinds = reader.kinds
        self.vocabulary = reader.vocabulary
        self.level1: str | None = None
        self.level2: str | None = None
        self.raw1: str | None = None
        self.raw2: str | None = None
        self.basis1: str | None = None
        self.basis2: str | None = None
        # The cells of the labels above, by the fields that come from them.
        self.above: dict[str, Cell] = {}
        self.indicators: list[Indicator] = []
        self.weighed: list[Weighed] = []
        self.findings: list[Finding] = []

    def build(self, reads: Sequence[Read], columns: tuple[int, ...]) -> Tree:
        for read in reads:
            row, explanation = read.row, read.explanation
            plan = explanation.plan
            if self.basis1 == "stated":
                self.basis1 = "inherited"
            if self.basis2 == "stated":
                self.basis2 = "inherited"
            if plan.labelled:
                self._levels(
                    row.cells[plan.level1] if plan.level1 >= 0 else None,
                    row.cells[plan.level2] if plan.level2 >= 0 else None,
                    placed=plan.placed,
                )
            if plan.usual is not None and self._usual(row.cells, plan.usual):
                self.weighed.append(explanation.weighed)
                continue
            if plan.whole:
                self._indicator(row.cells, plan)
            else:
                self._odd_row(row, explanation, plan)
            if len(self.indicators) > len(self.weighed):
                self.weighed.append(explanation.weighed)
        return Tree(self.indicators, self.findings, reads, columns, tuple(self.weighed))

    def _odd_row(self, row: Row, explanation: Explanation, plan: Plan) -> None:
        """A row that lacks something, or has something too much, or can be read in two ways."""
        cells = row.cells
        if plan.name < 0 and not plan.tail:
            if plan.extra >= 0:
                self.findings.append(
                    Finding(
                        "row_unread", "indicators", None, None, {"text": cells[plan.extra].text[:40]}, cells[plan.extra]
                    )
                )
            return
        self._indicator(cells, plan)
        seq = len(self.indicators) - 1
        if plan.extra >= 0:
            self._doubt("cell_unread", cells[plan.extra], seq, text=cells[plan.extra].text[:40])
        if plan.half:
            self._doubt("side_by_side", cells[plan.name], seq, name=cells[plan.name].text[:40])
        if explanation.second is not None and explanation.margin < grammar.CLOSE:
            self._close(explanation.best, explanation.second, row, seq)

    def _close(self, best: Reading, second: Reading, row: Row, seq: int) -> None:
        """A finding on the first cell that the next explanation would read as something else."""
        for cell, role, other in zip(row.cells, best.roles, second.roles, strict=True):
            if role != other:
                self._doubt(
                    "row_ambiguous",
                    cell,
                    seq,
                    text=cell.text[:40],
                    role=grammar.ROLES[role],
                    other=grammar.ROLES[other],
                )
                return

    def _levels(self, first: Cell | None, second: Cell | None, *, placed: bool) -> None:
        """Takes in the labels of a row. ``placed``: it is certain which is of which level."""
        one = self.vocabulary.label(first.text) if first is not None else None
        two = self.vocabulary.label(second.text) if second is not None else None
        if not placed:
            first, second, one, two = self._by_tree(first, second, one, two)
        if first is not None:
            name = one.level1 if one is not None and one.level1 else first.text
            if name != self.level1 or second is not None:
                self.level2 = self.raw2 = self.basis2 = None
                self.above = {}
            self.level1, self.raw1, self.basis1 = name, first.text, "stated"
            self.above = {**self.above, "level1": first, "level1_raw": first}
        if second is not None:
            name = two.level2 if two is not None and two.level2 else second.text
            self.level2, self.raw2, self.basis2 = name, second.text, "stated"
            self.above = {**self.above, "level2": second, "level2_raw": second}
            parents = self.vocabulary.parents.get(name, ())
            if parents and self.level1 not in parents and first is None and not placed:
                self.level1, self.raw1, self.basis1 = parents[0], None, "inferred"
                self.above = {"level1": second, "level2": second, "level2_raw": second}

    def _by_tree(
        self, first: Cell | None, second: Cell | None, one: Label | None, two: Label | None
    ) -> tuple[Cell | None, Cell | None, Label | None, Label | None]:
        """A row's labels and their meanings, by level; one alone that can be of either is of the one it fits here."""
        if first is not None and second is None and one is not None and one.level2 and self._is_second(one):
            return None, first, None, one
        if second is not None and first is None and two is not None and two.level1 and not self._is_second(two):
            return second, None, two, None
        return first, second, one, two

    def _is_second(self, label: Label) -> bool:
        """Whether a label that can be of either level (成本指标, 满意度指标) is of the second here.

        It is where it stands under the first-level label that the standard tree puts it under.
        """
        return label.level1 is None or (
            label.level2 is not None and self.level1 in self.vocabulary.parents.get(label.level2, ())
        )

    def _usual(self, cells: list[Cell], pick: Pick) -> bool:
        """Takes in a row of the usual kind: ``_indicator`` in a third of the time. False where it is not of that kind.

        Its operator is a known sign, its value and its weight are plain numbers.
        """
        name, operator, value, unit, weight = pick(cells)
        sign = self.vocabulary.operators.get(operator.text)
        called, text, heft = name.text, value.text, weight.text
        figure = NUMBERS.get(text) or number(text)
        weighed = NUMBERS.get(heft) or number(heft)
        if sign is None or figure is None or weighed is None or called[0] in "….·":
            return False
        places = self.above.copy()
        places["name"] = name
        places["operator"] = operator
        places["value"] = places["value_number"] = value
        places["unit"] = unit
        places["weight"] = weight
        bases = (self.raw1, self.raw2, self.basis1, self.basis2)
        fields = (self.level1, self.level2, called, *bases, sign, "stated", text, figure, unit.text, None, weighed)
        self.indicators.append(_new(Indicator, (*fields, None, None, None, False, places)))
        return True

    def _unlikely(self, name: Cell) -> None:
        """A finding on a name that may be a piece of another row: no row near it is beyond doubt."""
        self.findings.append(Finding("name_unlikely", "indicators", None, None, {"name": name.text[:40]}, name))

    def _indicator(self, cells: list[Cell], plan: Plan) -> None:
        places = self.above.copy()
        name = None
        if plan.name >= 0:
            cell = cells[plan.name]
            if plan.more_name:
                cell = join([cell, *(cells[i] for i in plan.more_name)])
            places["name"] = cell
            name = cell.text
            # A break of lines leaves a piece at the start of its line.
            if plan.odd or _is_piece(cell, gaps=plan.gaps) or is_placeholder(name, self.vocabulary):
                self._unlikely(cell)
        aim = target(
            cells[plan.operator] if plan.operator >= 0 else None,
            cells[plan.value] if plan.value >= 0 else None,
            cells[plan.unit] if plan.unit >= 0 else None,
            self.kinds,
            places,
        )
        weight = None
        if plan.weight >= 0:
            cell = cells[plan.weight]
            weight = self._weight(cell.text)
            if weight is not None:
                places["weight"] = cell
        direction = None
        if plan.direction >= 0:
            cell = cells[plan.direction]
            direction = cell.text
            places["direction"] = cell
        achieved = score = None
        if plan.achieved >= 0:
            cell = cells[plan.achieved]
            achieved = cell.text
            places["achieved"] = cell
        if plan.score >= 0:
            cell = cells[plan.score]
            score = self._weight(cell.text)
            if score is not None:
                places["score"] = cell
        if plan.value >= 0 and aim[3] is None and _OPEN_DATE.match(places["value"].text):
            place = places["value"]
            self.findings.append(Finding("value_broken", "indicators", None, None, {"value": place.text}, place))
        if plan.unit >= 0 and plan.value >= 0 and places["value"] is not cells[plan.value]:
            self._unit_twice(cells[plan.value], places["value"], cells[plan.unit])
        levels = (self.level1, self.level2, name, self.raw1, self.raw2, self.basis1, self.basis2)
        self.indicators.append(_new(Indicator, (*levels, *aim, weight, direction, achieved, score, False, places)))

    def _unit_twice(self, whole: Cell, figure: Cell, unit: Cell) -> None:
        """A finding where a unit stands behind the number of a value, and another one in a cell of its own."""
        behind = whole.text.rpartition(figure.text)[2]
        rest = squash(behind[: self.kinds.ending(behind, 0, len(behind))[0]])
        if rest and rest != squash(unit.text):
            params = {"own": rest[:20], "unit": unit.text[:20]}
            self.findings.append(Finding("unit_twice", "indicators", len(self.indicators), "unit", params, unit))

    def _weight(self, text: str) -> Decimal | None:
        """A weight, a 分 or % behind it allowed."""
        found = number(text)
        if found is None:
            measured = self.kinds.measured(text)
            found = number(measured[0]["number"]) if measured else None
        return found

    def _doubt(self, code: str, cell: Cell, seq: int, **params: object) -> None:
        self.findings.append(Finding(code, "indicators", seq, None, params, cell))
