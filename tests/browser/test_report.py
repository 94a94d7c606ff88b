"""The HTML report in a browser: it loads nothing, says nothing, nothing lies on anything else, and all is found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.span import Span
from mqinfra.render.html.report import render_failure_html, render_html
from mqinfra.render.terminal import clean
from tests.browser.conftest import Opened
from tests.unit.render.html.hostile_plan import NAMES, hostile_plan

OVERLAPS, MISSED, FAINT = (
    (Path(__file__).parent / f"{name}.js").read_text("utf-8") for name in ("overlaps", "missed", "faint")
)
LONGEST = 3000
"""Milliseconds until a reader can work with the page."""


def drawn(page: Page) -> Iterator[str]:
    """Open one picture after the other."""
    for number in page.eval_on_selector_all(".picture", "some => some.map((one) => one.dataset.picture)"):
        page.click(f'.picture[data-picture="{number}"]')
        yield number


def saved(report: Path) -> Any:
    return json.loads((report.parent / "plan.json").read_text("utf-8"))


def test_it_can_be_used_within_three_seconds(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    assert int(page.evaluate("document.documentElement.dataset.ready")) < LONGEST
    before = page.evaluate("performance.now()")
    page.click("#tab-topology")
    page.wait_for_selector(".drawing .node")
    assert page.evaluate("performance.now()") - before < LONGEST
    before = page.evaluate("performance.now()")
    page.fill("#search", "orders")
    page.wait_for_selector("#pictures [data-address]")
    assert page.evaluate("performance.now()") - before < LONGEST


def test_the_headline_is_the_plan(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    changes = saved(report)["changes"]
    for action in ("create", "update", "replace", "delete"):
        count = sum(change["action"] == action for change in changes)
        assert page.inner_text(f".tile.act-{action} b") == f"{count:,}"
    final = sum(change["undo"] == "no" for change in changes)
    assert page.inner_text(".pills .final:last-child") == f"{final:,} cannot be undone"
    assert saved(report)["digest"] in page.inner_text("#details")


@pytest.mark.parametrize("view", ["changes", "topology"])
def test_every_change_is_found_by_a_search(report: Path, opened: Opened, view: str) -> None:
    page = opened.open(report)
    page.click(f"#tab-{view}")
    missed = page.evaluate(MISSED, view)
    # What has no place in a picture, and is no line of one, is found among the changes alone.
    nodes = {node["address"] for node in saved(report)["topology"]["nodes"]}
    lines = {edge["by"] for edge in saved(report)["topology"]["edges"]}
    assert [address for address in missed if view == "changes" or address in nodes | lines] == []


def test_nothing_lies_on_anything_else_in_any_picture(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.click("#tab-topology")
    seen = [page.evaluate(OVERLAPS) for _ in drawn(page)]
    assert len(seen) >= 4
    assert [text for some in seen for text in some][:20] == []


def test_an_entry_opens_to_what_it_makes(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.click("#tab-topology")
    page.fill("#search", "orders.work000 queue")
    page.click('#pictures [data-address="rabbitmq/queues/%2Fshop/orders.work000"]')
    assert page.inner_text("#details h2") == "orders.work000"
    if page.query_selector("#details .open"):
        page.click("#details .open")
    names = page.eval_on_selector_all(".drawing .name", "some => some.map((one) => one.textContent)")
    assert {"orders.work000.dlq", "orders.work000.return"} <= {name.split(" ")[-1] for name in names}
    assert page.evaluate(OVERLAPS) == []


def test_a_click_shows_the_fields_before_and_after(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.fill("#search", "limits max-length")
    page.click('#list [data-address="rabbitmq/policies/%2Fshop/limits"]')
    row = page.locator("#details table tr", has_text="definition.max-length")
    assert row.locator("del").inner_text() == "100000"
    assert row.locator("ins").inner_text() == "200000"


def test_a_right_that_is_taken_is_said_by_whom_and_what(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.fill("#search", "shop-orders permission")
    page.click('#list [data-address="rabbitmq/permissions/%2Fshop/shop-orders"]')
    lines = page.inner_text("#details .line-changes").splitlines()[1:]
    assert lines
    assert all(line.endswith("shop-orders") and "consumes" in line for line in lines)
    assert [line for line in lines if line.startswith("\u2212")]


def test_filters_leave_what_they_name(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.click('[data-severity="loses"]')
    assert page.eval_on_selector_all("#list .group", "some => some.length") == 1
    changes = saved(report)["changes"]
    lost = {change["address"] for change in changes if change["reason"] == "tombstone"}
    lost |= {change["address"] for change in changes if change["action"] == "delete" and lost & {*change["madeBy"]}}
    assert page.inner_text("#shown") == f"{len(lost):,} of {len(changes):,} changes"
    page.click("#clear")
    page.select_option("#filter-kind", "redis/groups")
    kinds = page.eval_on_selector_all("#list .kind", "some => some.map((one) => one.textContent)")
    assert {kind.rstrip("s") for kind in kinds} == {"consumer group"}
    page.select_option("#filter-kind", "")
    page.select_option("#filter-label", "team=kafka")
    clusters = page.eval_on_selector_all("#list .in", "some => some.map((one) => one.textContent)")
    assert set(clusters) == {"kafka"}


def test_the_keyboard_is_enough(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.keyboard.press("j")
    first = page.inner_text("#details h2")
    page.keyboard.press("j")
    assert page.inner_text("#details h2") != first
    page.keyboard.press("k")
    assert page.inner_text("#details h2") == first
    page.keyboard.press("Escape")
    assert page.text_content("#details h3") is not None
    assert "has-chosen" not in (page.get_attribute("body", "class") or "")
    page.keyboard.press("/")
    page.keyboard.type("limits")
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "limits"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".node:focus")
    box = page.evaluate("document.querySelector('.content').getAttribute('transform')")
    page.keyboard.press("+")
    assert page.evaluate("document.querySelector('.content').getAttribute('transform')") != box
    page.keyboard.press("?")
    assert page.is_visible("#help dl")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    assert page.is_visible("#list")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(report: Path, opened: Opened, scheme: Any) -> None:
    opened.page.emulate_media(color_scheme=scheme)
    page = opened.open(report)
    page.keyboard.press("j")
    assert page.evaluate(FAINT) == []
    page.keyboard.press("t")
    assert page.evaluate(FAINT) == []
    page.click("#theme")
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("width", [375, 768, 1100, 1920])
def test_nothing_is_wider_than_the_window(report: Path, opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    page = opened.open(report)
    for key in ("c", "t"):
        page.keyboard.press(key)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_all_changes(report: Path, opened: Opened) -> None:
    page = opened.open(report)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    blocks = len(page.query_selector_all("#list .block"))
    assert blocks == page.evaluate("JSON.parse(document.getElementById('data').textContent).blocks.length")
    assert not page.is_visible("#search")
    assert page.pdf()[:5] == b"%PDF-"


def test_hostile_names_are_shown_and_do_nothing(tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(render_html(hostile_plan()), encoding="utf-8")
    page = opened.open(path)
    scripts = page.evaluate("document.scripts.length")
    shown = page.eval_on_selector_all("#list .name", "some => some.map((one) => one.textContent)")
    assert {clean(name) for name in NAMES} <= set(shown)
    for key in ("t", "c"):
        page.keyboard.press(key)
        for name in NAMES[:12]:
            page.fill("#search", clean(name))
            page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    texts = page.eval_on_selector_all(".drawing .name, .card-name", "some => some.map((one) => one.textContent)")
    assert [text for text in texts if "<b>bold</b>" in text]
    assert page.evaluate("document.scripts.length") == scripts == 2
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, object, embed, a, form:not(dialog form)').length") == 0
    )
    assert page.evaluate("window.pwned") is None


def test_why_there_is_no_plan_is_a_page_too(tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "failed.html"
    said = "`a`: unknown field </script><script>window.pwned = 1</script>"
    found = Diagnostic(code="MQ112", message=said, span=Span("topology/kafka.yaml", 6, 3), help=("remove it",))
    path.write_text(render_failure_html([found]), encoding="utf-8")
    page = opened.open(path)
    assert page.inner_text("#summary .quiet") == "No result: 1 error"
    assert page.inner_text(".problem code") == "MQ112"
    assert said.replace("`", "") in page.inner_text(".problem .said")
    assert page.inner_text("#details h3") == "Fix the errors, then plan again"
    assert page.evaluate("window.pwned") is None
