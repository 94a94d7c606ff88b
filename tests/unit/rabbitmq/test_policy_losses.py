"""Which changes of policies drop messages of which queues, by what is in force before and after."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.loss import LATER, Counted, Loss
from mqinfra.model.reading import Facts, Live
from mqinfra.model.spec import flat
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.policy_loss_counts import count
from mqinfra.providers.rabbitmq.policy.losses import losses
from mqinfra.providers.rabbitmq.spec.policy import OperatorPolicySpec, PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec

Policy = Mapping[str, Any]
DEAD = {"dead-letter-exchange": "dead"}
SURE = {**DEAD, "dead-letter-strategy": "at-least-once", "overflow": "reject-publish"}


def address(kind: str, name: str) -> Address:
    return Address("r", kind, ("/", name))


FROM_NOW_ON = "rejected, expired and over-limit messages are dropped from now on"


def policy(definition: Policy, pattern: str = "^q", priority: int = 0, apply_to: str = "queues") -> Policy:
    return {"pattern": pattern, "priority": priority, "applyTo": apply_to, "definition": dict(definition)}


def changed(target: Address, before: Policy | None, after: Policy | None) -> Change:
    old, new = flat(before or {}), flat(after or {})
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    paths = [] if after is None else sorted(path for path in {*old, *new} if old.get(path) != new.get(path))
    differences = tuple(FieldDifference(path, before=old.get(path), after=new.get(path)) for path in paths)
    return Change(target, action, Reason.DIFFERS, differences, before, after)


def found(
    queue: Policy,
    before: Mapping[str, Policy],
    after: Mapping[str, Policy],
    *,
    kind: str = "policies",
    version: str = "4.0.5",
) -> list[tuple[str, str, Loss]]:
    """The losses of the queue `q` by policy and field, when policies go from one state to another."""
    spec = OperatorPolicySpec if kind == "operatorPolicies" else PolicySpec
    live = {address(kind, name): Live(spec.model_validate(data)) for name, data in before.items()}
    live[address("queues", "q")] = Live(QueueSpec.model_validate(queue))
    changes = {
        address(kind, name): changed(address(kind, name), before.get(name), after.get(name))
        for name in {*before, *after}
        if before.get(name) != after.get(name)
    }
    view = LossView(changes, live, Facts(cluster_id="c", version=version))
    told = sorted(losses(view), key=lambda pair: (pair[0], pair[1].path))
    assert all(loss.address == address("queues", "q") for _, loss in told)
    return [(cause.name, loss.field, loss) for cause, loss in told]


def of_one(kind: str, before: Policy, after: Policy, version: str = "4.0.5") -> list[str]:
    """The texts of what goes when one policy's definition changes."""
    old = {"p": policy(before)} if before else {}
    new = {"p": policy(after)} if after else {}
    return [loss.text for _, _, loss in found({"type": kind}, old, new, version=version)]


@pytest.mark.parametrize("kind", ["classic", "quorum"])
@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        ({}, {"max-length": 10}, ["messages over 10 are dropped"]),
        ({"max-length": 11}, {"max-length": 10}, ["messages over 10 are dropped"]),
        ({"max-length": 10}, {"max-length": 11}, []),
        (
            {"max-length": 10},
            {"expires": 60_000},
            ["the queue is deleted with its messages once it is unused for 1m"],
        ),
        ({}, {"max-length-bytes": 1000}, ["messages over 1kB are dropped"]),
        ({}, {"max-length": 5, **DEAD}, ["messages over 5 are dropped, or dead-lettered to `dead`"]),
        ({}, {"message-ttl": 500}, []),
        ({"message-ttl": 3_600_000}, {"message-ttl": 500}, []),
        ({"expires": 1000}, {"expires": 2000}, []),
        (
            {"message-ttl": 500, **DEAD},
            {"message-ttl": 500},
            ["messages are dropped when their time to live is over, not dead-lettered", FROM_NOW_ON],
        ),
        (DEAD, {"max-length": 10_000}, [FROM_NOW_ON, "messages over 10,000 are dropped"]),
        (DEAD, {}, [FROM_NOW_ON]),
        ({}, DEAD, []),
        (DEAD, {"dead-letter-exchange": "other"}, []),
    ],
)
def test_what_a_policy_drops(kind: str, before: Policy, after: Policy, texts: Sequence[str]) -> None:
    assert of_one(kind, before, after) == texts


def test_a_classic_queue_drops_whatever_its_overflow_and_a_quorum_queue_keeps() -> None:
    refusing = {"max-length": 10, "overflow": "reject-publish"}
    [text] = of_one("classic", {}, refusing)
    assert text == "messages over 10 are dropped; a classic queue does so whatever its `overflow`"
    assert of_one("quorum", {}, refusing) == []
    [(_, field, loss)] = found({"type": "quorum"}, {"p": policy(refusing)}, {"p": policy({"max-length": 10})})
    assert (field, loss.keeps) == ("definition.overflow", 10)


@pytest.mark.parametrize("gone", ["dead-letter-exchange", "dead-letter-strategy", "overflow"])
def test_what_waits_for_sure_dead_lettering_goes_with_any_of_its_settings(gone: str) -> None:
    left = {key: value for key, value in SURE.items() if key != gone}
    losses_of = found({"type": "quorum"}, {"p": policy(SURE)}, {"p": policy(left)})
    [(field, loss)] = [(field, loss) for _, field, loss in losses_of if loss.keeps != LATER]
    assert (field, loss.limit) == (f"definition.{gone}", "waiting")
    assert of_one("quorum", SURE, {**SURE, "max-length": 5}) == []


@pytest.mark.parametrize(
    ("before", "after", "version", "goes"),
    [
        ({"max-length": 9}, {"max-length": 9, "delivery-limit": 5}, "3.10.8", True),
        ({"max-length": 9}, {"max-length": 9, "delivery-limit": 20}, "4.0.5", False),
        ({"max-length": 9}, {"max-length": 9, "delivery-limit": 5}, "4.0.5", True),
        ({"delivery-limit": -1, "max-length": 9}, {"max-length": 9}, "4.0.5", True),
        ({"delivery-limit": -1, "max-length": 9}, {"max-length": 9}, "3.10.8", False),
        ({"max-length": 9}, {"max-length": 9, "delivery-limit": 5, **DEAD}, "4.0.5", False),
    ],
)
def test_a_lower_delivery_limit_drops_what_no_dead_letters_take(
    before: Policy, after: Policy, version: str, *, goes: bool
) -> None:
    assert bool(of_one("quorum", before, after, version)) is goes
    assert not [text for text in of_one("classic", before, after, version) if "returned" in text]


def test_streams_drop_segments() -> None:
    assert of_one("stream", {"max-age": "7D"}, {"max-age": "167h"}) == ["segments older than 167h are dropped"]
    assert of_one("stream", {"max-age": "7D"}, {"max-age": "1M"}) == []
    assert of_one("stream", {}, {"max-length-bytes": 10**9}) == ["segments over 1GB are dropped"]
    assert of_one("stream", {}, {"max-length": 10}) == [], "the policy is skipped for a key that streams lack"


LOOSE, TIGHT = policy({"max-length": 60}), policy({"max-length": 3}, priority=-1)


@pytest.mark.parametrize(
    ("after", "cause", "field"),
    [
        ({"loose": LOOSE, "tight": {**TIGHT, "priority": 9}}, "tight", "priority"),
        ({"loose": {**LOOSE, "priority": -2}, "tight": TIGHT}, "loose", "priority"),
        ({"loose": {**LOOSE, "pattern": "^x"}, "tight": TIGHT}, "loose", "pattern"),
        ({"loose": {**LOOSE, "applyTo": "exchanges"}, "tight": TIGHT}, "loose", "applyTo"),
        ({"tight": TIGHT}, "loose", "definition.max-length"),
        ({"loose": policy({"max-length": 2}), "tight": TIGHT}, "loose", "definition.max-length"),
        (
            {"loose": LOOSE, "tight": TIGHT, "new": policy({"max-length": 3}, priority=5)},
            "new",
            "definition.max-length",
        ),
        ({"loose": LOOSE, "tight": TIGHT, "new": policy({"expires": 9}, priority=5)}, "new", "definition.expires"),
    ],
)
def test_the_change_that_lets_a_smaller_limit_win_is_named(after: Mapping[str, Policy], cause: str, field: str) -> None:
    before = {"loose": LOOSE, "tight": TIGHT}
    told = found({"type": "classic"}, before, after)
    assert [(name, path) for name, path, _ in told] == [(cause, field)]


def test_of_equal_policies_the_one_that_drops_most_counts() -> None:
    """The server takes any of them."""
    before = {"a": policy({"max-length": 60})}
    [(cause, field, loss)] = found({"type": "classic"}, before, {**before, "b": policy({"max-length": 3})})
    assert (cause, field, loss.keeps) == ("b", "definition.max-length", 3)


def test_a_policy_whose_pattern_can_not_be_evaluated_here_may_reach_any_queue() -> None:
    unreadable = policy({"max-length": 3}, pattern="(?(DEFINE)(?<a>q))^(?&a)")
    [(cause, field, loss)] = found({"type": "classic"}, {}, {"p": unreadable})
    assert (cause, field, loss.keeps) == ("p", "definition.max-length", 3)
    above = {"above": policy({"max-length": 60}, priority=1)}
    assert found({"type": "classic"}, above, {**above, "p": unreadable}) == []


def test_operator_policies_count_beside_policies_and_arguments() -> None:
    after = {"o": policy({"max-length": 3})}
    queue = {"type": "classic", "arguments": {"x-max-length": 2}}
    assert found(queue, {}, after, kind="operatorPolicies") == []
    [(cause, field, loss)] = found({"type": "classic"}, {}, after, kind="operatorPolicies")
    assert (cause, field, loss.keeps) == ("o", "definition.max-length", 3)


def test_a_queue_that_is_made_or_deleted_with_the_policy_loses_nothing_by_it() -> None:
    new = changed(address("policies", "p"), None, policy({"max-length": 1}))
    queue = address("queues", "q")
    made = {new.address: new, queue: changed(queue, None, {"type": "classic"})}
    assert list(losses(LossView(made, {}, Facts(cluster_id="c")))) == []
    live = {queue: Live(QueueSpec.model_validate({"type": "classic"}))}
    gone = {new.address: new, queue: changed(queue, {"type": "classic"}, None)}
    assert list(losses(LossView(gone, live, Facts(cluster_id="c")))) == []
    assert len(list(losses(LossView({new.address: new}, live, Facts(cluster_id="c"))))) == 1


class Server:
    """A server with queues whose totals, ready messages and sizes are as given; it counts the calls."""

    def __init__(
        self, totals: Mapping[str, Mapping[str, Any]], sizes: Mapping[str, tuple[int, int]] | None = None
    ) -> None:
        self.totals, self.sizes = totals, sizes or {}
        self.calls, self.asked, self.slept = 0, 0, 0.0

    def send(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        self.calls += len(calls)
        sizes = [
            {"name": name, "messages_ready": number, "message_bytes_ready": size}
            for name, (number, size) in self.sizes.items()
        ]
        totals = [{"name": name, **row} for name, row in self.totals.items()]
        return [Answer(200, cast("Any", totals if "disable_stats" in call.query else sizes)) for call in calls]

    def counts(self, _vhost: str, queues: Sequence[str]) -> Mapping[str, Counts | RabbitFault]:
        self.asked += len(queues)
        return {name: Counts(self.totals[name]["messages_ready"], 0) for name in queues}

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def count(self, *some: Loss) -> list[Counted]:
        found = count(cast("RabbitClient", self), some, self.sleep)
        return [found[loss] for loss in some]


def row(kind: str, ready: int, delivered: int = 0, waiting: int = 0) -> Mapping[str, Any]:
    messages = ready + delivered + waiting
    return {"type": kind, "messages_ready": ready, "messages_unacknowledged": delivered, "messages": messages}


def loss(name: str, limit: str, keeps: int | None = None) -> Loss:
    return Loss(address("queues", name), ("definition", "x"), "", keeps, limit)


@pytest.mark.parametrize("kind", ["classic", "quorum"])
@pytest.mark.parametrize(
    ("limit", "keeps", "expected"),
    [
        ("over", 10, Counted(40)),
        ("over", 60, Counted(0)),
        ("ready", None, Counted(50, exact=False)),
        ("all", None, Counted(57, exact=False)),
        ("waiting", None, Counted(2, exact=False)),
        ("bytes 100", None, Counted(50, exact=False)),
        ("bytes 5000", None, Counted(0)),
    ],
)
def test_counts(kind: str, limit: str, keeps: int | None, expected: Counted) -> None:
    server = Server({"q": row(kind, 50, 5, 2)}, {"q": (50, 5000)})
    assert server.count(loss("q", limit, keeps)) == [expected]


def test_what_can_not_be_read_is_not_countable() -> None:
    assert Server({"q": {"type": "classic"}}).count(loss("q", "over", 1), loss("q", "all")) == [Counted(), Counted()]
    assert Server({}).calls == 0
    assert Server({"q": row("classic", 5)}).count(loss("q", "bytes 10")) == [Counted()]
    assert Server({"q": row("classic", 5)}, {"q": (4, 8)}).count(loss("q", "bytes 10")) == [Counted()]
    assert Server({"q": row("classic", 0)}).count(loss("q", "bytes 10")) == [Counted(0)]


@pytest.mark.parametrize(("kind", "slept"), [("classic", 0), ("quorum", 6)])
def test_thousands_of_queues_take_a_few_calls(kind: str, slept: float) -> None:
    names = [f"q{number}" for number in range(5000)]
    server = Server({name: row(kind, 12) for name in names})
    assert set(server.count(*(loss(name, "over", 10) for name in names))) == {Counted(2)}
    assert (server.calls <= 2, server.asked, server.slept) == (True, 0, slept)
