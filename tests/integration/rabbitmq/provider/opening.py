"""Sessions with RabbitMQ, opened as the provider opens them."""

from typing import Any

from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.providers.base.broker_session import BrokerSession
from mqinfra.providers.base.provider import Cluster
from mqinfra.providers.rabbitmq.api.connection import RabbitConnection
from mqinfra.providers.rabbitmq.connect import connect
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from tests.brokers.ports import HOST
from tests.brokers.rabbitmq.server import RabbitServer

GUEST = "guest"
SECRET = "planted-secret-of-the-deployer"


def block_of(server: RabbitServer) -> dict[str, Any]:
    return {"url": server.http_url, "amqp": f"amqp://{HOST}:{server.amqp_port}"}


def opened(
    block: dict[str, Any], user: str = "guest", password: str = GUEST, timeout: float = 20
) -> BrokerSession[RabbitClient]:
    def secrets(reference: SecretRef) -> SecretValue:
        assert reference.env == "RABBITMQ_PASSWORD"
        return SecretValue(password)

    login = {"username": user, "password": {"env": "RABBITMQ_PASSWORD"}}
    connection = RabbitConnection.model_validate({**login, **block})
    return connect(Cluster("rabbitmq", connection), {}, secrets, timeout)


def client_of(session: BrokerSession[RabbitClient]) -> RabbitClient:
    return session._client
