"""Which documents of an archive are asked for, as Arrow, Polars and SQL say it."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from functools import reduce
from itertools import chain
from typing import Any, Final, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from extract.analysis.names import label
from extract.analysis.problems import ArchiveError
from extract.regions import regions
from extract.tables.schemas import schemas

KINDS: Final = {"整体支出": "department", "项目支出": "project"}
_CODE: Final = re.compile(r"[0-9A-Za-z]+")
_REGION: Final = re.compile(r"(\d\d){1,3}", re.ASCII)


class Match(NamedTuple):
    """What a column of ``documents`` has to be for a document to be asked for; no null is."""

    column: str
    how: Literal["is", "begins", "contains"]
    value: Any


# A document is asked for where one of them holds.
Condition = tuple[Match, ...]


def conditions(
    year: object = None, region: object = None, unit: object = None, kind: object = None, **columns: object
) -> tuple[Condition, ...]:
    """What was asked for (see ``Archive.where``) as conditions that all have to hold; ArchiveError where it cannot."""
    found = []
    if year is not None:
        found.append(_equal("fiscal_year", year, "year"))
    if region is not None:
        found.append(tuple(chain.from_iterable(_of_region(value) for value in _values(region))))
    if unit is not None:
        found.append(tuple(_coded(value, "unit", "unit_code", "unit_name") for value in _values(unit)))
    if kind is not None:
        wanted = [KINDS.get(value, value) if isinstance(value, str) else value for value in _values(kind)]
        for value in wanted:
            if value not in KINDS.values():
                told = ", ".join(f"{code} {word}" for word, code in KINDS.items())
                raise ArchiveError("archive_bad_filter", name="kind", value=value, known=told)
        found.append(_equal("form_kind", wanted, "kind"))
    for name, value in columns.items():
        if value is not None:
            found.append(_equal(_column(name), value, name))
    return tuple(found)


def _column(name: str) -> str:
    schema = schemas()["documents"]
    for field in schema:
        if name in (field.name, label(field)):
            return str(field.name)
    told = ", ".join(f"{field.name} {label(field)}" for field in schema)
    raise ArchiveError("archive_no_column", column=name, name="documents", known=told)


def _equal(column: str, values: object, name: str) -> Condition:
    kind = schemas()["documents"].field(column).type
    found = []
    for value in _values(values):
        try:
            made = pa.scalar(value, kind).as_py()
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise ArchiveError("archive_bad_filter", name=name, value=value, known=str(kind)) from error
        if made is None or made != value:
            raise ArchiveError("archive_bad_filter", name=name, value=value, known=str(kind))
        found.append(Match(column, "is", made))
    return tuple(found)


def _of_region(value: object) -> list[Match]:
    """A region takes in those within it: 510000 is a province and 511700 a city in it."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    codes = {text} if _REGION.fullmatch(text) else _codes_of(text)
    if not codes:
        raise ArchiveError("archive_bad_filter", name="region", value=value, known="GB/T 2260")
    return [Match("region_code", "begins", re.sub(r"(00){1,2}\Z", "", code)) for code in sorted(codes)]


def _codes_of(name: str) -> set[str]:
    """The codes of the regions with this name, of those whose names begin so, and of what is so called in full."""
    if not name:
        return set()
    known = regions()
    steps = known.steps(name)
    whole = steps[-1].codes if steps and steps[-1].end == len(name) else ()
    return {code for code, region in known.by_code.items() if region.name.startswith(name)} | set(whole)


def _coded(value: object, name: str, code: str, text: str) -> Match:
    """A code takes in those that begin with it; a name those that contain it."""
    if not isinstance(value, str) or not value.strip():
        raise ArchiveError("archive_bad_filter", name=name, value=value, known="string")
    value = value.strip()
    return Match(code, "begins", value) if _CODE.fullmatch(value) else Match(text, "contains", value)


def _values(value: object) -> list[object]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes) else [value]


def as_arrow(wanted: Iterable[Condition]) -> Any:
    """The conditions as a ``pyarrow.compute.Expression``; None where there are none."""
    each = [_either(condition, _arrow, pc.scalar(value=False)) for condition in wanted]
    return reduce(operator.and_, each) if each else None


def as_polars(wanted: Iterable[Condition], polars: Any) -> Any:
    """The conditions as a ``polars.Expr``; ``polars``: the module."""
    each = [_either(own, lambda match: _polars(match, polars), polars.lit(value=False)) for own in wanted]
    return reduce(operator.and_, each, polars.lit(value=True))


def as_sql(wanted: Iterable[Condition]) -> str:
    """The conditions as what stands behind WHERE."""
    each = ["(" + (" OR ".join(map(_sql, condition)) or "FALSE") + ")" for condition in wanted]
    return " AND ".join(each) or "TRUE"


def as_text(wanted: Iterable[Condition]) -> str:
    """The conditions as a person reads them."""
    signs = {"is": "=", "begins": "^=", "contains": "~"}
    each = (
        " or ".join(f"{match.column} {signs[match.how]} {match.value}" for match in condition) for condition in wanted
    )
    return "; ".join(text or "nothing" for text in each)


def literal(value: object) -> str:
    """A value as SQL writes it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def _either(condition: Condition, made: Any, never: Any) -> Any:
    return reduce(operator.or_, map(made, condition)) if condition else never


def _arrow(match: Match) -> Any:
    field = pc.field(match.column)
    if match.how == "is":
        return field == pc.scalar(match.value)
    return (pc.starts_with if match.how == "begins" else pc.match_substring)(field, match.value)


def _polars(match: Match, polars: Any) -> Any:
    column = polars.col(match.column)
    if match.how == "is":
        return column == polars.lit(match.value)
    return (
        column.str.starts_with(match.value) if match.how == "begins" else column.str.contains(match.value, literal=True)
    )


def _sql(match: Match) -> str:
    column, value = f'"{match.column}"', literal(match.value)
    if match.how == "is":
        return f"{column} = {value}"
    return f"{'starts_with' if match.how == 'begins' else 'contains'}({column}, {value})"
