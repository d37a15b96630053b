"""Words added to the profiles of a folder: as data to read by, and as text for a person to accept.

A word goes to the profile that the form was read by. Where that is one that the package ships, a file of its own takes
its place in the folder and extends it.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from extract.clean import squash
from extract.formfiles import FormFile
from extract.learn.words import Word

_INDENT: Final = "  "
_SPELLINGS: Final = "spellings"
# Lists of which each name has its own, and a word means one thing.
_SHARED: Final = frozenset({"columns", "fields", "sections", "tasks", "kinds", "sources", "categories"})


class Draft(NamedTuple):
    """A profile's file in the making: its name in the folder, its text as it was (None for a new one) and is."""

    name: str
    before: str | None
    text: str

    def diff(self) -> str:
        """What changes, as ``patch -p1`` and ``git apply`` take it in the folder."""
        old = [] if self.before is None else self.before.splitlines(keepends=True)
        tail = "\t" if " " in self.name else ""
        source = "/dev/null" if self.before is None else f"a/{self.name}{tail}"
        lines = difflib.unified_diff(old, self.text.splitlines(keepends=True), source, f"b/{self.name}{tail}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


class Profiles:
    """The profiles of a folder with words added; each addition makes new ones."""

    def __init__(self, built_in: Sequence[FormFile], own: Sequence[FormFile], added: Sequence[tuple[str, Word]] = ()):
        self._built_in = {file.name: file for file in built_in}
        self._own = {file.name: file for file in own}
        self._added = tuple(added)

    def with_words(self, profile: str, words: Iterable[Word]) -> Profiles:
        """These profiles, with words in the one of this name."""
        more = [(profile, word) for word in words if (profile, word) not in self._added]
        return Profiles(list(self._built_in.values()), list(self._own.values()), [*self._added, *more])

    def without(self, profile: str, word: Word) -> Profiles:
        """These profiles without a word that was added."""
        left = [one for one in self._added if one != (profile, word)]
        return Profiles(list(self._built_in.values()), list(self._own.values()), left)

    @property
    def added(self) -> Sequence[tuple[str, Word]]:
        """The words that were added, with the profile of each."""
        return self._added

    def takes(self, profile: str, word: Word) -> bool:
        """Whether a profile may say so: the word means nothing else in its file, and stands there not yet."""
        data = self._of(profile)
        key = squash(word.text)
        if not key:
            return False
        node: Any = data
        for step in word.steps[:-1]:
            node = node.get(step, {}) if isinstance(node, Mapping) else {}
        lists = node.values() if len(word.steps) > 1 and isinstance(node, Mapping) else [node]
        own = [text for texts in lists if isinstance(texts, list) for text in texts]
        return key not in map(squash, own)

    def files(self) -> tuple[FormFile, ...]:
        """The profiles as they would be read from the folder."""
        changed = {name for name, _ in self._added}
        kept = [file for file in self._own.values() if file.name not in changed]
        return (*kept, *(self._file(name) for name in sorted(changed)))

    def _file(self, name: str) -> FormFile:
        data = self._of(name)
        digest = hashlib.sha256(repr(data).encode()).hexdigest()
        path = self._own[name].path if name in self._own else Path(f"{name}.yaml")
        return FormFile(path, data, digest)

    def _of(self, name: str) -> dict[str, Any]:
        own = self._own.get(name)
        data = dict(own.data) if own is not None else self._begun(name)
        for profile, word in self._added:
            if profile == name:
                data = _with_word(data, word.steps, word)
        return data

    def _begun(self, name: str) -> dict[str, Any]:
        """What a file says first that takes the place of a profile that is shipped."""
        data: dict[str, Any] = {"name": name, "extends": name}
        if "identify" in self._built_in[name].data:
            data["identify"] = self._built_in[name].data["identify"]
        return data

    def drafts(self) -> list[Draft]:
        """The files as a person is to accept them, in the order of their names."""
        found = []
        for name in sorted({profile for profile, _ in self._added}):
            words = [word for profile, word in self._added if profile == name]
            if name in self._own:
                path = self._own[name].path
                with path.open(encoding="utf-8", newline="") as file:
                    before = text = file.read()
                file_name = path.name
            else:
                before, text = None, _dumped(self._begun(name))
                file_name = f"{name}.yaml"
            for word in words:
                text = _written(text, word)
            found.append(Draft(file_name, before, text))
        return found


def _with_word(data: Mapping[str, Any], steps: Sequence[str], word: Word) -> dict[str, Any]:
    first, *rest = steps
    found = dict(data)
    if rest:
        found[first] = _with_word(found.get(first, {}), rest, word)
    elif word.factor is None:
        found[first] = [*found.get(first, ()), word.text]
    else:
        found[first] = {"factor": _plain(word), _SPELLINGS: [word.text]}
    return found


def _plain(word: Word) -> int:
    return int(word.factor or 0)


def _dumped(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=10_000)


def _scalar(text: str) -> str:
    """A text as it stands in a list of YAML."""
    return yaml.safe_dump([text], allow_unicode=True, default_flow_style=True, width=10_000).strip()[1:-1]


def _value(word: Word) -> str:
    """What a new key holds."""
    own = f"[{_scalar(word.text)}]"
    return own if word.factor is None else f"{{factor: {_plain(word)}, {_SPELLINGS}: {own}}}"


def _written(text: str, word: Word) -> str:
    """A YAML text with a word added, and all else as it stands there."""
    end = "\r\n" if "\r\n" in text else "\n"
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    steps = list(word.steps)
    while steps and isinstance(node, yaml.MappingNode):
        found = next((value for key, value in node.value if key.value == steps[0]), None)
        if found is None:
            break
        node = found
        steps.pop(0)
    if not steps:
        return _in_list(text, node, word, end)
    if node.flow_style and isinstance(node, yaml.MappingNode):
        return _in_braces(text, node, steps, word)
    column = node.start_mark.column
    at = _line_end(text, _last_mark(node))
    lines = [f"{' ' * column}{_INDENT * depth}{_scalar(step)}:" for depth, step in enumerate(steps)]
    lines[-1] += f" {_value(word)}"
    lead = "" if text[:at].endswith("\n") or not at else end
    return f"{text[:at]}{lead}{end.join(lines)}{end}{text[at:]}"


def _in_list(text: str, node: Any, word: Word, end: str) -> str:
    if node.flow_style:
        at = node.end_mark.index - 1
        own = text[:at].rstrip()
        lead = "" if own.endswith(("[", ",")) else ", "
        return f"{own}{lead}{_scalar(word.text)}{text[len(own) :]}"
    at = _line_end(text, _last_mark(node))
    lead = "" if text[:at].endswith("\n") else end
    return f"{text[:at]}{lead}{' ' * node.start_mark.column}- {_scalar(word.text)}{end}{text[at:]}"


def _in_braces(text: str, node: Any, steps: Sequence[str], word: Word) -> str:
    at = node.end_mark.index - 1
    own = text[:at].rstrip()
    value = _value(word)
    for step in reversed(steps[1:]):
        value = f"{{{_scalar(step)}: {value}}}"
    lead = "" if own.endswith(("{", ",")) else ", "
    return f"{own}{lead}{_scalar(steps[0])}: {value}{text[len(own) :]}"


def _last_mark(node: Any) -> int:
    """Where the last thing that a node holds ends; a block's own end is where the next one begins."""
    while not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _line_end(text: str, at: int) -> int:
    """Behind the line in which a place is."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1
