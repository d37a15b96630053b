"""Lines of a million characters, columns and brackets: a form beside one is read, in time that grows with the text."""

from __future__ import annotations

from time import perf_counter
from typing import Final

import pytest

from extract import extract_bytes
from tests.test_cli import SAMPLE

MANY: Final = 1_000_000
# Seconds; on a busy machine too.
MOST: Final = 30.0
LINES: Final = {
    "one word": "甲" * MANY,
    "blanks": " " * MANY + "b",
    "columns": "甲\t" * MANY,
    "rule": "-" * MANY + "x",
    "rule of a table": "| a | b |\n|" + "-|" * (MANY // 2) + "x",
    "number": "0" * MANY + "甲",
    "brackets": "（" * MANY,
    "json": "[" * MANY,
    "objects": '{"a":' * (MANY // 5),
    "tags": "<b>" * (MANY // 3),
    "entities": "&#38;" * (MANY // 5),
    "quotes": '"' * MANY,
    "dates": "2024年" + "-至" * (MANY // 2),
}


@pytest.mark.parametrize("name", LINES)
def test_a_form_below_a_very_long_line(name: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    since = perf_counter()
    found = extract_bytes(f"{LINES[name]}\n{text}".encode(), source_path="a.txt")
    assert perf_counter() - since < MOST
    assert [(form.unit_code, form.fiscal_year, len(form.indicators)) for form in found.forms] == [("135", 2024, 22)]


def test_very_many_forms_in_one_file() -> None:
    count = 1000
    text = SAMPLE.read_text(encoding="utf-8")
    since = perf_counter()
    found = extract_bytes((text.rstrip("\n") + "\n").encode() * count, source_path="a.txt")
    assert perf_counter() - since < MOST
    assert {(form.unit_code, len(form.indicators)) for form in found.forms} == {("135", 22)}
    assert len(found.forms) == count
