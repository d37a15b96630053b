"""Putting an output folder in place whole.

A run writes into a *staging* folder beside the output folder, on the same filesystem, and swaps the two at the end.
Where the system can exchange two folders in one step (Linux ``renameat2``), a reader finds the old tables or the new
ones at every moment, and so does who looks after a kill or a power cut. Elsewhere the old folder is moved aside
first and the new one moved in right after: between the two there is a moment without an output folder, and a run
killed in it leaves the old tables under the name ``.<out>.pifubiao-old``, from where the next run puts them back.

Staging folders that a killed run left behind are taken away by the next run with the same output. A run holds a lock
on its own, so that a run still at work is left alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Final, TypeVar

from extract.errors import UsageError

if sys.platform != "win32":
    import fcntl

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
# So many wait for the disk at a time.
_AT_ONCE: Final = 8

T = TypeVar("T")


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A new folder beside ``out`` to write into; gone at the end, whatever happens.

    UsageError where none can be made. The folder is locked while the block runs.
    """
    out = resolved(out)
    restore(out)
    clean(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder, lock = _new_folder(out)
    except OSError as error:
        raise UsageError("out_not_writable", path=str(out.parent), reason=error.strerror or str(error)) from error
    try:
        folder.chmod(0o777 & ~_umask())
        yield folder
    finally:
        remove(folder)
        if lock is not None:
            os.close(lock)


def resolved(out: Path) -> Path:
    """``out`` with symbolic links followed, so that the swap hits the folder and not the link to it."""
    return Path(os.path.realpath(out))


def put_in_place(folder: Path, out: Path, *, synced: bool = False) -> None:
    """Makes ``folder`` the new ``out``; what stood there before ends up under the name ``folder``, or nowhere.

    Everything under ``folder`` is on the disk before the swap, by the caller where it is ``synced``. OSError where the
    system refuses; ``out`` is as it was then.
    """
    out = resolved(out)
    if not synced:
        _sync_tree(folder)
    if not out.exists():
        folder.rename(out)
    elif not exchange(folder, out):
        _move_aside_and_in(folder, out)
    sync(out.parent)


def exchange(one: Path, other: Path) -> bool:
    """Swaps two folders in one step; False where the system or the filesystem cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def restore(out: Path) -> None:
    """Puts back the old folder of a run that was killed between moving it aside and moving the new one in."""
    old = _old(out)
    if old.exists():
        if out.exists():
            remove(old)
        else:
            old.rename(out)


def clean(out: Path) -> None:
    """Takes away the staging folders of killed runs beside ``out``; those of running ones are locked and stay."""
    try:
        names = [name for name in os.listdir(out.parent) if name.startswith(_prefix(out) + "new-")]
    except OSError:
        return
    for name in names:
        folder = out.parent / name
        lock = _lock(folder)
        if lock is not None:
            remove(folder)
            os.close(lock)


def _new_folder(out: Path) -> tuple[Path, int | None]:
    """A new staging folder and its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_prefix(out) + "new-", dir=out.parent))
        lock = _lock(folder)
        # Another run may have taken it for a left-over in the moment before it was locked.
        if sys.platform == "win32" or (lock is not None and _same(folder, lock)):
            return folder, lock
        if lock is not None:
            os.close(lock)


def _same(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(folder.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _move_aside_and_in(folder: Path, out: Path) -> None:
    old = _old(out)
    out.rename(old)
    try:
        folder.rename(out)
    except OSError:
        old.rename(out)
        raise
    remove(old)


def _prefix(out: Path) -> str:
    return f".{out.name}.pifubiao-"


def _old(out: Path) -> Path:
    return out.parent / (_prefix(out) + "old")


def _lock(folder: Path) -> int | None:
    """A descriptor that holds the lock on ``folder``; None where another run holds it or there are no locks."""
    if sys.platform == "win32":
        return None
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_tree(folder: Path) -> None:
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if path.is_dir():
            _sync_tree(path)
        else:
            sync(path)
    sync(folder)


def sync_folders(folder: Path) -> None:
    """Waits until a folder and those below it are on the disk."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            sync_folders(path)
    sync(folder)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Holds the lock of a file while the block runs; False where somebody else does. Nobody does on other systems."""
    if sys.platform == "win32":
        yield True
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Takes away a folder and all below it, as far as that can be done."""
    found = [(Path(above), names) for above, _, names in os.walk(folder)]
    for_all(_unlink, [above / name for above, names in found for name in names])
    depths = defaultdict(list)
    for above, _ in found:
        depths[len(above.parts)].append(above)
    for depth in sorted(depths, reverse=True):
        for_all(_remove_empty, depths[depth])
    shutil.rmtree(folder, ignore_errors=True)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def for_all(work: Callable[[T], object], items: Iterable[T]) -> None:
    """Does something that waits for the disk with each of some items, a few at a time: it waits for them together.

    Where the system has no more threads, one does it all. Raises what one of them raises, with the rest left undone.
    """
    left = deque(items)
    failed: list[BaseException] = []

    def take() -> None:
        while not failed:
            try:
                item = left.popleft()
            except IndexError:
                return
            try:
                work(item)
            except BaseException as error:  # noqa: BLE001 - raised by who waits
                failed.append(error)

    threads = [Thread(target=take) for _ in range(min(_AT_ONCE, len(left)) - 1)]
    started: list[Thread] = []
    with suppress(RuntimeError):
        for thread in threads:
            thread.start()
            started.append(thread)
    take()
    for thread in started:
        thread.join()
    if failed:
        raise failed[0]


def sync(path: Path) -> None:
    """Waits until a file or folder is on the disk, where the system has a way to ask for that."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some filesystems know no fsync of folders.
        if error.errno not in (errno.EINVAL, errno.EBADF):
            raise
    finally:
        os.close(descriptor)
