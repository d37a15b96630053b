"""Whether words help: sources read again with them, and compared with what was read and what persons said.

A form that somebody corrected may change towards what was said, and where it was blank; nothing else of it may. Of the
other sources at hand, one that was sound must stay as it is, and one that was not may be read otherwise if less of it
is doubtful then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from extract import api, catalogue
from extract.batch.isolate import Isolation
from extract.batch.read import read_leaf
from extract.corrections.fields import tables
from extract.corrections.file import Correction
from extract.errors import UnreadableInput
from extract.formfiles import FormFile, read_forms, read_words
from extract.learn.words import Source
from extract.model import Extraction, Failure, Form, Row
from extract.profiles import Library, default, library
from extract.readers import encoding, files, kinds, shapes
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.schemafiles import SCHEMAS
from extract.vocabulary import Vocabulary

Key = tuple[str, int | None, str]

# What stood there changes with what was made of it.
_RAW: Final = {"level1_raw": "level1", "level2_raw": "level2", "amount_raw": "amount"}


def compiled(own: Sequence[FormFile]) -> Library:
    """Profiles of one's own before those that are shipped; SchemaError where they do not fit together."""
    return library(read_words(SCHEMAS / "vocabulary"), read_forms(SCHEMAS / "forms"), own)


def read(
    data: bytes,
    source_path: str,
    _: object,
    options: ReadOptions,
    docx: bytes | Failure | None = None,
    own: Sequence[FormFile] = (),
) -> Iterator[Extraction]:
    """The task of reading a file by profiles that no folder has."""
    yield api.traced_bytes(data, None, source_path=source_path, forms=compiled(own), options=options, docx=docx)


def rows(
    data: bytes, _: str, __: object, options: ReadOptions, docx: bytes | Failure | None = None
) -> Iterator[list[Row]]:
    """The task of telling which rows of cells a file has."""
    kind = kinds.kind(data)
    if kind == "text":
        yield shapes.read(encoding.decode(data).text).rows
    else:
        yield [row for grid in files.read(data, kind, options, docx).grids for row in grid.rows]


class Reader:
    """Reads sources by profiles in the making; what is no text, in a child."""

    def __init__(self, isolation: Isolation, options: ReadOptions) -> None:
        self._isolation = isolation
        self._options = options
        self._own: Sequence[FormFile] = ()
        self._library: Library | None = None
        self._rows: dict[str, list[Row]] = {}

    def use(self, own: Sequence[FormFile]) -> None:
        """Has sources read by these profiles from now on."""
        self._library, self._own = compiled(own), own

    def vocabulary(self, form: Form) -> Vocabulary:
        """The words that a form was read by."""
        found = self._library or default()
        return next((one for one in found.profiles if one.name == form.form_profile), found.general).vocabulary

    def read(self, leaf: Leaf) -> Extraction:
        """What came of a source."""
        return read_leaf(leaf, self._read)

    def _read(self, data: bytes, source_path: str) -> Extraction:
        if kinds.kind(data) == "text":
            return api.traced_bytes(data, None, source_path=source_path, forms=self._library, options=self._options)
        try:
            found: Extraction = self._isolation.apart(read, data, source_path, self._own)
        except UnreadableInput as error:
            return api.of_leaf(Leaf(source_path, data, Failure(error.code, error.params)))
        return found

    def rows(self, leaf: Leaf) -> list[Row]:
        """The rows of cells of a source; none where it cannot be read."""
        key = hashlib.sha256(leaf.data).hexdigest()
        if key not in self._rows:
            try:
                if kinds.kind(leaf.data) == "text":
                    (found,) = rows(leaf.data, leaf.source_path, None, self._options)
                else:
                    found = self._isolation.apart(rows, leaf.data, leaf.source_path)
            except UnreadableInput:
                found = []
            self._rows[key] = found
        return self._rows[key]

    def source(self, leaf: Leaf, form: Form) -> Source:
        """A form with the rows of its source."""
        return Source(form, self.rows(leaf))


def values(form: Form) -> dict[Key, str | None]:
    """All values of a form that may be corrected, as a file of corrections has them."""
    found: dict[Key, str | None] = {}
    for table, columns in tables().items():
        records: Sequence[Any] = (form,) if table == "documents" else getattr(form, table)
        for seq, record in enumerate(records):
            for name, column in columns.items():
                key = (table, None if table == "documents" else seq, name)
                found[key] = column.text(getattr(record, name))
    return found


def doubts(form: Form) -> int:
    """How many findings make values of a form doubtful."""
    found = catalogue.findings()
    return sum(found[finding.code].severity != "info" for finding in form.findings)


class Gone(NamedTuple):
    """The rows of a form's tasks of which somebody said that they hold nothing, and how many ``tasks`` it had."""

    seqs: tuple[int, ...]
    tasks: int

    @classmethod
    def of(cls, form: Form, said: Sequence[Correction]) -> Gone:
        """Those of a form that was read so."""
        none = {(one.seq, one.field) for one in said if one.table == "tasks" and one.new is None}
        seqs = [
            seq
            for seq, task in enumerate(form.tasks)
            if all((seq, name) in none or getattr(task, name) is None for name in ("name", "content"))
        ]
        return cls(tuple(seq for seq in seqs if any(own == seq for own, _ in none)), len(form.tasks))

    def now(self, form: Form, table: str, seq: int | None) -> int | None:
        """The number that a row has now, where those rows are not read any more; -1 for such a row itself."""
        if table != "tasks" or seq is None or not self.seqs or len(form.tasks) != self.tasks - len(self.seqs):
            return seq
        return -1 if seq in self.seqs else seq - sum(gone < seq for gone in self.seqs)


def right(form: Form | None, one: Correction, gone: Gone | None = None) -> bool:
    """Whether a form says what a correction says; ``gone``: rows that are not to be read at all."""
    if form is not None and gone is not None:
        seq = gone.now(form, one.table, one.seq)
        if seq == -1:
            return True
        one = one._replace(seq=seq)
    if form is None or (one.seq is not None and one.seq >= len(getattr(form, one.table))):
        return False
    record = form if one.seq is None else getattr(form, one.table)[one.seq]
    return one.column.is_same(getattr(record, one.field), one.new)


def harm(before: Form, after: Form | None, said: Sequence[Correction]) -> Key | None:
    """A value of a corrected form that became wrong, or may have; None where all is as it should be.

    ``said``: all that was said of the form.
    """
    if after is None:
        return "documents", None, "title"
    known = {(one.table, one.seq, one.field): one for one in said}
    same = {(one.table, one.field, one.old, one.new) for one in said}
    gone = Gone.of(before, said)
    moved = {(table, gone.now(after, table, seq), name): (table, seq, name) for table, seq, name in values(before)}
    now = {moved.get(key, key): value for key, value in values(after).items()}
    was = {key: value for key, value in values(before).items() if gone.now(after, *key[:2]) != -1}
    changed = {key for key, old in was.items() if now.get(key) != old}
    for key in sorted(changed, key=str):
        if not _may(key, was[key], now, known, same, changed):
            return key
    return ("documents", None, "status") if doubts(after) > doubts(before) else None


def _may(
    key: Key,
    old: str | None,
    now: Mapping[Key, str | None],
    known: Mapping[Key, Correction],
    same: set[tuple[str, str, str | None, str | None]],
    changed: set[Key],
) -> bool:
    """Whether a value may change so."""
    table, seq, name = key
    if key not in now:
        return False
    new = now[key]
    if key in known:
        return known[key].column.is_same(known[key].column.value(known[key].new), new)
    if old is None or (table, name, old, new) in same:
        return True
    if name in _RAW:
        return (table, seq, _RAW[name]) in changed
    made_of = tables()[table][name].follows
    return any((table, seq, other) in known and (table, seq, other) in changed for other in made_of)


class Seen(NamedTuple):
    """What is remembered of the forms of a source that nobody corrected."""

    values: str
    doubts: int
    rows: int


def seen(extraction: Extraction) -> list[Seen]:
    """The forms of a source."""
    return [
        Seen(
            hashlib.sha256(repr(sorted(values(form).items(), key=str)).encode("utf-8", "surrogatepass")).hexdigest(),
            doubts(form),
            len(form.funding) + len(form.tasks) + len(form.indicators),
        )
        for form in extraction.forms
    ]


def breaks(before: Sequence[Seen], after: Sequence[Seen]) -> bool:
    """Whether a source that nobody corrected is read worse."""
    if len(after) < len(before):
        return True
    for one, other in zip(before, after, strict=False):
        if one.values == other.values:
            if other.doubts > one.doubts:
                return True
        elif not one.doubts or other.doubts >= one.doubts or other.rows < one.rows:
            return True
    return False


Others = Callable[[], Iterator[Leaf]]
