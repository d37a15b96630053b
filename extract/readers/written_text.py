"""What Word and OpenDocument files say in a paragraph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class WrittenText:
    """The lines of a paragraph, and the elements of the text boxes that are anchored to it."""

    lines: list[list[str]] = field(default_factory=lambda: [[]])
    boxes: list[Any] = field(default_factory=list)

    def shown(self) -> list[str]:
        """The lines that are not blank."""
        return [text for parts in self.lines if (text := "".join(parts)).strip()]
