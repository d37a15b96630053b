"""Options that several commands have."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from extract.batch.plan import MAX_BYTES, MAX_MEMORY, TIMEOUT
from extract.messages import Speaker
from extract.readers.files import ReadOptions

if TYPE_CHECKING:
    from extract.batch.isolate import Isolation

Action = Callable[[], int]

# Each archive within another takes some frames of the stack.
_DEEPEST: Final = 100
_MOST_THREADS: Final = 64
MOST_WORKERS: Final = 256


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
    _Limit("help_min_confidence", _USUAL.min_confidence, "min_confidence", lowest=0, highest=1),
    _Limit("help_timeout", TIMEOUT, lowest=0.1),
    _Limit("help_max_memory", MAX_MEMORY),
)


class Limits(NamedTuple):
    """What was asked for by the options of ``_LIMITS``."""

    max_bytes: int
    reading: ReadOptions
    timeout: float
    max_memory: int

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Limits":
        """The values of all options."""
        reading = {limit.of: given[limit.name] for limit in _LIMITS if limit.of is not None}
        reading["pdf_engine"] = given["pdf_engine"].value
        return cls(given["max_bytes"], ReadOptions(**reading), given["timeout"], given["max_memory"])

    def isolation(self, forms: Path | None) -> "Isolation":
        """What reads a file within them."""
        from extract.batch.isolate import Isolation

        return Isolation(forms, self.reading, self.timeout, self.max_memory)


def limited(say: Speaker) -> Callable[[Callable[..., Action]], Callable[..., Action]]:
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
            return command(**own, limits=Limits.of({name: given[name] for name in options}))

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
