"""Buckets made by the workers of a dask cluster: one that is there, or one of processes of this machine.

The run's folder, the inputs and the form profiles lie where the workers see them too, under the same names. Few
buckets are under way at a time, so that the scheduler holds little, however large the archive. A worker that is lost
costs its bucket an attempt; the scheduler gives it to another one.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import uuid
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from multiprocessing import resource_tracker
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple

from extract.batch import cluster_worker, worker
from extract.batch.addresses import is_remote
from extract.batch.cluster_worker import Done, Order, Refused, Reply, Unseen
from extract.batch.convert import Job, Task
from extract.batch.pool import Answer, Limits, Unwritten
from extract.errors import UsageError

_CONNECT_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 2.0
# Without a worker for so long, nobody waits any more.
_ALONE_SECONDS: Final = 120.0
# So many buckets for each of the workers' threads: the next one is there when one is done.
_WAITING: Final = 2


class Cluster(NamedTuple):
    """Where a cluster is; without an address one of so many processes is started."""

    address: str | None
    workers: int


def check() -> None:
    """UsageError where dask is not installed."""
    try:
        import_module("distributed")
    except ImportError as error:
        raise UsageError("dask_not_installed", missing=error.name or str(error)) from error


def on_cluster(tasks: Iterable[Task], limits: Limits, work: Path, cluster: Cluster) -> Generator[Answer, None, None]:
    """All buckets, made by a cluster in the run's folder ``work``.

    UsageError where there is none, where its workers do not see what the run sees, are not installed as it is, or are
    lost again and again.
    """
    limits = limits._replace(
        forms=limits.forms and Path(os.path.abspath(limits.forms)),
        corrections=limits.corrections and Path(os.path.abspath(limits.corrections)),
    )
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        client = stack.enter_context(_client(cluster, work))
        # It goes first, so that workers that are at it still leave off.
        sign = stack.enter_context(_sign(Path(os.path.abspath(work))))
        yield from _Round(client, _orders(tasks, limits, sign)).answers()


def _orders(tasks: Iterable[Task], limits: Limits, sign: Path) -> Iterator[Order]:
    for number, job, place in tasks:
        # Each attempt at a bucket makes a folder for itself.
        place.root.rmdir()
        yield Order(worker.make, number, _absolute(job), limits, sign)


class _Round:
    """The buckets that are under way."""

    def __init__(self, client: Any, orders: Iterator[Order]) -> None:
        self._client = client
        self._orders = orders
        self._found: queue.Queue[Any] = queue.Queue()
        self._running: dict[str, tuple[Any, Order]] = {}
        self._threads = 1
        self._looked = self._seen = monotonic()

    def answers(self) -> Iterator[Answer]:
        """What comes of all of them."""
        self._look()
        self._fill()
        while self._running:
            try:
                future = self._found.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                self._look()
                self._fill()
                continue
            _, order = self._running.pop(future.key)
            reply = _result(future)
            future.release()
            if isinstance(reply, Done):
                yield order.number, reply.place, reply.step
                yield order.number, reply.place, reply.made
            else:
                self._again(order, reply)
            if monotonic() - self._looked > _LOOK_SECONDS:
                self._look()
            self._fill()

    def _again(self, order: Order, reply: Reply) -> None:
        """Has a bucket tried once more where that is of use; else it says why not."""
        if isinstance(reply, Unseen) and reply.path is not None and not os.path.lexists(reply.path):
            # It is gone since the run began, for all.
            self._submit(order._replace(look=False))
        elif isinstance(reply, Unseen):
            raise UsageError("worker_blind", path=reply.path or str(order.sign.parent))
        elif isinstance(reply, Refused):
            raise UsageError(reply.key, **reply.params)
        elif isinstance(reply, Unwritten):
            raise OSError(reply.number, reply.reason)
        else:
            raise UsageError("worker_lost", reason=type(reply).__name__)

    def _fill(self) -> None:
        while len(self._running) < _WAITING * self._threads:
            order = next(self._orders, None)
            if order is None:
                return
            self._submit(order)

    def _submit(self, order: Order) -> None:
        key = f"pifubiao-{order.number:05}-{uuid.uuid4().hex}"
        future = self._client.submit(cluster_worker.make, cluster_worker.packed(order), key=key, pure=False)
        self._running[key] = (future, order)
        future.add_done_callback(self._found.put)

    def _look(self) -> None:
        """Counts the workers' threads."""
        try:
            threads = sum(self._client.nthreads().values())
        except Exception as error:
            raise UsageError("worker_lost", reason=_words(error)) from error
        self._looked = monotonic()
        if threads:
            self._threads, self._seen = threads, self._looked
        elif self._looked - self._seen > _ALONE_SECONDS:
            raise UsageError("cluster_without_workers", seconds=f"{_ALONE_SECONDS:g}")


def _result(future: Any) -> Reply:
    """The reply to an order."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        return cluster_worker.unpacked(future.result())
    except (KilledWorker, CancelledError) as error:
        # Calls are cancelled where the scheduler is lost.
        raise UsageError("worker_lost", reason=_words(error)) from error
    except (ImportError, AttributeError, RuntimeError) as error:
        # What is sent by name is not there, or is called otherwise; RuntimeError is the scheduler's word for it.
        raise UsageError("worker_differs", reason=_words(error)) from error


def _words(error: BaseException) -> str:
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _absolute(job: Job) -> Job:
    """A job whose inputs are found from any folder."""
    return job._replace(
        items=[item if is_remote(item.path) else item._replace(path=os.path.abspath(item.path)) for item in job.items]
    )


@contextmanager
def _sign(work: Path) -> Iterator[Path]:
    """A file in the run's folder that no other folder has; it is there as long as the run wants buckets."""
    path = work / f"run-{uuid.uuid4().hex}"
    path.touch()
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _client(cluster: Cluster, work: Path) -> Iterator[Any]:
    """What speaks to the cluster."""
    from distributed import Client

    with ExitStack() as stack:
        address: Any = cluster.address
        if address is None:
            address = stack.enter_context(closing(_started(cluster.workers, work)))
        else:
            _answers(address)
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        stack.enter_context(closing(client))
        yield client


def _started(workers: int, work: Path) -> Any:
    """A cluster of processes of this machine."""
    from distributed import LocalCluster

    try:
        with _uninterrupted():
            return LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                # What takes much memory are the children, which have a limit of their own.
                memory_limit=0,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
                local_directory=str(work / "dask"),
            )
    except Exception as error:
        raise UsageError("cluster_not_started", reason=_words(error)) from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Has Ctrl-C reach this process alone: threads and processes that are started here leave it to who started them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # What multiprocessing starts besides takes the mask away once it runs; here it has none to take.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answers(address: str) -> None:
    """UsageError where no scheduler answers at an address: a client that never had one takes long to give up."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from distributed import Security
    from distributed.core import rpc

    async def asked() -> str:
        connection = Security().get_connection_args("client")
        async with rpc(address, timeout=_CONNECT_SECONDS, connection_args=connection) as scheduler:
            return str((await asyncio.wait_for(scheduler.identity(), _CONNECT_SECONDS))["type"])

    with ThreadPoolExecutor(1) as thread:
        try:
            # Whoever called may have an event loop already; a thread of its own has none.
            found = thread.submit(asyncio.run, asked()).result()
        except Exception as error:
            raise UsageError("scheduler_unreachable", address=address, reason=_words(error)) from error
    if found != "Scheduler":
        raise UsageError("scheduler_unreachable", address=address, reason=found)


@contextmanager
def _quiet() -> Iterator[None]:
    """Has dask say nothing on standard error, which is the run's."""
    # Some of them have a level of their own.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
