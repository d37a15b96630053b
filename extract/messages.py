"""What the command says, in English or Chinese, from ``schemas/messages.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from extract.catalogue import Wording
from extract.schemafiles import SCHEMAS, read_checked


def load(path: Path) -> dict[str, Wording]:
    """The messages at ``path``, by key; SchemaError where the file is not sound."""
    return {key: Wording(words["en"], words["zh"]) for key, words in read_checked(path, "messages").items()}


@lru_cache(maxsize=1)
def messages() -> dict[str, Wording]:
    """The messages that the package ships."""
    return load(SCHEMAS / "messages.yaml")


class Speaker:
    """Says messages in one language, ``en`` or ``zh``."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **params: object) -> str:
        """The message ``key`` with its places filled; KeyError for an unknown key."""
        return self.pick(messages()[key].render(params))

    def pick(self, wording: Wording) -> str:
        """The one of two wordings that is in this language."""
        return wording.zh if self.language == "zh" else wording.en

    def known(self, key: str, otherwise: str) -> str:
        """The message ``key``, and ``otherwise`` where there is none."""
        return self(key) if key in messages() else otherwise


def language(chosen: str | None, environment: Mapping[str, str]) -> str:
    """``zh`` or ``en``: as chosen, else by the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    if chosen:
        return "zh" if chosen.lower().startswith("zh") else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"
