"""Examinations: facts of one resource as one group sees it, over a few samples. They conclude nothing.

Numbers of several samples stand in their order, first to last. None is what the broker does not tell.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mqinfra.model.written import Written

SAMPLES = 3
"""One sample can't tell what moves from what stands, and two not what grows from what wavers."""


Numbers = tuple[int | None, ...]


class Lane(Written):
    """A partition, or the whole where there are none.

    Attributes:
        name: its name.
        came: how much has come in all, by sample.
        done: how much the group has finished in all, by sample.
        waits: how much waits or is being worked on, by sample.
        owner: who reads it; empty for nobody, None where nobody owns parts.
        lost: messages that were deleted before they were read.
        next: where the group goes on, by the broker's words.
    """

    name: str
    came: Numbers = ()
    done: Numbers = ()
    waits: Numbers = ()
    owner: str | None = None
    lost: int = 0
    next: str = ""

    @property
    def waiting(self) -> int:
        """What waits now; 0 where nobody knows."""
        return self.waits[-1] or 0 if self.waits else 0


class Reader(Written):
    """A member of the group, or a consumer.

    Attributes:
        name: what it calls itself, and where it is.
        held: messages that it was given and has not answered for.
        prefetch: how many it may hold; 0 for as many as there are.
        idle_ms: milliseconds since it last asked for messages.
    """

    name: str
    held: int | None = None
    prefetch: int | None = None
    idle_ms: int | None = None


class Attempt(Written):
    """A message that was delivered and is not done.

    Attributes:
        id: where it stands.
        times: how often it was delivered.
        idle_ms: milliseconds since the last time.
        reader: who has it.
    """

    id: str
    times: int
    idle_ms: int = 0
    reader: str = ""


class Letter(Written):
    """A dead letter.

    Attributes:
        place: where it stands.
        reason: why it died, by the broker's word, or by the consumer's where that is the convention; empty if untold.
        error: the error that the consumer wrote down; empty without.
        source: where it died; empty if untold.
        times: how often it was tried or died there; None if untold.
    """

    place: str
    reason: str = ""
    error: str = ""
    source: str = ""
    times: int | None = None


class Repeated(Written):
    """Equal messages at several places: same key, headers and body.

    Attributes:
        places: where.
        apart_ms: milliseconds between the first and the last.
    """

    places: tuple[str, ...]
    apart_ms: int | None = None


class Examination(Written):
    """Facts.

    Attributes:
        seconds: between the first sample and the last.
        states: what the broker calls the group's state, by sample; none where it has no such word.
        stable: the word of a group that is at rest.
        lanes: its parts.
        readers: who reads now; None where that could not be read.
        changed: readers that came or went between samples.
        redelivered: messages per second that are delivered again; None where nobody counts.
        attempts: messages that were delivered and are not done, those with most deliveries first.
        newest: how many of the newest messages were compared with each other.
        repeated: those that are there more than once.
        dead: how many dead letters there are, by sample; none where there is no place for them.
        letters: those that were looked at.
        expires_ms: milliseconds after which messages expire; None for never.
        unread: what could not be read, and why.
    """

    seconds: float = 0.0
    states: tuple[str, ...] = ()
    stable: str = ""
    lanes: tuple[Lane, ...] = ()
    readers: tuple[Reader, ...] | None = ()
    changed: int = 0
    redelivered: float | None = None
    attempts: tuple[Attempt, ...] = ()
    newest: int = 0
    repeated: tuple[Repeated, ...] = ()
    dead: Numbers = ()
    letters: tuple[Letter, ...] = ()
    expires_ms: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def waits(self) -> Sequence[int]:
        """What waits in all parts, by sample; nothing where a part does not tell."""
        return summed([one.waits for one in self.lanes])

    @property
    def finished(self) -> int | None:
        """How much was finished between the first sample and the last; None where nobody tells."""
        return _grown([one.done for one in self.lanes])

    @property
    def arrived(self) -> int | None:
        """How much came between the first sample and the last; None where nobody tells."""
        return _grown([one.came for one in self.lanes])


def summed(some: Iterable[Numbers]) -> list[int]:
    """Numbers of several parts added up, by sample; nothing where one is unknown."""
    columns = list(zip(*some, strict=False))
    sums = [sum(number for number in column if number is not None) for column in columns]
    return sums if not any(number is None for column in columns for number in column) else []


def grown(numbers: Numbers) -> int | None:
    """From the first number to the last; None where one of them is unknown."""
    if not numbers or numbers[0] is None or numbers[-1] is None:
        return None
    return numbers[-1] - numbers[0]


def fell(numbers: Numbers) -> bool:
    """Whether a number is smaller than the one before."""
    return any(after < before for before, after in pairwise(one for one in numbers if one is not None))


def _grown(some: Sequence[Numbers]) -> int | None:
    told = [grown(one) for one in some]
    known = [one for one in told if one is not None]
    return sum(known) if known else None


_ERROR = re.compile(r"exception|error|reason|cause", re.IGNORECASE)
_SHORT = re.compile(r"fqcn|class|type|reason", re.IGNORECASE)
_SOURCE = re.compile(r"origin.*(topic|stream|queue)|errors\.topic$|died-in$|(^|[-_])source$", re.IGNORECASE)
_TIMES = re.compile(r"deliver|attempt|retr(y|ies)|times", re.IGNORECASE)
_LONGEST = 120


def letter_of(place: str, headers: Iterable[tuple[str, str]]) -> Letter:
    """A dead letter by the headers that consumers and frameworks write, by the words in their names.

    Spring writes `kafka_dlt-exception-fqcn`, Kafka Connect `__connect.errors.exception.class.name`; others alike.
    """
    told = list(headers)
    errors = [(name, text) for name, text in told if _ERROR.search(name) and not _SOURCE.search(name) and text]
    short = next((text for name, text in errors if _SHORT.search(name)), errors[0][1] if errors else "")
    times = next((int(text) for name, text in told if _TIMES.search(name) and text.isdigit()), None)
    return Letter(
        place=place,
        error=" ".join(short.split())[:_LONGEST],
        source=next((text for name, text in told if _SOURCE.search(name) and text), ""),
        times=times,
    )
