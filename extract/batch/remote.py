"""Inputs and outputs that lie elsewhere: ``s3://``, ``hdfs://``, ``gs://`` and what else Arrow or fsspec knows.

Inputs are listed once and read where they lie. An output is made here, in a folder for the time of the run, from a copy
of what lies there, and what has changed is put there afterwards: tables first and the account of the run last. A store
of objects cannot replace many of them at once; so that a run that is stopped in between is not taken for a whole one,
what the next run would rely on is taken away first, and comes back at the end.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pyarrow import ArrowException
from pyarrow import fs as arrow

from extract.batch.addresses import shown
from extract.batch.plan import known_as
from extract.errors import UsageError
from extract.readers.archive_names import is_debris
from extract.tables.writer import ACCOUNT, KEPT, check_replaceable

# Between the address that opens a file system and the place of a file there.
_BETWEEN: Final = "\n"
_SAFE: Final = "/:?&=@%+,;~!$'()*"
ERRORS: Final = (OSError, ArrowException, ValueError, ImportError)


@dataclass(frozen=True, slots=True)
class File:
    """A file elsewhere: its address for ``read``, its place below what was listed, its size, when it was written."""

    address: str
    name: str
    size: int
    written: int


@lru_cache(maxsize=16)
def _system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the place there."""
    try:
        found: tuple[Any, str] = arrow.FileSystem.from_uri(quote(address, safe=_SAFE))
    except (ArrowException, ValueError):
        import fsspec

        system, path = fsspec.core.url_to_fs(address)
        return arrow.PyFileSystem(arrow.FSSpecHandler(system)), path
    return found


def opened(address: str) -> tuple[Any, str]:
    """The file system of an address, and the place there; UsageError where it cannot be reached."""
    try:
        return _system(address)
    except ERRORS as error:
        raise UsageError("remote_unreachable", path=shown(address), reason=reason_of(error)) from error


def listed(addresses: Sequence[str]) -> list[File]:
    """The files at some addresses and below them, hidden ones aside, in the order of their names.

    Names are relative to the address where there is one, and to the deepest folder of all where there are several.
    UsageError where one cannot be reached or does not exist.
    """
    found: dict[str, tuple[str, Any]] = {}
    tops = []
    for address in addresses:
        system, path = opened(address)
        path = path.rstrip("/")
        try:
            info = system.get_file_info(path)
            if info.type == arrow.FileType.NotFound:
                raise UsageError("input_missing", path=shown(address))
            is_file = info.type == arrow.FileType.File
            infos = [info] if is_file else system.get_file_info(arrow.FileSelector(path, recursive=True))
        except ERRORS as error:
            raise UsageError("remote_unreachable", path=shown(address), reason=reason_of(error)) from error
        tops.append(path.rpartition("/")[0] if is_file else path)
        for one in infos:
            if one.type == arrow.FileType.File and not any(map(is_debris, one.path[len(path) :].split("/"))):
                found.setdefault(one.path, (address, one))
    root = os.path.commonpath(tops) if tops else ""
    files = [
        File(f"{address}{_BETWEEN}{path}", known_as(path[len(root) :].lstrip("/")), one.size or 0, one.mtime_ns or 0)
        for path, (address, one) in found.items()
    ]
    return sorted(files, key=lambda file: file.name.split("/"))


def read(address: str, limit: int) -> tuple[bytes, int]:
    """The first bytes of a file, at most so many, and how many it has. OSError where it cannot be read."""
    base, _, path = address.partition(_BETWEEN)
    try:
        system, _ = _system(base)
        with system.open_input_file(path) as file:
            size: int = file.size()
            return file.read(min(size, limit)), size
    except ERRORS as error:
        raise OSError(reason_of(error)) from error


@dataclass(frozen=True, slots=True)
class Mirror:
    """An output folder that lies elsewhere, and its copy here; ``before``: the files of the copy as it was made."""

    address: str
    folder: Path
    before: Mapping[str, str]

    def publish(self) -> None:
        """Puts what has changed there. OSError where that fails: the next run makes all anew then."""
        after = _files(self.folder)
        changed = [name for name, digest in after.items() if self.before.get(name) != digest]
        gone = [name for name in self.before if name not in after]
        try:
            system, top = _system(self.address)
            if changed != [ACCOUNT] or gone:
                for name in self.before:
                    if name.startswith(_ACCOUNTS):
                        system.delete_file(f"{top}/{name}")
                accounts = [name for name in after if name.startswith(_ACCOUNTS)]
                tables = [name for name in changed if name != ACCOUNT and name not in accounts]
                self._put(system, top, tables)
                for name in gone:
                    if not name.startswith(_ACCOUNTS):
                        system.delete_file(f"{top}/{name}")
                self._put(system, top, accounts)
            self._put(system, top, [ACCOUNT])
        except ERRORS as error:
            raise OSError(reason_of(error)) from error

    def _put(self, system: Any, top: str, names: Sequence[str]) -> None:
        for name in names:
            target = f"{top}/{name}"
            if system.type_name != "s3":
                system.create_dir(target.rpartition("/")[0], recursive=True)
            arrow.copy_files(str(self.folder / name), target, arrow.LocalFileSystem(), system)


_ACCOUNTS: Final = f"{KEPT}/accounts/"


@contextmanager
def mirrored(address: str, inputs: Sequence[str]) -> Iterator[Mirror]:
    """A copy of an output folder that lies elsewhere; gone at the end.

    UsageError where it cannot be reached, holds what no run wrote, or lies in an input or around it.
    """
    system, top = opened(address)
    top = top.rstrip("/")
    for text in inputs:
        _check_apart(address, text)
    with tempfile.TemporaryDirectory(prefix="pifubiao-") as place:
        folder = Path(place) / "out"
        try:
            if system.get_file_info(top).type == arrow.FileType.Directory:
                folder.mkdir()
                arrow.copy_files(top, str(folder), system, arrow.LocalFileSystem())
        except ERRORS as error:
            raise UsageError("remote_unreachable", path=shown(address), reason=reason_of(error)) from error
        try:
            check_replaceable(folder)
        except UsageError as error:
            raise UsageError(error.key, **{**error.params, "path": shown(address)}) from error
        yield Mirror(address, folder, _files(folder) if folder.exists() else {})


def _check_apart(out: str, text: str) -> None:
    one, other = (f"{shown(each).rstrip('/')}/" for each in (out, text))
    if one.startswith(other):
        raise UsageError("out_in_input", out=shown(out), input=shown(text))
    if other.startswith(one):
        raise UsageError("input_in_out", out=shown(out), input=shown(text))


def _files(folder: Path) -> dict[str, str]:
    """The files in a folder, by name, each with a digest of its bytes."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def reason_of(error: BaseException) -> str:
    """What an error of a file system says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
