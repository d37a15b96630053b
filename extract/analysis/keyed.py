"""The indicators of an archive with the keys of their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from extract.analysis import frames, likeness, names
from extract.analysis.likeness import Key, Name
from extract.analysis.names import Language
from extract.tables.schemas import schemas

if TYPE_CHECKING:
    from extract.analysis.archive import Archive

_NAMED: Final = ("name", "level2")
_TYPES: Final = {"similarity": pa.float64(), "indicators": pa.int64()}
_FULL: Final = "indicators_full"


class Keyed:
    """Rows with keys of indicators, as the data frame that is asked for; types are those of ``Archive``."""

    def __init__(self, table: Any) -> None:
        self._table = table

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return list(self._table.column_names)

    def arrow(self) -> Any:
        """A ``pyarrow.Table``."""
        return self._table

    def pandas(self, *, floats: bool = False) -> Any:
        """A ``pandas.DataFrame``."""
        return frames.as_pandas(self._table, floats=floats)

    def polars(self, *, floats: bool = False) -> Any:
        """A ``polars.DataFrame``."""
        return frames.as_polars(self._table, floats=floats)

    def __repr__(self) -> str:
        return f"{self._table.num_rows:,} rows: {', '.join(self.columns)}"


def names_of(archive: Archive, least: float, language: Language) -> Keyed:
    """A row a name and second level with its key, those first that stand most often."""
    known = sorted(_names(archive), key=lambda one: (-one.indicators, one.name, one.level2 or ""))
    found = likeness.keys(known, least)
    schema = pa.schema(
        [*(schemas()["indicators"].field(name) for name in _NAMED), *_fields(*Key._fields, "indicators")]
    )
    columns = [*zip(*known, strict=True)] or [()] * 3
    keys = [*zip(*found, strict=True)] or [()] * 3
    arrays = [
        pa.array(values, field.type) for values, field in zip([*columns[:2], *keys, columns[2]], schema, strict=True)
    ]
    return Keyed(_called(pa.Table.from_arrays(arrays, schema=schema), language))


def rows_of(archive: Archive, columns: Sequence[str] | None, least: float, language: Language) -> Keyed:
    """The indicators with their documents, and with their keys."""
    full, _ = names.find(_FULL)
    schema = names.fields(full, ())
    chosen = names.chosen(_FULL, schema, columns)
    known = _names(archive)
    keys = dict(zip(((one.name, one.level2) for one in known), likeness.keys(known, least), strict=True))
    table = archive.arrow(_FULL, [*chosen, *(name for name in _NAMED if name not in chosen)])
    made = [keys.get(pair) for pair in zip(*(table[name].to_pylist() for name in _NAMED), strict=True)]
    found = table.select(chosen).cast(pa.schema([schema.field(name) for name in chosen]))
    for place, field in enumerate(_fields(*Key._fields)):
        found = found.append_column(field, pa.array([None if key is None else key[place] for key in made], field.type))
    return Keyed(_called(found, language))


def _names(archive: Archive) -> list[Name]:
    """The names of the indicators with their second levels, and how many there are of each."""
    counts: Counter[tuple[str, str | None]] = Counter()
    for batch in archive.batches("indicators", _NAMED):
        table = pa.table(batch)
        grouped = table.filter(pc.is_valid(table["name"])).group_by(list(_NAMED)).aggregate([([], "count_all")])
        for row in grouped.to_pylist():
            counts[row["name"], row["level2"]] += row["count_all"]
    return [Name(name, level2, count) for (name, level2), count in counts.items()]


def _fields(*wanted: str) -> list[Any]:
    """The columns that are told of keys."""
    told: Mapping[str, Mapping[str, str]] = {column["name"]: column for column in likeness.columns()}
    return [
        pa.field(
            name,
            _TYPES.get(name, pa.string()),
            metadata={word: text for word, text in told[name].items() if word != "name"},
        )
        for name in wanted
    ]


def _called(table: Any, language: Language) -> Any:
    return table.rename_columns(names.called(table.schema, table.column_names, language))
