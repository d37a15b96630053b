"""The words of the forms, compiled from data: labels, operators, grades, units, headers.

A word is looked up as it stands first and squashed second (white space removed, brackets and digits folded), so that
the common spelling costs one dictionary look-up. ``build`` takes plain data; ``extract.profiles`` reads it from files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, cast

import regex

from extract.clean import squash
from extract.model import FormKind
from extract.written import Money, codes, money

# A score, a range of scores or a hint that a label carries: （50分）, (0-20)分, （必填）.
_HINT: Final = regex.compile(r"[(\[](?:[\d.\-~]{1,8}%?分?|必填|选填|可选|工期指标|[\d.]{1,5}%)[)\]]分?$")
# What may follow a word of the page's furniture: nothing, a colon, a bracket, a number.
_ENDS: Final = frozenset(["", *":：(（ \u3000\t0123456789"])
# Shorter labels of fields (单位, 部门) end many a name.
_LONG_FIELD: Final = 4
# Longer texts are no units.
_LONGEST_UNIT: Final = 12
_SCORE: Final = regex.compile(r"\d{1,3}分$")
# So many texts are remembered at most.
_REMEMBERED: Final = 65536
# So many words may stand before the label of a section (本年度部门绩效目标).
_MOST_PREFIXES: Final = 2


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


class Hints(NamedTuple):
    """Words in indicators' names, longest first, each with the second-level names it speaks for."""

    contains: tuple[tuple[str, frozenset[str]], ...]
    ends: tuple[tuple[str, frozenset[str]], ...]

    def speaks_for(self, name: str) -> frozenset[str]:
        """The second-level names that an indicator's name speaks for; empty where it says nothing."""
        for word, levels in self.contains:
            if word in name:
                return levels
        for word, levels in self.ends:
            if name.endswith(word):
                return levels
        return frozenset()


# What a column of the indicator table holds, in the order in which the grammar of rows counts them.
ColumnName = Literal[
    "level1",
    "level2",
    "name",
    "operator",
    "value",
    "unit",
    "weight",
    "direction",
    "pass",
    "achieved",
    "score",
]


@dataclass(frozen=True, slots=True, eq=False)
class FormProfile:
    """What the printed parts of a kind of form are called; all keys are squashed words."""

    name: str
    kinds: Mapping[str, FormKind]
    title_contains: tuple[str, ...]
    title_ends: tuple[str, ...]
    # Words that make a title of any text that ends with them.
    titles: tuple[str, ...]
    # Also with prefixes before them.
    sections: Mapping[str, str]
    # What may stand before them, and they themselves without it.
    section_prefixes: tuple[str, ...]
    bare_sections: Mapping[str, str]
    section_ends: Mapping[str, str]
    # The words over the goals: "goal", or "pass" for the term's and for what was achieved.
    goal_columns: Mapping[str, Literal["goal", "pass"]]
    fields: Mapping[str, str]
    # The labels of fields that hardly end a name.
    long_fields: tuple[str, ...]
    field_prefixes: tuple[str, ...]
    label_words: tuple[str, ...]
    columns: Mapping[str, ColumnName]
    # How header words that are not in ``columns`` begin, all passed over, and how they end.
    column_starts: tuple[str, ...]
    column_ends: Mapping[str, ColumnName]
    sum_rows: frozenset[str]
    # What a template leaves where nothing was filled in.
    placeholder: re.Pattern[str]
    # What it begins with.
    placeholder_firsts: frozenset[str]
    # What counts names in a template: 指标1：.
    counter: re.Pattern[str]
    task_columns: Mapping[str, Literal["name", "content", "pass"]]
    categories: Mapping[str, str]
    project_total: frozenset[str]
    funding_pass: Mapping[str, str]
    term: tuple[str, ...]
    total_ends: tuple[str, ...]
    source_suffixes: tuple[str, ...]
    sources: Mapping[str, str]
    parts_of: Mapping[str, str]
    beside: frozenset[str]
    money: Money
    codes: Mapping[str, tuple[re.Pattern[str], ...]]
    cuts: Mapping[str, tuple[int, ...]]
    furniture: tuple[str, ...]
    furniture_signs: tuple[str, ...]
    # What any of these begins with.
    furniture_firsts: frozenset[str]
    # Texts that were found to be words of the funding's header, and "" for others; forms share them.
    header_words: dict[str, str] = field(default_factory=dict, repr=False)

    def column(self, word: str) -> ColumnName | None:
        """What a column under this header word holds, in a header of indicators; None where nothing tells."""
        found = self.columns.get(word)
        if found is None and word.startswith(self.column_starts):
            return "pass"
        bare = word.partition("(")[0]
        return found or next((role for ending, role in self.column_ends.items() if bare.endswith(ending)), None)

    def is_furniture(self, text: str) -> bool:
        """Whether a line with this text belongs to the page and not to the form: a stamp, a date, a link."""
        if text[:1] not in self.furniture_firsts:
            return False
        if text.startswith(self.furniture_signs):
            return True
        if not text.startswith(self.furniture):
            return False
        return any(text.startswith(word) and text[len(word) : len(word) + 1] in _ENDS for word in self.furniture)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words that forms of one profile are read by."""

    labels: Mapping[str, Label]
    label_ends: frozenset[str]
    # The level labels in full (with 指标), and that ending alone: no name of an indicator begins so.
    full_labels: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]
    suffixes: tuple[str, ...]
    operators: Mapping[str, str]
    loose_operators: Mapping[str, str]
    operators_after: Mapping[str, str]
    included: tuple[str, ...]
    about: tuple[str, ...]
    grades: frozenset[str]
    achieved: frozenset[str]
    name_ends: tuple[str, ...]
    units: frozenset[str]
    per: tuple[str, ...]
    # What parts a unit of several: those words, and brackets.
    parted: re.Pattern[str]
    hints: Hints
    profile: FormProfile
    # Labels that are not spelled the usual way, and None for texts that are none.
    loose_labels: dict[str, Label | None] = field(default_factory=dict, repr=False)

    def label(self, text: str) -> Label | None:
        """The level label a cell holds, or None. Only the whole text counts, scores and hints in brackets aside."""
        found = self.labels.get(text)
        if found is not None or len(text) > 24 or text[-1] not in self.label_ends:
            return found
        try:
            return self.loose_labels[text]
        except KeyError:
            return self._loose_label(text)

    def _loose_label(self, text: str) -> Label | None:
        """``label`` for a text that is not spelled the usual way; remembered, since few texts come often."""
        stem = _SCORE.sub("", _HINT.sub("", squash(text)))
        found = self.labels.get(stem)
        if found is None:
            for suffix in self.suffixes:
                if stem.endswith(suffix):
                    found = self.labels.get(stem[: -len(suffix)])
                    break
        if len(self.loose_labels) < _REMEMBERED:
            self.loose_labels[text] = found
        return found

    def is_unit(self, text: str) -> bool:
        """Whether a text is a unit of measure that is known, or several of them (元/人·年, 台（套）)."""
        if text in self.units:
            return True
        if len(text) > _LONGEST_UNIT:
            return False
        parts = self.parted.split(text)
        return (
            len(parts) > 1 and any(parts) and not text.endswith(self.per) and self.units.issuperset(filter(None, parts))
        )


def _turned(named: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """A mapping of name to words, turned into squashed word to name."""
    return {squash(word): name for name, words in named.items() for word in words}


def _labels(data: Mapping[str, Any]) -> dict[str, Label]:
    meanings: dict[str, Label] = {}

    def add(stem: str, level1: str | None, level2: str | None) -> None:
        for spelling in (stem, stem + "指标"):
            known = meanings.get(spelling, Label())
            meanings[spelling] = Label(known.level1 or level1, known.level2 or level2)

    for name, stems in data["level1"].items():
        for stem in stems:
            add(squash(stem), name, None)
    for name, entry in data["level2"].items():
        for stem in entry["stems"]:
            add(squash(stem), None, name)
    for word in data["roots"]:
        meanings[squash(word)] = Label(root=True)
    return meanings


def _hints(entries: Mapping[str, Mapping[str, Sequence[str]]]) -> Hints:
    contains: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    for name, entry in entries.items():
        for words, turned in ((entry.get("contains", ()), contains), (entry.get("ends", ()), ends)):
            for word in words:
                turned.setdefault(word, set()).add(name)
    return Hints(_longest_first(contains), _longest_first(ends))


def _longest_first(turned: Mapping[str, set[str]]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((word, frozenset(turned[word])) for word in sorted(turned, key=lambda word: (-len(word), word)))


def _prefixed(sections: Mapping[str, str], prefixes: Sequence[str]) -> dict[str, str]:
    """The labels of sections, also with one or two words before them; what fewer words mean counts first."""
    found = dict(sections)
    for _ in range(_MOST_PREFIXES):
        for label, name in list(found.items()):
            for prefix in prefixes:
                found.setdefault(prefix + label, name)
    return found


def _placeholder(words: Sequence[str]) -> re.Pattern[str]:
    """A counted word with nothing behind it but dots, or dots alone; a word or a number alone is none."""
    counted = rf"(?:{'|'.join(map(re.escape, words))})\s*(?:\d{{1,2}}\s*[：:、.．]?|[：:])"
    return re.compile(rf"(?:{counted}\s*[….·]*|[….·]+)$")


def _profile(data: Mapping[str, Any]) -> FormProfile:
    funding = data["funding"]
    return FormProfile(
        name=data["name"],
        kinds=cast("Mapping[str, FormKind]", _turned(data["kinds"])),
        title_contains=tuple(map(squash, data["title"]["contains"])),
        title_ends=tuple(map(squash, data["title"]["ends"])),
        titles=tuple(map(squash, data.get("titles", ()))),
        sections=_prefixed(_turned(data["sections"]), data["section_prefixes"]),
        section_prefixes=tuple(map(squash, data["section_prefixes"])),
        bare_sections=_turned(data["sections"]),
        section_ends=_turned(data["section_ends"]),
        goal_columns=cast("Mapping[str, Any]", _turned(data["goal_columns"])),
        field_prefixes=tuple(map(squash, data["field_prefixes"])),
        column_starts=tuple(map(squash, data["column_starts"])),
        column_ends=cast("Mapping[str, ColumnName]", _turned(data["column_ends"])),
        sum_rows=frozenset(map(squash, data["sum_rows"])),
        placeholder=_placeholder(data["placeholders"]),
        placeholder_firsts=frozenset("….·") | {word[0] for word in data["placeholders"]},
        counter=re.compile(rf"(?:{'|'.join(map(re.escape, data['placeholders']))})\s*\d{{1,2}}\s*[：:、.．]"),
        fields=_turned(data["fields"]),
        long_fields=tuple(word for word in _turned(data["fields"]) if len(word) >= _LONG_FIELD),
        label_words=tuple(data["label_words"]),
        columns=cast("Mapping[str, ColumnName]", _turned(data["columns"])),
        task_columns=cast("Mapping[str, Any]", _turned(data["tasks"])),
        categories=_turned(funding["categories"]),
        project_total=frozenset(map(squash, funding["project_total"])),
        funding_pass=_turned(funding["pass"]),
        term=tuple(map(squash, funding["term"])),
        total_ends=tuple(funding["total_ends"]),
        source_suffixes=tuple(funding["suffixes"]),
        sources=_turned(funding["sources"]),
        parts_of=_turned(funding["parts_of"]),
        beside=frozenset(funding["beside"]),
        money=money(data["money"]),
        codes={name: codes(patterns) for name, patterns in data["codes"].items()},
        cuts={column: tuple(widths) for column, widths in data["cuts"].items()},
        furniture=tuple(data["furniture"]["starts"]),
        furniture_signs=tuple(data["furniture"]["signs"]),
        furniture_firsts=frozenset(word[0] for words in data["furniture"].values() for word in words),
    )


def build(words: Mapping[str, Any], form: Mapping[str, Any]) -> Vocabulary:
    """Compiles the vocabularies ``words`` (by the name of their file) and the profile ``form``, all found sound."""
    tree = words["indicators"]
    signs = words["operators"]
    labels = _labels(tree)
    suffixes = tuple(tree["suffixes"])
    return Vocabulary(
        labels=labels,
        label_ends=frozenset({word[-1] for word in (*labels, *suffixes)} | set(")）]】分")),
        full_labels=(
            *suffixes,
            *(word for word, label in labels.items() if not label.root and word.endswith(suffixes)),
        ),
        parents={name: tuple(entry["parents"]) for name, entry in tree["level2"].items()},
        suffixes=suffixes,
        operators={word: name for name, sign in signs["operators"].items() for word in sign["spellings"]},
        loose_operators={word: name for name, sign in signs["operators"].items() for word in sign["loose"]},
        operators_after=_turned(signs["after"]),
        included=tuple(signs["included"]),
        about=tuple(signs["about"]),
        grades=frozenset(words["grades"]["grades"]),
        achieved=frozenset(words["grades"]["achieved"]),
        name_ends=tuple(words["grades"]["name_ends"]),
        units=frozenset(words["units"]["units"]),
        per=tuple(words["units"]["per"]),
        parted=re.compile("|".join([*map(re.escape, words["units"]["per"]), "[()（）]"])),
        hints=_hints(words["hints"]["hints"]),
        profile=_profile(form),
    )
