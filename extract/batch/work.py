"""The folder of a run at work: beside the output folder, locked, and kept when the run is stopped."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from extract.batch.store import Place
from extract.errors import UsageError
from extract.tables.place import clean, locked, remove, resolved, restore

NEW: Final = "new"
_LOCK: Final = "lock"


@contextmanager
def working(out: Path) -> Iterator[Path]:
    """The folder in which a run for ``out`` works; gone at the end, but for what was done by a run that is stopped.

    UsageError where another run has it, or where none can be made.
    """
    out = resolved(out)
    folder = out.parent / f".{out.name}.pifubiao-work"
    begun = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / _LOCK) as free:
            if not free:
                raise UsageError("out_busy", path=str(out))
            restore(out)
            clean(out)
            _clear(folder)
            begun, done = True, False
            try:
                yield folder
                done = True
            finally:
                if done or not _clear(folder):
                    remove(folder)
    except OSError as error:
        if not begun:
            raise UsageError("out_not_writable", path=str(out.parent), reason=error.strerror or str(error)) from error
        raise


def _clear(folder: Path) -> int:
    """Takes away what a stopped run had begun and not finished; how many buckets are left."""
    left = 0
    for path in folder.iterdir():
        if path.is_file():
            if path.name != _LOCK:
                path.unlink(missing_ok=True)
        elif path.name != NEW and Place(path).account.is_file():
            left += 1
        else:
            remove(path)
    return left


def new_folder(folder: Path, number: int) -> Path:
    """A new folder for a bucket."""
    return Path(tempfile.mkdtemp(prefix=f"{number:05}-", dir=folder))
