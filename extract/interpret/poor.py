"""Forms of which so much is doubtful that nothing of them is certain.

Where a reading went wrong at many places, the mistakes seldom end there: a row that took a line of its neighbour's
leaves that one short, and looks sound itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from extract import catalogue
from extract.model import Finding, Form

# So many places are many, and one in so many rows.
_MANY: Final = 3
_ROWS_A_PLACE: Final = 5


def as_a_whole(form: Form) -> Form:
    """The form, with a finding on all of it where many of its rows may have been read wrong."""
    kinds = catalogue.findings()
    doubts = [finding for finding in form.findings if kinds[finding.code].misread]
    if not doubts or not _is_poor(doubts, len(form.indicators) + len(form.tasks)):
        return form
    return replace(form, findings=(*form.findings, Finding("reading_poor", params={"count": len(doubts)})))


def _is_poor(doubts: Sequence[Finding], rows: int) -> bool:
    """Whether many rows are doubtful, or nearly all are open; columns that were lost in one part were so in others."""
    kinds = catalogue.findings()
    wrong = {
        (f.table, f.seq, f.place and (f.place.line, f.place.start)) for f in doubts if kinds[f.code].misread == "row"
    }
    if len(wrong) >= _MANY and len(wrong) * _ROWS_A_PLACE >= rows:
        return True
    left_open = sum(kinds[doubt.code].misread == "open" for doubt in doubts)
    lost = any(kinds[doubt.code].misread == "columns" for doubt in doubts)
    return left_open >= (_MANY if lost else max(_MANY, rows))
