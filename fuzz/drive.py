"""One target fuzzed in a process of its own: ``python -m fuzz.drive TARGET CORPUS…`` and what libFuzzer is told.

What it finds ends the process, and lies as a file where ``-artifact_prefix`` says.
"""

from __future__ import annotations

import logging
import pkgutil
import sys
from importlib import import_module
from typing import Final

import atheris

# Reading does not go through these; to count their branches takes time.
_APART: Final = "cli batch report review export analysis learn readers.scan"
_LEFT_OUT: Final = tuple(f"extract.{name}" for name in _APART.split())


def _load() -> None:
    """Loads the package so that its branches are counted; readers are loaded late, and would not be."""
    with atheris.instrument_imports(include=["extract"], enable_loader_override=False):
        package = import_module("extract")
        for module in pkgutil.walk_packages(package.__path__, "extract."):
            if not module.name.startswith(_LEFT_OUT):
                import_module(module.name)


def main(argv: list[str]) -> None:
    """Fuzzes until libFuzzer has had enough."""
    # The fuzzer's library writes a line for every module.
    logging.disable(logging.INFO)
    _load()
    targets = import_module("fuzz.targets").TARGETS
    atheris.Setup([argv[0], *argv[2:]], targets[argv[1]].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
