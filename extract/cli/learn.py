"""What ``learn`` does: reads corrections and their sources, and says which words a profile lacks."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from extract.batch.clock import Clock
from extract.batch.plan import plan
from extract.batch.read import load, opened
from extract.cli.options import Limits
from extract.cli.screen import console, flush, print_json
from extract.corrections.file import load_corrections
from extract.errors import UsageError
from extract.formfiles import read_forms
from extract.learn.prove import Reader
from extract.learn.teach import DONE, TAUGHT, Lesson, Taught, teach
from extract.messages import Speaker
from extract.readers.leaf import Leaf
from extract.report.safe import safe

_STYLES = {True: "green", False: "yellow"}


def learn(
    say: Speaker,
    files: Sequence[Path],
    inputs: Sequence[str],
    to: Path | None,
    as_json: bool,
    limits: Limits,
    forms: Path | None,
) -> int:
    """Proposes words, as a diff, and says what came of each correction; 1 where one could not be taught."""
    corrections = load_corrections(*files)
    own = read_forms(forms) if forms is not None else []
    items = plan(inputs)
    with limits.isolation(forms) as isolation:

        def leaves() -> Iterator[Leaf]:
            for item in items:
                yield from opened(load(item, limits.max_bytes), isolation.walk, Clock())

        taught = teach(corrections, leaves, own, Reader(isolation, limits.reading))
    if to is not None:
        try:
            to.write_text(taught.diff, encoding="utf-8", newline="")
        except OSError as error:
            raise UsageError("diff_not_written", path=str(to), reason=error.strerror or str(error)) from error
    if as_json:
        print_json({"diff": taught.diff, "corrections": [_as_dict(lesson) for lesson in taught.lessons]})
    else:
        _show(say, taught, to, forms)
    flush()
    return 0 if all(lesson.outcome in DONE for lesson in taught.lessons) else 1


def _as_dict(lesson: Lesson) -> dict[str, object]:
    return {**lesson.correction._asdict(), "outcome": lesson.outcome, "detail": lesson.detail}


def _show(say: Speaker, taught: Taught, to: Path | None, forms: Path | None) -> None:
    """The account for people; the diff alone goes to standard output, so that it can be piped to ``patch``."""
    screen = console(sys.stdout if to is not None else sys.stderr)
    for lesson in taught.lessons:
        one = lesson.correction
        seq = "" if one.seq is None else f" {one.seq}"
        where = f"{one.source_path} {one.table}{seq} {one.field}: {_short(one.old)} → {_short(one.new)}"
        screen.print(Text(safe(where), "bold"), soft_wrap=True)
        words = say(f"lesson_{lesson.outcome}", detail=safe(lesson.detail))
        screen.print(Text(f"  {words}", _STYLES[lesson.outcome in DONE]), soft_wrap=True)
    count = sum(lesson.outcome == TAUGHT for lesson in taught.lessons)
    if taught.drafts:
        folder = safe(str(forms)) if forms is not None else "forms"
        name = safe(str(to)) if to is not None else "learned.diff"
        screen.print(say("learned", count=count, total=len(taught.lessons), folder=folder, file=name), soft_wrap=True)
    else:
        screen.print(say("learned_nothing", total=len(taught.lessons)), soft_wrap=True)
    if to is None:
        # Not by rich, which would change what patch is to read.
        sys.stdout.write(taught.diff)


def _short(text: str | None) -> str:
    shown = "–" if text is None else text
    return shown if len(shown) <= 40 else shown[:40] + "…"
