"""Runs of the command, watched from outside: time, the processors' time, and the memory of each of its processes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent

_LOOK_SECONDS: Final = 0.1
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_COMMAND: Final = "from extract.cli import main; main()"


class Memory(NamedTuple):
    """Memory in MB so many seconds after the start: of the main process, the largest worker, the largest reader."""

    at: float
    main: float
    worker: float
    reader: float


class Watched(NamedTuple):
    """A run: seconds by the clock and of processors; of the main process alone while nobody works for it.

    ``peaks``: memory in MB of the main process, of a worker, and of a reader that a worker has; ``course``: how it was
    from second to second.
    """

    seconds: float
    processor: float
    alone: float
    peaks: tuple[float, float, float]
    account: dict[str, Any]
    course: tuple[Memory, ...]

    @property
    def two(self) -> float:
        """Seconds that two free processors take, where what workers do is dealt to both."""
        return self.alone + (self.processor - self.alone) / 2


class _Watch:
    """Looks at the processes of a run now and then."""

    def __init__(self, process: int) -> None:
        self._main = process
        # By process and not the highest of all: before a new one has its own program, it shows another's memory.
        self._peaks: dict[int, tuple[int, float]] = {}
        self.alone = 0.0
        self.course: list[Memory] = []
        self._began = time.perf_counter()
        self._spent = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> tuple[float, float, float]:
        """The peaks, once the run is over."""
        self._done.set()
        self._thread.join()
        main, worker, reader = (
            max((peak for at, peak in self._peaks.values() if at == level), default=0.0) for level in range(3)
        )
        return main, worker, reader

    def _watch(self) -> None:
        while not self._done.wait(_LOOK_SECONDS):
            levels = [[self._main]]
            for _ in range(2):
                levels.append([child for own in levels[-1] for child in _children(own)])
            for level, own in enumerate(levels):
                self._peaks.update({process: (level, peak) for process in own if (peak := _memory(process, "VmHWM"))})
            at = time.perf_counter() - self._began
            if at >= len(self.course):
                now = (max((_memory(process, "VmRSS") for process in own), default=0.0) for own in levels)
                self.course.append(Memory(at, *now))
            spent = _spent(self._main)
            if not levels[1]:
                self.alone += max(spent - self._spent, 0)
            self._spent = max(spent, self._spent)


def _children(process: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:
            continue
    return found


def _memory(process: int, name: str) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return max((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith(name)), default=0)


def _spent(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def watched(source: Path, out: Path, workers: int, engine: str = "local") -> Watched:
    """The command run over ``source``."""
    words = [sys.executable, "-c", _COMMAND, "extract", str(source), "--out", str(out), "--workers", str(workers)]
    words += ["--engine", engine]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with subprocess.Popen([*words, "--max-failed", "100%"], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        watch = _Watch(process.pid)
        code = process.wait()
        seconds = time.perf_counter() - began
        peaks = watch.end()
    if code:
        raise SystemExit(f"the run ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    account = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return Watched(seconds, processor, watch.alone, peaks, account, tuple(watch.course))
