"""The files of an archive, one a line: what each is, and how many forms it has or why it has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract import catalogue
from extract.batch.chunk import chunks
from extract.batch.isolate import Isolation
from extract.batch.one import Inside
from extract.batch.read import read_leaf
from extract.messages import Speaker
from extract.model import Failure
from extract.readers import kinds
from extract.report.safe import safe

# Kinds that are told by more than the first bytes.
_TOLD: Final = {
    "text/html": "html",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
}


class Member(NamedTuple):
    """A file of an archive. ``kind``, ``size``: None where it could not be had."""

    source_path: str
    kind: str | None
    size: int | None
    forms: int
    failure: Failure | None


def members(inside: Inside, isolation: Isolation) -> Iterator[Member]:
    """The files of an archive, read one after the other."""
    for chunk in chunks(inside.leaves):
        isolation.prepare(chunk)
        for leaf in chunk:
            found = read_leaf(leaf, isolation.read)
            there = leaf.failure is None or leaf.data != b""
            kind = _TOLD.get(found.media_type or "", kinds.kind(leaf.data)) if there else None
            failure = found.failure if found.forms else found.failure or Failure("not_a_form")
            yield Member(leaf.source_path, kind, len(leaf.data) if there else None, len(found.forms), failure)


def as_dict(found: Sequence[Member]) -> list[dict[str, Any]]:
    """The files for machines."""
    return [{**member._asdict(), "failure": _failure(member.failure)} for member in found]


def _failure(failure: Failure | None) -> dict[str, str] | None:
    if failure is None:
        return None
    message = catalogue.failure_message(failure.code, failure.params)
    return {"code": failure.code, "message": message.en, "message_zh": message.zh}


def show(console: Console, inside: Inside, found: Sequence[Member], say: Speaker) -> None:
    """Prints the files, and below them how many there are."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)
    table.add_column(say("column_file"), ratio=2, overflow="fold")
    table.add_column(say("column_format"))
    table.add_column(say("column_bytes"), justify="right")
    table.add_column(say("column_forms"), justify="right")
    table.add_column(say("column_failure"), ratio=2, overflow="fold", style="red")
    for member in found:
        text = ""
        if member.failure is not None:
            text = safe(say.pick(catalogue.failure_message(member.failure.code, member.failure.params)))
        table.add_row(
            Text(safe(member.source_path)),
            member.kind or "–",
            "–" if member.size is None else f"{member.size:,}",
            str(member.forms),
            Text(text),
        )
    console.print(table)
    forms = sum(member.forms for member in found)
    console.print(Text(say("members_total", path=safe(inside.source_path), files=len(found), forms=forms), "dim"))
