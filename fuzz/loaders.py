"""What people write for it: form profiles and corrections; and the texts that documents tell one another."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from extract import recover
from extract.api import corrected, extract_bytes
from extract.batch.convert import told_table
from extract.batch.recovery import patches_of
from extract.corrections.fields import tables
from extract.corrections.file import load_corrections
from extract.errors import SchemaError, UsageError
from extract.model import Extraction
from extract.profiles import default, load
from extract.recover import TaskPatch, Told, Widths
from fuzz.seeds import SMALL
from tests.sound import check_sound, check_tables

_PATH: Final = "input"
_REFUSALS: Final = frozenset(
    {
        "correction_bad",
        "correction_key_missing",
        "correction_key_twice",
        "correction_key_unknown",
        "correction_no_json",
        "corrections_unreadable",
    }
)


@cache
def _folder() -> Path:
    """A folder for what is read from files; it is empty between two inputs."""
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def profile(data: bytes) -> None:
    """A profile is refused with what is wrong with it, or forms are read by it as by any other."""
    path = _folder() / "own.yaml"
    path.write_bytes(data)
    try:
        library = load(path.parent)
    except (SchemaError, UsageError) as error:
        assert str(error)
        return
    finally:
        path.unlink()
    check_sound(extract_bytes(SMALL, source_path=_PATH, forms=library), library)


@cache
def _read() -> Extraction:
    return extract_bytes(SMALL, source_path=_PATH)


def corrections(data: bytes) -> None:
    """A file of corrections is refused with the line that is wrong, or what it says is applied or found not to fit."""
    path = _folder() / "said.jsonl"
    path.write_bytes(data)
    try:
        said = load_corrections(path)
    except UsageError as error:
        assert error.key in _REFUSALS, error.key
        return
    finally:
        path.unlink()
    found = corrected(_read(), said, default())
    rows = check_tables([found])
    about = said.of(_PATH, found.source_sha256)
    codes = {row["code"] for row in rows["findings"]}
    assert not about or codes & {"corrected", "confirmed", "correction_stale"}, (about, codes)


def said() -> Iterator[bytes]:
    """Corrections of every column of the form, one file each, and one file of all."""
    lines = []
    for table, columns in tables().items():
        for field in columns:
            line = {
                "source_sha256": _read().source_sha256,
                "source_path": _PATH,
                "form_index": 0,
                "table": table,
                "seq": None if table == "documents" else 0,
                "field": field,
                "old": None,
                "new": "5",
                "who": "甲",
            }
            lines.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    yield from lines
    yield b"".join(lines)


# ---- recovery

_CODES: Final = (None, "121", "121001", "122", "12", "1210")
_STARTS: Final = (
    "开展法律援助工作，进一步规范案件受理、指派、承办和监督流程",
    "组织开展面向全县各乡镇的法治宣传教育活动，覆盖机关企业学校",
)
_RESTS: Final = ("", "，办好实事。", "，办好实事。再办一件。", "。", "；其他")
_LENGTHS: Final = (12, 20, 24, 28, 29, 30)


def check_recovery(data: bytes) -> None:
    """What is recovered is the one way in which texts of the same department go on, as a slow search finds it."""
    texts = _texts(data)
    widths = Widths()
    for folder, wide in recover.widths(texts).items():
        widths.add(folder, wide)
    limits = widths.limits()
    # In the tables of two buckets.
    tables = [told_table([one for one in texts if (one.source_path < "b") == first]) for first in (True, False)]
    found = [patch for _, patch in patches_of(tables, limits)]
    places = [(one.source_path, one.form_index, one.seq) for one in found]
    assert len(set(places)) == len(places)
    by_place = {(one.source_path, one.form_index, one.seq): one for one in texts if one.table == "tasks"}
    for patch in found:
        own = by_place[patch.source_path, patch.form_index, patch.seq]
        assert not own.settled
        _check(patch, own, texts)
    patched = {place: patch.content_recovered for place, patch in zip(places, found, strict=True)}
    for place, one in by_place.items():
        if one.truncated and not one.settled and one.unit_code:
            assert patched.get(place) == _wholes(one, texts), one


def _texts(data: bytes) -> list[Told]:
    """Texts of tasks and goals, five bytes each, of some documents of some units."""
    found: list[Told] = []
    seqs: dict[tuple[str, str], int] = {}
    codes: dict[str, str | None] = {}
    for at in range(0, len(data) - 4, 5):
        who, what, length, rest, flags = data[at : at + 5]
        path = f"{'ab'[who & 1]}/{who >> 1 & 7}"
        code = codes.setdefault(path, _CODES[(who >> 4) % len(_CODES)])
        table = "goals" if what & 1 and code else "tasks"
        cut = bool(flags & 1) and table == "tasks"
        start = _STARTS[what >> 1 & 1]
        text = start[: _LENGTHS[length % len(_LENGTHS)]] if cut else start + _RESTS[rest % len(_RESTS)]
        if flags & 2 and not cut:
            text = f"一是抓好工作；{text}"
        seq = seqs[path, table] = seqs.get((path, table), -1) + 1
        found.append(
            Told(
                path,
                0,
                table,
                seq,
                code,
                text,
                cut,
                bool(flags & 4),
                table == "goals" or bool(flags & 8),
                2 * len(text),
            )
        )
    return sorted(found, key=lambda one: one.source_path)


def _check(patch: TaskPatch, own: Told, texts: Sequence[Told]) -> None:
    if patch.content_recovered is None:
        assert patch.recovery_source is None
        return
    assert patch.content_recovered.startswith(own.text)
    assert len(patch.content_recovered) > len(own.text)
    (source,) = [one for one in texts if one.where == patch.recovery_source]
    assert patch.content_recovered in source.text
    assert source.form != own.form


def _wholes(own: Told, texts: Sequence[Told]) -> str | None:
    """The whole of a text that other forms of the department have, where they all go on alike; the slow way."""
    found: Mapping[str, None] = dict.fromkeys(
        whole
        for other in texts
        if not other.truncated and other.form != own.form and _is_related(own.unit_code, other.unit_code)
        for at in range(len(other.text))
        if (whole := recover._whole(other.text, at, at + len(own.text))) and other.text.startswith(own.text, at)
    )
    return next(iter(found)) if len(found) == 1 and len(own.text) >= recover._SHORTEST else None


def _is_related(one: str | None, other: str | None) -> bool:
    if not one or not other or min(len(one), len(other)) < recover._SHORTEST_CODE:
        return one is not None and one == other
    return one.startswith(other) or other.startswith(one)
