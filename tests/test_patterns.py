"""No pattern of the package gets lost in a text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from extract.interpret import kinds
from tests.patterns import MOST


def test_no_pattern_takes_long_over_texts_of_its_own_characters() -> None:
    """What grows much faster than a text does not pass, at this length."""
    words = [sys.executable, "-m", "tests.patterns"]
    root = Path(__file__).parent.parent
    try:
        told = subprocess.run(words, cwd=root, capture_output=True, encoding="utf-8", timeout=120, check=True).stdout
    except subprocess.TimeoutExpired as late:
        shown = (late.stdout or b"").decode()
        pytest.fail(f"never ends: {shown.splitlines()[-1]}")
    lines = [json.loads(line) for line in told.splitlines()]
    found = [line for line in lines if len(line) == 3]
    assert len(found) > 150
    assert [line for line in found if line[1] > MOST] == []


@pytest.mark.parametrize("piece", ["-至", "至a度", "-", "度", "至甲"])
@pytest.mark.parametrize("end", ["x" * 30, "\n\n", ""])
def test_dates_that_go_on_and_on(piece: str, end: str) -> None:
    since = perf_counter()
    kinds._DATE.match("2024年" + piece * 5000 + end)
    assert perf_counter() - since < MOST


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024年-2025年", True),
        ("2024年底", True),
        ("2024.1至2024.12底前", True),
        ("2024年--至", True),
        ("2024年-", False),
    ],
)
def test_dates_that_end(text: str, date: bool) -> None:
    assert bool(kinds._DATE.match(text)) is date
