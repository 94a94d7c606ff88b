"""Nothing that somebody else wrote reaches a terminal, a CI runner or a comment as more than text (S14 to S16)."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.event import Event, Started, fold
from mqinfra.model.plan import Plan
from mqinfra.render.diagnostics import DiagnosticFormat, render_diagnostics
from mqinfra.render.events import event_json, event_line
from mqinfra.render.plan_json import plan_to_json
from mqinfra.render.plan_text import render_plan
from mqinfra.render.report_json import report_to_json
from mqinfra.render.report_text import render_report
from mqinfra.render.requests_text import RequestView, request_lines
from mqinfra.render.terminal import Style, clean, clean_all, document
from tests.unit.render import hostile
from tests.unit.render.hostile import assert_harmless, some

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@given(hostile.texts)
def test_cleaned_text_is_one_printable_line(text: str) -> None:
    cleaned = clean(text)
    assert "\n" not in cleaned
    assert_harmless(cleaned)
    assert clean(cleaned) == cleaned


@given(st.lists(hostile.texts, max_size=4))
@example(["a", "::error::b"])
@example(["##", "vso[a]"])
@example(["::ffff", ":"])
def test_texts_that_are_looked_at_as_one_are_cleaned_as_each_alone(texts: list[str]) -> None:
    assert [*clean_all(*texts)] == [clean(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\r\n\tb", "a\\r\\n\\tb"),
        ("\x7f\x9b", "\\x7f\\x9b"),
        ("x\u202ey", "x<U+202E>y"),
        ("a\u200bb\ufeff", "a<U+200B>b<U+FEFF>"),
        ("\ud800", "<U+D800>"),
        ("a\u00a0b\u3164", "a<U+00A0>b<U+3164>"),
        ("::error::x", ":\\x3aerror::x"),
        ("a ##vso[x]", "a #\\x23vso[x]"),
        ("::1 ::ffff:10.0.0.1 a::b ## c", "::1 ::ffff:10.0.0.1 a::b ## c"),
        ("注文 é", "注文 é"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@some
@given(hostile.plans(), st.integers(20, 200), st.booleans())
def test_plans_print_harmless_text(plan: Plan, width: int, full: bool) -> None:  # noqa: FBT001 - drawn
    plain = render_plan(plan, Style(width=width), expand=("all",) if full else ())
    assert_harmless(plain)
    assert COLOUR.sub("", render_plan(plan, Style(colour=True, width=width), expand=("all",) if full else ())) == plain
    assert_harmless(render_plan(plan, Style(width=width), summary=True))


@some
@given(hostile.plans())
def test_saved_plans_hold_no_raw_control_characters(plan: Plan) -> None:
    text = plan_to_json(plan)
    assert_harmless(text, commands=True)
    assert json.loads(text)["project"] == plan.project


@some
@given(st.lists(hostile.diagnostics, max_size=3), st.integers(20, 200))
def test_diagnostics_print_harmless_text(diagnostics: list[Diagnostic], width: int) -> None:
    for form in DiagnosticFormat:
        text = render_diagnostics(diagnostics, Style(width=width), format=form)
        assert_harmless(text, commands=form is DiagnosticFormat.JSON)
        coloured = render_diagnostics(diagnostics, Style(colour=True, width=width), format=form)
        assert COLOUR.sub("", coloured) == text


@some
@given(hostile.event_lists, st.integers(1, 200))
def test_events_and_reports_print_harmless_text(events: list[Event], width: int) -> None:
    for event in events:
        assert_harmless(event_line(event, Style()))
        line = event_json(event)
        assert_harmless(line, commands=True)
        assert line.count("\n") == 1
        assert json.loads(line)["event"] == event.event
    report = fold([Started(project="p", environment="e", digest="d", changes=1), *events])
    plan = Plan(tool_version="0", project="p", environment="e")
    assert_harmless(render_report(plan, report, Style(width=width)))
    assert_harmless(report_to_json(report), commands=True)


@some
@given(hostile.texts, hostile.addresses, st.dictionaries(hostile.texts, hostile.values, max_size=3))
def test_requests_print_harmless_text(text: str, address: object, body: dict[str, object]) -> None:
    view = RequestView(text, text, {address: body})  # type: ignore[dict-item]
    assert_harmless(document(request_lines([view], Style(width=60))))
