"""Form profiles: which ones there are, and which one a form is read by.

The package ships some (``schemas/forms/``), and a user may add a folder of others, which come first. The ``general``
one reads what no profile names. All are compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.clean import squash
from extract.formfiles import FormFile, merged, read_forms, read_words, same_words, whole, with_own
from extract.schemafiles import SCHEMAS
from extract.vocabulary import Vocabulary, build

GENERAL: Final = "general"
_REMEMBERED: Final = 4096


class Mark(NamedTuple):
    """What a profile's forms are known by: one of ``titles`` is in the title, and all of ``words`` are cells."""

    titles: tuple[str, ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A form profile. ``file`` as it is called in ``run.json``; ``marks``: any of them will do.

    ``expects``: the sections that its forms have.
    """

    name: str
    file: str
    sha256: str
    marks: tuple[Mark, ...]
    expects: frozenset[str]
    vocabulary: Vocabulary

    def as_dict(self, forms: int) -> dict[str, object]:
        """The account of it in ``run.json``; ``forms``: how many it read."""
        return {"name": self.name, "file": self.file, "sha256": self.sha256, "forms": forms}


Words = Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The profiles of a run.

    ``named``: those that name their forms, in groups, the first of which are asked first. ``finder`` has the words of
    all profiles: forms are found by it, and then read by one.
    """

    general: Profile
    named: tuple[tuple[Profile, ...], ...]
    finder: Vocabulary
    _by_title: dict[str, tuple[tuple[Profile, frozenset[str]], ...]] = field(default_factory=dict, repr=False)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """All of them, the general one last."""
        return (*(profile for group in self.named for profile in group), self.general)

    def choose(self, title: str, words: Words) -> Profile:
        """The profile of a form with this title, squashed; ``words`` gives the short cells of the form, squashed.

        Of several that name it, the first group's, and there the one with the longest word of the title.
        """
        found = self._by_title.get(title)
        if found is None:
            found = tuple(one for group in self.named for one in _suitable(group, title))
            if len(self._by_title) < _REMEMBERED:
                self._by_title[title] = found
        for profile, wanted in found:
            if not wanted or wanted <= words():
                return profile
        return self.general


def _suitable(group: Sequence[Profile], title: str) -> list[tuple[Profile, frozenset[str]]]:
    """The profiles whose titles suit, with the words that must stand in the form; the most particular one first."""
    found: list[tuple[int, int, Profile, frozenset[str]]] = []
    for profile in group:
        for mark in profile.marks:
            length = max((len(word) for word in mark.titles if word in title), default=0)
            if length or not mark.titles:
                found.append((length, len(mark.words), profile, mark.words))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [(profile, words) for _, _, profile, words in found]


def load(folder: Path | None = None, schemas: Path = SCHEMAS) -> Library:
    """The profiles and vocabularies of ``schemas``, and before them the profiles in ``folder``.

    SchemaError where a file is not sound; UsageError where ``folder`` cannot be read or has no profiles.
    """
    own = read_forms(folder) if folder is not None else []
    return library(read_words(schemas / "vocabulary"), read_forms(schemas / "forms"), own)


def library(words: Mapping[str, Any], built_in: Sequence[FormFile], own: Sequence[FormFile] = ()) -> Library:
    """Compiles profiles from what their files hold. SchemaError where they do not fit together."""
    own_names = {file.name for file in own}
    replaced = {file.name: file for file in built_in if file.name in own_names}
    kept = [file for file in built_in if file.name not in own_names]
    files = {file.name: file for file in (*kept, *own)}
    data = {name: whole(file, files, replaced) for name, file in files.items()}
    for name in own_names:
        _check(files[name], words)
        # What a user calls a title is one, whatever it is made of.
        data[name]["titles"] = [word for mark in data[name].get("identify", ()) for word in mark.get("title", ())]
    general = data[GENERAL]
    shared = build(with_own(words, general), general)

    def compiled(file: FormFile) -> Profile:
        form = data[file.name]
        alike = not form.get("titles") and same_words(form, general)
        return Profile(
            file.name,
            str(file.path) if file.name in own_names else f"forms/{file.path.name}",
            file.sha256,
            tuple(
                Mark(tuple(map(squash, mark.get("title", ()))), frozenset(map(squash, mark.get("words", ()))))
                for mark in form.get("identify", ())
            ),
            frozenset(form["expects"]),
            shared if alike else build(with_own(words, form), form),
        )

    groups = [tuple(compiled(file) for file in group if file.name != GENERAL) for group in (own, kept)]
    other = [data[p.name] for group in groups for p in group if p.vocabulary is not shared]
    finder = shared
    if other:
        everything = reduce(lambda found, form: merged(form, found), other, general)
        everything["titles"] = [word for form in other for word in form.get("titles", ())]
        finder = build(with_own(words, everything), everything)
    return Library(compiled(files[GENERAL]), tuple(groups), finder)


def _check(file: FormFile, words: Mapping[str, Any]) -> None:
    """SchemaError where a profile speaks of levels that the tree does not have."""
    tree = file.data.get("vocabulary", {}).get("indicators", {})
    for level in ("level1", "level2"):
        for name in tree.get(level, {}):
            if name not in words["indicators"][level]:
                steps = ("vocabulary", "indicators", level, name)
                raise file.error(steps, "schema_no_level", name=name)


@lru_cache(maxsize=1)
def default() -> Library:
    """The profiles that the package ships."""
    return load()


def library_of(folder: Path | None) -> Library:
    """The profiles in ``folder`` before those that the package ships; these alone for None."""
    return load(folder) if folder is not None else default()
