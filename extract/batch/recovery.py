"""What the documents of an archive tell about one another, over all of its buckets.

It depends on the documents alone, and not on the buckets that they fell into. The texts are gone through twice: once
for the widths at which folders cut them, once by groups of units, of which a part at a time is in memory.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from extract import recover
from extract.batch.store import TOLD, Place
from extract.recover import NO_SOURCES, Sources, TaskPatch, Told, Widths
from extract.tables.writer import part_of

# So many bytes of texts are in memory at a time; as objects they take some times as much.
_BYTES: Final = 8 * 1024 * 1024

_FIELDS: Final = Told._fields


def patches(places: Sequence[Place], work: Path) -> list[list[TaskPatch]]:
    """The rows of ``tasks`` that change, by bucket; ``work``: a folder for files that are gone afterwards."""
    widths = Widths()
    size = 0
    for place in places:
        told = part_of(place.told)
        size += told.nbytes
        for folder, own in _widths(told).items():
            widths.add(folder, own)
    limits = widths.limits()
    found: list[list[TaskPatch]] = [[] for _ in places]
    for tables in _parts(places, work, -(-size // _BYTES)):
        for number, patch in patches_of(tables, limits):
            found[number].append(patch)
    return [sorted(own) for own in found]


def patches_of(tables: Sequence[Any], limits: Mapping[str, int]) -> Iterator[tuple[int, TaskPatch]]:
    """What changes in the tables of some whole groups, a table a bucket; with the number of the table."""
    bucket = pa.concat_arrays([pa.repeat(pa.scalar(at, pa.int32()), table.num_rows) for at, table in enumerate(tables)])
    rows = pa.concat_tables(tables).append_column("bucket", bucket)
    is_open = pc.and_(pc.equal(rows["table"], "tasks"), pc.invert(rows["settled"]))
    limited = pc.is_in(rows["folder"], value_set=pa.array(list(limits), pa.string()))
    opened = _by_group(rows.filter(pc.and_(is_open, pc.or_(rows["truncated"], limited))))
    is_source = pc.and_(pc.invert(rows["truncated"]), pc.greater(pc.utf8_length(rows["unit_code"]), 0))
    whole_ones = _by_group(rows.filter(is_source))
    for group, own in opened.items():
        numbers: dict[str, int] = dict(zip(own["source_path"].to_pylist(), own["bucket"].to_pylist(), strict=True))
        others = whole_ones.get(group)
        sources = Sources(others["text"].to_pylist(), partial(_told, others)) if others is not None else NO_SOURCES
        for patch in recover.of_group(_told(own), sources, limits):
            yield numbers[patch.source_path], patch


def _by_group(rows: Any) -> dict[str | None, Any]:
    """Rows by their group, in the order in which they were."""
    rows = rows.take(pc.sort_indices(rows["group"])).combine_chunks()
    counts = rows["group"].value_counts()
    sizes = counts.field("counts").to_pylist()
    starts = accumulate(sizes, initial=0)
    groups = counts.field("values").to_pylist()
    return {group: rows.slice(start, size) for group, start, size in zip(groups, starts, sizes, strict=False)}


def _told(rows: Any, numbers: Sequence[int] | None = None) -> list[Told]:
    """Rows, or those of these numbers, as they were told."""
    own = rows if numbers is None else rows.take(pa.array(numbers, pa.int64()))
    return list(map(Told, *(own[name].to_pylist() for name in _FIELDS)))


def digest(own: Sequence[TaskPatch]) -> str:
    """What tells patches of a bucket from others; "" where there are none."""
    return (
        hashlib.sha256(repr([tuple(patch) for patch in own]).encode("utf-8", "surrogatepass")).hexdigest()
        if own
        else ""
    )


def _widths(told: Any) -> Mapping[str, Counter[int]]:
    tasks = (
        told.filter(pc.equal(told["table"], "tasks"))
        .group_by(["folder", "width"], use_threads=False)
        .aggregate([([], "count_all")])
    )
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for row in tasks.to_pylist():
        found[row["folder"]][row["width"]] = row["count_all"]
    return found


def _parts(places: Sequence[Place], work: Path, count: int) -> Iterator[Sequence[Any]]:
    """The texts in so many parts, those of a group in one of them: a table a bucket."""
    if count <= 1:
        yield [part_of(place.told) for place in places]
        return
    sinks = [pa.ipc.new_file(str(_part(work, part)), TOLD) for part in range(count)]
    for number, place in enumerate(places):
        told = part_of(place.told)
        groups = told["group"].combine_chunks().dictionary_encode()
        parts = pa.array([_part_of(group, count) for group in groups.dictionary.to_pylist()], pa.int32())
        # Units without a code are no group: nothing is recovered for them, and their part may be any.
        of_row = parts.take(groups.indices).fill_null(number % count)
        for part, sink in enumerate(sinks):
            own = told.filter(pc.equal(of_row, part)).combine_chunks()
            # A batch a bucket, so that its number is that of its batch.
            batches = own.to_batches()
            sink.write_batch(batches[0] if batches else pa.RecordBatch.from_pylist([], TOLD))
    for sink in sinks:
        sink.close()
    for part in range(count):
        with pa.memory_map(str(_part(work, part))) as file:
            reader = pa.ipc.open_file(file)
            yield [pa.Table.from_batches([reader.get_batch(at)]) for at in range(reader.num_record_batches)]
            del reader
        _part(work, part).unlink()


def _part_of(group: str, count: int) -> int:
    return crc32(group.encode("utf-8", "surrogatepass")) % count


def _part(work: Path, number: int) -> Path:
    return work / f"texts-{number}.arrow"
