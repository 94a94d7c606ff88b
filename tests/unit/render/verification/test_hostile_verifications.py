"""Names that somebody else wrote do nothing in any format of a verification, and are found in it again."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.reading import Source
from mqinfra.model.verification import Advice, Quantiles, Unasked, Verification, VerifiedCluster
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.terminal import Style
from mqinfra.render.verification.html.report import verification_html
from mqinfra.render.verification.json_form import verification_json
from mqinfra.render.verification.junit import verification_junit
from mqinfra.render.verification.markdown import verification_markdown
from mqinfra.render.verification.text import verification_text
from tests.unit.render.hostile import SENTINEL, addresses, assert_harmless, maybe_spans, some, texts
from tests.unit.render.markdown.reader import assert_only_ours, read

judgements = st.builds(
    Judgement,
    check=st.just("V03"),
    name=texts,
    address=addresses,
    result=st.sampled_from(Result),
    mode=st.none() | st.sampled_from(Mode),
    requirement=texts,
    span=maybe_spans,
    evidence=texts,
    offenders=st.lists(texts, max_size=2).map(tuple),
    causes=st.lists(texts, max_size=2).map(tuple),
    fix=texts,
    open=texts,
)
verifications = st.builds(
    Verification,
    run=texts,
    project=texts,
    environment=texts,
    began=st.just(datetime(2026, 11, 29, tzinfo=UTC)),
    seconds=st.just(1.0),
    seed=st.just(1),
    mode=st.sampled_from(Mode),
    clusters=st.lists(
        st.builds(
            VerifiedCluster,
            alias=texts,
            type=texts,
            version=texts,
            endpoint=texts,
            source=st.sampled_from(Source),
            trouble=st.lists(texts, max_size=1).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    judgements=st.lists(judgements, max_size=3).map(tuple),
    advice=st.lists(st.builds(Advice, name=texts, address=addresses, text=texts, evidence=texts), max_size=1).map(
        tuple
    ),
    left=st.lists(texts, max_size=1).map(tuple),
    tool=texts,
    unasked=st.lists(st.builds(Unasked, check=texts, name=texts, proves=texts, option=texts), max_size=1).map(tuple),
    latencies=st.lists(
        st.builds(
            Quantiles,
            name=texts,
            address=addresses,
            count=st.just(3),
            quantiles=st.dictionaries(texts, st.floats(0, 1e6), max_size=2),
            largest=st.floats(0, 1e6),
            buckets=st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 9)), max_size=3).map(tuple),
            offered=st.floats(0, 1e6),
            promised=st.integers(0, 9),
            bounds=st.dictionaries(texts, st.floats(0, 1e6), max_size=2),
        ),
        max_size=1,
    ).map(tuple),
)


class Elements(HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@some
@given(verifications)
def test_nothing_hides_or_commands_in_any_format(report: Verification) -> None:
    assert_harmless(verification_text(report, Style(width=80), whole=True))
    assert_harmless(verification_markdown(report))
    assert_harmless(verification_json(report))
    assert_harmless(verification_junit(report, Checkout("", "", "mqinfra.yaml")))
    assert_harmless(verification_html(report))


@some
@given(verifications)
def test_a_page_has_no_element_and_no_handler_but_its_own(report: Verification) -> None:
    page = Elements()
    page.feed(verification_html(report))
    assert [tag for tag, _ in page.found].count("script") == 1
    assert not {"img", "iframe", "a", "form", "object"} & {tag for tag, _ in page.found}
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]


@some
@given(verifications)
def test_xml_is_well_formed_whatever_it_says(report: Verification) -> None:
    ET.fromstring(verification_junit(report, Checkout("", "", "mqinfra.yaml")).encode())  # noqa: S314 - our own text


@some
@given(verifications)
def test_what_somebody_else_wrote_is_in_code_in_a_comment(report: Verification) -> None:
    text = verification_markdown(report)
    found = read(text)
    assert_only_ours(found)
    assert not any(SENTINEL in prose for prose in found.prose)
