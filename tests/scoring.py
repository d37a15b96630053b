"""Holds extracted forms against known answers.

``score`` compares one form with its gold record, value by value. A wrong or missing value that no finding of severity
warning or error points at is silent, which is worse than wrong. A form that is right throughout and yet has such a
finding is a false alarm. Records may list several right values for a field, or leave a key out; see ``tests.forms``.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from extract.catalogue import findings as finding_kinds
from extract.model import Amount, Extraction, Finding, Form, Indicator, Task

Record = dict[str, Any]

DOCUMENT_FIELDS: Final = (
    "form_kind",
    "title",
    "fiscal_year",
    "unit_code",
    "unit_name",
    "supervising_unit",
    "project_code",
    "project_name",
    "amount_unit",
    "other_notes",
)
INDICATOR_FIELDS: Final = ("name", "level1", "level2", "operator", "value", "unit", "weight")
NUMERIC: Final = frozenset({"value", "weight", "fiscal_year"})
# Names less alike than this are different rows.
ALIKE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that is not the expected one."""

    key: str
    where: str
    want: str
    got: str
    silent: bool

    def __str__(self) -> str:
        mark = "SILENT " if self.silent else "flagged"
        return f"{mark} {self.key} {self.where}: want {self.want}, got {self.got}"


@dataclass(slots=True)
class Score:
    """What came of holding forms against their records; ``right`` and ``all`` count by family and field."""

    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    all: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    spurious: list[Wrong] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def silent(self) -> list[Wrong]:
        """What is wrong, or should not be there, with nothing said about it."""
        return [w for w in (*self.wrong, *self.spurious) if w.silent]

    def families(self) -> list[tuple[str, str]]:
        """All families and fields that were compared."""
        return sorted(self.all)

    def ratio(self, family: str, key: str) -> float:
        """The share of right values."""
        return self.right[family, key] / self.all[family, key]


def folded(value: object) -> str:
    """A text to compare by: NFKC, with no white space."""
    return "" if value is None else "".join(unicodedata.normalize("NFKC", str(value)).split())


def number(value: object) -> Decimal | None:
    """The number a text says, or None."""
    try:
        return Decimal(folded(value).replace(",", ""))
    except InvalidOperation:
        return None


def same(key: str, got: object, want: object) -> bool:
    """Whether a value is a right one; a list holds all right ones."""
    if isinstance(want, list):
        return any(same(key, got, w) for w in want)
    if key in NUMERIC and number(want) is not None:
        return number(got) == number(want)
    return folded(got) == folded(want)


def pair_rows(want: Sequence[str], got: Sequence[str]) -> list[int | None]:
    """For each expected name the place of the row read for it, in order; None where there is none."""
    if list(want) == list(got):
        return list(range(len(want)))
    # The best pairing in order, by the likeness of the names.
    likeness = [[1.0 if w == g else _ratio(w, g) for g in got] for w in want]
    best = [[0.0] * (len(got) + 1) for _ in range(len(want) + 1)]
    for i in range(len(want) - 1, -1, -1):
        for j in range(len(got) - 1, -1, -1):
            taken = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= ALIKE else 0.0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    pairs: list[int | None] = []
    j = 0
    for i in range(len(want)):
        while j < len(got) and best[i][j] == best[i][j + 1] and best[i][j] > best[i + 1][j]:
            j += 1
        if j < len(got) and likeness[i][j] >= ALIKE and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append(j)
            j += 1
        else:
            pairs.append(None)
    return pairs


def _ratio(a: str, b: str) -> float:
    matcher = difflib.SequenceMatcher(a=a, b=b, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def loud(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of severity warning and error."""
    kinds = finding_kinds()
    return [f for f in findings if kinds[f.code].severity in ("warning", "error")]


def names(finding: Finding, table: str, seq: int | None = None, key: str | None = None) -> bool:
    """Whether a finding points at a value, or at a whole that the value is part of."""
    return (
        finding.table in (None, table)
        and (finding.seq is None or seq is None or finding.seq == seq)
        and (finding.field is None or key is None or finding.field == key)
    )


class _FormScore:
    """One form's comparison; adds to a ``Score``."""

    def __init__(self, total: Score, record: Record, form: Form | None, failed: bool) -> None:
        self.total = total
        self.record = record
        self.form = form
        self.failed = failed
        self.family = record.get("family", "")
        self.where = f"{record.get('file', 'form')}#{record.get('form_index', 0)}"
        self.findings = loud(form.findings) if form else []
        self.bad = 0

    def flagged(self, table: str, seq: int | None, key: str | None) -> bool:
        if self.form is None:
            return self.failed
        return any(names(f, table, seq, key) for f in self.findings)

    def value(
        self, table: str, key: str, got: object, want: object, ok: bool, seq: int | None = None, about: str = ""
    ) -> None:
        name = f"{table}.{key}"
        self.total.all[self.family, name] += 1
        if ok:
            self.total.right[self.family, name] += 1
            return
        self.bad += 1
        silent = not self.flagged(
            table, seq, None if table in ("funding", "goals", "tasks") and key != "content_truncated" else key
        )
        self.total.wrong.append(Wrong(name, f"{self.where}{about}", repr(want), repr(got), silent))

    def extra(self, table: str, what: str, seq: int | None) -> None:
        self.bad += 1
        self.total.spurious.append(Wrong(table, self.where, "no such row", what, not self.flagged(table, seq, None)))

    def documents(self) -> None:
        for key in DOCUMENT_FIELDS:
            if key in self.record:
                got = getattr(self.form, key) if self.form else None
                ok = self.form is not None and same(key, got, self.record[key])
                self.value("documents", key, got, self.record[key], ok)

    def funding(self) -> None:
        rows = {(a.category, a.source): a for a in self.form.funding} if self.form else {}
        options = self.record.get("funding_options", [self.record.get("funding")])
        if options == [None]:
            return
        option = max(options, key=lambda o: sum(_amount_right(rows, a) for a in o))
        wanted = set()
        for want in option:
            key = (want["category"], want["source"])
            wanted.add(key)
            got = rows[key].amount if key in rows else None
            self.value("funding", "amount", got, f"{key} {want['amount']}", _amount_right(rows, want))
        for at, (key, amount) in enumerate(rows.items()):
            if key not in wanted and amount.amount:
                self.extra("funding", f"{key} {amount.amount}", at)

    def goals(self) -> None:
        want = self.record["goals"]
        got = [g.text for g in self.form.goals] if self.form else []
        joined = folded("".join(got)) == folded("".join(want))
        self.value("goals", "text", "".join(got)[:60], "".join(want)[:60], joined)
        if self.record.get("goals_split") and joined:
            ok = [folded(g) for g in got] == [folded(g) for g in want]
            self.value("goals", "paragraphs", [g[:12] for g in got], [g[:12] for g in want], ok)

    def tasks(self) -> None:
        got = self.form.tasks if self.form else ()
        if "tasks" not in self.record:
            return
        wanted = self.record["tasks"]
        pairs = pair_rows([folded(t["name"]) for t in wanted], [folded(t.name) for t in got])
        for want, at in zip(wanted, pairs, strict=True):
            self.task(want, got[at] if at is not None else None, at)
        for at, task in enumerate(got):
            if at not in pairs:
                self.extra("tasks", f"{task.name} {task.content}", at)

    def task(self, want: Record, got: Task | None, seq: int | None) -> None:
        about = f" task {want['name'][:20]}"
        self.value(
            "tasks",
            "name",
            got and got.name,
            want["name"],
            got is not None and same("name", got.name, want["name"]),
            seq,
            about,
        )
        ok = got is not None and same("content", got.content, want["content"])
        self.value("tasks", "content", got and got.content, want["content"], ok, seq, about)
        if "truncated" not in want:
            return
        ok = got is not None and got.content_truncated == want["truncated"]
        self.value("tasks", "content_truncated", got and got.content_truncated, want["truncated"], ok, seq, about)
        recovered = got.content_recovered if got else None
        whole = want["full"] if want["recoverable"] else None
        ok = got is not None and folded(recovered) == folded(whole)
        self.value("tasks", "content_recovered", recovered, whole, ok, seq, about)

    def indicators(self) -> None:
        got = self.form.indicators if self.form else ()
        wanted = self.record["indicators"]
        pairs = pair_rows([folded(i["name"]) for i in wanted], [folded(i.name) for i in got])
        for want, at in zip(wanted, pairs, strict=True):
            self.indicator(want, got[at] if at is not None else None, at)
        for at, row in enumerate(got):
            if at not in pairs:
                self.extra("indicators", f"{row.name} {row.value}", at)

    def indicator(self, want: Record, got: Indicator | None, seq: int | None) -> None:
        about = f" {want['name'][:24]}"
        for key in INDICATOR_FIELDS:
            if key in want:
                value = getattr(got, key) if got else None
                self.value(
                    "indicators", key, value, want[key], got is not None and same(key, value, want[key]), seq, about
                )
        if "truncated" in want:
            value = got.name_truncated if got else None
            self.value("indicators", "name_truncated", value, want["truncated"], value == want["truncated"], seq, about)

    def verdict(self) -> None:
        if not self.bad and not self.record.get("doubt") and self.findings:
            self.total.alarms.append(
                f"{self.where}: " + "; ".join(f"{f.code} {f.table} {f.seq} {dict(f.params)}" for f in self.findings)
            )
        for flag in self.record.get("flags", []):
            rows = flag["rows"]
            if not any(names(f, flag["table"]) and (f.seq is None or not rows or f.seq in rows) for f in self.findings):
                self.total.missed.append(f"{self.where}: no finding on {flag['table']} {rows or ''}")


def _amount_right(rows: dict[tuple[str, str], Amount], want: Record) -> bool:
    row = rows.get((want["category"], want["source"]))
    return row is not None and row.amount == number(want["amount"])


def score(total: Score, records: Sequence[Record], extraction: Extraction) -> None:
    """Adds the comparison of one file's forms with its records to ``total``."""
    forms = {f.form_index: f for f in extraction.forms}
    for record in records:
        one = _FormScore(total, record, forms.pop(record.get("form_index", 0), None), extraction.failure is not None)
        one.documents()
        one.funding()
        one.goals()
        one.tasks()
        one.indicators()
        one.verdict()
    for form in forms.values():
        total.spurious.append(
            Wrong("documents", extraction.source_path, "no such form", str(form.title), not loud(form.findings))
        )
