"""Records over a management API that others use too, that refuses, and whose replies get lost."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import answered
from mqinfra.providers.rabbitmq.api.http import Http
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.records.store import GlobalParameterStore

OWNER = Owner("shop", "prod")
LOST = RabbitFault("no answer", Meaning.LOST, method="PUT")


@dataclass
class Parameters(Http):
    """Global parameters in memory.

    Attributes:
        before: called with every call that writes, before it is done.
        after: the same once it is done; its fault is what the caller hears.
    """

    values: dict[str, JsonValue] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[Call], RabbitFault | None] = lambda _: None
    after: Callable[[Call], RabbitFault | None] = lambda _: None

    def call(self, call: Call) -> Answer | RabbitFault:
        self.calls.append(str(call))
        name = call.segments[-1]
        if call.method == "GET":
            if len(call.segments) == 1:
                return Answer(200, [{"name": each, "value": value} for each, value in self.values.items()])
            return Answer(200, {"value": self.values[name]}) if name in self.values else answered("Not Found", 404)
        refused = self.before(call)
        if refused is not None:
            return refused
        if call.method == "PUT":
            assert isinstance(call.body, dict)
            self.values[name] = call.body["value"]
        else:
            self.values.pop(name, None)
        return self.after(call) or Answer(204)


def store_on(parameters: Parameters, tag: str = "policymaker", owner: Owner = OWNER) -> GlobalParameterStore:
    nothing = frozenset[str]()
    at = Broker("127.0.0.1", 1, None, ("me", "secret"), "it", 1)
    return GlobalParameterStore(
        RabbitClient("it", parameters, 1, "me", frozenset({tag}), "4.1.0", nothing, nothing, at), owner
    )


def test_what_others_wrote_since_is_read_again_and_stays() -> None:
    parameters = Parameters()
    ours, theirs = store_on(parameters), store_on(parameters)
    ours.save({"a": "1", "b": "1"})
    theirs.load()
    ours.save({"c": "1"})
    theirs.save({"d": "1", "a": None})
    assert dict(ours.load().texts) == {"b": "1", "c": "1", "d": "1"}


def test_two_first_saves_at_once_lose_nothing() -> None:
    parameters = Parameters()
    ours, theirs = store_on(parameters), store_on(parameters)
    ours.load(), theirs.load()
    ours.save({"a": "1"})
    theirs.save({"b": "1"})
    assert dict(ours.load().texts) == {"a": "1", "b": "1"}


def test_somebody_who_keeps_writing_is_not_overwritten() -> None:
    parameters = Parameters()
    store = store_on(parameters)
    store.save({"a": "1"})

    class Restless(Parameters):
        def call(self, call: Call) -> Answer | RabbitFault:
            if len(call.segments) == 2:
                return Answer(200, {"value": "always something else"})
            return super().call(call)

    restless = store_on(Restless(parameters.values))
    with pytest.raises(UserError, match="somebody else keeps writing them"):
        restless.save({"b": "1"})
    assert dict(store.load().texts) == {"a": "1"}


def test_a_lost_reply_is_looked_up() -> None:
    parameters = Parameters(after=lambda _: LOST)
    store_on(parameters).save({"a": "1"})
    assert dict(store_on(parameters).load().texts) == {"a": "1"}


def test_a_lost_call_is_no_success() -> None:
    parameters = Parameters(before=lambda _: LOST)
    store = store_on(parameters)
    with pytest.raises(UserError, match="the records of `shop/prod` can't be written: no answer"):
        store.save({"a": "1"})
    parameters.before = lambda _: None
    store.save({"a": "1"})
    assert dict(store.load().texts) == {"a": "1"}


def test_an_empty_page_that_is_gone_already_is_gone() -> None:
    parameters = Parameters()
    store = store_on(parameters)
    store.save({"a": "1"})
    parameters.after = lambda call: answered("Not Found", 404, method=call.method)
    store.save({"a": None})
    assert parameters.values == {}


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("monitoring", "can't be written: `me` needs the tag `policymaker`"),
        ("policymaker", "can't be written: not allowed: by a proxy"),
        ("administrator", "can't be written: not allowed: by a proxy"),
    ],
)
def test_a_refusal_names_the_tag_only_where_it_is_missing(tag: str, words: str) -> None:
    store = store_on(Parameters(before=lambda _: answered("not allowed: by a proxy", 403)), tag)
    with pytest.raises(UserError) as error:
        store.save({"a": "1"})
    [found] = error.value.diagnostics
    assert (found.code, found.message) == ("MQ346", f"the records of `shop/prod` {words}")
    assert found.address == "it"


def test_others_come_from_the_same_list() -> None:
    parameters = Parameters({"theirs": 1, "mqinfra.odd": 2, "mqinfra.shop.test.1": "unreadable"})
    for owner in (Owner("shop.eu", "prod"), OWNER):
        store_on(parameters, owner=owner).save({"queues/a": owner.project, "queues/b": "x"})
    store = store_on(parameters)
    parameters.calls.clear()
    store.load()
    assert store.others(["queues/a"]) == {Owner("shop.eu", "prod"): {"queues/a": "shop.eu"}}
    assert parameters.calls == ["GET /api/global-parameters"]


def test_others_records_are_of_the_same_listing() -> None:
    parameters = Parameters({"theirs": 1, "mqinfra.odd": 2})
    eu = Owner("shop.eu", "prod")
    for owner in (eu, OWNER):
        store_on(parameters, owner=owner).save({"queues/a": owner.project})
    store = store_on(parameters)
    parameters.calls.clear()
    found = {owner: (stored.exists, stored.texts) for owner, stored in store.load_others().items()}
    assert found == {eu: (True, {"queues/a": "shop.eu"})}
    assert parameters.calls == ["GET /api/global-parameters"]
