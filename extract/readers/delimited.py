"""CSV, as spreadsheets write it: cells between separators, quoted where they hold one of these or a break of lines.

The separators are commas, semicolons, tabs, and pipes or blanks where all rows agree on them. A quoted cell may go over
several lines, and a quote within it is doubled. Prose has commas as well, so a text is CSV only where most of its lines
agree on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from extract.clean import has_many
from extract.model import Row
from extract.patterns import re
from extract.readers.inline import doubled, doubled_single
from extract.readers.pieces import Draft, Slice, row

# The text within quotes, up to a quote that is not doubled or to the end of the line.
_WITHIN: Final = {q: re.compile(f"[^{q}]*+(?:{q}{q}[^{q}]*+)*+") for q in ('"', "'")}
_DOUBLED: Final = {'"': doubled, "'": doubled_single}
# A quote that is not closed within so many lines opens nothing.
_LONGEST_CELL: Final = 400
# So many rows have to agree, at least.
_FEWEST_ROWS: Final = 3
_NARROWEST: Final = 3
# So many of the rows, in hundredths, have separators, and so many of those have the same number.
_SEPARATED: Final = 50
_SAME: Final = 60
# Blanks and pipes separate much else: of the rows with some, so many have to agree on them.
_NEEDED: Final = {"|": 98, " ": 98}
_FEW: Final = 3
_OPENED: Final = re.compile(r"(?:^|\|)(?:\"(?:[^\"\n]|\"\")*+|'(?:[^'\n]|'')*+)$", re.MULTILINE)
# A cell between single quotes goes over several lines, or holds a separator.
_SINGLE: Final = re.compile(r"(?:^|[,;\t| ])'(?:[^'\n]|'')*(?:\n|[,;\t| ](?:[^'\n]|'')*')", re.MULTILINE)


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
        quote, records = _quoted_by(text, lines, separator)
        if _is_clipboard(records) if separator == "\t" else _agrees(records, lines, _NEEDED.get(separator, _SAME)):
            return _rows(records, lines, plain_row, quote)
    return None


def _quoted_by(text: str, lines: Sequence[str], separator: str) -> tuple[str, list[Record]]:
    """The quote that encloses cells, and the rows by it: a single one only where all rows are of one width by it."""
    records = parse(lines, separator)
    if '"' not in text and _SINGLE.search(text) and not _is_even(records):
        other = parse(lines, separator, "'")
        if _is_even(other):
            return "'", other
    return '"', records


def _is_even(records: Sequence[Record]) -> bool:
    return len({len(record.fields) for record in records if record.fields[0].slices[-1].end or record.fields[1:]}) == 1


def may_be(text: str) -> bool:
    """A cheap test that most texts of other shapes do not pass."""
    # Whether a character is there at all is told in a fraction of the time that counting it takes.
    if "," in text and text.count(",") > max(text.count("\n"), text.count("\t")):
        return True
    if any(map(text.__contains__, _DOUBLED)) and any(
        "\t" + quote in text or "\n" + quote in text for quote in _DOUBLED
    ):
        return True
    return (";" in text and text.count(";") > text.count("\n")) or _may_be_rare(text)


_OPENED_BESIDE: Final = {mark: re.compile(f'{re.escape(mark)}"(?:[^"\n]|"")*+$', re.MULTILINE) for mark in _NEEDED}


def has_quoted_pipes(text: str) -> bool:
    """Whether quoted cells stand between pipes, and a line ends within one."""
    return "|" in text and _OPENED.search(text) is not None


def _may_be_rare(text: str) -> bool:
    """Whether pipes or blanks may separate cells: most lines have as many of them."""
    return any(
        has_many(text, mark, _FEW + 1) and text.count(mark) > _FEW * (text.count("\n") + 1) and _as_many(text, mark)
        for mark in _NEEDED
    )


def _as_many(text: str, mark: str) -> bool:
    """Whether most lines have as many of these, or quoted cells stand beside them that a line ends in."""
    if mark + '"' in text and _OPENED_BESIDE[mark].search(text):
        return True
    counts = Counter(line.count(mark) for line in text.splitlines() if line.strip())
    most, lines = counts.most_common(1)[0] if counts else (0, 0)
    return most >= _FEW and lines * 100 >= counts.total() * _SAME


def _candidates(text: str, count: int) -> list[str]:
    """The separators that occur often enough, the most frequent first."""
    counts = Counter({mark: text.count(mark) for mark in ",;\t"})
    found = [mark for mark, n in counts.most_common(1) if mark != "\t" and n >= count]
    rare = [mark for mark in _NEEDED if not counts["\t"] and _as_many(text, mark)]
    return [*rare, *found, *(["\t"] if counts["\t"] and ('"' in text or "'" in text) else [])]


def parse(lines: Sequence[str], separator: str, quote: str = '"') -> list[Record]:
    """The rows of the lines, blank lines included. Every line is looked at once, whatever the quotes do."""
    found: list[Record] = []
    at = 0
    # Up to this line, quotes are known to open nothing.
    literal = 0
    while at < len(lines):
        line = lines[at]
        if quote not in line:
            found.append(_bare(line, at + 1, separator))
            at += 1
            continue
        fields: list[Field] = []
        sound = True
        start = 0
        while start >= 0:
            if at >= literal and lines[at].startswith(quote, start):
                slices, end = _quoted(lines, at, start + 1, quote)
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


def _quoted(lines: Sequence[str], at: int, start: int, quote: str) -> tuple[list[Slice], int]:
    """The lines of a quoted cell whose text begins at ``start``, and where its closing quote stands; -1 for none."""
    slices: list[Slice] = []
    for number in range(at, min(len(lines), at + _LONGEST_CELL)):
        match = _WITHIN[quote].match(lines[number], start)
        end = match.end() if match else start
        slices.append(Slice(number + 1, start, end))
        if end < len(lines[number]):
            return slices, end
        start = 0
    return slices, -1


def _agrees(records: Sequence[Record], lines: Sequence[str], needed: int) -> bool:
    """Whether so many rows in a hundred are of one width.

    For punctuation that may separate cells, blank cells beside one another show it as well.
    """
    filled = [
        record for record in records if len(record.fields) > 1 or lines[record.fields[0].slices[0].line - 1].strip()
    ]
    separated = [record for record in filled if len(record.fields) >= _NARROWEST]
    if len(separated) < _FEWEST_ROWS or len(separated) * 100 < len(filled) * _SEPARATED:
        return False
    if sum(not record.sound for record in separated) * 10 > len(separated):
        return False
    widths = Counter(len(record.fields) for record in separated)
    if widths.most_common(1)[0][1] * 100 >= len(separated) * needed:
        return True
    return needed == _SAME and sum(_has_blanks(record) for record in separated) * 2 > len(separated)


def _has_blanks(record: Record) -> bool:
    """Whether two blank cells stand beside one another."""
    blank = [field.slices[0].start == field.slices[-1].end for field in record.fields]
    return any(one and other for one, other in pairwise(blank))


def _is_clipboard(records: Sequence[Record]) -> bool:
    """Whether a text with tabs has quoted cells as a spreadsheet's clipboard has them: only where they are needed."""
    quoted = [field for record in records for field in record.fields if field.quoted]
    return bool(quoted) and all(record.sound for record in records) and any(len(field.slices) > 1 for field in quoted)


def _rows(
    records: Sequence[Record], lines: Sequence[str], plain_row: Callable[[str, int], Row | None], quote: str
) -> list[Row]:
    found: list[Row] = []
    for fields, _ in records:
        first = fields[0].slices[0]
        if len(fields) == 1 and not fields[0].quoted:
            read_row = plain_row(lines[first.line - 1], first.line)
        else:
            drafts = [
                Draft(col, [[part] for part in field.slices], 1, _DOUBLED[quote] if field.quoted else None)
                for col, field in enumerate(fields)
            ]
            read_row = row(lines, first.line, drafts, len(fields))
        if read_row is not None:
            found.append(read_row)
    return found
