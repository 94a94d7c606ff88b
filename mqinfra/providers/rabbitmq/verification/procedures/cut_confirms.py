"""Confirms that are cut off."""

from mqinfra.providers.base.verification.blind import BlindProducer, SendAgain
from mqinfra.providers.base.verification.procedure import Trial
from mqinfra.providers.rabbitmq.verification.own import ground_of


class CutConfirms(SendAgain):
    """RabbitMQ knows no ids of messages, so what is sent again is there again."""

    def producer(self, trial: Trial) -> tuple[BlindProducer, bool]:
        """One with confirms."""
        return ground_of(trial).producer(), False
