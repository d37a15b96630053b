"""What the commands do, once the command line is read."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from extract.batch.manifest import Manifest
from extract.batch.plan import escaped
from extract.cli.options import Limits
from extract.cli.screen import Progress, console, flush, mute, print_json, print_line
from extract.errors import UsageError, is_scarce
from extract.messages import Speaker
from extract.report.safe import safe

if TYPE_CHECKING:
    from extract.batch.isolate import Isolation
    from extract.batch.one import Inside
    from extract.batch.run import Options
    from extract.review.build import Request

_FAILURES_SHOWN: Final = 10


def extract(say: Speaker, options: "Options", out: str, as_json: bool, log_json: bool) -> int:
    """Runs, and reports what came of it; the exit code."""
    from extract.batch.run import placed, run

    try:
        with placed(options, out) as own:
            with Progress(say, shown=not log_json) as progress:
                manifest = run(own, progress.show, log=_log_line if log_json else None)
            failures = [] if as_json else _failures(say, own.out)
    except OSError as error:
        reason = error.strerror or str(error)
        if is_scarce(error):
            raise UsageError("out_of_resources", reason=reason) from error
        raise UsageError("write_failed", path=escaped(out), reason=reason) from error
    try:
        _report(say, manifest, failures, as_json)
        flush()
    except (BrokenPipeError, SystemExit):
        # Rich ends the process itself when it meets a closed pipe.
        mute()
    return manifest.exit_code


def _failures(say: Speaker, out: Path) -> list[tuple[str, str]]:
    """The first failures: paths and reasons."""
    from extract.tables.writer import part_of

    columns = ["source_path", "message_zh" if say.language == "zh" else "message"]
    found: list[tuple[str, str]] = []
    for part in sorted((out / "failures").glob("*.parquet")):
        rows = part_of(part, columns)[: _FAILURES_SHOWN - len(found)]
        found += zip(*(column.to_pylist() for column in rows.columns), strict=True)
        if len(found) == _FAILURES_SHOWN:
            break
    return found


def _report(say: Speaker, manifest: Manifest, failures: list[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        print_json(manifest.as_dict())
        return
    from extract.report.summary import print_summary

    print_summary(console(sys.stdout), say, manifest, failures)


def inspect(say: Speaker, file: Path, as_json: bool, limits: Limits, forms: Path | None) -> int:
    """Shows one file, or lists the files of an archive; 1 where there is no form."""
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
        print_json(report.as_dict(extraction))
    else:
        report.show(console(sys.stdout), extraction, say)
    flush()
    return 0 if extraction.forms and extraction.failure is None else 1


def explain(
    say: Speaker,
    file: Path,
    wanted: tuple[str | None, int | None],
    as_json: bool,
    limits: Limits,
    forms: Path | None,
) -> int:
    """Shows how the lines of one file were read; 1 where it gave no form."""
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
        print_json(report.as_dict(found))
    else:
        explain_table.show(console(sys.stdout), found, say)
    flush()
    return 0 if found.failure is None else 1


def report(say: Speaker, request: "Request") -> int:
    """Writes the report of a run for a browser."""
    from extract.review.build import build

    try:
        with Progress(say) as progress:
            made = build(request, say, lambda done, total: progress.show(done, total, 0, 0))
    except OSError as error:
        raise UsageError("write_failed", path=str(request.to), reason=error.strerror or str(error)) from error
    print_line(safe(say("report_done", forms=made.forms, with_source=made.with_source, path=str(made.page))))
    flush()
    return 0


def _members(say: Speaker, inside: "Inside", isolation: "Isolation", head: dict[str, Any], as_json: bool) -> int:
    """Lists the files of an archive. ``head``: what JSON says besides."""
    from extract.report import members as report

    found = list(report.members(inside, isolation))
    if as_json:
        print_json({**head, "members": report.as_dict(found)})
    else:
        report.show(console(sys.stdout), inside, found, say)
    flush()
    return 0 if any(member.forms for member in found) else 1


def _log_line(line: Mapping[str, Any]) -> None:
    print(json.dumps(line), file=sys.stderr, flush=True)
