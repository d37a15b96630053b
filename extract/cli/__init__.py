"""The command ``pifubiao``."""

import os

# Nothing here multiplies matrices; the threads that numpy starts for that at once are waited for, and may be too many.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from types import FrameType
from typing import NoReturn

from typer.exceptions import TyperException

from extract.batch.manifest import EXIT_CODES, NOTHING_DONE
from extract.cli.commands import app
from extract.cli.screen import mute, print_json, print_line
from extract.errors import PifubiaoError, SchemaError, UsageError, is_scarce
from extract.messages import Speaker, language
from extract.report.safe import safe


class _Interrupted(BaseException):
    """A signal asked the run to end; as ``KeyboardInterrupt``, no error for anybody to catch on the way."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The command: runs it with ``arguments`` (those of the process by default) and ends with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets something in its place, and not an exception.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    say = Speaker(language(_asked_language(words), os.environ))
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _raise_interrupted)
    try:
        code = _run(words, say)
    except KeyboardInterrupt:
        _end_by_signal(signal.SIGINT, say)
    except _Interrupted as interrupted:
        _end_by_signal(interrupted.number, say)
    sys.exit(code)


def _run(words: list[str], say: Speaker) -> int:
    """The exit code of the command."""
    try:
        # Only reading the command line is left to typer: it has exit codes of its own for signals and closed pipes.
        action = app(say)(args=words or ["--help"], prog_name="pifubiao", standalone_mode=False)
        if not callable(action):
            return 0 if words else EXIT_CODES[NOTHING_DONE]
        return int(action())
    except UsageError as error:
        return _nothing_done(say, words, say(error.key, **error.params))
    except TyperException as error:
        message = str(error.format_message() if hasattr(error, "format_message") else error)
        return _nothing_done(say, words, say("bad_usage", text=message.rstrip(".")))
    except SchemaError as error:
        return _nothing_done(say, words, error.zh if say.language == "zh" else str(error))
    except PifubiaoError as error:
        return _nothing_done(say, words, str(error))
    except (BrokenPipeError, SystemExit):
        mute()
        return 0
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not look like "some inputs failed"
        if is_scarce(error):
            return _nothing_done(say, words, say("out_of_resources", reason=str(error)))
        return _nothing_done(say, words, say("internal_error", reason=f"{type(error).__name__}: {error}"))


def _nothing_done(say: Speaker, words: list[str], reason: str) -> int:
    """Says why nothing was done, on standard error, and for machines on standard output too."""
    code = EXIT_CODES[NOTHING_DONE]
    try:
        if "--json" in words:
            print_json({"tool": "pifubiao", "outcome": NOTHING_DONE, "exit_code": code, "error": reason})
        print_line(say("error_line", text=safe(reason)), sys.stderr)
        print_line(say("last_nothing_done"), sys.stderr)
    except BrokenPipeError:
        mute()
    return code


def _asked_language(words: Sequence[str]) -> str | None:
    """What ``--lang`` says, read before the command line is: its own messages depend on it."""
    for word, following in pairwise([*words, ""]):
        if word == "--":
            break
        if word == "--lang":
            return following
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


def _raise_interrupted(number: int, _: FrameType | None) -> NoReturn:
    raise _Interrupted(number)


def _end_by_signal(number: int, say: Speaker) -> NoReturn:
    """Ends as a process does that did not catch the signal, so that the shell that started it knows."""
    print_line(say("error_line", text=say("interrupted")), sys.stderr)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    sys.exit(128 + number)
