"""What a report tells of a run as a whole: counts that charts are drawn of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from extract import catalogue
from extract.messages import Speaker
from extract.review.form import CONFIDENCE, DOUBTFUL, columns
from extract.review.records import Record, as_text
from extract.tables.schemas import schemas

# So many bars a chart has at most.
_MOST: Final = 12
_SOUND_WEIGHTS: Final = (Decimal(90), Decimal(100))
# The lower ends of the classes of confidence, the surest first.
_CLASSES: Final = (0.99, 0.95, 0.9, 0.5, 0.0)
# Columns that tell about a value and are none.
_ABOUT: Final = ("basis", "_raw", "_truncated", "_check", "_basis", "_source")
_OWN: Final = frozenset(
    {"source_path", "source_sha256", "form_index", "media_type", "encoding", "form_profile", "status"}
)


class Bar(NamedTuple):
    """A bar of a chart: how long (``share`` of the longest, 0 to 1), what is written at it, how it is coloured.

    ``code``: what the list of forms shows when it is clicked, a finding or a status; ``further``: the share of another
    bar below it, with its own words.
    """

    label: str
    share: float
    text: str
    tone: str = ""
    code: str = ""
    further: float | None = None
    further_text: str = ""


class Chart(NamedTuple):
    """A chart: bars under a heading, and what is said below it."""

    key: str
    title: str
    bars: Sequence[Bar]
    note: str = ""


class Overview:
    """Counts the forms of a run, one by one."""

    def __init__(self) -> None:
        self.forms = 0
        self.rows: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.of_units: dict[str, Decimal] = defaultdict(Decimal)
        self.of_projects: dict[str, Decimal] = defaultdict(Decimal)
        self.years: set[int] = set()
        self.weights: Counter[Decimal | None] = Counter()
        self.filled: Counter[tuple[str, str]] = Counter()
        self.confidence: Counter[float] = Counter()

    def add(self, record: Record) -> None:
        """Counts a form."""
        self.forms += 1
        self.statuses[record.document["status"]] += 1
        self.codes.update(row["code"] for row in record.of("findings"))
        self._add_money(record)
        known = [row["weight"] for row in record.of("indicators") if row["weight"] is not None]
        self.weights[sum(known, Decimal(0)).normalize() if known else None] += 1
        for table in ("documents", "funding", "tasks", "indicators"):
            rows = record.of(table)
            self.rows[table] += len(rows)
            for name in _shown(table):
                self.filled[table, name] += sum(row.get(name) is not None for row in rows)
            for row in rows:
                sure = row.get(CONFIDENCE)
                if sure is not None:
                    self.confidence[next((low for low in _CLASSES if sure >= low), 0.0)] += 1

    def _add_money(self, record: Record) -> None:
        if record.document["fiscal_year"] is not None:
            self.years.add(record.document["fiscal_year"])
        unit = record.document["unit_name"] or record.document["supervising_unit"] or ""
        for row in record.of("funding"):
            if row["source"] == "total" and row["amount"] is not None:
                if row["category"] == "total":
                    self.of_units[unit] += row["amount"]
                elif row["category"] == "project" and record.document["form_kind"] == "project":
                    self.of_projects[unit] += row["amount"]

    def charts(self, say: Speaker) -> list[Chart]:
        """The charts of the overview; those that would be empty are left out."""
        found = [self._statuses(say), self._codes(say), self._money(say), self._weights(say)]
        found += [self._coverage(say, table) for table in ("documents", "indicators", "funding", "tasks")]
        found.insert(4, self._confidence(say))
        return [chart for chart in found if chart.bars]

    def _statuses(self, say: Speaker) -> Chart:
        bars = []
        for name in ("error", "warning", "ok"):
            count = self.statuses[name]
            bars.append(Bar(say(f"status_{name}"), _share(count, self.forms), _of(count, self.forms), name, name))
        return Chart("status", say("review_chart_status"), bars if self.forms else [])

    def _codes(self, say: Speaker) -> Chart:
        kinds = catalogue.findings()
        listed = sorted(self.codes.items(), key=lambda item: (-item[1], item[0]))
        most = max(self.codes.values(), default=1)
        bars = [
            Bar(say.pick(kinds[code].title), count / most, f"{count:,}", kinds[code].severity, code)
            for code, count in listed[:_MOST]
            if code in kinds
        ]
        left = sum(count for _, count in listed[_MOST:])
        note = say("review_chart_more", count=f"{left:,}", kinds=len(listed) - _MOST) if left else ""
        return Chart("codes", say("review_chart_codes"), bars, note)

    def _money(self, say: Speaker) -> Chart:
        largest = {
            unit: max(self.of_units.get(unit, Decimal(0)), self.of_projects.get(unit, Decimal(0)))
            for unit in {*self.of_units, *self.of_projects}
        }
        units = sorted(largest, key=lambda unit: (-largest[unit], unit))
        most = max([*largest.values(), Decimal(1)])
        bars = []
        for unit in units[:_MOST]:
            whole, projects = self.of_units.get(unit), self.of_projects.get(unit)
            further = None if projects is None else _share(projects, most)
            label = unit or say("review_no_unit")
            bars.append(Bar(label, _share(whole, most), _amount(whole), "whole", "", further, _amount(projects)))
        note = say("review_chart_money_note", shown=len(bars), units=len(units)) if bars else ""
        if len(self.years) > 1:
            note += " " + say("review_chart_money_years", first=min(self.years), last=max(self.years))
        return Chart("money", say("review_chart_money"), bars, note)

    def _weights(self, say: Speaker) -> Chart:
        most = max(self.weights.values(), default=1)
        listed = sorted(self.weights.items(), key=lambda item: (-item[1], item[0] is None, item[0] or 0))
        bars = []
        for total, count in listed[:_MOST]:
            label = say("review_no_weights") if total is None else as_text(total) or ""
            tone = "none" if total is None else ("ok" if total in _SOUND_WEIGHTS else "warning")
            bars.append(Bar(label, count / most, _of(count, self.forms), tone))
        return Chart("weights", say("review_chart_weights"), bars, say("review_chart_weights_note"))

    def _confidence(self, say: Speaker) -> Chart:
        total = sum(self.confidence.values())
        bars = []
        for low, above in zip(_CLASSES, (None, *_CLASSES), strict=False):
            label = f"≥ {low}" if above is None else f"{low} – {above}"
            count = self.confidence[low]
            bars.append(Bar(label, _share(count, total), _of(count, total), "ok" if low >= DOUBTFUL else "warning"))
        note = say("review_chart_confidence_note")
        return Chart("confidence", say("review_chart_confidence"), bars if total else [], note)

    def _coverage(self, say: Speaker, table: str) -> Chart:
        rows = self.rows[table]
        bars = []
        for name in _shown(table):
            count = self.filled[table, name]
            if count:
                bars.append(Bar(_label(table, name, say), _share(count, rows), _percent(count, rows), "plain"))
        title = say("review_chart_coverage", table=table_label(table, say), rows=f"{rows:,}")
        return Chart(f"coverage-{table}", title, bars if rows else [])


def table_label(table: str, say: Speaker) -> str:
    """What a table is called."""
    return schemas()[table].metadata[b"label_zh"].decode() if say.language == "zh" else table


def _label(table: str, name: str, say: Speaker) -> str:
    if say.language == "zh":
        return str(schemas()[table].field(name).metadata[b"label_zh"].decode())
    return name.replace("_", " ")


def _shown(table: str) -> list[str]:
    return [name for name in columns(table) if name not in _OWN and not name.endswith(_ABOUT)]


def _share(part: Decimal | int | None, whole: Decimal | int) -> float:
    return float(part / whole) if part is not None and whole else 0.0


def _of(part: int, whole: int) -> str:
    return f"{part:,} · {_percent(part, whole)}"


def _percent(part: int, whole: int) -> str:
    """A share in per cent; neither 0 nor 100 where it is only nearly so."""
    if not whole or part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f} %"


def _amount(amount: Decimal | None) -> str:
    """An amount in units of 10,000 yuan."""
    return "" if amount is None else f"{amount / 10_000:,.2f}"
