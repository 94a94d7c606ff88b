"""A change of where dead letters go counts once the queues show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.providers.rabbitmq.api.call import Answer, Call
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.policy_in_force import not_in_force

POLICY = Address("mq", "policies", ("v", "p"))
OLD, NEW = {"dead-letter-exchange": "old"}, {"dead-letter-exchange": "new"}


class Server:
    """A server with one queue, and what its lists and the queue alone say of the policies."""

    version_tuple = (4, 0, 5)

    def __init__(
        self, policies: Mapping[str, Mapping[str, str]], row: Mapping[str, object], alone: Mapping[str, object]
    ) -> None:
        self.policies, self.row, self.alone = policies, {"name": "q", "type": "quorum", **row}, alone

    def lists(self, calls: Sequence[Call]) -> list[Answer]:
        return [Answer(200, cast("Any", self.answer(call))) for call in calls]

    def answer(self, call: Call) -> object:
        match call.segments:
            case ["queues", _]:
                return [self.row]
            case ["queues", _, "q"]:
                return self.alone
            case ["policies", _]:
                head = {"pattern": "^q$", "apply-to": "queues", "priority": 1}
                return [{"name": name, "definition": some, **head} for name, some in self.policies.items()]
            case _:
                return []


def policy(definition: Mapping[str, str] | None) -> dict[str, Any] | None:
    return None if definition is None else {"pattern": "^q$", "applyTo": "queues", "definition": dict(definition)}


def changed(before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> Change:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    differences = tuple(FieldDifference(("definition", key)) for key in {**(before or {}), **(after or {})})
    return Change(POLICY, action, Reason.DIFFERS, differences, policy(before), policy(after))


def waits(
    change: Change,
    policies: Mapping[str, Mapping[str, str]],
    row: Mapping[str, object],
    alone: Mapping[str, object] | None = None,
) -> str:
    server = Server(policies, row, alone or {})
    return not_in_force(cast("RabbitClient", server), [change]).get(POLICY, "")


@pytest.mark.parametrize(
    ("change", "policies", "row", "why"),
    [
        (changed(None, NEW), {"p": NEW}, {"policy": None}, "queue `q` still shows no policy"),
        (changed(OLD, None), {}, {"policy": "p"}, "queue `q` still shows policy `p`"),
        (changed(OLD, None), {}, {}, ""),
        (
            changed(OLD, NEW),
            {"p": NEW},
            {"policy": "p", "effective_policy_definition": OLD},
            "queue `q` still shows the settings that policy `p` had before",
        ),
        (changed(OLD, NEW), {"p": NEW}, {"policy": "p", "effective_policy_definition": NEW}, ""),
    ],
)
def test_a_queue_that_still_shows_what_was_keeps_an_apply_waiting(
    change: Change, policies: Mapping[str, Mapping[str, str]], row: Mapping[str, object], why: str
) -> None:
    assert waits(change, policies, row) == why


def test_where_a_list_does_not_tell_the_queue_alone_is_asked() -> None:
    for shown, still in ((OLD, True), (NEW, False)):
        told = waits(changed(OLD, NEW), {"p": NEW}, {"policy": "p"}, {"effective_policy_definition": shown})
        assert bool(told) is still


def test_a_policy_that_leads_no_dead_letters_is_not_waited_for() -> None:
    assert waits(changed(None, {"message-ttl": "1"}), {"p": {"message-ttl": "1"}}, {"policy": None}) == ""


def test_of_equal_policies_nobody_can_tell_which_one_a_queue_will_show() -> None:
    assert waits(changed(None, NEW), {"p": NEW, "same": OLD}, {"policy": "same"}) == ""
