"""What the account of an earlier run says, for those that take its tables further."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extract.batch.plan import folders
from extract.errors import UsageError
from extract.tables.writer import ACCOUNT


def account_of(out: Path) -> Mapping[str, Any]:
    """What ``run.json`` says; nothing where tables were written without one. UsageError where it cannot be read."""
    try:
        found = json.loads((out / ACCOUNT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError("report_tables_unreadable", path=str(out / ACCOUNT), reason=str(error)) from error
    return found if isinstance(found, dict) else {}


def input_folders(account: Mapping[str, Any]) -> list[Path]:
    """The folders that the inputs of the run lay in; none where they are no longer there."""
    parameters = account.get("parameters")
    named = parameters.get("inputs") if isinstance(parameters, dict) else None
    try:
        return folders([str(text) for text in named]) if isinstance(named, list) else []
    except UsageError:
        return []
