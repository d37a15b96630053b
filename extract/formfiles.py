"""The files that profiles and vocabularies are kept in: read, checked, and laid over one another, as plain data.

A profile that ``extends`` another one has its words and adds its own to them. A word that means something else in the
profile than in the one it extends means what the profile says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from extract.clean import squash
from extract.errors import SchemaError, UsageError
from extract.schemafiles import Steps, read_bytes, read_checked, schema_error

Data = Mapping[str, Any]

VOCABULARIES: Final = ("indicators", "operators", "units", "grades", "hints")
_ENDINGS: Final = (".yaml", ".yml")
# Where a word means one thing: mappings of what is meant to its words.
_MEANINGS: Final = (
    ("kinds",),
    ("sections",),
    ("section_ends",),
    ("goal_columns",),
    ("fields",),
    ("columns",),
    ("column_ends",),
    ("tasks",),
    ("funding", "pass"),
    ("funding", "categories"),
    ("funding", "sources"),
    ("funding", "parts_of"),
)
# What a profile has for itself and hands on to none.
_OWN: Final = frozenset({"name", "extends", "identify", "titles"})
# What a profile says besides that words are read by.
_NO_WORDS: Final = _OWN | {"expects"}
# Lists of which a profile's own takes the place of the one it would inherit.
_REPLACED: Final = frozenset({"task_content", "task_name", "indicator_name"})


class FormFile(NamedTuple):
    """A profile's file: ``path`` as it is to be called, the content and its SHA-256."""

    path: Path
    data: Data
    sha256: str

    @property
    def name(self) -> str:
        """What the profile calls itself."""
        return str(self.data["name"])

    def error(self, steps: Steps, key: str, **params: object) -> SchemaError:
        """The error for what is wrong at a place of this file."""
        return schema_error(self.path, steps, key, **params)


def read_words(folder: Path) -> dict[str, Data]:
    """The vocabularies in a folder, by the name of their file; SchemaError where one is not sound."""
    words: dict[str, Data] = {name: read_checked(folder / f"{name}.yaml", name) for name in VOCABULARIES}
    tree, path = words["indicators"], folder / "indicators.yaml"
    for name, entry in tree["level2"].items():
        for at, parent in enumerate(entry["parents"]):
            if parent not in tree["level1"]:
                raise schema_error(path, ("level2", name, "parents", at), "schema_no_level", name=parent)
    _check_meanings(path, tree["level1"], ("level1",))
    _check_meanings(path, {name: entry["stems"] for name, entry in tree["level2"].items()}, ("level2",), ("stems",))
    path = folder / "operators.yaml"
    for kind in ("spellings", "loose"):
        spelled = {name: sign[kind] for name, sign in words["operators"]["operators"].items()}
        _check_meanings(path, spelled, ("operators",), (kind,), str)
    _check_meanings(path, words["operators"]["after"], ("after",))
    for name in words["hints"]["hints"]:
        if name not in tree["level2"]:
            raise schema_error(folder / "hints.yaml", ("hints", name), "schema_no_level", name=name)
    return words


def read_forms(folder: Path) -> list[FormFile]:
    """The profiles in a folder, in the order of their files' names.

    SchemaError where one is not sound; UsageError where the folder cannot be read or has none.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS and not path.name.startswith("."))
    except OSError as error:
        raise UsageError("forms_unreadable", path=str(folder), reason=error.strerror or str(error)) from error
    if not paths:
        raise UsageError("forms_empty", path=str(folder))
    files: dict[str, FormFile] = {}
    for path in paths:
        file = _read_form(path)
        if file.name in files:
            raise file.error(("name",), "schema_same_name", name=file.name, other=str(files[file.name].path))
        files[file.name] = file
    return list(files.values())


def _read_form(path: Path) -> FormFile:
    digest = hashlib.sha256(read_bytes(path)).hexdigest()
    data = read_checked(path, "form")
    for steps in _MEANINGS:
        _check_meanings(path, _at(data, steps), steps)
    _check_meanings(
        path, {name: unit["spellings"] for name, unit in data.get("money", {}).items()}, ("money",), ("spellings",)
    )
    for kind, patterns in data.get("codes", {}).items():
        for at, pattern in enumerate(patterns):
            if any(pattern.count(part) != 1 for part in ("{code}", "{name}")):
                raise schema_error(path, ("codes", kind, at), "schema_code", value=pattern)
    return FormFile(path, data, digest)


def _check_meanings(
    path: Path,
    named: Mapping[str, Sequence[str]],
    before: Steps,
    behind: Steps = (),
    fold: Callable[[str], str] = squash,
) -> None:
    """SchemaError where a word stands under two names, or twice under one; ``fold`` gives what it is looked up by."""
    seen: dict[str, str] = {}
    for name, words in named.items():
        for at, word in enumerate(words):
            key = fold(word)
            if key in seen:
                steps = (*before, name, *behind, at)
                raise schema_error(path, steps, "schema_two_meanings", word=word, one=seen[key], other=name)
            seen[key] = name


def _at(data: Data, steps: Sequence[str]) -> Data:
    for step in steps:
        data = data.get(step, {})
    return data


def merged(base: Data, own: Data) -> dict[str, Any]:
    """``base`` with the words of ``own`` added; where both say what a word means, ``own`` is right."""
    kept = {name: value for name, value in base.items() if name not in _OWN}
    for steps in _MEANINGS:
        _drop(kept, steps, {squash(word) for words in _at(own, steps).values() for word in words})
    return _merged(kept, own)


def _drop(data: dict[str, Any], steps: Sequence[str], words: set[str]) -> None:
    """Takes words out of a mapping of meanings, which is made anew."""
    first, *rest = steps
    if first not in data or not words:
        return
    if rest:
        data[first] = dict(data[first])
        _drop(data[first], rest, words)
    else:
        data[first] = {name: [w for w in own if squash(w) not in words] for name, own in data[first].items()}


def _merged(base: Data, own: Data) -> dict[str, Any]:
    found = dict(base)
    for name, value in own.items():
        before = base.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            found[name] = _merged(before, value)
        elif isinstance(value, list) and isinstance(before, list) and name not in _REPLACED:
            found[name] = [*value, *(item for item in before if item not in value)]
        else:
            found[name] = value
    return found


def whole(file: FormFile, files: Mapping[str, FormFile], replaced: Mapping[str, FormFile]) -> dict[str, Any]:
    """The words of a profile together with those of the profiles that it extends.

    ``files`` by name; ``replaced``: built-in ones that one in ``files`` has taken the name of, and may extend.
    """
    data = dict(file.data)
    for one in _extended(file, files, replaced):
        data = {**merged(one.data, data), **{name: data[name] for name in _OWN & data.keys()}}
    return data


def _extended(file: FormFile, files: Mapping[str, FormFile], replaced: Mapping[str, FormFile]) -> Iterator[FormFile]:
    """The profiles that one extends, the nearest first; SchemaError where there is none, or they go in a circle."""
    passed = [file]
    while "extends" in file.data:
        name = file.data["extends"]
        found = replaced.get(name) if name == file.name else files.get(name)
        if found is None:
            raise file.error(("extends",), "schema_extends", name=name, known=", ".join(sorted(files)))
        if found in passed:
            raise file.error(("extends",), "schema_circle", name=name)
        passed.append(found)
        file = found
        yield found


def same_words(one: Data, other: Data) -> bool:
    """Whether two profiles read alike: what they are called and known by aside."""
    return {name: value for name, value in one.items() if name not in _NO_WORDS} == {
        name: value for name, value in other.items() if name not in _NO_WORDS
    }


def with_own(words: Mapping[str, Data], form: Data) -> Mapping[str, Data]:
    """The vocabularies with what a profile adds to them under ``vocabulary``."""
    own = form.get("vocabulary")
    if not own:
        return words
    added: dict[str, Data] = {}
    tree = own.get("indicators", {})
    if tree:
        level2 = {name: {"stems": stems} for name, stems in tree.get("level2", {}).items()}
        added["indicators"] = {**tree, "level2": level2}
    if "operators" in own:
        added["operators"] = {"operators": {name: {"spellings": words} for name, words in own["operators"].items()}}
    for name in ("units", "grades"):
        if name in own:
            added[name] = {name: own[name]}
    return _merged(words, added)
