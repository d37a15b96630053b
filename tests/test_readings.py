"""What is read of the samples and of damaged copies of them stays as it is, down to findings and places."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

import pytest

from tests.readings import GOLDEN, copies, digests

# Of some 212 copies each, those in which a value changed and the form has no finding. A line or a cell that is lost,
# and digits that are others where nothing is a sum, leave no trace.
SILENT: Final = {
    "lines_lost": 10,
    "lines_joined": 2,
    "cells_lost": 13,
    "cells_exchanged": 9,
    "cells_twice": 7,
    "digits_changed": 13,
    "characters_lost": 4,
}
KNOWN = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("copy", copies())
def test_samples_and_damaged_copies_of_them_are_read_as_before(copy: str) -> None:
    """Where a change is meant, ``python -m tests.readings`` writes the digests anew."""
    assert digests(copy) == KNOWN[copy]


def test_nothing_is_left_over() -> None:
    assert list(KNOWN) == list(copies())


def test_separators_that_are_lost_and_lines_broken_anywhere_change_no_value_without_a_finding() -> None:
    counted = Counter(copy.partition(" ")[2] for copy, found in KNOWN.items() if "silent" in found)
    assert counted == SILENT
