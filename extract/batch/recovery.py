"""What the documents of an archive tell about one another, over all of its buckets.

It depends on the documents alone, and not on the buckets that they fell into. The texts are gone through twice: once
for the widths at which folders cut them, once by groups of units, of which a part at a time is in memory.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from extract import recover
from extract.batch.store import TOLD, Place
from extract.recover import TaskPatch, Told, Widths
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
    for texts, numbers in _parts(places, work, -(-size // _BYTES)):
        for patch in recover.patches(texts, limits):
            found[numbers[patch.source_path]].append(patch)
    return [sorted(own) for own in found]


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


def _parts(places: Sequence[Place], work: Path, count: int) -> Iterator[tuple[list[Told], dict[str, int]]]:
    """The texts in so many parts, those of a group in one of them; with the number of the bucket of each document."""
    if count <= 1:
        yield _texts([part_of(place.told) for place in places])
        return
    sinks = [pa.ipc.new_file(str(_part(work, part)), TOLD) for part in range(count)]
    for number, place in enumerate(places):
        told = part_of(place.told)
        groups = told["group"].to_pylist()
        # Units without a code are no group: nothing is recovered for them, and their part may be any.
        parts = {group: _part_of(group, count) if group else number % count for group in set(groups)}
        of_row = pa.array([parts[group] for group in groups], pa.int32())
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
            batches = [pa.Table.from_batches([reader.get_batch(at)]) for at in range(reader.num_record_batches)]
            yield _texts(batches)
            del batches, reader
        _part(work, part).unlink()


def _part_of(group: str, count: int) -> int:
    return crc32(group.encode("utf-8", "surrogatepass")) % count


def _part(work: Path, number: int) -> Path:
    return work / f"texts-{number}.arrow"


def _texts(tables: Sequence[Any]) -> tuple[list[Told], dict[str, int]]:
    numbers: dict[str, int] = {}
    texts: list[Told] = []
    for number, table in enumerate(tables):
        columns = [table[name].to_pylist() for name in _FIELDS]
        numbers.update(dict.fromkeys(columns[0], number))
        texts += map(Told._make, zip(*columns, strict=True))
    return texts, numbers
