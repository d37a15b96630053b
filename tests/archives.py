"""Archives made for tests, with names as other systems write them."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

Files = Mapping[str, bytes]
# The flag of a zip's member that says that its name is in UTF-8.
UTF8 = 0x800


class RawName(zipfile.ZipInfo):
    """A member whose name is written as the bytes that it is given, with or without the flag for UTF-8."""

    def __init__(self, raw: bytes, flag: bool = False) -> None:
        # A fixed date: the same archive each time.
        super().__init__("x", (2024, 1, 1, 0, 0, 0))
        self.raw = raw
        self.flag = flag
        self.filename = self.orig_filename = raw.decode("cp437")
        self.compress_type = zipfile.ZIP_DEFLATED

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name that zipfile calls
        return self.raw, self.flag_bits | (UTF8 if self.flag else 0)


def raw_zip(members: Iterable[tuple[RawName, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, data in members:
            archive.writestr(info, data)
    return out.getvalue()


def zip_of(files: Files, encoding: str = "utf-8") -> bytes:
    """A zip file of these files; what is not in UTF-8 says nothing of its encoding."""
    return raw_zip((RawName(name.encode(encoding), encoding == "utf-8"), data) for name, data in files.items())


def tar_of(files: Files, mode: str = "w") -> bytes:
    return tar_with([(tarfile.TarInfo(name), data) for name, data in files.items()], mode)


def tar_with(members: Iterable[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> bytes:
    if mode == "w:gz":
        return gzip.compress(tar_with(members), mtime=0)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member of a tar file that is no regular file."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def unicode_path(raw: bytes, name: str) -> bytes:
    """The extra field in which Info-ZIP writes a name in UTF-8 beside the one that it has."""
    field = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(field)) + field


def rar_of(files: Files) -> bytes:
    """A rar file (of version 4) whose members are stored as they are."""
    parts = [b"Rar!\x1a\x07\x00", _rar_block(0x73, 0, b"\0" * 6)]
    for name, data in files.items():
        raw = name.encode()
        fixed = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x5821_0000, 20, 0x30, len(raw), 0o100644
        )
        parts += [_rar_block(0x74, 0x8000, fixed + raw), data]
    return b"".join([*parts, _rar_block(0x7B, 0x4000, b"")])


def _rar_block(kind: int, flags: int, content: bytes) -> bytes:
    block = struct.pack("<BHH", kind, flags, 7 + len(content)) + content
    return struct.pack("<H", zlib.crc32(block) & 0xFFFF) + block


# The sample: an archive as a county sends it, its names in GBK, another archive within it.
SAMPLE = "归档-2024.zip"
_INNER = "三、补报.zip"
# Its members, and the sample that each is a copy of.
MEMBERS = {
    "一、部门整体/水务局.txt": "portal-01.txt",
    "一、部门整体/林业局.docx": "office-docx-portal-1.docx",
    "二、项目/林业局.xlsx": "office-xlsx-portal-2.xlsx",
    "二、项目/公示页.html": "drawn-html-guangdong.html",
    f"{_INNER}!/打印件.pdf": "pdf-calc-01.pdf",
}


def sample() -> bytes:
    """The archive among the samples, made of others of them."""
    folder = Path(__file__).parent.parent / "samples"
    files = {member: (folder / name).read_bytes() for member, name in MEMBERS.items()}
    inner = {member.removeprefix(f"{_INNER}!/"): data for member, data in files.items() if member.startswith(_INNER)}
    outer = {member: data for member, data in files.items() if not member.startswith(_INNER)}
    return zip_of({**outer, _INNER: zip_of(inner, "gbk")}, "gbk")
