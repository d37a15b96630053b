"""Tar files, read as a stream: what is in a compressed one is never whole in memory."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers import archive_names as names
from extract.readers.archive_limits import Member, Meter, Readable

_BLOCK: Final = tarfile.BLOCKSIZE
_PIECE: Final = 512 * _BLOCK
# A header that says more of a member than this is no honest one.
_LONGEST_HEADER: Final = 1024 * 1024
_FOLDER: Final = (tarfile.DIRTYPE, tarfile.GNUTYPE_LONGLINK)
_REGULAR: Final = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)


@dataclass(frozen=True, slots=True)
class _Said:
    """What headers before a member say of it: its name, and its size; None where they do not."""

    name: bytes | None = None
    size: int | None = None


def is_tar(block: bytes) -> bool:
    """Whether a tar file can begin with this block."""
    try:
        tarfile.TarInfo.frombuf(block[:_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def members(file: Readable, meter: Meter) -> Iterator[Member]:
    """The members in their order; folders are none. ``meter`` counts what is read of ``file``.

    Raises UnreadableInput: ``archive_damaged``, also where the mark of the end is missing; Exhausted.
    """
    said = _Said()
    while True:
        block = _exactly(file, _BLOCK, meter)
        if not any(block):
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise UnreadableInput("archive_damaged", reason=str(error)) from error
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.XGLTYPE):
            said = _told(info, _header(file, info.size, meter), said)
            continue
        size = info.size if said.size is None else said.size
        raw = info.name.encode("utf-8", "surrogateescape") if said.name is None else said.name
        said = _Said()
        if info.type in _FOLDER:
            _skip(file, size, meter)
            continue
        before = meter.unpacked
        try:
            content = _content(file, info, size, meter)
        except _Refused as error:
            failure = Failure(error.code, error.params)
            yield Member(names.decoded(raw), b"", failure, meter.unpacked - before)
        else:
            yield Member(names.decoded(raw), content, None, meter.unpacked - before)


class _Refused(UnreadableInput):
    """One member is not read; those after it are."""


def _content(file: Readable, info: tarfile.TarInfo, size: int, meter: Meter) -> bytes:
    """A member's bytes. Whatever is raised as _Refused, the file stands behind the member."""
    if info.type not in _REGULAR:
        # Links state the size of what they lead to, and have no bytes.
        _skip(file, 0 if info.issym() or info.islnk() else size, meter)
        raise _Refused("no_regular_file")
    try:
        meter.check_member(size)
    except UnreadableInput as error:
        _skip(file, size, meter)
        raise _Refused(error.code, **error.params) from error
    content = _exactly(file, size, meter)
    _exactly(file, -size % _BLOCK, meter)
    return content


def _header(file: Readable, size: int, meter: Meter) -> bytes:
    if size > _LONGEST_HEADER:
        raise UnreadableInput("archive_damaged", reason=f"a header of {size} bytes")
    content = _exactly(file, size, meter)
    _exactly(file, -size % _BLOCK, meter)
    return content


def _told(info: tarfile.TarInfo, content: bytes, said: _Said) -> _Said:
    """What is known of the next member after one more header."""
    if info.type == tarfile.GNUTYPE_LONGNAME:
        return replace(said, name=content.partition(b"\0")[0])
    if info.type == tarfile.XGLTYPE:
        # Of all members that follow, and no name or size can hold for several.
        return said
    for key, value in _records(content):
        if key == b"path":
            said = replace(said, name=value)
        elif key == b"size" and value.isdigit():
            said = replace(said, size=int(value[:20]))
    return said


def _records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The records ``length key=value`` of an extended header, up to the first that is none."""
    at = 0
    while at < len(content):
        length, blank, _ = content[at : at + 20].partition(b" ")
        if not blank or not length.isdigit() or int(length) <= len(length) + 1:
            return
        key, _, value = content[at + len(length) + 1 : at + int(length)].partition(b"=")
        yield key, value.removesuffix(b"\n")
        at += int(length)


def _skip(file: Readable, size: int, meter: Meter) -> None:
    left = size + -size % _BLOCK
    while left > 0:
        left -= len(_exactly(file, min(left, _PIECE), meter))


def _exactly(file: Readable, size: int, meter: Meter) -> bytes:
    """So many bytes; UnreadableInput where the file ends before."""
    pieces: list[bytes] = []
    left = size
    while left > 0:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise UnreadableInput("archive_damaged", reason="unexpected end")
        meter.count(len(piece))
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
