"""The regions of GB/T 2260 and their names: which of them a text begins with.

A name that several regions have (鼓楼区) stands for all of them until something else decides. Where a region was given
another code or moved to another prefecture, its name stands for the one that came last, unless the prefecture is named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import Final, NamedTuple

from extract.schemafiles import SCHEMAS, read_checked, schema_error

PROVINCE: Final = "province"
PREFECTURE: Final = "prefecture"
COUNTY: Final = "county"

Codes = frozenset[str]
NONE: Final[Codes] = frozenset()

# The last year of regions that there are now.
NOW: Final = 9999
# Names of districts that are common words too: what begins with one need not be of a region.
COMMON: Final = frozenset(("城区", "郊区", "矿区"))
# What a name ends with that is more than one character, where it is no autonomous region.
_KINDS: Final = ("地区", "林区", "特区")
_AUTONOMOUS: Final = "自治"
# A name is looked up by its first so many characters; none is shorter.
_START: Final = 2
# No short name is looked for that is longer.
_SHORT: Final = 8


class Region(NamedTuple):
    """A region: ``code`` of 6 digits, ``name``, and ``last``, the last year in which it may have been, or ``NOW``."""

    code: str
    name: str
    last: int

    @property
    def level(self) -> str:
        """``province``, ``prefecture`` or ``county``."""
        return level(self.code)


class Step(NamedTuple):
    """A name that a text goes on with: the codes of the regions it can stand for, and where it ends in the text."""

    codes: Codes
    end: int


def level(code: str) -> str:
    """The level of the region with this code: ``province``, ``prefecture`` or ``county``."""
    if not code.endswith("00"):
        return COUNTY
    return PROVINCE if code.endswith("0000") else PREFECTURE


def within(code: str, other: str) -> bool:
    """Whether a region is another one or lies within it."""
    if other.endswith("0000"):
        return code[:2] == other[:2]
    return code == other or (other.endswith("00") and code[:4] == other[:4])


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """All regions.

    ``by_code``: each with the name that it has now, or had last. ``starts``: names by their first two characters,
    longest first, each with the codes it can stand for. ``shorts``: what people call regions, without 省, 市, 县, of
    two characters or more. ``newer``: the codes that came after one where a region was given another one.
    """

    by_code: Mapping[str, Region]
    starts: Mapping[str, Sequence[tuple[str, Codes]]]
    shorts: Mapping[str, Codes]
    newer: Mapping[str, Codes]

    def steps(self, text: str) -> list[Step]:
        """The names of regions that a text begins with, each within the one before: 四川省, 达州市, 大竹县."""
        found: list[Step] = []
        while step := self._step(text, found[-1] if found else None):
            found.append(step)
        for place in range(len(found) - 2, -1, -1):
            below = found[place + 1].codes
            kept = Codes(one for one in found[place].codes if any(within(code, one) for code in below))
            found[place] = found[place]._replace(codes=kept)
        return found

    def _step(self, text: str, last: Step | None) -> Step | None:
        if last is None:
            return next((Step(codes, len(name)) for name, codes in self._names(text, 0)), None)
        # 乐山市中区 is 市中区 of 乐山市.
        for at in (last.end, last.end - 1) if text[last.end - 1] == "市" else (last.end,):
            for name, codes in self._names(text, at):
                fit = self._below(codes, last.codes)
                if fit:
                    return Step(fit, at + len(name))
        return None

    def _names(self, text: str, at: int) -> Iterator[tuple[str, Codes]]:
        """The names that stand at a place of a text, longest first."""
        for name, codes in self.starts.get(text[at : at + _START], ()):
            if text.startswith(name, at):
                yield name, codes

    def _below(self, codes: Codes, above: Codes) -> Codes:
        return Codes(code for code in codes if any(code != one and within(code, one) for one in above))

    def short_below(self, text: str, above: Codes) -> Step | None:
        """The regions within others whose short name a text begins with: 大竹中学, within 四川省."""
        for end in range(min(len(text), _SHORT), _START - 1, -1):
            fit = self._below(self.shorts.get(text[:end], NONE), above)
            if fit:
                return Step(fit, end)
        return None

    def settled(self, codes: Codes) -> Codes:
        """The regions without those that are others of them under a former code."""
        if len(codes) < 2:
            return codes
        return Codes(code for code in codes if not self.newer.get(code, NONE) & codes)

    def there_in(self, year: int, codes: Codes) -> Codes:
        """The regions without those that were gone by the year before: a budget is made in that year at the latest."""
        return Codes(code for code in codes if self.by_code[code].last >= year - 1)


def stem(name: str, peoples: Sequence[str]) -> str:
    """A region's name without what it ends with, and without the peoples that an autonomous one is named for.

    ``peoples``: longest first.
    """
    found, autonomous, _ = name.partition(_AUTONOMOUS)
    if not autonomous:
        return name[:-2] if name.endswith(_KINDS) else name[:-1]
    bare = found
    while people := next((people for people in peoples if bare.endswith(people)), None):
        bare = bare.removesuffix(people)
    # 内蒙古, 东乡: of these no more than the people's name is there.
    return bare if len(bare) >= _START else found.removesuffix("族")


def load(path: Path) -> Regions:
    """The regions in a file like ``schemas/dimensions/regions.yaml``; SchemaError where it is not sound."""
    data = read_checked(path, "regions")
    now, former = data["now"].split(), data["former"].split()
    listed = [
        *(Region(code, name, int(last)) for code, name, last in zip(*[iter(former)] * 3, strict=True)),
        *(Region(code, name, NOW) for code, name in zip(*[iter(now)] * 2, strict=True)),
    ]
    if 2 * len(set(now[::2])) < len(now):
        twice = next(code for code, many in Counter(now[::2]).items() if many > 1)
        raise schema_error(path, ("now",), "schema_twice", value=twice)
    listed.sort(key=lambda region: region.last)
    return _compiled(listed, sorted(data["peoples"], key=len, reverse=True))


def _compiled(listed: Sequence[Region], peoples: Sequence[str]) -> Regions:
    """``listed``: in the order of ``last``."""
    by_code: dict[str, Region] = {}
    names: dict[str, dict[str, int]] = defaultdict(dict)
    shorts: dict[str, set[str]] = defaultdict(set)
    stems: dict[str, str] = {}
    for region in listed:
        code, name, last = region
        by_code[code] = region
        names[name][code] = last
        stems[code] = short = stem(name, peoples)
        if len(short) >= _START:
            shorts[short].add(code)
            if _AUTONOMOUS in name and level(code) != PROVINCE:
                names[short + name[-1]][code] = last
    newer: dict[str, set[str]] = defaultdict(set)
    starts: dict[str, list[tuple[str, Codes]]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        codes = names[name]
        starts[name[:_START]].append((name, Codes(codes)))
        if len(codes) > 1:
            for one, other in permutations(codes, 2):
                if codes[one] < codes[other] and _same(name, one, other, stems):
                    newer[one].add(other)
    return Regions(by_code, starts, _frozen(shorts), _frozen(newer))


def _frozen(sets: Mapping[str, set[str]]) -> dict[str, Codes]:
    return {key: Codes(codes) for key, codes in sets.items()}


def _same(name: str, one: str, other: str, stems: Mapping[str, str]) -> bool:
    """Whether two codes of one name are one region's. Districts of one name lie in many cities, counties in none."""
    if one[:2] != other[:2] or level(one) != level(other):
        return False
    if not name.endswith("区"):
        return True
    above = [stems.get(f"{code[:4]}00", code) for code in (one, other)]
    return above[0] == above[1]


@lru_cache(maxsize=1)
def regions() -> Regions:
    """The regions that the package ships."""
    return load(SCHEMAS / "dimensions" / "regions.yaml")
