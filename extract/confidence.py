"""How likely it is that all values of a row are right: the evidence on it, weighed by ``schemas/confidence.yaml``.

Each piece of evidence has points; the rows whose points sum to no less than a step's were right as often as that step
says, on made-up forms of which all answers are known (``benchmarks/CONFIDENCE.md``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final, cast

from extract import catalogue
from extract.evidence import RATED, Evidence, Names, of_form
from extract.model import Cell, Extraction, Finding, Form, TableName
from extract.schemafiles import SCHEMAS, read_checked, schema_error

# What evidence counts as that has no points of its own: too rare to have been measured, it counts as its like does.
_LIKE: Final = "*"
# Where a finding on a row points.
_PLACES: Final = {"funding": "amount", "tasks": "name", "indicators": "name"}
_REMEMBERED: Final = 1024


@dataclass(frozen=True, slots=True)
class Model:
    """What the evidence on the rows of one table weighs.

    ``known``: rates that were worked out before, by the evidence that all rows of a form share and that of a row.
    """

    points: Mapping[str, float]
    sums: Sequence[float]
    rates: Sequence[float]
    known: dict[Names, dict[Names, float]] = field(default_factory=dict)

    def rate(self, names: Names) -> float:
        """The confidence of a row with this evidence."""
        return self.rates[max(bisect_right(self.sums, self.sum(names)) - 1, 0)]

    def of_rows(self, evidence: Evidence) -> list[float]:
        """The confidence of each row of a table. Most rows have the same evidence as others before."""
        found = self.known.get(evidence.shared)
        if found is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            found = self.known[evidence.shared] = {}
        return [found.get(names) or self._learned(found, evidence.shared, names) for names in evidence.rows]

    def _learned(self, known: dict[Names, float], shared: Names, names: Names) -> float:
        found = self.rate(shared + names)
        if len(known) < _REMEMBERED:
            known[names] = found
        return found

    def sum(self, names: Names) -> float:
        """The points of a row, rounded so that no order of adding them shows."""
        return round(sum(self._points(name) for name in names), 6)

    def _points(self, name: str) -> float:
        own = self.points.get(name)
        return own if own is not None else self.points.get(f"{name.partition(':')[0]}:{_LIKE}", 0.0)


def load(path: Path) -> dict[str, Model]:
    """The model of each table in ``RATED``; SchemaError where the file is not sound.

    Its steps rise, and the codes of findings that it names are those of the catalogue.
    """
    data = read_checked(path, "confidence")
    found = {}
    for table in RATED:
        steps = data[table]["steps"]
        for at in range(1, len(steps)):
            if not all(low < high for low, high in zip(steps[at - 1], steps[at], strict=True)):
                raise schema_error(path, (table, "steps", at), "schema_no_step", value=str(steps[at]))
        for name in data[table]["points"]:
            kind, _, code = name.partition(":")
            if kind in ("row", "table", "form") and code != _LIKE and code not in catalogue.findings():
                raise schema_error(path, (table, "points", name), "schema_no_finding", value=code)
        found[table] = Model(
            data[table]["points"], [low for low, _ in steps], [round(float(rate), 4) for _, rate in steps]
        )
    return found


@cache
def models() -> dict[str, Model]:
    """The models that the package ships."""
    return load(SCHEMAS / "confidence.yaml")


def confidence_of(form: Form) -> dict[str, list[float]]:
    """The confidence of each row of the tables in ``RATED``."""
    known = models()
    return {table: known[table].of_rows(own) for table, own in of_form(form).items()}


def doubted(extraction: Extraction, least: float) -> Extraction:
    """The extraction with a finding on each row that is less likely to be right than ``least``."""
    return replace(extraction, forms=tuple([_doubted(form, least) for form in extraction.forms]))


def _doubted(form: Form, least: float) -> Form:
    findings = [
        Finding(
            "low_confidence",
            cast("TableName", table),
            seq,
            None,
            {"confidence": rate, "least": least},
            _place(form, table, seq),
        )
        for table, rates in confidence_of(form).items()
        for seq, rate in enumerate(rates)
        if rate < least
    ]
    return replace(form, findings=(*form.findings, *findings)) if findings else form


def _place(form: Form, table: str, seq: int) -> Cell | None:
    places: Mapping[str, Cell] = getattr(form, table)[seq].places
    return places.get(_PLACES[table]) or next(iter(places.values()), None)
