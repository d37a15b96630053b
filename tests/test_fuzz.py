"""What fuzzing found stays found; and the targets, what they begin with, and what runs them."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from extract.readers import kinds
from extract.readers.encoding import decode
from fuzz import run, seeds
from fuzz.cells import dumped
from fuzz.parts import laid_out, packed
from fuzz.targets import TARGETS
from tests.forms import office
from tests.needs import COMPLETE
from tests.test_cli import ENVIRONMENT

ROOT = Path(__file__).parent.parent
FOUND = sorted(path for path in (Path(__file__).parent / "data" / "fuzz").rglob("*") if path.is_file())
# Seconds for a small file, far more than it takes on a machine that does much else.
GENEROUS = 20


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_fuzzing_found(path: Path) -> None:
    began = time.perf_counter()
    TARGETS[path.parent.name].run(path.read_bytes())
    assert time.perf_counter() - began < GENEROUS


def test_what_fuzzing_found_is_small_and_of_a_target() -> None:
    assert {path.parent.name for path in FOUND} <= set(TARGETS)
    assert all(path.stat().st_size <= 4096 for path in FOUND)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_begins_with_what_it_finds_sound(name: str) -> None:
    target = TARGETS[name]
    own = list(target.seeds())
    assert own
    for data in own[:4]:
        target.run(data)
        # What is cut off is a file as well.
        target.run(data[: len(data) // 2])


def test_targets_of_shapes_begin_with_forms_of_that_shape() -> None:
    for name in ("text", "glued", "dump", "delimited", "pipes", "ruled", "dashed", "tagged"):
        assert len([data for data in TARGETS[name].seeds() if kinds.kind(data) == "text"]) > 4, name


def test_cells_are_the_same_for_the_same_bytes_and_hold_known_words() -> None:
    text = dumped(b"\0" + bytes(range(200)))
    assert text == dumped(b"\0" + bytes(range(200)))
    assert "部门" in text
    assert dumped(b"") == ""
    assert dumped(bytes((0, 0, 0, 0, 1, 0xEE, 0x31))) == dumped(bytes((0, *(0, 0, 0, 1) * 5)))
    assert len(dumped(b"\0\0\0" + b"\xee\xff" * 99)) <= 16 * 1024
    assert decode(text.encode()).text


def test_parts_that_nothing_happened_to_are_the_file() -> None:
    book = office.workbook({"表": office.sheet({1: office.text_cell("A1", "甲")})})
    assert kinds.kind(packed(laid_out(book))) == "xlsx"
    assert laid_out(packed(laid_out(book))) == laid_out(book)
    assert packed(book) == book
    assert kinds.kind(packed(b"\n==> \xff\0 <==\nx")) == "zip"


def test_words_are_written_as_libfuzzer_reads_them() -> None:
    assert (
        run.dictionary(['a"b\\', "权重", b"\0\x7f", ""])
        == '"a\\x22b\\x5c"\n"\\xe6\\x9d\\x83\\xe9\\x87\\x8d"\n"\\x00\\x7f"\n'
    )


# ---- what runs them


def test_a_file_is_repeated(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(seeds.SMALL)
    assert run.main(["text", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: sound\n"


def test_a_target_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["txt"])
    assert "no such target: txt" in capsys.readouterr().err


def test_what_libfuzzer_says_is_told_in_figures(tmp_path: Path) -> None:
    said = "#8 INITED cov: 12 ft: 30 corp: 1\n#9 NEW cov: 1234 ft: 5678 corp: 2\nstat::number_of_executed_units: 4321\n"
    sound = run.outcome("text", said, [], 1234.4)
    assert sound.is_sound
    assert sound.line() == "text                 1,234       4,321     1,234     5,678   0"
    assert not run.outcome("text", said, [tmp_path], 1.0).is_sound
    assert not run.outcome("text", "it did not start", [], 1.0).is_sound


def fuzzing() -> None:
    if find_spec("atheris") is None:
        assert not COMPLETE
        pytest.skip("atheris is not installed (extra fuzz)")


def test_fuzzing_runs_and_says_how_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fuzzing()
    one = run.fuzzed("kinds", run.prepared("kinds", tmp_path), "-runs=60", "-seed=1")
    assert (one.found, one.executions >= 60, one.covered > 500) == ((), True, True), one.said


def test_fuzzing_finds_what_breaks_and_keeps_it(tmp_path: Path) -> None:
    fuzzing()
    folder = run.prepared("recovery", tmp_path)
    broken = "import sys, fuzz.targets as t; from dataclasses import replace; from fuzz import drive\n"
    broken += "def run(data): assert len(data) < 30\n"
    broken += "t.TARGETS['recovery'] = replace(t.TARGETS['recovery'], run=run)\ndrive.main(sys.argv)"
    command = [sys.executable, "-c", broken, *run.command("recovery", folder)[3:], "-runs=50"]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, cwd=ROOT, check=False, timeout=120)
    assert done.returncode != 0
    (found,) = (folder / "found").iterdir()
    assert len(found.read_bytes()) >= 30
