"""The commands that documents show, and a folder to run them in."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.readme import ROOT
from tests.test_cli import COMMAND, ENVIRONMENT

SAMPLES: Final = ROOT / "samples"
# What is no form fails.
NOTES: Final = "县财政局办公室：本周例会纪要。\n一、通报上周工作。\n"
# A form without a doubt, one with doubts, an archive of several kinds of files.
ARCHIVE: Final = ("大竹县司法局-2024.txt", "wrong-01.txt", "归档-2024.zip")
# A make that runs the tests must not speak to the makes that they run.
CLEAN: Final = {name: value for name, value in ENVIRONMENT.items() if not name.startswith(("MAKE", "MFLAGS"))}


def blocks(text: str, kind: str) -> list[str]:
    """The blocks of code of a kind that a document shows."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)


def steps(text: str) -> list[tuple[str, str]]:
    """Kind and code of all blocks that can be run, in order."""
    return re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.M | re.S)


def workplace(folder: Path) -> dict[str, str]:
    """Makes a folder with samples and a small archive; the environment in which ``pifubiao`` and ``python`` are those of the tests."""
    (folder / "bin").mkdir()
    for name, words in (("pifubiao", COMMAND), ("python", COMMAND[:1])):
        path = folder / "bin" / name
        path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    for place in ("archive", "samples"):
        (folder / place).mkdir()
        for name in ARCHIVE:
            shutil.copy(SAMPLES / name, folder / place / name)
    (folder / "archive" / "纪要.txt").write_text(NOTES, encoding="utf-8")
    return CLEAN | {"PATH": f"{folder / 'bin'}{os.pathsep}{CLEAN['PATH']}"}


def run(kind: str, code: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a block in a folder."""
    words = ["bash", "-euc", code] if kind == "sh" else [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
