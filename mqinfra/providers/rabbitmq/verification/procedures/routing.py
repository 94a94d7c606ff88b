"""Messages for each binding of an exchange, near misses, and one that no binding takes."""

from pydantic import JsonValue

from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedProducer
from mqinfra.providers.rabbitmq.verification.exchange_ground import ExchangeGround
from mqinfra.providers.rabbitmq.verification.shadow import ShadowGround

PREDICTED = "predicted"
DECLARED = "declared queues"


class Routing(Procedure):
    """Sends what bindings should and should not take, after writing down where each message should get.

    Through a copy of the exchange into copies of its queues; or through the real one into queues of the run's own.
    """

    name = "routing"
    modes = (Mode.CLONE, Mode.SHADOW_BIND)

    def carry_out(self, trial: Trial) -> None:
        """Write down what is predicted, send, and look into every queue."""
        ground = trial.bare
        if not isinstance(ground, ExchangeGround | ShadowGround):
            raise Bug(f"not an exchange to send through: {trial.place.address}")
        trial.notes.observe(DECLARED, [*sorted(ground.queues())])
        outgoing: list[Message] = []
        headers: dict[str, dict[str, JsonValue]] = {}
        for number, route in enumerate(ground.routes()):
            probe = route.probe
            uid = f"route-{number:05d}-{trial.chance.getrandbits(64):016x}"
            told: dict[str, JsonValue] = {
                "uid": uid,
                "key": probe.key,
                "headers": dict(probe.headers),
                "queues": [*sorted(route.queues)],
                "why": probe.why,
            }
            trial.notes.observe(PREDICTED, told)
            headers[uid] = dict(probe.headers)
            outgoing.append(Message(uid, probe.key, b"canary"))
        producer = RecordedProducer(ground.producer_of(headers), trial.notes, "producer", trial.amount.rate)
        with producer:
            producer.send(outgoing, trial.left)
        for _ in trial.ground.drain(max(1.0, trial.left)):
            pass
