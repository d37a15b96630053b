"""The tools: each takes web pages and gives the texts that it prints of them.

To add one: a function from pages to texts, and its name in ``TOOLS``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.tools import browsers
from tests.tools.run import Tool, by_office, each, run


def _pandoc(target: str) -> Tool:
    return each("pandoc", "-f", "html", "-t", target, "{page}")


def _of_word_file(target: str, *, office: bool) -> Tool:
    """A Word file made of the page, by LibreOffice or by pandoc, as pandoc prints it."""

    def printed(pages: Sequence[Path]) -> list[bytes]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if office:
                files = by_office(pages, "docx:MS Word 2007 XML", folder)
            else:
                files = [folder / f"{page.stem}.docx" for page in pages]
                for page, file in zip(pages, files, strict=True):
                    run("pandoc", str(page), "-o", str(file))
            return [run("pandoc", "-f", "docx", "-t", target, str(file)) for file in files]

    return printed


def _by_office(target: str, reads: str) -> Tool:
    """The page as a file of LibreOffice's Writer or Calc."""

    def printed(pages: Sequence[Path]) -> list[bytes]:
        with tempfile.TemporaryDirectory() as name:
            return [file.read_bytes() for file in by_office(pages, target, Path(name), reads)]

    return printed


def _python_html2text(*options: str) -> Tool:
    return each(sys.executable, "-m", "html2text", *options, "{page}", "utf-8")


def _in_json(*, ascii_only: bool) -> Tool:
    """The page's body in a line of JSON, as interfaces of portals give it."""

    def printed(pages: Sequence[Path]) -> list[bytes]:
        bodies = [page.read_text(encoding="utf-8").partition("<body>")[2].partition("</body>")[0] for page in pages]
        return [json.dumps({"id": 7, "content": body}, ensure_ascii=ascii_only).encode() for body in bodies]

    return printed


def _in_sql(pages: Sequence[Path]) -> list[bytes]:
    """The page's body without breaks of lines, in a statement of a database dump."""
    found = []
    for page in pages:
        body = page.read_text(encoding="utf-8").partition("<body>")[2].partition("</body>")[0].replace("\n", "")
        literal = body.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
        found.append(f"INSERT INTO `news` VALUES (7,'通知','{literal}',NULL);\n".encode())
    return found


_WRITER: Final = "HTML (StarWriter)"
_CALC: Final = "HTML (StarCalc)"
# Of the tools that make files that are no text: the ending of the file.
ENDINGS: Final = {
    "office-docx": "docx",
    "office-odt": "odt",
    "office-doc": "doc",
    "office-wps": "wps",
    "office-rtf": "rtf",
    "office-xlsx": "xlsx",
    "office-ods": "ods",
    "office-xls": "xls",
    "office-et": "et",
}
FORMATS: Final = ("plain", "gfm", "markdown", "commonmark", "rst", "org", "asciidoc")
TOOLS: Final[dict[str, Tool]] = {
    **browsers.TOOLS,
    **{f"pandoc-{name}": _pandoc(name) for name in FORMATS},
    **{f"word-{name}": _of_word_file(name, office=True) for name in FORMATS},
    **{f"docx-{name}": _of_word_file(name, office=False) for name in FORMATS},
    "html2text": _python_html2text(),
    "html2text-wide": _python_html2text("--body-width=0"),
    "html2text-padded": _python_html2text("--pad-tables", "--body-width=0"),
    "html2text-raw": _python_html2text("--bypass-tables"),
    "debian-html2text": each("/usr/bin/html2text", "-nobs", "{page}"),
    "debian-html2text-utf8": each("/usr/bin/html2text", "-utf8", "-nobs", "{page}"),
    "debian-html2text-ascii": each("/usr/bin/html2text", "-ascii", "-nobs", "-width", "200", "{page}"),
    "json": _in_json(ascii_only=False),
    "json-ascii": _in_json(ascii_only=True),
    "sql": _in_sql,
    "office-docx": _by_office("docx:MS Word 2007 XML", _WRITER),
    "office-odt": _by_office("odt", _WRITER),
    "office-doc": _by_office("doc:MS Word 97", _WRITER),
    "office-wps": _by_office("doc:MS Word 97", _WRITER),
    "office-rtf": _by_office("rtf:Rich Text Format", _WRITER),
    "office-xlsx": _by_office("xlsx:Calc MS Excel 2007 XML", _CALC),
    "office-ods": _by_office("ods", _CALC),
    "office-xls": _by_office("xls:MS Excel 97", _CALC),
    "office-et": _by_office("xls:MS Excel 97", _CALC),
    "html": lambda pages: [page.read_bytes() for page in pages],
}
