"""The mutants that mutmut makes of the reading code, and one of them put into the place of the code that it changes."""

from __future__ import annotations
import __future__

import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from types import FunctionType
from typing import Any, Final, NamedTuple

import libcst
from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant, read_functions_from_index
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

# The parts of the way through, by what their paths begin with.
PARTS: Final = {
    "interpreter": ("extract/interpret/",),
    "checks": ("extract/checks.py", "extract/doubts.py"),
    "recovery": ("extract/recover.py",),
    "writer": ("extract/tables/",),
}


@dataclass(frozen=True)
class Mutant:
    """A function with one small change: mutmut's name of it, and the file that it is in."""

    name: str
    path: str

    @property
    def part(self) -> str:
        """The part of the way through that it is of."""
        return next(part for part, starts in PARTS.items() if self.path.startswith(starts))

    @property
    def function(self) -> str:
        """The function that it changes, as ``module:name`` or ``module:Class.name``."""
        name, owner = orig_function_and_class_names_from_key(self.name)
        return f"{self.module}:{owner + '.' if owner else ''}{name}"

    @property
    def module(self) -> str:
        """The module that the function is in."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def change(self) -> str:
        """What is changed, the line before and after."""
        lines = get_diff_for_mutant(self.name, path=self.path).splitlines()[3:]
        old, new = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
        return f"{old} → {new}"

    def _node(self) -> libcst.FunctionDef:
        """The changed function."""
        functions = read_functions_from_index(self.name, self.path)
        if functions is None:
            raise LookupError(self.name)
        return functions[1]

    def source(self, root: Path) -> str:
        """The text of its module with the change."""
        owner, _, name = self.function.partition(":")[2].rpartition(".")
        module = libcst.parse_module((root / self.path).read_text(encoding="utf-8"))
        body: Sequence[libcst.CSTNode] = module.body
        if owner:
            (body,) = (one.body.body for one in body if isinstance(one, libcst.ClassDef) and one.name.value == owner)
        (old,) = (one for one in body if isinstance(one, libcst.FunctionDef) and one.name.value == name)
        changed = module.deep_replace(old, self._node().with_changes(leading_lines=old.leading_lines))
        return str(changed.code)

    def put_in_place(self) -> None:
        """Changes the function for this process, wherever it is known by now."""
        owner, _, name = self.function.partition(":")[2].rpartition(".")
        source = libcst.Module([self._node()]).code
        # A method that calls super() must be made within a class.
        if owner:
            source = f"class {owner}:\n" + indent(source, "    ")
        flags = __future__.annotations.compiler_flag
        code = compile(source, self.path, "exec", flags=flags, dont_inherit=True)
        module = vars(sys.modules[self.module])
        found: dict[str, Any] = {}
        exec(code, dict(module), found)
        old = _bare((vars(module[owner]) if owner else module)[name])
        new = _bare((vars(found[owner]) if owner else found)[name])
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _bare(found: object) -> FunctionType:
    """The function itself, of a method of a class or none too."""
    function = getattr(found, "__func__", found)
    assert isinstance(function, FunctionType), found
    return function


def mutants() -> list[Mutant]:
    """All mutants of the parts, made where they are older than their source, in the order of their names."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        create_mutants(2)
    found = []
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        found += [Mutant(name, str(path)) for name in data.exit_code_by_key]
    assert config().only_mutate, "pyproject.toml says what is mutated"
    return sorted(found, key=lambda one: one.name)


class Drawing(NamedTuple):
    """All mutants, a sample of all, and one of each part."""

    every: list[Mutant]
    whole: list[Mutant]
    parts: dict[str, list[Mutant]]

    @property
    def tried(self) -> list[Mutant]:
        """Those of the samples, each once: first the one of all."""
        return list(dict.fromkeys([*self.whole, *(one for part in self.parts.values() for one in part)]))


def drawn(count: int, seed: int) -> Drawing:
    """So many of all mutants; of each part those among them, or more up to a sixth of the count."""
    every = mutants()
    shuffled = random.Random(seed).sample(every, len(every))
    own = {part: [one for one in shuffled if one.part == part] for part in PARTS}
    among = Counter(one.part for one in shuffled[:count])
    parts = {part: ones[: max(among[part], count // 6)] for part, ones in own.items()}
    return Drawing(every, shuffled[:count], parts)
