"""The archive of a run: what of it is there already, what is to be made, and the output folder of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from extract.batch import recovery
from extract.batch.account import Account, Entry, Tally
from extract.batch.buckets import buckets
from extract.batch.convert import Job, Made, Old, Step
from extract.batch.manifest import Counts, Manifest
from extract.batch.plan import Item
from extract.batch.store import Place, known, put
from extract.batch.work import NEW
from extract.catalogue import SEVERITIES
from extract.recover import TaskPatch
from extract.tables.patch import apply_patches
from extract.tables.place import put_in_place, resolved, sync, sync_folders
from extract.tables.schemas import TABLES
from extract.tables.writer import ACCOUNT, part_of, write_part

_EMPTY: Final = Account("", (), Tally())


@dataclass(slots=True)
class _Bucket:
    """A bucket of the run; ``place``: where its parts lie, once they do.

    ``kept``: the numbers of its inputs that were not read anew.
    """

    items: Sequence[Item]
    place: Place | None = None
    account: Account = _EMPTY
    kept: frozenset[int] = frozenset()
    patches: Sequence[TaskPatch] = field(default=())


class Archive:
    """All buckets of a run; of those that an earlier run made, it takes what has not changed."""

    def __init__(self, items: Sequence[Item], out: Path, work: Path, made_by: str, *, full: bool) -> None:
        self._made_by = made_by
        self._out = resolved(out)
        self._buckets = [_Bucket(own) for own in buckets(items)]
        self._before = 0
        self._changed = full
        self.total = len(items)
        self.done = 0
        self.failed = 0
        self.skipped = 0
        self.tally = Tally()
        if not full:
            self._old = self._remembered(work)
            for bucket in self._buckets:
                self._take_over(bucket)
        else:
            self._old = {}
        self._changed = self._changed or self._before != len(self._buckets)

    def _remembered(self, work: Path) -> dict[str, tuple[Place, int, Entry]]:
        """Where each input's rows stand, and what is known of it; what a stopped run made last counts first."""
        found: dict[str, tuple[Place, int, Entry]] = {}
        folders = [path for path in sorted(work.iterdir()) if path.is_dir()]
        for root in [self._out, *folders]:
            for place, account in known(root):
                self._before += root == self._out
                if account.made_by == self._made_by:
                    for number, entry in enumerate(account.entries):
                        found[entry.source_path] = (place, number, entry)
        return found

    def _take_over(self, bucket: _Bucket) -> None:
        """Takes a bucket as it stands, where all of its inputs are as they were and it has no others."""
        first = self._old.get(bucket.items[0].source_path)
        if first is None:
            return
        place = first[0]
        account = Account.read(place.account)
        if account is None or len(account.entries) != len(bucket.items):
            return
        for number, (item, entry) in enumerate(zip(bucket.items, account.entries, strict=True)):
            known_as = self._old.get(item.source_path)
            if known_as is None or known_as[:2] != (place, number) or not _is_same(item, entry):
                return
        bucket.place, bucket.account = place, account
        bucket.kept = frozenset(range(len(bucket.items)))
        leaves = sum(entry.leaves for entry in account.entries)
        self.done += leaves
        self.total += leaves - len(bucket.items)
        self.failed += sum(entry.failed for entry in account.entries)
        self.skipped += leaves

    def jobs(self) -> Iterator[tuple[int, Job]]:
        """The buckets that are to be made, by number."""
        for number, bucket in enumerate(self._buckets):
            if bucket.place is None:
                yield number, Job(bucket.items, [self._old_of(item) for item in bucket.items], self._made_by)

    def _old_of(self, item: Item) -> Old | None:
        found = self._old.get(item.source_path)
        if found is None or item.problem is not None:
            return None
        place, number, entry = found
        return Old(place, number, _is_same(item, entry))

    def counted(self, step: Step) -> bool:
        """Takes in how far a bucket is; whether anything is to be said of it."""
        self.done += step.done
        self.failed += step.failed
        self.total += step.more
        return bool(step.done or step.more)

    def made(self, number: int, place: Place, made: Made) -> Mapping[str, Any]:
        """Takes in a bucket that was made; what is to be said of it."""
        bucket = self._buckets[number]
        bucket.place, bucket.account, bucket.kept = place, made.account, made.kept
        self._changed = True
        return self._line(number, made.seconds)

    def taken_over(self) -> Iterator[Mapping[str, Any]]:
        """What is to be said of the buckets that stand as they were."""
        for number, bucket in enumerate(self._buckets):
            if bucket.place is not None:
                yield self._line(number, {})

    def _line(self, number: int, seconds: Mapping[str, float]) -> Mapping[str, Any]:
        bucket = self._buckets[number]
        entries = bucket.account.entries
        skipped = sum(entries[i].leaves - entries[i].failed for i in bucket.kept)
        inputs, failed = sum(entry.leaves for entry in entries), sum(entry.failed for entry in entries)
        return {
            "bucket": number,
            "buckets": len(self._buckets),
            "inputs": inputs,
            "converted": inputs - failed - skipped,
            "skipped": skipped,
            "failed": failed,
            "forms": bucket.account.tally.rows["documents"],
            "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
        }

    def recover(self, work: Path) -> None:
        """Finds out what the documents tell about one another, if there are any others than before."""
        for bucket in self._buckets:
            self.tally.include(bucket.account.tally)
        if self._changed or any(bucket.place and bucket.place.root != self._out for bucket in self._buckets):
            self._changed = True
            places = [bucket.place for bucket in self._buckets if bucket.place is not None]
            for bucket, patches in zip(self._buckets, recovery.patches(places, work), strict=True):
                bucket.patches = patches

    def counts(self) -> Counts:
        """The account of all buckets; an input that failed counts as failed, whatever else came of it."""
        converted = doubtful = failed = skipped = inputs = 0
        for bucket in self._buckets:
            for number, entry in enumerate(bucket.account.entries):
                inputs += entry.leaves
                failed += entry.failed
                sound = entry.leaves - entry.failed
                if number in bucket.kept:
                    skipped += sound
                else:
                    converted += sound - entry.doubtful
                    doubtful += entry.doubtful
        tally = self.tally
        return Counts(
            inputs=inputs,
            converted=converted,
            converted_with_findings=doubtful,
            failed=failed,
            skipped=skipped,
            forms=tally.rows["documents"],
            rows={name: tally.rows[name] for name in TABLES},
            findings={severity: tally.severities[severity] for severity in SEVERITIES},
            findings_by_code=dict(sorted(tally.findings.items())),
            failures_by_code=dict(sorted(tally.failures.items())),
        )

    def put_in_place(self, out: Path, work: Path, manifest: Manifest) -> None:
        """Makes the parts of all buckets the output folder; where nothing has changed, the account of the run alone."""
        if not self._changed:
            manifest.write(work)
            sync(work / ACCOUNT)
            (work / ACCOUNT).replace(self._out / ACCOUNT)
            return
        new = work / NEW
        new.mkdir()
        Place(new).make_folders()
        for number, bucket in enumerate(self._buckets):
            if bucket.place is not None:
                _put(bucket, bucket.place, Place(new, number))
        manifest.write(new)
        sync(new / ACCOUNT)
        sync_folders(new)
        put_in_place(new, out, synced=True)


def _is_same(item: Item, entry: Entry) -> bool:
    return item.stamp is not None and item.stamp == entry.stamp


def _put(bucket: _Bucket, place: Place, target: Place) -> None:
    """The parts of a bucket, with what was recovered from others."""
    for name in TABLES:
        if name != "tasks":
            put(place.table(name), target.table(name))
    put(place.drafts, target.drafts)
    put(place.told, target.told)
    patches = recovery.digest(bucket.patches)
    if patches == bucket.account.patches:
        put(place.table("tasks"), target.table("tasks"))
        put(place.account, target.account)
        return
    if bucket.patches:
        documents = part_of(place.table("documents"))
        digests = dict(zip(documents["source_path"].to_pylist(), documents["source_sha256"].to_pylist(), strict=True))
        write_part(target.table("tasks"), apply_patches(part_of(place.drafts), bucket.patches, digests))
    else:
        put(place.drafts, target.table("tasks"))
    replace(bucket.account, patches=patches).write(target.account)
    sync(target.table("tasks"))
    sync(target.account)
