"""Fuzzes all targets, or repeats what was found: ``python -m fuzz.run [--minutes N] [TARGET…]``, ``… TARGET FILE``."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from fuzz.targets import TARGETS

ROOT: Final = Path(__file__).parent.parent
# What was learned stays here, and is begun with the next time. Git ignores it.
CORPUS: Final = ROOT / ".fuzz"
# Seconds and megabytes that one input may take.
TIME_LIMIT: Final = 20
MEMORY_LIMIT: Final = 2048
_AT_ONCE: Final = 2
_SHORTEST: Final = 5
_DONE: Final = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.M)
_COVERED: Final = re.compile(r"\bcov: (\d+) ft: (\d+)")
_LAST: Final = 40


class Outcome(NamedTuple):
    """How fuzzing a target went. ``covered``: places in the package; ``features``: how often each; ``found``: files.

    ``seconds`` are the processor's: the clock says little where other work goes on.
    """

    target: str
    seconds: float
    executions: int
    covered: int
    features: int
    found: tuple[Path, ...]
    said: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found, and it ran at all."""
        return not self.found and self.executions > 0

    def line(self) -> str:
        """What is said of it on a line."""
        figures = f"{self.seconds:>12,.0f}{self.executions:>12,}{self.covered:>10,}{self.features:>10,}"
        return f"{self.target:<14}{figures}   {len(self.found)}"


def command(target: str, folder: Path, *words: str) -> list[str]:
    """The command that fuzzes one target with what lies in its folder; further words are for libFuzzer."""
    limits = [
        f"-timeout={TIME_LIMIT}",
        f"-report_slow_units={TIME_LIMIT}",
        f"-rss_limit_mb={MEMORY_LIMIT}",
        f"-max_len={TARGETS[target].longest}",
    ]
    own = [f"-dict={folder / 'words'}"] if TARGETS[target].words else []
    told = [f"-artifact_prefix={folder / 'found'}/", "-print_final_stats=1"]
    return [sys.executable, "-m", "fuzz.drive", target, str(folder / "corpus"), *limits, *own, *told, *words]


def prepared(target: str, root: Path = CORPUS) -> Path:
    """The folder of a target: its seeds in the corpus, its words, and a place for what is found."""
    folder = root / target
    for name in ("corpus", "found"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for data in TARGETS[target].seeds():
        (folder / "corpus" / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)
    (folder / "words").write_text(dictionary(TARGETS[target].words), encoding="ascii")
    return folder


def dictionary(words: Iterable[str | bytes]) -> str:
    """Words as libFuzzer reads them: a line each, bytes that are no letters in hex."""
    raw = (word.encode() if isinstance(word, str) else word for word in words)
    return "".join(f'"{"".join(map(_escaped, word))}"\n' for word in raw if word)


def _escaped(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}"


def fuzzed(target: str, folder: Path, *words: str) -> Outcome:
    """Fuzzes a target until libFuzzer ends."""
    before = set((folder / "found").iterdir())
    call = command(target, folder, *words)
    with subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said = process.stdout.read().decode("utf-8", "replace") if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    found = sorted(set((folder / "found").iterdir()) - before)
    return outcome(target, said, found, used.ru_utime + used.ru_stime)


def outcome(target: str, said: str, found: Sequence[Path], seconds: float) -> Outcome:
    """What libFuzzer said of a run, in figures; the last words where there is a finding, or nothing ran."""
    executed, covered = _DONE.findall(said), _COVERED.findall(said)
    executions = int(executed[-1]) if executed else 0
    covers, features = map(int, covered[-1]) if covered else (0, 0)
    last = "\n".join(said.splitlines()[-_LAST:]) if found or not executions else ""
    return Outcome(target, seconds, executions, covers, features, tuple(found), last)


def fuzz(targets: Sequence[str], minutes: float, root: Path = CORPUS) -> int:
    """Fuzzes targets, two at once, in so many minutes together; 1 where something was found."""
    seconds = max(_SHORTEST, int(minutes * 60 * _AT_ONCE / len(targets)))
    print(f"{len(targets)} targets, {seconds} s each, {_AT_ONCE} at once; corpora in {root}\n")
    print(f"{'target':<14}{'processor s':>12}{'executions':>12}{'coverage':>10}{'features':>10}   findings", flush=True)
    sound = True
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for one in pool.map(lambda name: fuzzed(name, prepared(name, root), f"-max_total_time={seconds}"), targets):
            print(one.line(), flush=True)
            sound = sound and one.is_sound
            for path in one.found:
                print(f"\n{one.said}\n\nrepeat it: python -m fuzz.run {one.target} {path}\n", flush=True)
            if not one.found and one.said:
                print(f"\n{one.said}\n", flush=True)
    return 0 if sound else 1


def repeat(target: str, files: Sequence[Path]) -> None:
    """Gives files to a target; raises what it raises."""
    for path in files:
        TARGETS[target].run(path.read_bytes())
        print(f"{path}: sound")


def main(words: Sequence[str] | None = None, targets: Mapping[str, object] = TARGETS) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together (10)")
    known = f"of these, or all: {', '.join(targets)}; or one and files to repeat"
    parser.add_argument("names", nargs="*", metavar="TARGET", help=known)
    given = parser.parse_args(words)
    if len(given.names) > 1 and given.names[0] in targets and given.names[1] not in targets:
        repeat(given.names[0], [Path(name) for name in given.names[1:]])
        return 0
    unknown = [name for name in given.names if name not in targets]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    return fuzz(given.names or list(targets), given.minutes)


if __name__ == "__main__":
    sys.exit(main())
