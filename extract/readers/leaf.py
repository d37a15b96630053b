"""Files as they are found, in a folder or within an archive."""

from __future__ import annotations

from typing import Final, NamedTuple

from extract.model import Failure

# Between an archive and the path of a file within it.
WITHIN: Final = "!/"


class Leaf(NamedTuple):
    """One file that is no archive, or that could not be had: then ``failure`` says why."""

    source_path: str
    data: bytes
    failure: Failure | None = None
