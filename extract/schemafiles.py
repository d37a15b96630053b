"""The data files under ``schemas/`` and in folders of form profiles: where they are, and reading them checked.

Whatever is wrong with a file is a ``SchemaError`` that names the file, the line and the place in it:
``forms/x.yaml:12: columns.value: …``. Lines are looked for only then, so that sound files cost nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from extract.errors import SchemaError

# A wheel carries the files inside the package; a checkout has them beside it.
_PACKAGED: Final = Path(__file__).parent / "_schemas"
SCHEMAS: Final = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "schemas"

# How the messages of `schemas/messages.yaml` for what can be wrong are called, by the keyword of JSON Schema.
_KEYS: Final = {
    "required": "schema_required",
    "additionalProperties": "schema_unknown_key",
    "enum": "schema_none_of",
    "uniqueItems": "schema_twice",
    "minItems": "schema_empty",
    "minLength": "schema_empty",
    "minProperties": "schema_empty",
    "minimum": "schema_too_small",
    "exclusiveMinimum": "schema_not_above",
    "maximum": "schema_too_large",
    "maxItems": "schema_too_many",
    "pattern": "schema_pattern",
}
_TYPES: Final = {
    "array": "schema_no_list",
    "object": "schema_no_mapping",
    "string": "schema_no_text",
    "integer": "schema_no_whole_number",
    "number": "schema_no_number",
}

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Steps = Sequence[int | str]


class _Loader(_Safe):  # type: ignore[misc] # the loader in C where there is one
    """A safe loader for which a key that stands twice, or is no text, is a mistake."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping, its keys looked at."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise _Fault("schema_key_no_text", key)
            if key.value in seen:
                raise _Fault("schema_key_twice", key)
            seen.add(key.value)
        made: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return made


class _Fault(Exception):
    """A key that is wrong, on its way out of the loader."""

    def __init__(self, what: str, node: Any) -> None:
        super().__init__(what)
        self.what = what
        self.node = node


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; SchemaError names the file and the line where it cannot be read or is no YAML."""
    return _parsed(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a data file; SchemaError names the file where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise schema_error(path, (), "schema_unreadable", reason=error.strerror or str(error)) from error


def _parsed(path: Path, data: bytes) -> Any:
    try:
        return yaml.load(data.decode("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, as its base is
    except _Fault as fault:
        key = str(fault.node.value)
        raise _error(path, fault.node.start_mark.line + 1, "", fault.what, {"name": key}) from fault
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(path, line, "", "schema_no_yaml", {"reason": "not UTF-8"}) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise _error(path, mark.line + 1 if mark else None, "", "schema_no_yaml", {"reason": reason}) from error


def read_checked(path: Path, meta: str) -> Any:
    """The content of a YAML file that holds to the JSON Schema ``schemas/meta/<meta>.yaml``.

    SchemaError names the file, the line, the place in it (``columns[3].type``) and what is wrong there.
    """
    data = read_yaml(path)
    check(path, data, meta)
    return data


def check(path: Path, data: Any, meta: str) -> None:
    """SchemaError where ``data``, the content of ``path``, does not hold to a JSON Schema."""
    # A key that is misspelt is missing too: what stands there says more.
    faults = sorted(_validator(meta).iter_errors(data), key=lambda fault: fault.validator == "required")
    for fault in faults:
        steps = tuple(fault.absolute_path)
        key, params = _named(fault)
        if "propertyNames" in fault.absolute_schema_path:
            raise schema_error(path, (*steps, str(fault.instance)), key, **params)
        raise schema_error(path, steps, key, **params)


def _named(fault: Any) -> tuple[str, dict[str, object]]:
    """The message for a fault that the validator found, and what fills it."""
    value, wanted = fault.instance, fault.validator_value
    if fault.validator == "type" and wanted in _TYPES:
        return _TYPES[wanted], {"value": value}
    key = _KEYS.get(fault.validator, "schema_other")
    params: dict[str, object] = {"value": value, "text": fault.message}
    if fault.validator == "required":
        params["name"] = next(name for name in wanted if name not in value)
    elif fault.validator == "additionalProperties":
        known = fault.schema.get("properties", {})
        params["name"] = next(name for name in value if name not in known)
        params["known"] = ", ".join(known)
    elif fault.validator == "enum":
        params["known"] = ", ".join(map(str, wanted))
    elif fault.validator == "uniqueItems":
        params["value"] = next(item for at, item in enumerate(value) if item in value[:at])
    elif fault.validator == "maxItems":
        params |= {"count": len(value), "wanted": wanted}
    elif fault.validator in ("minimum", "exclusiveMinimum", "maximum", "pattern"):
        params["wanted"] = wanted
    return key, params


def schema_error(path: Path, steps: Steps, key: str, **params: object) -> SchemaError:
    """The error for what is wrong at ``steps`` (keys and places in lists) of a file: message ``key``, ``params``."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
    if key == "schema_unknown_key":
        steps = (*steps, str(params["name"]))
    return _error(path, _line(path, steps), place, key, params)


def _line(path: Path, steps: Steps) -> int | None:
    """The line where a place of a file is, 1-based; that of what holds it where it is not there."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Safe)
    except (OSError, ValueError, yaml.YAMLError):
        return None
    if node is None:
        return None
    line = node.start_mark.line
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    return int(line) + 1


def _error(path: Path, line: int | None, place: str, key: str, params: dict[str, object]) -> SchemaError:
    where = f"{path}:{line}" if line else str(path)
    lead = f"{where}: {place}: " if place else f"{where}: "
    plain = f"{key} {{reason}}" if "reason" in params else key
    words = _wordings().get(key, {"en": plain, "zh": plain})
    shown = {name: value if isinstance(value, str) else _short(value) for name, value in params.items()}
    return SchemaError(lead + words["en"].format_map(shown), lead + words["zh"].format_map(shown))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"


@cache
def _wordings() -> dict[str, dict[str, str]]:
    """The messages that the package ships; nothing where they are what is wrong."""
    try:
        data = yaml.load((SCHEMAS / "messages.yaml").read_text(encoding="utf-8"), Loader=_Safe)  # noqa: S506 - a safe loader
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return data if isinstance(data, dict) else {}


@cache
def _validator(meta: str) -> Any:
    # Slow to import, and of no use to who only reads forms.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(read_yaml(SCHEMAS / "meta" / f"{meta}.yaml"))
