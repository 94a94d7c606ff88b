"""What is probably behind messages that wait, become dead letters or come twice, of one resource or group."""

from datetime import datetime
from enum import StrEnum

from mqinfra.model.address import Address
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.span import Span
from mqinfra.model.written import Written


class Symptom(StrEnum):
    """What somebody sees."""

    LAG = "lag"
    DEAD_LETTERS = "dead letters"
    DUPLICATES = "duplicates"


class Suspect(StrEnum):
    """What can be behind it. Brokers say what to do about each."""

    NOBODY = "nobody reads"
    UNOWNED = "a part without a reader"
    REBALANCING = "readers come and go"
    STUCK = "nothing is finished"
    HELD = "readers hold all they may"
    HOARDED = "one reader holds nearly all"
    POISON = "a message that always fails"
    LEFT = "left by a reader that is away"
    HOT = "one part has nearly all"
    SLOW = "readers are too slow"
    OVERTAKEN = "deleted before it was read"
    REJECTED = "rejected"
    FAILED_OFTEN = "failed too often"
    EXPIRED = "expired"
    OVERFLOW = "pushed out"
    FAILED = "an error of the consumer"
    UNTOLD = "letters without a reason"
    SENT_AGAIN = "sent more than once"
    DELIVERED_AGAIN = "delivered more than once"
    REWOUND = "the group was set back"


class Likelihood(StrEnum):
    """How sure that is."""

    SEEN = "seen"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class Cause(Written):
    """One thing that is probably behind a symptom.

    Attributes:
        suspect: what it is.
        symptom: what it explains.
        likelihood: how sure that is.
        evidence: what was seen, with numbers.
        fix: what to do on this broker.
    """

    suspect: Suspect
    symptom: Symptom
    likelihood: Likelihood
    evidence: str
    fix: str


class Diagnosis(Written):
    """Of one resource, as one consumer or group sees it.

    Attributes:
        address: the resource.
        consumer: the group; empty where the broker knows none, or nobody reads.
        span: the entry.
        seconds: for how long it was looked at.
        facts: what was seen, a line each.
        causes: what is probably behind it, the likeliest first; none where nothing is amiss.
        unread: what could not be read, and why, a line each; a cause may hide there.
    """

    address: Address
    consumer: str
    span: Span
    seconds: float
    facts: tuple[str, ...]
    causes: tuple[Cause, ...]
    unread: tuple[str, ...] = ()


class Diagnoses(Written):
    """What one run found.

    Attributes:
        project: the project.
        environment: the environment.
        name: what was asked for.
        began: when, in UTC.
        diagnoses: one per group that reads, or per queue.
    """

    project: str
    environment: str
    name: str
    began: datetime
    diagnoses: tuple[Diagnosis, ...]

    @property
    def exit_code(self) -> ExitCode:
        """What the process ends with: something is amiss, nothing is, or a part could not be seen."""
        if any(one.causes for one in self.diagnoses):
            return ExitCode.PROMISE
        return ExitCode.INCONCLUSIVE if any(one.unread for one in self.diagnoses) else ExitCode.OK
