"""The words of the forms, read from ``schemas/`` once and checked: labels, operators, grades, units, headers.

A word is looked up as it stands first and squashed second (white space removed, brackets and digits folded), so that
the common spelling costs one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import regex
import yaml

from extract.clean import squash
from extract.errors import SchemaError

_PACKAGED: Final = Path(__file__).parent / "_schemas"
SCHEMAS: Final = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "schemas"

# A score, a range of scores or a hint that a label carries: （50分）, (0-20)分, （必填）.
_HINT: Final = regex.compile(r"[(\[](?:[\d.\-~]{1,8}%?分?|必填|选填|可选|工期指标|[\d.]{1,5}%)[)\]]分?$")
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
    fields: Mapping[str, str]
    columns: Mapping[str, str]
    task_columns: Mapping[str, str]
    categories: Mapping[str, str]
    project_total: frozenset[str]
    total_ends: tuple[str, ...]
    source_suffixes: tuple[str, ...]
    sources: Mapping[str, str]
    parts_of: Mapping[str, str]
    cuts: Mapping[str, tuple[int, ...]]
    furniture: tuple[str, ...]


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


def _load(path: Path) -> Any:
    try:
        with path.open(encoding="utf-8") as file:
            return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read ({error.strerror})") from error
    except yaml.YAMLError as error:
        raise SchemaError(f"{path}: no valid YAML ({error})") from error


def _words(data: Any, path: Path, *keys: str) -> tuple[str, ...]:
    """A list of words at ``keys``; SchemaError where there is none."""
    for key in keys:
        if not isinstance(data, dict) or key not in data:
            raise SchemaError(f"{path}: {'/'.join(keys)} is missing")
        data = data[key]
    if not isinstance(data, list) or not all(isinstance(word, str) and word for word in data):
        raise SchemaError(f"{path}: {'/'.join(keys)} must be a list of words (quote numbers and symbols)")
    return tuple(data)


def _turned(data: Any, path: Path, *keys: str) -> dict[str, str]:
    """A mapping of name -> words at ``keys``, turned into squashed word -> name. A word may stand under one name only."""
    inner = data
    for key in keys:
        inner = inner.get(key) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise SchemaError(f"{path}: {'/'.join(keys)} must map names to lists of words")
    turned: dict[str, str] = {}
    for name in inner:
        for word in _words(data, path, *keys, name):
            if turned.setdefault(squash(word), name) != name:
                raise SchemaError(
                    f"{path}: {'/'.join(keys)}: {word} stands under {turned[squash(word)]} and under {name}"
                )
    return turned


def _labels(path: Path) -> tuple[dict[str, Label], dict[str, tuple[str, ...]], tuple[str, ...]]:
    data = _load(path)
    suffixes = _words(data, path, "suffixes")
    meanings: dict[str, Label] = {}

    def add(stem: str, **meaning: Any) -> None:
        for spelling in (stem, stem + "指标"):
            meanings[spelling] = meanings.get(spelling, Label())._replace(**meaning)

    for name in data["level1"]:
        for stem in _words(data, path, "level1", name):
            add(stem, level1=name)
    parents = {}
    for name, entry in data["level2"].items():
        for stem in _words(data, path, "level2", name, "stems"):
            add(stem, level2=name)
        parents[name] = _words(data, path, "level2", name, "parents")
        unknown = set(parents[name]) - set(data["level1"])
        if unknown or not entry:
            raise SchemaError(f"{path}: level2/{name}/parents names {unknown}, which level1 does not")
    for word in _words(data, path, "roots"):
        meanings[word] = Label(root=True)
    return meanings, parents, suffixes


def _profile(path: Path) -> FormProfile:
    data = _load(path)
    parts_of = _turned(data, path, "funding", "parts_of")
    cuts = data.get("cuts")
    if not isinstance(cuts, dict) or not all(isinstance(w, int) for widths in cuts.values() for w in widths):
        raise SchemaError(f"{path}: cuts must map columns to lists of display widths")
    return FormProfile(
        name=str(data["name"]),
        kinds=_turned(data, path, "kinds"),
        title_contains=_words(data, path, "title", "contains"),
        title_ends=_words(data, path, "title", "ends"),
        sections=_turned(data, path, "sections"),
        fields=_turned(data, path, "fields"),
        columns=_turned(data, path, "columns"),
        task_columns=_turned(data, path, "tasks"),
        categories=_turned(data, path, "funding", "categories"),
        project_total=frozenset(squash(w) for w in _words(data, path, "funding", "project_total")),
        total_ends=_words(data, path, "funding", "total_ends"),
        source_suffixes=_words(data, path, "funding", "suffixes"),
        sources=_turned(data, path, "funding", "sources"),
        parts_of=parts_of,
        cuts={key: tuple(widths) for key, widths in cuts.items()},
        furniture=_words(data, path, "furniture", "starts"),
    )


def load(folder: Path = SCHEMAS) -> Vocabulary:
    """Reads the vocabularies and the general profile of ``folder``; SchemaError where a file is not what it must be."""
    labels, parents, suffixes = _labels(folder / "vocabulary" / "indicators.yaml")
    path = folder / "vocabulary" / "operators.yaml"
    data = _load(path)
    operators: dict[str, str] = {}
    loose: dict[str, str] = {}
    for name in data["operators"]:
        operators.update(dict.fromkeys(_words(data, path, "operators", name, "spellings"), name))
        loose.update(dict.fromkeys(_words(data, path, "operators", name, "loose"), name))
    units = folder / "vocabulary" / "units.yaml"
    units_data = _load(units)
    grades = folder / "vocabulary" / "grades.yaml"
    return Vocabulary(
        labels=labels,
        label_ends=frozenset({word[-1] for word in (*labels, *suffixes)} | set(")）]】分")),
        parents=parents,
        suffixes=suffixes,
        operators=operators,
        loose_operators=loose,
        operators_after=_turned(data, path, "after"),
        grades=frozenset(_words(_load(grades), grades, "grades")),
        units=frozenset(_words(units_data, units, "units")),
        per=_words(units_data, units, "per"),
        profile=_profile(folder / "forms" / "general.yaml"),
    )


@lru_cache(maxsize=1)
def default() -> Vocabulary:
    """The vocabularies that the package ships."""
    return load()
