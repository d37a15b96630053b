"""Where the parts of a bucket lie: the same in an output folder, and in the folder of a run at work.

Beside the eight tables an output folder keeps, under ``.pifubiao``, what the next run needs: of each bucket an
account, the table ``tasks`` before anything was recovered from other documents, and what its documents tell others.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from extract.batch.account import Account
from extract.tables.schemas import TABLES
from extract.tables.writer import KEPT, give_up

_ACCOUNTS: Final = f"{KEPT}/accounts"
DRAFTS: Final = f"{KEPT}/tasks"
_TOLD: Final = f"{KEPT}/told"
_NAME: Final = re.compile(r"part-(\d{5,})\.json")

TOLD: Final = pa.schema(
    [
        ("source_path", pa.string()),
        ("form_index", pa.int32()),
        ("table", pa.string()),
        ("seq", pa.int32()),
        ("unit_code", pa.string()),
        ("text", pa.string()),
        ("truncated", pa.bool_()),
        ("marked", pa.bool_()),
        ("settled", pa.bool_()),
        ("width", pa.int32()),
        ("kept", pa.string()),
        ("group", pa.string()),
        ("folder", pa.string()),
    ]
)


class Place(NamedTuple):
    """The parts of one bucket: those with this number in a folder."""

    root: Path
    number: int = 0

    def table(self, name: str) -> Path:
        """The part of a table."""
        return self.root / name / f"part-{self.number:05}.parquet"

    @property
    def account(self) -> Path:
        """The account."""
        return self.root / _ACCOUNTS / f"part-{self.number:05}.json"

    @property
    def drafts(self) -> Path:
        """The table ``tasks`` before anything was recovered from other documents."""
        return self.table(DRAFTS)

    @property
    def told(self) -> Path:
        """What the documents tell others."""
        return self.table(_TOLD)

    def files(self) -> list[Path]:
        """All of them; a bucket that lacks one is of no use."""
        return [*(self.table(name) for name in TABLES), self.drafts, self.told, self.account]

    def make_folders(self) -> None:
        """Makes the folders that the parts lie in."""
        for path in self.files():
            path.parent.mkdir(parents=True, exist_ok=True)


def known(root: Path) -> Iterator[tuple[Place, Account]]:
    """The whole buckets in a folder, with their accounts."""
    try:
        names = sorted(os.listdir(root / _ACCOUNTS))
    except OSError:
        return
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        place = Place(root, int(match[1]))
        account = Account.read(place.account)
        if account is not None and all(path.is_file() for path in place.files()):
            yield place, account


def put(source: Path, target: Path) -> None:
    """Makes a file stand at ``target`` too; as the same file where the filesystem can do that."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def is_same(one: Place, other: Place) -> bool:
    """Whether two buckets have the same rows, what was recovered from others aside: by the bytes of their parts."""
    names = [*(name for name in TABLES if name != "tasks"), DRAFTS, _TOLD]
    try:
        return all(filecmp.cmp(one.table(name), other.table(name), shallow=False) for name in names)
    except OSError:
        return False


class ToldWriter:
    """Writes what documents tell others."""

    def __init__(self, place: Place) -> None:
        self._writer: Any = pq.ParquetWriter(place.told, TOLD, compression="zstd")
        self._waiting: list[Any] = []

    def write(self, rows: Any) -> None:
        """Adds a table of ``TOLD``."""
        self._waiting.append(rows)

    def close(self, *, whole: bool) -> None:
        """Ends the file; all rows are one row group, so that the file depends on them alone."""
        try:
            if whole:
                rows = pa.concat_tables([TOLD.empty_table(), *self._waiting]).combine_chunks()
                self._writer.write_table(rows, row_group_size=max(rows.num_rows, 1))
            self._writer.close()
        finally:
            give_up(self._writer)
