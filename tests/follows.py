"""Whether a value follows from the texts at its places, by the words and the numbers alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

import regex

from extract.clean import plain, squash
from extract.interpret.funding import header_word
from extract.interpret.kinds import Kinds
from extract.profiles import default
from extract.vocabulary import Vocabulary

Row = dict[str, Any]

_NUMBER: Final = regex.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_ESCAPE: Final = regex.compile(r"\\([^\w\s])")


@cache
def _words() -> tuple[Vocabulary, Kinds]:
    vocabulary = default().finder
    return vocabulary, Kinds(vocabulary)


def follows(field: str, value: Any, texts: Sequence[str], basis: str, document: Row) -> bool:
    """Whether ``value`` of a column is what the texts at its places say.

    ``basis``: how it was come by; ``document``: the row of its form, which has the unit of amounts.
    """
    test = _TESTS.get(field, _literal)
    # Escapes and quotes that are doubled are the source's writing, and no part of the text.
    ways = (texts, [_ESCAPE.sub(r"\1", text) for text in texts], [text.replace('""', '"') for text in texts])
    return any(test(value, way, basis, document) for way in ways)


def _literal(value: str, texts: Sequence[str], basis: str, document: Row) -> bool:
    del basis, document
    return squash(value) in squash(plain("".join(texts)))


def numbers(text: str) -> list[Decimal]:
    """The numbers within a text."""
    folded = squash(plain(text)).replace("，", ",").replace("－", "-").replace("．", ".")
    return [Decimal(found.replace(",", "")) for found in _NUMBER.findall(folded)]


def _number(value: Any, texts: Sequence[str], basis: str, document: Row) -> bool:
    del basis, document
    return numbers("".join(texts))[:1] == [Decimal(value)]


def _amount(value: Decimal, texts: Sequence[str], basis: str, document: Row) -> bool:
    """A stated amount is its number in yuan; one that was worked out is the sum of those at its places."""
    money = _words()[0].profile.money
    if basis == "stated":
        texts = ["".join(texts)]
    total = Decimal(0)
    for text in texts:
        found = money.amount.match(squash(plain(text)))
        unit = found[2] if found is not None and found[2] else document["amount_unit"]
        total += sum(numbers(text)[:1]) * (money.yuan[unit] if unit else 1)
    return round(total, 2) == value


def _level(number: int) -> Callable[[str, Sequence[str], str, Row], bool]:
    def test(value: str, texts: Sequence[str], basis: str, document: Row) -> bool:
        del document
        vocabulary = _words()[0]
        text = plain("".join(texts))
        label = vocabulary.label(text) or vocabulary.label(squash(text))
        if basis == "inferred" and label is not None and label.level2 is not None:
            return vocabulary.parents[label.level2][0] == value
        named = label[number] if label is not None else None
        return value == named or squash(value) == squash(text)

    return test


def _operator(value: str, texts: Sequence[str], basis: str, document: Row) -> bool:
    del document
    vocabulary, kinds = _words()
    text = plain("".join(texts))
    if basis == "inferred":
        return value == ("=" if _NUMBER.fullmatch(squash(text)) else "定性")
    return value in (vocabulary.operators.get(text), kinds.operator(text), vocabulary.operators_after.get(text))


def _column(known: Callable[[Any], Any]) -> Callable[[str, Sequence[str], str, Row], bool]:
    def test(value: str, texts: Sequence[str], basis: str, document: Row) -> bool:
        if basis == "inferred":
            return value == "project" if document["form_kind"] == "project" else True
        profile = _words()[0].profile
        text = plain("".join(texts))
        words = [header_word(one, profile) for one in (text, *text.split())]
        return any(value in known(profile).get(word, ()) for word in words if word)

    return test


def _categories(profile: Any) -> dict[str, set[str]]:
    """A word for money that names no category stands for all of it, or for a project's."""
    found = {word: {"total", "project"} for word in (*profile.project_total, *profile.sources)}
    return found | {word: {category} for word, category in profile.categories.items()}


def _sources(profile: Any) -> dict[str, set[str]]:
    found = {word: {source} for word, source in profile.sources.items()}
    for word in (*profile.project_total, *profile.categories):
        found.setdefault(word, set()).add("total")
    return found


_TESTS: Final[dict[str, Callable[[Any, Sequence[str], str, Row], bool]]] = {
    "fiscal_year": _number,
    "value_number": _number,
    "weight": _number,
    "score": _number,
    "amount": _amount,
    "level1": _level(0),
    "level2": _level(1),
    "operator": _operator,
    "category": _column(_categories),
    "source": _column(_sources),
    # Our own words about the place.
    "recovery_source": lambda value, texts, basis, document: True,
}
