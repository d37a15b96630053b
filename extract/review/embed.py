"""What pages embed: data that no text in it can break out of, and a policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from typing import Any, Final

# As JSON within a script: nothing ends it or begins a comment, and no line ends within a string of it.
_ESCAPED: Final = str.maketrans(
    {c: f"\\u{ord(c):04x}" for c in ("<", ">", "&", "\u2028", "\u2029", "\u0085", "\x7f", "\ufeff")}
)
# Controls, direction and other invisible marks, private use: what a browser would obey instead of show.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def dump(data: Any) -> str:
    """``data`` as JSON that may stand in a script as it is."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def visible(text: str) -> str:
    """``text`` with its invisible characters as their numbers, ``⟨202E⟩``."""
    if text.isprintable():
        return text
    return "".join(f"⟨{ord(c):04X}⟩" if unicodedata.category(c) in _INVISIBLE else c for c in text)


def policy(script: str, style: str) -> str:
    """The Content-Security-Policy of a page with one script and one style, which alone count.

    The script loads the others, of data; pictures come from beside the page; nothing goes anywhere. Texts are never
    taken for HTML or scripts, wherever a browser knows trusted types.
    """
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_digest(script)}' 'strict-dynamic'",
            f"style-src '{_digest(style)}'",
            "img-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types pifubiao",
        ]
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
