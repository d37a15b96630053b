"""The shares of lines and branches are added up from what was counted in each file."""

from __future__ import annotations

from typing import Any

from tests.covered import by_part, shares, table


def file(lines: tuple[int, int], branches: tuple[int, int]) -> dict[str, Any]:
    names = ("covered_lines", "num_statements", "covered_branches", "num_branches")
    return {"summary": dict(zip(names, lines + branches, strict=True)) | {"percent_covered": 1.5}}


def test_files_are_added_up_by_part_and_the_whole_comes_last() -> None:
    files = {
        "extract/clean.py": file((1, 2), (0, 0)),
        "extract/tables/build.py": file((8, 8), (3, 4)),
        "extract/tables/place.py": file((2, 2), (0, 4)),
    }
    parts = by_part(files)
    assert list(parts) == ["tables/", "modules on their own", "all"]
    assert shares(parts["tables/"]) == {"lines": 100, "branches": 37.5, "both": 100 * 13 / 18}
    assert shares(parts["modules on their own"]) == {"lines": 50, "branches": 100, "both": 50}
    assert shares(parts["all"]) == {"lines": 100 * 11 / 12, "branches": 37.5, "both": 70}
    assert table(parts).splitlines()[-1] == f"{'all':22}    91.67%    37.50%    70.00%"
