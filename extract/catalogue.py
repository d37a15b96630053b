"""The catalogues of findings and failures: their codes, severities and wording in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from extract.schemafiles import SCHEMAS, read_checked

LANGUAGES: Final = ("en", "zh")
SEVERITIES: Final = ("info", "warning", "error")


class Wording(NamedTuple):
    """The same words in English and in Chinese; ``{name}`` places are filled by ``render``."""

    en: str
    zh: str

    def render(self, params: Mapping[str, object]) -> Wording:
        """Both texts with their places filled; a place with no parameter stays as it is, and nothing is raised."""
        if not params:
            return self
        filled = _Filled(params)
        return Wording(_fill(self.en, filled), _fill(self.zh, filled))


Severity = Literal["info", "warning", "error"]


class FindingKind(NamedTuple):
    """What ``schemas/findings.yaml`` says of one code; ``table`` is None for doubts about the whole form.

    ``misread``: what was mostly read wrong (``row``, ``columns``) or may be (``open``); "" where the form is at fault.
    """

    code: str
    severity: Severity
    table: str | None
    title: Wording
    message: Wording
    misread: Literal["row", "columns", "open", ""] = ""


class FailureKind(NamedTuple):
    """What ``schemas/failures.yaml`` says of one code: why there is no form, and what to do about it."""

    code: str
    message: Wording
    action: Wording


class _Filled(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _fill(template: str, params: Mapping[str, object]) -> str:
    try:
        return template.format_map(params)
    except (ValueError, LookupError, AttributeError, TypeError):
        # A format that does not suit its value must not cost the finding.
        return template


def _wording(data: Mapping[str, str]) -> Wording:
    return Wording(data["en"], data["zh"])


def load_findings(path: Path) -> dict[str, FindingKind]:
    """The catalogue of findings at ``path``, by code, in the order of the file; SchemaError where it is not sound."""
    data: dict[str, Any] = read_checked(path, "findings")["findings"]
    return {
        code: FindingKind(
            code,
            kind["severity"],
            kind.get("table"),
            _wording(kind["title"]),
            _wording(kind["message"]),
            kind.get("misread", ""),
        )
        for code, kind in data.items()
    }


def load_failures(path: Path) -> dict[str, FailureKind]:
    """The catalogue of failures at ``path``, by code; SchemaError where it is not sound."""
    data: dict[str, Any] = read_checked(path, "failures")["failures"]
    return {code: FailureKind(code, _wording(kind["message"]), _wording(kind["action"])) for code, kind in data.items()}


@lru_cache(maxsize=1)
def findings() -> dict[str, FindingKind]:
    """The catalogue of findings that the package ships."""
    return load_findings(SCHEMAS / "findings.yaml")


@lru_cache(maxsize=1)
def failures() -> dict[str, FailureKind]:
    """The catalogue of failures that the package ships."""
    return load_failures(SCHEMAS / "failures.yaml")


def failure_message(code: str, params: Mapping[str, object]) -> Wording:
    """Why there is no form, and what to do, as one sentence a language."""
    kind = failures()[code]
    message, action = kind.message.render(params), kind.action.render(params)
    return Wording(f"{message.en}; {action.en}", f"{message.zh}；{action.zh}")
