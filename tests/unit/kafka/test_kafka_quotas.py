"""Quotas: whom they are about, what is refused, what they come to, and what holds where one goes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Coverage, Facts
from mqinfra.model.spec import Spec, SpecDocument
from mqinfra.providers.base.request import Accepted, Lost, Refused
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.second_quotas import Entity, Operations
from mqinfra.providers.kafka.quotas import effects, reading, requests, run
from mqinfra.providers.kafka.quotas.precedence import holds_next, wider
from mqinfra.providers.kafka.quotas.spec import QuotaSpec, address_of, entity_of, name_problem
from tests.unit.kafka.partial import partial_client

ALL = (
    "user=a,clientId=b",
    "user=a,clientId=<default>",
    "user=a",
    "user=<default>,clientId=b",
    "user=<default>,clientId=<default>",
    "user=<default>",
    "clientId=b",
    "clientId=<default>",
)
"""In Kafka's order: the first that has a limit holds for `b` of `a`."""
RATE = {"producer_byte_rate": 10}
FACTS = Facts(cluster_id="x", version="4.4", brokers=3, endpoint="h:1")


def at(pairs: str) -> Address:
    return Address("kafka", "quotas", (), tuple(tuple(pair.split("=")) for pair in pairs.split(",")))  # type: ignore[misc]


def quota(pairs: str, **limits: float | None) -> QuotaSpec:
    return QuotaSpec.model_validate({**dict(at(pairs).pairs), "limits": limits})


@dataclass
class Quotas:
    """What a broker says of quotas."""

    held: Mapping[Entity, Mapping[str, float]] | KafkaFault = field(default_factory=dict)
    answer: KafkaFault | None = None
    sent: list[tuple[Mapping[Entity, Operations], bool]] = field(default_factory=list)

    def all(self) -> Mapping[Entity, Mapping[str, float]] | KafkaFault:
        return self.held

    def alter(
        self, wanted: Mapping[Entity, Operations], *, validate_only: bool = False
    ) -> Mapping[Entity, KafkaFault | None]:
        self.sent.append((wanted, validate_only))
        return dict.fromkeys(wanted, self.answer)


def client(quotas: Quotas, *rights: str) -> KafkaClient:
    return partial_client(rights, quotas=quotas)


def created(pairs: str, **limits: float | None) -> Change:
    spec = quota(pairs, **limits)
    differences = tuple(FieldDifference(path, None, value) for path, value in spec.fields().items() if len(path) == 2)
    return Change(at(pairs), Action.CREATE, Reason.ABSENT, differences, after=SpecDocument(spec))


def updated(pairs: str, before: Mapping[str, float], after: Mapping[str, float | None]) -> Change:
    differences = tuple(
        FieldDifference(("limits", key), before.get(key), value)
        for key, value in after.items()
        if before.get(key) != value
    )
    wanted = SpecDocument(quota(pairs, **after))
    return Change(at(pairs), Action.UPDATE, Reason.DIFFERS, differences, quota(pairs, **before).to_json(), wanted)


def deleted(pairs: str, **limits: float) -> Change:
    return Change(at(pairs), Action.DELETE, Reason.TOMBSTONE, before=quota(pairs, **limits).to_json())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"limits": RATE}, "set `user`, `clientId` or `ip`"),
        ({"user": "User:a", "limits": RATE}, "write `a`"),
        ({"user": "a", "ip": "10.0.0.1", "limits": {"connection_creation_rate": 1}}, "`ip` stands alone"),
        ({"ip": "10.0.0.0/8", "limits": {"connection_creation_rate": 1}}, "no networks"),
        ({"ip": "broker.example", "limits": {"connection_creation_rate": 1}}, "must be one address"),
        ({"ip": "10.0.0.1", "limits": RATE}, "is not a limit of an address; accepted: connection_creation_rate"),
        ({"user": "a", "limits": {"connection_creation_rate": 1}}, "is not a limit of users and client ids"),
        ({"user": "a", "limits": {"producer_byte_rat": 1}}, "did you mean `producer_byte_rate`?"),
        ({"user": "a", "limits": {}}, "set at least one"),
        ({"user": "a", "limits": {"producer_byte_rate": None}}, "name it under `removed:`"),
    ],
)
def test_what_means_nothing_is_refused_with_what_to_write(fields: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        QuotaSpec.model_validate(fields)
    assert said in str(raised.value)


@pytest.mark.parametrize("pairs", [*ALL, "ip=10.0.0.1", "ip=<default>", "ip=::1"])
def test_an_address_and_kafka_s_own_words_say_the_same(pairs: str) -> None:
    address = at(pairs)
    assert name_problem(address) is None
    assert address_of("kafka", entity_of(address)) == address
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize("text", ["kafka/quotas/billing", "kafka/quotas/group=x", "kafka/quotas/ip=x,user=y"])
def test_an_address_of_no_quota_is_told_the_form(text: str) -> None:
    problem = name_problem(Address.parse(text))
    assert problem is not None
    assert "kafka/quotas/user=NAME" in problem.help


def test_a_user_who_is_called_as_the_default_is_not_taken_for_it() -> None:
    assert address_of("kafka", (("user", "<default>"),)) is None
    assert address_of("kafka", (("user", None),)) == at("user=<default>")
    assert address_of("kafka", (("planet", "x"),)) is None


def test_what_holds_next_is_the_first_in_kafka_s_order_that_has_the_limit() -> None:
    left: dict[Address, Spec] = {at(pairs): quota(pairs, producer_byte_rate=1) for pairs in ALL}
    found = []
    while left:
        holding = min(left, key=[at(pairs) for pairs in ALL].index)
        del left[holding]
        found.append(holds_next(at("user=a,clientId=b"), "producer_byte_rate", left))
    assert found == [*map(at, ALL[1:]), None]


@pytest.mark.parametrize(
    ("pairs", "other"),
    [
        ("user=a", "user=b"),
        ("user=a", "clientId=b"),
        ("clientId=b", "user=a"),
        ("user=<default>", "user=a"),
        ("ip=10.0.0.1", "clientId=<default>"),
        ("user=a", "ip=<default>"),
    ],
)
def test_what_is_not_about_all_the_same_clients_does_not_hold_next(pairs: str, other: str) -> None:
    assert holds_next(at(pairs), "producer_byte_rate", {at(other): quota("user=x", producer_byte_rate=1)}) is None


def test_a_user_s_quota_is_followed_by_those_of_everybody_and_of_every_client() -> None:
    assert wider(at("user=a")) == [
        at("user=<default>,clientId=<default>"),
        at("user=<default>"),
        at("clientId=<default>"),
    ]
    assert wider(at("ip=10.0.0.1")) == [at("ip=<default>")]
    assert wider(at("clientId=<default>")) == []


def test_reading_among_very_many_looks_a_few_up_for_each() -> None:
    held: dict[Entity, dict[str, float]] = {
        (("user", f"u{number}"),): {"request_percentage": 1.0} for number in range(20_000)
    }
    begun = time.process_time()
    found = reading.read(client(Quotas(held)), [at(f"user=u{number}") for number in range(2_000)], "kafka", FACTS)
    assert len(found.resources) == 2_000
    assert time.process_time() - begun < 3.0


def test_a_limit_is_shown_times_the_brokers() -> None:
    change = created("user=a", producer_byte_rate=10_000_000, request_percentage=50.0, controller_mutation_rate=5.0)
    said = effects.consequences({}, {change.address: change}, FACTS)[change.address]
    assert said[1] == "each of 3 brokers allows as much: in all, `producer_byte_rate` 30MB/s"
    alone = effects.consequences({}, {change.address: change}, FACTS.model_copy(update={"brokers": 1}))
    assert alone[change.address] == said[:1]
    only = created("user=a", controller_mutation_rate=5.0)
    assert len(effects.consequences({}, {only.address: only}, FACTS)[only.address]) == 1


def test_a_limit_that_goes_says_what_holds_then_or_that_nothing_does() -> None:
    change = deleted("user=a", producer_byte_rate=10)
    default = {at("user=<default>"): quota("user=<default>", producer_byte_rate=5_000_000)}
    (said,) = effects.consequences(default, {change.address: change}, FACTS)[change.address]
    assert said == ("then 5MB/s holds as `producer_byte_rate` for user `a`, the quota of every user without a quota")
    going = deleted("user=<default>", producer_byte_rate=5_000_000)
    both = {change.address: change, going.address: going}
    assert effects.consequences(default, both, FACTS)[change.address] == (
        "opens: nothing limits the writes of user `a` any more",
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (10_000_000, 5_000_000, "goes down from 10MB/s to 5MB/s"),
        (None, 5_000_000, "a new limit"),
        (5_000_000, None, "no longer limits anybody"),
        (5_000_000, 10_000_000, ""),
    ],
)
def test_a_limit_that_goes_down_throttles_and_one_that_goes_opens(
    before: int | None, after: int | None, said: str
) -> None:
    costs = effects.verdict(FieldDifference(("limits", "producer_byte_rate"), before, after)).costs
    assert [said in cost.text for cost in costs] == ([True] if said else [])


def test_requests_set_and_remove_and_leave_what_others_set() -> None:
    changes = [
        created("user=a", producer_byte_rate=1, consumer_byte_rate=None),
        updated("user=b", {"producer_byte_rate": 1, "consumer_byte_rate": 2}, {"producer_byte_rate": 3}),
        updated(
            "user=c",
            {"producer_byte_rate": 1, "consumer_byte_rate": 2},
            {"producer_byte_rate": 1, "consumer_byte_rate": None},
        ),
        deleted("user=d", producer_byte_rate=1, consumer_byte_rate=2),
    ]
    (request,) = requests.requests_for(changes)
    assert {address.name: dict(body) for address, body in request.body.items()} == {
        "user=a": {"producer_byte_rate": 1},
        "user=b": {"producer_byte_rate": 3},
        "user=c": {"consumer_byte_rate": None},
        "user=d": {"producer_byte_rate": None, "consumer_byte_rate": None},
    }
    many = [created(f"user=u{number}", producer_byte_rate=1) for number in range(requests.MOST + 1)]
    assert [len(one.body) for one in requests.requests_for(many)] == [requests.MOST, 1]


def test_reading_takes_one_call_and_what_may_hold_instead_comes_along() -> None:
    held: dict[Entity, dict[str, float]] = {
        (("user", "a"),): {"producer_byte_rate": 10.0, "request_percentage": 12.5},
        (("user", "b"),): {"producer_byte_rate": 10.0},
        (("user", None),): {"producer_byte_rate": 5.0},
        (("user", "<default>"),): {"producer_byte_rate": 5.0},
    }
    found = reading.read(client(Quotas(held)), [at("user=a"), at("user=z")], "kafka", FACTS)
    assert {one: live.spec for one, live in found.resources.items()} == {
        at("user=a"): quota("user=a", producer_byte_rate=10, request_percentage=12.5)
    }
    assert list(found.neighbours) == [at("user=<default>")]
    assert found.listed == [at("user=a"), at("user=b"), at("user=<default>")]
    everything = reading.read(client(Quotas(held)), None, "kafka", FACTS)
    assert (everything.coverage, len(everything.resources)) == (Coverage.COMPLETE, 3)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            fault_named("CLUSTER_AUTHORIZATION_FAILED", "a dump"),
            "not allowed: this needs DescribeConfigs on the cluster",
        ),
        (fault_named("_NOT_IMPLEMENTED", "reading quotas is not possible here"), "reading quotas is not possible here"),
    ],
)
def test_quotas_that_can_not_be_seen_are_denied_and_not_absent(fault: KafkaFault, said: str) -> None:
    found = reading.read(client(Quotas(fault)), [at("user=a")], "kafka", FACTS)
    assert (found.denied, found.coverage, found.listed) == ({at("user=a"): said}, Coverage.DENIED, None)
    assert reading.read(client(Quotas(fault)), None, "kafka", FACTS).unseen == {(): said}


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (None, Accepted()),
        (fault_named("INVALID_REQUEST", "no"), Refused("no")),
        (fault_named("_TIMED_OUT", "slow"), Lost("no answer to AlterClientQuotas: slow")),
    ],
)
def test_a_write_is_accepted_refused_or_lost(answer: KafkaFault | None, result: object) -> None:
    quotas = Quotas(answer=answer)
    (request,) = requests.requests_for([created("user=a", producer_byte_rate=10)])
    assert run.run(client(quotas), request) == {at("user=a"): result}
    assert quotas.sent == [({(("user", "a"),): {"producer_byte_rate": 10.0}}, False)]


def test_a_dry_run_asks_with_validate_only_and_not_without_the_right() -> None:
    quotas = Quotas(answer=fault_named("INVALID_REQUEST", "no"))
    change = created("user=a", producer_byte_rate=10)
    assert run.objections(client(quotas), [change]) == []
    assert quotas.sent == []
    (found,) = run.objections(client(quotas, "ALTER_CONFIGS"), [change])
    assert (found.problem.message, found.unchecked) == ("no", False)
    assert [dry for _, dry in quotas.sent] == [True]
