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
        (bytes(range(256)) * 20, "unsupported_format"),
        (bytes(b for b in range(1, 256) for _ in range(3)), "undecodable"),
    ],
)
def test_what_is_no_text_says_why(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        decode(data)
    assert caught.value.code == code


FORM = "预算年度：2024\t“三公”经费·司法局 ≥95% 元/次\n" * 30


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("taken_for", ["latin-1", "cp1252"])
def test_bytes_that_a_program_took_for_latin(encoding: str, taken_for: str) -> None:
    data = FORM.encode(encoding)
    mistaken = "".join(
        bytes([b]).decode(taken_for) if taken_for == "latin-1" or b not in b"\x81\x8d\x8f\x90\x9d" else chr(b)
        for b in data
    )
    assert decode(mistaken.encode()) == Decoded(FORM, f"{encoding}, latin-1")


def test_bytes_taken_for_latin_and_cut_by_columns_are_not_read() -> None:
    """As a program prints them that counts bytes for characters."""
    mistaken = FORM.encode().decode("latin-1")
    columns = "|\n|".join(mistaken[i : i + 10] for i in range(0, len(mistaken), 10))
    with pytest.raises(UnreadableInput) as caught:
        decode(columns.encode())
    assert caught.value.code == "undecodable"


@pytest.mark.parametrize("text", ["·预算 2024", "Café, 12 °C", "× 95", "±3%以内"])
def test_texts_that_begin_with_a_latin_sign_stay(text: str) -> None:
    assert decode(text.encode()) == Decoded(text, "utf-8")


def test_characters_cut_apart_by_columns_are_not_read_in_silence() -> None:
    columns = b"|\n|".join(FORM.encode()[i : i + 10] for i in range(0, len(FORM.encode()), 10))
    with pytest.raises(UnreadableInput) as caught:
        decode(columns)
    assert caught.value.code == "undecodable"
