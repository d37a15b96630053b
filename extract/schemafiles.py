"""The data files under ``schemas/``: where they are, and reading them checked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from extract.errors import SchemaError

# A wheel carries the files inside the package; a checkout has them beside it.
_PACKAGED: Final = Path(__file__).parent / "_schemas"
SCHEMAS: Final = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "schemas"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; SchemaError names the file where it cannot be read or is no YAML."""
    try:
        with path.open(encoding="utf-8") as file:
            return yaml.load(file, Loader=_Loader)  # noqa: S506 - a safe loader, in C where there is one
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SchemaError(f"{path}: is not valid YAML ({error})") from error


def read_checked(path: Path, meta: str) -> Any:
    """The content of a YAML file that holds to the JSON Schema ``schemas/meta/<meta>.yaml``.

    SchemaError names the file, the place in it (``columns[3].type``) and what is wrong there.
    """
    data = read_yaml(path)
    for place, what in _faults(data, meta):
        raise SchemaError(f"{path}: {place or 'top level'}: {what}")
    return data


def _faults(data: Any, meta: str) -> Iterator[tuple[str, str]]:
    for fault in _validator(meta).iter_errors(data):
        yield "".join(_step(step) for step in fault.absolute_path).lstrip("."), fault.message


def _step(step: int | str) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"


@cache
def _validator(meta: str) -> Any:
    # Slow to import, and of no use to who only reads forms.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(read_yaml(SCHEMAS / "meta" / f"{meta}.yaml"))
