"""One bucket: its inputs read, or their rows taken from where they stand already, and its parts written."""

from __future__ import annotations

import gc
import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple, Protocol

import pyarrow as pa

from extract import recover
from extract.batch.account import TRANSIENT, Account, Entry, Tally
from extract.batch.chunk import ChunkReader, Prepare, is_full
from extract.batch.clock import Clock
from extract.batch.corrected import NO_CORRECTIONS, digests
from extract.batch.plan import Item, Stamp
from extract.batch.read import Read, load, opened
from extract.batch.store import TOLD, Place, ToldWriter, is_same, put
from extract.corrections.file import Corrections
from extract.model import Extraction, Failure
from extract.readers import kinds
from extract.readers.leaf import Leaf
from extract.recover import Told
from extract.tables.place import for_all, sync
from extract.tables.schemas import TABLES
from extract.tables.writer import TableWriter, part_of

Walk = Callable[[bytes, str], Iterator[Leaf]]

# Clocks of file systems are coarse: what was changed so short a time ago may be changed once more and show it nowhere.
_TOO_FRESH: Final = 2_000_000_000


class Old(NamedTuple):
    """Where rows of an input stand already: in a bucket, as the entry of this number.

    ``same``: the file's stamp says that it is as it was; else its bytes have to.
    """

    place: Place
    entry: int
    same: bool


class Job(NamedTuple):
    """A bucket to be made; ``old``: for each input where its rows may be had from, or None.

    ``stopped``: by path what became of inputs that stopped who read them.
    """

    items: Sequence[Item]
    old: Sequence[Old | None]
    made_by: str
    stopped: Mapping[str, Failure] = {}


Task = tuple[int, Job, Place]


class Step(NamedTuple):
    """How far a bucket is: so many more inputs are ``done``, ``failed``, and known of.

    ``more`` is what was not known before: an archive counts as one until it is opened.
    """

    done: int = 0
    failed: int = 0
    more: int = 0

    def and_then(self, other: Step) -> Step:
        """Both steps as one."""
        return Step(self.done + other.done, self.failed + other.failed, self.more + other.more)


class Made(NamedTuple):
    """A bucket that was made; ``seconds``: by stage; ``kept``: how many of its inputs were not read anew.

    ``same``: where the same parts stand already, to the byte; what became of files may be the same though they have
    changed, or may have to be found out again.
    """

    account: Account
    seconds: Mapping[str, float]
    kept: frozenset[int]
    same: Place | None = None


class Mark(Protocol):
    """Is told what is read next, and whether nothing would stop that."""

    def __call__(self, path: str, *, alone: bool) -> None:
        """``alone``: nothing stops it but who watches."""


def _unmarked(path: str, *, alone: bool) -> None:
    del path, alone


class Reading(NamedTuple):
    """How inputs are read: their bytes, archives, many at once, and at most so many bytes each.

    ``mark`` is told what is read next. ``corrections``: what ``read`` puts right.
    """

    read: Read
    walk: Walk
    prepare: Prepare | None
    max_bytes: int
    mark: Mark = _unmarked
    corrections: Corrections = NO_CORRECTIONS


def convert(job: Job, place: Place, reading: Reading) -> Iterator[Step | Made]:
    """Makes a bucket; its account is written last, when all else is on the disk. The last answer is a ``Made``."""
    maker = _Maker(job, place, reading)
    place.make_folders()
    with TableWriter(place.root, place.number) as tables:
        told = ToldWriter(place)
        whole = False
        try:
            yield from maker.steps(tables, told)
            whole = True
        finally:
            told.close(whole=whole)
    with maker.clock("write"):
        put(place.table("tasks"), place.drafts)
        for_all(sync, place.files()[:-1])
        account = maker.account()
        account.write(place.account)
        sync(place.account)
        before = next((old.place for old in job.old if old is not None), None)
        same = before if before is not None and is_same(place, before) else None
    yield Made(account, maker.clock.spent(), frozenset(maker.kept), same)


class _Maker:
    """Takes the inputs of a bucket in their order: runs of them that are read, and runs that are kept."""

    def __init__(self, job: Job, place: Place, reading: Reading) -> None:
        self.clock = Clock()
        self.kept: set[int] = set()
        self._job = job
        self._place = place
        self._reading = reading
        self._chunk: list[tuple[int, Leaf]] = []
        self._run: list[tuple[int, Old]] = []
        self._learned: dict[str, list[Told]] = {}
        self._entries: list[Entry] = []
        self._old: dict[Place, _OldRows] = {}
        self._tally = Tally()
        self._reader = ChunkReader(reading.read, self._learn, self.clock, reading.prepare)

    def steps(self, tables: TableWriter, told: ToldWriter) -> Iterator[Step]:
        """Takes in all of them."""
        for number, (item, old) in enumerate(zip(self._job.items, self._job.old, strict=True)):
            if old is not None and old.same:
                yield from self._keep(number, old, item.stamp, tables, told)
                continue
            with self.clock("read"):
                leaf = load(item, self._reading.max_bytes)
                sha256 = hashlib.sha256(leaf.data).hexdigest() if leaf.failure is None else ""
            if old is not None and sha256 and self._rows(old.place).entries[old.entry].sha256 == sha256:
                yield from self._keep(number, old, item.stamp, tables, told)
            else:
                yield from self._read(number, leaf, sha256, item.stamp, tables, told)
        yield from self._flush(tables, told)

    def account(self) -> Account:
        """What is remembered of the bucket, once its tables are there."""
        said = digests(self._place, self._entries, self._reading.corrections)
        entries = [entry._replace(corrections=own) for entry, own in zip(self._entries, said, strict=True)]
        return Account(self._job.made_by, entries, self._tally)

    # ---- inputs that are read

    def _read(
        self, number: int, leaf: Leaf, sha256: str, stamp: Stamp | None, tables: TableWriter, told: ToldWriter
    ) -> Iterator[Step]:
        if self._run:
            yield from self._flush(tables, told)
        self._entries.append(Entry(leaf.source_path, _settled(stamp), sha256, 0, 0, 0, 0, 0, 0))
        count = 0
        for one in opened(leaf, self._reading.walk, self.clock):
            if count:
                yield Step(more=1)
            count += 1
            stopped = self._job.stopped.get(one.source_path)
            self._chunk.append((number, one if stopped is None else one._replace(failure=stopped)))
            if is_full([each for _, each in self._chunk]):
                yield from self._flush(tables, told)
        if not count:
            yield Step(more=-1)

    def _learn(self, extraction: Extraction) -> None:
        self._learned[extraction.source_path] = list(recover.told(extraction))

    def _flush(self, tables: TableWriter, told: ToldWriter) -> Iterator[Step]:
        """Writes what waits."""
        if self._chunk:
            chunk, self._chunk = self._chunk, []
            self._reader.begin([leaf for _, leaf in chunk])
            for _, leaf in chunk:
                self._reading.mark(leaf.source_path, alone=leaf.failure is None and kinds.kind(leaf.data) == "text")
                done = self._reader.read(leaf)
                yield Step(done=1, failed=int(done.failure is not None))
            self._reading.mark("", alone=False)
            made = self._reader.tables()
            ended = _Outcome(made)
            texts = [
                row
                for _, leaf in chunk
                if leaf.source_path in ended.sound
                for row in self._learned.get(leaf.source_path, ())
            ]
            self._learned.clear()
            for number, leaf in chunk:
                self._entries[number] = ended.counted(self._entries[number], leaf.source_path)
            count = Counter(row.source_path for row in texts)
            for number, leaf in chunk:
                entry = self._entries[number]
                self._entries[number] = entry._replace(told=entry.told + count[leaf.source_path])
            self._write(made, told_table(texts), tables, told)
            gc.collect(0)
        if self._run:
            run, self._run = self._run, []
            (_, first), (_, last) = run[0], run[-1]
            with self.clock("write"):
                rows = self._rows(first.place)
                made = {name: rows.table(name, first.entry, last.entry + 1) for name in TABLES}
                texts_table = rows.told(first.entry, last.entry + 1)
            self._write(made, texts_table, tables, told)

    def _write(self, made: Mapping[str, Any], texts: Any, tables: TableWriter, told: ToldWriter) -> None:
        with self.clock("write"):
            self._tally.add(made)
            for name in TABLES:
                tables.write(name, made[name])
            told.write(texts)

    # ---- inputs that are kept

    def _keep(
        self, number: int, old: Old, stamp: Stamp | None, tables: TableWriter, told: ToldWriter
    ) -> Iterator[Step]:
        before = self._run[-1][1] if self._run else None
        if self._chunk or (before is not None and (before.place, before.entry + 1) != (old.place, old.entry)):
            yield from self._flush(tables, told)
        entry = self._rows(old.place).entries[old.entry]
        self._entries.append(entry._replace(stamp=stamp if old.same else _settled(stamp)))
        self._run.append((number, old))
        self.kept.add(number)
        yield Step(done=entry.leaves, failed=entry.failed, more=entry.leaves - 1)

    def _rows(self, place: Place) -> _OldRows:
        if place not in self._old:
            self._old[place] = _OldRows(place)
        return self._old[place]


def _settled(stamp: Stamp | None) -> Stamp | None:
    """A stamp, if it will tell of a change that comes from now on."""
    return stamp if stamp is not None and time.time_ns() - stamp.changed > _TOO_FRESH else None


class _Outcome:
    """What came of the inputs of a chunk, by their paths."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        documents, findings, failures = made["documents"], made["findings"], made["failures"]
        paths = documents["source_path"].to_pylist()
        self._documents = Counter(paths)
        self._failures = Counter(failures["source_path"].to_pylist())
        codes = zip(failures["source_path"].to_pylist(), failures["code"].to_pylist(), strict=True)
        self._transient = {path for path, code in codes if code in TRANSIENT}
        doubted = set(findings["document_id"].to_pylist())
        owners = zip(documents["document_id"].to_pylist(), paths, strict=True)
        self._doubted = {path for key, path in owners if key in doubted}
        self.sound = set(paths) - set(self._failures)

    def counted(self, entry: Entry, path: str) -> Entry:
        """An entry with one more of its files."""
        failed = path in self._failures
        # What may go otherwise the next time is not remembered.
        again = path in self._transient
        return entry._replace(
            stamp=None if again else entry.stamp,
            sha256="" if again else entry.sha256,
            leaves=entry.leaves + 1,
            failed=entry.failed + failed,
            doubtful=entry.doubtful + (path in self._doubted and not failed),
            documents=entry.documents + self._documents[path],
            failures=entry.failures + self._failures[path],
        )


def told_table(rows: Sequence[Told]) -> Any:
    """What documents tell others, as a table of ``TOLD``."""
    values: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(Told._fields)
    columns = dict(zip(Told._fields, values, strict=True))
    columns["group"] = tuple(recover.group(row.unit_code) for row in rows)
    columns["folder"] = tuple(recover.folder(row.source_path) for row in rows)
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in TOLD}, schema=TOLD)


_TOLD: Final = "told"


class _OldRows:
    """The rows of a bucket that was made before, by its entries: those of neighbours stand together in every table."""

    def __init__(self, place: Place) -> None:
        account = Account.read(place.account)
        self.entries: Sequence[Entry] = account.entries if account is not None else ()
        self._place = place
        self._tables: dict[str, Any] = {}
        self._starts = {
            field: list(accumulate((getattr(entry, field) for entry in self.entries), initial=0))
            for field in ("documents", "failures", "told")
        }
        self._of_documents: dict[str, list[int]] = defaultdict(list)

    def table(self, name: str, first: int, end: int) -> Any:
        """The rows of a table that entries from ``first`` up to ``end`` have."""
        table = self._whole(name)
        if name in self._starts:
            low, high = self._starts[name][first], self._starts[name][end]
        else:
            low, high = (self._row_of(name)[self._starts["documents"][at]] for at in (first, end))
        return table.slice(low, high - low)

    def told(self, first: int, end: int) -> Any:
        """What their documents tell others."""
        low, high = self._starts["told"][first], self._starts["told"][end]
        return self._whole(_TOLD).slice(low, high - low)

    def _whole(self, name: str) -> Any:
        if name not in self._tables:
            kept = {"tasks": self._place.drafts, _TOLD: self._place.told}
            self._tables[name] = part_of(kept.get(name) or self._place.table(name))
        return self._tables[name]

    def _row_of(self, name: str) -> list[int]:
        """For each document the row of a table where its rows begin; and behind the last where they end."""
        if name not in self._of_documents:
            counted = self._whole(name)["document_id"].value_counts()
            keys, numbers = (counted.field(field).to_pylist() for field in ("values", "counts"))
            counts = dict(zip(keys, numbers, strict=True))
            ids = self._whole("documents")["document_id"].to_pylist()
            self._of_documents[name] = list(accumulate((counts.get(key, 0) for key in ids), initial=0))
        return self._of_documents[name]
