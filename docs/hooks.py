"""What the site has beyond the documents: pages from outside of ``docs/``, and nothing for links that lead out."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, normpath, relpath
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files

ROOT: Final = Path(__file__).parent.parent
OUTSIDE: Final = (
    "benchmarks/CONFIDENCE.md",
    "benchmarks/RESULTS.md",
    "benchmarks/SCALE.md",
    "benchmarks/confidence.svg",
    "CHANGELOG.md",
)

# The line that leads to the same page in the other language; the site has its own way there.
_OTHER_LANGUAGE: Final = re.compile(r"^\[(?:中文|English)\]\([^)]+\.md\)\n", re.M)
_LINK: Final = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\(((?![a-z]+:|#)[^)\s]+)\)")
# Within code, GitHub wants a pipe of a table's cell escaped, and shows it without; Python-Markdown does neither.
_CODE: Final = re.compile(r"`[^`\n]*`")
_HOME: Final = {"README.md": "docs/index.md", "README.zh-CN.md": "docs/index.zh-CN.md"}


@event_priority(100)
def _add(files: Files, config: MkDocsConfig) -> Files:
    for path in OUTSIDE:
        files.append(File(path, config.docs_dir, config.site_dir, config.use_directory_urls))
    return files


@event_priority(-100)
def _find(files: Files, config: MkDocsConfig) -> Files:  # noqa: ARG001 - mkdocs names them
    for path in OUTSIDE:
        file = files.get_file_from_path(path)
        if file is None:
            raise FileNotFoundError(path)
        file.abs_src_path = str(ROOT / path)
    return files


# The plugin of the languages makes files anew in between.
on_files = CombinedEvent(_add, _find)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The text of a page, without links to what the site has no page of."""
    own = page.file.src_uri
    folder = dirname(own if own in OUTSIDE else f"docs/{own}")

    def led(found: re.Match[str]) -> str:
        text, link = found.groups()
        path, mark, anchor = link.partition("#")
        target = normpath(f"{folder}/{path}")
        target = _HOME.get(target, target)
        if target in OUTSIDE or target.startswith("docs/"):
            return f"[{text}]({relpath(target.removeprefix('docs/'), dirname(own) or '.')}{mark}{anchor})"
        return str(text)

    text = "\n".join(_plain_pipes(line) if line.startswith("|") else line for line in markdown.split("\n"))
    return _LINK.sub(led, _OTHER_LANGUAGE.sub("", text))


def _plain_pipes(row: str) -> str:
    return _CODE.sub(lambda found: found[0].replace("\\|", "|"), row)
