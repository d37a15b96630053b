"""Pinned packages have hashes; what users install with the project is listed, and may be used so."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from supply.hashes import HASHES, pinned
from supply.inventory import ALLOWED, BILL, EXTRAS, LICENCES, Package, bill, licences_of, normal, packages, page
from supply.needed import ROOT, needed
from tests.test_wheel import built

CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LOCKED = HASHES.read_text(encoding="utf-8")
# What pip-compile leaves out on this system: time zones, which others do not have.
ELSEWHERE = {"tzdata"}


def test_the_hashes_are_those_of_the_pinned_versions() -> None:
    pins = pinned(CONSTRAINTS)
    assert pinned(LOCKED) == {
        name: version for name, version in pins.items() if name not in ELSEWHERE - set(pinned(LOCKED))
    }
    entries = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^(?:#.*)?\n", "", LOCKED, flags=re.MULTILINE), flags=re.MULTILINE)[
        1:
    ]
    assert len(entries) == len(pinned(LOCKED))
    assert all(
        re.fullmatch(r"\S+==\S+(?: ; [^\\]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", one)
        for one in entries
    )


def test_each_pinned_package_runs_on_the_first_python_that_the_project_does() -> None:
    pins = pinned(CONSTRAINTS)
    # A package need not say it, and a backport of the standard library's finder raises KeyError then.
    asked = {
        one.name: (one.metadata.get_all("Requires-Python") or [""])[0]
        for one in distributions()
        if normal(one.name) in pins
    }
    assert len(asked) > 50
    assert {name: wanted for name, wanted in asked.items() if wanted and "3.11.0" not in SpecifierSet(wanted)} == {}


def test_no_address_of_a_host_is_named() -> None:
    for text in (CONSTRAINTS, LOCKED, BILL.read_text(encoding="utf-8")):
        assert "://" not in text
        assert "index" not in re.findall(r"^--(\w+)", text, re.MULTILINE)


def test_what_an_extra_needs_is_printed_without_the_project() -> None:
    words = [sys.executable, "supply/needed.py", "archives", "export"]
    lines = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    assert lines == needed(["archives", "export"])
    assert [line for line in lines if line.startswith("libarchive-c")] == ["libarchive-c>=5.1"]
    assert not any(line.startswith("pifubiao") for line in lines)
    with pytest.raises(KeyError, match="nothing"):
        needed(["nothing"])


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_installs_nothing_without_a_hash(tmp_path: Path) -> None:
    words = ["make", "--dry-run", "test", f"VENV={tmp_path}"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    lines = subprocess.run(words, cwd=ROOT, env=clean, capture_output=True, encoding="utf-8", check=True).stdout
    installs = [line for line in lines.splitlines() if " install " in line]
    assert len(installs) == 4
    assert [("--require-hashes" in line, "--no-deps" in line) for line in installs] == [
        (True, False),
        (True, False),
        (False, True),
        (True, False),
    ]


# ---- the bill of materials and the licences


def listed() -> list[Package]:
    """The packages of the English page."""
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (.*) \|$", LICENCES["en"].read_text(encoding="utf-8"), re.MULTILINE)
    return [Package(name, version, tuple(said.split(", "))) for name, version, said in rows if name != "package"]


def test_the_bill_and_the_pages_list_the_same_packages_as_they_are_pinned() -> None:
    components = json.loads(BILL.read_text(encoding="utf-8"))["components"]
    versions = {normal(one["name"]): one["version"] for one in components}
    assert versions == {one.name: one.version for one in listed()}
    assert versions.items() <= pinned(CONSTRAINTS).items()
    for requirement in needed(EXTRAS):
        assert normal(re.split(r"[<>=\[]", requirement)[0]) in versions
    for language, path in LICENCES.items():
        assert path.read_text(encoding="utf-8") == page(listed(), language)


def test_all_licences_may_be_used_with_ours() -> None:
    assert {licence for one in listed() for licence in one.licences} <= ALLOWED
    assert all(one.licences for one in listed())


def test_licences_are_called_as_spdx_calls_them() -> None:
    assert licences_of("BSD License") == ("BSD-3-Clause",)
    assert licences_of("(Apache-2.0 OR MIT) AND BSD-3-Clause") == ("Apache-2.0", "MIT", "BSD-3-Clause")
    assert licences_of("Mozilla Public License 2.0 (MPL 2.0); MIT License") == ("MPL-2.0", "MIT")
    assert licences_of("GPL-3.0-only") == ("GPL-3.0-only",)
    assert "GPL-3.0-only" not in ALLOWED


def test_what_tools_say_is_listed_without_addresses_and_texts() -> None:
    said = [{"Name": "B_c", "Version": "2", "License": "MIT"}, {"Name": "pip", "Version": "1", "License": "MIT"}]
    assert packages(said) == [Package("b-c", "2", ("MIT",))]
    component = {
        "type": "library",
        "bom-ref": "b==2",
        "name": "B_c",
        "version": "2",
        "purl": "pkg:pypi/b-c@2",
        "licenses": [{"license": {"name": "as it is", "text": {"content": "long"}}}],
        "externalReferences": [{"url": "https://example.org"}],
    }
    made = {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {}, "components": [component]}
    (one,) = bill(made)["components"]
    assert one == {
        "type": "library",
        "bom-ref": "b==2",
        "name": "B_c",
        "version": "2",
        "purl": "pkg:pypi/b-c@2",
        "licenses": [{"license": {"name": "as it is"}}],
    }


def test_a_wheel_is_the_same_wherever_and_whenever_it_is_built(tmp_path: Path) -> None:
    digests = set()
    for number in range(2):
        copy = tmp_path / f"copy-{number}"
        for name in ("extract", "schemas"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy / name)
        for path in copy.rglob("*"):
            os.utime(path, (1_500_000_000 + number * 86_400,) * 2)
        wheels = tmp_path / f"wheels-{number}"
        wheels.mkdir()
        wheel = built(copy, wheels)
        digests.add((wheel.name, hashlib.sha256(wheel.read_bytes()).hexdigest()))
    assert len(digests) == 1
