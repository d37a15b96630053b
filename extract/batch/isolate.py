"""Reading in child processes what is no text, so that no file can crash a run, hang it or take all memory.

A child is a program of its own and no fork or copy of this one: it needs nothing of who started the run, and runs over
texts alone never start one. Children are kept for the next task. One that was lost is replaced.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from extract import api
from extract.batch import worker
from extract.batch.plan import MAX_MEMORY, TIMEOUT
from extract.errors import UnreadableInput
from extract.model import Extraction, Failure
from extract.profiles import Library, library_of
from extract.readers import files, kinds
from extract.readers.archive_limits import Member
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf

_PROGRAM: Final = "from extract.batch.worker import main; main()"
_START_SECONDS: Final = 120.0
_LEAVE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.25
# So many bytes of converted files wait to be read; what is beyond is converted again when its turn comes.
_HELD: Final = 64 * 1024 * 1024
# After so many tasks a child is ended: what the libraries that read files keep in memory adds up to little till then.
_MOST_TASKS: Final = 1000


class Lost(UnreadableInput):
    """A child ended, or is of no use any more. Another one may do better."""


class Child:
    """One child process. ``tasks``: how many it was given."""

    def __init__(self, max_memory: int) -> None:
        self.tasks = 0
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this program's own
                [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), str(max_memory)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # What ends a run by a signal to all of its group ends children through the run alone.
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
            )
        try:
            self._answer(_START_SECONDS)
        except BaseException:
            self.kill()
            raise

    def answers(
        self,
        function: worker.Task,
        arguments: tuple[Any, ...],
        timeout: float,
        is_late: Callable[[], bool] | None = None,
    ) -> Iterator[Any]:
        """What comes of a task, each within ``timeout`` seconds; UnreadableInput says what stopped it.

        ``is_late`` is asked now and then while an answer is waited for, instead of a time that each may take.
        """
        self.tasks += 1
        try:
            self._connection.send((function, arguments))
        except OSError as error:
            raise self._crash() from error
        while not (answer := self._answer(timeout, is_late)).last:
            yield answer.item
        if answer.failure is not None:
            lost = answer.failure.code == "out_of_memory"
            raise (Lost if lost else UnreadableInput)(answer.failure.code, **answer.failure.params)

    def _answer(self, timeout: float, is_late: Callable[[], bool] | None = None) -> worker.Answer:
        try:
            while not self._connection.poll(timeout if is_late is None else _LOOK_SECONDS):
                if is_late is None or is_late():
                    raise UnreadableInput("timeout", seconds=f"{timeout:g}")
            answer: worker.Answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._crash() from error
        return answer

    def _crash(self) -> Lost:
        self.kill()
        code = self._process.returncode
        reason = signal.strsignal(-code) if code < 0 else None
        return Lost("crash", reason=reason or f"exit code {code}")

    def end(self) -> None:
        """Asks the child to end; whoever waits for its answer is told, and is to ``kill`` it. Other threads may."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends the child, with all that it started."""
        if self._process.returncode is None:
            self._process.terminate()
            with suppress(EOFError, OSError):
                while self._connection.poll(_LEAVE_SECONDS):
                    self._connection.recv_bytes()
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._connection.close()


class Isolation:
    """Reads files and opens archives, what is no text in children. To be used as a context: its end ends them.

    ``forms``: a folder of form profiles besides those shipped; ``timeout``: seconds a file, those aside that
    LibreOffice takes; ``max_memory``: bytes that a child may have, where the system can limit them; ``reader``: what
    reads a file in a child.
    """

    def __init__(
        self,
        forms: Path | None = None,
        options: ReadOptions | None = None,
        timeout: float = TIMEOUT,
        max_memory: int = MAX_MEMORY,
        library: Library | None = None,
        reader: Callable[..., Iterator[Extraction]] = worker.read,
    ) -> None:
        self._forms = forms
        self.library = library or library_of(forms)
        self._options = options or ReadOptions()
        self._timeout = timeout
        self._max_memory = max_memory
        self._reader = reader
        self._idle: list[Child] = []
        self._converted: dict[bytes, bytes | Failure | None] = {}

    def __enter__(self) -> Isolation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            self._idle.pop().kill()

    def read(self, data: bytes, source_path: str) -> Extraction:
        """``extract_bytes``; of a text in this process, of other files in a child."""
        if kinds.kind(data) == "text":
            return api.extract_bytes(data, source_path=source_path, forms=self.library, options=self._options)
        try:
            found: Extraction = self.apart(self._reader, data, source_path)
        except UnreadableInput as error:
            return api.of_leaf(Leaf(source_path, data, Failure(error.code, error.params)))
        return found

    def apart(self, task: worker.Task, data: bytes, source_path: str, *more: Any) -> Any:
        """The one answer of a task that reads a file, as ``worker.read`` does; ``more``: what else it is to know.

        UnreadableInput: as ``answers``.
        """
        (found,) = self.answers(task, data, source_path, self._forms, self._options, self._docx(data), *more)
        return found

    def prepare(self, leaves: Sequence[Leaf]) -> None:
        """Has those files converted that LibreOffice has to, in few calls; ``read`` does what this leaves undone."""
        self._converted.clear()
        found = {
            _digest(leaf.data): leaf.data
            for leaf in leaves
            if leaf.failure is None and files.may_be_converted(leaf.data, kinds.kind(leaf.data))
        }
        held = 0
        try:
            for key, docx in zip(found, self._convert(list(found.values())) if found else (), strict=False):
                held += len(docx) if isinstance(docx, bytes) else 0
                if held <= _HELD:
                    self._converted[key] = docx
        except Exception:  # noqa: BLE001 - which file it was, ``read`` finds out
            return

    def _docx(self, data: bytes) -> bytes | Failure | None:
        """What LibreOffice makes of a file; None where it is not asked."""
        if not files.may_be_converted(data, kinds.kind(data)):
            return None
        key = _digest(data)
        if key in self._converted:
            return self._converted[key]
        (docx,) = self._convert([data])
        found: bytes | Failure | None = docx
        return found

    def _convert(self, data: list[bytes]) -> Iterator[bytes | Failure | None]:
        # Each file may be tried twice, and the program ends by itself what takes too long.
        seconds = _START_SECONDS + 2 * len(data) * self._options.office_seconds
        return self.answers(worker.convert, data, self._options, timeout=seconds)

    def walk(self, data: bytes, source_path: str) -> Iterator[Leaf]:
        """The files in an archive; it is unpacked in a child."""
        from extract.readers import archives

        return archives.walk(data, source_path, self._options, self._unpack)

    def _unpack(self, data: bytes, name: str, options: ReadOptions) -> Iterator[Member]:
        return self.answers(worker.unpack, data, name, options)

    def answers(self, function: worker.Task, *arguments: Any, timeout: float | None = None) -> Iterator[Any]:
        """What comes of a task in a child, each within ``timeout`` seconds.

        UnreadableInput: what the task raised as such, ``crash``, ``timeout``, ``out_of_memory``, ``internal_error``.
        A child that is lost may have been spoilt by an earlier file, so the task is tried once more in a fresh one.
        """
        child = self._idle.pop() if self._idle else self._child()
        again = child.tasks > 0
        seconds = self._timeout if timeout is None else timeout
        try:
            for item in self._used(child, function, arguments, seconds):
                again = False
                yield item
        except Lost:
            if not again:
                raise
            yield from self._used(self._child(), function, arguments, seconds)

    def _child(self) -> Child:
        """A new child; a file that finds none because the system has no room for it may do better the next time."""
        try:
            return Child(self._max_memory)
        except OSError as error:
            raise UnreadableInput("no_process", reason=error.strerror or str(error)) from error

    def _used(self, child: Child, function: worker.Task, arguments: tuple[Any, ...], timeout: float) -> Iterator[Any]:
        """The answers of a child, which is kept only if it came to the end of them."""
        done = False
        try:
            yield from child.answers(function, arguments, timeout)
            done = True
        except UnreadableInput as error:
            done = not isinstance(error, Lost) and error.code != "timeout"
            raise
        finally:
            if done and child.tasks < _MOST_TASKS:
                self._idle.append(child)
            else:
                child.kill()


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
