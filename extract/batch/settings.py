"""What decides how a file is read, besides its bytes: the program, the form profiles, the limits."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from extract import __version__
from extract.profiles import Library
from extract.readers.files import ReadOptions
from extract.schemafiles import SCHEMAS

_LIBRARIES: Final = (
    "pyarrow", "regex", "PyYAML", "lxml", "pypdfium2", "pdfplumber", "python-calamine", "libarchive-c",
    "opencv-python-headless", "onnxruntime", "rapidocr", "numpy", "pillow",
)  # fmt: skip


def settings(library: Library, reading: ReadOptions) -> str:
    """A digest of all that decides what is read of the same bytes; rows made by others are made anew."""
    told = [
        __version__,
        _code(),
        platform.python_version(),
        *(f"{name} {_version(name)}" for name in _LIBRARIES),
        *(f"{profile.name} {profile.sha256}" for profile in library.profiles),
        repr(sorted(asdict(reading).items())),
    ]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """A digest of the program and its data: what is worked on has no version of its own."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in _files(package.rglob("*.py")) + _files(SCHEMAS.rglob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
