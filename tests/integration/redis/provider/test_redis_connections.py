"""Every way in which a connection fails has a message of its own, a next step, and an end within ten seconds."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers.ports import free_ports
from tests.brokers.redis.deployment import RedisDeployment
from tests.brokers.redis.release import DEFAULT, installed
from tests.brokers.redis.settings import Settings
from tests.integration.redis.provider.bare import BareServer
from tests.integration.redis.provider.conftest import Shop
from tests.late import LATE

SECRET = "planted-secret-of-the-deployer"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisDeployment]:
    """A server with a password, TLS, and a user who may do nothing."""
    folder = tmp_path_factory.mktemp("guarded")
    users = (f"nobody on >{SECRET} +ping", f"blind on >{SECRET} +@all -config -acl|getuser ~*")
    deployment = RedisDeployment(installed(DEFAULT), folder, Settings(password="right", users=users, tls=True))
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()


def failure(shop: Shop, block: dict[str, Any]) -> tuple[str, str]:
    """Code and message of the one finding about a connection that fails."""
    shop.connect(block)
    shop.declare(streams={"orders": {}})
    started = time.monotonic()
    ran = shop.mq("plan", "-o", "json")
    assert time.monotonic() - started < 10 + LATE
    assert ran.code == 1, ran.text
    assert SECRET not in ran.text
    assert "Traceback" not in ran.text
    [found] = ran.json()["diagnostics"]
    assert found["help"], found
    return found["code"], found["message"]


def test_closed_port(shop: Shop) -> None:
    port = free_ports(1)[0]
    assert failure(shop, {"nodes": [f"127.0.0.1:{port}"]}) == (
        "MQ414",
        f"`127.0.0.1:{port}` refused the connection: nothing listens on that port",
    )


def test_unknown_host(shop: Shop) -> None:
    assert failure(shop, {"host": "no-such-host.invalid"}) == ("MQ415", "host `no-such-host.invalid` can't be resolved")


def test_silence(shop: Shop, single: RedisDeployment) -> None:
    single.pause()
    try:
        code, message = failure(shop, {"nodes": [single.nodes[0].address]})
    finally:
        single.resume()
    assert (code, "accepts connections, but does not answer" in message) == ("MQ414", True)


def test_plain_text_at_a_tls_port(shop: Shop, guarded: RedisDeployment) -> None:
    code, message = failure(shop, {"nodes": [f"127.0.0.1:{guarded.tls_ports[0]}"]})
    assert (code, "closes the connection without an answer: it is a TLS port" in message) == ("MQ454", True), message


def test_tls_at_a_plain_port(shop: Shop, guarded: RedisDeployment) -> None:
    code, message = failure(shop, {"nodes": [guarded.nodes[0].address], "tls": True})
    assert (code, "does not speak TLS" in message) == ("MQ454", True), message


def test_unknown_authority(shop: Shop, guarded: RedisDeployment) -> None:
    code, message = failure(shop, {"nodes": [f"127.0.0.1:{guarded.tls_ports[0]}"], "tls": True})
    assert (code, "can't be verified" in message) == ("MQ416", True), message


def test_wrong_password(shop: Shop, guarded: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER", SECRET)
    block = {"nodes": [guarded.nodes[0].address], "password": {"env": "DEPLOYER"}}
    code, message = failure(shop, block)
    assert (code, "refused the login of `default`" in message) == ("MQ720", True), message


def test_no_password(shop: Shop, guarded: RedisDeployment) -> None:
    code, message = failure(shop, {"nodes": [guarded.nodes[0].address]})
    assert (code, "requires a login, and none is given" in message) == ("MQ720", True), message


def test_password_for_a_server_without(shop: Shop, single: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER", SECRET)
    code, message = failure(shop, {"nodes": [single.nodes[0].address], "password": {"env": "DEPLOYER"}})
    assert (code, "does not accept a login: `default` has no password there" in message) == ("MQ720", True), message


def test_no_right_to_look(shop: Shop, guarded: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER", SECRET)
    block = {"nodes": [guarded.nodes[0].address], "username": "nobody", "password": {"env": "DEPLOYER"}}
    code, message = failure(shop, block)
    assert (code, "`nobody` may not run `info`" in message) == ("MQ721", True), message


def test_no_right_to_see_users(shop: Shop, guarded: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER", SECRET)
    shop.connect({"nodes": [guarded.nodes[0].address], "username": "blind", "password": {"env": "DEPLOYER"}})
    shop.declare(users={"feed": {}})
    ran = shop.mq("plan")
    assert ran.code == 3
    assert "not allowed: this needs `+acl|getuser`" in ran.text
    assert SECRET not in ran.text


def test_tls_and_login_work(shop: Shop, guarded: RedisDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER", "right")
    shop.connect(
        {
            "nodes": [f"127.0.0.1:{guarded.tls_ports[0]}"],
            "password": {"env": "DEPLOYER"},
            "tls": {"ca": str(guarded.ca_file)},
        }
    )
    shop.declare(streams={"orders": {}}, users={"feed": {}})
    shop.apply()
    assert shop.changes() == {}


def test_loading(shop: Shop, tmp_path: Path) -> None:
    with BareServer(tmp_path / "redis") as server:
        for number in range(60):
            server.call("SET", f"key-{number}", "x" * 4000)
        server.call("CONFIG", "SET", "rdbcompression", "no")
        server.call("SAVE")
        server.restart("--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024")
        code, message = failure(shop, {"host": "127.0.0.1", "port": server.port})
    assert (code, "is loading its data" in message) == ("MQ417", True), message


def test_cluster_that_is_down(shop: Shop, tmp_path: Path) -> None:
    # Without one that was seen to be free its bus takes the port 10,000 above, which anybody's connection may have.
    bus = str(free_ports(1)[0])
    with BareServer(tmp_path / "redis", "--cluster-enabled", "yes", "--cluster-port", bus) as server:
        code, message = failure(shop, {"host": "127.0.0.1", "port": server.port})
    assert (code, "some slots have no reachable server" in message) == ("MQ417", True), message


def test_replica(shop: Shop, pair: RedisDeployment) -> None:
    primary, replica = pair.primaries[0].address, pair.replicas[0].address
    code, message = failure(shop, {"nodes": [replica]})
    assert (code, message) == (
        "MQ419",
        f"`{replica}` is a replica, which accepts no writes; its master is `{primary}`",
    )
    shop.connect({"nodes": [replica, primary]})
    assert shop.mq("plan").code == 0


def test_another_deployment_than_the_one_named(
    shop: Shop, single: RedisDeployment, redis_7_cluster: RedisDeployment
) -> None:
    address = single.nodes[0].address
    code, message = failure(shop, {"nodes": [address], "clusterId": "prod:6379"})
    assert (code, message) == ("MQ330", f"this is `{address}`, and `clusterId` says `prod:6379`")
    shop.connect({"nodes": [address], "clusterId": address})
    assert shop.mq("plan").code == 0
    node = redis_7_cluster.nodes[0]
    for other in redis_7_cluster.nodes:
        shop.connect({"nodes": [node.address], "clusterId": str(other.admin.call("CLUSTER", "MYID"))})
        assert shop.mq("plan").code == 0
    assert failure(shop, {"nodes": [node.address], "topology": "single"})[0] == "MQ331"
