"""What librdkafka has no call for, through kafka-python: the one place that knows it, imported when it is needed.

It opens connections of its own, and only for questions that come up when something is unusual about the cluster.
Where the login or the TLS of the connection is one that it can't do, or the broker won't answer, that is said and not
guessed.
"""

import logging
import ssl
import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from confluent_kafka import KafkaError

from mqinfra.model.frozen import dataclass
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.providers.kafka.api.connection import KafkaConnection
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.sasl import Sasl
from mqinfra.providers.kafka.api.second_acls import CodedError
from mqinfra.providers.kafka.api.second_tls import context_of
from mqinfra.providers.kafka.api.security import KafkaTls

if TYPE_CHECKING:
    from kafka import KafkaProducer
    from kafka.admin import KafkaAdminClient

T = TypeVar("T")

_PATIENCE = 10.0
_BY_EXCEPTION = {"ClusterAuthorizationFailedError": "CLUSTER_AUTHORIZATION_FAILED"}


@dataclass(frozen=True, slots=True)
class Unavailable:
    """kafka-python can't be used with this cluster.

    Attributes:
        reason: why, as a predicate: `is not possible here with a login by GSSAPI`.
    """

    reason: str


class SecondClient:
    """Asks a cluster what librdkafka can't ask.

    Args:
        connection: how to reach the cluster.
        secrets: looks the connection's secrets up.
        timeout: seconds that the user waits for an answer.
    """

    def __init__(self, connection: KafkaConnection, secrets: SecretResolver, timeout: float) -> None:
        self._connection, self._secrets = connection, secrets
        self._patience = min(timeout, _PATIENCE)

    def ask(self, question: Callable[["KafkaAdminClient"], T]) -> T | KafkaFault | Unavailable:
        """Ask something.

        Args:
            question: sends a request, and makes plain values of the answer.

        Returns:
            its answer; what the broker had against it, or that none came; or that there is no client.
        """
        admin = self._opened
        if isinstance(admin, Unavailable):
            return admin
        try:
            return question(admin)
        except CodedError as error:
            return fault_of_code(error)
        except self._errors as error:
            # kafka-python hides why it can't connect, and may repeat what it was given: only the kind of error is told.
            name = _BY_EXCEPTION.get(type(error).__name__, "_TRANSPORT")
            return fault_named(name, f"failed with {type(error).__name__}")

    def producer(self, more: Mapping[str, Any]) -> "KafkaProducer | Unavailable":
        """Open a producer, with further settings by kafka-python's names."""
        from kafka import KafkaProducer  # noqa: PLC0415 - see _opened

        _silence()
        config = self._config()
        if isinstance(config, str):
            return Unavailable(config)
        try:
            return KafkaProducer(**config, **more)
        except self._errors as error:
            return Unavailable(f"failed with {type(error).__name__}")

    def tls(self) -> ssl.SSLContext | str | None:
        """The TLS of the connection as Python has it; a text says why it can't have it, None that there is none."""
        security = self._connection.security
        return context_of(security.tls or KafkaTls(), self._text) if security.protocol.encrypted else None

    def close(self) -> None:
        """Drop the connections."""
        opened = self.__dict__.pop("_opened", None)
        if opened is not None and not isinstance(opened, Unavailable):
            opened.close()

    @cached_property
    def _errors(self) -> tuple[type[Exception], ...]:
        from kafka.errors import KafkaError as SecondError  # noqa: PLC0415 - see _opened

        return (SecondError, OSError, ValueError)

    @cached_property
    def _opened(self) -> "KafkaAdminClient | Unavailable":
        with warnings.catch_warnings():
            # It reads its own data through a call that Python 3.11 warns of.
            warnings.simplefilter("ignore", DeprecationWarning)
            from kafka.admin import KafkaAdminClient  # noqa: PLC0415 - few runs need it, and it takes a while to load

        _silence()
        config = self._config()
        if isinstance(config, str):
            return Unavailable(config)
        try:
            return KafkaAdminClient(**config)
        except self._errors as error:
            return Unavailable(f"failed with {type(error).__name__}")

    def _config(self) -> dict[str, Any] | str:
        security = self._connection.security
        config: dict[str, Any] = {
            "bootstrap_servers": list(self._connection.bootstrap),
            "client_id": "mqinfra",
            "security_protocol": security.protocol.value.upper(),
            "bootstrap_timeout_ms": int(self._patience * 1_000),
            "request_timeout_ms": int(self._patience * 1_000),
        }
        if security.protocol.encrypted:
            context = self.tls()
            if not isinstance(context, ssl.SSLContext):
                return context or ""
            config |= {"ssl_context": context, "ssl_check_hostname": context.check_hostname}
        login = self._login(security.sasl) if security.sasl is not None else {}
        return login if isinstance(login, str) else config | login

    def _login(self, sasl: Sasl) -> dict[str, Any] | str:
        name = sasl.mechanism.value
        if sasl.mechanism.by_password:
            user, password = self._text(sasl.username), self._text(sasl.password)
            return {"sasl_mechanism": name, "sasl_plain_username": user, "sasl_plain_password": password}
        if sasl.oauth is None:
            return f"is not possible here with a login by {name}"
        from mqinfra.providers.kafka.api.tokens import (  # noqa: PLC0415 - few log in by tokens
            TokenError,
            impossible,
            provider,
            tokens_of,
        )

        field = impossible(sasl.oauth)
        if field:
            return f"is not possible here with `security.sasl.oauth.{field}`"
        tokens = tokens_of(sasl.oauth, self._text, self._patience)
        try:
            tokens.token()  # kafka-python would not say why it has none
        except TokenError as error:
            return f"failed: {error}"
        return {"sasl_mechanism": name, "sasl_oauth_token_provider": provider(tokens, sasl.oauth.extensions)}

    def _text(self, value: str | SecretRef | None) -> str | None:
        return self._secrets(value).reveal() if isinstance(value, SecretRef) else value


def _silence() -> None:
    """Keep kafka-python's log from stderr, which belongs to what we say."""
    logger = logging.getLogger("kafka")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = False


def fault_of_code(error: CodedError) -> KafkaFault:
    """The fault of an error that a broker answered kafka-python with."""
    return fault_named(KafkaError(error.code).name(), error.text)
