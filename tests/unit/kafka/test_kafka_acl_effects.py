"""What changes of ACLs mean for others, what goes first, and what never goes by itself. Without a broker."""

from __future__ import annotations

from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.reading import Facts
from mqinfra.providers.kafka.acls.authorizer import Authorizer
from mqinfra.providers.kafka.acls.caller import lost_by
from mqinfra.providers.kafka.acls.certificate_names import mapped
from mqinfra.providers.kafka.acls.effects import consequences, needing_a_line, precedence
from mqinfra.providers.kafka.acls.figures import figures
from mqinfra.providers.kafka.acls.spec import address_of, spec_of
from mqinfra.providers.kafka.api.acl import EVERYONE_ALLOWED, Acl
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.group_calls import Group

OPEN = Facts(cluster_id="c", traits={EVERYONE_ALLOWED: "true", "user": "User:deployer"})
CLOSED = Facts(cluster_id="c", traits={"user": "User:deployer"})


def acl(principal: str = "User:billing", **fields: str) -> Acl:
    usual = {"resource": "topic", "name": "orders", "pattern": "literal", "host": "*", "operation": "Read"}
    return Acl(**{**usual, "permission": "allow", **fields}, principal=principal)


def at(one: Acl) -> Address:
    return address_of("kafka", one)


def live(*some: Acl) -> dict[Address, Any]:
    return {at(one): spec_of(one) for one in some}


def planned(*, create: tuple[Acl, ...] = (), delete: tuple[Acl, ...] = ()) -> dict[Address, Change]:
    made = {at(one): Change(at(one), Action.CREATE, Reason.ABSENT) for one in create}
    return made | {at(one): Change(at(one), Action.DELETE, Reason.NOT_DECLARED) for one in delete}


def test_a_deny_that_goes_is_marked_as_widening_and_one_that_comes_as_taking_away() -> None:
    gone, new = acl(permission="deny"), acl("User:*", permission="deny", operation="Write")
    said = consequences(live(gone), planned(create=(new,), delete=(gone,)), CLOSED)
    assert said[at(gone)] == ("widens: `User:billing` is no longer denied to Read topic `orders`",)
    assert said[at(new)] == ("takes away: everybody may not Write topic `orders`, whatever else says so",)


def test_the_last_acl_on_what_is_open_without_any_opens_it() -> None:
    last, other = acl(), acl("User:shipping")
    assert "to everybody" in consequences(live(last), planned(delete=(last,)), OPEN)[at(last)][0]
    assert consequences(live(last, other), planned(delete=(last,)), OPEN) == {}
    both = consequences(live(last, other), planned(delete=(last, other)), OPEN)
    assert both.keys() == {at(last), at(other)}
    assert consequences(live(last), planned(delete=(last,)), CLOSED) == {}


def test_what_opens_a_resource_or_lets_in_the_caller_needs_a_line() -> None:
    last, covered = acl(), acl(name="shop.a")
    above = acl("User:other", name="shop.", pattern="prefixed")
    everything = acl("User:*", resource="cluster", name="kafka-cluster", operation="Alter")
    seen = live(last, covered, above, everything)
    found = needing_a_line(seen, [at(last), at(covered), at(everything)], OPEN)
    assert set(found) == {at(last), at(everything)}
    assert "open to everybody" in found[at(last)]
    assert "as `User:deployer`" in found[at(everything)]
    assert set(needing_a_line(seen, [at(last), at(covered)], CLOSED)) == set()


def test_nothing_goes_by_itself_while_it_is_not_known_who_asks() -> None:
    found = needing_a_line(live(acl()), [at(acl())], Facts(cluster_id="c"))
    assert "set `principal`" in found[at(acl())]


def test_rights_are_given_before_any_of_the_same_principal_are_taken() -> None:
    given, taken, denied = acl(), acl(operation="Write"), acl(operation="Delete", permission="deny")
    other, all_denied = acl("User:shipping"), acl("User:*", operation="Create", permission="deny")
    pairs = set(precedence(planned(create=(given, denied, other, all_denied), delete=(taken,))))
    assert pairs == {
        (at(taken), at(given)),
        (at(denied), at(given)),
        (at(all_denied), at(given)),
        (at(all_denied), at(other)),
    }


@pytest.mark.parametrize(
    ("acls", "allowed"),
    [
        ((), False),
        ((acl(),), True),
        ((acl(operation="Write"),), False),
        ((acl(operation="All"),), True),
        ((acl(name="ord", pattern="prefixed"),), True),
        ((acl(name="*"),), True),
        ((acl(name="ord"),), False),
        ((acl("User:*"),), True),
        ((acl("User:shipping"),), False),
        ((acl(), acl("User:*", permission="deny")), False),
        ((acl(), acl(operation="Describe", permission="deny")), True),
        ((acl(host="10.0.0.7"),), False),
        ((acl(resource="group"),), False),
    ],
)
def test_acls_are_weighed_as_brokers_weigh_them(acls: tuple[Acl, ...], *, allowed: bool) -> None:
    assert Authorizer(acls).lets("User:billing", "Read", "topic", "orders") is allowed


def test_what_is_implied_is_allowed_and_only_denied_by_its_own_name() -> None:
    assert Authorizer([acl()]).lets("User:billing", "Describe", "topic", "orders")
    assert Authorizer([acl(), acl(operation="Write", permission="deny")]).lets(
        "User:billing", "Describe", "topic", "orders"
    )
    assert not Authorizer([acl(), acl(operation="Describe", permission="deny")]).lets(
        "User:billing", "Describe", "topic", "orders"
    )


def test_the_caller_loses_nothing_by_what_it_has_otherwise() -> None:
    mine = acl("User:deployer", resource="cluster", name="kafka-cluster", operation="All")
    everybodys = acl("User:*", resource="cluster", name="kafka-cluster", operation="Alter")
    assert list(lost_by("User:deployer", [mine, everybodys], (), [at(everybodys)])) == []
    assert list(lost_by("User:deployer", [everybodys], (), [at(everybodys)])) == [at(everybodys)]


def test_a_deny_on_the_records_of_mqinfra_locks_it_out() -> None:
    all_topics = acl("User:deployer", name="*", operation="All")
    denied = acl("User:*", name="_mqinfra.", pattern="prefixed", operation="Write", permission="deny")
    assert list(lost_by("User:deployer", [all_topics], [at(denied)], ())) == [at(denied)]
    elsewhere = acl("User:*", name="orders", operation="Write", permission="deny")
    assert list(lost_by("User:deployer", [all_topics], [at(elsewhere)], ())) == []


class Client:
    """A cluster with groups."""

    def __init__(self, groups: list[Group] | KafkaFault, *known: Acl) -> None:
        self.groups, self.acls, self.known = self, self, known
        self._groups = groups

    def active(self) -> list[Group] | KafkaFault:
        return self._groups


def test_members_of_groups_that_read_by_it_are_named() -> None:
    groups = [
        Group("billing", frozenset({"orders"}), settled=True, members=("worker-1 (10.0.0.7)", "worker-2 (10.0.0.8)")),
        Group("shipping", frozenset({"orders"}), settled=True, members=("truck (10.0.0.9)",)),
    ]
    own_group = acl(resource="group", name="billing")
    client: Any = Client(groups, own_group)
    found = figures(client, [at(acl()), at(own_group), at(acl(operation="Write"))])
    said = ("group `billing` reads now and would be refused: worker-1 (10.0.0.7), worker-2 (10.0.0.8)",)
    assert found[at(acl())].details == said
    assert found[at(own_group)].details == said
    assert found[at(acl(operation="Write"))].details == ()
    assert all(figure.consumers == () for figure in found.values())


def test_groups_that_can_t_be_seen_are_said() -> None:
    client: Any = Client(fault_named("GROUP_AUTHORIZATION_FAILED", "this needs Describe on the cluster"))
    assert "can't be told" in figures(client, [at(acl())])[at(acl())].details[0]


@pytest.mark.parametrize(
    ("rules", "made"),
    [
        ("DEFAULT", "CN=Duke,OU=Users,O=Org"),
        ("RULE:^CN=(.*?),OU=Users.*$/$1/", "Duke"),
        ("RULE:^CN=(.*?),OU=Users.*$/$1/L,DEFAULT", "duke"),
        ("RULE:^CN=(.*?),OU=Admins.*$/$1/, RULE:^.*O=(.*)$/$1/U", "ORG"),
        ("RULE:^CN=(.*?),OU=(.*?),.*$/$1@$2/", "Duke@Users"),
        ("RULE:^CN=x$/y/", None),
    ],
)
def test_a_certificates_name_becomes_what_brokers_make_of_it(rules: str, made: str | None) -> None:
    assert mapped("CN=Duke,OU=Users,O=Org", rules) == made
