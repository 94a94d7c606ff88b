"""What a plan says in words, written while planning by the kinds and kept in its JSON."""

from collections.abc import Callable, Mapping

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.plan import Plan
from mqinfra.render.plan_json import plan_from_json
from mqinfra.render.plan_text import render_plan
from mqinfra.render.terminal import Style
from tests.cli.conftest import Project

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope:
  kafka: {topics: ["shop.*"], principals: ["User:shop-*"]}
  rabbitmq: {vhosts: [/shop], users: ["shop-*"]}
  redis: {keys: ["shop:*"], users: ["shop-*"]}
environments:
  local:
    clusters:
      kafka: {type: kafka, sandbox: true}
      rabbit: {type: rabbitmq, sandbox: true}
      redis: {type: redis, sandbox: true}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: all}\n"
RABBIT = """\
rabbitmq:
  users:
    shop-a: {password: {env: PASSWORD}, tags: [monitoring]}
  vhosts:
    /shop:
      description: all of the shop
      exchanges: {x: {type: topic}, both: {type: fanout, durable: false}}
      queues:
        q: {type: quorum, deadLetter: true}
        both: {type: classic, arguments: {x-max-length: 5}}
      policies:
        limits: {pattern: ^q, applyTo: queues, definition: {max-length: MOST}, priority: 2}
      permissions:
        shop-a: RIGHTS
"""


class Planned:
    """Plans manifests, and looks changes up in the JSON of the plan."""

    def __init__(self, project: Project) -> None:
        self._project, self._mq = project, project.mq

    def declare(self, text: str) -> None:
        self._project.topology(HEAD + text)

    def apply(self) -> None:
        ran = self._mq("apply", "--auto-approve")
        assert ran.code == 0, ran.err

    def plan(self) -> Plan:
        ran = self._mq("plan", "-o", "json=plan.json")
        assert ran.code == 0, ran.err
        return plan_from_json((self._project.root / "plan.json").read_text())

    def changes(self) -> Mapping[str, Change]:
        return {change.address.text: change for change in self.plan().changes}


@pytest.fixture
def planned(begin: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch) -> Planned:
    monkeypatch.setenv("PASSWORD", "secret")
    return Planned(begin(PROJECT))


def rabbit(rights: str, most: int = 10) -> str:
    return RABBIT.replace("RIGHTS", rights).replace("MOST", str(most))


def test_what_is_new_is_said_in_a_few_words_that_leave_nothing_out(planned: Planned) -> None:
    planned.declare(rabbit("{read: ^q$}"))
    found = planned.changes()
    said = {address: change.summary for address, change in found.items() if change.origin is None}
    assert said == {
        "rabbit/users/shop-a": "password from $PASSWORD, tags monitoring",
        "rabbit/vhosts/%2Fshop": '"all of the shop"',
        "rabbit/exchanges/%2Fshop/x": "topic",
        "rabbit/exchanges/%2Fshop/both": "fanout, gone after a restart",
        "rabbit/queues/%2Fshop/q": "quorum",
        "rabbit/queues/%2Fshop/both": "classic, x-max-length 5",
        "rabbit/policies/%2Fshop/limits": "^q queues: max-length 10, priority 2",
        "rabbit/permissions/%2Fshop/shop-a": "may consume q",
    }


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        ("{read: ^q$, write: ^x$}", "may publish to x, consume q"),
        ("{read: '^(?:q|q\\.dlq)$'}", "may consume q, q.dlq"),
        ("{write: '^amq\\.default$'}", "may publish to the default exchange"),
        ("{write: ^both$, read: ^x$}", "may write both, read x"),
        ("{configure: ^q$}", "may configure q"),
        ("{read: .*}", "may read what matches .*"),
        ("{}", "may do nothing but connect"),
    ],
)
def test_rights_are_said_by_what_they_are_good_for(planned: Planned, rights: str, said: str) -> None:
    planned.declare(rabbit(rights))
    change = planned.changes()["rabbit/permissions/%2Fshop/shop-a"]
    assert change.summary == said
    assert change.belongs_to == Address.parse("rabbit/users/shop-a")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{read: '^(?:both|q)$'}", "{read: ^both$}", "may no longer consume q"),
        ("{read: ^q$}", "{read: ^q$, write: ^x$}", "may also publish to x"),
        ("{write: ^x$}", "{read: ^q$}", "may also consume q; may no longer publish to x"),
        ("{read: ^q.*}", "{read: ^q$}", "may also read what matches ^q$; may no longer read what matches ^q.*"),
    ],
)
def test_rights_that_change_say_what_comes_and_goes(planned: Planned, before: str, after: str, said: str) -> None:
    planned.declare(rabbit(before))
    planned.apply()
    planned.declare(rabbit(after))
    plan = planned.plan()
    assert [change.summary for change in plan.changes] == [said]
    text = render_plan(plan, Style(width=120))
    assert f"~ user shop-a {said}" in " ".join(text.split())


def test_a_queue_says_where_its_messages_come_from_and_go_to(planned: Planned) -> None:
    queue = (
        "{type: quorum, bindings: [{exchange: x, routingKey: a.*}], retry: {delays: [10s, 1m], returned: 5s}, "
        "deadLetter: {strategy: at-least-once}}"
    )
    text = rabbit("{}").replace("{type: quorum, deadLetter: true}", queue)
    planned.declare(text)
    details = {detail.label: detail.text for detail in planned.changes()["rabbit/queues/%2Fshop/q"].details}
    assert details == {
        "from": "x --a.*--> q",
        "retry": "rejected -> back after 10s, 1m; 3rd rejection -> dead letters",
        "returned": "requeued -> back after 5s, delayed by the queue itself",
        "dead": "-> q.dlq (quorum); also: over delivery-limit, expired, pushed out",
        "in force": "max-length 10, overflow reject-publish (policy limits)",
    }
    limits = planned.changes()["rabbit/policies/%2Fshop/limits"]
    (spared,) = limits.details
    assert spared.text == "q.dlq, q.retry.1.10s, q.retry.2.1m: without max-length, so that no letter is dropped"


def test_a_policy_says_on_what_it_comes_into_force_with_both_values(planned: Planned) -> None:
    planned.declare(rabbit("{}"))
    planned.apply()
    planned.declare(rabbit("{}", most=20))
    found = planned.changes()
    made = found["rabbit/policies/%2Fshop/q.policy"]
    assert made.belongs_to == Address.parse("rabbit/policies/%2Fshop/limits")
    (effect,) = made.effects
    assert (effect.address.text, effect.before, effect.after) == (
        "rabbit/queues/%2Fshop/q",
        {"max-length": 10},
        {"max-length": 20},
    )
    assert effect.by == made.address
    text = " ".join(render_plan(planned.plan(), Style(width=120)).split())
    assert "~ policy limits max-length 10 -> 20" in text
    assert "in force on q, through 1 made policy" in text


def test_rights_of_others_than_users_that_change_are_read_together(planned: Planned) -> None:
    acls = "\n".join(
        f"    - {{principal: 'User:shop-a', resource: topic, name: shop.{name}, operation: Read}}" for name in "xy"
    )
    planned.declare(f"kafka:\n  topics:\n    shop.x: {{partitions: 3}}\n    shop.y: {{}}\n  acls:\n{acls}\n")
    plan = planned.plan()
    said = {change.summary for change in plan.changes if change.address.kind == "acls"}
    assert said == {"may Read topic shop.x", "may Read topic shop.y"}
    text = render_plan(plan, Style(width=120))
    assert "+ rights of user shop-a" in text
    assert "\n    may Read topic shop.x\n    may Read topic shop.y\n" in text
    assert "3 partitions" in text


def test_a_right_that_means_something_for_others_has_a_line_of_its_own(planned: Planned) -> None:
    right = "principal: 'User:shop-a', resource: topic, name: shop.x, operation"
    acls = f"    - {{{right}: Read}}\n    - {{{right}: Write, permission: deny}}\n"
    planned.declare(f"kafka:\n  topics:\n    shop.x: {{}}\n  acls:\n{acls}")
    text = " ".join(render_plan(planned.plan(), Style(width=120)).split())
    assert "+ rights of user shop-a may Read topic shop.x" in text
    assert "takes away: `User:shop-a` may not Write topic `shop.x`, whatever else says so" in text


def test_a_group_says_from_where_it_reads(planned: Planned) -> None:
    groups = "{a: {startAt: $}, b: {startAt: '0'}, c: {startAt: 5-1}}"
    planned.declare(f"redis:\n  streams:\n    shop:s: {{groups: {groups}}}\n")
    said = [change.summary for change in planned.plan().changes if change.address.kind == "groups"]
    assert said == ["from now on ($)", "from the first entry (0)", "after (5-1)"]
