"""Records of declared schemas through a copy, read by the schema that each names, and some that nobody should read."""

import random
import time
from collections.abc import Mapping, Sequence

from confluent_kafka import Message as Record

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.operation import Act, Known, Operation
from mqinfra.providers.base.verification.codec import Codec, PayloadError
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.payload import plain_headers
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedProducer, operation_of
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.config_entry import Entry
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.verification.drain import records
from mqinfra.providers.kafka.verification.entry import delivery_of
from mqinfra.providers.kafka.verification.ground import CloneGround
from mqinfra.providers.kafka.verification.procedures.pipeline import clone_of
from mqinfra.providers.kafka.verification.producer import TopicProducer

LOOK_UP, DECODE, SERIALIZE = "look the schema up", "decode", "serialize what does not fit"
PRODUCE, CONSUME = "produce ", "consume "
"""What is tried with spoilt payloads; what is wrong with one follows."""
VALIDATES = "the brokers validate"
_VALIDATIONS = ("confluent.value.schema.validation", "confluent.key.schema.validation")
_MOST = 100
_KEYS = 10
_SPOILT = "spoilt "


@dataclass(frozen=True, slots=True)
class _Written:
    """What goes out as one record.

    Attributes:
        message: the canary, without its key.
        key: the key on the wire; None for none.
        key_codec: what wrote the key; None without a schema.
        body_codec: what wrote the body; None without a schema.
    """

    message: Message
    key: bytes | None
    key_codec: Codec | None
    body_codec: Codec | None


class Payloads(Procedure):
    """Does what serializers and deserializers of the registry do, with each of their parts seen by itself."""

    name = "payloads"

    def carry_out(self, trial: Trial) -> None:
        """Look schemas up, write by them, have refused what does not fit, and read all with a fresh client."""
        codecs = {one.subject: _ready(trial, one.subject) for one in trial.place.schemas}
        keys = [codec for one in trial.place.schemas if one.key and (codec := codecs[one.subject]) is not None]
        bodies = [codec for one in trial.place.schemas if not one.key and (codec := codecs[one.subject]) is not None]
        if None in codecs.values():
            return
        ground = clone_of(trial)
        trial.notes.observe(VALIDATES, _validates(ground))
        written, spoilt = _written(trial, keys, bodies), _spoilt(trial, keys, bodies)
        sending = _KeyedProducer(ground.client.clients, ground.name, written)
        with RecordedProducer(sending, trial.notes, "producer 1", trial.amount.rate) as producer:
            producer.send([one.message for one in written], trial.left)
        with _KeyedProducer(ground.client.clients, ground.name, spoilt) as spoiling:
            for one in spoilt:  # each by itself, so that one that is refused takes no other with it
                (sent,) = spoiling.send([one.message], trial.left)
                trial.notes.tried(PRODUCE + one.message.uid.removeprefix(_SPOILT), sent.known, sent.error)
        for codec in dict.fromkeys((*keys, *bodies)):
            if (why := codec.refusal(trial.chance)) is not None:
                trial.notes.tried(SERIALIZE, Known.FAILED if why else Known.OK, why, seen=codec.subject.name)
        _read(trial, ground, {one.message.uid: one for one in (*written, *spoilt)})


class _KeyedProducer(TopicProducer):
    """Sends canaries under keys of bytes."""

    def __init__(self, clients: Clients, topic: str, written: Sequence[_Written]) -> None:
        super().__init__(clients, topic)
        self._keys = {one.message.uid: one.key for one in written}

    def key_of(self, message: Message) -> str | bytes | None:
        """The key that was written for it."""
        return self._keys[message.uid]


def _ready(trial: Trial, subject: Address) -> Codec | None:
    """What writes and reads payloads of a subject; None with a note where it can't."""
    codec = trial.codecs.get(subject)
    if codec is None:
        why = f"the registry `{subject.cluster}` can't be asked: it was not read, or is a sandbox or a snapshot"
        trial.notes.tried(LOOK_UP, Known.UNKNOWN, why, seen=subject.name)
        return None
    known, said = codec.look_up()
    if known is Known.OK:
        try:
            codec.written(random.Random(0))  # noqa: S311 - repeatable, no secret
        except PayloadError as error:
            known, said = Known.UNKNOWN, error.reason
    told = f"`{subject.name}` ({said})" if known is Known.OK else f"`{subject.name}`"
    trial.notes.tried(LOOK_UP, known, "" if known is Known.OK else said, seen=told)
    return codec if known is Known.OK else None


def _validates(ground: CloneGround) -> bool:
    """Whether the copy says that its brokers hold payloads against the registry, which Confluent Server does."""
    ((_, entries),) = ground.client.topics.configs([ground.name])
    if isinstance(entries, KafkaFault):
        return False
    listed: Mapping[str, Entry] = entries
    return any(str(listed[name].value).lower() == "true" for name in _VALIDATIONS if name in listed)


def _written(trial: Trial, keys: Sequence[Codec], bodies: Sequence[Codec]) -> list[_Written]:
    """Records that fit, by each schema in turn."""
    return [
        _record(trial, f"payload-{at:07d}-{trial.chance.getrandbits(64):016x}", at, keys, bodies)
        for at in range(min(trial.amount.messages, _MOST))
    ]


def _record(trial: Trial, uid: str, at: int, keys: Sequence[Codec], bodies: Sequence[Codec]) -> _Written:
    key_codec = keys[at % len(keys)] if keys else None
    body_codec = bodies[at % len(bodies)] if bodies else None
    key = key_codec.written(trial.chance) if key_codec is not None else f"key-{at % _KEYS:04d}".encode()
    body = body_codec.written(trial.chance) if body_codec is not None else b""
    return _Written(Message(uid, "", body, plain_headers(uid, trial.run.id)), key, key_codec, body_codec)


def _spoilt(trial: Trial, keys: Sequence[Codec], bodies: Sequence[Codec]) -> list[_Written]:
    """Records that nobody should be able to read: by the body, or by the key where only keys have schemas."""
    codec = (bodies or keys)[0]
    fit = _record(trial, "", 0, keys, bodies)
    found = []
    for what, payload in codec.spoilt(trial.chance).items():
        uid = _SPOILT + what
        message = Message(uid, "", payload if bodies else b"", plain_headers(uid, trial.run.id))
        found.append(_Written(message, fit.key, None, codec) if bodies else _Written(message, payload, codec, None))
    return found


def _read(trial: Trial, ground: CloneGround, sent: Mapping[str, _Written]) -> None:
    began = time.monotonic_ns()
    for record in records(ground.client.clients, ground.name, ground.lanes, max(5.0, trial.left)):
        delivery = delivery_of(record)
        one = sent.get(delivery.uid)
        if one is None:
            continue
        spoilt = delivery.uid.startswith(_SPOILT)
        known, error = _decoded(one, record, exactly=not spoilt)
        if spoilt:
            trial.notes.tried(CONSUME + delivery.uid.removeprefix(_SPOILT), known, error)
            continue
        trial.notes.note(operation_of(delivery, Act.DRAIN, "drain", began))
        now = time.monotonic_ns()
        trial.notes.note(Operation(Act.TRY, now, now, known, uid=delivery.uid, subject=DECODE, error=error))


def _decoded(one: _Written, record: Record, *, exactly: bool) -> tuple[Known, str]:
    """What a consumer makes of a record.

    Args:
        one: what was written.
        record: what came.
        exactly: it has to be what was written; else it is enough that it can be read.
    """
    parts = ((one.key_codec, one.key, record.key()), (one.body_codec, one.message.body, record.value()))
    for codec, was, came in parts:
        if codec is None:
            continue
        try:
            again = codec.read_again(_bytes(came))
        except PayloadError as error:
            return error.known, error.reason
        if exactly and again != was:
            return Known.FAILED, "what is read is not what was written"
    return Known.OK, ""


def _bytes(came: str | bytes | None) -> bytes:
    return came.encode() if isinstance(came, str) else came or b""
