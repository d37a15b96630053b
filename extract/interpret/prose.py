"""Goals, tasks and notes: the parts of a form that are running text."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Final, NamedTuple

import regex

from extract.clean import plain, squash
from extract.cut import ELLIPSES
from extract.interpret.broken import continues, is_signed, usual_width
from extract.interpret.task_rows import SENTENCE_END, TASK_COLUMNS, whole_tasks
from extract.interpret.values import number
from extract.model import Cell, Finding, Goal, Row, TableName, Task
from extract.places import cut, join, pieces, trimmed
from extract.vocabulary import FormProfile

# tuple.__new__ and not Task(...): a third of the time.
_new = tuple.__new__
_PARAGRAPH: Final = re.compile(r"</?(?:p|div|br|li|h\d)\b[^<>]{0,2000}>", re.IGNORECASE)
# 一是 二是, 1. 2., （一）, 目标1: what counts paragraphs.
COUNTER: Final = regex.compile(
    r"(?:[一二三四五六七八九十]{1,3}(?:是|、|．|\.)|\d{1,2}\s*(?:[.、．]\s*(?!\d)|\))|[(（][一二三四五六七八九十\d]{1,3}[)）]|目标\s*[一二三四五六七八九十\d]{1,2}\s*[:：、]|第[一二三四五六七八九十]{1,3}[,，、])"
)
# Tags that a text begins or ends with.
_TAGS: Final = r"(?:\s*</?[A-Za-z][^<>]{0,2000}>)+"
_LEADING: Final = re.compile(_TAGS)
_TRAILING: Final = re.compile(r"(?<!\s)" + _TAGS + r"\s*$")
# So many cells in one line make it a row of a table.
_TABLE_ROW: Final = 4
_SEVERAL: Final = 2
_LONGEST_GOAL_WORD: Final = 24
_LONGEST_HEADER: Final = 12
_SHORT_WORD: Final = 6
_ELLIPSIS: Final = regex.compile(r"(?:(?<!…)…++|(?<!\.)\.{3,}+|(?<!。)。{3,}+)$")


class Goals(NamedTuple):
    """The paragraphs of the goals, and what is doubtful about them."""

    goals: list[Goal]
    findings: list[Finding]


class Tasks(NamedTuple):
    """The lines of the tasks, what is doubtful about them, and which of them bear a mark of a cut (…)."""

    tasks: list[Task]
    findings: list[Finding]
    marked: frozenset[int]


def goals(
    rows: Sequence[Row], lines: Sequence[str], profile: FormProfile, numbered: Container[int] = frozenset()
) -> Goals:
    """The paragraphs of the goals' rows (the section's label taken off). ``numbered``: lines with labels of their own.

    Where words over them say so, what is the term's or was achieved is left out. A raw line break may fall anywhere,
    inside a tag too, so the rows are put together before tags are looked for.
    """
    if rows and (len(rows[0].cells) > 1 or len(rows[0].cells[0].text) <= _LONGEST_GOAL_WORD):
        rows, doubts = _goal_columns(rows, profile)
    else:
        # What stands below the goals in cells of its own is hardly theirs.
        doubts = [_in_columns(row) for row in rows[1:] if row.width > 1 and len({cell.col for cell in row.cells}) > 1]
    cells = [cell for row in rows for cell in row.cells]
    if not cells:
        return Goals([], doubts)
    if any("<" in cell.text or _is_marked(_raw(cell, lines)) for cell in cells):
        return Goals([g for group in _tagged(cells, lines) for g in group], [*doubts, *_figures(rows, "goals")])
    found: list[list[Cell]] = []
    # Where paragraphs are counted from the first one on, a line without a counter goes on with the one above.
    counted = COUNTER.match(cells[0].text) is not None
    for cell in cells:
        begins = cell.line in numbered or not found or _begins_paragraph(found[-1][-1].text, cell, counted=counted)
        if not begins:
            found[-1].append(cell)
        else:
            found.append([cell])
    goals = [_goal(join(group)) for group in found]
    firsts = profile.placeholder_firsts
    said = [goal for goal in goals if goal.text[0] not in firsts or not profile.placeholder.match(goal.text)]
    return Goals(said, [*doubts, *_figures(rows, "goals")])


def _goal_columns(rows: Sequence[Row], profile: FormProfile) -> tuple[list[Row], list[Finding]]:
    """The rows without the words over the goals, and without what these pass over.

    A row of fewer texts than there are words is told by its places; where they tell nothing, it stays, with a finding.
    """
    found: list[Row] = []
    doubts: list[Finding] = []
    head: list[tuple[int, bool]] = []
    # Whether the cell before is a goal, which a line broken off from it then goes on with.
    before: bool | None = None
    for row in rows:
        told = [_goal_word(cell.text, profile) for cell in row.cells]
        if all(told):
            head = [(cell.col, word == "goal") for cell, word in zip(row.cells, told, strict=True)]
            continue
        cols = list(dict.fromkeys(cell.col for cell in row.cells))
        if len(head) < _SEVERAL or all(goal for _, goal in head):
            found.append(row)
            if (row.width and len(cols) > 1) or not all(goal for _, goal in head):
                doubts.append(_in_columns(row))
        elif before is not None and len(cols) == 1 and continues(row):
            found += [row] if before else []
        elif len(cols) == len(head):
            kept = {col for col, (_, goal) in zip(cols, head, strict=True) if goal}
            found.append(row.changed(cells=[cell for cell in row.cells if cell.col in kept]))
            before = cols[-1] in kept
        elif row.width and all(col in dict(head) for col in cols):
            found.append(row.changed(cells=[cell for cell in row.cells if dict(head)[cell.col]]))
            before = dict(head)[cols[-1]]
        else:
            found.append(row)
            doubts.append(_in_columns(row))
    return [row for row in found if row.cells], doubts


def _in_columns(row: Row) -> Finding:
    return Finding("goal_columns", "goals", None, None, {"text": row.cells[0].text[:40]}, row.cells[0])


def _goal_word(text: str, profile: FormProfile) -> str:
    """What a word over the goals says of those below it: "goal", "pass", or "" for what is no such word."""
    if len(text) > _LONGEST_GOAL_WORD:
        return ""
    word = squash(text).rstrip(":")
    for known in (word, word.partition("(")[0]):
        said = profile.goal_columns.get(known) or {"goals": "goal", "term": "pass"}.get(profile.sections.get(known, ""))
        if said:
            return said
    return ""


def _figures(rows: Sequence[Row], table: TableName) -> list[Finding]:
    """A finding on each row of nothing but numbers: what it belongs to has a label that is not known."""
    return [
        Finding("figures_in_text", table, None, None, {"text": row.cells[0].text[:40]}, row.cells[0])
        for row in rows
        if len(row.cells) > 1
        and row.cells[0].text[0].isdigit()
        and all(number(cell.text) is not None for cell in row.cells)
    ]


def _goal(cell: Cell) -> Goal:
    return Goal(cell.text, {"text": cell})


def _raw(cell: Cell, lines: Sequence[str]) -> str:
    """What stands in the source for a cell, from its first piece to its last in each line."""
    return "".join(piece.text for piece in _raw_pieces([cell], lines))


def _raw_pieces(cells: Sequence[Cell], lines: Sequence[str]) -> list[Cell]:
    """Cells as they stand in the source: their pieces, and the tags between these that readers left out."""
    found: list[Cell] = []
    before: Cell | None = None
    for piece in [piece for cell in cells for piece in pieces(cell)]:
        if not piece.line:
            found.append(piece)
            continue
        if before is not None:
            found += _between(before, piece, lines)
        raw = lines[piece.line - 1][piece.start : piece.end]
        # An escape shows what it stands for, and so do the entities of a tag; that of & begins no other entity.
        escaped = len(piece.text) == 1 or ("<" in piece.text and "<" not in raw)
        escaped = escaped and not (piece.text == "&" == raw[:1])
        found.append(piece._replace(text=piece.text if escaped else raw, parts=()))
        before = piece
    return found


def _between(before: Cell, piece: Cell, lines: Sequence[str]) -> list[Cell]:
    """The tags between two pieces: behind the one and, where that ends a line, before the other."""
    if before.line == piece.line:
        gap = lines[piece.line - 1][before.end : piece.start]
        return [_stretch(piece, lines, before.end, piece.start)] if "<" in gap else []
    behind = _LEADING.match(lines[before.line - 1], before.end)
    ahead = _TRAILING.search(lines[piece.line - 1], 0, piece.start)
    found = [_stretch(before, lines, *behind.span())] if behind else []
    return [*found, _stretch(piece, lines, *ahead.span())] if ahead else found


def _stretch(cell: Cell, lines: Sequence[str], start: int, end: int) -> Cell:
    return cell._replace(text=lines[cell.line - 1][start:end], start=start, end=end, parts=())


def _is_marked(raw: str) -> bool:
    """Whether a text has tags that part paragraphs, or a tag that is broken over two lines."""
    if "<" not in raw:
        return False
    return raw.count("<") != raw.count(">") or _PARAGRAPH.search(raw) is not None


def _begins_paragraph(before: str, cell: Cell, *, counted: bool) -> bool:
    """Whether a cell on a new line begins a paragraph: a counter stands here, or the one before it has ended."""
    return COUNTER.match(cell.text) is not None or (not counted and before.endswith(SENTENCE_END))


def _tagged(cells: Sequence[Cell], lines: Sequence[str]) -> list[list[Goal]]:
    """Paragraphs marked by tags; the texts are sliced anew, since a tag may be broken over two cells."""
    whole = join(_raw_pieces(cells, lines))
    found: list[Goal] = []
    start = 0
    for match in [*_PARAGRAPH.finditer(whole.text), None]:
        end = match.start() if match else len(whole.text)
        text = whole.text[start:end]
        stripped = text.strip()
        if stripped:
            at = start + text.index(stripped)
            piece = cut(whole, at, at + len(stripped))
            clean = plain(piece.text)
            if clean:
                found.append(Goal(clean, {"text": piece}))
        start = match.end() if match else end
    return [found]


def tasks(rows: Sequence[Row], profile: FormProfile) -> Tasks:
    """The lines of 年度主要任务 (the section's label taken off; a header row among them is passed over)."""
    body: list[Row] = []
    header: Row | None = None
    doubts: list[Finding] = []
    firsts = profile.placeholder_firsts
    for row in rows:
        cells = row.cells
        if (len(cells) > 1 or header is None) and _heads_tasks(row, profile):
            header = header or row
            continue
        if len(cells) == 1 and header is not None and profile.is_furniture(cells[0].text) and continues(row):
            continue
        if _is_sum(cells, profile):
            doubts.append(Finding("figures_in_text", "tasks", None, None, {"text": cells[0].text}, cells[0]))
            continue
        if cells[0].text[0] not in firsts or not all(profile.placeholder.match(cell.text) for cell in cells):
            body.append(row)
    if header is not None:
        header, body, open_ones = _unpassed(header, body, profile)
        doubts += open_ones
    width = usual_width([*([header] if header is not None else []), *body])
    every, joined = whole_tasks(body, width)
    found: list[Task] = []
    whole, unknown = _below_header(every, profile) if header is None and every else (every, [])
    joined = [_moved(doubt, len(every) - len(whole)) for doubt in joined]
    findings = [*joined, *doubts, *_figures(body, "tasks"), *unknown]
    marked: set[int] = set()
    for row in whole:
        name, content = _columns(row)
        if content is None:
            findings.append(
                Finding("task_incomplete", "tasks", None, None, {"text": row.cells[0].text[:40]}, row.cells[0])
            )
        if len(row.cells) > TASK_COLUMNS < row.width and len({cell.col for cell in row.cells}) > TASK_COLUMNS:
            more = row.cells[TASK_COLUMNS]
            findings.append(Finding("task_columns", "tasks", len(found), None, {"text": more.text[:40]}, more))
        places: dict[str, Cell] = {}
        called, ended = _take(name, "name", places)
        said, content_ended = _take(content, "content", places)
        if ended or content_ended:
            marked.add(len(found))
        found.append(_new(Task, (called, said, content_ended, None, None, ended, places)))
    return Tasks(found, findings, frozenset(marked))


def _take(cell: Cell | None, field: str, places: dict[str, Cell]) -> tuple[str | None, bool]:
    """The text of a task's cell, whether a mark of a cut stood behind it; its place is added as that of the field."""
    if cell is None:
        return None, False
    ended = False
    text = cell.text
    if text.endswith(ELLIPSES):
        cell, ended = without_ellipsis(cell)
        text = cell.text
    places[field] = cell
    return text, ended


def _unpassed(header: Row, rows: list[Row], profile: FormProfile) -> tuple[Row, list[Row], list[Finding]]:
    """The header and the rows of tasks without the columns before the name that are passed over (部门职责).

    Such a column spans rows, so that its cell is there or not: the count of cells tells. A finding where a row begins
    in such a column and has a cell too few: the blank there is lost, or the content is not there.
    """
    words = [profile.task_columns[squash(cell.text)] for cell in header.cells]
    passed = next((at for at, word in enumerate(words) if word != "pass"), 0)
    if not passed:
        return header, rows, []
    begin, most = header.cells[passed].col, len(words) - passed

    def own(row: Row) -> Row:
        return row.changed(cells=row.cells[min(passed, max(0, len(row.cells) - most)) :])

    doubts = [
        Finding("layout_ambiguous", "tasks", None, None, {"what": first.text, "other": second.text}, first)
        for first, second in (row.cells[:2] for row in rows if len(row.cells) == most > 1 and row.cells[0].col < begin)
    ]
    return header.changed(cells=header.cells[passed:]), [own(row) for row in rows], doubts


def _is_sum(cells: Sequence[Cell], profile: FormProfile) -> bool:
    """Whether a row states the sums of amounts that stand beside the tasks."""
    if len(cells) == 1 or cells[0].text not in profile.sum_rows:
        return False
    return all(number(cell.text) is not None for cell in cells[1:])


def _heads_tasks(row: Row, profile: FormProfile) -> bool:
    """Whether all cells of a row are words over the tasks."""
    words = profile.task_columns
    if len(row.cells[0].text) > _LONGEST_HEADER or squash(row.cells[0].text) not in words:
        return False
    return all(len(cell.text) <= _LONGEST_HEADER and squash(cell.text) in words for cell in row.cells[1:])


def _below_header(rows: list[Row], profile: FormProfile) -> tuple[list[Row], list[Finding]]:
    """The rows of tasks without a header of which not every word is known, and what is doubtful about that."""
    first = rows[0]
    if _is_named_header(first, profile):
        unknown = [cell for cell in first.cells if squash(cell.text) not in profile.task_columns]
        return rows[1:], [
            Finding("task_column_unknown", "tasks", None, None, {"word": cell.text[:40]}, cell) for cell in unknown
        ]
    if _may_be_header(rows):
        return rows, [Finding("task_header_unknown", "tasks", 0, None, {"text": _shown(first)}, first.cells[0])]
    return rows, []


def _moved(doubt: Finding, by: int) -> Finding:
    """The finding on a row of a table whose first rows were taken away, so many; on the table where it was on those."""
    if not by or doubt.seq is None:
        return doubt
    return doubt._replace(seq=doubt.seq - by if doubt.seq >= by else None)


def _is_named_header(row: Row, profile: FormProfile) -> bool:
    """Whether the first row of some tasks is a header of which not every word is known: a word for names over names."""
    known = profile.task_columns.get(squash(row.cells[0].text)) == "name"
    short = all(len(cell.text) <= _LONGEST_HEADER for cell in row.cells)
    return known and len(row.cells) > 1 and short


def _may_be_header(rows: Sequence[Row]) -> bool:
    """Whether the first of some task rows looks like a header: short words over texts."""
    if len(rows) < TASK_COLUMNS or len(rows[0].cells) < TASK_COLUMNS:
        return False
    short = all(len(cell.text) <= _SHORT_WORD for cell in rows[0].cells)
    return short and all(len(row.cells[-1].text) > _SHORT_WORD for row in rows[1:])


def _shown(row: Row) -> str:
    return " | ".join(cell.text for cell in row.cells)


def without_ellipsis(cell: Cell) -> tuple[Cell, bool]:
    """The cell without an ellipsis at its end, and whether there was one: some portals mark a cut with it.

    Dots alone stay: they cut nothing.
    """
    match = _ELLIPSIS.search(cell.text) if cell.text.endswith(ELLIPSES) else None
    return (trimmed(cut(cell, 0, match.start())), True) if match and match.start() else (cell, False)


def _columns(row: Row) -> tuple[Cell | None, Cell | None]:
    """Name and content; further cells belong to the content (a run of blanks within it)."""
    if len(row.cells) == 1:
        cell = row.cells[0]
        if " " in cell.text:
            space = cell.text.index(" ")
            return trimmed(cut(cell, 0, space)), trimmed(cut(cell, space, len(cell.text)))
        return cell, None
    name, *rest = row.cells
    return name, join(rest)


def notes(rows: Sequence[Row], profile: FormProfile) -> tuple[Cell | None, list[Finding]]:
    """What stands beside 其他说明, and its continuation on the lines right below; None where it is blank.

    The form ends here. A row of a table that stands below all the same is not read, and a finding says so.
    """
    given = rows
    rows = [row for row in rows if row.cells] if rows and rows[0].cells else rows[:1]
    below = [row for row in rows[1:] if len(row.cells) >= _TABLE_ROW and not profile.is_furniture(row.cells[0].text)]
    unread = [
        Finding("row_unread", "indicators", None, None, {"text": row.cells[0].text[:40]}, row.cells[0]) for row in below
    ]
    if not rows or not rows[0].cells:
        return None, unread + _below_label(given, profile)
    found = list(rows[0].cells)
    line = rows[0].line
    for row in rows[1:]:
        first = row.cells[0]
        if row.line != line + 1 or profile.is_furniture(first.text) or found[-1].text.endswith(SENTENCE_END):
            break
        if not continues(row):
            if len(row.cells) == 1:
                params = {"text": first.text[:40]}
                unread.append(Finding("rest_below", "documents", None, "other_notes", params, first))
            break
        found += row.cells
        line = row.line
    return join(found), unread


def _below_label(rows: Sequence[Row], profile: FormProfile) -> list[Finding]:
    """A finding where a text stands right below the label of the notes, and nothing beside it."""
    if len(rows) < _SEVERAL or rows[1].line != rows[0].line + 1 or len(rows[1].cells) != 1:
        return []
    cell = rows[1].cells[0]
    if profile.is_furniture(cell.text) or is_signed(rows[1].cells):
        return []
    return [Finding("rest_below", "documents", None, "other_notes", {"text": cell.text[:40]}, cell)]
