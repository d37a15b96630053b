"""One run: reads every input of a plan, and leaves the tables and ``run.json`` in the output folder.

Inputs are read in chunks, so that what is held in memory is one chunk of forms, and of the whole run only the tables
that a later document can change (documents, tasks, findings). Nothing that an input does stops a run.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from extract.batch.manifest import FILE, Allowance, Counts, Manifest, outcome
from extract.batch.plan import MAX_BYTES, Item, folders, inside, plan
from extract.batch.read import Read, internal_error, read_bytes, read_item
from extract.catalogue import SEVERITIES
from extract.errors import UsageError
from extract.model import Extraction
from extract.recover import Archive, TaskPatch
from extract.tables.build import to_tables
from extract.tables.patch import apply_patches
from extract.tables.place import put_in_place, staging
from extract.tables.writer import TableWriter, check_replaceable

_CHUNK_INPUTS: Final = 200
_CHUNK_BYTES: Final = 16 * 1024 * 1024
# The other tables are final as soon as their chunk is read.
_CHANGEABLE: Final = ("documents", "tasks", "findings")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do. ``max_bytes``: inputs with more bytes are not read."""

    inputs: tuple[str, ...]
    out: Path
    strict: bool = False
    max_failed: Allowance = field(default_factory=Allowance)
    max_bytes: int = MAX_BYTES

    def as_dict(self) -> dict[str, Any]:
        """The parameters for ``run.json``."""
        return {
            "inputs": list(self.inputs),
            "out": str(self.out),
            "strict": self.strict,
            "max_failed": str(self.max_failed),
            "max_bytes": self.max_bytes,
        }


def run(
    options: Options,
    progress: Progress | None = None,
    read: Read = read_bytes,
    recovery: Callable[[], Archive] = Archive,
) -> Manifest:
    """Reads all inputs and puts the output folder in place; the account of it, as ``run.json`` has it.

    ``progress`` is called with the number of inputs read and their total. UsageError where nothing can be done: no
    input, or an output folder that cannot be written or must not be replaced. On any exception the output folder is
    as it was.
    """
    clock = _Clock()
    items = plan(options.inputs)
    check_out(options)
    with staging(options.out) as folder, _uncollected():
        state = _State(recovery())
        with TableWriter(folder) as writer:
            for chunk in _chunks(items, options.max_bytes, read, clock, progress):
                with clock("tables"):
                    state.add(chunk, writer)
            with clock("recovery"):
                state.finish(writer)
        counts = state.counts(len(items), writer.rows)
        manifest = Manifest(
            outcome(counts, options.max_failed, options.strict), options.as_dict(), counts, clock.timings()
        )
        manifest.write(folder)
        put_in_place(folder, options.out)
    return manifest


def check_out(options: Options) -> None:
    """UsageError where the output folder lies in an input, holds an input, or is something not to be replaced."""
    for folder in folders(options.inputs):
        if inside(options.out, folder):
            raise UsageError("out_in_input", out=str(options.out), input=str(folder))
    for text in options.inputs:
        if inside(Path(text), options.out):
            raise UsageError("input_in_out", out=str(options.out), input=text)
    check_replaceable(options.out, also=frozenset({FILE}))


def _chunks(
    items: Sequence[Item], max_bytes: int, read: Read, clock: _Clock, progress: Progress | None
) -> Iterator[list[Extraction]]:
    chunk: list[Extraction] = []
    held = 0
    for done, item in enumerate(items, 1):
        with clock("read"):
            extraction, size = read_item(item, max_bytes, read)
        chunk.append(extraction)
        held += size
        if progress is not None:
            progress(done, len(items))
        if len(chunk) >= _CHUNK_INPUTS or held >= _CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
            gc.collect(0)
    if chunk:
        yield chunk


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leaves the search for cyclic garbage to the end of each chunk.

    Forms have no cycles, and looking through some ten thousand live cells again and again costs a tenth of a run.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _State:
    """What a run keeps from chunk to chunk."""

    def __init__(self, recovery: Archive) -> None:
        self._recovery = recovery
        self._waiting: list[dict[str, Any]] = []
        self._chunk_of: dict[str, int] = {}
        self._failed: set[str] = set()
        self._doubted: set[str] = set()
        self._severities: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def add(self, chunk: Sequence[Extraction], writer: TableWriter) -> None:
        """Turns a chunk into tables, and writes those of them that no later document can change."""
        extractions, tables = _sound(self._learned(chunk))
        for extraction in extractions:
            self._chunk_of[extraction.source_path] = len(self._waiting)
        for name, table in tables.items():
            if name not in _CHANGEABLE:
                writer.write(name, table)
        self._failed.update(tables["failures"]["source_path"].to_pylist())
        self._failures.update(tables["failures"]["code"].to_pylist())
        self._waiting.append({name: tables[name] for name in _CHANGEABLE})

    def _learned(self, chunk: Iterable[Extraction]) -> Iterator[Extraction]:
        for extraction in chunk:
            try:
                self._recovery.add(extraction)
            except Exception as error:  # noqa: BLE001 - as in read_item
                yield _spoilt(extraction, error)
            else:
                yield extraction

    def finish(self, writer: TableWriter) -> None:
        """Writes the other tables, changed by what was learned from all documents together."""
        patches: list[list[TaskPatch]] = [[] for _ in self._waiting]
        for patch in self._recovery.patches():
            if patch.source_path not in self._failed:
                patches[self._chunk_of[patch.source_path]].append(patch)
        for tables, own in zip(self._waiting, patches, strict=True):
            self._write(apply_patches(tables, own), writer)

    def _write(self, tables: Mapping[str, Any], writer: TableWriter) -> None:
        for name in _CHANGEABLE:
            writer.write(name, tables[name])
        findings, documents = tables["findings"], tables["documents"]
        self._severities.update(findings["severity"].to_pylist())
        self._findings.update(findings["code"].to_pylist())
        doubted = set(findings["document_id"].to_pylist())
        owners = zip(documents["document_id"].to_pylist(), documents["source_path"].to_pylist(), strict=True)
        self._doubted.update(path for key, path in owners if key in doubted)

    def counts(self, inputs: int, rows: Mapping[str, int]) -> Counts:
        """The account of all chunks; an input that failed counts as failed, whatever else came of it."""
        with_findings = len(self._doubted - self._failed)
        return Counts(
            inputs=inputs,
            converted=inputs - len(self._failed) - with_findings,
            converted_with_findings=with_findings,
            failed=len(self._failed),
            forms=rows["documents"],
            rows=dict(rows),
            findings={severity: self._severities[severity] for severity in SEVERITIES},
            findings_by_code=dict(sorted(self._findings.items())),
            failures_by_code=dict(sorted(self._failures.items())),
        )


def _sound(chunk: Iterable[Extraction]) -> tuple[list[Extraction], dict[str, Any]]:
    """The tables of a chunk; an extraction that no table can be made of is replaced by a failure."""
    extractions = list(chunk)
    try:
        return extractions, to_tables(extractions)
    except Exception:  # noqa: BLE001 - which one it was is found out below
        sound = []
        for extraction in extractions:
            try:
                to_tables([extraction])
            except Exception as error:  # noqa: BLE001 - as in read_item
                sound.append(_spoilt(extraction, error))
            else:
                sound.append(extraction)
        return sound, to_tables(sound)


def _spoilt(extraction: Extraction, error: Exception) -> Extraction:
    return Extraction(extraction.source_path, extraction.source_sha256, None, None, [], (), internal_error(error))


class _Clock:
    """Adds up the time spent in each stage; ``with clock("read"): ...``."""

    def __init__(self) -> None:
        self._started = datetime.now(UTC)
        self._begin = perf_counter()
        self._spent: dict[str, float] = {}
        self._stage = ""
        self._since = 0.0

    def __call__(self, stage: str) -> _Clock:
        self._stage = stage
        return self

    def __enter__(self) -> None:
        self._since = perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = perf_counter() - self._since
        self._spent[self._stage] = self._spent.get(self._stage, 0.0) + spent

    def timings(self) -> dict[str, Any]:
        """``started`` (UTC), and seconds by stage and in total."""
        stages = {f"{stage}_seconds": round(spent, 6) for stage, spent in self._spent.items()}
        total = round(perf_counter() - self._begin, 6)
        return {"started": self._started.isoformat(timespec="seconds"), **stages, "total_seconds": total}
