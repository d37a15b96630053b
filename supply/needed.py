"""Prints the requirements of the project and of the extras named, a line each, for ``pip install --requirement``.

The project itself is not among them: pip checks hashes of files, and the project is a folder.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def needed(extras: Sequence[str], root: Path = ROOT) -> list[str]:
    """The requirements, in the order of pyproject.toml; KeyError for an extra that it does not have."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return list(dict.fromkeys(str(line) for found in lists for line in found))


if __name__ == "__main__":
    print("\n".join(needed(sys.argv[1:])))
