"""Which lines of a printed page belong to which part of the form, told by headers, labels down the side and amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import regex

from extract.clean import squash
from extract.interpret.funding import header_word
from extract.interpret.page_pieces import Line, fragments, section_words
from extract.interpret.page_words import Word, header_words, side_labels
from extract.model import Cell
from extract.vocabulary import FormProfile, Vocabulary

AMOUNT: Final = regex.compile(r"[-+]?[,.]*+\d[\d,.]*+$|[.,]$")
# A header is broken over no more lines, and no word of one is longer.
_HEADER_LINES: Final = 6
_LONGEST_WORD: Final = 20
_LEAST_KINDS: Final = 4
_FEWER_LINES: Final = 0.05
_TWICE: Final = 1.0
# A piece longer than this in a line of amounts is running text.
_LONG: Final = 11
_HEAD_OF_PAGE: Final = 8
# What a page repeats stands among its first lines; labels cut off at its top may stand above.
_TOP_LINES: Final = 14
_LINES_APART: Final = 3
_SHORTEST_PART: Final = 2
_TASK_HEADER: Final = frozenset({"name", "content"})


@dataclass(slots=True)
class PageBlocks:
    """The lines of each part; ``header`` and ``task_head`` are the words over the indicators and the tasks."""

    header: list[Word]
    head: list[Line] = field(default_factory=list)
    facts: list[Line] = field(default_factory=list)
    funding: list[Line] = field(default_factory=list)
    goals: list[Line] = field(default_factory=list)
    task_head: list[Word] = field(default_factory=list)
    tasks: list[Line] = field(default_factory=list)
    indicators: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)


def blocks_of(lines: Sequence[Line], vocabulary: Vocabulary) -> PageBlocks | None:
    """The parts of a form; None where no header of indicators is among its lines."""
    profile = vocabulary.profile
    place = _header_place(lines, profile)
    if place is None:
        return None
    first, last, words = place
    found = PageBlocks(words)
    before = list(lines[:first])
    behind = _without_repeated(lines, last, lines[first:last], before)
    if before and len(before[-1].pieces) == 1 and _names(before[-1].text, profile, "indicators"):
        before.pop()
    before = _without_label(before, lines[first], profile, "indicators")
    found.indicators, found.notes = _split_notes(behind, profile)
    _split_before(before, found, profile)
    return found


def opens_form(rows: Sequence[Sequence[Cell]], profile: FormProfile) -> bool:
    """Whether rows below a title are a form of their own: amounts stand above a header of indicators."""
    parts = _header_parts(profile)
    money = False
    for row in rows:
        pieces = [cell._replace(text=word) for cell in row for word in cell.text.split()]
        money = money or _is_funding(pieces, profile)
        if sum(squash(piece.text) in parts for piece in pieces) >= _LEAST_KINDS - 1 and money:
            return True
    return False


@lru_cache(maxsize=16)
def _header_parts(profile: FormProfile) -> frozenset[str]:
    """All that a line of a word of the indicators' header can hold."""
    return fragments([word for word in profile.columns if len(word) <= _LONGEST_WORD])


@lru_cache(maxsize=16)
def _funding_parts(profile: FormProfile) -> frozenset[str]:
    """All that a line of a word of the funding, or of its label, can hold."""
    words = [*profile.categories, *profile.sources, *profile.project_total, *section_words(profile, "funding")]
    return fragments([word for word in words if len(word) <= _LONGEST_WORD])


def _column_meaning(profile: FormProfile) -> Callable[[str], str | None]:
    def meaning(text: str) -> str | None:
        word = squash(text)
        found = profile.columns.get(word)
        return "section" if found is None and _names(word, profile, "indicators") else found

    return meaning


def _names(word: str, profile: FormProfile, section: str) -> bool:
    return profile.bare_sections.get(word.rstrip(":")) == section


def _header_place(lines: Sequence[Line], profile: FormProfile) -> tuple[int, int, list[Word]] | None:
    """The lines of the header of indicators, half-open, and its words: the window that means most."""
    meaning = _column_meaning(profile)
    parts = _header_parts(profile)
    best: tuple[float, int, int, list[Word]] | None = None
    likely = [sum(squash(piece.text) in parts for piece in line.pieces) for line in lines]
    for first in range(len(lines)):
        if best is not None and first > best[1] + _HEADER_LINES:
            break
        if not likely[first]:
            continue
        for last in range(first + 1, min(first + _HEADER_LINES, len(lines)) + 1):
            if not _may_head(lines[last - 1], likely[last - 1]):
                break
            if sum(likely[first:last]) < _LEAST_KINDS:
                continue
            worth, words = header_words([line.pieces for line in lines[first:last]], meaning)
            kinds = {word.meaning for word in words} - {None, "pass", "section"}
            if len(kinds) < _LEAST_KINDS or "name" not in kinds or not kinds & {"value", "operator"}:
                continue
            # Lines above or below that are none of it hold pieces without a meaning.
            twice = sum(word.meaning not in (None, "pass") for word in words) - len(kinds) - _has_section(words)
            worth -= _FEWER_LINES * (last - first) + _TWICE * max(twice - 1, 0)
            if best is None or worth > best[0]:
                best = (worth, first, last, _sections_apart(words))
    return best[1:] if best is not None else None


def _sections_apart(words: list[Word]) -> list[Word]:
    """The words; one left of the levels that would be a second column of names is the section's label."""
    kinds = [word.meaning for word in words]
    if kinds.count("name") < 2 or "level1" not in kinds:
        return words
    first, level = kinds.index("name"), kinds.index("level1")
    return [Word(word.cell, "section") if at == first < level else word for at, word in enumerate(words)]


def _has_section(words: Sequence[Word]) -> int:
    return sum(word.meaning == "section" for word in words)


def _may_head(line: Line, likely: int) -> bool:
    return likely * 2 >= len(line.pieces) and all(
        len(piece.text) <= _LONGEST_WORD and not piece.text[0].isdigit() for piece in line.pieces
    )


def _without_repeated(lines: Sequence[Line], last: int, header: Sequence[Line], before: Sequence[Line]) -> list[Line]:
    """The lines below the header without what new pages repeat: the header, the title and what stands under it."""
    words = {squash(piece.text) for line in header for piece in line.pieces}
    heads = {line.text for line in before[:_HEAD_OF_PAGE]}
    behind = lines[last:]
    dropped: set[int] = set()
    page, at_top = lines[last - 1].page, _TOP_LINES
    for at, line in enumerate(behind):
        if line.page != page:
            page, at_top = line.page, 0
        at_top += 1
        if at_top > _TOP_LINES:
            continue
        own = all(squash(piece.text) in words for piece in line.pieces)
        if line.text in heads or (own and (len(line.pieces) > 1 or at - 1 in dropped)):
            dropped.add(at)
            # A lone piece of the header may stand on the line above.
            above = behind[at - 1] if at else None
            if own and above is not None and len(above.pieces) == 1 and squash(above.pieces[0].text) in words:
                dropped.add(at - 1)
    return [line for at, line in enumerate(behind) if at not in dropped]


def _split_notes(behind: list[Line], profile: FormProfile) -> tuple[list[Line], list[Line]]:
    """The indicators, and the notes that begin at their label."""
    labels = side_labels(behind, section_words(profile, "notes"))
    if not labels:
        end = len(behind)
        while end and len(behind[end - 1].pieces) <= 2 and profile.is_furniture(behind[end - 1].pieces[0].text):
            end -= 1
        return behind[:end], []
    at = labels[-1].lines[0]
    return behind[:at], behind[at:]


def _split_before(before: list[Line], found: PageBlocks, profile: FormProfile) -> None:
    """Tasks, goals, funding, facts and head, going by the lines above the indicators."""
    rest = before
    for at in range(len(before)):
        words = _task_words(before, at, profile)
        if words is not None:
            found.task_head, found.tasks = words, before[at:]
            rest = _without_label(before[:at], before[at], profile, "tasks")
            break
    money = _funding_at(rest, profile)
    if money is None:
        goals = side_labels(rest, section_words(profile, "goals"))
        cut = _text_begins(rest, goals[0].lines[0]) if goals else len(rest)
        above, found.goals = rest[:cut], rest[cut:]
    else:
        end = _funding_end(rest, money, profile)
        above, found.funding, found.goals = rest[:money], rest[money:end], rest[end:]
    facts = next((i for i, line in enumerate(above) if _is_fact(line, profile)), len(above))
    found.head, found.facts = above[:facts], above[facts:]


def _without_label(lines: list[Line], header: Line, profile: FormProfile, section: str) -> list[Line]:
    """The lines above a section without the first piece of its label, where the header's line begins with the rest."""
    if not lines or len(lines[-1].pieces) > 1:
        return lines
    word = squash(lines[-1].text + header.pieces[0].text)
    return lines[:-1] if word in section_words(profile, section) else lines


def _task_words(lines: Sequence[Line], at: int, profile: FormProfile) -> list[Word] | None:
    """The words of the tasks' header, if it is this line: name and content, perhaps with the section's label."""
    pieces = lines[at].pieces
    if not len(_TASK_HEADER) <= len(pieces) <= len(_TASK_HEADER) + 1:
        return None
    own = [profile.task_columns.get(squash(piece.text)) for piece in pieces[-2:]]
    if set(own) != _TASK_HEADER:
        return None
    return [Word(piece, kind) for piece, kind in zip(pieces[-2:], own, strict=True)]


def _text_begins(lines: Sequence[Line], label: int) -> int:
    """The first line of running text that a label stands beside."""
    at = label
    while at and not _is_fact_like(lines[at - 1]):
        at -= 1
    return at


def _is_fact_like(line: Line) -> bool:
    return max(len(piece.text) for piece in line.pieces) <= _LONG * 2


def _is_fact(line: Line, profile: FormProfile) -> bool:
    """Whether a line begins the table of facts: a field's name with its value in a cell beside it."""
    word = squash(line.pieces[0].text)
    if word in profile.fields:
        return len(line.pieces) > 1
    return word in _field_parts(profile) and (len(line.pieces) > 1 or len(word) > _SHORTEST_PART)


@lru_cache(maxsize=16)
def _field_parts(profile: FormProfile) -> frozenset[str]:
    return frozenset(word[:size] for word in profile.fields for size in range(2, len(word)))


def _funding_at(lines: Sequence[Line], profile: FormProfile) -> int | None:
    """The first line of the funding."""
    at = next((at for at, line in enumerate(lines) if _is_funding(line.pieces, profile)), None)
    while at and _leads_funding(lines[at - 1], profile):
        at -= 1
    return at


def _is_funding(pieces: Sequence[Cell], profile: FormProfile) -> bool:
    """Whether a line belongs to the funding: two of its words, or one with an amount."""
    if any(len(piece.text) > _LONGEST_WORD and not AMOUNT.match(piece.text) for piece in pieces):
        return False
    known = sum(bool(header_word(piece.text, profile)) for piece in pieces)
    return known > 1 or (known == 1 and any(AMOUNT.match(piece.text) for piece in pieces))


def _leads_funding(line: Line, profile: FormProfile) -> bool:
    """Whether a line above the first plain one of the funding is of it too: parts of its words and of its label."""
    parts = _funding_parts(profile)
    return all(len(piece.text) > 1 and squash(piece.text) in parts for piece in line.pieces)


def _funding_end(lines: Sequence[Line], start: int, profile: FormProfile) -> int:
    """Behind the last line of the funding: one with an amount, or with the last piece of its label."""
    stop = start
    while stop < len(lines) and all(len(p.text) <= _LONG or AMOUNT.match(p.text) for p in lines[stop].pieces):
        stop += 1
    end = start + 1
    for at in range(start, stop):
        pieces = lines[at].pieces
        if any(AMOUNT.match(piece.text) for piece in pieces) or _is_funding(pieces, profile):
            end = at + 1
        elif at - end < _LINES_APART and header_word(pieces[-1].text, profile):
            # A word whose amount is blank.
            end = at + 1
    labels = side_labels(lines[start:stop], section_words(profile, "funding"))
    if labels:
        end = max(end, start + labels[0].lines[-1] + 1)
    return end
