"""Browsers and offices: what they print of a page, what of it is copied, and texts that hold a page whole."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.tools.run import Tool, by_office, each, run

# Puts what selecting each form gives in place of the page.
_SELECTS: Final = """<script>
const found = [...document.querySelectorAll("div.form")].map(form => {
  const selection = getSelection(); selection.removeAllRanges(); selection.selectAllChildren(form);
  return selection.toString();
});
const bytes = new TextEncoder().encode(JSON.stringify(found));
document.body.innerHTML = "<pre>" + btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join("")) + "</pre>";
</script>"""
_BODY: Final = re.compile(r"<body>(.*)</body>", re.DOTALL)
_SELECTED: Final = re.compile(r"<pre>([^<]*)</pre>")


def _lynx(width: int, *options: str) -> Tool:
    charsets = ("-assume_charset=utf-8", "-display_charset=utf-8")
    return each("lynx", "-dump", f"-width={width}", *charsets, *options, "{page}")


def _w3m(columns: int) -> Tool:
    return each("w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", str(columns), "{page}")


def selected(pages: Sequence[Path]) -> list[bytes]:
    """What Chromium copies of the pages, all of each selected."""
    forms = [f'<div class="form">{_body(page)}</div>' for page in pages]
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "all.html"
        text = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{"".join(forms)}{_SELECTS}</body></html>'
        page.write_text(text, encoding="utf-8")
        options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={name}/profile", "--dump-dom")
        printed = run("chromium", *options, page.as_uri()).decode()
    match = _SELECTED.search(printed)
    assert match is not None, printed[:200]
    return [str(text).encode() for text in json.loads(base64.b64decode(match[1]))]


def _body(page: Path) -> str:
    match = _BODY.search(page.read_text(encoding="utf-8"))
    assert match is not None, page
    return match[1]


def _calc(separator: str, quote: str = '"') -> Tool:
    """The page as a sheet of LibreOffice, saved as text; a clipboard holds the same with tabs."""
    options = f"{ord(separator)},{ord(quote)},76,1,,0,false,true,false,false"

    def printed(pages: Sequence[Path]) -> list[bytes]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            target = f"csv:Text - txt - csv (StarCalc):{options}"
            return [file.read_bytes() for file in by_office(pages, target, folder, "HTML (StarCalc)")]

    return printed


def _in_csv(pages: Sequence[Path]) -> list[bytes]:
    """A table of a database exported as CSV, the page in a column of it."""
    found = []
    for page in pages:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["id", "title", "body", "published"])
        writer.writerow([17, "关于预算绩效的公告", page.read_text(encoding="utf-8"), "2024-02-01"])
        writer.writerow([18, "其他通知", "本单位定于周五开会。", "2024-03-01"])
        found.append(out.getvalue().encode())
    return found


TOOLS: Final[dict[str, Tool]] = {
    **{f"lynx-{width}": _lynx(width) for width in (60, 80, 120, 990)},
    **{f"lynx-{width}-nolist": _lynx(width, "-nolist") for width in (80, 990)},
    **{f"w3m-{columns}": _w3m(columns) for columns in (80, 120, 200)},
    "chromium": selected,
    "calc-comma": _calc(","),
    "calc-semicolon": _calc(";"),
    "calc-tab": _calc("\t"),
    "calc-single": _calc(",", "'"),
    "calc-pipe": _calc("|"),
    "calc-blank": _calc(" "),
    "csv-column": _in_csv,
}
