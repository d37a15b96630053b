"""One run: reads every input that is new or changed, and leaves the tables and ``run.json`` in the output folder.

Inputs are dealt to buckets, and what is held in memory is one form and the tables of some of a bucket's inputs.
Nothing that an input does stops a run, and what a run that was stopped has finished the next one takes over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from extract.batch import cluster, pool
from extract.batch.addresses import is_remote, shown
from extract.batch.archive import Archive
from extract.batch.buckets import dealt
from extract.batch.clock import Clock
from extract.batch.convert import Made, Task
from extract.batch.corrected import kept
from extract.batch.manifest import Allowance, Manifest, outcome
from extract.batch.plan import MAX_BYTES, MAX_MEMORY, TIMEOUT, escaped, folders, inside
from extract.batch.read import Read
from extract.batch.settings import settings
from extract.batch.work import working
from extract.corrections.file import load_corrections
from extract.errors import UsageError
from extract.profiles import Library, library_of
from extract.readers.files import ReadOptions
from extract.tables.writer import check_replaceable

Progress = Callable[[int, int, int, int], None]
Log = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do.

    ``max_bytes``: inputs with more bytes, also those that are members of archives, are not read; ``forms``: a folder
    of form profiles besides those shipped; ``reading``: how files that are no text are read, in ``timeout`` seconds
    each and with ``max_memory`` bytes of memory. ``full``: what the output folder remembers does not count.
    ``address``: where the output lies in truth, if elsewhere. ``workers``: how many processes read; 0 for as many as
    there are processors and work for, None for this one alone. ``engine``: "dask" has the workers of a cluster read,
    that of the ``scheduler`` at an address, or one of ``workers`` processes. ``corrections``: files of what persons
    said of values.
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
    full: bool = False
    workers: int | None = 0
    address: str = ""
    engine: str = "local"
    scheduler: str | None = None
    corrections: tuple[Path, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The parameters for ``run.json``."""
        return {
            "inputs": [shown(text) if is_remote(text) else escaped(text) for text in self.inputs],
            "out": self.address or str(self.out),
            "strict": self.strict,
            "max_failed": str(self.max_failed),
            "max_bytes": self.max_bytes,
            "forms": escaped(str(self.forms)) if self.forms is not None else None,
            "reading": asdict(self.reading),
            "timeout": self.timeout,
            "max_memory": self.max_memory,
            "full": self.full,
            "workers": self.workers,
            "engine": self.engine,
            "scheduler": self.scheduler,
            "corrections": [escaped(str(path)) for path in self.corrections],
        }


def run(
    options: Options, progress: Progress | None = None, read: Read | None = None, log: Log | None = None
) -> Manifest:
    """Reads what is new among the inputs, and puts the output folder in place; the account of it, as in ``run.json``.

    ``progress`` is called with how many inputs are done, how many there are, and how many of those done failed or were
    taken over from the run before; ``log`` with what came of each bucket.
    UsageError where nothing can be done: no input, no form profile, corrections that are not sound, an output folder
    that cannot be written or must not be replaced, or one that another run is at work on; SchemaError where a profile
    is not sound. On any exception the output folder is as it was, and the next run goes on with what is done. ``read``
    is what reads an input.
    """
    if options.engine == "dask":
        cluster.check()
    clock = Clock()
    library = library_of(options.forms)
    corrections = load_corrections(*options.corrections)
    reading = replace(options.reading, max_member_bytes=options.max_bytes)
    packed = dealt(options.inputs)
    check_out(options)
    limits = pool.Limits(options.forms, reading, options.timeout, options.max_memory, options.max_bytes)
    with working(options.out) as work:
        limits = limits._replace(corrections=kept(work, corrections))
        archive = Archive(packed, options.out, work, settings(library, reading), corrections, full=options.full)
        if log is not None:
            for line in archive.taken_over():
                log(line)
        answers = _answers(options, len(archive.open()), archive.tasks(work), limits, library, work, read)
        with closing(answers):
            for number, place, answer in answers:
                if isinstance(answer, Made):
                    line = archive.made(number, place, answer)
                    clock.include(answer.seconds)
                    if log is not None:
                        log(line)
                elif archive.counted(answer) and progress is not None:
                    progress(archive.done, archive.total, archive.failed, archive.skipped)
        with clock("recovery"):
            archive.recover(work)
        counts = archive.counts()
        manifest = Manifest(
            outcome(counts, options.max_failed, options.strict),
            options.as_dict(),
            counts,
            clock.timings(),
            [profile.as_dict(archive.tally.profiles[profile.name]) for profile in library.profiles],
        )
        archive.put_in_place(options.out, work, manifest)
    return manifest


def _answers(
    options: Options,
    count: int,
    tasks: Iterator[Task],
    limits: pool.Limits,
    library: Library,
    work: Path,
    read: Read | None,
) -> Generator[pool.Answer, None, None]:
    """What comes of so many buckets, whoever makes them."""
    workers = min(options.workers or pool.cores(), count)
    if options.engine == "dask" and count and read is None:
        return cluster.on_cluster(tasks, limits, work, cluster.Cluster(options.scheduler, workers))
    if read is not None or options.workers is None or (options.workers == 0 and count <= 1):
        return pool.here(tasks, limits, library, read)
    return pool.in_children(tasks, limits, workers)


@contextmanager
def placed(options: Options, out: str) -> Iterator[Options]:
    """The options of a run whose output may lie elsewhere: there, ``out`` is a copy, put in its place at the end."""
    if not is_remote(out):
        yield replace(options, out=Path(out))
        return
    from extract.batch import remote

    with remote.mirrored(out, options.inputs) as mirror:
        yield replace(options, out=mirror.folder, address=shown(out))
        mirror.publish()


def check_out(options: Options) -> None:
    """UsageError where the output folder lies in an input, holds an input, or is something not to be replaced.

    Nor may its path have bytes that are no text: much of what reads Parquet could not open it.
    """
    where = os.path.realpath(options.out)
    if escaped(where) != where:
        raise UsageError("out_no_text", path=escaped(where))
    for folder in folders(options.inputs):
        if inside(options.out, folder):
            raise UsageError("out_in_input", out=str(options.out), input=str(folder))
    for text in options.inputs:
        if not is_remote(text) and inside(Path(text), options.out):
            raise UsageError("input_in_out", out=str(options.out), input=text)
    check_replaceable(options.out)
