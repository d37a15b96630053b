"""What a run reads: files, folders and globs, turned into one list in a stable order."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from extract.batch.addresses import is_remote, shown
from extract.errors import UsageError
from extract.readers.archive_names import is_debris

# Inputs with more bytes are not read, unless a run asks for it.
MAX_BYTES: Final = 64 * 1024 * 1024
# Seconds that reading one file that is no text may take, and bytes of memory.
TIMEOUT: Final = 300.0
MAX_MEMORY: Final = 4 * 1024 * 1024 * 1024
# What is said of a pipe, a device and their like.
NO_FILE: Final = "not a regular file"

_MAGIC: Final = frozenset("*?[")
# What in a name reads as something else in a path of the tables: a byte that is no text, an archive's member.
_AMBIGUOUS: Final = re.compile(r"\\(?=x)|!(?=/|\Z)")


class Stamp(NamedTuple):
    """What tells whether a file is as it was: its bytes, when it was written and changed (nanoseconds), its number."""

    size: int
    written: int
    changed: int
    inode: int


class Item(NamedTuple):
    """One input: where it is, and its ``source_path`` in the tables.

    ``problem`` says why it cannot be read, where that was seen already; ``stamp``: of the file, where it was seen.
    """

    path: str
    source_path: str
    problem: str | None = None
    stamp: Stamp | None = None


class NeedsList(Exception):
    """Inputs cannot be gone through one by one: there are several, they lie elsewhere, or links may lead to others."""


def walked(inputs: Sequence[str]) -> Iterator[Item]:
    """What ``plan`` gives of one folder, without a list of all of it; NeedsList, at any moment, where it cannot be."""
    if any(map(is_remote, inputs)):
        raise NeedsList
    named = [path for text in inputs for path in _named(text)]
    if len(named) != 1 or not named[0].is_dir():
        raise NeedsList
    root = _Root(_root(named))
    links: list[Path] = []
    for one in _walk(named[0], set(), links):
        if one.is_link or links:
            raise NeedsList
        yield root.item(one)
    if links:
        raise NeedsList


def plan(inputs: Sequence[str]) -> list[Item]:
    """The inputs of a run, each file once, in the order of their names.

    Addresses (``s3://bucket/folder``) are listed where they lie; they do not go together with names of files here.
    A folder stands for all files in it and below it, hidden ones aside. A name that does not exist and has one of
    ``*?[`` in it is a glob (``**`` for any folders). ``source_path`` is relative to the input where there is one
    input, and to the deepest folder that holds them all where there are several. UsageError where an input does not
    exist or none is left.
    """
    if not inputs:
        raise UsageError("no_input")
    if any(map(is_remote, inputs)):
        return _elsewhere(inputs)
    named = [path for text in inputs for path in _named(text)]
    root = _Root(_root(named))
    found: list[_Found] = []
    links: list[Path] = []
    seen: set[str] = set()
    for path in named:
        if path.is_dir():
            found += _walk(path, seen, links)
        else:
            found.append(_Found(str(path), path.is_symlink(), *looked_at(path)))
    # What a link leads to is read under its own name where it has one here: links come last.
    for link in _drain(links):
        found += _walk(link, seen, links)
    items = _once(found, root)
    if not items:
        raise UsageError("empty_input", inputs=", ".join(inputs))
    return items


def _elsewhere(addresses: Sequence[str]) -> list[Item]:
    """The files that lie elsewhere; their stamps are what is told of them there."""
    from extract.batch.remote import listed

    if not all(map(is_remote, addresses)):
        raise UsageError("remote_mixed")
    items = [
        Item(file.address, file.name, None, Stamp(file.size, file.written, file.written, 0))
        for file in listed(addresses)
    ]
    if not items:
        raise UsageError("empty_input", inputs=", ".join(map(shown, addresses)))
    return items


def escaped(name: str) -> str:
    r"""A file name as text; bytes that are no UTF-8 become ``\xNN``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def known_as(path: str) -> str:
    r"""A path as it stands in the tables, another one for each file.

    As ``escaped``; a ``\x`` that stood there, and a ``!`` at the end of a name, are written as ``\x5cx`` and ``\x21``.
    """
    return escaped(_AMBIGUOUS.sub(lambda found: f"\\x{ord(found.group()):02x}", path.replace(os.sep, "/")))


def inside(path: Path, folder: Path) -> bool:
    """Whether ``path`` is ``folder`` or below it, links followed."""
    real, above = os.path.realpath(path), os.path.realpath(folder)
    return real == above or real.startswith(above.rstrip(os.sep) + os.sep)


def folders(inputs: Sequence[str]) -> list[Path]:
    """Those of the inputs that are folders."""
    return [path for text in inputs if not is_remote(text) for path in _named(text) if path.is_dir()]


def _named(text: str) -> list[Path]:
    """The paths that one input stands for: itself, or what a glob finds."""
    path = Path(text)
    if os.path.lexists(path):
        return [path]
    if _MAGIC.isdisjoint(text):
        raise UsageError("input_missing", path=escaped(text))
    matches = sorted(glob.glob(text, recursive=True), key=os.fsencode)
    if not matches:
        raise UsageError("glob_empty", pattern=escaped(text))
    return [Path(match) for match in matches]


def _root(named: Sequence[Path]) -> str:
    tops = {os.path.abspath(path if path.is_dir() else path.parent) for path in named}
    return os.path.commonpath(tops)


class _Found(NamedTuple):
    path: str
    is_link: bool
    problem: str | None
    stamp: Stamp | None


def _walk(top: Path, seen: set[str], links: list[Path]) -> Iterator[_Found]:
    """The files below ``top`` in the order of their names in the tables, and why one cannot be read.

    Links to folders go to ``links``. ``seen`` holds the real folders that were walked already: each is walked once,
    so that links in a circle end.
    """
    real = os.path.realpath(top)
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(os.scandir(top), key=lambda entry: _bytes(known_as(entry.name)))
    except OSError as error:
        yield _Found(str(top), is_link=False, problem=error.strerror or str(error), stamp=None)
        return
    for entry in entries:
        if is_debris(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(top / entry.name, seen, links)
        elif entry.is_symlink() and (top / entry.name).is_dir():
            links.append(top / entry.name)
        else:
            yield _Found(entry.path, entry.is_symlink(), *looked_at(entry))


def _drain(links: list[Path]) -> Iterator[Path]:
    while links:
        yield links.pop(0)


def looked_at(path: Path | os.DirEntry[str]) -> tuple[str | None, Stamp | None]:
    """Why a path is nothing to read, None where it is a file; and then its stamp.

    A pipe or a device could keep a reader waiting for ever.
    """
    try:
        found = path.stat()
    except OSError as error:
        return error.strerror or str(error), None
    if not stat.S_ISREG(found.st_mode):
        return NO_FILE, None
    return None, Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class _Root:
    """The folder that paths are relative to; what a folder gives for all files in it is found out once."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder = ""
        self._relative = ""
        self._real = ""

    def item(self, one: _Found) -> Item:
        """A file as an input."""
        folder, name = self._in_folder(one)
        relative = f"{self._relative}{known_as(name)}" if folder else self._relative_of(one.path)
        return Item(one.path, relative, one.problem, one.stamp)

    def real(self, one: _Found) -> str:
        """Its path with links followed."""
        folder, name = self._in_folder(one)
        return os.path.join(self._real, name) if folder and not one.is_link else os.path.realpath(one.path)

    def _in_folder(self, one: _Found) -> tuple[bool, str]:
        """Whether it is a file in a folder, which is the current one from now on; and its name there."""
        if one.problem is not None:
            return False, ""
        folder, name = os.path.split(one.path)
        if folder != self._folder or not self._real:
            above = self._relative_of(folder)
            self._folder, self._relative = folder, "" if above == "." else above + "/"
            self._real = os.path.realpath(folder)
        return True, name

    def _relative_of(self, path: str) -> str:
        return known_as(os.path.relpath(os.path.abspath(path), self._path))


def _once(found: Iterable[_Found], root: _Root) -> list[Item]:
    """Each file once, real names before links to them, in the order of ``source_path``."""
    kept: dict[str, Item] = {}
    for one in sorted(found, key=lambda one: one.is_link):
        kept.setdefault(root.real(one), root.item(one))
    return sorted(kept.values(), key=lambda item: _order(item.source_path))


def _order(source_path: str) -> list[bytes]:
    """A folder's files and sub-folders in the order of their names, by the bytes of each name."""
    return [_bytes(name) for name in source_path.split("/")]


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
