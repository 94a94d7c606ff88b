"""What happens during an apply, and the report, which is nothing but the fold of the events."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field
from pydantic.alias_generators import to_camel

from mqinfra.model.address import Address
from mqinfra.model.change import Action
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.written import Written


class Outcome(StrEnum):
    """How a change ended: seen to be done, refused, not known, or never sent (design §1.6)."""

    APPLIED = "applied"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_ATTEMPTED = "not attempted"

    @property
    def key(self) -> str:
        """Its name as a key of JSON: `notAttempted`."""
        return to_camel(self.name.lower())


class Started(Written):
    """An apply begins to write."""

    event: str = "started"
    project: str
    environment: str
    digest: str
    changes: int


class Sent(Written):
    """A batch of requests went to a broker; what came of it is known only after the read-back."""

    event: str = "sent"
    cluster: str
    request: str
    addresses: tuple[Address, ...]


class Advanced(Written):
    """A change that goes on for long after it was sent is further, or is seen not to be.

    Attributes:
        address: the resource.
        message: how far it is.
        hindrance: why it does not go on; empty while it does.
    """

    event: str = "advanced"
    address: Address
    message: str
    hindrance: str = ""


class Ended(Written):
    """The outcome of one change.

    Attributes:
        address: the resource.
        action: what was to be done.
        outcome: how it ended.
        already: it had been done before this run.
        message: the broker's or our reason for anything but a plain success.
        help: what to do now.
    """

    event: str = "ended"
    address: Address
    action: Action
    outcome: Outcome
    already: bool = False
    message: str = ""
    help: tuple[str, ...] = ()


class Warned(Written):
    """Something went wrong beside the changes, such as keeping the records of them.

    Attributes:
        cluster: alias of the cluster.
        message: what.
        help: what to do now.
    """

    event: str = "warned"
    cluster: str
    message: str
    help: tuple[str, ...] = ()


class Disconnected(Written):
    """Connections that kept what a change took were closed, after all changes.

    Attributes:
        address: the changed resource.
        closed: the connections that are closed, as people call them.
        left: those that are not, each with why.
    """

    event: str = "disconnected"
    address: Address
    closed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Finished(Written):
    """An apply stops writing."""

    event: str = "finished"
    interrupted: bool = False


Event = Started | Sent | Advanced | Ended | Warned | Disconnected | Finished


class Report(Written):
    """What an apply did.

    Attributes:
        project: the project's name.
        environment: the environment's name.
        digest: digest of the plan.
        results: one per change, sorted by address.
        warnings: what went wrong beside the changes.
        disconnected: what came of closing the connections that kept what changes took, where that was asked for.
        interrupted: the user stopped it.
        reason: why the apply ended before its end; empty when it did not.
        ended_with: the exit code of what ended it, which holds when nothing was sent.
    """

    kind: str = "Report"
    project: str
    environment: str
    digest: str
    results: tuple[Ended, ...] = ()
    warnings: tuple[Warned, ...] = ()
    disconnected: tuple[Disconnected, ...] = ()
    interrupted: bool = False
    reason: str = ""
    ended_with: ExitCode | None = Field(default=None, exclude=True)

    def count(self, outcome: Outcome) -> int:
        """Number of changes that ended so."""
        return sum(result.outcome is outcome for result in self.results)

    @property
    def exit_code(self) -> ExitCode:
        """The code that says it: interrupted, all done, nothing done, or partly."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        applied = self.count(Outcome.APPLIED)
        if applied == len(self.results) and self.ended_with is None:
            return ExitCode.PARTIAL if any(item.left for item in self.disconnected) else ExitCode.OK
        if applied or self.count(Outcome.UNKNOWN):
            return ExitCode.PARTIAL
        return self.ended_with or ExitCode.ERROR


def joined(first: Report, second: Report) -> Report:
    """The report of two runs of one command, the second of which did more; what it says of an address holds."""
    results = {result.address: result for result in (*first.results, *second.results)}
    return first.model_copy(
        update={
            "results": tuple(results[address] for address in sorted(results)),
            "warnings": (*first.warnings, *second.warnings),
            "interrupted": first.interrupted or second.interrupted,
            "reason": first.reason or second.reason,
            "ended_with": first.ended_with or second.ended_with,
        }
    )


def fold(events: Iterable[Event]) -> Report:
    """Make the report of a run from its events; the last outcome of an address holds."""
    started: Started | None = None
    results: dict[Address, Ended] = {}
    warnings: list[Warned] = []
    disconnected: list[Disconnected] = []
    interrupted = False
    for event in events:
        match event:
            case Started():
                started = event
            case Ended():
                results[event.address] = event
            case Warned():
                warnings.append(event)
            case Disconnected():
                disconnected.append(event)
            case Finished():
                interrupted = event.interrupted
            case Sent() | Advanced():
                pass
    if started is None:
        return Report(project="", environment="", digest="")
    return Report(
        project=started.project,
        environment=started.environment,
        digest=started.digest,
        results=tuple(results[address] for address in sorted(results)),
        warnings=tuple(warnings),
        disconnected=tuple(disconnected),
        interrupted=interrupted,
    )
