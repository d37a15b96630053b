"""Bytes to text."""

from __future__ import annotations

import pytest

from extract.errors import UnreadableInput
from extract.readers.encoding import Decoded, decode

TEXT = "预算年度：2024\t司法局\u3000\u3000\u3000\r\n项目\xa0名称\f"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_encodings_without_bom(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == Decoded(TEXT, encoding)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_bom_names_the_encoding_and_is_no_text(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == Decoded(TEXT, encoding.removesuffix("-sig"))


def test_characters_beyond_gbk() -> None:
    assert decode("㐂㒰𠀀局".encode("gb18030")) == Decoded("㐂㒰𠀀局", "gb18030")


def test_one_broken_byte_is_counted() -> None:
    data = ("预算年度：2024\n" * 50).encode()
    assert decode(data[:301] + data[302:])[1:] == ("utf-8", 1)


def test_a_text_cut_in_a_character_is_read() -> None:
    decoded = decode(("预算年度：2024\n" * 50 + "局").encode()[:-1])
    assert (decoded.encoding, decoded.damaged, decoded.text[-1]) == ("utf-8", 1, "\ufffd")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\0\0", "empty"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (b"PK\x03\x04\x14\0", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "unsupported_format"),
        (bytes(range(256)) * 20, "unsupported_format"),
        (bytes(b for b in range(1, 256) for _ in range(3)), "undecodable"),
    ],
)
def test_what_is_no_text_says_why(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        decode(data)
    assert caught.value.code == code


def test_a_text_that_begins_like_a_picture_is_a_text() -> None:
    assert decode("BM司法局预算".encode()).text == "BM司法局预算"
