"""The page is one file that loads nothing, and in which nothing that somebody else wrote is more than data (S17)."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

from hypothesis import HealthCheck, given, settings

from mqinfra.model.event import Ended, Outcome, Report
from mqinfra.model.plan import Plan
from mqinfra.render.html.report import render_html
from mqinfra.render.terminal import clean
from tests.unit.render import hostile
from tests.unit.render.html.hostile_plan import NAMES, hostile_plan

_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """What a parser of HTML makes of a page: its elements, and what is in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.held: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag in self.held:
            self.held[tag].append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser's signature
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.held:
            self.held[self._inside][-1] += data

    @property
    def data(self) -> str:
        return self.held["script"][0]


def harmless(plan: Plan) -> Page:
    text = render_html(plan)
    page, plain = Page(text), Page(render_html(Plan(tool_version="0", project="p", environment="e")))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert len(page.held["script"]) == 2
    assert page.held["script"][1:] == plain.held["script"][1:]
    assert page.held["style"] == plain.held["style"]
    assert "<" not in page.data
    assert _TEXT.search(text) is None
    json.loads(page.data)
    return page


def test_listed_names_come_back_from_the_data_and_from_nowhere_else() -> None:
    page = harmless(hostile_plan())
    data = json.loads(page.data)
    assert {change["label"] for change in data["changes"]} == {clean(name) for name in NAMES}
    assert {node["caption"] for node in data["drawings"]["nodes"]} == {clean(name) for name in NAMES}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(hostile.plans())
def test_any_plan_is_data(plan: Plan) -> None:
    data = json.loads(harmless(plan).data)
    assert [change["address"] for change in data["changes"]] == [clean(str(change.address)) for change in plan.changes]


def test_the_policy_allows_the_page_s_own_style_and_script_and_nothing_else() -> None:
    page = harmless(hostile_plan())
    policy = next(
        attributes["content"] for tag, attributes in page.elements if tag == "meta" and "content" in attributes
    )

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": hashed(page.held["script"][1]),
        "style-src": hashed(page.held["style"][0]),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_asks_for_nothing() -> None:
    page = harmless(hostile_plan())
    for tag, attributes in page.elements:
        assert not {name for name in attributes if name.startswith("on") or name in ("style", "srcset", "action")}, tag
        for name in ("src", "href"):
            assert attributes.get(name) in (None, "data:,"), tag
    for part in (*page.held["script"][1:], *page.held["style"]):
        assert not re.search(r"fetch\(|XMLHttpRequest|import\(|@import|url\(|WebSocket|sendBeacon", part)
        assert re.findall(r"https?://[^\"]*", part) in ([], ["http://www.w3.org/2000/svg"])
        assert "innerHTML" not in part.replace("no `innerHTML`", "")


def test_an_apply_s_report_says_how_each_change_ended() -> None:
    plan = hostile_plan()
    first, *others = plan.changes
    results = (
        Ended(address=first.address, action=first.action, outcome=Outcome.FAILED, message="no", help=("try again",)),
        *(Ended(address=change.address, action=change.action, outcome=Outcome.APPLIED) for change in others),
    )
    report = Report(project="p", environment="e", digest="d", results=results, reason="<b>cut off</b>")
    data = json.loads(Page(render_html(plan, report)).data)
    ended = {change["address"]: (change["outcome"], change["messages"]) for change in data["changes"]}
    assert ended[clean(str(first.address))] == ("failed", ["no", "help: try again"])
    assert {outcome for outcome, _ in ended.values()} == {"failed", "applied"}
    assert data["headline"] == f"{len(others)} applied, 1 failed, 0 unknown, 0 not attempted"
    assert data["problems"][-1]["message"] == "ended early: <b>cut off</b>"
    assert data["steps"] == []


def test_a_plan_without_a_topology_says_how_to_get_pictures() -> None:
    data = json.loads(Page(render_html(Plan(tool_version="0", project="p", environment="e"))).data)
    assert data["drawings"] is None
    assert "--topology" in data["hint"]
