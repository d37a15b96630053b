"""Faults of the system and odd files among the inputs, met by the command as a process.

Each run ends with the exit code that the documents name, leaves an output that can be read or the one that stood there,
and says what is wrong without a trace of the program's own.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import pytest

from extract.tables.schemas import TABLES, schemas
from tests.needs import untraced
from tests.test_again import tables_of
from tests.test_cli import COMMAND, ENVIRONMENT, SAMPLE

FORM: Final = SAMPLE.read_bytes()
PDF: Final = (SAMPLE.parent / "pdf-calc-01.pdf").read_bytes()
FORMS: Final = dict.fromkeys(["0.txt", "1.txt", "2.txt", "3.txt"], "form")
# A user that no other process belongs to.
STRANGER: Final = 54321

# The command, in whose process something happens before the files of some names are read.
HOOK: Final = """
import json, os, shutil, sys
from pathlib import Path
import extract.batch.read as read
acts = json.loads(sys.argv.pop(1))
real = read._bytes
def hooked(path, limit):
    exec(acts.get(os.path.basename(path), ""), {"path": Path(path), "os": os, "shutil": shutil})
    return real(path, limit)
read._bytes = hooked
from extract.cli import main
main()
"""


def ran(
    *words: object,
    before: tuple[str, ...] = (),
    limits: dict[int, int] | None = None,
    shut: bool = False,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """The command under limits of the system (by number); ``before``: what starts it; ``shut``: without an input."""

    def limit() -> None:
        for kind, number in (limits or {}).items():
            resource.setrlimit(kind, (number, number))
        if shut:
            os.close(0)

    done = subprocess.run(
        [*before, *COMMAND, *map(os.fsdecode, map(str, words))],
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=limit,
        **{"env": ENVIRONMENT, **options},
    )
    found = subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )
    assert "Traceback" not in found.stderr, found.stderr
    assert "unexpectedly" not in found.stdout + found.stderr
    return found


def hooked(folder: Path, out: Path, acts: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", HOOK, json.dumps(acts), "extract", str(folder), "--out", str(out)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", env=ENVIRONMENT, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert "unexpectedly" not in done.stdout + done.stderr
    return done


def fill(folder: Path, count: int = 4) -> Path:
    folder.mkdir()
    for number in range(count):
        data = FORM.replace(b"135-", f"{200 + number}-".encode())
        (folder / f"{number}.txt").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def sound() -> Iterator[Path]:
    """A folder of inputs and the output of a run over them, of which each test has a copy."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = fill(Path(folder) / "in"), Path(folder) / "out"
        assert ran("extract", source, "--out", out).returncode == 0
        assert said(out) == FORMS
        yield Path(folder)


@pytest.fixture
def made(tmp_path: Path, sound: Path) -> tuple[Path, Path]:
    for name in ("in", "out"):
        shutil.copytree(sound / name, tmp_path / name)
    return tmp_path / "in", tmp_path / "out"


def said(out: Path) -> dict[str, str]:
    """What became of each input (``form`` or the code of its failure), after a look at all of an output."""
    account = json.loads((out / "run.json").read_text(encoding="utf-8"))
    counts = account["counts"]
    rows = {name: pq.read_table(out / name) for name in TABLES}
    for name, table in rows.items():
        assert table.schema.equals(schemas()[name])
        table.validate(full=True)
        assert table.num_rows == counts["rows"][name]
    documents, failures = rows["documents"].to_pylist(), rows["failures"].to_pylist()
    assert len({row["document_id"] for row in documents}) == len(documents)
    found = {row["source_path"]: "form" for row in documents} | {row["source_path"]: row["code"] for row in failures}
    done = counts["converted"] + counts["converted_with_findings"] + counts["failed"] + counts["skipped"]
    assert counts["inputs"] == done == len(found)
    assert all(value >= 0 for key, value in account["timings"].items() if key != "started")
    return found


def reason(out: Path, path: str) -> str:
    rows = pq.read_table(out / "failures").to_pylist()
    (message,) = [row["message"] for row in rows if row["source_path"] == path]
    return str(message)


def nothing_done(done: subprocess.CompletedProcess[str], words: str) -> None:
    """The command did nothing, and said so: why, and what is to be done."""
    assert (done.returncode, done.stdout) == (2, "")
    *_, first, last = done.stderr.splitlines()
    assert first.startswith("Error: ")
    assert words in first
    assert last == "Nothing was done (exit code 2)"


# ---- odd files


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Files of all names and kinds, whose paths and outcomes ``ODD`` tells."""
    folder = tmp_path / "in"
    folder.mkdir()
    for raw in NAMES:
        (folder / os.fsdecode(raw)).parent.mkdir(exist_ok=True)
        (folder / os.fsdecode(raw)).write_bytes(FORM)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        # Its address may have few bytes.
        where = os.open(folder, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{where}/socket")
        os.close(where)
    links = {"self": "self", "a": "b", "b": "a", "gone": "nowhere", "io": "/proc/self/mem", "zero": "/dev/zero"}
    for name, target in {**links, "around": ".", "up": "..", "2/back": "../2"}.items():
        (folder / name).symlink_to(target)
    return folder


COMPOSED: Final = "é表.txt"
NAMES: Final[dict[bytes, str]] = {
    b"line\nbreak\r.txt": "line\nbreak\r.txt",
    "😀👨\u200d👩\u200d👧.txt".encode(): "😀👨\u200d👩\u200d👧.txt",
    "表".encode() * 85: "表" * 85,
    b"n" * 251 + b".txt": "n" * 251 + ".txt",
    b"bad\xff\xfe.txt": r"bad\xff\xfe.txt",
    rb"bad\xff\xfe.txt": r"bad\x5cxff\x5cxfe.txt",
    b"Case.txt": "Case.txt",
    b"case.txt": "case.txt",
    unicodedata.normalize("NFC", COMPOSED).encode(): unicodedata.normalize("NFC", COMPOSED),
    unicodedata.normalize("NFD", COMPOSED).encode(): unicodedata.normalize("NFD", COMPOSED),
    b"\x1b[31mred\x07.txt": "\x1b[31mred\x07.txt",
    "\u202etxt.exe".encode(): "\u202etxt.exe",
    b"--out": "--out",
    b" ": " ",
    b"2/*[!]?$(id)`'\"|;&.txt": "2/*[!]?$(id)`'\"|;&.txt",
    b"2.zip!/b.txt": r"2.zip\x21/b.txt",
}
ODD: Final = {
    **dict.fromkeys(NAMES.values(), "form"),
    **dict.fromkeys(["pipe", "socket", "self", "a", "b", "gone", "io", "zero"], "unreadable"),
}


def test_odd_files_among_the_inputs_are_read_or_failures_in_any_environment(odd: Path) -> None:
    # The folder above, to which a link leads, holds the inputs and nothing besides.
    with elsewhere() as out:
        first = ran("extract", odd, "--out", out)
        assert (first.returncode, first.stderr) == (1, "")
        assert said(out) == ODD
        reasons = {"pipe": "not a regular file", "zero": "not a regular file", "a": "Too many levels of symbolic links"}
        for path, words in {**reasons, "gone": "No such file or directory", "io": "Input/output error"}.items():
            assert words in reason(out, path)
        # Nothing that a name holds gets to the terminal.
        assert not set("\x1b\x07\u202e\r") & set(first.stdout)
        # Again, in a locale that knows no such characters, with no home and no input.
        before = tables_of(out)
        bare = {"PYTHONPATH": ENVIRONMENT["PYTHONPATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        for more, skipped in (([], len(NAMES)), (["--full"], 0)):
            second = ran("extract", odd, "--out", out, *more, env={**bare, "TZ": "Nowhere/Else"}, shut=True)
            assert (second.returncode, second.stderr) == (1, "")
            assert said(out) == ODD
            assert json.loads((out / "run.json").read_text(encoding="utf-8"))["counts"]["skipped"] == skipped
            assert tables_of(out) == before


@contextmanager
def elsewhere() -> Iterator[Path]:
    """A place for an output that is in no folder of a test."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "out"


def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    name = b"\x1b[2J.txt"
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xffd"))
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(FORM)
    assert ran("extract", folder, "--out", tmp_path / "out").returncode == 0
    assert said(tmp_path / "out") == {os.fsdecode(name): "form"}
    account = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert account["parameters"]["inputs"] == [f"{tmp_path}/b\\xffd"]
    shown = ran("inspect", folder / os.fsdecode(name))
    assert (shown.returncode, "\x1b" in shown.stdout) == (0, False)
    nothing_done(ran("inspect", folder / "none"), r"b\xffd/none could not be read (No such file or directory)")


def test_an_output_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", 1)
    out = os.fsdecode(os.fsencode(tmp_path) + b"/b\xffd")
    nothing_done(ran("extract", source, "--out", out), rf"{tmp_path}/b\xffd has bytes that are no UTF-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


# ---- what changes while a run is at it

CHANGES: Final = {
    "grows": ("path.write_bytes(path.read_bytes() * 2)", "form"),
    "shrinks": ("path.write_bytes(b'')", "empty"),
    "goes": ("path.unlink()", "unreadable"),
    "folder": ("path.unlink(); path.mkdir()", "unreadable"),
    "pipe": ("path.unlink(); os.mkfifo(path)", "unreadable"),
    "device": ("path.unlink(); path.symlink_to('/dev/zero')", "unreadable"),
    "circle": ("path.unlink(); path.symlink_to(path.name)", "unreadable"),
}


def test_inputs_that_change_before_they_are_read(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in CHANGES:
        (source / name).write_bytes(FORM)
    acts = {name: act for name, (act, _) in CHANGES.items()}
    done = hooked(source, out, acts)
    assert (done.returncode, done.stderr) == (1, "")
    assert said(out) == {name: outcome for name, (_, outcome) in CHANGES.items()}
    # The next run sees what stands there now.
    ran("extract", source, "--out", out)
    ran("extract", source, "--out", tmp_path / "fresh")
    assert tables_of(out) == tables_of(tmp_path / "fresh")


def test_inputs_that_vanish_are_failures(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    done = hooked(source, out, {"1.txt": "shutil.rmtree(path.parent)"})
    assert done.returncode == 1
    assert said(out) == {**dict.fromkeys(FORMS, "unreadable"), "0.txt": "form"}
    assert "No such file or directory" in reason(out, "3.txt")


@pytest.mark.parametrize("what", ["there", "there/.out.pifubiao-work"])
def test_an_output_that_vanishes_ends_the_run(tmp_path: Path, what: str) -> None:
    source = fill(tmp_path / "in")
    done = hooked(source, tmp_path / "there" / "out", {"3.txt": f"shutil.rmtree({str(tmp_path / what)!r})"})
    nothing_done(done, "could not be written to")
    assert "No such file or directory" in done.stderr
    assert [path.name for path in tmp_path.glob("there/*")] == []


def test_a_clock_that_jumps(tmp_path: Path, made: tuple[Path, Path]) -> None:
    source, out = made
    before = tables_of(out)
    for number, seconds in enumerate((-2_000_000_000, 0, 7_000_000_000)):
        os.utime(source / f"{number}.txt", (seconds, seconds))
    # An hour is lost while it reads, and ten years are won after that.
    act = "import time; was = time.time_ns; time.time_ns = lambda: was() + {seconds} * 10**9"
    for seconds, text in ((-3600, FORM + b"\n"), (315_360_000, FORM.replace(b"135-", b"203-"))):
        (source / "3.txt").write_bytes(text)
        assert hooked(source, out, {"3.txt": act.format(seconds=seconds)}).returncode == 0
        assert set(said(out).values()) == {"form"}
    assert tables_of(out) == before


# ---- what the system does not give


@untraced
@pytest.mark.parametrize("size", [2000, 20_000])
def test_files_that_may_not_grow_leave_the_old_output(tmp_path: Path, made: tuple[Path, Path], size: int) -> None:
    source, out = made
    before = tables_of(out)
    for path in source.iterdir():
        path.write_bytes(path.read_bytes() + b"\n")
    (source / "more.txt").write_bytes(FORM)
    nothing_done(ran("extract", source, "--out", out, limits={resource.RLIMIT_FSIZE: size}), "File too large")
    assert tables_of(out) == before
    assert ran("extract", source, "--out", out).returncode == 0
    assert len(said(out)) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.parametrize("count", [13, 16])
def test_few_open_files(tmp_path: Path, count: int) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    (source / "a.pdf").write_bytes(PDF)
    done = ran("extract", source, "--out", out, limits={resource.RLIMIT_NOFILE: count})
    if count == 13:
        nothing_done(done, "Too many open files")
        assert not out.exists()
        return
    assert done.returncode == 1
    assert said(out) == {**FORMS, "a.pdf": "no_process"}
    # What was not to be had is tried again.
    assert ran("extract", source, "--out", out).returncode == 0
    assert said(out) == {**FORMS, "a.pdf": "form"}


@pytest.mark.parametrize("workers", [0, 2])
def test_no_more_processes(tmp_path: Path, workers: int) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    (source / "a.pdf").write_bytes(PDF)
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        # The system counts no processes of root; who is another one is to read what root may.
        if shutil.which("setpriv") is None:
            pytest.skip("there is no program that runs another one as another user")
        caps = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        before = ("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups", *caps)
    done = ran("extract", source, "--out", out, "--workers", workers, before=before, limits={resource.RLIMIT_NPROC: 0})
    if workers:
        nothing_done(done, "the system gives this program no more of what it needs (can't start new thread)")
        assert not out.exists()
    else:
        # Texts need none.
        assert done.returncode == 1
        assert said(out) == {**FORMS, "a.pdf": "no_process"}


def bound() -> tuple[str, ...]:
    """What starts a program that permissions bind."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("permissions do not bind root")
    caps = "-dac_override,-dac_read_search"
    return ("setpriv", f"--bounding-set={caps}", f"--inh-caps={caps}")


def test_what_may_not_be_read_is_a_failure(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", 2), tmp_path / "out"
    fill(source / "closed", 1)
    (source / "1.txt").chmod(0)
    (source / "closed").chmod(0)
    try:
        done = ran("extract", source, "--out", out, before=bound())
        assert done.returncode == 1
        assert said(out) == {"0.txt": "form", "1.txt": "unreadable", "closed": "unreadable"}
        assert "Permission denied" in reason(out, "closed")
    finally:
        (source / "closed").chmod(0o755)
    (source / "1.txt").chmod(0o644)
    assert ran("extract", source, "--out", out, before=bound()).returncode == 0
    assert said(out) == {"0.txt": "form", "1.txt": "form", "closed/0.txt": "form"}


def test_what_may_not_be_written_is_left_alone(tmp_path: Path, made: tuple[Path, Path]) -> None:
    source, out = made
    before = tables_of(out)
    (source / "4.txt").write_bytes(FORM)
    tmp_path.chmod(0o555)
    try:
        nothing_done(ran("extract", source, "--out", out, before=bound()), "(Permission denied)")
    finally:
        tmp_path.chmod(0o755)
    assert tables_of(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """A small file system."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True, check=False).returncode:
        # A right that a machine gives or does not, and nothing that could be installed.
        pytest.skip("this machine lets no small file system be made")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_may_not_be_written(tmp_path: Path, made: tuple[Path, Path]) -> None:
    source, out = made
    before = tables_of(out)
    (source / "4.txt").write_bytes(FORM)
    with disk(tmp_path / "disk", "size=4m") as folder:
        shutil.copytree(out, folder / "out")
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        nothing_done(ran("extract", source, "--out", folder / "out"), "(Read-only file system)")
        assert tables_of(folder / "out") == before


def test_a_disk_that_takes_no_more_files(tmp_path: Path) -> None:
    source = fill(tmp_path / "in")
    with disk(tmp_path / "disk", "nr_inodes=20") as folder:
        nothing_done(ran("extract", source, "--out", folder / "out"), "No space left on device")
        assert list(folder.iterdir()) == []
