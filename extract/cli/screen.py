"""What a command shows: text as it is, JSON, and a bar that tells how far a run is."""

import os
import sys
from time import monotonic
from typing import Any, Final, TextIO

from rich.console import Console

from extract.messages import Speaker
from extract.report.safe import safe_json

_REFRESH_SECONDS: Final = 0.1
# Where text does not go to a terminal, nobody says how wide it may be.
_FILE_WIDTH: Final = 120


class Progress:
    """A bar on the terminal, and nothing where standard error is none."""

    def __init__(self, say: Speaker, *, shown: bool = True) -> None:
        self._say = say
        self._wanted = shown
        self._bar: Any = None
        self._task: Any = None
        self._shown = 0.0
        self._began = monotonic()

    def __enter__(self) -> "Progress":
        if self._wanted and sys.stderr is not None and sys.stderr.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[failed]}", style="red"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._say("progress"), total=None, rate="", failed="")
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, total: int, failed: int, skipped: int) -> None:
        """Shows how far the run is; cheap enough to be called for every input."""
        if self._bar is None:
            return
        now = monotonic()
        if done == total or now - self._shown >= _REFRESH_SECONDS:
            self._shown = now
            rate = (done - skipped) / max(now - self._began, _REFRESH_SECONDS)
            self._bar.update(
                self._task,
                completed=done,
                total=total,
                rate=self._say("progress_rate", rate=f"{rate:,.0f}"),
                failed=self._say("progress_failed", count=failed) if failed else "",
            )


def console(stream: TextIO | None) -> Console:
    """A console on ``stream`` that prints text as it is: no mark-up, no guessed colours."""
    if stream is None:
        return Console(quiet=True)
    width = None if stream.isatty() or "COLUMNS" in os.environ else _FILE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def print_json(data: dict[str, Any]) -> None:
    """Prints JSON, in ASCII where standard output holds no more; nothing in it speaks to a terminal."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    print(safe_json(data, ascii_only=encoding != "utf8"))


def print_line(text: str, stream: TextIO | None = None) -> None:
    """Prints a line, to standard output by default."""
    print(text, file=stream if stream is not None else sys.stdout)


def flush() -> None:
    """Writes what waits to be written now, so that a closed pipe is met here and not at the very end."""
    if sys.stdout is not None:
        sys.stdout.flush()


def mute() -> None:
    """Sends what is still to be written to nowhere: the reader of the pipe has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
