from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from extract.errors import UsageError
from extract.tables import place
from extract.tables.place import for_all, put_in_place, remove, staging

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs renameat2")


def fill(folder: Path, text: str) -> None:
    (folder / "inner").mkdir(parents=True, exist_ok=True)
    (folder / "inner" / "file").write_text(text, encoding="utf-8")


def content(folder: Path) -> str:
    return (folder / "inner" / "file").read_text(encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def replace(out: Path, text: str) -> None:
    with staging(out) as folder:
        fill(folder, text)
        put_in_place(folder, out)


@pytest.fixture(params=["exchange", "fallback"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "fallback":
        monkeypatch.setattr(place, "exchange", lambda one, other: False)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_a_new_folder_and_then_another_in_its_place(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    replace(out, "one")
    assert content(out) == "one"
    (out / "old").write_text("x", encoding="utf-8")
    replace(out, "two")
    assert content(out) == "two"
    assert names(out) == ["inner"]
    assert names(out.parent) == ["out"]


@pytest.mark.usefixtures("way")
def test_an_exception_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    replace(out, "one")
    with pytest.raises(KeyboardInterrupt), staging(out) as folder:
        fill(folder, "two")
        raise KeyboardInterrupt
    assert content(out) == "one"
    assert names(tmp_path) == ["out"]


def test_the_mode_is_that_of_any_new_folder(tmp_path: Path) -> None:
    replace(tmp_path / "out", "one")
    (tmp_path / "other").mkdir()
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    replace(tmp_path / "real" / "out", "one")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "out")
    replace(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert content(tmp_path / "real" / "out") == "two"


def test_a_relative_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    replace(Path("out"), "one")
    replace(Path("out"), "two")
    assert content(tmp_path / "out") == "two"


@linux
def test_exchange_swaps_in_one_step(tmp_path: Path) -> None:
    fill(tmp_path / "a", "a")
    fill(tmp_path / "b", "b")
    assert place.exchange(tmp_path / "a", tmp_path / "b")
    assert (content(tmp_path / "a"), content(tmp_path / "b")) == ("b", "a")


@linux
def test_exchange_with_nothing_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path / "a", "a")
    with pytest.raises(FileNotFoundError):
        place.exchange(tmp_path / "a", tmp_path / "none")


def test_leftovers_of_killed_runs_go_and_those_of_running_ones_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / ".out.pifubiao-new-dead").mkdir()
    fill(tmp_path / ".out.pifubiao-new-dead", "x")
    (tmp_path / ".other.pifubiao-new-dead").mkdir()
    script = "import sys, pathlib; from extract.tables.place import staging\nwith staging(pathlib.Path(sys.argv[1])) as f: print(f.name, flush=True); sys.stdin.read()"
    running = subprocess.Popen(
        [sys.executable, "-c", script, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    alive = running.stdout.readline().strip()
    replace(out, "one")
    assert names(tmp_path) == sorted([".other.pifubiao-new-dead", alive, "out"])
    running.kill()
    running.communicate()
    replace(out, "two")
    assert names(tmp_path) == [".other.pifubiao-new-dead", "out"]


def test_a_run_killed_between_the_two_steps_of_the_fallback_is_undone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(tmp_path / ".out.pifubiao-old", "one")
    with pytest.raises(KeyboardInterrupt), staging(out):
        assert content(out) == "one"
        raise KeyboardInterrupt
    assert content(out) == "one"
    assert names(tmp_path) == ["out"]


def test_a_run_killed_after_both_steps_of_the_fallback_keeps_the_new_tables(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(tmp_path / ".out.pifubiao-old", "one")
    fill(out, "two")
    with staging(out):
        assert content(out) == "two"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("number", ["EACCES", "EROFS", "ENOSPC"])
def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    import errno

    def refuse(**_: object) -> str:
        raise OSError(getattr(errno, number), os.strerror(getattr(errno, number)))

    monkeypatch.setattr("extract.tables.place.tempfile.mkdtemp", refuse)
    with pytest.raises(UsageError) as caught, staging(tmp_path / "out"):
        pass
    assert caught.value.key == "out_not_writable"
    assert caught.value.params == {"path": str(tmp_path), "reason": os.strerror(getattr(errno, number))}


def test_a_folder_is_taken_away_with_all_below_it(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for number in range(40):
        fill(folder / f"{number % 7}" / f"{number}", "x")
    (folder / "link").symlink_to(tmp_path / "kept", target_is_directory=True)
    fill(tmp_path / "kept", "y")
    remove(folder)
    assert names(tmp_path) == ["kept"]
    assert content(tmp_path / "kept") == "y"
    remove(folder)


@pytest.mark.parametrize("threads", [0, 3, 100])
def test_what_waits_for_the_disk_is_done_once_for_each(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start = Thread.start
    started: list[Thread] = []

    def some(thread: Thread) -> None:
        if len(started) == threads:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(Thread, "start", some)
    done: list[int] = []
    for_all(done.append, range(200))
    assert sorted(done) == list(range(200))
    assert len(started) == min(threads, place._AT_ONCE - 1)


def test_the_first_failure_ends_what_waits_for_the_disk() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 5:
            raise OSError(errno.ENOSPC, "full")
        done.append(number)

    with pytest.raises(OSError, match="full"):
        for_all(work, range(100_000))
    assert 5 not in done
    assert len(done) < 100_000 - 1
