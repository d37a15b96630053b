"""Which mutants the types tell: mypy, with the project's own rules, refuses them as it would in ``make check``."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from mypy import api

from benchmarks.mutated import Mutant

ROOT: Final = Path(__file__).parent.parent
_PACKAGE: Final = "extract"
_RULES: Final = "pyproject.toml"


def refused(mutants: Iterable[Mutant], root: Path = ROOT) -> dict[Mutant, str]:
    """What mypy says first of each mutant that it refuses.

    Mutants of several modules are looked at in one run: all functions say their types, so that a change of one tells
    nothing in another module.
    """
    queues: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        queues[mutant.path].append(mutant)
    found: dict[Mutant, str] = {}
    with TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copytree(root / _PACKAGE, copy / _PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(root / _RULES, copy)
        if said := _said(copy):
            raise RuntimeError(f"mypy refuses the code without any change: {said}")
        while queues:
            tried = {path: queue.pop() for path, queue in queues.items()}
            for path, mutant in tried.items():
                (copy / path).write_text(mutant.source(root), encoding="utf-8")
            said = _said(copy)
            found |= {mutant: said[path] for path, mutant in tried.items() if path in said}
            for path in tried:
                shutil.copy(root / path, copy / path)
            queues = {path: queue for path, queue in queues.items() if queue}
    return found


def _said(folder: Path) -> dict[str, str]:
    """The first error in each file of a copy of the package."""
    options = ["--config-file", str(folder / _RULES), "--cache-dir", str(folder / "cache")]
    out, wrong, _ = api.run([*options, "--no-error-summary", "--hide-error-context", str(folder / _PACKAGE)])
    if wrong:
        raise RuntimeError(wrong)
    said: dict[str, str] = {}
    for line in out.splitlines():
        path, _, rest = line.partition(":")
        if " error: " in rest:
            place = Path(path).resolve().relative_to(folder.resolve())
            said.setdefault(str(place), rest.partition(" error: ")[2])
    return said
