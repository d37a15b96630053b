"""One run: reads every input of a plan, and leaves the tables and ``run.json`` in the output folder.

Inputs are read in chunks, and what is held in memory is one form, the tables of one chunk, and of the whole run only
the tables that a later document can change (documents, tasks, findings). Nothing that an input does stops a run.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from extract.batch.chunk import ChunkReader, chunks
from extract.batch.clock import Clock
from extract.batch.inputs import Inputs
from extract.batch.isolate import Isolation
from extract.batch.manifest import Allowance, Counts, Manifest, outcome
from extract.batch.plan import MAX_BYTES, MAX_MEMORY, TIMEOUT, folders, inside, plan
from extract.batch.read import Read
from extract.catalogue import SEVERITIES
from extract.errors import UsageError
from extract.profiles import library_of
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.recover import Archive, TaskPatch
from extract.tables.patch import apply_patches
from extract.tables.place import put_in_place, staging
from extract.tables.writer import TableWriter, check_replaceable

# The other tables are final as soon as their chunk is read.
_CHANGEABLE: Final = ("documents", "tasks", "findings")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do.

    ``max_bytes``: inputs with more bytes, also those that are members of archives, are not read; ``forms``: a folder
    of form profiles besides those shipped; ``reading``: how files that are no text are read, in ``timeout`` seconds
    each and with ``max_memory`` bytes of memory.
    """

    inputs: tuple[str, ...]
    out: Path
    strict: bool = False
    max_failed: Allowance = field(default_factory=Allowance)
    max_bytes: int = MAX_BYTES
    forms: Path | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    timeout: float = TIMEOUT
    max_memory: int = MAX_MEMORY

    def as_dict(self) -> dict[str, Any]:
        """The parameters for ``run.json``."""
        return {
            "inputs": list(self.inputs),
            "out": str(self.out),
            "strict": self.strict,
            "max_failed": str(self.max_failed),
            "max_bytes": self.max_bytes,
            "forms": str(self.forms) if self.forms is not None else None,
            "reading": asdict(self.reading),
            "timeout": self.timeout,
            "max_memory": self.max_memory,
        }


def run(
    options: Options,
    progress: Progress | None = None,
    read: Read | None = None,
    recovery: Callable[[], Archive] = Archive,
) -> Manifest:
    """Reads all inputs and puts the output folder in place; the account of it, as ``run.json`` has it.

    ``progress`` is called with the number of inputs read and their total. UsageError where nothing can be done: no
    input, no form profile, or an output folder that cannot be written or must not be replaced; SchemaError where a
    profile is not sound. On any exception the output folder is as it was. ``read`` is what reads an input.
    """
    clock = Clock()
    library = library_of(options.forms)
    reading = replace(options.reading, max_member_bytes=options.max_bytes)
    isolation = Isolation(options.forms, reading, options.timeout, options.max_memory, library)
    inputs = Inputs(plan(options.inputs), options.max_bytes, isolation.walk, clock)
    check_out(options)
    archive = recovery()
    state = _State()

    def report(done: int) -> None:
        if progress is not None:
            progress(done, inputs.total)

    reader = ChunkReader(read or isolation.read, archive, clock, report, None if read else isolation.prepare)
    with isolation, staging(options.out) as folder, _uncollected():
        with TableWriter(folder) as writer:
            for chunk in chunks(inputs):
                tables = reader.tables(chunk)
                with clock("write"):
                    state.add(chunk, tables, writer)
                gc.collect(0)
            with clock("recovery"):
                patches = archive.patches()
            with clock("write"):
                state.finish(patches, writer)
        counts = state.counts(inputs.total, writer.rows)
        manifest = Manifest(
            outcome(counts, options.max_failed, options.strict),
            options.as_dict(),
            counts,
            clock.timings(),
            [profile.as_dict(state.profiles[profile.name]) for profile in library.profiles],
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
    check_replaceable(options.out)


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

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._chunk_of: dict[str, int] = {}
        self._failed: set[str] = set()
        self._doubted: set[str] = set()
        self._severities: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        # Forms by the profile that they were read by.
        self.profiles: Counter[str] = Counter()

    def add(self, inputs: Sequence[Leaf], tables: Mapping[str, Any], writer: TableWriter) -> None:
        """Takes in the tables of a chunk, and writes those of them that no later document can change."""
        for leaf in inputs:
            self._chunk_of[leaf.source_path] = len(self._waiting)
        for name, table in tables.items():
            if name not in _CHANGEABLE:
                writer.write(name, table)
        self._failed.update(tables["failures"]["source_path"].to_pylist())
        self._failures.update(tables["failures"]["code"].to_pylist())
        self._waiting.append({name: tables[name] for name in _CHANGEABLE})

    def finish(self, patches: Iterable[TaskPatch], writer: TableWriter) -> None:
        """Writes the other tables, changed by what was learned from all documents together."""
        of_chunk: list[list[TaskPatch]] = [[] for _ in self._waiting]
        for patch in patches:
            if patch.source_path not in self._failed:
                of_chunk[self._chunk_of[patch.source_path]].append(patch)
        for tables, own in zip(self._waiting, of_chunk, strict=True):
            self._write(apply_patches(tables, own), writer)

    def _write(self, tables: Mapping[str, Any], writer: TableWriter) -> None:
        for name in _CHANGEABLE:
            writer.write(name, tables[name])
        findings, documents = tables["findings"], tables["documents"]
        self._severities.update(findings["severity"].to_pylist())
        self._findings.update(findings["code"].to_pylist())
        self.profiles.update(documents["form_profile"].to_pylist())
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
