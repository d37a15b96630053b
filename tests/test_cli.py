"""The command as a process: what it prints, and what it ends with."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from extract import __version__
from extract.schemafiles import SCHEMAS

SAMPLE = SCHEMAS.parent / "samples" / "大竹县司法局-2024.txt"
COMMAND = (sys.executable, "-c", "from extract.cli import main; main()")
# The width of the terminal in which the tests run is none of the command's.
OUTER = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
ENVIRONMENT = {**OUTER, "PYTHONPATH": str(SCHEMAS.parent), "LC_ALL": "C.UTF-8"}


def pifubiao(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=ENVIRONMENT | environment,
        check=False,
    )


def last(text: str) -> str:
    return text.rstrip("\n").rpartition("\n")[2]


def account(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A sound form, and one whose weights do not add up."""
    (tmp_path / "in").mkdir()
    shutil.copy(SAMPLE, tmp_path / "in" / "good.txt")
    text = SAMPLE.read_text(encoding="utf-8").replace("\t324\t个\t5\t", "\t324\t个\t50\t")
    (tmp_path / "in" / "odd.txt").write_text(text, encoding="utf-8")
    return tmp_path / "in"


@pytest.fixture
def broken(source: Path) -> Path:
    (source / "broken.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\0" * 50)
    return source


def test_done(tmp_path: Path, source: Path) -> None:
    done = pifubiao("extract", source, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert last(done.stdout) == f"Done (exit code 0): 2 forms in {tmp_path / 'out'}"
    assert re.search(r"^Inputs +2$", done.stdout, re.M)
    assert re.search(r"^  converted with findings +1$", done.stdout, re.M)
    assert re.search(r"^  warning +[1-9]", done.stdout, re.M)
    found = account(tmp_path / "out")
    assert (found["outcome"], found["exit_code"]) == ("done", 0)


def test_some_failed(tmp_path: Path, broken: Path) -> None:
    done = pifubiao("extract", broken, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (1, "")
    assert "  broken.pdf  the file is damaged: " in done.stdout
    assert last(done.stdout) == f"Done, but 1 of 3 inputs failed (exit code 1): 2 forms in {tmp_path / 'out'}"
    assert account(tmp_path / "out")["outcome"] == "some_failed"


def test_all_failed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("nothing of interest", encoding="utf-8")
    done = pifubiao("extract", tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert last(done.stdout) == f"Done, but 1 of 1 inputs failed (exit code 1): 0 forms in {tmp_path / 'out'}"


def test_strict(tmp_path: Path, source: Path) -> None:
    done = pifubiao("extract", source, "--out", tmp_path / "out", "--strict")
    assert done.returncode == 1
    assert re.fullmatch(
        r"Done, but \d+ values are doubtful and --strict was given \(exit code 1\): 2 forms in .*", last(done.stdout)
    )
    assert account(tmp_path / "out")["outcome"] == "some_doubtful"
    assert pifubiao("extract", source / "good.txt", "--out", tmp_path / "out", "--strict").returncode == 0


@pytest.mark.parametrize(("allowed", "code"), [("0", 1), ("1", 0), ("5", 0), ("33%", 1), ("33.4%", 0), ("100%", 0)])
def test_max_failed(tmp_path: Path, broken: Path, allowed: str, code: int) -> None:
    done = pifubiao("extract", broken, "--out", tmp_path / "out", "--max-failed", allowed)
    assert done.returncode == code == account(tmp_path / "out")["exit_code"]
    if code == 0:
        assert last(done.stdout).endswith(f"1 of 3 inputs failed, as --max-failed {allowed} allows")


def test_max_failed_does_not_excuse_doubts(tmp_path: Path, broken: Path) -> None:
    done = pifubiao("extract", broken, "--out", tmp_path / "out", "--max-failed", "1", "--strict")
    assert done.returncode == 1
    assert account(tmp_path / "out")["outcome"] == "some_doubtful"


def test_max_bytes(tmp_path: Path, source: Path) -> None:
    done = pifubiao("extract", source, "--out", tmp_path / "out", "--max-bytes", "1000")
    assert done.returncode == 1
    assert account(tmp_path / "out")["counts"]["failures_by_code"] == {"too_large": 2}


def test_json(tmp_path: Path, broken: Path) -> None:
    done = pifubiao("extract", broken, "--out", tmp_path / "out", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout) == account(tmp_path / "out")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["extract", "none.txt", "--out", "out"], "the input none.txt does not exist: check its name"),
        (["extract", "none*.txt", "--out", "out"], "the pattern none*.txt matches nothing: check it, or name a folder"),
        (
            ["extract", "hollow", "--out", "out"],
            "there is no file in hollow: name a folder that has some (hidden files do not count)",
        ),
        (
            ["extract", "in", "--out", "in/out"],
            "the output folder in/out lies in the input in: choose one outside of it with --out",
        ),
        (
            ["extract", "in/good.txt", "--out", "in"],
            "the input in/good.txt lies in the output folder in, which is replaced whole: choose another one with --out",
        ),
        (["extract", "in", "--out", "file"], "the output file is no folder: choose another one with --out"),
        (
            ["extract", "in", "--out", "theirs"],
            "the output folder theirs holds thesis.docx, which no run wrote and a run would remove: choose another folder with --out",
        ),
        (
            ["extract", "in", "--out", "file/out"],
            "nothing can be written to {cwd}/file (Not a directory): choose another folder with --out",
        ),
        (
            ["extract", "in", "--out", "out", "--max-failed", "some"],
            "--max-failed some is no number and no per cent: write 3 or 2%",
        ),
        (["extract", "in"], "Missing option '--out': see pifubiao --help"),
        (["extract", "--out", "out"], "Missing argument 'INPUT': see pifubiao --help"),
        (["extract", "in", "--out", "out", "--fast"], "No such option: --fast"),
        (["extract", "in", "--out", "out", "--max-bytes", "0"], "Invalid value for '--max-bytes'"),
        (["wash", "in"], "No such command 'wash'"),
        (
            ["inspect", "none.txt"],
            "the file none.txt could not be read (No such file or directory): check its name and permissions",
        ),
        (["inspect", "in"], "the file in could not be read (not a regular file): check its name and permissions"),
    ],
)
def test_nothing_done(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(source.parent)
    for name in ("hollow", "theirs"):
        Path(name).mkdir()
    for name in ("file", "theirs/thesis.docx"):
        Path(name).write_text("x", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = pifubiao(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    first, final = done.stderr.splitlines()
    assert first.startswith("Error: " + message.replace("{cwd}", str(tmp_path)))
    assert final == "Nothing was done (exit code 2)"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_that_is_not_writable(tmp_path: Path, source: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    assert pifubiao("extract", source, "--out", tmp_path / "closed" / "out").returncode == 2


def test_nothing_done_keeps_the_old_output(tmp_path: Path, source: Path) -> None:
    pifubiao("extract", source, "--out", tmp_path / "out")
    before = account(tmp_path / "out")
    assert pifubiao("extract", "none.txt", "--out", tmp_path / "out").returncode == 2
    assert account(tmp_path / "out") == before


def test_nothing_done_for_machines(tmp_path: Path) -> None:
    done = pifubiao("extract", tmp_path / "none.txt", "--out", tmp_path / "out", "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert (found["outcome"], found["exit_code"]) == ("nothing_done", 2)
    assert found["error"].endswith("does not exist: check its name")


def test_a_mistake_of_the_program_is_not_taken_for_failed_inputs(tmp_path: Path, source: Path) -> None:
    script = "import extract.batch.run as r\ndef check(*_): raise KeyError('oops')\nr.check_out = check\nfrom extract.cli import main\nmain()"
    words = [sys.executable, "-c", script, "extract", str(source), "--out", str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", env=ENVIRONMENT, timeout=60, check=False)
    assert done.returncode == 2
    assert "the program failed unexpectedly (KeyError: 'oops')" in done.stderr
    assert not (tmp_path / "out").exists()


def test_chinese(tmp_path: Path, broken: Path) -> None:
    out = tmp_path / "out"
    by_option = pifubiao("extract", broken, "--out", out, "--lang", "zh")
    assert last(by_option.stdout) == f"完成，但 3 个输入中 1 个失败（退出码 1）：2 张表，写入 {out}"
    assert "broken.pdf  文件已损坏：" in by_option.stdout
    by_environment = pifubiao("extract", broken, "--out", out, "--full", LC_ALL="zh_CN.UTF-8")
    assert by_environment.stdout == by_option.stdout
    again = pifubiao("extract", broken, "--out", out, "--lang", "zh").stdout
    assert "未变，沿用上次结果  2" in again
    assert last(again) == last(by_option.stdout)
    assert last(pifubiao("extract", broken, "--out", out, "--lang=en", LC_ALL="zh_CN.UTF-8").stdout).startswith(
        "Done, but"
    )
    nothing = pifubiao("extract", "none.txt", "--out", out, "--lang", "zh")
    assert nothing.stderr == "错误：输入 none.txt 不存在：请检查名称\n什么都没有做（退出码 2）\n"
    assert "把绩效目标批复表转换为规范的数据表。" in pifubiao("--lang", "zh", "--help").stdout


def test_a_language_that_is_not_known() -> None:
    done = pifubiao("extract", "a", "--out", "b", "--lang", "fr")
    assert (done.returncode, done.stdout) == (2, "")


def test_version_and_help() -> None:
    assert pifubiao("--version").stdout == f"pifubiao {__version__}\n"
    for words in (["--help"], ["-h"], ["extract", "--help"]):
        done = pifubiao(*words)
        assert done.returncode == 0
        assert "Exit codes: 0 done (findings allowed); 1 done, but some inputs failed" in " ".join(done.stdout.split())
    nothing = pifubiao()
    assert nothing.returncode == 2
    assert "Usage: pifubiao" in nothing.stdout


def test_a_terminal_that_cannot_show_chinese(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "inspect", str(SAMPLE)],
        capture_output=True,
        timeout=60,
        env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_names_cannot_move_the_cursor(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\x1b[2J\u202e[red]b.txt").write_text("x", encoding="utf-8")
    done = pifubiao("extract", tmp_path / "in", "--out", tmp_path / "out")
    assert "  a[2J[red]b.txt  " in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("words", [["inspect", SAMPLE], ["inspect", SAMPLE, "--json"], ["--help"]])
def test_a_reader_that_has_gone(words: list[object]) -> None:
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert errors == b""
    assert process.returncode == 0


def test_a_reader_that_has_gone_does_not_change_the_outcome(tmp_path: Path, broken: Path) -> None:
    words = [*COMMAND, "extract", str(broken), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (1, b"")
    assert account(tmp_path / "out")["exit_code"] == 1


def test_no_standard_output(tmp_path: Path, source: Path) -> None:
    line = 'exec "$@" >&- 2>&-'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *COMMAND, "extract", str(source), "--out", str(tmp_path / "out")],
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert account(tmp_path / "out")["exit_code"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_by_the_signal_and_leaves_the_old_output(
    tmp_path: Path, source: Path, number: signal.Signals
) -> None:
    pifubiao("extract", source, "--out", tmp_path / "out")
    before = account(tmp_path / "out")
    script = (
        "import time, extract.batch.read as r\nreal = r.api.extract_bytes\n"
        "def slow(*a, **k):\n    print('reading', flush=True); time.sleep(60)\nr.api.extract_bytes = slow\n"
        "from extract.cli import main\nmain()"
    )
    words = [sys.executable, "-c", script, "extract", str(source), "--out", str(tmp_path / "out"), "--full"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT)
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -number
    assert errors == (
        "Error: interrupted: the output folder is whole, as it was before or as this run made it; "
        "the next run goes on with what is done\n"
    )
    assert account(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_bar_on_a_terminal_only(tmp_path: Path, source: Path) -> None:
    primary, secondary = pty.openpty()
    words = [*COMMAND, "extract", str(source), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=secondary, env=ENVIRONMENT | {"TERM": "xterm"})
    output, _ = process.communicate(timeout=60)
    os.close(secondary)
    shown = b""
    deadline = time.monotonic() + 10
    while b"2/2" not in shown and time.monotonic() < deadline:
        try:
            shown += os.read(primary, 65536)
        except OSError:
            break
    os.close(primary)
    assert process.returncode == 0
    assert b"Reading" in shown
    assert "Reading" not in output.decode()
