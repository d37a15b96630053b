"""Zip files."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from extract.errors import UnreadableInput
from extract.model import Failure
from extract.readers import archive_names as names
from extract.readers.archive_limits import Exhausted, Member, Meter
from extract.readers.files import ReadOptions

# What zipfile raises on files that are damaged, or made to do harm.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    AttributeError,
)
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
# What Info-ZIP writes beside a name that is not in UTF-8: version, CRC of that name, the name in UTF-8.
_UNICODE_PATH: Final = 0x7075
# Entries of the directory and headers of members: their mark, and where their flags stand.
_FLAGS_AT: Final = ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6))


def members(data: bytes, options: ReadOptions) -> Iterator[Member]:
    """The members in the order of the archive's directory; folders are none.

    Raises UnreadableInput: ``archive_damaged``; Exhausted.
    """
    meter = Meter(len(data), options)
    with _opened(data) as archive:
        for info in archive.infolist():
            name = _name(info)
            if names.is_folder(name):
                continue
            before = meter.unpacked
            try:
                content = _content(archive, info, meter)
            except Exhausted:
                raise
            except UnreadableInput as error:
                yield Member(name, b"", Failure(error.code, error.params), meter.unpacked - before)
            else:
                yield Member(name, content, None, meter.unpacked - before)


def _opened(data: bytes) -> zipfile.ZipFile:
    """The archive. Where names are not in the UTF-8 that their flags promise, it is opened without the flags."""
    try:
        try:
            return zipfile.ZipFile(io.BytesIO(data))
        except UnicodeDecodeError:
            return zipfile.ZipFile(io.BytesIO(_unflagged(data)))
    except (*_DAMAGED, NotImplementedError) as error:
        raise UnreadableInput("archive_damaged", reason=str(error)) from error


def _unflagged(data: bytes) -> bytes:
    """The archive with nothing said of the encoding of its names."""
    changed = bytearray(data)
    for mark, offset in _FLAGS_AT:
        at = changed.find(mark)
        while at >= 0:
            if at + offset + 1 < len(changed):
                changed[at + offset + 1] &= ~(_UTF8 >> 8) & 0xFF
            at = changed.find(mark, at + 4)
    return bytes(changed)


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name, whole: zipfile's own ends at a NUL, and takes for CP437 what says nothing else."""
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    raw = name.encode("cp437")
    return _unicode_path(info.extra, raw) or names.decoded(raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the extra field for it; None where there is none, or it is not one of this name."""
    at = 0
    while at + 4 <= len(extra):
        tag, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if tag == _UNICODE_PATH and len(field) > 5 and field[1:5] == struct.pack("<I", zlib.crc32(raw)):
            try:
                return field[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
        at += 4 + size
    return None


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> bytes:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise UnreadableInput("no_regular_file")
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableInput("encrypted")
    try:
        with archive.open(info) as file:
            return meter.read(file, info.compress_size)
    except NotImplementedError as error:
        raise UnreadableInput("member_unsupported", method=info.compress_type) from error
    except RuntimeError as error:
        raise UnreadableInput("member_damaged", reason=str(error)) from error
    except _DAMAGED as error:
        raise UnreadableInput("member_damaged", reason=str(error) or type(error).__name__) from error
