"""Files of corrections: JSON, one object a line, each about one value of one form.

Of several lines for the same value the last one counts, also over several files.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.corrections.fields import Column, Unfit, tables
from extract.errors import UsageError

_BOM: Final = "\ufeff"
_SHOWN: Final = 60
_SHA256: Final = 64
# Halves of characters, which JSON can hold and no table can.
_SURROGATES: Final = frozenset(map(chr, range(0xD800, 0xE000)))


class Correction(NamedTuple):
    """One line of a file, its keys: ``old`` and ``new`` are texts as ``fields.Column`` writes values.

    ``new`` equal to ``old`` confirms the value. ``seq`` is None in the table ``documents``.
    """

    source_sha256: str
    source_path: str
    form_index: int
    table: str
    seq: int | None
    field: str
    old: str | None
    new: str | None
    who: str = ""
    why: str = ""
    at: str = ""

    @property
    def column(self) -> Column:
        """The column whose value it is about."""
        return tables()[self.table][self.field]

    @property
    def place(self) -> tuple[int, str, int | None, str]:
        """The value within its source."""
        return self.form_index, self.table, self.seq, self.field

    @property
    def order(self) -> tuple[int, int, int, int, str]:
        """What corrections are sorted by: the place of the value in the tables."""
        table = list(tables()).index(self.table)
        return self.form_index, table, -1 if self.seq is None else self.seq, self.column.order, self.source_sha256

    def line(self) -> str:
        """The line of a file that says this."""
        return json.dumps(self._asdict(), ensure_ascii=True, separators=(",", ":"))


_Keys = tuple[str, ...]
_NEEDED: Final[_Keys] = Correction._fields[: -len(Correction._field_defaults)]


@dataclass(frozen=True, slots=True, eq=False)
class Corrections:
    """What was said of values, the last word of each; by the hash of the source and by its path."""

    every: Sequence[Correction]
    _by_hash: Mapping[str, Sequence[Correction]] = field(init=False, repr=False)
    _by_path: Mapping[str, Sequence[Correction]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_hash", _grouped(self.every, "source_sha256"))
        object.__setattr__(self, "_by_path", _grouped(self.every, "source_path"))

    @property
    def hashes(self) -> Iterable[str]:
        """The sources that they are about, by their hashes."""
        return self._by_hash.keys()

    @property
    def paths(self) -> Iterable[str]:
        """And by their paths."""
        return self._by_path.keys()

    def of(self, source_path: str, source_sha256: str) -> list[Correction]:
        """Those about a source: with its hash, wherever it lay; and those about what lay at its path before.

        What was said of a value before counts no more where something was said of it since.
        """
        own = self._by_hash.get(source_sha256, ())
        before = [one for one in self._by_path.get(source_path, ()) if one.source_sha256 != source_sha256]
        if before:
            known = {one.place for one in own}
            before = [one for one in before if one.place not in known]
        return sorted([*own, *before], key=lambda one: one.order)

    def digest(self, sources: Iterable[tuple[str, str]]) -> str:
        """What tells those about these sources (path and hash) from others; "" where there are none."""
        lines = sorted({one.line() for path, sha256 in sources for one in self.of(path, sha256)})
        return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""

    def __len__(self) -> int:
        return len(self.every)


def _grouped(every: Iterable[Correction], key: str) -> Mapping[str, Sequence[Correction]]:
    found: dict[str, list[Correction]] = defaultdict(list)
    for one in every:
        found[getattr(one, key)].append(one)
    return found


def load_corrections(*paths: str | Path) -> Corrections:
    """What the files say, in their order. UsageError names the file and the line where one is not sound."""
    found: dict[tuple[Any, ...], Correction] = {}
    for path in paths:
        for one in _read(Path(path)):
            key = (one.source_sha256, one.place)
            # The paths of moved copies differ; their hash is one, and so is what is said of them.
            found.pop(key, None)
            found[key] = one
    return Corrections(tuple(found.values()))


def _read(path: Path) -> Iterator[Correction]:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError("corrections_unreadable", path=str(path), reason=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UsageError("corrections_unreadable", path=str(path), reason="not UTF-8") from error
    # Not splitlines: what ends a line for it may stand within a JSON text.
    for number, line in enumerate(text.removeprefix(_BOM).split("\n"), 1):
        if line.strip():
            yield _Line(f"{path}:{number}", line).correction()


class _Line:
    """A line that is looked at; UsageErrors name it."""

    def __init__(self, where: str, text: str) -> None:
        self._where = where
        try:
            data = json.loads(text, object_pairs_hook=self._pairs)
        except (ValueError, RecursionError) as error:
            raise self._error("correction_no_json", reason=str(error)) from error
        if not isinstance(data, dict):
            raise self._error("correction_no_json", reason=f"{_short(data)}")
        self._data: dict[str, Any] = data

    def _pairs(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            names = [name for name, _ in pairs]
            raise self._error("correction_key_twice", name=next(name for name in names if names.count(name) > 1))
        return data

    def correction(self) -> Correction:
        """What it says."""
        unknown = next((key for key in self._data if key not in Correction._fields), None)
        if unknown is not None:
            raise self._error("correction_key_unknown", name=_short(unknown), known=", ".join(Correction._fields))
        missing = next((key for key in _NEEDED if key not in self._data), None)
        if missing is not None:
            raise self._error("correction_key_missing", name=missing)
        found = Correction(
            self._hash(), self._words("source_path"), self._number("form_index"), self._table(), self._seq(),
            self._field(), self._words_or_null("old"), self._words_or_null("new"),
            *(self._words(key) if key in self._data else "" for key in ("who", "why", "at")),
        )  # fmt: skip
        self._check(found)
        return found

    def _check(self, found: Correction) -> None:
        if found.at:
            try:
                datetime.fromisoformat(found.at)
            except ValueError:
                raise self._bad("at", found.at, "2024-05-31T09:30:00+08:00") from None
        try:
            found.column.value(found.new)
        except Unfit:
            raise self._bad("new", found.new, found.column.wanted) from None

    def _hash(self) -> str:
        found = self._words("source_sha256").lower()
        if len(found) != _SHA256 or not set(found) <= set("0123456789abcdef"):
            raise self._bad("source_sha256", found, "SHA-256, [0-9a-f]{64}")
        return found

    def _words(self, key: str) -> str:
        found = self._words_or_null(key)
        if found is None:
            raise self._bad(key, None, '"…"')
        return found

    def _words_or_null(self, key: str) -> str | None:
        found = self._data[key]
        wanted = '"…", null' if key in ("old", "new") else '"…"'
        if found is not None and not (isinstance(found, str) and _SURROGATES.isdisjoint(found)):
            raise self._bad(key, found, wanted)
        return found

    def _number(self, key: str) -> int:
        found = self._data[key]
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise self._bad(key, found, "0, 1, 2, …")
        return found

    def _table(self) -> str:
        found = self._words("table")
        if found not in tables():
            raise self._bad("table", found, ", ".join(tables()))
        return found

    def _seq(self) -> int | None:
        if self._table() != "documents":
            return self._number("seq")
        if self._data["seq"] is not None:
            raise self._bad("seq", self._data["seq"], "null")
        return None

    def _field(self) -> str:
        found, known = self._words("field"), tables()[self._table()]
        if found not in known:
            raise self._bad("field", found, ", ".join(known))
        return found

    def _bad(self, key: str, value: object, wanted: str) -> UsageError:
        return self._error("correction_bad", name=key, value=_short(value), wanted=wanted)

    def _error(self, message: str, **params: object) -> UsageError:
        return UsageError(message, where=self._where, **params)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
