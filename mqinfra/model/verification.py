"""The report of a verification, which every format is made from."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from mqinfra.model.address import Address
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.reading import Source
from mqinfra.model.span import Span
from mqinfra.model.written import Written


class VerifiedCluster(Written):
    """A cluster as it was met.

    Attributes:
        alias: its alias.
        type: the broker's type.
        version: its version.
        endpoint: `host:port`.
        source: a real broker, a sandbox or a snapshot.
        client: the client's name and version.
        trouble: why nothing was sent there.
    """

    alias: str
    type: str
    version: str
    endpoint: str
    source: Source
    client: str = ""
    trouble: tuple[str, ...] = ()


class Advice(Written):
    """A recommendation; it is no verdict, and nothing fails by it.

    Attributes:
        address: the resource.
        name: the idea behind it: `replication`.
        text: what to do, as a sentence without its end.
        evidence: the numbers and settings that it rests on.
        reason: why that is better, as a sentence.
        source: where the rule comes from: a KIP, a page of the broker.
        line: what to write in the manifest; empty where nothing in it would change.
        span: where; the entry where the field is not written yet.
    """

    address: Address
    name: str
    text: str
    evidence: str
    reason: str = ""
    source: str = ""
    line: str = ""
    span: Span | None = None


class Quantiles(Written):
    """Latencies of one trial, in milliseconds.

    Attributes:
        name: what was measured: `publish`, `end to end`.
        address: the resource.
        count: how many.
        quantiles: by their name, `p50`; one that too few values stand above is left out.
        largest: the largest.
        buckets: upper bounds and how many lie below each and above the one before, for a picture.
        offered: messages per second that were offered; 0 where that is not known.
        promised: messages per second that are promised; 0 where none are.
        bounds: what is promised of these latencies, in milliseconds by quantile.
    """

    name: str
    address: Address
    count: int
    quantiles: Mapping[str, float]
    largest: float
    buckets: tuple[tuple[float, int], ...] = ()
    offered: float = 0.0
    promised: int = 0
    bounds: Mapping[str, float] = Field(default_factory=dict)


class Unasked(Written):
    """A check that was not made, because neither a promise nor the caller asked for it.

    Attributes:
        check: its number, `V25`.
        name: its name, `restart`.
        proves: what a pass would prove, as a sentence.
        option: how to ask for it: `--restart-cmd COMMAND`.
    """

    check: str
    name: str
    proves: str
    option: str


class Verification(Written):
    """What one run concluded.

    Attributes:
        run: the run's id.
        project: the project.
        environment: the environment.
        began: when, in UTC.
        seconds: how long it took.
        seed: what the messages were made from.
        mode: how near it might come.
        production: the environment is marked production.
        clusters: the clusters.
        judgements: by address, then by check.
        advice: recommendations.
        latencies: what was measured.
        left: what could not be cleaned away, by name.
        operations: how many operations the history has.
        interrupted: somebody stopped it.
        tool: the version of mqinfra; empty where that is not known.
        unasked: checks that were not made, because nothing asked for them; none where only some were wished.
    """

    run: str
    project: str
    environment: str
    began: datetime
    seconds: float
    seed: int
    mode: Mode
    production: bool = False
    clusters: tuple[VerifiedCluster, ...]
    judgements: tuple[Judgement, ...]
    advice: tuple[Advice, ...] = ()
    latencies: tuple[Quantiles, ...] = ()
    left: tuple[str, ...] = ()
    operations: int = 0
    interrupted: bool = False
    tool: str = ""
    unasked: tuple[Unasked, ...] = ()

    @property
    def counts(self) -> Mapping[Result, int]:
        """How many judgements there are of each result."""
        return Counter(one.result for one in self.judgements)

    def exit_code(self, inconclusive: Result = Result.INCONCLUSIVE) -> ExitCode:
        """What the process ends with: where nothing was checked, nothing was proven.

        Args:
            inconclusive: what inconclusive checks count as: themselves, `pass` or `fail`.
        """
        if self.interrupted:
            return ExitCode.INTERRUPTED
        counts = Counter(inconclusive if one.result is Result.INCONCLUSIVE else one.result for one in self.judgements)
        if counts[Result.FAIL] or self.left:
            return ExitCode.PROMISE
        return ExitCode.INCONCLUSIVE if counts[Result.INCONCLUSIVE] or not counts[Result.PASS] else ExitCode.OK
