"""What every broker's block does: it names one cluster, is of its broker, and repeats nothing that was written."""

import pytest
from pydantic import ValidationError

from mqinfra.model.errors import Bug, UserError
from mqinfra.providers.base.provider import Cluster, Connection
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.redis.api.connection import RedisConnection


def redis(cluster_id: str | None = None) -> RedisConnection:
    return RedisConnection.model_validate({"nodes": ["redis-1:6379"], "clusterId": cluster_id})


@pytest.mark.parametrize("cluster_id", [None, "first", "other"])
def test_a_cluster_may_have_several_names(cluster_id: str | None) -> None:
    redis(cluster_id).require_cluster(["first", "other"], "it (redis-1:6379)")


def test_another_cluster_is_refused_by_its_first_name() -> None:
    with pytest.raises(UserError) as caught:
        redis("prod").require_cluster(["first", "other"], "it (redis-1:6379)")
    [found] = caught.value.diagnostics
    assert (found.code, found.address) == ("MQ330", "it (redis-1:6379)")
    assert found.message == "this is `first`, and `clusterId` says `prod`"


def test_a_block_of_another_broker_is_a_bug() -> None:
    cluster = Cluster("it", redis())
    assert cluster.block(RedisConnection) is cluster.connection
    assert cluster.where == "it (redis-1:6379)"
    with pytest.raises(Bug, match="RedisConnection"):
        cluster.block(KafkaConnection)


def test_no_block_repeats_what_was_written_where_a_reference_belongs() -> None:
    class Anymq(Connection):
        password: dict[str, str]

    with pytest.raises(ValidationError) as caught:
        Anymq.model_validate({"type": "anymq", "password": "hunter2"})
    assert "hunter2" not in str(caught.value)
