"""Rich text files."""

from __future__ import annotations

from extract.readers.doc import is_whole_rtf
from extract.readers.doc import read_rtf as read

__all__ = ["ending", "read"]


def ending(data: bytes) -> str | None:
    """As ``ole.ending``."""
    return "rtf" if is_whole_rtf(data) else None
