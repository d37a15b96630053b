"""The funding section: which amount is which, settled by arithmetic.

In every form 预算支出总额 = 基本支出 + 项目支出, and each 合计 = the sum of its sources (a blank is zero). Amounts are
read from the first one on and not by their tab count, and where columns have drifted these equations choose between the
ways to place them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import regex

from extract.checks import HOLDS
from extract.clean import squash
from extract.interpret.broken import fills, together
from extract.interpret.placing import Column, Equation, Extent, Figure, Head, Spot, Table, equations, place
from extract.interpret.sums import Named, balance, fill
from extract.interpret.values import number
from extract.model import Amount, Cell, Finding, FormKind, Row
from extract.places import cut
from extract.vocabulary import FormProfile
from extract.written import Money

_ONE: Final = Decimal(1)
# tuple.__new__ and not Amount(...): a third of the time.
_new = tuple.__new__
_CENT: Final = Decimal("0.01")
_COUNTER: Final = regex.compile(r"^(?:其中:?|\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十\d]+[、.])")
_SHARE: Final = regex.compile(r"\d+(?:\.\d+)?[%％]$")
# What an unknown word for a total is read as.
_A_TOTAL: Final = "预算总额"
# No amount has more figures, blanks and units counted.
_LONGEST_AMOUNT: Final = 24
# So many blank cells may be gone between two amounts.
_MOST_GONE: Final = 20
# What a word is read as that speaks of the project's whole term.
_TERM: Final = "(term)"
_VAGUE: Final = ("total", "other")
_FEWEST_WORDS: Final = 3
# Two words and one amount may be a word with its amount, and one whose amount is blank.
_WORDS_AND_AMOUNT: Final = 3
_DASHES: Final = frozenset({"-", "—", "－", "–", "/", "——"})
_USUAL: Final = ("total", "fiscal", "special_account", "unit_fund")


class Funding(NamedTuple):
    """The amounts of a form, the unit they are stated in, and what is doubtful about them.

    ``figures`` are those that stand under a header, the columns of ``table``; ``made`` are the equations of the form.
    """

    amounts: list[Amount]
    amount_unit: str | None
    unit_cell: Cell | None
    findings: list[Finding]
    check: str
    made: tuple[Equation, ...] = ()
    figures: Sequence[Figure] = ()
    table: Table | None = None


class _Pair(NamedTuple):
    """An amount beside the word for it: its column, and the cells that name that."""

    column: Column
    named: Named
    figure: Figure


class _Waiting(NamedTuple):
    """The category that rows belong to with the cell that names it, and the column whose amount is still to come."""

    category: str
    of_category: Cell | None = None
    column: Column | None = None
    named: Named = Named()


class _Word(NamedTuple):
    """A header word: in which header row, and where there."""

    word: str
    row: int
    spot: Spot
    extent: Extent


def read(
    rows: Sequence[Row], label: Cell | None, kind: FormKind, stated_unit: str | None, profile: FormProfile
) -> Funding:
    """The amounts of the section's rows (label cell taken off). ``stated_unit``: the unit that the head names."""
    unit, unit_cell = _unit(rows, label, stated_unit, profile)
    factor = profile.money.yuan[unit] if unit is not None else _ONE
    words: list[_Word] = []
    cells: list[Cell] = []
    figures: list[Figure] = []
    pairs: list[_Pair] = []
    findings: list[Finding] = []
    waiting = _Waiting("project" if kind == "project" else "total")
    term = loose = False
    rows = _whole(rows, profile)
    for i, row in enumerate(rows):
        read_words, read_figures, other = _sort(row, i, factor, profile)
        term = term or any(word.word == _TERM for _, word in read_words)
        if not figures and not pairs and _header_and_amounts(row, read_words, read_figures):
            _add_words(read_words, words, cells)
            figures = [figure._replace(spot=(k, k * _MOST_GONE)) for k, figure in enumerate(read_figures)]
        elif read_words and read_figures:
            own: list[_Pair] = []
            waiting = _pairs(row, read_words, read_figures, waiting, kind, profile, own)
            # Beside the term's amounts, the year's come second.
            pairs += {pair.column: pair for pair in own}.values() if term else own
        elif read_words and not figures:
            _add_words(read_words, words, cells)
            loose = not row.width
            # Where rows ran together, the last word's amount stands in the next row.
            last, word = read_words[-1]
            waiting = _named(waiting, last, _column(word.word, waiting.category, kind, profile))
        elif read_figures and pairs and waiting.column is not None and _is_rest(rows[i - 1], row):
            pairs.append(_Pair(waiting.column, waiting.named, read_figures[0]))
            waiting = waiting._replace(column=None)
        elif read_figures and not figures:
            figures = _loosened(read_figures) if row.width and loose else read_figures
        else:
            other += [figure.cell for figure in read_figures]
        findings += [Finding("cell_unread", "funding", None, None, {"text": c.text[:40]}, c) for c in other]
    table = None
    if figures and not pairs:
        table = _tables(profile)(tuple(words), kind)
        amounts, doubts, sound = _placed(figures, table, cells)
        made = table.made
    else:
        amounts, made, doubts = _paired(pairs, figures, _tables(profile)(tuple(words), kind), cells, profile)
        sound = False
    findings += doubts
    check = HOLDS
    if not sound:
        inferred, doubts = fill(amounts, made, _names(table, cells))
        check, failed = balance(amounts, made)
        amounts += inferred
        findings += [*doubts, *failed]
    return Funding(amounts, unit, unit_cell, findings, check, made, figures, table)


def _whole(rows: Sequence[Row], profile: FormProfile) -> Sequence[Row]:
    """The rows, with two of words as one that make up the width of the widest row: a line break cut a header there."""
    most = max((row.width for row in rows), default=0)
    at = next((i for i, pair in enumerate(pairwise(rows)) if _is_cut(*pair, most, profile)), -1)
    return rows if at < 0 else [*rows[:at], together(rows[at], rows[at + 1]), *rows[at + 2 :]]


def _is_cut(row: Row, rest: Row, most: int, profile: FormProfile) -> bool:
    if not fills(row, rest, most) or rest.line != row.line + 1 or not 1 < rest.width < most:
        return False
    return all(header_word(cell.text, profile) for cell in (*row.cells, *rest.cells))


def _loosened(figures: Sequence[Figure]) -> list[Figure]:
    """Amounts in separated cells under a header of blanks alone, in which blank cells may have gone between any two."""
    return [figure._replace(spot=(k, figure.spot[0])) for k, figure in enumerate(figures)]


def _is_rest(above: Row, row: Row) -> bool:
    """Whether a row is one amount, and a word for it stands alone right above: a row that a line break cut there."""
    return len(above.cells) == len(row.cells) == 1 and row.line == above.line + 1


def _header_and_amounts(row: Row, words: Sequence[tuple[Cell, _Word]], figures: Sequence[Figure]) -> bool:
    """Whether a row holds a header and, behind it, the amounts under it: two rows that ran together.

    How many blank cells there were between the amounts is not known then.
    """
    if len(words) <= 1 or not figures or len(words) + len(figures) <= _WORDS_AND_AMOUNT:
        return False
    ids = [id(cell) for cell in row.cells]
    return ids.index(id(words[-1][0])) < ids.index(id(figures[0].cell))


def of_project(cells: Sequence[tuple[Column, Cell, Cell]], unit: str | None, profile: FormProfile) -> Funding:
    """The funding of a project in a wide table, each amount under its column: column, header cell and amount."""
    money = profile.money
    amounts: list[Amount] = []
    doubts: list[Finding] = []
    for column, head, cell in cells:
        found = _amount_of(cell.text, money)
        if found is None:
            doubts.append(Finding("cell_unread", "funding", None, None, {"text": cell.text[:40]}, cell))
            continue
        stated = found[1] or unit
        amount = (found[0] * (money.yuan[stated] if stated is not None else _ONE)).quantize(_CENT)
        amounts.append(_amount(column, Figure(cell, amount, (0, 0)), Named(head, head)))
    columns = tuple(column for column, _, _ in cells)
    # One part alone (其中：财政拨款) need not be the whole.
    made = tuple(one for one in equations(columns, parts_of(columns, profile), profile.beside) if len(one.parts) > 1)
    check, failed = balance(amounts, made)
    return Funding(amounts, unit, None, [*doubts, *failed], check)


def column_of(text: str, profile: FormProfile) -> Column | None:
    """The column of a project's funding that a header word names, or None."""
    word = header_word(text, profile)
    return _column(word, "project", "project", profile) if word else None


def _add_words(read: Sequence[tuple[Cell, _Word]], words: list[_Word], cells: list[Cell]) -> None:
    """Takes in the words of a header row, and the cell of each; what speaks of a project's whole term is none."""
    for cell, word in read:
        if word.word != _TERM:
            words.append(word)
            cells.append(cell)


def _names(table: Table | None, cells: Sequence[Cell]) -> dict[Column, Named]:
    """The cells that name each column of a header; ``cells``: those of its words."""
    return {head.column: _of_head(head, cells) for head in table.heads} if table is not None else {}


def _of_head(head: Head, cells: Sequence[Cell]) -> Named:
    category, source = head.category, head.source
    return _new(Named, (cells[category] if category >= 0 else None, cells[source] if source >= 0 else None))


def _paired(
    pairs: Sequence[_Pair], figures: Sequence[Figure], table: Table, cells: Sequence[Cell], profile: FormProfile
) -> tuple[list[Amount], tuple[Equation, ...], list[Finding]]:
    """The amounts of a section in which words and amounts alternate; a row of amounts alone stands under a header."""
    amounts = [_amount(pair.column, pair.figure, pair.named) for pair in pairs]
    doubts: list[Finding] = []
    if figures:
        placed, doubts, _ = _placed(figures, table, cells)
        first = len(amounts)
        amounts += placed
        numbers = {id(amount): number for number, amount in enumerate(_first_of_each(amounts))}
        # What is doubtful about an amount that does not count is said of no row.
        doubts = [d if d.seq is None else d._replace(seq=numbers.get(id(amounts[first + d.seq]))) for d in doubts]
    amounts = _first_of_each(amounts)
    columns = tuple((a.category, a.source) for a in amounts)
    return amounts, equations(columns, parts_of(columns, profile), profile.beside), doubts


def parts_of(columns: Sequence[Column], profile: FormProfile) -> tuple[tuple[str, str], ...]:
    """The sources that are parts of another one, where these columns have both."""
    named = {source for _, source in columns}
    return tuple((part, whole) for part, whole in profile.parts_of.items() if whole in named and part in named)


def _unit(
    rows: Sequence[Row], label: Cell | None, stated: str | None, profile: FormProfile
) -> tuple[str | None, Cell | None]:
    """The unit of the amounts, as the section's label or one of its cells states it in brackets."""
    for cell in ([label] if label is not None else []) + [c for row in rows[:2] for c in row.cells]:
        unit = None if cell.text.isascii() else profile.money.stated(cell.text)
        if unit is not None:
            return unit, cell
    return stated, None


def _amount_of(text: str, money: Money) -> tuple[Decimal, str | None] | None:
    """An amount and the unit stated in its cell, or None for what is no amount."""
    if len(text) > _LONGEST_AMOUNT:
        return None
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return Decimal(text), None
    if not any(c.isdigit() for c in text):
        return None
    match = money.amount.match(squash(text))
    if match is None:
        return None
    figure = number(match[1].replace("，", ",").replace("－", "-").replace("．", "."))
    return (figure, match[2]) if figure is not None else None


def is_amount(text: str, money: Money) -> bool:
    """Whether a text is an amount and nothing else."""
    return _amount_of(text, money) is not None


def _spots(row: Row) -> list[Spot]:
    """Where the cells of a row stand. Between two separators of two or three blanks each are four to six blanks.

    Cells of one place are separated by single blanks or by nothing, and any number of blank cells may be gone between
    them.
    """
    if row.width:
        return [(cell.col, cell.col) for cell in row.cells]
    spots: list[Spot] = []
    low = high = 0
    for before, cell in pairwise([None, *row.cells]):
        if before is not None and cell is not None:
            blanks = cell.start - before.end
            places = cell.col - before.col
            if not places:
                low, high = low + 1, high + _MOST_GONE
            elif places == blanks:
                low, high = low - (-blanks // 2), high + blanks
            elif places == max(1, round(blanks / 2.5)):
                low, high = low - (-blanks // 3), high + max(1, blanks // 2)
            else:
                # Something invisible stands between the two: only the reader saw the blanks alone.
                low, high = low + places, high + places
        spots.append((low, high))
    return spots


def _sort(
    row: Row, number: int, factor: Decimal, profile: FormProfile
) -> tuple[list[tuple[Cell, _Word]], list[Figure], list[Cell]]:
    """A row's header words, its amounts in yuan, and the cells that are neither. ``number``: which row it is."""
    words: list[tuple[Cell, _Word]] = []
    figures: list[Figure] = []
    other: list[Cell] = []
    known = profile.header_words
    money = profile.money
    for cell, spot in zip(row.cells, _spots(row), strict=True):
        text = cell.text
        word = known.get(text) or _header_word(text, known, profile)
        if word:
            words.append((cell, _new(_Word, (word, number, spot, (cell.x0, cell.x1)))))
            continue
        found = _amount_of(text, money)
        if found is not None:
            figure, unit = found
            own = money.yuan[unit] if unit else factor
            if unit or own != _ONE or text[-3:-2] != ".":
                figure = (figure * own).quantize(_CENT)
            figures.append(_new(Figure, (cell, figure, spot)))
        elif not is_beside(text, profile):
            words_in = _run_together(cell, profile)
            words += [(cell, _Word(piece, number, spot, (cell.x0, cell.x1))) for piece in words_in]
            if not words_in:
                other.append(cell)
    return words, figures, other


def is_beside(text: str, profile: FormProfile) -> bool:
    """Whether a cell is no amount and none is missing there: dashes, shares and scores beside amounts, their words."""
    return text in _DASHES or squash(text) in profile.funding_pass or _SHARE.match(text) is not None


def _header_word(text: str, known: dict[str, str], profile: FormProfile) -> str:
    """The header word that a cell holds, as the profile knows it, or ""."""
    if len(text) > 40 or (text[0].isdigit() and text.isascii()):
        return ""
    found = known.get(text)
    if found is None:
        word = _word(text, profile.money)
        # 1、资金来源：（1）政府预算资金
        found = _known(word, profile) or _known(_COUNTER.sub("", word.rpartition(":")[2]), profile) or ""
        if len(known) < 65536:
            known[text] = found
    return found


def header_word(text: str, profile: FormProfile) -> str:
    """The word of a funding header that a text is, counters and units aside, as the profile knows it; "" for none."""
    return _header_word(text, profile.header_words, profile)


def parted_amounts(row: Row, profile: FormProfile) -> Row:
    """The row, with two cells for one that holds a word for an amount and the amount (资金总额：812.35)."""
    if not any(":" in cell.text or "：" in cell.text for cell in row.cells):
        return row
    cells = [piece for cell in row.cells for piece in _parted(cell, profile)]
    return row if len(cells) == len(row.cells) else row.changed(cells=cells)


def _parted(cell: Cell, profile: FormProfile) -> tuple[Cell, ...]:
    word, _, rest = cell.text.replace("：", ":").rpartition(":")
    if not word or not header_word(word, profile) or _amount_of(rest.strip(), profile.money) is None:
        return (cell,)
    start = len(cell.text) - len(rest.lstrip())
    return cut(cell, 0, len(word)), cut(cell, start, len(cell.text))


def states_amount(row: Row, profile: FormProfile, *, vague: bool = False) -> int:
    """Where in a row an amount is stated by a word for it in the cell before (年度预算金额 | 250万); -1 for nowhere.

    Words that may mean anything but money (合计, 其他) count only where ``vague`` says so.
    """
    for at, (cell, after) in enumerate(pairwise(row.cells)):
        word = header_word(cell.text, profile)
        if (
            word
            and (vague or profile.sources.get(word) not in _VAGUE)
            and _amount_of(after.text, profile.money) is not None
        ):
            return at
    return -1


def names_amounts(row: Row, profile: FormProfile) -> bool:
    """Whether a row is a header of amounts: all cells are words for them, two of them such as mean nothing else."""
    words = [header_word(cell.text, profile) for cell in row.cells]
    if len(words) < _FEWEST_WORDS or not all(words[1:]):
        return False
    return sum(profile.sources.get(word) not in _VAGUE for word in words if word) > 1


def is_amounts(row: Row, profile: FormProfile) -> bool:
    """Whether all cells of a row are amounts."""
    return all(_amount_of(cell.text, profile.money) is not None for cell in row.cells)


def _word(text: str, money: Money) -> str:
    """A header word to look up: squashed, without a counter before it, a unit in brackets or a colon behind it."""
    word = squash(text).rstrip(":")
    word = _COUNTER.sub("", word)
    return money.bracketed.sub("", word)


def _known(word: str, profile: FormProfile) -> str | None:
    """The header word as the profile knows it, or None."""
    if word in profile.categories or word in profile.sources or word in profile.project_total:
        return word
    if len(word) > 16:
        return None
    if word.startswith(profile.term):
        return _TERM
    if word.endswith(profile.total_ends):
        return _A_TOTAL
    for suffix in profile.source_suffixes:
        stem = word.removesuffix(suffix)
        if stem != word and (stem in profile.sources or stem in profile.categories):
            return stem
    return None


def _run_together(cell: Cell, profile: FormProfile) -> list[str]:
    """Header words with single blanks between them, in one cell."""
    if " " not in cell.text or len(cell.text) > 200:
        return []
    pieces = [header_word(piece, profile) for piece in cell.text.split(" ") if piece]
    return pieces if len(pieces) > 1 and all(pieces) else []


@lru_cache(maxsize=16)
def _tables(profile: FormProfile) -> Callable[[tuple[_Word, ...], FormKind], Table]:
    """The columns that header rows announce, with their equations; remembered, since a county's forms share them."""

    @lru_cache(maxsize=4096)
    def table(words: tuple[_Word, ...], kind: FormKind) -> Table:
        heads = _columns(words, kind, profile)
        columns = tuple(head.column for head in heads)
        return Table(heads, equations(columns, parts_of(columns, profile), profile.beside))

    return table


def _columns(words: tuple[_Word, ...], kind: FormKind, profile: FormProfile) -> tuple[Head, ...]:
    """The columns that the words of the header rows announce, in order.

    A department form has the categories in one row and under 基本支出 and 项目支出 the sources in the next, the sum
    first; a project form has one row of sources, and its sum may be called 年度资金总额. So may a department's total.
    """
    categories = [(profile.categories[one.word], at) for at, one in enumerate(words) if one.word in profile.categories]
    if kind == "project" or not categories:
        return _source_columns(words, "project" if kind == "project" else "total", profile)
    first = dict(reversed(categories))
    groups: list[list[tuple[str, int]]] = []
    for at, word in enumerate(words):
        if word.word in profile.sources and word.word not in profile.categories:
            source = profile.sources[word.word]
            if source == "total" or not groups or source in (s for s, _ in groups[-1]):
                groups.append([])
            groups[-1].append((source, at))
    names = list(dict.fromkeys(category for category, _ in categories))
    if not groups:
        return tuple(_head((category, "total"), words, first[category], first[category]) for category in names)
    found: list[Head] = []
    if len(groups) < len(names):
        names = [name for name in names if name != "total"]
        total = ("total", "total")
        found = [_head(total, words, first["total"], first["total"]) if "total" in first else Head(total)]
    for category, group in zip(names, groups, strict=False):
        found += [_head((category, source), words, first[category], at) for source, at in group]
    return tuple(found)


def _head(column: Column, words: Sequence[_Word], category: int, source: int) -> Head:
    """The column that two words of a header name; it stands where the second does."""
    return Head(column, *words[source][1:], category, source)


def _source_columns(words: Sequence[_Word], category: str, profile: FormProfile) -> tuple[Head, ...]:
    """The columns of a header that names sources alone, all of one category."""
    found: dict[Column, Head] = {}
    for at, word in enumerate(words):
        total = word.word in profile.project_total or word.word in profile.categories
        source = "total" if total else profile.sources[word.word]
        found.setdefault((category, source), _head((category, source), words, at, at))
    return tuple(found.values()) or tuple(Head((category, source)) for source in _USUAL)


def _pairs(
    row: Row,
    words: Sequence[tuple[Cell, _Word]],
    figures: Sequence[Figure],
    waiting: _Waiting,
    kind: FormKind,
    profile: FormProfile,
    pairs: list[_Pair],
) -> _Waiting:
    """Reads a row in which words and amounts alternate (财政拨款 4180.00); ``waiting``: what the rows before left."""
    by_cell = {id(figure.cell): figure for figure in figures}
    word_of = {id(cell): word.word for cell, word in words}
    for cell in row.cells:
        word = word_of.get(id(cell))
        if word is not None:
            if kind != "project" and word in profile.categories:
                waiting = waiting._replace(category=profile.categories[word], of_category=cell)
            waiting = _named(waiting, cell, _column(word, waiting.category, kind, profile))
        elif id(cell) in by_cell and waiting.column is not None:
            pairs.append(_Pair(waiting.column, waiting.named, by_cell[id(cell)]))
            waiting = waiting._replace(column=None)
    return waiting


def _named(waiting: _Waiting, cell: Cell, column: Column | None) -> _Waiting:
    """What waits for an amount once a word is read: the column that it names."""
    return _new(_Waiting, (waiting.category, waiting.of_category, column, Named(waiting.of_category or cell, cell)))


def _column(word: str, category: str, kind: FormKind, profile: FormProfile) -> Column | None:
    """The column that a header word means beside an amount."""
    if kind != "project" and word in profile.categories:
        return profile.categories[word], "total"
    if word in profile.project_total and category in ("project", "total"):
        return category, "total"
    return (category, profile.sources[word]) if word in profile.sources else None


def _amount(column: Column, figure: Figure, named: Named) -> Amount:
    cell = figure.cell
    category, source = named
    places = {"amount": cell, "amount_raw": cell, "category": category or cell, "source": source or cell}
    return _new(Amount, (*column, figure.amount, cell.text, "stated", places))


def _first_of_each(amounts: Sequence[Amount]) -> list[Amount]:
    """One amount a column; a second one (an execution beside a budget) does not count."""
    found: dict[Column, Amount] = {}
    for amount in amounts:
        found.setdefault((amount.category, amount.source), amount)
    return list(found.values())


def _placed(figures: Sequence[Figure], table: Table, cells: Sequence[Cell]) -> tuple[list[Amount], list[Finding], bool]:
    """The amounts of a row under a header, what is doubtful about where they belong, and whether nothing is.

    ``cells``: those of the header's words.
    """
    doubts: list[Finding] = []
    heads = table.heads
    if len(figures) > len(heads):
        params: dict[str, object] = {"amounts": len(figures), "columns": len(heads)}
        doubts.append(Finding("funding_columns", "funding", None, None, params, figures[len(heads)].cell))
        figures = figures[: len(heads)]
    placing = place(figures, table)
    for i, other in placing.rivals.items():
        params = {
            "amount": figures[i].cell.text,
            "column": "/".join(heads[placing.columns[i]].column),
            "other": "/".join(heads[other].column),
        }
        doubts.append(Finding("funding_ambiguous", "funding", i, None, params, figures[i].cell))
    placed = zip([heads[c] for c in placing.columns], figures, strict=True)
    amounts = [_amount(head.column, figure, _of_head(head, cells)) for head, figure in placed]
    return amounts, doubts, placing.sound and not doubts
