"""One form: its sections read, cut texts told, checks made. Grid in, Forms out; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from extract import catalogue, checks
from extract.clean import width
from extract.cut import ELLIPSES, cut_ones
from extract.interpret import funding, identity, links, prose
from extract.interpret.aligned import begins_below
from extract.interpret.costed import costed
from extract.interpret.flowed import is_flowed, unwrap
from extract.interpret.glued import Ungluer
from extract.interpret.hard import tidy
from extract.interpret.indicators import IndicatorReader, Tree
from extract.interpret.layout import LayoutReading, is_layout, read_layout
from extract.interpret.levels_in_one import part_levels
from extract.interpret.page import is_page, page_forms, read_page
from extract.interpret.remnants import remnants
from extract.interpret.runs import untangled
from extract.interpret.sections import Scanner, Sections
from extract.interpret.singles import apart
from extract.interpret.stacked import whole_labels, whole_words
from extract.interpret.trace import Recorder
from extract.interpret.wide import AMOUNT, GOAL, Lead, grouped, leading_columns, projects
from extract.model import Cell, Finding, Form, Goal, Grid, Indicator, Row, Task
from extract.places import as_seen, pieces
from extract.recover import in_goals
from extract.vocabulary import Vocabulary


class Parts(NamedTuple):
    """What was read of one form, before its texts are looked at together. ``doubts``: of its layout, rows not known."""

    head: identity.Identity
    money: funding.Funding
    goals: prose.Goals
    tasks: prose.Tasks
    tree: Tree
    notes: Cell | None
    findings: list[Finding]
    doubts: tuple[Finding, ...]
    # The sections whose labels the form has, and those for which it has no place.
    expected: frozenset[str]
    lacking: frozenset[str] = frozenset()


# tuple.__new__ and not Task(...): a third of the time.
_new = tuple.__new__
# The upper row of a wide table's header names so many columns and groups of columns at least.
_FEWEST_GROUPS: Final = 3
# Findings that say nothing against the rows of a table.
_OF_A_FORM: Final = frozenset({"weight_sum", "column_unknown", "goal_columns", "goals_missing"})
_OWN_TABLES: Final = ("indicators", "documents")
# Of so many rows, one may be doubtful.
_ROWS_A_DOUBT: Final = 4


class Called(NamedTuple):
    """A form's profile: its name, and the sections that its forms have."""

    name: str
    expects: frozenset[str]


class _Attempt(NamedTuple):
    """Rows by section, the layout of their page where it was kept, and what was made of them; nothing if no form."""

    sections: Sections
    layout: LayoutReading | None
    parts: list[Parts]
    forms: list[Form]


class Prepared(NamedTuple):
    """Rows in which each cell stands by itself, and the doubts about cuts between them."""

    rows: list[Row]
    doubts: list[Finding]

    def part(self, start: int, end: int) -> Prepared:
        """Some of the rows, with the doubts about them."""
        rows = self.rows[start:end]
        if not self.doubts:
            return Prepared(rows, [])
        own: dict[int, list[Cell]] = defaultdict(list)
        for row in rows:
            for cell in row.cells:
                for piece in pieces(cell):
                    own[piece.line].append(piece)
        return Prepared(rows, [d for d in self.doubts if d.place is None or _begins_within(d.place, own)])


class Interpreter:
    """Reads grids by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.scanner = Scanner(vocabulary)
        self.indicators = IndicatorReader(vocabulary)
        self.unglued = Ungluer(self.scanner, self.indicators)

    def prepared(self, rows: Sequence[Row], *, ruled: bool = False) -> Prepared:
        """The rows of a grid with what ran together taken apart, and what was broken put together."""
        if ruled:
            rows = whole_words(rows, self.scanner)
        cut, doubts = self.unglued(rows)
        return Prepared(untangled(whole_labels(apart(cut, self.scanner), self.scanner), self.scanner), doubts)

    def ranges(self, rows: Sequence[Row], lines: Sequence[str]) -> list[tuple[int, int]]:
        """The half-open ranges of prepared rows that are one form each, in order."""
        found = self.scanner.forms(rows)
        return page_forms(rows, found, self.scanner) if is_page(lines) else found

    def read(
        self, prepared: Prepared, grid: Grid, profile: Called, index: int, recorder: Recorder | None = None
    ) -> list[Form]:
        """The form that prepared rows of a grid make; several of a wide table, none where they are no form.

        ``index`` is the place of the first one.
        """
        lines = grid.lines
        rows = prepared.rows
        glued = bool(prepared.doubts) and not is_page(lines)
        separated = not (grid.ruled or glued) and sum([row.width > 1 for row in rows]) * 2 > len(rows)
        layout = None if grid.ruled or glued or separated else self._layout(rows, lines)
        if layout is None:
            way = "cells" if separated else _way(rows, ruled=grid.ruled, glued=glued)
            read = self._attempt(self._plain(rows, grid), None, lines, profile, index, way, prepared.doubts)
        else:
            sections, reading = layout
            way = "page" if reading.free else "layout"
            read = self._attempt(sections, reading, lines, profile, index, way)
            count = _open if layout[1].exact else _found
            if count(read.forms):
                # Cells that only blanks separate may seem to stand in columns by chance.
                plain = self._attempt(self._plain(rows, grid), None, lines, profile, index, "blanks")
                least = 0 if layout[1].exact else _found(read.forms)
                if plain.forms and count(plain.forms) <= least:
                    read = plain._replace(forms=list(map(_with_doubted_labels, plain.forms)))
        if recorder is not None:
            recorder.stretch(rows, read.sections, read.layout, self)
            recorder.forms(read.parts, read.forms)
        return read.forms

    def read_stream(
        self, stream: LayoutReading, lines: Sequence[str], profile: Called, index: int, recorder: Recorder | None = None
    ) -> list[Form]:
        """``read`` for the rows of a text without cell boundaries."""
        sections = self.scanner.split([row for row in map(_cleaned, stream.rows) if row.cells])
        read = self._attempt(sections, stream, lines, profile, index, "stream")
        if recorder is not None:
            recorder.stretch(stream.rows, read.sections, read.layout, self)
            recorder.forms(read.parts, read.forms)
        return read.forms

    def _attempt(
        self,
        sections: Sections,
        layout: LayoutReading | None,
        lines: Sequence[str],
        profile: Called,
        index: int,
        way: str,
        cuts: Sequence[Finding] = (),
    ) -> _Attempt:
        """The forms that sections make; ``way``: how their cells were told; ``cuts``: doubts about cuts in rows."""
        if not _is_form(sections):
            return _Attempt(sections, layout, [], [])
        wide = self._wide(sections) if sections.headers else None
        if wide is None:
            doubts = (*(layout.doubts if layout is not None else ()), *cuts)
            parts = self._parts(sections, doubts, lines)
            if layout is None or way == "stream":
                # Where cells ran together, what they are among the amounts is told by their sums.
                rows = [*sections.head, *(() if cuts else sections.funding)]
                parts.findings.extend(remnants(rows, parts.head.places, parts.money.amounts, self.scanner))
            read = [parts]
        else:
            read = list(self._projects(sections, *wide, lines))
        forms = [self._form(parts, profile, index + i, way) for i, parts in enumerate(read)]
        return _Attempt(sections, layout, read, forms)

    def _wide(self, sections: Sections) -> tuple[tuple[Lead, ...], Row] | None:
        """The columns before the indicators' in a wide table, whose header may be of two rows, and the rest of it."""
        header = sections.headers[0]
        found = leading_columns(header, self.scanner)
        if found is not None or header.cells[0].col == 0:
            return found
        for rows in (sections.head, sections.funding):
            for row in rows:
                if row.line == header.line - 1 and len(row.cells) >= _FEWEST_GROUPS:
                    found = leading_columns(grouped(row, header), self.scanner)
                    if found is not None:
                        rows.remove(row)
                        return found
        return None

    def _parts(self, sections: Sections, doubts: tuple[Finding, ...], lines: Sequence[str]) -> Parts:
        """What the sections of a form say."""
        head = identity.read(sections, self.scanner)
        profile = self.vocabulary.profile
        label = sections.labels.get("funding")
        notes, unread = prose.notes(sections.notes, profile)
        tasks, sums = costed(sections.tasks, profile)
        return Parts(
            head=head,
            money=funding.read([*sections.funding, *sums], label, head.form_kind, head.amount_unit, profile),
            goals=prose.goals(sections.goals, lines, profile, sections.numbered),
            tasks=prose.tasks(tasks, profile),
            tree=self.indicators.read(sections.indicators, sections.headers),
            notes=notes,
            findings=unread,
            doubts=doubts,
            expected=frozenset(sections.labels),
        )

    def _projects(
        self, sections: Sections, leads: tuple[Lead, ...], header: Row, lines: Sequence[str]
    ) -> Iterator[Parts]:
        """What a wide table says of each of its projects."""
        profile = self.vocabulary.profile
        for project in projects(sections.indicators, leads, self.indicators.kinds):
            head = identity.read(sections, self.scanner)
            identity.of_project(head, project.unit, project.name, project.code, profile)
            yield Parts(
                head=head,
                money=funding.of_project(project.amounts, head.amount_unit, profile),
                goals=prose.goals([Row(piece.line, [piece], 1) for piece in project.goal_lines()], lines, profile),
                tasks=prose.Tasks([], [], frozenset()),
                tree=self.indicators.read(project.rows, [header]),
                notes=None,
                findings=[Finding("cell_unread", None, None, None, {"text": c.text[:40]}, c) for c in project.unread],
                doubts=(),
                expected=frozenset(),
                lacking=_without(leads),
            )

    def _form(self, parts: Parts, called: Called, index: int, way: str) -> Form:
        """The form that its parts make: cut texts told and recovered, checks made."""
        head, money, tree = parts.head, parts.money, parts.tree
        places = head.places
        if parts.notes is not None:
            places["other_notes"] = parts.notes
        if money.unit_cell is not None:
            places["amount_unit"] = money.unit_cell
        goals = parts.goals.goals
        indicators = tree.indicators
        # A form that marks its cuts leaves its unmarked texts whole.
        names = [i.name for i in indicators if i.name is not None]
        marks = bears_marks(parts.tasks, names)
        cut_doubts = self._cut_names(indicators, names, marks=marks)
        tasks = self._cut_tasks(parts.tasks, goals, marks=marks)
        weighed = checks.weights(indicators)
        known = self.vocabulary
        findings = [
            *checks.head(head),
            *_without_unit(money),
            *head.doubts,
            *money.findings,
            *parts.goals.findings,
            *parts.tasks.findings,
            *tree.findings,
            *cut_doubts,
            *parts.findings,
            *checks.empty(
                {
                    "funding": len(money.amounts),
                    "goals": len(goals),
                    "tasks": len(tasks),
                    "indicators": len(indicators),
                },
                parts.expected | (called.expects - parts.lacking) | self._swallowed(parts, goals),
            ),
            *checks.levels(indicators, known.parents, known.full_labels, known.profile.counter, flat=tree.flat),
            *checks.targets(indicators),
            *checks.task_names(tasks, known.profile.task_columns),
            *checks.goal_texts(goals, known.profile.bare_sections, known.profile.task_columns),
            *checks.beginnings(goals, tasks),
            *checks.leftovers(_texts(head, parts.notes), places, goals, tasks, indicators),
            *weighed.findings,
            *checks.duplicates(indicators),
            *_placed(parts.doubts, indicators, tasks, goals),
        ]
        return Form(
            form_index=index,
            form_kind=head.form_kind,
            form_profile=called.name,
            title=head.title,
            fiscal_year=head.fiscal_year,
            unit_code=head.unit_code,
            unit_name=head.unit_name,
            supervising_unit=head.supervising_unit,
            project_code=head.project_code,
            project_name=head.project_name,
            amount_unit=money.amount_unit,
            other_notes=parts.notes.text if parts.notes is not None else None,
            funding_check=money.check,
            weight_check=weighed.answer,
            funding=tuple(money.amounts),
            goals=tuple(goals),
            tasks=tuple(tasks),
            indicators=tuple(indicators),
            findings=tuple(findings),
            places=places,
            reading=way,
            weighed=tree.weighed,
        )

    def _swallowed(self, parts: Parts, goals: Sequence[Goal]) -> set[str]:
        """The tasks, where their label stands within goals, words over tasks behind it or on a mixed-up page."""
        profile = self.vocabulary.profile
        if any(checks.holds_tasks(goal, profile.bare_sections, profile.task_columns) for goal in goals):
            return {"tasks"}
        if not any(doubt.table == "goals" for doubt in parts.doubts):
            return set()
        labels = [word for word, name in profile.bare_sections.items() if name == "tasks"]
        return {"tasks"} if any(word in goal.text for word in labels for goal in goals) else set()

    def _plain(self, rows: Sequence[Row], grid: Grid) -> Sections:
        """The rows of a form by section; those that a text browser or a converter broke are whole again."""
        sections = self.scanner.split(rows)
        part_levels(sections, self.scanner)
        if grid.ruled:
            tidy(sections, self.scanner, grid.lines)
        elif is_flowed(sections):
            unwrap(sections, grid.lines, self.scanner, self.indicators)
        return sections

    def _layout(self, rows: Sequence[Row], lines: Sequence[str]) -> tuple[Sections, LayoutReading] | None:
        """The logical rows of a page by section, and what its layout leaves open; None where no layout was kept."""
        first = rows[0].line
        own_lines = lines[first - 1 : rows[-1].line]
        known = is_layout(own_lines, self.vocabulary) or self._aligned(rows, lines)
        layout = read_layout(own_lines, first, self.vocabulary) if known else None
        if (layout is None or not layout.holds()) and is_page(own_lines):
            page = read_page(own_lines, first, self.indicators.kinds)
            if page is not None:
                return self.scanner.split([row for row in map(_cleaned, page.rows) if row.cells]), page
        if layout is None:
            return None
        laid_out = [row for row in map(_cleaned, layout.rows) if row.cells]
        if most := links.listed(lines):
            laid_out = links.without_numbers(laid_out, most)
        sections = self.scanner.split(laid_out)
        # The head is no part of the layout's table: its cells are those of its lines.
        body = [row.line for name, part in sections.by_state.items() if name != "head" for row in part]
        begins = min(body, default=0)
        printed = [row for row in rows if row.line < begins and row.cells[0].start != _start(sections.title, row.line)]
        sections.head[:] = [_with_columns(row, lines) for row in printed]
        return sections, layout

    def _aligned(self, rows: Sequence[Row], lines: Sequence[str]) -> bool:
        """Whether the indicator table stands in the columns of its header."""
        at = next((i for i, row in enumerate(rows) if row.width == 0 and self.scanner.is_header(row)), None)
        return at is not None and begins_below(rows[at], rows[at + 1 :], lines)

    def _cut_names(self, indicators: list[Indicator], names: Sequence[str], *, marks: bool) -> list[Finding]:
        """Marks the indicators whose names are cut: by their marks (…) where the form has ``marks``, else by width.

        ``names``: of those that have one.
        """
        named = [seq for seq, i in enumerate(indicators) if i.name is not None]
        doubts: list[Finding] = []
        if marks:
            ends = [seq for seq, name in zip(named, names, strict=True) if name.endswith(ELLIPSES)]
            marked = [(seq, *prose.without_ellipsis(indicators[seq].places["name"])) for seq in ends]
            cut = [(seq, cell) for seq, cell, mark in marked if mark]
        else:
            told = cut_ones(names, self.vocabulary.profile.cuts["indicator_name"])
            cut = [(named[k], indicators[named[k]].places["name"]) for k in told.places]
            if told.doubtful_limit is not None:
                params = {"width": told.doubtful_limit}
                doubts = [
                    Finding("cut_uncertain", "indicators", seq, "name_truncated", params, cell) for seq, cell in cut
                ]
        for seq, cell in cut:
            places = {**indicators[seq].places, "name": cell}
            indicators[seq] = indicators[seq]._replace(name=cell.text, name_truncated=True, places=places)
        return doubts

    def _cut_tasks(self, read: prose.Tasks, goals: Sequence[Goal], *, marks: bool) -> list[Task]:
        """The tasks, cut ones marked so and recovered from the goals where they stand there."""
        tasks = read.tasks
        contents = [(seq, task.content) for seq, task in enumerate(tasks) if task.content is not None]
        names = [(seq, task.name) for seq, task in enumerate(tasks) if task.name is not None]
        if marks:
            cut = {seq for seq, task in enumerate(tasks) if task.content_truncated}
            cut_names: set[int] = set()
        else:
            cuts = self.vocabulary.profile.cuts
            cut = {contents[k][0] for k in cut_ones([text for _, text in contents], cuts["task_content"]).places}
            cut_names = {names[k][0] for k in cut_ones([text for _, text in names], cuts["task_name"]).places}
        aims = "\n".join([goal.text for goal in goals])
        for seq in cut | cut_names:
            name, content, _, _, _, name_cut, places = tasks[seq]
            recovered = in_goals(content, goals) if seq in cut and content is not None and content in aims else None
            text = source = None
            if recovered is not None:
                text, source = recovered.text, f"goals line {recovered.place.line}"
                places = {**places, "content_recovered": recovered.place, "recovery_source": recovered.place}
            tasks[seq] = _new(Task, (name, content, seq in cut, text, source, name_cut or seq in cut_names, places))
        return tasks


def _way(rows: Sequence[Row], *, ruled: bool, glued: bool) -> str:
    """How the cells of rows were told; see ``Form.reading``."""
    if ruled or glued:
        return "ruled" if ruled else "glued"
    return "cells" if sum([row.width > 0 for row in rows]) * 2 > len(rows) else "blanks"


def bears_marks(tasks: prose.Tasks, names: Iterable[str]) -> bool:
    """Whether a form marks its cuts (…): in its tasks, or in the names of its indicators as they stand there."""
    if tasks.marked:
        return True
    text = "\n".join([*names, ""])
    return any(f"{mark}\n" in text for mark in ELLIPSES)


def _texts(head: identity.Identity, notes: Cell | None) -> dict[str, str | None]:
    """The texts of a form's own fields."""
    return {
        "title": head.title,
        "unit_name": head.unit_name,
        "supervising_unit": head.supervising_unit,
        "project_name": head.project_name,
        "other_notes": notes.text if notes is not None else None,
    }


def _begins_within(place: Cell, own: Mapping[int, Sequence[Cell]]) -> bool:
    """Whether a place begins within one of some pieces of cells, by line."""
    first = pieces(place)[0]
    return any(piece.start <= first.start < piece.end for piece in own.get(first.line, ()))


def _is_form(sections: Sections) -> bool:
    """Whether rows are a form at all: a header of indicators, or two of its other sections."""
    parts = [
        bool(sections.headers),
        bool(sections.funding),
        bool(sections.goals),
        bool(sections.tasks),
        bool(sections.indicators),
    ]
    return bool(sections.headers and sections.indicators) or sum(parts) >= 2


def _without_unit(money: funding.Funding) -> list[Finding]:
    """That no line states the unit of the amounts, which are read as yuan then."""
    open_ones = [amount for amount in money.amounts if amount.amount_raw and amount.amount_raw[-1].isdigit()]
    if money.amount_unit is not None or not open_ones:
        return []
    place = open_ones[0].places["amount"]
    return [
        Finding("amount_unit_missing", "documents", None, "amount_unit", {}, place),
        Finding("amount_unit_missing", "funding", None, None, {}, place),
    ]


def _with_doubted_labels(form: Form) -> Form:
    """A page's form read by its lines, as if labels stood in their first rows; where some row has none, they do not."""
    lacking = ("level1_missing", "level1_inferred", "level2_missing")
    if not any(finding.code in lacking for finding in form.findings):
        return form
    doubts = [Finding("labels_within", "indicators", None, field) for field in ("level1", "level2")]
    return replace(form, findings=(*form.findings, *doubts))


def _open(forms: Sequence[Form]) -> int:
    """How much about the rows of tables is doubtful in forms."""
    return sum(finding.table in ("indicators", "tasks", None) for form in forms for finding in form.findings)


def _found(forms: Sequence[Form]) -> int:
    """How many findings there are on forms."""
    return sum(len(form.findings) for form in forms)


def is_sound(forms: Sequence[Form]) -> bool:
    """Whether forms were found, and nothing of their tables is doubtful."""
    kinds = catalogue.findings()
    doubts = [finding for form in forms for finding in form.findings if kinds[finding.code].severity != "info"]
    return bool(forms) and all(doubt.table == "documents" for doubt in doubts)


def reads_rows(forms: Sequence[Form]) -> bool:
    """Whether the lines of a text are the rows of indicator tables: none is doubtful, or few and little else is."""
    kinds = catalogue.findings()
    for form in forms:
        doubts = [f for f in form.findings if kinds[f.code].severity != "info" and f.code not in _OF_A_FORM]
        rows = {doubt.seq for doubt in doubts if doubt.table == "indicators"}
        others = any(doubt.table not in _OWN_TABLES for doubt in doubts)
        if not form.indicators or None in rows or (rows and others) or len(rows) * _ROWS_A_DOUBT > len(form.indicators):
            return False
    return bool(forms)


def _without(leads: Sequence[Lead]) -> frozenset[str]:
    """The sections for which a wide table has no column."""
    return frozenset(
        section for section, role in (("funding", AMOUNT), ("goals", GOAL)) if role not in {lead.role for lead in leads}
    )


def _cleaned(row: Row) -> Row:
    """The row of a layout with what shows nothing taken out of its cells."""
    if all(cell.text.isprintable() and "&" not in cell.text and "<" not in cell.text for cell in row.cells):
        return row
    return row.changed(cells=[seen for cell in row.cells if (seen := as_seen(cell)) is not None])


def _start(title: Cell | None, line: int) -> int:
    """Where the title begins in a line; -1 where it does not stand there."""
    return title.start if title is not None and title.line == line else -1


def _with_columns(row: Row, lines: Sequence[str]) -> Row:
    """The row, its cells with the display columns they stand in."""
    line = lines[row.line - 1]
    cells = [cell._replace(x0=width(line[: cell.start]), x1=width(line[: cell.end])) for cell in row.cells]
    return row.changed(cells=cells)


def _placed(
    doubts: Sequence[Finding], indicators: Sequence[Indicator], tasks: Sequence[Task], goals: Sequence[Goal]
) -> list[Finding]:
    """Doubts of the layout with the row they are about, found by the place of its name."""
    if not doubts:
        return []
    seqs: dict[tuple[str, int, int], int] = {}
    named: list[tuple[str, list[Cell | None]]] = [
        ("indicators", [indicator.places.get("name") for indicator in indicators]),
        ("tasks", [task.places.get("name") for task in tasks]),
        ("goals", [goal.places.get("text") for goal in goals]),
    ]
    for table, cells in named:
        for seq, cell in enumerate(cells):
            if cell is not None:
                seqs.setdefault((table, cell.line, cell.start), seq)
    return [
        doubt._replace(seq=seqs.get((doubt.table, doubt.place.line, doubt.place.start)))
        if doubt.place is not None and doubt.table
        else doubt
        for doubt in doubts
    ]
