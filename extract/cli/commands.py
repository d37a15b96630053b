"""The command line: the commands and their options, in one language."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from extract import __version__
from extract.batch.manifest import Allowance
from extract.cli import actions
from extract.cli.options import MOST_WORKERS, Action, Lang, Limits, Runner, limited
from extract.cli.screen import print_line
from extract.errors import UsageError
from extract.messages import Speaker


def app(say: Speaker) -> Callable[..., Any]:
    """The command line in one language."""
    commands = typer.Typer(
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
    with_limits = limited(say)

    def show_version(wanted: bool) -> None:
        if wanted:
            print_line(f"pifubiao {__version__}")
            raise typer.Exit

    @commands.callback()
    def root(
        version: Annotated[
            bool,
            typer.Option("--version", callback=show_version, is_eager=True, help=say("help_version")),
        ] = False,
        lang: Annotated[Lang | None, lang_option] = None,
    ) -> None:
        """Options of the command itself; the language was read before."""

    @commands.command(help=f"{say('help_extract')}\n\n{say('help_exit_codes')}")
    @with_limits
    def extract(
        inputs: Annotated[
            list[str],
            typer.Argument(metavar="INPUT", help=say("help_inputs")),
        ],
        out: Annotated[str, typer.Option("--out", metavar="DIR", help=say("help_out"))],
        limits: Limits,
        as_json: Annotated[bool, json_option] = False,
        strict: Annotated[bool, typer.Option("--strict", help=say("help_strict"))] = False,
        full: Annotated[bool, typer.Option("--full", help=say("help_full"))] = False,
        workers: Annotated[int, typer.Option("--workers", min=0, max=MOST_WORKERS, help=say("help_workers"))] = 0,
        engine: Annotated[Runner, typer.Option("--engine", help=say("help_engine"))] = Runner.local,
        scheduler: Annotated[
            str | None, typer.Option("--scheduler", metavar="ADDRESS", help=say("help_scheduler"))
        ] = None,
        log_json: Annotated[bool, typer.Option("--log-json", help=say("help_log_json"))] = False,
        max_failed: Annotated[str, typer.Option("--max-failed", metavar="N|P%", help=say("help_max_failed"))] = "0",
        forms: Annotated[Path | None, forms_option] = None,
        corrections: Annotated[
            list[Path] | None, typer.Option("--corrections", metavar="FILE", help=say("help_corrections"))
        ] = None,
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
            corrections=tuple(corrections or ()),
        )
        return lambda: actions.extract(say, options, out, as_json, log_json)

    @commands.command(help=say("help_inspect"))
    @with_limits
    def inspect(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_file"))],
        limits: Limits,
        as_json: Annotated[bool, json_option] = False,
        forms: Annotated[Path | None, forms_option] = None,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        return lambda: actions.inspect(say, file, as_json, limits, forms)

    @commands.command(help=say("help_explain"))
    @with_limits
    def explain(
        file: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_explain_file"))],
        limits: Limits,
        lines: Annotated[str | None, typer.Option("--lines", metavar="A-B", help=say("help_lines"))] = None,
        form: Annotated[int | None, typer.Option("--form", metavar="N", help=say("help_form"))] = None,
        as_json: Annotated[bool, json_option] = False,
        forms: Annotated[Path | None, forms_option] = None,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        return lambda: actions.explain(say, file, (lines, form), as_json, limits, forms)

    @commands.command(help=say("help_report"))
    def report(
        out: Annotated[Path, typer.Argument(metavar="OUT", help=say("help_report_out"))],
        to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help=say("help_report_to"))] = None,
        root: Annotated[Path | None, typer.Option("--in", metavar="ROOT", help=say("help_report_in"))] = None,
        who: Annotated[str, typer.Option("--who", metavar="NAME", help=say("help_report_who"))] = "",
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        from extract.review.build import Request

        return lambda: actions.report(say, Request(out, to, root, who))

    @commands.command(help=say("help_learn"))
    @with_limits
    def learn(
        files: Annotated[list[Path], typer.Argument(metavar="CORRECTIONS", help=say("help_learn_files"))],
        inputs: Annotated[list[str], typer.Option("--in", metavar="INPUT", help=say("help_learn_in"))],
        limits: Limits,
        to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help=say("help_learn_to"))] = None,
        as_json: Annotated[bool, json_option] = False,
        forms: Annotated[Path | None, forms_option] = None,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        from extract.cli import learn as action

        return lambda: action.learn(say, files, inputs, to, as_json, limits, forms)

    @commands.command(help=say("help_export"))
    def export(
        out: Annotated[Path, typer.Argument(metavar="OUT", help=say("help_export_out"))],
        xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help=say("help_export_xlsx"))] = None,
        csv: Annotated[Path | None, typer.Option("--csv", metavar="DIR", help=say("help_export_csv"))] = None,
        duckdb: Annotated[Path | None, typer.Option("--duckdb", metavar="FILE", help=say("help_export_duckdb"))] = None,
        sqlite: Annotated[Path | None, typer.Option("--sqlite", metavar="FILE", help=say("help_export_sqlite"))] = None,
        tables: Annotated[str, typer.Option("--tables", metavar="A,B", help=say("help_export_tables"))] = "",
        headers: Annotated[Lang, typer.Option("--headers", help=say("help_export_headers"))] = Lang.zh,
        lang: Annotated[Lang | None, lang_option] = None,  # noqa: ARG001 - was read before, as in root
    ) -> Action:
        from extract.cli import export as action
        from extract.export.build import Request

        names = tuple(name.strip() for name in tables.split(",") if name.strip())
        request = Request(out, xlsx, csv, duckdb, sqlite, names, headers.value)
        return lambda: action.run(say, request)

    return commands
