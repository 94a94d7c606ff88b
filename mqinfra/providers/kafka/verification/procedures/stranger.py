"""A user that nobody granted anything tries what this session may, on a copy; then it is granted it, and tries again.

Everything that is tried is harmless where it is allowed by mistake.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import run_of
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.kafka.api.acl import ANY, Acl
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.logins import Login
from mqinfra.providers.kafka.api.scram_calls import Deletion, Upsert
from mqinfra.providers.kafka.verification.ground import CloneGround
from mqinfra.providers.kafka.verification.messenger import KafkaMessenger
from mqinfra.providers.kafka.verification.place import UserPlace
from mqinfra.providers.kafka.verification.procedures.pipeline import clone_of

CONTROL, STRANGER, GRANTED, NEAR = "as this session", "as a stranger", "with a grant", "beside the grant"
IDENTITY, WRONG, UNKNOWN_USER = "log in", "log in with a wrong password", "log in as an unknown user"
_USUAL = "SCRAM-SHA-512"
_PATIENCE = 10.0
_DENIED = "_AUTHORIZATION_FAILED"

Act = Callable[[Clients, str], KafkaError | None]
"""Tries something on a topic; None where it went well."""


class Stranger(Procedure):
    """Each act by this session, by the stranger, by the stranger with a grant, and by it on a topic beside that."""

    name = "stranger"

    def carry_out(self, trial: Trial) -> None:
        """Make the user, try, grant, try, and delete both. A declared user tries with its own password."""
        ground = clone_of(trial)
        if isinstance(trial.place, UserPlace):
            _try_as(trial, ground, trial.place)
            return
        near = ground.another("near")
        with _stranger(trial, ground) as (user, clients):
            for name, act in ACTS.items():
                _note(trial, f"{name} {CONTROL}", act(ground.client.clients, ground.name))
                _note(trial, f"{name} {STRANGER}", act(clients, ground.name))
            with _granted(ground, user):
                for name, act in ACTS.items():
                    _note(trial, f"{name} {GRANTED}", _soon(act, clients, ground.name))
                for name, act in ACTS.items():
                    _note(trial, f"{name} {NEAR}", act(clients, near))


def _try_as(trial: Trial, ground: CloneGround, place: UserPlace) -> None:
    """Try as a declared user what nobody granted it: a copy has a name that no right of its own is about."""
    client = ground.client
    if place.password is None or not isinstance(trial.messenger, KafkaMessenger):
        raise Bug(f"a user without a password: {place.address}")
    password = trial.messenger.secrets(place.password).reveal()
    worked = client.logins.works(place.name, Login(place.mechanism, password))
    _note_login(trial, IDENTITY, worked)
    if not worked:
        return
    clients = _clients_of(ground, place.name, place.mechanism, password)
    for name, act in ACTS.items():
        _note(trial, f"{name} {CONTROL}", act(client.clients, ground.name))
        _note(trial, f"{name} {NEAR}", act(clients, ground.name))


@contextmanager
def _stranger(trial: Trial, ground: CloneGround) -> Iterator[tuple[str, Clients]]:
    run, client = run_of(ground.name), ground.client
    if run is None:
        raise Bug(f"a copy without a run: {ground.name}")
    user, password = run.name(f"nobody-{secrets.token_hex(4)}"), secrets.token_hex(16)
    mechanism = _USUAL if not client.mechanisms or _USUAL in client.mechanisms else "SCRAM-SHA-256"
    fault = client.scram.alter({user: Upsert(mechanism, 4096, password)})[user]
    if fault is not None:
        raise UserError([NOT_READ.at(f"no user could be created: {fault.message}")])
    try:
        right, wrong = Login(mechanism, password), Login(mechanism, secrets.token_hex(16))
        _note_login(trial, IDENTITY, client.logins.prove({user: right})[user])
        _note_login(trial, WRONG, client.logins.works(user, wrong))
        _note_login(trial, UNKNOWN_USER, client.logins.works(run.name(f"nobody-{secrets.token_hex(4)}"), wrong))
        yield user, _clients_of(ground, user, mechanism, password)
    finally:
        client.scram.alter({user: Deletion(mechanism)})


def _clients_of(ground: CloneGround, user: str, mechanism: str, password: str) -> Clients:
    ours = ground.client.clients
    plain = {name: value for name, value in ours.settings.items() if not name.startswith("sasl.")}
    login = {"sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": password}
    return Clients({**plain, **login}, ours.logger)


@contextmanager
def _granted(ground: CloneGround, user: str) -> Iterator[None]:
    acls = [
        *(
            Acl("topic", ground.name, "literal", f"User:{user}", ANY, operation, "allow")
            for operation in ("Read", "Write", "Describe", "AlterConfigs")
        ),
        Acl("group", _group_of(ground.name), "literal", f"User:{user}", ANY, "Read", "allow"),
    ]
    try:
        for fault in ground.client.acls.create(acls).values():
            if fault is not None:
                raise UserError([NOT_READ.at(f"no right could be granted: {fault.message}")])
        yield
    finally:
        ground.client.acls.delete(acls)


def _soon(act: Act, clients: Clients, topic: str) -> KafkaError | None:
    """Try until it works: brokers learn of a grant one after the other."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        error = act(clients, topic)
        if error is None or time.monotonic() > deadline:
            return error


def _note(trial: Trial, subject: str, error: KafkaError | None) -> None:
    if error is None:
        trial.notes.tried(subject, Known.OK)
    else:
        known = Known.FAILED if error.name().endswith(_DENIED) else Known.UNKNOWN
        trial.notes.tried(subject, known, error.name())


def _note_login(trial: Trial, subject: str, worked: bool | None) -> None:  # noqa: FBT001 - three answers
    trial.notes.tried(subject, Known.UNKNOWN if worked is None else Known.OK if worked else Known.FAILED)


def _group_of(topic: str) -> str:
    return f"{topic}.stranger"


def _write(clients: Clients, topic: str) -> KafkaError | None:
    found: list[KafkaError | None] = []
    producer = clients.producer({"acks": "all", "message.timeout.ms": int(_PATIENCE * 1_000)})
    message = Message("stranger", "key", b"")
    try:
        producer.produce(topic, message.body, message.key, on_delivery=lambda error, _: found.append(error))
    except KafkaException as error:
        found.append(error.args[0])
    producer.flush(_PATIENCE + 1)
    return found[0] if found else KafkaError(KafkaError._TIMED_OUT)  # noqa: SLF001 - librdkafka's own codes begin so


def _read(clients: Clients, topic: str) -> KafkaError | None:
    consumer = clients.consumer({"group.id": _group_of(topic), "enable.partition.eof": True, **_QUIETLY})
    try:
        # Without a right to describe it, a consumer waits for a topic to appear, and says nothing.
        told: KafkaError | None = consumer.list_topics(topic, timeout=_PATIENCE).topics[topic].error
        if told is not None:
            return told
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            record = consumer.poll(0.2)
            error = record.error() if record is not None else None
            if record is not None and (error is None or error.code() == KafkaError._PARTITION_EOF):  # noqa: SLF001 - as above
                return None
            if error is not None and error.name().endswith(_DENIED) and not error.name().startswith("GROUP"):
                return error
    except KafkaException as error:
        found: KafkaError = error.args[0]
        return found
    finally:
        consumer.close()
    return KafkaError(KafkaError._TIMED_OUT)  # noqa: SLF001 - as above


def _look(clients: Clients, topic: str) -> KafkaError | None:
    """Ask where a group of a canary's stands: it is nobody's, and nothing is joined."""
    admin = clients.admin({})  # it lasts as long as somebody holds it
    asked = admin.list_consumer_group_offsets(
        [ConsumerGroupTopicPartitions(_group_of(topic))], request_timeout=_PATIENCE
    )
    return _answer(admin, next(iter(asked.values())))


def _configure(clients: Clients, topic: str) -> KafkaError | None:
    entry = ConfigEntry("retention.ms", "600000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin = clients.admin({})  # it lasts as long as somebody holds it
    asked = admin.incremental_alter_configs([resource], validate_only=True, request_timeout=_PATIENCE)
    return _answer(admin, next(iter(asked.values())))


def _answer(admin: AdminClient, asked: Future[Any]) -> KafkaError | None:
    try:
        asked.result(_PATIENCE + 1)
    except KafkaException as error:
        found: KafkaError = error.args[0]
        return found
    except TimeoutError:
        return KafkaError(KafkaError._TIMED_OUT)  # noqa: SLF001 - as above
    finally:
        admin.poll(0)
    return None


_QUIETLY = {"enable.auto.commit": False, "enable.auto.offset.store": False}
ACTS: Mapping[str, Act] = {"write": _write, "read": _read, "look at a group": _look, "configure": _configure}
