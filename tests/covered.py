"""What share of the package's lines and branches the tests reached, by part: ``python -m tests.covered``.

It is for ``make coverage``, after coverage.py has counted; it ends with 1 where a share of the whole is below the
``fail_under`` of pyproject.toml.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

WHOLE = "all"
# For each share: what was reached, and what there is.
_SHARES = {
    "lines": (("covered_lines",), ("num_statements",)),
    "branches": (("covered_branches",), ("num_branches",)),
    "both": (("covered_lines", "covered_branches"), ("num_statements", "num_branches")),
}


def by_part(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """What coverage.py counted in each file, added up by the parts of the package, and for the whole of it."""
    found: dict[str, Counter[str]] = {}
    for name, file in files.items():
        inside = PurePosixPath(name).parts[1:]
        part = f"{inside[0]}/" if len(inside) > 1 else "modules on their own"
        counted = {key: number for key, number in file["summary"].items() if isinstance(number, int)}
        for row in (part, WHOLE):
            found.setdefault(row, Counter()).update(counted)
    return {row: found[row] for row in sorted(found, key=lambda row: (row == WHOLE, not row.endswith("/"), row))}


def shares(counted: Mapping[str, int]) -> dict[str, float]:
    """Per cent of the lines that ran, of the branches that were taken, and of both together."""
    found = {}
    for name, (reached, there) in _SHARES.items():
        total = sum(counted[key] for key in there)
        found[name] = 100 * sum(counted[key] for key in reached) / total if total else 100.0
    return found


def table(parts: Mapping[str, Mapping[str, int]]) -> str:
    """The shares of all parts, a line each."""
    lines = [f"{'':22}" + "".join(f"{name:>10}" for name in _SHARES)]
    lines += [f"{part:22}" + "".join(f"{share:>9.2f}%" for share in shares(of).values()) for part, of in parts.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Prints the table; the exit code."""
    # Only who measures has it.
    from coverage import Coverage

    measured = Coverage()
    measured.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "coverage.json")
        measured.json_report(outfile=str(path))
        parts = by_part(json.loads(path.read_text(encoding="utf-8"))["files"])
    sys.stdout.write(table(parts))
    least = float(measured.get_option("report:fail_under"))
    return int(min(shares(parts[WHOLE]).values()) < least)


if __name__ == "__main__":
    sys.exit(main())
