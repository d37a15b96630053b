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
from tests.tools.measure import printed

TESTS: Final = Path(__file__).parents[1]
FOLDER: Final = TESTS.parent / "samples"


class Sample(NamedTuple):
    """A file: the tool that made it, the page's design, and the seed of its form."""

    tool: str
    design: str
    seed: int

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.tool}-{self.design}-{self.seed}.txt"

    def case(self) -> Case:
        """The page and its answers."""
        return make_case(self.seed, self.design)

    def record(self) -> Json:
        """The answers, as they stand in the gold file."""
        return {"file": self.file, "family": self.tool, "form_index": 0} | self.case().record


# By the name of the gold file.
SAMPLES: Final[dict[str, tuple[Sample, ...]]] = {"tools-pandoc": ()}


def of_tools(names: Sequence[str]) -> Iterator[Sample]:
    """The samples of these tools, or all."""
    for samples in SAMPLES.values():
        yield from (sample for sample in samples if not names or sample.tool in names)


def write_gold() -> None:
    """The gold files, from the seeds."""
    for name, samples in SAMPLES.items():
        lines = [json.dumps(sample.record(), ensure_ascii=False) + "\n" for sample in sorted(samples)]
        (TESTS / "gold" / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """The command."""
    for sample in of_tools(sys.argv[1:]):
        (text,) = printed(sample.tool, [sample.case()])
        (FOLDER / sample.file).write_bytes(text)
    write_gold()


if __name__ == "__main__":
    main()
