"""Names of inputs and outputs that are addresses of something elsewhere."""

from __future__ import annotations

import re
from typing import Final

_REMOTE: Final = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+://")


def is_remote(text: str) -> bool:
    """Whether a name is the address of something elsewhere."""
    return _REMOTE.match(text) is not None


def shown(address: str) -> str:
    """An address as it may be told: without passwords, which stand before the host or behind a question mark."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
