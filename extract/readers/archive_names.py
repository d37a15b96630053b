"""Names of the members of archives: their letters, and a safe path made of them.

Nothing is ever written under such a name. It becomes a part of ``source_path``, and whoever makes files of those paths
must not be led out of a folder by one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

# Left aside, as are names that begin with a dot: systems and office programs put them there.
_DEBRIS: Final = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx"})
_LOCK_FILE: Final = "~$"
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_ODD: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Where the surrogates begin that stand for bytes.
_BYTES: Final = 0xDC00
_THREE_BYTES: Final = "\u0800"
_SLASHES: Final = "/\\"


class Path(NamedTuple):
    """A member's path, parts between ``/`` (none where nothing is left); ``safe``: nothing had to be taken off."""

    text: str
    safe: bool


def is_debris(name: str) -> bool:
    """Whether a file or a folder of this name is nobody's document."""
    return name.startswith((".", _LOCK_FILE)) or name.lower() in _DEBRIS


def decoded(raw: bytes) -> str:
    """A name that says nothing of its encoding: UTF-8, or GBK, in which Windows in China writes names.

    Bytes that are neither stand as lone surrogates, as Python has them in names of files.
    """
    utf8, gbk = _strictly(raw, "utf-8"), _strictly(raw, "gbk")
    if utf8 is None:
        return raw.decode("utf-8", "surrogateescape") if gbk is None else gbk
    # Some pairs of bytes are a Chinese character in GBK and a Greek or Cyrillic letter in UTF-8, whose Chinese
    # characters have three.
    return utf8 if gbk is None or any(character >= _THREE_BYTES for character in utf8) else gbk


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def path(name: str) -> Path:
    r"""The path that a name stands for. A beginning ``/``, drives, ``..`` and NUL are taken off and make it unsafe.

    What is no character to be shown becomes ``\xNN``.
    """
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    drive = bool(_DRIVE.match(name))
    safe = not (name.startswith(tuple(_SLASHES)) or ".." in parts or drive or "\0" in name)
    if drive:
        parts[0] = _DRIVE.sub("", parts[0], count=1)
    kept = "/".join(part for part in parts if part not in ("", ".."))
    return Path(_ODD.sub(_escaped, unicodedata.normalize("NFC", kept.replace("\0", ""))), safe)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\x{code - _BYTES:02x}" if _BYTES <= code < _BYTES + 0x100 else f"\\u{code:04x}"


def has_debris(text: str) -> bool:
    """Whether a path leads to debris, or through a folder that is some."""
    return any(is_debris(part) for part in text.split("/"))


def is_folder(name: str) -> bool:
    """Whether a name says that it is one of a folder."""
    return name.endswith(tuple(_SLASHES))
