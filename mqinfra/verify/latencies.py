"""Latencies of a run, out of its history, for every report."""

from mqinfra.model.operation import Act
from mqinfra.model.verification import Quantiles
from mqinfra.verify.history import History
from mqinfra.verify.load.histogram import Histogram, told
from mqinfra.verify.load.seen import LATENCY, THROUGHPUT, Phase


def latencies_of(history: History) -> tuple[Quantiles, ...]:
    """What load measured: from the intended time to the broker's answer, and to the consumer, by rate."""
    found = []
    for _, address, one in history:
        if one.act is not Act.OBSERVE or one.subject not in {THROUGHPUT, LATENCY}:
            continue
        phase = Phase.model_validate(one.seen)
        for name, encoded in (("publish", phase.publish), ("end to end", phase.end_to_end)):
            histogram = Histogram(encoded)
            found.append(
                Quantiles(
                    name=f"{name} at {phase.offered:,.0f}/s",
                    address=address,
                    count=histogram.count,
                    quantiles=told(histogram),
                    largest=histogram.largest,
                    buckets=histogram.buckets(),
                    offered=phase.offered,
                    promised=phase.promised,
                    bounds=phase.bounds if encoded is phase.end_to_end else {},
                )
            )
    return tuple(found)
