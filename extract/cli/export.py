"""What ``export`` does: hands tables on, and says what stands in them otherwise than expected."""

from extract.cli.screen import Progress, flush, print_line
from extract.export.build import Request, Written, export
from extract.messages import Speaker
from extract.report.safe import safe


def run(say: Speaker, request: Request) -> int:
    """Writes what was asked for, and tells of it; 0."""
    with Progress(say) as progress:
        written = export(request, lambda done, total: progress.show(done, total, 0, 0))
    for one in written:
        print_line(safe(say("export_done", tables=one.tables, rows=one.rows, path=str(one.path))))
        for line in _noted(say, one):
            print_line(safe(f"  {line}"))
    flush()
    return 0


def _noted(say: Speaker, one: Written) -> list[str]:
    if one.noted is None:
        return []
    counts = {
        "export_noted_digits": one.noted.as_text,
        "export_noted_long": one.noted.long,
        "export_noted_further": one.noted.further,
    }
    return [say(key, count=count) for key, count in counts.items() if count]
