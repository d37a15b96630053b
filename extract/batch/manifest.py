"""The account of a run: what was counted, how it ended, and ``run.json`` that says so."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from extract import __version__
from extract.errors import UsageError
from extract.tables.writer import ACCOUNT

DONE: Final = "done"
SOME_FAILED: Final = "some_failed"
SOME_DOUBTFUL: Final = "some_doubtful"
NOTHING_DONE: Final = "nothing_done"
EXIT_CODES: Final[Mapping[str, int]] = {DONE: 0, SOME_FAILED: 1, SOME_DOUBTFUL: 1, NOTHING_DONE: 2}


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many inputs may fail in a run that still counts as done: a number, or per cent of the inputs."""

    limit: Decimal = Decimal(0)
    percent: bool = False

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """``3`` or ``2.5%``; UsageError for anything else."""
        number = text.strip()
        percent = number.endswith(("%", "％"))
        try:
            limit = Decimal(number[:-1] if percent else number)
        except InvalidOperation:
            raise UsageError("bad_max_failed", text=text) from None
        if not limit.is_finite() or limit < 0 or (percent and limit > 100) or (not percent and limit % 1):
            raise UsageError("bad_max_failed", text=text)
        return cls(limit, percent)

    def covers(self, failed: int, inputs: int) -> bool:
        """Whether ``failed`` of ``inputs`` are no more than allowed."""
        return failed * 100 <= self.limit * inputs if self.percent else failed <= self.limit

    def __str__(self) -> str:
        return f"{self.limit:f}%" if self.percent else f"{self.limit:f}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run counted. ``inputs`` = ``converted`` + ``converted_with_findings`` + ``failed`` + ``skipped``, always.

    ``skipped``: those that gave forms and were taken over from the run before, as they had not changed; what failed
    counts as failed again. Forms, rows, findings and failures are those of the whole output. ``corrections``: how many
    were applied, confirmed what was read, did not fit any more (stale), or were about no form of the output (unused);
    empty where none were given.
    """

    inputs: int = 0
    converted: int = 0
    converted_with_findings: int = 0
    failed: int = 0
    skipped: int = 0
    forms: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    findings_by_code: Mapping[str, int] = field(default_factory=dict)
    failures_by_code: Mapping[str, int] = field(default_factory=dict)
    corrections: Mapping[str, int] = field(default_factory=dict)

    @property
    def doubtful(self) -> int:
        """Findings that make a value doubtful: warnings and errors."""
        return self.findings.get("warning", 0) + self.findings.get("error", 0)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The account of one run.

    ``parameters``: as they were asked for; ``timings``: seconds, and when it started; ``profiles``: the form profiles,
    in the order in which they are asked, each with its file, the SHA-256 of that, and how many forms it read.
    """

    outcome: str
    parameters: Mapping[str, Any]
    counts: Counts
    timings: Mapping[str, Any]
    profiles: Sequence[Mapping[str, Any]] = ()

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0 done, 1 done but some failed or, under ``strict``, some are doubtful."""
        return EXIT_CODES[self.outcome]

    def as_dict(self) -> dict[str, Any]:
        """The content of ``run.json``."""
        return {
            "tool": "pifubiao",
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "parameters": dict(self.parameters),
            "versions": _versions(),
            "profiles": [dict(profile) for profile in self.profiles],
            "counts": asdict(self.counts),
            "timings": dict(self.timings),
        }

    def write(self, folder: Path) -> None:
        """Writes ``run.json`` into ``folder``."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, indent=2)
        (folder / ACCOUNT).write_text(text + "\n", encoding="utf-8")


def outcome(counts: Counts, allowed: Allowance, strict: bool) -> str:
    """How a run with these counts ended."""
    if not allowed.covers(counts.failed, counts.inputs):
        return SOME_FAILED
    return SOME_DOUBTFUL if strict and counts.doubtful else DONE


def _versions() -> dict[str, str]:
    found = {"pifubiao": __version__, "python": platform.python_version()}
    for name in ("pyarrow", "regex", "PyYAML", "jsonschema"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
