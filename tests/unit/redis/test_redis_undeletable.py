"""Whom no plan deletes, whatever it rests on: who mqinfra is logged in as, and the user of every new connection."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.holding import Holding
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.request import Accepted, Refused, Request
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.users.kind import UserKind
from mqinfra.providers.redis.users.requests import DELETE
from mqinfra.providers.redis.users.spec import UserSpec

KIND = UserKind()
OLD = Address("it", "users", ("old",))


def secrets(reference: SecretRef) -> SecretValue:
    raise AssertionError(reference)


CONTEXT = ClusterContext("it", Facts(cluster_id="it"), secrets)


def client() -> RedisClient:
    return RedisClient("it", (), {}, (), "deployer", None, {}, dict)


def test_users_are_rights_that_go_with_their_entry() -> None:
    assert KIND.holding is Holding.RIGHT
    assert KIND.goes_by_itself(UserSpec())


@pytest.mark.parametrize("name", ["deployer", "default"])
def test_they_are_refused_while_planning_and_again_before_they_are_sent(name: str) -> None:
    address = Address("it", "users", (name,))
    changes = [
        Change(address=item, action=Action.DELETE, reason=Reason.TOMBSTONE, before={}) for item in (address, OLD)
    ]
    refused = [item for item in KIND.dry_run(client(), changes, CONTEXT) if not item.unchecked]
    assert [item.address for item in refused] == [address]
    request = Request("users", DELETE, {item: {"user": item.name} for item in (address, OLD)})
    results = KIND.run(client(), request, CONTEXT)
    assert isinstance(results[address], Refused)
    assert isinstance(results[OLD], Accepted)
