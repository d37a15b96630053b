"""What is read of the samples and of damaged copies of them stays as it is, down to findings and places."""

from __future__ import annotations

import json

import pytest

from tests.readings import GOLDEN, copies, digests

KNOWN = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("copy", copies())
def test_samples_and_damaged_copies_of_them_are_read_as_before(copy: str) -> None:
    """Where a change is meant, ``python -m tests.readings`` writes the digests anew."""
    assert digests(copy) == KNOWN[copy]


def test_nothing_is_left_over() -> None:
    assert list(KNOWN) == list(copies())
