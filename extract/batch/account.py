"""What is remembered of a bucket: its inputs as they were read, and what came of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.batch.plan import Stamp

# What may come out otherwise when it is tried once more.
TRANSIENT: Final = frozenset(
    {
        "unreadable",
        "timeout",
        "out_of_memory",
        "crash",
        "no_process",
        "internal_error",
        "office_missing",
        "office_timed_out",
        "office_gave_nothing",
        "scan_not_installed",
        "needs_package",
    }
)


class Entry(NamedTuple):
    """An input of a bucket. ``stamp``: of its file, when it was read; None where it is to be read again in any case.

    ``leaves``: how many inputs it counts as (an archive as all that is in it), of these ``failed`` and ``doubtful``
    ones; ``documents``, ``failures``, ``told``: its rows in these tables; ``corrections``: what tells those that
    persons made in its documents from others.
    """

    source_path: str
    stamp: Stamp | None
    sha256: str
    leaves: int
    failed: int
    doubtful: int
    documents: int
    failures: int
    told: int
    corrections: str = ""


class Outcomes(NamedTuple):
    """What came of inputs, each of which counts once: what failed as ``failed``, whether it was read anew or not."""

    inputs: int = 0
    converted: int = 0
    doubtful: int = 0
    failed: int = 0
    skipped: int = 0

    @classmethod
    def of(cls, entries: Iterable[Entry], kept: Container[int]) -> Outcomes:
        """Those of entries, of which these numbers were not read anew."""
        inputs = doubtful = failed = skipped = 0
        for number, entry in enumerate(entries):
            inputs += entry.leaves
            failed += entry.failed
            if number in kept:
                skipped += entry.leaves - entry.failed
            else:
                doubtful += entry.doubtful
        return cls(inputs, inputs - doubtful - failed - skipped, doubtful, failed, skipped)


@dataclass(slots=True)
class Tally:
    """What was counted in rows of tables."""

    rows: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    profiles: Counter[str] = field(default_factory=Counter)

    def add(self, tables: Mapping[str, Any]) -> None:
        """Counts the rows of some tables."""
        self.rows.update({name: table.num_rows for name, table in tables.items()})
        self.severities.update(tables["findings"]["severity"].to_pylist())
        self.findings.update(tables["findings"]["code"].to_pylist())
        self.failures.update(tables["failures"]["code"].to_pylist())
        self.profiles.update(tables["documents"]["form_profile"].to_pylist())

    def include(self, other: Tally) -> None:
        """Adds what another one counted."""
        self.rows.update(other.rows)
        self.severities.update(other.severities)
        self.findings.update(other.findings)
        self.failures.update(other.failures)
        self.profiles.update(other.profiles)


@dataclass(frozen=True, slots=True)
class Account:
    """A bucket as it was made. ``made_by``: by what program and settings; ``patches``: what was recovered elsewhere."""

    made_by: str
    entries: Sequence[Entry]
    tally: Tally
    patches: str = ""

    def write(self, path: Path) -> None:
        """Writes the account as JSON, the same bytes for the same account."""
        data = {
            "made_by": self.made_by,
            "patches": self.patches,
            "tally": {one.name: dict(sorted(getattr(self.tally, one.name).items())) for one in fields(Tally)},
            "entries": [list(entry) for entry in self.entries],
        }
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Account | None:
        """The account that a file holds; None where it holds none that can be understood."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            entries = [Entry(own[0], Stamp(*own[1]) if own[1] else None, *own[2:]) for own in data["entries"]]
            tally = Tally(**{name: Counter(counts) for name, counts in data["tally"].items()})
            return cls(data["made_by"], entries, tally, data["patches"])
        except (OSError, ValueError, TypeError, KeyError, IndexError):
            return None
