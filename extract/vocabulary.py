"""The words of the forms, read from ``schemas/`` once and checked: labels, operators, grades, units, headers.

A word is looked up as it stands first and squashed second (white space removed, brackets and digits folded), so that
the common spelling costs one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import regex

from extract.clean import squash
from extract.errors import SchemaError
from extract.schemafiles import SCHEMAS, read_checked

# A score, a range of scores or a hint that a label carries: （50分）, (0-20)分, （必填）.
_HINT: Final = regex.compile(r"[(\[](?:[\d.\-~]{1,8}%?分?|必填|选填|可选|工期指标|[\d.]{1,5}%)[)\]]分?$")
# What may follow a word of the page's furniture: nothing, a colon, a bracket, a number.
_ENDS: Final = frozenset(["", *":：(（ \u3000\t0123456789"])
_SCORE: Final = regex.compile(r"\d{1,3}分$")


class Label(NamedTuple):
    """What a level label can mean: names of the standard tree, None where it cannot be that level; or a root."""

    level1: str | None = None
    level2: str | None = None
    root: bool = False

    @property
    def kind(self) -> str:
        """One letter for the row grammar: R root, 1 first level, 2 second level, B either."""
        if self.root:
            return "R"
        if self.level1 and self.level2:
            return "B"
        return "1" if self.level1 else "2"


@dataclass(frozen=True, slots=True, eq=False)
class FormProfile:
    """What the printed parts of a kind of form are called; all keys are squashed words."""

    name: str
    kinds: Mapping[str, str]
    title_contains: tuple[str, ...]
    title_ends: tuple[str, ...]
    sections: Mapping[str, str]
    section_prefixes: tuple[str, ...]
    fields: Mapping[str, str]
    columns: Mapping[str, str]
    task_columns: Mapping[str, str]
    categories: Mapping[str, str]
    project_total: frozenset[str]
    funding_pass: frozenset[str]
    total_ends: tuple[str, ...]
    source_suffixes: tuple[str, ...]
    sources: Mapping[str, str]
    parts_of: Mapping[str, str]
    cuts: Mapping[str, tuple[int, ...]]
    furniture: tuple[str, ...]
    furniture_signs: tuple[str, ...]

    def is_furniture(self, text: str) -> bool:
        """Whether a line with this text belongs to the page and not to the form: a stamp, a date, a link."""
        if text.startswith(self.furniture_signs):
            return True
        if not text.startswith(self.furniture):
            return False
        return any(text.startswith(word) and text[len(word) : len(word) + 1] in _ENDS for word in self.furniture)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All vocabularies and the general profile."""

    labels: Mapping[str, Label]
    label_ends: frozenset[str]
    parents: Mapping[str, tuple[str, ...]]
    suffixes: tuple[str, ...]
    operators: Mapping[str, str]
    loose_operators: Mapping[str, str]
    operators_after: Mapping[str, str]
    grades: frozenset[str]
    units: frozenset[str]
    per: tuple[str, ...]
    profile: FormProfile

    def label(self, text: str) -> Label | None:
        """The level label a cell holds, or None. Only the whole text counts, scores and hints in brackets aside."""
        found = self.labels.get(text)
        if found is not None or len(text) > 24 or text[-1] not in self.label_ends:
            return found
        return _loose_label(self.labels, self.suffixes, text)

    def is_unit(self, text: str) -> bool:
        """Whether a text is a unit of measure known by itself or as one unit per another."""
        if text in self.units:
            return True
        if len(text) > 12:
            return False
        for per in self.per:
            left, found, right = text.partition(per)
            if found and right in self.units and (not left or left in self.units):
                return True
        return False


_LOOSE: dict[str, Label | None] = {}


def _loose_label(labels: Mapping[str, Label], suffixes: tuple[str, ...], text: str) -> Label | None:
    """``label`` for a text that is not spelled the usual way; remembered, since few texts come often."""
    try:
        return _LOOSE[text]
    except KeyError:
        pass
    stem = squash(text)
    stem = _SCORE.sub("", _HINT.sub("", stem))
    found = labels.get(stem)
    if found is None:
        for suffix in suffixes:
            if stem.endswith(suffix):
                found = labels.get(stem[: -len(suffix)])
                break
    if len(_LOOSE) < 65536:
        _LOOSE[text] = found
    return found


def _turned(named: Mapping[str, Sequence[str]], path: Path, place: str) -> dict[str, str]:
    """A mapping of name to words, turned into squashed word to name; a word may stand under one name only."""
    turned: dict[str, str] = {}
    for name, words in named.items():
        for word in words:
            if turned.setdefault(squash(word), name) != name:
                raise SchemaError(f"{path}: {place}: {word} stands under {turned[squash(word)]} and under {name}")
    return turned


def _labels(path: Path) -> tuple[dict[str, Label], dict[str, tuple[str, ...]], tuple[str, ...]]:
    data = read_checked(path, "indicators")
    meanings: dict[str, Label] = {}

    def add(stem: str, level1: str | None, level2: str | None) -> None:
        for spelling in (stem, stem + "指标"):
            known = meanings.get(spelling, Label())
            meanings[spelling] = Label(known.level1 or level1, known.level2 or level2)

    for name, stems in data["level1"].items():
        for stem in stems:
            add(stem, name, None)
    parents = {}
    for name, entry in data["level2"].items():
        for stem in entry["stems"]:
            add(stem, None, name)
        parents[name] = tuple(entry["parents"])
        unknown = sorted(set(parents[name]) - set(data["level1"]))
        if unknown:
            raise SchemaError(f"{path}: level2.{name}.parents: level1 does not name {', '.join(unknown)}")
    for word in data["roots"]:
        meanings[word] = Label(root=True)
    return meanings, parents, tuple(data["suffixes"])


def _profile(path: Path) -> FormProfile:
    data = read_checked(path, "form")
    funding = data["funding"]
    return FormProfile(
        name=data["name"],
        kinds=_turned(data["kinds"], path, "kinds"),
        title_contains=tuple(data["title"]["contains"]),
        title_ends=tuple(data["title"]["ends"]),
        sections=_turned(data["sections"], path, "sections"),
        section_prefixes=tuple(sorted(data["section_prefixes"], key=len, reverse=True)),
        fields=_turned(data["fields"], path, "fields"),
        columns=_turned(data["columns"], path, "columns"),
        task_columns=_turned(data["tasks"], path, "tasks"),
        categories=_turned(funding["categories"], path, "funding.categories"),
        project_total=frozenset(map(squash, funding["project_total"])),
        funding_pass=frozenset(map(squash, funding["pass"])),
        total_ends=tuple(funding["total_ends"]),
        source_suffixes=tuple(funding["suffixes"]),
        sources=_turned(funding["sources"], path, "funding.sources"),
        parts_of=_turned(funding["parts_of"], path, "funding.parts_of"),
        cuts={column: tuple(widths) for column, widths in data["cuts"].items()},
        furniture=tuple(data["furniture"]["starts"]),
        furniture_signs=tuple(data["furniture"]["signs"]),
    )


def load(folder: Path = SCHEMAS) -> Vocabulary:
    """Reads the vocabularies and the general profile of ``folder``.

    Raises SchemaError where a file is not what its schema in ``meta/`` asks for; it names the file and the place.
    """
    words = folder / "vocabulary"
    labels, parents, suffixes = _labels(words / "indicators.yaml")
    signs = read_checked(words / "operators.yaml", "operators")
    units = read_checked(words / "units.yaml", "units")
    grades = read_checked(words / "grades.yaml", "grades")["grades"]
    return Vocabulary(
        labels=labels,
        label_ends=frozenset({word[-1] for word in (*labels, *suffixes)} | set(")）]】分")),
        parents=parents,
        suffixes=suffixes,
        operators={word: name for name, sign in signs["operators"].items() for word in sign["spellings"]},
        loose_operators={word: name for name, sign in signs["operators"].items() for word in sign["loose"]},
        operators_after=_turned(signs["after"], words / "operators.yaml", "after"),
        grades=frozenset(grades),
        units=frozenset(units["units"]),
        per=tuple(units["per"]),
        profile=_profile(folder / "forms" / "general.yaml"),
    )


@lru_cache(maxsize=1)
def default() -> Vocabulary:
    """The vocabularies that the package ships."""
    return load()
