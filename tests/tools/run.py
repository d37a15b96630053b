"""How tools are run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

# The pages are files; the texts come in their order, as the tool wrote them.
Tool = Callable[[Sequence[Path]], list[bytes]]


def run(*words: str) -> bytes:
    """What a command prints. Raises CalledProcessError where it fails."""
    return subprocess.run(words, check=True, capture_output=True).stdout


def each(*words: str) -> Tool:
    """A tool that prints one page at a time; ``{page}`` is the page."""
    return lambda pages: [run(*(word.replace("{page}", str(page)) for word in words)) for page in pages]


def by_office(pages: Sequence[Path], target: str, folder: Path, reads: str = "HTML (StarWriter)") -> list[Path]:
    """The pages as files of another kind, made by LibreOffice; ``target`` is an ending, or one with a filter."""
    made = [folder / f"{page.stem}.{target.partition(':')[0]}" for page in pages]
    run(
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        f"--infilter={reads}",
        "--convert-to",
        target,
        "--outdir",
        str(folder),
        *map(str, pages),
    )
    return made
