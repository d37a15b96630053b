"""Writes what users of the project install with it: a bill of materials (CycloneDX) and a table of licences.

``make inventory``. Both are read off a fresh environment that has the project's own needs and those of all extras for
users, by cyclonedx-bom and pip-licenses. Addresses are left out.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from supply.needed import ROOT, needed

BILL: Final = ROOT / "docs" / "sbom.cdx.json"
LICENCES: Final = {"en": ROOT / "docs" / "licences.md", "zh": ROOT / "docs" / "licences.zh-CN.md"}
# The extras for users; the others are for work on the project.
EXTRAS: Final = ("analysis", "archives", "dask", "export", "report", "scan")
# What belongs to every environment, or is the project itself.
_OWN: Final = frozenset({"pip", "setuptools", "wheel", "pifubiao"})
# pdfium is built from others (FreeType, ICU, libjpeg-turbo …), whose permissive licences pypdfium2 brings along.
_OF_PARTS: Final = "dependency licenses"
# Licences under which a package may be used by one under Apache-2.0; all are by the names of SPDX.
ALLOWED: Final = frozenset(
    {
        _OF_PARTS,
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "HPND",
        "ISC",
        "MIT",
        "CNRI-Python",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
        "ZPL-2.1",
    }
)
# How packages that do not speak SPDX call them.
_CALLED: Final = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "cc0": "CC0-1.0",
    "cc0 1.0 universal (cc0 1.0) public domain dedication": "CC0-1.0",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
_BETWEEN: Final = re.compile(r"\s*(?:;|\bAND\b|\bOR\b|\bWITH\b)\s*")


class Package(NamedTuple):
    """A package that is installed, and the licences it states."""

    name: str
    version: str
    licences: tuple[str, ...]


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences_of(text: str) -> tuple[str, ...]:
    """The licences in what a package states, by SPDX's names where they are known."""
    found = [part.strip("() ") if part.count("(") != part.count(")") else part for part in _BETWEEN.split(text)]
    return tuple(dict.fromkeys(_CALLED.get(part.lower(), part) for part in found if part))


def packages(listed: Sequence[Mapping[str, str]]) -> list[Package]:
    """What pip-licenses listed, by name."""
    found = [Package(normal(one["Name"]), one["Version"], licences_of(one["License"])) for one in listed]
    return sorted(one for one in found if one.name not in _OWN)


def bill(made: Mapping[str, Any]) -> dict[str, Any]:
    """What cyclonedx-bom made, with names, versions and licences, and without addresses and what differs by machine."""
    components = [
        {key: one[key] for key in ("type", "bom-ref", "name", "version", "purl", "licenses") if key in one}
        for one in made["components"]
        if normal(one["name"]) not in _OWN
    ]
    return {
        "bomFormat": made["bomFormat"],
        "specVersion": made["specVersion"],
        "version": 1,
        "components": sorted(
            [{**one, "licenses": _named(one.get("licenses", []))} for one in components], key=lambda one: one["name"]
        ),
    }


def _named(licences: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The licences without their texts."""
    found: list[dict[str, Any]] = []
    for one in licences:
        if "expression" in one:
            found.append({"expression": one["expression"]})
        elif "id" in one["license"]:
            found.append({"license": {"id": one["license"]["id"]}})
        else:
            found.append({"license": {"name": one["license"].get("name", "")[:80]}})
    return found


_PAGES: Final = {
    "en": (
        "# Licences\n\n[中文](licences.zh-CN.md)\n\n"
        "`pifubiao` is under Apache-2.0. These packages are installed with it and its extras for users "
        f"({', '.join(EXTRAS)}); all of them may be used so. The same as a bill of materials: "
        "[sbom.cdx.json](sbom.cdx.json) (CycloneDX). Written by `make inventory`.\n\n"
        "| package | version | licence |\n|---|---|---|\n"
    ),
    "zh": (
        "# 许可证\n\n[English](licences.md)\n\n"
        "`pifubiao` 采用 Apache-2.0 许可证。下列软件包随它及其面向用户的附加项"
        f"（{'、'.join(EXTRAS)}）一起安装，均允许这样使用。同一清单的物料清单格式："
        "[sbom.cdx.json](sbom.cdx.json)（CycloneDX）。由 `make inventory` 生成。\n\n"
        "| 软件包 | 版本 | 许可证 |\n|---|---|---|\n"
    ),
}


def page(found: Sequence[Package], language: str) -> str:
    """The table of licences, in English (``en``) or Chinese (``zh``)."""
    rows = [f"| {one.name} | {one.version} | {', '.join(one.licences)} |" for one in found]
    return _PAGES[language] + "\n".join(rows) + "\n"


def _environment(folder: Path) -> Path:
    """A fresh environment with all that users install; its interpreter."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    wanted = folder / "needed.txt"
    wanted.write_text("\n".join(needed(EXTRAS)) + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--require-hashes"]
    subprocess.run([*install, "--constraint", "hashes.txt", "--requirement", str(wanted)], cwd=ROOT, check=True)
    return python


def _answers(python: Path) -> Iterator[Any]:
    """What the two tools say of an environment: pip-licenses' list and cyclonedx-bom's bill."""
    tools = Path(sys.executable).parent
    licences = [tools / "pip-licenses", "--python", python, "--format", "json", "--from", "mixed"]
    made = [tools / "cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON", python]
    for command in (licences, made):
        done = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", check=True)
        yield json.loads(done.stdout)


def main() -> None:
    """Writes all of it anew; CalledProcessError where a tool fails."""
    with tempfile.TemporaryDirectory() as folder:
        listed, made = _answers(_environment(Path(folder)))
    BILL.write_text(json.dumps(bill(made), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for language, path in LICENCES.items():
        path.write_text(page(packages(listed), language), encoding="utf-8")


if __name__ == "__main__":
    main()
