"""Strategies for text as an attacker would write it, in every place that a renderer prints, and what it may not do."""

import re
import string

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Reason, Undo
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.event import Ended, Event, Finished, Outcome, Sent, Started
from mqinfra.model.plan import Plan, PlanCluster, UndeclaredKeys, plan_digest
from mqinfra.model.reading import Source
from mqinfra.model.setting import Unit
from mqinfra.model.span import Span
from mqinfra.model.story import Detail, Effect

SENTINEL = "EVIL"
FRAGMENTS = [
    *("\x1b[2J", "\x1b]0;t\x07", "\r", "\n", "\t", "\x7f", "\x9b31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028"),
    *("`", "```", "````\n", "</details>", "<img src=x onerror=a>", "-->", "<!--", "@org/team", "#1", "[a](http://b)"),
    *("::error::", " ::stop-commands::x", "##[add-path]", "##vso[a]b", "%", "%0A", "|", "'", '"', "$(id)", "\\", " "),
    *("\ud800", "\udc00", "\U000e0041", "注文", "é", "e\u0301", "\x00", SENTINEL),
]


some = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def assert_harmless(text: str, *, commands: bool = False) -> None:
    """Nothing in a text moves a cursor, hides, or is a command to a CI runner; `commands` leaves the last to others."""
    wrong = {char for char in text if char != "\n" and not char.isprintable()}
    assert not wrong, f"unprintable: {wrong!r}"
    text.encode("utf-8")
    if not commands:
        assert not re.search(r"##\w*\[", text)
        assert not re.search(r"(?m)^\s*::[a-z]+(-[a-z]+)*[ :]", text)


def joined(parts: list[str]) -> str:
    """Halves of a surrogate pair that meet are one character to JSON, so they are here too."""
    text = SENTINEL + "".join(parts)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


texts = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), min_size=1, max_size=6).map(joined)
words = st.text(string.ascii_lowercase, min_size=1, max_size=8)
spans = st.builds(Span, texts, st.integers(1, 9999), st.integers(1, 300), st.integers(0, 300))
maybe_spans = st.none() | spans
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
paths = st.lists(texts, min_size=1, max_size=2).map(tuple)
aliases = st.sampled_from(["kafka", "rabbitmq"])
addresses = st.builds(Address, aliases, words, paths)
differences = st.builds(
    FieldDifference,
    path=paths,
    before=values,
    after=values,
    inherited=values,
    unit=st.none() | st.sampled_from(Unit),
    span=maybe_spans,
)
effects = st.builds(
    Effect,
    address=addresses,
    before=st.dictionaries(texts, values, max_size=2),
    after=st.dictionaries(texts, values, max_size=2),
    by=st.none() | addresses,
)
details = st.builds(Detail, label=texts, text=texts)
costs = st.builds(Cost, kind=st.sampled_from(CostKind), text=texts, path=paths | st.just(()))
changes = st.builds(
    Change,
    address=addresses,
    action=st.sampled_from(Action),
    reason=st.sampled_from(Reason),
    differences=st.lists(differences, max_size=3).map(tuple),
    before=st.none() | st.dictionaries(texts, values, max_size=2),
    after=st.none() | st.dictionaries(texts, values, max_size=2),
    costs=st.lists(costs, max_size=2).map(tuple),
    undo=st.sampled_from(Undo),
    blocked_by=st.sampled_from([(), ("MQ201",), ("MQ203", "MQ201")]),
    needs=st.lists(addresses, max_size=1).map(tuple),
    span=maybe_spans,
    origin=st.none() | texts,
    note=st.just("") | texts,
    title=st.just("") | texts,
    label=st.just("") | texts,
    labels=st.dictionaries(texts, texts, max_size=1),
    made_by=st.lists(addresses, max_size=1).map(tuple),
    belongs_to=st.none() | addresses,
    summary=st.just("") | texts,
    details=st.lists(details, max_size=2).map(tuple),
    effects=st.lists(effects, max_size=2).map(tuple),
)
related = st.builds(Related, span=spans, label=texts, source=st.none() | texts)
diagnostics = st.builds(
    Diagnostic,
    code=st.sampled_from(["MQ201", "MQ203"]),
    severity=st.sampled_from(Severity),
    message=texts,
    span=maybe_spans,
    label=st.just("") | texts,
    source=st.none() | texts,
    address=st.none() | texts | addresses.map(str),
    related=st.lists(related, max_size=1).map(tuple),
    help=st.lists(texts, max_size=2).map(tuple),
)
events = st.one_of(
    st.builds(Started, project=texts, environment=texts, digest=texts, changes=st.integers(0, 99)),
    st.builds(Sent, cluster=texts, request=texts, addresses=st.lists(addresses, max_size=2).map(tuple)),
    st.builds(
        Ended,
        address=addresses,
        action=st.sampled_from(Action),
        outcome=st.sampled_from(Outcome),
        already=st.booleans(),
        message=texts,
        help=st.lists(texts, max_size=2).map(tuple),
    ),
    st.builds(Finished, interrupted=st.booleans()),
)
event_lists: st.SearchStrategy[list[Event]] = st.lists(events, max_size=5)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    project, environment = draw(texts), draw(texts)
    clusters = tuple(
        PlanCluster(
            alias=alias,
            type=draw(texts),
            cluster_id=draw(texts),
            version=draw(texts),
            endpoint=draw(texts),
            source=draw(st.sampled_from(Source)),
            reachable=draw(st.booleans()),
        )
        for alias in ("kafka", "rabbitmq")
    )
    planned = tuple(sorted(draw(st.lists(changes, max_size=4)), key=lambda change: change.address))
    keys = st.builds(UndeclaredKeys, address=addresses, keys=st.dictionaries(texts, values, max_size=2))
    return Plan(
        tool_version="0.1.0",
        project=project,
        environment=environment,
        selection=draw(st.lists(texts.map(lambda text: f"--select {text}"), max_size=2).map(tuple)),
        clusters=clusters,
        changes=planned,
        undeclared_keys=draw(st.lists(keys, max_size=2).map(tuple)),
        diagnostics=tuple(draw(st.lists(diagnostics, max_size=2))),
        digest=plan_digest(project, environment, clusters, planned),
    )
