"""Rich text files."""

from __future__ import annotations

from extract.readers.doc import read_rtf as read

__all__ = ["read"]
