"""The one file that somebody asked for: on the disk, or in an archive; or all files of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from extract.api import split_path
from extract.batch.isolate import Isolation
from extract.batch.plan import Item, escaped, known_as, looked_at
from extract.batch.read import load
from extract.errors import UsageError
from extract.model import Failure
from extract.readers import kinds
from extract.readers.leaf import WITHIN, Leaf


class Inside(NamedTuple):
    """An archive: its address, its bytes where it is a file of its own, and the files in it as they are unpacked."""

    source_path: str
    data: bytes
    leaves: Iterator[Leaf]


def opened(path: Path, isolation: Isolation, max_bytes: int) -> Leaf | Inside:
    """The file at a path or an address (``a.zip!/b/c.pdf``), or the failure why it cannot be had.

    UsageError where the file on the disk cannot be opened.
    """
    file, inner = split_path(path)
    reason, _ = looked_at(file)
    leaf = load(Item(str(file), known_as(file.name), reason), max_bytes)
    if leaf.failure is not None and leaf.failure.code == "unreadable":
        raise UsageError("file_unreadable", path=escaped(str(file)), reason=leaf.failure.params["reason"])
    if leaf.failure is not None or (inner is None and kinds.kind(leaf.data) not in kinds.ARCHIVES):
        return leaf
    if kinds.kind(leaf.data) not in kinds.ARCHIVES:
        return _missing(leaf, f"{leaf.source_path}{WITHIN}{inner}")
    leaves = isolation.walk(leaf.data, leaf.source_path)
    return Inside(leaf.source_path, leaf.data, leaves) if inner is None else _within(leaf, leaves, inner)


def _within(archive: Leaf, leaves: Iterator[Leaf], inner: str) -> Leaf | Inside:
    """What stands at a place in an archive; another archive may, whose files follow one another."""
    wanted = f"{archive.source_path}{WITHIN}{inner}"
    for leaf in leaves:
        if leaf.source_path == wanted:
            return leaf
        if leaf.source_path.startswith(f"{wanted}{WITHIN}"):
            return Inside(wanted, b"", chain([leaf], _those_below(wanted, leaves)))
        if leaf.failure is not None and wanted.startswith(f"{leaf.source_path}{WITHIN}"):
            return leaf._replace(source_path=wanted)
    return _missing(archive, wanted)


def _those_below(path: str, leaves: Iterator[Leaf]) -> Iterator[Leaf]:
    return (leaf for leaf in leaves if leaf.source_path == path or leaf.source_path.startswith(f"{path}{WITHIN}"))


def _missing(archive: Leaf, wanted: str) -> Leaf:
    return Leaf(wanted, b"", Failure("no_member", {"path": archive.source_path}))
