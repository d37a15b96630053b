"""Counts how many small changes to the reading code the tests notice, and writes ``benchmarks/MUTANTS.md``.

mutmut makes the changed functions, the mutants; a seeded sample of them is drawn, each with the same chance. The tests
are collected once and followed once, to learn which of them reach which function; then a forked child for each mutant
puts the changed code in its place and runs the tests that reach it, until one fails. What no test notices is given to
mypy, as ``make check`` does.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from math import sqrt
from pathlib import Path
from threading import Lock
from types import CodeType
from typing import Any, Final

import pytest

from benchmarks.mutated import PARTS, Drawing, Mutant, drawn
from benchmarks.typed import refused
from tests.readings import rows

ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = Path(__file__).parent / "MUTANTS.md"
_COUNT: Final = 600
# The tests that read forms and write tables within one process, and are quick.
_TESTS: Final = (
    *("readings", "again", "breaks", "build", "checks", "columns_told", "corrections", "corrections_file"),
    *("corrections_run", "counties", "cut", "dimensions", "each_finding", "encoding", "explain", "forms", "funding"),
    *("fuzz", "glued", "identity", "inspect", "kinds", "layered", "layout", "learn", "likeness", "long_lines"),
    *("misread", "not_a_form", "one", "opendocument", "order", "package", "page", "page_grid", "patch", "pdf_plain"),
    *("periods", "pieces_told", "place", "places", "plan", "poor", "profiles", "provenance", "questions"),
    *("real_sample", "recover", "regions", "roundtrip", "rows", "run", "same_rows", "schemas", "shaped_roundtrip"),
    *("shapes", "sheets", "sound", "source", "stream", "tagged", "teaching", "unknown_words", "values", "vocabulary"),
    *("webpage", "wide", "word", "words", "writer", "xml2003"),
)
# Tests of time, of commands, and the slow ones of those that hold what quicker ones do.
_LEFT_OUT: Final = ("time_grows", "test_the_command", "slow_search", "every_row_of_provenance", "raise_no_alarm")
# Seconds of one test, and of all tests of one mutant.
_LONGEST: Final = 4.0
_BUDGET: Final = 60.0
# What a child finds read already, and how the modules begin that mutants are in.
_WARMING: Final = "portal-02.txt"
_STARTS: Final = tuple(start.removesuffix(".py") for starts in PARTS.values() for start in starts)
_MEMORY: Final = 4 << 30
_WORKERS: Final = 2
_HANGS: Final = 600
_TIMED_OUT: Final = (signal.SIGPROF, signal.SIGALRM, signal.SIGKILL)

# The modules of the package by their files.
_MODULES: Final = {
    str(path): ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "extract").rglob("*.py")
}


def _fingerprint() -> str:
    """Changes with the code, with the tests and with what these read."""
    folders = (ROOT / name for name in ("extract", "schemas", "samples", "tests"))
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix != ".pyc")
    return sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()[:12]


_REACHED: Final = ROOT / "mutants" / f"reached-{_fingerprint()}.jsonl"

# Of tests; and by function.
Seconds = dict[str, float]
Reached = dict[str, Seconds]


def followed(act: Callable[[], object]) -> set[str]:
    """The functions of the package that are called by it, and those around a function that is within one."""
    profile = cProfile.Profile(builtins=False)
    profile.runcall(act)
    codes = [entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType)]
    return {
        f"{_MODULES[code.co_filename]}:{code.co_qualname.partition('.<locals>')[0]}"
        for code in codes
        if code.co_filename in _MODULES
    }


def warm() -> None:
    """Reads a form once, so that a child finds ready what no mutant can change; what one could, it makes anew."""
    rows(_WARMING)
    forget()


def forget() -> None:
    """Drops what is kept of earlier readings, so that what is made once for all of them is made anew."""
    for name, module in list(sys.modules.items()):
        if name.replace(".", "/").startswith(_STARTS):
            for found in vars(module).values():
                getattr(found, "cache_clear", int)()


class Loop:
    """Runs the mutants in place of the tests, once pytest has collected these."""

    def __init__(self, drawn: Sequence[Mutant], minutes: float, say: Callable[[str], None]) -> None:
        self.drawn, self.say = drawn, say
        self.ends = time.monotonic() + minutes * 60
        self.fates: dict[Mutant, str] = {}
        self._kills: dict[str, int] = defaultdict(int)
        # Of tests during which a mutant ran out of time: whether they end without it.
        self._ends: dict[str, bool] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves out what takes long and says nothing of how forms are read."""
        items[:] = [item for item in items if not any(part in item.nodeid for part in _LEFT_OUT)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All mutants, one after another."""
        session.config.pluginmanager.unregister(name="terminalreporter")
        reached = self._reached(session)
        warm()
        chosen = {function: _within(tests, function) for function, tests in reached.items()}
        if self._fate(session, None, next(iter(chosen.values())))[0] != "survived":
            raise RuntimeError("tests fail without any change")
        told: list[str] = []
        _at_once(partial(self._tell, session, chosen), told.append)
        fates = {one["mutant"]: one["fate"] for one in map(json.loads, told)}
        self.fates = {mutant: fates[mutant.name] for mutant in self.drawn if mutant.name in fates}
        return True

    def _tell(self, session: pytest.Session, chosen: Reached, at: int) -> Iterator[dict[str, Any]]:
        """The fates of every so many mutants."""
        own = self.drawn[at::_WORKERS]
        for number, mutant in enumerate(own, 1):
            start = time.monotonic()
            if start > self.ends:
                break
            tests = chosen.get(mutant.function, {})
            fate, by = self._sure_fate(session, mutant, tests) if tests else ("survived", "")
            self._kills[by] += 1
            self.say(f"{number}/{len(own)} {mutant.name} {fate} {time.monotonic() - start:.1f} s {by}")
            yield {"mutant": mutant.name, "fate": fate}

    def _sure_fate(self, session: pytest.Session, mutant: Mutant, tests: Seconds) -> tuple[str, str]:
        """What becomes of a mutant by tests that end without it: one may rest on what another had read before."""
        while True:
            tests = {test: seconds for test, seconds in tests.items() if self._ends.get(test, True)}
            fate, by = self._fate(session, mutant, tests)
            if fate != "timed out" or self._ends.get(by, False):
                return fate, by
            self._ends[by] = self._fate(session, None, {by: tests[by]})[0] == "survived"

    def _reached(self, session: pytest.Session) -> Reached:
        """For each function the tests that reach it and their seconds; those not known yet are followed in a child."""
        known = {line["test"] for line in _lines(_REACHED)}
        unknown = [item for item in session.items if item.nodeid not in known]
        if unknown:
            each = -(-len(unknown) // _WORKERS)
            with _REACHED.open("a", encoding="utf-8") as out:
                _at_once(lambda at: self._learn(session, unknown[at * each : (at + 1) * each]), out.write)
        reached: Reached = defaultdict(dict)
        here = {item.nodeid for item in session.items}
        for line in _lines(_REACHED):
            for function in line["functions"] if line["test"] in here else ():
                reached[function][line["test"]] = line["seconds"]
        return reached

    def _learn(self, session: pytest.Session, items: Sequence[pytest.Item]) -> Iterator[dict[str, Any]]:
        for item, after in zip(items, [*items[1:], None], strict=True):
            forget()
            start = time.process_time()
            functions = followed(partial(_run, item, after))
            seconds = time.process_time() - start
            if session.testsfailed:
                self.say(f"fails without any change: {item.nodeid}")
                session.testsfailed, functions = 0, set()
            yield {"test": item.nodeid, "seconds": round(seconds, 3), "functions": sorted(functions)}

    def _fate(self, session: pytest.Session, mutant: Mutant | None, tests: Seconds) -> tuple[str, str]:
        """What becomes of a mutant, and the test that told."""
        order = sorted(tests, key=lambda test: (-self._kills[test], tests[test]))
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._try(session, mutant, order, tests, write)
            finally:
                os._exit(3)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as pipe:
            by = pipe.read().splitlines()
        _, status = os.waitpid(child, 0)
        if not by:
            raise RuntimeError(f"{mutant} cannot be put in place")
        if os.WIFSIGNALED(status):
            return ("timed out" if os.WTERMSIG(status) in _TIMED_OUT else "killed"), by[-1]
        return ("survived", "") if os.WEXITSTATUS(status) == 0 else ("killed", by[-1])

    def _try(
        self, session: pytest.Session, mutant: Mutant | None, order: Sequence[str], tests: Seconds, out: int
    ) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        signal.alarm(_HANGS)
        if mutant is not None:
            mutant.put_in_place()
        items = {item.nodeid: item for item in session.items if item.nodeid in tests}
        run = [items[name] for name in order if name in items]
        for item, after in zip(run, [*run[1:], None], strict=True):
            os.write(out, f"{item.nodeid}\n".encode())
            signal.setitimer(signal.ITIMER_PROF, 5 + 10 * tests[item.nodeid])
            _run(item, after)
            if session.testsfailed:
                os._exit(1)
        os._exit(0)


def _lines(path: Path) -> list[dict[str, Any]]:
    """What the lines of a file say; nothing where there is none."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _at_once(work: Callable[[int], Iterable[Mapping[str, Any]]], take: Callable[[str], object]) -> None:
    """Does work in some children at once, each told which it is; takes what they say as lines of JSON."""
    pipes = []
    for at in range(_WORKERS):
        read, write = os.pipe()
        if os.fork() == 0:
            # Not a step back into pytest, whatever happens.
            status = 1
            try:
                with os.fdopen(write, "w", encoding="utf-8") as out:
                    for said in work(at):
                        print(json.dumps(said, ensure_ascii=False), file=out, flush=True)
                status = 0
            finally:
                if status:
                    traceback.print_exc()
                os._exit(status)
        os.close(write)
        pipes.append(read)
    lock = Lock()

    def taken(pipe: int) -> None:
        with os.fdopen(pipe, encoding="utf-8") as lines:
            for line in lines:
                with lock:
                    take(line)

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(taken, pipes))
    for _ in pipes:
        if os.wait()[1]:
            raise RuntimeError("a child that tries mutants has failed")


def _run(item: pytest.Item, after: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)


def _within(tests: Seconds, seed: str) -> Seconds:
    """As many tests as there are seconds for: quick ones rather than slow ones, but not only those that are alike."""
    drawing, left, found = random.Random(seed), _BUDGET, {}
    for name in sorted(tests, key=lambda test: tests[test] * drawing.random()):
        if tests[name] <= min(left, _LONGEST):
            left -= tests[name]
            found[name] = tests[name]
    return found


def bound(killed: int, of: int) -> tuple[float, float]:
    """Between what shares the true one lies, of 95 in 100 samples (Wilson)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, killed / of
    middle, half = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def _row(name: str, there: int, fates: Sequence[str]) -> str:
    counts = Counter(fates)
    noticed = len(fates) - counts["survived"]
    killed = noticed - counts["refused"]
    low, high = bound(noticed, len(fates))
    shares = f"{killed / max(1, len(fates)):.1%} | {noticed / max(1, len(fates)):.1%} | {low:.1%} to {high:.1%}"
    of = f"{killed} | {counts['timed out']} | {counts['refused']} | {counts['survived']}"
    return f"| {name} | {there:,} | {len(fates)} | {of} | {shares} |"


def report(drawing: Drawing, seed: int, fates: Mapping[Mutant, str]) -> str:
    """The results as Markdown; of what was drawn, what has a fate by now."""
    there = Counter(one.part for one in drawing.every)
    survivors = [one for one, fate in fates.items() if fate == "survived"]
    known = {part: [fates[one] for one in own if one in fates] for part, own in drawing.parts.items()}
    whole = [fates[one] for one in drawing.whole if one in fates]
    command = f"make mutants N={len(drawing.whole)} SEED={seed}"
    lines = [
        "# Mutants",
        "",
        f"Written by `{command}`, which tried {len(fates)} of {len(drawing.tried)}.",
        "",
        "| part | mutants | drawn | killed | of these timed out | refused | survived | killed | noticed | 95 % bound |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
        _row("all", len(drawing.every), whole),
        *(_row(part, there[part], own) for part, own in known.items() if own),
        "",
        "A mutant is a function with one small change by mutmut. The first row is of a sample of all of them, each",
        "with the same chance; the rows below are of a sample of each part. A mutant is killed where a test fails or",
        f"does not end; tests that take {_BUDGET:.0f} seconds in all are tried on each. It is refused where no test",
        "fails but mypy does, by the project's rules. Both are noticed before a change gets in; the bound is for them.",
        "",
        "## Survivors",
        "",
        *(f"- `{one.name}`: `{one.change().replace('`', ' ')}`" for one in sorted(survivors, key=lambda m: m.name)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Draws mutants, runs the tests on them, and writes down what came of it."""
    parser = argparse.ArgumentParser(description="Counts how many changes of the code the tests notice.")
    parser.add_argument("count", type=int, nargs="?", default=_COUNT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", help="these mutants, by their names, and no results written")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="what is not tried by then is left out")
    parser.add_argument("--tests", nargs="*", default=_TESTS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    drawing = drawn(chosen.count, chosen.seed)
    tried = [one for one in drawing.every if one.name in chosen.only] if chosen.only else drawing.tried
    loop = Loop(tried, chosen.minutes, lambda text: print(text, flush=True))
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in chosen.tests]
    options = ["-q", "-s", "--assert=plain", "--tb=no", "-p", "no:cacheprovider"]
    pytest.main([*files, *options], plugins=[loop])
    loop.fates |= dict.fromkeys(refused(one for one, fate in loop.fates.items() if fate == "survived"), "refused")
    if not chosen.only:
        chosen.out.write_text(report(drawing, chosen.seed, loop.fates), encoding="utf-8")


if __name__ == "__main__":
    main()
