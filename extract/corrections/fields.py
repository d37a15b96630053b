"""The values that may be corrected, what each of them may be, and how it is written in a file of corrections.

Which they are, ``schemas/corrections.yaml`` says; their types are those of the tables' columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Any, Final, NamedTuple

from extract.clean import visible
from extract.errors import SchemaError
from extract.schemafiles import SCHEMAS, read_checked, schema_error

# A value as a form holds it.
Value = str | int | bool | Decimal | None

_DECIMAL: Final = re.compile(r"decimal128\((\d+), ?(\d+)\)")
_MONEY: Final = "decimal128(20,2)"
_NUMBER: Final = re.compile(r"-?[0-9]{1,60}(?:\.[0-9]{1,60})?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,20}")
_FLAGS: Final = {"true": True, "false": False}
_INT32: Final = range(-(1 << 31), 1 << 31)


class Unfit(ValueError):
    """A text that is no value of a column."""


class Column(NamedTuple):
    """A column of which values may be corrected; see ``schemas/corrections.yaml``.

    ``kind``: the type as the table's schema calls it. ``order``: its place among those of its table.
    """

    name: str
    kind: str
    order: int
    nullable: bool
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    basis: str | None = None
    elsewhere: bool = False
    follows: tuple[str, ...] = ()

    def value(self, text: str | None) -> Value:
        """The value that a text means; Unfit where the column cannot hold it."""
        if text is None:
            if not self.nullable:
                raise Unfit
            return None
        if self.kind == "string":
            return self._words(text)
        if self.kind == "bool":
            if text not in _FLAGS:
                raise Unfit
            return _FLAGS[text]
        if self.kind == "int32":
            if not _WHOLE.fullmatch(text) or int(text) not in _INT32:
                raise Unfit
            return int(text)
        return self._number(text)

    def _words(self, text: str) -> str:
        found = visible(text)
        known = found in self.one_of if self.one_of else re.fullmatch(self.pattern, found) or not self.pattern
        if not found or not known:
            raise Unfit
        return found

    def _number(self, text: str) -> Decimal:
        if not _NUMBER.fullmatch(text):
            raise Unfit
        found = Decimal(text)
        stored = self._stored(found)
        if stored is None or stored != found:
            raise Unfit
        # Amounts are read in cents.
        return stored if self.kind == _MONEY else found

    def _stored(self, value: Decimal) -> Decimal | None:
        found = _DECIMAL.fullmatch(self.kind)
        return fit(value, int(found[1]), int(found[2])) if found else value

    def text(self, value: Value) -> str | None:
        """A value as a file of corrections has it, numbers as the table holds them."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            stored = self._stored(value)
            return None if stored is None else plain_number(stored)
        return None if value is None else str(value)

    def is_same(self, value: Value, text: str | None) -> bool:
        """Whether a text means this value."""
        own = self.text(value)
        if own == text or own is None or text is None:
            return own == text
        try:
            return self.text(self.value(text)) == own
        except Unfit:
            return False

    @property
    def wanted(self) -> str:
        """What its values look like, in no language."""
        known = ", ".join(self.one_of) or self.pattern or ("true, false" if self.kind == "bool" else self.kind)
        return f"{known}, null" if self.nullable else known


def plain_number(value: Decimal) -> str:
    """A number in digits, without an exponent and without zeros at the end of its fraction."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def fit(value: Decimal | None, precision: int, scale: int) -> Decimal | None:
    """``value`` rounded half to even to ``scale`` digits; None where it has more than ``precision`` digits then."""
    if value is None or not value.is_finite():
        return None
    with localcontext() as context:
        context.prec = precision
        try:
            return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)
        except InvalidOperation:
            return None


@lru_cache(maxsize=1)
def tables() -> Mapping[str, Mapping[str, Column]]:
    """The columns of which values may be corrected, by table and name."""
    path = SCHEMAS / "corrections.yaml"
    data = read_checked(path, "corrections")
    return {table: dict(_columns(table, fields)) for table, fields in data.items()}


def _columns(table: str, fields: Mapping[str, Any]) -> list[tuple[str, Column]]:
    stored = read_checked(SCHEMAS / "tables" / f"{table}.yaml", "table")["columns"]
    kinds = {column["name"]: column for column in stored}
    found = []
    for order, (name, more) in enumerate(fields.items()):
        for at, wanted in ((), name), (("basis",), more.get("basis", name)):
            if wanted not in kinds:
                raise _unknown(table, (name, *at), wanted)
        own = kinds[name]
        nullable = own["nullable"] and not more.get("required", False)
        column = Column(
            name, own["type"], order, nullable, tuple(more.get("one_of", ())), more.get("pattern", ""),
            more.get("basis"), more.get("elsewhere", False), tuple(more.get("follows", ())),
        )  # fmt: skip
        found.append((name, column))
    return found


def _unknown(table: str, steps: tuple[str, ...], name: str) -> SchemaError:
    return schema_error(SCHEMAS / "corrections.yaml", (table, *steps), "schema_no_column", name=name, table=table)
