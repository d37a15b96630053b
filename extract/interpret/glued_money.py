"""The amounts of a funding section whose cells touch: 202010100.00%10 is 20, 20, 10, 100.00% and 10.

Words of the section are known; digits between them may be several numbers. The header of a self-evaluation says which
columns there are, shares and scores must fit the amounts beside them, and the sums of the form decide the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import Final, Literal, NamedTuple

from extract.checks import FAILS, HOLDS
from extract.clean import squash
from extract.interpret.funding import header_word, read
from extract.interpret.glued_figures import Money as Written
from extract.interpret.glued_figures import Piece, by_cents, cuts, cuts_in_columns, is_one
from extract.interpret.glued_words import folded
from extract.model import Cell, Finding, FormKind, Row
from extract.places import cut
from extract.vocabulary import FormProfile

_LONGEST_WORD: Final = 16
_IN_CENTS: Final = 2
_MOST_DECIMALS: Final = 6
_FEW_COLUMNS: Final = 5
_COUNTED: Final = re.compile(r"\d[、.](?!\d)")
_MOST_WAYS: Final = 4000
# So many ways are held against the sums of the form, cheapest first.
_MOST_READ: Final = 200
_MOST_IN_COLUMNS: Final = 24
_ROW_WAYS: Final = 8
_CLOSE: Final = 1.0


class _Token(NamedTuple):
    """``kind``: word (of a source or a total), column (of a self-evaluation), run (figures), or other."""

    kind: Literal["word", "column", "run", "other"]
    start: int
    end: int
    name: str = ""


class _Way(NamedTuple):
    """One way to cut the runs, and what it costs."""

    cost: float
    cells: tuple[tuple[Piece, ...], ...]


class Money(NamedTuple):
    """The rows of a funding section, and what is doubtful about their cells."""

    rows: list[Row]
    findings: list[Finding]


def holds_money(text: str, profile: FormProfile) -> bool:
    """Whether a text of a funding section has words of it and figures, or several words, or several amounts, in one."""
    text = folded(text)
    tokens = [token for token in _tokens(text, profile) if token.kind != "other"]
    if len(tokens) != 1 or tokens[0].kind != "run":
        return len(tokens) > 1
    return not is_one(text[tokens[0].start : tokens[0].end], _patterns(profile)[1])


def read_money(
    cells: Sequence[Cell], label: Cell | None, kind: FormKind, unit: str | None, profile: FormProfile
) -> Money:
    """The rows of the section that these cells hold, each cut where its cells meet."""
    parsed = [(cell, _tokens(folded(cell.text), profile)) for cell in cells]
    flat = [(cell, token) for cell, tokens in parsed for token in tokens]
    runs = [(cell, token) for cell, token in flat if token.kind == "run"]
    columns: list[str] = []
    for _, token in flat:
        if token.kind == "column":
            columns.append(token.name)
        elif token.kind == "run":
            break
    columns = columns if len(columns) > 1 else []
    judge = _Judge(flat, runs, label, kind, unit, profile)
    plain = [by_cents(folded(cell.text), token.start, token.end) for cell, token in runs]
    if not columns and all(plain):
        way = _ways([one.ways for one in plain if one is not None])[:1]
        if way and judge.cost(way[0]) == 0.0:
            return Money(judge.rows(way[0]), [])
    return judge.best(_all_ways(runs, columns, flat, _written(label, unit, profile)))


def _written(label: Cell | None, unit: str | None, profile: FormProfile) -> Written:
    """How the section writes its amounts."""
    stated = (profile.money.stated(label.text) if label is not None else None) or unit
    decimals = _IN_CENTS + profile.money.yuan[stated].adjusted() if stated is not None else _MOST_DECIMALS
    return Written(_patterns(profile)[1], decimals)


def _all_ways(
    runs: Sequence[tuple[Cell, _Token]],
    columns: Sequence[str],
    flat: Sequence[tuple[Cell, _Token]],
    written: Written,
) -> tuple[list[_Way], bool]:
    """The likeliest ways to cut all runs, and whether none was left out for their number."""
    most = _columns_of_runs(flat)
    found = [
        cuts_in_columns(folded(cell.text), token.start, token.end, columns, written)
        if columns
        else cuts(folded(cell.text), token.start, token.end, most[i], written)
        for i, (cell, token) in enumerate(runs)
    ]
    ways = _ways([one.ways[: _ROW_WAYS if columns else _MOST_READ] for one in found])
    # A row of many amounts under a header is costly to place.
    return ways[: _MOST_IN_COLUMNS if max(most, default=0) > _FEW_COLUMNS else _MOST_READ], all(
        one.all for one in found
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """Holds ways to cut a section against the sums of the form."""

    flat: Sequence[tuple[Cell, _Token]]
    runs: Sequence[tuple[Cell, _Token]]
    label: Cell | None
    kind: FormKind
    unit: str | None
    profile: FormProfile

    def rows(self, way: _Way) -> list[Row]:
        """The section's rows, cut so."""
        return _rows(self.flat, _pieces(self.runs, way))

    def cost(self, way: _Way) -> float:
        """What the sums say against a way."""
        found = read(self.rows(way), self.label, self.kind, self.unit, self.profile)
        if found.check == HOLDS:
            return 0.0
        return 4.0 if found.check == FAILS else 0.5

    def best(self, found: tuple[list[_Way], bool]) -> Money:
        """The section as its likeliest way cuts it, doubted where another is nearly as likely."""
        ways, all_of_them = found
        if not ways:
            return Money(_rows(self.flat, {}), _doubts(self.runs))
        judged = sorted((way.cost + self.cost(way), i) for i, way in enumerate(ways))
        best = ways[judged[0][1]]
        first = _firsts(best)
        rival = any(cost - judged[0][0] < _CLOSE and _firsts(ways[i]) != first for cost, i in judged[1:])
        unsound = judged[0][0] > best.cost and len(ways) > 1
        return Money(self.rows(best), _doubts(self.runs) if rival or unsound or not all_of_them else [])


def _firsts(way: _Way) -> tuple[tuple[int, int, Decimal] | None, ...]:
    """What a way makes of each run as far as it gives amounts: a table of one amount a row reads the first."""
    return tuple((cells[0].start, cells[0].end, cells[0].amount) if cells else None for cells in way.cells)


def _doubts(runs: Sequence[tuple[Cell, _Token]]) -> list[Finding]:
    return [
        Finding(
            "cut_guessed", "funding", None, None, {"text": cell.text[token.start : token.end][:40]}, _cell(cell, token)
        )
        for cell, token in runs[:1]
    ]


def _cell(cell: Cell, token: _Token) -> Cell:
    return cut(cell, token.start, token.end)


def _tokens(text: str, profile: FormProfile) -> list[_Token]:
    """A text of the section as words, runs of figures and what is neither."""
    found: list[_Token] = []
    at = other = 0
    while at < len(text):
        token = _word_at(text, at, profile)
        if token is None:
            match = _patterns(profile)[0].match(text, at)
            token = _Token("run", at, at + len(match[0].rstrip())) if match else None
        if token is None:
            at += 1
            continue
        if text[other:at].strip(" :|"):
            found.append(_Token("other", other, at))
        found.append(token)
        at = other = token.end
    if text[other:].strip(" :|"):
        found.append(_Token("other", other, len(text)))
    return found


def _word_at(text: str, at: int, profile: FormProfile) -> _Token | None:
    """The longest word of the section that begins here; one told by its ending alone only where no other begins."""
    if text[at].isdigit() and not _COUNTED.match(text, at):
        return None
    by_ending: _Token | None = None
    for end in range(min(len(text), at + _LONGEST_WORD), at + 1, -1):
        word = text[at:end]
        if word[-1] in " :(" or word[0] in " :)":
            continue
        squashed = squash(word)
        if squashed in profile.funding_pass:
            return _Token("column", at, end, profile.funding_pass[squashed])
        known = header_word(word, profile)
        if known and not _is_two(squashed, profile):
            token = _Token("word", at, end + (text[end : end + 1] == ":"), known)
            if not squashed.endswith(profile.total_ends) or squashed.endswith(known):
                return token
            by_ending = by_ending or token
    return by_ending


def _is_two(word: str, profile: FormProfile) -> bool:
    """Whether a word is two words of the section: 合计 and 财政拨款."""
    known = (profile.sources, profile.categories, profile.project_total)
    return any(
        any(word[:at] in words for words in known) and any(word[at:] in words for words in known)
        for at in range(2, len(word) - 1)
        if not any(word in words for words in known)
    )


def _columns_of_runs(flat: Sequence[tuple[Cell, _Token]]) -> list[int]:
    """For each run, how many amounts may stand in it: one where words and amounts alternate, else one a word."""
    kinds = [token.kind for _, token in flat]
    runs = kinds.count("run")
    return [1] * runs if runs > 1 else [max(1, kinds.count("word"))] * runs


@lru_cache(maxsize=64)
def _patterns(profile: FormProfile) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A run of figures, and the units in it: those of money, and %."""
    units = "|".join(map(re.escape, profile.money.names))
    return re.compile(rf"[\d\-—–](?:[\d.,%\-—– ]|{units})*"), re.compile(rf"{units}|%")


def _ways(choices: Sequence[Sequence[tuple[float, tuple[Piece, ...]]]]) -> list[_Way]:
    """The likeliest ways to cut all runs."""
    if not choices or not all(choices):
        return []
    found: list[_Way] = []
    for chosen in product(*choices):
        found.append(_Way(sum(cost for cost, _ in chosen), tuple(pieces for _, pieces in chosen)))
        if len(found) >= _MOST_WAYS:
            break
    return sorted(found, key=lambda way: way.cost)[:_MOST_READ]


def _pieces(runs: Sequence[tuple[Cell, _Token]], way: _Way) -> dict[tuple[int, int, int], tuple[Piece, ...]]:
    return {(cell.line, cell.start, token.start): cells for (cell, token), cells in zip(runs, way.cells, strict=True)}


def _rows(flat: Sequence[tuple[Cell, _Token]], cuts: dict[tuple[int, int, int], tuple[Piece, ...]]) -> list[Row]:
    """The section's rows: a row a word with its amounts, or words in one row and amounts in the next."""
    found: list[Row] = []
    group: list[Cell] = []
    before = ""
    lone = sum(1 for _, token in flat if token.kind == "run") == 1
    for cell, token in flat:
        kind = token.kind
        # A row begins at a word behind figures, and at figures behind several words.
        several = lone and kind == "run" and before == "word" and len(group) > 1
        if group and (several or (kind in ("word", "column") and before == "run")):
            found.append(_row(group))
            group = []
        if kind == "run":
            pieces = cuts.get((cell.line, cell.start, token.start))
            if pieces is None:
                group.append(_cell(cell, token))
            else:
                group += (cut(cell, piece.start, piece.end) for piece in pieces)
        else:
            end = token.end - (cell.text[token.end - 1 : token.end] in (":", "："))
            group.append(cut(cell, token.start, end))
        if kind in ("run", "word") or not before:
            before = kind
    if group:
        found.append(_row(group))
    return found


def _row(cells: Sequence[Cell]) -> Row:
    """A row of these cells; amounts alone are all at one place: how many blank cells are gone there is not known."""
    if all(cell.text[0].isdigit() or cell.text[0] in "-—–" for cell in cells):
        return Row(cells[0].line, [cell._replace(col=0) for cell in cells], 0)
    return Row(cells[0].line, [cell._replace(col=i) for i, cell in enumerate(cells)], len(cells))
