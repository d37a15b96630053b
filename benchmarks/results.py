"""``benchmarks/RESULTS.md``: ``make bench`` writes all of it but the last section, and ``make soak`` that one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).parent / "RESULTS.md"
SOAK: Final = "## A soak: "


def written(path: Path) -> str:
    """What is written there so far."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def soak_of(results: str) -> str:
    """The last section, with a blank line above it; nothing where there is none."""
    _, head, rest = results.partition(f"\n{SOAK}")
    return head + rest


def with_soak(results: str, section: str) -> str:
    """Results with this as their last section."""
    before, _, _ = results.partition(f"\n{SOAK}")
    return f"{before.rstrip()}\n\n{section}\n"
