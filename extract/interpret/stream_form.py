"""The sections of a form's stream, told by its printed words; head, funding, goals and tasks as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from extract.interpret import stream_head as heads
from extract.interpret.funding import header_word
from extract.interpret.kinds import Kinds
from extract.interpret.layout_text import join_pieces
from extract.interpret.sections import Scanner
from extract.interpret.stream_tasks import Line, paragraphs, tasks
from extract.interpret.stream_tokens import Token, is_spaced, line_cell
from extract.interpret.stream_words import Word
from extract.model import Cell, Finding, Row
from extract.vocabulary import ColumnName, Vocabulary

# So many words of columns are the header of the indicators; words as short as 单位 do not count.
HEADER_WORDS: Final = 4
_SHORT: Final = 2
# Lines as short as this before the goals are no text of theirs.
_FRAGMENT: Final = 4
_FIELDS: Final = frozenset({"level1", "level2", "name", "operator", "value", "unit", "weight"})
_SHOWN: Final = 24


class Words(NamedTuple):
    """What a stream is read by."""

    vocabulary: Vocabulary
    scanner: Scanner
    kinds: Kinds


class StreamForm:
    """One form's stream and its printed words."""

    def __init__(
        self,
        by: Words,
        lines: Sequence[str],
        first_line: int,
        stream: Sequence[Token],
        found: Sequence[Word],
    ) -> None:
        self.by = by
        self.profile = by.vocabulary.profile
        self.lines = lines
        self.first_line = first_line
        self.stream = stream
        self.words = list(found)
        self.spaced = is_spaced(lines)
        self.taken = {at: word for word in found for at in word.tokens}
        self.begins = self._begins()

    # ---- sections

    def role(self, word: Word) -> ColumnName | Literal[""]:
        """The column of the indicators that a word names, or ""."""
        return self.profile.columns.get(word.text.rstrip(":"), "")

    def section(self, word: Word) -> str:
        """The section that a word is the label of, or ""."""
        meaning = self.by.scanner.meaning(word.text)
        return meaning.name if meaning.kind == "section" else ""

    def _begins(self) -> int:
        """The token at which the indicators begin; -1 where no header is found."""
        columns = [(word.tokens[0], self.role(word)) for word in self.words if len(word.text) > _SHORT]
        columns = [(token, role) for token, role in columns if role in _FIELDS]
        for at, (start, _) in enumerate(columns):
            roles = {role for _, role in columns[at:]}
            if len(roles) >= HEADER_WORDS and "name" in roles:
                labels = [w.tokens[0] for w in self.words if self.section(w) == "indicators" and w.tokens[0] < start]
                between = labels[-1] if labels else start
                near = all(token in self.taken for token in range(between, start))
                return between if near else start
        return -1

    def _tasks_begin(self) -> int:
        """The token at which the tasks begin; that of the indicators where there are none."""
        before = [w for w in self.words if w.tokens[0] < self.begins]
        heads = [w.tokens[0] for w in before if w.text in self.profile.task_columns and not self.section(w)]
        labels = [w.tokens[0] for w in before if self.section(w) == "tasks"]
        return min(heads or labels, default=self.begins)

    def cell(self, word: Word) -> Cell:
        """A word as one cell."""
        return join_pieces([self.stream[at].cell for at in word.tokens])

    def _lines(self, start: int, end: int) -> Iterator[Line]:
        """What the lines of a stretch of tokens hold besides printed words."""
        group: list[Token] = []
        for at in range(start, end + 1):
            token = self.stream[at] if at < end else None
            if group and (token is None or token.line != group[-1].line or at in self.taken):
                whole = line_cell(group, spaced=self.spaced)
                if self.by.scanner.meaning(whole.text).kind != "page_number":
                    yield Line(tuple(t.cell for t in group), whole, group[0].block)
                group = []
            if token is not None and at not in self.taken:
                group.append(token)

    def read(self) -> tuple[list[Row], list[Finding]]:
        """The rows before the indicators, and what is doubtful there."""
        tasks_at = self._tasks_begin()
        money_at, goals_at = self._money(tasks_at)
        rows, doubts = self._head(money_at, goals_at)
        for more, why in (
            self._funding(money_at, goals_at, tasks_at),
            self._goals(goals_at, tasks_at),
            self._tasks(tasks_at),
        ):
            rows += more
            doubts += why
        return rows, [*doubts, *self._beside()]

    def _beside(self) -> list[Finding]:
        """A finding where the header is that of two tables side by side: nothing tells whose a cell is that follows."""
        names: list[Word] = []
        last = -1
        for word in self.words:
            if self.role(word) not in _FIELDS:
                continue
            names = names if word.tokens[0] == last + 1 else []
            names += [word] if self.role(word) == "name" else []
            if len(names) > 1:
                return [Finding("tables_beside", None, None, None, {}, self.cell(names[1]))]
            last = word.tokens[-1]
        return []

    def _is_money_word(self, word: Word) -> bool:
        return bool(header_word(word.text, self.profile)) or self.section(word) == "funding"

    def _money(self, end: int) -> tuple[int, int]:
        """Where the funding begins, and where the goals do, which come behind it."""
        starts = [w.tokens[0] for w in self.words if w.tokens[0] < end and self._is_money_word(w)]
        begin = starts[0] if starts else end
        if not starts:
            labels = [w.tokens[0] for w in self.words if w.tokens[0] < end and self.section(w) == "goals"]
            begin = labels[0] if labels else end
            return begin, begin
        # Labels of the head that wait for their values, which may stand behind the first words of the funding.
        waiting = 0
        # Where the rest of a value would stand.
        below = (-1, -1)
        at = 0
        while at < end:
            stop, own, fields, values = self._line_at(at, end)
            waiting += fields
            if own and not heads.is_money(own):
                token = self.stream[at]
                if at >= begin and not waiting and (token.line, token.block) != below:
                    return begin, at
                waiting = max(0, waiting - values)
                below = (token.line + 1, token.block)
            elif self.stream[at].line == below[0] and not own:
                # Between them may stand the rest of the label.
                below = (below[0] + 1, below[1])
            at = stop
        return begin, end

    def _line_at(self, start: int, end: int) -> tuple[int, list[Cell], int, int]:
        """The line of a token: where the next one begins, what it holds besides words, and how many fields it names.

        Last, how many texts it holds between words.
        """
        line = self.stream[start].line
        own: list[Cell] = []
        fields = values = 0
        at = start
        while at < end and self.stream[at].line == line:
            word = self.taken.get(at)
            if word is None:
                values += not own or at - 1 in self.taken
                own.append(self.stream[at].cell)
            elif at == word.tokens[0]:
                fields += self.by.scanner.meaning(word.text).kind == "field"
            at += 1
        return at, own, fields, values

    def _head(self, money_at: int, goals_at: int) -> tuple[list[Row], list[Finding]]:
        scanner = self.by.scanner
        own = list(self._lines(0, money_at))
        texts = {line.whole.start + line.whole.line * 10000: line for line in heads.titled(own, scanner)}
        events: list[tuple[int, Cell | None, Line | None]] = [(key, None, line) for key, line in texts.items()]
        for word in self.words:
            if word.tokens[0] < goals_at and scanner.meaning(word.text).kind == "field":
                cell = self.cell(word)
                events.append((cell.line * 10000 + cell.start, cell, None))
        events += (
            (line.whole.line * 10000 + line.whole.start, None, line)
            for line in self._lines(money_at, goals_at)
            if not heads.is_money(line.pieces)
        )
        items = [(label, line) for _, label, line in sorted(events, key=lambda event: event[0])]
        return heads.head(items, scanner, parted=bool(self.stream) and self.stream[-1].block > 0)

    def _funding(self, start: int, goals_at: int, end: int) -> tuple[list[Row], list[Finding]]:
        """The rows of the funding; its amounts may stand behind the goals, alone in their lines."""
        label = next((w for w in self.words if start <= w.tokens[0] < end and self.section(w) == "funding"), None)
        own = [
            self.cell(w)
            for w in self.words
            if start <= w.tokens[0] < end and w is not label and header_word(w.text, self.profile)
        ]
        figures = [
            cell
            for line in self._lines(start, end)
            if line.whole.line < self._line_of(goals_at) or heads.is_surely_money(line.pieces)
            for piece in line.pieces
            for cell in heads.amounts(piece)
        ]
        return heads.funding(self.cell(label) if label else None, own, figures, self.profile)

    def _line_of(self, at: int) -> int:
        """The number of a token's line."""
        return self.stream[at].cell.line if at < len(self.stream) else len(self.lines) + self.first_line

    def _label_row(self, name: str) -> list[Row]:
        label = next((w for w in self.words if self.section(w) == name), None)
        if label is None:
            return []
        cell = self.cell(label)
        return [Row(cell.line, [cell], 1)]

    def _goals(self, start: int, end: int) -> tuple[list[Row], list[Finding]]:
        own = [line for line in self._lines(start, end) if not heads.is_surely_money(line.pieces)]
        doubts: list[Finding] = []
        while len(own) > 1 and len(own[0].whole.text) <= _FRAGMENT and own[0].whole.text.isalpha():
            # A piece of a label whose other pieces were not found.
            cell = own.pop(0).whole
            doubts.append(Finding("cell_unread", "goals", None, None, {"text": cell.text}, cell))
        return [*self._label_row("goals"), *(Row(cell.line, [cell], 1) for cell in paragraphs(own))], doubts

    def _tasks(self, start: int) -> tuple[list[Row], list[Finding]]:
        rows = self._label_row("tasks")
        doubts: list[Finding] = []
        for task in tasks(list(self._lines(start, self.begins))):
            cells = [join_pieces(pieces) for pieces in (task.name, task.content) if pieces]
            rows.append(Row(cells[0].line, [c._replace(col=i, x0=-1, x1=-1) for i, c in enumerate(cells)], 2))
            if task.close:
                params = {"what": cells[0].text[:_SHOWN], "other": cells[-1].text[:_SHOWN]}
                doubts.append(Finding("layout_ambiguous", "tasks", None, None, params, cells[0]))
        return (rows, doubts) if len(rows) > 1 else ([], [])
