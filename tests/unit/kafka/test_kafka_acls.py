"""What an ACL is called, and what a call of them holds. Without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Coverage, Facts, Listing
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.request import Accepted, Refused
from mqinfra.providers.kafka.acls import reading
from mqinfra.providers.kafka.acls.kind import AclKind
from mqinfra.providers.kafka.acls.requests import CREATE, DELETE, MOST, requests_for
from mqinfra.providers.kafka.acls.spec import AclSpec, acl_at, address_of, name_problem, spec_of
from mqinfra.providers.kafka.api.acl import Acl, AclList
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.wire import Peer

FACTS = Facts(cluster_id="x")
READ = {"principal": "User:billing", "resource": "topic", "name": "orders", "operation": "Read"}
KIND = AclKind()


def acl(**fields: str) -> Acl:
    return Acl(
        **{
            "resource": "topic",
            "name": "orders",
            "pattern": "literal",
            "principal": "User:billing",
            "host": "*",
            "operation": "Read",
            "permission": "allow",
            **fields,
        }
    )


def no_secrets(_: SecretRef) -> SecretValue:
    raise AssertionError


def change(one: Acl, action: Action = Action.CREATE) -> Change:
    return Change(address=address_of("kafka", one), action=action, reason=Reason.ABSENT)


class Client:
    """A cluster with some ACLs."""

    def __init__(self, *there: Acl, missing: str = "", fault: KafkaFault | None = None) -> None:
        self.acls, self.peer = self, Peer("kafka", "broker:9092", "User:deployer")
        self._there, self._missing, self._fault = there, missing, fault
        self.asked: list[str] = []

    def all(self) -> AclList | KafkaFault:
        return self._fault or AclList(self._there, self._missing)

    def of(self, principals: list[str]) -> AclList | KafkaFault:
        self.asked += principals
        return self._fault or AclList([one for one in self._there if one.principal in principals], self._missing)

    def create(self, acls: list[Acl]) -> dict[Acl, KafkaFault | None]:
        return dict.fromkeys(acls, self._fault)


@pytest.mark.parametrize(
    "one",
    [
        acl(),
        acl(resource="cluster", name="kafka-cluster", operation="Alter"),
        acl(name="orders.", pattern="prefixed", permission="deny", host="10.0.0.7"),
        acl(name="*", principal="User:CN=a,OU=b", operation="All"),
        acl(resource="user", name="User:ann", operation="CreateTokens"),
    ],
)
def test_an_acl_is_its_own_name(one: Acl) -> None:
    address = address_of("kafka", one)
    assert Address.parse(str(address)) == address
    assert acl_at(address) == one
    assert spec_of(one).acl == one
    assert name_problem(address) is None
    assert KIND.placement.pairs_of(spec_of(one).to_json()) == address.pairs


def test_what_is_usual_is_no_part_of_the_name() -> None:
    address = address_of("kafka", acl())
    assert str(address) == "kafka/acls/name=orders,operation=Read,principal=User:billing,resource=topic"
    said = {**READ, "pattern": "literal", "permission": "allow", "host": "*"}
    assert KIND.placement.pairs_of(said) == address.pairs


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"principal": "billing"}, "such as `User:billing`"),
        ({"principal": "user:billing"}, "write `User:billing`"),
        ({"principal": "User:arn:aws:iam::123:role/billing"}, "obeys IAM policies and no ACLs"),
        ({"operation": "ClusterAction"}, "means nothing on a topic"),
        ({"name": None}, "set `name`"),
        ({"resource": "cluster", "operation": "Alter"}, "leave `name` and `pattern` out"),
        ({"name": "*", "pattern": "prefixed"}, "stands for itself"),
        ({"host": "10.0.0.0/8"}, "no networks"),
    ],
)
def test_what_would_never_match_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AclSpec.model_validate(READ | fields)


def test_an_address_that_repeats_the_usual_is_none() -> None:
    problem = name_problem(Address("kafka", "acls", (), (*address_of("kafka", acl()).pairs, ("host", "*"))))
    assert problem is not None
    assert "`host=*` is left out" in problem.message


def test_a_deny_and_what_brokers_need_don_t_go_by_themselves() -> None:
    assert KIND.goes_by_itself(spec_of(acl()))
    assert not KIND.goes_by_itself(spec_of(acl(permission="deny")))
    assert not KIND.goes_by_itself(spec_of(acl(resource="cluster", name="kafka-cluster", operation="ClusterAction")))


def test_a_call_never_holds_more_than_a_broker_survives() -> None:
    changes = [change(acl(name=f"t{number}")) for number in range(10_001)]
    changes += [change(acl(name=f"u{number}"), Action.DELETE) for number in range(10_001)]
    requests = requests_for(changes)
    assert max(len(request.body) for request in requests) == MOST == 1_000
    assert [request.api for request in requests] == [CREATE] * 11 + [DELETE] * 11


def test_denies_come_after_all_that_lets_in() -> None:
    changes = [change(acl(name="a", permission="deny")), change(acl(name="b")), change(acl(name="c"), Action.DELETE)]
    requests = requests_for(changes)
    assert [acl_at(address).name for request in requests for address in request.body] == ["b", "a", "c"]


def test_without_the_right_nothing_is_taken_for_absent() -> None:
    client: Any = Client(fault=fault_named("CLUSTER_AUTHORIZATION_FAILED", "this needs Describe on the cluster"))
    wanted = [address_of("kafka", acl())]
    found = reading.read(client, wanted, "kafka", FACTS)
    assert found.denied == {wanted[0]: "this needs Describe on the cluster"}
    assert found.coverage is Coverage.DENIED
    assert found.listed is None


def test_what_is_of_an_unreadable_type_is_denied_and_nothing_is_listed() -> None:
    token = acl(resource="user", name="User:ann", operation="CreateTokens")
    client: Any = Client(acl(), missing="those of users are not possible here")
    wanted = [address_of("kafka", one) for one in (acl(), token, acl(name="absent"))]
    found = reading.read(client, wanted, "kafka", FACTS)
    assert list(found.resources) == wanted[:1]
    assert list(found.denied) == [wanted[1]]
    assert found.listed is None


def test_others_acls_are_listed_and_only_those_that_bear_on_ours_are_kept() -> None:
    others = [acl(name=f"t{number}", principal="User:other") for number in range(100)]
    same, everyone = acl(principal="User:other"), acl(name="x", principal="User:*")
    client: Any = Client(acl(), *others, same, everyone)
    wanted = address_of("kafka", acl())
    found = reading.read(client, [wanted], "kafka", FACTS)
    assert found.listed is not None
    assert len(list(found.listed)) == 103
    assert next(one for one in found.listed if one == wanted) is wanted
    assert set(found.neighbours) == {address_of("kafka", same), address_of("kafka", everyone)}


def test_which_of_very_many_are_ours_is_told_by_one_of_each_principal() -> None:
    client: Any = Client(*(acl(name=f"t{number}", principal=f"User:{number % 3}") for number in range(300)))
    listed = reading.read(client, [address_of("kafka", acl())], "kafka", FACTS).listed
    assert isinstance(listed, Listing)
    asked: list[Address] = []

    def owns(address: Address) -> bool:
        asked.append(address)
        return dict(address.pairs)["principal"] == "User:1"

    assert list(listed.owned(owns)) == [one for one in listed if dict(one.pairs)["principal"] == "User:1"]
    assert len(asked) == 3


def test_few_principals_are_looked_at_by_themselves() -> None:
    client: Any = Client(acl(), acl(principal="User:other"))
    found = reading.look(client, [address_of("kafka", acl())])
    assert client.asked == ["User:billing"]
    assert list(found.resources) == [address_of("kafka", acl())]


def test_a_missing_right_to_write_is_said_without_the_brokers_dump() -> None:
    client: Any = Client(fault=fault_named("CLUSTER_AUTHORIZATION_FAILED", "Request Request(processor=1, ...)"))
    request = requests_for([change(acl())])[0]
    context = ClusterContext("kafka", Facts(cluster_id="x"), no_secrets)
    result = KIND.run(client, request, context)
    (refused,) = result.values()
    assert isinstance(refused, Refused)
    assert refused.message == "not allowed: this needs Alter on the cluster"
    assert "--allow-principal User:deployer" in refused.help[0]
    working: Any = Client()
    assert all(isinstance(one, Accepted) for one in KIND.run(working, request, context).values())
