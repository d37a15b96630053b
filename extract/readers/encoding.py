"""Bytes to text: BOM, NUL test, strict UTF-8, strict GB18030, UTF-16 with and without BOM.

Exact tests in this order take a few microseconds; statistical detectors take a hundred times that and guess.
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

from extract.errors import UnreadableInput

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A text of which more than one character in a hundred is damaged is not read: what is left could be anything.
_DAMAGED_AT_MOST: Final = 0.01
_SAMPLE: Final = 4000
_PLAUSIBLE: Final = 0.95
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
# One character in so many, at least, is Chinese where bytes taken for Latin-1 are read anew.
_CHINESE: Final = 5


class Decoded(NamedTuple):
    """A text, the encoding it was in, and how many of its characters could not be decoded (U+FFFD in the text)."""

    text: str
    encoding: str
    damaged: int = 0


def decode(data: bytes) -> Decoded:
    """The text of ``data``, without BOM.

    Raises UnreadableInput: ``empty``, ``unsupported_format`` for what is no text, ``undecodable``.
    """
    if not data.strip(b" \t\r\n\x0b\x0c\x00"):
        raise UnreadableInput("empty")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _whole(data, encoding)
    if b"\0" in data:
        return _utf16_without_bom(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return _taken_for_latin(text) or Decoded(text, "utf-8")
    try:
        return Decoded(data.decode("gb18030"), "gb18030")
    except UnicodeDecodeError:
        pass
    return _least_damaged(data)


def _taken_for_latin(text: str) -> Decoded | None:
    """The text whose bytes some program took for Latin-1 (é¢„ç®— for 预算); None where that did not happen.

    Raises UnreadableInput where it did and the program cut characters apart besides.
    """
    first = _NOT_ASCII.search(text)
    if first is None or first[0] > "\u00ff":
        return None
    try:
        data = text.encode("cp1252", "pifubiao.latin")
    except UnicodeEncodeError:
        return None
    decoded = [(data.decode(name, "replace"), name) for name in ("utf-8", "gb18030")]
    whole, name = min(decoded, key=lambda candidate: candidate[0].count("\ufffd"))
    if sum("\u4e00" <= c <= "\u9fff" for c in whole[:_SAMPLE]) * _CHINESE < len(whole[:_SAMPLE]):
        return None
    return _damaged(whole, f"{name}, latin-1")


def _of_latin(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes of characters that Latin-1 has and Windows-1252 has not."""
    if not isinstance(error, UnicodeEncodeError) or any(c > "\u00ff" for c in error.object[error.start : error.end]):
        raise error
    return error.object[error.start : error.end].encode("latin-1"), error.end


codecs.register_error("pifubiao.latin", _of_latin)


def _whole(data: bytes, encoding: str) -> Decoded:
    """A text whose encoding its BOM names."""
    name = {"utf-8-sig": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}[encoding]
    try:
        return Decoded(data.decode(encoding), name)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    return _damaged(text, name)


def _utf16_without_bom(data: bytes) -> Decoded:
    """UTF-16 in the byte order in which it is a text: ASCII and Chinese, and hardly anything else."""
    texts = [(side, data.decode(side, "replace")) for side in ("utf-16-le", "utf-16-be")]
    side, text = max(texts, key=lambda candidate: _plausible(candidate[1][:_SAMPLE]))
    damaged = text.count("\ufffd")
    if _plausible(text[:_SAMPLE]) < _PLAUSIBLE or damaged > len(text) * _DAMAGED_AT_MOST + 1:
        raise UnreadableInput("unsupported_format", kind="binary")
    return Decoded(text, side, damaged)


def _plausible(text: str) -> float:
    """The share of characters that Chinese office texts are made of."""
    usual = sum(
        1
        for c in text
        if " " <= c <= "~"
        or c in "\t\r\n\f\u00a0"
        or "\u2000" <= c <= "\u33ff"
        or "\u4e00" <= c <= "\u9fff"
        or "\uff00" <= c <= "\uffef"
    )
    return usual / len(text) if text else 0.0


def _least_damaged(data: bytes) -> Decoded:
    """A text with broken bytes: the encoding that loses least, where the loss is small."""
    candidates = [(data.decode(name, "replace"), name) for name in ("utf-8", "gb18030")]
    text, name = min(candidates, key=lambda c: c[0].count("\ufffd"))
    return _damaged(text, name)


def _damaged(text: str, encoding: str) -> Decoded:
    damaged = text.count("\ufffd")
    if damaged > max(3, len(text) * _DAMAGED_AT_MOST):
        raise UnreadableInput("undecodable", tried="UTF-8, GB18030, UTF-16")
    return Decoded(text, encoding, damaged)
