"""What is in force on the queues that dead letters get to, without sending any."""

from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.verification.blueprint import Blueprint
from mqinfra.providers.rabbitmq.verification.copying import Copying
from mqinfra.providers.rabbitmq.verification.live import LiveVhost, type_of
from mqinfra.providers.rabbitmq.verification.own import client_of
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS


class Graves(Procedure):
    """Follows the way of dead letters, by the exchanges and bindings that are there."""

    name = "dead letter settings"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Write down what is in force on each queue at its end."""
        place = trial.place
        if not isinstance(place, QueuePlace):
            raise Bug(f"not a queue: {place.address}")
        live, followed = LiveVhost(client_of(trial), place.vhost), Blueprint(place.vhost, Run.new(), 0)
        Copying(live, followed).dead_letters(place.settings)
        graves = {}
        for copy in followed.queues.values():
            row = live.queue(copy.real)
            if row is not None:
                graves[copy.real] = {"type": type_of(row), **live.in_force(row)}
        strategy = place.settings.get("dead-letter-strategy", "at-most-once")
        trial.notes.observe(SETTINGS, {"strategy": strategy, "graves": {**graves}})
