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
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

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

    All go into one call, which has ``office_seconds`` for each file. What it leaves undone, since a file among them
    took it down, is tried again file by file. UnreadableInput in the place of what cannot be had: ``office_missing``,
    ``office_timed_out``, ``office_gave_nothing``.
    """
    path = program()
    if path is None:
        return [UnreadableInput("office_missing") for _ in files]
    made = _called(path, files, options)
    if len(files) > 1:
        for i, one in enumerate(made):
            if isinstance(one, UnreadableInput):
                (made[i],) = _called(path, files[i : i + 1], options)
    return made


def _called(path: str, files: Sequence[tuple[bytes, str]], options: ReadOptions) -> list[bytes | UnreadableInput]:
    """What one call makes of files."""
    seconds = options.office_seconds * len(files)
    with tempfile.TemporaryDirectory(prefix="pifubiao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sources = [folder / f"{i}.{ending}" for i, (_, ending) in enumerate(files)]
        for source, (data, _) in zip(sources, files, strict=True):
            source.write_bytes(data)
        out = folder / "out"
        out.mkdir()
        in_time = _run([path, *_words(folder, out), *map(str, sources)], folder, seconds)
        found: list[bytes | UnreadableInput] = []
        for source in sources:
            made = out / f"{source.stem}.docx"
            if not made.is_file() or made.stat().st_size > options.max_unpacked_bytes:
                code = "office_gave_nothing" if in_time else "office_timed_out"
                found.append(UnreadableInput(code, **({} if in_time else {"seconds": f"{seconds:g}"})))
            else:
                found.append(made.read_bytes())
        return found


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


def _run(words: Sequence[str], folder: Path, seconds: float) -> bool:
    """Runs a command in a group of its own, of which nothing is left after; False where it took too long."""
    process = subprocess.Popen(  # noqa: S603 - a list of words, run by no shell
        words,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return True
