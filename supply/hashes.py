"""Writes hashes.txt: the packages of constraints.txt, each with the hashes of its files, by pip-tools.

``make hashes`` after a change of pyproject.toml or constraints.txt. No address of a package host goes into it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from supply.needed import ROOT

HASHES: Final = ROOT / "hashes.txt"
_OPTIONS: Final = (
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--all-extras",
    "--all-build-deps",
    "--no-annotate",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)
_HEAD: Final = "# The packages of constraints.txt with the hashes of their files; written by `make hashes`.\n"
_PINNED: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pinned(text: str) -> dict[str, str]:
    """The versions that a file of constraints or hashes names, by the packages' normal names."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in _PINNED.findall(text)}


def main() -> None:
    """Has pip-tools write the file anew; CalledProcessError where it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "hashes.txt")
        command = [sys.executable, "-m", "piptools", "compile", *_OPTIONS]
        command += ["--constraint", "constraints.txt", "--output-file", str(made), "pyproject.toml"]
        subprocess.run(command, cwd=ROOT, check=True)
        HASHES.write_text(_HEAD + made.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
