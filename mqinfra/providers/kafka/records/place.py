"""The topic that holds an owner's records and the claims of its lock: making it, and saying why it can't be used."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.model.setting import Problem
from mqinfra.providers.kafka.api.faults import EXISTS, KafkaFault, grant, right_for
from mqinfra.providers.kafka.topics.names import RECORDS_PREFIX

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

Offsets = Iterable[tuple[tuple[str, int], int | KafkaFault]]
_MOST_REPLICAS = 3
_KEPT = ("Read", "Write")
"""What keeping records and a lock in the topic needs."""
_PAUSE = 0.05
_SETTINGS: Mapping[str, str] = {
    "cleanup.policy": "compact",
    # The lock goes by the brokers' time alone.
    "message.timestamp.type": "LogAppendTime",
    # A replica that is behind would lose what was acknowledged.
    "unclean.leader.election.enable": "false",
    # What is written at the moment is never compacted; so begin a new segment before long, and compact early.
    "segment.ms": "3600000",
    "min.cleanable.dirty.ratio": "0.1",
}


def rights_on(topic: str) -> tuple[str, ...]:
    """What reading and writing needs, for people."""
    return (
        f"Read on topic `{topic}`",
        f"Write on topic `{topic}`",
        f"Create on topic `{topic}`, or on the cluster, until the topic is there",
        f"Read on topics with the prefix `{RECORDS_PREFIX}`, to name other projects that claim a resource",
    )


class RecordTopic:
    """One owner's topic.

    Attributes:
        name: its name.
        client: the connected cluster.
    """

    def __init__(self, client: "KafkaClient", name: str, brokers: int) -> None:
        self.client, self.name, self._brokers = client, name, brokers
        self._made = False

    def end(self) -> int | KafkaFault:
        """The offset that the next message will get.

        Raises:
            UserError: the cluster does not answer.
        """
        return self._settled(lambda: self.client.topics.offsets([(self.name, 0)], latest=True))

    def since(self, moment: int) -> int | KafkaFault:
        """The offset of the first message that was appended at a moment or later, by the brokers' clock in ms.

        Raises:
            UserError: the cluster does not answer.
        """
        return self._settled(lambda: self.client.topics.offsets_at({(self.name, 0): moment}))

    def make(self, refused: Callable[[str, KafkaFault], UserError]) -> None:
        """Make the topic where there is none, and wait until the brokers know it.

        Args:
            refused: the error of a call that failed.

        Raises:
            UserError: it can't be made, or the cluster does not answer.
        """
        if self._made:
            return
        end = self.end()
        if isinstance(end, KafkaFault) and end.absent:
            fault = self.client.topics.create({self.name: self._body()})[self.name]
            if fault is not None and fault.name != EXISTS:
                raise refused("CreateTopics", fault)
            self._made = True
            end = self.end()
        if isinstance(end, KafkaFault):
            raise refused("ListOffsets", end)
        self._made = True

    def lacking(self) -> list[Problem]:
        """Say which rights on it the caller lacks. Of a topic that is not there, only Create can be asked for.

        Raises:
            UserError: the cluster does not answer.
        """
        ((_, topic),) = self.client.topics.describe([self.name], rights=True)
        if isinstance(topic, KafkaFault) and topic.absent:
            fault = self.client.topics.create({self.name: self._body()}, dry_run=True)[self.name]
            missing = ["Create", *_KEPT] if fault is not None and fault.denied else []
        elif isinstance(topic, KafkaFault):
            missing = list(_KEPT) if topic.denied else []
        else:
            missing = [right for right in _KEPT if right.upper() not in (topic.rights or ())]
        if not missing:
            return []
        principal = self.client.peer.principal or "User:NAME"
        operations = " ".join(f"--operation {right}" for right in missing)
        return [
            Problem(
                f"the lock and the records of an apply need {' and '.join(missing)} on topic `{self.name}`, which the "
                "caller lacks: an apply by the same user is refused without `--no-lock`, and records nothing",
                f"an administrator can grant it: `kafka-acls --add --allow-principal {principal} {operations} "
                f"--topic {self.name}`",
            )
        ]

    def error(self, code: Code, what: str, api: str, fault: KafkaFault, *, otherwise: str = "") -> UserError:
        """The error of what could not be done with the topic.

        Args:
            code: its code.
            what: what could not be done, such as "the records can't be read".
            api: the call that failed.
            fault: what came of it.
            otherwise: what else may be done.
        """
        peer = self.client.peer
        if fault.denied:
            said = f"{what}: this needs {right_for(api)} on topic `{self.name}`"
            advice: tuple[str, ...] = (
                grant(api, self.name, peer.principal),
                "in all, records and lock need Read and Write on it, and Create until it is there",
            )
        else:
            said = f"{what}: {api} for topic `{self.name}`: {fault.message}"
            advice = fault.help or self.client.wire.trouble
        return UserError([code.at(said, address=str(peer), help=(*advice, otherwise))])

    def _body(self) -> Mapping[str, JsonValue]:
        replicas = min(_MOST_REPLICAS, self._brokers)
        # One replica must not be all that has an acknowledged message, where there are two to spare.
        durable = {"min.insync.replicas": "2"} if replicas == _MOST_REPLICAS else {}
        return {"partitions": 1, "replicationFactor": replicas, "config": {**_SETTINGS, **durable}}

    def _settled(self, ask: Callable[[], Offsets]) -> int | KafkaFault:
        """Ask again while there is no leader for a moment, or while a broker has yet to hear of a topic just made."""
        deadline = time.monotonic() + self.client.wire.timeout
        while True:
            answer = self._asked(ask)
            if not isinstance(answer, KafkaFault) or time.monotonic() > deadline:
                return answer
            if not (answer.retry or (answer.absent and self._made)):
                return answer
            time.sleep(_PAUSE)

    def _asked(self, ask: Callable[[], Offsets]) -> int | KafkaFault:
        # Of offsets in a topic that is not there, or is not for us to see, librdkafka says neither.
        ((_, topic),) = self.client.topics.describe([self.name])
        if isinstance(topic, KafkaFault):
            return topic
        ((_, offset),) = ask()
        return offset
