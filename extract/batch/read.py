"""Reading one input, whatever it is and whatever happens."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

from extract import api
from extract.batch.plan import Item
from extract.model import Extraction, Failure
from extract.profiles import Library

Read = Callable[[bytes, str], Extraction]


def read_bytes(data: bytes, source_path: str) -> Extraction:
    """What ``extract_bytes`` makes of the bytes; the ``Read`` of a run without profiles of its own."""
    return api.extract_bytes(data, source_path=source_path)


def read_by(library: Library) -> Read:
    """What reads by these form profiles."""
    return lambda data, source_path: api.extract_bytes(data, source_path=source_path, forms=library)


def read_item(item: Item, max_bytes: int, read: Read = read_bytes) -> Extraction:
    """What came of one input. Whatever happens becomes a failure, and nothing is raised."""
    if item.problem is not None:
        return _failed(item, None, Failure("unreadable", {"reason": item.problem}))
    try:
        with item.path.open("rb") as file:
            data = file.read(max_bytes + 1)
            size = max(len(data), os.fstat(file.fileno()).st_size)
    except OSError as error:
        return _failed(item, None, Failure("unreadable", {"reason": error.strerror or str(error)}))
    if len(data) > max_bytes:
        return _failed(item, None, Failure("too_large", {"size": size, "limit": max_bytes}))
    try:
        return read(data, item.source_path)
    except Exception as error:  # noqa: BLE001 - a mistake in reading one input must not cost the others
        return _failed(item, hashlib.sha256(data).hexdigest(), internal_error(error))


def _failed(item: Item, sha256: str | None, failure: Failure) -> Extraction:
    return Extraction(item.source_path, sha256 or "", None, None, [], (), failure)


def internal_error(error: Exception) -> Failure:
    """The failure that says which exception it was."""
    return Failure("internal_error", {"reason": f"{type(error).__name__}: {error}"})
