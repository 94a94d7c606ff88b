"""Load: the most that the client reaches, then what is promised and a tenth more, then what is promised: latencies."""

from mqinfra.providers.base.verification.payload import bodies_of
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.load.histogram import needed_for
from mqinfra.verify.load.offer import Offer, offered
from mqinfra.verify.load.seen import CEILING, LATENCY, THROUGHPUT, Phase

_ABOVE_PROMISE = 1.1
_UNPROMISED_RATE = 500
"""Messages per second for latencies, where no rate is promised."""
_FOR_THE_REST = 6.0
_CEILING = (2.0, 0.05)
_WARM_UP = (10.0, 0.1)
_THROUGHPUT = (60.0, 0.5)
_LATENCY = (60.0, 0.9)
"""Of each stretch: the seconds that it is meant to take, and the share of what is left that it takes at most."""
_LEAST = 10.0
"""Seconds of throughput that are not given up for latencies: two of the stretches that are judged."""
_SPARE = 1.05
"""How many more messages are offered than the quantiles need, since some answers come late."""


class Load(Procedure):
    """Open-loop load on a copy, with nothing else at work on the cluster."""

    name = "load"
    alone = True
    loads = True

    def carry_out(self, trial: Trial) -> None:
        """Offer it in stretches, and write down what was counted, since a million operations would fill the memory."""
        promised = trial.place.promised
        raw = trial.bare or trial.ground
        declared = bodies_of(trial)
        body = declared[0](trial.chance) if declared else trial.chance.randbytes(trial.amount.size)
        with raw.consumer(group="load") as consumer, raw.producer() as producer:

            def stretch(mark: str, rate: float, how_long: tuple[float, float], kept: float = 0.0) -> Phase:
                # Some is kept for what comes late, so that a slow broker is judged and not cut short.
                left = max(0.0, trial.left - _FOR_THE_REST)
                seconds = min(how_long[0], left * how_long[1], max(_LEAST, left - kept))
                offer = Offer(rate, seconds, body, max(1, trial.amount.keys), mark, promised.throughput)
                return offered(producer, consumer, offer, trial.deadline)

            usual = promised.throughput or _UNPROMISED_RATE
            most = max((needed_for(name) for name in promised.latency), default=0)
            for_latency = most * _SPARE / usual
            if not trial.amount.rate:  # else nobody may look how much goes
                trial.notes.observe(CEILING, stretch("c", 0, _CEILING).data())
            stretch("w", usual, _WARM_UP)
            if promised.throughput:
                trial.notes.observe(THROUGHPUT, stretch("t", usual * _ABOVE_PROMISE, _THROUGHPUT, for_latency).data())
            if promised.latency:
                timed = stretch("l", usual, _LATENCY).model_copy(update={"bounds": dict(promised.latency)})
                trial.notes.observe(LATENCY, timed.data())
