"""What a child process does: reads files and unpacks archives for a run that it cannot take down.

A task comes as a function and its arguments, the function gives answers one by one, and they go back as they come.
"""

from __future__ import annotations

import ctypes
import gc
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from extract import api
from extract.batch.corrected import NO_CORRECTIONS
from extract.batch.read import internal_error
from extract.corrections.file import Corrections, load_corrections
from extract.errors import UnreadableInput
from extract.model import Extraction, Failure
from extract.profiles import Library, library_of
from extract.readers import files, kinds
from extract.readers.archive_limits import Member
from extract.readers.files import ReadOptions

if TYPE_CHECKING:
    from extract.batch.convert import Job, Made, Step
    from extract.batch.isolate import Isolation
    from extract.batch.pool import Limits, Unwritten
    from extract.batch.store import Place

_PR_SET_PDEATHSIG: Final = 1


class Answer(NamedTuple):
    """One thing that came of a task; ``last`` where nothing follows. Then ``failure`` may say what stopped it."""

    item: Any = None
    last: bool = False
    failure: Failure | None = None


Task = Callable[..., Iterator[Any]]


def read(
    data: bytes, source_path: str, forms: Path | None, options: ReadOptions, docx: bytes | Failure | None = None
) -> Iterator[Extraction]:
    """The task of reading one file: one Extraction. ``docx``: what ``convert`` made of it."""
    yield api.traced_bytes(data, None, source_path=source_path, forms=library(forms), options=options, docx=docx)


def convert(data: Sequence[bytes], options: ReadOptions) -> Iterator[bytes | Failure | None]:
    """The task of having files converted by LibreOffice, for each what came of it; None where it is not asked."""
    from extract.readers import office

    endings = [files.ending(one, kinds.kind(one)) for one in data]
    # LibreOffice, which is in no group with this process, ends with it, and so does its folder.
    signal.signal(signal.SIGTERM, _leave)
    try:
        made = iter(office.convert([(one, end) for one, end in zip(data, endings, strict=True) if end], options))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for end in endings:
        found = next(made) if end else None
        yield Failure(found.code, found.params) if isinstance(found, UnreadableInput) else found


def _leave(_: int, __: FrameType | None) -> NoReturn:
    # Where a parent had several threads, its death is told once for each.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit


def unpack(data: bytes, name: str, options: ReadOptions) -> Iterator[Member]:
    """The task of unpacking one archive: its members."""
    from extract.readers import archives

    return archives.members(data, name, options)


def make(job: Job, place: Place, limits: Limits) -> Iterator[Step | Made | Unwritten]:
    """The task of making a bucket; what is no text is read in children of this process."""
    from extract.batch import pool

    yield from pool.made_apart(job, place, limits, _isolation(limits))
    _tidy()


def _tidy() -> None:
    """Gives back what a bucket leaves, so that a process is no larger after a thousand of them than after some."""
    import pyarrow as pa

    gc.collect()
    _settle()
    pa.default_memory_pool().release_unused()


@lru_cache(maxsize=1)
def _settle() -> None:
    """What is there after the first bucket stays, and need not be searched for garbage again and again."""
    gc.freeze()


@lru_cache(maxsize=1)
def _isolation(limits: Limits) -> Isolation:
    """What reads for this process all that is no text."""
    from extract.batch import pool

    return pool.isolation_of(limits, library(limits.forms))


@lru_cache(maxsize=1)
def library(forms: Path | None) -> Library:
    """The form profiles that a task reads by."""
    return library_of(forms)


@lru_cache(maxsize=1)
def corrections(path: Path | None) -> Corrections:
    """What persons said of values, in a file of the run that lasts as long as it does."""
    return load_corrections(path) if path is not None else NO_CORRECTIONS


def serve(descriptor: int, max_memory: int) -> None:
    """Does the tasks that come through the pipe, until nobody is there to ask for more."""
    _restrain(max_memory)
    with Connection(descriptor) as connection:
        try:
            connection.send(Answer(last=True))
            while True:
                function, arguments = connection.recv()
                for answer in _answers(function, arguments):
                    connection.send_bytes(answer)
        except (EOFError, OSError):
            return


def _answers(function: Task, arguments: tuple[Any, ...]) -> Iterator[bytes]:
    """The answers of a task as they are sent; whatever it raises is the last of them."""
    try:
        for item in function(*arguments):
            yield _packed(Answer(item))
    except UnreadableInput as error:
        yield _packed(Answer(last=True, failure=Failure(error.code, error.params)))
    except MemoryError:
        yield _packed(Answer(last=True, failure=Failure("out_of_memory")))
    except Exception as error:  # noqa: BLE001 - as in read_leaf
        yield _packed(Answer(last=True, failure=internal_error(error)))
    else:
        yield _packed(Answer(last=True))


def _packed(answer: Answer) -> bytes:
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def _restrain(max_memory: int) -> None:
    """Where the system can do it: no more memory than this, no dump of it on the disk, and no life after the run's."""
    try:
        import resource

        _, highest = resource.getrlimit(resource.RLIMIT_AS)
        limit = max_memory if highest == resource.RLIM_INFINITY else min(max_memory, highest)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class _WithoutPandas(MetaPathFinder):
    """pyarrow brings pandas in, where it is installed, to ask whether a list is of it: half a second of a process."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def main() -> None:
    """The child's program: its arguments are the pipe's descriptor and the memory limit in bytes."""
    sys.meta_path.insert(0, _WithoutPandas())
    serve(int(sys.argv[1]), int(sys.argv[2]))
