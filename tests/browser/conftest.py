"""A browser for the session, and reports of shops of two sizes; only in the matrix, for what the browser takes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.browser import chromium
from tests.browser.shop import planned_shop


@pytest.fixture(scope="session", params=[50, 5000], ids=["50", "5000"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a shop of about so many resources, with the saved plan beside it."""
    if not is_matrix(request.config):
        pytest.skip(matrix_only("the HTML report in a browser"))
    folder = tmp_path_factory.mktemp(f"shop{request.param}")
    before = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_PASSWORD", "secret-1")
        os.chdir(folder)
        try:
            return planned_shop(request.param, folder)
        finally:
            os.chdir(before)


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("the HTML report in a browser"))
    with sync_playwright() as playwright:
        started = chromium.launch(playwright.chromium, tmp_path_factory.mktemp("browser"))
        yield started
        started.close()


@dataclass
class Opened:
    """A page, and all that it did besides showing itself."""

    page: Page
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready]", state="attached")
        self.requests.remove(path.as_uri())
        return self.page


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """A window; whatever a page says on its console, asks for or alerts fails the test."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    found = Opened(page)
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("dialog", found.dismiss)
    page.on("request", lambda request: found.requests.append(request.url))
    yield found
    page.close()
    assert found.said == []
    assert found.requests == []
