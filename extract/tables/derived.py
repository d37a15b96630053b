"""Columns that follow from others of their row: whose a document is, and values in base units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from extract.corrections.fields import fit
from extract.dimensions import Dimensions, dimensions, in_base_unit
from extract.model import Extraction, Form
from extract.tables.schemas import schemas

OF_DOCUMENTS: Final = Dimensions._fields
OF_INDICATORS: Final = ("value_base", "unit_base")


def of_document(extraction: Extraction, form: Form) -> Dimensions:
    """The columns of a form's row in ``documents`` that say whose it is."""
    return dimensions(
        form.unit_name,
        form.unit_code,
        supervising_unit=form.supervising_unit,
        title=form.title,
        project_code=form.project_code,
        source_path=extraction.source_path,
        fiscal_year=form.fiscal_year,
    )


def of_indicators(codes: Any, numbers: Sequence[Decimal | None], units: Any) -> dict[str, Any]:
    """The columns ``OF_INDICATORS``: few pairs of a number and a unit are different ones, and each is worked out once.

    ``codes``: an int32 array, which of ``numbers`` each row has; ``units``: a string array. A product that the column
    does not hold stays with the number and the unit as they are.
    """
    kind = schemas()["indicators"].field("value_base").type
    coded = units.dictionary_encode(null_encoding="encode")
    known = coded.dictionary.to_pylist()
    width = max(len(known), 1)
    pairs = pc.add(pc.multiply(codes.cast(pa.int64()), width), coded.indices.cast(pa.int64())).dictionary_encode()
    values: list[Decimal | None] = []
    bases: list[str | None] = []
    for pair in pairs.dictionary.to_pylist():
        number, unit = numbers[pair // width], known[pair % width]
        value, base = in_base_unit(number, unit)
        if value is not None and fit(value, kind.precision, kind.scale) != value:
            value, base = number, unit
        values.append(value)
        bases.append(base)
    return {
        "value_base": pa.array(values, kind).take(pairs.indices),
        "unit_base": pa.array(bases, pa.string()).take(pairs.indices),
    }
