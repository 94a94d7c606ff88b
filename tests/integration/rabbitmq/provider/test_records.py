"""Records on real servers: pages of global parameters that come back whole, and are nobody's resources."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.base.records import RecordStore
from mqinfra.providers.rabbitmq.kinds.global_parameters import GlobalParameterKind
from tests.brokers.rabbitmq.server import RabbitServer
from tests.integration.rabbitmq.provider.opening import SECRET, client_of, opened

pytestmark = pytest.mark.newest

OWNER = Owner("shop", "prod")
ODD = 'é/%2F "quoted" \\ \U0001f407 ' + "\n" + "x" * 5_000


@pytest.fixture
def server(rabbitmq: RabbitServer) -> RabbitServer:
    rabbitmq.wipe()
    return rabbitmq


def block(server: RabbitServer) -> dict[str, str]:
    """Through the proxy, which counts writes."""
    return {"url": server.proxied_url, "amqp": f"amqp://{server.host}:{server.amqp_port}"}


Stores = Callable[..., RecordStore]


@pytest.fixture
def other(server: RabbitServer) -> Iterator[Stores]:
    """Gives the same records, or another owner's, as a later run sees them."""
    with ExitStack() as stack:

        def store_of(owner: Owner = OWNER) -> RecordStore:
            found = stack.enter_context(opened(block(server), timeout=5)).records(owner)
            assert found is not None
            return found

        yield store_of


@pytest.fixture
def store(other: Stores) -> RecordStore:
    return other()


def texts(count: int) -> dict[str, str]:
    return {f"queues/%2Fshop/orders.{number}": f'{{"origin":"created","number":{number}}}' for number in range(count)}


def written(server: RabbitServer) -> list[str]:
    """The calls that wrote since it was asked for last."""
    found = [str(request) for request in server.proxy.mutating()]
    server.proxy.reset()
    return found


def test_there_are_none_before_the_first_save(server: RabbitServer, store: RecordStore) -> None:
    stored = store.load()
    assert (stored.exists, dict(stored.texts)) == (False, {})
    assert store.others(["queues/x"]) == {}
    store.save({})
    assert written(server) == []


def test_1200_records_come_back_and_are_written_in_three_calls(
    server: RabbitServer, store: RecordStore, other: Stores
) -> None:
    all_of_them = {**texts(1_199), ODD: ODD}
    store.save(dict(all_of_them))
    assert len(written(server)) == 3
    for reader in (store, other()):
        stored = reader.load()
        assert stored.exists
        assert dict(stored.texts) == all_of_them


def test_a_change_rewrites_its_page_and_no_other(server: RabbitServer, store: RecordStore, other: Stores) -> None:
    store.save({**texts(1_200)})
    written(server)
    later = other()
    changed = "queues/%2Fshop/orders.700"
    later.save({changed: "x", "queues/%2Fshop/orders.701": None, "queues/new": "y"})
    assert written(server) == ["PUT /api/global-parameters/mqinfra.shop.prod.2"]
    found = store.load().texts
    assert (found[changed], found["queues/new"], len(found)) == ("x", "y", 1_200)
    later.save({changed: "x"})
    assert written(server) == []


def test_removed_records_are_gone_with_their_pages(server: RabbitServer, store: RecordStore, other: Stores) -> None:
    store.save({**texts(1_200)})
    written(server)
    store.save(dict.fromkeys(texts(1_200)))
    assert sorted(written(server)) == [
        f"DELETE /api/global-parameters/mqinfra.shop.prod.{number}" for number in (1, 2, 3)
    ]
    assert not other().load().exists
    store.save({"a": "b"})
    assert dict(other().load().texts) == {"a": "b"}


def test_what_somebody_else_wrote_meanwhile_stays(store: RecordStore, other: Stores) -> None:
    store.save({**texts(10)})
    store.load()
    another = other()
    another.save({"queues/theirs": "t", "queues/%2Fshop/orders.1": None})
    store.save({"queues/ours": "o"})
    found = other().load().texts
    assert {"queues/theirs", "queues/ours"} <= found.keys()
    assert "queues/%2Fshop/orders.1" not in found


def test_a_write_whose_reply_is_lost_was_done(server: RabbitServer, store: RecordStore, other: Stores) -> None:
    store.load()
    server.proxy.faults.cut_after()
    store.save({**texts(10)})
    assert dict(other().load().texts) == texts(10)


def test_a_write_that_is_not_known_to_be_done_is_said_and_can_be_done_again(
    server: RabbitServer, store: RecordStore, other: Stores
) -> None:
    store.save({**texts(10)})
    server.proxy.faults.drop_request()
    with pytest.raises(UserError) as error:
        store.save({"queues/new": "x"})
    assert "the records of `shop/prod` can't be written" in str(error.value)
    store.save({"queues/new": "x"})
    assert other().load().texts["queues/new"] == "x"


def test_owners_are_kept_apart_and_others_are_found_by_the_same_listing(server: RabbitServer, other: Stores) -> None:
    owners = [Owner("shop", "prod"), Owner("shop", "test"), Owner("shop.prod", "a"), Owner("shop", "prod.a")]
    for number, owner in enumerate(owners):
        other(owner).save({"queues/common": str(number), f"queues/own-{number}": "x"})
    server.proxy.reset()
    store = other(owners[0])
    asked = len(server.proxy.recorder.requests)
    assert store.load().texts["queues/common"] == "0"
    found = store.others(["queues/common", "queues/own-2", "queues/own-0"])
    assert len(server.proxy.recorder.requests) == asked + 1
    assert found == {
        owners[1]: {"queues/common": "1"},
        owners[2]: {"queues/common": "2", "queues/own-2": "x"},
        owners[3]: {"queues/common": "3"},
    }


@pytest.mark.parametrize("tag", ["management", "monitoring"])
def test_without_policymaker_the_missing_tag_is_named(server: RabbitServer, tag: str, other: Stores) -> None:
    other().save({"a": "b"})
    server.management.call("PUT", "users", "deployer", body={"password": SECRET, "tags": tag})
    with opened(block(server), "deployer", SECRET) as session:
        store = session.records(OWNER)
        assert store is not None
        for use in (store.load, lambda: store.save({"c": "d"}), lambda: store.others(["a"])):
            with pytest.raises(UserError) as error:
                use()
            [found] = error.value.diagnostics
            assert found.code == "MQ346"
            assert found.message == "the records of `shop/prod` can't be read: `deployer` needs the tag `policymaker`"
            assert "rabbitmqctl set_user_tags deployer policymaker" in found.help[0]
            assert SECRET not in str(found)


def test_the_tag_policymaker_is_enough(server: RabbitServer) -> None:
    server.management.call("PUT", "users", "deployer", body={"password": SECRET, "tags": "policymaker"})
    with opened(block(server), "deployer", SECRET) as session:
        store = session.records(OWNER)
        assert store is not None
        store.save({"a": "b"})
        assert dict(store.load().texts) == {"a": "b"}


def test_pages_are_nobodys_resources(server: RabbitServer, store: RecordStore) -> None:
    store.save({**texts(10)})
    server.management.call("PUT", "global-parameters", "theirs", body={"value": "x"})
    kind = GlobalParameterKind()
    with opened(block(server)) as session:
        context = ClusterContext("rabbit", session.facts, session._secrets)
        found: KindReading = kind.read(client_of(session), None, context)
    names = {address.name for address in found.resources if kind.internal(address) is None}
    assert names == {"theirs"}


def test_a_forged_page_claims_nothing_and_is_left_alone(server: RabbitServer, store: RecordStore) -> None:
    server.management.call("PUT", "global-parameters", "mqinfra.shop.prod.1", body={"value": {"texts": "x"}})
    assert dict(store.load().texts) == {}
    store.save({"a": "b"})
    assert server.management.get("global-parameters", "mqinfra.shop.prod.1")["value"] == {"texts": "x"}
    assert dict(store.load().texts) == {"a": "b"}
