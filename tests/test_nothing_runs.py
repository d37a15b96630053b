"""What stands in a source, a name or a data file is shown and read, and never obeyed."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Final

import pytest

from extract.api import extract_bytes
from tests.correcting import line, write
from tests.test_cli import SAMPLE, pifubiao
from tests.test_corrections import FORM

# Sequences that set a title, clear the screen, move up, and turn the writing around.
EVIL: Final = "\x1b]0;x\x07\x1b[2J\x1b[1A\x9b31m\u202e\u2066\u2069\u200f\r\x08"
PROFILE: Final = "!!python/object/apply:os.system ['touch {path}']\n"


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """A form with such sequences in its title, its unit, its texts and its values, under a name that has them."""
    text = SAMPLE.read_text(encoding="utf-8")
    for word in ("部门（单位）整体支出", "大竹县司法局", "法律顾问", "普法", "324", "优良差"):
        assert word in text
        text = text.replace(word, word[:1] + EVIL + word[1:])
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a\x1b[2J\u202eb.txt").write_text(text, encoding="utf-8")
    (folder / "no\x1b[2J\u202eform.txt").write_text(EVIL, encoding="utf-8")
    return folder


def obeyed(text: str) -> set[str]:
    """What a terminal would obey, ends of lines aside."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c != "\n"}


def test_nothing_of_a_source_speaks_to_the_terminal(tmp_path: Path, evil: Path) -> None:
    done = [pifubiao("extract", evil, "--out", tmp_path / "out")]
    for path in sorted(evil.iterdir()):
        done += [pifubiao(command, path) for command in ("inspect", "explain")]
    done.append(pifubiao("inspect", f"{evil}/none{EVIL}"))
    assert [one.returncode for one in done] == [1, 0, 0, 1, 1, 2]
    assert [obeyed(one.stdout + one.stderr) for one in done] == [set()] * len(done)
    assert "Fiscal year  2024" in done[1].stdout


def test_nothing_of_a_source_speaks_to_the_terminal_in_json(tmp_path: Path, evil: Path) -> None:
    form = next(path for path in evil.iterdir() if path.name.startswith("a"))
    done = [pifubiao(command, form, "--json") for command in ("inspect", "explain")]
    done.append(pifubiao("extract", form, "--out", tmp_path / "out", "--json"))
    assert [obeyed(one.stdout + one.stderr) for one in done] == [set()] * 3
    assert json.loads(done[0].stdout)["source_path"] == form.name


@pytest.mark.parametrize("word", ["\x1b[2J多\u202e少", "多\x9b31m少\u2066", "多\x07少"])
def test_a_word_that_is_learned_speaks_to_no_terminal(tmp_path: Path, word: str) -> None:
    text = FORM.replace("数量指标", word)
    path = tmp_path / "in" / "a\x1b[2J\u202eb.txt"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    read = extract_bytes(text.encode(), source_path=path.name)
    said = [line(read, "indicators", 0, *one) for one in (("level2", "数量指标"), ("name", f"走访{EVIL}"))]
    words = ("learn", write(tmp_path / "c.jsonl", said), "--in", path.parent)
    done = [pifubiao(*words, *more) for more in ((), ("--json",), ("--to", tmp_path / "x.diff"), ("--lang", "zh"))]
    assert [(one.returncode, obeyed(one.stdout + one.stderr)) for one in done] == [(1, set())] * 4
    found = json.loads(done[1].stdout)
    assert [(one["old"], one["outcome"]) for one in found["corrections"]] == [
        (read.forms[0].indicators[0].level2, "taught"),
        ("走访户数", "no_word"),
    ]
    assert found["diff"] == done[0].stdout == (tmp_path / "x.diff").read_text(encoding="utf-8")


@pytest.mark.parametrize("data", [PROFILE, "name: !!python/name:os.system\n", "a: &a [*a, *a]\n"])
def test_a_profile_is_data(tmp_path: Path, data: str) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "x.yaml").write_text(data.format(path=tmp_path / "made"), encoding="utf-8")
    done = pifubiao("extract", SAMPLE, "--out", tmp_path / "out", "--forms", tmp_path / "forms")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {tmp_path}/forms/x.yaml")
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forms"]


def test_corrections_are_data(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("[" * 100_000 + "\n", encoding="utf-8")
    done = pifubiao("extract", SAMPLE, "--out", tmp_path / "out", "--corrections", tmp_path / "c.jsonl")
    assert done.returncode == 2
    assert "unexpectedly" not in done.stderr
    assert f"{tmp_path}/c.jsonl" in done.stderr
