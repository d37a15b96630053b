"""What an indicator's name says of its second level: words from ``schemas/vocabulary/hints.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from extract.errors import SchemaError
from extract.schemafiles import SCHEMAS, read_yaml

_FILE: Final = "vocabulary/hints.yaml"


class Hints(NamedTuple):
    """Words, longest first, each with the second-level names it speaks for."""

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


def load(folder: Path = SCHEMAS) -> Hints:
    """The hints of ``folder``; SchemaError where the file is not what it must be."""
    path = folder / _FILE
    data = read_yaml(path)
    entries = data.get("hints") if isinstance(data, dict) else None
    if not isinstance(entries, dict):
        raise SchemaError(f"{path}: hints must map second-level names to lists of words")
    return Hints(_turned(entries, "contains", path), _turned(entries, "ends", path))


def _turned(entries: Mapping[str, object], key: str, path: Path) -> tuple[tuple[str, frozenset[str]], ...]:
    """Word -> names from name -> words, longest word first."""
    turned: dict[str, set[str]] = {}
    for name, entry in entries.items():
        words = entry.get(key, []) if isinstance(entry, dict) else None
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise SchemaError(f"{path}: hints/{name}/{key} must be a list of words")
        for word in words:
            turned.setdefault(word, set()).add(name)
    return tuple((word, frozenset(turned[word])) for word in sorted(turned, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=1)
def default() -> Hints:
    """The hints that the package ships."""
    return load()
