"""Tasks that a child process does badly."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extract import api
from extract.batch import worker
from extract.batch.convert import Job, Made, Step
from extract.batch.pool import Limits, Unwritten
from extract.batch.store import Place
from extract.batch.worker import read
from extract.errors import UnreadableInput
from extract.model import Extraction


def bad(data: bytes, source_path: str, *rest: Any) -> Iterator[Extraction]:
    """Reads a file, if its first bytes do not say what to do instead."""
    for word, act in ACTS.items():
        if word in data:
            act()
    return read(data, source_path, *rest)


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def hang() -> None:
    time.sleep(600)


def hunger() -> None:
    bytearray(1 << 40)


def fail() -> None:
    raise ZeroDivisionError("boom")


def refuse() -> None:
    raise UnreadableInput("encrypted")


def spoil() -> None:
    """Leaves the child in a state in which it cannot read the next file."""
    spoilt.append(True)


def suffer() -> None:
    if spoilt:
        os._exit(4)


# The real one, whatever a test puts in its place.
_MAKE = worker.make
spoilt: list[bool] = []
ACTS = {f"/{act.__name__} ".encode(): act for act in (crash, leave, hang, hunger, fail, refuse, spoil, suffer)}


def numbers(count: int) -> Iterator[int]:
    yield from range(count)


def whose() -> Iterator[int]:
    yield os.getpid()


def make_badly(job: Job, place: Place, limits: Limits) -> Iterator[Step | Made | Unwritten]:
    """Makes a bucket in whose texts some words say what reading them is to do instead."""
    sound = api.extract_bytes
    made = _MAKE

    def read_badly(data: bytes, **named: Any) -> Extraction:
        for word, act in ACTS.items():
            if b"<" + word.strip(b" /") + b">" in data:
                act()
        if b"<once>" in data:
            once(place)
        return sound(data, **named)

    api.extract_bytes = read_badly
    try:
        yield from made(job, place, limits)
    finally:
        api.extract_bytes = sound


def once(place: Place) -> None:
    """Ends the process the first time that this is asked for in a folder, as somebody from outside may."""
    mark = place.root / "once"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def make_never(job: Job, place: Place, limits: Limits) -> Iterator[Step | Made | Unwritten]:
    """Ends the process before anything is made."""
    leave()
    yield from _MAKE(job, place, limits)


def make_alone(job: Job, place: Place, limits: Limits) -> Iterator[Step | Made | Unwritten]:
    """Ends the process that asked for the bucket."""
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    yield from _MAKE(job, place, limits)


# The variable with the file that the makers of buckets sign.
SIGNED = "PIFUBIAO_TEST_SIGNED"


def make_signed(job: Job, place: Place, limits: Limits) -> Iterator[Step | Made | Unwritten]:
    """Makes a bucket, and writes down which process did."""
    with Path(os.environ[SIGNED]).open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    yield from _MAKE(job, place, limits)
