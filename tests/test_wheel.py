"""The wheel, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.readme import ROOT, SAMPLE


def call(*words: object, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def built(source: Path, folder: Path) -> Path:
    """The wheel of the project in a folder, built into another one."""
    words = ("pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    call(sys.executable, "-m", *words, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("wheel"))


def test_what_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {path.relative_to(ROOT / "schemas").as_posix() for path in (ROOT / "schemas").rglob("*.yaml")}
    assert {f"extract/_schemas/{name}" for name in data} <= names
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "extract").rglob("*.py")}
    assert code <= names
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "extract" / "review").glob("*/*.*")}
    assert {path for path in pages if path.endswith((".html", ".css", ".js"))} <= names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"extract"}


def test_it_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    call(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    call(sys.executable, "-m", "pip", f"--python={python}", "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    # What the package needs is taken from where the tests run; the package itself is not: it comes first on the path.
    (site / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "a.txt").write_bytes(SAMPLE.read_bytes())
    where = call(python, "-c", "import extract.schemafiles as s; print(s.SCHEMAS)", cwd=tmp_path).strip()
    assert Path(where) == site / "extract" / "_schemas"
    command = tmp_path / "venv" / "bin" / "pifubiao"
    found = json.loads(call(command, "extract", "forms", "--out", "out", "--json", "--strict", cwd=tmp_path))
    assert (found["exit_code"], found["counts"]["forms"], found["counts"]["rows"]["indicators"]) == (0, 1, 22)
    assert len(list((tmp_path / "out").iterdir())) == 11
    assert "满意度指标" in call(command, "inspect", "forms/a.txt", cwd=tmp_path)
    call(command, "report", "out", cwd=tmp_path)
    assert "大竹县司法局部门" in (tmp_path / "out-report" / "index.html").read_text(encoding="utf-8")
