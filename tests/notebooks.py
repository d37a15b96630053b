"""Executes the notebooks from a clean output, and renders them: ``python -m tests.notebooks`` into ``docs/notebooks/``.

They are executed in a folder of their own, beside an output of the samples and one of the example archive, each by a
kernel as Jupyter does it.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tests import example
from tests.readme import ROOT

NOTEBOOKS: Final = ROOT / "notebooks"
RENDERED: Final = ROOT / "docs" / "notebooks"
# In the order of the site.
NAMES: Final = ("first-look", "funding", "indicators", "quality")
SUFFIXES: Final = ("", ".zh-CN")
_OTHER: Final = {"": "中文", ".zh-CN": "English"}
_SECONDS: Final = 300
# Pictures go to the notebook, and none of what runs is another version's.
_ENVIRONMENT: Final = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


class NotebookError(RuntimeError):
    """A notebook did not run through, or said more than it should."""


def workplace(folder: Path) -> Path:
    """A folder with the notebooks, an output of the samples and one of the example archive; where the notebooks are."""
    command = [sys.executable, "-c", "from extract.cli import main; main()", "extract"]
    environment = os.environ | _ENVIRONMENT
    example.written(folder / "example")
    for words in ((str(ROOT / "samples"), "--out", "out"), ("example", "--out", "out-example", "--max-failed", "3")):
        done = subprocess.run(
            [*command, *words], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise NotebookError(done.stderr)
    shutil.copytree(NOTEBOOKS, folder / "notebooks", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "notebooks"


def executed(path: Path) -> Any:
    """The notebook of a text, executed in its folder; NotebookError where a cell fails or writes to standard error."""
    import jupytext
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    notebook = jupytext.read(path)
    with tempfile.TemporaryDirectory() as sockets:
        # Over files that are this user's: a port could be listened to.
        private = Config({"AsyncKernelManager": {"transport": "ipc", "ip": f"{sockets}/k"}})
        resources = {"metadata": {"path": str(path.parent)}}
        client = NotebookClient(notebook, config=private, timeout=_SECONDS, kernel_name="python3", resources=resources)
        try:
            client.execute(env=os.environ | _ENVIRONMENT)
        except CellExecutionError as error:
            raise NotebookError(f"{path.name}: {error}") from error
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                raise NotebookError(f"{path.name}: {cell.source}\n{output.text}")
    return notebook


def _shown(output: Any, name: str, about: str, pictures: dict[str, bytes]) -> str:
    """An output as Markdown; its picture, which is told by what it is about, is put to the ``pictures``."""
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```"
    data = output.data
    if "image/png" in data:
        picture = f"{name}-{len(pictures) + 1}.png"
        pictures[picture] = base64.b64decode(data["image/png"])
        return f"![{about}]({picture})"
    if "text/html" in data:
        table = re.sub(
            r"<style.*?</style>\s*|\s*border=\"1\" class=\"dataframe\"|\s*style=\"text-align: right;\"",
            "",
            data["text/html"],
            flags=re.S,
        )
        return re.sub(r"\n\s*", "\n", table).replace("<div>\n", "").replace("\n</div>", "").strip()
    return f"```text\n{data['text/plain']}\n```"


def rendered(notebook: Any, name: str, suffix: str) -> tuple[str, dict[str, bytes]]:
    """A notebook as Markdown, and its pictures by their names."""
    pictures: dict[str, bytes] = {}
    other = next(one for one in SUFFIXES if one != suffix)
    parts = []
    about = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            about = cell.source.partition("\n")[0].lstrip("# ")
        else:
            parts.append(f"```python\n{cell.source}\n```")
            parts += (_shown(output, f"{name}{suffix}", about, pictures) for output in cell.outputs if _matters(output))
    title, _, rest = "\n\n".join(parts).partition("\n\n")
    return f"{title}\n\n[{_OTHER[suffix]}]({name}{other}.md)\n\n{rest}\n", pictures


def _matters(output: Any) -> bool:
    """What a plot's last call gives back is no output that anybody wants."""
    plain = "" if output.output_type == "stream" else output.data.get("text/plain", "")
    return not re.match(r"<(?:Figure|matplotlib)|Text\(|\[<matplotlib", plain) or "image/png" in output.get("data", {})


def all_rendered(folder: Path) -> dict[str, bytes]:
    """All files of ``docs/notebooks``, by their names."""
    place = workplace(folder)
    files: dict[str, bytes] = {}
    for name in NAMES:
        for suffix in SUFFIXES:
            text, pictures = rendered(executed(place / f"{name}{suffix}.py"), name, suffix)
            files |= {f"{name}{suffix}.md": text.encode()} | pictures
    return files


def main() -> None:
    """Writes them."""
    with tempfile.TemporaryDirectory() as folder:
        files = all_rendered(Path(folder))
    if RENDERED.exists():
        shutil.rmtree(RENDERED)
    RENDERED.mkdir()
    for name, data in files.items():
        (RENDERED / name).write_bytes(data)


if __name__ == "__main__":
    main()
