"""Runs of the command that are killed: ``python -m tests.killed SAMPLE``, then on each line of its input a run.

A line is an object: ``words`` for the command, and ``step``. A process of its own kills itself before its step of that
number; steps are all that touches the disk. Answered with what the process ended with. ``code``: what the program says
its code is; ``small``: so many inputs a bucket.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from extract import catalogue, cli, extract_bytes, messages
from extract.batch import buckets, convert, settings
from extract.tables import place, schemas

# What touches the disk.
STEPS: Final[tuple[tuple[Any, str], ...]] = (
    (os, "fsync rename unlink rmdir mkdir"),
    (place, "exchange"),
    (shutil, "rmtree"),
    (tempfile, "mkdtemp"),
    (pq.ParquetWriter, "write_table close"),
    (Path, "write_text"),
)


def steps() -> Iterator[tuple[Any, str]]:
    """What touches the disk, one by one."""
    for owner, names in STEPS:
        for name in names.split():
            yield owner, name


def before(number: int, act: Callable[[], object]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What makes of a step one before which, when its turn comes, something is done."""
    left = number

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*words: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == -1:
                act()
            return function(*words, **named)

        return step

    return counted


def _in_child(job: dict[str, Any]) -> None:
    counted = before(job["step"], lambda: os.kill(os.getpid(), signal.SIGKILL))
    for owner, name in steps():
        setattr(owner, name, counted(getattr(owner, name)))
    changed: list[tuple[Any, str, Any]] = [(settings, "_code", lambda: job["code"])] if "code" in job else []
    if "small" in job:
        changed += [(buckets, "_FEWEST", 1), (buckets, "_MOST", 2 * job["small"]), (buckets, "_ONE_IN", job["small"])]
        changed += [(convert, "_TOO_FRESH", -(1 << 62))]
    for owner, name, value in changed:
        setattr(owner, name, value)
    with Path(os.devnull).open("w", encoding="utf-8") as sys.stdout:
        cli.main(job["words"])


def _forgotten(fd: object) -> None:
    """Nothing, in the place of waiting for the disk."""


def _serve(sample: Path) -> None:
    # A kill loses nothing that was written: waiting for the disk would only cost time.
    os.fsync = _forgotten
    # What is read once is read here, and not in every process anew.
    extract_bytes(sample.read_bytes())
    schemas.schemas(), catalogue.findings(), catalogue.failures(), messages.messages()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _in_child(json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


class Runs:
    """Runs of the command one after another, each in a process that may be killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def killed_before(self, step: int, words: Sequence[str], **more: object) -> int:
        """What the process ended with: -9 where there was a step of this number."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"step": step, "words": list(words), **more}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def runs(sample: Path, environment: dict[str, str]) -> Iterator[Runs]:
    """What starts runs and kills them; ``sample``: a text to be read before."""
    words = [sys.executable, "-m", "tests.killed", str(sample)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield Runs(process)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
