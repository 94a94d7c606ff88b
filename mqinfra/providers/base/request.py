"""Calls to a broker as data, and what came of them. `plan --requests` shows the same values that `apply` sends."""

from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One call that writes.

    Attributes:
        kind: the kind whose `run` sends it.
        api: the broker's own name of the call: `CreateTopics`, `PUT /api/queues`.
        body: per resource, what the call says about it; complete but for the values of secrets, which stand in it as
            references and are looked up by `run`.
    """

    kind: str
    api: str
    body: Mapping[Address, Mapping[str, JsonValue]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker said yes. It still counts only once it was read back, unless the answer is the proof.

    Attributes:
        note: what the reader has to know all the same, such as that it won't last.
        proven: the answer shows that it was done, and a moment later it may look otherwise, as others go on from there.
    """

    note: str = ""
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker said no, in its own words, with what to do now.

    Attributes:
        message: the reason.
        help: next steps.
        retry: the same call may succeed a moment later (a quota, a leader election).
        conflict: what is there is not what was to be made, whatever else a look at it may show.
        untouched: it is certain that nothing of it was done.
    """

    message: str
    help: tuple[str, ...] = ()
    retry: bool = False
    conflict: bool = False
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came; the call may or may not have worked. Only a read-back can tell."""

    message: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What the broker accepted goes on for a while.

    Attributes:
        message: how far it is, as a clause: `3 of 12 partitions moved`.
        mark: the same as numbers that grow while it goes on, so that it can be seen when it does not.
        hindrance: why it does not go on, where that is known.
    """

    message: str
    mark: tuple[int, ...] = ()
    hindrance: str = ""


Result = Accepted | Refused | Lost
