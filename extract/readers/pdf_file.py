"""What a PDF file is made of: its objects, its streams, its pages; of a file as programs write it.

A value stays the bytes that it is written in until somebody asks for it: a font says far more than its text needs.
Whatever is not as the programs of today write it raises Unusual. pdfium, which knows far more, reads the file then.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Final

from extract.patterns import re

# What a stream may unpack to, and all that are read of a file; more is pdfium's.
_LARGEST: Final = 16 * 1024 * 1024
_ALL: Final = 256 * 1024 * 1024
_MOST_PAGES: Final = 10_000
_DEEPEST: Final = 5
# How far behind a value its stream may begin, and how far before the end the place of the table may stand.
_TAIL: Final = 1024
_FARTHEST: Final = 32

_STRING: Final = rb"\((?:[^()\\]|\\.)*+\)"
_HEX: Final = rb"<[0-9A-Fa-f\s]*+>"


def _within(depth: int) -> bytes:
    """What may stand in brackets, with further brackets in it down to so many."""
    inner = rb"[^<>\[\]()%%]++|%s|%s" % (_STRING, _HEX)
    if depth:
        deeper = _within(depth - 1)
        inner += rb"|<<%s>>|\[%s\]" % (deeper, deeper)
    return rb"(?:%s)*+" % inner


_INNER: Final = _within(_DEEPEST)
_NAME: Final = rb"/[^\s/<>\[\]()%{}]*+"
_VALUE: Final = rb"%s|\d++\s++\d++\s++R\b|<<%s>>|\[%s\]|%s|%s|[-+.\w]++" % (_NAME, _INNER, _INNER, _STRING, _HEX)
_ENTRY: Final = re.compile(rb"\s*+(%s)\s*+(%s)\s*+|(.+)" % (_NAME, _VALUE), re.DOTALL)
_ITEM: Final = re.compile(rb"\s*+(%s)\s*+|(.+)" % _VALUE, re.DOTALL)
_REFERENCE: Final = re.compile(rb"(\d++)\s++\d++\s++R")
_OBJECT: Final = re.compile(rb"\s*+(\d++)\s++(\d++)\s++obj\s*+(%s)\s*+(?:endobj|(stream)\r?\n)" % _VALUE, re.DOTALL)
_TABLE: Final = re.compile(rb"\s*+xref\s*+")
_PART: Final = re.compile(rb"(\d++) (\d++) ?\r?\n")
_TRAILER: Final = re.compile(rb"\s*+trailer\s*+(<<%s>>)" % _INNER)
_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")

_ENTRY_SIZE: Final = 20
_IN_USE, _PACKED = 1, 2
# The stream that an object is packed in that there is none of.
_NOWHERE: Final = -1

Entries = dict[bytes, bytes]


class Unusual(Exception):
    """Something that is not read here."""


# What goes wrong with bytes that are not what they should be.
FAULTS: Final = (Unusual, ArithmeticError, LookupError, RecursionError, TypeError, ValueError, zlib.error)


class File:
    """A file whose table of objects could be read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _ALL
        # By number: where it stands in the file; or the number of the stream that it is packed in.
        self._at: dict[int, int] = {}
        self._packed_in: dict[int, int] = {}
        self._packs: dict[int, dict[int, bytes]] = {}
        self._trailer = self._read_tables()

    # ---- values

    def value(self, raw: bytes) -> bytes:
        """What a value says, or what it refers to."""
        for _ in range(_DEEPEST):
            found = _REFERENCE.fullmatch(raw)
            if found is None:
                return raw
            raw = self._object(int(found[1]))[0]
        raise Unusual

    def entries(self, raw: bytes) -> Entries:
        """The entries of a dictionary."""
        raw = self.value(raw)
        if raw[:2] != b"<<":
            raise Unusual
        found: list[tuple[bytes, bytes, bytes]] = _ENTRY.findall(raw, 2, len(raw) - 2)
        if found and found[-1][2]:
            raise Unusual
        return {name: value for name, value, _ in found}

    def items(self, raw: bytes) -> list[bytes]:
        """The items of an array; a value that is none is one alone."""
        found = self.value(raw)
        if found[:1] != b"[":
            return [raw]
        items: list[tuple[bytes, bytes]] = _ITEM.findall(found, 1, len(found) - 1)
        if items and items[-1][1]:
            raise Unusual
        return [value for value, _ in items]

    def words(self, raw: bytes) -> list[bytes]:
        """The items of an array of numbers, or of names."""
        raw = self.value(raw)
        if raw[:1] != b"[":
            raise Unusual
        return raw[1:-1].split()

    def numbers(self, raw: bytes) -> list[float]:
        """The numbers of an array."""
        return list(map(float, self.words(raw)))

    def number(self, raw: bytes) -> int:
        """A whole number."""
        return int(self.value(raw))

    def stream(self, raw: bytes) -> bytes:
        """What a stream holds, unpacked."""
        found = _REFERENCE.fullmatch(raw)
        if found is None:
            raise Unusual
        return self._unpacked(*self._object(int(found[1])))

    # ---- pages

    @cached_property
    def pages(self) -> list[Entries]:
        """What is said of each page, what it has from the node above included."""
        root = self.entries(self._trailer[b"/Root"])
        top = self.entries(root[b"/Pages"])
        count = self.number(top[b"/Count"])
        if count > _MOST_PAGES:
            raise Unusual
        found = list(islice(self._leaves(top, {}, set(), 0), count + 1))
        if len(found) != count:
            raise Unusual
        return found

    def _leaves(self, node: Entries, above: Entries, seen: set[bytes], depth: int) -> Iterator[Entries]:
        own: Entries = {**above, **{name: node[name] for name in _INHERITED if name in node}}
        if b"/Kids" not in node:
            yield {**own, **node}
            return
        if depth > _DEEPEST * 4:
            raise Unusual
        for kid in self.items(node[b"/Kids"]):
            if kid in seen:
                raise Unusual
            seen.add(kid)
            yield from self._leaves(self.entries(kid), own, seen, depth + 1)

    # ---- objects

    def _object(self, number: int) -> tuple[bytes, int]:
        """An object, and where its stream begins; -1 where it has none."""
        holder = self._packed_in.get(number)
        if holder is not None:
            return self._pack(holder)[number], -1
        return self._stated(self._at[number], number)

    def _stated(self, at: int, number: int | None) -> tuple[bytes, int]:
        found = _OBJECT.match(self._data, at)
        if found is None or (number is not None and int(found[1]) != number):
            raise Unusual
        return found[3], found.end() if found[4] else -1

    def _pack(self, holder: int) -> dict[int, bytes]:
        """The objects of a stream of objects, by number."""
        known = self._packs.get(holder)
        if known is None:
            raw, start = self._stated(self._at[holder], holder)
            said = self.entries(raw)
            count, first = int(said[b"/N"]), int(said[b"/First"])
            body = self._unpacked(raw, start)
            head = list(map(int, body[:first].split()))
            starts = [first + at for at in head[1::2]]
            if len(head) != 2 * count or starts != sorted(starts):
                raise Unusual
            known = {
                number: body[low:high].strip()
                for number, low, high in zip(head[::2], starts, [*starts[1:], len(body)], strict=True)
                if self._packed_in.get(number) == holder
            }
            self._packs[holder] = known
        return known

    def _unpacked(self, raw: bytes, start: int) -> bytes:
        if start < 0:
            raise Unusual
        said = self.entries(raw)
        end = start + self.number(said[b"/Length"])
        if not self._data[end : end + _FARTHEST].lstrip().startswith(b"endstream"):
            raise Unusual
        kind = said.get(b"/Filter")
        packed = self._data[start:end]
        if kind is None:
            return packed
        if self.items(kind) != [b"/FlateDecode"]:
            raise Unusual
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(packed, min(_LARGEST, self._left))
        self._left -= len(body)
        if not unpacker.eof or self._left <= 0:
            raise Unusual
        parameters = said.get(b"/DecodeParms")
        return body if parameters is None else _foretold(body, self.entries(parameters))

    # ---- tables

    def _read_tables(self) -> Entries:
        """Reads where the objects stand, from the newest table to the oldest; gives the newest trailer."""
        found = _START.search(self._data, max(0, len(self._data) - _TAIL))
        if found is None or not self._data.startswith(b"%PDF-1."):
            raise Unusual
        newest: Entries = {}
        at = int(found[1])
        seen = set()
        while True:
            if at in seen:
                raise Unusual
            seen.add(at)
            trailer = self._table(at) if _TABLE.match(self._data, at) else self._packed_table(at)
            if b"/Encrypt" in trailer or b"/XRefStm" in trailer:
                raise Unusual
            newest = newest or trailer
            if b"/Prev" not in trailer:
                return newest
            at = int(trailer[b"/Prev"])

    def _table(self, at: int) -> Entries:
        data = self._data
        begun = _TABLE.match(data, at)
        end = begun.end() if begun else at
        while part := _PART.match(data, end):
            first, count = int(part[1]), int(part[2])
            begin, end = part.end(), part.end() + count * _ENTRY_SIZE
            if end > len(data):
                raise Unusual
            for number, at in enumerate(range(begin, end, _ENTRY_SIZE), first):
                if data[at + 17 : at + 18] == b"n":
                    self._add(number, int(data[at : at + 10]))
                else:
                    self._packed_in.setdefault(number, _NOWHERE)
        found = _TRAILER.match(data, end)
        if found is None:
            raise Unusual
        return self.entries(found[1])

    def _packed_table(self, at: int) -> Entries:
        raw, start = self._stated(at, None)
        said = self.entries(raw)
        if said.get(b"/Type") != b"/XRef":
            raise Unusual
        body = self._unpacked(raw, start)
        one, two, three = map(int, self.numbers(said[b"/W"]))
        size = one + two + three
        if size <= 0:
            raise Unusual
        numbers = list(map(int, self.numbers(said.get(b"/Index", b"[0 %s]" % said[b"/Size"]))))
        at = 0
        for first, count in zip(numbers[::2], numbers[1::2], strict=True):
            if at + count * size > len(body):
                raise Unusual
            for number in range(first, first + count):
                kind = int.from_bytes(body[at : at + one]) if one else _IN_USE
                where = int.from_bytes(body[at + one : at + one + two])
                if kind == _IN_USE:
                    self._add(number, where)
                elif number not in self._at:
                    self._packed_in.setdefault(number, where if kind == _PACKED else _NOWHERE)
                at += size
        return said

    def _add(self, number: int, where: int) -> None:
        if number not in self._packed_in:
            self._at.setdefault(number, where)


_INHERITED: Final = (b"/Resources", b"/MediaBox", b"/CropBox", b"/Rotate")


def _foretold(body: bytes, parameters: Entries) -> bytes:
    """A table whose rows tell by how much they differ from the row above."""
    if parameters.get(b"/Predictor", b"1") == b"1":
        return body
    width = int(parameters[b"/Columns"]) + 1
    if parameters.keys() - {b"/Predictor", b"/Columns"} or len(body) % width:
        raise Unusual
    columns = []
    if set(body[::width]) != {2}:
        raise Unusual
    for at in range(1, width):
        total, column = 0, []
        for step in body[at::width]:
            total = (total + step) & 0xFF
            column.append(total)
        columns.append(column)
    return bytes([byte for row in zip(*columns, strict=True) for byte in row])
