"""Display columns: where the characters of a line stand on a page of fixed pitch."""

from __future__ import annotations

from unicodedata import east_asian_width


def display_columns(text: str, wide: bool) -> list[int]:
    """The display column of each character and of the end; ``wide``: an ambiguous character takes two."""
    two = "WFA" if wide else "WF"
    found = [0]
    for character in text:
        found.append(found[-1] + (1 if character.isascii() else 2 if east_asian_width(character) in two else 1))
    return found
