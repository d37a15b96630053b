"""LibreOffice as a program apart: old Word files and RTF to docx, many in one call.

Each call has a profile and a folder of its own, which are gone when it ends, and a time limit; when that has passed,
the program and all that it started are killed. Macros are never run, and nothing that a file links to is fetched.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from extract.errors import UnreadableInput

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

# What it is called, and where it is found when it is not on the path.
_NAMES: Final = ("soffice", "libreoffice")
_PLACES: Final = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_TARGET: Final = "docx:MS Word 2007 XML"
# What the end of a zip begins with; a file without it was not written to its end.
_END: Final = b"PK\x05\x06"
_WITHIN: Final = 64 * 1024
_LOOK_SECONDS: Final = 0.5
# What it ends with by itself, without and with something that it could not do.
_BY_ITSELF: Final = (0, 1)
_COMMON: Final = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS: Final = {
    "DisableMacrosExecution": "true",
    "DisableActiveContent": "true",
    "BlockUntrustedRefererLinks": "true",
}


def program() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((place for place in _PLACES if os.access(place, os.X_OK)), None)


def convert_one(data: bytes, ending: str, options: ReadOptions) -> bytes:
    """A file as docx; see ``convert``. Raises the UnreadableInput."""
    (made,) = convert([(data, ending)], options)
    if isinstance(made, UnreadableInput):
        raise made
    return made


def convert(files: Sequence[tuple[bytes, str]], options: ReadOptions) -> list[bytes | UnreadableInput]:
    """Files, each with its ending (doc, rtf), as docx, in their order.

    All go into one call, which may go on for as long as each file takes ``office_seconds`` at most. A file that is
    missing from what came of it is tried again by itself; those that the call did not reach, since a file before them
    took it down, go into a call of their own. UnreadableInput in the place of what cannot be had: ``office_missing``,
    ``office_timed_out``, ``office_gave_nothing``.
    """
    path = program()
    if path is None:
        return [UnreadableInput("office_missing") for _ in files]
    made: dict[int, bytes | UnreadableInput] = {}
    waiting = list(range(len(files)))
    while waiting:
        call = _called(path, [files[i] for i in waiting], options)
        made.update(zip(waiting, call.made, strict=True))
        missing = [k for k, one in enumerate(call.made) if isinstance(one, UnreadableInput)]
        if len(waiting) > 1:
            for i in (waiting[k] for k in missing if k < call.reached):
                (made[i],) = _called(path, [files[i]], options).made
        waiting = [waiting[k] for k in missing if k >= call.reached]
    return [made[i] for i in range(len(files))]


class _Call(NamedTuple):
    """What came of a call, file by file; ``reached``: how many of them it came to."""

    made: list[bytes | UnreadableInput]
    reached: int


def _called(path: str, files: Sequence[tuple[bytes, str]], options: ReadOptions) -> _Call:
    with tempfile.TemporaryDirectory(prefix="pifubiao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sources = [folder / f"{i}.{ending}" for i, (_, ending) in enumerate(files)]
        for source, (data, _) in zip(sources, files, strict=True):
            source.write_bytes(data)
        out = folder / "out"
        out.mkdir()
        code = _run([path, *_words(folder, out), *map(str, sources)], folder, out, options.office_seconds)
        if code is None:
            missing = UnreadableInput("office_timed_out", seconds=f"{options.office_seconds:g}")
        else:
            missing = UnreadableInput("office_gave_nothing")
        made = [_made(out / f"{source.stem}.docx", code in _BY_ITSELF, options) for source in sources]
        done = max((k + 1 for k, one in enumerate(made) if one is not None), default=0)
        return _Call([one or missing for one in made], len(files) if code == 0 else min(done + 1, len(files)))


def _made(path: Path, ended_well: bool, options: ReadOptions) -> bytes | None:
    """A file that a call left; None where it is not there, is too large, or was not written to its end."""
    if not path.is_file() or path.stat().st_size > options.max_unpacked_bytes:
        return None
    data = path.read_bytes()
    return data if ended_well or _END in data[-_WITHIN:] else None


def _words(folder: Path, out: Path) -> list[str]:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    items = "".join(
        f'<item oor:path="{_COMMON}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for name, value in _SETTINGS.items()
    )
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}'
        "</oor:items>",
        encoding="utf-8",
    )
    return [
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nologo",
        "--convert-to",
        _TARGET,
        "--outdir",
        str(out),
    ]


def _run(words: Sequence[str], folder: Path, out: Path, seconds: float) -> int | None:
    """Runs a command in a group of its own, of which nothing is left after; its exit code.

    None where more than ``seconds`` passed without another file in ``out``.
    """
    process = subprocess.Popen(  # noqa: S603 - a list of words, run by no shell
        words,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    count, since = 0, time.monotonic()
    try:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(min(seconds, _LOOK_SECONDS))
            now = len(os.listdir(out))
            if now > count:
                count, since = now, time.monotonic()
            elif time.monotonic() - since > seconds:
                return None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
