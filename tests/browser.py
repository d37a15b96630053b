"""A real browser for tests: Debian's Chromium, by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.needs import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_browser = needs("chromium with playwright", found=CHROMIUM is not None and find_spec("playwright") is not None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; it is ended with the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A report, opened in a page of its own; ``said``: what the page told of mistakes, and what it asked for."""

    def __init__(self, browser: Browser, report: Path, size: tuple[int, int] = (1366, 768)) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.report = report
        width, height = size
        self._context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        self.page: Page = self._context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._told)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.clock.set_fixed_time("2026-01-02T03:04:05Z")
        self.go()

    def _told(self, dialog: Any) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def go(self, place: str = "") -> None:
        """Opens the report anew, at a place such as ``#forms``."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.report.as_uri()}/index.html{place}")

    def form(self, path: str) -> None:
        """Opens a form by the list, as somebody who looks for its file does."""
        self.go("#forms")
        self.page.fill("#search", path)
        self.page.click("#rows a.row >> nth=0")
        # A function and no expression: while it waits, the page would have to evaluate that, and its policy forbids it.
        self.page.wait_for_function(
            "path => document.querySelector('#source-bar .path')?.title.includes(path)", arg=path
        )

    def cell(self, table: str, seq: int | None, field: str) -> Any:
        """The cell of a value."""
        number = "" if seq is None else seq
        return self.page.locator(f'td[data-table="{table}"][data-seq="{number}"][data-field="{field}"]')

    def lit(self) -> list[str]:
        """The texts of the places that are lit; of boxes on a page the texts that stand there."""
        found: list[str] = self.page.eval_on_selector_all(
            "#source-body .lit", "nodes => nodes.map(node => node.title || node.textContent)"
        )
        return found

    def close(self) -> None:
        """Ends the page, and what its browser keeps of it."""
        self._context.close()
