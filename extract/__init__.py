"""Performance-target approval tables (绩效目标批复表) from text to typed tables.

``extract_bytes`` and ``extract_path`` read one source and give an ``Extraction``: its forms with findings, or the
failure; ``extract_all`` reads all that is in an archive. ``load_forms`` reads a folder of form profiles for them,
``load_corrections`` files of what persons said of values.
``to_tables`` turns extractions into Arrow tables, ``confidence_of`` tells how far to trust the rows of a form.
``extract.open`` opens the output folder of a run for questions.
The data model is in ``extract.model``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from extract.analysis.archive import Archive
    from extract.analysis.problems import ArchiveError
    from extract.api import extract_all, extract_bytes, extract_path, load_forms
    from extract.confidence import confidence_of
    from extract.corrections.file import load_corrections
    from extract.errors import PifubiaoError, SchemaError, UnreadableInput, UsageError
    from extract.model import Amount, Cell, Extraction, Failure, Finding, Form, Goal, Grid, Indicator, Row, Task
    from extract.tables.build import to_tables
    from extract.tables.writer import write_tables

__version__ = "0.1.0"

# Imported when first asked for: `import extract` is to cost nothing.
_HOMES = {
    "Archive": "extract.analysis.archive",
    "ArchiveError": "extract.analysis.problems",
    "confidence_of": "extract.confidence",
    "extract_all": "extract.api",
    "extract_bytes": "extract.api",
    "extract_path": "extract.api",
    "load_corrections": "extract.corrections.file",
    "load_forms": "extract.api",
    "to_tables": "extract.tables.build",
    "write_tables": "extract.tables.writer",
    **dict.fromkeys(("PifubiaoError", "SchemaError", "UnreadableInput", "UsageError"), "extract.errors"),
    **dict.fromkeys(
        ("Amount", "Cell", "Extraction", "Failure", "Finding", "Form", "Goal", "Grid", "Indicator", "Row", "Task"),
        "extract.model",
    ),
}

__all__ = [
    "Amount",
    "Archive",
    "ArchiveError",
    "Cell",
    "Extraction",
    "Failure",
    "Finding",
    "Form",
    "Goal",
    "Grid",
    "Indicator",
    "PifubiaoError",
    "Row",
    "SchemaError",
    "Task",
    "UnreadableInput",
    "UsageError",
    "confidence_of",
    "extract_all",
    "extract_bytes",
    "extract_path",
    "load_corrections",
    "load_forms",
    "to_tables",
    "write_tables",
]


# Not in __all__, as `from extract import *` would hide the one that opens files.
def open(path: str | Path) -> Archive:  # noqa: A001 - `extract.open("out")` is how it is called
    """The archive in an output folder of a run, here or at an address: tables, joined views, SQL.

    ArchiveError where there is none, and where it is not whole or by another version.
    """
    archive: Archive = import_module("extract.analysis.archive").open_archive(path)
    return archive


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
