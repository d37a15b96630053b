"""The sources of forms, found again where a run read them, and looked at if they are still the same."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeVar

from extract.batch.isolate import Isolation
from extract.batch.plan import Item, plan
from extract.batch.read import load
from extract.errors import UnreadableInput, UsageError
from extract.readers import kinds
from extract.readers.leaf import WITHIN, Leaf
from extract.review import look
from extract.review.look import Page

T = TypeVar("T")

# So many pages are drawn at a time: what a child answers is in memory as a whole.
_AT_ONCE: Final = 16


class Seen(NamedTuple):
    """What of a source can be shown: its lines or its pages.

    ``missing``: the message that says why neither can, ``review_gone``, ``review_changed`` or ``review_unreadable``.
    """

    missing: str = ""
    lines: Sequence[str] = ()
    pages: Sequence[Page] = ()


class Shelf:
    """Finds sources by their ``source_path``; those of one archive in the order in which it holds them.

    ``items``: the inputs of the run as they are now.
    """

    def __init__(self, items: Iterable[Item], isolation: Isolation, max_bytes: int) -> None:
        self._items = {item.source_path: item for item in items}
        self._isolation = isolation
        self._max_bytes = max_bytes
        self._archive = ""
        self._leaves: Iterator[Leaf] = iter(())

    def find(self, source_path: str, sha256: str) -> Leaf | Seen:
        """The bytes of a source; where they are not to be had, or are others now, what says so."""
        leaf = self._leaf(source_path)
        if leaf is None or leaf.failure is not None:
            return Seen("review_gone")
        return leaf if hashlib.sha256(leaf.data).hexdigest() == sha256 else Seen("review_changed")

    def _leaf(self, source_path: str) -> Leaf | None:
        """The bytes of a source; None where there is no such file any more."""
        item = self._items.get(source_path)
        if item is not None:
            return load(item, self._max_bytes)
        archive = self._archive_of(source_path)
        if archive is None:
            return None
        if archive.source_path != self._archive:
            self._open(archive)
        return next((leaf for leaf in self._leaves if leaf.source_path == source_path), None)

    def _archive_of(self, source_path: str) -> Item | None:
        at = source_path.find(WITHIN)
        while at >= 0:
            if source_path[:at] in self._items:
                return self._items[source_path[:at]]
            at = source_path.find(WITHIN, at + 1)
        return None

    def _open(self, archive: Item) -> None:
        leaf = load(archive, self._max_bytes)
        self._archive = archive.source_path
        whole = leaf.failure is None and kinds.kind(leaf.data) in kinds.ARCHIVES
        self._leaves = self._isolation.walk(leaf.data, leaf.source_path) if whole else iter(())


class Eyes:
    """Looks at sources, several at a time where that takes long. To be used as a context.

    ``isolations``: each is used for one source at a time.
    """

    def __init__(self, isolations: Sequence[Isolation]) -> None:
        self._free: SimpleQueue[Isolation] = SimpleQueue()
        for isolation in isolations:
            self._free.put(isolation)
        self._count = len(isolations)
        self._threads = ThreadPoolExecutor(self._count)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def look(self, found: Iterable[tuple[T, Leaf | Seen, Sequence[int]]]) -> Iterator[tuple[T, Seen]]:
        """The sources as they are to be shown, in their order; of a file with pages those with these numbers.

        Whatever comes with a source goes with it. Some are looked at ahead of those that are asked for.
        """
        waiting: deque[tuple[T, Future[Seen] | Seen]] = deque()
        for what, leaf, pages in found:
            waiting.append((what, self._begin(leaf, pages)))
            if len(waiting) > 2 * self._count:
                yield _come(*waiting.popleft())
        while waiting:
            yield _come(*waiting.popleft())

    def _begin(self, leaf: Leaf | Seen, pages: Sequence[int]) -> Future[Seen] | Seen:
        if isinstance(leaf, Seen):
            return leaf
        if kinds.kind(leaf.data) == "text":
            return _seen(lambda: Seen(lines=look.lines_of_text(leaf.data)))
        return self._threads.submit(_seen, lambda: self._apart(leaf, pages))

    def _apart(self, leaf: Leaf, pages: Sequence[int]) -> Seen:
        isolation = self._free.get()
        try:
            if kinds.kind(leaf.data) not in look.PAGED:
                return Seen(lines=isolation.apart(look.lines, leaf.data, leaf.source_path))
            found: list[Page] = []
            for start in range(0, len(pages), _AT_ONCE):
                part = tuple(pages[start : start + _AT_ONCE])
                found += isolation.apart(look.pages, leaf.data, leaf.source_path, part)
            return Seen(pages=found)
        finally:
            self._free.put(isolation)


def _come(what: T, seen: Future[Seen] | Seen) -> tuple[T, Seen]:
    return what, seen if isinstance(seen, Seen) else seen.result()


def _seen(look_at: Callable[[], Seen]) -> Seen:
    try:
        return look_at()
    except UnreadableInput:
        return Seen("review_unreadable")


def inputs(account: Mapping[str, object], root: Path | None) -> list[Item]:
    """The inputs of a run: those below ``root``, or those that its account names, as far as they are there.

    UsageError where ``root`` is not there or holds no file.
    """
    if root is not None:
        return plan([str(root)])
    parameters = account.get("parameters")
    named = parameters.get("inputs") if isinstance(parameters, Mapping) else None
    try:
        return plan([str(text) for text in named]) if isinstance(named, Sequence) else []
    except UsageError:
        return []
