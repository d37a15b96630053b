"""LibreOffice as a program apart: it is found or missed, gives what it can, and is killed in time."""

from __future__ import annotations

import os
import signal
import stat
import time
from pathlib import Path

import pytest

from extract.errors import UnreadableInput
from extract.model import Finding
from extract.readers import doc, office, word
from extract.readers.files import ReadOptions, read
from tests.forms.office import paragraph, word_cell
from tests.forms.office import word as word_file
from tests.needs import needs

TEXT = word_file(paragraph("甲" * 30))
TABLE = word_file("<w:tbl><w:tr>" + word_cell(paragraph("甲" * 30)) + "</w:tr></w:tbl>")
RTF = rb"{\rtf1\ansi\trowd\cellx2000\intbl \u30002?\cell\row}"


def program(folder: Path, script: str) -> Path:
    """A program in LibreOffice's place: a script of the shell, whose last words are the files."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def codes(made: list[bytes | UnreadableInput]) -> list[str]:
    return [one.code if isinstance(one, UnreadableInput) else "made" for one in made]


def test_where_it_is_not_installed_the_failure_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    assert codes(office.convert([(b"", "doc"), (b"", "rtf")], ReadOptions())) == ["office_missing"] * 2


def test_many_files_in_one_call_and_what_fails_is_tried_again(installed: Path) -> None:
    """The first call stops at the second file; that one gives nothing even alone."""
    calls = installed / "calls"
    program(
        installed,
        f"""echo $# >> {calls}
while [ "$1" != --outdir ]; do shift; done; out=$2; shift 2
for f in "$@"; do [ $(cat $f) = bad ] && exit 1; cp $f $out/$(basename $f .doc).docx; done""",
    )
    made = office.convert([(b"one", "doc"), (b"bad", "doc"), (b"two", "doc")], ReadOptions())
    assert codes(made) == ["made", "office_gave_nothing", "made"]
    assert (made[0], made[2]) == (b"one", b"two")
    assert len(calls.read_text().split()) == 3


ONE_BY_ONE = """while [ "$1" != --outdir ]; do shift; done; out=$2; shift 2
for f in "$@"; do"""
WHOLE = b"PK\x05\x06"


def test_a_file_that_hangs_takes_nothing_from_its_neighbours(installed: Path) -> None:
    """What was being written when the call was ended counts for nothing."""
    calls = installed / "calls"
    program(
        installed,
        f"""echo $# >> {calls}
{ONE_BY_ONE} d=$out/$(basename $f .doc).docx
grep -q bad $f && printf half > $d && sleep 600; cp $f $d; done""",
    )
    files = [(WHOLE + name, "doc") for name in (b"one", b"bad", b"two", b"three")]
    made = office.convert(files, ReadOptions(office_seconds=1.0))
    assert codes(made) == ["made", "office_timed_out", "made", "made"]
    assert [made[0], made[2], made[3]] == [files[0][0], files[2][0], files[3][0]]
    words = list(map(int, calls.read_text().split()))
    assert [count - words[1] + 1 for count in words] == [4, 1, 2]


def test_many_files_may_take_longer_than_one(installed: Path) -> None:
    program(installed, f"{ONE_BY_ONE} sleep 0.6; cp $f $out/$(basename $f .doc).docx; done")
    files = [(WHOLE, "doc")] * 4
    assert office.convert(files, ReadOptions(office_seconds=1.5)) == [WHOLE] * 4


def test_it_is_killed_with_all_that_it_started(installed: Path) -> None:
    child = installed / "child"
    program(installed, f"sleep 600 & echo $! > {child}; wait")
    assert codes(office.convert([(b"", "doc")], ReadOptions(office_seconds=1.0))) == ["office_timed_out"]
    pid = int(child.read_text())
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            break
        if state == "Z":
            break
        time.sleep(0.05)
    else:
        os.kill(pid, signal.SIGKILL)
        pytest.fail("it lives on")


def test_nothing_of_a_call_is_left_on_the_disk(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    kept = tmp_path_factory.mktemp("kept") / "folder"
    program(installed, f"pwd > {kept}; touch left")
    assert codes(office.convert([(b"", "doc")], ReadOptions())) == ["office_gave_nothing"]
    assert not Path(kept.read_text().strip()).exists()


def test_a_table_that_did_not_come_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for made, found in ((TEXT, (Finding("table_lost"),)), (TABLE, ())):
        monkeypatch.setattr(office, "convert_one", lambda data, ending, options, made=made: made)
        assert read(RTF, "rtf", ReadOptions()).findings == found


def test_a_file_whose_end_is_cut_off_is_not_read() -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(RTF[:-1], "rtf", ReadOptions())
    assert caught.value.code == "malformed"


def test_text_that_did_not_come_out_is_said() -> None:
    lines = word.lines(TABLE, ReadOptions())
    assert doc._lost(lines, "甲" * 30 + "\x07") == []
    assert doc._lost(lines, "甲" * 300 + "\x07") == [Finding("text_lost", params={"there": 300, "here": 30})]
    assert doc._lost(word.lines(TEXT, ReadOptions()), "甲" * 30 + "\x07") == [Finding("table_lost")]
    assert doc._lost(lines, "甲" * 30 + "\x13" + "PAGE" * 100 + "\x14" + "1\x15\x07") == []


@needs("LibreOffice", found=office.program() is not None)
def test_libreoffice_itself() -> None:
    found = read(RTF, "rtf", ReadOptions(office_seconds=300.0))
    assert [[cell.text for cell in row.cells] for grid in found.grids for row in grid.rows] == [["甲"]]
    assert (found.media_type, found.findings) == ("application/rtf", ())
