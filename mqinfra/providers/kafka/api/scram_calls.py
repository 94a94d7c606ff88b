"""The calls about SCRAM credentials, with plain values in and out. Imported only when connecting."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka.admin._scram import (
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.api.wire import Wire, chunks

API = "DescribeUserScramCredentials"
_CHUNK = 1_000
_WORDS = {ScramMechanism.SCRAM_SHA_256: "SCRAM-SHA-256", ScramMechanism.SCRAM_SHA_512: "SCRAM-SHA-512"}
_MECHANISMS = {word: mechanism for mechanism, word in _WORDS.items()}

Credentials = Mapping[str, int]
"""Iterations by mechanism, of one user."""


@dataclass(frozen=True, slots=True)
class Upsert:
    """A credential to make, or to replace.

    Attributes:
        mechanism: `SCRAM-SHA-256` or `SCRAM-SHA-512`.
        iterations: how often the password is hashed.
        password: its value.
    """

    mechanism: str
    iterations: int
    password: str

    def __repr__(self) -> str:
        return f"Upsert({self.mechanism!r}, {self.iterations})"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A credential to delete.

    Attributes:
        mechanism: `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    """

    mechanism: str


class ScramCalls:
    """Calls about SCRAM credentials to one cluster.

    Args:
        wire: the way to it.
        may_describe: the caller has Describe on the cluster. Without it librdkafka 2.16 does not say so but ends the
            process (docs/spike-kafka-clients.md), so that it is never asked.
    """

    def __init__(self, wire: Wire, *, may_describe: bool) -> None:
        self._wire, self._may_describe = wire, may_describe

    def all(self) -> Mapping[str, Credentials] | KafkaFault:
        """The credentials of all users; a fault where the caller may not see them, or they are too many for one answer.

        Raises:
            UserError: the cluster did not answer.
        """
        if not self._may_describe:
            return _NOT_ALLOWED
        future: Any = self._wire.admin.describe_user_scram_credentials(request_timeout=self._wire.timeout)
        answer = self._wire.answer(future)
        if isinstance(answer, KafkaFault):
            if answer.lost and answer.name != "_BAD_MSG":
                raise self._wire.unreadable(API, answer)
            return answer
        return {name: _credentials(found) for name, found in answer.items()}

    def of(self, names: Iterable[str]) -> Mapping[str, Credentials | KafkaFault]:
        """The credentials of some users; those that have none are left out.

        Raises:
            UserError: the cluster did not answer.
        """
        listed = list(names)
        if not self._may_describe:
            return dict.fromkeys(listed, _NOT_ALLOWED)

        def send(chunk: list[str]) -> Mapping[str, Future[Any]]:
            asked: Any = self._wire.admin.describe_user_scram_credentials(chunk, request_timeout=self._wire.timeout)
            return dict(asked)

        return {
            name: answer if isinstance(answer, KafkaFault) else _credentials(answer)
            for name, answer in self._wire.stream(API, chunks(listed, _CHUNK), send)
            if not (isinstance(answer, KafkaFault) and answer.name == "RESOURCE_NOT_FOUND")
        }

    def alter(self, wanted: Mapping[str, Upsert | Deletion]) -> Mapping[str, KafkaFault | None]:
        """Make, replace or delete a credential of each user; None where the broker said yes."""
        alterations: Sequence[UserScramCredentialAlteration] = [_alteration(name, one) for name, one in wanted.items()]

        def send() -> Mapping[str, Future[Any]]:
            futures = self._wire.admin.alter_user_scram_credentials(
                list(alterations), request_timeout=self._wire.timeout
            )
            return {name: futures[name] for name in wanted}

        return self._wire.write(wanted, send)


_NOT_ALLOWED = fault_named("CLUSTER_AUTHORIZATION_FAILED", "this needs Describe on the cluster")


def _credentials(described: Any) -> Credentials:  # noqa: ANN401 - a UserScramCredentialsDescription, whose stub says nothing
    return {
        _WORDS[one.mechanism]: one.iterations for one in described.scram_credential_infos if one.mechanism in _WORDS
    }


def _alteration(name: str, one: Upsert | Deletion) -> UserScramCredentialAlteration:
    mechanism = _MECHANISMS[one.mechanism]
    if isinstance(one, Deletion):
        return UserScramCredentialDeletion(name, mechanism)
    return UserScramCredentialUpsertion(name, ScramCredentialInfo(mechanism, one.iterations), one.password.encode())
