"""Names that somebody else wrote do nothing in any format of health."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.health import Health, HealthReport, State, WatchedCluster
from mqinfra.model.reading import Source
from mqinfra.render.monitoring.changes import changes_text
from mqinfra.render.monitoring.html.report import health_html
from mqinfra.render.monitoring.json_form import health_json
from mqinfra.render.monitoring.markdown import health_markdown
from mqinfra.render.monitoring.text import health_text
from mqinfra.render.terminal import Style
from tests.unit.render.hostile import SENTINEL, addresses, assert_harmless, maybe_spans, some, texts
from tests.unit.render.markdown.reader import assert_only_ours, read

NOW = datetime(2026, 11, 29, 12, 0, 7, tzinfo=UTC)
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)

rows = st.builds(
    Health,
    address=addresses,
    name=texts,
    what=st.sampled_from(["topic", "group", "queue"]),
    place=texts,
    consumer=texts,
    owner=texts,
    span=maybe_spans,
    state=st.sampled_from(State),
    rule=st.just("rule"),
    reason=texts,
    since=st.none() | st.just(NOW),
    waiting=st.none() | st.integers(0, 10**9),
    backlog=st.lists(st.none() | st.integers(0, 10**9), max_size=3).map(tuple),
    diagnose=texts,
)
reports = st.builds(
    HealthReport,
    project=texts,
    environment=texts,
    taken=st.just(NOW),
    seconds=st.just(4.0),
    samples=st.just(3),
    clusters=st.lists(
        st.builds(
            WatchedCluster,
            alias=texts,
            type=texts,
            version=texts,
            endpoint=texts,
            source=st.sampled_from(Source),
            down=texts,
        ),
        max_size=2,
    ).map(tuple),
    rows=st.lists(rows, max_size=4).map(tuple),
)


class Elements(HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@some
@given(reports)
def test_nothing_hides_or_commands_in_any_format(report: HealthReport) -> None:
    assert_harmless(health_text(report, Style(width=80), whole=True))
    assert_harmless(changes_text(None, report))
    assert_harmless(health_markdown(report))
    assert_harmless(health_json(report))
    assert_harmless(health_html(report))


@some
@given(reports)
def test_a_page_has_no_element_and_no_handler_but_its_own(report: HealthReport) -> None:
    text = health_html(report)
    page = Elements()
    page.feed(text)
    assert [tag for tag, _ in page.found].count("script") == 2
    assert not {"img", "iframe", "a", "form", "object"} & {tag for tag, _ in page.found}
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]
    (data,) = _DATA.findall(text)
    assert len(json.loads(data)["rows"]) == len(report.rows)


@some
@given(reports)
def test_what_somebody_else_wrote_is_in_code_in_a_comment(report: HealthReport) -> None:
    found = read(health_markdown(report))
    assert_only_ours(found)
    assert not any(SENTINEL in prose for prose in found.prose)
