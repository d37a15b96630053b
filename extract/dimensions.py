"""What makes documents of many archives comparable: whose they are, and values in base units.

A region is told by the unit's own name first. Where that names none, or several have the name, other evidence decides:
the supervising unit, the title, the project's code, the path. Where it does not decide either, there is no region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.clean import squash
from extract.regions import COMMON, COUNTY, NONE, PREFECTURE, Codes, level, regions, within
from extract.schemafiles import SCHEMAS, read_checked, schema_error

_REMEMBERED: Final = 16384
# The code of a project in the budget systems: region, year, kind, number.
_PROJECT: Final = re.compile(r"(\d{6})\d\d[A-Z]\d{12}$")
# What lies between the parts of a path, and between the words of a part.
_PARTS: Final = re.compile(r"!?/")
_WORDS: Final = re.compile(r"[^\w]+|_+")
_YEAR: Final = re.compile(r"^\d+(?:年度?)?")
# More digits than the product of any two columns of a table has: nothing is rounded.
_EXACT: Final = Context(prec=120)
_ONE: Final = Decimal(1)


class Dimensions(NamedTuple):
    """Whose a document is; the columns are described in ``schemas/tables/documents.yaml``."""

    region_code: str | None = None
    region_name: str | None = None
    region_level: str | None = None
    region_basis: str | None = None
    unit_kind: str | None = None
    unit_key: str | None = None


class Reading(NamedTuple):
    """What a unit's name says.

    ``regions``: the codes that it names or may name. ``level``: the word that stands for the region where it is left
    out (区卫生健康局), or "". ``own``: the name without either; ``kind``: its standard kind.
    """

    regions: Codes = NONE
    level: str = ""
    own: str = ""
    kind: str | None = None


class Said(NamedTuple):
    """Regions that a name in a path can mean; ``short``: it is the name without 省, 市, 县."""

    codes: Codes
    short: bool


class Hint(NamedTuple):
    """What some evidence says of a region: ``broad``, those that it lies in or is; ``sure``, those that it is.

    ``named``: all that are named, for the unit whose name says no more than that it is a city's or a county's.
    """

    basis: str
    broad: Codes
    sure: Codes
    named: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Kinds of units, compiled: ``names`` and ``ends`` by word, the ends longest first."""

    leads: tuple[tuple[str, str], ...]
    tails: tuple[str, ...]
    levels: frozenset[str]
    names: Mapping[str, str]
    ends: tuple[tuple[str, str], ...]

    def kind(self, own: str) -> str | None:
        """The kind of a unit by its name without the region; None where no word of the file fits."""
        found = self.names.get(own)
        if found is None:
            # Behind a region that no table has: 云泽县水务局.
            found = next((self.names[own[at:]] for at in self._borders(own) if own[at:] in self.names), None)
        return found or next((kind for word, kind in self.ends if own.endswith(word)), None)

    def _borders(self, own: str) -> Iterator[int]:
        return (at for at in range(1, len(own)) if own[at - 1] in self.levels)

    def stand_in(self, own: str) -> str:
        """The word at the start of a name that stands for its region, or "": 区 of 区卫生健康局, none of 市政局."""
        if own[:1] not in self.levels or own in self.names:
            return ""
        rest = own[1:]
        return (
            own[0] if rest in self.names or rest.startswith("第") or any(rest == word for word, _ in self.ends) else ""
        )

    def led(self, name: str) -> tuple[str, str]:
        """What is kept of the words before the region (政协 of 政协大竹县委员会), and the name without them."""
        for lead, kept in self.leads:
            if name.startswith(lead):
                return kept, name.removeprefix(lead)
        return "", name

    def bare(self, name: str) -> str:
        """A squashed name without what says for how much of the unit the form is: 部门, （本级）."""
        for tail in self.tails:
            name = name.replace(f"({tail})", "")
        for tail in self.tails:
            if len(name) > len(tail):
                name = name.removesuffix(tail)
        return name


def load_kinds(path: Path) -> Kinds:
    """The kinds in a file like ``schemas/dimensions/unit-kinds.yaml``; SchemaError where it is not sound."""
    return compiled_kinds(path, read_checked(path, "unit-kinds"))


def compiled_kinds(path: Path, data: Mapping[str, Any]) -> Kinds:
    """The kinds that ``data``, the content of ``path``, says; SchemaError where a word is of two kinds."""
    by_word = {part: _turned(path, part, data[part]) for part in ("names", "ends")}
    return Kinds(
        tuple(data["leads"].items()),
        tuple(data["tails"]),
        frozenset(data["levels"]),
        by_word["names"],
        tuple(sorted(by_word["ends"].items(), key=lambda item: -len(item[0]))),
    )


def _turned(path: Path, part: str, kinds: Mapping[str, Sequence[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, words in kinds.items():
        for at, word in enumerate(words):
            if word in found:
                raise schema_error(
                    path, (part, kind, at), "schema_two_meanings", word=word, one=found[word], other=kind
                )
            found[word] = kind
    return found


@lru_cache(maxsize=1)
def kinds() -> Kinds:
    """The kinds of units that the package ships."""
    return load_kinds(SCHEMAS / "dimensions" / "unit-kinds.yaml")


# The region ----------------------------------------------------------------------------------------------------------


def dimensions(
    unit_name: str | None,
    unit_code: str | None = None,
    *,
    supervising_unit: str | None = None,
    title: str | None = None,
    project_code: str | None = None,
    source_path: str = "",
    fiscal_year: int | None = None,
) -> Dimensions:
    """Whose a document is, by what it says; the columns that nothing decides are None. Nothing is raised."""
    reading = _reading(unit_name) if unit_name else Reading()
    codes = regions().there_in(fiscal_year, reading.regions) if fiscal_year else reading.regions
    if len(codes) == 1:
        (code,) = codes
        basis = "unit_name" if codes == reading.regions else "unit_name+fiscal_year"
        return _described(code, basis, reading, unit_code)
    hints = _of_unit(supervising_unit), _of_title(title), _of_code(project_code), _of_path(source_path)
    found = _narrowed(codes, hints) if codes else _told(reading.level, hints)
    return _described(*found, reading, unit_code)


@lru_cache(maxsize=_REMEMBERED)
def _described(code: str | None, basis: str, reading: Reading, unit_code: str | None) -> Dimensions:
    if code is None:
        return Dimensions(unit_kind=reading.kind)
    key = reading.own or (f"#{squash(unit_code)}" if unit_code else None)
    name = regions().by_code[code].name
    return Dimensions(code, name, level(code), basis, reading.kind, f"{code}:{key}" if key else None)


def _told(own: str, hints: Sequence[Hint]) -> tuple[str | None, str]:
    """The region of a unit whose name names none, and what it rests on; ``own``: the word in the name for its level.

    Evidence that says different things says nothing.
    """
    found: dict[str, str] = {}
    for hint in hints:
        fit = hint.sure
        if own:
            fit = Codes(code for code in hint.named if regions().by_code[code].name.endswith(own))
        if len(fit) > 1:
            fit = Codes(code for code in fit if all(_agrees(code, other.broad) for other in hints))
        if len(fit) == 1:
            found.setdefault(next(iter(fit)), hint.basis)
    if len(found) != 1:
        return None, ""
    ((code, basis),) = found.items()
    return (code, basis) if all(_related(code, hint.broad) for hint in hints if hint.broad) else (None, "")


def _narrowed(codes: Codes, hints: Sequence[Hint]) -> tuple[str | None, str]:
    """Which of the regions that a unit's name can mean it is, and what that rests on: the first that left but one."""
    left, basis = codes, ""
    for hint in hints:
        fit = Codes(code for code in codes if hint.broad and _agrees(code, hint.broad))
        left = left & fit if fit else left
        if len(left) == 1:
            basis = basis or hint.basis
    return (next(iter(left)), f"unit_name+{basis}") if len(left) == 1 else (None, "")


def _agrees(code: str, broad: Codes) -> bool:
    return not broad or any(within(code, one) for one in broad)


@lru_cache(maxsize=_REMEMBERED)
def _reading(name: str) -> Reading:
    """What a unit's name says."""
    kept, own = kinds().led(kinds().bare(squash(name)))
    steps = regions().steps(own)
    codes, said, short = NONE, "", 0
    if steps:
        codes, own = steps[-1].codes, own[steps[-1].end :]
        inner = None if own in kinds().names else regions().short_below(own, codes)
        if inner is not None:
            # 四川省大竹中学 may be the province's or the county's.
            codes, short = codes | inner.codes, inner.end
        codes = regions().settled(codes)
    else:
        said = kinds().stand_in(own)
    own = kept + own.removeprefix(said) or squash(name)
    return Reading(codes, said, own, kinds().kind(own) or kinds().kind(own[short:]))


# What else speaks for a region ---------------------------------------------------------------------------------------


def _of_unit(name: str | None) -> Hint:
    return _hint("supervising_unit", _reading(name).regions if name else NONE)


@lru_cache(maxsize=_REMEMBERED)
def _of_title(title: str | None) -> Hint:
    found = _named(squash(title)) if title else []
    return _hint("title", found[-1] if found else NONE)


def _named(text: str) -> list[Codes]:
    """The regions that a text begins with, a number or a year before them aside."""
    text = _YEAR.sub("", text)
    steps = regions().steps(text)
    if steps and text[: steps[0].end] in COMMON and len(text) > steps[0].end:
        return []
    return [regions().settled(step.codes) for step in steps]


def _hint(basis: str, codes: Codes) -> Hint:
    """A name of a county says that the unit is the county's; one of a province may be that of any unit in it."""
    return Hint(basis, codes, codes if _counties(codes) else NONE, codes)


def _counties(codes: Codes) -> bool:
    """Whether a name can mean nothing but counties."""
    return all(level(code) == COUNTY for code in codes)


def _of_code(code: str | None) -> Hint:
    found = _PROJECT.match(code) if code else None
    if found is None:
        return Hint("project_code", NONE, NONE, NONE)
    known = regions().by_code
    own, *above = (found[1], f"{found[1][:4]}00", f"{found[1][:2]}0000")
    if own in known:
        one = Codes((own,))
        return Hint("project_code", one, one, one)
    return Hint("project_code", Codes([code for code in above if code in known][:1]), NONE, NONE)


def _of_path(path: str) -> Hint:
    folder, _, file = path.rpartition("/")
    return _combined((*_folder(folder), *_part(file.rpartition(".")[0] or file)))


@lru_cache(maxsize=_REMEMBERED)
def _folder(path: str) -> tuple[Said, ...]:
    return tuple(said for part in _PARTS.split(path) for said in _part(part))


def _part(text: str) -> Iterator[Said]:
    """The regions that the words of a folder's or a file's name are or begin with."""
    for word in _WORDS.split(squash(text)):
        if len(word) > 1:
            found = _named(word)
            yield from (Said(codes, short=False) for codes in found)
            short = NONE if found else regions().shorts.get(_YEAR.sub("", word), NONE)
            if short:
                yield Said(regions().settled(short), short=True)


@lru_cache(maxsize=_REMEMBERED)
def _combined(said: tuple[Said, ...]) -> Hint:
    """What the names in a path say together. A short name counts beside one above or below it: 公安 alone is none."""
    found: list[Codes] = []
    for place, own in enumerate(said):
        others = [one.codes for at, one in enumerate(said) if at != place]
        codes = own.codes
        if own.short:
            codes = Codes(code for code in codes if any(_related(code, other) for other in others))
        fit = Codes(code for code in codes if all(_related(code, other) for other in others))
        found.append(fit or codes)
    named = NONE.union(*found)
    sure = NONE.union(*filter(_counties, found))
    cities = Codes(code for code in named if level(code) == PREFECTURE)
    return Hint("path", sure or cities or named, sure, named)


def _related(code: str, others: Codes) -> bool:
    return any(within(code, one) or within(one, code) for one in others)


# Values in base units ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class BaseUnits:
    """Units of measure, by squashed spelling: the base unit of each, and how many of it one is."""

    bases: Mapping[str, tuple[str, Decimal]]
    per: tuple[str, ...]

    def of(self, unit: str) -> tuple[str, Decimal]:
        """The base unit of a unit, and how many of it one is; the unit itself, and one, where the file has no other.

        Of a unit per another (万元/公里) the one before is converted.
        """
        own = squash(unit)
        found = self.bases.get(own)
        if found is not None:
            return found
        for per in self.per:
            before, sign, behind = own.partition(per)
            if sign and before in self.bases:
                base, factor = self.bases[before]
                return f"{base}/{behind}", factor
        return unit, _ONE


def load_base_units(path: Path) -> BaseUnits:
    """The units in a file like ``schemas/dimensions/base-units.yaml``; SchemaError where it is not sound."""
    return compiled_base_units(path, read_checked(path, "base-units"))


def compiled_base_units(path: Path, data: Mapping[str, Any]) -> BaseUnits:
    """The units that ``data``, the content of ``path``, says; SchemaError where one has two bases."""
    found: dict[str, tuple[str, Decimal]] = {}
    for base, units in data["bases"].items():
        for unit, factor in {base: 1, **units}.items():
            if squash(unit) in found:
                other = found[squash(unit)][0]
                raise schema_error(path, ("bases", base), "schema_two_meanings", word=unit, one=other, other=base)
            found[squash(unit)] = base, Decimal(str(factor))
    return BaseUnits(found, tuple(data["per"]))


@lru_cache(maxsize=1)
def base_units() -> BaseUnits:
    """The units that the package ships."""
    return load_base_units(SCHEMAS / "dimensions" / "base-units.yaml")


@lru_cache(maxsize=_REMEMBERED)
def _base_unit(unit: str) -> tuple[str, Decimal]:
    return base_units().of(unit)


def in_base_unit(value: Decimal | None, unit: str | None) -> tuple[Decimal | None, str | None]:
    """A number and its unit of measure in base units, exactly: 12.5 万元 are 125000 元."""
    if unit is None:
        return value, None
    base, factor = _base_unit(unit)
    return (value if value is None or factor == _ONE else _EXACT.multiply(value, factor)), base
