"""Tests that need what is optional: skipped where it is missing, unless everything has to be there."""

from __future__ import annotations

import os

import pytest

# Set where a run decides something: a test fails there rather than be passed over.
COMPLETE = "PIFUBIAO_COMPLETE" in os.environ


def needs(what: str, *, found: bool) -> pytest.MarkDecorator:
    """Skips a test where what it needs was not found."""
    return pytest.mark.skipif(not found and not COMPLETE, reason=f"{what} is not installed")


# Under coverage.py each line is watched: times say nothing there, and its files are under a process's limits too.
untraced = pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") == "measured", reason="means nothing where each line is watched"
)
