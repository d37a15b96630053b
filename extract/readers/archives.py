"""Archives: what is in them, and in the archives within them, one member at a time, in memory.

A member's ``source_path`` is that of its archive, ``!/``, and its own path there.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers import archive_names as names
from extract.readers import archive_native, archive_packed, archive_tar, archive_zip, kinds
from extract.readers.archive_limits import Member, Meter
from extract.readers.files import ReadOptions
from extract.readers.leaf import WITHIN, Leaf


def is_archive(data: bytes) -> bool:
    """Whether the bytes hold other files. Office files are zip files too, but no archives."""
    return kinds.kind(data) in kinds.ARCHIVES


def members(data: bytes, name: str, options: ReadOptions) -> Iterator[Member]:
    """The members of an archive of this file name, in its order, folders left out.

    Raises UnreadableInput where the archive, or what is left of it, cannot be read; see the module of its kind.
    """
    kind = kinds.kind(data)
    if kind == "zip":
        return archive_zip.members(data, options)
    if kind == "tar":
        return archive_tar.members(io.BytesIO(data), Meter(len(data), options))
    if kind in ("7z", "rar"):
        return archive_native.members(data, kind, options)
    return archive_packed.members(data, kind, name, options)


Unpack = Callable[[bytes, str, ReadOptions], Iterator[Member]]


def walk(data: bytes, source_path: str, options: ReadOptions, unpack: Unpack = members) -> Iterator[Leaf]:
    """The files in an archive, and in those within it, in their order; an archive that fails is one of them.

    Nothing is raised that ``unpack``, which opens one archive, does not raise besides UnreadableInput.
    """
    return _Walk(options, unpack).archive(data, source_path, 1)


class _Walk:
    """One way through an archive: what all archives within it share."""

    def __init__(self, options: ReadOptions, unpack: Unpack) -> None:
        self._options = options
        self._unpack = unpack
        self._unpacked = 0
        self._members = 0
        self._seen: set[str] = set()

    def archive(self, data: bytes, source_path: str, depth: int) -> Iterator[Leaf]:
        if depth > self._options.max_depth:
            yield Leaf(source_path, data, Failure("nested_too_deep", {"limit": self._options.max_depth}))
            return
        empty = True
        try:
            for member in self._unpack(data, source_path.rpartition("/")[2], self._options):
                self._count(member)
                path = names.path(member.path)
                if names.has_debris(path.text):
                    continue
                empty = False
                yield from self._member(member, path, source_path, depth)
        except UnreadableInput as error:
            yield Leaf(source_path, data, Failure(error.code, error.params))
            return
        if empty:
            yield Leaf(source_path, data, Failure("archive_empty"))

    def _count(self, member: Member) -> None:
        self._members += 1
        self._unpacked += member.unpacked
        if self._members > self._options.max_members:
            raise UnreadableInput("too_many_members", limit=self._options.max_members)
        if self._unpacked > self._options.max_unpacked:
            raise UnreadableInput("archive_too_large", limit=self._options.max_unpacked)

    def _member(self, member: Member, path: names.Path, source_path: str, depth: int) -> Iterator[Leaf]:
        inner = f"{source_path}{WITHIN}{path.text or '_'}"
        twice = inner in self._seen
        if twice:
            inner = self._another(inner)
        self._seen.add(inner)
        if member.failure is not None:
            yield Leaf(inner, b"", member.failure)
        elif not path.safe or not path.text:
            yield Leaf(inner, member.data, Failure("unsafe_name", {"name": ascii(member.path)[1:-1]}))
        elif twice:
            yield Leaf(inner, member.data, Failure("name_twice", {"name": path.text}))
        elif is_archive(member.data):
            yield from self.archive(member.data, inner, depth + 1)
        else:
            yield Leaf(inner, member.data)

    def _another(self, taken: str) -> str:
        number = 2
        while f"{taken} ({number})" in self._seen:
            number += 1
        return f"{taken} ({number})"
