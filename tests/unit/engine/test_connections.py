"""Connections that keep rights: a cost of the change that takes them, and closed once it was seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from mqinfra.cli.closing import close_kept
from mqinfra.engine.connections import Closed, close_connections, with_kept_rights
from mqinfra.engine.survey import Survey
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.connection import ClientConnection
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.event import Disconnected, Ended, Outcome, Report
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.providers.base.session import Session
from mqinfra.render.events import event_json, event_line
from mqinfra.render.report_json import report_to_json
from mqinfra.render.report_text import render_report
from mqinfra.render.terminal import Style

RIGHT, HIDDEN, NOBODY = (Address("mq", "permissions", ("v", name)) for name in ("worker", "hidden", "nobody"))
ONE, TWO = ClientConnection("1", "idle (worker@h:1)"), ClientConnection("2", "busy (worker@h:2)")


class Server:
    """A cluster with two connections of `worker`; the second can't be closed."""

    def __init__(self) -> None:
        self.closed: list[ClientConnection] = []

    def connections(self, changes: Sequence[Change]) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
        known = {RIGHT: (ONE, TWO), HIDDEN: None, NOBODY: ()}
        return {change.address: known[change.address] for change in changes if change.address in known}

    def disconnect(self, connections: Mapping[Address, Sequence[ClientConnection]]) -> Mapping[ClientConnection, str]:
        self.closed += [one for some in connections.values() for one in some if one != TWO]
        return {TWO: "not allowed"} if any(TWO in some for some in connections.values()) else {}


def change(address: Address) -> Change:
    return Change(address, Action.DELETE, Reason.TOMBSTONE)


def sessions(server: Server) -> Mapping[str, Session]:
    return {"mq": cast("Session", server)}


def test_a_plan_names_who_keeps_what_it_takes() -> None:
    other = Address("mq", "queues", ("v", "q"))
    changes = [change(address) for address in (RIGHT, HIDDEN, NOBODY, other)]
    found = with_kept_rights(changes, Survey(sessions(Server())))
    texts = {one.address: [cost.text for cost in one.costs] for one in found}
    assert texts == {
        RIGHT: [
            (
                "2 connections keep what is taken until closed: idle (worker@h:1), busy (worker@h:2); "
                "`apply --close-connections` closes them"
            )
        ],
        HIDDEN: ["connections that are open keep what they have until they end; which there are can't be read"],
        NOBODY: [],
        other: [],
    }


def test_what_is_closed_and_what_is_left_is_told_apart() -> None:
    server = Server()
    found = list(close_connections([change(RIGHT), change(HIDDEN), change(NOBODY)], sessions(server)))
    assert found == [
        Closed(RIGHT, (ONE,), ("busy (worker@h:2): not allowed",)),
        Closed(HIDDEN, (), ("which connections there are can't be read",)),
    ]
    assert server.closed == [ONE]


@pytest.mark.parametrize(
    ("outcome", "interrupted", "closed", "code"),
    [
        (Outcome.APPLIED, False, [ONE], ExitCode.PARTIAL),
        (Outcome.APPLIED, True, [], ExitCode.INTERRUPTED),
        (Outcome.FAILED, False, [], ExitCode.ERROR),
    ],
)
def test_only_the_connections_of_what_was_seen_to_be_done_are_closed(
    outcome: Outcome, closed: list[ClientConnection], code: ExitCode, *, interrupted: bool
) -> None:
    plan = Plan(tool_version="1", project="p", environment="e", changes=(change(RIGHT),))
    ended = Ended(address=RIGHT, action=Action.DELETE, outcome=outcome)
    report = Report(project="p", environment="e", digest="", results=(ended,), interrupted=interrupted)
    server, told = Server(), list[Disconnected]()
    whole = close_kept(plan, report, sessions(server), told.append)
    assert whole.exit_code is code
    assert server.closed == closed
    said = Disconnected(address=RIGHT, closed=("idle (worker@h:1)",), left=("busy (worker@h:2): not allowed",))
    assert (list(whole.disconnected), told) == (([said], [said]) if closed else ([], []))


def test_every_format_says_what_was_closed_and_what_was_not() -> None:
    said = Disconnected(address=RIGHT, closed=("idle (worker@h:1)",), left=("busy (worker@h:2): not allowed",))
    report = Report(project="p", environment="e", digest="", disconnected=(said,))
    plan = Plan(tool_version="0", project="p", environment="e")
    lines = (
        f"closed 1 connection for `{RIGHT}`: idle (worker@h:1)",
        f"a connection that keeps what `{RIGHT}` took was not closed: busy (worker@h:2): not allowed",
    )
    assert all(line in render_report(plan, report, Style(width=300)) for line in lines)
    assert event_line(said, Style()) == "".join(f"{line}\n" for line in lines)
    assert json.loads(event_json(said))["event"] == "disconnected"
    document = json.loads(report_to_json(report))
    assert document["exitCode"] == 4
    assert document["disconnected"] == [
        {
            "event": "disconnected",
            "address": str(RIGHT),
            "closed": ["idle (worker@h:1)"],
            "left": ["busy (worker@h:2): not allowed"],
        }
    ]


def test_a_cluster_that_can_not_be_asked_is_no_success() -> None:
    class Silent(Server):
        def connections(self, _: Sequence[Change]) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
            raise UserError([Diagnostic(code="MQ450", message="nobody answers")])

    plan = Plan(tool_version="1", project="p", environment="e", changes=(change(RIGHT),))
    ended = Ended(address=RIGHT, action=Action.DELETE, outcome=Outcome.APPLIED)
    report = Report(project="p", environment="e", digest="", results=(ended,))
    whole = close_kept(plan, report, sessions(Silent()), lambda _: None)
    assert whole.exit_code is ExitCode.PARTIAL
    assert whole.reason == "connections could not be closed: nobody answers"
