"""Some inputs at a time: read, learned from, and made tables of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from extract.batch.clock import Clock
from extract.batch.read import Read, internal_error, read_leaf
from extract.model import Extraction
from extract.readers.leaf import Leaf
from extract.recover import Archive
from extract.tables.build import TableBuilder, to_tables

Progress = Callable[[int], None]
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


class ChunkReader:
    """Makes tables of chunks. Whatever goes wrong with an input becomes a failure of that input.

    ``archive`` learns from every input; ``progress`` is told each time one more was read; ``prepare`` does for a chunk
    what is better done for many inputs at once.
    """

    def __init__(
        self, read: Read, archive: Archive, clock: Clock, progress: Progress, prepare: Prepare | None = None
    ) -> None:
        self._read = read
        self._archive = archive
        self._clock = clock
        self._progress = progress
        self._prepare = prepare
        self._done = 0
        self._spoilt: dict[str, Extraction] = {}

    def tables(self, inputs: Sequence[Leaf]) -> dict[str, Any]:
        """The eight tables of a chunk. Only one form at a time is in memory besides them."""
        if self._prepare is not None:
            with self._clock("read"):
                self._prepare(inputs)
        extractions = map(self._take, inputs)
        try:
            return self._build(extractions)
        except Exception:  # noqa: BLE001 - which input it was is found out below
            for _ in extractions:
                pass
            # All are read again, to be tried one by one.
            return self._build(self._sound(self._extraction(leaf)) for leaf in inputs)

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
                self._archive.add(extraction)
        except Exception as error:  # noqa: BLE001 - as in read_leaf
            extraction = self._spoilt[leaf.source_path] = _spoilt(extraction, error)
        self._done += 1
        self._progress(self._done)
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
