"""Corrections and the buckets of a run: which inputs are to be read anew for them, and what became of them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from extract.batch.account import Entry
from extract.batch.store import Place
from extract.corrections.apply import CONFIRMED, CORRECTED
from extract.corrections.file import Corrections
from extract.tables.writer import part_of

NO_CORRECTIONS: Final = Corrections(())

_APPLIED: Final = "applied"
_UNUSED: Final = "unused"
# How a correction counts for which several documents speak: as the first of these that one of them says.
_OUTCOMES: Final = (_APPLIED, "confirmed", "stale", _UNUSED)
_BY_CODE: Final = {CORRECTED: _APPLIED, CONFIRMED: "confirmed"}


def kept(work: Path, corrections: Corrections) -> Path | None:
    """A file in the run's folder that holds the corrections, for all processes of the run; None where there are none.

    What was given may change while the run is at work. The same name means the same corrections.
    """
    if not corrections.every:
        return None
    text = "".join(f"{one.line()}\n" for one in corrections.every)
    path = work / f"corrections-{hashlib.sha256(text.encode()).hexdigest()}.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def digests(place: Place, entries: Sequence[Entry], corrections: Corrections) -> list[str]:
    """For each entry of a bucket what tells the corrections of its documents from others; "" where there are none."""
    found = [""] * len(entries)
    if not corrections.every:
        return found
    columns = part_of(place.table("documents"), ["source_path", "source_sha256"])
    paths, hashes = (column.to_pylist() for column in columns.columns)
    wanted_paths, wanted_hashes = set(corrections.paths), set(corrections.hashes)
    starts = accumulate((entry.documents for entry in entries), initial=0)
    for number, (entry, start) in enumerate(zip(entries, starts, strict=False)):
        rows = range(start, start + entry.documents)
        sources = {(paths[row], hashes[row]) for row in rows}
        named = {source for source in sources if source[0] in wanted_paths or source[1] in wanted_hashes}
        if named:
            found[number] = corrections.digest(named)
    return found


def stands(place: Place, entries: Sequence[Entry], corrections: Corrections) -> list[bool]:
    """For each entry of a bucket whether what persons say of its documents is what it was when they were read.

    Of a bucket whose documents cannot be read any more none stands.
    """
    try:
        now = digests(place, entries, corrections)
    except (OSError, pa.ArrowInvalid):
        return [False] * len(entries)
    return [entry.corrections == own for entry, own in zip(entries, now, strict=True)]


def outcomes(places: Iterable[Place], corrections: Corrections) -> Mapping[str, int]:
    """How many corrections were applied, confirmed what was read, did not fit any more, or were about no form."""
    if not corrections.every:
        return {}
    best = {(one.source_sha256, one.place): _UNUSED for one in corrections.every}
    for place in places:
        for key, outcome in _of_bucket(place, corrections):
            best[key] = min(best[key], outcome, key=_OUTCOMES.index)
    counts = Counter(best.values())
    return {outcome: counts[outcome] for outcome in _OUTCOMES}


def _of_bucket(place: Place, corrections: Corrections) -> Iterator[tuple[tuple[str, Any], str]]:
    columns = ["document_id", "source_path", "source_sha256", "form_index"]
    table = part_of(place.table("documents"), columns)
    named = pc.or_(_is_in(table["source_path"], corrections.paths), _is_in(table["source_sha256"], corrections.hashes))
    documents = table.filter(named).to_pylist()
    if not documents:
        return
    said = _said(place, [row["document_id"] for row in documents])
    forms: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for row in documents:
        forms[row["source_path"], row["source_sha256"]][row["form_index"]] = row["document_id"]
    for (path, sha256), ids in forms.items():
        for one in corrections.of(path, sha256):
            key = ids.get(one.form_index), one.table, one.seq, one.field
            outcome = said.get(key, "stale") if one.source_sha256 == sha256 else "stale"
            yield (one.source_sha256, one.place), outcome


def _said(place: Place, documents: Sequence[str]) -> Mapping[tuple[Any, ...], str]:
    """What findings say of the corrections of documents, by the place of the value."""
    columns = ["document_id", "table", "seq", "field", "code"]
    table = part_of(place.table("findings"), columns)
    table = table.filter(pc.and_(_is_in(table["code"], _BY_CODE), _is_in(table["document_id"], documents)))
    return {
        (row["document_id"], row["table"], row["seq"], row["field"]): _BY_CODE[row["code"]] for row in table.to_pylist()
    }


def _is_in(column: Any, values: Iterable[str]) -> Any:
    return pc.is_in(column, value_set=pa.array(list(values), pa.string()))
