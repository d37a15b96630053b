"""The way through, from bytes to forms: decode, read, interpret."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from extract import confidence, doubts, misread
from extract.corrections.file import Corrections, load_corrections
from extract.errors import UnreadableInput
from extract.interpret.choose import FormReader, reader_of
from extract.interpret.trace import Recorder
from extract.model import Extraction, Failure, Finding, Form, Task
from extract.profiles import Library, default, load
from extract.readers import dump, encoding, files, kinds, shapes, text, webpage
from extract.readers.files import ReadOptions
from extract.readers.leaf import WITHIN, Leaf
from extract.readers.source import Source

Forms = str | Path | Library | None
Corrected = Corrections | str | Path | None

_TEXT: Final = "text/plain"


def load_forms(folder: str | Path) -> Library:
    """The form profiles in a folder, and behind them those that the package ships, for ``forms=``.

    SchemaError names the file, the line and the place of what is wrong; UsageError where there is no profile.
    """
    return load(Path(folder))


def extract_bytes(
    data: bytes,
    *,
    source_path: str = "",
    forms: Forms = None,
    options: ReadOptions | None = None,
    corrections: Corrected = None,
) -> Extraction:
    """The forms in the bytes of one file, with findings and the places of all values.

    Never raises on content: what gives no form is an Extraction with a ``failure`` (codes: ``schemas/failures.yaml``).
    What kind of file it is, its bytes tell. ``source_path`` is kept as it is; it goes into the tables and into
    ``document_id``. ``forms``: a folder of form profiles of one's own, or what ``load_forms`` made of it. SchemaError
    or UsageError where it is not sound. ``options``: how files that are no text are read. An archive is a failure
    (``is_archive``) here: it gives many Extractions, by ``extract_all``. ``corrections``: what persons said of values,
    a file or what ``load_corrections`` made of some; UsageError where it is not sound.
    """
    library, said = library_in(forms), _said(corrections)
    found = traced_bytes(data, None, source_path=source_path, forms=library, options=options)
    return found if said is None else corrected(found, said, library, options)


def corrected(
    extraction: Extraction, corrections: Corrections, library: Library, options: ReadOptions | None = None
) -> Extraction:
    """The extraction with what persons said of its values; ``library``: what its forms were read by."""
    from extract.corrections import apply

    return apply.corrected(extraction, corrections, library, (options or ReadOptions()).min_confidence)


# What a file is read with where nothing is said.
_USUAL: Final = ReadOptions()


def library_in(forms: Forms) -> Library:
    """The form profiles that ``forms`` stands for."""
    return load_forms(forms) if isinstance(forms, str | Path) else forms or default()


def _said(corrections: Corrected) -> Corrections | None:
    return load_corrections(corrections) if isinstance(corrections, str | Path) else corrections


def extract_all(
    data: bytes,
    *,
    source_path: str = "",
    forms: Forms = None,
    options: ReadOptions | None = None,
    corrections: Corrected = None,
) -> Iterator[Extraction]:
    """``extract_bytes`` of every file in an archive and in the archives within it, in their order.

    A member's ``source_path`` is that of the archive, ``!/`` and its path there. What cannot be had (a member that is
    encrypted or damaged, an unsafe name, what is beyond a limit) is an Extraction with a failure. Of a file that is no
    archive there is one Extraction. Only one member is unpacked at a time.
    """
    options = options or ReadOptions()
    library, said = library_in(forms), _said(corrections)
    for leaf in files_in(data, source_path, options):
        yield of_leaf(leaf, library, options, said)


def files_in(data: bytes, source_path: str, options: ReadOptions) -> Iterator[Leaf]:
    """The files of an archive, or the one file that is none."""
    if kinds.kind(data) not in kinds.ARCHIVES:
        return iter([Leaf(source_path, data)])
    from extract.readers import archives

    return archives.walk(data, source_path, options)


def of_leaf(
    leaf: Leaf, forms: Forms = None, options: ReadOptions | None = None, corrections: Corrected = None
) -> Extraction:
    """``extract_bytes`` of a file that was found, or the failure with which it was."""
    if leaf.failure is None:
        path = leaf.source_path
        return extract_bytes(leaf.data, source_path=path, forms=forms, options=options, corrections=corrections)
    digest = hashlib.sha256(leaf.data).hexdigest() if leaf.data else ""
    return Extraction(leaf.source_path, digest, None, None, [], (), leaf.failure)


def member(data: bytes, source_path: str, path: str, options: ReadOptions | None = None) -> Leaf:
    """The file at ``path`` in an archive (``b/c.pdf``, ``b.zip!/c.pdf``), or the failure ``no_member``."""
    wanted = f"{source_path}{WITHIN}{path}"
    for leaf in files_in(data, source_path, options or ReadOptions()):
        if leaf.source_path == wanted:
            return leaf
    return Leaf(wanted, b"", Failure("no_member", {"path": source_path}))


def traced_bytes(
    data: bytes,
    recorder: Recorder | None,
    *,
    source_path: str = "",
    forms: Forms = None,
    options: ReadOptions | None = None,
    docx: bytes | Failure | None = None,
) -> Extraction:
    """``extract_bytes``, with notes of how the source was read taken by ``recorder``.

    ``docx``: what LibreOffice made of the file, where it was asked before.
    """
    options = options or _USUAL
    found = _traced(data, recorder, source_path, reader_of(library_in(forms)), options, docx)
    return confidence.doubted(found, options.min_confidence) if options.min_confidence > 0 else found


def _traced(
    data: bytes,
    recorder: Recorder | None,
    source_path: str,
    reader: FormReader,
    options: ReadOptions,
    docx: bytes | Failure | None,
) -> Extraction:
    digest = hashlib.sha256(data).hexdigest()
    try:
        kind = kinds.kind(data)
        if kind in kinds.ARCHIVES:
            raise UnreadableInput("is_archive", path=source_path)
        if kind != "text":
            source = files.read(data, kind, options, docx)
            return _of_source(source, source_path, digest, reader, recorder)
        decoded = encoding.decode(data)
    except UnreadableInput as error:
        return Extraction(source_path, digest, None, None, [], (), Failure(error.code, error.params))
    found = _within(decoded.text, reader, recorder) if dump.may_be(decoded.text) else ()
    if found:
        lines = text.split_lines(decoded.text)
    else:
        grid = shapes.read(decoded.text)
        lines = grid.lines
        found = reader.forms(grid, recorder)
    if not found:
        return Extraction(source_path, digest, _TEXT, decoded.encoding, lines, (), Failure("not_a_form"))
    if decoded.damaged:
        doubt = Finding("damaged_text", None, None, None, {"count": decoded.damaged, "encoding": decoded.encoding})
        found = tuple(_with(form, doubt) for form in found)
    if not webpage.is_page(decoded.text):
        return Extraction(source_path, digest, _TEXT, decoded.encoding, lines, found)
    found = tuple(replace(form, findings=(*webpage.findings(decoded.text), *form.findings)) for form in found)
    spots = webpage.origin(lines)
    return Extraction(source_path, digest, webpage.MEDIA_TYPE, decoded.encoding, lines, found, origin=spots)


def _of_source(
    source: Source, source_path: str, digest: str, reader: FormReader, recorder: Recorder | None
) -> Extraction:
    """What came of a file that is no text."""
    read: list[Form] = []
    for grid in source.grids:
        settled = misread.settled(source, grid, reader.forms)
        read += map(settled.marked, reader.forms(settled.grid, recorder))
    found = tuple(_doubted(replace(form, form_index=number), source) for number, form in enumerate(read))
    failure = None if found else Failure("not_a_form")
    return Extraction(
        source_path, digest, source.media_type, source.encoding, source.lines, found, failure, source.origin
    )


def _doubted(form: Form, source: Source) -> Form:
    """The form with the findings of its file, and those on characters that were not read for sure."""
    findings = doubts.findings(form, source.origin, source.doubts) if source.origin and source.doubts else []
    return misread.by_shape(replace(form, findings=(*source.findings, *form.findings, *findings)), findings)


def _within(source: str, reader: FormReader, recorder: Recorder | None) -> tuple[Form, ...]:
    """The forms in the texts within a database dump, with their places in the dump."""
    found: list[Form] = []
    for literal in dump.literals(source):
        if recorder is not None:
            recorder.within(literal)
        for form in reader.forms(shapes.read(literal.text), recorder):
            moved: Form = literal.moved(replace(form, form_index=len(found)))
            found.append(replace(moved, tasks=tuple(_source_moved(task) for task in moved.tasks)))
    return tuple(found)


def _source_moved(task: Task) -> Task:
    """The task with the line where its recovered text stands; the number in it was one of the text within."""
    place = task.places.get("recovery_source")
    if place is None or task.recovery_source is None:
        return task
    return task._replace(recovery_source=f"{task.recovery_source.rpartition(' ')[0]} {place.line}")


def _with(form: Form, finding: Finding) -> Form:
    return replace(form, findings=(finding, *form.findings))


def extract_path(
    path: str | Path,
    *,
    root: str | Path | None = None,
    forms: Forms = None,
    options: ReadOptions | None = None,
    corrections: Corrected = None,
) -> Extraction:
    """``extract_bytes`` of a file; its ``source_path`` is relative to ``root`` (default: the file's folder).

    ``a.zip!/b/c.pdf`` is a file in an archive. One that cannot be opened or read gives the failure ``unreadable``.
    """
    path, inner = split_path(Path(path))
    base = Path(root) if root is not None else path.parent
    name = path.relative_to(base).as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        return Extraction(name, "", None, None, [], (), Failure("unreadable", {"reason": error.strerror or str(error)}))
    if inner is None:
        return extract_bytes(data, source_path=name, forms=forms, options=options, corrections=corrections)
    return of_leaf(member(data, name, inner, options), forms, options, corrections)


def split_path(path: Path) -> tuple[Path, str | None]:
    """A path, apart where it leads into an archive: the archive's and what is within; None where it is a file's own."""
    text = str(path)
    at = text.find(WITHIN)
    while at >= 0 and not path.exists():
        if Path(text[:at]).is_file():
            return Path(text[:at]), text[at + len(WITHIN) :]
        at = text.find(WITHIN, at + 1)
    return path, None
