"""Taking the lock: make a claim, read the queue up to it, and wait until it is the first that lives."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.base.codes import LOCK_RIGHT, LOCKED, RECORDS
from mqinfra.providers.base.records import Lock
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.records.claims import EXPIRY_MS, Claim, Claims
from mqinfra.providers.kafka.records.entries import CLAIM
from mqinfra.providers.kafka.records.heart import NEAR, Acknowledged, Heart
from mqinfra.providers.kafka.records.names import topic_of
from mqinfra.providers.kafka.records.place import RecordTopic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.logs.reader import LogMessage, LogReader

_LOOK_EVERY = 0.2
_WITHOUT = "`--no-lock` applies without the lock"


class KafkaLock(Lock):
    """A claim that has the lock.

    Args:
        heart: keeps the claim alive.
        scrub: takes secrets out of what a broker or its client says.
    """

    def __init__(self, heart: Heart, scrub: Callable[[str], str]) -> None:
        self._heart, self._scrub = heart, scrub

    def lost(self) -> str:
        """Say so when the last heartbeat that a broker acknowledged is about to expire."""
        return self._scrub(why) if (why := self._heart.lost()) else ""


@contextmanager
def held(client: "KafkaClient", owner: Owner, holder: str, timeout: float, brokers: int) -> Iterator[Heart]:
    """Hold the lock while the context lasts; see `Session.lock`.

    Args:
        client: the connected cluster.
        owner: what is locked.
        holder: who holds it, for whoever has to wait.
        timeout: seconds to wait for another holder.
        brokers: how many brokers the cluster has, for the topic if it has to be made.

    Raises:
        UserError: the lock is not free in time, or can't be taken.
    """
    topic = RecordTopic(client, topic_of(owner), brokers)
    topic.make(lambda api, fault: _refused(topic, api, fault))
    claim = CLAIM + secrets.token_hex(16).encode()
    heart = Heart(client.logs.writer(NEAR), topic.name, claim, holder)
    try:
        begun = heart.begin(min(client.wire.timeout, NEAR))
        if isinstance(begun, KafkaFault):
            raise _refused(topic, "Produce", begun)
        _check_time(topic, begun)
        _await_turn(topic, heart, claim, begun, timeout)
        yield heart
    finally:
        heart.end()


def _await_turn(topic: RecordTopic, heart: Heart, claim: bytes, begun: Acknowledged, timeout: float) -> None:
    """Read the claims until ours is the first.

    Raises:
        UserError: it is not in time, or the claims can't be read.
    """
    # Whoever lives has a heartbeat in the topic that is younger than this, and all that follows is read.
    start = topic.since(begun.moment - EXPIRY_MS)
    if isinstance(start, KafkaFault):
        raise _refused(topic, "ListOffsets", start)
    deadline = time.monotonic() + timeout
    claims = Claims()
    with topic.client.logs.reader() as reader:
        reader.start({topic.name: max(start, 0)})
        _note(claims, reader.read_to({topic.name: begun.offset + 1}))
        while True:
            _check(reader, topic, heart)
            first = claims.first()
            if first is not None and first.id == claim:
                return
            if time.monotonic() >= deadline:
                raise _taken(topic, first)
            _note(claims, reader.take(min(_LOOK_EVERY, max(0.0, deadline - time.monotonic()))))


def _note(claims: Claims, messages: "Iterable[LogMessage]") -> None:
    for message in messages:
        if message.key.startswith(CLAIM):
            claims.note(message.key, message.offset, message.moment, message.value)


def _check(reader: "LogReader", topic: RecordTopic, heart: Heart) -> None:
    for fault in reader.faults.values():
        raise _refused(topic, "Fetch", fault)
    if why := heart.lost():
        raise UserError([RECORDS.at(f"no lock: {why}", address=str(topic.client.peer), help=topic.client.wire.trouble)])


def _check_time(topic: RecordTopic, begun: Acknowledged) -> None:
    """Refuse a topic in which everyone's own clock counts, which somebody else made or changed."""
    if not begun.moment:
        config = f"kafka-configs --alter --topic {topic.name} --add-config message.timestamp.type=LogAppendTime"
        message = f"no lock in topic `{topic.name}`: its `message.timestamp.type` is not `LogAppendTime`"
        raise UserError([RECORDS.at(message, address=str(topic.client.peer), help=(f"set it: `{config}`", _WITHOUT))])


def _refused(topic: RecordTopic, api: str, fault: KafkaFault) -> UserError:
    code = LOCK_RIGHT if fault.denied else RECORDS
    return topic.error(code, "the lock can't be taken", api, fault, otherwise=_WITHOUT)


def _taken(topic: RecordTopic, first: Claim | None) -> UserError:
    holder = first.holder if first is not None else "unknown holder"
    found = LOCKED.at(
        f"another apply holds the lock: {holder}",
        address=str(topic.client.peer),
        help="wait for it, or give --lock-timeout more seconds",
    )
    return UserError([found], ExitCode.LOCKED)
