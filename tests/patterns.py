"""Every pattern that the package compiles, run over texts that patterns get lost in.

A program of its own: it sees patterns as they are compiled, and who starts it can end it where one never ends. It
prints each pattern before it is run, and what took long.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import regex

# First so short that what doubles with each character ends, then so long that what is worse than linear shows.
LENGTHS: Final = (30, 400, 5_000, 20_000)
# Seconds that one search may take.
MOST: Final = 1.0
_ROOT: Final = Path(__file__).parent.parent
_CLASSES: Final = {"\\d": "0", "\\s": " ", "\\S": "甲", "\\w": "a", ".": "甲", "\\D": "甲", "\\W": "-"}
_END: Final = "\x01"
_SEARCH: Final = re.compile(r"\b(\w+)\.(?:search|finditer|findall|subn?|split)\b")


def compiled() -> list[tuple[Any, bool]]:
    """The patterns that the package compiles when all of it is imported and some forms are read.

    With each whether it is looked for anywhere in a text, or at one place only.
    """
    found: dict[tuple[str, str], Any] = {}

    def seen(module: Any) -> None:
        real = module.compile

        def compile_(pattern: Any, *words: Any, **named: Any) -> Any:
            made = real(pattern, *words, **named)
            file = sys._getframe(1).f_code.co_filename
            if file.startswith(str(_ROOT / "extract")) and isinstance(made.pattern, str):
                found[module.__name__, made.pattern] = made
            return made

        module.compile = compile_

    seen(re)
    seen(regex)
    import extract

    for one in pkgutil.walk_packages(extract.__path__, "extract."):
        importlib.import_module(one.name)
    for path in sorted((_ROOT / "samples").glob("*-01.txt")):
        extract.extract_bytes(path.read_bytes())
    anywhere = searched()
    return [(one, one.pattern in anywhere) for one in found.values()]


def searched() -> set[str]:
    """The patterns that the package looks for anywhere in a text, by the names that they have there."""
    sources = [path.read_text(encoding="utf-8") for path in sorted((_ROOT / "extract").rglob("*.py"))]
    names = {name for source in sources for name in _SEARCH.findall(source)}
    homes = [vars(module) for name, module in list(sys.modules.items()) if name.startswith("extract.")]
    # Those that are made of data are kept by objects.
    homes += [_kept(one) for one in gc.get_objects() if str(type(one).__module__).startswith("extract.")]
    return {
        value.pattern
        for home in homes
        for name, value in home.items()
        if name in names and isinstance(value, re.Pattern | regex.Pattern)
    }


def _kept(one: object) -> dict[str, Any]:
    """What an object has under which names, whatever its class is like."""
    own = vars(one) if hasattr(one, "__dict__") else {}
    slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
    return {**own, **{name: getattr(one, name, None) for name in [*slots, *getattr(one, "_fields", ())]}}


def letters(pattern: str) -> list[str]:
    """Some characters that a pattern speaks of."""
    own = [text for mark, text in _CLASSES.items() if mark in pattern]
    plain = re.sub(r"\\[a-zA-Z]|\(\?P?[<!=:][A-Za-z_]*>?|[\\^$()\[\]{}|?*+]", "", pattern)
    return list(dict.fromkeys([*own, *plain[:4], *plain[-4:]]))[:8]


def texts(pattern: str, length: int) -> Iterator[str]:
    """Texts of characters of a pattern, over and over, which end in one that is none of it."""
    own = letters(pattern)
    for units in (own, itertools.combinations(own[:5], 2)):
        for unit in units:
            piece = "".join(unit)
            yield piece * (length // len(piece)) + _END


def longest(pattern: Any, anywhere: bool) -> tuple[float, str]:
    """How long a pattern takes at most, and with what."""
    ways = (pattern.match, pattern.search) if anywhere else (pattern.match,)
    worst = (0.0, "")
    for length in LENGTHS:
        for text in texts(pattern.pattern, length):
            for way in ways:
                since = perf_counter()
                way(text)
                worst = max(worst, (perf_counter() - since, f"{way.__name__} {text[:4]!r}"))
    return worst


def say(line: list[Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Prints a line of JSON for each pattern that is run, and once more with what was found of it."""
    for pattern, anywhere in compiled():
        say([pattern.pattern])
        say([pattern.pattern, *longest(pattern, anywhere)])


if __name__ == "__main__":
    main()
