"""Making a report: a folder that a browser opens from the disk, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from extract.batch.isolate import Isolation
from extract.batch.plan import MAX_BYTES, MAX_MEMORY, TIMEOUT, folders, inside
from extract.batch.pool import cores
from extract.batch.recorded import account_of, input_folders
from extract.corrections.file import Corrections, load_corrections
from extract.errors import UsageError
from extract.messages import Speaker
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.review import form
from extract.review.embed import dump
from extract.review.listing import Listing
from extract.review.overview import Overview
from extract.review.records import Record, count, failures, records
from extract.review.sources import Eyes, Seen, Shelf, inputs
from extract.tables.parts import check_tables
from extract.tables.place import put_in_place, staging

if TYPE_CHECKING:
    from extract.batch.pool import cores
from extract.batch.plan import Item

Progress = Callable[[int, int], None]

INDEX: Final = "index.html"
# What tells a report from folders of others: the beginning of its first page.
SIGN: Final = "<!doctype html>\n<!-- pifubiao report -->\n"
_OWN: Final = frozenset({INDEX, "forms", "pages", "lists"})
_DEBRIS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_A_FOLDER: Final = 1000


class Request(NamedTuple):
    """A report that is asked for: of the run in ``out``, in the folder ``to`` (default: beside ``out``).

    ``root``: where the run's inputs are now, where they are not where it read them; ``who``: who is to review.
    """

    out: Path
    to: Path | None = None
    root: Path | None = None
    who: str = ""


class Report(NamedTuple):
    """A report that was made: its first page, how many forms it shows, and how many of these beside their sources."""

    page: Path
    forms: int
    with_source: int


def build(request: Request, say: Speaker, progress: Progress | None = None) -> Report:
    """Makes the report, in the language of ``say``; ``progress`` is told how many forms are done, and of how many.

    UsageError where there are no tables, where the folder must not or cannot be written, or a package is missing. The
    folder is as it was then. What sources hold stops nothing: a form whose source cannot be shown is shown without.
    """
    _check_packages()
    out = request.out
    check_tables(out)
    account = account_of(out)
    to = request.to if request.to is not None else out.parent / f"{Path(os.path.abspath(out)).name}-report"
    items = inputs(account, request.root)
    _check_place(to, out, account, request.root)
    with ExitStack() as stack:
        folder = stack.enter_context(staging(to))
        isolations = [stack.enter_context(_isolation(account)) for _ in range(cores() + 1)]
        eyes = stack.enter_context(Eyes(isolations[1:]))
        found = _Writer(folder, _corrections(account), say.language)
        shelf = Shelf(items, isolations[0], int(_parameter(account, "max_bytes", MAX_BYTES)))
        total = count(out)
        for group, seen in eyes.look(_found(out, shelf)):
            found.add(group, seen)
            if progress is not None:
                progress(found.overview.forms, total)
        found.finish(out, {"run": _key(account, items), "who": request.who}, say)
        # A report that a power cut spoils is made again in no time; waiting for each of its files would take longer.
        put_in_place(folder, to, synced=True)
    return Report(to / INDEX, found.overview.forms, found.with_source)


class _Writer:
    """Writes the files of a report."""

    def __init__(self, folder: Path, corrections: Corrections, language: str) -> None:
        self._folder = folder
        self._corrections = corrections
        self._language = language
        self._listing = Listing()
        self._sources = 0
        self.overview = Overview()
        self.with_source = 0

    def add(self, group: Sequence[Record], seen: Seen) -> None:
        """Takes in the forms of one source."""
        document = group[0].document
        known = self._corrections.of(document["source_path"], document["source_sha256"])
        images = self._write_images(seen)
        for record in group:
            own = _own_pages(record, seen)
            self.with_source += not seen.missing
            said = [one for one in known if one.form_index == record.document["form_index"]]
            shown = form.data(record, own, images, said, self._language)
            self._write(f"{_numbered('forms', record.number)}.js", f"pifubiao.form({dump(shown)});\n".encode())
            self._listing.add(record)
            self.overview.add(record)

    def _write_images(self, seen: Seen) -> dict[int, str]:
        found = {}
        for page in seen.pages:
            name = f"{_numbered('pages', self._sources)}-{page.number}.webp"
            self._write(name, page.image)
            found[page.number] = name
        self._sources += bool(seen.pages)
        return found

    def finish(self, out: Path, run: Mapping[str, Any], say: Speaker) -> None:
        """Writes the first page, and what of the list of forms does not stand in it."""
        from extract.review import page

        first, *others = self._listing.parts()
        for number, part in enumerate(others, 1):
            self._write(f"lists/{number}.js", f"pifubiao.list({part});\n".encode())
        text = page.index(self.overview, first, len(others) + 1, list(failures(out)), run, say)
        self._write(INDEX, (SIGN + text).encode())

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _found(out: Path, shelf: Shelf) -> Iterator[tuple[list[Record], Leaf | Seen, Sequence[int]]]:
    """The forms of a run, those of one source together, with the source and the pages of it that they stand on."""
    for path, forms in groupby(records(out), key=lambda record: record.document["source_path"]):
        group = list(forms)
        pages = {place["page"] for one in group for place in one.of("provenance") if place["bbox"] is not None}
        yield group, shelf.find(path, group[0].document["source_sha256"]), sorted(pages)


def _own_pages(record: Record, seen: Seen) -> Seen:
    """What of a source belongs to one of its forms: the pages that its values stand on."""
    own = {place["page"] for place in record.of("provenance")}
    return seen._replace(pages=[page for page in seen.pages if page.number in own])


def _numbered(folder: str, number: int) -> str:
    return f"{folder}/{number // _A_FOLDER:03}/{number % _A_FOLDER:03}"


def _parameter(account: Mapping[str, Any], name: str, usual: float) -> float:
    parameters = account.get("parameters")
    found = parameters.get(name) if isinstance(parameters, dict) else None
    return found if isinstance(found, int | float) else usual


def _corrections(account: Mapping[str, Any]) -> Corrections:
    """What the run knew of its values from persons; nothing where it is no longer there."""
    parameters = account.get("parameters")
    named = parameters.get("corrections") if isinstance(parameters, dict) else None
    try:
        return load_corrections(*map(str, named)) if isinstance(named, list) else Corrections(())
    except UsageError:
        return Corrections(())


def _isolation(account: Mapping[str, Any]) -> Isolation:
    """What looks at sources within the limits that the run had."""
    parameters = account.get("parameters")
    given = parameters.get("reading") if isinstance(parameters, dict) else None
    names = {one.name for one in fields(ReadOptions)}
    reading = {name: value for name, value in given.items() if name in names} if isinstance(given, dict) else {}
    return Isolation(
        None,
        ReadOptions(**reading),
        _parameter(account, "timeout", TIMEOUT),
        int(_parameter(account, "max_memory", MAX_MEMORY)),
    )


def _key(account: Mapping[str, Any], items: Sequence[Item]) -> str:
    """What tells the corrections of this run from those of others, in a browser that keeps both."""
    parameters = account.get("parameters")
    told = [parameters.get(name) for name in ("inputs", "out")] if isinstance(parameters, dict) else []
    text = json.dumps(told or [item.source_path for item in items], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _check_packages() -> None:
    for name in ("jinja2", "numpy", "PIL"):
        try:
            __import__(name)
        except ImportError as error:
            raise UsageError("report_not_installed", missing=error.name or name) from error


def _check_place(to: Path, out: Path, account: Mapping[str, Any], root: Path | None) -> None:
    """UsageError where a report must not stand at ``to``."""
    if inside(to, out) or inside(out, to):
        raise UsageError("report_in_tables", path=str(to), out=str(out))
    for folder in folders([str(root)]) if root is not None else input_folders(account):
        if inside(to, folder) or inside(folder, to):
            raise UsageError("report_in_input", path=str(to), input=str(folder))
    if not os.path.lexists(to):
        return
    if not to.is_dir() or os.path.ismount(to):
        raise UsageError("report_not_ours", path=str(to), name=to.name)
    try:
        strangers = sorted(set(os.listdir(to)) - _OWN - _DEBRIS)
        signed = not os.listdir(to) or (to / INDEX).read_text(encoding="utf-8").startswith(SIGN)
    except (OSError, ValueError):
        signed, strangers = False, []
    if strangers or not signed:
        raise UsageError("report_not_ours", path=str(to), name=strangers[0] if strangers else INDEX)
