"""What a run left behind, opened for questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from extract.analysis import duck, filters, frames, keyed, lazy, names, rows
from extract.analysis.duck import Answer
from extract.analysis.filters import Condition
from extract.analysis.folder import Folder, open_folder
from extract.analysis.keyed import Keyed
from extract.analysis.names import KEY, Language, Source
from extract.tables.schemas import TABLES, schemas

_AT_A_GLANCE: Final = ("form_kind", "fiscal_year", "unit_name", "status")


@dataclass(frozen=True, eq=False, repr=False)
class Archive:
    """An output folder, of which tables and views are asked for by name; nothing is read before.

    Names of tables and columns are English or Chinese (``indicators`` or ``指标``, ``weight`` or ``权重``). A table
    that is asked for by its Chinese name has Chinese columns, unless ``language`` says otherwise (``"en"``, ``"zh"``).
    ``tables`` and ``views`` list them.

    All methods that read raise ArchiveError (a ``UsageError``) for a name that there is not, for a file that cannot be
    read, and where a package is missing: ``pip install 'pifubiao[analysis]'``.
    """

    folder: Folder
    wanted: tuple[Condition, ...] = ()

    @property
    def tables(self) -> dict[str, str]:
        """The names of the tables, English and Chinese."""
        return {source.name: source.label_zh for source in names.sources().values() if source.kind == "table"}

    @property
    def views(self) -> dict[str, str]:
        """The names of the joined views, English and Chinese.

        ``indicators_full`` and the like: the rows of a table with the columns of their documents; ``funding_wide``: a
        row a document with a column for each category and source of funding, ``basic_fiscal``.
        """
        return {source.name: source.label_zh for source in names.sources().values() if source.kind != "table"}

    def where(
        self,
        *,
        year: object = None,
        region: object = None,
        unit: object = None,
        kind: object = None,
        **columns: object,
    ) -> Archive:
        """The archive of some documents alone, with their rows in all other tables; ``failures`` stays whole.

        Each argument is a value or several, of which one has to hold: ``year=range(2022, 2025)``. ``region``: a code of
        GB/T 2260 (``"51"``, ``"511700"``) or what a region's name begins with (``"四川"``, ``"四川省达州市"``), with
        all regions in it; a name that several have stands for all of them. ``unit``: a unit's code with those that
        begin with it, or a part of its name. ``kind``: ``"department"`` (整体支出) or ``"project"`` (项目支出). Every
        other column of ``documents`` can be asked for by its name: ``status="error"``. What a document does not say,
        it is not found by. ArchiveError for a value that cannot be one of the column.
        """
        found = filters.conditions(year=year, region=region, unit=unit, kind=kind, **columns)
        return replace(self, wanted=(*self.wanted, *found))

    def schema(self, name: str) -> Any:
        """The ``pyarrow.Schema`` of a table or view; metadata of fields: ``label_zh``, ``description``."""
        return self._fields(names.find(name)[0])

    def columns(self, name: str, *, language: Language | None = None) -> list[str]:
        """The names of the columns of a table or view."""
        source, asked = names.find(name)
        schema = self._fields(source)
        return names.called(schema, schema.names, language or asked)

    def count(self, name: str) -> int:
        """How many rows a table or view has."""
        source, _ = names.find(name)
        if not self.wanted or KEY not in schemas()[source.table].names:
            return self.folder.rows("documents" if source.kind == "wide" else source.table)
        key = "documents" if source.kind == "wide" else source.table
        return sum(batch.num_rows for batch in self.batches(key, columns=[KEY]))

    def arrow(self, name: str, columns: Sequence[str] | None = None, *, language: Language | None = None) -> Any:
        """A ``pyarrow.Table``. Money is decimal128(20, 2), weights and values decimal128(38, 10), years int32.

        Rows stand in the order of the output, and those of one document in the order of the source.
        """
        return self.batches(name, columns, language=language).read_all()

    def batches(self, name: str, columns: Sequence[str] | None = None, *, language: Language | None = None) -> Any:
        """A ``pyarrow.RecordBatchReader`` with the rows of ``arrow``: what does not fit into memory is read by it."""
        source, asked = names.find(name)
        schema = self._fields(source)
        chosen = names.chosen(name, schema, columns)
        given = pa.schema(
            [
                schema.field(column).with_name(called)
                for column, called in zip(chosen, names.called(schema, chosen, language or asked), strict=True)
            ]
        )
        found = rows.batches(self.folder, self._parts, source, chosen, schema, filters.as_arrow(self.wanted))
        return pa.RecordBatchReader.from_batches(given, (pa.record_batch(one.columns, given) for one in found))

    def pandas(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        language: Language | None = None,
        floats: bool = False,
    ) -> Any:
        """A ``pandas.DataFrame``.

        Decimals are of dtype ``decimal128(20, 2)[pyarrow]``: sums are exact, a mean has the places of what it is of;
        with ``floats`` they are ``float64``, as plots want them. Whole numbers are ``Int32``, truth ``boolean``, text
        ``str``, confidence ``float64``. A null is ``<NA>``, and ``NaN`` in text and floats.
        """
        return frames.as_pandas(self.arrow(name, columns, language=language), floats=floats)

    def polars(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        language: Language | None = None,
        floats: bool = False,
    ) -> Any:
        """A ``polars.DataFrame``: ``Decimal(20, 2)`` (or ``Float64``), ``Int32``, ``Boolean``, ``String``."""
        return frames.as_polars(self.arrow(name, columns, language=language), floats=floats)

    def scan(self, name: str, columns: Sequence[str] | None = None, *, language: Language | None = None) -> Any:
        """A ``polars.LazyFrame``: what is asked of it goes down to the files, which are read when it is collected."""
        source, asked = names.find(name)
        schema = self._fields(source)
        chosen = names.chosen(name, schema, columns)
        frame = lazy.scan(self.folder, source, self._parts, self.wanted).select(chosen)
        return frame.rename(dict(zip(chosen, names.called(schema, chosen, language or asked), strict=True)))

    def indicator_keys(self, *, min_similarity: float = 90.0, language: Language = "en") -> Keyed:
        """Which names of indicators are one: a row a name and second level, the most frequent first.

        Columns: ``name``, ``level2``, ``indicator_key``, ``representative``, ``similarity`` (0 to 100) and
        ``indicators``, how many there are. ``extract.analysis.likeness.keys`` says when two names are one, and what
        ``min_similarity`` is; 100 leaves only what is said in the same words. ArchiveError where rapidfuzz is missing.
        """
        return keyed.names_of(self, min_similarity, language)

    def indicators_keyed(
        self,
        columns: Sequence[str] | None = None,
        *,
        min_similarity: float = 90.0,
        language: Language | None = None,
    ) -> Keyed:
        """The rows of ``indicators_full`` with ``indicator_key``, ``representative`` and ``similarity``.

        Together with ``unit_key`` they say which targets of two years are of one unit and one indicator. Rows stand in
        the order of the output; an indicator without a name has no key.
        """
        return keyed.rows_of(self, columns, min_similarity, language or "en")

    def sql(self, question: str, values: Sequence[object] | Mapping[str, object] | None = None) -> Answer:
        """The answer of DuckDB to a SELECT over all tables and views, by their English or Chinese names.

        ``values``: for the ``?`` or ``$name`` in it. ArchiveError tells what DuckDB finds wrong with it.
        """
        return duck.ask(self._connection, question, values)

    def connect(self) -> Any:
        """A new DuckDB connection in memory that has all tables and views, for what more than questions is wanted."""
        return duck.connect(self.folder, self._parts, self.wanted)

    @cached_property
    def _connection(self) -> Any:
        return self.connect()

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        """The parts in which there are documents that are wanted; the first where there are none, for its columns."""
        if not self.wanted:
            return self.folder.parts
        return self.folder.parts_with(filters.as_arrow(self.wanted)) or self.folder.parts[:1]

    def _fields(self, source: Source) -> Any:
        return names.fields(source, names.in_order(self.folder.pairs) if source.kind == "wide" else ())

    def __repr__(self) -> str:
        read = self.batches("documents", _AT_A_GLANCE)
        counts: dict[str, Counter[Any]] = {name: Counter() for name in _AT_A_GLANCE}
        for batch in read:
            for name in _AT_A_GLANCE:
                counts[name].update(batch.column(name).to_pylist())
        return _shown(self, counts)


def _shown(archive: Archive, counts: Mapping[str, Counter[Any]]) -> str:
    """What is in an archive, at a glance."""
    total = counts["status"].total()
    years = sorted(year for year in counts["fiscal_year"] if year is not None)
    units = len([name for name in counts["unit_name"] if name is not None])
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts["form_kind"].items()))
    span = (f"{years[0]}" if years[0] == years[-1] else f"{years[0]}–{years[-1]}") if years else "no year"
    lines = [f"Archive {archive.folder.path}: {total:,} documents ({told or 'none'}), {span}, {units:,} units"]
    if archive.wanted:
        lines.append(f"where   {filters.as_text(archive.wanted)}")
    lines.append(
        "status  " + ", ".join(f"{counts['status'][status]:,} {status}" for status in ("ok", "warning", "error"))
    )
    sizes = {name: total if name == "documents" else archive.count(name) for name in TABLES}
    lines.append("tables  " + " · ".join(f"{name} {archive.tables[name]} {size:,}" for name, size in sizes.items()))
    lines.append("views   " + " · ".join(f"{name} {word}" for name, word in archive.views.items()))
    return "\n".join(lines)


def open_archive(path: str | Path) -> Archive:
    """The archive in an output folder, here or at an address (``s3://bucket/out``).

    ArchiveError where there is none, where it is no output folder or one that a run is still writing, and where its
    tables are those of another version of this package.
    """
    return Archive(open_folder(path))
