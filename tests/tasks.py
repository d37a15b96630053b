"""Tasks that a child process does badly."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterator
from typing import Any

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


spoilt: list[bool] = []
ACTS = {f"/{act.__name__} ".encode(): act for act in (crash, leave, hang, hunger, fail, refuse, spoil, suffer)}


def numbers(count: int) -> Iterator[int]:
    yield from range(count)


def whose() -> Iterator[int]:
    yield os.getpid()
