"""What a worker of a cluster does: it has a bucket made by a child of its own, as a thread of a local run has.

So the worker itself reads nothing: it answers its scheduler while a file is hard to read, may have any number of
threads, and is not lost with a file. A run is over for it when the run's sign is gone.
"""

from __future__ import annotations

import os
import pickle
import platform
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Final, NamedTuple

from extract.batch.addresses import is_remote
from extract.batch.convert import Job, Made, Step
from extract.batch.isolate import Child
from extract.batch.plan import Item
from extract.batch.pool import Limits, Unwritten, watched
from extract.batch.settings import settings
from extract.batch.store import Place
from extract.batch.work import new_folder
from extract.batch.worker import Task
from extract.errors import PifubiaoError, UnreadableInput, UsageError
from extract.profiles import library_of

_FITTING: Final[set[str]] = set()
# So often it is looked whether a run goes on.
_LOOK_SECONDS: Final = 1.0
# So long a child waits for the next bucket. A bucket that is over in time finds a warm one.
_IDLE_SECONDS: Final = 10.0


class Order(NamedTuple):
    """A bucket that a worker is to have made by ``make``; ``sign``: a file of the run, there as long as the run is.

    ``look``: whether the worker makes sure first that it sees the inputs.
    """

    make: Task
    number: int
    job: Job
    limits: Limits
    sign: Path
    look: bool = True


class Done(NamedTuple):
    """A bucket that was made, where it lies, and how many inputs that were."""

    place: Place
    step: Step
    made: Made


class Unseen(NamedTuple):
    """Nothing was made: the worker does not see this file, or the folder of the run where ``path`` is None."""

    path: str | None


class Refused(NamedTuple):
    """Nothing was made, for a reason of which a message tells."""

    key: str
    params: Mapping[str, Any]


class Stopped(NamedTuple):
    """Nothing was made: the run is over."""


Reply = Done | Unseen | Refused | Unwritten | Stopped


def packed(order: Order) -> bytes:
    """An order as it is sent; whatever is on the way need not understand it."""
    return pickle.dumps(order, pickle.HIGHEST_PROTOCOL)


def unpacked(reply: bytes) -> Reply:
    """A reply as it was sent."""
    found: Reply = pickle.loads(reply)  # noqa: S301 - a worker's, which does what it is told
    return found


def make(order: bytes) -> bytes:
    """The task of a worker: an order in, a reply out."""
    given: Order = pickle.loads(order)  # noqa: S301 - the run's, which says what is to be done
    return pickle.dumps(_reply(given), pickle.HIGHEST_PROTOCOL)


def _reply(order: Order) -> Reply:
    try:
        # Opened, and not only asked for: a network file system may remember what is there no more.
        order.sign.open("rb").close()
    except OSError:
        return Unseen(None) if order.look else Stopped()
    try:
        if not _fits(order):
            return Refused("worker_differs", {"reason": platform.node()})
        unseen = _unseen(order.job.items) if order.look else None
        return Unseen(unseen) if unseen is not None else _done(order)
    except UsageError as error:
        return Refused(error.key, error.params)
    except OSError as error:
        return Unwritten(error.errno, error.strerror or str(error))
    except UnreadableInput:
        return Stopped()
    except PifubiaoError as error:
        # Form profiles that were sound where the run was started.
        return Refused("worker_differs", {"reason": str(error)})


def _fits(order: Order) -> bool:
    """Whether this worker reads as the run would; a profile that was changed since makes it another run."""
    made_by = order.job.made_by
    if made_by not in _FITTING and settings(library_of(order.limits.forms), order.limits.reading) == made_by:
        _FITTING.add(made_by)
    return made_by in _FITTING


def _done(order: Order) -> Done:
    """Has the bucket made, in a folder that no other attempt at it has."""
    place = Place(new_folder(order.sign.parent, order.number))
    step = Step()
    with _Lent(order) as keeper:
        for answer in watched(keeper, order.make, order.job, place, order.limits):
            if isinstance(answer, Made):
                made = answer
            else:
                step = step.and_then(answer)
    return Done(place, step, made)


def _unseen(items: Sequence[Item]) -> str | None:
    """An input that was there and is not seen here, looked for in each folder; None where there is none."""
    folders: set[str] = set()
    for item in items:
        folder, _ = os.path.split(item.path)
        if item.stamp is not None and folder not in folders and not is_remote(item.path):
            folders.add(folder)
            if not os.path.lexists(item.path):
                return item.path
    return None


class _Lent:
    """A child for one bucket: one that has waited for it, or a new one. If all goes well, it is kept for the next."""

    def __init__(self, order: Order) -> None:
        self._kind = _Kind(order.limits, order.job.made_by)
        self._sign = order.sign
        self._child: Child | None = None
        self._stopped = False
        self._looked = monotonic()

    def __enter__(self) -> _Lent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._child is not None:
            _IDLE.keep(self._child, self._kind)
        else:
            self.lose()

    @property
    def stopped(self) -> bool:
        """Whether the run is over."""
        if not self._stopped and monotonic() - self._looked > _LOOK_SECONDS:
            self._looked = monotonic()
            self._stopped = not self._sign.exists()
        return self._stopped

    def child(self) -> Child:
        """The child."""
        if self._child is None:
            self._child = _IDLE.take(self._kind) or Child(self._kind.limits.max_memory)
        return self._child

    def lose(self) -> None:
        """Ends the child."""
        if self._child is not None:
            self._child.kill()
            self._child = None


class _Kind(NamedTuple):
    """What tells children from others: the limits within which they read, and what they read by. They keep both."""

    limits: Limits
    made_by: str


class _Idle:
    """Children that wait for a bucket, and not for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[_Kind, Child, threading.Timer]] = []

    def take(self, kind: _Kind) -> Child | None:
        """One of a kind."""
        with self._lock:
            for at, (own, child, timer) in enumerate(self._waiting):
                if own == kind:
                    del self._waiting[at]
                    timer.cancel()
                    return child
        return None

    def keep(self, child: Child, kind: _Kind) -> None:
        """Has one wait."""
        timer = threading.Timer(_IDLE_SECONDS, self._retire, [child])
        timer.daemon = True
        with self._lock:
            self._waiting.append((kind, child, timer))
        timer.start()

    def _retire(self, child: Child) -> None:
        with self._lock:
            left = [one for one in self._waiting if one[1] is not child]
            found = len(left) < len(self._waiting)
            self._waiting = left
        # Otherwise it was taken just now.
        if found:
            child.kill()


_IDLE: Final = _Idle()
