"""What can go wrong with an archive: an error that says so in the language of who asked."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from extract.errors import UsageError
from extract.messages import Speaker, language


class ArchiveError(UsageError):
    """An archive cannot be opened, or asked so; its text is the message, in English or Chinese as LANG has it."""

    def __str__(self) -> str:
        return Speaker(language(None, os.environ))(self.key, **self.params)


def needed(module: str, what: str) -> Any:
    """An optional package; ArchiveError names the extra where it is missing. ``what``: what needs it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ArchiveError("analysis_not_installed", what=what, missing=module) from error
