"""Source text made safe to print: nothing in a document may move the cursor or turn the writing around."""

from __future__ import annotations

import unicodedata

# Controls (terminal escapes among them), direction and other invisible marks, lone surrogates, private use.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
_BLANK = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\u2028": " ", "\u2029": " "})


def safe(text: str) -> str:
    """``text`` on one line, without anything that a terminal would obey instead of show."""
    if text.isprintable():
        return text
    return "".join(c for c in text.translate(_BLANK) if unicodedata.category(c) not in _DROPPED)
