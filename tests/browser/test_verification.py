"""The page of a verification in a browser: what failed stands open, all is found, and nothing is wider than a phone."""

from pathlib import Path
from typing import Literal

import pytest

from mqinfra.render.verification.html.report import verification_html
from mqinfra.render.verification.json_form import read_verification
from tests.browser.conftest import Opened
from tests.unit.render.golden import CASES

FAINT = (Path(__file__).parent / "faint.js").read_text("utf-8")
SHOWN = "some => some.filter((one) => one.checkVisibility()).length"


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    path = tmp_path / "verification.html"
    report = read_verification((CASES / "verification.json").read_text(encoding="utf-8"))
    path.write_text(verification_html(report), encoding="utf-8")
    return path


def test_what_failed_stands_open_and_what_passed_is_a_line(page_file: Path, opened: Opened) -> None:
    page = opened.open(page_file)
    places = page.eval_on_selector_all(".place", "some => some.map((one) => [one.open, one.innerText])")
    assert [is_open for is_open, _ in places] == [" failed" in text or " inconclusive" in text for _, text in places]
    assert any(is_open for is_open, _ in places)
    assert not all(is_open for is_open, _ in places)


def test_a_search_opens_what_it_finds_in_folded_resources_too(page_file: Path, opened: Opened) -> None:
    page = opened.open(page_file)
    assert page.eval_on_selector_all(".row", SHOWN) == 0
    page.fill("#search", "orders.cancelled")
    assert page.eval_on_selector_all(".row", SHOWN) == 1
    assert page.eval_on_selector_all(".place > .check", SHOWN) == 0
    assert page.inner_text("#shown") == "1 of 11 checks shown"
    page.fill("#search", "no such thing")
    assert page.is_visible("#none")
    page.fill("#search", "")
    assert page.eval_on_selector_all(".row", SHOWN) == 0
    assert page.inner_text("#shown") == ""


def test_a_tile_leaves_its_result_and_goes_there(page_file: Path, opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 1300, "height": 300})
    page = opened.open(page_file)
    page.click('.tally [data-result="fail"]')
    assert page.eval_on_selector_all(".place .check", SHOWN) == 2
    assert page.eval_on_selector_all(".row", SHOWN) == 0
    assert page.evaluate("scrollY") > 0


def test_a_command_is_copied(page_file: Path, opened: Opened) -> None:
    page = opened.open(page_file)
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(document.activeElement.value); })")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(".copy:visible").first.click()
    assert page.evaluate("window.copied") == page.locator(".command:visible code").first.inner_text()


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_fits(
    page_file: Path, opened: Opened, width: int, scheme: Literal["light", "dark"]
) -> None:
    opened.page.set_viewport_size({"width": width, "height": 900})
    opened.page.emulate_media(color_scheme=scheme)
    page = opened.open(page_file)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(FAINT) == []
