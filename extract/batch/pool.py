"""Buckets made by several processes, or by this one.

What comes of a bucket does not depend on who makes it. A process that is lost, or that a text keeps too long, is
replaced, and its bucket begun anew; a text that takes its process with it twice is a failure, and its neighbours are
read all the same.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple, Protocol

from extract import api
from extract.batch import worker
from extract.batch.convert import Job, Made, Reading, Step, Task, convert
from extract.batch.isolate import Child, Isolation, Lost
from extract.batch.marker import Marker, Watch
from extract.batch.read import Read
from extract.batch.store import Place
from extract.collection import uncollected
from extract.corrections.file import Corrections
from extract.errors import UnreadableInput, UsageError
from extract.model import Extraction, Failure
from extract.profiles import Library
from extract.readers.files import ReadOptions

Answer = tuple[int, Place, Step | Made]

MARK: Final = "at"
_TELL_SECONDS: Final = 0.2
# A process that is lost so many times at one bucket, and at no text, is lost for a reason that nobody knows.
_MOST_LOST: Final = 3
# A process grows a little with each bucket that was larger than those before, and would with the archive.
_MOST_BUCKETS: Final = 28


class Limits(NamedTuple):
    """How inputs are read; see ``Options`` of a run. ``corrections``: a file that lasts as long as the run."""

    forms: Path | None
    reading: ReadOptions
    timeout: float
    max_memory: int
    max_bytes: int
    corrections: Path | None = None


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def isolation_of(limits: Limits, library: Library) -> Isolation:
    """What reads files that are no text, for as many buckets as may be: starting a reader takes as long as many forms.

    Readers end with it, and with this process.
    """
    return Isolation(limits.forms, limits.reading, limits.timeout, limits.max_memory, library)


def made(
    job: Job,
    place: Place,
    limits: Limits,
    isolation: Isolation,
    read: Read | None = None,
    marker: Marker | None = None,
) -> Iterator[Step | Made]:
    """A bucket made by this process, which says by ``marker`` what it reads."""
    own = read or isolation.read
    said = worker.corrections(limits.corrections)
    if said.every:
        own = _corrected(own, said, isolation.library, limits.reading)
    prepare = None if read else isolation.prepare
    reading = Reading(own, isolation.walk, prepare, limits.max_bytes, corrections=said)
    if marker is not None:
        reading = reading._replace(mark=marker.set)
    with uncollected():
        yield from convert(job, place, reading)


def _corrected(read: Read, corrections: Corrections, library: Library, options: ReadOptions) -> Read:
    """What reads, and puts right what persons said of what was read."""

    def corrected(data: bytes, source_path: str) -> Extraction:
        return api.corrected(read(data, source_path), corrections, library, options)

    return corrected


class Unwritten(NamedTuple):
    """Why a bucket could not be written: the number and the words of the system's error."""

    number: int | None
    reason: str


def made_apart(job: Job, place: Place, limits: Limits, isolation: Isolation) -> Iterator[Step | Made | Unwritten]:
    """``made`` in a process of its own: steps are told now and then, and what the system refuses is an answer."""
    told, since = Step(), monotonic()
    try:
        marker = Marker(place.root / MARK)
        for answer in made(job, place, limits, isolation, marker=marker):
            if isinstance(answer, Made):
                yield told
                yield answer
            else:
                told = told.and_then(answer)
                if monotonic() - since > _TELL_SECONDS:
                    yield told
                    told, since = Step(), monotonic()
        marker.close()
    except OSError as error:
        yield Unwritten(error.errno, error.strerror or str(error))


def here(
    tasks: Iterable[Task], limits: Limits, library: Library, read: Read | None = None
) -> Generator[Answer, None, None]:
    """All buckets, one after the other, made by this process."""
    with isolation_of(limits, library) as isolation:
        for number, job, place in tasks:
            for answer in made(job, place, limits, isolation, read):
                yield number, place, answer


def in_children(tasks: Iterable[Task], limits: Limits, workers: int) -> Generator[Answer, None, None]:
    """All buckets, made by so many processes. UsageError ``worker_lost`` where a bucket cannot be made."""
    pool = _Pool(tasks, limits)
    threads = _started(threading.Thread(target=pool.work, daemon=True) for _ in range(workers))
    try:
        running = len(threads)
        while running:
            found = pool.answers.get()
            if found is None:
                running -= 1
            elif isinstance(found, BaseException):
                raise found
            else:
                yield found
    finally:
        pool.stop()
        for thread in threads:
            thread.join()
        pool.clear()


def _started(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Those that the system lets start. UsageError ``out_of_resources`` where there is none."""
    found: list[threading.Thread] = []
    try:
        for thread in threads:
            thread.start()
            found.append(thread)
    except RuntimeError as error:
        if not found:
            raise UsageError("out_of_resources", reason=str(error)) from error
    return found


class Keeper(Protocol):
    """Has a process at hand that makes buckets."""

    @property
    def stopped(self) -> bool:
        """Whether nobody waits for the bucket any more."""

    def child(self) -> Child:
        """The process; a new one where the last was lost."""

    def lose(self) -> None:
        """Ends the process."""


def watched(keeper: Keeper, make: worker.Task, job: Job, place: Place, limits: Limits) -> Iterator[Step | Made]:
    """A bucket that the process of a keeper makes by ``make``, and others where it is lost.

    UsageError ``worker_lost`` where it cannot be made, OSError where it cannot be written, UnreadableInput where nobody
    waits for it any more.
    """
    stopped: dict[str, Failure] = {}
    lost: dict[str, int] = {}
    marker = Marker(place.root / MARK)
    while True:
        told = Step()
        watch = Watch(marker, limits.timeout)
        try:
            task = (job._replace(stopped=stopped), place, limits)
            for answer in keeper.child().answers(make, task, limits.timeout, _either(keeper, watch)):
                if isinstance(answer, Unwritten):
                    raise OSError(answer.number, answer.reason)
                if isinstance(answer, Step):
                    told = told.and_then(answer)
                yield answer
            marker.close()
            (place.root / MARK).unlink()
            if keeper.child().tasks >= _MOST_BUCKETS:
                keeper.lose()
            return
        except UnreadableInput as error:
            if keeper.stopped:
                raise
            # What was told of the bucket so far is told once more.
            yield Step(-told.done, -told.failed, -told.more)
            keeper.lose()
            at = marker.get()
            lost[at.path] = lost.get(at.path, 0) + 1
            if at.alone and (error.code == "timeout" or lost[at.path] > 1):
                stopped[at.path] = Failure(error.code, error.params)
            elif lost[at.path] >= _MOST_LOST or not isinstance(error, Lost):
                raise UsageError("worker_lost", reason=f"{error.code} {dict(error.params)}") from error


def _either(keeper: Keeper, watch: Watch) -> Callable[[], bool]:
    return lambda: keeper.stopped or watch.is_late()


class _Pool:
    """What threads share, each of which waits for one process."""

    def __init__(self, tasks: Iterable[Task], limits: Limits) -> None:
        self.answers: queue.Queue[Answer | BaseException | None] = queue.Queue(maxsize=1000)
        self._tasks = iter(tasks)
        self._limits = limits
        self._lock = threading.Lock()
        self._stopped = False
        self._children: set[Child] = set()

    def work(self) -> None:
        """Makes buckets until there is none left."""
        keeper = _Keeper(self)
        try:
            while (task := self._next()) is not None:
                number, job, place = task
                for answer in watched(keeper, worker.make, job, place, self._limits):
                    self._put((number, place, answer))
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - whoever waits for the answers is told
            self._put(error)

    def stop(self) -> None:
        """Has all processes end, and whoever waits for them."""
        with self._lock:
            self._stopped = True
            children = list(self._children)
        for child in children:
            child.end()

    def clear(self) -> None:
        """Takes away what is left of the processes, once nobody waits for them."""
        for child in list(self._children):
            self.end(child)

    def _put(self, answer: Answer | BaseException | None) -> None:
        while not self._stopped:
            try:
                self.answers.put(answer, timeout=0.5)
            except queue.Full:
                continue
            return

    def _next(self) -> Task | None:
        with self._lock:
            return None if self._stopped else next(self._tasks, None)

    @property
    def stopped(self) -> bool:
        """Whether all is to end."""
        return self._stopped

    def child(self) -> Child:
        """A new process."""
        child = Child(self._limits.max_memory)
        with self._lock:
            self._children.add(child)
            stopped = self._stopped
        if stopped:
            child.end()
        return child

    def end(self, child: Child) -> None:
        """Ends a process, with all that it started."""
        with self._lock:
            self._children.discard(child)
        child.kill()


class _Keeper:
    """The process that a thread of a pool waits for."""

    def __init__(self, pool: _Pool) -> None:
        self._pool = pool
        self._child: Child | None = None

    @property
    def stopped(self) -> bool:
        return self._pool.stopped

    def child(self) -> Child:
        if self._child is None:
            self._child = self._pool.child()
        return self._child

    def lose(self) -> None:
        if self._child is not None:
            self._pool.end(self._child)
            self._child = None
