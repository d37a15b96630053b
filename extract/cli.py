"""The command ``pifubiao``."""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
from itertools import pairwise
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, NoReturn, TextIO

import typer
from rich.console import Console
from typer.exceptions import TyperException

from extract import __version__
from extract.batch.manifest import EXIT_CODES, NOTHING_DONE, Allowance, Manifest
from extract.batch.plan import MAX_BYTES, MAX_MEMORY, TIMEOUT
from extract.errors import PifubiaoError, SchemaError, UsageError
from extract.messages import Speaker, language
from extract.readers.files import ReadOptions
from extract.report.safe import safe

if TYPE_CHECKING:
    from extract.batch.isolate import Isolation
    from extract.batch.one import Inside
    from extract.batch.run import Options

Action = Callable[[], int]

_FAILURES_SHOWN: Final = 10
_REFRESH_SECONDS: Final = 0.1
# Where text does not go to a terminal, nobody says how wide it may be.
_FILE_WIDTH: Final = 120
# Each archive within another takes some frames of the stack.
_DEEPEST: Final = 100
_MOST_THREADS: Final = 64
_MOST_WORKERS: Final = 256


class Lang(StrEnum):
    """The languages of the command."""

    en = "en"
    zh = "zh"


class Runner(StrEnum):
    """What has the buckets of a run made."""

    local = "local"
    dask = "dask"


class Engine(StrEnum):
    """What reads PDF files."""

    auto = "auto"
    pdfium = "pdfium"
    pdfplumber = "pdfplumber"


_USUAL: Final = ReadOptions()


class _Limit(NamedTuple):
    """An option that sets a limit, by the message that says which; ``of``: its name among the ``ReadOptions``."""

    help: str
    usual: int | float | Engine
    of: str | None = None
    lowest: float | None = 1
    highest: int | None = None

    @property
    def name(self) -> str:
        """What the option is called, as a parameter."""
        return self.help.removeprefix("help_")


_LIMITS: Final = (
    _Limit("help_max_bytes", MAX_BYTES, "max_member_bytes"),
    _Limit("help_max_members", _USUAL.max_members, "max_members"),
    _Limit("help_max_unpacked", _USUAL.max_unpacked, "max_unpacked"),
    _Limit("help_max_ratio", _USUAL.max_ratio, "max_ratio"),
    _Limit("help_max_depth", _USUAL.max_depth, "max_depth", highest=_DEEPEST),
    _Limit("help_max_office_bytes", _USUAL.max_unpacked_bytes, "max_unpacked_bytes"),
    _Limit("help_max_xml_bytes", _USUAL.max_xml_bytes, "max_xml_bytes"),
    _Limit("help_max_cells", _USUAL.max_sheet_cells, "max_sheet_cells"),
    _Limit("help_max_pages", _USUAL.max_pages, "max_pages"),
    _Limit("help_max_pixels", _USUAL.max_pixels, "max_pixels"),
    _Limit("help_ocr_threads", _USUAL.ocr_threads, "ocr_threads", highest=_MOST_THREADS),
    _Limit("help_office_timeout", _USUAL.office_seconds, "office_seconds", lowest=0.1),
    _Limit("help_pdf_engine", Engine.auto, "pdf_engine", lowest=None),
    _Limit("help_timeout", TIMEOUT, lowest=0.1),
    _Limit("help_max_memory", MAX_MEMORY),
)


class _Limits(NamedTuple):
    """What was asked for by the options of ``_LIMITS``."""

    max_bytes: int
    reading: ReadOptions
    timeout: float
    max_memory: int

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "_Limits":
        """The values of all options."""
        reading = {limit.of: given[limit.name] for limit in _LIMITS if limit.of is not None}
        reading["pdf_engine"] = given["pdf_engine"].value
        return cls(given["max_bytes"], ReadOptions(**reading), given["timeout"], given["max_memory"])

    def isolation(self, forms: Path | None) -> "Isolation":
        """What reads a file within them."""
        from extract.batch.isolate import Isolation

        return Isolation(forms, self.reading, self.timeout, self.max_memory)


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
        action = _app(say)(args=words or ["--help"], prog_name="pifubiao", standalone_mode=False)
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
        _mute()
        return 0
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not look like "some inputs failed"
        return _nothing_done(say, words, say("internal_error", reason=f"{type(error).__name__}: {error}"))


def _app(say: Speaker) -> Callable[..., Any]:
    """The command line in one language."""
    app = typer.Typer(
        help=f"{say('help_app')}\n\n{say('help_exit_codes')}",
        add_completion=False,
        pretty_exceptions_enable=False,
        # The boxes of rich cut Chinese help texts short.
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    lang_option = typer.Option("--lang", help=say("help_lang"))
    json_option = typer.Option("--json", help=say("help_json"))
    forms_option = typer.Option("--forms", metavar="DIR", help=say("help_forms"))
    limited = _limited(say)

    def show_version(wanted: bool) -> None:
        if wanted:
            _print_line(f"pifubiao {__version__}")
            raise typer.Exit

    @app.callback()
    def root(
        version: Annotated[
            bool,
            typer.Option("--version", callback=show_version, is_eager=True, help=say("help_version")),
        ] = False,
        lang: Annotated[Lang | None, lang_option] = None,
    ) -> None:
        """Options of the command itself; the language was read before."""

    @app.command(help=f"{say('help_extract')}\n\n{say('help_exit_codes')}")
    @limited
    def extract(
        inputs: Annotated[
            list[str],
            typer.Argument(metavar="INPUT", help=say("help_inputs")),
        ],
        out: Annotated[str, typer.Option("--out", metavar="DIR", help=say("help_out"))],
        limits: _Limits,
        as_json: Annotated[bool, json_option] = False,
        strict: Annotated[bool, typer.Option("--strict", help=say("help_strict"))] = False,
        full: Annotated[bool, typer.Option("--full", help=say("help_full"))] = False,
        workers: Annotated[int, typer.Option("--workers", min=0, max=_MOST_WORKERS, help=say("help_workers"))] = 0,
        engine: Annotated[Runner, typer.Option("--engine", help=say("help_engine"))] = Runner.local,
        scheduler: Annotated[
            str | None, typer.Option("--scheduler", metavar="ADDRESS", help=say("help_scheduler"))
        ] = None,
        log_json: Annotated[bool, typer.Option("--log-json", help=say("help_log_json"))] = False,
        max_failed: Annotated[str, typer.Option("--max-failed", metavar="N|P%", help=say("help_max_failed"))] = "0",
        forms: Annotated[Path | None, forms_option] = None,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        from extract.batch.run import Options

        if scheduler is not None and engine is not Runner.dask:
            raise UsageError("scheduler_without_dask")
        options = Options(
            tuple(inputs),
            Path(out),
            strict,
            Allowance.parse(max_failed),
            limits.max_bytes,
            forms,
            limits.reading,
            limits.timeout,
            limits.max_memory,
            full,
            workers,
            engine=engine.value,
            scheduler=scheduler,
        )
        return lambda: _extract(say, options, out, as_json, log_json)

    @app.command(help=say("help_inspect"))
    @limited
    def inspect(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_file"))],
        limits: _Limits,
        as_json: Annotated[bool, json_option] = False,
        forms: Annotated[Path | None, forms_option] = None,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        return lambda: _inspect(say, file, as_json, limits, forms)

    @app.command(help=say("help_explain"))
    @limited
    def explain(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_explain_file"))],
        limits: _Limits,
        lines: Annotated[str | None, typer.Option("--lines", metavar="A-B", help=say("help_lines"))] = None,
        form: Annotated[int | None, typer.Option("--form", metavar="N", help=say("help_form"))] = None,
        as_json: Annotated[bool, json_option] = False,
        forms: Annotated[Path | None, forms_option] = None,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        return lambda: _explain(say, file, (lines, form), as_json, limits, forms)

    return app


def _limited(say: Speaker) -> Callable[[Callable[..., Action]], Callable[..., Action]]:
    """Gives a command an option for each limit; it gets them together as ``limits``."""
    options = {
        limit.name: Parameter(
            limit.name,
            Parameter.KEYWORD_ONLY,
            default=limit.usual,
            annotation=Annotated[
                type(limit.usual),
                typer.Option(
                    f"--{limit.name.replace('_', '-')}",
                    min=limit.lowest,
                    max=limit.highest,
                    help=say(limit.help),
                ),
            ],
        )
        for limit in _LIMITS
    }

    def decorate(command: Callable[..., Action]) -> Callable[..., Action]:
        @wraps(command)
        def wrapped(**given: Any) -> Action:
            own = {name: value for name, value in given.items() if name not in options}
            return command(**own, limits=_Limits.of({name: given[name] for name in options}))

        parameters = [
            one.replace(kind=Parameter.KEYWORD_ONLY)
            for name, one in signature(command).parameters.items()
            if name != "limits"
        ]
        parameters += options.values()
        wrapped.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = {one.name: one.annotation for one in parameters}
        return wrapped

    return decorate


def _extract(say: Speaker, options: "Options", out: str, as_json: bool, log_json: bool) -> int:
    from extract.batch.run import placed, run

    try:
        with placed(options, out) as own:
            with _Progress(say, shown=not log_json) as progress:
                manifest = run(own, progress.show, log=_log_json if log_json else None)
            failures = [] if as_json else _failures(say, own.out)
    except OSError as error:
        raise UsageError("write_failed", path=out, reason=error.strerror or str(error)) from error
    try:
        _report(say, manifest, failures, as_json)
        _flush()
    except (BrokenPipeError, SystemExit):
        # Rich ends the process itself when it meets a closed pipe.
        _mute()
    return manifest.exit_code


def _failures(say: Speaker, out: Path) -> list[tuple[str, str]]:
    """The first failures: paths and reasons."""
    import pyarrow.parquet as pq

    column = "message_zh" if say.language == "zh" else "message"
    rows = pq.read_table(out / "failures", columns=["source_path", column]).slice(0, _FAILURES_SHOWN).to_pylist()
    return [(row["source_path"], row[column]) for row in rows]


def _report(say: Speaker, manifest: Manifest, failures: list[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        _print_json(manifest.as_dict())
        return
    from extract.report.summary import print_summary

    print_summary(_console(sys.stdout), say, manifest, failures)


def _inspect(say: Speaker, file: Path, as_json: bool, limits: _Limits, forms: Path | None) -> int:
    from extract.batch.one import Inside, opened
    from extract.batch.read import read_leaf
    from extract.report import inspect as report

    with limits.isolation(forms) as isolation:
        found = opened(file, isolation, limits.max_bytes)
        if isinstance(found, Inside):
            return _members(
                say, found, isolation, {"source_path": found.source_path, "forms": [], "failure": None}, as_json
            )
        extraction = read_leaf(found, isolation.read)
    if as_json:
        _print_json(report.as_dict(extraction))
    else:
        report.show(_console(sys.stdout), extraction, say)
    _flush()
    return 0 if extraction.forms and extraction.failure is None else 1


def _explain(
    say: Speaker,
    file: Path,
    wanted: tuple[str | None, int | None],
    as_json: bool,
    limits: _Limits,
    forms: Path | None,
) -> int:
    from extract.batch.one import Inside, opened
    from extract.report import explain as report
    from extract.report import explain_table

    chosen = report.Chosen.parse(*wanted)
    with limits.isolation(forms) as isolation:
        file_or_archive = opened(file, isolation, limits.max_bytes)
        if isinstance(file_or_archive, Inside):
            return _members(say, file_or_archive, isolation, report.of_archive(file_or_archive), as_json)
        found = report.explain(file_or_archive, isolation, chosen)
    if as_json:
        _print_json(report.as_dict(found))
    else:
        explain_table.show(_console(sys.stdout), found, say)
    _flush()
    return 0 if found.failure is None else 1


def _members(say: Speaker, inside: "Inside", isolation: "Isolation", head: dict[str, Any], as_json: bool) -> int:
    """Lists the files of an archive. ``head``: what JSON says besides."""
    from extract.report import members as report

    found = list(report.members(inside, isolation))
    if as_json:
        _print_json({**head, "members": report.as_dict(found)})
    else:
        report.show(_console(sys.stdout), inside, found, say)
    _flush()
    return 0 if any(member.forms for member in found) else 1


def _log_json(line: Mapping[str, Any]) -> None:
    print(json.dumps(line), file=sys.stderr, flush=True)


class _Progress:
    """A bar on the terminal, and nothing where standard error is none."""

    def __init__(self, say: Speaker, *, shown: bool = True) -> None:
        self._say = say
        self._wanted = shown
        self._bar: Any = None
        self._task: Any = None
        self._shown = 0.0
        self._began = monotonic()

    def __enter__(self) -> "_Progress":
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


def _console(stream: TextIO | None) -> Console:
    """A console on ``stream`` that prints text as it is: no mark-up, no guessed colours."""
    if stream is None:
        return Console(quiet=True)
    width = None if stream.isatty() or "COLUMNS" in os.environ else _FILE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def _print_json(data: dict[str, Any]) -> None:
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    print(json.dumps(data, ensure_ascii=encoding != "utf8", indent=2))


def _print_line(text: str, stream: TextIO | None = None) -> None:
    print(text, file=stream if stream is not None else sys.stdout)


def _nothing_done(say: Speaker, words: list[str], reason: str) -> int:
    """Says why nothing was done, on standard error, and for machines on standard output too."""
    code = EXIT_CODES[NOTHING_DONE]
    try:
        if "--json" in words:
            _print_json({"tool": "pifubiao", "outcome": NOTHING_DONE, "exit_code": code, "error": reason})
        _print_line(say("error_line", text=safe(reason)), sys.stderr)
        _print_line(say("last_nothing_done"), sys.stderr)
    except BrokenPipeError:
        _mute()
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


def _flush() -> None:
    """Writes what waits to be written now, so that a closed pipe is met here and not at the very end."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _mute() -> None:
    """Sends what is still to be written to nowhere: the reader of the pipe has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _raise_interrupted(number: int, _: FrameType | None) -> NoReturn:
    raise _Interrupted(number)


def _end_by_signal(number: int, say: Speaker) -> NoReturn:
    """Ends as a process does that did not catch the signal, so that the shell that started it knows."""
    _print_line(say("error_line", text=say("interrupted")), sys.stderr)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    sys.exit(128 + number)
