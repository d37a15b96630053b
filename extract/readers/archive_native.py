"""7z and rar files, by libarchive where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers import archive_names as names
from extract.readers.archive_limits import Exhausted, Member, Meter
from extract.readers.files import ReadOptions

_RAR5: Final = b"Rar!\x1a\x07\x01\x00"
# libarchive has no code of its own for what a password is asked for.
_ENCRYPTED: Final = ("ncrypt", "assphrase", "assword")


def members(data: bytes, kind: str, options: ReadOptions) -> Iterator[Member]:
    """The members of a ``7z`` or ``rar`` file in their order; folders are none.

    Raises UnreadableInput: ``needs_package``, ``archive_damaged``, ``encrypted``; Exhausted.
    """
    library = _library(kind)
    meter = Meter(len(data), options)
    rar = "rar5" if data.startswith(_RAR5) else "rar"
    try:
        with library.memory_reader(data, format_name="7zip" if kind == "7z" else rar) as archive:
            for entry in archive:
                if not entry.isdir:
                    yield _member(library, entry, meter)
    except library.ArchiveError as error:
        raise _unreadable(error, "archive_damaged") from error


def _library(kind: str) -> Any:
    """The module libarchive; TypeError, AttributeError and OSError are how it says that there is no such library."""
    try:
        import libarchive
    except (ImportError, TypeError, AttributeError, OSError) as error:
        raise UnreadableInput("needs_package", kind=kind, package="pifubiao[archives], libarchive") from error
    return libarchive


def _member(library: Any, entry: Any, meter: Meter) -> Member:
    before = meter.unpacked
    raw = entry.pathname
    name = names.decoded(raw) if isinstance(raw, bytes) else str(raw or "")
    try:
        content = _content(library, entry, meter)
    except Exhausted:
        raise
    except UnreadableInput as error:
        return Member(name, b"", Failure(error.code, error.params), meter.unpacked - before)
    return Member(name, content, None, meter.unpacked - before)


def _content(library: Any, entry: Any, meter: Meter) -> bytes:
    if not entry.isreg or entry.islnk:
        raise UnreadableInput("no_regular_file")
    try:
        return meter.read(_Blocks(entry.get_blocks()))
    except library.ArchiveError as error:
        raise _unreadable(error, "member_damaged") from error


class _Blocks:
    """Blocks that come one by one, as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def read(self, size: int, /) -> bytes:  # noqa: ARG002 - blocks are short
        return next((block for block in self._blocks if block), b"")


def _unreadable(error: Exception, code: str) -> UnreadableInput:
    text = str(error)
    if any(word in text for word in _ENCRYPTED):
        return UnreadableInput("encrypted")
    return UnreadableInput(code, reason=text)
