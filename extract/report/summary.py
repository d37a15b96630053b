"""What a run says of itself at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extract.batch.manifest import DONE, SOME_FAILED, Manifest
from extract.catalogue import SEVERITIES
from extract.messages import Speaker
from extract.report.safe import safe

_NAME_WIDTH: Final = 40
_STYLES: Final = {"info": "cyan", "warning": "yellow", "error": "red"}
# What became of corrections of which somebody should know.
_UNAPPLIED: Final = ("stale", "unused")


def print_summary(console: Console, say: Speaker, manifest: Manifest, failures: Sequence[tuple[str, str]]) -> None:
    """Prints the counts, the first failures (``source_path`` and reason each), and how the run ended."""
    counts = manifest.counts
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_row(say("summary_inputs"), str(counts.inputs))
    table.add_row(f"  {say('summary_converted')}", str(counts.converted))
    table.add_row(f"  {say('summary_with_findings')}", str(counts.converted_with_findings))
    if counts.skipped:
        table.add_row(f"  {say('summary_skipped')}", str(counts.skipped))
    table.add_row(f"  {say('summary_failed')}", Text(str(counts.failed), "red" if counts.failed else ""))
    table.add_row(say("summary_forms"), str(counts.forms))
    table.add_row(say("summary_findings"), str(sum(counts.findings.values())))
    for severity in SEVERITIES:
        count = counts.findings.get(severity, 0)
        table.add_row(f"  {say(f'severity_{severity}')}", Text(str(count), _STYLES[severity] if count else ""))
    if counts.corrections:
        table.add_row(say("summary_corrections"), str(sum(counts.corrections.values())))
        for outcome, count in counts.corrections.items():
            wanted = "yellow" if count and outcome in _UNAPPLIED else ""
            table.add_row(f"  {say(f'outcome_{outcome}')}", Text(str(count), wanted))
    console.print(table)
    if failures:
        _print_failures(console, say, counts.failed, failures)
    console.print(Text(last_line(say, manifest), "bold"), soft_wrap=True)


def last_line(say: Speaker, manifest: Manifest) -> str:
    """How the run ended, with its exit code."""
    counts = manifest.counts
    key = f"last_{manifest.outcome}"
    if manifest.outcome == DONE and counts.failed:
        key = f"last_{DONE}_{SOME_FAILED}"
    return say(
        key,
        forms=counts.forms,
        out=safe(manifest.parameters["out"]),
        failed=counts.failed,
        inputs=counts.inputs,
        allowed=manifest.parameters["max_failed"],
        doubtful=counts.doubtful,
    )


def _print_failures(console: Console, say: Speaker, failed: int, failures: Sequence[tuple[str, str]]) -> None:
    console.print(Text(say("summary_failures"), "bold"))
    names = [safe(source_path) for source_path, _ in failures]
    # A very long name is not to push the reasons of all others out of sight.
    width = min(max(map(cell_len, names)), _NAME_WIDTH)
    for name, (_, reason) in zip(names, failures, strict=True):
        padding = " " * max(width - cell_len(name), 0)
        console.print(Text.assemble("  ", (name, "cyan"), padding, "  ", safe(reason)), soft_wrap=True)
    if failed > len(failures):
        console.print("  " + say("summary_more", count=failed - len(failures), table="failures"), soft_wrap=True)
