"""Buckets: the inputs of a run in parts that stay the same when other inputs come, go or change.

A bucket is what a worker takes and what one part of each table is made of. It is a stretch of neighbours in the order
of the inputs, and not a hash's draw: what is new in an archive (a year, a county) is new in few buckets, and the rows
of a run stand in the order of its inputs. Where a stretch ends, the hash of a path says, so that an input more or less
moves the ends of its own bucket at most.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from extract.batch.plan import Item, NeedsList, plan, walked

# Some 700 inputs on the average. What is fewer has its parts written anew for too little, what is more for too much.
_FEWEST: Final = 256
_MOST: Final = 1024
_ONE_IN: Final = 512


class Packed(NamedTuple):
    """The inputs of a bucket, in as little memory as they can be kept; ``first``: the ``source_path`` of the first."""

    first: str
    size: int
    data: bytes

    def items(self) -> Sequence[Item]:
        """The inputs."""
        found: list[Item] = pickle.loads(zlib.decompress(self.data))  # noqa: S301 - made by this process
        return found


def dealt(inputs: Sequence[str]) -> list[Packed]:
    """The inputs of a run (see ``plan``) by bucket: some dozen bytes of each are in memory. UsageError as there."""
    try:
        found = [_packed(own) for own in buckets(walked(inputs))]
    except NeedsList:
        found = []
    return found or [_packed(own) for own in buckets(plan(inputs))]


def buckets(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """The inputs by bucket, in order; an input that is an archive counts as one."""
    own: list[Item] = []
    for item in items:
        if len(own) >= _MOST or (len(own) >= _FEWEST and _begins(item.source_path)):
            yield own
            own = []
        own.append(item)
    if own:
        yield own


def _packed(items: Sequence[Item]) -> Packed:
    return Packed(items[0].source_path, len(items), zlib.compress(pickle.dumps(items, pickle.HIGHEST_PROTOCOL), 1))


def _begins(source_path: str) -> bool:
    digest = hashlib.blake2b(source_path.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") % _ONE_IN == 0
