"""Where forms begin, and which rows of a form belong to which of its sections.

A row says what it is by its first cell: a title, a field of the head (预算年度, 预算单位 …), the label of a section,
the header of the indicator table. A title alone may be the head of another page: a form begins at a title only where
something of its own follows (a unit line, funding, goals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from extract.clean import squash
from extract.interpret.broken import continues, together
from extract.interpret.funding import header_word, is_amounts, names_amounts, parted_amounts, states_amount
from extract.model import Cell, Row, pure
from extract.places import cut, trimmed
from extract.vocabulary import ColumnName, FormProfile, Vocabulary

# 第 3 页 共 4 页, — 3 —, 3/4, Page 3
_PAGE_NUMBER: Final = re.compile(
    r"(?:第\d{1,4}页(?:[,，/]?共\d{1,4}页)?|共\d{1,4}页(?:第\d{1,4}页)?|[-—–－]\d{1,4}[-—–－]|\d{1,4}/\d{1,4}|[Pp]age\d{1,4}(?:of\d{1,4})?)$"
)
BRACKETED_YEAR: Final = re.compile(r"\((?:19|20)\d{2}年?度?\)")
# A line of the list of links that text browsers print behind a page.
_LINK: Final = re.compile(r"\d{1,4}\.(?:https?|ftp|file|javascript|mailto):")
_COUNTED: Final = re.compile(r"[一二三四五六七八九十\d]{1,3}\)")
_BARE_YEAR: Final = re.compile(r"\(?(?:19|20)\d{2}年度?\)?$")
# So many different words of columns make a row the header of the indicator table.
HEADER_WORDS: Final = 3
_LONGEST_LABEL: Final = 60
_LONGEST_WORD: Final = 16
# Longer texts hardly come twice.
_REMEMBERED_TEXT: Final = 24
# What stands behind the word of a label or of a field.
_MARKS: Final = re.compile("[(（:：]")
_BRACKETS: Final = dict.fromkeys(map(ord, "()"))
# What may stand behind a title: (本级下达).
_BRACKETED_END: Final = re.compile(r"\([^()]{1,12}\)$")
_TASK_WORDS: Final = 2
# How a row begins that numbers the columns.
_ONES: Final = frozenset("1１")
# A title stands alone in its row, or with a year and the name of the unit.
_WIDEST_TITLE: Final = 4


MeaningKind = Literal["title", "year", "section", "labelled", "field", "column", "page_number", ""]


@pure
class Meaning:
    """What a cell says of its row.

    ``kind``: title, year, section, field, column, page_number (a link as well) or "" for none of them;
    ``name``: which section, field or column.
    """

    kind: MeaningKind
    name: str = ""


NOTHING: Final = Meaning("")


@dataclass(slots=True)
class Sections:
    """The rows of one form by section, in order; section labels taken off their rows and kept in ``labels``."""

    title: Cell | None = None
    head: list[Row] = field(default_factory=list)
    funding: list[Row] = field(default_factory=list)
    term: list[Row] = field(default_factory=list)
    goals: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    indicators: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    headers: list[Row] = field(default_factory=list)
    labels: dict[str, Cell] = field(default_factory=dict)
    # The lines of goals that have a label of their own, by their number (年度绩效目标2).
    numbered: set[int] = field(default_factory=set)
    # Whether the table that was begun is that of the term's indicators, as its caption says.
    is_of_term: bool = False
    # The lists of rows by the name of their section.
    by_state: dict[str, list[Row]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.by_state = {
            "head": self.head,
            "funding": self.funding,
            "term": self.term,
            "goals": self.goals,
            "tasks": self.tasks,
            "indicators": self.indicators,
            "notes": self.notes,
        }


class _Own(NamedTuple):
    """What follows a title: the first section, and the unit's row; "" for what does not."""

    section: str
    unit: str


# A word and its amount.
_A_PAIR: Final = 2
# What may stand behind its label in one cell.
_TEXTS: Final = frozenset({"goals", "notes"})
# The sections of texts before the indicators, and what ends a text.
_BEFORE_INDICATORS: Final = frozenset({"goals", "tasks"})
_ENDS: Final = frozenset("。；！？;!?")
# The sections behind which the tasks may begin.
_BEFORE_TASKS: Final = frozenset({"head", "funding", "term", "goals"})
# What an amount may end with.
_AMOUNT_ENDS: Final = frozenset("0123456789元万亿")
# What a form asks for behind the word of a field: 填报单位（盖章）.
_HINT: Final = re.compile(r"\([^()]{0,4}[章填称]\)$")
# How the parts of a form are counted.
_COUNTERS: Final = frozenset("一二三四五六七八九十")
_NUMBERED: Final = re.compile(r"[一二三四五六七八九十]{1,2}[、.．]")
# Sections that only a form of its own has, not a further page of one.
_OPENING: Final = frozenset({"funding", "goals", "tasks"})
_CAPTIONS: Final = frozenset({"term", "goals"})
_ORDER: Final = {"head": 0, "funding": 1, "term": 2, "goals": 3, "tasks": 4, "indicators": 5, "notes": 6}


def _parted(row: Row) -> Row:
    """A row whose first cell holds a label and, behind a colon, what it is for, parted there."""
    cell = row.cells[0]
    at = next(i for i, sign in enumerate(cell.text) if sign in ":：")
    rest = cell.text[at + 1 :]
    start = at + 1 + len(rest) - len(rest.lstrip())
    behind = [trimmed(cut(cell, start, len(cell.text)))] if start < len(cell.text) else []
    return row.changed(cells=[trimmed(cut(cell, 0, at)), *behind, *row.cells[1:]])


def _without_label(row: Row) -> Row:
    return Row(row.line, row.cells[1:], row.width, row.page)


def _header(found: Sections, state: str, row: Row) -> str:
    """Takes in a header of indicators; gives the section that the rows below it belong to."""
    if found.is_of_term:
        return state
    found.headers.append(row)
    return "indicators"


def _take_title(found: Sections, row: Row) -> None:
    """Takes in a title's row; a further one is the head of another page."""
    if found.title is None:
        found.title = row.cells[0]
        if len(row.cells) > 1:
            found.head.append(_without_label(row))


def _opens(name: str, state: str) -> bool:
    """Whether a section's label opens its section here.

    Sections come in order, and within the indicator table only the notes may follow (绩效指标 is the root label of the
    tree there).
    """
    if name == "notes":
        return True
    return state != "indicators" and _ORDER[name] > _ORDER[state]


def _is_furniture(found: Sections, state: str, row: Row, kind: str) -> bool:
    """Whether a row belongs to the page and not to the form: its number, or the head once more on a new page."""
    if kind == "page_number":
        return len(row.cells) == 1
    if kind == "column" and state in _BEFORE_INDICATORS:
        # A word alone (指标) stands over the table of indicators, unless a text that has not ended goes on with it.
        before = found.by_state[state]
        return len(row.cells) == 1 and (not before or before[-1].cells[-1].text[-1] in _ENDS)
    if state not in ("indicators", "tasks") or kind not in ("field", "year") or len(row.cells) > 2:
        return False
    key = "".join(squash(cell.text) for cell in row.cells)
    return any("".join(squash(cell.text) for cell in head.cells) == key for head in found.head)


def _numbers_columns(row: Row) -> bool:
    """Whether a row numbers the columns above it: 1, 2, 3 and so on."""
    cells = row.cells
    return (
        cells[0].text in _ONES
        and len(cells) > HEADER_WORDS
        and all(squash(c.text) == str(i + 1) for i, c in enumerate(cells))
    )


class Scanner:
    """Finds forms and sections by the words of one profile."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.profile: FormProfile = vocabulary.profile
        # Shared with who looks at many rows: a look-up here spares a call.
        self.known: dict[str, Meaning] = {}
        self._column_of: dict[str, ColumnName | Literal[""]] = {}
        # Whether a text is a word that the header of the indicator table may end with.
        self._ends_header: dict[str, bool] = {}
        words = (*self.profile.sections, *self.profile.fields, *self.profile.columns)
        prefixes = max(map(len, self.profile.field_prefixes), default=0)
        self._longest_exact = max(_REMEMBERED_TEXT, prefixes + max(map(len, words), default=0))
        self._title_lasts = frozenset(word[-1] for word in (*self.profile.title_ends, *self.profile.titles))
        self._task_words = frozenset(word for word, name in self.profile.task_columns.items() if name == "content")

    def meaning(self, text: str) -> Meaning:
        """What a cell with this text says of its row."""
        found = self.known.get(text)
        if found is None:
            begins = text[:_LONGEST_WORD]
            labelled = (len(text) <= _LONGEST_LABEL and not self._is_prose(text)) or ":" in begins or "：" in begins
            found = self._meaning(text) if labelled else NOTHING
            if len(text) <= _REMEMBERED_TEXT and len(self.known) < 65536:
                self.known[text] = found
        return found

    def _is_prose(self, text: str) -> bool:
        """Whether a text is too long for a word of the form, and has none of what labels and titles are made with.

        Nearly all the texts that are new to a reader are such: names of indicators and of tasks.
        """
        if len(text) <= self._longest_exact or not "\u4e00" <= text[-1] <= "\u9fff":
            return False
        return text[-1] not in self._title_lasts and _MARKS.search(text) is None

    def _meaning(self, text: str) -> Meaning:
        profile = self.profile
        whole = squash(text)
        if not whole:
            return NOTHING
        base = whole.rstrip(":")
        section = self.section_of(base)
        if section:
            return Meaning("section", section)
        if self._is_title(base):
            return Meaning("title")
        key, colon, _ = whole.partition(":")
        name = self._field_of(key)
        if name and (colon or len(whole) < _LONGEST_LABEL):
            return Meaning("field", name)
        if colon and (section := self.section_of(key)) in _TEXTS:
            return Meaning("labelled", section)
        if whole[0] in "(12" and _BARE_YEAR.match(whole):
            return Meaning("year")
        role = profile.columns.get(base)
        if role:
            return Meaning("column", role)
        if (len(whole) < 16 and _PAGE_NUMBER.match(whole)) or (whole[0].isdigit() and _LINK.match(whole)):
            return Meaning("page_number")
        return self._by_ending(base)

    def _by_ending(self, base: str) -> Meaning:
        """The section that a label no list names is of, by its ending or behind its counter (三、…绩效指标)."""
        if len(base) <= _LONGEST_WORD and base.translate(_BRACKETS).isalpha():
            for ending, section in self.profile.section_ends.items():
                if base.endswith(ending):
                    return Meaning("section", section)
        if base[:1] in _COUNTERS and _NUMBERED.match(base):
            bare = self.meaning(_NUMBERED.sub("", base))
            return bare if bare.kind == "section" else NOTHING
        return NOTHING

    def _field_of(self, key: str) -> str:
        """The field of the head that a word names, what may stand before it left out, or ""."""
        fields = self.profile.fields
        key = _HINT.sub("", key)
        found = fields.get(key)
        for prefix in () if found else self.profile.field_prefixes:
            found = found or (key.startswith(prefix) and fields.get(key.removeprefix(prefix))) or None
        return found or ""

    def section_of(self, word: str) -> str:
        """The section that a word is the label of, or "".

        What is in brackets behind it counts for nothing; （一） counts paragraphs of a text.
        """
        sections = self.profile.sections
        name, _, bracketed = word.partition("(")
        found = sections.get(word) or ("" if _COUNTED.match(bracketed) else sections.get(name, ""))
        if not found and word[-1:].isdigit() and sections.get(word.rstrip("0123456789")) == "goals":
            # 年度绩效目标1, and 年度绩效目标2 behind its indicators
            return "goals"
        return found

    def _is_title(self, base: str) -> bool:
        bare = _BRACKETED_END.sub("", BRACKETED_YEAR.sub("", base))
        profile = self.profile
        if bare.endswith(profile.title_ends) and any(word in bare for word in profile.title_contains):
            return True
        return bare.endswith(profile.titles)

    def is_level(self, text: str) -> bool:
        """Whether a header word names the column of the first or second level."""
        return self.column(text) in ("level1", "level2")

    def is_column(self, text: str) -> bool:
        """Whether a word names a column of the indicator table."""
        return bool(self.column(text))

    def is_word(self, text: str) -> bool:
        """Whether a text is a printed word of the form: a section's label, or a word of one of its headers."""
        profile = self.profile
        if len(text.partition("（")[0].partition("(")[0]) > _LONGEST_WORD:
            return False
        word = squash(text)
        return (
            bool(self.column(text))
            or word in profile.task_columns
            or word in profile.goal_columns
            or bool(header_word(text, profile))
            or self.meaning(text).kind == "section"
        )

    def is_header(self, row: Row) -> bool:
        """Whether a row is the header of the indicator table: three or more of its column words."""
        return len(row.cells) >= HEADER_WORDS and len(self._roles(row)) >= HEADER_WORDS

    def _roles(self, row: Row) -> set[str]:
        """The columns that a row's words name."""
        return {role for cell in row.cells if (role := self.column(cell.text))}

    def column(self, text: str) -> ColumnName | Literal[""]:
        """The column of the indicator table that a word names, or ""."""
        found = self._column_of.get(text)
        if found is None:
            found = (self.profile.columns.get(squash(text)) if len(text) < 24 else None) or ""
            if len(self._column_of) < 65536:
                self._column_of[text] = found
        return found

    def forms(self, rows: Sequence[Row]) -> list[tuple[int, int]]:
        """The half-open ranges of rows that are one form each, in order; rows before the first form are left out."""
        known = self.known
        titles: list[int] = []
        for i, row in enumerate(rows):
            cells = row.cells
            if len(cells) <= _WIDEST_TITLE:
                text = cells[0].text
                if (known.get(text) or self.meaning(text)).kind == "title":
                    titles.append(i)
        starts: list[int] = []
        unit = ""
        reached = 0
        for i, stop in pairwise([*titles, len(rows)]):
            own = self._own(rows, i + 1, stop)
            new_unit = bool(own.unit) and own.unit != unit
            if new_unit or (own.section and (not starts or _ORDER[own.section] < reached)):
                starts.append(i)
                unit = own.unit
                reached = 0
            if stop < len(rows):
                reached = max(reached, self._reached(rows, i + 1, stop))
        first = starts[0] if starts else len(rows)
        headless = next((i for i in range(first) if self._begins_a_form(rows[i])), None)
        if headless is not None:
            above = [i for i in titles if i < headless]
            starts.insert(0, above[-1] if above else self._top(rows, headless))
        return list(pairwise([*starts, len(rows)]))

    def _top(self, rows: Sequence[Row], start: int) -> int:
        """Where the head begins above the first row of a form without title: at a field, a row between two allowed."""
        top = start
        for at in range(start - 1, -1, -1):
            if self.meaning(rows[at].cells[0].text).kind in ("field", "year"):
                top = at
            elif top - at > 1:
                break
        return top

    def _begins_a_form(self, row: Row) -> bool:
        """Whether a row without title can only come from a form: a header of indicators, or a section of its own."""
        meaning = self.meaning(row.cells[0].text)
        if self._heads(row, meaning):
            return True
        return meaning.kind == "section" and meaning.name in _OPENING and len(row.cells) > 1

    def _own(self, rows: Sequence[Row], start: int, stop: int) -> _Own:
        """What of its own follows a title, up to the next title or the header of indicators."""
        unit = ""
        for row in rows[start:stop]:
            meaning = self.meaning(row.cells[0].text)
            if meaning.kind == "section" and meaning.name in _OPENING:
                return _Own(meaning.name, unit)
            if meaning.kind == "field" and meaning.name in ("unit", "project") and not unit:
                unit = "".join(squash(cell.text) for cell in row.cells)
            elif self._heads(row, meaning):
                break
        return _Own("", unit)

    def _reached(self, rows: Sequence[Row], start: int, stop: int) -> int:
        """How far in the order of sections these rows come: a form whose sections begin anew is another one."""
        for row in reversed(rows[start:stop]):
            meaning = self.meaning(row.cells[0].text)
            if meaning.kind == "section":
                return _ORDER[meaning.name]
            if self._heads(row, meaning):
                return _ORDER["indicators"]
        return 0

    def _heads(self, row: Row, meaning: Meaning) -> bool:
        """``is_header`` for a row whose first cell has this meaning; without one, a word for a level must follow."""
        if meaning.kind:
            return self.is_header(row)
        cells = row.cells
        if len(cells) <= HEADER_WORDS:
            return False
        last = cells[-1].text
        ends = self._ends_header.get(last)
        if ends is None:
            ends = len(last) <= _LONGEST_WORD and self.profile.column(squash(last)) is not None
            if len(self._ends_header) < 65536:
                self._ends_header[last] = ends
        return ends and any(self.is_level(cell.text) for cell in cells[1:]) and self.is_header(row)

    def split(self, rows: Sequence[Row]) -> Sections:
        """One form's rows by section. Repeated titles and headers and page numbers are taken out."""
        found = Sections()
        state = "head"
        by_state = found.by_state
        task_words = self._task_words
        under = False
        for row, meaning, header in self._whole_headers(rows):
            if meaning is NOTHING and not header:
                cells = row.cells
                last = cells[-1].text
                if state == "indicators" and cells[0].text in _ONES and _numbers_columns(row):
                    continue
                if (
                    last in task_words
                    or (state in _BEFORE_TASKS and len(cells) > _TASK_WORDS and cells[-2].text in task_words)
                ) and self._heads_tasks(found, row):
                    state = "tasks"
                elif state == "head":
                    under = self._head(found, row, under=under)
                elif state == "tasks" and last[-1] in _AMOUNT_ENDS and self._states_money(found, row):
                    state = "funding"
                else:
                    by_state[state].append(row)
            elif meaning.kind == "title":
                _take_title(found, row)
            elif meaning.kind in ("section", "labelled"):
                state = self._section(found, state, row, meaning, header)
            elif header:
                state = _header(found, state, self._after_text(found.tasks, row) if state == "tasks" else row)
            elif state == "head" and meaning.kind == "field":
                under = self._head(found, row, under=under)
            elif not _is_furniture(found, state, row, meaning.kind):
                by_state[state].append(row)
        return found

    def _after_text(self, above: list[Row], row: Row) -> Row:
        """A header without the cells of the task above, to which these are given: the line break between is lost."""
        begin = next((i for i, cell in enumerate(row.cells) if self.is_word(cell.text)), 0)
        if begin < _A_PAIR:
            return row
        above.append(row.changed(cells=row.cells[:begin], width=row.cells[begin].col + 1))
        return row.changed(cells=row.cells[begin:])

    def _head(self, found: Sections, row: Row, *, under: bool) -> bool:
        """Takes in a row of the head; what states an amount in it belongs to the funding.

        ``under``: the row before is a header of amounts. Gives whether this one is.
        """
        profile = self.profile
        row = parted_amounts(row, profile)
        heads = names_amounts(row, profile)
        if heads or (under and is_amounts(row, profile)):
            if heads and not header_word(row.cells[0].text, profile):
                found.labels.setdefault("funding", row.cells[0])
                row = _without_label(row)
            found.funding.append(row)
            return heads
        at = (
            states_amount(row, profile, vague=bool(found.funding) and len(row.cells) == _A_PAIR)
            if len(row.cells) > 1
            else -1
        )
        if at >= 0:
            found.funding.append(row.changed(cells=row.cells[at:]))
        if at < 0:
            found.head.append(row)
        elif any(self.meaning(cell.text).kind for cell in row.cells[:at]):
            found.head.append(row.changed(cells=row.cells[:at]))
        elif at and profile.money.stated(row.cells[0].text):
            found.labels.setdefault("funding", row.cells[0])
        return False

    def _states_money(self, found: Sections, row: Row) -> bool:
        """Takes in a row behind the tasks that states an amount (预算情况 | 部门预算总额 | 568.5); False for others."""
        at = states_amount(row, self.profile)
        if at not in (0, 1):
            return False
        if at:
            found.labels.setdefault("funding", row.cells[0])
        found.funding.append(_without_label(row) if at else row)
        return True

    def _heads_tasks(self, found: Sections, row: Row) -> bool:
        """Takes in the header of the tasks where no known label stands before it; False for another row."""
        words = [squash(cell.text) in self.profile.task_columns for cell in row.cells]
        # What tasks cost may stand behind what they are.
        own = words[:-1] if header_word(row.cells[-1].text, self.profile) else words
        if found.tasks or len(own) < _TASK_WORDS or not all(own[-_TASK_WORDS:]):
            return False
        if not words[0]:
            found.labels.setdefault("tasks", row.cells[0])
        found.tasks.append(row if words[0] else _without_label(row))
        return True

    def _section(self, found: Sections, state: str, row: Row, meaning: Meaning, header: bool) -> str:
        """Takes in a row that begins with the label of a section; gives the section that the next rows belong to."""
        name = meaning.name
        if len(row.cells) == 1 and name in _CAPTIONS and row.cells[0].text.endswith(self.profile.title_ends):
            # 长期绩效目标表 and 年度绩效目标表 one below the other: the year's table counts.
            found.is_of_term = name == "term"
            return name
        if meaning.kind == "labelled":
            if name == state and found.by_state[name]:
                # Within the section's own text such words (年度目标：…) are text.
                found.by_state[name].append(row)
                return state
            row = _parted(row)
        repeated = name == state and state != "indicators"
        opens = state != "notes" and (_opens(name, state) or self._goes_back(found, state, row, name))
        if name == "goals" and state == "indicators" and len(row.cells) > 1 and row.cells[0].text[-1].isdigit():
            # A goal by its number; or, before what an indicator has, the goal that it is of.
            (found.goals if len(row.cells) == _A_PAIR else found.indicators).append(_without_label(row))
            return state
        if not repeated and not opens:
            if header:
                found.headers.append(row)
                return "indicators"
            found.by_state[state].append(row)
            return state
        found.labels.setdefault(name, row.cells[0])
        if name == "indicators" and header:
            bare = _without_label(row)
            found.headers.append(bare if "name" in self._roles(bare) else row)
        elif len(row.cells) > 1 or (opens and name == "notes"):
            if name == "goals" and row.cells[0].text[-1].isdigit():
                found.numbered.add(row.line)
            found.by_state[name].append(_without_label(row))
        return name

    def _goes_back(self, found: Sections, state: str, row: Row, name: str) -> bool:
        """Whether a section begins that usually stands further up: one not met yet, and its row looks like it.

        Some counties have the money behind the goals, or the goals behind the tasks.
        """
        if state == "indicators" or name in found.labels or found.by_state[name] or len(row.cells) == 1:
            return False
        rest = row.cells[1:]
        if name == "funding":
            return any(header_word(cell.text, self.profile) for cell in rest)
        if name == "tasks":
            return all(squash(cell.text) in self.profile.task_columns for cell in rest)
        # A cell of several lines is given as one a line.
        return name == "goals" and len({cell.col for cell in rest}) == 1 and not self.is_word(rest[0].text)

    def _whole_headers(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Meaning, bool]]:
        """The rows with what they say they are, and whether each is a header of indicators.

        A header that is broken over several lines is put together.
        """
        waiting: tuple[Row, Meaning, bool] | None = None
        last = 0
        known = self.known
        ends_header = self._ends_header
        for row in rows:
            cells = row.cells
            text = cells[0].text
            meaning = known.get(text) or self.meaning(text)
            if waiting is not None:
                first = waiting[0]
                whole = together(first, row) if continues(row) and row.line == last + 1 else None
                if whole is not None and len(self._roles(whole)) > max(len(self._roles(first)), len(self._roles(row))):
                    waiting = (whole, waiting[1], self.is_header(whole))
                    last = row.line
                    continue
                yield waiting
                waiting = None
            # Nearly every row of a table is of this kind, and a call costs more than the look-up.
            if meaning is NOTHING and ends_header.get(cells[-1].text) is False:
                yield row, meaning, False
                continue
            header = self._heads(row, meaning)
            # A first word of a header may be all that its first line has.
            if header or meaning.kind == "column":
                waiting = (row, meaning, header)
                last = row.line
            else:
                yield row, meaning, False
        if waiting is not None:
            yield waiting
