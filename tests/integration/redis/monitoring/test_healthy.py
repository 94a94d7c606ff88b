"""Healthy traffic, with consumers that are restarted and nodes that are, is never called bad."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import redis
from redis.cluster import ClusterNode
from redis.sentinel import Sentinel

from tests.integration.beside import Work, beside
from tests.integration.healthy import LONG, ROLLING, SHORT, Length, coming_and_going, never_bad

if TYPE_CHECKING:
    from tests.brokers.redis.deployment import RedisDeployment
    from tests.integration.redis.provider.conftest import Shop

STREAM, GROUP = "{orders}", "billing"
_AGAIN, _PACE, _BLOCK = 0.5, 0.02, 300


Client = redis.Redis | redis.RedisCluster


def primary_of(deployment: RedisDeployment) -> Client:
    """A client that finds the primary, whichever node it is."""
    if deployment.topology == "cluster":
        place: Any = ClusterNode
        nodes = [place(node.host, node.port) for node in deployment.nodes]
        return redis.RedisCluster(startup_nodes=nodes, socket_timeout=5.0)
    if not deployment.sentinels:
        return redis.Redis(deployment.host, deployment.port, socket_timeout=5.0)
    sentinels: Any = Sentinel
    places = [(node.host, node.port) for node in deployment.sentinels]
    found: redis.Redis = sentinels(places, socket_timeout=5.0).master_for(deployment.master_name, socket_timeout=5.0)
    return found


def again_and_again(deployment: RedisDeployment, over: threading.Event, work: Callable[[Client], None]) -> None:
    """Work with the primary, and with the next one when it goes, until it is over."""
    while not over.is_set():
        try:
            with primary_of(deployment) as client:
                work(client)
        except redis.RedisError:
            over.wait(_AGAIN)


def producing(deployment: RedisDeployment) -> Work:
    """Some fifty entries a second, of which the newest thousands stay."""

    def work(over: threading.Event) -> None:
        def add(client: Client) -> None:
            while not over.wait(_PACE):
                client.xadd(STREAM, {"body": "x"}, maxlen=5_000)

        again_and_again(deployment, over, add)

    return work


def consuming(deployment: RedisDeployment) -> Work:
    """Two consumers that go one after the other, and begin with what they had not acknowledged."""

    def consume(name: str, over: threading.Event) -> None:
        def take(client: Client) -> None:
            begin = "0"
            while not over.is_set():
                replies: Any = client.xreadgroup(GROUP, name, {STREAM: begin}, count=100, block=_BLOCK)
                ids = [one for _, entries in replies or () for one, _ in entries]
                if ids:
                    client.xack(STREAM, GROUP, *ids)
                else:
                    begin = ">"

        again_and_again(deployment, over, take)

    return coming_and_going(lambda name: beside(partial(consume, name), name))


def watched(shop: Shop, deployment: RedisDeployment, length: Length) -> None:
    shop.on(deployment)
    shop.declare(streams={STREAM: {"deadLetter": True, "groups": {GROUP: {}}}})
    shop.apply()
    never_bad(length, (producing(deployment), consuming(deployment)), deployment.nodes)


def test_restarts_of_consumers_and_of_the_server_are_never_called_bad(shop: Shop, single: RedisDeployment) -> None:
    watched(shop, single, SHORT)


@pytest.mark.slow_faults
def test_half_an_hour_with_a_rolling_restart_is_never_called_bad(shop: Shop, redis_7_sentinel: RedisDeployment) -> None:
    redis_7_sentinel.wipe()
    watched(shop, redis_7_sentinel, LONG)


@pytest.mark.slow_faults
def test_a_rolling_restart_of_a_cluster_is_never_called_bad(shop: Shop, redis_7_cluster: RedisDeployment) -> None:
    redis_7_cluster.wipe()
    watched(shop, redis_7_cluster, ROLLING)
