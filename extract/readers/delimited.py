"""CSV, as spreadsheets write it: cells between commas, semicolons or tabs, quoted where they hold one of these.

A quoted cell may go over several lines, and a quote within it is doubled. Prose has commas as well, so a text is CSV
only where most of its lines agree on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.model import Row
from extract.readers.inline import doubled
from extract.readers.pieces import Draft, Slice, row

# The text within quotes, up to a quote that is not doubled or to the end of the line.
_WITHIN: Final = re.compile(r'[^"]*+(?:""[^"]*+)*+')
# A quote that is not closed within so many lines opens nothing.
_LONGEST_CELL: Final = 400
# So many rows have to agree, at least.
_FEWEST_ROWS: Final = 3
_NARROWEST: Final = 3
# So many of the rows, in hundredths, have separators, and so many of those have the same number.
_SEPARATED: Final = 50
_SAME: Final = 60


class Field(NamedTuple):
    """A cell: its lines, and whether it was quoted."""

    slices: tuple[Slice, ...]
    quoted: bool


class Record(NamedTuple):
    """A row of cells; ``sound`` where nothing stands between a closing quote and the next separator."""

    fields: list[Field]
    sound: bool


def read(
    text: str, lines: Sequence[str], plain_row: Callable[[str, int], Row | None], *, only: str | None = None
) -> list[Row] | None:
    """The rows of a text that is CSV; None where it is none. ``only``: the one separator to try.

    ``plain_row`` reads a line that has no separator.
    """
    for separator in _candidates(text, len(lines)) if only is None else only:
        records = parse(lines, separator)
        if _agrees(records, lines) if separator != "\t" else _is_clipboard(records):
            return _rows(records, lines, plain_row)
    return None


def may_be(text: str) -> bool:
    """A cheap test that most texts of other shapes do not pass."""
    breaks = text.count("\n") + 1
    commas = text.count(",")
    if commas >= breaks and commas > text.count("\t"):
        return True
    if '"' in text and ('\t"' in text or '\n"' in text):
        return True
    return text.count(";") >= breaks


def _candidates(text: str, count: int) -> list[str]:
    """The separators that occur often enough, the most frequent first."""
    counts = Counter({mark: text.count(mark) for mark in ",;\t"})
    found = [mark for mark, n in counts.most_common(1) if mark != "\t" and n >= count]
    return [*found, "\t"] if '"' in text and counts["\t"] else found


def parse(lines: Sequence[str], separator: str) -> list[Record]:
    """The rows of the lines, blank lines included. Every line is looked at once, whatever the quotes do."""
    found: list[Record] = []
    at = 0
    # Up to this line, quotes are known to open nothing.
    literal = 0
    while at < len(lines):
        line = lines[at]
        if '"' not in line:
            found.append(_bare(line, at + 1, separator))
            at += 1
            continue
        fields: list[Field] = []
        sound = True
        start = 0
        while start >= 0:
            if at >= literal and lines[at].startswith('"', start):
                slices, end = _quoted(lines, at, start + 1)
                if end >= 0:
                    at += len(slices) - 1
                    stop = _stop(lines[at], separator, end)
                    if lines[at][end + 1 : stop].strip(" "):
                        sound = False
                        last = slices[-1]
                        slices[-1] = last._replace(end=stop)
                    fields.append(Field(tuple(slices), quoted=True))
                    start = stop + 1 if stop < len(lines[at]) else -1
                    continue
                literal = at + len(slices)
                sound = False
            stop = _stop(lines[at], separator, start)
            fields.append(Field((Slice(at + 1, start, stop),), quoted=False))
            start = stop + 1 if stop < len(lines[at]) else -1
        found.append(Record(fields, sound))
        at += 1
    return found


def _stop(line: str, separator: str, start: int) -> int:
    end = line.find(separator, start)
    return end if end >= 0 else len(line)


def _bare(line: str, number: int, separator: str) -> Record:
    fields: list[Field] = []
    start = 0
    for piece in line.split(separator):
        fields.append(Field((Slice(number, start, start + len(piece)),), quoted=False))
        start += len(piece) + 1
    return Record(fields, sound=True)


def _quoted(lines: Sequence[str], at: int, start: int) -> tuple[list[Slice], int]:
    """The lines of a quoted cell whose text begins at ``start``, and where its closing quote stands; -1 for none."""
    slices: list[Slice] = []
    for number in range(at, min(len(lines), at + _LONGEST_CELL)):
        match = _WITHIN.match(lines[number], start)
        end = match.end() if match else start
        slices.append(Slice(number + 1, start, end))
        if end < len(lines[number]):
            return slices, end
        start = 0
    return slices, -1


def _agrees(records: Sequence[Record], lines: Sequence[str]) -> bool:
    """Whether rows are of one width, or blank cells beside one another show that separators are not punctuation."""
    filled = [
        record for record in records if len(record.fields) > 1 or lines[record.fields[0].slices[0].line - 1].strip()
    ]
    separated = [record for record in filled if len(record.fields) >= _NARROWEST]
    if len(separated) < _FEWEST_ROWS or len(separated) * 100 < len(filled) * _SEPARATED:
        return False
    if sum(not record.sound for record in separated) * 10 > len(separated):
        return False
    widths = Counter(len(record.fields) for record in separated)
    if widths.most_common(1)[0][1] * 100 >= len(separated) * _SAME:
        return True
    return sum(_has_blanks(record) for record in separated) * 2 > len(separated)


def _has_blanks(record: Record) -> bool:
    """Whether two blank cells stand beside one another."""
    blank = [field.slices[0].start == field.slices[-1].end for field in record.fields]
    return any(one and other for one, other in pairwise(blank))


def _is_clipboard(records: Sequence[Record]) -> bool:
    """Whether a text with tabs has quoted cells as a spreadsheet's clipboard has them: only where they are needed."""
    quoted = [field for record in records for field in record.fields if field.quoted]
    return bool(quoted) and all(record.sound for record in records) and any(len(field.slices) > 1 for field in quoted)


def _rows(records: Sequence[Record], lines: Sequence[str], plain_row: Callable[[str, int], Row | None]) -> list[Row]:
    found: list[Row] = []
    for fields, _ in records:
        first = fields[0].slices[0]
        if len(fields) == 1 and not fields[0].quoted:
            read_row = plain_row(lines[first.line - 1], first.line)
        else:
            drafts = [
                Draft(col, [[part] for part in field.slices], 1, doubled if field.quoted else None)
                for col, field in enumerate(fields)
            ]
            read_row = row(lines, first.line, drafts, len(fields))
        if read_row is not None:
            found.append(read_row)
    return found
