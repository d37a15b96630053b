"""Writes the samples that the tools make, and their answers; the seeds are fixed.

    python -m tests.tools.samples [TOOL ...]

Without words all are written anew; the tools named have to be there. To add samples: a gold file's name in ``SAMPLES``
with what it holds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.forms.truth import Json
from tests.tools.cases import Case, make_case
from tests.tools.measure import answers, printed
from tests.tools.printers import ENDINGS

TESTS: Final = Path(__file__).parents[1]
FOLDER: Final = TESTS.parent / "samples"
# Files that are read by way of LibreOffice, and their answers.
APART: Final = TESTS / "office"
NEEDS_OFFICE: Final = frozenset({"office-doc", "office-wps", "office-rtf"})


class Sample(NamedTuple):
    """A file: the tool that made it, the page's design, and the seed of its form."""

    tool: str
    design: str
    seed: int

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.tool}-{self.design}-{self.seed}.{ENDINGS.get(self.tool, 'txt')}"

    @property
    def path(self) -> Path:
        """Where it is: what needs LibreOffice to be read is no sample for all."""
        return (APART if self.tool in NEEDS_OFFICE else FOLDER) / self.file

    def case(self) -> Case:
        """The page and its answers."""
        return make_case(self.seed, self.design)

    def record(self) -> Json:
        """The answers, as they stand in the gold file."""
        return {"file": self.file, "family": self.tool, "form_index": 0} | answers(
            self.case().record, self.path.read_bytes()
        )


# By the name of the gold file.
SAMPLES: Final[dict[str, tuple[Sample, ...]]] = {
    "tools-pandoc": (
        Sample("pandoc-gfm", "portal", 31),
        Sample("pandoc-gfm", "done-project", 32),
        Sample("pandoc-gfm", "styled-flat", 33),
        Sample("pandoc-commonmark", "ministry", 34),
        Sample("pandoc-markdown", "around", 35),
        Sample("pandoc-markdown", "marked-flat", 36),
        Sample("pandoc-markdown", "styled-project", 37),
        Sample("pandoc-plain", "flat-one", 38),
        Sample("pandoc-plain", "ministry-flat", 39),
        Sample("pandoc-rst", "ministry", 40),
        Sample("pandoc-rst", "styled-flat", 41),
        Sample("pandoc-org", "portal", 42),
        Sample("pandoc-org", "styled", 43),
        Sample("pandoc-asciidoc", "done", 44),
        Sample("pandoc-asciidoc", "styled-project", 45),
        Sample("pandoc-asciidoc", "flat-one", 59),
        Sample("pandoc-rst", "breaks", 60),
        Sample("pandoc-asciidoc", "breaks-flat", 61),
        Sample("word-gfm", "inside", 46),
        Sample("word-markdown", "flat-one", 47),
        Sample("word-plain", "ministry-one", 48),
        Sample("docx-rst", "bare", 49),
        Sample("html2text", "around", 50),
        Sample("html2text", "marked-flat", 51),
        Sample("html2text-wide", "done", 52),
        Sample("html2text-padded", "flat", 53),
        Sample("html2text-raw", "styled", 54),
        Sample("html", "office-project", 55),
        Sample("html", "nested", 56),
        Sample("json", "breaks", 57),
        Sample("sql", "styled", 58),
    ),
    "tools-office": (
        Sample("office-docx", "portal", 1),
        Sample("office-docx", "ministry", 2),
        Sample("office-docx", "done", 1),
        Sample("office-odt", "styled", 1),
        Sample("office-xlsx", "portal", 2),
        Sample("office-xlsx", "done-project", 1),
        Sample("office-xlsx", "bare-flat", 1),
        Sample("office-ods", "inside", 1),
        Sample("office-xls", "around", 1),
        Sample("office-xls", "marked", 2),
        Sample("office-et", "ministry-flat", 1),
    ),
    "office": (
        Sample("office-doc", "breaks", 1),
        Sample("office-doc", "done-project", 2),
        Sample("office-wps", "ministry", 1),
        Sample("office-rtf", "portal", 2),
    ),
    "tools-browsers": (
        Sample("lynx-60", "portal", 14),
        Sample("lynx-80", "done", 35),
        Sample("lynx-80", "around", 42),
        Sample("lynx-120", "bare", 47),
        Sample("lynx-120", "done-project", 13),
        Sample("lynx-990", "portal", 17),
        Sample("lynx-990", "done", 28),
        Sample("lynx-80-nolist", "ministry", 5),
        Sample("lynx-990-nolist", "ministry-flat", 27),
        Sample("w3m-80", "portal", 11),
        Sample("w3m-80", "ministry", 16),
        Sample("w3m-120", "done", 18),
        Sample("w3m-200", "flat", 19),
        Sample("w3m-120", "nested", 36),
        Sample("chromium", "portal", 20),
        Sample("chromium", "ministry", 21),
        Sample("chromium", "done", 22),
        Sample("calc-comma", "portal", 24),
        Sample("calc-semicolon", "ministry", 25),
        Sample("calc-tab", "done", 26),
        Sample("calc-single", "portal", 30),
        Sample("calc-pipe", "ministry-flat", 31),
        Sample("calc-blank", "around", 32),
        Sample("csv-column", "done-project", 34),
    ),
}


def of_tools(names: Sequence[str]) -> Iterator[Sample]:
    """The samples of these tools, or all."""
    for samples in SAMPLES.values():
        yield from (sample for sample in samples if not names or sample.tool in names)


def gold_file(name: str) -> Path:
    """Where the answers of a gold file's name stand."""
    return (APART if name == "office" else TESTS / "gold") / f"{name}.jsonl"


def write_gold() -> None:
    """The gold files, from the seeds."""
    for name, samples in SAMPLES.items():
        lines = [json.dumps(sample.record(), ensure_ascii=False) + "\n" for sample in sorted(samples)]
        gold_file(name).write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """The command."""
    for sample in of_tools(sys.argv[1:]):
        (text,) = printed(sample.tool, [sample.case()])
        sample.path.write_bytes(text)
    write_gold()


if __name__ == "__main__":
    main()
