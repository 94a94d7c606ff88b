"""What a verification did on a broker and what came of it: the history that checks are judged by.

A history is append-only and is written before anything is judged, as Jepsen does it, so that every verdict can be
made again from the file, and every check can be tested with histories that nobody had to break a broker for.
"""

from enum import StrEnum

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass


class Act(StrEnum):
    """What was done."""

    PUBLISH = "publish"
    RECEIVE = "receive"
    ACCEPT = "accept"
    """A consumer said that it is done with a message: an acknowledgement, a commit."""
    REJECT = "reject"
    """A consumer gave a message up, so that it goes to the dead letters, where there are any."""
    REQUEUE = "requeue"
    """A consumer gave a message back, to be delivered again."""
    CRASH = "crash"
    """A consumer ended without a word, with messages that it had not accepted."""
    DRAIN = "drain"
    """A fresh client read from the beginning what is there; one operation per message."""
    TRY = "try"
    """Something that may be refused, to see whether it is: a login, a publish without the right."""
    OBSERVE = "observe"
    """Something was read: a setting, a depth, the state of a group."""


class Known(StrEnum):
    """What is known of how an operation ended. A lost reply is unknown: it may have happened or not."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Death:
    """One entry of a dead letter's story, as the broker or the consumer wrote it into the message.

    Attributes:
        place: the queue, topic or stream that it died in, by the broker's name.
        reason: the broker's word: `rejected`, `expired`, `maxlen`, `delivery_limit`.
        count: how often it died there for this reason.
    """

    place: str
    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one client.

    Attributes:
        act: what was done.
        began: when it began, in nanoseconds of the process's monotonic clock; never a broker's time.
        ended: when its outcome was known, on the same clock.
        known: how it ended.
        client: who did it: `producer`, `consumer 1`, `drain`.
        uid: the message's own id; unique in a run, and the same in every attempt to send it.
        key: the message's key, or its routing key.
        number: its place among the messages of its key, from 0; -1 where it has none.
        attempt: 1 for the first time that it was sent.
        intended: when it should have begun, on the same clock, where load is offered at a rate; 0 elsewhere.
        lane: where the broker put it or gave it from: a partition, a queue, a stream.
        position: its place in the lane, growing: an offset, a delivery tag, an entry's id as one number; None where the
            broker did not say.
        redelivered: what the broker said on delivery; None where it says nothing.
        deliveries: how often it was delivered before, by the broker's count; None where it does not count.
        digest: SHA-256 of key, headers and body, in hex; what was sent against what came.
        deaths: a dead letter's story, newest first.
        error: the broker's words, without secrets; empty where there are none.
        subject: what was tried or observed, by a name of the procedure: `consume as billing`, `min.insync.replicas`.
        seen: what was observed.
    """

    act: Act
    began: int
    ended: int
    known: Known = Known.OK
    client: str = ""
    uid: str = ""
    key: str = ""
    number: int = -1
    attempt: int = 1
    intended: int = 0
    lane: str = ""
    position: int | None = None
    redelivered: bool | None = None
    deliveries: int | None = None
    digest: str = ""
    deaths: tuple[Death, ...] = ()
    error: str = ""
    subject: str = ""
    seen: JsonValue = None
