"""Source text made safe to print: nothing in a document may move the cursor or turn the writing around."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

# Controls (terminal escapes among them), direction and other invisible marks, lone surrogates, private use.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
_BLANK = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\u2028": " ", "\u2029": " "})


def safe(text: str) -> str:
    """``text`` on one line, without anything that a terminal would obey instead of show."""
    if text.isprintable():
        return text
    return "".join(c for c in text.translate(_BLANK) if unicodedata.category(c) not in _DROPPED)


def safe_json(data: Any, *, ascii_only: bool = False) -> str:
    """JSON that says what ``data`` says, with an escape for each character that a terminal would obey."""
    text = json.dumps(data, ensure_ascii=ascii_only, indent=2)
    return "".join(
        json.dumps(c)[1:-1] if not c.isprintable() and c != "\n" and unicodedata.category(c) in _DROPPED else c
        for c in text
    )
