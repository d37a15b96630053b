"""Which lines of a page layout belong to which part of the form.

Section labels stand in the middle of their sections and may be broken over lines, so a section is found by what stands
beside the label: its header words, amounts, running text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import regex

from extract.clean import squash, width
from extract.interpret.funding import header_word
from extract.interpret.layout_columns import heads
from extract.interpret.layout_lines import gb_width, narrow_width, strips
from extract.vocabulary import FormProfile, Vocabulary

# 第 3 页 共 4 页, — 3 —, 3/4, Page 3 of 4, squashed.
_PAGE_NUMBER: Final = regex.compile(
    r"(?:第\d{1,4}页(?:[,，/]?共\d{1,4}页)?|共\d{1,4}页(?:[,，/]?第\d{1,4}页)?|[-—–―－]{1,2}\d{1,4}[-—–―－]{1,2}|\d{1,4}/\d{1,4}|[Pp]age\d{1,4}(?:(?:of|/)\d{1,4})?)$"
)
# What a page number ends with.
_PAGE_ENDS: Final = frozenset("页0123456789-—–―－")
_AMOUNT: Final = regex.compile(r"[-+－]?[,.]*+\d[\d,.，．]*+$")
# A word longer than this in a line of amounts is running text.
_LONG: Final = 20
_TABLE_KINDS: Final = 3
# Full lines of running text may be so much shorter than the longest: punctuation takes a character along.
_UNEVEN: Final = 4
# A table has blank lines between its rows if it has one for so many lines.
_SPACED: Final = 5
# A title repeated at the top of a page, or a page number, has no more words than this; a title has so many characters.
_FURNITURE_WORDS: Final = 6
_TASK_HEADER: Final = frozenset({"name", "content"})
_SHORTEST_TITLE: Final = 4


@dataclass(slots=True)
class Blocks:
    """The lines (0-based) of each part of a form, blank ones and page furniture left out.

    ``breaks``: lines before which a page begins.
    """

    head: list[int] = field(default_factory=list)
    facts: list[int] = field(default_factory=list)
    funding: list[int] = field(default_factory=list)
    goals: list[int] = field(default_factory=list)
    task_head: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    section: list[int] = field(default_factory=list)
    header: list[int] = field(default_factory=list)
    indicators: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)


def header_at(words: Sequence[Sequence[str]], profile: FormProfile) -> int:
    """The line that most likely holds the indicator table's header, by its words; -1 where none does."""
    columns = profile.columns
    for at, line in enumerate(words):
        if (
            len(line) >= _TABLE_KINDS
            and len({kind for word in line if (kind := columns.get(word))} - {"pass"}) >= _TABLE_KINDS
        ):
            return at
    return -1


def _header_group(lines: Sequence[str], words: Sequence[Sequence[str]], profile: FormProfile) -> tuple[int, int]:
    """The header's lines, half-open; words may be broken over them. Empty where there is no header."""
    base = header_at(words, profile)
    if base < 0:
        return _broken_header(lines, words, profile)
    above = base > 0 and _may_be_header(words[base - 1]) and not _is_section(words[base - 1], profile, "indicators")
    below = base + 1 < len(lines) and _may_be_header(words[base + 1])
    if not above and not below:
        return base, base + 1
    best, found = _known(lines, base, base + 1, profile), (base, base + 1)
    for first, last in ((base, base + 2), (base - 1, base + 1), (base - 1, base + 2), (base, base + 3)):
        fits = (first == base or above) and (last == base + 1 or below) and last <= len(lines)
        if fits and (last <= base + 2 or _may_be_header(words[last - 1])):
            score = _known(lines, first, last, profile)
            if score > best:
                best, found = score, (first, last)
    return found


def _broken_header(lines: Sequence[str], words: Sequence[Sequence[str]], profile: FormProfile) -> tuple[int, int]:
    """A header none of whose lines says it alone, because every word is broken."""
    best, found = _TABLE_KINDS - 1, (0, 0)
    for first in range(len(lines)):
        if len(words[first]) < _TABLE_KINDS or not _may_be_header(words[first]):
            continue
        for last in (first + 2, first + 3):
            if last <= len(lines) and all(_may_be_header(words[at]) for at in range(first, last)):
                score = _known(lines, first, last, profile)[0]
                if score > best:
                    best, found = score, (first, last)
        if found != (0, 0):
            break
    return found


def _may_be_header(words: Sequence[str]) -> bool:
    return bool(words) and all(len(word) <= _LONG and not word[0].isdigit() for word in words)


def _known(lines: Sequence[str], first: int, last: int, profile: FormProfile) -> tuple[int, int]:
    """How many columns a header of these lines names, and (less) how many of its words mean nothing."""
    found = heads(strips(lines[first:last], range(first, last), gb_width), profile.columns)
    kinds = [word.kind for word in found]
    return len({kind for kind in kinds if kind}), -kinds.count(None)


def split(lines: Sequence[str], vocabulary: Vocabulary) -> Blocks | None:
    """The parts of a form whose lines these are; None where no header of an indicator table is among them."""
    profile = vocabulary.profile
    words = [line.split() for line in lines]
    first, last = _header_group(lines, words, profile)
    if last == 0:
        return None
    found = Blocks(header=list(range(first, last)))
    scan = _Scan(lines, words, found, profile)
    kept, funding_at, tasks_at = scan.kept(), scan.funding_at, scan.tasks_at
    before = [at for at in kept if at < first]
    behind = [at for at in kept if at >= last]
    if before and _is_section(words[before[-1]], profile, "indicators"):
        found.section = [before.pop()]
    if tasks_at >= 0:
        place = before.index(tasks_at)
        found.task_head, found.tasks, before = [tasks_at], before[place + 1 :], before[:place]
    _split_before(words, before, funding_at, found, profile)
    _split_behind(words, lines, behind, found, profile)
    return found


def _is_section(words: Sequence[str], profile: FormProfile, name: str) -> bool:
    return len(words) == 1 and profile.sections.get(squash(words[0])) == name


class _Scan:
    """Goes through the lines of a form for those that are part of it.

    ``funding_at``, ``tasks_at``: the first line of the funding and the tasks' header, -1 where there is none.
    """

    def __init__(self, lines: Sequence[str], words: Sequence[list[str]], found: Blocks, profile: FormProfile) -> None:
        self.lines = lines
        self.words = words
        self.found = found
        self.profile = profile
        self.first = found.header[0]
        self.header = words[self.first : found.header[-1] + 1]
        self.titles: set[str] = set()
        self.funding_at = self.tasks_at = -1

    def kept(self) -> list[int]:
        """The lines that are neither blank nor page numbers nor titles and headers repeated at a page break."""
        kept: list[int] = []
        page_begins = False
        skipped = 0
        for at, own in enumerate(self.words):
            if self.lines[at][:1] == "\f":
                page_begins = True
            if not own or at < skipped:
                continue
            if own == self.header[0] and self.words[at : at + len(self.header)] == self.header:
                skipped = at + len(self.header)
                page_begins = page_begins or at > self.first
            elif self._is_furniture(own):
                page_begins = True
            else:
                if at < self.first:
                    self._note(at, own, not kept or kept[-1] != at - 1)
                if page_begins and kept:
                    self.found.breaks.append(at)
                page_begins = False
                kept.append(at)
        return kept

    def _is_furniture(self, own: list[str]) -> bool:
        if len(own) > _FURNITURE_WORDS:
            return False
        if self.tasks_at >= 0 and own == self.words[self.tasks_at]:
            return True
        text = own[0] if len(own) == 1 else "".join(own)
        if text in self.titles:
            return True
        return text[-1] in _PAGE_ENDS and len(text) < _LONG and _PAGE_NUMBER.match(squash(text)) is not None

    def _note(self, at: int, own: list[str], stands_apart: bool) -> None:
        """Takes in a line above the indicators: a title, the funding's first line, the tasks' header."""
        if self.tasks_at >= 0:
            return
        columns = self.profile.task_columns
        if {columns.get(word) for word in own[-3:]} >= _TASK_HEADER:
            self.tasks_at = at
        elif self.funding_at < 0:
            if _is_funding(own, self.profile):
                self.funding_at = at
            elif stands_apart and len(own) <= _FURNITURE_WORDS and sum(map(len, own)) >= _SHORTEST_TITLE:
                self.titles.add("".join(own))


def spaced(found: Sequence[int], breaks: Sequence[int]) -> list[int]:
    """The lines of a table with the blank ones between its rows, if it is printed with blank lines between rows.

    Where only some rows have a blank line before them, it says nothing: such lines come with pages.
    """
    gaps = [at for before, at in pairwise(found) if at - before == 2 and at not in breaks]
    if len(gaps) * _SPACED < len(found):
        return list(found)
    return sorted([*found, *(at - 1 for at in gaps)])


def _is_funding(words: Sequence[str], profile: FormProfile) -> bool:
    """Whether a line belongs to the funding: two of its words, or one with an amount."""
    if any(len(word) > _LONG and not _AMOUNT.match(word) for word in words):
        return False
    known = sum(bool(header_word(word, profile)) for word in words)
    return known > 1 or (known == 1 and any(_AMOUNT.match(word) for word in words))


def _split_before(
    words: Sequence[Sequence[str]], before: list[int], funding_at: int, found: Blocks, profile: FormProfile
) -> None:
    """Goals, funding, facts and head, going by the lines before the tasks."""
    if funding_at not in before:
        run = _run_up(before, len(before))
        found.head, found.goals = before[:run], before[run:]
        return
    start = before.index(funding_at)
    end = _funding_end(words, before, start, profile)
    top = _run_up(before, start)
    while (
        start > top
        and len(words[before[start - 1]]) == 1
        and _is_prefix(words[before[start - 1]][0], profile, "funding")
    ):
        start -= 1
    facts = next((place for place in range(top, start) if len(words[before[place]]) > 1), start)
    found.head, found.facts = before[:facts], before[facts:start]
    found.funding, found.goals = before[start:end], before[end:]


def _run_up(kept: Sequence[int], end: int) -> int:
    """Where the run of lines without a blank one that ends before ``end`` begins."""
    at = end
    while at > 0 and (at == end or kept[at] - kept[at - 1] == 1):
        at -= 1
        if at and kept[at] - kept[at - 1] != 1:
            break
    return at


def _is_prefix(word: str, profile: FormProfile, section: str) -> bool:
    text = squash(word)
    return len(text) > 1 and any(
        name == section and label.startswith(text) for label, name in profile.bare_sections.items()
    )


def _funding_end(words: Sequence[Sequence[str]], before: Sequence[int], start: int, profile: FormProfile) -> int:
    """Behind the last line of the funding, broken amounts and the rest of a broken label included."""
    end = start
    for place in range(start, len(before)):
        line = words[before[place]]
        if any(len(word) > _LONG and not _AMOUNT.match(word) for word in line):
            break
        lone = len(line) == 1 and bool(header_word(line[0], profile))
        if lone or any(_AMOUNT.match(word) for word in line) or _is_funding(line, profile):
            end = place + 1
        elif place - end >= 2:
            break
    label = "".join(
        line[0]
        for line in (words[at] for at in before[start:end])
        if not header_word(line[0], profile) and not _AMOUNT.match(line[0])
    )
    while end < len(before) and len(words[before[end]]) == 1 and _open_label(label, profile):
        piece = words[before[end]][0]
        if len(piece) > 6 or _is_prefix(piece, profile, "goals"):
            break
        label += piece
        end += 1
    return end


def _open_label(label: str, profile: FormProfile) -> bool:
    """Whether a section label is not whole yet: a bracket is open, or it is the beginning of a longer one."""
    text = squash(label)
    if text.count("(") > text.count(")"):
        return True
    return (
        bool(text) and text not in profile.sections and any(known.startswith(text) for known in profile.bare_sections)
    )


def _split_behind(
    words: Sequence[Sequence[str]], lines: Sequence[str], behind: list[int], found: Blocks, profile: FormProfile
) -> None:
    """Indicators, notes and what comes after the form."""
    notes = tuple(word for word, name in profile.bare_sections.items() if name == "notes")
    first_chars = {word[0] for word in notes}
    for place in range(len(behind) - 1, -1, -1):
        at = behind[place]
        if words[at][0][0] not in first_chars:
            continue
        word = squash(words[at][0])
        if word.startswith(notes) or _broken_label(word, words, behind, place, notes):
            end = place + 1
            while (
                end < len(behind)
                and behind[end] - behind[end - 1] == 1
                and not words[behind[end]][0].startswith(profile.furniture)
            ):
                end += 1
            top = place - _notes_above(lines, words, behind, place, end)
            found.indicators, found.notes, found.after = behind[:top], behind[top:end], behind[end:]
            return
    end = len(behind)
    for place, at in enumerate(behind):
        if place and at - behind[place - 1] > 1 and len(words[at]) <= 2 and _is_stamp(words[at][0], profile):
            end = place
            break
    found.indicators, found.after = behind[:end], behind[end:]


def _notes_above(
    lines: Sequence[str], words: Sequence[Sequence[str]], behind: Sequence[int], place: int, end: int
) -> int:
    """How many lines of the notes stand above their label, where it is drawn in the middle of them."""
    if len(words[behind[place]]) < 2:
        return 0
    line = lines[behind[place]]
    label = line[: line.index(words[behind[place]][1])]
    measures: tuple[Callable[[str], int], ...] = (width, len, lambda text: sum(map(narrow_width, text)))
    return max(_reaching(lines, behind, place, end, measure(label), measure) for measure in measures)


def _reaching(
    lines: Sequence[str], behind: Sequence[int], place: int, end: int, start: int, measure: Callable[[str], int]
) -> int:
    """How many lines above ``place`` begin at ``start`` and are as long as the text below."""
    least = max(measure(lines[at].rstrip()) for at in behind[place:end]) - _UNEVEN
    above = 0
    while above < place:
        line = lines[behind[place - above - 1]]
        reach = measure(line.rstrip())
        if len(line) - len(line.lstrip()) != start or "  " in line.strip() or reach < max(least, start + 2 * _LONG):
            break
        above += 1
    return above


def _broken_label(
    word: str, words: Sequence[Sequence[str]], behind: Sequence[int], place: int, labels: Sequence[str]
) -> bool:
    """Whether a label begins here and goes on at the beginning of the next line."""
    if len(word) < 2 or place + 1 >= len(behind):
        return False
    rest = squash(words[behind[place + 1]][0])
    return any(label.startswith(word) and label != word and word + rest == label for label in labels)


def _is_stamp(word: str, profile: FormProfile) -> bool:
    if word.startswith(profile.furniture_signs):
        return True
    return word.startswith(profile.furniture) and (
        "：" in word or ":" in word or "【" in word or "盖章" in word or "公章" in word
    )
