"""The page of health in a browser: it loads nothing, says nothing, and can be used at once, with thousands of rows."""

from pathlib import Path

import pytest

from mqinfra.model.health import HealthReport
from mqinfra.render.monitoring.html.report import health_html
from tests.browser.conftest import Opened
from tests.browser.health import report

FAINT = (Path(__file__).parent / "faint.js").read_text("utf-8")
LONGEST = 2000
"""Milliseconds until a reader can work with the page."""


@pytest.fixture(scope="module", params=[5, 5000])
def health(request: pytest.FixtureRequest) -> HealthReport:
    return report(request.param)


@pytest.fixture
def page_file(health: HealthReport, tmp_path: Path) -> Path:
    path = tmp_path / "health.html"
    path.write_text(health_html(health), encoding="utf-8")
    return path


def test_it_can_be_used_within_two_seconds(page_file: Path, health: HealthReport, opened: Opened) -> None:
    page = opened.open(page_file)
    assert page.evaluate("performance.now()") < LONGEST
    before = page.evaluate("performance.now()")
    page.fill("#search", health.rows[-1].name)
    page.wait_for_selector("#rows tr:only-child")
    assert page.evaluate("performance.now()") - before < LONGEST
    assert page.inner_text("#rows .name").startswith(health.rows[-1].name)


def test_the_worst_stand_first_and_columns_sort(page_file: Path, health: HealthReport, opened: Opened) -> None:
    page = opened.open(page_file)
    assert page.inner_text("#rows tr:first-child .badge") == health.rows[0].state.value
    page.click('#heads [data-column="waiting"] button')
    most = max(row.waiting for row in health.rows if row.waiting is not None)
    assert page.inner_text('#rows tr:first-child [data-head="waiting"]') == f"{most:,}"
    page.click('#heads [data-column="waiting"] button')
    least = min(row.waiting for row in health.rows if row.waiting is not None)
    assert page.inner_text('#rows tr:first-child [data-head="waiting"]') == f"{least:,}"


def test_a_tile_leaves_what_is_in_its_state(page_file: Path, health: HealthReport, opened: Opened) -> None:
    page = opened.open(page_file)
    state = health.rows[0].state
    page.click(f'#tally [data-kind="{state.value}"]')
    found = page.eval_on_selector_all("#rows .badge", "some => some.map((one) => one.textContent)")
    assert found == [state.value] * health.counts[state]


def test_every_row_comes_by_scrolling(page_file: Path, health: HealthReport, opened: Opened) -> None:
    page = opened.open(page_file)
    for _ in range(0, len(health.rows), 100):
        page.evaluate("document.getElementById('more').click()")
    assert page.eval_on_selector_all("#rows tr", "some => some.length") == len(health.rows)
    assert page.is_hidden("#more")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(page_file: Path, opened: Opened, scheme: str) -> None:
    opened.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page = opened.open(page_file)
    assert page.evaluate(FAINT) == []
