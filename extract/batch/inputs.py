"""The inputs of a run, with their bytes: the files of its plan, and what is in those of them that are archives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from extract.batch.clock import Clock
from extract.batch.plan import Item
from extract.batch.read import internal_error, load
from extract.readers import kinds
from extract.readers.leaf import Leaf

Walk = Callable[[bytes, str], Iterator[Leaf]]


class Inputs:
    """Opens the items of a plan one by one, when they are asked for. ``total``: how many inputs are known of."""

    def __init__(self, items: Sequence[Item], max_bytes: int, walk: Walk, clock: Clock) -> None:
        self.total = len(items)
        self._items = items
        self._max_bytes = max_bytes
        self._walk = walk
        self._clock = clock

    def __iter__(self) -> Iterator[Leaf]:
        for item in self._items:
            with self._clock("read"):
                leaf = load(item, self._max_bytes)
                archive = leaf.failure is None and kinds.kind(leaf.data) in kinds.ARCHIVES
            if archive:
                yield from self._members(leaf)
            else:
                yield leaf

    def _members(self, archive: Leaf) -> Iterator[Leaf]:
        """The files in an archive; the first of them stands in the plan for it."""
        self.total -= 1
        leaves = self._walk(archive.data, archive.source_path)
        while True:
            try:
                with self._clock("read"):
                    leaf = next(leaves, None)
            except Exception as error:  # noqa: BLE001 - a mistake in unpacking must not cost the other inputs
                leaf, leaves = archive._replace(failure=internal_error(error)), iter(())
            if leaf is None:
                return
            self.total += 1
            yield leaf
