"""Two consumers of a queue of which one at a time is given messages, until that one is gone."""

from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.verification.own import ground_of, numbered

_MANY = 60
_TAKEN, _DONE = 20, 10
_SHORT = 0.5
_LONG = 3.0


class Handover(Procedure):
    """The first takes some and accepts half of them, then crashes; the second takes all the rest."""

    name = "handover"

    def carry_out(self, trial: Trial) -> None:
        """Send to both, crash the first."""
        keys = ground_of(trial).place.keys
        with trial.ground.consumer() as first, trial.ground.consumer() as second, trial.ground.producer() as producer:
            producer.send(numbered(trial, "turn", _MANY, keys), trial.left)
            came = first.receive(_TAKEN, min(_LONG, trial.left))
            first.accept(came[:_DONE])
            second.receive(_MANY, min(_SHORT, trial.left))
            first.crash()
            while came := second.receive(_MANY, min(_LONG / 3, trial.left)):
                second.accept(came)
