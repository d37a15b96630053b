"""Some inputs at a time: read, learned from, and made tables of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from extract.batch.clock import Clock
from extract.batch.read import Read, internal_error, read_leaf
from extract.model import Extraction
from extract.readers.leaf import Leaf
from extract.tables.build import TableBuilder, to_tables

Learn = Callable[[Extraction], None]
Prepare = Callable[[Sequence[Leaf]], None]

_INPUTS: Final = 200
_BYTES: Final = 16 * 1024 * 1024


def chunks(inputs: Iterable[Leaf], count: int = _INPUTS, size: int = _BYTES) -> Iterator[list[Leaf]]:
    """``inputs`` in order, at most ``count`` of them at a time, and no more once they have ``size`` bytes."""
    chunk: list[Leaf] = []
    held = 0
    for leaf in inputs:
        chunk.append(leaf)
        held += len(leaf.data)
        if len(chunk) >= count or held >= size:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def is_full(chunk: Sequence[Leaf]) -> bool:
    """Whether inputs are enough to be made tables of."""
    return len(chunk) >= _INPUTS or sum(len(leaf.data) for leaf in chunk) >= _BYTES


class ChunkReader:
    """Makes tables of chunks. Whatever goes wrong with an input becomes a failure of that input.

    ``learn`` is told what was read of every input; ``prepare`` does for a chunk what is better done for many inputs at
    once.
    """

    def __init__(self, read: Read, learn: Learn, clock: Clock, prepare: Prepare | None = None) -> None:
        self._read = read
        self._learn = learn
        self._clock = clock
        self._prepare = prepare
        self._inputs: Sequence[Leaf] = ()
        self._spoilt: dict[str, Extraction] = {}
        self._builder: TableBuilder | None = None

    def begin(self, inputs: Sequence[Leaf]) -> None:
        """Takes in a chunk that is to be read."""
        self._inputs = inputs
        self._builder = TableBuilder()
        if self._prepare is not None:
            with self._clock("read"):
                self._prepare(inputs)

    def read(self, leaf: Leaf) -> Extraction:
        """Reads one input of the chunk; nothing else is in memory besides the tables made of those before."""
        extraction = self._take(leaf)
        try:
            with self._clock("tables"):
                if self._builder is not None:
                    self._builder.add(extraction)
        except Exception:  # noqa: BLE001 - which input it was, and whether it was this one, is found out at the end
            self._builder = None
        return extraction

    def tables(self) -> dict[str, Any]:
        """The eight tables of the chunk that was read."""
        try:
            if self._builder is not None:
                with self._clock("tables"):
                    return self._builder.finish()
        except Exception:  # noqa: BLE001, S110 - as above
            pass
        # All are read again, to be tried one by one.
        return self._build(self._sound(self._extraction(leaf)) for leaf in self._inputs)

    def _build(self, extractions: Iterable[Extraction]) -> dict[str, Any]:
        builder = TableBuilder()
        for extraction in extractions:
            with self._clock("tables"):
                builder.add(extraction)
        with self._clock("tables"):
            return builder.finish()

    def _take(self, leaf: Leaf) -> Extraction:
        """Reads an input for the first time, and learns from it."""
        extraction = self._extraction(leaf)
        try:
            with self._clock("recovery"):
                self._learn(extraction)
        except Exception as error:  # noqa: BLE001 - as in read_leaf
            extraction = self._spoilt[leaf.source_path] = _spoilt(extraction, error)
        return extraction

    def _extraction(self, leaf: Leaf) -> Extraction:
        if leaf.source_path in self._spoilt:
            return self._spoilt[leaf.source_path]
        with self._clock("read"):
            return read_leaf(leaf, self._read)

    def _sound(self, extraction: Extraction) -> Extraction:
        """The extraction, or a failure where no tables can be made of it."""
        try:
            to_tables([extraction])
        except Exception as error:  # noqa: BLE001 - as in read_leaf
            return _spoilt(extraction, error)
        return extraction


def _spoilt(extraction: Extraction, error: Exception) -> Extraction:
    return Extraction(extraction.source_path, extraction.source_sha256, None, None, [], (), internal_error(error))
