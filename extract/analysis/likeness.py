"""Which names of indicators are one: names that counties and years write a little differently get one key.

A name is folded first: white space, punctuation, numbering, years, the names of regions at its start and words that say
nothing are left out, and words that say the same are made one (``schemas/dimensions/likeness.yaml``). Names that fold
alike have one key. So have two of which one has one or two single characters more than the other, none of which tells
them apart (不, 新, 二, 县, any digit or letter), or is within the measure at the end (人数, 合格率). Where one stands
for another, two names are two.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.analysis.problems import ArchiveError, needed
from extract.clean import squash
from extract.regions import COMMON, regions
from extract.schemafiles import SCHEMAS, read_checked

# The second level of a name whose own is not known.
UNKNOWN: Final = "?"

_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d年度?")
_COUNTER: Final = re.compile(r"^(?:指标)?[(（]?[\d一二三四五六七八九十]{1,2}(?:[、:)）]|\.(?!\d))")
_BRACKET: Final = re.compile(r"\(([^()]*)\)$")
# What is left of a name is letters, digits, the signs that numbers are compared by, and what stands within a number.
_MARKS: Final = re.compile(r"(?:[^\w%‰≥≤<>=+]|_)(?:(?<!\d.)|(?!\d))")
# Behind these 全 is the end of a word: 安全区, 完全.
_NOT_OWN: Final = "安完健"
# Ends that are known by three characters (合格率, 满意度), and all others by two (人数, 场次).
_MEASURES: Final = ("率", "度")
# Texts are told to be there by sums of such products of their characters, which are seldom those of others.
_FACTOR: Final = 0x9E3779B97F4A7C15
_MODULUS: Final = 1 << 61


class Name(NamedTuple):
    """A name of indicators with its second level, and how many there are."""

    name: str
    level2: str | None
    indicators: int


class Key(NamedTuple):
    """What a name got: the key, the name of this key that stands most often, how like the two are (0 to 100)."""

    indicator_key: str
    representative: str
    similarity: float


Node = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """The words of ``schemas/dimensions/likeness.yaml``, compiled."""

    level2: Mapping[str, str]
    dropped: re.Pattern[str]
    same: re.Pattern[str]
    meant: Mapping[str, str]
    ends: tuple[tuple[str, str], ...]
    telling: frozenset[str]
    units: frozenset[str]

    def family(self, level2: str | None) -> str:
        """A second level by one name; ``UNKNOWN`` for None."""
        return UNKNOWN if level2 is None else self.level2.get(level2, level2)

    def fold(self, name: str) -> str:
        """A name with all left out that says nothing; never "" for a name with a letter, a digit or a sign in it."""
        whole = squash(name).lower()
        text = _COUNTER.sub("", whole)
        hint = _BRACKET.search(text)
        if hint and hint[1] in self.units:
            text = text[: hint.start()]
        text = _MARKS.sub("", _YEAR.sub("", text))
        steps = regions().steps(text)
        if steps and text[: steps[0].end] not in COMMON:
            text = text[steps[-1].end :]
        text = self.same.sub(lambda word: self.meant[word[0]], self.dropped.sub("", text))
        return self._measured(text) or _MARKS.sub("", whole) or whole

    def _measured(self, text: str) -> str:
        """The text with its last word as it is usual."""
        for word, usual in self.ends:
            if text.endswith(word) and len(text) > len(word):
                return text.removesuffix(word) + usual
        return text

    def may_lack(self, letter: str) -> bool:
        """Whether two names are one that differ in a character that one has and the other does not."""
        return letter not in self.telling and not letter.isascii() and not letter.isnumeric()


def load(path: Path, units: Iterable[str]) -> Likeness:
    """The words in a file like ``schemas/dimensions/likeness.yaml``; SchemaError where it is not sound."""
    return compiled(read_checked(path, "likeness"), units)


def compiled(data: Mapping[str, Any], units: Iterable[str]) -> Likeness:
    """The words of ``data``; ``units``: units of measure, which say nothing in brackets at the end of a name."""
    meant = {word: usual for usual, words in data["same"].items() for word in words}
    own, scopes = "".join(data["own"]), "".join(data["scopes"])
    ends = {word: usual for usual, words in data["ends"].items() for word in words}
    return Likeness(
        {word: usual for usual, words in data["level2"].items() for word in words},
        re.compile(f"{_either(data['drop'])}|(?<![{_NOT_OWN}])[{own}][{scopes}]"),
        re.compile(_either(meant)),
        meant,
        tuple(sorted(ends.items(), key=lambda item: -len(item[0]))),
        frozenset(data["telling"]),
        frozenset(map(squash, units)),
    )


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1)
def likeness() -> Likeness:
    """The words that the package ships."""
    units = read_checked(SCHEMAS / "vocabulary" / "units.yaml", "units")["units"]
    return load(SCHEMAS / "dimensions" / "likeness.yaml", units)


def columns() -> Sequence[Mapping[str, str]]:
    """The columns that indicators get: name, label_zh, description, description_zh."""
    found: Sequence[Mapping[str, str]] = read_checked(SCHEMAS / "dimensions" / "likeness.yaml", "likeness")["columns"]
    return found


def keys(names: Sequence[Name], min_similarity: float = 90.0, words: Likeness | None = None) -> list[Key]:
    """The key of each name, in their order; it does not depend on that order, nor on how many have a name.

    Shorter names are seen to first, and one that is like none before it has a key of its own: its second level, a colon
    and the folded name. A longer one has the key that it is most like, if its similarity is no less than
    ``min_similarity`` (``rapidfuzz.fuzz.ratio`` of both folded, 0 to 100; at 100 they fold alike). So names that are
    like none of a key change nothing of it, and a key is the key of itself. A name without a second level has the key
    of the same name, or of the one that it is most like, if all such are of one second level.

    ArchiveError for a ``min_similarity`` that none can have, and where rapidfuzz is not installed.
    """
    if not 0 <= min_similarity <= 100:
        raise ArchiveError("archive_bad_filter", name="min_similarity", value=min_similarity, known="0–100")
    own = words or likeness()
    folded = {name: own.fold(name) for name in dict.fromkeys(one.name for one in names)}
    nodes = [(own.family(one.level2), folded[one.name]) for one in names]
    leaders = _leaders(set(nodes), min_similarity, own)
    spelled: dict[Node, Counter[str]] = defaultdict(Counter)
    for one, node in zip(names, nodes, strict=True):
        spelled[leaders[node][0]][one.name] += one.indicators
    usual = {node: min(counts, key=lambda name: (-counts[name], len(name), name)) for node, counts in spelled.items()}
    return [
        Key(f"{leader[0]}:{leader[1]}", usual[leader], similarity)
        for leader, similarity in (leaders[node] for node in nodes)
    ]


def _leaders(nodes: set[Node], least: float, own: Likeness) -> dict[Node, tuple[Node, float]]:
    """The node that each has the key of, and how like it is."""
    ratio = needed("rapidfuzz.fuzz", "indicator_keys").ratio
    found: dict[Node, tuple[Node, float]] = {}
    # By their texts: the families that have a key of it, and all that have it.
    led: dict[str, set[str]] = defaultdict(set)
    known: dict[str, set[str]] = defaultdict(set)
    sums: set[int] = set()
    # Names of unknown second level come last: what they are like has been seen to then.
    for node in sorted(nodes, key=lambda node: (node[0] == UNKNOWN, len(node[1]), node[1], node[0])):
        family, text = node
        if family != UNKNOWN:
            known[text].add(family)
        elif len(known.get(text, ())) == 1:
            found[node] = found[next(iter(known[text])), text]
            continue
        likes = [
            (similarity, other, one)
            for other in _shorter(text, sums, own)
            for one in led.get(other, ())
            if one == family or (family == UNKNOWN and text not in known)
            if (similarity := round(ratio(text, other), 1)) >= least
        ]
        best = _best(likes)
        if best is None:
            led[text].add(family)
            sums.add(sum(map(_product, text)))
        found[node] = (node, 100.0) if best is None else best
    return found


@cache
def _product(letter: str) -> int:
    return ord(letter) * _FACTOR % _MODULUS


def _best(likes: Sequence[tuple[float, str, str]]) -> tuple[Node, float] | None:
    """The node that is most like; None where there is none, or where it is of two second levels."""
    if not likes:
        return None
    similarity, text, _ = min(likes, key=lambda like: (-like[0], like[1]))
    families = {family for _, other, family in likes if other == text}
    return ((families.pop(), text), similarity) if len(families) == 1 else None


def _shorter(text: str, sums: Collection[int], own: Likeness) -> Iterator[str]:
    """The texts that lack one or two single characters of this one that may be lacking.

    ``sums``: of the characters' products, of the texts that there are; no others are made.
    """
    end = len(text) - (3 if text.endswith(_MEASURES) else 2)
    places = [(at, _product(text[at])) for at in range(end) if own.may_lack(text[at])]
    whole = sum(map(_product, text))
    for place, (at, product) in enumerate(places):
        rest = whole - product
        if rest in sums:
            yield text[:at] + text[at + 1 :]
        for other, more in places[place + 1 :]:
            # Two that stand together are a word.
            if rest - more in sums and other > at + 1:
                yield text[:at] + text[at + 1 : other] + text[other + 1 :]
