"""The list of forms, worst first, in parts: what the first page holds of it is bounded however many forms there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from extract.review.embed import dump
from extract.review.form import CONFIDENCE, doubts
from extract.review.records import VALUES, Record

# Bytes of a part. The first stands in the first page, which is to stay below 2 MB with all else that it holds.
PART: Final = 1_500_000
# Of a name in the list so many characters are told.
_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class _Entry:
    """A form in the list; ``risk``: how many of its rows are expected to be wrong, None where nothing tells."""

    number: int
    status: str
    name: str
    unit: str
    year: int | None
    kind: str
    path: str
    index: int
    severities: tuple[int, int, int]
    doubts: int
    risk: float | None
    codes: tuple[str, ...]

    def order(self) -> tuple[int, int, float, int]:
        """What the worst is least of."""
        return -self.severities[0], -self.severities[1], -(self.risk or 0.0), self.number


class Listing:
    """Takes in the forms of a run one by one, and gives the list of them."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def add(self, record: Record) -> None:
        """Takes in a form."""
        document = record.document
        findings = record.of("findings")
        counts = Counter(one["severity"] for one in findings)
        unit = document["unit_name"] or document["supervising_unit"] or ""
        name = document["project_name"] or unit or document["title"] or ""
        sure = [row[CONFIDENCE] for table in VALUES for row in record.of(table) if row.get(CONFIDENCE) is not None]
        self._entries.append(
            _Entry(
                record.number,
                document["status"],
                name[:_NAME],
                "" if unit == name else unit[:_NAME],
                document["fiscal_year"],
                document["form_kind"],
                document["source_path"],
                document["form_index"],
                (counts["error"], counts["warning"], counts["info"]),
                len(doubts(record)),
                round(sum(1 - one for one in sure), 2) if sure else None,
                tuple(sorted({one["code"] for one in findings})),
            )
        )

    def parts(self) -> Iterator[str]:
        """The list as JSON, in parts of at most ``PART`` bytes; one at least.

        ``folders`` and ``codes`` are what ``rows`` name by their numbers.
        """
        part = _Part()
        for entry in sorted(self._entries, key=_Entry.order):
            if part.rows and part.size > PART:
                yield part.as_json()
                part = _Part()
            part.add(entry)
        yield part.as_json()


class _Part:
    """A part of the list; ``size``: about how many bytes it takes."""

    def __init__(self) -> None:
        self._folders: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self.rows: list[list[Any]] = []
        self.size = 0

    def add(self, entry: _Entry) -> None:
        above, slash, name = entry.path.rpartition("/")
        row = [
            entry.number,
            entry.status[:1],
            entry.name,
            entry.unit,
            entry.year,
            entry.kind[:1],
            self._numbered(self._folders, above + slash),
            name,
            entry.index,
            *entry.severities,
            entry.doubts,
            entry.risk,
            [self._numbered(self._codes, code) for code in entry.codes],
        ]
        self.rows.append(row)
        self.size += len(dump(row).encode()) + 1

    def _numbered(self, known: dict[str, int], text: str) -> int:
        if text not in known:
            known[text] = len(known)
            self.size += len(dump(text).encode()) + 1
        return known[text]

    def as_json(self) -> str:
        whole: Mapping[str, Any] = {"folders": list(self._folders), "codes": list(self._codes), "rows": self.rows}
        return dump(whole)
