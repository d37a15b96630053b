"""Which profile each form of a grid is read by: as its title says, else its labels, else the general one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from extract.clean import squash
from extract.interpret import links
from extract.interpret.form import Called, Interpreter, Prepared, is_sound, reads_rows
from extract.interpret.poor import as_a_whole
from extract.interpret.sections import BRACKETED_YEAR
from extract.interpret.singles import heads_more
from extract.interpret.stream import StreamReader, may_be_stream
from extract.interpret.titles import with_whole_title
from extract.interpret.trace import Recorder
from extract.model import Finding, Form, Grid, Row
from extract.profiles import GENERAL, Library, Profile

# Longer cells are no labels.
_LONGEST_WORD: Final = 24
_ROWS_GUESSED: Final = Finding("rows_guessed")
_NO_PROFILE: Final = Finding("profile_general", "documents", None, "form_profile")


class FormReader:
    """Reads grids by a library of profiles: forms are found by the words of all, and each is read by one."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._finder = Interpreter(library.finder)
        self._interpreters = {id(library.finder): self._finder}
        self._streams: dict[int, StreamReader] = {}

    def forms(self, grid: Grid, recorder: Recorder | None = None) -> tuple[Form, ...]:
        """The forms of a grid in the order of the source; none where it holds no approval table."""
        return tuple([as_a_whole(form) if form.findings else form for form in self._forms(grid, recorder)])

    def _forms(self, grid: Grid, recorder: Recorder | None) -> tuple[Form, ...]:
        if grid.ruled or not self._may_be_stream(grid.rows):
            return self._by_rows(grid, recorder)
        rows = self._by_rows(grid, None)
        stream = self._by_stream(grid, None)
        streamed = bool(stream) and (is_sound(stream) or not is_sound(rows))
        if streamed and (is_sound(rows) or reads_rows(rows)) and _values(rows) > _values(stream):
            # A stream leaves nothing out.
            streamed = False
        if recorder is None:
            return stream if streamed else rows
        return self._by_stream(grid, recorder) if streamed else self._by_rows(grid, recorder)

    def _may_be_stream(self, rows: Sequence[Row]) -> bool:
        """Whether rows may be a stream, and one whose header has no more columns than streams are read with."""
        finder = self._finder
        if not may_be_stream(rows) or finder.unglued.has_header(rows):
            return False
        return not any(heads_more(row, finder.scanner) for row in rows)

    def _by_stream(self, grid: Grid, recorder: Recorder | None) -> tuple[Form, ...]:
        """The forms of a text without cell boundaries; none where it is no such text."""
        found: list[Form] = []
        if recorder is not None:
            recorder.begin(grid, self._finder.prepared(grid.rows).rows, self._finder)
        for start, end in self._stream(self._finder).ranges(grid.rows, len(grid.lines)):
            own = [row for row in grid.rows if start <= row.line < end]
            profile = self.profile(own)
            interpreter = self._by(profile)
            reading = self._stream(interpreter).read(grid.lines[start - 1 : end - 1], start)
            if reading is None:
                return ()
            called = Called(profile.name, profile.expects)
            forms = interpreter.read_stream(reading, grid.lines, called, len(found), recorder)
            found += map(_in_general, forms) if profile.name == GENERAL else forms
        return tuple(found)

    def _stream(self, interpreter: Interpreter) -> StreamReader:
        """The reader of texts without cell boundaries by the words of an interpreter, made once."""
        found = self._streams.get(id(interpreter))
        if found is None:
            found = StreamReader(interpreter.vocabulary, interpreter.scanner, interpreter.indicators.kinds)
            self._streams[id(interpreter)] = found
        return found

    def _by_rows(self, grid: Grid, recorder: Recorder | None) -> tuple[Form, ...]:
        """The forms of a text of which lines are rows of cells, or keep the columns of a page."""
        found: list[Form] = []
        if most := links.listed(grid.lines):
            grid = replace(grid, rows=links.without_numbers(grid.rows, most))
        rows = self._finder.prepared(grid.rows, ruled=grid.ruled)
        if recorder is not None:
            recorder.begin(grid, rows.rows, self._finder)
        for start, end in self._finder.ranges(rows.rows, grid.lines):
            own = rows.part(start, end)
            profile = self.profile(own.rows)
            if profile.vocabulary is not self.library.finder:
                own = self._own_rows(grid, rows, start, end, profile)
            if start and own.rows[0].cells[0] == rows.rows[start].cells[0]:
                title = with_whole_title(rows.rows, start, grid.lines, own.rows[0], self._finder.scanner)
                own = own._replace(rows=[title, *own.rows[1:]])
            called = Called(profile.name, profile.expects)
            forms = self._by(profile).read(own, grid, called, len(found), recorder)
            found += map(_in_general, forms) if profile.name == GENERAL else forms
        return tuple(map(_with_guessed_rows, found) if grid.guessed else found)

    def profile(self, rows: Sequence[Row]) -> Profile:
        """The profile of the form that rows make; its title stands in the first one, where it has any."""
        title = rows[0].cells[0].text
        known = self._finder.scanner.meaning(title).kind == "title"
        return self.library.choose(BRACKETED_YEAR.sub("", squash(title)) if known else "", lambda: _words(rows))

    def _by(self, profile: Profile) -> Interpreter:
        vocabulary = profile.vocabulary
        found = self._interpreters.get(id(vocabulary))
        if found is None:
            found = self._interpreters[id(vocabulary)] = Interpreter(vocabulary)
        return found

    def _own_rows(self, grid: Grid, prepared: Prepared, start: int, end: int, profile: Profile) -> Prepared:
        """The rows of a form, prepared by the words of its own profile instead of those of all."""
        rows = prepared.rows
        first = rows[start].line
        behind = rows[end].line if end < len(rows) else len(grid.lines) + 1
        if behind == rows[end - 1].line or (start and rows[start - 1].line == first):
            # Forms that stand in one line cannot be told apart before it is cut.
            return prepared.part(start, end)
        kept = [row for row in grid.rows if first <= row.line < behind]
        own = self._by(profile).prepared(kept, ruled=grid.ruled)
        return own if own.rows else prepared.part(start, end)


def _words(rows: Sequence[Row]) -> frozenset[str]:
    """The short cells of rows, squashed, without a colon at the end; also without what is in brackets behind them."""
    cells = {squash(cell.text).rstrip(":") for row in rows for cell in row.cells if len(cell.text) <= _LONGEST_WORD}
    return frozenset({*cells, *(text.partition("(")[0] for text in cells)})


def _values(forms: Sequence[Form]) -> int:
    """How many rows of tables forms give."""
    return sum(len(form.funding) + len(form.tasks) + len(form.indicators) for form in forms)


def _in_general(form: Form) -> Form:
    return replace(form, findings=(*form.findings, _NO_PROFILE))


def _with_guessed_rows(form: Form) -> Form:
    return replace(form, findings=(*form.findings, _ROWS_GUESSED))


@lru_cache(maxsize=16)
def reader_of(library: Library) -> FormReader:
    """The reader for a library of profiles, made once."""
    return FormReader(library)
