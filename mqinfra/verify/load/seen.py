"""What was seen of load, as a history holds it: counts and histograms, and not a million operations."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, JsonValue

from mqinfra.model.operation import Act, Operation

BUCKET_SECONDS = 5.0
"""How finely arrivals are counted: what is promised has to hold in each."""
CEILING, THROUGHPUT, LATENCY = "ceiling", "throughput", "latency"
_BUSY = 0.85


class Phase(BaseModel):
    """One stretch of load.

    Attributes:
        offered: messages per second that were offered; 0 for as many as went.
        promised: messages per second that are promised; 0 where none are.
        bounds: latencies that are promised, in milliseconds by quantile.
        seconds: how long.
        sent: how many were sent.
        acknowledged: how many the broker took.
        errors: how many it did not take, or gave no answer for.
        error: its words for the first of these.
        arrived: how many came in each `BUCKET_SECONDS`, of whole ones.
        came: how many came at all.
        drained: seconds after the last was sent until all had come; None where not all came.
        client: the share of one processor that the client's own threads took: at 1 they can do no more.
        machine: the share of all processors of the client's machine that was taken by anybody; None where not known.
        delay: how late messages were sent against what was intended, as a histogram.
        publish: from the intended time to the broker's answer.
        end_to_end: from the intended time to the consumer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    offered: float
    promised: int = 0
    bounds: dict[str, float] = {}
    seconds: float
    sent: int
    acknowledged: int
    errors: int = 0
    error: str = ""
    arrived: tuple[int, ...] = ()
    came: int
    drained: float | None = None
    client: float = 0.0
    machine: float | None = None
    delay: str = ""
    publish: str = ""
    end_to_end: str = ""

    @property
    def rate(self) -> float:
        """Messages per second that came."""
        return self.came / self.seconds if self.seconds else 0.0

    @property
    def least(self) -> float:
        """Messages per second that came in the worst of its parts; of the whole where it was too short for parts."""
        return min(self.arrived) / BUCKET_SECONDS if self.arrived else self.rate

    @property
    def bound(self) -> str:
        """Why the client was the limit, and not the broker, as a clause; empty where it was not."""
        if self.client > _BUSY:
            return f"the client is the limit, with {self.client:.0%} of a processor"
        if self.machine is not None and self.machine > _BUSY:
            return f"the client's machine is the limit, with {self.machine:.0%} of its processors taken"
        return ""

    def limit(self, ceiling: "Phase | None") -> str:
        """Why more than this client can do was asked of it, as a clause; empty where it was not.

        Args:
            ceiling: the stretch without a rate. Where it stayed below what was offered, nobody knows who was slow.
        """
        if not self.bound and ceiling is not None and ceiling.rate < self.offered:
            return f"the client is the limit (unthrottled: {ceiling.rate:,.0f}/s)"
        return self.bound

    def data(self) -> JsonValue:
        """As a history holds it."""
        data: JsonValue = self.model_dump(mode="json", exclude_defaults=True)
        return data


def phase_of(operations: Sequence[Operation], name: str) -> Phase | None:
    """The stretch of a name; None where it did not come to that."""
    found = next((one for one in operations if one.act is Act.OBSERVE and one.subject == name), None)
    return Phase.model_validate(found.seen) if found is not None else None
