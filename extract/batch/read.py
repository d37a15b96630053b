"""Reading one input, whatever it is and whatever happens."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator

from extract import api
from extract.batch.addresses import is_remote
from extract.batch.clock import Clock
from extract.batch.plan import NO_FILE, Item
from extract.model import Extraction, Failure
from extract.readers import kinds
from extract.readers.leaf import Leaf

Read = Callable[[bytes, str], Extraction]


def read_bytes(data: bytes, source_path: str) -> Extraction:
    """What ``extract_bytes`` makes of the bytes; the ``Read`` of a run without profiles of its own."""
    return api.extract_bytes(data, source_path=source_path)


def load(item: Item, max_bytes: int) -> Leaf:
    """The bytes of an input, or the failure ``unreadable`` or ``too_large``."""
    if item.problem is not None:
        return Leaf(item.source_path, b"", Failure("unreadable", {"reason": item.problem}))
    try:
        data, size = _bytes(item.path, max_bytes + 1)
    except OSError as error:
        return Leaf(item.source_path, b"", Failure("unreadable", {"reason": error.strerror or str(error)}))
    if len(data) > max_bytes:
        return Leaf(item.source_path, b"", Failure("too_large", {"size": size, "limit": max_bytes}))
    return Leaf(item.source_path, data)


def _bytes(path: str, limit: int) -> tuple[bytes, int]:
    """The first bytes of a file, at most so many, and how many it has."""
    if is_remote(path):
        from extract.batch import remote

        return remote.read(path, limit)
    with open(path, "rb", opener=_open) as file:
        data = file.read(limit)
        return data, max(len(data), os.fstat(file.fileno()).st_size)


def _open(path: str, flags: int) -> int:
    """Opens a file, and nothing else: a pipe may have taken its place, and keep a reader waiting for ever."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(NO_FILE)


def opened(leaf: Leaf, walk: Callable[[bytes, str], Iterator[Leaf]], clock: Clock) -> Iterator[Leaf]:
    """The files in an archive, or the one file that is none."""
    if leaf.failure is not None or kinds.kind(leaf.data) not in kinds.ARCHIVES:
        yield leaf
        return
    leaves = walk(leaf.data, leaf.source_path)
    while True:
        try:
            with clock("read"):
                found = next(leaves, None)
        except Exception as error:  # noqa: BLE001 - a mistake in unpacking must not cost the other inputs
            found, leaves = leaf._replace(failure=internal_error(error)), iter(())
        if found is None:
            return
        yield found


def read_leaf(leaf: Leaf, read: Read = read_bytes) -> Extraction:
    """What came of one file. Whatever happens becomes a failure, and nothing is raised."""
    if leaf.failure is not None:
        return api.of_leaf(leaf)
    try:
        return read(leaf.data, leaf.source_path)
    except MemoryError:
        return api.of_leaf(leaf._replace(failure=Failure("out_of_memory")))
    except Exception as error:  # noqa: BLE001 - a mistake in reading one input must not cost the others
        return api.of_leaf(leaf._replace(failure=internal_error(error)))


def read_item(item: Item, max_bytes: int, read: Read = read_bytes) -> Extraction:
    """``load`` and ``read_leaf``."""
    return read_leaf(load(item, max_bytes), read)


def internal_error(error: Exception) -> Failure:
    """The failure that says which exception it was."""
    return Failure("internal_error", {"reason": f"{type(error).__name__}: {error}"})
