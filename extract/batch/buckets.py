"""Buckets: the inputs of a run in parts that stay the same when other inputs come, go or change.

A bucket is what a worker takes and what one part of each table is made of. It is a stretch of neighbours in the order
of the inputs, and not a hash's draw: what is new in an archive (a year, a county) is new in few buckets, and the rows
of a run stand in the order of its inputs. Where a stretch ends, the hash of a path says, so that an input more or less
moves the ends of its own bucket at most.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from extract.batch.plan import Item

# Some 700 inputs on the average. What is fewer has its parts written anew for too little, what is more for too much.
_FEWEST: Final = 256
_MOST: Final = 1024
_ONE_IN: Final = 512


def buckets(items: Sequence[Item]) -> list[Sequence[Item]]:
    """The inputs by bucket, in order; an input that is an archive counts as one."""
    found: list[Sequence[Item]] = []
    start = 0
    for at, item in enumerate(items):
        size = at - start
        if size >= _MOST or (size >= _FEWEST and _begins(item.source_path)):
            found.append(items[start:at])
            start = at
    if start < len(items):
        found.append(items[start:])
    return found


def _begins(source_path: str) -> bool:
    digest = hashlib.blake2b(source_path.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") % _ONE_IN == 0
