"""The archive of a run: what of it is there already, what is to be made, and the output folder of all of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from extract.batch import recovery
from extract.batch.account import Account, Entry, Outcomes, Tally
from extract.batch.buckets import Packed
from extract.batch.convert import Job, Made, Old, Step, Task
from extract.batch.corrected import NO_CORRECTIONS, outcomes, stands
from extract.batch.manifest import Counts, Manifest
from extract.batch.plan import Item
from extract.batch.store import Place, known, put
from extract.batch.work import NEW, new_folder
from extract.catalogue import SEVERITIES
from extract.corrections.file import Corrections
from extract.recover import TaskPatch
from extract.tables.package import PACKAGE, is_described, write_package
from extract.tables.patch import apply_patches
from extract.tables.place import for_all, put_in_place, resolved, sync, sync_folders
from extract.tables.schemas import TABLES
from extract.tables.writer import ACCOUNT, part_of, write_part

_NOTHING: Final = Outcomes()


@dataclass(slots=True)
class _Bucket:
    """A bucket of the run; ``place``: where its parts lie, once they do, and what is counted there.

    ``patched``: what tells the patches that its table ``tasks`` has; ``account``: where its account is.
    """

    packed: Packed
    place: Place | None = None
    counts: Outcomes = _NOTHING
    forms: int = 0
    patched: str = ""
    account: Path = Path()
    patches: Sequence[TaskPatch] = field(default=())

    def take(self, place: Place, account: Account, kept: Container[int]) -> None:
        """Takes in what was made of the bucket; ``kept``: the numbers of the inputs that were not read anew."""
        self.place, self.account, self.patched = place, place.account, account.patches
        self.counts = Outcomes.of(account.entries, kept)
        self.forms = account.tally.rows["documents"]


class Archive:
    """All buckets of a run; of those that an earlier run made, it takes what has not changed.

    What is in memory of an input that is not at work is some dozen bytes. An input of which persons say something else
    than they did has changed as well.
    """

    def __init__(
        self,
        packed: Sequence[Packed],
        out: Path,
        work: Path,
        made_by: str,
        corrections: Corrections = NO_CORRECTIONS,
        *,
        full: bool,
    ) -> None:
        self._made_by = made_by
        self._corrections = corrections
        self._out = resolved(out)
        self._buckets = [_Bucket(own) for own in packed]
        self._old: dict[str, Old] = {}
        self.total = sum(own.size for own in packed)
        self.done = 0
        self.failed = 0
        self.skipped = 0
        self.tally = Tally()
        before = 0
        if not full:
            roots = [self._out, *(path for path in sorted(work.iterdir()) if path.is_dir())]
            before = sum(place.root == self._out for place in self._take_over(roots))
        self._changed = full or before != len(self._buckets)

    def _take_over(self, roots: Sequence[Path]) -> Sequence[Place]:
        """Takes the buckets that stand as they were, and remembers where rows of the inputs of others stand.

        What stands in several folders counts where the last of them has it. The places that were looked at.
        """
        firsts = {bucket.packed.first: bucket for bucket in self._buckets}
        places: list[Place] = []
        left: list[tuple[Place, list[bool]]] = []
        for place, account in (found for root in roots for found in known(root)):
            places.append(place)
            if account.made_by == self._made_by and account.entries:
                bucket = firsts.get(account.entries[0].source_path)
                alike = stands(place, account.entries, self._corrections)
                if bucket is None or bucket.place or not all(alike) or not _stands(bucket.packed, account):
                    left.append((place, alike))
                else:
                    self._take(bucket, place, account)
        if left:
            self._remember(left)
        return places

    def _take(self, bucket: _Bucket, place: Place, account: Account) -> None:
        """Takes a bucket as it stands: all of its inputs are as they were, and it has no others."""
        bucket.take(place, account, range(bucket.packed.size))
        self.tally.include(account.tally)
        leaves = sum(entry.leaves for entry in account.entries)
        self.done += leaves
        self.total += leaves - bucket.packed.size
        self.failed += bucket.counts.failed
        self.skipped += leaves

    def _remember(self, places: Sequence[tuple[Place, list[bool]]]) -> None:
        """Remembers where rows stand; ``places`` with the entries of which persons say what they said before."""
        items: dict[str, Item] = {}
        for number in self.open():
            items.update((item.source_path, item) for item in self._buckets[number].packed.items() if not item.problem)
        for place, alike in places:
            account = Account.read(place.account)
            for number, entry in enumerate(account.entries if account is not None else ()):
                known_as = items.get(entry.source_path)
                if known_as is not None and alike[number]:
                    self._old[known_as.source_path] = Old(place, number, _is_same(known_as, entry))

    def open(self) -> list[int]:
        """The numbers of the buckets that are to be made."""
        return [number for number, bucket in enumerate(self._buckets) if bucket.place is None]

    def tasks(self, work: Path) -> Iterator[Task]:
        """The buckets that are to be made, each with a new folder; one at a time, as they take memory."""
        for number in self.open():
            items = self._buckets[number].packed.items()
            job = Job(items, [self._old.pop(item.source_path, None) for item in items], self._made_by)
            yield number, job, Place(new_folder(work, number))

    def counted(self, step: Step) -> bool:
        """Takes in how far a bucket is; whether anything is to be said of it."""
        self.done += step.done
        self.failed += step.failed
        self.total += step.more
        return bool(step.done or step.more)

    def made(self, number: int, place: Place, made: Made) -> Mapping[str, Any]:
        """Takes in a bucket that was made; what is to be said of it."""
        bucket = self._buckets[number]
        bucket.take(place, made.account, made.kept)
        self.tally.include(made.account.tally)
        before = Account.read(made.same.account) if made.same is not None and made.same.root == self._out else None
        if made.same is None or before is None:
            self._changed = True
        else:
            # Its parts stand as they were, and what is remembered of its inputs is new.
            bucket.place, bucket.patched = made.same, before.patches
            replace(made.account, patches=before.patches).write(bucket.account)
            sync(bucket.account)
        return self._line(number, made.seconds)

    def taken_over(self) -> Iterator[Mapping[str, Any]]:
        """What is to be said of the buckets that stand as they were."""
        for number, bucket in enumerate(self._buckets):
            if bucket.place is not None:
                yield self._line(number, {})

    def _line(self, number: int, seconds: Mapping[str, float]) -> Mapping[str, Any]:
        bucket = self._buckets[number]
        counts = bucket.counts
        return {
            "bucket": number,
            "buckets": len(self._buckets),
            "inputs": counts.inputs,
            "converted": counts.converted + counts.doubtful,
            "skipped": counts.skipped,
            "failed": counts.failed,
            "forms": bucket.forms,
            "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
        }

    def recover(self, work: Path) -> None:
        """Finds out what the documents tell about one another, if there are any others than before."""
        if self._changed or any(bucket.place and bucket.place.root != self._out for bucket in self._buckets):
            self._changed = True
            places = [bucket.place for bucket in self._buckets if bucket.place is not None]
            for bucket, patches in zip(self._buckets, recovery.patches(places, work), strict=True):
                bucket.patches = patches

    def counts(self) -> Counts:
        """The account of all buckets; an input that failed counts as failed, whatever else came of it."""
        totals = Outcomes(*map(sum, zip(*(bucket.counts for bucket in self._buckets), strict=True)))
        tally = self.tally
        return Counts(
            inputs=totals.inputs,
            converted=totals.converted,
            converted_with_findings=totals.doubtful,
            failed=totals.failed,
            skipped=totals.skipped,
            forms=tally.rows["documents"],
            rows={name: tally.rows[name] for name in TABLES},
            findings={severity: tally.severities[severity] for severity in SEVERITIES},
            findings_by_code=dict(sorted(tally.findings.items())),
            failures_by_code=dict(sorted(tally.failures.items())),
            corrections=outcomes((bucket.place for bucket in self._buckets if bucket.place), self._corrections),
        )

    def put_in_place(self, out: Path, work: Path, manifest: Manifest) -> None:
        """Makes the parts of all buckets the output folder; where no part has changed, the accounts alone."""
        if not self._changed:
            for bucket in self._buckets:
                if bucket.place is not None and bucket.account != bucket.place.account:
                    bucket.account.replace(bucket.place.account)
            if not is_described(self._out):
                write_package(work)
                (work / PACKAGE).replace(self._out / PACKAGE)
            manifest.write(work)
            sync(work / ACCOUNT)
            (work / ACCOUNT).replace(self._out / ACCOUNT)
            return
        new = work / NEW
        new.mkdir()
        Place(new).make_folders()
        placed = [(bucket, bucket.place, Place(new, at)) for at, bucket in enumerate(self._buckets) if bucket.place]
        for_all(lambda pair: put(*pair), (pair for one in placed for pair in _same(*one)))
        # One after the other: each takes the memory of a table.
        for_all(sync, [path for one in placed if not _is_same_tasks(one[0]) for path in _patch(*one)])
        write_package(new)
        manifest.write(new)
        sync(new / ACCOUNT)
        sync_folders(new)
        put_in_place(new, out, synced=True)


def _stands(packed: Packed, account: Account) -> bool:
    """Whether a bucket's inputs are those of an account, and are as they were."""
    return packed.size == len(account.entries) and all(
        item.source_path == entry.source_path and _is_same(item, entry)
        for item, entry in zip(packed.items(), account.entries, strict=True)
    )


def _is_same(item: Item, entry: Entry) -> bool:
    return item.stamp is not None and item.stamp == entry.stamp


def _is_same_tasks(bucket: _Bucket) -> bool:
    """Whether others tell of a bucket's tasks what they told before."""
    return recovery.digest(bucket.patches) == bucket.patched


def _same(bucket: _Bucket, place: Place, target: Place) -> Iterator[tuple[Path, Path]]:
    """The parts of a bucket that stay as they are, with where they go."""
    for name in TABLES:
        if name != "tasks":
            yield place.table(name), target.table(name)
    yield place.drafts, target.drafts
    yield place.told, target.told
    if _is_same_tasks(bucket):
        yield place.table("tasks"), target.table("tasks")
        yield bucket.account, target.account


def _patch(bucket: _Bucket, place: Place, target: Place) -> Sequence[Path]:
    """Writes the tasks of a bucket with what was recovered from others, and its account; what was written."""
    if bucket.patches:
        documents = part_of(place.table("documents"))
        digests = dict(zip(documents["source_path"].to_pylist(), documents["source_sha256"].to_pylist(), strict=True))
        write_part(target.table("tasks"), apply_patches(part_of(place.drafts), bucket.patches, digests))
    else:
        put(place.drafts, target.table("tasks"))
    account = Account.read(bucket.account)
    if account is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(bucket.account))
    replace(account, patches=recovery.digest(bucket.patches)).write(target.account)
    return target.table("tasks"), target.account
