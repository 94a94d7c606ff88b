"""Batches whose answers are cut off: the brokers have them, and the producer does not know."""

from dataclasses import replace

from mqinfra.providers.base.verification.cutting import CuttingProxy
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedProducer
from mqinfra.providers.kafka.verification.procedures.pipeline import clone_of
from mqinfra.providers.kafka.verification.second_producer import SecondProducer

CUTS = "answers cut"
_MOST = 200
_BATCH = 20
_SIZE = 200
_MANY = 2_000
"""Bytes of a batch at least, and of any other request at most."""
_PATIENCE = 20.0


class CutAnswers(Procedure):
    """Every other batch has its answer cut off; the producer sends again, and must not write twice.

    Attributes:
        idempotent: whether it tells the brokers which message is which; False to see that the check can tell.
    """

    name = "cut answers"
    idempotent = True

    def carry_out(self, trial: Trial) -> None:
        """Send through the proxy, and read what is there."""
        ground = clone_of(trial)
        amount = replace(trial.amount, messages=min(trial.amount.messages, _MOST), size=_SIZE, keys=1)
        outgoing = canaries(trial, amount)
        with CuttingProxy(_MANY) as proxy:
            sending = SecondProducer(ground.client.second, ground.name, proxy.url, idempotent=self.idempotent)
            with RecordedProducer(sending, trial.notes, "producer 1") as producer:
                for number, start in enumerate(range(0, len(outgoing), _BATCH)):
                    if number % 2:
                        proxy.arm()
                    producer.send(outgoing[start : start + _BATCH], min(_PATIENCE, trial.left))
            trial.notes.observe(CUTS, proxy.cuts)
        for _ in trial.ground.drain(max(5.0, trial.left)):
            pass
