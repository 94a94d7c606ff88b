"""Sessions with a deployment of the tests, as whoever may do everything or as a user with few rights."""

from collections.abc import Iterable

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.base.session import Session
from mqinfra.providers.redis.api.connection import RedisConnection
from tests.brokers.redis.deployment import RedisDeployment

_PASSWORD = "s3cret"
CONNECT = ("+info", "+cluster|info", "+cluster|nodes", "+config|get", "+acl|whoami")


def session_on(deployment: RedisDeployment, user: str = "") -> Session:
    """Open a session; `user` is one that `limited` made, else `default`, who may do everything."""
    login = {"username": user, "password": {"env": "IT"}} if user else {}
    connection = RedisConnection.model_validate({**deployment.block, **login})
    return installed().providers["redis"].connect(Cluster("it", connection), _secret, 10.0)


def limited(deployment: RedisDeployment, user: str, rules: Iterable[str]) -> None:
    """Make a user that may connect, and do what some rules allow."""
    for node in deployment.nodes:
        node.admin.call("ACL", "SETUSER", user, "reset", "on", f">{_PASSWORD}", *CONNECT, *rules)


def _secret(_: SecretRef) -> SecretValue:
    return SecretValue(_PASSWORD)
